//! What is read of a payload in which not everything is as its definition has it.

use lwm2m_runtime::{
    encoding::{
        DecodeErrorKind, Decoder, EncodeOptions, Format, OddityKind, Record, RecordRef, TypedError, encode,
    },
    model::{Path, ResourceType, Value, ValueRef},
    object::{Instances, Object},
    objects::{Device, o3_v1_2::ErrorCode},
};
use proptest::prelude::*;

const DEVICE: Path = Path::instance(3, 0);
const FORMATS: [Format; 5] = [
    Format::Tlv,
    Format::SenmlJson,
    Format::SenmlCbor,
    Format::Lwm2mCbor,
    Format::Json,
];

fn at(resource: u16) -> Path {
    Path::resource(3, 0, resource)
}

fn payload(format: Format, records: &[RecordRef<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    encode(
        format,
        DEVICE,
        records.iter().copied(),
        &EncodeOptions::default(),
        &mut out,
    )
    .unwrap();
    out
}

/// A device whose battery level (9) is a text, whose reboot (4) has a value, and that has a resource 77.
fn odd(format: Format) -> Vec<u8> {
    payload(
        format,
        &[
            RecordRef::new(at(0), ValueRef::String("ACME")),
            RecordRef::new(at(4), ValueRef::Integer(1)),
            RecordRef::new(at(9), ValueRef::String("eighty")),
            RecordRef::new(at(10), ValueRef::Integer(1000)),
            RecordRef::new(Path::resource_instance(3, 0, 11, 0), ValueRef::Integer(2)),
            RecordRef::new(Path::resource_instance(3, 0, 11, 1), ValueRef::String("broken")),
            RecordRef::new(at(16), ValueRef::String("U")),
            RecordRef::new(at(77), ValueRef::Integer(5)),
        ],
    )
}

/// A value as a format shows it without a definition.
fn shown(format: Format, value: ValueRef<'_>) -> Value {
    match (format, value) {
        (Format::Tlv, ValueRef::String(text)) => Value::Opaque(text.as_bytes().to_vec()),
        (Format::Tlv, ValueRef::Integer(number)) => Value::Opaque(vec![u8::try_from(number).unwrap()]),
        (Format::Json, ValueRef::Integer(number)) => Value::Integer(number),
        (_, value) => value.to_value(),
    }
}

fn value(records: &[Record], path: Path) -> Value {
    let record = records.iter().find(|record| record.path == path).unwrap();
    record.content.clone().value().unwrap()
}

// proves: DM-10
#[test]
fn one_value_of_another_type_does_not_take_the_others_along() {
    for format in FORMATS {
        let payload = odd(format);
        let decoder = Decoder::new(format, DEVICE).with_definitions(&Device::DEFINITION);
        assert!(decoder.read(&payload).unwrap().collect().is_err(), "{format:?}");
        let read = decoder.read_tolerant(&payload).unwrap();
        assert_eq!(read.value.len(), 8, "{format:?}");
        assert_eq!(value(&read.value, at(0)), Value::String("ACME".into()));
        assert_eq!(value(&read.value, at(10)), Value::Integer(1000));
        assert_eq!(
            value(&read.value, Path::resource_instance(3, 0, 11, 0)),
            Value::Integer(2)
        );
        assert_eq!(
            value(&read.value, at(9)),
            shown(format, ValueRef::String("eighty"))
        );
        assert_eq!(value(&read.value, at(77)), shown(format, ValueRef::Integer(5)));
        let integer = DecodeErrorKind::Type {
            expected: ResourceType::Integer,
        };
        let told: Vec<_> = read
            .oddities
            .iter()
            .map(|oddity| (oddity.path, oddity.kind))
            .collect();
        assert_eq!(
            told,
            [
                (at(4), OddityKind::Value(DecodeErrorKind::Executable)),
                (at(9), OddityKind::Value(integer)),
                (Path::resource_instance(3, 0, 11, 1), OddityKind::Value(integer)),
            ],
            "{format:?}"
        );
        assert_eq!(
            read.oddities[1].value,
            Some(shown(format, ValueRef::String("eighty")))
        );
    }
}

// proves: DM-10
#[test]
fn an_object_is_read_as_far_as_its_values_fit() {
    for format in FORMATS {
        let payload = odd(format);
        let decoder = Decoder::new(format, DEVICE);
        let read = decoder.read_instance_tolerant::<Device>(&payload).unwrap();
        let device = &read.value;
        assert_eq!(device.manufacturer.as_deref(), Some("ACME"));
        assert_eq!((device.battery_level, device.memory_free), (None, Some(1000)));
        assert_eq!(device.error_code, Instances::from([(0, ErrorCode(2))]));
        assert_eq!(device.supported_binding_and_modes, "U");
        let told: Vec<_> = read.oddities.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].starts_with("/3/0/4: "), "{told:?}");
        assert!(told[1].starts_with("/3/0/9: "), "{told:?}");
        assert!(told[2].starts_with("/3/0/11/1: "), "{told:?}");
        assert_eq!(told[3], "/3/0/77: the object has no such resource");
        assert_eq!(read.oddities[3].value, Some(shown(format, ValueRef::Integer(5))));
        let all = decoder.read_instances_tolerant::<Device>(&payload).unwrap();
        assert_eq!(all.value, [(0, read.value)]);
        assert_eq!(all.oddities, read.oddities);
    }
}

#[test]
fn what_is_missing_is_told() {
    let manufacturer = [RecordRef::new(at(0), ValueRef::String("ACME"))];
    for format in FORMATS {
        let payload = payload(format, &manufacturer);
        let decoder = Decoder::new(format, DEVICE);
        let read = decoder.read_instance_tolerant::<Device>(&payload).unwrap();
        assert_eq!(read.value.manufacturer.as_deref(), Some("ACME"));
        let told: Vec<_> = read
            .oddities
            .iter()
            .map(|oddity| (oddity.path, oddity.kind))
            .collect();
        assert_eq!(
            told,
            [(at(11), OddityKind::Missing), (at(16), OddityKind::Missing)]
        );
    }
}

#[test]
fn what_is_as_it_should_be_is_not_odd() {
    for format in FORMATS {
        let payload = payload(
            format,
            &[
                RecordRef::new(at(9), ValueRef::Integer(80)),
                RecordRef::new(Path::resource_instance(3, 0, 11, 0), ValueRef::Integer(0)),
                RecordRef::new(at(16), ValueRef::String("U")),
            ],
        );
        let decoder = Decoder::new(format, DEVICE);
        let read = decoder.read_instance_tolerant::<Device>(&payload).unwrap();
        assert_eq!(read.oddities, []);
        let strict = decoder
            .read_instance::<Device>(&payload, Default::default())
            .unwrap();
        assert_eq!(read.value, strict);
    }
}

#[test]
fn a_payload_that_is_none_is_an_error_still() {
    let decoder = Decoder::new(Format::SenmlJson, DEVICE).with_definitions(&Device::DEFINITION);
    for text in [
        "[",
        r#"[{"n":"/3/0/9","vs":"eighty"}"#,
        r#"[{"n":"/3/0/9","vs":"eighty"},{"n":"/3/0/9","v":1}]"#,
        r#"[{"n":"/4/0/0","v":1}]"#,
    ] {
        assert!(decoder.read_tolerant(text.as_bytes()).is_err(), "{text}");
        assert!(
            decoder.read_instance_tolerant::<Device>(text.as_bytes()).is_err(),
            "{text}"
        );
    }
    // Two instances where one was asked for.
    let two = br#"[{"n":"/3/0/9","v":1},{"n":"/3/1/9","v":1}]"#;
    let read = Decoder::new(Format::SenmlJson, Path::object(3)).read_instance_tolerant::<Device>(two);
    assert_eq!(read.err(), Some(TypedError::SeveralInstances));
}

#[test]
fn only_so_many_values_may_be_odd() {
    for (count, fine) in [(16_u16, true), (17, false)] {
        let records: Vec<_> = (0..count)
            .map(|id| RecordRef::new(Path::resource_instance(3, 0, 7, id), ValueRef::String("x")))
            .collect();
        let payload = payload(Format::SenmlCbor, &records);
        let decoder = Decoder::new(Format::SenmlCbor, DEVICE).with_definitions(&Device::DEFINITION);
        let read = decoder.read_tolerant(&payload);
        assert_eq!(read.is_ok(), fine, "{count}");
        assert_eq!(
            read.map_or(0, |read| read.oddities.len()),
            if fine { 16 } else { 0 }
        );
    }
}

proptest! {
    /// What is read strictly is read so, too, and nothing makes it panic.
    #[test]
    fn tolerance_changes_nothing_about_what_is_right(bytes in proptest::collection::vec(any::<u8>(), 0..80), format in 0_usize..5) {
        let decoder = Decoder::new(FORMATS[format], DEVICE).with_definitions(&Device::DEFINITION);
        let strict = decoder.read(&bytes).and_then(|reader| reader.collect());
        match (strict, decoder.read_tolerant(&bytes)) {
            (Ok(records), Ok(read)) => {
                prop_assert_eq!(format!("{records:?}"), format!("{:?}", read.value));
                prop_assert!(read.oddities.is_empty());
            }
            (Ok(records), Err(error)) => prop_assert!(false, "{records:?} {error}"),
            _ => {}
        }
        let _ = decoder.read_instance_tolerant::<Device>(&bytes);
    }
}
