//! What people see of a peer's texts.

use lwm2m_runtime::model::Excerpt;
use proptest::prelude::*;

// proves: ROB-73
#[test]
fn what_is_no_text_to_be_seen_is_escaped() {
    for (text, shown) in [
        ("urn:dev:os:32473-7", "urn:dev:os:32473-7"),
        (
            "W\u{e4}rmez\u{e4}hler \u{6e29}\u{5ea6}",
            "W\u{e4}rmez\u{e4}hler \u{6e29}\u{5ea6}",
        ),
        ("a \"b\" 'c' d\\e", "a \"b\" 'c' d\\e"),
        ("a\r\n2026-01-01 ERROR forged", r"a\r\n2026-01-01 ERROR forged"),
        ("\u{1b}[2J\u{7}\0", r"\u{1b}[2J\u{7}\0"),
        ("\u{202e}gpj.exe\u{2066}", r"\u{202e}gpj.exe\u{2066}"),
        ("\u{85}\u{2028}", r"\u{85}\u{2028}"),
    ] {
        assert_eq!(Excerpt(text).to_string(), shown);
    }
    assert_eq!(Excerpt(format_args!("{:?}", ["a\nb"])).to_string(), r#"["a\nb"]"#);
}

#[test]
fn what_is_long_is_cut() {
    assert_eq!(Excerpt("x".repeat(256)).to_string(), "x".repeat(256));
    assert_eq!(Excerpt("x".repeat(257)).to_string(), "x".repeat(256) + "..");
    // Debug output of something large stops early.
    let large = vec![7; 1 << 20];
    assert_eq!(Excerpt(format_args!("{large:?}")).to_string().len(), 258);
}

proptest! {
    #[test]
    fn no_text_shows_control_characters_or_without_end(text in proptest::collection::vec(any::<char>(), 0..400)) {
        let text: String = text.into_iter().collect();
        let shown = Excerpt(&text).to_string();
        prop_assert!(!shown.chars().any(char::is_control), "{shown}");
        // Ten at most for each: \u{10ffff}.
        prop_assert!(shown.chars().count() <= 256 * 10 + 2);
    }
}
