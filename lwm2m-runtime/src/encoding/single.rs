//! Payloads that are one value and nothing else: text, opaque, CBOR. The path is the request's.

use alloc::vec::Vec;

use super::{DecodeError, DecodeErrorKind, Format, RecordRef, decode::Context, opaque, plain_cbor, text};

pub(crate) struct SingleReader<'a> {
    payload: &'a [u8],
    // For what cannot be borrowed.
    space: Vec<u8>,
    done: bool,
}

impl<'a> SingleReader<'a> {
    pub(crate) const fn new(payload: &'a [u8]) -> Self {
        Self {
            payload,
            space: Vec::new(),
            done: false,
        }
    }

    // A function by itself: together with those of the other formats it would be one with a frame for all of them.
    #[inline(never)]
    pub(crate) fn next<'r>(
        &'r mut self,
        context: &mut Context<'_>,
    ) -> Result<Option<RecordRef<'r>>, DecodeError> {
        if core::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        if self.payload.len() > context.limits().value && context.format() != Format::Cbor {
            return Err(DecodeError::new(DecodeErrorKind::Limit, 0).at(context.target()));
        }
        let value = match context.format() {
            Format::Text => text::decode(self.payload, &mut self.space, context)?,
            Format::Cbor => plain_cbor::decode(self.payload, &mut self.space, context)?,
            _ => opaque::decode(self.payload, context)?,
        };
        context.count(context.target())?;
        Ok(Some(RecordRef::new(context.target(), value)))
    }
}
