//! The door for generated code, contract 1. Not for people: its names may only ever be added to.
//!
//! Code generated for another contract fails at its one `use` of a door that this version of the crate lacks.

pub use ::alloc::{string::String, vec::Vec};
pub use ::core::{
    any::Any,
    clone::Clone,
    cmp::{Eq, PartialEq},
    convert::From,
    default::Default,
    fmt::{self, Debug, Formatter},
    hash::Hash,
    marker::Copy,
    option::Option,
    primitive::{bool, f64, i64, str, u8, u16, u64},
};

pub use crate::{
    model::{
        Catalogue, Constraint, EnumerationDefinition, EnumerationItem, ObjectDefinition, Objlnk, Operations,
        ResourceDefinition, ResourceType, Time, Version,
    },
    object::{
        Corelnk, DefinitionFile, Enumeration, Field, Instance, Instances, Object, Resource, Scalar, access,
        debug,
    },
};
