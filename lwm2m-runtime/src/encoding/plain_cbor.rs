//! One CBOR item, content format 60: the value of one resource or resource instance.

use alloc::vec::Vec;

use super::{
    DecodeError, EncodeError, EncodeOptions, Format, RecordRef, Sink,
    cbor::{self, CborReader, item},
    decode::Context,
    encode::single_value,
};
use crate::model::{Path, ValueRef};

/// The value of a payload.
pub(crate) fn decode<'r>(
    payload: &'r [u8],
    space: &'r mut Vec<u8>,
    context: &mut Context<'_>,
) -> Result<ValueRef<'r>, DecodeError> {
    let path = context.target();
    let mut cbor = CborReader::new(payload);
    let found = item(&mut cbor, &mut Some(space), context.limits().value).map_err(|error| error.at(path))?;
    cbor.end()?;
    context.typed(path, found, 0)
}

pub(crate) fn encode<'r>(
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>>,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let value = single_value(Format::Cbor, target, records)?;
    let (head, content) = cbor::value(&value, options);
    head.write(out)?;
    Ok(out.write(content)?)
}
