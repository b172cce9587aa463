//! Floor 3 over its public API: when a client notifies.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

mod attached;
mod clock;
mod history;
mod property;
mod scenarios;
mod values;
