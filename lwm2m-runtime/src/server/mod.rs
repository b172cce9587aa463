//! Floor 4: the server as an engine without I/O (LwM2M Core 1.2, sections 6.2 to 6.4).
//!
//! | file | what |
//! |---|---|
//! | `engine` | [`Server`]: datagrams, time and polls |
//! | `config` | every limit and policy |
//! | `event`, `error` | what happened, and why something was not taken |
//! | `reader`, `uplink` | Register, Update and De-register, read and done |
//! | `send` | Send |
//! | `triggers` | what has a client update its registration |
//! | `queue` | what waits for clients that sleep |
//! | `pending` | a request that is open or waits |
//! | `requests` | what clients are asked, one thing at a time |
//! | `observation`, `observations` | what clients notify of |
//! | `registrations` | the store of registrations: by number, location, endpoint and peer, with their expiry |
//! | `record`, `registration` | a registration in few bytes, and as others see it |
//! | `location` | where a client updates and ends its registration |
//! | `authoriser` | who may register |
//! | `models` | the definitions of clients' objects |
//! | `profiles` | the object lists that hashes stand for, learned from clients |

mod authoriser;
mod config;
mod engine;
mod error;
mod event;
mod location;
mod models;
mod observation;
mod observations;
mod pending;
mod profiles;
mod queue;
mod reader;
mod record;
mod registration;
mod registrations;
mod requests;
mod send;
mod triggers;
mod uplink;

pub use authoriser::{Anybody, Authoriser};
pub use config::{AddressChange, DuplicateEndpoint, ServerConfig};
pub use engine::Server;
pub use error::RequestError;
pub use event::{Answer, Changes, EndReason, Event, Failure, ObservationEnd};
pub use location::RegistrationLocation;
pub use models::{ClientDefinitions, Models};
pub use queue::Queued;
pub use registration::Registration;
pub use registrations::RegistrationId;
pub use triggers::{ShortMessage, SmsTrigger};

use crate::time::SlotId;

/// Names a request to a client. Never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(SlotId);

/// Names an observation, also across registrations of its client. Never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObservationId(SlotId);
