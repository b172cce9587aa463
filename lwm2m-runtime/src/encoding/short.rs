use super::{Full, Sink};

/// Up to 16 bytes that are put together in registers and written in one piece. What does not fit is lost.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    // The first byte lowest.
    bytes: u128,
    len: u32,
}

impl Short {
    pub(crate) const CAPACITY: usize = 16;

    /// A few bytes of which only the first `len` count.
    #[inline(always)]
    const fn of(bytes: u64, len: u32) -> Self {
        Self {
            bytes: bytes as u128,
            len,
        }
    }

    #[inline(always)]
    pub(crate) const fn len(self) -> usize {
        self.len as usize
    }

    /// Bytes of a length that is known when compiling.
    #[inline(always)]
    pub(crate) const fn new<const N: usize>(bytes: [u8; N]) -> Self {
        Self::of_slice(&bytes)
    }

    /// The first 16 of some bytes; for constants.
    #[inline(always)]
    pub(crate) const fn of_slice(bytes: &[u8]) -> Self {
        let mut number = 0;
        let mut rest = bytes;
        while let [before @ .., last] = rest {
            number = number << 8 | *last as u128;
            rest = before;
        }
        Self {
            bytes: number,
            len: bytes.len() as u32,
        }
    }

    /// Both, one behind the other.
    #[inline(always)]
    pub(crate) const fn then(self, other: Self) -> Self {
        let bytes = match other.bytes.checked_shl(8 * self.len) {
            Some(shifted) => self.bytes | shifted,
            None => self.bytes,
        };
        Self {
            bytes,
            len: self.len + other.len,
        }
    }

    /// With a few bytes behind it.
    #[inline(always)]
    pub(crate) const fn with<const N: usize>(self, bytes: [u8; N]) -> Self {
        self.then(Self::new(bytes))
    }

    /// The last `width` bytes of a number, the highest first.
    #[inline(always)]
    pub(crate) const fn big_endian(number: u64, width: u32) -> Self {
        Self::of((number << (64 - 8 * width)).swap_bytes(), width)
    }

    /// Decimal digits.
    #[inline(always)]
    pub(crate) const fn decimal(number: u16) -> Self {
        match number {
            0..10 => Self::new([b'0' + number as u8]),
            10..100 => Self::new([b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]),
            _ => Self::digits(number as u32),
        }
    }

    /// The sign and the digits of a number, of at most 15 digits, or 8 if it is negative.
    #[inline(always)]
    pub(crate) const fn integer(number: i64) -> Option<Self> {
        match number {
            0..10_000 => Some(Self::decimal(number as u16)),
            10_000..100_000_000 => Some(Self::digits(number as u32)),
            100_000_000..1_000_000_000_000_000 => Some(Self::long(number as u64)),
            -99_999_999..0 => Some(Self::new(*b"-").then(Self::digits(number.unsigned_abs() as u32))),
            _ => None,
        }
    }

    #[inline(never)]
    const fn long(number: u64) -> Self {
        let low = eight_digits((number % 100_000_000) as u32) | ZEROS;
        Self::digits((number / 100_000_000) as u32).then(Self::of(low, 8))
    }

    /// The digits of a number below 10^8.
    #[inline]
    const fn digits(number: u32) -> Self {
        let digits = eight_digits(number);
        // A zero is a digit, too.
        let leading = (digits | 1 << 56).trailing_zeros() / 8;
        Self::of((digits | ZEROS) >> (8 * leading), 8 - leading)
    }

    /// The bytes, and zeros behind them.
    #[inline(always)]
    pub(crate) const fn to_bytes(self) -> [u8; Self::CAPACITY] {
        self.bytes.to_le_bytes()
    }

    #[inline(always)]
    pub(crate) fn write(self, out: &mut impl Sink) -> Result<(), Full> {
        out.write_first(self.len(), &self.to_bytes())
    }
}

/// Eight digits zero as text.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The digits of a number below 10^8, the first one lowest.
#[inline]
const fn eight_digits(number: u32) -> u64 {
    // Halves, quarters, digits: each step divides all parts at once.
    let number = number as u64;
    let halves = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x7f_0000_007f;
    let quarters = hundreds | (halves - 100 * hundreds) << 16;
    let tens = ((quarters * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (quarters - 10 * tens) << 8
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec::Vec};

    use super::*;

    fn written(short: Short) -> Vec<u8> {
        let mut out = Vec::new();
        short.write(&mut out).unwrap();
        out
    }

    #[test]
    fn numbers_are_their_digits() {
        for number in (0..100_000).chain([1_000_000, 9_999_999, 10_203_040, 99_999_999]) {
            let text = format!("{number}");
            assert_eq!(written(Short::digits(number)), text.as_bytes());
            if let Ok(id) = u16::try_from(number) {
                assert_eq!(written(Short::decimal(id)), text.as_bytes());
            }
        }
    }

    #[test]
    fn integers_have_signs() {
        for number in [
            0,
            7,
            -7,
            9_999,
            10_000,
            99_999_999,
            -99_999_999,
            100_000_000,
            1_367_491_215,
            999_999_999_999_999,
        ] {
            let text = Short::integer(number).map(written);
            assert_eq!(text.as_deref(), Some(format!("{number}").as_bytes()));
        }
        for number in [1_000_000_000_000_000, -100_000_000, i64::MIN, i64::MAX] {
            assert!(Short::integer(number).is_none());
        }
    }

    #[test]
    fn pieces_follow_each_other() {
        let short = Short::new(*b"ab")
            .then(Short::decimal(65535))
            .with([])
            .with(*b"c")
            .then(Short::big_endian(0x0102_0304, 3));
        assert_eq!(written(short), b"ab65535c\x02\x03\x04");
        assert_eq!(short.len(), 11);
        let full = Short::new(*b"0123456789abcdef");
        assert_eq!(written(full), b"0123456789abcdef");
        assert_eq!(written(full.with(*b"g")), b"0123456789abcdef");
    }
}
