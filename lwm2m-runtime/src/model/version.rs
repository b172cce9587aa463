use core::{fmt, str::FromStr};

/// A version of an object or of LwM2M itself: `major.minor`.
///
/// Where a definition or a registration leaves it out, it is [`Version::V1_0`]
/// (LwM2M Core 1.2, section 7.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u8,
    minor: u8,
}

impl Version {
    /// The version that an absent version stands for.
    pub const V1_0: Self = Self::new(1, 0);
    /// LwM2M 1.1, the first with composite operations and Send.
    pub const V1_1: Self = Self::new(1, 1);
    /// LwM2M 1.2, the first with LwM2M CBOR and Bootstrap-Pack.
    pub const V1_2: Self = Self::new(1, 2);

    /// A version from its two numbers.
    #[must_use]
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// The number before the dot; another one breaks compatibility.
    #[must_use]
    pub const fn major(self) -> u8 {
        self.major
    }

    /// The number after the dot; a higher one only adds.
    #[must_use]
    pub const fn minor(self) -> u8 {
        self.minor
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::V1_0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The text is not `major.minor` with two numbers of 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseVersionError;

impl fmt::Display for ParseVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version is two numbers of 0 to 255 with a dot between them, such as 1.1")
    }
}

impl core::error::Error for ParseVersionError {}

impl FromStr for Version {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (major, minor) = text.split_once('.').ok_or(ParseVersionError)?;
        let number = |digits: &str| match digits.bytes().all(|b| b.is_ascii_digit()) {
            true => digits.parse().map_err(|_| ParseVersionError),
            false => Err(ParseVersionError),
        };
        Ok(Self::new(number(major)?, number(minor)?))
    }
}
