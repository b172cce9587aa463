//! The generated code in the runtime is what a fresh run generates. `UPDATE_GOLDEN=1` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use lwm2m_codegen::{
    generate::{Form, directory},
    model::Object,
    registry::Registry,
};
use lwm2m_tests::workspace;

#[test]
fn the_core_objects_are_up_to_date() {
    let registry = Registry::embedded();
    let core: Vec<_> = (0..=7).map(|id| registry.newest(id).unwrap().unwrap()).collect();
    assert_up_to_date(&registry, &core, Form::Direct, "objects");
}

#[test]
fn the_catalogue_is_up_to_date() {
    let registry = Registry::embedded();
    let latest = registry.latest();
    assert_eq!(latest.len(), 327);
    assert_up_to_date(&registry, &latest, Form::Tables, "catalogue/latest");
}

#[test]
fn the_history_is_up_to_date() {
    let registry = Registry::embedded();
    let newest: BTreeMap<_, _> = registry
        .latest()
        .iter()
        .map(|object| (object.id, object.version))
        .collect();
    let mut older = registry.objects();
    older.retain(|object| newest.get(&object.id) != Some(&object.version));
    assert_eq!(older.len(), 424 - 327);
    assert_up_to_date(&registry, &older, Form::Tables, "catalogue/history");
}

fn assert_up_to_date(registry: &Registry, objects: &[&Object], form: Form, room: &str) {
    let committed = workspace::root().join("lwm2m-runtime/src").join(room);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        directory(objects, registry.words(), form, &committed).unwrap();
    }
    let fresh = tempfile::tempdir().unwrap();
    directory(objects, registry.words(), form, fresh.path()).unwrap();
    let (fresh, committed) = (files(fresh.path()), files(&committed));
    assert!(!fresh.is_empty());
    assert_eq!(
        fresh.keys().collect::<Vec<_>>(),
        committed.keys().collect::<Vec<_>>(),
        "{room}: run with UPDATE_GOLDEN=1 and review the changes"
    );
    for (name, text) in &fresh {
        assert!(
            committed.get(name) == Some(text),
            "{room}/{} differs: run with UPDATE_GOLDEN=1 and review the changes",
            name.display()
        );
    }
}

/// The files of a directory with their texts.
fn files(directory: &Path) -> BTreeMap<PathBuf, String> {
    let Ok(entries) = fs::read_dir(directory) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| {
            let entry = entry.unwrap();
            (
                PathBuf::from(entry.file_name()),
                fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect()
}
