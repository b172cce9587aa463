//! Floor 0: the words of the protocol. Paths, values, definitions, constraints and versions.
//!
//! Nothing in here knows how a value travels or where it is stored.

mod catalogue;
mod constraint;
mod definition;
mod excerpt;
mod path;
mod value;
mod version;

pub use catalogue::Catalogue;
pub use constraint::{Constraint, ConstraintViolation};
pub use definition::{
    EnumerationDefinition, EnumerationItem, ObjectDefinition, Operations, ResourceDefinition, ResourceType,
};
pub use excerpt::Excerpt;
pub use path::{ParsePathError, Path, PathIds};
pub use value::{Objlnk, ParseObjlnkError, Time, Value, ValueRef};
pub use version::{ParseVersionError, Version};
