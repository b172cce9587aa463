//! Floor 1: the things a device is made of. Object instances, their fields, and typed resources.
//!
//! A generated (or derived) object is a plain struct plus two thin matches, [`Instance::field`] and
//! [`Instance::field_mut`]. Everything else — encodings, checks, the object tree — is written once over
//! `&dyn Instance` and `&dyn Field`.

pub mod access;
mod debug;
mod definition_file;
mod dynamic;
mod enumeration;
mod field;
mod instance;
mod instances;
mod resource;
mod scalar;

pub use debug::debug;
pub use definition_file::DefinitionFile;
pub use dynamic::DynamicInstance;
pub use enumeration::{Code, Enumeration};
pub use field::{Field, FieldError};
pub use instance::{Instance, InstanceError, Object, Values, WriteError};
pub use instances::Instances;
pub use resource::{Resource, ResourceValue, TypedPath};
pub use scalar::{Corelnk, Scalar};
