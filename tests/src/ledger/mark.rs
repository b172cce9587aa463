use std::path::{Path, PathBuf};

use super::Problem;

/// What a mark begins with, alone on its line.
const MARK: &str = "// proves:";

/// One identifier of a mark above a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The row that the test proves.
    pub id: String,
    /// The source.
    pub file: PathBuf,
    /// The line of the mark, from 1.
    pub line: usize,
}

/// Collects the marks of one source, and the mistakes in them.
pub(super) fn scan(file: &Path, source: &str, marks: &mut Vec<Mark>, problems: &mut Vec<Problem>) {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    for (index, line) in lines.iter().enumerate() {
        let number = index + 1;
        let Some(ids) = line.strip_prefix(MARK) else {
            if is_near_miss(line) {
                let what = format!("a mark is a line of its own that begins with `{MARK}`");
                problems.push(Problem::at(file, number, what));
            }
            continue;
        };
        if ids.trim().is_empty() {
            problems.push(Problem::at(file, number, "the mark names no row"));
        }
        match target(source, lines.get(number..).unwrap_or_default()) {
            Ok(()) => marks.extend(ids.split_whitespace().map(|id| Mark {
                id: id.to_owned(),
                file: file.to_path_buf(),
                line: number,
            })),
            Err(what) => problems.push(Problem::at(file, number, what)),
        }
    }
}

/// Whether the line looks like a mark that the scanner would pass over.
fn is_near_miss(line: &str) -> bool {
    let words = line.trim_start_matches(['/', '!', '*']).trim_start();
    let is_comment = words.len() < line.len();
    let head = words
        .get(.."proves".len())
        .is_some_and(|head| head.eq_ignore_ascii_case("proves"));
    let colon = words
        .get("proves".len()..)
        .is_some_and(|rest| rest.trim_start().starts_with(':'));
    let trailing = line
        .split_once(MARK)
        .is_some_and(|(code, _)| !code.contains('"') && !code.contains("//"));
    (is_comment && head && colon) || trailing
}

/// Whether what follows a mark is run by `cargo test`: a test function, a property, or a table that the file uses.
fn target(source: &str, following: &[&str]) -> Result<(), &'static str> {
    let mut test = false;
    let mut open_brackets = 0_usize;
    for line in following {
        if open_brackets > 0 || line.starts_with("#[") {
            open_brackets =
                (open_brackets + line.matches('[').count()).saturating_sub(line.matches(']').count());
            if line.starts_with("#[ignore") {
                return Err("an ignored test proves nothing; remove the mark or the `ignore`");
            }
            test |= is_test(line);
            // An attribute may share its line with what it stands on.
            if open_brackets > 0 || line.ends_with(']') {
                continue;
            }
        }
        if line.starts_with("//") {
            continue;
        }
        let table = ["const ", "static "]
            .iter()
            .find_map(|word| line.strip_prefix(word));
        return match table {
            _ if test || line.starts_with("proptest!") => Ok(()),
            Some(item) if is_used(source, item) => Ok(()),
            Some(_) => Err("nothing in this file uses the table under the mark"),
            None => Err("the mark does not stand directly above a test; it proves nothing there"),
        };
    }
    Err("the mark stands at the end of the file, above no test")
}

/// `#[test]`, `#[tokio::test]`, `#[tokio::test(..)]`.
fn is_test(attribute: &str) -> bool {
    let path = attribute
        .trim_start_matches("#[")
        .split(['(', ']'])
        .next()
        .unwrap_or_default()
        .trim();
    attribute.starts_with("#[") && path.rsplit("::").next() == Some("test")
}

/// Whether the name of the item (the text behind `const` or `static`) is in the source more often than once.
fn is_used(source: &str, item: &str) -> bool {
    let name = item.split(':').next().unwrap_or_default().trim();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    !name.is_empty() && source.split(|c| !is_word(c)).filter(|word| *word == name).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan_lines(lines: &[&str]) -> (Vec<String>, Vec<String>) {
        let (mut marks, mut problems) = (Vec::new(), Vec::new());
        scan(Path::new("a.rs"), &lines.join("\n"), &mut marks, &mut problems);
        let ids = marks.into_iter().map(|mark| mark.id).collect();
        (ids, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn marks_above_tests_count() {
        for below in [
            &["#[test]", "fn a() {}"][..],
            &["/// Why.", "#[test]", "fn a() {}"],
            &["#[tokio::test(flavor = \"current_thread\")]", "async fn a() {}"],
            &[
                "#[expect(",
                "    clippy::float_cmp,",
                "    reason = \"exact\"",
                ")]",
                "#[test]",
                "fn a() {}",
            ],
            &["#[test] fn a() {}"],
            &["proptest! {"],
            &["const CASES: &[u8] = &[];", "fn a() { CASES; }"],
        ] {
            let mut lines = vec!["    // proves: A-01 A-02", "// proves: B-01"];
            lines.extend(below);
            let (ids, problems) = scan_lines(&lines);
            assert_eq!(ids, ["A-01", "A-02", "B-01"], "{below:?}");
            assert_eq!(problems, [""; 0]);
        }
    }

    #[test]
    fn marks_above_anything_else_are_problems() {
        for below in [
            &["fn a() {}"][..],
            &["", "#[test]", "fn a() {}"],
            &["#[test]", "#[ignore = \"slow\"]", "fn a() {}"],
            &["#[cfg(test)]", "fn a() {}"],
            &["const CASES: &[u8] = &[];"],
            &[],
        ] {
            let mut lines = vec!["// proves: A-01"];
            lines.extend(below);
            let (ids, problems) = scan_lines(&lines);
            assert_eq!(ids, [""; 0], "{below:?}");
            assert_eq!(problems.len(), 1, "{below:?}");
        }
    }

    #[test]
    fn misspelt_marks_are_problems() {
        for line in [
            "//proves: A-01",
            "/// proves: A-01",
            "// Proves: A-01",
            "// proves : A-01",
            "call(); // proves: A-01",
            "// proves:",
        ] {
            let (ids, problems) = scan_lines(&[line, "#[test]", "fn a() {}"]);
            assert_eq!(ids, [""; 0], "{line}");
            assert_eq!(problems.len(), 1, "{line}");
        }
        assert_eq!(scan_lines(&["// This proves: nothing."]).1, [""; 0]);
    }
}
