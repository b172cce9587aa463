//! The lock: which bytes upstream's files had when the embedded registry was taken from them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a file, its line ends counted as LF: a checkout on upstream's terms has CRLF, a raw download has LF.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Computes the fingerprint of a file's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = Sha256::new();
        let mut rest = bytes;
        while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
            let (line, after) = rest.split_at(end);
            hash.update(line);
            rest = after.get(1..).unwrap_or_default();
        }
        hash.update(rest);
        Self(hash.finalize().into())
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (position, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * position..2 * position + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The fingerprints of one upstream revision.
#[derive(Clone, Debug)]
pub struct Lock {
    /// The revision.
    pub commit: String,
    files: BTreeMap<String, Fingerprint>,
}

/// Why a text is not a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockError(String);

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a registry lock: {}", self.0)
    }
}

impl std::error::Error for LockError {}

#[derive(Deserialize)]
struct Text {
    format: u32,
    upstream: Upstream,
    files: BTreeMap<String, File>,
}

#[derive(Deserialize)]
struct Upstream {
    commit: String,
}

#[derive(Deserialize)]
struct File {
    sha256: String,
}

impl Lock {
    /// The lock of the embedded registry.
    ///
    /// # Errors
    ///
    /// A [`LockError`] if the data crate and this one do not fit, which this crate's tests exclude.
    pub fn embedded() -> Result<Self, LockError> {
        Self::parse(lwm2m_registry_cache::LOCK)
    }

    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// A [`LockError`] where the text is not TOML, of another format, or has a malformed SHA-256.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let text: Text = toml::from_str(text).map_err(|error| LockError(error.message().to_owned()))?;
        if text.format != 1 {
            return Err(LockError(format!("format {} is not known", text.format)));
        }
        let mut files = BTreeMap::new();
        for (file, File { sha256 }) in text.files {
            let Some(fingerprint) = Fingerprint::parse(&sha256) else {
                return Err(LockError(format!("{sha256:?} is not a SHA-256")));
            };
            files.insert(file, fingerprint);
        }
        Ok(Self {
            commit: text.upstream.commit,
            files,
        })
    }

    /// The fingerprint of a file, by its path from the root of the tree.
    pub fn fingerprint(&self, file: &str) -> Option<Fingerprint> {
        self.files.get(file).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_do_not_matter() {
        let lf = Fingerprint::of(b"a\nb\n\nc");
        assert_eq!(Fingerprint::of(b"a\r\nb\r\n\r\nc"), lf);
        assert_ne!(Fingerprint::of(b"a\rb\n\nc"), lf);
        assert_eq!(Fingerprint::parse(&lf.to_string()), Some(lf));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Fingerprint::of(b"").to_string(), empty);
    }

    #[test]
    fn the_embedded_lock_is_read() {
        let lock = Lock::embedded().unwrap();
        assert_eq!(lock.commit.len(), 40);
        assert!(lock.fingerprint("DDF.xml").is_some());
        assert!(lock.fingerprint("3303.xml").is_some());
        assert!(lock.fingerprint("4711.xml").is_none());
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "format = 2\n[upstream]\ncommit = \"a\"\n[files]",
            "format = 1\n[upstream]\ncommit = \"a\"\n[files]\n\"3.xml\" = { sha256 = \"zz\" }",
        ] {
            assert!(Lock::parse(text).is_err(), "{text}");
        }
    }
}
