use alloc::vec::Vec;
use core::str;

use super::{CborReader, Head, date, decimal, half, major};
use crate::{
    encoding::{DecodeError, DecodeErrorKind, decode::Untyped},
    model::{Objlnk, ResourceType, Time, ValueRef},
};

/// A value as CBOR shows it.
///
/// Plain fields instead of an enum with fields: that stays in registers, and becomes a [`ValueRef`] only once, where it
/// is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CborItem<'r> {
    pub(crate) kind: Kind,
    /// An integer in two's complement, the bits of a Float, the two halves of an object link.
    number: u64,
    string: &'r [u8],
    /// Where the item begins.
    pub(crate) offset: usize,
}

// As wide as its neighbours, so that copies of an item are copies of whole registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Kind {
    /// An integer that fits an i64.
    Integer,
    /// One beyond.
    Unsigned,
    Float,
    Boolean,
    Null,
    Bytes,
    Text,
    /// A time that is tagged as one.
    Time,
    /// An object link, which only SenML tells from text.
    Objlnk,
}

impl Kind {
    pub(crate) const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Unsigned | Self::Float | Self::Time)
    }
}

/// Reads the value of a resource. A string in pieces is joined in `space`. `limit` is the greatest length of a string.
#[inline(always)]
pub(crate) fn item<'a: 'r, 'r>(
    reader: &mut CborReader<'a>,
    space: &mut Option<&'r mut Vec<u8>>,
    limit: usize,
) -> Result<CborItem<'r>, DecodeError> {
    let head = reader.head()?;
    let mut item = CborItem {
        kind: Kind::Integer,
        number: head.argument,
        string: &[],
        offset: head.offset,
    };
    match head.major {
        major::UNSIGNED if i64::try_from(head.argument).is_err() => item.kind = Kind::Unsigned,
        major::UNSIGNED => {}
        major::NEGATIVE => item.number = negative(head)? as u64,
        major::BYTES | major::TEXT => {
            item.kind = if head.major == major::TEXT {
                Kind::Text
            } else {
                Kind::Bytes
            };
            item.string = reader.string(head, space)?;
            if item.string.len() > limit {
                return Err(head.error(DecodeErrorKind::Limit));
            }
        }
        major::SIMPLE => {
            (item.kind, item.number) = match head.info {
                20 => (Kind::Boolean, 0),
                21 => (Kind::Boolean, 1),
                22 => (Kind::Null, 0),
                25..=27 => (Kind::Float, float(head).to_bits()),
                _ => return Err(head.error(DecodeErrorKind::Syntax)),
            }
        }
        major::TAG => (item.kind, item.number) = tagged(reader, head)?,
        _ => return Err(head.error(DecodeErrorKind::Structure)),
    }
    Ok(item)
}

impl<'r> CborItem<'r> {
    /// The object link that a text is; `None` where it is none.
    pub(crate) fn into_objlnk(self) -> Option<Self> {
        if self.kind != Kind::Text {
            return None;
        }
        let link: Objlnk = str::from_utf8(self.string).ok()?.parse().ok()?;
        Some(Self {
            kind: Kind::Objlnk,
            number: u64::from(link.object) << 16 | u64::from(link.instance),
            ..self
        })
    }

    /// The value in the type that shows: text is String.
    pub(crate) fn shown(self) -> Result<ValueRef<'r>, DecodeErrorKind> {
        Ok(match self.kind {
            Kind::Integer => ValueRef::Integer(self.number as i64),
            Kind::Unsigned => ValueRef::Unsigned(self.number),
            Kind::Float => ValueRef::Float(f64::from_bits(self.number)),
            Kind::Boolean => ValueRef::Boolean(self.number != 0),
            Kind::Bytes => ValueRef::Opaque(self.string),
            Kind::Text => ValueRef::String(self.utf8()?),
            Kind::Time => ValueRef::Time(Time(self.number as i64)),
            Kind::Objlnk => ValueRef::Objlnk(Objlnk::new((self.number >> 16) as u16, self.number as u16)),
            Kind::Null => return Err(DecodeErrorKind::Structure),
        })
    }

    fn utf8(self) -> Result<&'r str, DecodeErrorKind> {
        str::from_utf8(self.string).map_err(|_| DecodeErrorKind::Utf8)
    }
}

impl<'r> Untyped<'r> for CborItem<'r> {
    #[inline(always)]
    fn typed(self, resource_type: Option<ResourceType>) -> Result<ValueRef<'r>, DecodeErrorKind> {
        // What is nearly always so first; everything else is a cast.
        Ok(match (self.kind, resource_type) {
            (Kind::Integer, Some(ResourceType::Integer)) => ValueRef::Integer(self.number as i64),
            (Kind::Integer, Some(ResourceType::Time)) => ValueRef::Time(Time(self.number as i64)),
            (Kind::Float, Some(ResourceType::Float)) => ValueRef::Float(f64::from_bits(self.number)),
            (Kind::Boolean, Some(ResourceType::Boolean)) => ValueRef::Boolean(self.number != 0),
            (Kind::Text, Some(ResourceType::String)) => ValueRef::String(self.utf8()?),
            (Kind::Bytes, Some(ResourceType::Opaque)) => ValueRef::Opaque(self.string),
            _ => return self.shown()?.typed(resource_type),
        })
    }
}

/// A number, such as a time in SenML.
#[inline(never)]
pub(crate) fn number(reader: &mut CborReader<'_>) -> Result<f64, DecodeError> {
    let item = item(reader, &mut None, usize::MAX)?;
    match item.kind {
        Kind::Integer => Ok(item.number as i64 as f64),
        Kind::Unsigned => Ok(item.number as f64),
        Kind::Float => Ok(f64::from_bits(item.number)),
        _ => Err(DecodeError::new(DecodeErrorKind::Structure, item.offset)),
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
#[inline(always)]
fn float(head: Head) -> f64 {
    match head.info {
        25 => half::to_f64(head.argument as u16),
        26 => f64::from(f32::from_bits(head.argument as u32)),
        _ => f64::from_bits(head.argument),
    }
}

/// The tags that a value may have: 0 (date and time as text), 1 (seconds since 1970) and 4 (decimal fraction).
#[cold]
fn tagged(reader: &mut CborReader<'_>, tag: Head) -> Result<(Kind, u64), DecodeError> {
    let inner = reader.head()?;
    let wrong = inner.error(DecodeErrorKind::Number);
    match (tag.argument, inner.major) {
        (0, major::TEXT) => {
            let mut joined = Vec::new();
            let text = reader.string(inner, &mut Some(&mut joined))?;
            let seconds = str::from_utf8(text).ok().and_then(date::parse).ok_or(wrong)?;
            Ok((Kind::Time, seconds as u64))
        }
        (1, major::UNSIGNED) if i64::try_from(inner.argument).is_ok() => Ok((Kind::Time, inner.argument)),
        (1, major::UNSIGNED) => Err(wrong),
        (1, major::NEGATIVE) => Ok((Kind::Time, negative(inner)? as u64)),
        (1, major::SIMPLE) if matches!(inner.info, 25..=27) => {
            match ValueRef::Float(float(inner)).cast(ResourceType::Integer) {
                Some(ValueRef::Integer(seconds)) => Ok((Kind::Time, seconds as u64)),
                _ => Err(wrong),
            }
        }
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
