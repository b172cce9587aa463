//! CBOR items (RFC 8949) as the CBOR formats of LwM2M use them: no recursion, and nothing is allocated for a
//! length that is only declared.

mod date;
mod decimal;
mod half;
mod item;
mod reader;
mod writer;

#[cfg(feature = "toml")]
pub(crate) use date::parse as parse_time;
pub(crate) use item::{CborItem, Kind, item, number};
pub(crate) use reader::{BREAK, CborReader, Head, Items};
pub(crate) use writer::{NULL, head, seconds, set_count, value};

/// The major types.
pub(crate) mod major {
    pub(crate) const UNSIGNED: u8 = 0;
    pub(crate) const NEGATIVE: u8 = 1;
    pub(crate) const BYTES: u8 = 2;
    pub(crate) const TEXT: u8 = 3;
    pub(crate) const ARRAY: u8 = 4;
    pub(crate) const MAP: u8 = 5;
    pub(crate) const TAG: u8 = 6;
    pub(crate) const SIMPLE: u8 = 7;
}
