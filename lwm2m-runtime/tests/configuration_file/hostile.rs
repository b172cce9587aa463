//! No text panics, hangs or is taken for what it is not.

use lwm2m_runtime::configuration_file::ConfigurationFile;
use proptest::prelude::*;

const FILE: &str = r#"
[defaults]
steps = ["discover /", "write /"]
[[defaults.server]]
short-server-id = 1
uri = "coap://a"
lifetime = 300
dtls-tls-ciphersuite = []
[[plan]]
endpoint = "a"
[plan.bootstrap-server]
uri = "coaps://b"
security = { mode = "pre-shared-key", identity = "a", key = { hex = "8a6ff26e07d5bc4a19e3d6f0b7c25e91" } }
[[plan.access]]
object = 3
instance = 0
rights = { 1 = "RW" }
[plan.values]
"/3/0" = { 15 = "x", 11 = [0], 13 = 2026-01-31T08:00:00Z }
"/42769/0/1" = 1.5
"#;

fn read(text: &str) {
    let file = ConfigurationFile::new(text);
    for warnings in [
        file.accounts().map(|checked| checked.warnings),
        file.plans().map(|checked| checked.warnings),
    ] {
        let problems = warnings.unwrap_or_else(|error| error.problems().to_vec());
        for problem in problems {
            let lines = text.split('\n').count();
            assert!(problem.line > 0 && problem.line as usize <= lines, "{problem}");
            assert!(problem.message.len() < 2000, "{problem}");
        }
    }
}

#[test]
fn the_file_that_is_cut_and_bent_is_good_to_begin_with() {
    assert_eq!(ConfigurationFile::new(FILE).plans().unwrap().warnings, []);
}

#[test]
fn a_text_that_ends_anywhere_is_read_or_refused() {
    for end in 0..FILE.len() {
        read(&FILE[..end]);
    }
}

#[test]
fn deep_and_wide_texts_are_read_or_refused() {
    let deep = "a = ".to_owned() + &"[".repeat(100_000);
    assert!(ConfigurationFile::new(deep).accounts().is_err());
    let dotted = vec!["a"; 50_000].join(".") + " = 1";
    assert!(ConfigurationFile::new(dotted).accounts().is_err());
    let many: String = (1..2000)
        .map(|id| format!("[[server]]\nshort-server-id = {id}\nuri = \"coap://a\"\n"))
        .collect();
    assert_eq!(
        ConfigurationFile::new(many)
            .accounts()
            .unwrap()
            .value
            .servers
            .len(),
        1999
    );
}

#[test]
fn wrong_keys_and_long_lists_cost_no_more_than_their_length() {
    let head = "[bootstrap-server]\nuri = \"coap://a\"\n";
    let keys: String = (0..100_000)
        .map(|number| format!("wrong-{number:06} = 1\n"))
        .collect();
    let error = ConfigurationFile::new(format!("{head}{keys}"))
        .accounts()
        .unwrap_err();
    assert_eq!(error.problems().len(), 100);
    let numbers = |from: u32| {
        let numbers = (from..from + 30_000).map(|number| number.to_string());
        numbers.collect::<Vec<_>>().join(",")
    };
    let lists = format!(
        "{head}signature-algorithms-supported-by-server = [{}]\nsignature-algorithms-to-use-by-client = [{}]\n",
        numbers(0),
        numbers(30_000)
    );
    let error = ConfigurationFile::new(lists).accounts().unwrap_err();
    assert!(!error.problems().is_empty());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn a_file_with_other_words_is_read_or_refused(
        cuts in prop::collection::vec((0..FILE.len(), 0..FILE.len(), prop::sample::select(vec![
            "", "[", "]", "{", "}", "\"", "=", "\n", "0", "-1", "99999999999999999999", "true", "[]", "{}", "nan", "é",
            "[[plan]]", "key", "file = \"/\"", "1979-05-27", "server", "security",
        ])), 1..4),
    ) {
        let mut text = FILE.to_owned();
        for (from, to, with) in cuts {
            let (from, to) = (from.min(to).min(text.len()), from.max(to).min(from.min(to) + 8).min(text.len()));
            if text.is_char_boundary(from) && text.is_char_boundary(to) {
                text.replace_range(from..to, with);
            }
        }
        read(&text);
    }
}
