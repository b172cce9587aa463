//! Decimal fractions, tag 4 (RFC 8949, section 3.4.4).

use core::{
    fmt::{self, Write},
    str,
};

use super::item::Kind;

/// `mantissa` × 10^`exponent`: an integer where the exponent is not negative and it fits, else the nearest binary64.
/// `None` where that is infinite.
pub(super) fn value(mantissa: i128, exponent: i128) -> Option<(Kind, u64)> {
    let integer = u32::try_from(exponent)
        .ok()
        .and_then(|exponent| 10_i128.checked_pow(exponent))
        .and_then(|power| mantissa.checked_mul(power));
    if let Some(integer) = integer {
        if let Ok(number) = i64::try_from(integer) {
            return Some((Kind::Integer, number as u64));
        }
        if let Ok(number) = u64::try_from(integer) {
            return Some((Kind::Unsigned, number));
        }
    }
    // The core library rounds decimal text correctly; beyond these exponents all is zero or infinite.
    let mut text = Text::default();
    write!(text, "{mantissa}e{}", exponent.clamp(-999, 999)).ok()?;
    let number: f64 = text.as_str()?.parse().ok()?;
    number.is_finite().then_some((Kind::Float, number.to_bits()))
}

/// Room for a sign, 20 digits, and an exponent.
#[derive(Default)]
struct Text {
    bytes: [u8; 32],
    len: usize,
}

impl Text {
    fn as_str(&self) -> Option<&str> {
        str::from_utf8(self.bytes.get(..self.len)?).ok()
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes
            .get_mut(self.len..end)
            .ok_or(fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_exact_or_nearest() {
        let float = |number: f64| Some((Kind::Float, number.to_bits()));
        let integer = |number: i64| Some((Kind::Integer, number as u64));
        assert_eq!(value(45, -1), float(4.5));
        assert_eq!(value(15, 2), integer(1500));
        assert_eq!(value(-15, 2), integer(-1500));
        assert_eq!(value(i128::from(u64::MAX), 0), Some((Kind::Unsigned, u64::MAX)));
        assert_eq!(value(1, 300), float(1e300));
        assert_eq!(value(-18_446_744_073_709_551_616, -400), float(-0.0));
        assert_eq!(value(1, 309), None);
        assert_eq!(value(1, i128::MAX), None);
        assert_eq!(value(0, i128::MAX), float(0.0));
    }
}
