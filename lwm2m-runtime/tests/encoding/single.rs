//! Text, opaque and plain CBOR.

use lwm2m_runtime::{
    encoding::{DecodeErrorKind as Kind, EncodeError, EncodeOptions, Format, RecordRef},
    model::{Objlnk, Path, Time, ValueRef as V},
};

use super::support::{INSTANCE, at, both_ways, bytes, decode, decoder, means, read, refused, written};

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

// proves: ENC-TEXT-01 ENC-TEXT-02 ENC-TEXT-03 ENC-TEXT-04 ENC-TEXT-05 ENC-FMT-12 ENC-FMT-13 ENC-FMT-14
#[test]
fn text_of_every_type() {
    for (text, resource, value) in [
        ("Europe/Berlin", 0, V::String("Europe/Berlin")),
        ("", 0, V::String("")),
        ("\"quoted\"", 0, V::String("\"quoted\"")),
        ("0", 1, V::Integer(0)),
        ("-9223372036854775808", 1, V::Integer(i64::MIN)),
        ("9223372036854775807", 1, V::Integer(i64::MAX)),
        ("18446744073709551615", 2, V::Unsigned(u64::MAX)),
        ("-0.25", 3, V::Float(-0.25)),
        ("21.5", 3, V::Float(21.5)),
        ("0.00000000006667", 3, V::Float(6.667e-11)),
        ("1000000000000000000000000", 3, V::Float(1e24)),
        ("1", 4, V::Boolean(true)),
        ("0", 4, V::Boolean(false)),
        ("AQIDBAU=", 5, V::Opaque(&[1, 2, 3, 4, 5])),
        ("", 5, V::Opaque(&[])),
        ("1700000000", 6, V::Time(Time(1_700_000_000))),
        ("-1", 6, V::Time(Time(-1))),
        ("1:65535", 7, V::Objlnk(Objlnk::new(1, 65535))),
        ("65535:65535", 7, V::Objlnk(Objlnk::NULL)),
        ("</3/0>;ver=1.1", 8, V::Corelnk("</3/0>;ver=1.1")),
    ] {
        both_ways(Format::Text, at(resource), &hex(text), &[(at(resource), value)]);
    }
    for (text, value) in [
        ("1e3", V::Float(1000.0)),
        ("-2.5E-1", V::Float(-0.25)),
        ("7", V::Float(7.0)),
        ("4.223e+37", V::Float(4.223e37)),
    ] {
        means(Format::Text, at(3), &hex(text), &[(at(3), value)]);
    }
    means(
        Format::Text,
        at(7),
        &hex("FFFF:FFFF"),
        &[(at(7), V::Objlnk(Objlnk::NULL))],
    );
    // Without a type it is a String.
    means(Format::Text, at(77), &hex("12"), &[(at(77), V::String("12"))]);
}

// proves: ENC-TEXT-01 ENC-TEXT-02 ENC-TEXT-03 ENC-TEXT-05
#[test]
fn text_that_is_not_of_the_type_is_refused() {
    for (resource, texts) in [
        (
            1,
            &[
                "",
                "1.0",
                "+1",
                " 1",
                "1 ",
                "-",
                "--1",
                "0x10",
                "1e3",
                "9223372036854775808",
                "\u{0661}",
            ] as &[_],
        ),
        (2, &["", "-1", "-0", "1.0", "18446744073709551616"]),
        (
            3,
            &[
                "", "nan", "NaN", "inf", "-inf", "infinity", "1e999", ".5", "5.", "+1", "1e", "e1", "0x1p3",
                "1 ",
            ],
        ),
        (4, &["", "true", "false", "2", "01", "00"]),
        (6, &["", "1.5", "2023-01-01T00:00:00Z"]),
        (7, &["", "1", "1:", ":1", "65536:0", "1:2:3", "-1:0"]),
    ] {
        for text in texts {
            let kind = refused(Format::Text, at(resource), &hex(text));
            assert!(matches!(kind, Kind::Type { .. }), "{text}: {kind:?}");
        }
    }
}

// proves: ENC-TEXT-04 ROB-35
#[test]
fn text_of_an_opaque_is_strict_base64() {
    for text in [
        "AQIDBAU",
        "AQIDBAV=",
        "AQID BAU=",
        "AQIDBAU=\n",
        "A",
        "====",
        "AQ-_",
        "\u{e9}",
    ] {
        assert_eq!(refused(Format::Text, at(5), &hex(text)), Kind::Base64, "{text}");
    }
}

// proves: ENC-FMT-11
#[test]
fn text_is_utf_8() {
    assert_eq!(refused(Format::Text, at(0), "61 ff"), Kind::Utf8);
    assert_eq!(refused(Format::Text, at(8), "c3"), Kind::Utf8);
    assert_eq!(refused(Format::Cbor, at(0), "62 61ff"), Kind::Utf8);
    assert_eq!(refused(Format::Cbor, at(0), "7f 61c3 61a9 ff"), Kind::Utf8);
}

// proves: ENC-OPAQUE-01
#[test]
fn opaque_is_its_bytes() {
    both_ways(
        Format::Opaque,
        at(5),
        "00ff00",
        &[(at(5), V::Opaque(&[0, 255, 0]))],
    );
    both_ways(Format::Opaque, at(5), "", &[(at(5), V::Opaque(&[]))]);
    let instance = Path::resource_instance(1001, 0, 5, 3);
    both_ways(Format::Opaque, instance, "01", &[(instance, V::Opaque(&[1]))]);
}

// proves: ENC-OPAQUE-02
#[test]
fn opaque_holds_nothing_else() {
    let format = Format::Opaque;
    for resource in [0, 1, 2, 3, 4, 6, 7, 8] {
        assert_eq!(refused(format, at(resource), "01"), Kind::Unsupported { format });
    }
    let out = written(
        format,
        at(1),
        [RecordRef::new(at(1), V::Integer(1))],
        &EncodeOptions::default(),
    );
    assert_eq!(out, Err(EncodeError::Unsupported { path: at(1), format }));
}

// proves: ENC-TEXT-06 ENC-CBOR-04
#[test]
fn formats_of_one_value_hold_one_value() {
    let options = EncodeOptions::default();
    for format in [Format::Text, Format::Opaque, Format::Cbor] {
        for target in [Path::ROOT, Path::object(1000), INSTANCE, at(10)] {
            assert_eq!(
                refused(format, target, "00"),
                Kind::Unsupported { format },
                "{target}"
            );
        }
        let record = |path| RecordRef::new(path, V::Opaque(&[1]));
        for (target, records) in [
            (INSTANCE, vec![record(at(5))]),
            (at(5), vec![]),
            (at(5), vec![record(at(5)), record(at(5))]),
            (at(10), vec![record(Path::resource_instance(1000, 0, 10, 0))]),
            (
                at(5),
                vec![RecordRef {
                    time: Some(0.0),
                    ..record(at(5))
                }],
            ),
            (
                at(5),
                vec![RecordRef {
                    prefix: "d",
                    ..record(at(5))
                }],
            ),
            (at(5), vec![RecordRef::path(at(5))]),
        ] {
            let out = written(format, target, records, &options);
            assert_eq!(
                out,
                Err(EncodeError::Unsupported { path: target, format }),
                "{target}"
            );
        }
        let out = written(format, at(5), [record(at(6))], &options);
        assert_eq!(out, Err(EncodeError::OutsideTarget { path: at(6) }));
    }
    for number in [f64::NAN, f64::INFINITY] {
        let out = written(
            Format::Text,
            at(3),
            [RecordRef::new(at(3), V::Float(number))],
            &options,
        );
        assert_eq!(out, Err(EncodeError::Number { path: at(3) }));
    }
}

// proves: ENC-CBOR-01 ENC-CBOR-02 ENC-CBOR-03 ENC-FMT-12 ENC-FMT-13 ROB-37
#[test]
fn cbor_of_every_type() {
    for (hex, resource, value) in [
        ("63 616263", 0, V::String("abc")),
        ("60", 0, V::String("")),
        ("17", 1, V::Integer(23)),
        ("18 18", 1, V::Integer(24)),
        ("19 0100", 1, V::Integer(256)),
        ("1a 00010000", 1, V::Integer(65536)),
        ("1b 7fffffffffffffff", 1, V::Integer(i64::MAX)),
        ("20", 1, V::Integer(-1)),
        ("3b 7fffffffffffffff", 1, V::Integer(i64::MIN)),
        ("1b ffffffffffffffff", 2, V::Unsigned(u64::MAX)),
        ("f9 3e00", 3, V::Float(1.5)),
        ("f9 0001", 3, V::Float(5.960_464_477_539_063e-8)),
        ("f9 7c00", 3, V::Float(f64::INFINITY)),
        ("fa 47c35000", 3, V::Float(100_000.0)),
        ("fb 3ff199999999999a", 3, V::Float(1.1)),
        ("f5", 4, V::Boolean(true)),
        ("f4", 4, V::Boolean(false)),
        ("43 000102", 5, V::Opaque(&[0, 1, 2])),
        ("1a 65000000", 6, V::Time(Time(0x6500_0000))),
        ("20", 6, V::Time(Time(-1))),
        ("67 333a3635353335", 7, V::Objlnk(Objlnk::new(3, 65535))),
        ("64 3c2f333e", 8, V::Corelnk("</3>")),
    ] {
        both_ways(Format::Cbor, at(resource), hex, &[(at(resource), value)]);
    }
    for (hex, resource, value) in [
        ("00", 3, V::Float(0.0)),
        ("38 63", 3, V::Float(-100.0)),
        ("fa 3fc00000", 3, V::Float(1.5)),
        ("c4 82 21 19 6ab3", 3, V::Float(273.15)),
        ("c4 9f 02 0f ff", 3, V::Float(1500.0)),
        ("c1 1a 65000000", 6, V::Time(Time(0x6500_0000))),
        ("c1 20", 6, V::Time(Time(-1))),
        ("c1 fb 41d9400000000000", 6, V::Time(Time(0x6500_0000))),
        (
            "c0 74 323032332d30392d31325430363a30323a32345a",
            6,
            V::Time(Time(1_694_498_544)),
        ),
        ("1b 0000000000000005", 1, V::Integer(5)),
        ("f9 4500", 1, V::Integer(5)),
    ] {
        means(Format::Cbor, at(resource), hex, &[(at(resource), value)]);
    }
    let nan = read(decoder(Format::Cbor, at(3)), &bytes("f9 7e00")).unwrap();
    assert!(matches!(nan[0].as_ref().content.value(), Some(V::Float(number)) if number.is_nan()));
}

// proves: ENC-CBOR-02
#[test]
fn cbor_shows_types_that_nobody_knows() {
    for (hex, value) in [
        ("05", V::Integer(5)),
        ("1b 8000000000000000", V::Unsigned(1 << 63)),
        ("f9 3e00", V::Float(1.5)),
        ("f4", V::Boolean(false)),
        ("61 61", V::String("a")),
        ("41 61", V::Opaque(b"a")),
        ("c1 05", V::Time(Time(5))),
    ] {
        means(Format::Cbor, at(77), hex, &[(at(77), value)]);
    }
}

// proves: ENC-CBOR-01 ENC-CBOR-02 ENC-CBOR-03 ENC-CBOR-05 ENC-FMT-15 ROB-28
#[test]
fn cbor_that_is_not_of_the_type_is_refused() {
    for (resource, hexes) in [
        (0, &["05", "41 61", "f4", "c1 05"] as &[_]),
        (
            1,
            &[
                "1b 8000000000000000",
                "f9 3e00",
                "61 31",
                "f5",
                "f9 7e00",
                "f9 7c00",
                "c1 05",
                "fb 43e0000000000000",
            ],
        ),
        (2, &["20", "f9 be00", "fb 43f0000000000000"]),
        (3, &["61 31", "f5", "1b ffffffffffffffff", "c1 05"]),
        (4, &["00", "01", "61 31"]),
        (5, &["60", "00"]),
        (6, &["f9 3e00", "60", "1b 8000000000000000"]),
        (7, &["00", "61 31", "62 313a", "44 00030000"]),
    ] {
        for hex in hexes {
            let kind = refused(Format::Cbor, at(resource), hex);
            assert!(
                matches!(kind, Kind::Type { .. } | Kind::Truncated),
                "{resource} {hex}: {kind:?}"
            );
        }
    }
    for (hex, kind) in [
        ("00 00", Kind::TrailingBytes),
        ("3b 8000000000000000", Kind::Number),
        ("3b ffffffffffffffff", Kind::Number),
        ("c2 41 05", Kind::Tag),
        ("c3 41 05", Kind::Tag),
        ("d9 d9f7 05", Kind::Tag),
        ("d8 20 61 61", Kind::Tag),
        ("c1 c1 05", Kind::Structure),
        ("c1 f9 3e00", Kind::Number),
        ("c1 1b 8000000000000000", Kind::Number),
        ("c0 64 32303233", Kind::Number),
        ("c4 82 c2 41 05 01", Kind::Structure),
        ("c4 81 01", Kind::Structure),
        ("c4 83 01 01 01", Kind::Structure),
        ("c4 82 19 0400 01", Kind::Number),
        ("80", Kind::Structure),
        ("a0", Kind::Structure),
        ("f6", Kind::Structure),
        ("f7", Kind::Syntax),
        ("f0", Kind::Syntax),
        ("f8 20", Kind::Syntax),
        ("ff", Kind::Syntax),
        ("1c", Kind::Syntax),
        ("1f", Kind::Syntax),
        ("fc", Kind::Syntax),
        ("", Kind::Truncated),
    ] {
        assert_eq!(refused(Format::Cbor, at(1), hex), kind, "{hex}");
    }
    assert_eq!(refused(Format::Cbor, at(9), "00"), Kind::Executable);
    assert_eq!(refused(Format::Cbor, at(9), "f6"), Kind::Executable);
}

// proves: ENC-CBOR-05
#[test]
fn cbor_strings_in_pieces_are_joined() {
    means(
        Format::Cbor,
        at(0),
        "7f 62 6162 60 61 63 ff",
        &[(at(0), V::String("abc"))],
    );
    means(
        Format::Cbor,
        at(5),
        "5f 41 00 42 0102 ff",
        &[(at(5), V::Opaque(&[0, 1, 2]))],
    );
    means(Format::Cbor, at(5), "5f ff", &[(at(5), V::Opaque(&[]))]);
    for hex in ["7f 41 61 ff", "5f 61 61 ff", "7f 7f 61 61 ff ff", "7f 05 ff"] {
        assert_eq!(refused(Format::Cbor, at(0), hex), Kind::Syntax, "{hex}");
    }
}

#[test]
fn one_value_is_one_record() {
    let records = decode(Format::Cbor, Path::resource_instance(1000, 0, 10, 3), "05").unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].path, Path::resource_instance(1000, 0, 10, 3));
}
