//! Two readers of one schema, one written by hand and one generated, must say the same of the same files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use lwm2m_codegen::{
    model::{Object, Operations, Resource, ResourceType},
    xml::{Mode, read},
};
use lwm2m_codegen_second_opinion::{
    Lwm2M, Lwm2MObject, Lwm2MObjectMandatory as ObjectPresence,
    Lwm2MObjectMultipleInstances as ObjectMultiplicity, Lwm2MObjectResourcesItem as Item,
    Lwm2MObjectResourcesItemMandatory as Presence, Lwm2MObjectResourcesItemMultipleInstances as Multiplicity,
    Lwm2MObjectResourcesItemOperations as ItemOperations, Lwm2MObjectResourcesItemType as ItemType,
};
use xsd_parser_types::quick_xml::{DeserializeSync, SliceReader};

/// What the generated model makes of a file.
fn second(text: &str) -> Option<Lwm2M> {
    Lwm2M::deserialize(&mut SliceReader::new(text)).ok()
}

fn is_accepted(text: &str) -> bool {
    !read(text.as_bytes(), Mode::Strict).has_errors()
}

/// The embedded facts, and the real registry where it is at hand.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for directory in [
        "registry-cache/objects",
        "../shared/registry",
        "../shared/registry/version_history",
    ] {
        let Ok(entries) = fs::read_dir(root.join(directory)) else {
            println!("SKIPPED: {directory} is not here");
            continue;
        };
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    assert!(files.len() >= 424);
    files
}

#[test]
fn both_accept_the_same_files_and_read_the_same_from_them() {
    let mut accepted = 0;
    let files = files();
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let theirs = second(text.trim_start_matches('\u{feff}'));
        assert_eq!(theirs.is_some(), is_accepted(&text), "{}", path.display());
        let Some(theirs) = theirs else {
            continue;
        };
        let ours = read(text.as_bytes(), Mode::Strict).objects;
        assert_eq!(ours.len(), theirs.content.object.len(), "{}", path.display());
        for (ours, theirs) in ours.iter().zip(&theirs.content.object) {
            compare_object(ours, theirs);
        }
        accepted += 1;
    }
    println!(
        "{accepted} of {} files accepted by both, with the same content",
        files.len()
    );
}

/// An element of a file, from its start tag to its end tag.
fn elements<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let (start, end) = (format!("<{name}"), format!("</{name}>"));
    text.match_indices(&start)
        .filter(|(offset, _)| text[offset + start.len()..].starts_with(['>', ' ']))
        .filter_map(|(offset, _)| {
            let length = text[offset..].find(&end)? + end.len();
            Some(&text[offset..offset + length])
        })
        .collect()
}

#[test]
fn both_refuse_what_lacks_an_element_or_has_a_value_too_many() {
    let (mut refused, mut accepted) = (0, 0);
    for path in files()
        .iter()
        .filter(|path| path.to_string_lossy().contains("registry-cache"))
        .step_by(8)
    {
        let text = fs::read_to_string(path).unwrap();
        let names = [
            "Name",
            "ObjectID",
            "ObjectURN",
            "LWM2MVersion",
            "ObjectVersion",
            "MultipleInstances",
            "Mandatory",
        ];
        let of_items = [
            "Operations",
            "Type",
            "RangeEnumeration",
            "Units",
            "Description",
            "Item",
            "Resources",
        ];
        for name in names.into_iter().chain(of_items) {
            let Some(element) = elements(&text, name).into_iter().next_back() else {
                continue;
            };
            let (before, after) = text.rsplit_once(element).unwrap();
            for change in [
                String::new(),
                format!("{element}{element}"),
                element.replace('>', ">x"),
            ] {
                let mutant = format!("{before}{change}{after}");
                let verdict = is_accepted(&mutant);
                assert_eq!(second(&mutant).is_some(), verdict, "{name}: {mutant}");
                if verdict {
                    accepted += 1;
                } else {
                    refused += 1;
                }
            }
        }
    }
    println!("{refused} mutants refused by both, {accepted} accepted by both");
    assert!(refused > 500 && accepted > 100);
}

fn compare_object(ours: &Object, theirs: &Lwm2MObject) {
    let theirs = &theirs.content;
    assert_eq!(ours.id, theirs.object_id);
    assert_eq!(ours.name, folded(&theirs.name));
    assert_eq!(ours.urn, theirs.object_urn);
    let version = |text: &Option<String>| match text.as_deref().unwrap_or_default() {
        "" => "1.0".to_owned(),
        text => text.to_owned(),
    };
    assert_eq!(ours.version.to_string(), version(&theirs.object_version));
    assert_eq!(ours.lwm2m_version.to_string(), version(&theirs.lwm_2m_version));
    assert_eq!(
        ours.multiple,
        matches!(theirs.multiple_instances, ObjectMultiplicity::Multiple)
    );
    assert_eq!(
        ours.mandatory,
        matches!(theirs.mandatory, ObjectPresence::Mandatory)
    );
    assert_eq!(folded(&ours.description), folded(&theirs.description_1));
    assert_eq!(folded(&ours.description2), folded(&theirs.description_2));
    assert_eq!(ours.resources.len(), theirs.resources.content.item.len());
    for (ours, theirs) in ours.resources.iter().zip(&theirs.resources.content.item) {
        compare_resource(ours, theirs);
    }
}

fn compare_resource(ours: &Resource, theirs: &Item) {
    assert_eq!(ours.id, theirs.id);
    let theirs = &theirs.content;
    assert_eq!(ours.name, folded(&theirs.name));
    let operations = match theirs.operations {
        ItemOperations::R => Operations::R,
        ItemOperations::W => Operations::W,
        ItemOperations::Rw => Operations::RW,
        ItemOperations::E => Operations::E,
        ItemOperations::Unknown1 => Operations::None,
    };
    assert_eq!(ours.operations, operations);
    assert_eq!(
        ours.multiple,
        matches!(theirs.multiple_instances, Multiplicity::Multiple)
    );
    assert_eq!(ours.mandatory, matches!(theirs.mandatory, Presence::Mandatory));
    let resource_type = match theirs.type_ {
        ItemType::String => Some(ResourceType::String),
        ItemType::Integer => Some(ResourceType::Integer),
        ItemType::UnsignedInteger => Some(ResourceType::Unsigned),
        ItemType::Float => Some(ResourceType::Float),
        ItemType::Boolean => Some(ResourceType::Boolean),
        ItemType::Opaque => Some(ResourceType::Opaque),
        ItemType::Time => Some(ResourceType::Time),
        ItemType::Objlnk => Some(ResourceType::Objlnk),
        ItemType::Corelnk => Some(ResourceType::Corelnk),
        _ => None,
    };
    assert_eq!(ours.resource_type, resource_type);
    assert_eq!(ours.range, folded(&theirs.range_enumeration));
    assert_eq!(ours.units, folded(&theirs.units));
    assert_eq!(folded(&ours.description), folded(&theirs.description));
}

/// The generated model keeps or drops blanks and line ends as it likes; their words are compared.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
