//! Files made to hurt: each is refused with a clear error, at a bounded cost.

use lwm2m_codegen::xml::{Code, Limits, Mode, Reading, Severity, read, read_within};

use super::{VALID, changed};

/// Reads in both modes, which must both refuse the file for the same reason.
fn refused(bytes: &[u8], code: Code) -> Reading {
    let strict = read(bytes, Mode::Strict);
    for reading in [&strict, &read(bytes, Mode::Lenient)] {
        let is_told = reading
            .diagnostics
            .iter()
            .any(|found| found.severity == Severity::Error && found.code == code);
        assert!(is_told, "{code}: {:?}", reading.diagnostics.first());
    }
    strict
}

// proves: ROB-66
#[test]
fn entity_bombs_do_not_go_off() {
    let mut bomb = String::from("<!DOCTYPE LWM2M [<!ENTITY a0 \"ha\">");
    for level in 1..30 {
        bomb.push_str(&format!(
            "<!ENTITY a{level} \"&a{};&a{};\">",
            level - 1,
            level - 1
        ));
    }
    bomb.push_str("]>");
    let file = changed("<LWM2M", &format!("{bomb}<LWM2M")).replace("Boiler", "&a29;");
    let reading = refused(file.as_bytes(), Code::Doctype);
    assert!(
        reading
            .diagnostics
            .iter()
            .any(|found| found.code == Code::UnknownEntity)
    );
    assert!(reading.objects.iter().all(|object| object.name.is_empty()));
}

// proves: ROB-66
#[test]
fn external_entities_are_not_fetched() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "secret").unwrap();
    let doctype = format!(
        "<!DOCTYPE LWM2M [<!ENTITY x SYSTEM \"file://{}\">]>",
        secret.path().display()
    );
    let file = changed("<LWM2M", &format!("{doctype}<LWM2M")).replace("Boiler", "&x;");
    let reading = refused(file.as_bytes(), Code::Doctype);
    assert!(!format!("{reading:?}").contains("secret"));
}

#[test]
fn a_huge_file_is_not_even_looked_at() {
    let file = vec![b' '; 100 << 20];
    let reading = refused(&file, Code::TooLarge);
    assert_eq!(reading.diagnostics.len(), 1);
}

// proves: ROB-67
#[test]
fn a_huge_text_is_not_kept() {
    let text = "x".repeat(3 << 20);
    for from in ["Boiler", "Heats water", "0..100", "Of the"] {
        let reading = refused(changed(from, &text).as_bytes(), Code::TextTooLong);
        let kept = reading.objects.iter().flat_map(|object| &object.resources);
        assert!(
            kept.into_iter()
                .all(|resource| resource.description.len() < 1 << 20)
        );
        assert!(reading.diagnostics.iter().all(|found| found.message.len() < 200));
    }
    let attribute = changed("MODefinition", &text);
    refused(attribute.as_bytes(), Code::TextTooLong);
    // In many pieces as well: references and CDATA sections are one text.
    let pieces = "&#120;<![CDATA[xxxxxxxxxxxxxxxx]]>".repeat(80_000);
    refused(changed("Boiler", &pieces).as_bytes(), Code::TextTooLong);
}

#[test]
fn ampersands_without_end_cost_no_more_than_their_bytes() {
    // Looking for the semicolon of each anew would take hours.
    let ampersands = "&".repeat(2 << 20);
    refused(changed("MODefinition", &ampersands).as_bytes(), Code::Ampersand);
    refused(changed("Boiler", &ampersands).as_bytes(), Code::Ampersand);
}

#[test]
fn deep_nesting_needs_no_stack() {
    let deep = "<a>".repeat(3 << 20);
    refused(deep.as_bytes(), Code::NotDefinition);
    refused(changed("<Resources>", &deep).as_bytes(), Code::TooDeep);
    refused(changed("Boiler", &deep).as_bytes(), Code::TooDeep);
    // Wide is not deep, and what is skipped may be as wide as the file.
    let wide = "<a></a>".repeat(100_000);
    let file = changed("<Resources>", &format!("<b>{wide}</b><Resources>"));
    assert!(!read(file.as_bytes(), Mode::Lenient).has_errors());
}

#[test]
fn a_million_resources_end_at_the_limit() {
    let items = "<Item ID=\"1\"></Item>".repeat(800_000);
    let reading = refused(
        changed("<Resources>", &format!("<Resources>{items}")).as_bytes(),
        Code::TooManyResources,
    );
    assert!(reading.objects.is_empty());
    assert!(reading.diagnostics.len() <= 3 * 200 + 1);
}

#[test]
fn a_tag_cannot_have_any_number_of_attributes() {
    let mut attributes = String::new();
    for index in 0..1_000_000 {
        attributes.push_str(&format!(" a{index}=\"\""));
    }
    refused(
        changed("<Resources>", &format!("<Resources{attributes}>")).as_bytes(),
        Code::TooManyAttributes,
    );
    let mut namespaces = String::new();
    for index in 0..60 {
        namespaces.push_str(&format!(" xmlns:a{index}=\"b\""));
    }
    let file = VALID
        .replace("<Item ", &format!("<Item{namespaces} "))
        .replace("<Name>", &format!("<Name{namespaces}>"));
    refused(file.as_bytes(), Code::TooManyAttributes);
}

#[test]
fn only_utf_8_is_read() {
    refused(
        &VALID.replace("Boiler", "B\u{f6}iler").into_bytes().split_off(3),
        Code::OutsideRoot,
    );
    refused(b"<LWM2M>\xff</LWM2M>", Code::NotUtf8);
    // An overlong NUL, half of a surrogate pair, and a character cut in half.
    refused(b"<LWM2M>\xc0\x80</LWM2M>", Code::NotUtf8);
    refused(b"<LWM2M>\xed\xa0\x80</LWM2M>", Code::NotUtf8);
    refused(b"<LWM2M>\xe2\x82", Code::NotUtf8);
    let wide = |encode: fn(u16) -> [u8; 2]| -> Vec<u8> { VALID.encode_utf16().flat_map(encode).collect() };
    let mut marked = b"\xff\xfe".to_vec();
    marked.extend(wide(u16::to_le_bytes));
    for file in [marked, wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
        refused(&file, Code::Encoding);
    }
    refused(VALID.replace("UTF-8", "UTF-16").as_bytes(), Code::Encoding);
    refused(
        VALID
            .replace("UTF-8", "ISO-8859-1")
            .replace("Boiler", "B\u{f6}iler")
            .as_bytes(),
        Code::Encoding,
    );
}

#[test]
fn control_characters_are_refused_wherever_they_are() {
    for c in ['\0', '\u{1}', '\u{8}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        for from in ["Boiler", " A licence.", "MODefinition", "Heats water", "26250<"] {
            refused(changed(from, &format!("{c}{from}")).as_bytes(), Code::Character);
        }
        refused(format!("{VALID}{c}").as_bytes(), Code::Character);
        refused(
            changed("Boiler", &format!("&#{};", u32::from(c))).as_bytes(),
            Code::CharacterReference,
        );
    }
}

#[test]
fn problems_are_capped_and_counted() {
    let junk = "<Junk/>\n".repeat(1_000);
    let file = changed("<Resources>", &format!("<Resources>{junk}"));
    let reading = read(file.as_bytes(), Mode::Strict);
    assert_eq!(reading.diagnostics.len(), 201);
    let last = reading.diagnostics.last().unwrap();
    assert_eq!((last.code, last.severity), (Code::Suppressed, Severity::Error));
    assert_eq!(last.message, "800 errors more are not shown");
    assert!(!read(file.as_bytes(), Mode::Lenient).has_errors());
}

#[test]
fn limits_are_the_callers_to_set() {
    let mut limits = Limits::default();
    limits.resources = 1;
    let reading = read_within(VALID.as_bytes(), Mode::Strict, &limits);
    assert_eq!(reading.diagnostics.last().unwrap().code, Code::TooManyResources);
    limits = Limits::default();
    limits.file_bytes = VALID.len();
    assert!(!read_within(VALID.as_bytes(), Mode::Strict, &limits).has_errors());
    limits.file_bytes -= 1;
    assert!(read_within(VALID.as_bytes(), Mode::Strict, &limits).has_errors());
    limits = Limits::default();
    limits.depth = 4;
    assert!(read_within(VALID.as_bytes(), Mode::Strict, &limits).has_errors());
    limits.depth = 5;
    assert!(!read_within(VALID.as_bytes(), Mode::Strict, &limits).has_errors());
}

#[test]
fn a_file_may_end_anywhere() {
    for end in 0..VALID.trim_end().len() {
        let reading = read(&VALID.as_bytes()[..end], Mode::Lenient);
        assert!(reading.has_errors(), "{end}");
    }
}
