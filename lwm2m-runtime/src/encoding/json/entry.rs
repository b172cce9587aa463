use alloc::vec::Vec;

use ::base64::engine::GeneralPurpose;

use super::{JsonNumber, Text, write::write_escaped};
use crate::{
    encoding::{DecodeErrorKind, EncodeError, Sink, base_name::NameText, base64, decode::Untyped},
    model::{Path, ResourceType, ValueRef},
};

/// How a format names the members of a record. Those of text include the opening quote.
pub(crate) trait Dialect {
    /// A payload up to its base name.
    const BEGIN: &'static [u8];
    /// From the base name to the name of the first record.
    const FIRST_NAME: &'static [u8];
    /// A payload up to its records, where it has none.
    const EMPTY: &'static [u8];
    /// What follows the records.
    const END: &'static [u8];
    const NUMBER: &'static [u8] = b"\"v\":";
    const BOOLEAN: &'static [u8];
    const STRING: &'static [u8];
    const OPAQUE: &'static [u8];
    const OBJLNK: &'static [u8];
    const BASE64: GeneralPurpose;
}

/// Writes objects member by member.
pub(crate) struct EntryWriter<'o, S> {
    out: &'o mut S,
    // What is not yet written to `out`: never more than half of the capacity between two members, and no member
    // needs more than the other half.
    text: Text,
    separator: u8,
}

impl<'o, S: Sink> EntryWriter<'o, S> {
    pub(crate) fn new(out: &'o mut S) -> Self {
        Self {
            out,
            text: Text::default(),
            separator: b'{',
        }
    }

    /// Appends punctuation as it is.
    #[inline]
    pub(crate) fn raw(&mut self, text: &[u8]) {
        self.text.push_all(text);
    }

    /// Begins an object, at its first member.
    #[inline]
    pub(crate) fn begin(&mut self) {
        self.separator = b'{';
    }

    /// Goes on with an object that has members.
    pub(crate) fn resume(&mut self) {
        self.separator = b',';
    }

    /// Ends an object, also one without members.
    #[inline]
    pub(crate) fn end(&mut self) {
        if self.separator == b'{' {
            self.text.push(b'{');
        }
        self.text.push(b'}');
    }

    /// Begins an array as a member.
    pub(crate) fn array(&mut self, label: &[u8]) -> Result<(), EncodeError> {
        self.member(label)?;
        self.text.push(b'[');
        Ok(())
    }

    #[inline]
    fn member(&mut self, label: &[u8]) -> Result<(), EncodeError> {
        if self.text.len() > Text::CAPACITY / 2 {
            self.flush()?;
        }
        self.text.push(self.separator);
        self.separator = b',';
        self.text.push_all(label);
        Ok(())
    }

    /// A name or base name; the label includes the opening quote.
    #[inline]
    pub(crate) fn name(&mut self, label: &[u8], name: &NameText<'_>) -> Result<(), EncodeError> {
        self.member(label)?;
        if !name.prefix.is_empty() {
            self.text.push(b'/');
            self.escaped(name.prefix)?;
        }
        name.push_path(&mut self.text);
        self.text.push(b'"');
        Ok(())
    }

    /// Begins an object with a name that continues the base name.
    #[inline]
    pub(crate) fn begin_named(&mut self, ids: &[u16]) -> Result<(), EncodeError> {
        if self.text.len() > Text::CAPACITY / 2 {
            self.flush()?;
        }
        self.text.push_all(b",{\"n\":\"");
        self.text.push_ids(ids);
        self.text.push(b'"');
        self.separator = b',';
        Ok(())
    }

    pub(crate) fn number(&mut self, label: &[u8], number: f64, path: Path) -> Result<(), EncodeError> {
        self.member(label)?;
        match self.text.push_float(number) {
            true => Ok(()),
            false => Err(EncodeError::Number { path }),
        }
    }

    pub(crate) fn null(&mut self, label: &[u8]) -> Result<(), EncodeError> {
        self.member(label)?;
        self.text.push_all(b"null");
        Ok(())
    }

    #[inline]
    pub(crate) fn value<D: Dialect>(&mut self, value: ValueRef<'_>, path: Path) -> Result<(), EncodeError> {
        match value {
            ValueRef::Integer(number) => {
                self.member(D::NUMBER)?;
                self.text.push_integer(number);
            }
            ValueRef::Time(time) => {
                self.member(D::NUMBER)?;
                self.text.push_integer(time.0);
            }
            ValueRef::Unsigned(number) => {
                self.member(D::NUMBER)?;
                self.text.push_unsigned(number);
            }
            ValueRef::Float(number) => self.number(D::NUMBER, number, path)?,
            ValueRef::Boolean(flag) => {
                self.member(D::BOOLEAN)?;
                self.text.push_all(if flag { b"true" } else { b"false" });
            }
            ValueRef::String(text) | ValueRef::Corelnk(text) => {
                self.member(D::STRING)?;
                self.escaped(text)?;
                self.text.push(b'"');
            }
            ValueRef::Opaque(bytes) => {
                self.member(D::OPAQUE)?;
                self.flush()?;
                base64::encode(&D::BASE64, bytes, self.out)?;
                self.text.push(b'"');
            }
            ValueRef::Objlnk(link) => {
                self.member(D::OBJLNK)?;
                self.text.push_unsigned(link.object.into());
                self.text.push(b':');
                self.text.push_unsigned(link.instance.into());
                self.text.push(b'"');
            }
        }
        Ok(())
    }

    #[inline]
    fn escaped(&mut self, text: &str) -> Result<(), EncodeError> {
        self.flush()?;
        Ok(write_escaped(text, self.out)?)
    }

    /// Writes what is left.
    #[inline]
    pub(crate) fn flush(&mut self) -> Result<(), EncodeError> {
        self.out.write(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

/// The value of a member, whose type depends on the resource.
pub(crate) enum JsonScalar<'r> {
    /// A number of at most 18 digits.
    Integer(i64),
    Number(JsonNumber<'r>),
    /// Text, which in the JSON of LwM2M 1.0 is base64 for Opaque. There is space for the bytes.
    Text(&'r str, &'r mut Vec<u8>),
    Value(ValueRef<'r>),
}

impl<'r> Untyped<'r> for JsonScalar<'r> {
    #[inline]
    fn typed(self, resource_type: Option<ResourceType>) -> Result<ValueRef<'r>, DecodeErrorKind> {
        match (self, resource_type) {
            (Self::Integer(number), None | Some(ResourceType::Integer)) => Ok(ValueRef::Integer(number)),
            // The nearest one.
            (Self::Integer(number), Some(ResourceType::Float)) => Ok(ValueRef::Float(number as f64)),
            (Self::Integer(number), _) => ValueRef::Integer(number).typed(resource_type),
            (Self::Number(number), _) => number.value(resource_type),
            (Self::Text(text, scratch), Some(ResourceType::Opaque)) => {
                base64::decode_tolerant(text.as_bytes(), scratch).map(ValueRef::Opaque)
            }
            (Self::Text(text, _), _) => ValueRef::String(text).typed(resource_type),
            (Self::Value(value), _) => value.typed(resource_type),
        }
    }

    fn summand(self) -> Result<ValueRef<'r>, DecodeErrorKind> {
        match self {
            Self::Number(number) => number.exact(),
            other => other.typed(None),
        }
    }
}
