use lwm2m_runtime::{
    encoding::{
        Content, DecodeErrorKind as Kind, EncodeError, EncodeOptions, Format, Purpose, Record, RecordRef,
    },
    model::{Objlnk, Path, Time, Value, ValueRef as V},
};

use super::support::{
    INSTANCE, at, both_ways, bytes, cbor, decode, decode_for, decoder, means, read, refused, written,
};

const CBOR: Format = Format::Lwm2mCbor;

// proves: ENC-LCBOR-01 ENC-LCBOR-07 ENC-FMT-12 ENC-FMT-13 ROB-37
#[test]
fn every_type() {
    for (value_hex, resource, value) in [
        ("{abc}", 0, V::String("abc")),
        ("18 18", 1, V::Integer(24)),
        ("3b7fffffffffffffff", 1, V::Integer(i64::MIN)),
        ("1bffffffffffffffff", 2, V::Unsigned(u64::MAX)),
        ("f93e00", 3, V::Float(1.5)),
        ("fb3ff199999999999a", 3, V::Float(1.1)),
        ("f4", 4, V::Boolean(false)),
        ("4200ff", 5, V::Opaque(&[0, 255])),
        ("24", 6, V::Time(Time(-5))),
        ("{3:65535}", 7, V::Objlnk(Objlnk::new(3, 65535))),
        ("{</3>}", 8, V::Corelnk("</3>")),
    ] {
        let hex = cbor(&format!("a1 82 1903e8 00 a1 {resource:02x} {value_hex}"));
        both_ways(CBOR, INSTANCE, &hex, &[(at(resource), value)]);
        let hex = cbor(&format!("a1 83 1903e8 00 {resource:02x} {value_hex}"));
        both_ways(CBOR, at(resource), &hex, &[(at(resource), value)]);
    }
    means(
        CBOR,
        INSTANCE,
        &cbor("a1 83 1903e8 00 00 7f {a} {b} ff"),
        &[(at(0), V::String("ab"))],
    );
    means(
        CBOR,
        INSTANCE,
        "a1 83 1903e8 00 03 c48220182d",
        &[(at(3), V::Float(4.5))],
    );
    means(
        CBOR,
        INSTANCE,
        "a1 83 1903e8 00 06 c105",
        &[(at(6), V::Time(Time(5)))],
    );
}

// proves: ENC-LCBOR-01 ENC-LCBOR-02 ENC-LCBOR-04
#[test]
fn all_groupings_mean_the_same() {
    let ri = |id| Path::resource_instance(1000, 0, 10, id);
    let expected = [
        (at(1), V::Integer(5)),
        (ri(0), V::Integer(6)),
        (ri(7), V::Integer(7)),
    ];
    for hex in [
        "a1 1903e8 a1 00 a2 01 05 0a a2 00 06 07 07",
        "a3 83 1903e8 00 01 05  84 1903e8 00 0a 00 06  84 1903e8 00 0a 07 07",
        "a1 82 1903e8 00 a2 01 05 0a a2 00 06 07 07",
        "a1 82 1903e8 00 a3 01 05 82 0a 00 06 82 0a 07 07",
        "a2 83 1903e8 00 01 05  82 1903e8 00 a1 0a a2 00 06 07 07",
        "bf 9f 1903e8 ff bf 9f 00 01 ff 05 81 00 bf 0a bf 00 06 9f 07 ff 07 ff ff ff ff",
    ] {
        means(CBOR, INSTANCE, hex, &expected);
    }
    both_ways(
        CBOR,
        INSTANCE,
        "a1 82 1903e8 00 a2 01 05 0a a2 00 06 07 07",
        &expected,
    );
    both_ways(CBOR, at(10), "a1 83 1903e8 00 0a a2 00 06 07 07", &expected[1..]);
    both_ways(
        CBOR,
        Path::object(1000),
        "a1 1903e8 a1 00 a2 01 05 0a a2 00 06 07 07",
        &expected,
    );
    both_ways(
        CBOR,
        Path::ROOT,
        "a1 82 1903e8 00 a2 01 05 0a a2 00 06 07 07",
        &expected,
    );
    both_ways(CBOR, ri(7), "a1 84 1903e8 00 0a 07 07", &expected[2..]);
    // More entries than fit the head's five bits.
    let many: Vec<_> = (0..300).map(|id| (ri(id), V::Integer(1))).collect();
    let entries: String = (0..300_u16)
        .map(|id| match id {
            0..24 => format!("{id:02x}01"),
            24..256 => format!("18{id:02x}01"),
            _ => format!("19{id:04x}01"),
        })
        .collect();
    let out = written(
        CBOR,
        at(10),
        many.iter().map(|(path, value)| RecordRef::new(*path, *value)),
        &EncodeOptions::default(),
    );
    assert_eq!(out, Ok(bytes(&format!("a1 83 1903e8 00 0a b9012c {entries}"))));
    assert_eq!(read(decoder(CBOR, at(10)), &out.unwrap()).unwrap().len(), 300);
}

// proves: ENC-LCBOR-03 ROB-32
#[test]
fn paths_are_absolute_and_below_the_target() {
    means(CBOR, at(1), "a1 83 1903e8 00 01 05", &[(at(1), V::Integer(5))]);
    for hex in ["a1 01 05", "a1 82 00 01 05"] {
        assert!(decode(CBOR, at(1), hex).is_err(), "{hex}");
    }
    for hex in [
        "a1 83 1903e8 01 01 05",
        "a1 83 1903e7 00 01 05",
        "a1 83 1903e8 00 02 05",
    ] {
        assert_eq!(refused(CBOR, at(1), hex), Kind::OutsideTarget, "{hex}");
    }
}

// proves: ENC-LCBOR-05 ROB-27 ROB-39 ROB-28
#[test]
fn keys_and_values_that_are_none_are_refused() {
    for (hex, kind) in [
        ("a1 85 1903e8 00 0a 00 00 05", Kind::Depth),
        ("a1 82 1903e8 00 a1 83 0a 00 00 05", Kind::Depth),
        ("a1 84 1903e8 00 0a 00 a1 00 05", Kind::Depth),
        ("a1 84 1903e8 00 0a 00 a0", Kind::Depth),
        ("a1 83 1903e8 00 1a 00010000 05", Kind::InvalidId),
        ("a1 83 1903e8 00 19 ffff 05", Kind::InvalidId),
        ("a1 83 1903e8 19ffff 01 05", Kind::InvalidId),
        ("a1 80 05", Kind::InvalidId),
        ("a1 9f ff 05", Kind::InvalidId),
        ("a1 1903e8 a1 80 a1 01 05", Kind::InvalidId),
        ("a1 20 05", Kind::InvalidId),
        ("a1 f93c00 05", Kind::InvalidId),
        ("a1 82 1903e8 20 05", Kind::InvalidId),
        ("a1 82 1903e8 81 00 05", Kind::InvalidId),
        ("a1 61 31 a1 00 05", Kind::InvalidId),
        ("a1 82 1903e8 61 31 05", Kind::InvalidId),
        ("a1 83 1903e8 00 01 80", Kind::Structure),
        ("a1 83 1903e8 00 01 81 05", Kind::Structure),
        ("a1 83 1903e8 00 01 f6", Kind::Structure),
        ("a1 82 1903e8 00 05", Kind::Structure),
        ("a1 1903e8 05", Kind::Structure),
        ("80", Kind::Structure),
        ("05", Kind::Structure),
        ("a0 00", Kind::TrailingBytes),
        ("a1 83 1903e8 00 01 05 00", Kind::TrailingBytes),
        ("", Kind::Truncated),
        ("bf", Kind::Truncated),
        ("bf 83 1903e8 00 01 ff", Kind::Syntax),
        ("a1 83 1903e8 00 01 ff", Kind::Syntax),
        ("a1 83 1903e8 00 01 c24105", Kind::Tag),
        ("a1 83 1903e8 00 09 05", Kind::Executable),
    ] {
        assert_eq!(refused(CBOR, Path::ROOT, hex), kind, "{hex}");
    }
}

// proves: ENC-LCBOR-06 ROB-29
#[test]
fn duplicates_are_refused_however_they_are_grouped() {
    for hex in [
        "a2 83 1903e8 00 01 05 83 1903e8 00 01 06",
        "a1 82 1903e8 00 a2 01 05 01 06",
        "a1 82 1903e8 00 a3 02 05 01 06 02 05",
        "a2 83 1903e8 00 01 05  1903e8 a1 00 a1 01 05",
        // A key twice, though the paths below it differ.
        "a2 1903e8 a1 82 00 01 05  1903e8 a1 82 00 02 05",
        "a1 82 1903e8 00 a3 0a a1 00 01  01 05  0a a1 01 01",
    ] {
        assert_eq!(refused(CBOR, Path::ROOT, hex), Kind::Duplicate, "{hex}");
    }
    means(
        CBOR,
        INSTANCE,
        "a1 82 1903e8 00 a2 02 05 01 06",
        &[(at(2), V::Unsigned(5)), (at(1), V::Integer(6))],
    );
    for empty in ["a0", "bf ff", "a1 1903e8 a0"] {
        assert_eq!(decode(CBOR, Path::object(1000), empty), Ok(vec![]), "{empty}");
    }
}

// proves: ENC-LCBOR-07 ENC-LCBOR-08 ENC-LCBOR-09
#[test]
fn neither_times_nor_path_lists_nor_alternate_paths() {
    let options = EncodeOptions::default();
    let format = CBOR;
    let mut timed = RecordRef::new(at(1), V::Integer(1));
    timed.time = Some(1.0);
    assert_eq!(
        written(CBOR, INSTANCE, [timed], &options),
        Err(EncodeError::Unsupported { path: at(1), format })
    );
    assert_eq!(
        written(CBOR, Path::ROOT, [RecordRef::path(at(1))], &options),
        Err(EncodeError::Unsupported { path: at(1), format })
    );
    let found = decode_for(Purpose::Paths, CBOR, Path::ROOT, "a0");
    assert_eq!(
        found.map_err(|error| error.kind),
        Err(Kind::Unsupported { format })
    );
    assert_eq!(
        refused(CBOR, Path::ROOT, &cbor("a1 84 {lwm2m} 1903e8 00 01 05")),
        Kind::InvalidId
    );
}

#[test]
fn an_end_devices_prefix_is_the_first_element_of_a_key() {
    let record = |prefix: &str, resource, value| Record {
        prefix: prefix.to_owned(),
        ..Record::new(at(resource), value)
    };
    let expected = vec![
        record("d01", 1, Value::Integer(1)),
        record("d01", 2, Value::Unsigned(2)),
        record("d02", 1, Value::Integer(3)),
    ];
    let prefixed = |hex: &str| read(decoder(CBOR, Path::ROOT).with_prefixes(), &bytes(&cbor(hex)));
    for hex in [
        "a2 83 {d01} 1903e8 00 a2 01 01 02 02  83 {d02} 1903e8 00 a1 01 03",
        "a3 84 {d01} 1903e8 00 01 01  84 {d01} 1903e8 00 02 02  84 {d02} 1903e8 00 01 03",
        "a2 {d01} a1 1903e8 a1 00 a2 01 01 02 02  81 {d02} a1 83 1903e8 00 01 03",
        "a2 7f {d} {01} ff a1 1903e8 a1 00 a2 01 01 02 02  84 7f {d02} ff 1903e8 00 01 03",
    ] {
        assert_eq!(prefixed(hex), Ok(expected.clone()), "{hex}");
    }
    let out = written(
        CBOR,
        Path::ROOT,
        expected.iter().map(Record::as_ref),
        &EncodeOptions::default(),
    );
    assert_eq!(
        out,
        Ok(bytes(&cbor(
            "a2 83 {d01} 1903e8 00 a2 01 01 02 02  83 {d02} 1903e8 00 a1 01 03"
        )))
    );
    for hex in [
        "a1 83 1903e8 {d} 01 05",
        "a1 1903e8 a1 82 {d} 00 a1 01 05",
        "a1 83 {d} {e} 1903e8 a0",
        "a1 82 {} 1903e8 a0",
        "a1 82 {a//b} 1903e8 a0",
        "a1 82 {3} 1903e8 a0",
        "a1 84 61ff 1903e8 00 01 05",
    ] {
        assert!(prefixed(hex).is_err(), "{hex}");
    }
    let twice = prefixed("a2 84 {d} 1903e8 00 01 05  84 {d} 1903e8 00 01 05");
    assert_eq!(twice.map_err(|error| error.kind), Err(Kind::Duplicate));
    assert!(prefixed("a2 84 {d} 1903e8 00 01 05  83 1903e8 00 01 05").is_ok());
}

#[test]
fn null_removes_in_a_write_composite() {
    let instance = Path::resource_instance(1000, 0, 10, 3);
    let hex = "a1 82 1903e8 00 a2 01 05 0a a1 03 f6";
    let records = decode_for(Purpose::Patch, CBOR, Path::ROOT, hex).unwrap();
    assert_eq!((records[1].path, &records[1].content), (instance, &Content::Null));
    let out = written(
        CBOR,
        Path::ROOT,
        records.iter().map(Record::as_ref),
        &EncodeOptions::default(),
    );
    assert_eq!(out, Ok(bytes(hex)));
}

#[test]
fn create_names_an_instance_or_65535() {
    let hex = "a1 82 1903e8 19ffff a1 01 05";
    let record = Record::new(Path::resource(1000, 65535, 1), Value::Integer(5));
    let found = decode_for(Purpose::Create, CBOR, Path::object(1000), hex);
    assert_eq!(found, Ok(vec![record]));
}
