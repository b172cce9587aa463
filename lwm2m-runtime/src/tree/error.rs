use core::fmt;

use crate::{
    model::{Path, Version},
    object::WriteError,
};

/// Why the device's program cannot do something with its tree.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TreeError {
    /// The object is there in another version; a client has one version of an object.
    Version {
        /// The object's identifier.
        object: u16,
        /// The version that it is there in.
        present: Version,
    },
    /// The object has instances of another definition, such as one with fewer resources.
    Definition {
        /// The object's identifier.
        object: u16,
    },
    /// The object has one instance at most, and that is instance 0.
    Single {
        /// The object's identifier.
        object: u16,
    },
    /// 65535 is the identifier of nothing.
    Identifier,
    /// The tree has as many instances as [`TreeConfig::max_instances`](super::TreeConfig::max_instances) allows.
    Full,
    /// There is no such object, instance or resource.
    NotFound {
        /// Which.
        path: Path,
    },
    /// The value does not fit the resource.
    Write {
        /// Which resource.
        path: Path,
        /// Why.
        error: WriteError,
    },
    /// The resource always exists, because it is mandatory, or is not one that can be enabled.
    Fixed {
        /// Which.
        path: Path,
    },
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { object, present } => write!(
                f,
                "object {object} is in the tree in version {present}; use that version's type for all its instances"
            ),
            Self::Definition { object } => write!(
                f,
                "object {object} has instances of another definition; use one definition for all its instances"
            ),
            Self::Single { object } => write!(f, "object {object} has one instance; its identifier is 0"),
            Self::Identifier => f.write_str("65535 is the identifier of nothing; use 0 to 65534"),
            Self::Full => f.write_str("the tree is full; remove instances or raise max_instances"),
            Self::NotFound { path } => write!(f, "{path}: there is no such object, instance or resource"),
            Self::Write { path, error } => write!(f, "{path}: {error}"),
            Self::Fixed { path } => write!(f, "{path}: the definition does not let the resource come or go"),
        }
    }
}

impl core::error::Error for TreeError {}
