//! `new`.

use std::fs;

use tempfile::TempDir;

use crate::run::{run, run_in, valid};

#[test]
fn a_skeleton_is_valid_without_a_warning() {
    let directory = TempDir::new().unwrap();
    for (id, name) in [
        ("42769", "Hive Scale"),
        ("10241", "5G <&> \"x\""),
        ("500", "A"),
        ("2048", "É"),
        ("0", "z"),
    ] {
        let xml = run(&["new", "--id", id, "--name", name]).done();
        fs::write(directory.path().join("new.xml"), xml).unwrap();
        let run = run_in(
            directory.path(),
            &["check", "--strict", "--deny-lints", "new.xml"],
        );
        assert_eq!((run.status, run.out.as_str()), (0, ""), "{id} {name}");
        let shown = run_in(directory.path(), &["show", "new.xml"]).done();
        assert!(shown.starts_with(&format!("{id} {name} 1.0\n")), "{shown}");
    }
}

#[test]
fn a_file_is_written_once() {
    let directory = TempDir::new().unwrap();
    let new = |name: &str| {
        run_in(
            directory.path(),
            &["new", "--id", "42769", "--name", name, "--out", "hive.xml"],
        )
    };
    assert!(new("Hive Scale").done().contains("lwm2m-codegen check hive.xml"));
    new("Other").not_done("exists already");
    assert_eq!(
        fs::read_to_string(directory.path().join("hive.xml")).unwrap(),
        valid()
    );
}

#[test]
fn ids_and_names_that_nobody_may_use_are_refused() {
    for id in ["1024", "2047", "42801", "65535"] {
        run(&["new", "--id", id, "--name", "x"]).not_done("reserved");
    }
    for name in ["", "  ", "a\nb", "a\u{7}b"] {
        run(&["new", "--id", "42769", "--name", name]).not_done("a name needs letters");
    }
}
