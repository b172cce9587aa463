use alloc::{borrow::ToOwned, string::String};

use crate::model::{Path, Value, ValueRef};

/// One record of a payload: what is at a path, and when it was so.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What stands before the object in the name: the prefix of a gateway's end device or an alternate path, without
    /// slashes at its ends. Mostly empty.
    pub prefix: String,
    /// Where.
    pub path: Path,
    /// What.
    pub content: Content<Value>,
    /// When, in seconds: from 2^28 on Unix time, below relative to now (RFC 8428, section 4.5.3).
    pub time: Option<f64>,
}

impl Record {
    /// A value at a path, without prefix or time.
    #[must_use]
    pub const fn new(path: Path, value: Value) -> Self {
        Self {
            prefix: String::new(),
            path,
            content: Content::Value(value),
            time: None,
        }
    }

    /// The record without its storage.
    #[must_use]
    pub fn as_ref(&self) -> RecordRef<'_> {
        RecordRef {
            prefix: &self.prefix,
            path: self.path,
            content: match &self.content {
                Content::Value(value) => Content::Value(value.as_ref()),
                Content::Null => Content::Null,
                Content::Container => Content::Container,
                Content::Path => Content::Path,
            },
            time: self.time,
        }
    }
}

/// A [`Record`] that borrows from the payload, or from the reader's scratch space where an escape or base64 forced
/// a copy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordRef<'a> {
    /// What stands before the object in the name: the prefix of a gateway's end device or an alternate path, without
    /// slashes at its ends. Mostly empty.
    pub prefix: &'a str,
    /// Where.
    pub path: Path,
    /// What.
    pub content: Content<ValueRef<'a>>,
    /// When, in seconds: from 2^28 on Unix time, below relative to now (RFC 8428, section 4.5.3).
    pub time: Option<f64>,
}

impl<'a> RecordRef<'a> {
    /// A value at a path, without prefix or time.
    #[must_use]
    pub const fn new(path: Path, value: ValueRef<'a>) -> Self {
        Self {
            prefix: "",
            path,
            content: Content::Value(value),
            time: None,
        }
    }

    /// A path alone, for a composite path list.
    #[must_use]
    pub const fn path(path: Path) -> Self {
        Self {
            prefix: "",
            path,
            content: Content::Path,
            time: None,
        }
    }

    /// A copy with storage of its own.
    #[must_use]
    pub fn to_record(&self) -> Record {
        Record {
            prefix: self.prefix.to_owned(),
            path: self.path,
            content: match self.content {
                Content::Value(value) => Content::Value(value.to_value()),
                Content::Null => Content::Null,
                Content::Container => Content::Container,
                Content::Path => Content::Path,
            },
            time: self.time,
        }
    }
}

/// What a record says about its path.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content<V> {
    /// The value of a resource or resource instance.
    Value(V),
    /// The path is to be removed: `null` in a SenML-ETCH patch.
    Null,
    /// The object instance or multiple resource exists and has nothing in it. Only TLV can say so.
    Container,
    /// Only the path is named: an entry of a composite path list.
    Path,
}

impl<V> Content<V> {
    /// The value, if there is one.
    pub fn value(self) -> Option<V> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// Whether two prefixes are the same. Nearly all are empty, and then no memory is looked at: comparing nothing at a
/// dangling address costs some processors hundreds of cycles.
#[inline]
pub(crate) fn same_prefix(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}
