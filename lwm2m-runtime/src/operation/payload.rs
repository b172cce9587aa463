use core::fmt;

use crate::encoding::ContentFormat;

/// A body and what it is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Payload<'a> {
    /// Its format, known to this crate or not.
    pub format: ContentFormat,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl<'a> Payload<'a> {
    /// Bytes in a format.
    #[must_use]
    pub const fn new(format: ContentFormat, bytes: &'a [u8]) -> Self {
        Self { format, bytes }
    }
}

impl fmt::Debug for Payload<'_> {
    /// How long it is: what a bootstrap server or a smartcard gives is full of keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("format", &self.format)
            .field("bytes", &format_args!("[{} bytes]", self.bytes.len()))
            .finish()
    }
}
