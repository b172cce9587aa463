use super::{half, major};
use crate::{
    encoding::{EncodeError, EncodeOptions, FloatWidth, Sink, short::Short},
    model::{ResourceType, ValueRef},
};

/// The shortest head of an item.
#[inline(always)]
pub(crate) const fn head(major: u8, argument: u64) -> Short {
    let major = major << 5;
    match argument {
        0..=23 => Short::new([major | argument as u8]),
        24..=0xff => Short::new([major | 24, argument as u8]),
        0x100..=0xffff => Short::new([major | 25]).then(Short::big_endian(argument, 2)),
        0x1_0000..=0xffff_ffff => Short::new([major | 26]).then(Short::big_endian(argument, 4)),
        _ => Short::new([major | 27]).then(Short::big_endian(argument, 8)),
    }
}

/// A value: its head and, of a text or byte string, the content that is to follow.
#[inline(always)]
pub(crate) fn value<'v>(value: &ValueRef<'v>, options: &EncodeOptions) -> (Short, &'v [u8]) {
    let whole = match *value {
        ValueRef::String(text) | ValueRef::Corelnk(text) => {
            return (head(major::TEXT, text.len() as u64), text.as_bytes());
        }
        ValueRef::Opaque(bytes) => return (head(major::BYTES, bytes.len() as u64), bytes),
        ValueRef::Integer(number) => integer(number),
        ValueRef::Time(time) => integer(time.0),
        ValueRef::Unsigned(number) => head(major::UNSIGNED, number),
        ValueRef::Float(number) => float(number, options),
        ValueRef::Boolean(flag) => Short::new([0xf4 + flag as u8]),
        ValueRef::Objlnk(link) => {
            let text = Short::decimal(link.object)
                .with(*b":")
                .then(Short::decimal(link.instance));
            head(major::TEXT, text.len() as u64).then(text)
        }
    };
    (whole, &[])
}

#[inline(always)]
const fn integer(number: i64) -> Short {
    // The argument of a negative number is -1 minus it: all bits turned round.
    match number < 0 {
        false => head(major::UNSIGNED, number as u64),
        true => head(major::NEGATIVE, !number as u64),
    }
}

/// A Float: half, single or double precision, the shortest that is exact, unless the options say otherwise.
#[inline]
fn float(number: f64, options: &EncodeOptions) -> Short {
    let narrow = number as f32;
    let exact = f64::from(narrow) == number || number.is_nan();
    match options.float_width {
        FloatWidth::Shortest | FloatWidth::Single if exact => match half::from_f32(narrow) {
            Some(half) if options.float_width == FloatWidth::Shortest => {
                Short::new([0xf9]).then(Short::big_endian(half.into(), 2))
            }
            _ => Short::new([0xfa]).then(Short::big_endian(narrow.to_bits().into(), 4)),
        },
        _ => Short::new([0xfb]).then(Short::big_endian(number.to_bits(), 8)),
    }
}

/// A time in seconds: an integer where it is one, which is shortest, else a Float.
pub(crate) fn seconds(number: f64, options: &EncodeOptions) -> Short {
    match ValueRef::Float(number).cast(ResourceType::Integer) {
        Some(ValueRef::Integer(seconds)) => integer(seconds),
        _ => float(number, options),
    }
}

/// `null`.
pub(crate) const NULL: u8 = 0xf6;

/// Corrects the head of one byte at `start`, which was written before the number of entries was known.
#[inline]
pub(crate) fn set_count(major: u8, start: usize, count: u64, out: &mut impl Sink) -> Result<(), EncodeError> {
    if count < 24 {
        out.overwrite(start, &[major << 5 | count as u8]);
        return Ok(());
    }
    set_large_count(major, start, count, out)
}

#[cold]
fn set_large_count(major: u8, start: usize, count: u64, out: &mut impl Sink) -> Result<(), EncodeError> {
    let head = head(major, count);
    let bytes = head.to_bytes();
    if let Some((first, rest)) = bytes.get(..head.len()).and_then(<[u8]>::split_first) {
        out.overwrite(start, &[*first]);
        out.insert(start + 1, rest)?;
    }
    Ok(())
}
