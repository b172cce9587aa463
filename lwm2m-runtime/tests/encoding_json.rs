//! SenML JSON, its ETCH form and the JSON of LwM2M 1.0.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it finds a mistake"
)]

use lwm2m_runtime::{
    encoding::{
        BaseName, Content, DecodeError, DecodeErrorKind, Decoder, EncodeError, EncodeOptions, Format, Limits,
        Purpose, Record, RecordRef, encode,
    },
    model::{
        ObjectDefinition, Objlnk, Operations, Path, ResourceDefinition, ResourceType, Time, Value, ValueRef,
    },
};
use proptest::prelude::*;

const fn resource(id: u16, resource_type: ResourceType) -> ResourceDefinition {
    ResourceDefinition::new(id, "Resource", Some(resource_type), Operations::RW)
}

static TYPES: ObjectDefinition =
    ObjectDefinition::new(1000, "Types", "urn:oma:lwm2m:x:1000").with_resources(&[
        resource(0, ResourceType::String),
        resource(1, ResourceType::Integer),
        resource(2, ResourceType::Unsigned),
        resource(3, ResourceType::Float),
        resource(4, ResourceType::Boolean),
        resource(5, ResourceType::Opaque),
        resource(6, ResourceType::Time),
        resource(7, ResourceType::Objlnk),
        resource(8, ResourceType::Corelnk),
        resource(9, ResourceType::Integer).with_multiple(),
        ResourceDefinition::new(10, "Execute", None, Operations::E),
    ]);

static DEFINITIONS: [&ObjectDefinition; 1] = [&TYPES];

const TARGET: Path = Path::instance(1000, 0);

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

fn senml(text: &str) -> Result<Vec<Record>, DecodeError> {
    let decoder = Decoder::new(Format::SenmlJson, Path::ROOT).with_definitions(&DEFINITIONS);
    decoder.read(text.as_bytes())?.collect()
}

fn oma(text: &str) -> Result<Vec<Record>, DecodeError> {
    let decoder = Decoder::new(Format::Json, Path::ROOT).with_definitions(&DEFINITIONS);
    decoder.read(text.as_bytes())?.collect()
}

fn etch(purpose: Purpose, text: &str) -> Result<Vec<Record>, DecodeError> {
    let decoder = Decoder::new(Format::SenmlEtchJson, Path::ROOT).with_purpose(purpose);
    decoder.read(text.as_bytes())?.collect()
}

/// The kind of mistake in a payload.
fn mistake(result: Result<Vec<Record>, DecodeError>) -> Option<DecodeErrorKind> {
    result.err().map(|error| error.kind)
}

/// The one value in a payload.
fn value(result: Result<Vec<Record>, DecodeError>) -> Result<Value, DecodeErrorKind> {
    let records = result.map_err(|error| error.kind)?;
    assert_eq!(records.len(), 1);
    Ok(records[0].content.clone().value().unwrap())
}

fn paths(result: Result<Vec<Record>, DecodeError>) -> Result<Vec<String>, DecodeErrorKind> {
    let records = result.map_err(|error| error.kind)?;
    Ok(records.iter().map(|record| record.path.to_string()).collect())
}

fn times(result: Result<Vec<Record>, DecodeError>) -> Vec<Option<f64>> {
    result.unwrap().iter().map(|record| record.time).collect()
}

fn write(
    format: Format,
    target: Path,
    records: &[Record],
    base_name: BaseName,
) -> Result<String, EncodeError> {
    let mut options = EncodeOptions::default();
    options.base_name = base_name;
    let mut out = Vec::new();
    encode(
        format,
        target,
        records.iter().map(Record::as_ref),
        &options,
        &mut out,
    )?;
    Ok(String::from_utf8(out).unwrap())
}

fn types() -> Vec<Record> {
    vec![
        Record::new(path("/1000/0/0"), Value::String("a\"b\u{1f600}\n".into())),
        Record::new(path("/1000/0/1"), Value::Integer(i64::MIN)),
        Record::new(path("/1000/0/2"), Value::Unsigned(u64::MAX)),
        Record::new(path("/1000/0/3"), Value::Float(-0.1)),
        Record::new(path("/1000/0/4"), Value::Boolean(true)),
        Record::new(path("/1000/0/5"), Value::Opaque(vec![0xfb, 0xff, 1])),
        Record::new(path("/1000/0/6"), Value::Time(Time(-1))),
        Record::new(path("/1000/0/7"), Value::Objlnk(Objlnk::new(3, 0))),
        Record::new(path("/1000/0/8"), Value::Corelnk("</3/0>;a=\"b\"".into())),
        Record::new(path("/1000/0/9/0"), Value::Integer(7)),
        Record::new(path("/1000/0/9/65534"), Value::Integer(8)),
    ]
}

const SENML_TYPES: &str = concat!(
    r#"[{"bn":"/1000/0/","n":"0","vs":"a\"b😀\n"},{"n":"1","v":-9223372036854775808},"#,
    r#"{"n":"2","v":18446744073709551615},{"n":"3","v":-0.1},{"n":"4","vb":true},{"n":"5","vd":"-_8B"},"#,
    r#"{"n":"6","v":-1},{"n":"7","vlo":"3:0"},{"n":"8","vs":"</3/0>;a=\"b\""},{"n":"9/0","v":7},"#,
    r#"{"n":"9/65534","v":8}]"#,
);

const OMA_TYPES: &str = concat!(
    r#"{"bn":"/1000/0/","e":[{"n":"0","sv":"a\"b😀\n"},{"n":"1","v":-9223372036854775808},"#,
    r#"{"n":"2","v":18446744073709551615},{"n":"3","v":-0.1},{"n":"4","bv":true},{"n":"5","sv":"+/8B"},"#,
    r#"{"n":"6","v":-1},{"n":"7","ov":"3:0"},{"n":"8","sv":"</3/0>;a=\"b\""},{"n":"9/0","v":7},"#,
    r#"{"n":"9/65534","v":8}]}"#,
);

// proves: ENC-SENML-03 ENC-SENML-08
#[test]
fn every_type_has_its_label_in_senml() {
    assert_eq!(senml(SENML_TYPES), Ok(types()));
    let written = write(Format::SenmlJson, TARGET, &types(), BaseName::Target);
    assert_eq!(written.as_deref(), Ok(SENML_TYPES));
}

// proves: ENC-JSON-01 ENC-JSON-03
#[test]
fn every_type_has_its_label_in_the_json_of_1_0() {
    assert_eq!(oma(OMA_TYPES), Ok(types()));
    let written = write(Format::Json, TARGET, &types(), BaseName::Target);
    assert_eq!(written.as_deref(), Ok(OMA_TYPES));
    assert_eq!(oma(r#"{"bn":"/3/0/","e":[]}"#), Ok(vec![]));
    assert_eq!(oma(r#"{"e":[]}"#), Ok(vec![]));
    assert_eq!(mistake(oma("{}")), Some(DecodeErrorKind::Structure));
    assert_eq!(
        mistake(oma(r#"{"bn":"/3/0/"}"#)),
        Some(DecodeErrorKind::Structure)
    );
    for (entry, kind) in [
        (r#"{"n":"/3/0/0"}"#, DecodeErrorKind::ValueCount),
        (r#"{"n":"/3/0/0","v":1,"sv":""}"#, DecodeErrorKind::ValueCount),
        (
            r#"{"n":"/3/0/0","bv":true,"ov":"1:1"}"#,
            DecodeErrorKind::ValueCount,
        ),
        (r#"{"n":"/3/0/0","v":1,"v":1}"#, DecodeErrorKind::Duplicate),
        (r#"{"n":"/3/0/0","n":"","v":1}"#, DecodeErrorKind::Duplicate),
        (r#"{"n":"/3/0/0","x":1,"v":1,"x":1}"#, DecodeErrorKind::Duplicate),
        (r#"{"n":"/3/0/0","v":"1"}"#, DecodeErrorKind::Structure),
        (r#"{"n":"/3/0/0","v":null}"#, DecodeErrorKind::Structure),
        (r#"{"n":"/3/0/0","bv":0}"#, DecodeErrorKind::Structure),
        (r#"{"n":"/3/0/0","sv":1}"#, DecodeErrorKind::Structure),
        (r#"{"n":1,"v":1}"#, DecodeErrorKind::Structure),
        (r#"{"n":"/3/0/0","t":"0","v":1}"#, DecodeErrorKind::Structure),
        (r#"{"n":"/3/0","v":1}"#, DecodeErrorKind::Structure),
        (r#"["/3/0/0",1]"#, DecodeErrorKind::Syntax),
    ] {
        assert_eq!(
            mistake(oma(&format!("{{\"e\":[{entry}]}}"))),
            Some(kind),
            "{entry}"
        );
    }
    for text in [
        r#"{"e":{}}"#,
        r#"{"e":[],"e":[]}"#,
        r#"{"bn":1,"e":[]}"#,
        r#"{"bt":"1","e":[]}"#,
        r#"{"bn":"","bn":"","e":[]}"#,
    ] {
        assert!(oma(text).is_err(), "{text}");
    }
}

// proves: ENC-JSON-02
#[test]
fn names_are_joined_as_text_and_base_members_may_come_last() {
    let expected = Ok(vec!["/3/0/11/0".into(), "/3/0/11/1".into()]);
    for text in [
        r#"{"bn":"3/0/1","e":[{"n":"1/0","v":0},{"n":"1/1","v":0}]}"#,
        r#"{"bn":"/3/0/1","e":[{"n":"1/0","v":0},{"n":"1/1","v":0}]}"#,
        r#"{"e":[{"n":"1/0","v":0},{"n":"1/1","v":0}],"bn":"/3/0/1"}"#,
        r#"{"e":[{"n":"1/0","v":0},{"n":"1/1","v":0}],"bn":"/3/0/1","x":[]}"#,
        r#"{"e":[{"n":"1/0","v":0},{"n":"1/1","v":0}],"x":{"y":[{}]},"bn":"/3/0/1"}"#,
        r#"{"e":[{"n":"/3/0/11/0","v":0},{"n":"/3/0/11/1","v":0,"x":"]}"}]}"#,
        " { \"bn\" : \"/3/0/\" , \"e\" : [ { \"n\" : \"11/0\" , \"v\" : 0 } ,\r\n\t{ \"n\" : \"11/1\" , \"v\" : 0 } ] } ",
        r#"{"\u0062n":"\u002f3\/0/","\u0065":[{"\u006e":"11/0","v":0},{"n":"\u0031\u0031/1","v":0}]}"#,
    ] {
        assert_eq!(paths(oma(text)), expected, "{text}");
    }
    let single = r#"{"bn":"/3/0/0","e":[{"sv":"x"}]}"#;
    assert_eq!(paths(oma(single)), Ok(vec!["/3/0/0".into()]));
    assert_eq!(
        times(oma(r#"{"e":[{"n":"/3/0/1","v":0,"t":-5}],"bt":100}"#)),
        [Some(95.0)]
    );
}

// proves: ENC-JSON-04
#[test]
fn times_are_relative_to_the_base_time() {
    let text = r#"{"bn":"/1000/0/3","bt":1700000000,"e":[{"v":1.5,"t":-5},{"v":2.5},{"v":3.5,"t":0.25}]}"#;
    assert_eq!(
        times(oma(text)),
        [
            Some(1_699_999_995.0),
            Some(1_700_000_000.0),
            Some(1_700_000_000.25)
        ]
    );
    assert_eq!(
        times(oma(r#"{"bn":"/1000/0/3","e":[{"v":1,"t":-5},{"v":2}]}"#)),
        [Some(-5.0), None]
    );
    let history: Vec<_> = [1_700_000_000.0, 1_699_999_995.0, 1_700_000_000.25]
        .into_iter()
        .map(|time| Record {
            time: Some(time),
            ..Record::new(path("/1000/0/3"), Value::Float(1.5))
        })
        .collect();
    let written = write(Format::Json, path("/1000/0/3"), &history, BaseName::Target).unwrap();
    let exact = r#"{"bn":"/1000/0/3","bt":1700000000,"e":[{"v":1.5},{"t":-5,"v":1.5},{"t":0.25,"v":1.5}]}"#;
    assert_eq!(written, exact);
    assert_eq!(oma(&written), Ok(history.clone()));
    let mut mixed = history;
    mixed[1].time = None;
    let mixed = write(Format::Json, path("/1000/0/3"), &mixed, BaseName::Target);
    assert!(matches!(mixed, Err(EncodeError::Unsupported { .. })));
}

// proves: ENC-JSON-05 ROB-29
#[test]
fn a_path_does_not_occur_twice_at_one_time() {
    let twice = |text: &str| mistake(oma(text)) == Some(DecodeErrorKind::Duplicate);
    assert!(twice(r#"{"bn":"/3/0/","e":[{"n":"1","v":0},{"n":"1","v":0}]}"#));
    assert!(twice(
        r#"{"bn":"/3/0/","e":[{"n":"2","v":0},{"n":"1","v":0},{"n":"3","v":0},{"n":"2","v":0}]}"#
    ));
    assert!(twice(
        r#"{"bn":"/3/0/1","bt":5,"e":[{"v":0},{"v":1,"t":-1},{"v":0}]}"#
    ));
    assert!(!twice(
        r#"{"bn":"/3/0/","e":[{"n":"2","v":0},{"n":"1","v":0},{"n":"3","v":0}]}"#
    ));
    let senml_twice = |text: &str| mistake(senml(text)) == Some(DecodeErrorKind::Duplicate);
    assert!(senml_twice(r#"[{"n":"/3/0/1","v":0},{"n":"/3/0/1","v":0}]"#));
    assert!(senml_twice(
        r#"[{"n":"/3/0/2","v":0},{"n":"/3/0/1","v":0},{"bn":"/3/0/","n":"2","v":0}]"#
    ));
    assert!(!senml_twice(
        r#"[{"n":"/3/0/2","v":0},{"n":"/3/0/2","v":0,"t":-1},{"n":"/3/0/1","v":0}]"#
    ));
    let error = senml(r#"[{"n":"/3/0/1","v":0},{"n":"/3/0/1","v":0}]"#).unwrap_err();
    assert_eq!((error.offset, error.path), (22, Some(path("/3/0/1"))));
    let record = Record::new(path("/1000/0/1"), Value::Integer(1));
    for format in [Format::SenmlJson, Format::Json] {
        let written = write(
            format,
            TARGET,
            &[record.clone(), record.clone()],
            BaseName::Target,
        );
        assert_eq!(written, Err(EncodeError::Order { path: record.path }));
    }
}

// proves: ENC-JSON-06
#[test]
fn the_json_of_1_0_is_json() {
    for text in [
        r#"{"e":[{"n":"/3/0/1","v":01}]}"#,
        r#"{"e":[{"n":"/3/0/1","v":1},]}"#,
        r#"{"e":[{"n":"/3/0/1","v":1,}]}"#,
        r#"{"e":[{"n":"/3/0/1","v":.5}]}"#,
        r#"{"e":[{"n":"/3/0/1","v":+5}]}"#,
        r#"{"e":[{"n":"/3/0/1","v":0x5}]}"#,
        r#"{"e":[{"n":"/3/0/1","v":NaN}]}"#,
        r#"{"e":[{"n":'/3/0/1',"v":1}]}"#,
        r#"{"e":[{n:"/3/0/1","v":1}]}"#,
        r#"{"e":[{"n":"/3/0/1" "v":1}]}"#,
        r#"{"e":[{"n":"/3/0/1","v":1}{"n":"/3/0/2","v":1}]}"#,
        r#"{"e":[{"n":"/3/0/1","bv":True}]}"#,
        r#"{"e":[]}x"#,
        r#"{"e":[]}{}"#,
        r#"{"e":[],}"#,
        r#"{"e":[]]"#,
        r#"[{"e":[]}]"#,
        "{\"e\":[{\"n\":\"/3/0/1\",\"sv\":\"\n\"}]}",
        "\u{feff}{\"e\":[]}",
        "",
    ] {
        assert!(oma(text).is_err(), "{text}");
    }
}

// proves: ENC-JSON-07
#[test]
fn linked_instances_are_additional_records() {
    let text = r#"{"bn":"/","e":[{"n":"65/0/0/0","ov":"66:0"},{"n":"66/0/0","sv":"x"},{"n":"66/0/2","ov":"FFFF:FFFF"}]}"#;
    let records = oma(text).unwrap();
    assert_eq!(records[1].path, path("/66/0/0"));
    assert_eq!(records[2].content, Content::Value(Value::Objlnk(Objlnk::NULL)));
}

// proves: ENC-SENML-01 ENC-SENML-10 ENC-SENML-18
#[test]
fn labels_of_senml_come_in_any_order_and_some_mean_nothing_here() {
    let text = concat!(
        r#"[{"v":1,"bver":10,"u":"Cel","n":"1","bn":"/1000/0/","bu":"Cel","ut":60,"bs":0,"s":1.5},"#,
        r#"{"vb":true,"n":"4"}]"#
    );
    let records = senml(text).unwrap();
    assert_eq!(records[0], Record::new(path("/1000/0/1"), Value::Integer(1)));
    assert_eq!(records[1], Record::new(path("/1000/0/4"), Value::Boolean(true)));
    for text in [
        r#"[{"u":1,"n":"/3/0/1","v":1}]"#,
        r#"[{"ut":"","n":"/3/0/1","v":1}]"#,
        r#"[{"s":null,"n":"/3/0/1","v":1}]"#,
    ] {
        assert_eq!(mistake(senml(text)), Some(DecodeErrorKind::Structure), "{text}");
    }
}

// proves: ENC-SENML-02
#[test]
fn a_base_name_lasts_until_the_next() {
    let text = concat!(
        r#"[{"n":"/1/0/1","v":1},{"bn":"/3/0/1","n":"1/0","v":1},{"n":"3","v":1},"#,
        r#"{"bn":"/4/0/","n":"0","v":1},{"bn":"","n":"/5/0/0","v":1}]"#
    );
    let expected = ["/1/0/1", "/3/0/11/0", "/3/0/13", "/4/0/0", "/5/0/0"];
    assert_eq!(paths(senml(text)), Ok(expected.map(String::from).to_vec()));
    for name in [
        "3/0/1",
        "",
        "/3/0/x",
        "/3//0/1",
        "/3/0/1/2/3",
        "/3/0/65535",
        "/3/0/01",
        "/3/0/1 ",
    ] {
        let text = format!(r#"[{{"n":"{name}","v":1}}]"#);
        assert!(senml(&text).is_err(), "{name}");
    }
}

// proves: ENC-SENML-03 ROB-31
#[test]
fn a_record_has_one_value() {
    for (record, kind) in [
        (r#"{"n":"/3/0/1"}"#, DecodeErrorKind::ValueCount),
        (r#"{"n":"/3/0/1","v":1,"vs":""}"#, DecodeErrorKind::ValueCount),
        (
            r#"{"n":"/3/0/1","vd":"","vlo":"1:1"}"#,
            DecodeErrorKind::ValueCount,
        ),
        (r#"{"n":"/3/0/1","v":1,"v":1}"#, DecodeErrorKind::Duplicate),
        (r#"{"n":"/3/0/1","v":null}"#, DecodeErrorKind::Structure),
        (r#"{"n":"/3/0","v":1}"#, DecodeErrorKind::Structure),
        (r#"{"n":"/3/0/1","v":1,"t":1e300}"#, DecodeErrorKind::Number),
        (r#"{"n":"/3/0/1","v":1,"t":1e9999}"#, DecodeErrorKind::Number),
        (
            r#"{"n":"/3/0/1","v":1,"bt":9223372036854775807,"t":9e18}"#,
            DecodeErrorKind::Number,
        ),
        (r#"{"n":"/1000/0/10","v":1}"#, DecodeErrorKind::Executable),
    ] {
        assert_eq!(mistake(senml(&format!("[{record}]"))), Some(kind), "{record}");
    }
}

// proves: ENC-SENML-04 ENC-SENML-05
#[test]
fn times_are_sums() {
    let text = concat!(
        r#"[{"n":"/1000/0/1","v":1},{"bt":1699877805.5,"n":"/1000/0/2","v":1},{"n":"/1000/0/3","v":1,"t":-0.25},"#,
        r#"{"bn":"/1000/1/","n":"1","v":1},{"bt":0,"n":"2","v":1,"t":-5}]"#
    );
    assert_eq!(
        times(senml(text)),
        [
            None,
            Some(1_699_877_805.5),
            Some(1_699_877_805.25),
            Some(1_699_877_805.5),
            Some(-5.0)
        ]
    );
}

// proves: ENC-SENML-06
#[test]
fn a_base_value_is_added_and_other_versions_are_refused() {
    assert_eq!(
        value(senml(r#"[{"bn":"/1000/0/3","bv":20,"v":0.5}]"#)),
        Ok(Value::Float(20.5))
    );
    assert_eq!(
        value(senml(r#"[{"bn":"/1000/0/1","bv":20,"v":-1}]"#)),
        Ok(Value::Integer(19))
    );
    assert_eq!(
        mistake(senml(r#"[{"bver":11,"n":"/3/0/1","v":1}]"#)),
        Some(DecodeErrorKind::Version)
    );
    assert_eq!(
        mistake(senml(r#"[{"bver":10.5,"n":"/3/0/1","v":1}]"#)),
        Some(DecodeErrorKind::Version)
    );
    assert!(senml(r#"[{"bver":10,"n":"/3/0/1","v":1}]"#).is_ok());
}

// proves: ENC-SENML-07 ROB-35
#[test]
fn base64_has_one_meaning_or_none() {
    let bytes = |text: &str| value(senml(&format!(r#"[{{"n":"/1000/0/5","vd":"{text}"}}]"#)));
    for (text, expected) in [
        ("", &[][..]),
        ("-_8B", &[0xfb, 0xff, 1]),
        ("+/8B", &[0xfb, 0xff, 1]),
        ("+\\/8B", &[0xfb, 0xff, 1]),
        ("\\u002b/8B", &[0xfb, 0xff, 1]),
        ("AQI", &[1, 2]),
        ("AQI=", &[1, 2]),
        ("AQ==", &[1]),
    ] {
        assert_eq!(bytes(text), Ok(Value::Opaque(expected.to_vec())), "{text}");
    }
    let wrong = [
        "A", "AQ=", "AQJ", "AR==", "-/8B", "AQ I", "AQI\\n", "ÄQI", "AQ==AQ==",
    ];
    for text in wrong {
        assert_eq!(bytes(text), Err(DecodeErrorKind::Base64), "{text}");
        let text = format!(r#"{{"e":[{{"n":"/1000/0/5","sv":"{text}"}}]}}"#);
        assert_eq!(value(oma(&text)), Err(DecodeErrorKind::Base64), "{text}");
    }
}

// proves: ENC-SENML-09 ROB-29 ROB-33
#[test]
fn unknown_labels_are_passed_over_unless_they_must_be_understood() {
    assert!(senml(r#"[{"x":[1,{"y":null}],"n":"/3/0/1","_":0,"v":1,"z":"}"}]"#).is_err());
    assert!(senml(r#"[{"x":[1,{"y":null}],"n":"/3/0/1","v":1,"z":"}"}]"#).is_ok());
    let must = senml(r#"[{"n":"/3/0/1","v":1,"foo_":1}]"#);
    assert_eq!(mistake(must), Some(DecodeErrorKind::UnknownLabel));
    let must = senml(r#"[{"n":"/3/0/1","v":1,"foo\u005f":1}]"#);
    assert_eq!(mistake(must), Some(DecodeErrorKind::UnknownLabel));
    for record in [
        r#"{"n":"/3/0/1","v":1,"n":"/3/0/2"}"#,
        r#"{"n":"/3/0/1","v":1,"\u006e":"/3/0/2"}"#,
        r#"{"n":"/3/0/1","v":1,"x":1,"x":1}"#,
        r#"{"n":"/3/0/1","v":1,"x":1,"\u0078":1}"#,
        r#"{"n":"/3/0/1","v":1,"x":{"a":1,"a":1}}"#,
        r#"{"n":"/3/0/1","v":1,"x":[[{"a":1,"b":{},"a":1}]]}"#,
    ] {
        assert_eq!(
            mistake(senml(&format!("[{record}]"))),
            Some(DecodeErrorKind::Duplicate),
            "{record}"
        );
    }
    // Names in different objects are different names.
    assert!(
        senml(r#"[{"n":"/3/0/1","v":1,"x":{"a":{"a":1},"b":[{"a":1},{"a":1}]}},{"n":"/3/0/2","v":1,"x":1}]"#)
            .is_ok()
    );
}

// proves: ENC-SENML-12
#[test]
fn no_values_are_an_empty_array_or_nothing() {
    assert_eq!(senml("[]"), Ok(vec![]));
    assert_eq!(senml(" [ ] "), Ok(vec![]));
    assert_eq!(senml(""), Ok(vec![]));
    assert_eq!(
        write(Format::SenmlJson, TARGET, &[], BaseName::Target).as_deref(),
        Ok("[]")
    );
    assert_eq!(
        write(Format::Json, TARGET, &[], BaseName::Target).as_deref(),
        Ok(r#"{"e":[]}"#)
    );
}

// proves: ENC-SENML-13
#[test]
fn history_keeps_its_order() {
    let text = r#"[{"bn":"/1000/0/3","v":22.5,"t":-5},{"v":22.25,"t":-30},{"v":24,"t":-50}]"#;
    let records = senml(text).unwrap();
    let times: Vec<_> = records.iter().map(|record| record.time).collect();
    assert_eq!(times, [Some(-5.0), Some(-30.0), Some(-50.0)]);
    let written = write(Format::SenmlJson, path("/1000/0/3"), &records, BaseName::Target);
    assert_eq!(written.as_deref(), Ok(text));
    let mut together = types();
    together
        .iter_mut()
        .for_each(|record| record.time = Some(1_700_000_000.5));
    let written = write(Format::SenmlJson, TARGET, &together, BaseName::Target).unwrap();
    assert_eq!(
        written.matches("1700000000.5").count(),
        1,
        "one base time for all"
    );
    assert_eq!(senml(&written), Ok(together));
}

// proves: ENC-SENML-15
#[test]
fn linked_instances_are_additional_records_in_senml() {
    let text = r#"[{"bn":"/","n":"65/0/0/0","vlo":"66:0"},{"n":"66/0/0","vs":"x"},{"n":"66/0/2","vlo":"65535:65535"}]"#;
    let records = senml(text).unwrap();
    assert_eq!(
        records[0].content,
        Content::Value(Value::Objlnk(Objlnk::new(66, 0)))
    );
    assert_eq!(records[2].path, path("/66/0/2"));
}

// proves: ENC-SENML-16 ENC-FMT-12
#[test]
fn numbers_are_exact() {
    let number =
        |resource: u16, text: &str| value(senml(&format!(r#"[{{"n":"/1000/0/{resource}","v":{text}}}]"#)));
    let wrong = |expected| Err(DecodeErrorKind::Type { expected });
    for text in [
        "9223372036854775807",
        "9223372036854775807.0",
        "922337203685477580.7E+1",
    ] {
        assert_eq!(number(1, text), Ok(Value::Integer(i64::MAX)), "{text}");
    }
    assert_eq!(number(1, "-9223372036854775808"), Ok(Value::Integer(i64::MIN)));
    assert_eq!(
        number(1, "9007199254740993"),
        Ok(Value::Integer(9_007_199_254_740_993))
    );
    assert_eq!(
        number(1, "9007199254740993.0"),
        Ok(Value::Integer(9_007_199_254_740_993))
    );
    assert_eq!(number(2, "18446744073709551615"), Ok(Value::Unsigned(u64::MAX)));
    assert_eq!(number(6, "1.638435E9"), Ok(Value::Time(Time(1_638_435_000))));
    assert_eq!(number(1, "1.638435E9"), Ok(Value::Integer(1_638_435_000)));
    assert_eq!(number(1, "1.5"), wrong(ResourceType::Integer));
    assert_eq!(number(1, "9223372036854775808"), wrong(ResourceType::Integer));
    assert_eq!(number(2, "18446744073709551616"), wrong(ResourceType::Unsigned));
    assert_eq!(number(2, "-1"), wrong(ResourceType::Unsigned));
    assert_eq!(number(0, "1"), wrong(ResourceType::String));
    assert_eq!(
        number(3, "18446744073709551615"),
        Ok(Value::Float(18_446_744_073_709_551_616.0))
    );
    assert_eq!(number(3, "20"), Ok(Value::Float(20.0)));
    assert_eq!(number(3, "1e9999"), Err(DecodeErrorKind::Number));
    // Of an unknown resource, the digits show the type.
    assert_eq!(number(20, "1"), Ok(Value::Integer(1)));
    assert_eq!(number(20, "18446744073709551615"), Ok(Value::Unsigned(u64::MAX)));
    assert_eq!(
        number(20, "18446744073709551616"),
        Ok(Value::Float(18_446_744_073_709_551_616.0))
    );
    assert_eq!(number(20, "1.0"), Ok(Value::Float(1.0)));
}

// proves: ENC-SENML-17
#[test]
fn a_list_of_paths_has_names_only() {
    let list = |text: &str| {
        let decoder = Decoder::new(Format::SenmlJson, Path::ROOT).with_purpose(Purpose::Paths);
        decoder.read(text.as_bytes())?.collect()
    };
    let expected = ["/3/0/0", "/4", "/"].map(String::from).to_vec();
    assert_eq!(
        paths(list(r#"[{"n":"/3/0/0"},{"n":"/4"},{"n":"/"}]"#)),
        Ok(expected)
    );
    for label in [
        r#""v":1"#,
        r#""vs":"""#,
        r#""vb":true"#,
        r#""vd":"""#,
        r#""vlo":"1:1""#,
        r#""t":1"#,
        r#""bt":1"#,
    ] {
        let text = format!(r#"[{{"n":"/3/0/0",{label}}}]"#);
        assert_eq!(
            mistake(list(&text)),
            Some(DecodeErrorKind::ValueInPathList),
            "{label}"
        );
    }
    assert_eq!(mistake(list("[]")), Some(DecodeErrorKind::Empty));
    assert_eq!(mistake(list("")), Some(DecodeErrorKind::Empty));
}

// proves: ENC-SENML-19
#[test]
fn a_composite_write_has_one_value_a_record() {
    for format in [Format::SenmlJson, Format::SenmlEtchJson] {
        let patch = |text: &str| {
            let decoder = Decoder::new(format, Path::ROOT).with_purpose(Purpose::Patch);
            decoder.read(text.as_bytes())?.collect()
        };
        let text = r#"[{"n":"/3/0/14","vs":"+02"},{"n":"/1/0/2","v":101}]"#;
        assert_eq!(paths(patch(text)), Ok(vec!["/3/0/14".into(), "/1/0/2".into()]));
        assert_eq!(
            mistake(patch(r#"[{"n":"/3/0/14"}]"#)),
            Some(DecodeErrorKind::ValueCount)
        );
        let two = patch(r#"[{"n":"/3/0/14","vs":"","v":1}]"#);
        assert_eq!(mistake(two), Some(DecodeErrorKind::ValueCount));
    }
    let plain = Decoder::new(Format::SenmlJson, Path::ROOT).with_purpose(Purpose::Patch);
    let removal = plain.read(br#"[{"n":"/3/0/11/0","v":null}]"#).unwrap().collect();
    assert_eq!(
        mistake(removal),
        Some(DecodeErrorKind::Structure),
        "only the ETCH form removes"
    );
}

// proves: ENC-ETCH-01 ENC-ETCH-04
#[test]
fn a_fetch_pack_names_paths() {
    let text = r#"[{"bn":"/4/0/","n":"0","bt":1,"u":"x","bu":"x"},{"n":"1","t":2},{"bn":"/6/","n":"0"},{"bn":"/","n":""}]"#;
    let expected = ["/4/0/0", "/4/0/1", "/6/0", "/"].map(String::from).to_vec();
    assert_eq!(paths(etch(Purpose::Paths, text)), Ok(expected));
    for label in [
        "\"v\":1",
        "\"v\":null",
        "\"vs\":\"\"",
        "\"s\":1",
        "\"bv\":1",
        "\"bs\":1",
        "\"ut\":1",
        "\"vlo\":\"1:1\"",
    ] {
        let text = format!(r#"[{{"n":"/3/0/0",{label}}}]"#);
        let found = mistake(etch(Purpose::Paths, &text));
        assert_eq!(found, Some(DecodeErrorKind::ValueInPathList), "{label}");
    }
    assert_eq!(mistake(etch(Purpose::Paths, "[]")), Some(DecodeErrorKind::Empty));
    let list = [Path::ROOT, path("/3"), path("/3/0"), path("/3/0/11/0")];
    let list: Vec<_> = list.map(|path| RecordRef::path(path).to_record()).to_vec();
    for base_name in [BaseName::Target, BaseName::Instance, BaseName::Omitted] {
        let written = write(Format::SenmlEtchJson, Path::ROOT, &list, base_name).unwrap();
        assert_eq!(etch(Purpose::Paths, &written), Ok(list.clone()), "{written}");
    }
    let written = write(Format::SenmlEtchJson, Path::ROOT, &list, BaseName::Omitted);
    assert_eq!(
        written.as_deref(),
        Ok(r#"[{"n":"/"},{"n":"/3"},{"n":"/3/0"},{"n":"/3/0/11/0"}]"#)
    );
}

// proves: ENC-ETCH-02 ENC-ETCH-05
#[test]
fn a_patch_pack_writes_and_removes() {
    let text = r#"[{"n":"/3/0/11/0","v":null},{"n":"/3/0/22","vlo":"66:0","foo":1},{"n":"/1/0/2","v":101}]"#;
    let records = etch(Purpose::Patch, text).unwrap();
    assert_eq!(records[0].content, Content::Null);
    assert_eq!(
        records[1].content,
        Content::Value(Value::Objlnk(Objlnk::new(66, 0)))
    );
    assert_eq!(records.len(), 3);
    let written = write(Format::SenmlEtchJson, Path::ROOT, &records, BaseName::Omitted).unwrap();
    assert_eq!(written, text.replace(r#","foo":1"#, ""));
    let plain = write(Format::SenmlJson, Path::ROOT, &records, BaseName::Omitted);
    assert!(matches!(plain, Err(EncodeError::Unsupported { .. })));
    assert!(etch(Purpose::Patch, r#"[{"n":"/3/0","v":null}]"#).is_err());
    assert!(etch(Purpose::Patch, r#"[{"n":"/3/0/1","vs":null}]"#).is_err());
    let mut mixed = records;
    mixed.push(RecordRef::path(path("/5")).to_record());
    let mixed = write(Format::SenmlEtchJson, Path::ROOT, &mixed, BaseName::Omitted);
    assert!(matches!(mixed, Err(EncodeError::Unsupported { .. })));
}

#[test]
fn base_names_are_a_choice() {
    let records = [
        Record::new(path("/1000/0/1"), Value::Integer(1)),
        Record::new(path("/1000/0/2"), Value::Unsigned(2)),
        Record::new(path("/1000/1/1"), Value::Integer(3)),
    ];
    for (base_name, senml_text, oma_text) in [
        (
            BaseName::Target,
            r#"[{"bn":"/1000/","n":"0/1","v":1},{"n":"0/2","v":2},{"n":"1/1","v":3}]"#,
            r#"{"bn":"/1000/","e":[{"n":"0/1","v":1},{"n":"0/2","v":2},{"n":"1/1","v":3}]}"#,
        ),
        (
            BaseName::Instance,
            r#"[{"bn":"/1000/0/","n":"1","v":1},{"n":"2","v":2},{"bn":"/1000/1/","n":"1","v":3}]"#,
            r#"{"bn":"/1000/","e":[{"n":"0/1","v":1},{"n":"0/2","v":2},{"n":"1/1","v":3}]}"#,
        ),
        (
            BaseName::Omitted,
            r#"[{"n":"/1000/0/1","v":1},{"n":"/1000/0/2","v":2},{"n":"/1000/1/1","v":3}]"#,
            r#"{"e":[{"n":"/1000/0/1","v":1},{"n":"/1000/0/2","v":2},{"n":"/1000/1/1","v":3}]}"#,
        ),
    ] {
        let target = Path::object(1000);
        assert_eq!(
            write(Format::SenmlJson, target, &records, base_name).as_deref(),
            Ok(senml_text)
        );
        assert_eq!(
            write(Format::Json, target, &records, base_name).as_deref(),
            Ok(oma_text)
        );
        assert_eq!(senml(senml_text).as_deref(), Ok(&records[..]));
        assert_eq!(oma(oma_text).as_deref(), Ok(&records[..]));
    }
    let outside = write(Format::SenmlJson, path("/1000/0"), &records, BaseName::Omitted);
    assert_eq!(
        outside,
        Err(EncodeError::OutsideTarget {
            path: path("/1000/1/1")
        })
    );
}

#[test]
fn prefixes_stand_before_paths() {
    let mut records = types();
    records
        .iter_mut()
        .for_each(|record| record.prefix = "d\"01/x".into());
    for format in [Format::SenmlJson, Format::Json] {
        for base_name in [BaseName::Target, BaseName::Instance, BaseName::Omitted] {
            let written = write(format, TARGET, &records, base_name).unwrap();
            let decoder = Decoder::new(format, TARGET).with_definitions(&DEFINITIONS);
            let read = decoder
                .with_prefixes()
                .read(written.as_bytes())
                .unwrap()
                .collect();
            assert_eq!(read.as_ref(), Ok(&records), "{written}");
            assert!(decoder.read(written.as_bytes()).unwrap().collect().is_err());
        }
    }
    records[1].prefix.clear();
    let mixed = write(Format::SenmlJson, TARGET, &records, BaseName::Target).unwrap();
    assert_eq!(mixed.matches("\"bn\"").count(), 3);
    let mixed = write(Format::Json, TARGET, &records, BaseName::Target);
    assert!(matches!(mixed, Err(EncodeError::Unsupported { .. })));
}

#[test]
fn a_create_may_leave_the_instance_to_the_client() {
    let text = r#"[{"bn":"/1000/65535/","n":"1","v":1}]"#;
    let create = Decoder::new(Format::SenmlJson, Path::object(1000)).with_purpose(Purpose::Create);
    assert_eq!(
        paths(create.read(text.as_bytes()).unwrap().collect()),
        Ok(vec!["/1000/65535/1".into()])
    );
    assert_eq!(mistake(senml(text)), Some(DecodeErrorKind::InvalidId));
}

// proves: ROB-32
#[test]
fn paths_outside_the_target_are_refused() {
    for (format, text) in [
        (Format::SenmlJson, r#"[{"n":"/1000/1/1","v":1}]"#),
        (Format::Json, r#"{"bn":"/1001/","e":[{"n":"0/1","v":1}]}"#),
    ] {
        let found = Decoder::new(format, TARGET)
            .read(text.as_bytes())
            .unwrap()
            .collect();
        assert_eq!(mistake(found), Some(DecodeErrorKind::OutsideTarget));
    }
}

// proves: ROB-33
#[test]
fn hostile_json_is_refused() {
    let with = |value: &str| mistake(senml(&format!(r#"[{{"n":"/3/0/1",{value}}}]"#)));
    for (member, kind) in [
        ("\"v\":1e9999", DecodeErrorKind::Number),
        ("\"v\":-1e9999", DecodeErrorKind::Number),
        ("\"v\":1e99999999999999999999999", DecodeErrorKind::Number),
        ("\"v\":NaN", DecodeErrorKind::Syntax),
        ("\"v\":-Infinity", DecodeErrorKind::Syntax),
        ("\"v\":00", DecodeErrorKind::Syntax),
        ("\"v\":-01", DecodeErrorKind::Syntax),
        ("\"v\":1.", DecodeErrorKind::Syntax),
        ("\"vs\":\"\\ud800\"", DecodeErrorKind::Utf8),
        ("\"vs\":\"\\udc00\"", DecodeErrorKind::Utf8),
        ("\"vs\":\"\\ud800\\u0041\"", DecodeErrorKind::Utf8),
        ("\"vs\":\"\\ud800x\"", DecodeErrorKind::Utf8),
        ("\"vs\":\"\\ud800\\ud800\"", DecodeErrorKind::Utf8),
        ("\"vs\":\"\\u00zz\"", DecodeErrorKind::Syntax),
        ("\"vs\":\"\\u+041\"", DecodeErrorKind::Syntax),
        ("\"vs\":\"\\x\"", DecodeErrorKind::Syntax),
        ("\"vs\":\"\u{1}\"", DecodeErrorKind::Syntax),
        ("\"vs\":\"\t\"", DecodeErrorKind::Syntax),
        ("\"vb\":truE", DecodeErrorKind::Syntax),
        ("\"v\":1}],[{", DecodeErrorKind::TrailingBytes),
    ] {
        assert_eq!(with(member), Some(kind), "{member}");
    }
    for open in ["[", "{\"a\":"] {
        let deep = format!("\"v\":1,\"x\":{}", open.repeat(100_000));
        assert_eq!(with(&deep), Some(DecodeErrorKind::Depth), "{open}");
    }
    let nested = format!("\"v\":1,\"x\":{}{}", "[".repeat(16), "]".repeat(16));
    assert_eq!(with(&nested), None);
    assert_eq!(
        mistake(senml(&"[".repeat(100_000))),
        Some(DecodeErrorKind::Syntax)
    );
    for format in [Format::SenmlJson, Format::Json] {
        let error = Decoder::new(format, Path::ROOT)
            .read(b"[{\"n\":\"\xff\"}]")
            .map(|_| ())
            .unwrap_err();
        assert_eq!((error.kind, error.offset), (DecodeErrorKind::Utf8, 7));
    }
    assert_eq!(
        value(senml(
            r#"[{"n":"/3/0/1","vs":"\u0041\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t\u0000"}]"#
        )),
        Ok(Value::String("Aé😀\"\\/\u{8}\u{c}\n\r\t\0".into()))
    );
    // Many unknown names, and many records out of order, take no more than n log n.
    let names: String = (0..50_000).map(|index| format!(",\"x{index}\":0")).collect();
    assert_eq!(with(&format!("\"v\":1{names}")), None);
    let records: Vec<_> = (0..20_000)
        .rev()
        .map(|id| format!("{{\"n\":\"/3/{id}/1\",\"v\":1}}"))
        .collect();
    assert_eq!(senml(&format!("[{}]", records.join(","))).unwrap().len(), 20_000);
}

#[test]
fn limits_hold() {
    let limits = Limits {
        payload: 200,
        records: 2,
        value: 4,
    };
    let read = |format, text: &str| {
        let decoder = Decoder::new(format, Path::ROOT).with_limits(limits);
        decoder.read(text.as_bytes())?.collect()
    };
    for text in [
        r#"[{"n":"/3/0/1","v":1},{"n":"/3/0/2","v":1},{"n":"/3/0/3","v":1}]"#,
        r#"[{"n":"/3/0/1","vs":"12345"}]"#,
        r#"[{"n":"/3/0/1","vd":"AAAAAAAA"}]"#,
    ] {
        assert_eq!(
            mistake(read(Format::SenmlJson, text)),
            Some(DecodeErrorKind::Limit),
            "{text}"
        );
    }
    assert!(read(Format::SenmlJson, r#"[{"n":"/3/0/1","vs":"1234"}]"#).is_ok());
    let text = r#"{"e":[{"n":"/3/0/1","sv":"12345"}]}"#;
    assert_eq!(mistake(read(Format::Json, text)), Some(DecodeErrorKind::Limit));
    assert_eq!(
        mistake(read(Format::Json, &" ".repeat(201))),
        Some(DecodeErrorKind::Limit)
    );
}

// proves: ROB-36 ROB-37
#[test]
fn a_prefix_of_a_payload_is_refused() {
    for end in 1..SENML_TYPES.len() {
        let Some(text) = SENML_TYPES.get(..end) else {
            continue;
        };
        assert_eq!(mistake(senml(text)), Some(DecodeErrorKind::Truncated), "{text}");
    }
    for end in 0..OMA_TYPES.len() {
        let Some(text) = OMA_TYPES.get(..end) else {
            continue;
        };
        assert!(oma(text).is_err(), "{text}");
    }
    for (payload, format) in [(SENML_TYPES, Format::SenmlJson), (OMA_TYPES, Format::Json)] {
        for end in 1..payload.len() {
            let payload = &payload.as_bytes()[..end];
            let reader = Decoder::new(format, Path::ROOT).read(payload);
            assert!(reader.and_then(|reader| reader.collect()).is_err());
        }
    }
}

#[test]
fn what_json_has_not_is_not_written() {
    for format in [Format::SenmlJson, Format::Json] {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let record = Record::new(path("/1000/0/3"), Value::Float(number));
            let written = write(format, TARGET, &[record], BaseName::Target);
            assert_eq!(
                written,
                Err(EncodeError::Number {
                    path: path("/1000/0/3")
                })
            );
        }
    }
}

fn any_value(resource: u16) -> BoxedStrategy<Value> {
    match resource {
        0 => any::<String>().prop_map(Value::String).boxed(),
        1 => any::<i64>().prop_map(Value::Integer).boxed(),
        2 => any::<u64>().prop_map(Value::Unsigned).boxed(),
        3 => prop::num::f64::NORMAL
            .prop_union(prop::num::f64::SUBNORMAL)
            .or(prop::num::f64::ZERO)
            .prop_map(Value::Float)
            .boxed(),
        4 => any::<bool>().prop_map(Value::Boolean).boxed(),
        5 => any::<Vec<u8>>().prop_map(Value::Opaque).boxed(),
        6 => any::<i64>()
            .prop_map(|seconds| Value::Time(Time(seconds)))
            .boxed(),
        7 => any::<(u16, u16)>()
            .prop_map(|(a, b)| Value::Objlnk(Objlnk::new(a, b)))
            .boxed(),
        8 => any::<String>().prop_map(Value::Corelnk).boxed(),
        _ => any::<i64>().prop_map(Value::Integer).boxed(),
    }
}

fn any_records() -> impl Strategy<Value = Vec<Record>> {
    let record = (0..3_u16, 0..9_u16).prop_flat_map(|(instance, resource)| {
        let path = Path::resource(1000, instance, resource);
        any_value(resource).prop_map(move |value| Record::new(path, value))
    });
    prop::collection::vec(record, 0..12).prop_map(|mut records| {
        records.sort_by_key(|record| record.path);
        records.dedup_by_key(|record| record.path);
        records
    })
}

proptest! {
    // proves: ENC-FMT-10
    #[test]
    fn what_is_written_is_read(
        records in any_records(),
        base_name in prop::sample::select(vec![BaseName::Target, BaseName::Instance, BaseName::Omitted]),
        reverse in any::<bool>(),
        time in prop::option::of(0..4_000_000_000_u32),
    ) {
        let mut records = records;
        if reverse {
            records.reverse();
        }
        for record in &mut records {
            record.time = time.map(f64::from);
        }
        let target = Path::object(1000);
        let text = write(Format::SenmlJson, target, &records, base_name).unwrap();
        prop_assert_eq!(senml(&text), Ok(records.clone()), "{}", text);
        let text = write(Format::Json, target, &records, base_name).unwrap();
        prop_assert_eq!(oma(&text), Ok(records), "{}", text);
    }

    // proves: ROB-36
    #[test]
    fn anything_is_read_without_a_panic(
        text in "([{}\\[\\]:,]|\"(bn|n|v|vs|vd|vlo|t|bt|e|sv|bv|ov|x_?)?\"|\"/?[0-9/]{0,6}\"|-?[0-9]{1,3}(\\.[0-9])?(e[0-9])?|true|null|\\\\|\\\\u[0-9a-f]{4}| ){0,40}",
        bytes in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        for payload in [text.as_bytes(), &bytes] {
            for format in [Format::SenmlJson, Format::SenmlEtchJson, Format::Json] {
                for purpose in [Purpose::Values, Purpose::Create, Purpose::Paths, Purpose::Patch] {
                    let decoder = Decoder::new(format, Path::ROOT).with_purpose(purpose).with_prefixes();
                    if let Ok(reader) = decoder.read(payload) {
                        let _ = reader.collect();
                    }
                }
            }
        }
    }

    /// What this reader takes for JSON, another one does too.
    #[test]
    fn nothing_is_read_that_is_not_json(
        text in "\\[(\\{(\"n\":\"/3/0/[0-9]\"|\"vs?\":(-?[0-9.e+-]{1,5}|\"[a\\\\u0]{0,4}\")|\"x\":[\\[\\]{}:,\"a]{0,4}|,| ){1,5}\\},?){0,2}\\]",
    ) {
        let read = Decoder::new(Format::SenmlJson, Path::ROOT).read(text.as_bytes()).unwrap().collect();
        if read.is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn every_float_is_its_shortest_text(bits in any::<u64>()) {
        let number = f64::from_bits(bits);
        let record = RecordRef::new(Path::resource(1000, 0, 3), ValueRef::Float(number)).to_record();
        match write(Format::SenmlJson, TARGET, std::slice::from_ref(&record), BaseName::Target) {
            Ok(text) => prop_assert_eq!(senml(&text), Ok(vec![record])),
            Err(_) => prop_assert!(!number.is_finite()),
        }
    }
}
