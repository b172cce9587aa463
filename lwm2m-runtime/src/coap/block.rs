use super::uint;

/// The size of a block: 2 to the power of 4 to 10 (RFC 7959, section 2.2), or on reliable transports BERT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockSize(u8);

impl BlockSize {
    /// 16 bytes.
    pub const MIN: Self = Self(0);
    /// 1024 bytes.
    pub const MAX: Self = Self(6);
    /// Several blocks of 1024 bytes in one message, on reliable transports only (RFC 8323, section 6).
    pub const BERT: Self = Self(7);

    /// The size of an exponent of 0 to 7.
    #[must_use]
    pub const fn from_exponent(szx: u8) -> Option<Self> {
        if szx <= 7 { Some(Self(szx)) } else { None }
    }

    /// The largest size of at most `bytes`, which is 16 for less.
    #[must_use]
    pub const fn at_most(bytes: usize) -> Self {
        let mut szx = 6;
        while szx > 0 && bytes < 16 << szx {
            szx -= 1;
        }
        Self(szx)
    }

    /// The exponent as it travels.
    #[must_use]
    pub const fn exponent(self) -> u8 {
        self.0
    }

    /// The unit in which block numbers count, in bytes: 16 to 1024.
    #[must_use]
    pub const fn bytes(self) -> usize {
        if self.0 >= 6 { 1024 } else { 16 << self.0 }
    }
}

/// The value of a Block1 or Block2 option (RFC 7959, section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockOption {
    /// Which block, counted in units of the size; less than 2^20.
    pub number: u32,
    /// Whether more blocks follow.
    pub more: bool,
    /// The size of a block.
    pub size: BlockSize,
}

impl BlockOption {
    /// The highest block number.
    pub const MAX_NUMBER: u32 = 0xf_ffff;

    /// Reads an option's value; `None` for more than 3 bytes. No bytes are block 0 of 16 bytes.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let value = uint(value).filter(|_| value.len() <= 3)?;
        Some(Self {
            number: value >> 4,
            more: value & 8 != 0,
            size: BlockSize((value & 7) as u8),
        })
    }

    /// The option's value as a number, to be written in as few bytes as it needs.
    #[must_use]
    pub const fn to_u32(self) -> u32 {
        self.number << 4 | (self.more as u32) << 3 | self.size.0 as u32
    }

    /// Where in the body the block begins.
    #[must_use]
    pub const fn offset(self) -> usize {
        // At most 2^20 blocks of 2^10 bytes: 2^30.
        self.number as usize * self.size.bytes()
    }
}
