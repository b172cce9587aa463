//! What the directory had, what came, and the difference.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::index::{Index, IndexItem};
use super::lock::Fingerprint;
use super::report::Change;
use crate::model::Version;

/// A file that is there and accepted.
pub(super) struct Fetched {
    pub(super) item: IndexItem,
    pub(super) bytes: Vec<u8>,
    pub(super) fingerprint: Fingerprint,
}

/// What the directory had.
pub(super) struct Before {
    pub(super) index: Index,
    pub(super) fingerprints: HashMap<String, Fingerprint>,
}

/// The items that stay when a part of the registry is fetched: those of which no fetched one has the version or took the file.
fn staying<'a>(before: &'a Index, fetched: &[Fetched]) -> Vec<&'a IndexItem> {
    let versions: HashSet<_> = fetched
        .iter()
        .map(|file| (file.item.id, file.item.version))
        .collect();
    let files: HashSet<_> = fetched.iter().map(|file| file.item.file.as_str()).collect();
    let stays = |item: &&IndexItem| {
        !versions.contains(&(item.id, item.version)) && !files.contains(item.file.as_str())
    };
    before.items.iter().filter(stays).collect()
}

/// The items that a directory has after a part of the registry was fetched into it.
pub(super) fn merge(before: &Index, fetched: &[Fetched]) -> Vec<IndexItem> {
    let mut items: Vec<IndexItem> = staying(before, fetched).into_iter().cloned().collect();
    items.extend(fetched.iter().map(|file| file.item.clone()));
    items.sort_by_key(|item| (item.id, item.version));
    items
}

type Fingerprints = BTreeMap<(u16, Version), Fingerprint>;

/// How the objects are different from before. `whole` says whether what was not fetched is gone.
pub(super) fn changes(before: &Before, fetched: &[Fetched], whole: bool) -> Vec<Change> {
    let fingerprints = |items: Vec<&IndexItem>| -> Fingerprints {
        let with_fingerprint = |item: &IndexItem| {
            let fingerprint = before.fingerprints.get(&item.file)?;
            Some(((item.id, item.version), *fingerprint))
        };
        items.into_iter().filter_map(with_fingerprint).collect()
    };
    let old = fingerprints(before.index.items.iter().collect());
    let mut new = if whole {
        Fingerprints::new()
    } else {
        fingerprints(staying(&before.index, fetched))
    };
    new.extend(
        fetched
            .iter()
            .map(|file| ((file.item.id, file.item.version), file.fingerprint)),
    );

    let items = before
        .index
        .items
        .iter()
        .chain(fetched.iter().map(|file| &file.item));
    // The last name counts, which is the fetched one where there is one.
    let names: BTreeMap<u16, &str> = items.map(|item| (item.id, item.name.as_str())).collect();
    let changes = names.into_iter().map(|(id, name)| {
        let (before, after) = (versions(&old, id), versions(&new, id));
        let is_edited = |version: &Version| {
            let key = (id, *version);
            old.get(&key)
                .is_some_and(|fingerprint| new.get(&key).is_some_and(|other| other != fingerprint))
        };
        let edited = after.iter().copied().filter(is_edited).collect();
        Change {
            id,
            name: name.to_owned(),
            before,
            after,
            edited,
        }
    });
    changes
        .filter(|change| change.before != change.after || !change.edited.is_empty())
        .collect()
}

/// The versions of an object, oldest first.
fn versions(fingerprints: &Fingerprints, id: u16) -> Vec<Version> {
    let (first, last) = (
        Version { major: 0, minor: 0 },
        Version {
            major: u8::MAX,
            minor: u8::MAX,
        },
    );
    fingerprints
        .range((id, first)..=(id, last))
        .map(|((_, version), _)| *version)
        .collect()
}
