//! SenML CBOR, content format 112, and SenML-ETCH CBOR, 322 (RFC 8428, RFC 8790).

mod reader;
mod writer;

pub(crate) use reader::SenmlCborReader;
pub(crate) use writer::{encode, encode_instance};

/// The label of a name.
const NAME: u8 = 0;
