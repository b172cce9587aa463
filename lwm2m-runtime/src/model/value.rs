use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{fmt, str::FromStr};

use super::ResourceType;

/// The value of a resource or resource instance (LwM2M Core 1.2, appendix C).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// UTF-8 text.
    String(String),
    /// A signed integer of up to 64 bits.
    Integer(i64),
    /// An unsigned integer of up to 64 bits (LwM2M 1.1).
    Unsigned(u64),
    /// A floating point number of up to 64 bits.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// Bytes without a meaning to LwM2M.
    Opaque(Vec<u8>),
    /// A point in time.
    Time(Time),
    /// The address of an object instance.
    Objlnk(Objlnk),
    /// One or more CoRE links as text (LwM2M 1.1, RFC 6690).
    Corelnk(String),
}

impl Value {
    /// The value without its storage.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::String(text) => ValueRef::String(text),
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Unsigned(number) => ValueRef::Unsigned(*number),
            Self::Float(number) => ValueRef::Float(*number),
            Self::Boolean(flag) => ValueRef::Boolean(*flag),
            Self::Opaque(bytes) => ValueRef::Opaque(bytes),
            Self::Time(time) => ValueRef::Time(*time),
            Self::Objlnk(link) => ValueRef::Objlnk(*link),
            Self::Corelnk(links) => ValueRef::Corelnk(links),
        }
    }

    /// The data type of the value.
    #[must_use]
    pub fn resource_type(&self) -> ResourceType {
        self.as_ref().resource_type()
    }
}

/// A [`Value`] that borrows its text or bytes.
// The tag is as wide as its neighbours, so that copies are copies of whole registers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[repr(u64)]
pub enum ValueRef<'a> {
    /// UTF-8 text.
    String(&'a str),
    /// A signed integer of up to 64 bits.
    Integer(i64),
    /// An unsigned integer of up to 64 bits (LwM2M 1.1).
    Unsigned(u64),
    /// A floating point number of up to 64 bits.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// Bytes without a meaning to LwM2M.
    Opaque(&'a [u8]),
    /// A point in time.
    Time(Time),
    /// The address of an object instance.
    Objlnk(Objlnk),
    /// One or more CoRE links as text (LwM2M 1.1, RFC 6690).
    Corelnk(&'a str),
}

impl<'a> ValueRef<'a> {
    /// The data type of the value.
    #[must_use]
    pub const fn resource_type(self) -> ResourceType {
        match self {
            Self::String(_) => ResourceType::String,
            Self::Integer(_) => ResourceType::Integer,
            Self::Unsigned(_) => ResourceType::Unsigned,
            Self::Float(_) => ResourceType::Float,
            Self::Boolean(_) => ResourceType::Boolean,
            Self::Opaque(_) => ResourceType::Opaque,
            Self::Time(_) => ResourceType::Time,
            Self::Objlnk(_) => ResourceType::Objlnk,
            Self::Corelnk(_) => ResourceType::Corelnk,
        }
    }

    /// A copy with storage of its own.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            Self::String(text) => Value::String(text.to_owned()),
            Self::Integer(number) => Value::Integer(number),
            Self::Unsigned(number) => Value::Unsigned(number),
            Self::Float(number) => Value::Float(number),
            Self::Boolean(flag) => Value::Boolean(flag),
            Self::Opaque(bytes) => Value::Opaque(bytes.to_owned()),
            Self::Time(time) => Value::Time(time),
            Self::Objlnk(link) => Value::Objlnk(link),
            Self::Corelnk(links) => Value::Corelnk(links.to_owned()),
        }
    }

    /// The same value as another data type, where nothing is lost: a number between the numeric types and Time,
    /// text between String and Corelnk and from String to Objlnk. `None` where the value does not exist in `target`.
    ///
    /// Formats such as CBOR tell a number from a text but not an Integer from a Time; this is how their values
    /// get the type that the definition asks for.
    #[must_use]
    pub fn cast(self, target: ResourceType) -> Option<Self> {
        if self.resource_type() == target {
            return Some(self);
        }
        match (target, self) {
            (ResourceType::Integer, _) => self.as_i64().map(Self::Integer),
            (ResourceType::Time, _) => self.as_i64().map(|seconds| Self::Time(Time(seconds))),
            (ResourceType::Unsigned, _) => self.as_u64().map(Self::Unsigned),
            (ResourceType::Float, Self::Integer(number)) => exact_float(number.into()).map(Self::Float),
            (ResourceType::Float, Self::Unsigned(number)) => exact_float(number.into()).map(Self::Float),
            (ResourceType::Float, Self::Time(time)) => exact_float(time.0.into()).map(Self::Float),
            (ResourceType::String, Self::Corelnk(text)) => Some(Self::String(text)),
            (ResourceType::Corelnk, Self::String(text)) => Some(Self::Corelnk(text)),
            (ResourceType::Objlnk, Self::String(text)) => text.parse().ok().map(Self::Objlnk),
            _ => None,
        }
    }

    /// The number of a numeric value or a Time, where it is integral and fits.
    fn as_i64(self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(number),
            Self::Unsigned(number) => i64::try_from(number).ok(),
            Self::Time(time) => Some(time.0),
            // 2^63 is exact in binary64, so the half-open interval is exactly that of i64.
            Self::Float(number)
                if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) =>
            {
                let truncated = number as i64;
                (truncated as f64 == number).then_some(truncated)
            }
            _ => None,
        }
    }

    fn as_u64(self) -> Option<u64> {
        match self {
            Self::Unsigned(number) => Some(number),
            Self::Integer(number) => u64::try_from(number).ok(),
            Self::Time(time) => u64::try_from(time.0).ok(),
            Self::Float(number) if (0.0..18_446_744_073_709_551_616.0).contains(&number) => {
                let truncated = number as u64;
                (truncated as f64 == number).then_some(truncated)
            }
            _ => None,
        }
    }
}

/// The number as binary64, unless that would round it.
fn exact_float(number: i128) -> Option<f64> {
    let float = number as f64;
    (float as i128 == number).then_some(float)
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        value.as_ref()
    }
}

impl fmt::Display for ValueRef<'_> {
    /// Text as it is, numbers in decimal, Boolean as `true` or `false`, Opaque in hexadecimal, Time as seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) | Self::Corelnk(text) => f.pad(text),
            Self::Integer(number) => fmt::Display::fmt(number, f),
            Self::Unsigned(number) => fmt::Display::fmt(number, f),
            Self::Float(number) => fmt::Display::fmt(number, f),
            Self::Boolean(flag) => fmt::Display::fmt(flag, f),
            Self::Opaque(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Self::Time(time) => fmt::Display::fmt(time, f),
            Self::Objlnk(link) => fmt::Display::fmt(link, f),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_ref(), f)
    }
}

/// A point in time: seconds since 1970-01-01T00:00:00Z, negative before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl From<i64> for Time {
    fn from(seconds: i64) -> Self {
        Self(seconds)
    }
}

impl From<Time> for i64 {
    fn from(time: Time) -> Self {
        time.0
    }
}

impl fmt::Display for Time {
    /// The seconds in decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The address of an object instance, or of an object as a whole with instance 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Objlnk {
    /// The object's identifier.
    pub object: u16,
    /// The object instance's identifier.
    pub instance: u16,
}

impl Objlnk {
    /// A link to nothing: `65535:65535`.
    pub const NULL: Self = Self::new(u16::MAX, u16::MAX);

    /// A link to an object instance.
    #[must_use]
    pub const fn new(object: u16, instance: u16) -> Self {
        Self { object, instance }
    }
}

impl Default for Objlnk {
    fn default() -> Self {
        Self::NULL
    }
}

impl fmt::Display for Objlnk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.object, self.instance)
    }
}

/// The text is not two numbers of 0 to 65535 with a colon between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseObjlnkError;

impl fmt::Display for ParseObjlnkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object link is two numbers of 0 to 65535 with a colon between them, such as 3:0")
    }
}

impl core::error::Error for ParseObjlnkError {}

impl FromStr for Objlnk {
    type Err = ParseObjlnkError;

    /// Reads `object:instance` in decimal. `FFFF:FFFF`, printed once in the specification, reads as [`Objlnk::NULL`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("FFFF:FFFF") {
            return Ok(Self::NULL);
        }
        let number = |digits: &str| match digits.bytes().all(|b| b.is_ascii_digit()) {
            true => digits.parse().map_err(|_| ParseObjlnkError),
            false => Err(ParseObjlnkError),
        };
        let (object, instance) = text.split_once(':').ok_or(ParseObjlnkError)?;
        Ok(Self::new(number(object)?, number(instance)?))
    }
}
