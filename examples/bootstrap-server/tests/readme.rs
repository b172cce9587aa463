//! The README shows what is said of a wrong file.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use std::{path::Path, process::Command};

const README: &str = include_str!("../../../README.md");

/// What the README shows behind a command.
fn shown(command: &str) -> &'static str {
    let opening = format!("```console\n$ {command}\n");
    let (_, rest) = README.split_once(&opening).unwrap();
    rest.split("```").next().unwrap()
}

#[test]
fn a_wrong_file_is_told_as_the_readme_shows() {
    let command =
        "cargo run -q -p bootstrap-server -- --config examples/bootstrap-server/tests/wrong.toml --check";
    let output = Command::new(env!("CARGO_BIN_EXE_bootstrap-server"))
        .args(command.split_whitespace().skip(6))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), shown(command));
}
