//! CoAP over its public API: messages and frames, and the exchanges of an endpoint, datagram by datagram.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::type_complexity,
    reason = "a test stops where it finds a mistake"
)]

mod blocks;
mod hostile;
mod message;
mod notifications;
mod requests;
mod serving;
mod support;
mod validation;
