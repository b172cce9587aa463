use core::fmt::{self, Write};

use crate::encoding::{Full, Sink};

/// Writes what stands between the quotes of a string. Only what must be escaped is.
#[inline]
pub(crate) fn write_escaped(text: &str, out: &mut impl Sink) -> Result<(), Full> {
    match has_special(text.as_bytes()) {
        false => out.write(text.as_bytes()),
        true => write_special(text, out),
    }
}

/// Whether one of the bytes must be escaped: eight are looked at in one.
#[inline]
fn has_special(bytes: &[u8]) -> bool {
    if let Some(last) = bytes.last_chunk::<8>() {
        let mut words = bytes.chunks_exact(8).filter_map(|chunk| chunk.first_chunk::<8>());
        return words.any(|word| is_special(*word)) || is_special(*last);
    }
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some([a, b, c, d]), Some([e, f, g, h])) => is_special([*a, *b, *c, *d, *e, *f, *g, *h]),
        _ => bytes.iter().any(|byte| must_escape(*byte)),
    }
}

#[inline]
const fn is_special(bytes: [u8; 8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    /// The highest bit of at least one byte is set if a byte is zero, and of none if none is.
    const fn zeros(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let word = u64::from_le_bytes(bytes);
    let control = zeros(word & (0xe0 * ONES));
    let quote = zeros(word ^ (b'"' as u64 * ONES));
    let backslash = zeros(word ^ (b'\\' as u64 * ONES));
    (control | quote | backslash) & (0x80 * ONES) != 0
}

#[cold]
fn write_special(text: &str, out: &mut impl Sink) -> Result<(), Full> {
    let mut rest = text.as_bytes();
    while let Some(position) = rest.iter().position(|byte| must_escape(*byte)) {
        let (plain, special) = rest.split_at_checked(position).unwrap_or((rest, &[]));
        out.write(plain)?;
        let Some((byte, behind)) = special.split_first() else {
            break;
        };
        let mut escape = Text::default();
        escape.push_escape(*byte);
        out.write(escape.as_bytes())?;
        rest = behind;
    }
    out.write(rest)
}

const fn must_escape(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | b'"' | b'\\')
}

/// A short piece of text that is put together before it is written: members, names and numbers, whose length is
/// known. Whoever appends keeps within the capacity; what does not fit is lost.
pub(crate) struct Text {
    bytes: [u8; Text::CAPACITY],
    len: usize,
}

impl Default for Text {
    #[inline]
    fn default() -> Self {
        Self {
            bytes: [0; Self::CAPACITY],
            len: 0,
        }
    }
}

impl Text {
    pub(crate) const CAPACITY: usize = 128;

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    #[inline]
    pub(crate) fn push_all(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if let Some(place) = self.bytes.get_mut(self.len..end) {
            place.copy_from_slice(bytes);
            self.len = end;
        }
    }

    /// Identifiers with slashes between them.
    #[inline]
    pub(crate) fn push_ids(&mut self, ids: &[u16]) {
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                self.push(b'/');
            }
            self.push_unsigned((*id).into());
        }
    }

    /// Decimal digits.
    #[inline]
    pub(crate) fn push_unsigned(&mut self, number: u64) {
        let digit = |number: u64| b'0' + (number % 10) as u8;
        match number {
            0..10 => self.push(digit(number)),
            10..100 => self.push_all(&[digit(number / 10), digit(number)]),
            100..1000 => self.push_all(&[digit(number / 100), digit(number / 10), digit(number)]),
            1000..10_000 => self.push_all(&[
                digit(number / 1000),
                digit(number / 100),
                digit(number / 10),
                digit(number),
            ]),
            _ => self.push_long(number),
        }
    }

    fn push_long(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut start = digits.len();
        while number > 0 {
            start -= 1;
            if let Some(digit) = digits.get_mut(start) {
                *digit = b'0' + (number % 10) as u8;
            }
            number /= 10;
        }
        self.push_all(digits.get(start..).unwrap_or_default());
    }

    #[inline]
    pub(crate) fn push_integer(&mut self, number: i64) {
        if number < 0 {
            self.push(b'-');
        }
        self.push_unsigned(number.unsigned_abs());
    }

    /// The shortest text that reads back as the same number. `false` for NaN and infinities, which JSON has not.
    #[must_use]
    pub(crate) fn push_float(&mut self, number: f64) -> bool {
        let magnitude = number.abs();
        // Integers up to 2^53 are exact in both worlds; and negative zero keeps its sign.
        let written = if magnitude <= 9_007_199_254_740_992.0 && number as i64 as f64 == number {
            if number.is_sign_negative() {
                self.push(b'-');
            }
            self.push_unsigned(magnitude as u64);
            Ok(())
        } else if !number.is_finite() {
            Err(fmt::Error)
        } else if (1e-5..1e16).contains(&magnitude) {
            write!(self, "{number}")
        } else {
            write!(self, "{number:e}")
        };
        written.is_ok()
    }

    fn push_escape(&mut self, byte: u8) {
        match byte {
            b'"' | b'\\' => self.push_all(&[b'\\', byte]),
            b'\n' => self.push_all(b"\\n"),
            b'\r' => self.push_all(b"\\r"),
            b'\t' => self.push_all(b"\\t"),
            0x08 => self.push_all(b"\\b"),
            0x0c => self.push_all(b"\\f"),
            _ => {
                let digit =
                    |number: u8| char::from_digit(number.into(), 16).map_or(b'0', |digit| digit as u8);
                self.push_all(b"\\u00");
                self.push_all(&[digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_all(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::String, vec::Vec};

    use super::*;

    fn float(number: f64) -> String {
        let mut text = Text::default();
        assert!(text.push_float(number));
        String::from_utf8(text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn floats_are_short_and_read_back() {
        for (number, text) in [
            (20.0, "20"),
            (-0.0, "-0"),
            (22.4, "22.4"),
            (-39.5, "-39.5"),
            (1e-5, "0.00001"),
            (1.5e-6, "1.5e-6"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (1_152_921_504_606_846_976.0, "1.152921504606847e18"),
            (f64::MAX, "1.7976931348623157e308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (-5e-324, "-5e-324"),
        ] {
            assert_eq!(float(number), text);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits());
        }
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!Text::default().push_float(number));
        }
    }

    #[test]
    fn integers_are_whole() {
        for number in [0, 7, 10, 99, 100, -1, i64::MIN, i64::MAX] {
            let mut text = Text::default();
            text.push_integer(number);
            assert_eq!(text.as_bytes(), format!("{number}").as_bytes());
        }
    }

    #[test]
    fn what_must_be_escaped_is_found_wherever_it_stands() {
        for byte in 0..=0x7f {
            for len in 1..20 {
                for place in 0..len {
                    let mut bytes = alloc::vec![b'a'; len];
                    bytes[place] = byte;
                    assert_eq!(
                        has_special(&bytes),
                        must_escape(byte),
                        "{byte} at {place} of {len}"
                    );
                }
            }
        }
        assert!(!has_special("\u{7f}é\u{1f600}€ü\u{ff}".as_bytes()));
        assert!(!has_special(b""));
    }

    #[test]
    fn only_what_must_be_escaped_is() {
        let mut out = Vec::new();
        write_escaped("a\"b\\c/\u{1}\n\t\r\u{8}\u{c}\u{7f}é\u{1f600}", &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a\\\"b\\\\c/\\u0001\\n\\t\\r\\b\\f\u{7f}é\u{1f600}"
        );
    }
}
