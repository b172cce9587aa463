use crate::encoding::ContentFormat;

/// A body and what it is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
