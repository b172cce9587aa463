//! Colours, closed pipes and hostile names.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use tempfile::TempDir;

use crate::run::{command, finish, run_in, valid};

const ESCAPE: char = '\u{1b}';

#[test]
fn only_terminals_get_colours_unless_they_are_asked_for() {
    let with = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = command(&std::env::temp_dir(), arguments);
        command.envs(variables.iter().copied());
        let run = finish(command);
        (run.out + &run.err).contains(ESCAPE)
    };
    for arguments in [
        &["list", "device"][..],
        &["list", "no such object"],
        &["diff", "3@1.0", "3@1.1"],
        &["lst"],
    ] {
        assert!(!with(&[], arguments), "{arguments:?}: nobody asked");
        assert!(!with(&[("NO_COLOR", "1")], arguments), "{arguments:?}");
        assert!(
            with(&[("CLICOLOR_FORCE", "1")], arguments),
            "{arguments:?}: forced"
        );
    }
    let always = ["--color", "always", "list", "device"];
    assert!(with(&[], &always) && with(&[("NO_COLOR", "1")], &always));
    assert!(!with(
        &[("CLICOLOR_FORCE", "1")],
        &["list", "device", "--color", "never"]
    ));
    assert!(!with(
        &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
        &["list", "device"]
    ));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for arguments in [
        &["show", "--all-versions", "--format", "json"][..],
        &["list"],
        &["--help"],
        &["completions", "bash"],
    ] {
        let mut child = command(&std::env::temp_dir(), arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::with_capacity(1, child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        // Standard output is closed here, with most of it unread.
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn a_definition_does_not_steer_the_terminal() {
    let directory = TempDir::new().unwrap();
    let hostile = valid()
        .replace("Hive Scale", "Hive\u{9b}2J\u{202e} Scale")
        .replace("Value", "V\u{85}\u{9b}31m");
    fs::write(directory.path().join("42769.xml"), hostile).unwrap();
    for arguments in [
        &["list", "--registry", "."][..],
        &["show", "42769", "--registry", "."],
        &["show", "42769.xml"],
        &["diff", "42769.xml", "42769.xml"],
        &["check", "42769.xml"],
    ] {
        let run = run_in(directory.path(), arguments);
        let text = run.out + &run.err;
        assert!(
            !text
                .chars()
                .any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'),
            "{arguments:?}: {text:?}"
        );
    }
}

#[test]
#[cfg(unix)]
fn a_file_name_does_not_steer_the_terminal() {
    let directory = TempDir::new().unwrap();
    let name = "a\u{1b}[2J\u{202e}.xml";
    fs::write(directory.path().join(name), "<LWM2M>").unwrap();
    for arguments in [
        &["check", "."][..],
        &["check", name],
        &["show", name],
        &["show", "\u{1b}[2J"],
        &["list", "--registry", "."],
        &["generate", name, "--out", "\u{1b}[2J"],
        &["new", "--id", "42769", "--name", "x", "--out", name],
    ] {
        let run = run_in(directory.path(), arguments);
        let text = run.out + &run.err;
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{arguments:?}: {text:?}");
    }
}
