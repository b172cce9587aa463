//! Which of the index's files are wanted.

use strsim::damerau_levenshtein;

use super::error::Error;
use super::index::{Index, IndexItem};
use crate::model::Version;
use crate::registry::key;

/// The items that `wanted` names by id or name, each once, in the order of the index; all where `wanted` is empty.
pub(super) fn pick(index: &Index, wanted: &[String]) -> Result<Vec<IndexItem>, Error> {
    if wanted.is_empty() {
        return Ok(index.items.clone());
    }
    let mut picked = vec![false; index.items.len()];
    for text in wanted {
        let (object, version) = split(text)?;
        let mut found = false;
        for (item, picked) in index.items.iter().zip(&mut picked) {
            if is_named(item, object) && version.is_none_or(|version| version == item.version) {
                *picked = true;
                found = true;
            }
        }
        if !found {
            return Err(Error::UnknownObject {
                wanted: text.clone(),
                suggestions: suggest(index, object),
            });
        }
    }
    Ok(index
        .items
        .iter()
        .zip(picked)
        .filter(|(_, picked)| *picked)
        .map(|(item, _)| item.clone())
        .collect())
}

fn split(wanted: &str) -> Result<(&str, Option<Version>), Error> {
    let not_an_object = || Error::NotAnObject {
        wanted: wanted.to_owned(),
    };
    let (object, version) = match wanted.rsplit_once('@') {
        None => (wanted, None),
        Some((object, version)) => (object, Some(Version::parse(version).ok_or_else(not_an_object)?)),
    };
    if object.trim().is_empty() {
        Err(not_an_object())
    } else {
        Ok((object, version))
    }
}

fn is_named(item: &IndexItem, object: &str) -> bool {
    let object = object.trim();
    if object.bytes().all(|byte| byte.is_ascii_digit()) {
        object.parse() == Ok(item.id)
    } else {
        key(&item.name) == key(object)
    }
}

/// The objects that may have been meant: the same object in another version, or those with the most similar names.
fn suggest(index: &Index, object: &str) -> Vec<String> {
    let versions: Vec<String> = index
        .items
        .iter()
        .filter(|item| is_named(item, object))
        .map(|item| format!("{}@{}", item.id, item.version))
        .collect();
    if !versions.is_empty() {
        return versions;
    }
    let object = key(object);
    // A distance to a whole book is of no use.
    if object.len() > 200 {
        return Vec::new();
    }
    let mut similar: Vec<(usize, &IndexItem)> = index
        .items
        .iter()
        .map(|item| (damerau_levenshtein(&object, &key(&item.name)), item))
        .filter(|(distance, _)| *distance <= object.len().div_ceil(4))
        .collect();
    similar.sort_by_key(|(distance, item)| (*distance, item.id));
    similar.dedup_by_key(|(_, item)| item.id);
    similar
        .iter()
        .take(3)
        .map(|(_, item)| format!("{:?} ({})", item.name, item.id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let item = |id: u16, name: &str, version: &str| {
            format!(
                "<Item><ObjectID>{id}</ObjectID><Name>{name}</Name><Ver>{version}</Ver>\
                 <DDF>version_history/{id}-{}.xml</DDF></Item>",
                version.replace('.', "_")
            )
        };
        let text = [
            item(3, "Device", "1.0"),
            item(3, "Device", "1.1"),
            item(6, "Location", "1.0"),
            item(3303, "Temperature", "1.1"),
            item(3336, "Location", "1.0"),
        ];
        Index::parse(format!("<DDFList>{}</DDFList>", text.concat()).as_bytes()).unwrap()
    }

    fn picked(wanted: &[&str]) -> Result<Vec<String>, String> {
        let wanted: Vec<String> = wanted.iter().map(|text| (*text).to_owned()).collect();
        let items = pick(&index(), &wanted).map_err(|error| error.to_string())?;
        Ok(items
            .iter()
            .map(|item| format!("{}@{}", item.id, item.version))
            .collect())
    }

    #[test]
    fn objects_are_picked_by_id_name_and_version() {
        assert_eq!(picked(&[]).unwrap().len(), 5);
        assert_eq!(picked(&["3"]).unwrap(), ["3@1.0", "3@1.1"]);
        assert_eq!(picked(&["device@1.1", "3@1.1"]).unwrap(), ["3@1.1"]);
        assert_eq!(
            picked(&["LOCATION", "3"]).unwrap(),
            ["3@1.0", "3@1.1", "6@1.0", "3336@1.0"]
        );
    }

    #[test]
    fn typos_are_answered_with_what_was_meant() {
        assert_eq!(
            picked(&["Temprature"]).unwrap_err(),
            "the index has no object \"Temprature\"; did you mean \"Temperature\" (3303)?"
        );
        assert_eq!(
            picked(&["locatoin"]).unwrap_err(),
            "the index has no object \"locatoin\"; did you mean \"Location\" (6) or \"Location\" (3336)?"
        );
        assert_eq!(
            picked(&["3@1.2"]).unwrap_err(),
            "the index has no object \"3@1.2\"; did you mean 3@1.0 or 3@1.1?"
        );
        assert_eq!(picked(&["4711"]).unwrap_err(), "the index has no object \"4711\"");
        for wanted in ["", "@1.0", "3@", "3@1", "3@x"] {
            assert!(
                picked(&[wanted]).unwrap_err().contains("is not an object"),
                "{wanted}"
            );
        }
    }
}
