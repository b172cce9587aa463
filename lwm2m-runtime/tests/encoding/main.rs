//! The binary formats and those of one value, over the public API: what they mean, byte for byte, and what they refuse.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where it finds a mistake"
)]

mod hostile;
mod lwm2m_cbor;
mod options;
mod senml_cbor;
mod single;
mod support;
mod tlv;
mod tolerant;
