//! Fetching from servers that are honest, slow, broken and hostile. No network: every server is on this machine.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail the test"
)]

mod support;

use std::fs;
use std::path::Path;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use lwm2m_codegen::fetch::{
    ChangeKind, DownloadError, DownloadProblem, Error, Fetcher, Fingerprint, IndexProblem, Limits, Lock,
    Options, Patience, Progress, Report,
};
use support::server::{Answer, Server};
use support::tree::Tree;
use tempfile::TempDir;

/// Impatient, so that tests are quick.
fn options(from: &str, into: &Path) -> Options {
    Options {
        from: Some(from.to_owned()),
        into: into.to_owned(),
        patience: Patience {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(10),
            total: Duration::from_secs(60),
            attempts: 3,
            backoff: Duration::from_millis(1),
            backoff_limit: Duration::from_millis(10),
        },
        proxy_from_environment: false,
        ..Options::default()
    }
}

fn fetch(options: Options) -> Result<Report, Error> {
    Fetcher::new(options).unwrap().run(|_| {})
}

fn small() -> Tree {
    Tree::of(&[(3, 1, 0), (3, 1, 1), (6, 1, 0), (3303, 1, 0), (3303, 1, 1)])
}

/// A directory that has the small tree.
fn filled() -> TempDir {
    let directory = TempDir::new().unwrap();
    fetch(options(&small().serve().url(), directory.path())).unwrap();
    directory
}

/// A lock with the fingerprints of a tree.
fn lock(tree: &Tree) -> Lock {
    let mut text = String::from("format = 1\n[upstream]\ncommit = \"0123456789abcdef\"\n[files]\n");
    for (file, bytes) in &tree.0 {
        text += &format!(
            "{file:?} = {{ bytes = 1, sha256 = \"{}\" }}\n",
            Fingerprint::of(bytes)
        );
    }
    Lock::parse(&text).unwrap()
}

fn kinds(report: &Report) -> Vec<(u16, ChangeKind)> {
    report
        .changes
        .iter()
        .map(|change| (change.id, change.kind()))
        .collect()
}

/// The failure of a fetch of which only one download failed; the directory is as it was.
fn failure(server: &Server, change: impl FnOnce(&mut Options)) -> DownloadError {
    let directory = filled();
    let mut options = options(&server.url(), directory.path());
    change(&mut options);
    let error = fetch(options).unwrap_err();
    assert_eq!(
        Tree::at(directory.path()),
        small(),
        "a failed fetch leaves the directory as it was"
    );
    match error {
        Error::Download(mut failures) if failures.len() == 1 => failures.remove(0),
        error => panic!("{error}"),
    }
}

/// Serves the small tree, but answers differently for one file.
fn small_but(file: &'static str, answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Server {
    let tree = small();
    Server::start(move |path, before| {
        if path.trim_start_matches('/') == file {
            answer(before)
        } else {
            tree.answer(path)
        }
    })
}

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
fn a_silent_server_is_left_after_the_last_attempt() {
    for answer in [Answer::Stall, Answer::StallAfter(small().0["6.xml"].clone())] {
        let server = small_but("6.xml", move |_| answer.clone());
        let failure = failure(&server, |options| {
            options.patience.read = Duration::from_millis(50)
        });
        assert_eq!((failure.attempts, failure.reason), (3, DownloadProblem::TimedOut));
    }
}

#[test]
fn the_whole_fetch_has_a_time_limit() {
    let server = small_but("DDF.xml", |_| Answer::Stall);
    let directory = filled();
    let mut options = options(&server.url(), directory.path());
    options.patience.total = Duration::from_millis(50);
    let error = fetch(options).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    assert_eq!(Tree::at(directory.path()), small());
}

#[test]
fn a_truncated_file_is_never_accepted() {
    let half = {
        let mut bytes = small().0["6.xml"].clone();
        bytes.truncate(bytes.len() / 2);
        bytes
    };
    for (broken, attempts) in [(Answer::Truncated(half), 3), (Answer::Close, 3)] {
        let server = small_but("6.xml", move |_| broken.clone());
        let failure = failure(&server, |_| {});
        assert_eq!(failure.attempts, attempts);
        assert!(
            matches!(failure.reason, DownloadProblem::Connection(_)),
            "{failure}"
        );
    }
}

#[test]
fn no_server_is_a_clear_error_and_tells_no_password() {
    let directory = filled();
    // Nobody listens on the port of tcpmux.
    let from = "http://user:secret@127.0.0.1:1/";
    let error = fetch(options(from, directory.path())).unwrap_err().to_string();
    assert!(error.contains("DDF.xml: the connection failed"), "{error}");
    assert!(
        error.contains("tried 3 times") && !error.contains("secret"),
        "{error}"
    );
    assert_eq!(Tree::at(directory.path()), small());
}

#[test]
fn a_passing_failure_is_survived() {
    let bytes = small().0["6.xml"].clone();
    for broken in [
        Answer::Status(500),
        Answer::Status(503),
        Answer::Later(429, 3600),
        Answer::Close,
        Answer::Truncated(bytes.clone()),
    ] {
        let bytes = bytes.clone();
        let server = small_but("6.xml", move |before| {
            if before < 2 {
                broken.clone()
            } else {
                Answer::Ok(bytes.clone())
            }
        });
        let directory = TempDir::new().unwrap();
        let report = fetch(options(&server.url(), directory.path())).unwrap();
        assert_eq!(report.retries, 2);
        assert_eq!(Tree::at(directory.path()), small());
    }
}

#[test]
fn a_missing_file_is_not_asked_for_again_and_all_are_named() {
    let tree = small();
    let server = Server::start(move |path, _| match path {
        "/6.xml" => Answer::Status(404),
        "/3.xml" => Answer::Status(403),
        _ => tree.answer(path),
    });
    let directory = filled();
    let error = fetch(options(&server.url(), directory.path())).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("2 files could not be downloaded:\n"), "{text}");
    assert!(
        text.contains("/3.xml: the server answered 403 Forbidden"),
        "{text}"
    );
    assert!(
        text.contains("/6.xml: the server does not have it (404)"),
        "{text}"
    );
    assert_eq!(
        server.requests().iter().filter(|path| *path == "/6.xml").count(),
        1
    );
    assert_eq!(Tree::at(directory.path()), small());
}

#[test]
fn a_dead_server_is_not_asked_for_the_whole_registry() {
    let versions: Vec<_> = lwm2m_registry_cache::unpack()
        .iter()
        .map(|f| (f.object_id, f.version.0, f.version.1))
        .collect();
    let index = Tree::of(&versions).0["DDF.xml"].clone();
    let server = Server::start(move |path, _| match path {
        "/DDF.xml" => Answer::Ok(index.clone()),
        _ => Answer::Status(404),
    });
    let directory = filled();
    let error = fetch(options(&server.url(), directory.path())).unwrap_err();
    assert!(
        matches!(&error, Error::Download(failures) if failures.len() == 10),
        "{error}"
    );
    assert!(server.requests().len() < 40, "{}", server.requests().len());
}

#[test]
fn a_redirect_is_followed_but_not_in_circles_nor_out_of_http() {
    let other = small().serve();
    let to = format!("{}6.xml", other.url());
    let server = small_but("6.xml", move |_| Answer::Redirect(to.clone()));
    let directory = TempDir::new().unwrap();
    assert_eq!(fetch(options(&server.url(), directory.path())).unwrap().files, 5);
    assert_eq!(other.requests(), ["/6.xml"]);

    let server = small_but("6.xml", |_| Answer::Redirect("/6.xml".to_owned()));
    let failure_of = failure(&server, |_| {});
    assert_eq!(
        (failure_of.attempts, failure_of.reason),
        (1, DownloadProblem::TooManyRedirects { limit: 5 })
    );
    assert_eq!(
        server.requests().iter().filter(|path| *path == "/6.xml").count(),
        6
    );

    for to in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/6.xml",
        "data:,x",
        "http://",
        "",
    ] {
        let server = small_but("6.xml", move |_| Answer::Redirect(to.to_owned()));
        let failure = failure(&server, |options| options.limits.redirects = 1);
        if to.is_empty() {
            assert_eq!(
                failure.reason,
                DownloadProblem::TooManyRedirects { limit: 1 },
                "to itself"
            );
        } else {
            assert_eq!(failure.reason, DownloadProblem::Redirect { to: to.to_owned() });
        }
    }
}

#[test]
fn ten_gigabytes_are_cut_off_at_the_limit() {
    for answer in [Answer::Endless, Answer::Huge] {
        let server = small_but("6.xml", move |_| answer.clone());
        let failure = failure(&server, |_| {});
        assert_eq!(
            (failure.attempts, failure.reason),
            (1, DownloadProblem::FileTooLarge { limit: 4 << 20 })
        );
        assert!(server.sent() < 64 << 20, "{} bytes were taken", server.sent());
    }
}

#[test]
fn a_compressed_bomb_is_cut_off_at_the_limit() {
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    bomb.extend(miniz_oxide::deflate::compress_to_vec(&vec![b' '; 8 << 20], 1));
    assert!(bomb.len() < 1 << 20);
    let server = small_but("6.xml", move |_| Answer::Gzip(bomb.clone()));
    let failure = failure(&server, |options| options.limits.file = 1 << 20);
    assert_eq!(failure.reason, DownloadProblem::FileTooLarge { limit: 1 << 20 });
}

#[test]
fn all_files_together_have_a_limit() {
    let server = small().serve();
    let directory = TempDir::new().unwrap();
    let limits = Limits {
        total: 4000,
        ..Limits::default()
    };
    let error = fetch(Options {
        limits,
        ..options(&server.url(), directory.path())
    })
    .unwrap_err();
    let Error::Download(failures) = error else {
        panic!("{error}")
    };
    assert_eq!(failures[0].reason, DownloadProblem::TotalTooLarge { limit: 4000 });
    assert_eq!(Tree::at(directory.path()), Tree::default());
}

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
fn requests_are_concurrent_and_bounded() {
    let versions: Vec<_> = lwm2m_registry_cache::unpack()
        .iter()
        .take(40)
        .map(|file| (file.object_id, file.version.0, file.version.1))
        .collect();
    let tree = Tree::of(&versions);
    // The first four files are held back until all four are asked for.
    let arrived = (Mutex::new(0), Condvar::new());
    let server = Server::start(move |path, _| {
        if path != "/DDF.xml" {
            let mut count = arrived.0.lock().unwrap();
            *count += 1;
            arrived.1.notify_all();
            drop(arrived.1.wait_while(count, |count| *count < 4).unwrap());
        }
        tree.answer(path)
    });
    let directory = TempDir::new().unwrap();
    let limits = Limits {
        connections: 4,
        ..Limits::default()
    };
    assert_eq!(
        fetch(Options {
            limits,
            ..options(&server.url(), directory.path())
        })
        .unwrap()
        .files,
        40
    );
    assert_eq!(server.most_open(), 4);
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
fn an_async_caller_is_served_too() {
    let server = small().serve();
    let directory = TempDir::new().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let report = runtime.block_on(async { fetch(options(&server.url(), directory.path())) });
    assert_eq!(report.unwrap().files, 5);
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
