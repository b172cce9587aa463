//! The command as its users run it, and the library behind `fetch`: every server is on this machine, there is no network.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its set-up fails"
)]

mod check;
mod diff;
mod fetch;
mod fetch_command;
mod generate;
mod help;
mod list;
mod new;
mod readme;
mod run;
mod server;
mod show;
mod terminal;
mod tree;
