use alloc::vec::Vec;

use super::{OptionNumber, Options, message::OptionWriter, options::with_uint};

/// Options put together for a message to send; a buffer that is kept allocates once.
///
/// ```
/// use lwm2m_runtime::coap::{OptionBuffer, OptionNumber};
///
/// let mut options = OptionBuffer::new();
/// options.push_uint(OptionNumber::ACCEPT, 112).push(OptionNumber::URI_PATH, b"3");
/// assert_eq!(options.options().first(OptionNumber::URI_PATH), Some(&b"3"[..]));
/// ```
#[derive(Clone, Debug)]
pub struct OptionBuffer {
    bytes: Vec<u8>,
    writer: OptionWriter,
}

impl OptionBuffer {
    /// No options.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            writer: OptionWriter::new(0),
        }
    }

    /// Removes all options and keeps the memory.
    pub fn clear(&mut self) -> &mut Self {
        self.bytes.clear();
        self.writer = OptionWriter::new(0);
        self
    }

    /// Adds an option, behind those of the same number. Options in ascending order of their numbers are only appended.
    pub fn push(&mut self, number: OptionNumber, value: &[u8]) -> &mut Self {
        self.writer.write(&mut self.bytes, number, value);
        self
    }

    /// Adds an option that is a number, in as few bytes as it needs.
    pub fn push_uint(&mut self, number: OptionNumber, value: u32) -> &mut Self {
        with_uint(value, |bytes| self.push(number, bytes))
    }

    /// The options so far.
    #[must_use]
    pub fn options(&self) -> Options<'_> {
        Options::checked(&self.bytes)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl Default for OptionBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Options<'_>> for OptionBuffer {
    fn from(options: Options<'_>) -> Self {
        let mut buffer = Self::new();
        for option in options {
            buffer.push(option.number, option.value);
        }
        buffer
    }
}

impl<const N: usize> From<[(OptionNumber, &[u8]); N]> for OptionBuffer {
    fn from(options: [(OptionNumber, &[u8]); N]) -> Self {
        let mut buffer = Self::new();
        for (number, value) in options {
            buffer.push(number, value);
        }
        buffer
    }
}
