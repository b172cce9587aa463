//! The README shows this example: its code and what it prints.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use std::process::Command;

const README: &str = include_str!("../../../README.md");

/// The blocks of one language.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    README
        .split(opening.as_str())
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

/// The lines without indentation.
fn lines(text: &str) -> String {
    text.lines()
        .map(|line| format!("{}\n", line.trim_start()))
        .collect()
}

#[test]
fn the_output_is_what_the_readme_prints() {
    let output = Command::new(env!("CARGO_BIN_EXE_quickstart")).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(blocks("text").first(), Some(&printed.as_str()));
}

#[test]
fn the_code_is_this_example_s() {
    let code = [include_str!("../build.rs"), include_str!("../src/main.rs")]
        .map(lines)
        .concat();
    let shown = blocks("rust");
    assert!(!shown.is_empty());
    for block in shown {
        assert!(code.contains(&lines(block)), "not in the example:\n{block}");
    }
}
