use crate::{
    encoding::{DecodeError, DecodeErrorKind},
    model::{ResourceType, ValueRef},
};

/// A number as it stands in the payload. What it is worth is decided when its type is known: a Float is the nearest
/// one, an Integer is exact or refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonNumber<'a> {
    text: &'a str,
    // The digits without the dot. Only right if there are at most 19 of them.
    digits: u64,
    digit_count: u32,
    // Digits after the dot.
    fraction: u32,
    negative: bool,
    // Whether there is an `e`.
    exponent: bool,
}

impl<'a> JsonNumber<'a> {
    /// Reads the number at `offset`.
    #[inline]
    pub(crate) fn read(text: &'a str, offset: usize) -> Result<Self, DecodeError> {
        let bytes = text.as_bytes();
        let error = |at| match bytes.get(at) {
            Some(_) => DecodeError::new(DecodeErrorKind::Syntax, at),
            None => DecodeError::new(DecodeErrorKind::Truncated, at),
        };
        let negative = bytes.get(offset) == Some(&b'-');
        let start = offset + usize::from(negative);
        let mut digits = 0;
        let mut end = take_digits(bytes, start, &mut digits);
        let mut digit_count = end - start;
        if digit_count == 0 {
            return Err(error(start));
        }
        if digit_count > 1 && bytes.get(start) == Some(&b'0') {
            return Err(DecodeError::new(DecodeErrorKind::Syntax, start));
        }
        let mut fraction = 0;
        if bytes.get(end) == Some(&b'.') {
            let dot = end;
            end = take_digits(bytes, dot + 1, &mut digits);
            fraction = end - dot - 1;
            if fraction == 0 {
                return Err(error(end));
            }
            digit_count += fraction;
        }
        let exponent = matches!(bytes.get(end), Some(b'e' | b'E'));
        if exponent {
            let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
            let start = end + 1 + usize::from(sign);
            end = take_digits(bytes, start, &mut 0);
            if end == start {
                return Err(error(end));
            }
        }
        Ok(Self {
            text: text.get(offset..end).unwrap_or_default(),
            digits,
            // Payloads are shorter than 4 GiB of digits; where they are not, the number is long all the same.
            digit_count: u32::try_from(digit_count).unwrap_or(u32::MAX),
            fraction: u32::try_from(fraction).unwrap_or(u32::MAX),
            negative,
            exponent,
        })
    }

    /// How many bytes it has.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The nearest binary64, refused beyond the largest.
    #[inline]
    pub(crate) fn to_f64(self) -> Result<f64, DecodeErrorKind> {
        // Both operands are exact then, and IEEE 754 rounds the one operation right.
        if !self.exponent && self.digit_count <= 15 {
            if let Some(power) = POWERS.get(self.fraction as usize) {
                let magnitude = self.digits as f64 / power;
                return Ok(if self.negative { -magnitude } else { magnitude });
            }
        }
        match self.text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(DecodeErrorKind::Number),
        }
    }

    /// The exact number, if it is integral: `20`, `20.0` and `2E1` are the same.
    fn integral(self) -> Option<i128> {
        let magnitude = match self.fraction == 0 && !self.exponent && self.digit_count <= 19 {
            true => i128::from(self.digits),
            false => integral(self.text.strip_prefix('-').unwrap_or(self.text))?,
        };
        Some(if self.negative { -magnitude } else { magnitude })
    }

    /// The number as an Integer or Unsigned where it is integral and fits, in whatever form; else the nearest Float.
    pub(crate) fn exact(self) -> Result<ValueRef<'static>, DecodeErrorKind> {
        match self.integral().and_then(integer) {
            Some(value) => Ok(value),
            None => self.to_f64().map(ValueRef::Float),
        }
    }

    /// The number as a value of a type; of the type that its digits show if `None` is known.
    #[inline]
    pub(crate) fn value(
        self,
        resource_type: Option<ResourceType>,
    ) -> Result<ValueRef<'static>, DecodeErrorKind> {
        match resource_type {
            Some(ResourceType::Float) => Ok(ValueRef::Float(self.to_f64()?)),
            Some(expected) => self
                .integral()
                .and_then(|number| integer(number)?.cast(expected))
                .ok_or(DecodeErrorKind::Type { expected }),
            None => match self.fraction == 0 && !self.exponent && self.text != "-0" {
                true => match self.integral().and_then(integer) {
                    Some(value) => Ok(value),
                    None => Ok(ValueRef::Float(self.to_f64()?)),
                },
                false => Ok(ValueRef::Float(self.to_f64()?)),
            },
        }
    }
}

/// Passes digits and appends them to a number, which wraps where there are too many.
#[inline]
fn take_digits(bytes: &[u8], start: usize, number: &mut u64) -> usize {
    let mut end = start;
    while let Some(byte @ b'0'..=b'9') = bytes.get(end) {
        *number = number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        end += 1;
    }
    end
}

/// An Integer, or an Unsigned where it must be.
fn integer(number: i128) -> Option<ValueRef<'static>> {
    match i64::try_from(number) {
        Ok(number) => Some(ValueRef::Integer(number)),
        Err(_) => u64::try_from(number).ok().map(ValueRef::Unsigned),
    }
}

/// The exact worth of unsigned decimal text of any form; `None` if it is not integral, or far beyond 64 bits.
#[cold]
fn integral(text: &str) -> Option<i128> {
    let (significand, exponent) = match text.split_once(['e', 'E']) {
        Some((significand, exponent)) => (significand, Some(exponent)),
        None => (text, None),
    };
    let mut number: i128 = 0;
    // Of the last digit that is not zero.
    let mut place: i64 = 0;
    let mut zeros: i64 = 0;
    let mut after_dot = false;
    for byte in significand.bytes() {
        if byte == b'.' {
            after_dot = true;
            continue;
        }
        zeros += 1;
        if byte != b'0' {
            number = scale(number, zeros)?.checked_add(i128::from(byte - b'0'))?;
            zeros = 0;
        }
        place -= i64::from(after_dot);
    }
    if number == 0 {
        return Some(0);
    }
    let exponent: i64 = match exponent {
        Some(exponent) => exponent.parse().ok()?,
        None => 0,
    };
    scale(number, exponent.checked_add(place)?.checked_add(zeros)?)
}

/// `number * 10^zeros`; never divides, because the last digit is not zero.
fn scale(number: i128, zeros: i64) -> Option<i128> {
    let zeros = u32::try_from(zeros).ok()?;
    match number {
        0 => Some(0),
        _ => number.checked_mul(10_i128.checked_pow(zeros)?),
    }
}

/// The powers of ten that binary64 holds exactly and that 15 digits can ask for.
const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    fn number(text: &str) -> JsonNumber<'_> {
        let number = JsonNumber::read(text, 0).unwrap();
        assert_eq!(number.len(), text.len(), "{text}");
        number
    }

    #[test]
    fn integers_are_exact_in_every_form() {
        for (text, exact) in [
            ("18446744073709551615", 18_446_744_073_709_551_615),
            ("-9223372036854775808", -9_223_372_036_854_775_808),
            ("1844674407370955161.5E1", 18_446_744_073_709_551_615),
            ("184467440737095516150e-1", 18_446_744_073_709_551_615),
            ("1.638435E9", 1_638_435_000),
            ("20.0", 20),
            ("0.0020e4", 20),
            ("100e-2", 1),
            ("0e99999999999999999999", 0),
            ("-0", 0),
            ("1.00000000000000000000000000000000000000000000000000", 1),
        ] {
            assert_eq!(number(text).integral(), Some(exact), "{text}");
        }
        for text in [
            "0.5",
            "1e-1",
            "1e99999999999999999999",
            "1e30000",
            "1.0000000000000000000000000001",
        ] {
            let value = number(text).value(Some(ResourceType::Integer));
            let expected = ResourceType::Integer;
            assert_eq!(value, Err(DecodeErrorKind::Type { expected }), "{text}");
        }
    }

    #[test]
    fn a_type_decides_what_digits_are_worth() {
        assert_eq!(number("7").value(None), Ok(ValueRef::Integer(7)));
        assert_eq!(
            number("7").value(Some(ResourceType::Time)),
            Ok(ValueRef::Time(Time(7)))
        );
        assert_eq!(number("7.0").value(None), Ok(ValueRef::Float(7.0)));
        assert_eq!(
            number("9223372036854775808").value(None),
            Ok(ValueRef::Unsigned(1 << 63))
        );
        // Not a float's exact worth, and yet its shortest text.
        assert_eq!(
            number("1152921504606847000").value(Some(ResourceType::Float)),
            Ok(ValueRef::Float(1_152_921_504_606_846_976.0))
        );
        let Ok(ValueRef::Float(zero)) = number("-0").value(None) else {
            panic!()
        };
        assert!(zero.is_sign_negative());
    }

    #[test]
    fn floats_are_the_nearest() {
        for text in [
            "0.1",
            "20.100000000000001",
            "5e-324",
            "-1.7976931348623157e308",
            "123456789012345.6",
            "0.0",
        ] {
            let exact: f64 = text.parse().unwrap();
            assert_eq!(
                number(text).to_f64().map(f64::to_bits),
                Ok(exact.to_bits()),
                "{text}"
            );
        }
        assert_eq!(number("1e9999").to_f64(), Err(DecodeErrorKind::Number));
        assert_eq!(number("-1e309").value(None), Err(DecodeErrorKind::Number));
    }

    #[test]
    fn what_json_does_not_call_a_number_is_refused() {
        for (text, kind) in [
            ("-", DecodeErrorKind::Truncated),
            ("1.", DecodeErrorKind::Truncated),
            ("1e", DecodeErrorKind::Truncated),
            ("1e+", DecodeErrorKind::Truncated),
            ("01", DecodeErrorKind::Syntax),
            ("-00", DecodeErrorKind::Syntax),
            ("-a", DecodeErrorKind::Syntax),
            ("1.e1", DecodeErrorKind::Syntax),
            ("1e 1", DecodeErrorKind::Syntax),
        ] {
            assert_eq!(
                JsonNumber::read(text, 0).map_err(|error| error.kind).map(|_| ()),
                Err(kind),
                "{text}"
            );
        }
    }
}
