use core::fmt;

use super::{AttributeError, Link, LinkAttributes, LinkWriter};
use crate::model::{Path, Version};

/// The resource type of the link below which a client has its objects, if that is not the root
/// (LwM2M Core 1.2, section 6.2.1).
pub const ALTERNATE_PATH: &str = "oma.lwm2m";

/// A link to the root, an object, an instance, a resource or a resource instance.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectLink<'a> {
    /// What stands before the path: an alternate path, without slashes at its ends. Mostly empty.
    pub prefix: &'a str,
    /// Where the link points.
    pub path: Path,
    /// What it says about that.
    pub attributes: LinkAttributes<'a>,
}

impl<'a> ObjectLink<'a> {
    /// A link without attributes.
    #[must_use]
    pub fn new(path: Path) -> Self {
        Self {
            prefix: "",
            path,
            attributes: LinkAttributes::default(),
        }
    }

    /// With the version of the object.
    #[must_use]
    pub fn with_version(mut self, version: Version) -> Self {
        self.attributes.ver = Some(version);
        self
    }

    /// Gives a link its types. Segments before the first number are a prefix, taken as they are: neither percent
    /// signs nor dots mean anything. One slash at the end is legal.
    ///
    /// # Errors
    ///
    /// [`AttributeError::Target`] if the target is no such path: links of other kinds may stand in a registration, and
    /// are to be passed over. Else what is wrong with the parameters.
    pub fn read(link: Link<'a>) -> Result<Self, AttributeError> {
        let (prefix, path) = split_target(link.target).ok_or(AttributeError::Target)?;
        Ok(Self {
            prefix,
            path,
            attributes: LinkAttributes::read(link.parameters)?,
        })
    }

    /// Whether the link names the alternate path: below its prefix are the objects.
    #[must_use]
    pub fn is_alternate_path(&self) -> bool {
        let types = self.attributes.rt.as_deref().unwrap_or_default();
        self.path == Path::ROOT && types.split_ascii_whitespace().any(|name| name == ALTERNATE_PATH)
    }

    /// Writes the link.
    ///
    /// # Errors
    ///
    /// What the output returns.
    pub fn write(&self, links: &mut LinkWriter<impl fmt::Write>) -> fmt::Result {
        match (self.prefix, self.path) {
            ("", path) => links.link(path)?,
            (prefix, Path::ROOT) => links.link(format_args!("/{prefix}"))?,
            (prefix, path) => links.link(format_args!("/{prefix}{path}"))?,
        }
        self.attributes.write(links)
    }
}

impl fmt::Display for ObjectLink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(&mut LinkWriter::new(f))
    }
}

/// The prefix and the path of a target.
fn split_target(target: &str) -> Option<(&str, Path)> {
    let inner = target.strip_prefix('/')?;
    if inner.is_empty() {
        return Some(("", Path::ROOT));
    }
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    // Of the segment in `inner`, and of the slash before it in `target`.
    let mut start = 0_usize;
    for segment in inner.split('/') {
        if segment.is_empty() {
            return None;
        }
        if segment.bytes().all(|byte| byte.is_ascii_digit()) {
            let prefix = inner.get(..start.saturating_sub(1))?;
            let path = target.get(start..=inner.len())?;
            return Some((prefix, path.parse().ok()?));
        }
        start += segment.len() + 1;
    }
    Some((inner, Path::ROOT))
}
