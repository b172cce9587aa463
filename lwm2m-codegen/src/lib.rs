//! Compiles OMA LwM2M object definitions to typed Rust.

pub mod model;
pub mod names;
