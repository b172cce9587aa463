//! `show`.

use std::fs;

use tempfile::TempDir;

use crate::run::{run, run_in, valid};

#[test]
fn an_object_is_shown_by_id_name_version_and_file() {
    let by_id = run(&["show", "3303"]).done();
    assert!(
        by_id.starts_with("3303 Temperature 1.1\n") && by_id.contains("sensor_value"),
        "{by_id}"
    );
    assert_eq!(run(&["show", "TEMPERATURE"]).done(), by_id);
    assert!(
        run(&["show", "temperature@1.0"])
            .done()
            .starts_with("3303 Temperature 1.0\n")
    );
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("hive.xml"), valid()).unwrap();
    assert!(
        run_in(directory.path(), &["show", "hive.xml"])
            .done()
            .starts_with("42769 Hive Scale 1.0\n")
    );
}

#[test]
fn json_has_one_object_a_line() {
    let text = run(&["show", "--all-versions", "--format", "json"]).done();
    assert_eq!(text.lines().count(), 424);
    for line in text.lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(object["id"].is_u64() && object["resources"].is_array());
    }
    assert_eq!(
        run(&["show", "device", "--all-versions", "--format", "json"])
            .done()
            .lines()
            .count(),
        3
    );
    assert_eq!(
        run(&["show", "3", "6", "3303@1.0", "--format", "json"])
            .done()
            .lines()
            .count(),
        3
    );
}

#[test]
fn xml_is_a_valid_definition() {
    let directory = TempDir::new().unwrap();
    let xml = run(&["show", "3", "--format", "xml"]).done();
    fs::write(directory.path().join("device.xml"), xml).unwrap();
    assert_eq!(
        run_in(directory.path(), &["check", "--strict", "device.xml"]).status,
        0
    );
    run(&["show", "3", "6", "--format", "xml"]).not_done("name one");
}

#[test]
fn unknown_objects_are_answered_with_suggestions() {
    run(&["show", "Temprature"]).not_done("did you mean 3303 Temperature?");
    run(&["show", "location"]).not_done("6 Location, 3336 Location");
    run(&["show", "3@9.9"]).not_done("1.0, 1.1, 1.2");
    run(&["show", "65000"]).not_done("65000");
    run(&["show", "no-such.xml"]).not_done("no-such.xml cannot be read");
}

#[test]
fn a_broken_file_is_shown_with_its_errors() {
    let directory = TempDir::new().unwrap();
    fs::write(
        directory.path().join("broken.xml"),
        valid().replace("<Type>Float", "<Type>Flaot"),
    )
    .unwrap();
    let run = run_in(directory.path(), &["show", "broken.xml"]).no();
    assert_eq!(run.out, "");
    assert!(
        run.err.contains("broken.xml:18") && run.err.contains("Flaot"),
        "{}",
        run.err
    );
}
