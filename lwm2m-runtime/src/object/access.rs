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
    note = "the registry gives the resource the operations `R`, `E` or none; only `W` and `RW` can be written. \
            The device itself sets the struct's field"
)]
pub trait Writable: Access {}

/// The server may execute: [`E`].
#[diagnostic::on_unimplemented(
    message = "a server cannot execute this resource: its operations are `{Self}`",
    label = "not an executable resource",
    note = "the resource holds a value; only a resource with the operation `E` can be executed"
)]
pub trait Executable: Access {}

macro_rules! access {
    ($($(#[$doc:meta])* $name:ident = $operations:ident: $($right:ident)*;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Access for $name {
            const OPERATIONS: Operations = Operations::$operations;
        }

        impl sealed::Sealed for $name {}
        $(impl $right for $name {})*
    )*};
}

access! {
    /// Read.
    R = R: Readable;
    /// Write.
    W = W: Writable;
    /// Read and write.
    RW = RW: Readable Writable;
    /// Execute.
    E = E: Executable;
    /// Nothing: bootstrap only, or carried by Send only.
    NoAccess = None:;
}

mod sealed {
    pub trait Sealed {}
}
