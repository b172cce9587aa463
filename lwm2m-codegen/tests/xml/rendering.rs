//! How a diagnostic is shown.

use lwm2m_codegen::xml::{Code, Mode, Style, json, read, render};

use super::{VALID, changed};

fn shown(file: &str, code: Code) -> String {
    let reading = read(file.as_bytes(), Mode::Strict);
    let found = reading
        .diagnostics
        .iter()
        .find(|found| found.code == code)
        .unwrap();
    render(found, "boiler.xml", file.as_bytes(), Style::Plain)
}

#[test]
fn people_see_the_place_the_line_and_the_way_out() {
    let expected = "\
error[L0210]: `Double` is not a value of `Type`
  --> boiler.xml:19:11
   |
19 |                 <Type>Double</Type>
   |                       ^^^^^^
   |
   = help: write one of String, Integer, Float, Boolean, Opaque, Time, Objlnk, Unsigned Integer, Corelnk, nothing";
    assert_eq!(shown(&changed("Float", "Double"), Code::UnknownValue), expected);
}

#[test]
fn repairs_are_notes_of_their_own_kind() {
    let file = changed("\t\t\t\t<RangeEnumeration/>\n", "");
    let reading = read(file.as_bytes(), Mode::Lenient);
    let shown = render(&reading.diagnostics[0], "a.xml", file.as_bytes(), Style::Plain);
    assert!(
        shown.starts_with("repaired[L0203]: `Item` has no `RangeEnumeration`: read as empty\n"),
        "{shown}"
    );
    assert!(shown.contains("--> a.xml:25:4"), "{shown}");
    assert!(
        shown.ends_with("help: add `<RangeEnumeration></RangeEnumeration>` behind `Type`"),
        "{shown}"
    );
}

#[test]
fn columns_count_characters_and_underlines_count_cells() {
    let file = changed(
        "<Name>Reset",
        "<!-- \u{6e29}\u{5ea6} e\u{301} --><Name a=\"\">Reset",
    );
    let reading = read(file.as_bytes(), Mode::Strict);
    let found = &reading.diagnostics[0];
    // Four tabs, a comment of 14 characters, `<Name ` of 6.
    assert_eq!((found.line, found.column, found.end_column), (26, 25, 26));
    let shown = shown(&file, Code::UnknownAttribute);
    let lines: Vec<_> = shown.lines().collect();
    let width = |text: &str| {
        text.chars()
            .map(|c| match c {
                '\u{301}' => 0,
                '\u{4e00}'..='\u{9fff}' => 2,
                _ => 1,
            })
            .sum::<usize>()
    };
    let before = &lines[3][..lines[3].find("a=\"").unwrap()];
    let caret = &lines[4][..lines[4].find('^').unwrap()];
    assert_eq!(width(before), width(caret), "{shown}");
}

#[test]
fn of_a_long_line_only_a_part_is_shown() {
    let long = "\u{6e29}".repeat(100_000);
    let file = VALID
        .replace('\n', " ")
        .replace("A licence.", &long)
        .replace("Float", &format!("Double{long}"));
    let shown = shown(&file, Code::UnknownValue);
    assert!(shown.len() < 2_000, "{}", shown.len());
    assert!(shown.contains("--> boiler.xml:1:100735"), "{shown}");
    assert!(
        shown.contains(">Double\u{6e29}") && shown.contains('…'),
        "{shown}"
    );
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let file = changed("Boiler", "\u{1b}[31mBoiler\u{7}\u{202e}").replace("Float", "\u{1b}]0;x\u{7}");
    let reading = read(file.as_bytes(), Mode::Strict);
    assert!(reading.diagnostics.len() >= 4);
    for found in &reading.diagnostics {
        let shown = render(found, "\u{1b}.xml", file.as_bytes(), Style::Plain);
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown}");
    }
}

#[test]
fn colour_is_a_choice() {
    let file = changed("Float", "Double");
    let reading = read(file.as_bytes(), Mode::Strict);
    let coloured = render(&reading.diagnostics[0], "a.xml", file.as_bytes(), Style::Coloured);
    assert!(coloured.contains("\u{1b}["));
}

#[test]
fn any_place_of_any_file_can_be_shown() {
    for file in [
        &b""[..],
        b"\xff",
        b"<LWM2M>\xff\n",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf<a/>",
        b"\r\r\n<a",
        b"<LWM2M>\n\n",
    ] {
        let reading = read(file, Mode::Strict);
        assert!(reading.has_errors());
        for found in &reading.diagnostics {
            let shown = render(found, "a.xml", file, Style::Plain);
            assert!(shown.contains(&found.code.to_string()), "{shown}");
        }
    }
}

#[test]
fn machines_get_one_json_object_a_line() {
    let file = changed("Float", "Dou\"\n\\ble\u{e9}");
    let reading = read(file.as_bytes(), Mode::Strict);
    let line = json(&reading.diagnostics[0], "dir\\a \"b\".xml");
    assert!(!line.contains('\n'));
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["file"], "dir\\a \"b\".xml");
    assert_eq!(
        (value["line"].as_u64(), value["column"].as_u64()),
        (Some(19), Some(11))
    );
    assert_eq!(
        (value["end_line"].as_u64(), value["end_column"].as_u64()),
        (Some(20), Some(6))
    );
    assert_eq!(
        (&value["code"], &value["severity"]),
        (&"L0210".into(), &"error".into())
    );
    assert_eq!(value["message"], "`Dou\" \\ble\u{e9}` is not a value of `Type`");
    assert!(value["help"].as_str().unwrap().starts_with("write one of String"));
}
