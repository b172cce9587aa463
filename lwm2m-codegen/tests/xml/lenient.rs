//! What lenient reading repairs, and what it leaves refused.

use lwm2m_codegen::{
    model::{Operations, ResourceType, Version},
    xml::{Code, Mode, Severity, read},
};

use super::{VALID, changed, problems};

/// Reads a file that strict reading refuses and lenient reading repairs, and that means the same as the valid one.
fn repaired(file: &str, code: Code) {
    assert!(
        problems(file, Mode::Strict).contains(&(Severity::Error, code)),
        "{file}"
    );
    let reading = read(file.as_bytes(), Mode::Lenient);
    assert!(!reading.has_errors(), "{:#?}", reading.diagnostics);
    assert!(
        problems(file, Mode::Lenient).contains(&(Severity::Repaired, code)),
        "{file}"
    );
    assert_eq!(
        reading.objects,
        read(VALID.as_bytes(), Mode::Strict).objects,
        "{file}"
    );
}

// proves: REGY-04
#[test]
fn a_file_is_read_with_everything_it_says() {
    let reading = read(VALID.as_bytes(), Mode::Strict);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    let [boiler] = reading.objects.as_slice() else {
        panic!("one object");
    };
    assert_eq!((boiler.id, boiler.name.as_str()), (26250, "Boiler"));
    assert_eq!(boiler.urn, "urn:oma:lwm2m:x:26250:1.1");
    assert_eq!(
        (boiler.version, boiler.lwm2m_version),
        (Version::V1_1, Version::V1_1)
    );
    assert_eq!((boiler.multiple, boiler.mandatory), (true, false));
    assert_eq!(boiler.description, "Heats water & keeps it <warm>.");
    assert_eq!(boiler.description2, "");
    let [temperature, reset] = boiler.resources.as_slice() else {
        panic!("a comment hides a third one");
    };
    assert_eq!(
        (temperature.id, temperature.name.as_str()),
        (0, "Water Temperature")
    );
    assert_eq!(temperature.operations, Operations::R);
    assert_eq!((temperature.multiple, temperature.mandatory), (false, true));
    assert_eq!(temperature.resource_type, Some(ResourceType::Float));
    assert_eq!(
        (temperature.range.as_str(), temperature.units.as_str()),
        ("0..100", "Cel")
    );
    assert_eq!(temperature.description, "Of the \"upper\" sensor.");
    assert_eq!((reset.operations, reset.resource_type), (Operations::E, None));
    assert_eq!((reset.range.as_str(), reset.units.as_str()), ("", ""));
}

#[test]
fn children_may_come_in_any_order() {
    let id = "\t\t<ObjectID>26250</ObjectID>\n";
    let late = VALID
        .replace(id, "")
        .replace("\t\t<Resources>", &format!("{id}\t\t<Resources>"));
    repaired(&late, Code::Order);
    let text = "\t\t<Description2></Description2>\n";
    let early = VALID
        .replace(text, "")
        .replace("\t\t<ObjectID>", &format!("{text}\t\t<ObjectID>"));
    repaired(&early, Code::Order);
    // One diagnostic an element, however mixed up its children are.
    let problems = problems(&early, Mode::Lenient);
    assert_eq!(problems, [(Severity::Repaired, Code::Order)]);
}

#[test]
fn missing_texts_are_empty() {
    repaired(
        &changed("\t\t\t\t<RangeEnumeration/>\n", ""),
        Code::MissingElement,
    );
    repaired(
        &changed("\t\t<Description2></Description2>\n", ""),
        Code::MissingElement,
    );
    let units = "\t\t\t\t<Units></Units>\n";
    repaired(&changed(units, ""), Code::MissingElement);
}

#[test]
fn spelling_is_repaired_where_the_meaning_is_plain() {
    for (from, to, code) in [
        (">Float<", "> float\n<", Code::UnknownValue),
        (">Multiple<", ">multiple<", Code::UnknownValue),
        (">E<", "> E <", Code::UnknownValue),
        (">26250<", "> 26250 <", Code::NotANumber),
        ("ID=\"1\"", "ID=\"+1\"", Code::NotANumber),
        ("<Resources>", "<Resources>text", Code::StrayText),
        (
            "<Resources>",
            "<Resources><Other>text<b/></Other>",
            Code::UnknownElement,
        ),
        ("<Resources>", "<Resources a=\"b\">", Code::UnknownAttribute),
        (" ObjectType=\"MODefinition\"", "", Code::MissingAttribute),
        ("<Units>Cel", "<Units xsi:nil=\"false\">Cel", Code::SchemaInstance),
        ("<LWM2M ", "<LWM2M xmlns=\"http://example.com\" ", Code::Namespace),
    ] {
        repaired(&changed(from, to), code);
    }
}

// proves: REGY-08
#[test]
fn what_cannot_be_repaired_stays_an_error_with_its_place() {
    for (from, to, code, line) in [
        (">Float<", ">Double<", Code::UnknownValue, 19),
        (">R<", ">X<", Code::UnknownValue, 16),
        (">26250<", ">x<", Code::NotANumber, 7),
        ("ID=\"0\"", "ID=\"65536\"", Code::NotANumber, 14),
        ("\t\t\t\t<Type>Float</Type>\n", "", Code::MissingElement, 14),
        (" ID=\"0\"", "", Code::MissingAttribute, 14),
        (
            "</Name>\n\t\t<Desc",
            "</Name><Name>b</Name>\n\t\t<Desc",
            Code::RepeatedElement,
            5,
        ),
        ("Boiler", "<b/>", Code::StrayElement, 5),
        ("Boiler</Name>", "Boiler</Nam>", Code::UnmatchedEnd, 5),
        ("Boiler</Name>", "Boiler", Code::MissingEnd, 5),
        ("</LWM2M>", "<!--", Code::Unclosed, 38),
    ] {
        let reading = read(changed(from, to).as_bytes(), Mode::Lenient);
        let found = reading.diagnostics.iter().find(|found| found.code == code);
        let found = found.unwrap_or_else(|| panic!("{code}: {:#?}", reading.diagnostics));
        assert_eq!((found.severity, found.line), (Severity::Error, line), "{code}");
    }
    let empty = &VALID[..VALID.find("<Item").unwrap()];
    let empty = format!("{empty}</Resources><Description2/></Object></LWM2M>");
    assert_eq!(
        problems(&empty, Mode::Lenient),
        [(Severity::Error, Code::NoResources)]
    );
    assert_eq!(
        problems("<LWM2M/>", Mode::Lenient),
        [(Severity::Error, Code::NoObject)]
    );
    assert_eq!(problems("", Mode::Lenient), [(Severity::Error, Code::NoRoot)]);
}

#[test]
fn a_misspelt_end_tag_hides_nothing_behind_it() {
    let file = changed("Water Temperature</Name>", "Water Temperature</Nam>").replace("Cel", "Pfund");
    let found = problems(&file, Mode::Lenient);
    assert_eq!(
        found,
        [
            (Severity::Error, Code::UnmatchedEnd),
            (Severity::Warning, Code::Unit)
        ]
    );
}

#[test]
fn other_files_of_the_registry_are_told_apart() {
    for (file, message) in [
        (
            "<DDFList><Item/></DDFList>",
            "this file is the registry's index (DDF.xml)",
        ),
        (
            "<LWM2M><Object ObjectType=\"CommonResources\"><Resources><Item ID=\"1\"/></Resources></Object></LWM2M>",
            "this file lists reusable resources (Common.xml)",
        ),
        (
            "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"/>",
            "this file is an XML schema",
        ),
        ("<units/>", "the root element is `units`, not `LWM2M`"),
    ] {
        let reading = read(file.as_bytes(), Mode::Lenient);
        let last = reading.diagnostics.last().unwrap();
        assert_eq!((last.code, last.message.as_str()), (Code::NotDefinition, message));
        assert!(reading.objects.is_empty());
    }
}

#[test]
fn texts_are_put_together_and_names_are_folded() {
    let file = VALID
        .replace(
            "Boiler",
            " Boiler\r\n  <![CDATA[&]]>\u{a0}&#x43;&amp;<!-- no -->o ",
        )
        .replace("0..100", " \n ")
        .replace("Cel", "\t")
        .replace("Of the", "  a\r\nb\rc");
    let reading = read(format!("\u{feff}{file}").as_bytes(), Mode::Lenient);
    assert!(!reading.has_errors());
    let object = &reading.objects[0];
    assert_eq!(object.name, "Boiler & C&o");
    assert_eq!(object.resources[0].range, "");
    assert_eq!(object.resources[0].units, "");
    assert_eq!(object.resources[0].description, "  a\nb\nc \"upper\" sensor.");
}

// proves: REGY-03
#[test]
fn an_absent_version_is_1_0() {
    let file = VALID
        .replace("<LWM2MVersion>1.1</LWM2MVersion>", "")
        .replace(
            "<ObjectVersion>1.1</ObjectVersion>",
            "<ObjectVersion></ObjectVersion>",
        )
        .replace("26250:1.1", "26250");
    let reading = read(file.as_bytes(), Mode::Strict);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    assert_eq!(reading.objects[0].version, Version::V1_0);
    assert_eq!(reading.objects[0].lwm2m_version, Version::V1_0);
    // Saying so is fine too.
    let explicit = file.replace("x:26250<", "x:26250:1.0<");
    assert!(problems(&explicit, Mode::Strict).is_empty());
}

#[test]
fn several_objects_may_share_a_file() {
    let second = VALID[VALID.find("<Object ").unwrap()..]
        .replace("26250", "26251")
        .replace("Boiler", "Oven");
    let reading = read(changed("</LWM2M>", &second).as_bytes(), Mode::Strict);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    let ids: Vec<_> = reading
        .objects
        .iter()
        .map(|object| (object.id, object.resources.len()))
        .collect();
    assert_eq!(ids, [(26250, 2), (26251, 2)]);
}
