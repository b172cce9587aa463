//! What a fetch does not believe.

use lwm2m_codegen::fetch::{Error, Fetcher, Fingerprint, IndexProblem, Options};
use tempfile::TempDir;

use super::{fetch, filled, lock, options, small};
use crate::server::{Answer, Server};
use crate::tree::Tree;

#[test]
fn differences_from_the_lock_are_reported_and_refused_when_locked() {
    let edited = small()
        .text("6.xml")
        .replace("<Name>Location</Name>", "<Name>Position</Name>");
    let tree = small().with("6.xml", edited);
    let server = tree.serve();
    let directory = TempDir::new().unwrap();
    let fetcher = |locked, tree: &Tree| {
        let options = Options {
            locked,
            ..options(&server.url(), directory.path())
        };
        Fetcher::new(options).unwrap().with_lock(lock(tree))
    };

    let error = fetcher(true, &small()).run(|_| {}).unwrap_err();
    let Error::Locked { commit, files } = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (commit.as_str(), files.len(), files[0].file.as_str()),
        ("0123456789abcdef", 1, "6.xml")
    );
    assert_eq!(files[0].found, Fingerprint::of(&tree.0["6.xml"]));
    assert_eq!(files[0].locked, Some(Fingerprint::of(&small().0["6.xml"])));
    assert_eq!(Tree::at(directory.path()), Tree::default());

    assert!(fetcher(true, &tree).run(|_| {}).unwrap().unlocked.is_empty());
    assert_eq!(
        fetcher(false, &small()).run(|_| {}).unwrap().unlocked[0].file,
        "6.xml"
    );

    let offline = Options {
        offline: true,
        locked: true,
        ..options("", directory.path())
    };
    let error = Fetcher::new(offline)
        .unwrap()
        .with_lock(lock(&small()))
        .run(|_| {})
        .unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
}

#[test]
fn line_ends_are_no_difference() {
    let mut windows = small();
    for bytes in windows.0.values_mut() {
        *bytes = String::from_utf8(bytes.clone())
            .unwrap()
            .replace('\n', "\r\n")
            .into_bytes();
    }
    let server = windows.serve();
    let directory = filled();
    let options = Options {
        locked: true,
        ..options(&server.url(), directory.path())
    };
    let report = Fetcher::new(options)
        .unwrap()
        .with_lock(lock(&small()))
        .run(|_| {})
        .unwrap();
    assert_eq!((report.changes.len(), report.unchanged), (0, 3));
}

#[test]
fn files_that_are_not_the_promised_definitions_are_refused() {
    let small_tree = small();
    let other_id = small_tree.0["3.xml"].clone();
    let other_version = small_tree.0["version_history/3303-1_0.xml"].clone();
    for (file, bytes) in [
        ("6.xml", b"<html>Please log in</html>".to_vec()),
        ("6.xml", b"Not found".to_vec()),
        ("6.xml", Vec::new()),
        ("6.xml", vec![0xff; 100]),
        ("6.xml", other_id),
        ("3303.xml", other_version),
        ("6.xml", b"<!DOCTYPE a [<!ENTITY b \"c\">]><LWM2M/>".to_vec()),
    ] {
        let directory = filled();
        let server = small().with(file, bytes.clone()).serve();
        let error = fetch(options(&server.url(), directory.path())).unwrap_err();
        let Error::Refused(refusals) = &error else {
            panic!("{error}")
        };
        assert_eq!(
            (refusals.len(), refusals[0].file.as_str()),
            (1, file),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(Tree::at(directory.path()), small());
    }
}

// proves: ROB-66 ROB-69
#[test]
fn a_hostile_index_is_refused_before_anything_else_is_asked_for() {
    let trick = small()
        .text("DDF.xml")
        .replace("<DDF>6.xml</DDF>", "<DDF>../../6.xml</DDF>");
    let bomb = small()
        .text("DDF.xml")
        .replace("<DDFList>", "<!DOCTYPE a [<!ENTITY b \"c\">]><DDFList>");
    for index in [trick, bomb, "<html/>".to_owned()] {
        let server = small().with("DDF.xml", index).serve();
        let directory = filled();
        let error = fetch(options(&server.url(), directory.path())).unwrap_err();
        let Error::Index { place, reason } = &error else {
            panic!("{error}")
        };
        assert_eq!(*place, format!("{}DDF.xml", server.url()));
        let known = [IndexProblem::Doctype, IndexProblem::Root("html".to_owned())];
        assert!(
            matches!(reason.problem, IndexProblem::File { .. }) || known.contains(&reason.problem),
            "{error}"
        );
        assert_eq!(server.requests(), ["/DDF.xml"]);
        assert_eq!(Tree::at(directory.path()), small());
    }
}

#[test]
fn only_http_is_fetched_from() {
    let directory = TempDir::new().unwrap();
    for from in [
        "file:///etc",
        "ftp://host/",
        "/etc",
        "registry",
        "http://",
        "",
        "http://h/?a=b",
        "http://h/#a",
    ] {
        let error = fetch(options(from, directory.path())).unwrap_err();
        assert!(matches!(error, Error::Source { .. }), "{from}: {error}");
    }
}

#[test]
fn a_revision_follows_the_root() {
    let tree = small();
    let server = Server::start(move |path, _| match path.strip_prefix("/mirror/v1.0/") {
        Some(file) => tree.answer(file),
        None => Answer::Status(404),
    });
    let directory = TempDir::new().unwrap();
    let from = format!("{}mirror", server.url());
    let revision = Some("v1.0".to_owned());
    assert_eq!(
        fetch(Options {
            revision,
            ..options(&from, directory.path())
        })
        .unwrap()
        .files,
        5
    );

    for revision in ["", "..", "a/../b", "a b", "a?b", "a#b", "%2e", "/a", "a\\b", "."] {
        let revision = Some(revision.to_owned());
        let error = fetch(Options {
            revision,
            ..options(&from, directory.path())
        })
        .unwrap_err();
        assert!(matches!(error, Error::Revision { .. }), "{error}");
    }
}
