use alloc::string::String;
use core::fmt;

/// The arguments of an Execute: up to ten, numbered by a digit, each with an optional text (LwM2M Core 1.2, section
/// 6.3.5).
///
/// ```
/// use lwm2m_runtime::operation::Arguments;
///
/// let arguments = Arguments::parse(b"2='10.3',7")?;
/// assert_eq!(arguments.get(2), Some(Some("10.3")));
/// assert_eq!(arguments.get(7), Some(None));
/// assert_eq!(arguments.get(0), None);
/// # Ok::<(), lwm2m_runtime::operation::ArgumentsError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arguments<'a> {
    // Checked text: only digits, and `digit='text'`, with commas between.
    text: &'a str,
}

/// One argument of an Execute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument<'a> {
    /// Its number, 0 to 9.
    pub number: u8,
    /// Its text, if it has one.
    pub value: Option<&'a str>,
}

impl<'a> Arguments<'a> {
    /// No arguments.
    pub const NONE: Self = Self { text: "" };

    /// Reads the payload of an Execute.
    ///
    /// A blank inside a text is accepted, as a printed example has one, though the grammar has none.
    ///
    /// # Errors
    ///
    /// [`ArgumentsError`] with the byte at which the payload leaves the grammar.
    pub fn parse(payload: &'a [u8]) -> Result<Self, ArgumentsError> {
        let mut seen = 0_u16;
        let mut rest = payload;
        let offset = |rest: &[u8]| payload.len() - rest.len();
        while let [first, tail @ ..] = rest {
            let syntax = ArgumentsError::Syntax { offset: offset(rest) };
            if !first.is_ascii_digit() {
                return Err(syntax);
            }
            let number = first - b'0';
            if seen & 1 << number != 0 {
                return Err(ArgumentsError::Repeated { number });
            }
            seen |= 1 << number;
            rest = tail;
            if let [b'=', tail @ ..] = rest {
                let [b'\'', tail @ ..] = tail else {
                    return Err(ArgumentsError::Syntax { offset: offset(tail) });
                };
                let length = tail
                    .iter()
                    .position(|byte| !is_text(*byte) && *byte != b' ')
                    .unwrap_or(tail.len());
                let tail = tail.get(length..).unwrap_or_default();
                let [b'\'', tail @ ..] = tail else {
                    return Err(ArgumentsError::Syntax { offset: offset(tail) });
                };
                rest = tail;
            }
            match rest {
                [] => {}
                [b',', tail @ ..] if !tail.is_empty() => rest = tail,
                _ => return Err(ArgumentsError::Syntax { offset: offset(rest) }),
            }
        }
        // Only ASCII has passed.
        core::str::from_utf8(payload)
            .map(|text| Self { text })
            .map_err(|_| ArgumentsError::Syntax { offset: 0 })
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The payload.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// The arguments in the order of the payload.
    pub fn iter(&self) -> impl Iterator<Item = Argument<'a>> + Clone + use<'a> {
        let mut rest = self.text;
        core::iter::from_fn(move || {
            let number = rest.bytes().next()? - b'0';
            rest = rest.get(1..)?;
            let value = match rest.strip_prefix("='") {
                Some(tail) => {
                    let (value, tail) = tail.split_once('\'')?;
                    rest = tail;
                    Some(value)
                }
                None => None,
            };
            rest = rest.strip_prefix(',').unwrap_or(rest);
            Some(Argument { number, value })
        })
    }

    /// The argument of a number: `None` where it is not given, `Some(None)` where it has no text.
    #[must_use]
    pub fn get(&self, number: u8) -> Option<Option<&'a str>> {
        self.iter()
            .find(|argument| argument.number == number)
            .map(|argument| argument.value)
    }
}

/// What a text may hold: printable ASCII without blank, `"`, `'` and `\`.
const fn is_text(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x26 | 0x28..=0x5b | 0x5d..=0x7e)
}

/// Builds the arguments of an Execute.
///
/// ```
/// use lwm2m_runtime::operation::ArgumentsBuilder;
///
/// let arguments = ArgumentsBuilder::new().argument(0)?.argument_with(1, "U")?;
/// assert_eq!(arguments.as_str(), "0,1='U'");
/// # Ok::<(), lwm2m_runtime::operation::ArgumentsError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArgumentsBuilder {
    text: String,
    seen: u16,
}

impl ArgumentsBuilder {
    /// No arguments yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            text: String::new(),
            seen: 0,
        }
    }

    /// With an argument that has no text.
    ///
    /// # Errors
    ///
    /// [`ArgumentsError::Number`] above 9, [`ArgumentsError::Repeated`] for a number that is there already.
    pub fn argument(mut self, number: u8) -> Result<Self, ArgumentsError> {
        self.begin(number)?;
        Ok(self)
    }

    /// With an argument and its text: printable ASCII without blank, `"`, `'` and `\`.
    ///
    /// # Errors
    ///
    /// As [`argument`](Self::argument), and [`ArgumentsError::Syntax`] for a byte of the text that must not be there.
    pub fn argument_with(mut self, number: u8, value: &str) -> Result<Self, ArgumentsError> {
        if let Some(offset) = value.bytes().position(|byte| !is_text(byte)) {
            return Err(ArgumentsError::Syntax { offset });
        }
        self.begin(number)?;
        self.text.push_str("='");
        self.text.push_str(value);
        self.text.push('\'');
        Ok(self)
    }

    /// The payload.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The arguments as a receiver sees them.
    #[must_use]
    pub fn as_arguments(&self) -> Arguments<'_> {
        Arguments { text: &self.text }
    }

    fn begin(&mut self, number: u8) -> Result<(), ArgumentsError> {
        if number > 9 {
            return Err(ArgumentsError::Number { number });
        }
        if self.seen & 1 << number != 0 {
            return Err(ArgumentsError::Repeated { number });
        }
        self.seen |= 1 << number;
        if !self.text.is_empty() {
            self.text.push(',');
        }
        self.text.push(char::from(b'0' + number));
        Ok(())
    }
}

/// Why arguments are not those of an Execute. A client answers 4.00 (LwM2M Core 1.2, section 6.3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgumentsError {
    /// The byte does not fit the grammar.
    Syntax {
        /// Where, counted from 0.
        offset: usize,
    },
    /// An argument is given twice.
    Repeated {
        /// Which.
        number: u8,
    },
    /// The number of an argument is above 9.
    Number {
        /// Which.
        number: u8,
    },
}

impl fmt::Display for ArgumentsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { offset } => {
                write!(
                    f,
                    "byte {offset}: arguments are digits, each with an optional ='text', with commas between"
                )
            }
            Self::Repeated { number } => write!(f, "argument {number} is given twice"),
            Self::Number { number } => {
                write!(f, "argument {number} does not exist: they are numbered 0 to 9")
            }
        }
    }
}

impl core::error::Error for ArgumentsError {}
