//! The objects that LwM2M itself speaks of, in every version that the registry has: which resources they have, of which
//! type, and what a server may do with them.

#![cfg(feature = "history")]
#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use lwm2m_runtime::{
    catalogue,
    encoding::{FormatSet, Negotiation},
    model::{
        ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType as T, Value, ValueRef, Version,
    },
    object::{DynamicInstance, Instance},
    operation::{Payload, Request, Status, WriteMode, implied_versions, protected},
    reporting::AttachedAttributes,
    tree::{Asker, Tree, TreeConfig},
};

fn object(id: u16, major: u8, minor: u8) -> &'static ObjectDefinition {
    catalogue::object(id, Version::new(major, minor)).unwrap()
}

fn resource(definition: &ObjectDefinition, id: u16) -> &ResourceDefinition {
    definition.resource(id).unwrap()
}

fn ids(definition: &ObjectDefinition) -> Vec<u16> {
    definition
        .resources()
        .iter()
        .map(|resource| resource.id())
        .collect()
}

/// The resources with certain operations.
fn with(definition: &ObjectDefinition, operations: Operations) -> Vec<u16> {
    let resources = definition.resources().iter();
    resources
        .filter(|resource| resource.operations() == operations)
        .map(|resource| resource.id())
        .collect()
}

fn mandatory(definition: &ObjectDefinition) -> Vec<u16> {
    let resources = definition.resources().iter();
    resources
        .filter(|resource| resource.mandatory())
        .map(|resource| resource.id())
        .collect()
}

fn multiple(definition: &ObjectDefinition) -> Vec<u16> {
    let resources = definition.resources().iter();
    resources
        .filter(|resource| resource.multiple())
        .map(|resource| resource.id())
        .collect()
}

fn allows(definition: &ObjectDefinition, id: u16, value: ValueRef<'_>) -> bool {
    resource(definition, id).constraint().check(value).is_ok()
}

// proves: OBJ-0-01 OBJ-0-02
#[test]
fn security_grows_with_its_versions_and_is_for_bootstrap_alone() {
    const TYPES: [T; 31] = [
        T::String,
        T::Boolean,
        T::Integer,
        T::Opaque,
        T::Opaque,
        T::Opaque,
        T::Integer,
        T::Opaque,
        T::Opaque,
        T::String,
        T::Integer,
        T::Integer,
        T::Integer,
        T::Unsigned,
        T::String,
        T::Unsigned,
        T::Unsigned,
        T::Objlnk,
        T::Unsigned,
        T::Unsigned,
        T::Unsigned,
        T::Unsigned,
        T::Unsigned,
        T::Unsigned,
        T::Unsigned,
        T::String,
        T::Objlnk,
        T::Objlnk,
        T::Integer,
        T::Integer,
        T::String,
    ];
    for (minor, count) in [(0, 13), (1, 18), (2, 31)] {
        let security = object(0, 1, minor);
        assert_eq!(ids(security), (0..count).collect::<Vec<_>>());
        assert_eq!(mandatory(security), [0, 1, 2, 3, 4, 5]);
        assert_eq!(with(security, Operations::None), ids(security));
        for (resource, expected) in security.resources().iter().zip(TYPES) {
            assert_eq!(resource.resource_type(), Some(expected), "{}", resource.id());
        }
        for (id, good, bad) in [
            (0, ValueRef::String("coap://a"), None),
            (2, ValueRef::Integer(4), Some(ValueRef::Integer(5))),
            (7, ValueRef::Opaque(&[0; 6]), Some(ValueRef::Opaque(&[0; 5]))),
            (8, ValueRef::Opaque(&[0; 32]), Some(ValueRef::Opaque(&[0; 33]))),
            (10, ValueRef::Integer(65_534), Some(ValueRef::Integer(65_535))),
            (10, ValueRef::Integer(1), Some(ValueRef::Integer(0))),
            (13, ValueRef::Unsigned(3), Some(ValueRef::Unsigned(4))),
            (15, ValueRef::Unsigned(3), Some(ValueRef::Unsigned(4))),
            (18, ValueRef::Unsigned(65_535), Some(ValueRef::Unsigned(65_536))),
            (28, ValueRef::Integer(15), Some(ValueRef::Integer(16))),
            (29, ValueRef::Integer(0), Some(ValueRef::Integer(-1))),
        ] {
            if id < count {
                assert!(allows(security, id, good), "{id}");
                assert!(bad.is_none_or(|bad| !allows(security, id, bad)), "{id}");
            }
        }
        let long = "x".repeat(256);
        assert!(!allows(security, 0, ValueRef::String(&long)));
    }
    assert_eq!(multiple(object(0, 1, 1)), [16]);
    assert_eq!(multiple(object(0, 1, 2)), [16, 18, 19, 20, 21, 25, 27]);
    assert!(protected(0, Version::V1_0));
}

// proves: OBJ-1-01
#[test]
fn the_server_object_grows_with_its_versions() {
    for (minor, count) in [(0, 9), (1, 24), (2, 28)] {
        let server = object(1, 1, minor);
        assert_eq!(ids(server), (0..count).collect::<Vec<_>>());
        for id in [1, 2, 3, 5, 6, 7] {
            assert_eq!(resource(server, id).operations(), Operations::RW, "{id}");
        }
        assert_eq!(resource(server, 0).operations(), Operations::R);
        for id in [4, 8] {
            assert_eq!(resource(server, id).operations(), Operations::E, "{id}");
        }
    }
    let newest = object(1, 1, 2);
    assert_eq!(with(newest, Operations::E), [4, 8, 9]);
    assert_eq!(with(newest, Operations::R), [0, 11, 12, 13, 15, 16]);
    assert_eq!(multiple(newest), [24, 25]);
}

// proves: OBJ-2-01
#[test]
fn access_control_has_four_resources() {
    for minor in [0, 1] {
        let access = object(2, 1, minor);
        assert_eq!(ids(access), [0, 1, 2, 3]);
        assert_eq!(with(access, Operations::R), [0, 1]);
        assert_eq!(with(access, Operations::RW), [2, 3]);
        assert_eq!(multiple(access), [2]);
    }
}

// proves: OBJ-4-01
#[test]
fn connectivity_monitoring_is_read_only() {
    for (minor, count) in [(0, 11), (1, 12), (2, 13), (3, 14)] {
        let monitoring = object(4, 1, minor);
        assert_eq!(ids(monitoring), (0..count).collect::<Vec<_>>());
        assert_eq!(with(monitoring, Operations::R), ids(monitoring));
        assert_eq!(mandatory(monitoring), [0, 1, 2, 4]);
    }
    let bearers = resource(object(4, 1, 3), 0).enumeration().unwrap();
    let codes: Vec<_> = bearers.items().iter().map(|item| item.code).collect();
    assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 22, 23, 41, 42, 43]);
}

// proves: OBJ-5-01
#[test]
fn firmware_update_grows_with_its_versions() {
    let first = vec![0, 1, 2, 3, 5, 6, 7, 8, 9];
    let second = [&first[..], &[10, 11, 12, 13]].concat();
    let third = [&second[..], &[14]].concat();
    for (minor, resources, last_result) in [(0, first, 9), (1, second, 11), (2, third, 11)] {
        let firmware = object(5, 1, minor);
        assert_eq!(ids(firmware), resources);
        assert!(allows(firmware, 5, ValueRef::Integer(last_result)));
        assert!(!allows(firmware, 5, ValueRef::Integer(last_result + 1)));
    }
}

// proves: OBJ-6-01
#[test]
fn location_is_read_only() {
    let location = object(6, 1, 0);
    assert_eq!(mandatory(location), [0, 1, 5]);
    assert_eq!(with(location, Operations::R), ids(location));
    for (id, expected) in [(0, T::Float), (1, T::Float), (4, T::Opaque), (5, T::Time)] {
        assert_eq!(resource(location, id).resource_type(), Some(expected));
    }
}

// proves: OBJ-21-01 OBJ-23-01
#[test]
fn objects_with_keys_are_for_bootstrap_alone() {
    for (id, major, minor, resources) in [(21, 1, 0, 6), (21, 2, 0, 7), (23, 1, 0, 3)] {
        let keys = object(id, major, minor);
        assert_eq!(ids(keys), (0..resources).collect::<Vec<_>>());
        assert_eq!(with(keys, Operations::None), ids(keys));
    }
    assert_eq!(resource(object(21, 1, 0), 1).resource_type(), Some(T::String));
    assert_eq!(resource(object(21, 2, 0), 1).resource_type(), Some(T::Opaque));
    assert!(protected(21, Version::V1_1) && protected(23, Version::V1_2));
}

// proves: OBJ-24-01
#[test]
fn an_mqtt_server_has_nine_resources() {
    let mqtt = object(24, 1, 0);
    assert_eq!(ids(mqtt), (0..9).collect::<Vec<_>>());
    assert_eq!(mandatory(mqtt), [6]);
    assert_eq!(with(mqtt, Operations::RW), ids(mqtt));
}

// proves: OBJ-27-01
#[test]
fn radio_objects_are_read_only() {
    for (id, required) in [(27, &[0][..]), (28, &[])] {
        let radio = object(id, 1, 0);
        assert_eq!(with(radio, Operations::R), ids(radio));
        assert_eq!(mandatory(radio), required);
    }
}

// proves: OBJ-ALL-01
#[test]
fn the_objects_of_every_enabler_are_known_in_its_versions() {
    for (enabler, objects) in [
        (Version::V1_0, &[0, 1, 2, 3, 4, 5, 6, 7][..]),
        (Version::V1_1, &[0, 1, 2, 3, 4, 5, 6, 7, 21]),
        (
            Version::V1_2,
            &[0, 1, 2, 3, 4, 5, 6, 7, 21, 23, 24, 25, 26, 27, 28],
        ),
    ] {
        for id in objects {
            for version in implied_versions(*id, enabler) {
                assert!(catalogue::object(*id, *version).is_some(), "{id} {version}");
            }
        }
    }
}

#[test]
fn single_and_multiple_objects_are_told_apart() {
    for (ids, several) in [
        (&[3, 4, 5, 6, 7, 28][..], false),
        (&[0, 1, 2, 9, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27], true),
    ] {
        for id in ids {
            assert_eq!(catalogue::latest(*id).unwrap().multiple(), several, "{id}");
        }
    }
    for id in [0, 1, 3] {
        assert!(catalogue::latest(id).unwrap().mandatory());
    }
}

// proves: OBJ-10-01
#[test]
fn cellular_connectivity_is_served_from_its_definition() {
    let cellular = object(10, 1, 1);
    let mut instance = DynamicInstance::new(cellular);
    let values: &mut dyn Instance = &mut instance;
    values.write(4, None, ValueRef::Integer(60)).unwrap();
    values.write(8, None, ValueRef::Opaque(&[0x12])).unwrap();
    values.write(14, None, ValueRef::Unsigned(1)).unwrap();
    let mut tree = Tree::new(TreeConfig::default());
    tree.insert_dynamic(0, instance).unwrap();

    let formats = Negotiation::with_server(Version::V1_1, FormatSet::ALL);
    let asker = Asker::new(1, &formats);
    let mut attached = AttachedAttributes::new(4);
    let mut ask = |request: &Request<'_>| {
        let mut out = Vec::new();
        let outcome = tree.perform(asker, &mut attached, request, &mut (), &mut out);
        (outcome.status, String::from_utf8_lossy(&out).into_owned())
    };
    let path = |resource| Path::resource(10, 0, resource);
    let text = lwm2m_runtime::encoding::ContentFormat::TEXT;
    // Power saving and eDRX.
    for (resource, value) in [(4, "60"), (8, "Eg=="), (14, "1")] {
        let path = path(resource);
        let accept = Some(text);
        let read = Request::Read { path, accept };
        assert_eq!(ask(&read), (Status::Content, value.into()));
        let attributes = Default::default();
        let observe = Request::Observe {
            path,
            accept,
            attributes,
        };
        assert_eq!(ask(&observe), (Status::Content, value.into()));
    }
    let write = Request::Write {
        path: path(14),
        mode: WriteMode::Replace,
        payload: Payload::new(text, b"2"),
    };
    assert_eq!(ask(&write).0, Status::Changed);
    let discover = Request::Discover {
        path: Path::object(10),
        depth: None,
    };
    assert_eq!(
        ask(&discover).1,
        "</10>;ver=1.1,</10/0>,</10/0/4>,</10/0/8>,</10/0/14>"
    );
    assert_eq!(
        tree.value(path(14)).map(ValueRef::to_value),
        Some(Value::Unsigned(2))
    );
}
