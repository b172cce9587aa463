//! `generate`.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::run::{command, finish, run_in, valid};
use crate::server::{Answer, Server};
use crate::tree::Tree;

fn files(directory: &Path) -> Vec<String> {
    Tree::at(directory).0.into_keys().collect()
}

#[test]
fn ids_names_versions_and_files_go_into_one_directory() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("hive.xml"), valid()).unwrap();
    let out = run_in(
        directory.path(),
        &[
            "generate",
            "device@1.1",
            "3303",
            "hive.xml",
            "--out",
            "src/objects",
        ],
    )
    .done();
    assert!(
        out.contains("src/objects: 4 written, 0 unchanged, 0 removed"),
        "{out}"
    );
    assert!(out.contains("mod objects;"), "{out}");
    let objects = directory.path().join("src/objects");
    assert_eq!(
        files(&objects),
        ["mod.rs", "o3303_v1_1.rs", "o3_v1_1.rs", "o42769_v1_0.rs"]
    );

    let again = run_in(directory.path(), &["generate", "device@1.1", "-o", "src/objects"]).done();
    assert!(
        again.contains("src/objects: 1 written, 1 unchanged, 2 removed"),
        "{again}"
    );
    assert_eq!(files(&objects), ["mod.rs", "o3_v1_1.rs"]);
}

// proves: ROB-69
#[test]
fn nothing_is_fetched_while_generating() {
    let proxy = Server::start(|_, _| Answer::Status(404));
    let directory = TempDir::new().unwrap();
    let hive = valid().replace(
        "<LWM2M",
        "<?xml-stylesheet href=\"http://example.invalid/a.xsl\"?><LWM2M",
    );
    fs::write(directory.path().join("hive.xml"), hive).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = command(directory.path(), arguments);
        for variable in [
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
            "HTTPS_PROXY",
        ] {
            command.env(variable, proxy.url());
        }
        command.env_remove("NO_PROXY").env_remove("no_proxy");
        finish(command)
    };
    assert_eq!(run(&["generate", "hive.xml", "3303", "--out", "a"]).status, 0);
    assert_ne!(run(&["generate", "no such object", "--out", "b"]).status, 0);
    assert_eq!(run(&["generate", "--all", "--out", "c"]).status, 0);
    assert_eq!(proxy.requests(), [""; 0]);
    // Who asks for it does reach the proxy.
    let asked = ["fetch", "--from", "http://example.invalid/", "--into", "registry"];
    assert_ne!(run(&asked).status, 0);
    assert!(!proxy.requests().is_empty());
}

#[test]
fn all_objects_are_generated_alike_twice() {
    let directory = TempDir::new().unwrap();
    let out = run_in(directory.path(), &["generate", "--all-versions", "--out", "a"]).done();
    assert!(
        out.starts_with("a: 425 written, 0 unchanged, 0 removed\n"),
        "{out}"
    );
    run_in(directory.path(), &["generate", "--all-versions", "--out", "b"]).done();
    assert_eq!(
        Tree::at(&directory.path().join("a")),
        Tree::at(&directory.path().join("b"))
    );
    let out = run_in(directory.path(), &["generate", "--all", "--tables", "--out", "c"]).done();
    assert!(
        out.starts_with("wrote   c/catalogue.rs\nwrote   c/mod.rs\n"),
        "{out}"
    );
}

#[test]
fn files_of_others_are_never_touched() {
    let directory = TempDir::new().unwrap();
    let objects = directory.path().join("objects");
    fs::create_dir(&objects).unwrap();
    fs::write(objects.join("mine.rs"), "mine").unwrap();
    assert_eq!(
        run_in(directory.path(), &["generate", "3", "--out", "objects"]).status,
        0
    );
    assert_eq!(fs::read_to_string(objects.join("mine.rs")).unwrap(), "mine");

    fs::write(objects.join("mod.rs"), "mine").unwrap();
    run_in(directory.path(), &["generate", "6", "--out", "objects"]).not_done("mod.rs");
    assert_eq!(files(&objects), ["mine.rs", "mod.rs", "o3_v1_2.rs"]);
    assert_eq!(fs::read_to_string(objects.join("mod.rs")).unwrap(), "mine");
}

#[test]
fn structs_to_own_are_written_once() {
    let directory = TempDir::new().unwrap();
    let out = run_in(
        directory.path(),
        &["generate", "3303", "--derive", "--out", "mine"],
    )
    .done();
    assert!(out.contains("feature `derive`"), "{out}");
    let file = directory.path().join("mine/o3303_v1_1.rs");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("Lwm2mObject"), "{text}");
    fs::write(&file, text + "// mine\n").unwrap();
    run_in(
        directory.path(),
        &["generate", "3303", "--derive", "--out", "mine"],
    )
    .not_done("o3303_v1_1.rs");
    assert!(fs::read_to_string(&file).unwrap().ends_with("// mine\n"));
}

#[test]
fn nothing_is_written_where_something_is_wrong() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("broken.xml"), "<LWM2M>").unwrap();
    fs::write(
        directory.path().join("other.xml"),
        valid().replace("42769", "3").replace("x:3", "oma:3"),
    )
    .unwrap();
    let generate = |arguments: &[&str]| {
        run_in(
            directory.path(),
            &[&["generate", "--out", "objects"], arguments].concat(),
        )
    };
    generate(&["3", "Temprature"]).not_done("did you mean 3303 Temperature?");
    generate(&["3", "no-such.xml"]).not_done("no-such.xml cannot be read");
    generate(&["3@1.0", "other.xml"]).not_done("two different definitions of object 3 version 1.0");
    assert!(generate(&["3", "broken.xml"]).no().err.contains("broken.xml"));
    let registry = generate(&["--all", "--registry", "."]).no();
    assert!(
        registry.err.contains("broken.xml"),
        "a part must not pass for the whole: {}",
        registry.err
    );
    assert!(!directory.path().join("objects").exists());
}

#[test]
fn the_real_registry_is_generated_from_its_directory() {
    let Some(tree) = Tree::real() else { return };
    let directory = TempDir::new().unwrap();
    for (file, bytes) in &tree.0 {
        let path = directory.path().join("registry").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let out = run_in(
        directory.path(),
        &[
            "generate",
            "--all-versions",
            "--registry",
            "registry",
            "--out",
            "a",
        ],
    )
    .done();
    assert!(out.starts_with("a: 425 written"), "{out}");
}
