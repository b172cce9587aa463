//! What an encoder is free to choose.

use lwm2m_runtime::{
    encoding::{
        BaseName, CborGrouping, EncodeError, EncodeOptions, FloatWidth, Format, InstanceRecords, RecordRef,
        SliceSink, encode, instance_records,
    },
    model::{Operations, Path, ValueRef as V},
    object::{DynamicInstance, Instance},
};

use super::support::{INSTANCE, TYPES, at, bytes, cbor, decoder, read, written};

fn records() -> [RecordRef<'static>; 3] {
    [
        RecordRef::new(at(1), V::Integer(5)),
        RecordRef::new(Path::resource_instance(1000, 0, 10, 0), V::Integer(6)),
        RecordRef::new(Path::resource_instance(1000, 0, 10, 7), V::Integer(7)),
    ]
}

#[test]
fn lwm2m_cbor_is_grouped_by_choice() {
    for (grouping, indefinite, hex) in [
        (
            CborGrouping::Target,
            false,
            "a1 82 1903e8 00 a2 01 05 0a a2 00 06 07 07",
        ),
        (
            CborGrouping::Target,
            true,
            "bf 82 1903e8 00 bf 01 05 0a bf 00 06 07 07 ff ff ff",
        ),
        (
            CborGrouping::Nested,
            false,
            "a1 1903e8 a1 00 a2 01 05 0a a2 00 06 07 07",
        ),
        (
            CborGrouping::Nested,
            true,
            "bf 1903e8 bf 00 bf 01 05 0a bf 00 06 07 07 ff ff ff ff",
        ),
        (
            CborGrouping::Flat,
            false,
            "a3 83 1903e8 00 01 05 84 1903e8 00 0a 00 06 84 1903e8 00 0a 07 07",
        ),
        (
            CborGrouping::Flat,
            true,
            "bf 83 1903e8 00 01 05 84 1903e8 00 0a 00 06 84 1903e8 00 0a 07 07 ff",
        ),
    ] {
        let mut options = EncodeOptions::default();
        options.cbor_grouping = grouping;
        options.indefinite_maps = indefinite;
        let out = written(Format::Lwm2mCbor, INSTANCE, records(), &options);
        assert_eq!(out, Ok(bytes(hex)), "{grouping:?}");
    }
}

#[test]
fn lwm2m_cbor_brings_together_what_belongs_together() {
    let [a, b, c] = records();
    let options = EncodeOptions::default();
    let expected = Ok(bytes("a1 82 1903e8 00 a2 01 05 0a a2 00 06 07 07"));
    for order in [[a, b, c], [b, a, c], [c, a, b], [c, b, a]] {
        assert_eq!(written(Format::Lwm2mCbor, INSTANCE, order, &options), expected);
    }
    let path = at(1);
    assert_eq!(
        written(Format::Lwm2mCbor, INSTANCE, [a, b, a], &options),
        Err(EncodeError::Order { path })
    );
    // A value where a map must be.
    let both = [RecordRef::new(at(10), V::Integer(1)), b];
    let path = b.path;
    assert_eq!(
        written(Format::Lwm2mCbor, INSTANCE, both, &options),
        Err(EncodeError::Order { path })
    );
}

#[test]
fn senml_names_begin_by_choice() {
    for (base_name, target, hex) in [
        (
            BaseName::Target,
            INSTANCE,
            "83 a3 21 {/1000/0/} 00 {1} 02 05 a2 00 {10/0} 02 06 a2 00 {10/7} 02 07",
        ),
        (
            BaseName::Target,
            Path::ROOT,
            "83 a3 21 {/} 00 {1000/0/1} 02 05 a2 00 {1000/0/10/0} 02 06 a2 00 {1000/0/10/7} 02 07",
        ),
        (
            BaseName::Instance,
            Path::ROOT,
            "83 a3 21 {/1000/0/} 00 {1} 02 05 a2 00 {10/0} 02 06 a2 00 {10/7} 02 07",
        ),
        (
            BaseName::Omitted,
            INSTANCE,
            "83 a2 00 {/1000/0/1} 02 05 a2 00 {/1000/0/10/0} 02 06 a2 00 {/1000/0/10/7} 02 07",
        ),
    ] {
        let mut options = EncodeOptions::default();
        options.base_name = base_name;
        let out = written(Format::SenmlCbor, target, records(), &options);
        assert_eq!(out, Ok(bytes(&cbor(hex))), "{base_name:?}");
    }
}

#[test]
fn floats_are_as_wide_as_asked() {
    for (width, number, tlv, value) in [
        (FloatWidth::Shortest, 1.5, "c4 03 3fc00000", "f93e00"),
        (FloatWidth::Single, 1.5, "c4 03 3fc00000", "fa3fc00000"),
        (
            FloatWidth::Double,
            1.5,
            "c8 03 08 3ff8000000000000",
            "fb3ff8000000000000",
        ),
        (
            FloatWidth::Single,
            1.1,
            "c8 03 08 3ff199999999999a",
            "fb3ff199999999999a",
        ),
        (
            FloatWidth::Shortest,
            1e300,
            "c8 03 08 7e37e43c8800759c",
            "fb7e37e43c8800759c",
        ),
    ] {
        let mut options = EncodeOptions::default();
        options.float_width = width;
        let record = [RecordRef::new(at(3), V::Float(number))];
        let out = |format| written(format, at(3), record, &options);
        assert_eq!(out(Format::Tlv), Ok(bytes(tlv)));
        assert_eq!(out(Format::Cbor), Ok(bytes(value)));
        assert_eq!(
            out(Format::Lwm2mCbor),
            Ok(bytes(&format!("a1 83 1903e8 00 03 {value}")))
        );
        assert_eq!(
            out(Format::SenmlCbor),
            Ok(bytes(&cbor(&format!("81 a2 21 {{/1000/0/3}} 02 {value}"))))
        );
    }
}

#[test]
fn canonical_bytes_do_not_depend_on_order_or_options() {
    let [a, b, c] = records();
    let mut d = RecordRef::new(at(5), V::Opaque(&[1]));
    let mut canonical = EncodeOptions::default();
    canonical.canonical = true;
    let mut other = canonical;
    other.indefinite_maps = true;
    other.float_width = FloatWidth::Double;
    for format in [
        Format::Tlv,
        Format::SenmlCbor,
        Format::SenmlJson,
        Format::Lwm2mCbor,
        Format::Json,
    ] {
        let out = written(format, INSTANCE, [a, b, c, d], &canonical).unwrap();
        assert_eq!(
            written(format, INSTANCE, [d, b, c, a], &canonical).as_ref(),
            Ok(&out),
            "{format:?}"
        );
        assert_eq!(
            written(format, INSTANCE, [c, a, d, b], &other).as_ref(),
            Ok(&out),
            "{format:?}"
        );
        assert_eq!(read(decoder(format, INSTANCE), &out).unwrap().len(), 4);
    }
    // Name, time, data, base name; not the base name first.
    d.time = Some(5.0);
    let out = written(Format::SenmlCbor, INSTANCE, [d], &canonical);
    assert_eq!(out, Ok(bytes(&cbor("81 a4 00 {5} 06 05 08 4101 21 {/1000/0/}"))));
}

#[test]
fn a_buffer_that_is_too_small_stays_as_it_was() {
    for format in [
        Format::Tlv,
        Format::SenmlCbor,
        Format::SenmlJson,
        Format::Lwm2mCbor,
        Format::Json,
    ] {
        let options = EncodeOptions::default();
        let needed = written(format, INSTANCE, records(), &options).unwrap();
        for size in 0..needed.len() {
            let mut buffer = vec![0; size];
            let mut sink = SliceSink::new(&mut buffer);
            assert_eq!(
                encode(format, INSTANCE, records(), &options, &mut sink),
                Err(EncodeError::Full)
            );
            assert!(sink.written().is_empty(), "{format:?}");
        }
        let mut buffer = vec![0; needed.len()];
        let mut sink = SliceSink::new(&mut buffer);
        encode(format, INSTANCE, records(), &options, &mut sink).unwrap();
        assert_eq!(sink.written(), needed);
    }
}

#[test]
fn an_instance_gives_the_records_that_are_asked_for() {
    let path = |resource| Path::resource(1000, 4, resource);
    let mut dynamic = DynamicInstance::new(&TYPES);
    let instance: &mut dyn Instance = &mut dynamic;
    instance.write(1, None, V::Integer(5)).unwrap();
    instance.write(11, None, V::Integer(6)).unwrap();
    instance.write(12, None, V::Integer(7)).unwrap();
    instance.write(10, Some(3), V::Integer(8)).unwrap();
    instance.write(10, Some(9), V::Integer(9)).unwrap();
    let paths = |records: InstanceRecords<'_>| records.map(|record| record.path).collect::<Vec<_>>();
    let all = || instance_records(Path::instance(1000, 4), &dynamic);
    let multiple = [3, 9].map(|id| Path::resource_instance(1000, 4, 10, id));
    let [a, b] = multiple;
    assert_eq!(paths(all()), [path(1), a, b, path(11), path(12)]);
    assert_eq!(paths(all().only(Operations::readable)), [path(1), a, b, path(11)]);
    assert_eq!(paths(all().only(Operations::writable)), [path(1), a, b, path(12)]);
}
