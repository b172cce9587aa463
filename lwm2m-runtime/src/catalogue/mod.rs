//! Floor 2: the whole OMNA registry as definitions, for programs that meet objects they were not compiled with.
//!
//! Feature `catalogue` brings the newest version of every object, `history` every older one besides. There are no types
//! in here: [`DynamicInstance`](crate::object::DynamicInstance) holds an instance of any definition.
//!
//! ```
//! use lwm2m_runtime::{catalogue, model::Version};
//!
//! let temperature = catalogue::latest(3303).ok_or("not registered")?;
//! assert_eq!(temperature.name(), "Temperature");
//! assert_eq!(temperature.version(), Version::new(1, 1));
//! assert_eq!(temperature.resource(5700).map(|resource| resource.name()), Some("Sensor Value"));
//! # Ok::<(), &str>(())
//! ```

#[cfg(feature = "history")]
mod history;
mod latest;

#[cfg(not(feature = "history"))]
use crate::model::Catalogue;
use crate::model::{ObjectDefinition, Version};

#[cfg(feature = "history")]
use self::history::CATALOGUE as OLDER;
/// The newest version of every object. A decoder can have its types from here.
pub use self::latest::CATALOGUE as LATEST;

#[cfg(not(feature = "history"))]
const OLDER: Catalogue = Catalogue::new(&[]);

/// The definition of one version of an object. Without feature `history` only the newest are there.
#[must_use]
pub fn object(id: u16, version: Version) -> Option<&'static ObjectDefinition> {
    LATEST.object(id, version).or_else(|| OLDER.object(id, version))
}

/// The newest version of an object.
#[must_use]
pub fn latest(id: u16) -> Option<&'static ObjectDefinition> {
    LATEST.latest(id)
}

/// The versions of an object, oldest first.
pub fn versions(id: u16) -> impl Iterator<Item = &'static ObjectDefinition> {
    // A version in the history is older than the newest.
    OLDER.versions(id).iter().chain(LATEST.versions(id)).copied()
}

/// Every definition: the newest version of each object in ascending order of objects, then the older ones.
pub fn definitions() -> impl Iterator<Item = &'static ObjectDefinition> {
    LATEST.definitions().iter().chain(OLDER.definitions()).copied()
}
