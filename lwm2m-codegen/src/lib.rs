//! Compiles OMA LwM2M object definitions to typed Rust.

pub mod diff;
pub mod emit;
#[cfg(feature = "fetch")]
pub mod fetch;
#[cfg(feature = "xml")]
pub mod generate;
pub mod model;
pub mod names;
#[cfg(feature = "xml")]
pub mod xml;
