/// SipHash over words of 8 bytes with `C` rounds a word and `D` at the end.
///
/// Over whole words it equals SipHash of their little-endian bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sip<const C: usize, const D: usize> {
    v: [u64; 4],
    words: u64,
}

impl<const C: usize, const D: usize> Sip<C, D> {
    pub(super) const fn new(key: [u64; 2]) -> Self {
        let [k0, k1] = key;
        Self {
            v: [
                k0 ^ 0x736f_6d65_7073_6575,
                k1 ^ 0x646f_7261_6e64_6f6d,
                k0 ^ 0x6c79_6765_6e65_7261,
                k1 ^ 0x7465_6462_7974_6573,
            ],
            words: 0,
        }
    }

    #[inline]
    pub(super) const fn word(&mut self, word: u64) {
        let [v0, v1, v2, v3] = self.v;
        let [v0, v1, v2, v3] = rounds([v0, v1, v2, v3 ^ word], C);
        self.v = [v0 ^ word, v1, v2, v3];
        self.words += 1;
    }

    #[inline]
    pub(super) const fn finish(mut self) -> u64 {
        // The last word of SipHash: the number of bytes modulo 256 on top of the bytes that fill no word, here none.
        self.word(self.words << 59);
        let [v0, v1, v2, v3] = self.v;
        let [v0, v1, v2, v3] = rounds([v0, v1, v2 ^ 0xff, v3], D);
        v0 ^ v1 ^ v2 ^ v3
    }
}

#[inline]
const fn rounds(v: [u64; 4], count: usize) -> [u64; 4] {
    let [mut v0, mut v1, mut v2, mut v3] = v;
    let mut round = 0;
    while round < count {
        v0 = v0.wrapping_add(v1);
        v2 = v2.wrapping_add(v3);
        v1 = v1.rotate_left(13) ^ v0;
        v3 = v3.rotate_left(16) ^ v2;
        v0 = v0.rotate_left(32);
        v2 = v2.wrapping_add(v1);
        v0 = v0.wrapping_add(v3);
        v1 = v1.rotate_left(17) ^ v2;
        v3 = v3.rotate_left(21) ^ v0;
        v2 = v2.rotate_left(32);
        round += 1;
    }
    [v0, v1, v2, v3]
}

#[cfg(test)]
mod tests {
    use core::hash::Hasher;

    use super::*;

    /// The vectors of the paper's reference implementation: key 00 to 0f, input 00 to n-1.
    #[test]
    fn reference_vectors() {
        let bytes: [u8; 64] = core::array::from_fn(|index| index as u8);
        let word = |index: usize| u64::from_le_bytes(bytes[index * 8..index * 8 + 8].try_into().unwrap());
        for (words, expected) in [
            (0, 0x726f_db47_dd0e_0e31_u64),
            (1, 0x93f5_f579_9a93_2462),
            (2, 0x3f2a_cc7f_57c2_9bdb),
        ] {
            let mut sip = Sip::<2, 4>::new([word(0), word(1)]);
            (0..words).for_each(|index| sip.word(word(index)));
            assert_eq!(sip.finish(), expected, "{words} words");
        }
    }

    #[test]
    #[expect(deprecated, reason = "core's own SipHash-2-4 is the other opinion")]
    fn equal_to_the_implementation_of_core() {
        for words in 0..40_u64 {
            let mut ours = Sip::<2, 4>::new([words, 99]);
            let mut theirs = core::hash::SipHasher::new_with_keys(words, 99);
            for word in 0..words {
                let word = word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                ours.word(word);
                theirs.write(&word.to_le_bytes());
            }
            assert_eq!(ours.finish(), theirs.finish());
        }
    }
}
