use lwm2m_runtime::{
    encoding::{ContentFormat, EncodeOptions, Format, RecordRef, encode},
    model::{Path, Value, ValueRef},
    objects::ConnectivityStatistics,
    operation::{Status, WriteMode},
};

use crate::support::path;

use super::{attach, bench, full_device, integer, write};

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
fn int_230_257_a_composite_write_of_two_objects() {
    let mut bench = bench();
    let json = br#"[{"n":"/1/0/1","v":60},{"n":"/3/0/14","vs":"+02:00"}]"#;
    assert_eq!(bench.patch(ContentFormat::SENML_JSON, json), Status::Changed);
    assert_eq!(bench.value("/1/0/1"), integer(60));
    assert_eq!(bench.changes(), ["/1/0/1 Value Some(1)", "/3/0/14 Value Some(1)"]);
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
fn int_256_a_read_only_resource_keeps_its_value() {
    let mut bench = bench();
    assert_eq!(bench.put("/1/0/0", "123"), Status::MethodNotAllowed);
    assert_eq!(bench.value("/1/0/0"), integer(1));
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

#[test]
fn int_565_566_servers_are_neither_created_nor_deleted_by_servers() {
    let mut bench = bench();
    let server = [
        ("/1/5/1", ValueRef::Integer(60)),
        ("/1/5/6", ValueRef::Boolean(true)),
        ("/1/5/7", ValueRef::String("U")),
    ];
    let records: Vec<_> = server
        .iter()
        .map(|(at, value)| RecordRef::new(path(at), *value))
        .collect();
    let mut bytes = Vec::new();
    encode(
        Format::Tlv,
        path("/1"),
        records,
        &EncodeOptions::default(),
        &mut bytes,
    )
    .unwrap();
    let answer = bench.create_as(1, ContentFormat::TLV, &bytes);
    assert_eq!(answer.status, Status::MethodNotAllowed);
    assert_eq!(bench.delete("/1/0"), Status::MethodNotAllowed);
}

#[test]
fn int_901_905_statistics_are_started_and_their_period_is_set() {
    let mut bench = bench();
    let statistics = ConnectivityStatistics {
        sms_tx_counter: Some(3),
        ..ConnectivityStatistics::default()
    };
    bench.tree.insert(0, statistics).unwrap();
    for at in ["/7/0/6", "/7/0/7"] {
        assert_eq!(bench.execute(at, "").status, Status::Changed);
    }
    assert_eq!(bench.put("/7/0/8", "60"), Status::Changed);
    assert_eq!(bench.value("/7/0/8"), integer(60));
    assert_eq!(bench.put("/7/0/0", "60"), Status::MethodNotAllowed);
    assert_eq!(bench.read("/7/0").paths("/7/0"), ["/7/0/0", "/7/0/8"]);
}
