//! The engine of a client in lockstep: datagrams by hand in, datagrams and events out, over simulated time.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where its set-up fails"
)]

mod announcing;
mod attributes;
mod clock;
mod composite;
mod management;
mod observing;
mod offline;
mod offline_chance;
mod order;
mod profiles;
mod registration;
mod retries;
mod robustness;
mod sending;
mod server_object;
mod smartcard;
mod sms;
mod streaming;
mod support;
mod transports;
