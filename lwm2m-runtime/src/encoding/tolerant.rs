//! Reading what a peer has sent although some of it is not as its definition has it.
//!
//! 1. The payload is read as usual. Nothing is slower as long as nothing is odd.
//! 2. A value that is not of its resource's type ends that. Its path is noted, and the payload read again; this time the
//!    value has the type that the format shows, as one of an unknown resource.
//! 3. What is no value of any type in its format, or is wrong about the payload as a whole, is an error as ever.

use alloc::vec::Vec;
use core::fmt;

use super::{DecodeError, DecodeErrorKind, Decoder, Record, TypedError, Unknown};
use crate::{
    model::{Path, Value},
    object::{FieldError, Object},
};

/// How many values of a payload may be odd. Each has the payload read once more.
const MOST: usize = 16;

/// What was read, and what of it is not as its definition has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tolerant<T> {
    /// What was read.
    pub value: T,
    /// What is odd; mostly nothing.
    pub oddities: Vec<Oddity>,
}

/// Something in a payload that is not as its definition has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Oddity {
    /// Where.
    pub path: Path,
    /// Why.
    pub kind: OddityKind,
    /// The value in the type that the format shows, if there is one.
    pub value: Option<Value>,
}

/// Why something is odd.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum OddityKind {
    /// The value is not of the resource's type, or the resource is executable and has none.
    Value(DecodeErrorKind),
    /// The value does not fit the field of the object's type.
    Field(FieldError),
    /// The object has no such resource: it may be of a newer version.
    Unknown,
    /// A mandatory resource is missing. The object has the default of its type.
    Missing,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match self.kind {
            OddityKind::Value(kind) => kind.fmt(f),
            OddityKind::Field(error) => error.fmt(f),
            OddityKind::Unknown => f.write_str("the object has no such resource"),
            OddityKind::Missing => f.write_str("missing"),
        }
    }
}

impl Decoder<'_> {
    /// Reads all records, whatever types their values have: those that are not as the definitions have them keep the type
    /// that the format shows, and are told. At most 16 values may be so.
    ///
    /// # Errors
    ///
    /// What is wrong with the payload as a whole.
    pub fn read_tolerant(self, payload: &[u8]) -> Result<Tolerant<Vec<Record>>, DecodeError> {
        let read = self.retry(|decoder, oddities, odd| {
            let records = decoder.read(payload)?.collect()?;
            let is_odd = |path: Path| odd.contains(&path);
            for record in records.iter().filter(|record| is_odd(record.path)) {
                oddities.push(Oddity {
                    path: record.path,
                    kind: OddityKind::Unknown,
                    value: record.content.clone().value(),
                });
            }
            Ok(records)
        });
        read.map_err(|error| match error {
            TypedError::Decode(error) => error,
            // Nothing is typed here.
            _ => DecodeError::new(DecodeErrorKind::Structure, 0),
        })
    }

    /// Reads an instance of `O` as [`read_instance`](Self::read_instance) does, as far as values fit. Those that do not,
    /// resources that `O` does not have, and mandatory ones that are missing are told; what is not read has the default of
    /// its type. At most 16 values may have other types.
    ///
    /// # Errors
    ///
    /// What is wrong with the payload as a whole, or that there is not one instance of `O`.
    pub fn read_instance_tolerant<O: Object>(self, payload: &[u8]) -> Result<Tolerant<O>, TypedError> {
        self.retry(|decoder, oddities, _| {
            keep_unknown(oddities, |unknown, oddities| {
                decoder.read_one(payload, Unknown::Keep(unknown), Some(oddities))
            })
        })
    }

    /// The same for every instance of `O` in the payload, with their identifiers in ascending order.
    ///
    /// # Errors
    ///
    /// What is wrong with the payload as a whole, or a record of another object.
    pub fn read_instances_tolerant<O: Object>(
        self,
        payload: &[u8],
    ) -> Result<Tolerant<Vec<(u16, O)>>, TypedError> {
        self.retry(|decoder, oddities, _| {
            keep_unknown(oddities, |unknown, oddities| {
                decoder.read_many(payload, Unknown::Keep(unknown), Some(oddities))
            })
        })
    }

    /// Reads until nothing ends the reading but what is wrong with the payload as a whole.
    fn retry<T>(
        self,
        read: impl Fn(Decoder<'_>, &mut Vec<Oddity>, &[Path]) -> Result<T, TypedError>,
    ) -> Result<Tolerant<T>, TypedError> {
        let mut odd: Vec<Path> = Vec::new();
        let mut kinds: Vec<DecodeErrorKind> = Vec::new();
        loop {
            let mut oddities = Vec::new();
            let error = match read(self.with_odd(&odd), &mut oddities, &odd) {
                Ok(value) => {
                    // Why a value was not read says more than what else did not fit then.
                    for oddity in &mut oddities {
                        let odd = odd.iter().position(|path| *path == oddity.path);
                        if let Some(kind) = odd.and_then(|index| kinds.get(index)) {
                            oddity.kind = OddityKind::Value(*kind);
                        }
                    }
                    return Ok(Tolerant { value, oddities });
                }
                Err(TypedError::Decode(error)) => error,
                Err(error) => return Err(error),
            };
            let path = error
                .path
                .filter(|path| path.depth() > 2 && is_of_value(error.kind));
            match path {
                Some(path) if odd.len() < MOST && !odd.contains(&path) => {
                    odd.push(path);
                    kinds.push(error.kind);
                }
                _ => return Err(error.into()),
            }
        }
    }
}

/// Tells of resources that an object does not have, behind everything else.
fn keep_unknown<T>(
    oddities: &mut Vec<Oddity>,
    read: impl FnOnce(&mut Vec<Record>, &mut Vec<Oddity>) -> Result<T, TypedError>,
) -> Result<T, TypedError> {
    let mut unknown = Vec::new();
    let value = read(&mut unknown, oddities)?;
    oddities.extend(unknown.into_iter().map(|record| Oddity {
        path: record.path,
        kind: OddityKind::Unknown,
        value: record.content.value(),
    }));
    Ok(value)
}

/// Whether an error is one of a value that another type could have.
const fn is_of_value(kind: DecodeErrorKind) -> bool {
    matches!(
        kind,
        DecodeErrorKind::Type { .. }
            | DecodeErrorKind::Executable
            | DecodeErrorKind::Utf8
            | DecodeErrorKind::Number
            | DecodeErrorKind::Base64
    )
}
