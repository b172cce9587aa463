//! Servers that are slow, broken and hostile.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use lwm2m_codegen::fetch::{DownloadProblem, Error, Limits, Options};
use tempfile::TempDir;

use super::{failure, fetch, filled, options, small, small_but};
use crate::server::{Answer, Server};
use crate::tree::Tree;

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
fn an_async_caller_is_served_too() {
    let server = small().serve();
    let directory = TempDir::new().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let report = runtime.block_on(async { fetch(options(&server.url(), directory.path())) });
    assert_eq!(report.unwrap().files, 5);
}
