use alloc::vec::Vec;

use super::DirectoryFault;

/// Bytes of a file, and where in it they begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) offset: usize,
}

/// A tag and its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) value: Bytes<'a>,
}

/// Where a file is not what it should be.
pub(super) type At<T> = Result<T, (usize, DirectoryFault)>;

impl<'a> Bytes<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// The next element in a constructed one.
    pub(super) fn next(&mut self) -> At<Option<Element<'a>>> {
        match self.bytes {
            [] => Ok(None),
            _ => self.element().map(Some),
        }
    }

    /// The next element of a file, in which 00 and FF are padding between elements and behind the last one.
    pub(super) fn next_in_file(&mut self) -> At<Option<Element<'a>>> {
        let padding = self.bytes.iter().take_while(|byte| matches!(byte, 0 | 0xff));
        let padding = padding.count();
        self.skip(padding);
        self.next()
    }

    fn element(&mut self) -> At<Element<'a>> {
        let start = self.offset;
        let truncated = (start, DirectoryFault::Truncated);
        let (tag, length, header) = match *self.bytes {
            // Tags of several bytes are none of those in use.
            [tag, ..] if tag & 0x1f == 0x1f => return Err((start, DirectoryFault::Form)),
            [tag, length @ ..=0x7f, ..] => (tag, usize::from(length), 2),
            [tag, 0x81, length, ..] => (tag, usize::from(length), 3),
            [tag, 0x82, high, low, ..] => (tag, usize::from(u16::from_be_bytes([high, low])), 4),
            [_] | [_, 0x81 | 0x82, ..] => return Err(truncated),
            _ => return Err((start, DirectoryFault::Form)),
        };
        let value = self.bytes.get(header..).and_then(|rest| rest.get(..length));
        let value = Bytes {
            bytes: value.ok_or(truncated)?,
            offset: start + header,
        };
        self.skip(header + length);
        Ok(Element { tag, value })
    }

    fn skip(&mut self, count: usize) {
        self.bytes = self.bytes.get(count..).unwrap_or_default();
        self.offset += count;
    }
}

impl Element<'_> {
    /// A number without a sign.
    pub(super) fn number(&self) -> At<usize> {
        match *self.value.bytes {
            [] | [0x80..=0xff, ..] => Err((self.value.offset, DirectoryFault::Value)),
            [0, high, low] | [high, low] => Ok(usize::from(u16::from_be_bytes([high, low]))),
            [low] => Ok(low.into()),
            _ => Err((self.value.offset, DirectoryFault::Value)),
        }
    }
}

/// Appends an element of at most 65535 bytes; what is longer is cut.
pub(super) fn write(tag: u8, value: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    out.push(tag);
    match length.to_be_bytes() {
        [0, low @ ..=0x7f] => out.push(low),
        [0, low] => out.extend_from_slice(&[0x81, low]),
        [high, low] => out.extend_from_slice(&[0x82, high, low]),
    }
    out.extend_from_slice(value.get(..length.into()).unwrap_or_default());
}
