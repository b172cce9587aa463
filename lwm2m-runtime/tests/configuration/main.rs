//! Floor 3 over its public API: accounts, and what a client has.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

mod accounts;
mod card;
mod consistency;
mod discover;
mod numbering;
mod smartcard;
