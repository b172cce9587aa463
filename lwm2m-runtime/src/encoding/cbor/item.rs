use alloc::vec::Vec;
use core::str;

use super::{CborReader, Head, date, decimal, half, major};
use crate::{
    encoding::{Content, DecodeError, DecodeErrorKind},
    model::{ResourceType, Time, ValueRef},
};

/// The value of a resource as CBOR shows it: an integer is Integer as far as that reaches, then Unsigned; text is
/// String; only a date or a time that is tagged as one is Time. `null` is [`Content::Null`].
///
/// A string in pieces is joined in `space`. `limit` is the greatest length of a string.
#[inline]
pub(crate) fn item<'a: 'r, 'r>(
    reader: &mut CborReader<'a>,
    space: &mut Option<&'r mut Vec<u8>>,
    limit: usize,
) -> Result<Content<ValueRef<'r>>, DecodeError> {
    let head = reader.head()?;
    Ok(Content::Value(match head.major {
        major::UNSIGNED => match i64::try_from(head.argument) {
            Ok(number) => ValueRef::Integer(number),
            Err(_) => ValueRef::Unsigned(head.argument),
        },
        major::NEGATIVE => ValueRef::Integer(negative(head)?),
        major::BYTES => {
            let bytes = reader.string(head, space)?;
            if bytes.len() > limit {
                return Err(head.error(DecodeErrorKind::Limit));
            }
            ValueRef::Opaque(bytes)
        }
        major::TEXT => {
            let bytes = reader.string(head, space)?;
            if bytes.len() > limit {
                return Err(head.error(DecodeErrorKind::Limit));
            }
            ValueRef::String(str::from_utf8(bytes).map_err(|_| head.error(DecodeErrorKind::Utf8))?)
        }
        major::TAG => tagged(reader, head)?,
        major::SIMPLE => match head.info {
            20 => ValueRef::Boolean(false),
            21 => ValueRef::Boolean(true),
            22 => return Ok(Content::Null),
            25..=27 => ValueRef::Float(float(head)),
            _ => return Err(head.error(DecodeErrorKind::Syntax)),
        },
        _ => return Err(head.error(DecodeErrorKind::Structure)),
    }))
}

/// A number, such as a time in SenML.
pub(crate) fn number(reader: &mut CborReader<'_>) -> Result<f64, DecodeError> {
    let offset = reader.offset();
    match item(reader, &mut None, 0)? {
        Content::Value(ValueRef::Integer(number)) => Ok(number as f64),
        Content::Value(ValueRef::Unsigned(number)) => Ok(number as f64),
        Content::Value(ValueRef::Float(number)) => Ok(number),
        _ => Err(DecodeError::new(DecodeErrorKind::Structure, offset)),
    }
}

/// -1 minus the argument.
fn negative(head: Head) -> Result<i64, DecodeError> {
    match i64::try_from(head.argument) {
        Ok(number) => Ok(!number),
        Err(_) => Err(head.error(DecodeErrorKind::Number)),
    }
}

/// The number in the argument of a head of major type 7 whose width is 16, 32 or 64 bits; its argument fits that width.
#[inline]
fn float(head: Head) -> f64 {
    match head.info {
        25 => half::to_f64(head.argument as u16),
        26 => f64::from(f32::from_bits(head.argument as u32)),
        _ => f64::from_bits(head.argument),
    }
}

/// The tags that a value may have: 0 (date and time as text), 1 (seconds since 1970) and 4 (decimal fraction).
#[cold]
fn tagged<'r>(reader: &mut CborReader<'_>, tag: Head) -> Result<ValueRef<'r>, DecodeError> {
    let inner = reader.head()?;
    let wrong = inner.error(DecodeErrorKind::Number);
    match (tag.argument, inner.major) {
        (0, major::TEXT) => {
            let mut joined = Vec::new();
            let text = reader.string(inner, &mut Some(&mut joined))?;
            let seconds = str::from_utf8(text).ok().and_then(date::parse).ok_or(wrong)?;
            Ok(ValueRef::Time(Time(seconds)))
        }
        (1, major::UNSIGNED) => i64::try_from(inner.argument)
            .map(|seconds| ValueRef::Time(Time(seconds)))
            .map_err(|_| wrong),
        (1, major::NEGATIVE) => Ok(ValueRef::Time(Time(negative(inner)?))),
        (1, major::SIMPLE) if matches!(inner.info, 25..=27) => ValueRef::Float(float(inner))
            .cast(ResourceType::Time)
            .ok_or(wrong),
        (4, major::ARRAY) => {
            let mut items = reader.items(inner, 1)?;
            let mut part = || match items.another(reader)? {
                true => {
                    let head = reader.head()?;
                    match head.major {
                        major::UNSIGNED => Ok(i128::from(head.argument)),
                        major::NEGATIVE => Ok(!i128::from(head.argument)),
                        _ => Err(head.error(DecodeErrorKind::Structure)),
                    }
                }
                false => Err(inner.error(DecodeErrorKind::Structure)),
            };
            let (exponent, mantissa) = (part()?, part()?);
            if items.another(reader)? {
                return Err(inner.error(DecodeErrorKind::Structure));
            }
            decimal::value(mantissa, exponent).ok_or(wrong)
        }
        (0 | 1 | 4, _) => Err(inner.error(DecodeErrorKind::Structure)),
        _ => Err(tag.error(DecodeErrorKind::Tag)),
    }
}
