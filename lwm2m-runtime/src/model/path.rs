use core::{fmt, num::NonZeroU8, ops::Deref, str::FromStr};

/// The address of the root, an object, an object instance, a resource or a resource instance.
///
/// At most four identifiers of 16 bits. `65535` is no identifier of a thing that exists (LwM2M Core 1.2,
/// section 7.2): text with it does not parse, while the constructors let it through because Create uses it for
/// an instance whose number the client assigns.
///
/// ```
/// use lwm2m_runtime::model::Path;
///
/// let battery: Path = "/3/0/9".parse()?;
/// assert_eq!(battery, Path::resource(3, 0, 9));
/// assert!(battery.starts_with(Path::object(3)));
/// assert_eq!(battery.to_string(), "/3/0/9");
/// # Ok::<(), lwm2m_runtime::model::ParsePathError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    // The object's identifier highest; zero beyond the depth, so that the derived order puts a parent before its
    // children. One number rather than four, because paths are compared and passed around for every value.
    ids: u64,
    // One more than how many there are, which leaves room for the `None` of an `Option<Path>`.
    length: NonZeroU8,
}

/// What [`Path`] keeps of a depth of at most 4.
#[inline(always)]
const fn length(depth: u8) -> NonZeroU8 {
    match NonZeroU8::new(depth + 1) {
        Some(length) => length,
        None => NonZeroU8::MIN,
    }
}

impl Path {
    /// `/`: every object.
    pub const ROOT: Self = Self {
        ids: 0,
        length: length(0),
    };

    /// `/object`.
    #[must_use]
    #[inline]
    pub const fn object(object: u16) -> Self {
        Self {
            ids: (object as u64) << 48,
            length: length(1),
        }
    }

    /// `/object/instance`.
    #[must_use]
    #[inline]
    pub const fn instance(object: u16, instance: u16) -> Self {
        Self {
            ids: (object as u64) << 48 | (instance as u64) << 32,
            length: length(2),
        }
    }

    /// `/object/instance/resource`.
    #[must_use]
    #[inline]
    pub const fn resource(object: u16, instance: u16, resource: u16) -> Self {
        Self {
            ids: (object as u64) << 48 | (instance as u64) << 32 | (resource as u64) << 16,
            length: length(3),
        }
    }

    /// `/object/instance/resource/resource instance`.
    #[must_use]
    #[inline]
    pub const fn resource_instance(
        object: u16,
        instance: u16,
        resource: u16,
        resource_instance: u16,
    ) -> Self {
        Self {
            ids: Self::resource(object, instance, resource).ids | resource_instance as u64,
            length: length(4),
        }
    }

    /// The path of up to four identifiers; `None` for more.
    #[must_use]
    pub fn from_ids(ids: &[u16]) -> Option<Self> {
        let mut path = Self::ROOT;
        for id in ids {
            path = path.child(*id)?;
        }
        Some(path)
    }

    /// The identifiers from the object down.
    #[must_use]
    #[inline]
    pub const fn ids(&self) -> PathIds {
        PathIds {
            ids: [
                (self.ids >> 48) as u16,
                (self.ids >> 32) as u16,
                (self.ids >> 16) as u16,
                self.ids as u16,
            ],
            len: self.depth(),
        }
    }

    /// How many identifiers the path has: 0 for the root to 4 for a resource instance.
    #[must_use]
    #[inline]
    pub const fn depth(&self) -> usize {
        self.length.get() as usize - 1
    }

    /// The object's identifier, unless this is the root.
    #[must_use]
    #[inline]
    pub const fn object_id(&self) -> Option<u16> {
        self.id(0)
    }

    /// The object instance's identifier.
    #[must_use]
    #[inline]
    pub const fn instance_id(&self) -> Option<u16> {
        self.id(1)
    }

    /// The resource's identifier.
    #[must_use]
    #[inline]
    pub const fn resource_id(&self) -> Option<u16> {
        self.id(2)
    }

    /// The resource instance's identifier.
    #[must_use]
    #[inline]
    pub const fn resource_instance_id(&self) -> Option<u16> {
        self.id(3)
    }

    /// The identifier on the lowest level; none in the root.
    #[inline]
    pub(crate) const fn last_id(self) -> Option<u16> {
        match self.depth() {
            0 => None,
            depth => self.id(depth - 1),
        }
    }

    #[inline]
    const fn id(self, position: usize) -> Option<u16> {
        if position < self.depth() {
            Some((self.ids >> (48 - 16 * position)) as u16)
        } else {
            None
        }
    }

    /// The path one level down; `None` below a resource instance.
    #[must_use]
    #[inline]
    pub const fn child(self, id: u16) -> Option<Self> {
        match self.length.checked_add(1) {
            Some(length) if length.get() <= 5 => Some(Self {
                ids: self.ids | (id as u64) << (64 - 16 * self.length.get() as u32),
                length,
            }),
            _ => None,
        }
    }

    /// The path one level up; `None` for the root.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self.depth() {
            0 => None,
            depth => Some(self.up_to(depth - 1)),
        }
    }

    /// The first identifiers, as many as `depth` says; all where there are not more.
    #[must_use]
    #[inline]
    pub const fn up_to(self, depth: usize) -> Self {
        if depth >= self.depth() {
            return self;
        }
        Self {
            ids: self.ids & mask(depth),
            length: length(depth as u8),
        }
    }

    /// Whether `base` is this path or one of its parents.
    #[must_use]
    #[inline]
    pub const fn starts_with(&self, base: Self) -> bool {
        base.depth() <= self.depth() && (self.ids ^ base.ids) & mask(base.depth()) == 0
    }
}

/// The bits of the identifiers that a path of a depth has.
#[inline(always)]
const fn mask(depth: usize) -> u64 {
    // In two halves, because a number cannot be shifted by all of its bits at once.
    let half = 8 * depth as u32;
    !(u64::MAX >> half >> half)
}

/// The identifiers of a [`Path`]: a slice, by its own storage.
#[derive(Clone, Copy, Debug)]
pub struct PathIds {
    ids: [u16; 4],
    len: usize,
}

impl Deref for PathIds {
    type Target = [u16];

    #[inline]
    fn deref(&self) -> &[u16] {
        // The length is at most 4 by construction.
        self.ids.get(..self.len).unwrap_or(&self.ids)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.depth() == 0 {
            return f.write_str("/");
        }
        self.ids().iter().try_for_each(|id| write!(f, "/{id}"))
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is not a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParsePathError {
    /// It does not begin with a slash.
    MissingSlash,
    /// The segment, counted from 0, is not a decimal number of 0 to 65534 without leading zeros.
    InvalidId {
        /// Which segment.
        segment: usize,
    },
    /// It has more than four segments.
    TooDeep,
}

impl fmt::Display for ParsePathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingSlash => f.write_str("a path begins with a slash, such as /3/0/9"),
            Self::InvalidId { segment } => write!(
                f,
                "segment {} of the path is not a number of 0 to 65534 without leading zeros",
                segment + 1
            ),
            Self::TooDeep => {
                f.write_str("a path has at most four numbers: /object/instance/resource/instance")
            }
        }
    }
}

impl core::error::Error for ParsePathError {}

impl FromStr for Path {
    type Err = ParsePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix('/').ok_or(ParsePathError::MissingSlash)?;
        if rest.is_empty() {
            return Ok(Self::ROOT);
        }
        let mut path = Self::ROOT;
        for (segment, digits) in rest.split('/').enumerate() {
            let invalid = ParsePathError::InvalidId { segment };
            let canonical = digits == "0" || !digits.starts_with('0');
            if !canonical || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(invalid);
            }
            let id: u16 = digits.parse().map_err(|_| invalid)?;
            if id == u16::MAX {
                return Err(invalid);
            }
            path = path.child(id).ok_or(ParsePathError::TooDeep)?;
        }
        Ok(path)
    }
}
