use alloc::vec::Vec;
use core::str;

use super::{JsonNumber, JsonString, Names};
use crate::encoding::{DecodeError, DecodeErrorKind};

/// How deep the value of a member that nobody knows may be.
const MAX_DEPTH: usize = 16;

/// A place in a JSON text.
#[derive(Clone)]
pub(crate) struct JsonReader<'a> {
    text: &'a str,
    offset: usize,
}

/// A value, or the container that was opened in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum JsonValue<'a> {
    String(JsonString<'a>),
    Number(JsonNumber<'a>),
    Boolean(bool),
    Null,
    Array,
    Object,
}

impl<'a> JsonReader<'a> {
    /// The beginning of a payload, which is UTF-8 as a whole.
    pub(crate) fn new(payload: &'a [u8]) -> Result<Self, DecodeError> {
        match str::from_utf8(payload) {
            Ok(text) => Ok(Self { text, offset: 0 }),
            Err(error) => Err(DecodeError::new(DecodeErrorKind::Utf8, error.valid_up_to())),
        }
    }

    /// The byte that is next.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// All of the payload.
    #[inline]
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The payload from the byte that is next.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.offset..).unwrap_or_default()
    }

    fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.offset)
    }

    /// The next byte that is not white space. It is not passed.
    #[inline]
    fn peek(&mut self) -> Result<u8, DecodeError> {
        match self.text.as_bytes().get(self.offset) {
            Some(byte) if *byte > b' ' => Ok(*byte),
            _ => self.peek_far(),
        }
    }

    #[cold]
    fn peek_far(&mut self) -> Result<u8, DecodeError> {
        self.skip_blanks();
        match self.text.as_bytes().get(self.offset) {
            Some(byte) => Ok(*byte),
            None => Err(self.error(DecodeErrorKind::Truncated)),
        }
    }

    /// Passes one byte after white space.
    #[inline]
    pub(crate) fn expect(&mut self, expected: u8) -> Result<(), DecodeError> {
        if self.peek()? != expected {
            return Err(self.error(DecodeErrorKind::Syntax));
        }
        self.offset += 1;
        Ok(())
    }

    /// Nothing follows but white space.
    pub(crate) fn end(&mut self) -> Result<(), DecodeError> {
        match self.rest().iter().position(|byte| !is_blank(*byte)) {
            None => Ok(()),
            Some(blanks) => {
                self.offset += blanks;
                Err(self.error(DecodeErrorKind::TrailingBytes))
            }
        }
    }

    /// Whether a further element follows in the open array; if not, the array is closed.
    #[inline]
    pub(crate) fn element(&mut self, first: bool) -> Result<bool, DecodeError> {
        match (self.peek()?, first) {
            (b']', _) => {
                self.offset += 1;
                Ok(false)
            }
            (_, true) => Ok(true),
            (b',', false) => {
                self.offset += 1;
                Ok(true)
            }
            _ => Err(self.error(DecodeErrorKind::Syntax)),
        }
    }

    /// The name of the next member of the open object, whose value is next; if there is none, the object is closed.
    #[inline]
    pub(crate) fn member(&mut self, first: bool) -> Result<Option<JsonString<'a>>, DecodeError> {
        match (self.peek()?, first) {
            (b'}', _) => {
                self.offset += 1;
                return Ok(None);
            }
            (_, true) => {}
            (b',', false) => self.offset += 1,
            _ => return Err(self.error(DecodeErrorKind::Syntax)),
        }
        if self.peek()? != b'"' {
            return Err(self.error(DecodeErrorKind::Syntax));
        }
        let name = self.string()?;
        self.expect(b':')?;
        Ok(Some(name))
    }

    /// Reads a value, or opens a container.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<JsonValue<'a>, DecodeError> {
        Ok(match self.peek()? {
            b'"' => JsonValue::String(self.string()?),
            b'-' | b'0'..=b'9' => {
                let number = JsonNumber::read(self.text, self.offset)?;
                self.offset += number.len();
                JsonValue::Number(number)
            }
            b't' => self.literal("true", JsonValue::Boolean(true))?,
            b'f' => self.literal("false", JsonValue::Boolean(false))?,
            b'n' => self.literal("null", JsonValue::Null)?,
            b'[' => {
                self.offset += 1;
                JsonValue::Array
            }
            b'{' => {
                self.offset += 1;
                JsonValue::Object
            }
            _ => return Err(self.error(DecodeErrorKind::Syntax)),
        })
    }

    /// Passes bytes that [`rest`](Self::rest) has shown.
    #[inline]
    pub(crate) fn advance(&mut self, len: usize) {
        self.offset += len;
    }

    /// Passes white space.
    pub(crate) fn skip_blanks(&mut self) {
        self.offset += self.rest().iter().take_while(|byte| is_blank(**byte)).count();
    }

    /// A whole number of at most 18 digits, if one is next and a comma or brace follows: what nearly all numbers are.
    #[inline]
    pub(crate) fn short_integer(&mut self) -> Option<i64> {
        let (negative, digits) = match self.rest() {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        let mut number: i64 = 0;
        for (count, byte) in digits.iter().take(19).enumerate() {
            match byte {
                b'0'..=b'9' => number = number.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')),
                b',' | b'}' if count > 0 => {
                    // A zero in front is for others to refuse, and minus zero is a Float.
                    if digits.first() == Some(&b'0') && (count > 1 || negative) {
                        return None;
                    }
                    self.offset += count + usize::from(negative);
                    return Some(if negative { -number } else { number });
                }
                _ => return None,
            }
        }
        None
    }

    /// Reads a string, if one is next.
    #[inline]
    pub(crate) fn short_string(&mut self) -> Result<Option<JsonString<'a>>, DecodeError> {
        match self.text.as_bytes().get(self.offset) {
            Some(b'"') => self.string().map(Some),
            _ => Ok(None),
        }
    }

    #[inline]
    fn string(&mut self) -> Result<JsonString<'a>, DecodeError> {
        let string = JsonString::read(self.text, self.offset)?;
        self.offset = string.end();
        Ok(string)
    }

    fn literal(&mut self, literal: &str, value: JsonValue<'a>) -> Result<JsonValue<'a>, DecodeError> {
        let rest = self.rest();
        if rest.starts_with(literal.as_bytes()) {
            self.offset += literal.len();
            Ok(value)
        } else if literal.as_bytes().starts_with(rest) {
            Err(self.error(DecodeErrorKind::Truncated))
        } else {
            Err(self.error(DecodeErrorKind::Syntax))
        }
    }

    /// Goes back to a value and reads over it.
    pub(crate) fn skip_from(&mut self, offset: usize) -> Result<(), DecodeError> {
        self.offset = offset;
        self.skip()
    }

    /// Reads over a value of any kind, and everything in it.
    pub(crate) fn skip(&mut self) -> Result<(), DecodeError> {
        // One for each open container: the names in an object so far, `None` for an array.
        let mut open: Vec<Option<Names<'a>>> = Vec::new();
        loop {
            let mut first = true;
            match self.value()? {
                JsonValue::Array => open.push(None),
                JsonValue::Object => open.push(Some(Names::default())),
                _ => first = false,
            }
            if open.len() > MAX_DEPTH {
                return Err(self.error(DecodeErrorKind::Depth));
            }
            loop {
                let more = match open.last_mut() {
                    None => return Ok(()),
                    Some(None) => self.element(first)?,
                    Some(Some(names)) => match self.member(first)? {
                        Some(name) => {
                            names.insert(name)?;
                            true
                        }
                        None => false,
                    },
                };
                if more {
                    break;
                }
                open.pop();
                first = false;
            }
        }
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
