use core::{fmt, str::FromStr};

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
    // Unused positions are zero, so that the derived order puts a parent before its children.
    ids: [u16; 4],
    len: u8,
}

impl Path {
    /// `/`: every object.
    pub const ROOT: Self = Self { ids: [0; 4], len: 0 };

    /// `/object`.
    #[must_use]
    pub const fn object(object: u16) -> Self {
        Self {
            ids: [object, 0, 0, 0],
            len: 1,
        }
    }

    /// `/object/instance`.
    #[must_use]
    pub const fn instance(object: u16, instance: u16) -> Self {
        Self {
            ids: [object, instance, 0, 0],
            len: 2,
        }
    }

    /// `/object/instance/resource`.
    #[must_use]
    pub const fn resource(object: u16, instance: u16, resource: u16) -> Self {
        Self {
            ids: [object, instance, resource, 0],
            len: 3,
        }
    }

    /// `/object/instance/resource/resource instance`.
    #[must_use]
    pub const fn resource_instance(
        object: u16,
        instance: u16,
        resource: u16,
        resource_instance: u16,
    ) -> Self {
        Self {
            ids: [object, instance, resource, resource_instance],
            len: 4,
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
    pub fn ids(&self) -> &[u16] {
        // `len` is at most 4 by construction.
        self.ids.get(..usize::from(self.len)).unwrap_or(&self.ids)
    }

    /// How many identifiers the path has: 0 for the root to 4 for a resource instance.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.len as usize
    }

    /// The object's identifier, unless this is the root.
    #[must_use]
    pub const fn object_id(&self) -> Option<u16> {
        if self.len > 0 { Some(self.ids[0]) } else { None }
    }

    /// The object instance's identifier.
    #[must_use]
    pub const fn instance_id(&self) -> Option<u16> {
        if self.len > 1 { Some(self.ids[1]) } else { None }
    }

    /// The resource's identifier.
    #[must_use]
    pub const fn resource_id(&self) -> Option<u16> {
        if self.len > 2 { Some(self.ids[2]) } else { None }
    }

    /// The resource instance's identifier.
    #[must_use]
    pub const fn resource_instance_id(&self) -> Option<u16> {
        if self.len > 3 { Some(self.ids[3]) } else { None }
    }

    /// The path one level down; `None` below a resource instance.
    #[must_use]
    pub fn child(mut self, id: u16) -> Option<Self> {
        *self.ids.get_mut(usize::from(self.len))? = id;
        self.len += 1;
        Some(self)
    }

    /// The path one level up; `None` for the root.
    #[must_use]
    pub fn parent(mut self) -> Option<Self> {
        self.len = self.len.checked_sub(1)?;
        if let Some(id) = self.ids.get_mut(usize::from(self.len)) {
            *id = 0;
        }
        Some(self)
    }

    /// Whether `base` is this path or one of its parents.
    #[must_use]
    pub fn starts_with(&self, base: Self) -> bool {
        self.ids().starts_with(base.ids())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.len == 0 {
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
