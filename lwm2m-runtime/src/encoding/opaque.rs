//! Raw bytes, content format 42: the value of one Opaque resource or resource instance.

use super::{
    DecodeError, DecodeErrorKind, EncodeError, Format, RecordRef, Sink, decode::Context, encode::single_value,
};
use crate::model::{Path, ResourceType, ValueRef};

/// The value of a payload.
pub(crate) fn decode<'r>(payload: &'r [u8], context: &mut Context<'_>) -> Result<ValueRef<'r>, DecodeError> {
    let path = context.target();
    match context.resource_type(path, 0)? {
        None | Some(ResourceType::Opaque) => Ok(ValueRef::Opaque(payload)),
        Some(_) => {
            let format = Format::Opaque;
            Err(DecodeError::new(DecodeErrorKind::Unsupported { format }, 0).at(path))
        }
    }
}

pub(crate) fn encode<'r>(
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>>,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    match single_value(Format::Opaque, target, records)? {
        ValueRef::Opaque(bytes) => Ok(out.write(bytes)?),
        _ => Err(EncodeError::Unsupported {
            path: target,
            format: Format::Opaque,
        }),
    }
}
