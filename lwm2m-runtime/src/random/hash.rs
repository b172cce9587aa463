use super::sip::Sip;

/// Hashes keys that come from the network: nobody without the seed can make two of them collide.
///
/// Begins as a fresh hash; [`finish`](Self::finish) a copy of it after writing the key's parts.
#[derive(Clone, Copy)]
pub struct Hasher(Sip<1, 3>);

impl Hasher {
    /// A hasher of a seed.
    #[must_use]
    pub const fn new(seed: u128) -> Self {
        Self(Sip::new([seed as u64, (seed >> 64) as u64]))
    }

    /// Adds a number.
    #[inline]
    #[must_use]
    pub const fn number(mut self, number: u64) -> Self {
        self.0.word(number);
        self
    }

    /// Adds bytes and how many they are.
    #[inline]
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.word(bytes.len() as u64);
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.0
                .word(<[u8; 8]>::try_from(word).map_or(0, u64::from_le_bytes));
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            let rest = rest
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.0.word(rest);
        }
        self
    }

    /// The hash of what was added.
    #[inline]
    #[must_use]
    pub const fn finish(self) -> u64 {
        self.0.finish()
    }
}

impl core::fmt::Debug for Hasher {
    /// Without the key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}
