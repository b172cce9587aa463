//! Floor 3 over its public API: which server may do what.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where its set-up fails"
)]

mod examples;
mod index;
mod oracle;
mod support;
mod tree;
mod upkeep;
