use lwm2m_runtime::{
    encoding::{ContentFormat, EncodeOptions, Format, RecordRef, encode},
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, Value, ValueRef, Version},
    object::{DynamicInstance, Instance},
    operation::{Payload, Request, Status},
};

use crate::support::{Answer, Bench, path};

fn bench() -> Bench {
    Bench::new(Version::V1_2)
}

// proves: DM-71 DM-72
#[test]
fn a_composite_read_gives_what_can_be_had_and_nothing_else() {
    let mut bench = bench();
    let answer = bench.fetch(&[
        "/3/0/0", "/3/0/7/1", "/3/0/10", "/3/0/4", "/5/0/0", "/6/0", "/9/0/0", "/3/7",
    ]);
    assert_eq!(answer.format, Some(ContentFormat::SENML_CBOR));
    assert_eq!(
        answer.paths("/"),
        ["/3/0/0", "/3/0/7/1", "/6/0/0", "/6/0/1", "/6/0/5"]
    );
    assert_eq!(bench.fetch(&["/9", "/3/0/10"]).payload, [0x80]);
}

// proves: DM-73
#[test]
fn the_root_is_everything_but_secrets() {
    let mut bench = bench();
    // Were its definition wrong, the values would stay secret.
    static SECRET: ObjectDefinition = ObjectDefinition::new(23, "COSE", "urn:oma:lwm2m:oma:23")
        .with_multiple()
        .with_resources(&[ResourceDefinition::new(
            0,
            "Key",
            Some(ResourceType::Integer),
            Operations::R,
        )]);
    let mut secret = DynamicInstance::new(&SECRET);
    let instance: &mut dyn Instance = &mut secret;
    instance.write(0, None, ValueRef::Integer(1)).unwrap();
    bench.tree.insert_dynamic(0, secret).unwrap();
    let objects = |answer: Answer| {
        let mut objects: Vec<_> = answer
            .records("/")
            .iter()
            .map(|record| record.path.object_id().unwrap())
            .collect();
        objects.dedup();
        objects
    };
    assert_eq!(objects(bench.fetch(&["/"])), [1, 3, 5, 6, 16, 42769]);
    // Object 23 holds secrets since LwM2M 1.2.
    bench.version = Version::V1_1;
    assert_eq!(objects(bench.fetch(&["/"])), [1, 3, 5, 6, 16, 23, 42769]);
    bench.version = Version::V1_2;
    assert_eq!(objects(bench.fetch(&["/0", "/0/0/0", "/23/0/0", "/1"])), [1]);
}

#[test]
fn overlapping_paths_are_given_once() {
    let mut bench = bench();
    let answer = bench.fetch(&["/6/0/1", "/6/0", "/6", "/3/0/7/0", "/3/0/7"]);
    assert_eq!(
        answer.paths("/"),
        ["/3/0/7/0", "/3/0/7/1", "/6/0/0", "/6/0/1", "/6/0/5"]
    );
}

// proves: DM-74 DM-76 DM-96 REP-23
#[test]
fn formats_of_composite_requests_are_told_apart() {
    let mut bench = bench();
    let list = br#"[{"n":"/3/0/0"}]"#;
    let fetch = |bench: &mut Bench, format, list: &[u8], accept| {
        let paths = Payload::new(format, list);
        bench.perform(&Request::ReadComposite { paths, accept })
    };
    for format in [ContentFormat::SENML_JSON, ContentFormat::SENML_ETCH_JSON] {
        assert_eq!(fetch(&mut bench, format, list, None).status, Status::Content);
    }
    for format in [
        ContentFormat::TEXT,
        ContentFormat::TLV,
        ContentFormat::LWM2M_CBOR,
        ContentFormat(9999),
    ] {
        assert_eq!(
            fetch(&mut bench, format, list, None).status,
            Status::UnsupportedContentFormat,
            "{format}"
        );
    }
    for list in [
        &b"[{\"n\":\"/3/0/0\""[..],
        b"[]",
        br#"[{"n":"/3/0/0","v":1}]"#,
        br#"[{"n":"/3/x"}]"#,
    ] {
        assert_eq!(
            fetch(&mut bench, ContentFormat::SENML_JSON, list, None).status,
            Status::BadRequest
        );
    }
    for (accept, version, status) in [
        (ContentFormat::SENML_JSON, Version::V1_1, Status::Content),
        (ContentFormat::SENML_CBOR, Version::V1_1, Status::Content),
        (ContentFormat::LWM2M_CBOR, Version::V1_1, Status::NotAcceptable),
        (ContentFormat::LWM2M_CBOR, Version::V1_2, Status::Content),
        (ContentFormat::TLV, Version::V1_2, Status::NotAcceptable),
        (ContentFormat::TEXT, Version::V1_2, Status::NotAcceptable),
    ] {
        bench.version = version;
        let answer = fetch(&mut bench, ContentFormat::SENML_JSON, list, Some(accept));
        assert_eq!(answer.status, status, "{accept} {version}");
        assert_eq!(answer.format, (status == Status::Content).then_some(accept));
    }
    let paths = Payload::new(ContentFormat::SENML_JSON, list);
    for request in [
        Request::ObserveComposite {
            paths,
            accept: Some(ContentFormat::SENML_JSON),
            attributes: Default::default(),
        },
        Request::CancelObservationComposite {
            paths,
            accept: Some(ContentFormat::SENML_JSON),
            attributes: Default::default(),
        },
    ] {
        assert_eq!(
            bench.perform(&request).text(),
            r#"[{"bn":"/","n":"3/0/0","vs":"ACME"}]"#
        );
    }
    bench.version = Version::V1_0;
    assert_eq!(
        fetch(&mut bench, ContentFormat::SENML_JSON, list, None).status,
        Status::MethodNotAllowed
    );
}

#[test]
fn values_below_every_path_are_brought_up_to_date() {
    let mut bench = bench();
    bench.fetch(&["/3/0/9", "/6"]);
    bench.fetch(&["/", "/0"]);
    assert_eq!(bench.program.refreshed, [path("/3/0/9"), path("/6"), path("/")]);
    assert_eq!(bench.value("/3/0/9"), Some(Value::Integer(88)));
}

// proves: DM-77
#[test]
fn a_composite_write_reaches_several_objects_in_every_format() {
    for format in [
        Format::SenmlJson,
        Format::SenmlCbor,
        Format::SenmlEtchJson,
        Format::SenmlEtchCbor,
        Format::Lwm2mCbor,
    ] {
        let mut bench = bench();
        let records = [
            RecordRef::new(path("/1/0/1"), ValueRef::Integer(60)),
            RecordRef::new(path("/3/0/14"), ValueRef::String("+02:00")),
            RecordRef::new(path("/16/0/0/5"), ValueRef::String("fifth")),
        ];
        let mut bytes = Vec::new();
        encode(format, Path::ROOT, records, &EncodeOptions::default(), &mut bytes).unwrap();
        assert_eq!(
            bench.patch(format.content_format(), &bytes),
            Status::Changed,
            "{format:?}"
        );
        assert_eq!(bench.value("/1/0/1"), Some(Value::Integer(60)));
        assert_eq!(bench.value("/16/0/0/0"), Some(Value::String("device".into())));
        assert_eq!(
            bench.changes(),
            [
                "/1/0/1 Value Some(1)",
                "/3/0/14 Value Some(1)",
                "/16/0/0 Value Some(1)"
            ]
        );
        assert_eq!(bench.program.changed.len(), 3);
    }
}

// proves: DM-78
#[test]
fn a_composite_write_is_all_or_nothing() {
    let mut bench = bench();
    let before = bench.snapshot();
    let good = r#"{"n":"/1/0/1","v":60}"#;
    for (bad, status) in [
        (r#"{"n":"/3/0/0","vs":"EVIL"}"#, Status::MethodNotAllowed),
        (r#"{"n":"/3/0/4","v":1}"#, Status::MethodNotAllowed),
        (r#"{"n":"/3/0/14/0","vs":"+02:00"}"#, Status::MethodNotAllowed),
        (r#"{"n":"/3/1/14","vs":"+02:00"}"#, Status::NotFound),
        (r#"{"n":"/9/0/14","vs":"+02:00"}"#, Status::NotFound),
        (r#"{"n":"/3/0/99","vs":"?"}"#, Status::NotFound),
        (r#"{"n":"/0/0/0","vs":"coap://evil"}"#, Status::Unauthorized),
        (r#"{"n":"/42769/0/0","v":101}"#, Status::BadRequest),
        (r#"{"n":"/42769/0/2","vlo":"9:9"}"#, Status::BadRequest),
        (r#"{"n":"/42769/0/0","vs":"text"}"#, Status::BadRequest),
        (r#"{"n":"/1/0/1","v":61}"#, Status::BadRequest),
    ] {
        for json in [format!("[{good},{bad}]"), format!("[{bad},{good}]")] {
            assert_eq!(
                bench.patch(ContentFormat::SENML_JSON, json.as_bytes()),
                status,
                "{json}"
            );
        }
    }
    bench.program.refuse = Some((path("/3/0/14"), Status::MethodNotAllowed));
    let json = format!(r#"[{good},{{"n":"/3/0/14","vs":"+02:00"}}]"#);
    assert_eq!(
        bench.patch(ContentFormat::SENML_JSON, json.as_bytes()),
        Status::MethodNotAllowed
    );
    assert_eq!(bench.snapshot(), before);
    assert!(bench.changes().is_empty() && bench.program.changed.is_empty());
    assert_eq!(
        bench.patch(ContentFormat::TLV, b""),
        Status::UnsupportedContentFormat
    );
}

// proves: DM-79 DM-80
#[test]
fn null_removes_a_resource_instance() {
    let mut bench = bench();
    let json = br#"[{"n":"/16/0/0/0","v":null},{"n":"/16/0/0/1","vs":"only"}]"#;
    assert_eq!(bench.patch(ContentFormat::SENML_JSON, json), Status::BadRequest);
    assert_eq!(bench.patch(ContentFormat::SENML_ETCH_JSON, json), Status::Changed);
    assert_eq!(bench.value("/16/0/0/0"), None);
    assert_eq!(bench.value("/16/0/0/1"), Some(Value::String("only".into())));
    assert_eq!(bench.program.asked[0], (path("/16/0/0/0"), None));

    bench.put("/42769/0/4/0", "1");
    bench.put("/42769/0/4/1", "2");
    // {[42769, 0, 4, 1]: null}
    let cbor = [0xa1, 0x84, 0x19, 0xa7, 0x11, 0x00, 0x04, 0x01, 0xf6];
    assert_eq!(bench.patch(ContentFormat::LWM2M_CBOR, &cbor), Status::Changed);
    assert_eq!(bench.value("/42769/0/4/1"), None);
    assert_eq!(bench.value("/42769/0/4/0"), Some(Value::Integer(1)));
}

// proves: DM-25
#[test]
fn null_removes_nothing_else() {
    let mut bench = bench();
    let before = bench.snapshot();
    for (at, status) in [
        // The last instance of a mandatory resource.
        ("/16/1/0/0", Status::Unauthorized),
        // Not there.
        ("/16/1/0/7", Status::NotFound),
        // Read-only, single, not even a resource instance.
        ("/3/0/7/0", Status::MethodNotAllowed),
        ("/42769/0/1", Status::MethodNotAllowed),
        ("/16/1/0", Status::MethodNotAllowed),
    ] {
        let json = format!(r#"[{{"n":"{at}","v":null}}]"#);
        assert_eq!(
            bench.patch(ContentFormat::SENML_ETCH_JSON, json.as_bytes()),
            status,
            "{at}"
        );
    }
    assert_eq!(bench.snapshot(), before);
}
