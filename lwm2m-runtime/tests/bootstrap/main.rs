//! The engine of the bootstrap server over its public API, in lockstep with clients by hand, over simulated time; and a
//! client's tree under a bootstrap server.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

mod faults;
mod packs;
mod requests;
mod sessions;
mod support;
mod tree;
