//! The shell around the server engine: a task that owns the engine and its socket, and handles that ask it.
//!
//! | file | what |
//! |---|---|
//! | `builder` | how a server starts |
//! | `handle` | [`Server`]: the server as a program sees it |
//! | `device`, `untyped` | [`Device`]: what a program asks of one device, with types and without |
//! | `targets`, `observed` | typed paths and tuples of them, as something to read and to observe |
//! | `observe` | observations as streams |
//! | `event`, `info`, `discovered`, `arguments`, `error` | what goes in and comes out |
//! | `ask`, `verbatim` | a request before it is known what the device reads |
//! | `check` | values against the device's definitions, before they are sent |
//! | `asking` | from a question to the task, and back |
//! | `command`, `task` | what handles tell the task, and what it does |

mod arguments;
mod ask;
mod asking;
mod builder;
mod check;
mod command;
mod device;
mod discovered;
mod error;
mod event;
mod handle;
mod info;
mod observe;
mod observed;
mod targets;
mod task;
mod untyped;
mod verbatim;

pub use arguments::ExecuteArguments;
pub use builder::ServerBuilder;
pub use device::Device;
pub use discovered::DiscoveredLink;
pub use error::DeviceError;
pub use event::{Sends, SentValues, ServerEvent, ServerEvents};
pub use handle::Server;
pub use info::{QueuedRequest, RegistrationInfo};
pub use observe::{Observation, Observe};
pub use observed::Observed;
pub use targets::Targets;
