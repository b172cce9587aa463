//! The scenarios of the interoperability tests (ETS INT 1.2) that concern a client's objects alone, under their numbers.
//! Each request is one that `operation` reads from a message; what a session adds is tested with the engines.

use lwm2m_runtime::{
    encoding::{ContentFormat, EncodeOptions, Format, RecordRef, encode},
    link::AttributeChanges,
    model::{Path, Value, ValueRef, Version},
    objects::{Device, Lwm2mServer},
    operation::{Depth, Payload, Request, Status, WriteMode},
    reporting::AttachedAttributes,
};

use crate::support::{Bench, path};

/// Server extended and Device minimum.
fn bench() -> Bench {
    let mut bench = Bench::new(Version::V1_2);
    let server = Lwm2mServer {
        short_server_id: 1,
        lifetime: 86400,
        default_minimum_period: Some(1),
        default_maximum_period: Some(10),
        disable_timeout: Some(86400),
        binding: "U".into(),
        ..Lwm2mServer::default()
    };
    bench.tree.insert(0, server).unwrap();
    let device = Device {
        manufacturer: Some("Open Mobile Alliance".into()),
        model_number: Some("Lightweight M2M Client".into()),
        serial_number: Some("345000123".into()),
        firmware_version: Some("1.0".into()),
        error_code: [(0, 0.into())].into(),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    bench.tree.insert(0, device).unwrap();
    bench.changes();
    bench
}

fn full_device(bench: &mut Bench) {
    bench
        .tree
        .update(0, |device: &mut Device| {
            device.power_source_voltage = Some([(0, 3800), (1, 5000)].into());
            device.power_source_current = Some([(0, 125), (1, 900)].into());
            device.battery_level = Some(100);
            device.current_time = Some(1_367_491_215.into());
            device.utc_offset = Some("+02:00".into());
            device.timezone = Some("Europe/Paris".into());
        })
        .unwrap();
    bench.changes();
}

fn integer(number: i64) -> Option<Value> {
    Some(Value::Integer(number))
}

fn attach(bench: &mut Bench, at: &str, query: &str) -> Status {
    let changes = AttributeChanges::parse(query.split('&')).unwrap();
    let request = Request::WriteAttributes {
        path: path(at),
        changes,
    };
    bench.perform(&request).status
}

fn write(
    bench: &mut Bench,
    at: &str,
    mode: WriteMode,
    format: Format,
    records: &[(&str, ValueRef<'_>)],
) -> Status {
    let records: Vec<_> = records
        .iter()
        .map(|(at, value)| RecordRef::new(path(at), *value))
        .collect();
    let mut bytes = Vec::new();
    encode(format, path(at), records, &EncodeOptions::default(), &mut bytes).unwrap();
    let request = Request::Write {
        path: path(at),
        mode,
        payload: Payload::new(format.content_format(), &bytes),
    };
    bench.perform(&request).status
}

#[test]
fn int_201_information_of_the_device_as_text() {
    let mut bench = bench();
    for (at, text) in [
        ("/3/0/0", "Open Mobile Alliance"),
        ("/3/0/1", "Lightweight M2M Client"),
        ("/3/0/2", "345000123"),
    ] {
        let answer = bench.read_as(at, ContentFormat::TEXT);
        assert_eq!((answer.format, answer.text()), (Some(ContentFormat::TEXT), text));
    }
}

#[test]
fn int_203_204_the_device_in_tlv_and_json() {
    for (version, format) in [
        (Version::V1_2, ContentFormat::TLV),
        (Version::V1_0, ContentFormat::TLV),
        (Version::V1_0, ContentFormat::JSON),
    ] {
        let mut bench = bench();
        bench.version = version;
        let answer = bench.read_as("/3/0", format);
        assert_eq!(answer.format, Some(format));
        assert_eq!(
            answer.paths("/3/0"),
            ["/3/0/0", "/3/0/1", "/3/0/2", "/3/0/3", "/3/0/11/0", "/3/0/16"]
        );
    }
}

#[test]
fn int_205_server_periods_are_set_by_text() {
    let mut bench = bench();
    for (at, text, value) in [
        ("/1/0/2", "101", 101),
        ("/1/0/3", "1010", 1010),
        ("/1/0/5", "2000", 2000),
    ] {
        assert_eq!(bench.put(at, text), Status::Changed);
        assert_eq!(bench.value(at), integer(value));
        assert_eq!(bench.read_as(at, ContentFormat::TEXT).text(), text);
    }
}

#[test]
fn int_211_212_single_values_in_cbor() {
    let mut bench = bench();
    for (at, cbor) in [
        ("/1/0/0", &[0x01][..]),
        ("/1/0/6", &[0xf4]),
        ("/1/0/7", &[0x61, b'U']),
    ] {
        let answer = bench.read_as(at, ContentFormat::CBOR);
        assert_eq!(
            (answer.format, &answer.payload[..]),
            (Some(ContentFormat::CBOR), cbor)
        );
    }
    assert_eq!(
        bench.put_as("/1/0/2", ContentFormat::CBOR, &[0x18, 0x65]),
        Status::Changed
    );
    assert_eq!(
        bench.put_as("/1/0/6", ContentFormat::CBOR, &[0xf5]),
        Status::Changed
    );
    assert_eq!(bench.value("/1/0/2"), integer(101));
    assert_eq!(bench.value("/1/0/6"), Some(Value::Boolean(true)));
}

#[test]
fn int_215_a_partial_update_and_a_replacement_of_the_server() {
    let mut bench = bench();
    let saved = [
        ("/1/0/1", ValueRef::Integer(86400)),
        ("/1/0/2", ValueRef::Integer(1)),
        ("/1/0/3", ValueRef::Integer(10)),
        ("/1/0/5", ValueRef::Integer(86400)),
        ("/1/0/6", ValueRef::Boolean(false)),
        ("/1/0/7", ValueRef::String("U")),
    ];
    let before = bench.snapshot();
    let update = [
        ("/1/0/2", ValueRef::Integer(101)),
        ("/1/0/3", ValueRef::Integer(1010)),
        ("/1/0/5", ValueRef::Integer(2000)),
        ("/1/0/6", ValueRef::Boolean(true)),
        ("/1/0/7", ValueRef::String("UQ")),
    ];
    assert_eq!(
        write(&mut bench, "/1/0", WriteMode::Partial, Format::Tlv, &update),
        Status::Changed
    );
    assert_eq!(bench.value("/1/0/1"), integer(86400));
    assert_eq!(bench.value("/1/0/3"), integer(1010));
    assert_eq!(
        write(&mut bench, "/1/0", WriteMode::Replace, Format::Tlv, &saved),
        Status::Changed
    );
    assert_eq!(bench.snapshot(), before);
}

// proves: DM-69
#[test]
fn int_221_secrets_answer_everything_with_4_01() {
    let mut bench = bench();
    let before = bench.snapshot();
    assert_eq!(bench.read("/0").status, Status::Unauthorized);
    assert_eq!(bench.put("/0/0/0", "coap://evil"), Status::Unauthorized);
    assert_eq!(attach(&mut bench, "/0", "pmin=30&pmax=45"), Status::Unauthorized);
    assert_eq!(bench.discover("/0").status, Status::Unauthorized);
    assert_eq!(bench.execute("/0/0/1", "").status, Status::Unauthorized);
    assert_eq!(bench.delete("/0/0"), Status::Unauthorized);
    assert_eq!(bench.snapshot(), before);
}

#[test]
fn int_222_223_224_objects_and_instances_with_all_that_is_readable() {
    let mut bench = bench();
    let server = [
        "/1/0/0", "/1/0/1", "/1/0/2", "/1/0/3", "/1/0/5", "/1/0/6", "/1/0/7",
    ];
    assert_eq!(bench.read("/1").paths("/1"), server);
    assert_eq!(bench.read("/1/0").paths("/1/0"), server);
    assert_eq!(bench.read("/3").paths("/3"), bench.read("/3/0").paths("/3/0"));
}

#[test]
fn int_225_one_resource_instance() {
    let mut bench = bench();
    bench.tree.set(path("/3/0/11/1"), ValueRef::Integer(3)).unwrap();
    assert_eq!(bench.read("/3/0/11/1").text(), "3");
    let answer = bench.read_as("/3/0/11/1", ContentFormat::SENML_CBOR);
    assert_eq!(answer.paths("/3/0/11/1"), ["/3/0/11/1"]);
}

#[test]
fn int_226_lifetime_and_storing_in_one_partial_update() {
    let mut bench = bench();
    let update = [
        ("/1/0/1", ValueRef::Integer(61)),
        ("/1/0/6", ValueRef::Boolean(true)),
    ];
    assert_eq!(
        write(&mut bench, "/1/0", WriteMode::Partial, Format::SenmlCbor, &update),
        Status::Changed
    );
    assert_eq!(bench.changes(), ["/1/0/1 Value Some(1)", "/1/0/6 Value Some(1)"]);
}

#[test]
fn int_228_one_resource_instance_is_written() {
    let mut bench = bench();
    assert_eq!(bench.put("/16/0/0/1", "written"), Status::Changed);
    assert_eq!(bench.value("/16/0/0/0"), Some(Value::String("device".into())));
    assert_eq!(bench.value("/16/0/0/1"), Some(Value::String("written".into())));
}

#[test]
fn int_229_280_a_composite_read_gives_what_was_asked_for() {
    let mut bench = bench();
    let answer = bench.fetch(&["/3/0/16", "/3/0/11/0", "/1/0"]);
    assert_eq!(
        answer.paths("/"),
        [
            "/1/0/0",
            "/1/0/1",
            "/1/0/2",
            "/1/0/3",
            "/1/0/5",
            "/1/0/6",
            "/1/0/7",
            "/3/0/11/0",
            "/3/0/16"
        ]
    );
}

#[test]
fn int_230_257_a_composite_write_of_two_objects() {
    let mut bench = bench();
    let json = br#"[{"n":"/1/0/1","v":60},{"n":"/3/0/14","vs":"+02:00"}]"#;
    assert_eq!(bench.patch(ContentFormat::SENML_JSON, json), Status::Changed);
    assert_eq!(bench.value("/1/0/1"), integer(60));
    assert_eq!(bench.changes(), ["/1/0/1 Value Some(1)", "/3/0/14 Value Some(1)"]);
}

#[test]
fn int_231_232_reads_at_four_levels_in_senml() {
    let mut bench = bench();
    for format in [ContentFormat::SENML_JSON, ContentFormat::SENML_CBOR] {
        for at in ["/3", "/3/0", "/3/0/11", "/3/0/11/0"] {
            let answer = bench.read_as(at, format);
            assert_eq!((answer.status, answer.format), (Status::Content, Some(format)));
            assert!(answer.paths(at).contains(&"/3/0/11/0".to_owned()));
        }
    }
}

#[test]
fn int_233_234_writes_at_every_level_in_senml() {
    for format in [Format::SenmlJson, Format::SenmlCbor] {
        let mut bench = bench();
        let one = [("/1/0/2", ValueRef::Integer(20))];
        assert_eq!(
            write(&mut bench, "/1/0/2", WriteMode::Replace, format, &one),
            Status::Changed
        );
        let two = [
            ("/1/0/2", ValueRef::Integer(30)),
            ("/1/0/3", ValueRef::Integer(40)),
        ];
        assert_eq!(
            write(&mut bench, "/1/0", WriteMode::Partial, format, &two),
            Status::Changed
        );
        let identity = [("/16/0/0/1", ValueRef::String("new"))];
        assert_eq!(
            write(&mut bench, "/16/0/0/1", WriteMode::Replace, format, &identity),
            Status::Changed
        );
        assert_eq!(
            (bench.value("/1/0/2"), bench.value("/1/0/3")),
            (integer(30), integer(40))
        );
        assert_eq!(bench.value("/16/0/0/1"), Some(Value::String("new".into())));
    }
}

#[test]
fn int_235_a_composite_read_of_the_root_has_no_secrets() {
    let mut bench = bench();
    let paths = bench.fetch(&["/"]).paths("/");
    assert!(paths.contains(&"/1/0/0".to_owned()) && paths.contains(&"/3/0/0".to_owned()));
    for secret in ["/0/", "/21/", "/23/"] {
        assert!(!paths.iter().any(|path| path.starts_with(secret)), "{secret}");
    }
}

#[test]
fn int_236_a_composite_read_leaves_out_what_does_not_exist() {
    let mut bench = bench();
    let answer = bench.fetch(&["/1/0/1", "/1/0/99", "/3/0/0", "/3/1/0"]);
    assert_eq!(answer.paths("/"), ["/1/0/1", "/3/0/0"]);
}

#[test]
fn int_237_the_client_picks_the_format() {
    let mut bench = bench();
    let answer = bench.read("/1");
    assert!(answer.format.is_some());
    assert_eq!(answer.records("/1").len(), 7);
}

#[test]
fn int_256_a_read_only_resource_keeps_its_value() {
    let mut bench = bench();
    assert_eq!(bench.put("/1/0/0", "123"), Status::MethodNotAllowed);
    assert_eq!(bench.value("/1/0/0"), integer(1));
}

#[test]
fn int_260_discover_shows_what_is_attached_and_inherited() {
    let mut bench = bench();
    full_device(&mut bench);
    assert!(!bench.discover("/3").text().contains("pmin"));
    assert_eq!(attach(&mut bench, "/3", "pmin=10&pmax=200"), Status::Changed);
    assert!(
        bench
            .discover("/3/0")
            .text()
            .starts_with("</3/0>;pmin=10;pmax=200,")
    );
    assert_eq!(attach(&mut bench, "/3/0/7", "lt=1&gt=6&st=1"), Status::Changed);
    let links = bench.discover("/3/0/7").text().to_owned();
    assert!(
        links.starts_with("</3/0/7>;dim=2;pmin=10;pmax=200;gt=6;lt=1;st=1"),
        "{links}"
    );
}

#[test]
fn int_261_attributes_at_three_levels() {
    let mut bench = bench();
    assert_eq!(attach(&mut bench, "/3", "pmin=10&pmax=60"), Status::Changed);
    assert_eq!(attach(&mut bench, "/3/0", "pmax=320"), Status::Changed);
    assert_eq!(attach(&mut bench, "/3/0/11/0", "epmin=15"), Status::Changed);
    assert_eq!(
        bench.discover("/3/0/11").text(),
        "</3/0/11>;dim=1;pmin=10;pmax=320,</3/0/11/0>;epmin=15"
    );
}

// proves: DM-42
#[test]
fn int_264_266_discover_with_a_depth() {
    let mut bench = bench();
    attach(&mut bench, "/3/0/11/0", "pmax=7");
    let mut discover = |depth| {
        let request = Request::Discover {
            path: path("/3"),
            depth: Depth::new(depth),
        };
        bench.perform(&request).text().to_owned()
    };
    // The server's default periods are not attached to anything.
    assert_eq!(discover(1), "</3>,</3/0>");
    assert!(discover(3).contains("</3/0/11>;dim=1,</3/0/11/0>;pmax=7,"));
}

#[test]
fn int_281_executable_resources_are_left_out() {
    let mut bench = bench();
    assert_eq!(
        bench.fetch(&["/1/0/1", "/1/0/7", "/1/0/8"]).paths("/"),
        ["/1/0/1", "/1/0/7"]
    );
}

#[test]
fn int_651_a_replacement_of_the_device_touches_what_is_writable() {
    let mut bench = bench();
    full_device(&mut bench);
    let saved = [
        ("/3/0/13", ValueRef::Time(1_367_491_215.into())),
        ("/3/0/14", ValueRef::String("+02:00")),
        ("/3/0/15", ValueRef::String("Europe/Paris")),
    ];
    let before = bench.snapshot();
    let update = [
        ("/3/0/13", ValueRef::Time(1_400_000_000.into())),
        ("/3/0/14", ValueRef::String("+01:00")),
        ("/3/0/15", ValueRef::String("Europe/London")),
    ];
    assert_eq!(
        write(&mut bench, "/3/0", WriteMode::Partial, Format::Tlv, &update),
        Status::Changed
    );
    assert_eq!(bench.value("/3/0/14"), Some(Value::String("+01:00".into())));
    assert_eq!(
        write(&mut bench, "/3/0", WriteMode::Replace, Format::Tlv, &saved),
        Status::Changed
    );
    assert_eq!(bench.snapshot(), before);
}

// proves: DM-17
#[test]
fn int_651_a_read_back_of_writable_resources_can_be_written() {
    let mut bench = bench();
    full_device(&mut bench);
    let before = bench.snapshot();
    let definition = bench.tree.definition(3).unwrap();
    let records = bench.read_as("/3/0", ContentFormat::TLV).records("/3/0");
    let before: Vec<_> = before
        .into_iter()
        .map(|(at, value)| match at == Path::resource(3, 0, 9) {
            true => (at, Value::Integer(99)),
            false => (at, value),
        })
        .collect();
    let writable: Vec<_> = records
        .iter()
        .filter(|record| {
            let resource = definition.resource(record.path.resource_id().unwrap());
            resource.unwrap().operations().writable()
        })
        .map(|record| record.as_ref())
        .collect();
    assert_eq!(writable.len(), 3);
    let mut bytes = Vec::new();
    encode(
        Format::Tlv,
        path("/3/0"),
        writable,
        &EncodeOptions::default(),
        &mut bytes,
    )
    .unwrap();
    assert_eq!(bench.put_as("/3/0", ContentFormat::TLV, &bytes), Status::Changed);
    assert_eq!(bench.snapshot(), before);
}

#[test]
fn int_680_685_the_device_is_neither_created_nor_deleted() {
    let mut bench = bench();
    assert_eq!(
        bench.create_as(3, ContentFormat::TLV, b"").status,
        Status::MethodNotAllowed
    );
    assert_eq!(bench.delete("/3/0"), Status::MethodNotAllowed);
    assert_eq!(bench.read("/3/0").status, Status::Content);
}

#[test]
fn int_951_each_server_sees_its_own_attributes() {
    let mut bench = bench();
    assert_eq!(attach(&mut bench, "/3/0", "pmin=1&pmax=10"), Status::Changed);
    let mut other = AttachedAttributes::new(16);
    std::mem::swap(&mut bench.attached, &mut other);
    bench.server = 2;
    assert_eq!(attach(&mut bench, "/3/0", "pmin=2&pmax=20"), Status::Changed);
    assert!(
        bench
            .discover("/3/0")
            .text()
            .starts_with("</3/0>;pmin=2;pmax=20,")
    );
    std::mem::swap(&mut bench.attached, &mut other);
    bench.server = 1;
    assert!(
        bench
            .discover("/3/0")
            .text()
            .starts_with("</3/0>;pmin=1;pmax=10,")
    );
}

#[test]
fn int_1630_a_portfolio_is_created_with_its_identifier() {
    let mut bench = bench();
    bench.tree.remove(16, 1);
    let identities = ["Host Device ID #1", "Host Device Model #1"];
    let records: Vec<_> = (0..)
        .zip(identities)
        .map(|(id, identity)| {
            RecordRef::new(Path::resource_instance(16, 1, 0, id), ValueRef::String(identity))
        })
        .collect();
    let mut bytes = Vec::new();
    encode(
        Format::Tlv,
        path("/16"),
        records,
        &EncodeOptions::default(),
        &mut bytes,
    )
    .unwrap();
    assert_eq!(
        bench.create_as(16, ContentFormat::TLV, &bytes).status,
        Status::Created
    );
    assert_eq!(bench.discover("/16/1").text(), "</16/1>,</16/1/0>;dim=2");
    assert_eq!(bench.read("/16/1/0/1").text(), identities[1]);
}

#[test]
fn int_1635_all_portfolios_are_deleted() {
    let mut bench = bench();
    assert_eq!(bench.delete("/16/0"), Status::Deleted);
    assert_eq!(bench.delete("/16/1"), Status::Deleted);
    assert_eq!(bench.discover("/16").text(), "</16>");
}
