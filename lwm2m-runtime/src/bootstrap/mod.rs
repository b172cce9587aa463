//! Floor 4: the bootstrap server as an engine without I/O (LwM2M Core 1.2, section 6.1).
//!
//! | file | what |
//! |---|---|
//! | `engine` | [`BootstrapServer`]: datagrams, time and polls |
//! | `config` | every limit and policy |
//! | `event`, `error` | what happened, and why something was not taken |
//! | `authoriser` | who may be bootstrapped |
//! | `plan` | what is done with a client |
//! | `plans` | which plan is for which client |
//! | `uplink` | Bootstrap-Request and Bootstrap-Pack-Request |
//! | `pack` | a whole configuration in one answer |
//! | `session` | a client that is being bootstrapped |
//! | `sessions` | all of them: by number, endpoint and peer |
//! | `steps` | what is asked of a client next |
//! | `answers` | what a client's answer leads to |

mod answers;
mod authoriser;
mod config;
mod engine;
mod error;
mod event;
mod pack;
mod plan;
mod plans;
mod session;
mod sessions;
mod steps;
mod uplink;

pub use authoriser::{Anybody, Authoriser};
pub use config::BootstrapServerConfig;
pub use engine::BootstrapServer;
pub use error::BeginError;
pub use event::{Event, Failure};
pub use plan::{Plan, Step, WriteLevel};
pub use plans::{PlanSource, Plans};
pub use session::Session;

use crate::time::SlotId;

/// Names a session with a client. Never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(SlotId);
