//! Payloads as typed objects and values, over the generated core objects.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it finds a mistake"
)]

use core::fmt::Debug;

use lwm2m_runtime::{
    encoding::{
        DecodeErrorKind, Decoder, EncodeOptions, Format, Purpose, Record, RecordRef, TypedError, Unknown,
        encode, instance_records,
    },
    model::{Objlnk, Path, ResourceDefinition, ResourceType, Time, Value, ValueRef},
    object::{FieldError, Instance, Instances, Object},
    objects::{
        ConnectivityMonitoring, ConnectivityStatistics, Device, FirmwareUpdate, Location, Lwm2mAccessControl,
        Lwm2mSecurity, Lwm2mServer,
    },
};
use proptest::prelude::*;

const FORMATS: [Format; 5] = [
    Format::Tlv,
    Format::SenmlJson,
    Format::SenmlCbor,
    Format::Json,
    Format::Lwm2mCbor,
];

fn write(format: Format, target: Path, records: &[Record]) -> Vec<u8> {
    let mut payload = Vec::new();
    encode(
        format,
        target,
        records.iter().map(Record::as_ref),
        &EncodeOptions::default(),
        &mut payload,
    )
    .unwrap();
    payload
}

fn records(path: Path, instance: &dyn Instance) -> Vec<Record> {
    instance_records(path, instance)
        .map(|record| record.to_record())
        .collect()
}

/// A value of the type, one of a few.
fn value(resource_type: ResourceType, choice: u8) -> Value {
    let pick = usize::from(choice % 4);
    match resource_type {
        ResourceType::String => {
            Value::String(["", "a\"\\\n", "\u{1f600}", "coaps://example.com"][pick].to_owned())
        }
        ResourceType::Integer => Value::Integer([0, -1, i64::MIN, i64::MAX][pick]),
        ResourceType::Unsigned => Value::Unsigned([0, 255, 1 << 63, u64::MAX][pick]),
        ResourceType::Float => Value::Float([0.0, -0.1, f64::MAX, 5e-324][pick]),
        ResourceType::Boolean => Value::Boolean(choice % 2 == 0),
        ResourceType::Opaque => Value::Opaque([&b""[..], b"\0", b"\xff\xfe", &[7; 300]][pick].to_vec()),
        ResourceType::Time => Value::Time(Time([0, -1, 1_700_000_000, i64::MAX][pick])),
        ResourceType::Objlnk => Value::Objlnk(
            [
                Objlnk::NULL,
                Objlnk::new(3, 0),
                Objlnk::new(9, 65535),
                Objlnk::new(65534, 1),
            ][pick],
        ),
        _ => Value::Corelnk(["", "</3/0>", "</1>;ver=1.1", "</>"][pick].to_owned()),
    }
}

/// Whether the resource is in every payload that a server reads.
fn is_expected(resource: &ResourceDefinition) -> bool {
    resource.mandatory() && resource.operations().readable()
}

/// An object with some of its resources; the choices are used over and over.
fn object<O: Object>(choices: &[u8]) -> O {
    let mut object = O::default();
    let mut choices = choices.iter().copied().cycle();
    let mut choose = || choices.next().unwrap_or_default();
    for resource in O::DEFINITION.resources() {
        let (Some(field), Some(resource_type)) = (object.field_mut(resource.id()), resource.resource_type())
        else {
            continue;
        };
        if !is_expected(resource) && choose() % 4 == 0 {
            continue;
        }
        match resource.multiple() {
            false => field.set(None, value(resource_type, choose()).as_ref()).unwrap(),
            true => {
                for id in [0, 1, 65534].into_iter().take(1 + usize::from(choose() % 3)) {
                    field
                        .set(Some(id), value(resource_type, choose()).as_ref())
                        .unwrap();
                }
            }
        }
    }
    object
}

/// An instance of an object survives every format; with one expected resource less, that resource is named.
fn check_object<O: Object + PartialEq + Debug>(choices: &[u8], id: u16) -> Result<(), TestCaseError> {
    let object: O = object(choices);
    let path = Path::instance(O::DEFINITION.id(), id);
    let all = records(path, &object);
    for format in FORMATS {
        let payload = write(format, path, &all);
        let decoder = Decoder::new(format, path);
        let found = decoder.read_instance::<O>(&payload, Unknown::Refuse);
        prop_assert_eq!(found.as_ref(), Ok(&object), "{:?}", format);

        let expected: Vec<_> = O::DEFINITION
            .resources()
            .iter()
            .filter(|resource| is_expected(resource))
            .collect();
        for (index, missing) in expected.iter().enumerate() {
            // Those after it are missing, too: the first is named.
            let gone = &expected[index..];
            let is_gone = |record: &Record| {
                gone.iter()
                    .any(|resource| record.path.resource_id() == Some(resource.id()))
            };
            let rest: Vec<_> = all.iter().filter(|record| !is_gone(record)).cloned().collect();
            if rest.is_empty() {
                continue;
            }
            let path = path.child(missing.id()).unwrap();
            let payload = write(format, Path::instance(O::DEFINITION.id(), id), &rest);
            let result = decoder.read_instance::<O>(&payload, Unknown::Refuse);
            prop_assert_eq!(result, Err(TypedError::Missing { path }), "{:?}", format);
            // A patch changes what it names and nothing else.
            if format != Format::Tlv && format != Format::Json {
                let patch = Decoder::new(format, Path::ROOT).with_purpose(Purpose::Patch);
                let payload = write(format, Path::ROOT, &rest);
                prop_assert!(
                    patch.read_instance::<O>(&payload, Unknown::Refuse).is_ok(),
                    "{format:?}"
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn core_objects_survive_and_what_is_missing_is_named(
        choices in prop::collection::vec(any::<u8>(), 1..40),
        id in prop::sample::select(vec![0_u16, 1, 255, 256, 65534]),
    ) {
        check_object::<Lwm2mSecurity>(&choices, id)?;
        check_object::<Lwm2mServer>(&choices, id)?;
        check_object::<Lwm2mAccessControl>(&choices, id)?;
        check_object::<Device>(&choices, id)?;
        check_object::<ConnectivityMonitoring>(&choices, id)?;
        check_object::<FirmwareUpdate>(&choices, id)?;
        check_object::<Location>(&choices, id)?;
        check_object::<ConnectivityStatistics>(&choices, id)?;
    }

    #[test]
    fn instances_come_in_ascending_order(
        choices in prop::collection::vec(any::<u8>(), 1..40),
        ids in prop::collection::btree_set(0_u16..65535, 1..5),
    ) {
        let servers: Vec<(u16, Lwm2mServer)> =
            ids.iter().enumerate().map(|(index, id)| (*id, object(&choices[index % choices.len()..]))).collect();
        let backwards: Vec<_> =
            servers.iter().rev().flat_map(|(id, server)| records(Path::instance(1, *id), server)).collect();
        for format in FORMATS {
            let payload = write(format, Path::object(1), &backwards);
            let decoder = Decoder::new(format, Path::object(1));
            prop_assert_eq!(&decoder.read_instances::<Lwm2mServer>(&payload, Unknown::Refuse).unwrap(), &servers);
            let one = decoder.read_instance::<Lwm2mServer>(&payload, Unknown::Refuse);
            match &*servers {
                [(_, server)] => prop_assert_eq!(one.as_ref(), Ok(server)),
                _ => prop_assert_eq!(one, Err(TypedError::SeveralInstances)),
            }
        }
    }
}

fn device() -> Device {
    Device {
        manufacturer: Some("Example".to_owned()),
        battery_level: Some(87),
        error_code: [(0, lwm2m_runtime::objects::o3_v1_2::ErrorCode(0))].into(),
        supported_binding_and_modes: "U".to_owned(),
        ..Device::default()
    }
}

#[test]
fn an_unknown_resource_is_left_out_refused_or_kept() {
    let path = Path::instance(3, 0);
    let newer = Record::new(Path::resource(3, 0, 65000), Value::String("new".to_owned()));
    let mut all = records(path, &device());
    all.push(newer.clone());
    for format in FORMATS {
        let payload = write(format, path, &all);
        let decoder = Decoder::new(format, path);
        assert_eq!(decoder.read_instance(&payload, Unknown::Skip), Ok(device()));
        let refused = decoder.read_instance::<Device>(&payload, Unknown::Refuse);
        assert_eq!(refused, Err(TypedError::Unknown { path: newer.path }));
        let mut kept = Vec::new();
        assert_eq!(
            decoder.read_instance(&payload, Unknown::Keep(&mut kept)),
            Ok(device())
        );
        match format {
            // There a text has no type of its own.
            Format::Tlv => assert_eq!(kept, [Record::new(newer.path, Value::Opaque(b"new".to_vec()))]),
            _ => assert_eq!(kept, std::slice::from_ref(&newer)),
        }
    }
}

#[test]
fn what_is_of_the_wrong_type_is_named() {
    let path = Path::resource(3, 0, 9);
    for (format, payload) in [
        (Format::Tlv, &b"\xc3\x09abc"[..]),
        (Format::SenmlJson, br#"[{"n":"/3/0/9","vs":"full"}]"#),
        (Format::SenmlJson, br#"[{"n":"/3/0/9","v":1.5}]"#),
        (Format::SenmlCbor, b"\x81\xa2\x00\x66/3/0/9\x04\xf5"),
        (Format::Json, br#"{"bn":"/3/0/9","e":[{"bv":true}]}"#),
        (Format::Lwm2mCbor, b"\xa1\x83\x03\x00\x09\x61a"),
    ] {
        let result =
            Decoder::new(format, Path::instance(3, 0)).read_instance::<Device>(payload, Unknown::Skip);
        let Err(TypedError::Decode(error)) = result else {
            unreachable!("{format:?}: {result:?}")
        };
        assert_eq!(error.path, Some(path), "{format:?}");
        let expected = ResourceType::Integer;
        assert_eq!(error.kind, DecodeErrorKind::Type { expected }, "{format:?}");
    }
}

#[test]
fn one_value_and_several_are_not_the_same() {
    let decoder = Decoder::new(Format::SenmlJson, Path::instance(3, 0));
    let payload = br#"[{"n":"/3/0/9/0","v":1}]"#;
    let (path, error) = (Path::resource_instance(3, 0, 9, 0), FieldError::NotMultiple);
    let result = decoder.read_instance::<Device>(payload, Unknown::Skip);
    assert_eq!(result, Err(TypedError::Field { path, error }));

    let payload = br#"[{"n":"/3/0/7","v":1}]"#;
    let (path, error) = (Path::resource(3, 0, 7), FieldError::Multiple);
    let result = decoder.read_instance::<Device>(payload, Unknown::Skip);
    assert_eq!(result, Err(TypedError::Field { path, error }));
}

/// A payload without records in each format.
const EMPTY: [(Format, &[u8]); 5] = [
    (Format::Tlv, b""),
    (Format::SenmlJson, b"[]"),
    (Format::SenmlCbor, b"\x80"),
    (Format::Json, br#"{"e":[]}"#),
    (Format::Lwm2mCbor, b"\xa0"),
];

#[test]
fn an_instance_may_have_nothing_to_show() {
    for (format, payload) in EMPTY {
        let security =
            Decoder::new(format, Path::instance(0, 1)).read_instance::<Lwm2mSecurity>(payload, Unknown::Skip);
        assert_eq!(security, Ok(Lwm2mSecurity::default()), "{format:?}");
        let device =
            Decoder::new(format, Path::instance(3, 0)).read_instance::<Device>(payload, Unknown::Skip);
        assert_eq!(
            device,
            Err(TypedError::Missing {
                path: Path::resource(3, 0, 11)
            }),
            "{format:?}"
        );
    }
}

#[test]
fn nothing_of_the_object_is_missing_as_a_whole() {
    for (format, payload) in EMPTY {
        let target = Path::object(3);
        let decoder = Decoder::new(format, target);
        let result = decoder.read_instance::<Device>(payload, Unknown::Skip);
        assert_eq!(result, Err(TypedError::Missing { path: target }), "{format:?}");
        assert_eq!(
            decoder.read_instances::<Device>(payload, Unknown::Skip),
            Ok(Vec::new())
        );
    }
    // Another object in a composite answer is not an instance of this one.
    let path = Path::resource(1, 0, 1);
    let payload = write(
        Format::SenmlCbor,
        Path::ROOT,
        &[Record::new(path, Value::Integer(60))],
    );
    let result =
        Decoder::new(Format::SenmlCbor, Path::ROOT).read_instances::<Device>(&payload, Unknown::Skip);
    assert_eq!(result, Err(TypedError::Unknown { path }));
}

#[test]
fn a_create_holds_what_a_server_can_write() {
    // Of a server's account: no resource that a server can only read is expected, all that it must write are.
    let server = Lwm2mServer {
        lifetime: 300,
        binding: "U".to_owned(),
        ..Lwm2mServer::default()
    };
    let path = Path::instance(1, u16::MAX);
    for format in FORMATS {
        let mut payload = Vec::new();
        let writable = instance_records(path, &server).only(lwm2m_runtime::model::Operations::writable);
        encode(
            format,
            Path::object(1),
            writable.clone(),
            &EncodeOptions::default(),
            &mut payload,
        )
        .unwrap();
        let decoder = Decoder::new(format, Path::object(1)).with_purpose(Purpose::Create);
        let created = decoder
            .read_instances::<Lwm2mServer>(&payload, Unknown::Refuse)
            .unwrap();
        assert_eq!(created, [(u16::MAX, server.clone())], "{format:?}");

        let lifetime = path.child(Lwm2mServer::LIFETIME.id()).unwrap();
        let rest: Vec<_> = writable
            .filter(|record| record.path != lifetime)
            .map(|record| record.to_record())
            .collect();
        let result =
            decoder.read_instances::<Lwm2mServer>(&write(format, Path::object(1), &rest), Unknown::Refuse);
        assert_eq!(result, Err(TypedError::Missing { path: lifetime }), "{format:?}");
    }
}

#[test]
fn a_value_is_read_by_its_path() {
    let (level, sources) = (Path::resource(3, 0, 9), Path::resource(3, 0, 6));
    let one = |path, value| {
        move |format| {
            let mut payload = Vec::new();
            let record = RecordRef::new(path, value);
            encode(format, path, [record], &EncodeOptions::default(), &mut payload).unwrap();
            payload
        }
    };
    let write_level = one(level, ValueRef::Integer(87));
    for format in FORMATS.into_iter().chain([Format::Text, Format::Cbor]) {
        let payload = write_level(format);
        let decoder = Decoder::new(format, level).with_definitions(&Device::DEFINITION);
        assert_eq!(decoder.read_value::<i64>(&payload), Ok(87), "{format:?}");
        assert_eq!(
            decoder.read_value::<Option<u8>>(&payload),
            Ok(Some(87)),
            "{format:?}"
        );
        let result = decoder.read_value::<String>(&payload);
        assert!(
            matches!(result, Err(TypedError::Field { path, .. }) if path == level),
            "{format:?}: {result:?}"
        );
    }
    for format in FORMATS {
        let instances: Instances<i64> = [(0, 1), (5, 7)].into();
        let all: Vec<_> = instances
            .iter()
            .map(|(id, value)| Record::new(sources.child(*id).unwrap(), Value::Integer(*value)))
            .collect();
        let payload = write(format, sources, &all);
        let decoder = Decoder::new(format, sources).with_definitions(&Device::DEFINITION);
        assert_eq!(decoder.read_value(&payload), Ok(instances), "{format:?}");
        // One resource instance by its own path is one value.
        let path = sources.child(5).unwrap();
        let payload = write(format, path, &all[1..]);
        let decoder = Decoder::new(format, path).with_definitions(&Device::DEFINITION);
        assert_eq!(decoder.read_value::<i64>(&payload), Ok(7), "{format:?}");
    }
    let decoder = Decoder::new(Format::SenmlJson, level);
    assert_eq!(
        decoder.read_value::<i64>(b"[]"),
        Err(TypedError::Missing { path: level })
    );
}
