use alloc::{boxed::Box, vec::Vec};
use core::{cmp::Ordering, fmt};

use crate::model::Version;

/// The objects and instances that a client has registered, in ascending order and as few bytes as possible: a server
/// keeps one of these for each client.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ObjectTable {
    /// How many objects there are; for each its identifier, its version in two bytes, and where its instances end; all
    /// instances behind each other.
    words: Box<[u16]>,
}

/// The most entries that a table can have.
pub(super) const MOST: usize = u16::MAX as usize;

/// Words for each object.
const HEAD: usize = 3;

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
    /// A table of at most [`MOST`] objects and instances in any order, each with the version of the object, if it is
    /// known there. What is there twice counts once; the first version of an object counts.
    pub(super) fn new(mut entries: Vec<Entry>, implied: impl Fn(u16) -> Version) -> Self {
        if entries.is_empty() {
            return Self::default();
        }
        // Stable: of several versions of an object the first one stays the first.
        entries.sort_by_key(|entry| (entry.object, entry.instance));
        entries.truncate(MOST);
        let objects = || entries.chunk_by(|a, b| a.object == b.object);
        let mut words = Vec::with_capacity(1 + entries.len() * 2);
        words.push(objects().count() as u16);
        let mut end = 0_u16;
        for object in objects() {
            let Some(first) = object.first() else {
                continue;
            };
            let version = object.iter().find_map(|entry| entry.version);
            let version = version.unwrap_or_else(|| implied(first.object));
            end += distinct(object).count() as u16;
            words.push(first.object);
            words.push(u16::from_be_bytes([version.major(), version.minor()]));
            words.push(end);
        }
        for object in objects() {
            words.extend(distinct(object));
        }
        Self {
            words: words.into_boxed_slice(),
        }
    }

    fn len(&self) -> usize {
        self.words.first().copied().map_or(0, usize::from)
    }

    fn at(&self, index: usize) -> Option<ListedObject<'_>> {
        let (_, rest) = self.words.split_first()?;
        let (heads, instances) = rest.split_at_checked(self.len() * HEAD)?;
        let (before, rest) = heads.split_at_checked(index * HEAD)?;
        let [id, version, end] = *rest.first_chunk::<HEAD>()?;
        let start = before.last().copied().unwrap_or(0);
        let [major, minor] = version.to_be_bytes();
        Some(ListedObject {
            id,
            version: Version::new(major, minor),
            instances: instances.get(start.into()..end.into())?,
        })
    }

    /// The objects in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = ListedObject<'_>> + Clone {
        (0..self.len()).filter_map(|index| self.at(index))
    }

    /// An object, if it is in the list.
    #[must_use]
    pub fn get(&self, id: u16) -> Option<ListedObject<'_>> {
        let mut range = 0..self.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            let object = self.at(middle)?;
            match object.id.cmp(&id) {
                Ordering::Equal => return Some(object),
                Ordering::Less => range.start = middle + 1,
                Ordering::Greater => range.end = middle,
            }
        }
        None
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

/// The instances of one object's entries, which are in order, each once.
fn distinct(object: &[Entry]) -> impl Iterator<Item = u16> + '_ {
    let mut last = None;
    let instances = object.iter().filter_map(|entry| entry.instance);
    instances.filter(move |instance| last.replace(*instance) != Some(*instance))
}
