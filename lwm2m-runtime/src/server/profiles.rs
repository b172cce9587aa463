//! Object lists that profile identifiers stand for, learned from clients (LwM2M Core 1.2, section 6.2.1.1).
//!
//! What a dynamic profile identifier is a hash of no specification says, so that none can be checked: it is an opaque key.
//!
//! 1. A client registers with a hash that is not known, and with its whole list: the hash stands for the list from then
//!    on. A list is whole if it has the Server and the Device object, which every client has.
//! 2. Another client registers with the hash alone: it has that list.
//! 3. A client registers with the hash and another whole list: one of the two has lied, or two lists have one hash. It
//!    stands for nothing any more, and whoever names it alone is asked for the list.

use alloc::{boxed::Box, collections::BTreeMap};

use super::ServerConfig;
use crate::{
    model::Version,
    operation::{ClientLinks, ProfileId},
};

/// What was learned.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    learned: BTreeMap<Box<str>, Profile>,
    /// Bytes of identifiers and lists.
    bytes: usize,
    next: u64,
}

#[derive(Debug)]
struct Profile {
    /// What objects without a version have depends on it.
    version: Version,
    /// `None` once clients have not been of one mind.
    links: Option<Box<str>>,
    /// Counts up: the lowest was learned first.
    number: u64,
}

/// What a registration teaches, if it is taken.
#[derive(Clone, Debug)]
pub(super) struct Lesson {
    pub(super) id: Box<str>,
    pub(super) version: Version,
    pub(super) links: Box<str>,
}

impl Lesson {
    /// What a Register teaches that names one hash and has a whole list.
    pub(super) fn of(id: ProfileId<'_>, version: Version, links: &str, limit: usize) -> Option<Self> {
        id.suite()?;
        let listed = ClientLinks::read([links], version, limit).ok()?;
        let has = |object| {
            let listed = listed.objects.get(object);
            listed.is_some_and(|object| !object.instances.is_empty())
        };
        (has(1) && has(3)).then(|| Self {
            id: id.as_str().into(),
            version,
            links: links.into(),
        })
    }
}

impl Profiles {
    /// The list that an identifier stands for.
    pub(super) fn get(&self, id: ProfileId<'_>, version: Version) -> Option<&str> {
        let profile = self.learned.get(id.as_str())?;
        profile.links.as_deref().filter(|_| profile.version == version)
    }

    /// What is known, and of one mind.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ProfileId<'_>, &str)> {
        self.learned
            .iter()
            .filter_map(|(id, profile)| Some((ProfileId::parse(id)?, profile.links.as_deref()?)))
    }

    pub(super) fn learn(&mut self, config: &ServerConfig, lesson: Lesson) {
        let Lesson { id, version, links } = lesson;
        if let Some(profile) = self.learned.get_mut(&id) {
            let known = profile.links.as_deref();
            let agreed = known.is_none_or(|known| {
                let read = |links| ClientLinks::read([links], version, config.max_objects).ok();
                profile.version == version && read(known) == read(&links)
            });
            if !agreed {
                let gone = profile.links.take().map_or(0, |links| links.len());
                self.bytes = self.bytes.saturating_sub(gone);
            }
            return;
        }
        let bytes = id.len() + links.len();
        if config.max_learned_profiles == 0 || bytes > config.max_learned_profile_bytes {
            return;
        }
        while self.learned.len() >= config.max_learned_profiles
            || self.bytes + bytes > config.max_learned_profile_bytes
        {
            self.forget_first();
        }
        self.bytes += bytes;
        let profile = Profile {
            version,
            links: Some(links),
            number: self.next,
        };
        self.next += 1;
        self.learned.insert(id, profile);
    }

    /// What was learned first makes room.
    fn forget_first(&mut self) {
        let first = self.learned.iter().min_by_key(|(_, profile)| profile.number);
        let Some(id) = first.map(|(id, _)| id.clone()) else {
            return;
        };
        if let Some(gone) = self.learned.remove(&id) {
            let links = gone.links.map_or(0, |links| links.len());
            self.bytes = self.bytes.saturating_sub(id.len() + links);
        }
    }
}
