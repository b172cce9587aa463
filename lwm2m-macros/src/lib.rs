//! `#[derive(Lwm2mObject)]` and `#[derive(Lwm2mEnumeration)]`: structs of an application as objects of OMA LwM2M.
//!
//! ```
//! use lwm2m_runtime::{
//!     Lwm2mEnumeration, Lwm2mObject,
//!     object::{DefinitionFile, Instance, Instances, Object},
//! };
//!
//! /// A heating circuit's controller.
//! #[derive(Clone, Debug, Default, PartialEq, Lwm2mObject)]
//! #[lwm2m(id = 10400, name = "Thermostat", version = "1.1", multiple)]
//! #[lwm2m(execute RESET = 5, description = "Forgets the schedule.")]
//! pub struct Thermostat {
//!     /// The temperature to reach.
//!     #[lwm2m(id = 0, operations = "RW", units = "Cel", range = "5..30")]
//!     pub target_temperature: f32,
//!     /// What the controller does.
//!     #[lwm2m(id = 1, operations = "RW", range = "0..2", enumeration)]
//!     pub mode: Option<Mode>,
//!     /// The names of its rooms.
//!     #[lwm2m(id = 2, name = "Room Names", operations = "R")]
//!     pub rooms: Option<Instances<String>>,
//!     #[lwm2m(skip)]
//!     last_contact: u64,
//! }
//!
//! #[derive(Clone, Copy, Debug, Default, PartialEq, Lwm2mEnumeration)]
//! #[lwm2m(code OFF = 0)]
//! #[lwm2m(code ECO = 1, label = "Energy saving")]
//! #[lwm2m(code COMFORT = 2)]
//! pub struct Mode(pub i64);
//!
//! let thermostat = Thermostat { target_temperature: 21.5, ..Default::default() };
//! assert_eq!(Thermostat::TARGET_TEMPERATURE.read(&thermostat), Some(21.5));
//! assert_eq!(thermostat.definition().urn(), "urn:oma:lwm2m:x:10400:1.1");
//! assert!(Thermostat::XML.contains("<Name>Room Names</Name>"));
//! ```
//!
//! # On the struct
//!
//! | attribute | meaning |
//! |---|---|
//! | `id = 10400` | the object's identifier, 0 to 65534 |
//! | `name = ".."` | its name; without it, the struct's in words |
//! | `version = "1.1"` | its version; without it, 1.0 |
//! | `class = "x"` | the class in its URN: `oma`, `ext` or `x`; without it, the one that its identifier lies in |
//! | `urn = ".."` | the whole URN, where it is none of the usual form |
//! | `lwm2m_version = "1.1"` | the lowest version of LwM2M that it needs; without it, 1.0 |
//! | `multiple` | there may be several instances |
//! | `mandatory` | every client has it |
//! | `debug` | in place of a derived `Debug`: one that shows no text or bytes that no server can read, and nothing that a server can only write |
//!
//! A resource without a field has an attribute of its own, with the name of its constant and its identifier:
//!
//! | attribute | meaning |
//! |---|---|
//! | `execute RESET = 5` | an executable resource |
//! | `untyped RAW = 6, operations = "R"` | a resource whose data type is left open: it is in the definition only |
//!
//! Both take `name = ".."` (without it, the constant's in words), `mandatory` and `description = ".."`.
//!
//! # On a field
//!
//! | attribute | meaning |
//! |---|---|
//! | `id = 0` | the resource's identifier, 0 to 65534 |
//! | `operations = "RW"` | what a server may do: `R`, `W`, `RW` or nothing |
//! | `name = ".."` | its name; without it, the field's in words |
//! | `units = ".."` | its unit |
//! | `range = "0..100"` | what its value may be, or the length in bytes of a text or of bytes |
//! | `read_as = "0..1"` | what to check where the range cannot be read or means something else; `""` checks nothing |
//! | `mandatory` | of an `Option` that a server cannot read; elsewhere the type says it |
//! | `enumeration` | the type is an enumeration over `i64`; `enumeration = "u64"`: over `u64` |
//! | `skip` | the field is no resource |
//!
//! The type tells the rest: `T` is mandatory, `Option<T>` optional, `Instances<T>` and `Option<Instances<T>>` are
//! multiple. `T` is one of `lwm2m_runtime::object::Scalar`, by its own name rather than an alias. Comments become
//! descriptions. The struct also needs `Clone` and `Default`.
//!
//! What the derive adds is what `lwm2m-codegen` generates for a registry object, and the definition file,
//! `lwm2m_runtime::object::DefinitionFile`, to publish the object.
//!
//! # Enumerations
//!
//! `#[derive(Lwm2mEnumeration)]` is for a struct with one field, an `i64` (Integer) or a `u64` (Unsigned Integer). It is
//! open: a code without a name is kept, since a newer version of an object may name it. Each
//! `#[lwm2m(code OFF = 0)]` is a constant, with an optional `label = ".."`. The struct also needs `Clone`, `Copy`, `Debug`, `Default` and `PartialEq`.

mod attribute;
mod enumeration;
mod errors;
mod field;
mod object;
mod types;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct an object; see the [crate's documentation](crate).
#[proc_macro_derive(Lwm2mObject, attributes(lwm2m))]
pub fn derive_object(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    object::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a newtype an enumeration; see the [crate's documentation](crate#enumerations).
#[proc_macro_derive(Lwm2mEnumeration, attributes(lwm2m))]
pub fn derive_enumeration(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    enumeration::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
