//! What a fetch does to its directory, and what it tells of it.

use std::fs;

use lwm2m_codegen::fetch::{ChangeKind, Error, Fetcher, Options, Progress};
use tempfile::TempDir;

use super::{fetch, filled, kinds, options, small};
use crate::tree::Tree;

#[test]
fn a_first_fetch_brings_everything_and_a_second_changes_nothing() {
    let server = small().serve();
    let directory = TempDir::new().unwrap();
    let into = directory.path().join("new/registry");

    let report = fetch(options(&server.url(), &into)).unwrap();
    assert_eq!(
        kinds(&report),
        [
            (3, ChangeKind::New),
            (6, ChangeKind::New),
            (3303, ChangeKind::New)
        ]
    );
    assert_eq!((report.files, report.unchanged, report.retries), (5, 0, 0));
    assert_eq!(report.source.as_deref(), Some(server.url().as_str()));
    assert_eq!(Tree::at(&into), small());

    let written = fs::metadata(into.join("3.xml")).unwrap().modified().unwrap();
    let report = fetch(options(&server.url(), &into)).unwrap();
    assert_eq!((kinds(&report).len(), report.files, report.unchanged), (0, 5, 3));
    assert_eq!(Tree::at(&into), small());
    assert_eq!(
        fs::metadata(into.join("3.xml")).unwrap().modified().unwrap(),
        written,
        "same files are not written"
    );
}

#[test]
fn the_report_says_what_is_new_updated_changed_and_removed() {
    let directory = filled();
    let edited = small()
        .text("6.xml")
        .replace("<Name>Location</Name>", "<Name>Position</Name>");
    let tree = Tree::of(&[(3, 1, 0), (3, 1, 1), (3, 1, 2), (6, 1, 0), (3304, 1, 1)]).with("6.xml", edited);

    let report = fetch(options(&tree.serve().url(), directory.path())).unwrap();

    let version = |text| lwm2m_codegen::model::Version::parse(text).unwrap();
    let (from, to) = (version("1.1"), version("1.2"));
    assert_eq!(
        kinds(&report),
        [
            (3, ChangeKind::Updated { from, to }),
            (6, ChangeKind::Changed),
            (3303, ChangeKind::Removed),
            (3304, ChangeKind::New)
        ]
    );
    assert_eq!(report.changes[1].edited, [version("1.0")]);
    assert_eq!(report.unchanged, 0);
    assert_eq!(
        Tree::at(directory.path()),
        tree,
        "removed files are gone, and nothing else is there"
    );
}

#[test]
fn a_part_is_fetched_by_id_name_and_version_and_the_rest_stays() {
    let server = Tree::of(&[
        (3, 1, 0),
        (3, 1, 1),
        (3, 1, 2),
        (6, 1, 0),
        (3303, 1, 0),
        (3303, 1, 1),
        (3304, 1, 1),
    ])
    .serve();
    let directory = TempDir::new().unwrap();
    let part = |objects: &[&str]| {
        let objects = objects.iter().map(|object| (*object).to_owned()).collect();
        fetch(Options {
            objects,
            ..options(&server.url(), directory.path())
        })
        .unwrap()
    };
    let listed = || Tree::at(directory.path()).0.into_keys().collect::<Vec<_>>();

    assert_eq!(part(&["temperature"]).files, 2);
    assert_eq!(listed(), ["3303.xml", "DDF.xml", "version_history/3303-1_0.xml"]);
    let report = part(&["3@1.1", "6"]);
    assert_eq!(kinds(&report), [(3, ChangeKind::New), (6, ChangeKind::New)]);
    assert_eq!(
        listed(),
        [
            "3303.xml",
            "6.xml",
            "DDF.xml",
            "version_history/3-1_1.xml",
            "version_history/3303-1_0.xml"
        ]
    );
    let offline = fetch(Options {
        offline: true,
        ..options("", directory.path())
    })
    .unwrap();
    assert_eq!(
        (offline.files, offline.missing.len()),
        (4, 0),
        "the index names what is there"
    );

    let report = fetch(options(&server.url(), directory.path())).unwrap();
    assert_eq!(
        kinds(&report).iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        [3, 3304]
    );
    assert_eq!(report.unchanged, 2);
}

#[test]
fn an_older_file_that_a_newer_version_takes_over_leaves_no_wrong_entry() {
    let directory = TempDir::new().unwrap();
    fetch(options(&Tree::of(&[(3, 1, 1)]).serve().url(), directory.path())).unwrap();
    let newer = Tree::of(&[(3, 1, 1), (3, 1, 2)]).serve();

    let report = fetch(Options {
        objects: vec!["3@1.2".to_owned()],
        ..options(&newer.url(), directory.path())
    })
    .unwrap();

    assert!(matches!(kinds(&report)[..], [(3, ChangeKind::Updated { .. })]));
    let offline = fetch(Options {
        offline: true,
        ..options("", directory.path())
    })
    .unwrap();
    assert_eq!((offline.files, offline.missing.len()), (1, 0));
}

#[test]
fn an_unknown_object_is_answered_with_suggestions() {
    let server = small().serve();
    let directory = TempDir::new().unwrap();
    let objects = vec!["Temprature".to_owned()];
    let error = fetch(Options {
        objects,
        ..options(&server.url(), directory.path())
    })
    .unwrap_err();
    assert!(
        error.to_string().contains("did you mean \"Temperature\" (3303)?"),
        "{error}"
    );
    assert_eq!(server.requests(), ["/DDF.xml"]);
}

#[test]
fn a_directory_with_other_files_is_left_alone() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("3303.xml"), "mine").unwrap();
    let error = fetch(options(&small().serve().url(), directory.path())).unwrap_err();
    assert!(matches!(error, Error::NotARegistry { .. }), "{error}");
    assert_eq!(
        fs::read_to_string(directory.path().join("3303.xml")).unwrap(),
        "mine"
    );
}

#[test]
fn files_that_no_fetch_wrote_stay() {
    let directory = filled();
    fs::write(directory.path().join("my-object.xml"), "mine").unwrap();
    let tree = Tree::of(&[(3, 1, 1)]);
    fetch(options(&tree.serve().url(), directory.path())).unwrap();
    assert_eq!(Tree::at(directory.path()), tree.with("my-object.xml", "mine"));
}

#[test]
fn a_file_that_was_lost_or_edited_comes_back() {
    let directory = filled();
    fs::remove_file(directory.path().join("6.xml")).unwrap();
    fs::write(directory.path().join("3.xml"), "edited").unwrap();
    let report = fetch(options(&small().serve().url(), directory.path())).unwrap();
    assert_eq!(kinds(&report), [(3, ChangeKind::Changed), (6, ChangeKind::New)]);
    assert_eq!(Tree::at(directory.path()), small());
}

#[test]
fn offline_says_what_is_missing() {
    let directory = filled();
    let offline = |objects: &[&str]| {
        let objects = objects.iter().map(|object| (*object).to_owned()).collect();
        fetch(Options {
            offline: true,
            objects,
            ..options("", directory.path())
        })
    };
    assert_eq!(offline(&[]).unwrap().files, 5);
    fs::remove_file(directory.path().join("6.xml")).unwrap();
    let report = offline(&[]).unwrap();
    assert_eq!((report.files, report.missing), (4, vec!["6.xml".to_owned()]));
    assert!(offline(&["3303"]).unwrap().missing.is_empty());
    fs::write(directory.path().join("3.xml"), "broken").unwrap();
    assert!(matches!(offline(&[]).unwrap_err(), Error::Refused(_)));

    let empty = TempDir::new().unwrap();
    let error = fetch(Options {
        offline: true,
        ..options("", empty.path())
    })
    .unwrap_err();
    assert!(matches!(error, Error::NothingFetched { .. }), "{error}");
}

#[test]
fn progress_is_told_in_order() {
    let server = small().serve();
    let directory = TempDir::new().unwrap();
    let mut told = Vec::new();
    Fetcher::new(options(&server.url(), directory.path()))
        .unwrap()
        .run(|progress| {
            told.push(match progress {
                Progress::Index { files } => format!("index {files}"),
                Progress::File { done, .. } => format!("file {done}"),
                Progress::Writing { files } => format!("writing {files}"),
                _ => "other".to_owned(),
            });
        })
        .unwrap();
    assert_eq!(
        told,
        [
            "index 5",
            "file 1",
            "file 2",
            "file 3",
            "file 4",
            "file 5",
            "writing 6"
        ]
    );
}

#[test]
fn the_real_registry_is_fetched_and_is_as_the_lock_has_it() {
    let Some(tree) = Tree::real() else { return };
    let server = tree.serve();
    let directory = TempDir::new().unwrap();
    let report = fetch(Options {
        locked: true,
        ..options(&server.url(), directory.path())
    })
    .unwrap();
    assert_eq!(
        (report.files, report.changes.len(), report.unlocked.len()),
        (424, 327, 0)
    );
    assert_eq!(report.repaired.len(), 19);
    assert_eq!(Tree::at(directory.path()), tree);
    let again = fetch(Options {
        locked: true,
        ..options(&server.url(), directory.path())
    })
    .unwrap();
    assert_eq!((again.changes.len(), again.unchanged), (0, 327));
}

#[test]
fn a_directory_that_cannot_be_written_stays_as_it_was() {
    let directory = TempDir::new().unwrap();
    fetch(options(&Tree::of(&[(3, 1, 1)]).serve().url(), directory.path())).unwrap();
    fs::write(directory.path().join("version_history"), "in the way").unwrap();
    let before = Tree::at(directory.path());

    let server = Tree::of(&[(3, 1, 1), (3, 1, 2)]).serve();
    let error = fetch(options(&server.url(), directory.path())).unwrap_err();

    assert!(matches!(error, Error::Write { .. }), "{error}");
    assert_eq!(Tree::at(directory.path()), before);
}

#[test]
fn a_fetch_that_fails_between_two_files_leaves_an_index_whose_files_are_all_there() {
    let directory = TempDir::new().unwrap();
    fetch(options(
        &Tree::of(&[(3, 1, 1), (6, 1, 0)]).serve().url(),
        directory.path(),
    ))
    .unwrap();
    let index = fs::read(directory.path().join("DDF.xml")).unwrap();
    // No file can take the place of a directory that is in use. It comes after the update of object 3.
    fs::create_dir_all(directory.path().join("3303.xml/in use")).unwrap();

    let server = Tree::of(&[(3, 1, 1), (3, 1, 2), (3303, 1, 1)]).serve();
    let into = options(&server.url(), directory.path());
    let error = fetch(into.clone()).unwrap_err();

    assert!(matches!(error, Error::Write { .. }), "{error}");
    assert_eq!(
        fs::read(directory.path().join("DDF.xml")).unwrap(),
        index,
        "the index comes last"
    );
    assert!(
        directory.path().join("6.xml").exists(),
        "removals come after that"
    );
    let names: Vec<String> = Tree::at(directory.path()).0.into_keys().collect();
    assert!(!names.iter().any(|name| name.contains(".fetching")), "{names:?}");

    fs::remove_dir_all(directory.path().join("3303.xml")).unwrap();
    fetch(into).unwrap();
    let offline = Options {
        offline: true,
        ..options("", directory.path())
    };
    assert_eq!(fetch(offline).unwrap().files, 3, "the next fetch completes it");
}
