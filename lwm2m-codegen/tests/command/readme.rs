//! The README shows what the command prints.

use std::fs;

use tempfile::TempDir;

use crate::run::run_in;

const README: &str = include_str!("../../README.md");

#[test]
fn the_readme_shows_what_the_command_prints() {
    let directory = TempDir::new().unwrap();
    let mut commands = 0;
    for block in README.split("```console\n$ lwm2m-codegen ").skip(1) {
        let (session, _) = block.split_once("\n```").unwrap();
        let (line, expected) = session.split_once('\n').unwrap();
        let arguments = arguments(line);
        if arguments.first().is_some_and(|command| command == "check") {
            // The unlucky edit.
            let file = directory.path().join("hive-scale.xml");
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, text.replace("Float", "Flaot")).unwrap();
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = run_in(directory.path(), &arguments);
        assert_eq!((run.out + &run.err).trim_end(), expected, "{line}");
        commands += 1;
    }
    assert!(commands >= 6, "the README has {commands} commands");
}

#[test]
fn the_readme_knows_every_command() {
    for command in [
        "list",
        "show",
        "check",
        "generate",
        "diff",
        "new",
        "fetch",
        "completions",
    ] {
        assert!(README.contains(&format!("lwm2m-codegen {command}")), "{command}");
    }
}

/// The words of a line as a shell takes them, as far as double quotes go.
fn arguments(line: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    for (number, part) in line.split('"').enumerate() {
        if number % 2 == 1 {
            arguments.push(part.to_owned());
        } else {
            arguments.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    arguments
}
