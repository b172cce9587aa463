//! Floor 3 over its public API: a client's live instances, and everything that servers ask of them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

mod allocations;
mod attributes;
mod composites;
mod creating;
mod deleting;
mod device;
mod discovering;
mod executing;
mod keeping;
mod layers;
mod limits;
mod property;
mod reading;
mod scenarios;
mod secrets;
mod streams;
mod support;
mod writing;
