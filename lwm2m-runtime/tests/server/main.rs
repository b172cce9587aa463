//! The server engine over its public API, message by message: bytes in, bytes out, over simulated time. The devices are
//! made by hand, so that nothing of the client engine is believed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it finds a mistake"
)]

mod addresses;
mod expiry;
mod hostile;
mod links;
mod memory;
mod models;
mod observations;
mod operations;
mod profiles;
mod queue;
mod register;
mod requests;
mod send;
mod support;
mod triggers;
mod update;
