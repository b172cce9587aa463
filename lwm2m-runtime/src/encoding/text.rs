//! Plain text, content format 0: the value of one resource or resource instance (LwM2M Core 1.2, section 7.4.1).

use alloc::vec::Vec;
use core::{
    fmt::{self, Write},
    str,
};

use super::{
    DecodeError, DecodeErrorKind, EncodeError, Format, Full, RecordRef, Sink, base64, decode::Context,
    encode::single_value,
};
use crate::model::{Path, ResourceType, Time, ValueRef};

/// The value of a payload; a String where the type is not known.
pub(crate) fn decode<'r>(
    payload: &'r [u8],
    space: &'r mut Vec<u8>,
    context: &mut Context<'_>,
) -> Result<ValueRef<'r>, DecodeError> {
    let path = context.target();
    let resource_type = context.resource_type(path, 0)?.unwrap_or(ResourceType::String);
    let text = str::from_utf8(payload)
        .map_err(|error| DecodeError::new(DecodeErrorKind::Utf8, error.valid_up_to()).at(path))?;
    let wrong = DecodeError::new(
        DecodeErrorKind::Type {
            expected: resource_type,
        },
        0,
    )
    .at(path);
    Ok(match resource_type {
        ResourceType::String => ValueRef::String(text),
        ResourceType::Corelnk => ValueRef::Corelnk(text),
        ResourceType::Integer => ValueRef::Integer(integer(text).ok_or(wrong)?),
        ResourceType::Time => ValueRef::Time(Time(integer(text).ok_or(wrong)?)),
        ResourceType::Unsigned => ValueRef::Unsigned(
            Some(text)
                .filter(|text| is_digits(text))
                .and_then(|text| text.parse().ok())
                .ok_or(wrong)?,
        ),
        ResourceType::Float => ValueRef::Float(float(text).ok_or(wrong)?),
        ResourceType::Boolean => ValueRef::Boolean(match text {
            "0" => false,
            "1" => true,
            _ => return Err(wrong),
        }),
        ResourceType::Objlnk => ValueRef::Objlnk(text.parse().map_err(|_| wrong)?),
        ResourceType::Opaque => ValueRef::Opaque(
            base64::decode_strict(payload, space).map_err(|kind| DecodeError::new(kind, 0).at(path))?,
        ),
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits after at most a minus.
fn integer(text: &str) -> Option<i64> {
    match is_digits(text.strip_prefix('-').unwrap_or(text)) {
        true => text.parse().ok(),
        false => None,
    }
}

/// A decimal number, with or without fraction and exponent; not beyond the largest Float.
fn float(text: &str) -> Option<f64> {
    let (significand, exponent) = match text.split_once(['e', 'E']) {
        Some((significand, exponent)) => (significand, Some(exponent)),
        None => (text, None),
    };
    let significand = significand.strip_prefix('-').unwrap_or(significand);
    let (whole, fraction) = match significand.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (significand, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['-', '+']).unwrap_or(text));
    let legal = is_digits(whole) && fraction.is_none_or(is_digits) && exponent.is_none_or(is_digits);
    let number: f64 = text.parse().ok()?;
    (legal && number.is_finite()).then_some(number)
}

pub(crate) fn encode<'r>(
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>>,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let value = single_value(Format::Text, target, records)?;
    let mut text = TextSink(out);
    let written = match value {
        ValueRef::String(text) | ValueRef::Corelnk(text) => return Ok(out.write(text.as_bytes())?),
        ValueRef::Opaque(bytes) => return Ok(base64::encode(&base64::STANDARD, bytes, out)?),
        ValueRef::Boolean(flag) => return Ok(out.write(if flag { b"1" } else { b"0" })?),
        ValueRef::Float(number) if !number.is_finite() => {
            return Err(EncodeError::Number { path: target });
        }
        // The shortest decimal number that is this Float, without an exponent.
        ValueRef::Float(number) => write!(text, "{number}"),
        ValueRef::Integer(number) => write!(text, "{number}"),
        ValueRef::Unsigned(number) => write!(text, "{number}"),
        ValueRef::Time(time) => write!(text, "{}", time.0),
        ValueRef::Objlnk(link) => write!(text, "{link}"),
    };
    Ok(written.map_err(|_| Full)?)
}

/// A [`Sink`] for text as the core library writes it.
struct TextSink<'s, S>(&'s mut S);

impl<S: Sink> Write for TextSink<'_, S> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes()).map_err(|_| fmt::Error)
    }
}
