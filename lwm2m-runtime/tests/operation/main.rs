//! Floor 3 over its public API: the operations, their words and their binding to CoAP.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

mod attributes;
mod bootstrap;
mod links;
mod property;
mod request;
mod response;
mod send;
mod sms_push;
mod transport_choice;
mod uplink;
mod vectors;
mod wire;
mod words;
