use lwm2m_runtime::{
    encoding::{
        BaseName, Content, DecodeError, DecodeErrorKind as Kind, EncodeError, EncodeOptions, Format, Purpose,
        Record, RecordRef,
    },
    model::{Objlnk, Path, Time, Value, ValueRef as V},
};

use super::support::{
    INSTANCE, at, both_ways, bytes, cbor, decode, decode_for, decoder, means, read, refused, written,
};

const SENML: Format = Format::SenmlCbor;
const ETCH: Format = Format::SenmlEtchCbor;

// proves: ENC-SENML-01 ENC-SENML-03 ENC-SENML-08 ENC-SENML-11 ENC-FMT-12 ENC-FMT-13 ROB-37
#[test]
fn every_type() {
    for (label_and_value, resource, value) in [
        ("03 {abc}", 0, V::String("abc")),
        ("02 17", 1, V::Integer(23)),
        ("02 3b7fffffffffffffff", 1, V::Integer(i64::MIN)),
        ("02 1bffffffffffffffff", 2, V::Unsigned(u64::MAX)),
        ("02 f93e00", 3, V::Float(1.5)),
        ("02 fa47c35000", 3, V::Float(100_000.0)),
        ("02 fb3ff199999999999a", 3, V::Float(1.1)),
        ("04 f5", 4, V::Boolean(true)),
        ("08 4200ff", 5, V::Opaque(&[0, 255])),
        ("02 1a65000000", 6, V::Time(Time(0x6500_0000))),
        ("{vlo} {3:65535}", 7, V::Objlnk(Objlnk::new(3, 65535))),
        ("03 {</3>}", 8, V::Corelnk("</3>")),
    ] {
        let hex = cbor(&format!(
            "81 a3 21 {{/1000/0/}} 00 {{{resource}}} {label_and_value}"
        ));
        both_ways(SENML, INSTANCE, &hex, &[(at(resource), value)]);
    }
    // A number is a number.
    for (number, resource, value) in [
        ("05", 3, V::Float(5.0)),
        ("f94500", 1, V::Integer(5)),
        ("c1 1a65000000", 6, V::Time(Time(0x6500_0000))),
        ("c4 82 20 18 2d", 3, V::Float(4.5)),
        ("c4 82 01 05", 1, V::Integer(50)),
    ] {
        let hex = cbor(&format!("81 a2 00 {{/1000/0/{resource}}} 02 {number}"));
        means(SENML, INSTANCE, &hex, &[(at(resource), value)]);
    }
}

// proves: ENC-SENML-02 ENC-SENML-10
#[test]
fn names_continue_the_base_name() {
    let expected = [(at(1), V::Integer(1)), (at(2), V::Unsigned(2))];
    for hex in [
        "82 a3 21 {/1000/0/} 00 {1} 02 01   a2 00 {2} 02 02",
        "82 a3 21 {/1000/0} 00 {/1} 02 01   a2 00 {/2} 02 02",
        "82 a3 21 {/10} 00 {00/0/1} 02 01   a2 00 {00/0/2} 02 02",
        "82 a2 21 {/1000/0/1} 02 01   a2 21 {/1000/0/2} 02 02",
        "82 a2 00 {/1000/0/1} 02 01   a2 00 {/1000/0/2} 02 02",
        "82 a3 02 01 00 {1} 21 {/1000/0/}   a2 02 02 00 {2}",
        "9f bf 21 7f {/1000} {/0/} ff 00 {1} 02 01 ff   bf 00 7f {2} ff 02 02 ff ff",
        "82 a3 21 {/1000/0/1} 00 {} 02 01   a3 21 {} 00 {/1000/0/2} 02 02",
    ] {
        means(SENML, INSTANCE, &cbor(hex), &expected);
    }
    both_ways(
        SENML,
        INSTANCE,
        &cbor("82 a3 21 {/1000/0/} 00 {1} 02 01   a2 00 {2} 02 02"),
        &expected,
    );
    both_ways(SENML, at(1), &cbor("81 a2 21 {/1000/0/1} 02 01"), &expected[..1]);
}

// proves: ENC-SENML-02 ROB-30 ROB-38 ROB-39
#[test]
fn unusable_names_are_refused() {
    for name in [
        "",
        "1000/0/1",
        "//1000/0/1",
        "/1000//1",
        "/1000/0/01",
        "/1000/0/+1",
        "/1000/0/ 1",
        "/1000/0/x",
        "/x/1000/0/1",
        "/1000/0/1/2/3",
        "/1000/0/65535",
        "/1000/65535/1",
        "/65535/0/1",
        "/1000/0/65536",
        "/1000/0/1//",
    ] {
        let kind = refused(SENML, Path::ROOT, &cbor(&format!("81 a2 00 {{{name}}} 02 01")));
        assert!(
            matches!(kind, Kind::InvalidName | Kind::InvalidId),
            "{name}: {kind:?}"
        );
    }
    for name in ["/", "/1000", "/1000/0"] {
        assert_eq!(
            refused(SENML, Path::ROOT, &cbor(&format!("81 a2 00 {{{name}}} 02 01"))),
            Kind::Structure
        );
    }
    let create = cbor("81 a2 00 {/1000/65535/1} 02 01");
    let record = Record::new(Path::resource(1000, 65535, 1), Value::Integer(1));
    assert_eq!(
        decode_for(Purpose::Create, SENML, Path::object(1000), &create),
        Ok(vec![record])
    );
    assert_eq!(
        refused(SENML, INSTANCE, &cbor("81 a2 00 {/1000/1/1} 02 01")),
        Kind::OutsideTarget
    );
}

#[test]
fn labels_may_come_in_pieces() {
    let hex = cbor("81 a3 7f {z} {z} ff 05 00 {/1000/0/7} 7f {v} {lo} ff {3:0}");
    means(SENML, INSTANCE, &hex, &[(at(7), V::Objlnk(Objlnk::new(3, 0)))]);
    let kind = refused(
        SENML,
        INSTANCE,
        &cbor("81 a3 7f {z} {_} ff 05 00 {/1000/0/1} 02 01"),
    );
    assert_eq!(kind, Kind::UnknownLabel);
}

#[test]
fn prefixes_stand_before_the_path() {
    let prefixed = |hex: &str| read(decoder(SENML, Path::ROOT).with_prefixes(), &bytes(&cbor(hex)));
    let record = |prefix: &str, resource, value| Record {
        prefix: prefix.to_owned(),
        ..Record::new(at(resource), value)
    };
    let expected = vec![
        record("d01", 1, Value::Integer(1)),
        record("d01", 2, Value::Unsigned(2)),
    ];
    for hex in [
        "82 a3 21 {/d01/1000/0/} 00 {1} 02 01  a2 00 {2} 02 02",
        "82 a2 00 {/d01/1000/0/1} 02 01  a2 00 {/d01/1000/0/2} 02 02",
        "82 a3 21 {/d} 00 {01/1000/0/1} 02 01  a2 00 {01/1000/0/2} 02 02",
    ] {
        assert_eq!(prefixed(hex), Ok(expected.clone()), "{hex}");
    }
    let refs = || expected.iter().map(Record::as_ref);
    let out = written(SENML, Path::ROOT, refs(), &EncodeOptions::default()).unwrap();
    assert_eq!(
        read(decoder(SENML, Path::ROOT).with_prefixes(), &out),
        Ok(expected.clone())
    );
    // The same path of two end devices is two paths.
    assert!(prefixed("82 a2 00 {/a/1000/0/1} 02 01  a2 00 {/b/1000/0/1} 02 01").is_ok());
    let twice = prefixed("82 a2 00 {/a/1000/0/1} 02 01  a2 00 {/a/1000/0/1} 02 01");
    assert_eq!(twice.map_err(|error| error.kind), Err(Kind::Duplicate));
}

fn times(hex: &str) -> Result<Vec<Option<f64>>, DecodeError> {
    Ok(decode(SENML, Path::ROOT, &cbor(hex))?
        .into_iter()
        .map(|record| record.time)
        .collect())
}

// proves: ENC-SENML-04 ENC-SENML-05 ENC-SENML-11 ENC-SENML-13
#[test]
fn times_add_to_the_base_time() {
    let record = "02 01 00 {/1000/0/1}";
    for (hex, expected) in [
        (format!("81 a2 {record}"), vec![None]),
        (format!("81 a3 {record} 06 05"), vec![Some(5.0)]),
        (format!("81 a3 {record} 06 24"), vec![Some(-5.0)]),
        (format!("81 a3 {record} 06 c482201819"), vec![Some(2.5)]),
        (format!("81 a3 {record} 06 fa40200000"), vec![Some(2.5)]),
        (format!("81 a3 {record} 06 fb4004000000000000"), vec![Some(2.5)]),
        (
            format!("81 a3 {record} 22 1a65000000"),
            vec![Some(1_694_498_816.0)],
        ),
        (
            format!("81 a4 {record} 22 1a65000000 06 f93800"),
            vec![Some(1_694_498_816.5)],
        ),
        (
            format!(
                "83 a4 {record} 22 c48200 1864 06 01  a4 {record} 21 {{}} 06 02  a4 {record} 22 00 06 03"
            ),
            vec![Some(101.0), Some(102.0), Some(3.0)],
        ),
    ] {
        assert_eq!(times(&hex), Ok(expected), "{hex}");
    }
    // In the order in which they were sent.
    let history = cbor("82 a4 21 {/1000/0/3} 22 1903e8 06 21 02 01  a2 06 38 31 02 02");
    let records = decode(SENML, at(3), &history).unwrap();
    assert_eq!(records[0].time, Some(998.0));
    assert_eq!(records[1].time, Some(950.0));
    let out = written(
        SENML,
        at(3),
        records.iter().map(Record::as_ref),
        &EncodeOptions::default(),
    )
    .unwrap();
    assert_eq!(read(decoder(SENML, at(3)), &out), Ok(records));
}

// proves: ENC-SENML-11
#[test]
fn times_may_be_decimal_fractions() {
    // 102.5 as 1025 tenths, -0.25 as -25 hundredths, and a value of 4.5.
    let (base, time, value) = ("22 c482 20 190401", "06 c482 21 3818", "02 c482 20 182d");
    let name = "00 {/1000/0/3}";
    for (hex, expected) in [
        (format!("81 a3 {name} {base} {value}"), 102.5),
        (format!("81 a3 {name} {time} {value}"), -0.25),
        (format!("81 a4 {name} {base} {time} {value}"), 102.25),
        // 3 times ten to the second.
        (format!("81 a3 {name} 22 c482 02 03 {value}"), 300.0),
    ] {
        let records = decode(SENML, at(3), &cbor(&hex)).unwrap();
        assert_eq!(records[0].time, Some(expected), "{hex}");
        assert_eq!(records[0].content, Content::Value(Value::Float(4.5)), "{hex}");
    }
}

#[test]
fn a_time_that_all_records_have_is_said_once() {
    let at_time = |resource, number, time| RecordRef {
        time: Some(time),
        ..RecordRef::new(at(resource), V::Integer(number))
    };
    let default = EncodeOptions::default();
    let mut canonical = default;
    canonical.canonical = true;
    for (records, options, hex) in [
        (
            [at_time(1, 5, 100.0), at_time(3, 6, 100.0)],
            &default,
            "82 a4 21 {/1000/0/} 22 1864 00 {1} 02 05  a2 00 {3} 02 06",
        ),
        (
            [at_time(1, 5, 100.0), at_time(3, 6, 100.0)],
            &canonical,
            "82 a4 00 {1} 02 05 21 {/1000/0/} 22 1864  a2 00 {3} 02 06",
        ),
        (
            [at_time(1, 5, 100.0), at_time(3, 6, 101.0)],
            &default,
            "82 a4 21 {/1000/0/} 00 {1} 02 05 06 1864  a3 00 {3} 02 06 06 1865",
        ),
    ] {
        let hex = cbor(hex);
        assert_eq!(written(SENML, INSTANCE, records, options), Ok(bytes(&hex)));
        let times: Vec<_> = decode(SENML, INSTANCE, &hex)
            .unwrap()
            .iter()
            .map(|record| record.time)
            .collect();
        assert_eq!(times, records.map(|record| record.time));
    }
}

// proves: ROB-28 ROB-31
#[test]
fn impossible_times_are_refused() {
    let record = "02 01 00 {/1000/0/1}";
    for time in [
        "f97c00",
        "f97e00",
        "f9fc00",
        "fb43e0000000000000",
        "1bffffffffffffffff",
    ] {
        for label in ["06", "22"] {
            let hex = format!("81 a3 {record} {label} {time}");
            assert_eq!(
                times(&hex).map_err(|error| error.kind),
                Err(Kind::Number),
                "{hex}"
            );
        }
    }
    assert_eq!(
        times(&format!("81 a3 {record} 06 {{5}}")).map_err(|error| error.kind),
        Err(Kind::Structure)
    );
    let mut timed = RecordRef::new(at(1), V::Integer(1));
    for time in [f64::NAN, f64::INFINITY, 1e19] {
        timed.time = Some(time);
        let out = written(SENML, INSTANCE, [timed], &EncodeOptions::default());
        assert_eq!(out, Err(EncodeError::Number { path: at(1) }));
    }
}

// proves: ENC-SENML-06
#[test]
fn base_value_and_version() {
    means(
        SENML,
        INSTANCE,
        &cbor("83 a4 24 18 64 21 {/1000/0/} 00 {1} 02 01  a2 00 {3} 02 f93800  a2 00 {0} 03 {a}"),
        &[
            (at(1), V::Integer(101)),
            (at(3), V::Float(100.5)),
            (at(0), V::String("a")),
        ],
    );
    means(
        SENML,
        INSTANCE,
        &cbor("81 a3 20 0a 00 {/1000/0/1} 02 01"),
        &[(at(1), V::Integer(1))],
    );
    assert_eq!(
        refused(SENML, INSTANCE, &cbor("81 a3 20 0b 00 {/1000/0/1} 02 01")),
        Kind::Version
    );
    assert_eq!(
        refused(
            SENML,
            INSTANCE,
            &cbor("81 a3 24 1bffffffffffffffff 00 {/1000/0/2} 02 01")
        ),
        Kind::Number
    );
}

// proves: ENC-SENML-03 ROB-31
#[test]
fn a_record_has_one_value_of_its_label() {
    for (members, kind) in [
        ("a1 00 {/1000/0/1}", Kind::ValueCount),
        ("a2 00 {/1000/0/1} 05 01", Kind::ValueCount),
        ("a3 00 {/1000/0/1} 02 01 03 {a}", Kind::ValueCount),
        ("a3 00 {/1000/0/1} 04 f5 {vlo} {1:2}", Kind::ValueCount),
        ("a2 00 {/1000/0/1} 02 {1}", Kind::Structure),
        ("a2 00 {/1000/0/0} 03 01", Kind::Structure),
        ("a2 00 {/1000/0/4} 04 01", Kind::Structure),
        ("a2 00 {/1000/0/5} 08 {aa}", Kind::Structure),
        ("a2 00 {/1000/0/7} {vlo} {1}", Kind::Structure),
        ("a2 00 {/1000/0/1} 02 f6", Kind::Structure),
        ("a2 00 {/1000/0/9} 02 01", Kind::Executable),
        ("80", Kind::Structure),
        ("05", Kind::Structure),
        ("a2 00 05 02 01", Kind::Structure),
        ("a1 80 05", Kind::Structure),
    ] {
        assert_eq!(
            refused(SENML, INSTANCE, &cbor(&format!("81 {members}"))),
            kind,
            "{members}"
        );
    }
    for (resource, member) in [
        (0, "02 01"),
        (1, "03 {1}"),
        (4, "02 01"),
        (5, "03 {a}"),
        (6, "03 {a}"),
        (3, "04 f5"),
    ] {
        let hex = cbor(&format!("81 a2 00 {{/1000/0/{resource}}} {member}"));
        assert!(
            matches!(refused(SENML, INSTANCE, &hex), Kind::Type { .. }),
            "{hex}"
        );
    }
}

// proves: ENC-SENML-09 ENC-SENML-18 ROB-29
#[test]
fn labels_known_and_unknown() {
    let record = "00 {/1000/0/1} 02 01";
    for member in [
        "23 {Cel}",
        "01 {Cel}",
        "05 18 64",
        "25 f93800",
        "07 05",
        "{x} 82 01 02",
        "{x} a1 01 02",
        "18 63 f6",
        "38 63 {a}",
        "{x} 9f 01 5f 41 00 ff ff",
        "{x} d9d9f7 c1 01",
    ] {
        means(
            SENML,
            INSTANCE,
            &cbor(&format!("81 a3 {member} {record}")),
            &[(at(1), V::Integer(1))],
        );
    }
    for (member, kind) in [
        ("{must_} 01", Kind::UnknownLabel),
        ("{_} 01", Kind::UnknownLabel),
        ("02 01", Kind::Duplicate),
        ("00 {/1000/0/1}", Kind::Duplicate),
        ("{x} 81 81 01", Kind::Depth),
        ("{x} a1 01 a0", Kind::Depth),
    ] {
        assert_eq!(
            refused(SENML, INSTANCE, &cbor(&format!("81 a3 {record} {member}"))),
            kind,
            "{member}"
        );
    }
    for label in [
        "20 0a", "21 {/}", "22 01", "23 {m}", "24 01", "25 01", "01 {m}", "05 01", "06 01", "07 01",
        // Unknown ones.
        "{x} 05", "18 63 05", "38 63 05",
    ] {
        let hex = cbor(&format!("81 a4 {label} {label} {record}"));
        assert_eq!(refused(SENML, INSTANCE, &hex), Kind::Duplicate, "{label}");
    }
}

// proves: ENC-SENML-12
#[test]
fn nothing_is_no_values() {
    for hex in ["", "80", "9f ff"] {
        assert_eq!(decode(SENML, INSTANCE, hex), Ok(vec![]), "{hex}");
        assert_eq!(
            decode_for(Purpose::Paths, SENML, Path::ROOT, hex).map_err(|error| error.kind),
            Err(Kind::Empty),
            "{hex}"
        );
    }
    assert_eq!(
        written(SENML, INSTANCE, [], &EncodeOptions::default()),
        Ok(bytes("80"))
    );
}

// proves: ROB-29
#[test]
fn the_same_path_at_the_same_time_is_refused() {
    let record = "00 {/1000/0/1} 02 01";
    for hex in [
        format!("82 a2 {record} a2 {record}"),
        format!("83 a2 00 {{/1000/0/2}} 02 01 a2 {record} a2 00 {{/1000/0/2}} 02 05"),
        format!("82 a3 {record} 06 05 a3 {record} 06 05"),
    ] {
        assert_eq!(refused(SENML, INSTANCE, &cbor(&hex)), Kind::Duplicate, "{hex}");
    }
    let twice = [
        RecordRef::new(at(1), V::Integer(1)),
        RecordRef::new(at(1), V::Integer(2)),
    ];
    let out = written(SENML, INSTANCE, twice, &EncodeOptions::default());
    assert_eq!(out, Err(EncodeError::Order { path: at(1) }));
}

// proves: ENC-SENML-17 ENC-ETCH-01 ENC-ETCH-04
#[test]
fn path_lists() {
    let list = cbor("84 a1 00 {/1000/0/1} a1 00 {/3} a1 00 {/3/0/} a1 00 {/}");
    let paths = [at(1), Path::object(3), Path::instance(3, 0), Path::ROOT];
    let expected: Vec<Record> = paths
        .iter()
        .map(|path| RecordRef::path(*path).to_record())
        .collect();
    for format in [SENML, ETCH] {
        assert_eq!(
            decode_for(Purpose::Paths, format, Path::ROOT, &list),
            Ok(expected.clone())
        );
        let mut options = EncodeOptions::default();
        options.base_name = BaseName::Omitted;
        let out = written(format, Path::ROOT, expected.iter().map(Record::as_ref), &options);
        assert_eq!(
            out,
            Ok(bytes(&cbor(
                "84 a1 00 {/1000/0/1} a1 00 {/3} a1 00 {/3/0} a1 00 {/}"
            )))
        );
        for member in [
            "02 01",
            "02 f6",
            "03 {a}",
            "04 f5",
            "08 40",
            "{vlo} {1:2}",
            "24 01",
            "05 01",
            "07 01",
            "25 01",
        ] {
            let hex = cbor(&format!("81 a2 00 {{/1000/0/1}} {member}"));
            let found = decode_for(Purpose::Paths, format, Path::ROOT, &hex);
            assert_eq!(
                found.map_err(|error| error.kind),
                Err(Kind::ValueInPathList),
                "{member}"
            );
        }
        let mixed = [RecordRef::path(at(1)), RecordRef::new(at(2), V::Unsigned(1))];
        let out = written(format, Path::ROOT, mixed, &options);
        assert_eq!(out, Err(EncodeError::Unsupported { path: at(2), format }));
    }
    // Of the two only the ETCH form allows a time, which selects nothing in LwM2M, and units.
    for member in ["06 05", "22 05"] {
        let hex = cbor(&format!("81 a2 00 {{/1000/0/1}} {member}"));
        assert!(decode_for(Purpose::Paths, ETCH, Path::ROOT, &hex).is_ok());
        let found = decode_for(Purpose::Paths, SENML, Path::ROOT, &hex);
        assert_eq!(
            found.map_err(|error| error.kind),
            Err(Kind::ValueInPathList),
            "{member}"
        );
    }
    let units = cbor("81 a3 00 {/1000/0/1} 01 {Cel} 23 {m}");
    assert!(decode_for(Purpose::Paths, ETCH, Path::ROOT, &units).is_ok());
}

// proves: ENC-ETCH-02 ENC-ETCH-05 ENC-SENML-19
#[test]
fn patches_remove_with_null() {
    let instance = Path::resource_instance(1000, 0, 10, 3);
    let hex =
        cbor("83 a2 00 {/1000/0/10/3} 02 f6  a2 00 {/1000/0/1} 02 05  a3 00 {/1000/0/7} {vlo} {1:2} {x} 01");
    let records = decode_for(Purpose::Patch, ETCH, Path::ROOT, &hex).unwrap();
    assert_eq!((records[0].path, &records[0].content), (instance, &Content::Null));
    assert_eq!(records[1], Record::new(at(1), Value::Integer(5)));
    assert_eq!(records[2], Record::new(at(7), Value::Objlnk(Objlnk::new(1, 2))));
    let mut options = EncodeOptions::default();
    options.base_name = BaseName::Omitted;
    let refs = || records.iter().map(Record::as_ref);
    let out = written(ETCH, Path::ROOT, refs(), &options);
    assert_eq!(
        out,
        Ok(bytes(&cbor(
            "83 a2 00 {/1000/0/10/3} 02 f6  a2 00 {/1000/0/1} 02 05  a2 00 {/1000/0/7} {vlo} {1:2}"
        )))
    );
    // Plain SenML has no null, and nothing but a resource is removed.
    let found = decode_for(Purpose::Patch, SENML, Path::ROOT, &hex);
    assert_eq!(found.map_err(|error| error.kind), Err(Kind::Structure));
    let out = written(SENML, Path::ROOT, refs(), &options);
    assert_eq!(
        out,
        Err(EncodeError::Unsupported {
            path: instance,
            format: SENML
        })
    );
    let found = decode_for(
        Purpose::Patch,
        ETCH,
        Path::ROOT,
        &cbor("81 a2 00 {/1000/0} 02 f6"),
    );
    assert_eq!(found.map_err(|error| error.kind), Err(Kind::Structure));
    for members in ["a1 00 {/1000/0/1}", "a1 02 05"] {
        let found = decode_for(Purpose::Patch, ETCH, Path::ROOT, &cbor(&format!("81 {members}")));
        assert!(found.is_err(), "{members}");
    }
}
