use lwm2m_runtime::{
    encoding::{
        Content, DecodeErrorKind as Kind, EncodeError, EncodeOptions, Format, Purpose, Record, RecordRef,
    },
    model::{Objlnk, Path, Time, Value, ValueRef as V},
};

use super::support::{INSTANCE, at, both_ways, bytes, decode, decode_for, means, refused, written};

const TLV: Format = Format::Tlv;
const OBJECT: Path = Path::object(1000);

// proves: ENC-TLV-01 ENC-TLV-02 ENC-TLV-03 ENC-TLV-10 ENC-TLV-11 ENC-TLV-15 ENC-FMT-12 ENC-FMT-13 ENC-FMT-14 ROB-37
#[test]
fn every_type_in_its_shortest_form() {
    for (hex, resource, value) in [
        ("c3 00 616263", 0, V::String("abc")),
        ("c0 00", 0, V::String("")),
        ("c8 00 08 6162636465666768", 0, V::String("abcdefgh")),
        ("c1 01 7f", 1, V::Integer(127)),
        ("c1 01 80", 1, V::Integer(-128)),
        ("c2 01 0080", 1, V::Integer(128)),
        ("c2 01 8000", 1, V::Integer(-32768)),
        ("c4 01 00008000", 1, V::Integer(32768)),
        ("c4 01 80000000", 1, V::Integer(-2147483648)),
        ("c8 01 08 0000000080000000", 1, V::Integer(2147483648)),
        ("c8 01 08 8000000000000000", 1, V::Integer(i64::MIN)),
        ("c1 02 ff", 2, V::Unsigned(255)),
        ("c2 02 0100", 2, V::Unsigned(256)),
        ("c4 02 ffffffff", 2, V::Unsigned(4294967295)),
        ("c8 02 08 ffffffffffffffff", 2, V::Unsigned(u64::MAX)),
        ("c4 03 3fc00000", 3, V::Float(1.5)),
        ("c8 03 08 3ff199999999999a", 3, V::Float(1.1)),
        ("c1 04 01", 4, V::Boolean(true)),
        ("c1 04 00", 4, V::Boolean(false)),
        ("c2 05 00ff", 5, V::Opaque(&[0, 255])),
        ("c4 06 65000000", 6, V::Time(Time(0x6500_0000))),
        ("c1 06 ff", 6, V::Time(Time(-1))),
        ("c4 07 0003ffff", 7, V::Objlnk(Objlnk::new(3, 65535))),
        ("c4 07 ffffffff", 7, V::Objlnk(Objlnk::NULL)),
        ("c6 08 3c2f333e3b61", 8, V::Corelnk("</3>;a")),
    ] {
        both_ways(TLV, INSTANCE, hex, &[(at(resource), value)]);
    }
}

// proves: ENC-TLV-02 ENC-TLV-03
#[test]
fn identifiers_and_lengths_of_every_width() {
    for length in [0, 7, 8, 255, 256, 65535, 65536] {
        let value = vec![0x61; length];
        for id in [0_u16, 255, 256, 65534] {
            let path = Path::resource(1001, 0, id);
            let out = written(
                TLV,
                Path::instance(1001, 0),
                [RecordRef::new(path, V::Opaque(&value))],
                &EncodeOptions::default(),
            )
            .unwrap();
            let id_width = if id < 256 { 1 } else { 2 };
            let length_width = match length {
                0..=7 => 0,
                8..=255 => 1,
                256..=65535 => 2,
                _ => 3,
            };
            assert_eq!(out.len(), 1 + id_width + length_width + length);
            let type_byte = 0xc0 | (u8::from(id > 255) << 5) | ((length_width as u8) << 3);
            assert_eq!(
                out[0],
                if length < 8 {
                    type_byte | length as u8
                } else {
                    type_byte
                }
            );
            let hex: String = out.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(
                decode(TLV, Path::instance(1001, 0), &hex),
                Ok(vec![Record::new(path, Value::Opaque(value.clone()))])
            );
        }
    }
    // Wider than they need be, and bits that mean nothing beside a length field.
    means(TLV, INSTANCE, "e1 0001 05", &[(at(1), V::Integer(5))]);
    means(TLV, INSTANCE, "cf 01 01 05", &[(at(1), V::Integer(5))]);
    means(TLV, INSTANCE, "d7 01 0001 05", &[(at(1), V::Integer(5))]);
    means(TLV, INSTANCE, "df 01 000001 05", &[(at(1), V::Integer(5))]);
}

// proves: ENC-TLV-04 ENC-TLV-05 ENC-TLV-07
#[test]
fn instances_and_multiple_resources_are_wrapped() {
    let ri = |instance, id| Path::resource_instance(1000, instance, 10, id);
    both_ways(TLV, OBJECT, "03 00  c1 01 05", &[(at(1), V::Integer(5))]);
    both_ways(
        TLV,
        OBJECT,
        "08 00 0c  c1 01 05  87 0a  41 00 07  42 01 0100   03 01 c1 04 01",
        &[
            (at(1), V::Integer(5)),
            (ri(0, 0), V::Integer(7)),
            (ri(0, 1), V::Integer(256)),
            (Path::resource(1000, 1, 4), V::Boolean(true)),
        ],
    );
    // Also a single resource instance of a single instance.
    both_ways(
        TLV,
        OBJECT,
        "05 00  83 0a  41 00 07",
        &[(ri(0, 0), V::Integer(7))],
    );
    for misplaced in [
        "05 00 03 01 c1 01 05",
        "05 00 43 00 c1 01 05",
        "85 0a 83 00 41 00 01",
        "83 0a c1 00 05",
        "83 0a 01 00 05",
    ] {
        let kind = refused(TLV, OBJECT, misplaced);
        assert!(
            matches!(kind, Kind::Structure | Kind::Truncated),
            "{misplaced}: {kind:?}"
        );
    }
}

// proves: ENC-TLV-06 ROB-32
#[test]
fn a_wrapper_that_the_request_names_is_optional_and_must_agree() {
    means(TLV, INSTANCE, "c1 01 05", &[(at(1), V::Integer(5))]);
    means(TLV, INSTANCE, "03 00 c1 01 05", &[(at(1), V::Integer(5))]);
    assert_eq!(refused(TLV, INSTANCE, "03 01 c1 01 05"), Kind::OutsideTarget);
    means(TLV, at(1), "c1 01 05", &[(at(1), V::Integer(5))]);
    assert_eq!(refused(TLV, at(1), "c1 02 05"), Kind::OutsideTarget);
}

// proves: ENC-TLV-08
#[test]
fn a_multiple_resource_is_read_wrapped_and_bare_and_written_wrapped() {
    let ri = |id| Path::resource_instance(1000, 0, 10, id);
    both_ways(
        TLV,
        at(10),
        "86 0a  41 00 07  41 02 08",
        &[(ri(0), V::Integer(7)), (ri(2), V::Integer(8))],
    );
    means(
        TLV,
        at(10),
        "41 00 07  41 02 08",
        &[(ri(0), V::Integer(7)), (ri(2), V::Integer(8))],
    );
    means(TLV, ri(2), "41 02 08", &[(ri(2), V::Integer(8))]);
    assert_eq!(refused(TLV, ri(2), "41 03 08"), Kind::OutsideTarget);
}

// proves: ENC-TLV-09
#[test]
fn create_may_leave_the_instance_out() {
    let record = |instance| Record::new(Path::resource(1000, instance, 1), Value::Integer(5));
    assert_eq!(
        decode_for(Purpose::Create, TLV, OBJECT, "c1 01 05"),
        Ok(vec![record(65535)])
    );
    assert_eq!(
        decode_for(Purpose::Create, TLV, OBJECT, "03 07 c1 01 05"),
        Ok(vec![record(7)])
    );
    assert_eq!(refused(TLV, OBJECT, "c1 01 05"), Kind::Structure);
    let out = written(TLV, OBJECT, [record(65535).as_ref()], &EncodeOptions::default());
    assert_eq!(out, Ok(bytes("c1 01 05")));
}

// proves: ENC-TLV-10 ENC-TLV-11 ENC-FMT-11 ROB-26
#[test]
fn values_of_wrong_length_or_content_are_refused() {
    for hex in [
        "c0 01",
        "c3 01 000000",
        "c5 01 0000000000",
        "c0 02",
        "c3 02 000000",
        "c0 03",
        "c1 03 00",
        "c2 03 0000",
        "c0 04",
        "c2 04 0001",
        "c1 04 02",
        "c0 06",
        "c3 06 000000",
        "c2 07 0000",
        "c0 07",
        "c5 07 0000000000",
    ] {
        assert!(matches!(refused(TLV, INSTANCE, hex), Kind::Type { .. }), "{hex}");
    }
    assert_eq!(refused(TLV, INSTANCE, "c2 00 c3 28"), Kind::Utf8);
    assert_eq!(refused(TLV, INSTANCE, "c1 08 ff"), Kind::Utf8);
    assert_eq!(refused(TLV, INSTANCE, "c1 09 01"), Kind::Executable);
}

// proves: ENC-TLV-12 ROB-29 ROB-39
#[test]
fn reserved_and_duplicate_identifiers_are_refused() {
    assert_eq!(refused(TLV, INSTANCE, "e1 ffff 05"), Kind::InvalidId);
    assert_eq!(refused(TLV, OBJECT, "23 ffff c1 01 05"), Kind::InvalidId);
    assert_eq!(refused(TLV, INSTANCE, "84 0a 61 ffff 05"), Kind::InvalidId);
    assert_eq!(refused(TLV, INSTANCE, "c1 01 05 c1 01 05"), Kind::Duplicate);
    assert_eq!(
        refused(TLV, INSTANCE, "c1 02 05 c1 01 05 c1 02 05"),
        Kind::Duplicate
    );
    assert_eq!(
        refused(TLV, OBJECT, "03 01 c1 01 05 03 00 c1 01 05 03 01 c1 01 05"),
        Kind::Duplicate
    );
    assert_eq!(refused(TLV, INSTANCE, "86 0a 41 00 07 41 00 07"), Kind::Duplicate);
    // Out of order is legal.
    means(
        TLV,
        INSTANCE,
        "c1 02 05 c1 01 06",
        &[(at(2), V::Unsigned(5)), (at(1), V::Integer(6))],
    );
}

// proves: ENC-TLV-13
#[test]
fn nothing_is_something() {
    let container = |path| {
        let mut record = RecordRef::path(path);
        record.content = Content::Container;
        record
    };
    assert_eq!(decode(TLV, OBJECT, ""), Ok(vec![]));
    for (target, hex, path) in [
        (INSTANCE, "", INSTANCE),
        (at(10), "", at(10)),
        (at(10), "80 0a", at(10)),
        (INSTANCE, "80 0a", at(10)),
        (OBJECT, "00 00", INSTANCE),
    ] {
        assert_eq!(
            decode(TLV, target, hex),
            Ok(vec![container(path).to_record()]),
            "{target} {hex}"
        );
    }
    assert_eq!(refused(TLV, at(1), ""), Kind::Truncated);
    let out = |target, path| written(TLV, target, [container(path)], &EncodeOptions::default());
    assert_eq!(out(INSTANCE, at(10)), Ok(bytes("80 0a")));
    assert_eq!(out(OBJECT, INSTANCE), Ok(bytes("00 00")));
}

// proves: ENC-TLV-14
#[test]
fn unknown_resources_are_bytes() {
    means(
        TLV,
        INSTANCE,
        "c2 c8 0102  c1 c9 05",
        &[(at(200), V::Opaque(&[1, 2])), (at(201), V::Opaque(&[5]))],
    );
    means(
        TLV,
        INSTANCE,
        "c2 c8 0102  e1 0100 05",
        &[(at(200), V::Opaque(&[1, 2])), (at(256), V::Opaque(&[5]))],
    );
}

// proves: ENC-TLV-16
#[test]
fn a_value_of_16_mebibytes_is_too_long_to_write() {
    let value = vec![0; 1 << 24];
    let record = |bytes| [RecordRef::new(at(5), V::Opaque(bytes))];
    let options = EncodeOptions::default();
    assert_eq!(
        written(TLV, INSTANCE, record(&value), &options),
        Err(EncodeError::TooLong { path: at(5) })
    );
    assert_eq!(
        written(TLV, INSTANCE, record(&value[1..]), &options)
            .unwrap()
            .len(),
        (1 << 24) - 1 + 5
    );
}

// proves: ENC-TLV-17
#[test]
fn lengths_are_believed_and_texts_are_not() {
    // A text of 21 bytes that says 22 swallows a byte of its neighbour.
    let hex = "c8 01 16 4c696768747765696774204d324d20436c69656e74 c8 02 02 3334";
    assert!(decode(TLV, Path::instance(1002, 0), hex).is_err());
}

#[test]
fn records_out_of_order_and_out_of_place_are_not_written() {
    let options = EncodeOptions::default();
    let record = |path| RecordRef::new(path, V::Integer(1));
    assert_eq!(
        written(TLV, INSTANCE, [record(at(1)), record(at(1))], &options),
        Err(EncodeError::Order { path: at(1) })
    );
    let other = Path::resource(1000, 1, 1);
    assert_eq!(
        written(
            TLV,
            OBJECT,
            [record(at(1)), record(other), record(at(2))],
            &options
        ),
        Err(EncodeError::Order { path: at(2) })
    );
    assert_eq!(
        written(TLV, INSTANCE, [record(other)], &options),
        Err(EncodeError::OutsideTarget { path: other })
    );
    assert!(matches!(
        written(TLV, Path::ROOT, [record(at(1))], &options),
        Err(EncodeError::Unsupported { .. })
    ));
    let mut timed = record(at(1));
    timed.time = Some(1.0);
    assert!(matches!(
        written(TLV, INSTANCE, [timed], &options),
        Err(EncodeError::Unsupported { .. })
    ));
}
