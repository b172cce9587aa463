use core::fmt;

/// Where a client updates and ends its registration: `rd/` and 64 random bits in 11 characters of base64url, because
/// clients on narrow links send it with every Update.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RegistrationLocation([u8; 14]);

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl RegistrationLocation {
    pub(super) fn new(location: u64) -> Self {
        let mut text = *b"rd/-----------";
        let mut rest = location;
        for character in text.iter_mut().skip(3).rev() {
            // Below 64.
            *character = ALPHABET.get((rest % 64) as usize).copied().unwrap_or_default();
            rest /= 64;
        }
        Self(text)
    }

    /// Its text, without a slash before it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The 64 bits; `None` for what no server of this crate gave out.
    pub(super) fn parse(registration: &str) -> Option<u64> {
        if registration.len() != 11 {
            return None;
        }
        registration.bytes().try_fold(0_u64, |location, character| {
            let digit = match character {
                b'A'..=b'Z' => character - b'A',
                b'a'..=b'z' => character - b'a' + 26,
                b'0'..=b'9' => character - b'0' + 52,
                b'-' => 62,
                b'_' => 63,
                _ => return None,
            };
            location.checked_mul(64)?.checked_add(u64::from(digit))
        })
    }
}

impl fmt::Display for RegistrationLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RegistrationLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::RegistrationLocation;

    #[test]
    fn a_location_is_read_as_it_was_written() {
        for location in [0, 1, 63, 64, u64::MAX, 0x0123_4567_89ab_cdef] {
            let text = RegistrationLocation::new(location);
            let (rd, registration) = text.as_str().split_at(3);
            assert_eq!(rd, "rd/");
            assert_eq!(RegistrationLocation::parse(registration), Some(location));
        }
    }

    #[test]
    fn what_is_no_location_is_not_read() {
        for text in [
            "",
            "AAAAAAAAAA",
            "AAAAAAAAAAAA",
            "AAAAAAAAAA+",
            "QAAAAAAAAAA",
            "é23456789A",
        ] {
            assert_eq!(RegistrationLocation::parse(text), None, "{text}");
        }
    }
}
