//! What is valid, but most likely wrong.

use lwm2m_codegen::xml::{Code, Mode, Severity, read};

use super::{VALID, at, changed, problems};

/// The warnings of a valid file: their codes and what they point at.
fn warnings(file: &str) -> Vec<(Code, String)> {
    let reading = read(file.as_bytes(), Mode::Strict);
    assert!(!reading.has_errors(), "{:#?}", reading.diagnostics);
    let point = |found| (Code::clone(&found_code(found)), at(file, found).to_owned());
    reading.diagnostics.iter().map(point).collect()
}

fn found_code(found: &lwm2m_codegen::xml::Diagnostic) -> Code {
    assert_eq!(found.severity, Severity::Warning);
    assert!(!found.message.is_empty() && !found.help.is_empty());
    found.code
}

/// Expects one warning after one change.
fn warned(from: &str, to: &str, code: Code, place: &str) {
    let file = changed(from, to);
    assert_eq!(warnings(&file), [(code, place.to_owned())], "{from} -> {to}");
}

// proves: REGY-03
#[test]
fn the_urn_is_checked_against_id_and_version() {
    const URN: &str = "urn:oma:lwm2m:x:26250:1.1";
    for (urn, code) in [
        ("", Code::UrnSyntax),
        ("urn:oma:lwm2m:y:26250:1.1", Code::UrnSyntax),
        ("urn:oma:lwm2m:x", Code::UrnSyntax),
        ("urn:oma:lwm2m:x:boiler", Code::UrnSyntax),
        ("urn:oma:lwm2m:x:26250:one", Code::UrnSyntax),
        ("urn:oma:lwm2m:x:26250:1.1:2", Code::UrnSyntax),
        ("URN:oma:lwm2m:x:26250:1.1", Code::UrnSyntax),
        ("urn:oma:lwm2m:x:26251:1.1", Code::UrnId),
        ("urn:oma:lwm2m:ext:26250:1.1", Code::UrnClass),
        ("urn:oma:lwm2m:oma:26250:1.1", Code::UrnClass),
        ("urn:oma:lwm2m:x:26250", Code::UrnVersion),
        ("urn:oma:lwm2m:x:26250:1.0", Code::UrnVersion),
        ("urn:oma:lwm2m:x:26250:2.1", Code::UrnVersion),
    ] {
        warned(URN, urn, code, urn);
    }
}

// proves: REGY-01
#[test]
fn object_ids_have_their_classes() {
    let with = |class: &str, id: u16| {
        let urn = format!("urn:oma:lwm2m:{class}:{id}:1.1");
        let file = changed("<ObjectID>26250", &format!("<ObjectID>{id}"));
        let file = file.replace("urn:oma:lwm2m:x:26250:1.1", &urn);
        warnings(&file)
            .into_iter()
            .map(|(code, _)| code)
            .collect::<Vec<_>>()
    };
    for id in [0, 1023] {
        assert_eq!(with("oma", id), []);
        assert_eq!(with("ext", id), [Code::UrnClass]);
    }
    for id in [2048, 10240] {
        assert_eq!(with("ext", id), []);
        assert_eq!(with("x", id), [Code::UrnClass]);
    }
    for id in [10241, 32768, 32769, 42768] {
        assert_eq!(with("x", id), []);
        assert_eq!(with("oma", id), [Code::UrnClass]);
    }
    for id in [42769, 42800] {
        assert_eq!(with("x", id), []);
    }
    for id in [1024, 2047, 42801, 65534] {
        assert_eq!(with("x", id), [Code::ObjectIdClass]);
    }
    assert_eq!(with("x", 65535), [Code::ObjectIdReserved]);
}

// proves: REGY-02
#[test]
fn resource_ids_have_their_classes() {
    for id in [0, 2047, 2048, 26240, 26241, 32768] {
        assert_eq!(warnings(&changed("ID=\"0\"", &format!("ID=\"{id}\""))), []);
    }
    for id in ["32769", "65534"] {
        warned("ID=\"0\"", &format!("ID=\"{id}\""), Code::ResourceIdClass, id);
    }
    warned("ID=\"0\"", "ID=\"65535\"", Code::ResourceIdReserved, "65535");
}

#[test]
fn versions_have_a_form() {
    let file = changed("<ObjectVersion>1.1", "<ObjectVersion>1").replace("26250:1.1", "26250");
    assert_eq!(warnings(&file), [(Code::VersionSyntax, "1".to_owned())]);
    warned(
        "<LWM2MVersion>1.1",
        "<LWM2MVersion>v1.1",
        Code::VersionSyntax,
        "v1.1",
    );
    warned(
        "<LWM2MVersion>1.1",
        "<LWM2MVersion>1.7",
        Code::Lwm2mVersion,
        "1.7",
    );
    warned(
        "<LWM2MVersion>1.1",
        "<LWM2MVersion>2.0",
        Code::Lwm2mVersion,
        "2.0",
    );
}

#[test]
fn ids_and_names_are_unique() {
    let twice = changed("ID=\"1\"", "ID=\"0\"");
    assert_eq!(warnings(&twice), [(Code::DuplicateId, "0".to_owned())]);
    let kept = &read(twice.as_bytes(), Mode::Strict).objects[0].resources;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].name, "Water Temperature");
    warned(
        "Reset",
        "Water Temperature",
        Code::DuplicateName,
        "Water Temperature",
    );
    let second = &VALID[VALID.find("<Object ").unwrap()..];
    let codes: Vec<_> = warnings(&changed("</LWM2M>", second))
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, [Code::DuplicateObject]);
}

#[test]
fn names_say_something() {
    warned("Boiler", "", Code::ObjectName, "");
    warned("Reset", " \n", Code::ResourceName, " \n");
    warned("Boiler", "Boiler ", Code::NameBlanks, "Boiler ");
    warned("Reset", "Re  set", Code::NameBlanks, "Re  set");
    warned("Reset", "Re\u{a0}set", Code::NameBlanks, "Re\u{a0}set");
    warned("MODefinition", "Other", Code::ObjectType, "Other");
}

// proves: REGY-08
#[test]
fn new_types_need_a_new_version() {
    let old = changed("<LWM2MVersion>1.1", "<LWM2MVersion>1.0")
        .replace("<RangeEnumeration>0..100", "<RangeEnumeration>");
    for name in ["Unsigned Integer", "Corelnk"] {
        let file = old.replace("Float", name);
        assert_eq!(warnings(&file), [(Code::TypeNeedsVersion, name.to_owned())]);
        assert_eq!(
            warnings(&file.replace("<LWM2MVersion>1.0", "<LWM2MVersion>1.2")),
            []
        );
        let absent = file.replace("<LWM2MVersion>1.0</LWM2MVersion>", "");
        assert_eq!(warnings(&absent), [(Code::TypeNeedsVersion, name.to_owned())]);
    }
}

// proves: REGY-05
#[test]
fn executables_are_single_and_have_no_value() {
    let reset = &VALID[VALID.find("<Item ID=\"1\"").unwrap()..];
    let with = |from: &str, to: &str| VALID.replace(reset, &reset.replacen(from, to, 1));
    let expect = |file: &str, code, place: &str| assert_eq!(warnings(file), [(code, place.to_owned())]);
    expect(&with("<Type>", "<Type>String"), Code::ExecutableType, "String");
    expect(&with("Single", "Multiple"), Code::ExecutableMultiple, "Multiple");
    expect(
        &with("<RangeEnumeration/>", "<RangeEnumeration>0..9</RangeEnumeration>"),
        Code::ExecutableRange,
        "0..9",
    );
    expect(&with("<Units>", "<Units>s"), Code::ExecutableRange, "s");
    // Empty operations are for bootstrap servers, and such resources have a type.
    expect(&with("<Operations>E", "<Operations>"), Code::MissingType, "");
    assert_eq!(
        warnings(&with("<Operations>E", "<Operations>").replace("<Type><", "<Type>Time<")),
        []
    );
    expect(&with("<Operations>E", "<Operations>RW"), Code::MissingType, "");
}

#[test]
fn units_are_those_of_senml() {
    for unit in ["s", "%RH", "/100", "W", "Mbit/s", "VAh", "NTU", "Ws", "", " "] {
        assert_eq!(warnings(&changed("Cel", unit)), [], "{unit}");
    }
    for unit in ["KB", "\u{b0}C", "seconds", "Volt"] {
        warned("Cel", unit, Code::Unit, unit);
    }
    let reading = read(changed("Cel", "mhz").as_bytes(), Mode::Strict);
    assert_eq!(reading.diagnostics[0].help, "did you mean `MHz`?");
}

#[test]
fn ranges_can_be_read() {
    let ranged = |data_type: &str, range: &str| {
        let file = changed("0..100", range).replace("Float", data_type);
        warnings(&file)
            .into_iter()
            .map(|(code, _)| code)
            .collect::<Vec<_>>()
    };
    assert_eq!(ranged("Float", "-1.5..2.5"), []);
    assert_eq!(ranged("String", "1..64"), []);
    assert_eq!(ranged("Integer", "warm to hot"), [Code::RangeUnreadable]);
    assert_eq!(ranged("Integer", "5..1"), [Code::RangeDescending]);
    assert_eq!(ranged("Integer", "1...5"), [Code::RangeForm]);
    assert_eq!(ranged("Boolean", "0..1"), [Code::RangeType]);
    assert_eq!(ranged("Objlnk", "0..1"), [Code::RangeType]);
}

#[test]
fn every_problem_of_a_file_is_told_at_once_and_in_order() {
    let file = VALID
        .replace("<Name>Boiler", "<Name>Boiler ")
        .replace(":x:26250:1.1", ":ext:5:9.9")
        .replace(">Optional<", ">Maybe<")
        .replace("Cel", "Pfund")
        .replace("</Object>", "</Object><Junk/>");
    let found: Vec<_> = problems(&file, Mode::Strict)
        .into_iter()
        .map(|(_, code)| code)
        .collect();
    assert_eq!(
        found,
        [
            Code::NameBlanks,
            Code::UrnId,
            Code::UrnClass,
            Code::UrnVersion,
            Code::UnknownValue,
            Code::Unit,
            Code::UnknownValue,
            Code::UnknownElement,
        ]
    );
}
