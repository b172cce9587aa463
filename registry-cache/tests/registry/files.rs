use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use lwm2m_registry_cache::unpack;

use crate::{facts, xml};

#[test]
fn the_registry_is_complete() {
    let files = unpack();
    let objects: BTreeSet<_> = files.iter().map(|file| file.object_id).collect();

    assert_eq!(files.len(), 424);
    assert_eq!(files.iter().count(), 424);
    assert!(!files.is_empty());
    assert_eq!(objects.len(), 327);
}

#[test]
fn unpacking_gives_the_committed_files() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("objects");
    let committed: BTreeMap<_, _> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();

    let files = unpack();
    let unpacked: BTreeMap<_, _> = files
        .iter()
        .map(|file| (file.name.to_owned(), file.xml.to_owned()))
        .collect();
    assert!(unpacked == committed);
}

#[test]
fn files_come_by_object_then_version() {
    let files = unpack();
    let order: Vec<_> = files.iter().map(|file| (file.object_id, file.version)).collect();
    assert!(order.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_file_is_found_by_object_and_version() {
    let files = unpack();
    for file in files.iter() {
        let (major, minor) = file.version;
        assert_eq!(files.get(file.object_id, major, minor), Some(file));
    }
    assert_eq!(files.get(3, 1, 9), None);
    assert_eq!(files.get(4, 0, 0), None);
    assert_eq!(files.get(u16::MAX, 1, 0), None);
}

#[test]
fn the_versions_of_an_object_come_oldest_first() {
    let files = unpack();
    let versions = |id| files.versions(id).map(|file| file.version).collect::<Vec<_>>();

    assert_eq!(versions(0), [(1, 0), (1, 1), (1, 2)]);
    assert_eq!(versions(20), [(1, 0), (2, 0), (2, 1)]);
    assert_eq!(versions(18831), [(1, 0)]);
    assert_eq!(versions(29), []);
    assert_eq!(versions(u16::MAX), []);
}

#[test]
fn every_file_is_named_after_its_content() {
    for file in unpack().iter() {
        let id = xml::text(file.xml, "ObjectID").unwrap();
        let version = match xml::text(file.xml, "ObjectVersion") {
            None | Some("") => "1.0",
            Some(version) => version,
        };
        let (major, minor) = version.split_once('.').unwrap();

        assert_eq!(file.name, format!("{id}-{major}_{minor}.xml"));
        assert_eq!(file.object_id.to_string(), id);
        assert_eq!(file.version, (major.parse().unwrap(), minor.parse().unwrap()));
    }
}

/// The tool that wrote the files writes them again from themselves: they are in its form and hold no more than it keeps,
/// which is no comment and no description.
#[test]
fn the_files_hold_facts_only() {
    for file in unpack().iter() {
        let (name, facts) = facts::from_upstream(file.xml).unwrap();
        assert_eq!((name.as_str(), facts.as_str()), (file.name, file.xml));

        assert!(!file.xml.contains("<!"), "{}", file.name);
        assert_eq!(xml::text(file.xml, "Description1"), Some(""), "{}", file.name);
        assert_eq!(xml::text(file.xml, "Description2"), Some(""), "{}", file.name);
        for (id, resource) in xml::resources(file.xml) {
            assert_eq!(
                xml::text(resource, "Description"),
                Some(""),
                "{} resource {id}",
                file.name
            );
        }
    }
}

#[test]
fn the_files_keep_every_resource() {
    let count = unpack()
        .iter()
        .map(|file| xml::resources(file.xml).count())
        .sum::<usize>();
    assert_eq!(count, 4506);
}
