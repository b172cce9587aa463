//! Floor 0 over its public API: paths, values, constraints, definitions and versions.

mod constraint;
mod definition;
mod excerpt;
mod path;
mod value;
mod version;
