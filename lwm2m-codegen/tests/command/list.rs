//! `list`.

use std::fs;

use tempfile::TempDir;

use crate::run::{run, run_in, valid};

#[test]
fn the_whole_registry_is_listed_in_order() {
    let text = run(&["list"]).done();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + 327);
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(lines[0]), ["ID", "Name", "Version", "Instances", "Class"]);
    let ids: Vec<u16> = lines[1..]
        .iter()
        .map(|line| words(line)[0].parse().unwrap())
        .collect();
    assert!(ids.is_sorted());
    assert_eq!(run(&["list", "--all-versions"]).done().lines().count(), 1 + 424);
}

#[test]
fn a_text_narrows_the_list_and_columns_stay_aligned() {
    assert_eq!(
        run(&["list", "METER"]).done().lines().take(4).collect::<Vec<_>>(),
        run(&["list", "meter"]).done().lines().take(4).collect::<Vec<_>>()
    );
    assert_eq!(
        run(&["list", "3303"]).done(),
        "   ID  Name         Version  Instances  Class\n 3303  Temperature  1.1      multiple   ext\n"
    );
}

#[test]
fn json_has_one_object_a_line() {
    let text = run(&["list", "device", "--format", "json"]).done();
    let device: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        device,
        serde_json::json!({
            "id": 3, "name": "Device", "urn": "urn:oma:lwm2m:oma:3:1.2", "version": "1.2", "lwm2m_version": "1.1",
            "multiple": false, "mandatory": true, "class": "oma", "resources": 23
        })
    );
}

#[test]
fn nothing_found_is_a_no_with_a_suggestion() {
    let run = run(&["list", "temprature"]).no();
    assert_eq!(run.out, "");
    assert!(run.err.contains("did you mean 3303 Temperature?"), "{}", run.err);
}

#[test]
fn a_directory_is_a_registry() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("hive.xml"), valid()).unwrap();
    fs::write(directory.path().join("broken.xml"), "<LWM2M>").unwrap();
    let run = run_in(directory.path(), &["list", "--registry", "."]);
    assert_eq!((run.status, run.out.lines().count()), (0, 2), "{}", run.err);
    assert!(
        run.err.starts_with("warning: ") && run.err.contains("broken.xml"),
        "{}",
        run.err
    );
    run_in(directory.path(), &["list", "--registry", "nowhere"]).not_done("nowhere");
    let empty = TempDir::new().unwrap();
    run_in(empty.path(), &["list", "--registry", "."]).not_done("no object definition");
}
