//! Compiles OMA LwM2M object definitions to typed Rust.

pub mod emit;
pub mod model;
pub mod names;
