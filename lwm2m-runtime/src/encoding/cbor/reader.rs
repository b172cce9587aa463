use alloc::vec::Vec;
use core::str;

use super::major;
use crate::encoding::{DecodeError, DecodeErrorKind};

/// The byte that ends an item of indefinite length.
pub(crate) const BREAK: u8 = 0xff;

/// A position in CBOR bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CborReader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

/// The beginning of an item: its major type and argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) major: u8,
    /// The five bits beside the major type; tells the width of a float.
    pub(crate) info: u8,
    pub(crate) argument: u64,
    pub(crate) offset: usize,
}

impl Head {
    pub(crate) const fn indefinite(&self) -> bool {
        self.info == 31
    }

    pub(crate) const fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.offset)
    }
}

/// How many entries of an array or map are still to come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Items {
    Definite(u64),
    Indefinite,
}

impl Items {
    /// Whether another entry follows; steps over the end of an indefinite one.
    #[inline(always)]
    pub(crate) fn another(&mut self, reader: &mut CborReader<'_>) -> Result<bool, DecodeError> {
        match self {
            Self::Definite(0) => Ok(false),
            Self::Definite(left) => {
                *left -= 1;
                Ok(true)
            }
            Self::Indefinite => match reader.peek() {
                Some(BREAK) => {
                    reader.offset += 1;
                    Ok(false)
                }
                Some(_) => Ok(true),
                None => Err(reader.error(DecodeErrorKind::Truncated)),
            },
        }
    }
}

impl<'a> CborReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// All of them, also those read.
    pub(crate) const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) const fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.offset)
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    /// Passes bytes, if they come next.
    #[inline(always)]
    pub(crate) fn pass<const N: usize>(&mut self, expected: [u8; N]) -> Option<()> {
        let found = self.bytes.get(self.offset..)?.first_chunk::<N>()?;
        (*found == expected).then(|| self.offset += N)
    }

    /// The next item must not be there.
    pub(crate) fn end(&self) -> Result<(), DecodeError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error(DecodeErrorKind::TrailingBytes)),
        }
    }

    /// The head of the next item. A break is refused: it stands only where [`Items`] looks for it.
    #[inline(always)]
    pub(crate) fn head(&mut self) -> Result<Head, DecodeError> {
        let offset = self.offset;
        let Some(first) = self.bytes.get(offset) else {
            return Err(DecodeError::new(DecodeErrorKind::Truncated, offset));
        };
        let (major, info) = (first >> 5, first & 31);
        if info < 24 {
            self.offset = offset + 1;
            return Ok(Head {
                major,
                info,
                argument: u64::from(info),
                offset,
            });
        }
        self.long_head(major, info)
    }

    #[inline]
    fn long_head(&mut self, major: u8, info: u8) -> Result<Head, DecodeError> {
        let offset = self.offset;
        let after = self.bytes.get(offset + 1..).unwrap_or_default();
        let (argument, used) = match (info, after) {
            (24, [a, ..]) => (u64::from(*a), 1),
            (25, [a, b, ..]) => (u64::from(u16::from_be_bytes([*a, *b])), 2),
            (26, [a, b, c, d, ..]) => (u64::from(u32::from_be_bytes([*a, *b, *c, *d])), 4),
            (27, [a, b, c, d, e, f, g, h, ..]) => (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), 8),
            (24..=27, _) => return Err(DecodeError::new(DecodeErrorKind::Truncated, offset)),
            (31, _) if matches!(major, major::BYTES | major::TEXT | major::ARRAY | major::MAP) => (0, 0),
            _ => return Err(DecodeError::new(DecodeErrorKind::Syntax, offset)),
        };
        self.offset = offset + 1 + used;
        Ok(Head {
            major,
            info,
            argument,
            offset,
        })
    }

    /// The entries of an array or map, each of at least `width` bytes.
    #[inline(always)]
    pub(crate) fn items(&self, head: Head, width: usize) -> Result<Items, DecodeError> {
        if head.indefinite() {
            return Ok(Items::Indefinite);
        }
        let left = (self.bytes.len() - self.offset) / width;
        match usize::try_from(head.argument) {
            Ok(count) if count <= left => Ok(Items::Definite(head.argument)),
            _ => Err(head.error(DecodeErrorKind::Truncated)),
        }
    }

    /// The bytes of a byte or text string of definite length.
    #[inline(always)]
    fn take(&mut self, head: Head) -> Result<&'a [u8], DecodeError> {
        let left = self.bytes.get(self.offset..).unwrap_or_default();
        let bytes = usize::try_from(head.argument)
            .ok()
            .and_then(|length| left.get(..length))
            .ok_or(head.error(DecodeErrorKind::Truncated))?;
        self.offset += bytes.len();
        Ok(bytes)
    }

    /// The bytes of a byte or text string, joined in `space` where they come in pieces.
    #[inline(always)]
    pub(crate) fn string<'r>(
        &mut self,
        head: Head,
        space: &mut Option<&'r mut Vec<u8>>,
    ) -> Result<&'r [u8], DecodeError>
    where
        'a: 'r,
    {
        match head.indefinite() {
            false => self.take(head),
            true => self.join(head, space),
        }
    }

    #[cold]
    fn join<'r>(&mut self, head: Head, space: &mut Option<&'r mut Vec<u8>>) -> Result<&'r [u8], DecodeError> {
        // A caller reads at most one string into each space.
        let space = space.take().ok_or(head.error(DecodeErrorKind::Syntax))?;
        space.clear();
        let mut chunks = Items::Indefinite;
        while chunks.another(self)? {
            let chunk = self.head()?;
            if chunk.major != head.major || chunk.indefinite() {
                return Err(chunk.error(DecodeErrorKind::Syntax));
            }
            let bytes = self.take(chunk)?;
            // No character is cut between two pieces (RFC 8949, section 3.2.3).
            if head.major == major::TEXT && str::from_utf8(bytes).is_err() {
                return Err(chunk.error(DecodeErrorKind::Utf8));
            }
            space.extend_from_slice(bytes);
        }
        Ok(space)
    }

    /// Steps over an item: a single one, or an array or map of single ones, nothing deeper.
    pub(crate) fn skip(&mut self) -> Result<(), DecodeError> {
        let head = self.skip_single()?;
        let (mut items, width) = match head.major {
            major::ARRAY => (self.items(head, 1)?, 1),
            major::MAP => (self.items(head, 2)?, 2),
            _ => return Ok(()),
        };
        while items.another(self)? {
            for _ in 0..width {
                let inner = self.skip_single()?;
                if matches!(inner.major, major::ARRAY | major::MAP) {
                    return Err(inner.error(DecodeErrorKind::Depth));
                }
            }
        }
        Ok(())
    }

    /// Steps over an item, or into an array or map; over any tags before it too.
    fn skip_single(&mut self) -> Result<Head, DecodeError> {
        let mut head = self.head()?;
        while head.major == major::TAG {
            head = self.head()?;
        }
        if matches!(head.major, major::BYTES | major::TEXT) {
            if !head.indefinite() {
                self.take(head)?;
                return Ok(head);
            }
            let mut chunks = Items::Indefinite;
            while chunks.another(self)? {
                let chunk = self.head()?;
                if chunk.major != head.major || chunk.indefinite() {
                    return Err(chunk.error(DecodeErrorKind::Syntax));
                }
                self.take(chunk)?;
            }
        }
        Ok(head)
    }
}
