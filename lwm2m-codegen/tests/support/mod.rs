//! A small HTTP server that behaves as badly as it is told, and trees for it to serve.

pub(crate) mod server;
pub(crate) mod tree;
