//! `check`.

use std::fs;

use tempfile::TempDir;

use crate::run::{run_in, valid};

/// A directory with a valid file, one that is repaired, one with a warning, one with errors, and one that is no XML.
fn directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    let write = |name: &str, text: String| fs::write(directory.path().join(name), text).unwrap();
    fs::create_dir(directory.path().join("sub")).unwrap();
    write("good.xml", valid());
    write("repaired.xml", swapped());
    write("warned.xml", valid().replace("<Units>Cel", "<Units>Fahrenheit"));
    write(
        "sub/wrong.xml",
        valid()
            .replace("<Type>Float", "<Type>Flaot")
            .replace("<Operations>E", "<Operations>X"),
    );
    write("garbage.xml", "Not found".to_owned());
    directory
}

/// Operations before the name: the schema wants another order.
fn swapped() -> String {
    let (name, operations) = ("<Name>Value</Name>", "<Operations>R</Operations>");
    valid()
        .replace(name, "\u{0}")
        .replace(operations, name)
        .replace('\u{0}', operations)
}

#[test]
fn the_status_tells_the_result() {
    let directory = directory();
    let status = |arguments: &[&str]| run_in(directory.path(), &[&["check"], arguments].concat()).status;
    for (file, lenient, strict, lints) in [
        ("good.xml", 0, 0, 0),
        ("repaired.xml", 0, 1, 0),
        ("warned.xml", 0, 0, 1),
        ("sub/wrong.xml", 1, 1, 1),
        ("garbage.xml", 1, 1, 1),
    ] {
        assert_eq!(status(&[file]), lenient, "{file}");
        assert_eq!(status(&[file, "--strict"]), strict, "{file} --strict");
        assert_eq!(status(&[file, "--deny-lints"]), lints, "{file} --deny-lints");
    }
    assert_eq!(status(&["."]), 1);
    assert_eq!(status(&["no-such.xml"]), 2);
    assert_eq!(status(&["garbage.xml", "no-such.xml"]), 2);
}

#[test]
fn every_problem_is_shown_with_its_place_and_a_summary_follows() {
    let directory = directory();
    let run = run_in(directory.path(), &["check", "sub/wrong.xml"]).no();
    for part in ["sub/wrong.xml:18:", "Flaot", "^^^^^", "error[L0210]", "help: "] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    assert_eq!(run.out.matches("error[").count(), 2, "{}", run.out);
    assert_eq!(run.err, "checked 1 file: 2 errors\n");
    let run = run_in(directory.path(), &["check", "good.xml"]);
    assert_eq!(
        (run.out.as_str(), run.err.as_str()),
        ("", "checked 1 file: no problems\n")
    );
}

#[test]
fn directories_are_searched_and_what_defines_no_object_is_left_out() {
    let directory = directory();
    for (file, text) in [
        ("DDF.xml", "<DDFList/>"),
        ("Common.xml", "<LWM2M/>"),
        ("notes.txt", "x"),
        (".hidden.xml", "x"),
    ] {
        fs::write(directory.path().join(file), text).unwrap();
    }
    let run = run_in(directory.path(), &["check", "."]).no();
    assert!(
        run.err
            .starts_with("checked 5 files: 4 errors, 1 warning, 1 repaired"),
        "{}",
        run.err
    );
    let empty = TempDir::new().unwrap();
    run_in(empty.path(), &["check", "."]).not_done("no definition file");
}

#[test]
fn json_has_one_problem_a_line() {
    let directory = directory();
    let run = run_in(
        directory.path(),
        &["check", "sub/wrong.xml", "warned.xml", "--format", "json"],
    )
    .no();
    let problems: Vec<serde_json::Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(problems.len(), 3);
    assert_eq!(problems[0]["file"], "sub/wrong.xml");
    assert_eq!(
        (problems[0]["line"].as_u64(), problems[0]["code"].as_str()),
        (Some(18), Some("L0210"))
    );
    assert_eq!(problems[2]["severity"], "warning");
}

#[test]
fn a_file_that_is_not_utf8_and_one_that_is_huge_are_refused() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("latin1.xml"), b"<LWM2M>\xe9</LWM2M>").unwrap();
    let huge = fs::File::create(directory.path().join("huge.xml")).unwrap();
    huge.set_len(1 << 40).unwrap();
    for file in ["latin1.xml", "huge.xml"] {
        let run = run_in(directory.path(), &["check", file]).no();
        assert!(run.out.contains("error["), "{}", run.out);
    }
}

#[test]
#[cfg(unix)]
fn links_in_circles_end() {
    let directory = directory();
    std::os::unix::fs::symlink(directory.path(), directory.path().join("sub/circle")).unwrap();
    let run = run_in(directory.path(), &["check", "."]).no();
    assert!(run.err.starts_with("checked 5 files"), "{}", run.err);
}
