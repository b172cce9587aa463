//! The ledger over this workspace, and over small ones with mistakes in them.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use lwm2m_tests::{ledger::Ledger, workspace};

const ROWS: &str = "id,since,role,interface,level,requirement,facts,tests\n\
    AB-01,1.0,client,model,must,\"First, with a comma.\",01,\n\
    AB-02,1.0,client,model,may,Second.,01,\n\
    AB-C-01,1.1,server,model,must(u),Third.,01,int-1\n";

fn workspace_with(source: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("tests")).unwrap();
    fs::write(root.path().join("tests/requirements.csv"), ROWS).unwrap();
    fs::write(root.path().join("tests/a.rs"), source).unwrap();
    root
}

fn ledger(root: &Path, options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ledger"))
        .arg("--root")
        .arg(root)
        .args(options)
        .output()
        .unwrap()
}

#[test]
fn every_mark_of_this_workspace_names_a_row_and_stands_above_a_test() {
    let ledger = Ledger::read(&workspace::root()).unwrap_or_else(|problems| {
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    });
    assert!(ledger.requirements().len() >= 912, "rows are never removed");
}

#[test]
fn counts_are_printed_by_prefix() {
    let root = workspace_with("// proves: AB-01\n#[test]\nfn a() {}\n");
    let table = ledger(root.path(), &[]);
    assert!(table.status.success());
    assert_eq!(
        String::from_utf8(table.stdout).unwrap(),
        "prefix      proven   open  must proven  must open\n\
         AB               1      1            1          0\n\
         AB-C             0      1            0          1\n\
         total            1      2            1          1\n"
    );
    let json = ledger(root.path(), &["--format", "json"]);
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&json.stdout).unwrap(),
        serde_json::json!({"AB": {"proven": 1, "open": 1}, "AB-C": {"proven": 0, "open": 1}})
    );
}

#[test]
fn open_rows_are_listed_by_prefix_and_group() {
    let root = workspace_with("// proves: AB-01\n#[test]\nfn a() {}\n");
    let open = |prefix| {
        let output = ledger(root.path(), &["--open", prefix]);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(open("AB-C"), "AB-C-01      must(u)   1.1    Third.\n");
    assert_eq!(open("AB").lines().count(), 2);
    assert_eq!(ledger(root.path(), &["--open", "A"]).status.code(), Some(2));
}

#[test]
fn unknown_rows_and_misplaced_marks_fail_with_their_place() {
    let root = workspace_with("// proves: AB-01 AB-99\n#[test]\nfn a() {}\n// proves: AB-02\nfn b() {}\n");
    let output = ledger(root.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("tests/a.rs:1: `AB-99` is no row"), "{errors}");
    assert!(
        errors.contains("tests/a.rs:4: the mark does not stand"),
        "{errors}"
    );
}

#[test]
fn fuzz_targets_and_build_output_are_not_read() {
    let root = workspace_with("");
    for directory in ["fuzz", "target", ".git"] {
        let directory = root.path().join(directory);
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("a.rs"), "// proves: NO-99\n").unwrap();
    }
    assert!(ledger(root.path(), &[]).status.success());
}

#[test]
fn broken_rows_fail_with_their_line() {
    for (row, expected) in [
        (
            "AB-01,1.0,client,model,must,Again.,01,",
            ":5: `AB-01` is there twice",
        ),
        (
            "ab-3,1.0,client,model,must,Small.,01,",
            ":5: `ab-3` is not a prefix",
        ),
        ("AB-03,1.0,client,model,perhaps,Vague.,01,", "perhaps"),
        ("AB-03,1.0", ":5"),
    ] {
        let root = workspace_with("");
        fs::write(
            root.path().join("tests/requirements.csv"),
            format!("{ROWS}{row}\n"),
        )
        .unwrap();
        let output = ledger(root.path(), &[]);
        assert_eq!(output.status.code(), Some(1), "{row}");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains(expected), "{row}: {errors}");
    }
}
