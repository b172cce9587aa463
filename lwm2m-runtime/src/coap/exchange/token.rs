use alloc::boxed::Box;
use core::fmt;

use crate::coap::Token;

/// A peer's token of any length (RFC 8974); up to 8 bytes of it need no memory of their own.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PeerToken(Content);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Content {
    Short(Token),
    Long(Box<[u8]>),
}

impl PeerToken {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Content::Short(token) => token.as_bytes(),
            Content::Long(bytes) => bytes,
        }
    }
}

impl From<&[u8]> for PeerToken {
    fn from(bytes: &[u8]) -> Self {
        Self(Token::new(bytes).map_or_else(|| Content::Long(bytes.into()), Content::Short))
    }
}

impl From<Token> for PeerToken {
    fn from(token: Token) -> Self {
        Self(Content::Short(token))
    }
}

impl fmt::Debug for PeerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
