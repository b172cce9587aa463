use alloc::string::String;
use core::fmt::{self, Write as _};

/// A profile identifier: stands for an object list that the server knows already (LwM2M 1.2, section 6.2.1.1).
///
/// Either a hash, `suite:hex` with a suite of 1 to 6 and at least 32 bits, or a name that was agreed before,
/// `oma:name` or `v:name` of letters, digits and hyphens. What a hash is computed over no specification says: it is an
/// opaque key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId<'a>(&'a str);

impl<'a> ProfileId<'a> {
    /// Reads one profile identifier; `None` where the text is none.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        let valid = match kind {
            "1" | "2" | "3" | "4" | "5" | "6" => {
                rest.len() >= 8 && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            }
            "oma" | "v" => {
                !rest.is_empty()
                    && rest
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            }
            _ => false,
        };
        valid.then_some(Self(text))
    }

    /// The suite of a hash (RFC 6920, section 9.4); `None` for a name that was agreed before.
    #[must_use]
    pub fn suite(self) -> Option<u8> {
        let (kind, _) = self.0.split_once(':')?;
        kind.parse().ok()
    }

    /// The identifier that a hash makes: as many of its bits as the suite has, 256, 128, 120, 96, 64 and 32 from 1 to 6
    /// (RFC 6920, section 9.4). `None` for another suite.
    ///
    /// ```
    /// use lwm2m_runtime::operation::ProfileId;
    ///
    /// let hash = [0xab; 32];
    /// assert_eq!(ProfileId::hashed(6, &hash).as_deref(), Some("6:abababab"));
    /// assert_eq!(ProfileId::hashed(7, &hash), None);
    /// ```
    #[must_use]
    pub fn hashed(suite: u8, sha256: &[u8; 32]) -> Option<String> {
        let bits = match suite {
            1 => 256,
            2 => 128,
            3 => 120,
            4 => 96,
            5 => 64,
            6 => 32,
            _ => return None,
        };
        let mut text = String::new();
        // A String takes whatever is written.
        let _ = write!(text, "{suite}:");
        for byte in sha256.iter().take(bits / 8) {
            let _ = write!(text, "{byte:02x}");
        }
        Some(text)
    }

    /// Reads the value of a parameter `pid`: one identifier, or a list of them in quotes with commas between. Hands
    /// each to `found`.
    ///
    /// `None` where one is not valid.
    pub(super) fn parse_list(value: &'a str, mut found: impl FnMut(Self)) -> Option<()> {
        let list = match value.strip_prefix('"') {
            Some(rest) => rest.strip_suffix('"')?,
            None => value,
        };
        list.split(',')
            .try_for_each(|text| Self::parse(text).map(&mut found))
    }

    /// The identifier as it travels.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl fmt::Display for ProfileId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
