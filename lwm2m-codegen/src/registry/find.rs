use std::collections::BTreeMap;

use strsim::damerau_levenshtein;

use crate::{
    model::{Object, Version},
    printable::Printable,
};

use super::{Error, Registry};

/// How many similar names a message lists.
const SIMILAR: usize = 5;

pub(super) fn find<'r>(registry: &'r Registry, text: &str) -> Result<&'r Object, Error> {
    let text = text.trim();
    let (name, version) = match text.rsplit_once('@') {
        Some((name, version)) => match Version::parse(version.trim()) {
            Some(version) => (name.trim_end(), Some(version)),
            None => (text, None),
        },
        None => (text, None),
    };
    let id = match identifier(name) {
        Some(id) => id,
        None => by_name(registry, name)?,
    };
    let Some(version) = version else {
        return registry.newest(id)?.ok_or_else(|| unknown(registry, name));
    };
    if let Some(object) = registry.get(id, version)? {
        return Ok(object);
    }
    let versions = registry.versions(id)?;
    let newest = versions.last().ok_or_else(|| unknown(registry, name))?;
    Err(Error::UnknownVersion {
        object: label(newest),
        asked: version,
        versions: versions.iter().map(|object| object.version).collect(),
    })
}

/// Digits alone: no object has a name of digits, and a sign is none.
fn identifier(text: &str) -> Option<u16> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// By a name of any version. A newest name goes before an older one.
fn by_name(registry: &Registry, name: &str) -> Result<u16, Error> {
    let wanted = key(name);
    let mut of_newest: BTreeMap<u16, &Object> = BTreeMap::new();
    let mut of_any: BTreeMap<u16, &Object> = BTreeMap::new();
    for object in registry.latest() {
        if key(&object.name) == wanted {
            of_newest.insert(object.id, object);
        }
    }
    if of_newest.is_empty() {
        for object in registry.objects() {
            if key(&object.name) == wanted {
                of_any.insert(object.id, object);
            }
        }
    }
    let found = if of_newest.is_empty() { of_any } else { of_newest };
    let mut ids = found.keys().copied();
    match (ids.next(), ids.next()) {
        (None, _) => Err(unknown(registry, name)),
        (Some(id), None) => Ok(id),
        (Some(_), Some(_)) => Err(Error::Ambiguous {
            asked: name.to_owned(),
            objects: found.into_values().map(label).collect(),
        }),
    }
}

fn unknown(registry: &Registry, name: &str) -> Error {
    let wanted = key(name);
    let mut similar: Vec<(usize, &Object)> = Vec::new();
    // A distance to a whole book is of no use.
    if identifier(name).is_none() && !wanted.is_empty() && wanted.len() <= 200 {
        for object in registry.latest() {
            let key = key(&object.name);
            let distance = match key.contains(&wanted) {
                true => 1,
                false => damerau_levenshtein(&key, &wanted),
            };
            if distance <= 1 + wanted.chars().count() / 4 {
                similar.push((distance, object));
            }
        }
    }
    similar.sort_by_key(|(distance, object)| (*distance, object.id));
    Error::Unknown {
        asked: name.to_owned(),
        similar: similar
            .into_iter()
            .take(SIMILAR)
            .map(|(_, object)| label(object))
            .collect(),
        unreadable: registry.errors().len(),
    }
}

fn label(object: &Object) -> String {
    format!("{} {}", object.id, Printable(&object.name))
}

/// Letters and digits in lower case; a name that has none stays as it is.
pub(crate) fn key(name: &str) -> String {
    let key: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if key.is_empty() { name.to_owned() } else { key }
}
