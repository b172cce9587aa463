use lwm2m_runtime::{
    encoding::{ContentFormat, Format, FormatSet},
    model::{Objlnk, Value, Version},
    operation::{Payload, Request, Status, WriteMode},
};

use crate::support::{Bench, path};

fn bench() -> Bench {
    Bench::new(Version::V1_2)
}

fn text(text: &str) -> Option<Value> {
    Some(Value::String(text.into()))
}

fn integer(number: i64) -> Option<Value> {
    Some(Value::Integer(number))
}

// proves: DM-11
#[test]
fn a_resource_is_replaced_in_every_format() {
    let mut bench = bench();
    assert_eq!(bench.put("/42769/0/0", "7"), Status::Changed);
    assert_eq!(bench.value("/42769/0/0"), integer(7));
    assert_eq!(
        bench.put_as("/42769/0/0", ContentFormat::CBOR, &[0x18, 42]),
        Status::Changed
    );
    assert_eq!(bench.value("/42769/0/0"), integer(42));
    assert_eq!(
        bench.put_as("/42769/0/0", ContentFormat::TLV, &[0xc1, 0, 9]),
        Status::Changed
    );
    assert_eq!(bench.value("/42769/0/0"), integer(9));
    assert_eq!(
        bench.put_json("/42769/0/0", r#"[{"n":"/42769/0/0","v":8}]"#),
        Status::Changed
    );
    assert_eq!(bench.value("/42769/0/0"), integer(8));
    assert_eq!(
        bench.put_as("/42769/0/5", ContentFormat::OPAQUE, b"key"),
        Status::Changed
    );
    assert_eq!(bench.value("/42769/0/5"), Some(Value::Opaque(b"key".to_vec())));
    assert_eq!(bench.put("/42769/0/10", "1"), Status::Changed);
    assert_eq!(bench.value("/42769/0/10"), Some(Value::Boolean(true)));
}

// proves: DM-12
#[test]
fn one_resource_instance_is_written_alone() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut bench = Bench::new(version);
        assert_eq!(bench.put("/16/0/0/1", "new"), Status::Changed);
        assert_eq!(
            (bench.value("/16/0/0/0"), bench.value("/16/0/0/1")),
            (text("device"), text("new"))
        );
        // One more comes to be.
        assert_eq!(bench.put("/16/0/0/7", "seventh"), Status::Changed);
        assert_eq!(bench.value("/16/0/0/7"), text("seventh"));
    }
    let mut bench = Bench::new(Version::V1_0);
    assert_eq!(bench.put("/16/0/0/1", "new"), Status::MethodNotAllowed);
}

// proves: DM-13 DM-90
#[test]
fn a_partial_update_leaves_alone_what_it_does_not_name() {
    let mut bench = bench();
    bench.put("/42769/0/0", "7");
    bench.changes();
    let json = r#"[{"bn":"/42769/0/","n":"1","vs":"changed"},{"n":"10","vb":true}]"#;
    assert_eq!(bench.post_json("/42769/0", json), Status::Changed);
    assert_eq!(bench.value("/42769/0/0"), integer(7));
    assert_eq!(bench.value("/42769/0/1"), text("changed"));
    assert_eq!(
        bench.changes(),
        ["/42769/0/1 Value Some(1)", "/42769/0/10 Value Some(1)"]
    );
    assert_eq!(bench.post_tlv("/1/0", &[0xc1, 1, 61]), Status::Changed);
    assert_eq!(
        (bench.value("/1/0/1"), bench.value("/1/0/7")),
        (integer(61), text("U"))
    );
}

// proves: DM-14
#[test]
fn a_partial_update_of_a_multiple_resource_is_for_1_2() {
    let json = r#"[{"bn":"/16/0/0/","n":"1","vs":"new"},{"n":"2","vs":"third"}]"#;
    let mut bench = bench();
    assert_eq!(bench.post_json("/16/0/0", json), Status::Changed);
    let identities: Vec<_> = (0..3).map(|id| bench.value(&format!("/16/0/0/{id}"))).collect();
    assert_eq!(identities, [text("device"), text("new"), text("third")]);
    // Nothing to add changes nothing.
    assert_eq!(bench.post_tlv("/16/0/0", b""), Status::Changed);
    assert_eq!(bench.post_json("/16/0/0", "[]"), Status::Changed);
    assert_eq!(bench.post_tlv("/16/0/0", &[0x80, 0]), Status::Changed);
    assert_eq!(bench.value("/16/0/0/2"), text("third"));
    let single = r#"[{"n":"/42769/0/0","v":8}]"#;
    assert_eq!(bench.post_json("/42769/0/0", single), Status::MethodNotAllowed);
    for version in [Version::V1_0, Version::V1_1] {
        let mut bench = Bench::new(version);
        assert_eq!(bench.post_json("/16/0/0", json), Status::MethodNotAllowed);
    }
}

// proves: DM-15
#[test]
fn a_multiple_resource_is_replaced_as_a_whole_or_added_to() {
    let mut bench = bench();
    assert_eq!(
        bench.put_json(
            "/42769/0/4",
            r#"[{"bn":"/42769/0/4/","n":"0","v":1},{"n":"3","v":2}]"#
        ),
        Status::Changed
    );
    assert_eq!(
        bench.put_json(
            "/42769/0/4",
            r#"[{"bn":"/42769/0/4/","n":"1","v":5},{"n":"3","v":2}]"#
        ),
        Status::Changed
    );
    let levels = |bench: &Bench| [0, 1, 2, 3].map(|id| bench.value(&format!("/42769/0/4/{id}")));
    assert_eq!(levels(&bench), [None, integer(5), None, integer(2)]);
    assert_eq!(
        bench.post_json(
            "/42769/0",
            r#"[{"bn":"/42769/0/4/","n":"2","v":7},{"n":"3","v":3}]"#
        ),
        Status::Changed
    );
    assert_eq!(levels(&bench), [None, integer(5), integer(7), integer(3)]);
    // By nothing: the resource is there without instances. A mandatory one keeps one at least.
    assert_eq!(
        bench.put_as("/42769/0/4", ContentFormat::TLV, &[0x80, 4]),
        Status::Changed
    );
    assert_eq!(levels(&bench), [None, None, None, None]);
    assert_eq!(bench.read("/42769/0/4").status, Status::Content);
    assert_eq!(
        bench.put_as("/42769/0/11", ContentFormat::TLV, &[0x80, 11]),
        Status::Unauthorized
    );
    assert_eq!(bench.value("/42769/0/11/0"), text("first"));
}

// proves: DM-16
#[test]
fn replacing_an_instance_resets_what_is_optional_and_needs_what_is_mandatory() {
    let mut bench = bench();
    bench.put("/42769/0/0", "7");
    bench.put("/42769/0/10", "1");
    bench.changes();
    let before = bench.snapshot();
    // Text is there and names are not.
    let without_names = r#"[{"bn":"/42769/0/","n":"0","v":8},{"n":"1","vs":"two"}]"#;
    assert_eq!(bench.put_json("/42769/0", without_names), Status::BadRequest);
    assert_eq!(bench.snapshot(), before);
    let complete = r#"[{"bn":"/42769/0/","n":"0","v":8},{"n":"1","vs":"two"},{"n":"11/4","vs":"fourth"}]"#;
    assert_eq!(bench.put_json("/42769/0", complete), Status::Changed);
    assert_eq!(
        (bench.value("/42769/0/0"), bench.value("/42769/0/10")),
        (integer(8), None)
    );
    assert_eq!(
        (bench.value("/42769/0/11/0"), bench.value("/42769/0/11/4")),
        (None, text("fourth"))
    );
    // What the server cannot write stays.
    assert_eq!(bench.value("/42769/0/9"), Some(Value::Float(1.5)));
    assert_eq!(
        bench.changes(),
        [
            "/42769/0/0 Value Some(1)",
            "/42769/0/1 Value Some(1)",
            "/42769/0/10 Value Some(1)",
            "/42769/0/11 Value Some(1)",
        ]
    );
    assert_eq!(
        bench.put_as("/42769/0", ContentFormat::TLV, b""),
        Status::BadRequest
    );
}

// proves: DM-18 DM-19 DM-24 ROB-54
#[test]
fn one_resource_that_cannot_be_written_refuses_the_whole_write() {
    let mut bench = bench();
    let before = bench.snapshot();
    for at in [
        "/3/0/0",
        "/3/0/11",
        "/3/0/11/0",
        "/42769/0/9",
        "/42769/0/8",
        "/3/0/4",
    ] {
        let json = format!(r#"[{{"n":"{at}","v":1}}]"#);
        assert_eq!(bench.put_json(at, &json), Status::MethodNotAllowed, "{at}");
    }
    bench
        .tree
        .set(path("/42769/0/6"), lwm2m_runtime::model::ValueRef::Integer(1))
        .unwrap();
    assert_eq!(bench.put("/42769/0/6", "2"), Status::MethodNotAllowed);
    bench.tree.remove_value(path("/42769/0/6"));
    for json in [
        r#"[{"bn":"/3/0/","n":"14","vs":"+02:00"},{"n":"0","vs":"EVIL"}]"#,
        r#"[{"bn":"/3/0/","n":"0","vs":"EVIL"},{"n":"14","vs":"+02:00"}]"#,
        r#"[{"bn":"/3/0/","n":"14","vs":"+02:00"},{"n":"4","v":1}]"#,
    ] {
        assert_eq!(bench.post_json("/3/0", json), Status::MethodNotAllowed);
        assert_eq!(bench.put_json("/3/0", json), Status::MethodNotAllowed);
    }
    let tlv = [0xc6, 14, b'+', b'0', b'2', b':', b'0', b'0', 0xc1, 9, 50];
    assert_eq!(bench.post_tlv("/3/0", &tlv), Status::MethodNotAllowed);
    assert_eq!(bench.snapshot(), before);
    assert_eq!(bench.changes(), ["/42769/0/6 Value None"; 1]);
    assert!(bench.program.asked.is_empty());
}

// proves: DM-20
#[test]
fn resources_that_the_definition_does_not_have_are_passed_over() {
    let mut bench = bench();
    let json = r#"[{"bn":"/42769/0/","n":"1","vs":"new"},{"n":"999","vs":"?"},{"n":"11/0","vs":"first"}]"#;
    assert_eq!(bench.post_json("/42769/0", json), Status::Changed);
    assert_eq!(bench.put_json("/42769/0", json), Status::Changed);
    assert_eq!(bench.value("/42769/0/1"), text("new"));
    assert_eq!(bench.put("/42769/0/999", "?"), Status::NotFound);
}

// proves: DM-21
#[test]
fn wrong_values_and_formats_are_told_apart() {
    let mut bench = bench();
    let before = bench.snapshot();
    for (at, value) in [
        ("/42769/0/0", "many"),
        ("/42769/0/0", "101"),
        ("/42769/0/0", "-1"),
        ("/42769/0/0", "1.5"),
        ("/42769/0/10", "2"),
        ("/42769/0/12", "-1"),
        ("/42769/0/13", "yesterday"),
        ("/42769/0/2", "42769"),
        ("/42769/0/5", "not base64!"),
    ] {
        assert_eq!(bench.put(at, value), Status::BadRequest, "{at} {value}");
    }
    assert_eq!(
        bench.put_as("/42769/0/1", ContentFormat::TEXT, &[0xff]),
        Status::BadRequest
    );
    assert_eq!(
        bench.put_as("/42769/0/0", ContentFormat::CBOR, b"\x61a"),
        Status::BadRequest
    );
    assert_eq!(
        bench.put_as("/42769/0", ContentFormat::TLV, &[0xc1]),
        Status::BadRequest
    );
    assert_eq!(
        bench.put_as("/42769/0/0", ContentFormat::TLV, b""),
        Status::BadRequest
    );
    for format in [
        ContentFormat(9999),
        ContentFormat::LINK,
        ContentFormat::SENML_ETCH_JSON,
    ] {
        assert_eq!(
            bench.put_as("/42769/0/0", format, b"1"),
            Status::UnsupportedContentFormat
        );
    }
    // A single resource in the shape of an array.
    assert_eq!(
        bench.put_as("/42769/0", ContentFormat::TLV, &[0x80, 0]),
        Status::BadRequest
    );
    assert_eq!(bench.post_tlv("/42769/0", &[0x80, 1]), Status::BadRequest);
    assert_eq!(
        bench.put_as("/42769/0/0", ContentFormat::TLV, &[0x80, 0]),
        Status::BadRequest
    );
    let tlv = [0x80, 1, 0x83, 11, 0x41, 0, b'n'];
    let created = bench.create_as(42769, ContentFormat::TLV, &tlv);
    assert_eq!(created.status, Status::BadRequest);
    // One value alone cannot be an instance or an array.
    assert_eq!(bench.put("/42769/0", "1"), Status::UnsupportedContentFormat);
    assert_eq!(bench.put("/42769/0/4", "1"), Status::UnsupportedContentFormat);
    assert_eq!(
        bench.put_as("/42769/0/0", ContentFormat::OPAQUE, b"1"),
        Status::UnsupportedContentFormat
    );
    bench.formats = FormatSet::of(&[Format::Text]);
    assert_eq!(
        bench.put_as("/42769/0/0", ContentFormat::CBOR, &[1]),
        Status::UnsupportedContentFormat
    );
    assert_eq!(bench.snapshot(), before);
}

// proves: ROB-32
#[test]
fn a_payload_for_another_path_is_refused() {
    let mut bench = bench();
    let before = bench.snapshot();
    for (at, json) in [
        ("/42769/0", r#"[{"n":"/42769/1/0","v":1}]"#),
        ("/42769/0", r#"[{"n":"/1/0/1","v":1}]"#),
        ("/42769/0/0", r#"[{"n":"/42769/0/12","v":1}]"#),
        ("/42769/0/4/1", r#"[{"n":"/42769/0/4/2","v":1}]"#),
        ("/42769/0", r#"[{"n":"/42769/0/0/0/0","v":1}]"#),
        ("/42769/0", r#"[{"n":"/42769/0/65535","v":1}]"#),
        ("/42769/0", r#"[{"n":"/42769/0/4/65535","v":1}]"#),
    ] {
        assert_eq!(bench.put_json(at, json), Status::BadRequest, "{at} {json}");
    }
    assert_eq!(
        bench.put_as("/42769/0/0", ContentFormat::TLV, &[0xc1, 12, 1]),
        Status::BadRequest
    );
    assert_eq!(bench.snapshot(), before);
}

// proves: DM-22
#[test]
fn object_links_name_what_is_there() {
    let mut bench = bench();
    for (link, status) in [
        ("3:0", Status::Changed),
        ("16:65535", Status::Changed),
        ("65535:65535", Status::Changed),
        ("3:1", Status::BadRequest),
        ("9:0", Status::BadRequest),
        ("9:65535", Status::BadRequest),
        ("65535:0", Status::BadRequest),
    ] {
        assert_eq!(bench.put("/42769/0/2", link), status, "{link}");
    }
    assert_eq!(bench.value("/42769/0/2"), Some(Value::Objlnk(Objlnk::NULL)));
    let json = r#"[{"bn":"/42769/0/","n":"1","vs":"new"},{"n":"2","vlo":"9:0"}]"#;
    assert_eq!(bench.post_json("/42769/0", json), Status::BadRequest);
    assert_eq!(bench.value("/42769/0/1"), text("one"));
}

// proves: DM-23
#[test]
fn core_links_name_what_is_there() {
    let mut bench = bench();
    for (links, status) in [
        ("</3/0>,</16>;x=1", Status::Changed),
        ("</3/0/9>", Status::Changed),
        ("", Status::Changed),
        ("</somewhere/else>,<coap://elsewhere/3/7>", Status::Changed),
        ("</3/1>", Status::BadRequest),
        ("</3/0>,</9>", Status::BadRequest),
        ("</3/0", Status::BadRequest),
    ] {
        assert_eq!(bench.put("/42769/0/3", links), status, "{links}");
    }
}

// proves: DM-24
#[test]
fn the_application_is_asked_for_everything_before_anything_is_applied() {
    let mut bench = bench();
    let json = r#"[{"bn":"/42769/0/","n":"0","v":8},{"n":"4/1","v":5},{"n":"1","vs":"two"}]"#;
    let before = bench.snapshot();
    bench.program.refuse = Some((path("/42769/0/1"), Status::ServiceUnavailable));
    assert_eq!(bench.post_json("/42769/0", json), Status::ServiceUnavailable);
    assert_eq!(bench.snapshot(), before);
    assert!(bench.changes().is_empty() && bench.program.changed.is_empty());
    assert_eq!(
        bench.program.asked,
        [
            (path("/42769/0/0"), integer(8)),
            (path("/42769/0/4/1"), integer(5)),
            (path("/42769/0/1"), text("two")),
        ]
    );
    bench.program.refuse = None;
    assert_eq!(bench.post_json("/42769/0", json), Status::Changed);
    assert_eq!(
        bench.program.changed,
        [
            "/42769/0/0 Value true",
            "/42769/0/4 Value true",
            "/42769/0/1 Value true"
        ]
    );
}

#[test]
fn the_application_is_asked_about_what_goes() {
    let mut bench = bench();
    bench.put("/42769/0/0", "7");
    bench.put_json("/42769/0/4", r#"[{"n":"/42769/0/4/0","v":1}]"#);
    bench.program.asked.clear();
    let json = r#"[{"bn":"/42769/0/","n":"1","vs":"one"},{"n":"4/2","v":2},{"n":"11/0","vs":"first"}]"#;
    assert_eq!(bench.put_json("/42769/0", json), Status::Changed);
    assert_eq!(
        bench.program.asked,
        [
            (path("/42769/0/1"), text("one")),
            (path("/42769/0/4"), None),
            (path("/42769/0/4/2"), integer(2)),
            (path("/42769/0/11"), None),
            (path("/42769/0/11/0"), text("first")),
            (path("/42769/0/0"), None),
        ]
    );
}

#[test]
fn writing_what_is_there_already_changes_nothing() {
    let mut bench = bench();
    assert_eq!(bench.put("/42769/0/1", "one"), Status::Changed);
    assert_eq!(bench.put("/1/0/1", "86400"), Status::Changed);
    assert_eq!(
        bench.put_json("/16/1/0", r#"[{"n":"/16/1/0/0","vs":"other"}]"#),
        Status::Changed
    );
    assert!(bench.changes().is_empty() && bench.program.changed.is_empty());
}

// proves: DM-26
#[test]
fn an_object_cannot_be_written() {
    let mut bench = bench();
    let json = r#"[{"n":"/42769/0/1","vs":"new"}]"#;
    assert_eq!(bench.put_json("/42769", json), Status::MethodNotAllowed);
    assert_eq!(bench.post_json("/42769", json), Status::MethodNotAllowed);
}

// proves: DM-87 DM-69
#[test]
fn the_path_is_looked_at_before_the_payload() {
    let mut bench = bench();
    let nonsense = ContentFormat(9999);
    for (at, status) in [
        ("/0/0/0", Status::Unauthorized),
        ("/0/9/9", Status::Unauthorized),
        ("/21/0/0", Status::Unauthorized),
        ("/9/0/0", Status::NotFound),
        ("/3/1/0", Status::NotFound),
        ("/3/0/99", Status::NotFound),
        ("/3/0/0", Status::MethodNotAllowed),
        ("/3/0/14/0", Status::MethodNotAllowed),
        ("/3/0/14", Status::UnsupportedContentFormat),
    ] {
        assert_eq!(bench.put_as(at, nonsense, b"?"), status, "{at}");
    }
    let request = Request::Write {
        path: path("/0/0"),
        mode: WriteMode::Partial,
        payload: Payload::new(ContentFormat::TLV, b""),
    };
    assert_eq!(bench.perform(&request).status, Status::Unauthorized);
}

#[test]
fn what_a_server_writes_is_seen_by_the_typed_instance() {
    use lwm2m_runtime::objects::{Device, Lwm2mServer};
    let mut bench = bench();
    assert_eq!(bench.put("/3/0/15", "Europe/Berlin"), Status::Changed);
    assert_eq!(bench.put("/1/0/2", "10"), Status::Changed);
    let device: &Device = bench.tree.get(0).unwrap();
    assert_eq!(device.timezone.as_deref(), Some("Europe/Berlin"));
    let server: &Lwm2mServer = bench.tree.get(0).unwrap();
    assert_eq!(server.default_minimum_period, Some(10));
}

#[cfg(feature = "derive")]
#[test]
fn a_number_that_the_rust_type_cannot_hold_is_refused() {
    use lwm2m_runtime::Lwm2mObject;

    #[derive(Clone, Default, Lwm2mObject)]
    #[lwm2m(id = 42770, lwm2m_version = "1.1")]
    struct Valve {
        #[lwm2m(id = 0, operations = "RW")]
        opening: u8,
        #[lwm2m(id = 1, operations = "RW")]
        comment: Option<String>,
    }

    let mut bench = bench();
    bench.tree.insert(0, Valve::default()).unwrap();
    assert_eq!(bench.put("/42770/0/0", "255"), Status::Changed);
    assert_eq!(bench.put("/42770/0/0", "256"), Status::BadRequest);
    let json = r#"[{"bn":"/42770/0/","n":"1","vs":"new"},{"n":"0","v":256}]"#;
    assert_eq!(bench.post_json("/42770/0", json), Status::BadRequest);
    assert_eq!(
        bench.patch(ContentFormat::SENML_JSON, json.as_bytes()),
        Status::BadRequest
    );
    let valve: &Valve = bench.tree.get(0).unwrap();
    assert_eq!((valve.opening, &valve.comment), (255, &None));
}
