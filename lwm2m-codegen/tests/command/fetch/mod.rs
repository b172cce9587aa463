//! The library of `fetch`, with a server on this machine. No network.

mod changes;
mod network;
mod trust;

use std::path::Path;
use std::time::Duration;

use lwm2m_codegen::fetch::{
    ChangeKind, DownloadError, Error, Fetcher, Fingerprint, Lock, Options, Patience, Report,
};
use tempfile::TempDir;

use crate::server::{Answer, Server};
use crate::tree::Tree;

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
