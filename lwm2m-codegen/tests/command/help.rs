//! Help, usage errors and completions.

use crate::run::run;

#[test]
fn help_and_version_are_printed() {
    let help = run(&["--help"]).done();
    for part in [
        "list",
        "show",
        "check",
        "generate",
        "diff",
        "new",
        "fetch",
        "completions",
        "Exit status:",
        "Examples:",
    ] {
        assert!(help.contains(part), "{part}");
    }
    assert_eq!(
        run(&["--version"]).done(),
        format!("lwm2m-codegen {}\n", env!("CARGO_PKG_VERSION"))
    );
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
        assert!(
            run(&[command, "--help"]).done().contains("Examples:"),
            "{command}"
        );
        let widest = run(&[command, "-h"])
            .done()
            .lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap();
        assert!(widest <= 100, "{command}");
    }
}

#[test]
fn wrong_usage_says_what_is_right() {
    let nothing = run(&[]);
    assert_eq!((nothing.status, nothing.out.as_str()), (2, ""));
    assert!(nothing.err.contains("Usage: lwm2m-codegen"));
    run(&["lst"]).not_done("'list'");
    run(&["list", "--fromat", "json"]).not_done("'--format'");
    run(&["show"]).not_done("OBJECT[@VERSION]");
    run(&["show", "3", "--format", "yaml"]).not_done("[possible values: text, json, xml]");
    run(&["generate", "3"]).not_done("--out <DIR>");
    run(&["generate", "--out", "x"]).not_done("--all");
    run(&["generate", "3", "--out", "x", "--derive", "--tables"]).not_done("cannot be used with");
    run(&["new", "--id", "65536", "--name", "x"]).not_done("65536");
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]).done();
        assert!(
            script.contains("generate") && script.contains("all-versions"),
            "{shell}"
        );
    }
    run(&["completions", "csh"]).not_done("possible values");
}
