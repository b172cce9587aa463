//! Floor 2: the content formats of LwM2M 1.0 to 1.2, both directions.
//!
//! One record type for all of them: a path, a content, a time. A [`Decoder`] says what a payload is expected to be
//! (its format, the request's path, the definitions that give types) and reads it lazily into borrowed records;
//! [`encode`] writes any iterator of records, and [`instance_records`] streams them straight from an instance. The payload
//! of one instance is written fastest by [`InstanceRecords::encode`], which makes no records.
//!
//! ```
//! use lwm2m_runtime::{
//!     encoding::{Decoder, EncodeOptions, Format, RecordRef, encode},
//!     model::{Path, ValueRef},
//! };
//!
//! let battery = RecordRef::new(Path::resource(3, 0, 9), ValueRef::Integer(100));
//! let mut payload = Vec::new();
//! encode(Format::Tlv, Path::instance(3, 0), [battery], &EncodeOptions::default(), &mut payload)?;
//! assert_eq!(payload, [0xc1, 9, 100]);
//!
//! let mut reader = Decoder::new(Format::Tlv, Path::instance(3, 0)).read(&payload)?;
//! while let Some(record) = reader.next()? {
//!     println!("{} = {:?}", record.path, record.content);
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod base64;
mod base_name;
mod base_value;
mod cbor;
mod decode;
mod encode;
mod error;
mod format;
mod instance_records;
mod json;
mod lwm2m_cbor;
mod lwm2m_json;
mod name;
mod negotiation;
mod opaque;
mod plain_cbor;
mod record;
mod senml;
mod senml_cbor;
mod senml_json;
mod short;
mod single;
mod sink;
mod text;
mod tlv;
mod tolerant;
mod typed;
mod unique;

#[cfg(feature = "toml")]
pub(crate) use cbor::parse_time;

pub use base_name::BaseName;
pub use decode::{Decoder, Definitions, Limits, Purpose, Reader};
pub use encode::{CborGrouping, EncodeOptions, FloatWidth, encode};
pub use error::{DecodeError, DecodeErrorKind, EncodeError};
pub use format::{ContentFormat, Format};
pub use instance_records::{InstanceRecords, instance_records};
pub use negotiation::{FormatSet, Negotiation, NegotiationError, PayloadKind};
pub use record::{Content, Record, RecordRef};
pub use sink::{Full, Sink, SliceSink};
pub use tolerant::{Oddity, OddityKind, Tolerant};
pub use typed::{TypedError, Unknown};
