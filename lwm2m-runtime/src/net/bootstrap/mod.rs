//! The shell around the bootstrap server's engine: a task that owns the engine and its socket, and handles that ask it.
//!
//! | file | what |
//! |---|---|
//! | `builder` | how a bootstrap server starts |
//! | `handle` | [`BootstrapServer`]: the bootstrap server as a program sees it |
//! | `events`, `info`, `error` | what comes out |
//! | `command`, `task` | what handles tell the task, and what it does |

mod builder;
mod command;
mod error;
mod events;
mod handle;
mod info;
mod task;

pub use builder::BootstrapServerBuilder;
pub use error::BootstrapServerError;
pub use events::BootstrapEvents;
pub use handle::BootstrapServer;
pub use info::SessionInfo;
