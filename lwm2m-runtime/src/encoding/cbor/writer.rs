use super::{half, major};
use crate::{
    encoding::{EncodeError, EncodeOptions, FloatWidth, Full, Sink},
    model::{Objlnk, ResourceType, ValueRef},
};

/// Heads and numbers of one record, put together on the stack and written in one piece.
///
/// The most that one record needs is a base name, a name, a time and a value, or four keys and their maps: all below
/// the room here. Text and bytes of any length do not go through it.
pub(crate) struct Chunk {
    bytes: [u8; 128],
    len: usize,
}

impl Chunk {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; 128],
            len: 0,
        }
    }

    /// The shortest head of an item.
    #[inline]
    pub(crate) fn head(&mut self, major: u8, argument: u64) {
        let major = major << 5;
        let [b7, b6, b5, b4, b3, b2, b1, b0] = argument.to_be_bytes();
        match argument {
            0..=23 => self.push([major | b0]),
            24..=0xff => self.push([major | 24, b0]),
            0x100..=0xffff => self.push([major | 25, b1, b0]),
            0x1_0000..=0xffff_ffff => self.push([major | 26, b3, b2, b1, b0]),
            _ => self.push([major | 27, b7, b6, b5, b4, b3, b2, b1, b0]),
        }
    }

    /// Bytes of a length that is known when compiling.
    #[inline(always)]
    pub(crate) fn push<const N: usize>(&mut self, bytes: [u8; N]) {
        self.extend(&bytes);
    }

    /// A few bytes.
    #[inline(always)]
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        debug_assert!(
            end <= self.bytes.len(),
            "a chunk holds one record's heads and numbers"
        );
        if let Some(room) = self.bytes.get_mut(self.len..end) {
            room.copy_from_slice(bytes);
            self.len = end;
        }
    }

    /// How many bytes were put together so far.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// What was put together so far.
    #[inline]
    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Writes everything out and begins anew.
    #[inline(always)]
    pub(crate) fn flush(&mut self, out: &mut impl Sink) -> Result<(), Full> {
        let written = out.write(self.bytes());
        self.len = 0;
        written
    }

    /// A Float: half, single or double precision, the shortest that is exact, unless the options say otherwise.
    #[inline]
    fn float(&mut self, number: f64, options: &EncodeOptions) {
        let narrow = number as f32;
        let exact = f64::from(narrow) == number || number.is_nan();
        match options.float_width {
            FloatWidth::Shortest | FloatWidth::Single if exact => match half::from_f32(narrow) {
                Some(half) if options.float_width == FloatWidth::Shortest => {
                    let [a, b] = half.to_be_bytes();
                    self.push([0xf9, a, b]);
                }
                _ => {
                    let [a, b, c, d] = narrow.to_be_bytes();
                    self.push([0xfa, a, b, c, d]);
                }
            },
            _ => {
                let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
                self.push([0xfb, a, b, c, d, e, f, g, h]);
            }
        }
    }

    /// A time in seconds: an integer where it is one, which is shortest, else a Float.
    pub(crate) fn seconds(&mut self, number: f64, options: &EncodeOptions) {
        match ValueRef::Float(number).cast(ResourceType::Integer) {
            Some(ValueRef::Integer(seconds)) => self.integer(seconds),
            _ => self.float(number, options),
        }
    }

    #[inline]
    fn integer(&mut self, number: i64) {
        match u64::try_from(number) {
            Ok(number) => self.head(major::UNSIGNED, number),
            Err(_) => self.head(major::NEGATIVE, !number as u64),
        }
    }

    fn objlnk(&mut self, link: Objlnk) {
        let (object, object_len) = decimal(link.object);
        let (instance, instance_len) = decimal(link.instance);
        self.head(major::TEXT, (object_len + 1 + instance_len) as u64);
        self.extend(object.get(5 - object_len..).unwrap_or_default());
        self.push([b':']);
        self.extend(instance.get(5 - instance_len..).unwrap_or_default());
    }
}

/// The digits of an identifier, at the end of the five, and how many there are.
#[inline]
pub(crate) fn decimal(id: u16) -> ([u8; 5], usize) {
    let digit = |divisor: u16| b'0' + (id / divisor % 10) as u8;
    let digits = [digit(10_000), digit(1000), digit(100), digit(10), digit(1)];
    let len = match id {
        0..=9 => 1,
        10..=99 => 2,
        100..=999 => 3,
        1000..=9999 => 4,
        _ => 5,
    };
    (digits, len)
}

/// Writes a value into a chunk and returns what is to follow the chunk: the content of a text or byte string.
#[inline(always)]
pub(crate) fn write_value<'v>(chunk: &mut Chunk, value: &ValueRef<'v>, options: &EncodeOptions) -> &'v [u8] {
    match *value {
        ValueRef::String(text) | ValueRef::Corelnk(text) => {
            chunk.head(major::TEXT, text.len() as u64);
            return text.as_bytes();
        }
        ValueRef::Opaque(bytes) => {
            chunk.head(major::BYTES, bytes.len() as u64);
            return bytes;
        }
        ValueRef::Integer(number) => chunk.integer(number),
        ValueRef::Time(time) => chunk.integer(time.0),
        ValueRef::Unsigned(number) => chunk.head(major::UNSIGNED, number),
        ValueRef::Float(number) => chunk.float(number, options),
        ValueRef::Boolean(flag) => chunk.push([0xf4 + u8::from(flag)]),
        ValueRef::Objlnk(link) => chunk.objlnk(link),
    }
    &[]
}

/// `null`.
pub(crate) const NULL: u8 = 0xf6;

/// Corrects the head of one byte at `start`, which was written before the number of entries was known.
pub(crate) fn set_count(major: u8, start: usize, count: u64, out: &mut impl Sink) -> Result<(), EncodeError> {
    if count < 24 {
        out.overwrite(start, &[major << 5 | count as u8]);
        return Ok(());
    }
    let mut head = Chunk::new();
    head.head(major, count);
    if let [first, rest @ ..] = head.bytes() {
        out.overwrite(start, &[*first]);
        if !rest.is_empty() {
            out.insert(start + 1, rest)?;
        }
    }
    Ok(())
}
