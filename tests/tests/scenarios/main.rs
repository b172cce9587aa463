//! The conformance scenarios of both roles, each a test named after its number, and what else only both engines
//! together can show: a random mix of operations and faults, and attacks.
//!
//! Both engines run over simulated time; tests assert on what the engines tell and on the datagrams between them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where its set-up fails"
)]

mod access;
mod bootstrap;
mod firmware;
mod fixtures;
mod management;
mod mix;
mod numbers;
mod objects;
mod queue;
mod raw;
mod registration;
mod reporting;
mod restarts;
mod robustness;
mod servers;
mod versions;
