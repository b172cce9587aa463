//! Compiles OMA LwM2M object definitions to typed Rust.
#![cfg_attr(feature = "registry", doc = "")]
#![cfg_attr(feature = "registry", doc = include_str!("../README.md"))]

#[cfg(feature = "registry")]
mod build;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod describe;
pub mod diff;
pub mod emit;
#[cfg(feature = "fetch")]
pub mod fetch;
#[cfg(feature = "xml")]
pub mod generate;
pub mod model;
pub mod names;
mod printable;
#[cfg(feature = "registry")]
pub mod registry;
#[cfg(feature = "xml")]
pub mod xml;

#[cfg(feature = "registry")]
pub use build::{BuildError, Builder};
