//! The shell around the client engine: a task that owns the engine and its socket, and handles that ask it.
//!
//! | file | what |
//! |---|---|
//! | `builder`, `account` | how a client starts, and with which servers |
//! | `handle` | [`Client`]: the client as its device's program sees it |
//! | `hooks` | what the program does when a server asks |
//! | `send`, `error` | what goes in and comes out |
//! | `command`, `task` | what handles tell the task, and what it does |

mod account;
mod builder;
mod command;
mod error;
mod handle;
mod hooks;
mod send;
mod task;

pub use account::ServerAccount;
pub use builder::ClientBuilder;
pub use error::ClientError;
pub use handle::{Client, ClientEvents};
pub use hooks::{ExecuteCall, ExecuteOutcome};
pub use send::SendBody;
