use std::fmt;

/// A text from a definition file, for a terminal: what would steer it shows as U+FFFD.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c };
        self.0
            .chars()
            .try_for_each(|c| fmt::Write::write_char(f, shown(c)))
    }
}

/// Control characters, and those that turn the direction of the text after them.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
