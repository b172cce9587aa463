use alloc::vec::Vec;
use core::fmt;

use super::{
    kind::protected,
    object_table::{Entry, MOST, ObjectTable},
    versions::implied_version,
};
use crate::{
    encoding::FormatSet,
    link::{ALTERNATE_PATH, Link, LinkError, Links, ObjectLink},
    model::{Path, Version},
};

/// What the links of a Register or Update say (LwM2M Core 1.2, section 6.2.1): the other side of
/// [`ObjectList`](super::ObjectList).
///
/// ```
/// use lwm2m_runtime::{model::Version, operation::ClientLinks};
///
/// let links = r#"</lwm2m>;rt="oma.lwm2m";ct=110,</lwm2m/3/0>,</lwm2m/3303>;ver=1.1,</lwm2m/3303/7>"#;
/// let client = ClientLinks::read([links], Version::V1_1, 100)?;
/// assert_eq!(client.alternate_path, "lwm2m");
/// assert!(client.objects.contains(3303, 7));
/// assert_eq!(client.objects.get(3).map(|device| device.version), Some(Version::V1_1));
/// # Ok::<(), lwm2m_runtime::operation::ClientLinksError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientLinks<'a> {
    /// Below what the objects are, without slashes around it. Mostly empty.
    pub alternate_path: &'a str,
    /// The formats that the client announces, beside those that it has in any case.
    pub formats: FormatSet,
    /// Its objects and instances.
    pub objects: ObjectTable,
}

impl<'a> ClientLinks<'a> {
    /// Reads lists of links together, of a client that registers with `version`: that in the payload, and those that
    /// profile identifiers stand for. They may have up to `limit` objects and instances, and never more than 65,535.
    ///
    /// Whatever is no object, no instance and not the root is passed over, and so are objects with secrets, links
    /// outside the alternate path, and parameters that are unknown or cannot be read.
    ///
    /// # Errors
    ///
    /// [`ClientLinksError`]: a server answers 4.00, or 4.13 where there are too many.
    pub fn read(
        lists: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
        version: Version,
        limit: usize,
    ) -> Result<Self, ClientLinksError> {
        let lists = lists.into_iter();
        let mut root = Root::default();
        for list in lists.clone() {
            for link in Links::new(list) {
                root.look(link.map_err(ClientLinksError::Link)?)?;
            }
        }
        let alternate_path = root.alternate_path.unwrap_or_default();
        let mut entries = Vec::new();
        for link in lists.flat_map(Links::new).flatten() {
            let Some(entry) = entry(link, alternate_path) else {
                continue;
            };
            if protected(entry.object, version) {
                continue;
            }
            if entries.len() >= limit.min(MOST) {
                return Err(ClientLinksError::TooMany);
            }
            entries.push(entry);
        }
        Ok(Self {
            alternate_path,
            formats: root.formats,
            objects: ObjectTable::new(entries, |object| implied_version(object, version)),
        })
    }
}

/// What is said about the root.
#[derive(Default)]
struct Root<'a> {
    alternate_path: Option<&'a str>,
    formats: FormatSet,
}

impl<'a> Root<'a> {
    fn look(&mut self, link: Link<'a>) -> Result<(), ClientLinksError> {
        let resource_types = link.parameters.find("rt").and_then(|parameter| parameter.value());
        let marked = resource_types
            .is_some_and(|types| types.split_ascii_whitespace().any(|name| name == ALTERNATE_PATH));
        let plain = ObjectLink::read(Link {
            parameters: Default::default(),
            ..link
        });
        let target = plain.ok().filter(|target| target.path == Path::ROOT);
        match target {
            None if marked => return Err(ClientLinksError::AlternatePath),
            None => return Ok(()),
            Some(target) if marked => {
                let other = self.alternate_path.replace(target.prefix);
                if other.is_some_and(|other| other != target.prefix) {
                    return Err(ClientLinksError::AlternatePath);
                }
            }
            Some(target) if !target.prefix.is_empty() => return Ok(()),
            Some(_) => {}
        }
        let formats = link.parameters.find("ct").and_then(|parameter| parameter.value());
        let numbers = formats.as_deref().unwrap_or_default().split_ascii_whitespace();
        let formats = FormatSet::from_numbers(numbers.filter_map(|number| number.parse().ok()));
        self.formats = self.formats.union(formats);
        Ok(())
    }
}

/// The object or instance that a link is for.
fn entry(link: Link<'_>, alternate_path: &str) -> Option<Entry> {
    let target = ObjectLink::read(Link {
        parameters: Default::default(),
        ..link
    });
    let target = target.ok().filter(|target| target.prefix == alternate_path)?;
    let (object, instance) = match *target.path.ids() {
        [object] => (object, None),
        [object, instance] => (object, Some(instance)),
        _ => return None,
    };
    if object == u16::MAX || instance == Some(u16::MAX) {
        return None;
    }
    let version = link.parameters.find("ver").map(|parameter| {
        let version = parameter.value().and_then(|value| value.parse().ok());
        version.unwrap_or(Version::new(0, 0))
    });
    Some(Entry {
        object,
        instance,
        version,
    })
}

/// Why the links of a Register or Update are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientLinksError {
    /// They are no list of links.
    Link(LinkError),
    /// The alternate path has a number in it, or there are two.
    AlternatePath,
    /// There are more objects and instances than the limit allows.
    TooMany,
}

impl fmt::Display for ClientLinksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(error) => error.fmt(f),
            Self::AlternatePath => f.write_str("the alternate path is one path without numbers in it"),
            Self::TooMany => f.write_str("there are more objects and instances than the limit allows"),
        }
    }
}

impl core::error::Error for ClientLinksError {}
