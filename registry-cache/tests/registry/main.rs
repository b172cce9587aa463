//! The data of this crate, checked against itself, and against upstream's files where they lie beside the repository.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where the data lacks what it looks for"
)]

#[path = "../../examples/refresh/facts.rs"]
mod facts;
#[path = "../../examples/refresh/lock.rs"]
mod lock;

mod files;
mod notice;
mod overlay;
mod refresh;
mod xml;
