//! `diff`.

use std::fs;

use tempfile::TempDir;

use crate::run::{run, run_in, valid};

#[test]
fn changes_and_whom_they_break_are_told() {
    let text = run(&["diff", "3@1.0", "@1.2"]).done();
    assert!(text.starts_with("Object 3, version 1.0 to 1.2\n"), "{text}");
    assert!(
        text.contains("7 Power Source Voltage: units `mV` to none [breaks client and server]"),
        "{text}"
    );
    assert_eq!(run(&["diff", "device@1.0", "3"]).done(), text);
    assert!(
        run(&["diff", "3303@1.0", "3303@1.1"])
            .done()
            .contains("breaks neither a client nor a server")
    );
    let json = run(&["diff", "3@1.0", "3@1.2", "--format", "json"]).done();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&json).unwrap()["breaks_server"],
        true
    );
}

#[test]
fn breaking_changes_are_a_no_where_they_are_denied() {
    run(&["diff", "3303@1.0", "3303@1.1", "--deny-breaking"]).done();
    assert!(
        !run(&["diff", "3@1.0", "3@1.2", "--deny-breaking"])
            .no()
            .out
            .is_empty()
    );
    run(&["diff", "3@1.0", "3@7.0"]).not_done("no version 7.0");
}

#[test]
fn files_are_compared_too() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("a.xml"), valid()).unwrap();
    fs::write(
        directory.path().join("b.xml"),
        valid().replace("-40..85", "-40..20"),
    )
    .unwrap();
    let text = run_in(directory.path(), &["diff", "a.xml", "b.xml"]).done();
    assert!(text.contains("0 Value: range `-40..85` to `-40..20`"), "{text}");
    let run = run_in(directory.path(), &["diff", "a.xml", "3303"]);
    assert!(run.err.contains("two objects, 42769 and 3303"), "{}", run.err);
}
