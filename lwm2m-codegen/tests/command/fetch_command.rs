//! `fetch`, as a command.

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use tempfile::TempDir;

use crate::run::{Run, command, run_in};
use crate::server::{Answer, Server};
use crate::tree::Tree;

fn small() -> Tree {
    Tree::of(&[(3, 1, 1), (6, 1, 0), (3303, 1, 1)])
}

fn fetch(directory: &Path, server: &Server, arguments: &[&str]) -> Run {
    let url = server.url();
    run_in(
        directory,
        &[&["fetch", "--from", &url, "--into", "registry"], arguments].concat(),
    )
}

#[test]
fn a_fetched_directory_is_a_registry() {
    let directory = TempDir::new().unwrap();
    let out = fetch(directory.path(), &small().serve(), &[]).done();
    assert!(out.contains("new       3303 Temperature 1.1\n"), "{out}");
    assert!(
        out.contains("3 object files") && out.contains("objects: 3 new, 0 updated"),
        "{out}"
    );
    assert_eq!(
        run_in(directory.path(), &["list", "--registry", "registry"])
            .done()
            .lines()
            .count(),
        4
    );
    assert!(
        run_in(
            directory.path(),
            &["show", "temperature", "--registry", "registry"]
        )
        .done()
        .contains("sensor_value")
    );
}

#[test]
fn changes_are_told() {
    let directory = TempDir::new().unwrap();
    fetch(directory.path(), &small().serve(), &[]).done();
    let newer = Tree::of(&[(3, 1, 1), (3, 1, 2), (6, 1, 0)]);
    let edited = newer
        .text("6.xml")
        .replace("<Name>Location</Name>", "<Name>Position</Name>");
    let out = fetch(directory.path(), &newer.with("6.xml", edited).serve(), &[]).done();
    for line in [
        "updated   3 Device 1.1 -> 1.2\n",
        "changed   6 Location, 1.0 edited\n",
        "removed   3303 Temperature 1.1\n",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    assert!(
        out.contains("objects: 0 new, 1 updated, 1 changed, 1 removed, 0 unchanged"),
        "{out}"
    );
}

#[test]
fn repairs_are_told() {
    let directory = TempDir::new().unwrap();
    let (name, operations) = ("<Name>Latitude</Name>", "<Operations>R</Operations>");
    let swapped = small()
        .text("6.xml")
        .replacen(name, "\u{0}", 1)
        .replacen(operations, name, 1);
    let tree = small().with("6.xml", swapped.replace('\u{0}', operations));
    let out = fetch(directory.path(), &tree.serve(), &[]).done();
    assert!(
        out.contains("repaired  6.xml:") && out.contains("[L0205], 1 deviation from the schema"),
        "{out}"
    );
}

#[test]
fn refusals_are_a_no_and_unreachable_servers_are_not_done() {
    let directory = TempDir::new().unwrap();
    let garbage = fetch(directory.path(), &small().with("6.xml", "<html/>").serve(), &[]).no();
    assert!(garbage.err.contains("6.xml:1:"), "{}", garbage.err);
    let locked = fetch(directory.path(), &small().serve(), &["--locked"]).no();
    assert!(locked.err.contains("not as the lock"), "{}", locked.err);
    let missing = Server::start(|_, _| Answer::Status(404));
    fetch(directory.path(), &missing, &[]).not_done("does not have it (404)");
    fetch(directory.path(), &small().serve(), &["Temprature"])
        .not_done("did you mean \"Temperature\" (3303)?");
    run_in(
        directory.path(),
        &["fetch", "--from", "/etc", "--into", "registry"],
    )
    .not_done("http://");
    run_in(directory.path(), &["fetch", "--offline", "--rev", "main"]).not_done("cannot be used with");
    assert!(!directory.path().join("registry").exists());
}

#[test]
fn offline_says_what_is_missing() {
    let directory = TempDir::new().unwrap();
    let offline = || run_in(directory.path(), &["fetch", "--offline", "--into", "registry"]);
    offline().not_done("fetch once");
    fetch(directory.path(), &small().serve(), &[]).done();
    assert!(offline().done().contains("registry has 3 object files"));
    fs::remove_file(directory.path().join("registry/6.xml")).unwrap();
    let run = offline().no();
    assert!(run.out.contains("missing   6.xml\n"), "{}", run.out);
}

#[test]
fn a_killed_fetch_leaves_the_old_registry() {
    let directory = TempDir::new().unwrap();
    fetch(directory.path(), &small().serve(), &[]).done();
    let old = Tree::at(&directory.path().join("registry"));

    let newer = Tree::of(&[(3, 1, 1), (3, 1, 2), (6, 1, 0), (3303, 1, 1), (3304, 1, 1)]);
    let (asked, arrived) = mpsc::channel();
    let slow = newer.clone();
    let server = Server::start(move |path, _| {
        if path != "/3304.xml" {
            return slow.answer(path);
        }
        asked.send(()).unwrap();
        Answer::Stall
    });
    let url = server.url();
    let mut child = command(directory.path(), &["fetch", "--from", &url, "--into", "registry"])
        .spawn()
        .unwrap();
    arrived.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(Tree::at(&directory.path().join("registry")), old);

    fetch(directory.path(), &newer.serve(), &[]).done();
    assert_eq!(Tree::at(&directory.path().join("registry")), newer);
}
