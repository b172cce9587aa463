use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use crate::model::Version;

/// The objects and instances that a client has registered, in ascending order and as few bytes as possible: a server
/// keeps one of these for each client.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ObjectTable {
    /// For each object its identifier, its version in two bytes, how many instances it has, and these.
    words: Box<[u16]>,
}

/// One object of an [`ObjectTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedObject<'a> {
    /// Which.
    pub id: u16,
    /// The version that the list names or else implies; `0.0` where it names one that cannot be read.
    pub version: Version,
    /// Its instances in ascending order.
    pub instances: &'a [u16],
}

impl ObjectTable {
    /// A table of objects and instances in any order, each with the version of the object, if it is known there. What
    /// is there twice counts once; the first version of an object counts.
    pub(super) fn new(mut entries: Vec<Entry>, implied: impl Fn(u16) -> Version) -> Self {
        // Stable: of several versions of an object the first one stays the first.
        entries.sort_by_key(|entry| (entry.object, entry.instance));
        let mut words = Vec::with_capacity(entries.len() * 2);
        for object in entries.chunk_by(|a, b| a.object == b.object) {
            let Some(id) = object.first().map(|entry| entry.object) else {
                continue;
            };
            let version = object.iter().find_map(|entry| entry.version);
            let version = version.unwrap_or_else(|| implied(id));
            words.push(id);
            words.push(u16::from_be_bytes([version.major(), version.minor()]));
            let count = words.len();
            words.push(0);
            let instances = object.iter().filter_map(|entry| entry.instance);
            let mut last = None;
            for instance in instances {
                if last.replace(instance) != Some(instance) {
                    words.push(instance);
                }
            }
            // At most 65,535 identifiers of instances exist.
            let instances = words.len() - count - 1;
            if let Some(count) = words.get_mut(count) {
                *count = instances as u16;
            }
        }
        Self {
            words: words.into_boxed_slice(),
        }
    }

    /// The objects in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = ListedObject<'_>> + Clone {
        let mut rest = &*self.words;
        core::iter::from_fn(move || {
            let (&[id, version, count], tail) = rest.split_first_chunk::<3>()?;
            let (instances, tail) = tail.split_at_checked(usize::from(count))?;
            rest = tail;
            let [major, minor] = version.to_be_bytes();
            Some(ListedObject {
                id,
                version: Version::new(major, minor),
                instances,
            })
        })
    }

    /// An object, if it is in the list.
    #[must_use]
    pub fn get(&self, id: u16) -> Option<ListedObject<'_>> {
        self.iter().find(|object| object.id == id)
    }

    /// Whether an instance is in the list.
    #[must_use]
    pub fn contains(&self, object: u16, instance: u16) -> bool {
        self.get(object)
            .is_some_and(|object| object.instances.binary_search(&instance).is_ok())
    }

    /// Whether there is no object in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

impl fmt::Debug for ObjectTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One link of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) object: u16,
    pub(super) instance: Option<u16>,
    pub(super) version: Option<Version>,
}
