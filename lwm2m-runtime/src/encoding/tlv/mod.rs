//! TLV, content format 11542 (LwM2M Core 1.2, section 7.4.3).
//!
//! An entry is a type byte (bits 7-6: what it is, bit 5: width of the identifier, bits 4-3: width of the length,
//! bits 2-0: the length itself where that has no field), the identifier, the length and the value, all big-endian.
//! Object instances hold resources and multiple resources, the latter hold resource instances.

mod reader;
mod writer;

pub(crate) use reader::TlvReader;
pub(crate) use writer::{encode, encode_instance};

/// What an entry is; the number is the two highest bits of the type byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Instance = 0,
    ResourceInstance = 1,
    MultipleResource = 2,
    Resource = 3,
}

impl Kind {
    const fn of(type_byte: u8) -> Self {
        match type_byte >> 6 {
            0 => Self::Instance,
            1 => Self::ResourceInstance,
            2 => Self::MultipleResource,
            _ => Self::Resource,
        }
    }

    /// How many identifiers the path of such an entry has.
    const fn depth(self) -> usize {
        match self {
            Self::Instance => 2,
            Self::MultipleResource | Self::Resource => 3,
            Self::ResourceInstance => 4,
        }
    }

    /// Where they stand in the type byte.
    const fn bits(self) -> u8 {
        (self as u8) << 6
    }
}
