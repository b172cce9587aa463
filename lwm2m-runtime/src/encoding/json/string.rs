use alloc::{borrow::Cow, collections::BTreeSet, string::String};

use crate::encoding::{DecodeError, DecodeErrorKind};

/// A string as it stands in the payload, between its quotes. Its escapes are known to be valid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonString<'a> {
    raw: &'a str,
    escaped: bool,
    // Of the first byte after the quote.
    offset: usize,
}

impl<'a> JsonString<'a> {
    /// Reads the string whose opening quote is at `offset`.
    #[inline]
    pub(crate) fn read(text: &'a str, offset: usize) -> Result<Self, DecodeError> {
        let start = offset + 1;
        let end = start + plain_len(text.as_bytes().get(start..).unwrap_or_default());
        if text.as_bytes().get(end) != Some(&b'"') {
            return Self::read_escaped(text, start, end);
        }
        Ok(Self {
            raw: text.get(start..end).unwrap_or_default(),
            escaped: false,
            offset: start,
        })
    }

    /// Reads on at something that is not plain.
    #[cold]
    fn read_escaped(text: &'a str, start: usize, mut end: usize) -> Result<Self, DecodeError> {
        let mut escaped = false;
        while let Some(byte) = text.as_bytes().get(end) {
            match byte {
                b'"' => {
                    let raw = text.get(start..end).unwrap_or_default();
                    return Ok(Self {
                        raw,
                        escaped,
                        offset: start,
                    });
                }
                b'\\' => {
                    escaped = true;
                    let escape = text.as_bytes().get(end..).unwrap_or_default();
                    let (_, len) = unescape(escape).map_err(|kind| DecodeError::new(kind, end))?;
                    end += len;
                }
                0..=0x1f => return Err(DecodeError::new(DecodeErrorKind::Syntax, end)),
                _ => end += 1,
            }
            end += plain_len(text.as_bytes().get(end..).unwrap_or_default());
        }
        Err(DecodeError::new(DecodeErrorKind::Truncated, end))
    }

    /// The byte after the closing quote.
    #[inline]
    pub(crate) fn end(&self) -> usize {
        self.offset + self.raw.len() + 1
    }

    /// The byte of the payload at which the text begins.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// The text, if it stands in the payload as it is.
    #[inline]
    pub(crate) fn plain(&self) -> Option<&'a str> {
        (!self.escaped).then_some(self.raw)
    }

    /// How long the text is at most.
    pub(crate) fn len(&self) -> usize {
        self.raw.len()
    }

    /// The text, which is put into `scratch` where there are escapes.
    #[inline]
    pub(crate) fn read_in<'s>(self, scratch: &'s mut String) -> &'s str
    where
        'a: 's,
    {
        match self.plain() {
            Some(text) => text,
            None => {
                scratch.clear();
                self.unescape_into(scratch);
                scratch
            }
        }
    }

    /// The text, copied only where there are escapes.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        match self.plain() {
            Some(text) => Cow::Borrowed(text),
            None => {
                let mut text = String::with_capacity(self.raw.len());
                self.unescape_into(&mut text);
                Cow::Owned(text)
            }
        }
    }

    /// Appends the text without its escapes.
    fn unescape_into(&self, text: &mut String) {
        let mut rest = self.raw;
        while let Some((plain, _)) = rest.split_once('\\') {
            text.push_str(plain);
            let escape = rest.get(plain.len()..).unwrap_or_default();
            // `read` has seen that the escape is valid.
            let Ok((character, len)) = unescape(escape.as_bytes()) else {
                return;
            };
            text.push(character);
            rest = escape.get(len..).unwrap_or_default();
        }
        text.push_str(rest);
    }
}

/// How many bytes stand before the first quote, backslash or control character.
#[inline]
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // Sets the highest bit of the lowest byte that is below `limit`, and perhaps of some above it.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGH;
    let mut rest = bytes;
    while let Some((chunk, behind)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*chunk);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let special = quote | backslash | below(word, 0x20);
        if special != 0 {
            return bytes.len() - rest.len() + special.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

/// The character that an escape stands for, and how long the escape is, both halves of a surrogate pair included.
#[cold]
fn unescape(escape: &[u8]) -> Result<(char, usize), DecodeErrorKind> {
    let character = match escape.get(1) {
        Some(character @ (b'"' | b'\\' | b'/')) => char::from(*character),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let first = code_unit(escape)?;
            return match first {
                0xd800..0xdc00 => match escape.get(6..) {
                    Some(second @ [b'\\', b'u', ..]) => match code_unit(second)? {
                        low @ 0xdc00..0xe000 => {
                            let code = 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00);
                            let character = char::from_u32(code).ok_or(DecodeErrorKind::Utf8)?;
                            Ok((character, 12))
                        }
                        _ => Err(DecodeErrorKind::Utf8),
                    },
                    None | Some([] | [b'\\']) => Err(DecodeErrorKind::Truncated),
                    Some(_) => Err(DecodeErrorKind::Utf8),
                },
                // The other half alone is no character either.
                _ => Ok((char::from_u32(first).ok_or(DecodeErrorKind::Utf8)?, 6)),
            };
        }
        Some(_) => return Err(DecodeErrorKind::Syntax),
        None => return Err(DecodeErrorKind::Truncated),
    };
    Ok((character, 2))
}

/// The number in `\u1234`.
fn code_unit(escape: &[u8]) -> Result<u32, DecodeErrorKind> {
    let digits = escape.iter().skip(2).take(4);
    let mut unit = 0;
    let mut count = 0;
    for digit in digits {
        unit = unit << 4 | char::from(*digit).to_digit(16).ok_or(DecodeErrorKind::Syntax)?;
        count += 1;
    }
    match count {
        4 => Ok(unit),
        _ => Err(DecodeErrorKind::Truncated),
    }
}

/// The names in an object so far.
#[derive(Default)]
pub(crate) struct Names<'a>(BTreeSet<Cow<'a, str>>);

impl<'a> Names<'a> {
    /// Refuses a name that occurs twice.
    pub(crate) fn insert(&mut self, name: JsonString<'a>) -> Result<(), DecodeError> {
        match self.0.insert(name.text()) {
            true => Ok(()),
            false => Err(DecodeError::new(DecodeErrorKind::Duplicate, name.offset())),
        }
    }

    #[inline]
    pub(crate) fn clear(&mut self) {
        if !self.0.is_empty() {
            self.0.clear();
        }
    }
}
