//! Half precision floats (IEEE 754 binary16).

/// The same number in binary64; exact.
pub(super) fn to_f64(bits: u16) -> f64 {
    let sign = u64::from(bits >> 15) << 63;
    let exponent = u64::from(bits >> 10 & 0x1f);
    let mantissa = u64::from(bits & 0x3ff);
    match exponent {
        // Subnormal: a multiple of 2^-24.
        0 => f64::from_bits((mantissa as f64 / 16_777_216.0).to_bits() | sign),
        0x1f => f64::from_bits(sign | 0x7ff << 52 | mantissa << 42),
        _ => f64::from_bits(sign | (exponent + 1023 - 15) << 52 | mantissa << 42),
    }
}

/// The same number in binary16, where that is exact. NaN keeps no payload.
#[inline]
pub(super) fn from_f32(number: f32) -> Option<u16> {
    let bits = number.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let exponent = bits >> 23 & 0xff;
    let mantissa = bits & 0x7f_ffff;
    match exponent {
        0 if mantissa == 0 => Some(sign),
        0xff => Some(sign | if mantissa == 0 { 0x7c00 } else { 0x7e00 }),
        // Normal: 2^-14 to 2^15, and the low 13 of 23 bits are zero.
        113..=142 if mantissa & 0x1fff == 0 => {
            Some(sign | ((exponent - 112) << 10) as u16 | (mantissa >> 13) as u16)
        }
        // Subnormal: multiples of 2^-24.
        103..=112 => {
            let full = mantissa | 0x80_0000;
            let shift = 126 - exponent;
            (full.trailing_zeros() >= shift).then(|| sign | (full >> shift) as u16)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_comes_back() {
        for bits in 0..=u16::MAX {
            let number = to_f64(bits);
            let back = from_f32(number as f32).unwrap();
            if number.is_nan() {
                assert!(to_f64(back).is_nan());
            } else {
                assert_eq!(back, bits, "{number}");
            }
        }
    }

    #[test]
    fn known_numbers() {
        for (bits, number) in [
            (0x0001, 5.960_464_477_539_063e-8),
            (0x03ff, 6.097_555_160_522_461e-5),
            (0x0400, 6.103_515_625e-5),
            (0x3c00, 1.0),
            (0x7bff, 65504.0),
            (0x7c00, f64::INFINITY),
            (0xc400, -4.0),
        ] {
            assert_eq!(to_f64(bits), number);
        }
        for number in [65520.0, 100_000.0, 1.1, 2.980_232_2e-8, 1.000_976_6e-7] {
            assert_eq!(from_f32(number), None, "{number}");
        }
    }
}
