//! Floor 3: a client's live instances, and everything that a server may ask of them (LwM2M Core 1.2, sections 6.3, 6.4
//! and 7). No session, no message: an operation in, a status and a payload out.
//!
//! | file | what |
//! |---|---|
//! | `device` | what the device's own program does with its instances |
//! | `structure` | how objects and instances are found, come, go and are noted as changed |
//! | `node` | an object with its instances, an instance with what is kept about it |
//! | `config`, `configure` | the limits; the values that a factory puts in |
//! | `application` | what the device's program is asked while an operation is performed |
//! | `perform` | an operation of a server, from its request to its outcome |
//! | `access` | who may do what |
//! | `rule_index` | which rule of access is for which instance |
//! | `rules` | the rules of access that come and go with instances |
//! | `target` | what is at a path |
//! | `records` | what a server reads, straight from the instances |
//! | `read`, `write`, `composite`, `create`, `delete`, `execute`, `attributes` | the operations |
//! | `bootstrap` | what a bootstrap server asks |
//! | `unbootstrap` | what goes with the account of a server |
//! | `smartcard` | what a smartcard brings, and takes with it |
//! | `journal` | what a bootstrap session has changed, to be undone |
//! | `staged` | values that were checked and are not applied yet |
//! | `sizes` | how much servers may bring in |
//! | `links` | whether values that name objects and instances name some that exist |
//! | `stream` | opaque values that come block by block |
//! | `changes` | what has changed since the engine looked last |
//! | `sample` | values as reporting sees them |
//! | `kept` | what of a tree is not in the device's program |
//! | `snapshot`, `snapshot_values` | that as bytes |
//! | `view` | what shows in lists of links |
//!
//! 1. The engine reads a request and asks [`Tree::perform`].
//! 2. The path is looked up, then the right to it, then whether the resource has the operation, then the payload is
//!    read (Core 1.2, section 6.3 and Access Control, section 8.2).
//! 3. The [`Application`] is asked for its consent to everything that would change.
//! 4. Only then is anything applied: all of a request, or nothing.
//! 5. The engine takes the changes from [`Tree::poll_change`].

mod access;
mod application;
mod attributes;
mod bootstrap;
mod changes;
mod composite;
mod config;
mod configure;
mod create;
mod delete;
mod device;
mod error;
mod execute;
mod journal;
mod kept;
mod links;
mod node;
mod perform;
mod read;
mod records;
mod rule_index;
mod rules;
mod sample;
mod sizes;
mod smartcard;
mod snapshot;
mod snapshot_values;
mod staged;
mod stream;
mod structure;
mod target;
mod unbootstrap;
mod view;
mod write;

pub use access::Asker;
pub use application::{Application, Block, Create, Execute, Executed, Write};
pub use changes::{Change, ChangeKind};
pub use config::TreeConfig;
pub use device::Tree;
pub use error::TreeError;
pub use journal::BootstrapJournal;
pub use perform::Outcome;
pub use records::Records;
pub use smartcard::SmartcardRefusal;
pub use snapshot::{Restored, SnapshotError};
