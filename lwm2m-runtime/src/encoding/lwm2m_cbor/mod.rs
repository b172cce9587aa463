//! LwM2M CBOR, content format 11544 (LwM2M Core 1.2, section 7.4.6).
//!
//! Maps in maps; the identifiers of a path are all keys from the outermost map inward. A key is one identifier or an
//! array of several. An end device's prefix stands first in an outermost key, as text.

mod reader;
mod writer;

pub(crate) use reader::Lwm2mCborReader;
pub(crate) use writer::{encode, encode_instance};
