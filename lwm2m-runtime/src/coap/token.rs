use core::fmt;

/// A token of up to 8 bytes, which a response repeats (RFC 7252, section 5.3.1).
///
/// Longer ones (RFC 8974) are read from a message as bytes; this crate makes none.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    bytes: [u8; 8],
    len: u8,
}

impl Token {
    /// The token without bytes.
    pub const EMPTY: Self = Self {
        bytes: [0; 8],
        len: 0,
    };

    /// A token of up to 8 bytes; `None` for more.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut token = Self::EMPTY;
        token.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        token.len = bytes.len() as u8;
        Some(token)
    }

    /// A token of 8 bytes.
    #[must_use]
    pub const fn from_u64(number: u64) -> Self {
        Self {
            bytes: number.to_be_bytes(),
            len: 8,
        }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&self.bytes)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A token in a message or frame, whose length nibble may be extended (RFC 8974, section 2.1).
pub(super) enum TokenField<'a> {
    /// The token, and what follows it.
    Whole { token: &'a [u8], rest: &'a [u8] },
    /// The bytes end before the token does.
    Incomplete,
    /// The length nibble is 15.
    Reserved,
}

impl<'a> TokenField<'a> {
    /// Reads the token of a length nibble at the start of `rest`.
    pub(super) fn parse(nibble: u8, rest: &'a [u8]) -> Self {
        let (length, rest) = match (nibble, rest) {
            (0..=12, _) => (usize::from(nibble), rest),
            (13, [byte, rest @ ..]) => (usize::from(*byte) + 13, rest),
            (14, [high, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])) + 269, rest),
            (13 | 14, _) => return Self::Incomplete,
            _ => return Self::Reserved,
        };
        match rest.split_at_checked(length) {
            Some((token, rest)) => Self::Whole { token, rest },
            None => Self::Incomplete,
        }
    }
}
