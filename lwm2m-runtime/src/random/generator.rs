use super::{Hasher, sip::Sip};

/// Numbers that nobody without the seed can guess.
///
/// As good as the seed: 16 bytes of a random source, new at each start. The same seed gives the same numbers, which
/// is what tests want.
#[derive(Clone)]
pub struct Random {
    key: [u64; 2],
    counter: u64,
}

impl Random {
    /// A generator of a seed.
    #[must_use]
    pub const fn new(seed: u128) -> Self {
        Self {
            key: [seed as u64, (seed >> 64) as u64],
            counter: 0,
        }
    }

    /// The next number.
    pub const fn next_u64(&mut self) -> u64 {
        let mut sip = Sip::<2, 4>::new(self.key);
        sip.word(self.counter);
        self.counter = self.counter.wrapping_add(1);
        sip.finish()
    }

    /// A number from 0 to `most`, each equally likely (to within 2 to the power of -32 for `most` of 32 bits).
    pub const fn up_to(&mut self, most: u64) -> u64 {
        let wide = self.next_u64() as u128 * (most as u128 + 1);
        (wide >> 64) as u64
    }

    /// A seed for another generator.
    pub const fn seed(&mut self) -> u128 {
        (self.next_u64() as u128) << 64 | self.next_u64() as u128
    }

    /// A hasher with a key of its own.
    #[must_use]
    pub const fn hasher(&mut self) -> Hasher {
        Hasher::new(self.seed())
    }
}

impl core::fmt::Debug for Random {
    /// Without the key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Random").finish_non_exhaustive()
    }
}
