use core::fmt::{self, Write as _};

/// What a peer has said, for people: in logs, in errors, on a terminal. Not more than 256 characters of it, and those that
/// are no text to be seen escaped: a name must not move the cursor, begin a line that looks like another entry of a log,
/// or be read from right to left.
///
/// ```
/// use lwm2m_runtime::model::Excerpt;
///
/// assert_eq!(Excerpt("valve\n\u{202e}7").to_string(), r"valve\n\u{202e}7");
/// assert_eq!(Excerpt("x".repeat(1000)).to_string().len(), 256 + 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Excerpt<T>(pub T);

/// Endpoint client names have at most 252 bytes, so that none is cut.
const LONGEST: usize = 256;

impl<T: fmt::Display> fmt::Display for Excerpt<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cut = Cut {
            out: f,
            left: LONGEST,
            is_full: false,
        };
        let result = write!(cut, "{}", self.0);
        match cut.is_full {
            true => f.write_str(".."),
            false => result,
        }
    }
}

/// Takes so many characters, and then no more.
struct Cut<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    left: usize,
    is_full: bool,
}

impl fmt::Write for Cut<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let Some(left) = self.left.checked_sub(1) else {
                self.is_full = true;
                // Nothing more has to be made.
                return Err(fmt::Error);
            };
            self.left = left;
            match character {
                // No need to escape them: there are no quotes around.
                '"' | '\'' | '\\' => self.out.write_char(character)?,
                character => write!(self.out, "{}", character.escape_debug())?,
            }
        }
        Ok(())
    }
}
