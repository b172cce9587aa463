use std::collections::{BTreeMap, BTreeSet};

use lwm2m_registry_cache::{OVERLAY, unpack};
use toml::{Table, Value};

use crate::xml;

fn overlay() -> Table {
    OVERLAY.parse().unwrap()
}

fn entries<'a>(overlay: &'a Table, section: &str) -> &'a [Value] {
    overlay[section].as_array().unwrap()
}

fn strings<'a>(entry: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    entry[key]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
}

/// Type and folded range of every resource of the registry, by its address in the overlay.
fn registry() -> BTreeMap<String, (String, String)> {
    let mut registry = BTreeMap::new();
    for file in unpack().iter() {
        let (major, minor) = file.version;
        for (id, resource) in xml::resources(file.xml) {
            registry.insert(
                format!("{}@{major}.{minor}/{id}", file.object_id),
                (
                    xml::text(resource, "Type").unwrap().to_owned(),
                    xml::folded(xml::text(resource, "RangeEnumeration").unwrap()),
                ),
            );
        }
    }
    registry
}

#[test]
fn every_entry_is_as_the_head_of_the_file_describes() {
    let overlay = overlay();
    let shapes: [(&str, &[&str], &[&str]); 3] = [
        ("repair", &["published", "read_as", "reason", "resources"], &[]),
        ("enumeration", &["items", "reason", "resources"], &["ranges"]),
        ("no_enumeration", &["reason", "resources"], &[]),
    ];
    for (section, required, optional) in shapes {
        for entry in entries(&overlay, section) {
            let keys: Vec<_> = entry.as_table().unwrap().keys().map(String::as_str).collect();
            assert!(required.iter().all(|key| keys.contains(key)), "{entry:?}");
            assert!(
                keys.iter()
                    .all(|key| required.contains(key) || optional.contains(key)),
                "{entry:?}"
            );
            assert!(!entry["reason"].as_str().unwrap().is_empty(), "{entry:?}");
            assert!(strings(entry, "resources").count() > 0, "{entry:?}");
        }
    }
    assert!(!overlay["words"]["reason"].as_str().unwrap().is_empty());
    assert_eq!(overlay["format"].as_integer(), Some(1));
    assert_eq!(overlay.len(), 5);
}

#[test]
fn every_address_is_that_of_a_resource_and_occurs_once() {
    let overlay = overlay();
    let registry = registry();
    for sections in [["repair"].as_slice(), &["enumeration", "no_enumeration"]] {
        let mut seen = BTreeSet::new();
        for entry in sections.iter().flat_map(|section| entries(&overlay, section)) {
            for address in strings(entry, "resources") {
                assert!(registry.contains_key(address), "{address} is not in the registry");
                assert!(seen.insert(address.to_owned()), "{address} occurs twice");
            }
        }
    }
}

#[test]
fn enumerations_are_of_integers() {
    let overlay = overlay();
    let registry = registry();
    for section in ["enumeration", "no_enumeration"] {
        for address in entries(&overlay, section)
            .iter()
            .flat_map(|entry| strings(entry, "resources"))
        {
            let (kind, _) = &registry[address];
            assert!(
                kind == "Integer" || kind == "Unsigned Integer",
                "{address} is of type {kind:?}"
            );
        }
    }
}

#[test]
fn codes_and_identifiers_tell_the_items_apart() {
    let overlay = overlay();
    for entry in entries(&overlay, "enumeration") {
        let items = entry["items"].as_array().unwrap();
        let codes: Vec<_> = items.iter().map(|item| item[0].as_integer().unwrap()).collect();
        let identifiers: BTreeSet<_> = items.iter().map(|item| item[1].as_str().unwrap()).collect();

        assert!(!items.is_empty(), "{entry:?}");
        assert!(codes.is_sorted_by(|a, b| a < b), "{entry:?}");
        assert_eq!(identifiers.len(), items.len(), "{entry:?}");
        for item in items {
            assert_eq!(item.as_array().unwrap().len(), 3, "{entry:?}");
        }
    }
}

#[test]
fn identifiers_are_legal_and_short() {
    let overlay = overlay();
    for item in entries(&overlay, "enumeration")
        .iter()
        .flat_map(|entry| entry["items"].as_array().unwrap())
    {
        let identifier = item[1].as_str().unwrap();
        let legal = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
        assert!(
            identifier.starts_with(|c: char| c.is_ascii_uppercase()),
            "{identifier}"
        );
        assert!(identifier.bytes().all(legal), "{identifier}");
        assert!(
            !identifier.contains("__") && !identifier.ends_with('_'),
            "{identifier}"
        );
        assert!(identifier.len() <= 32, "{identifier}");
    }
}

/// A label is a name, never a sentence of upstream's description.
#[test]
fn labels_are_short_names() {
    let overlay = overlay();
    for entry in entries(&overlay, "enumeration") {
        let items = entry["items"].as_array().unwrap();
        let ranges = entry
            .get("ranges")
            .map_or(&[][..], |ranges| ranges.as_array().unwrap());
        for label in items.iter().chain(ranges).map(|item| item[2].as_str().unwrap()) {
            assert!(!label.is_empty() && label.len() <= 60, "{label}");
            assert_eq!(label, label.trim(), "{label}");
            assert!(
                !label.ends_with('.') && !label.chars().any(char::is_control),
                "{label}"
            );
        }
        for label in items.iter().map(|item| item[2].as_str().unwrap()) {
            assert!(
                !label.to_lowercase().starts_with("reserved"),
                "a reserved code has no name: {entry:?}"
            );
        }
    }
}

#[test]
fn ranges_lie_apart_from_each_other_and_from_the_items() {
    let overlay = overlay();
    for entry in entries(&overlay, "enumeration") {
        let Some(ranges) = entry.get("ranges") else {
            continue;
        };
        let bounds = |range: &Value| (range[0].as_integer().unwrap(), range[1].as_integer().unwrap());
        let ranges: Vec<_> = ranges.as_array().unwrap().iter().map(bounds).collect();

        assert!(ranges.iter().all(|(low, high)| low <= high), "{entry:?}");
        assert!(ranges.is_sorted_by(|a, b| a.1 < b.0), "{entry:?}");
        for item in entry["items"].as_array().unwrap() {
            let code = item[0].as_integer().unwrap();
            assert!(
                !ranges.iter().any(|(low, high)| (*low..=*high).contains(&code)),
                "{entry:?}"
            );
        }
    }
}

/// A code that keeps its label in another version of the object keeps its identifier.
#[test]
fn identifiers_stay_put_between_versions() {
    let overlay = overlay();
    let mut names = BTreeMap::new();
    for entry in entries(&overlay, "enumeration") {
        for address in strings(entry, "resources") {
            let (object, rest) = address.split_once('@').unwrap();
            let (_, resource) = rest.split_once('/').unwrap();
            for item in entry["items"].as_array().unwrap() {
                let key = (
                    object,
                    resource,
                    item[0].as_integer().unwrap(),
                    item[2].as_str().unwrap(),
                );
                let identifier = item[1].as_str().unwrap();
                assert_eq!(*names.entry(key).or_insert(identifier), identifier, "{address}");
            }
        }
    }
}

#[test]
fn repairs_quote_the_published_text() {
    let overlay = overlay();
    let registry = registry();
    for entry in entries(&overlay, "repair") {
        for address in strings(entry, "resources") {
            let (_, range) = &registry[address];
            assert_eq!(entry["published"].as_str(), Some(range.as_str()), "{address}");
        }
        assert_ne!(entry["published"], entry["read_as"], "{entry:?}");
    }
}

#[test]
fn repairs_read_as_intervals_in_order() {
    let overlay = overlay();
    for entry in entries(&overlay, "repair") {
        let text = entry["read_as"].as_str().unwrap();
        let mut last = None;
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let (low, high) = part.split_once("..").unwrap_or((part, part));
            let (low, high): (i64, i64) = (low.parse().unwrap(), high.parse().unwrap());
            assert!(low <= high && last.is_none_or(|last| last < low), "{entry:?}");
            last = Some(high);
        }
    }
}

#[test]
fn words_become_words() {
    let overlay = overlay();
    let words = overlay["words"]["snake_case"].as_table().unwrap();
    let names: Vec<_> = unpack()
        .iter()
        .flat_map(|file| {
            file.xml
                .split("<Name>")
                .skip(1)
                .map(|rest| xml::folded(rest.split('<').next().unwrap()))
                .collect::<Vec<_>>()
        })
        .collect();
    for (word, snake_case) in words {
        let snake_case = snake_case.as_str().unwrap();
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(!snake_case.is_empty() && snake_case.chars().all(legal), "{word}");
        assert!(
            names.iter().any(|name| name.contains(word)),
            "no name has the word {word}"
        );
    }
}
