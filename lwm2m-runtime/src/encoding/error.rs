use core::fmt;

use super::{Format, Full};
use crate::model::{Path, ResourceType};

/// Why a payload cannot be read: what is wrong, at which byte, at which path.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeErrorKind,
    /// The byte of the payload at which it was noticed.
    pub offset: usize,
    /// The path that was being read, as far as it was known.
    pub path: Option<Path>,
}

impl DecodeError {
    pub(crate) const fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        Self {
            kind,
            offset,
            path: None,
        }
    }

    pub(crate) const fn at(mut self, path: Path) -> Self {
        self.path = Some(path);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: ", self.offset)?;
        if let Some(path) = self.path {
            write!(f, "{path}: ")?;
        }
        self.kind.fmt(f)
    }
}

impl core::error::Error for DecodeError {}

/// What is wrong with a payload.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The payload ends before the thing that was begun.
    Truncated,
    /// The payload goes on after its end.
    TrailingBytes,
    /// The bytes are not of the format.
    Syntax,
    /// The things are of the format but not in this place, such as a TLV in the wrong container.
    Structure,
    /// Containers are nested deeper than the format allows.
    Depth,
    /// An identifier is 65535, or above it, or not a number.
    InvalidId,
    /// A name is not a path, or has more than four identifiers.
    InvalidName,
    /// The path lies outside the one that was asked for.
    OutsideTarget,
    /// An identifier, label or path occurs twice.
    Duplicate,
    /// The text is not UTF-8.
    Utf8,
    /// The text is not base64, or has bits left over.
    Base64,
    /// The number does not fit its type, or is not finite where it must be.
    Number,
    /// The value is not of the resource's type.
    Type {
        /// The type that the definition asks for.
        expected: ResourceType,
    },
    /// The resource is executable and holds no value.
    Executable,
    /// A record has no value, or more than one.
    ValueCount,
    /// A value or a time stands in a list of paths.
    ValueInPathList,
    /// A label that must be understood is not known.
    UnknownLabel,
    /// A CBOR tag that no data type has.
    Tag,
    /// A version of SenML other than 10.
    Version,
    /// A list of paths names none.
    Empty,
    /// The format cannot carry this, such as text for a whole instance.
    Unsupported {
        /// The format.
        format: Format,
    },
    /// More records, or longer values, than [`Limits`](super::Limits) allow.
    Limit,
}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the payload ends too early"),
            Self::TrailingBytes => f.write_str("the payload goes on after its end"),
            Self::Syntax => f.write_str("not valid in this content format"),
            Self::Structure => f.write_str("not allowed in this place"),
            Self::Depth => f.write_str("nested too deeply"),
            Self::InvalidId => f.write_str("an identifier is a number of 0 to 65534"),
            Self::InvalidName => f.write_str("the name is not a path such as /3/0/9"),
            Self::OutsideTarget => f.write_str("the path lies outside the request's"),
            Self::Duplicate => f.write_str("occurs twice"),
            Self::Utf8 => f.write_str("the text is not UTF-8"),
            Self::Base64 => f.write_str("the text is not base64"),
            Self::Number => f.write_str("the number does not fit"),
            Self::Type { expected } => write!(f, "the value is not of the resource's type {expected}"),
            Self::Executable => f.write_str("an executable resource holds no value"),
            Self::ValueCount => f.write_str("a record has exactly one value"),
            Self::ValueInPathList => f.write_str("a list of paths holds neither values nor times"),
            Self::UnknownLabel => f.write_str("a label that must be understood is not known"),
            Self::Tag => f.write_str("no data type has this CBOR tag"),
            Self::Version => f.write_str("the version of SenML is 10"),
            Self::Empty => f.write_str("a list of paths names at least one"),
            Self::Unsupported { format } => write!(f, "{format:?} cannot carry this"),
            Self::Limit => f.write_str("larger than the configured limits allow"),
        }
    }
}

/// Why records cannot be written in a format.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too small.
    Full,
    /// The format cannot carry this content, or not this target, such as text for a whole instance.
    Unsupported {
        /// Where.
        path: Path,
        /// The format.
        format: Format,
    },
    /// The value is longer than the format can say.
    TooLong {
        /// Where.
        path: Path,
    },
    /// The path lies outside the target.
    OutsideTarget {
        /// Which.
        path: Path,
    },
    /// A path occurs twice, or the records of an instance or a multiple resource do not follow each other.
    Order {
        /// Which.
        path: Path,
    },
    /// The number does not exist in the format: NaN or an infinity in JSON, or a time that no base time is exact for.
    Number {
        /// Where.
        path: Path,
    },
    /// The prefix cannot stand before a path: a segment of it is empty or digits alone.
    Prefix {
        /// Before which.
        path: Path,
    },
}

impl From<Full> for EncodeError {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => Full.fmt(f),
            Self::Unsupported { path, format } => write!(f, "{path}: {format:?} cannot carry this"),
            Self::TooLong { path } => write!(f, "{path}: the value is too long for the format"),
            Self::OutsideTarget { path } => write!(f, "{path}: lies outside the target of the payload"),
            Self::Order { path } => write!(f, "{path}: occurs twice, or apart from its siblings"),
            Self::Number { path } => write!(f, "{path}: the format has no such number"),
            Self::Prefix { path } => write!(
                f,
                "{path}: a prefix has segments between single slashes, none of them digits alone"
            ),
        }
    }
}

impl core::error::Error for EncodeError {}
