//! The values of a [snapshot](super::Tree::save), one resource after the other: its identifier (16 bits), and 0 if it is
//! absent, 1 if it has one value, 2 and the number of values (16 bits) if it is multiple. A value of a multiple resource
//! has its own identifier in front (16 bits). Then follow its type (8 bits) and the value itself: texts and bytes with their
//! length (32 bits), an object link in 32 bits, a Boolean in 8, numbers in 64, as all numbers big-endian.
//!
//! With their types, values can be read although the program has another definition now.

use alloc::vec::Vec;

use crate::{
    model::{Objlnk, Time, ValueRef},
    object::Field,
};

const ABSENT: u8 = 0;
const SINGLE: u8 = 1;
const MULTIPLE: u8 = 2;

// The types, those with a length first.
const STRING: u8 = 0;
const OPAQUE: u8 = 1;
const CORELNK: u8 = 2;
const INTEGER: u8 = 3;
const UNSIGNED: u8 = 4;
const FLOAT: u8 = 5;
const TIME: u8 = 6;
const BOOLEAN: u8 = 7;
const OBJLNK: u8 = 8;

/// A resource as it was.
pub(super) struct Resource<'a> {
    pub(super) id: u16,
    pub(super) present: bool,
    pub(super) multiple: bool,
    pub(super) values: Vec<(Option<u16>, ValueRef<'a>)>,
}

/// Appends a resource, or that it is absent.
pub(super) fn write_resource(id: u16, field: Option<&dyn Field>, out: &mut Vec<u8>) {
    out.extend_from_slice(&id.to_be_bytes());
    let Some(field) = field else {
        return out.push(ABSENT);
    };
    let values = (0..field.len()).filter_map(|index| field.entry(index));
    match field.is_multiple() {
        false => {
            let value = values.map(|(_, value)| value).next();
            out.push(if value.is_some() { SINGLE } else { ABSENT });
            if let Some(value) = value {
                write_value(value, out);
            }
        }
        true => {
            out.push(MULTIPLE);
            // Identifiers have 16 bits, and 65535 is none.
            let count = u16::try_from(field.len()).unwrap_or(u16::MAX);
            out.extend_from_slice(&count.to_be_bytes());
            for (id, value) in values.take(count.into()) {
                out.extend_from_slice(&id.unwrap_or(u16::MAX).to_be_bytes());
                write_value(value, out);
            }
        }
    }
}

fn write_value(value: ValueRef<'_>, out: &mut Vec<u8>) {
    let mut put = |kind: u8, bytes: &[u8]| {
        out.push(kind);
        if kind <= CORELNK {
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            out.extend_from_slice(&length.to_be_bytes());
        }
        out.extend_from_slice(bytes);
    };
    match value {
        ValueRef::String(text) => put(STRING, text.as_bytes()),
        ValueRef::Opaque(bytes) => put(OPAQUE, bytes),
        ValueRef::Corelnk(text) => put(CORELNK, text.as_bytes()),
        ValueRef::Integer(value) => put(INTEGER, &value.to_be_bytes()),
        ValueRef::Unsigned(value) => put(UNSIGNED, &value.to_be_bytes()),
        ValueRef::Float(value) => put(FLOAT, &value.to_bits().to_be_bytes()),
        ValueRef::Time(Time(value)) => put(TIME, &value.to_be_bytes()),
        ValueRef::Boolean(value) => put(BOOLEAN, &[u8::from(value)]),
        ValueRef::Objlnk(link) => {
            let [a, b] = link.object.to_be_bytes();
            let [c, d] = link.instance.to_be_bytes();
            put(OBJLNK, &[a, b, c, d]);
        }
    }
}

/// Reads what was written; `None` where there is something else.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn short(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn long(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn resource(&mut self) -> Option<Resource<'a>> {
        let (id, form) = (self.short()?, self.byte()?);
        let mut values = Vec::new();
        match form {
            ABSENT => {}
            SINGLE => values.push((None, self.value()?)),
            MULTIPLE => {
                for _ in 0..self.short()? {
                    values.push((Some(self.short()?), self.value()?));
                }
            }
            _ => return None,
        }
        Some(Resource {
            id,
            present: form != ABSENT,
            multiple: form == MULTIPLE,
            values,
        })
    }

    fn value(&mut self) -> Option<ValueRef<'a>> {
        Some(match self.byte()? {
            STRING => ValueRef::String(core::str::from_utf8(self.long_bytes()?).ok()?),
            OPAQUE => ValueRef::Opaque(self.long_bytes()?),
            CORELNK => ValueRef::Corelnk(core::str::from_utf8(self.long_bytes()?).ok()?),
            INTEGER => ValueRef::Integer(i64::from_be_bytes(self.array()?)),
            UNSIGNED => ValueRef::Unsigned(u64::from_be_bytes(self.array()?)),
            FLOAT => ValueRef::Float(f64::from_bits(u64::from_be_bytes(self.array()?))),
            TIME => ValueRef::Time(Time(i64::from_be_bytes(self.array()?))),
            BOOLEAN => ValueRef::Boolean(self.byte()? != 0),
            OBJLNK => ValueRef::Objlnk(Objlnk::new(self.short()?, self.short()?)),
            _ => return None,
        })
    }

    fn long_bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.long()?).ok()?;
        self.bytes(length)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }
}
