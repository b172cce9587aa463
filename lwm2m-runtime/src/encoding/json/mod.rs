//! JSON (RFC 8259), read and written piece by piece: no tree, no recursion, exact numbers.
//!
//! Whoever reads a format asks for what it expects next; nothing is kept but the place in the text. Strings and
//! numbers are slices of the payload until somebody asks for their value.

mod entry;
mod instance;
mod number;
mod plain;
mod reader;
mod string;
mod write;

pub(crate) use entry::{Dialect, EntryWriter, JsonScalar};
pub(crate) use instance::encode_instance;
pub(crate) use number::JsonNumber;
pub(crate) use plain::{PlainRecord, PlainValue};
pub(crate) use reader::{JsonReader, JsonValue};
pub(crate) use string::{JsonString, Names};
pub(crate) use write::Text;
