//! What a server may do with a resource, as types: the compiler refuses a write to a read-only resource.

use crate::model::Operations;

/// An access right of the registry: [`R`], [`W`], [`RW`], [`E`] or [`NoAccess`].
pub trait Access: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The right as data.
    const OPERATIONS: Operations;
}

/// The server may read and observe: [`R`] and [`RW`].
#[diagnostic::on_unimplemented(
    message = "a server cannot read this resource: its operations are `{Self}`",
    label = "not a readable resource",
    note = "the registry gives the resource the operations `W`, `E` or none; only `R` and `RW` can be read"
)]
pub trait Readable: Access {}

/// The server may write: [`W`] and [`RW`].
#[diagnostic::on_unimplemented(
    message = "a server cannot write this resource: its operations are `{Self}`",
    label = "not a writable resource",
    note = "the registry gives the resource the operations `R`, `E` or none; only `W` and `RW` can be written",
    note = "the device itself sets the struct's field"
)]
pub trait Writable: Access {}

/// The server may execute: [`E`].
#[diagnostic::on_unimplemented(
    message = "a server cannot execute this resource: its operations are `{Self}`",
    label = "not an executable resource",
    note = "the resource holds a value; only a resource with the operation `E` can be executed"
)]
pub trait Executable: Access {}

/// Read.
#[derive(Clone, Copy, Debug)]
pub struct R;

/// Write.
#[derive(Clone, Copy, Debug)]
pub struct W;

/// Read and write.
#[derive(Clone, Copy, Debug)]
pub struct RW;

/// Execute.
#[derive(Clone, Copy, Debug)]
pub struct E;

/// Nothing: bootstrap only, or carried by Send only.
#[derive(Clone, Copy, Debug)]
pub struct NoAccess;

impl Access for R {
    const OPERATIONS: Operations = Operations::R;
}

impl Access for W {
    const OPERATIONS: Operations = Operations::W;
}

impl Access for RW {
    const OPERATIONS: Operations = Operations::RW;
}

impl Access for E {
    const OPERATIONS: Operations = Operations::E;
}

impl Access for NoAccess {
    const OPERATIONS: Operations = Operations::None;
}

// One line each and no macro: the compiler shows them when a right is missing.
impl Readable for R {}
impl Readable for RW {}
impl Writable for W {}
impl Writable for RW {}
impl Executable for E {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::R {}
    impl Sealed for super::W {}
    impl Sealed for super::RW {}
    impl Sealed for super::E {}
    impl Sealed for super::NoAccess {}
}
