//! The shell around the client engine: a task that owns the engine and its socket, and handles that ask it.
//!
//! | file | what |
//! |---|---|
//! | `builder` | how a client starts |
//! | `factory`, `account` | with which accounts |
//! | `card` | the smartcard that accounts may come from |
//! | `on` | what the program does when a server asks |
//! | `handle` | [`Client`]: the client as its device's program sees it |
//! | `hooks` | the same, as an engine asks for it |
//! | `store` | what outlives a restart |
//! | `send`, `error`, `trouble` | what goes in and comes out |
//! | `outlets` | who listens to what happens |
//! | `command`, `task` | what handles tell the task, and what it does |
//! | `connecting`, `sending` | how it finds servers, and sends to several |

mod account;
mod builder;
mod card;
mod command;
mod connecting;
mod error;
mod factory;
mod handle;
mod hooks;
mod on;
mod outlets;
mod send;
mod sending;
mod store;
mod task;
mod trouble;

pub use account::ServerAccount;
pub use builder::ClientBuilder;
pub use error::ClientError;
pub use handle::Client;
pub use hooks::{ExecuteCall, ExecuteOutcome};
pub use outlets::ClientEvents;
pub use send::SendBody;
pub use store::StorageError;
pub use trouble::ClientTrouble;
