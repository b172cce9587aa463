//! OMA Lightweight M2M (LwM2M) 1.0, 1.1 and 1.2 over typed objects.
//!
//! The crate is built in floors, and imports go down only:
//!
//! | floor | rooms |
//! |---|---|
//! | 0 words | [`model`]: paths, values, definitions, constraints, versions |
//! | | [`time`]: instants and timers, without a clock |
//! | | [`random`]: what a seed makes unpredictable, without a random source |
//! | 1 things | [`object`]: instances, typed fields, typed resources and their access rights · [`link`]: CoRE links |
//! | | [`coap`]: CoAP messages, options, blocks and frames |
//! | 2 tongues | [`encoding`]: the content formats |
//! | | [`objects`]: the objects of LwM2M itself, 0 to 7, generated from the registry |
//! | | `catalogue` (by feature): the definitions of the whole registry |
//! | 3 deeds | [`operation`]: what the roles ask of each other · [`reporting`]: when a client notifies |
//! | | [`access_control`]: which server may do what · [`configuration`]: accounts and what goes with them |
//! | | [`tree`]: a client's live instances, and what servers ask of them |
//! | 4 roles | [`client`]: a device that registers, answers and notifies, without I/O |
//! | | [`server`]: clients registered, asked and observed, without I/O |
//! | | [`bootstrap`]: clients configured, without I/O |
//! | 5 shell | [`storage`]: what a device keeps over a restart, whenever it crashes |
//! | | `configuration_file` (by feature): accounts and plans as TOML |
//! | | `net` (by feature): all of them over UDP, with tokio |
//!
//! Types come from the OMNA registry through `lwm2m-codegen` (in `build.rs` or as a command), or from
//! application code through `#[derive(Lwm2mObject)]`. Both produce the same Rust.
//!
//! ```
//! # #[cfg(feature = "derive")] {
//! use lwm2m_runtime::{
//!     Lwm2mObject,
//!     model::ValueRef,
//!     object::{FieldError, Instance, WriteError},
//! };
//!
//! #[derive(Clone, Default, Lwm2mObject)]
//! #[lwm2m(id = 42769)]
//! struct Valve {
//!     #[lwm2m(id = 0, operations = "RW", range = "0..100")]
//!     opening: i64,
//!     #[lwm2m(id = 1, operations = "R")]
//!     temperature: Option<f64>,
//! }
//!
//! // Typed: right and data type are the compiler's business, the range is checked.
//! let mut valve = Valve::default();
//! assert!(Valve::OPENING.write(&mut valve, 101).is_err());
//! assert_eq!(Valve::OPENING.write(&mut valve, 70), Ok(()));
//!
//! // Untyped, for what comes from a peer: everything is checked.
//! let instance: &mut dyn Instance = &mut valve;
//! assert_eq!(instance.write(0, None, ValueRef::Float(35.0)), Ok(()));
//! assert_eq!(instance.write(0, Some(1), ValueRef::Integer(35)), Err(WriteError::Field(FieldError::NotMultiple)));
//! assert_eq!(valve.opening, 35);
//! # }
//! ```
//!
//! The crate is `no_std` with `alloc`; feature `std` adds what needs an operating system.

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

// What is generated names the crate from outside; in here, too.
extern crate self as lwm2m_runtime;

pub mod access_control;
pub mod bootstrap;
#[cfg(feature = "catalogue")]
pub mod catalogue;
pub mod client;
pub mod coap;
pub mod configuration;
#[cfg(feature = "toml")]
pub mod configuration_file;
pub mod encoding;
pub mod link;
pub mod model;
#[cfg(feature = "net")]
pub mod net;
pub mod object;
/// Floor 2: the objects of LwM2M itself, 0 to 7, generated from the registry.
pub mod objects;
pub mod operation;
mod queue;
pub mod random;
pub mod reporting;
pub mod server;
pub mod storage;
pub mod time;
pub mod tree;

#[doc(hidden)]
pub mod __v1;

/// Implements [`object::Object`] for a struct: the object's definition, its typed resources and its fields.
///
/// See the documentation of `lwm2m-macros` for every attribute.
#[cfg(feature = "derive")]
pub use lwm2m_macros::Lwm2mObject;

/// Implements [`object::Enumeration`] for a newtype around `i64` or `u64`.
///
/// See the documentation of `lwm2m-macros`.
#[cfg(feature = "derive")]
pub use lwm2m_macros::Lwm2mEnumeration;
