//! Objects in several versions and of none, and what definitions ask of values and instances.

use lwm2m_runtime::{
    coap::Code,
    configuration::check,
    encoding::{ContentFormat, Definitions},
    model::{
        Catalogue, Constraint, ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, Value,
        ValueRef, Version,
    },
    object::{DynamicInstance, Instance},
    objects::Lwm2mServer,
    operation::{Status, TreeView},
    server::ServerConfig,
    tree::{Tree, TreeConfig},
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, path, server_address, stranger_address, values},
};

use crate::{
    fixtures::{
        VERSIONS, client, device_minimum, dynamic, registered, registered_with, security, server_minimum,
        usual_tree,
    },
    raw::Raw,
};

const fn resource(id: u16, resource_type: ResourceType) -> ResourceDefinition {
    ResourceDefinition::new(id, "Resource", Some(resource_type), Operations::RW)
}

const fn probe(version: Version) -> ObjectDefinition {
    ObjectDefinition::new(42_769, "Probe", "urn:oma:lwm2m:x:42769")
        .with_version(version)
        .with_multiple()
}

static FIRST: ObjectDefinition = probe(Version::V1_0).with_resources(&[resource(0, ResourceType::Integer)]);
/// Compatible: a resource more.
static SECOND: ObjectDefinition = probe(Version::V1_1).with_resources(&[
    resource(0, ResourceType::Integer),
    resource(1, ResourceType::String),
]);
/// Another object, as far as a server can tell.
static THIRD: ObjectDefinition =
    probe(Version::new(2, 0)).with_resources(&[resource(0, ResourceType::String)]);
static VERSIONED: Catalogue = Catalogue::new(&[&FIRST, &SECOND, &THIRD]);

fn instance(definition: &'static ObjectDefinition, list: &[(u16, ValueRef<'_>)]) -> DynamicInstance {
    let mut instance = DynamicInstance::new(definition);
    for (resource, value) in list {
        let object: &mut dyn Instance = &mut instance;
        object.write(*resource, None, *value).unwrap();
    }
    instance
}

// proves: REGY-09
#[test]
fn several_versions_of_an_object_are_in_use_at_once() {
    let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
    pair.add_server(ServerConfig {
        models: &VERSIONED,
        ..ServerConfig::default()
    });
    let devices: [(&'static ObjectDefinition, Value); 3] = [
        (&FIRST, Value::Integer(0x3132)),
        (&SECOND, Value::Integer(0x3334)),
        (&THIRD, Value::String("56".into())),
    ];
    for (index, (definition, value)) in devices.iter().enumerate() {
        let mut tree = usual_tree();
        let values = [(0, value.as_ref())];
        tree.insert_dynamic(0, instance(definition, &values)).unwrap();
        let mut config = client(Version::V1_0);
        config.endpoint_name = format!("device-{index}");
        pair.add_client(config, tree, Program::default());
    }
    pair.start();
    // Asked in turn, so that each answer is read while the others are registered.
    for _ in 0..2 {
        for (index, (definition, value)) in devices.iter().enumerate() {
            let registration = pair.registration_of(0, index);
            let definitions = pair.server().definitions(registration).unwrap();
            let found = Definitions::object(&definitions, 42_769).unwrap();
            assert_eq!(found.version(), definition.version());
            let request = lwm2m_runtime::operation::Request::Read {
                path: path("/42769/0"),
                accept: Some(ContentFormat::TLV),
            };
            let answer = pair.try_ask(0, index, &request).unwrap();
            // Two bytes of TLV, which are a number in one version and a text in another.
            let definitions = pair.server().definitions(registration).unwrap();
            let (_, bytes) = answer.payload.as_ref().unwrap();
            let read =
                lwm2m_runtime::encoding::Decoder::new(lwm2m_runtime::encoding::Format::Tlv, path("/42769/0"))
                    .with_definitions(&definitions);
            let mut reader = read.read(bytes).unwrap();
            let record = reader.next().unwrap().unwrap();
            assert_eq!(record.content.value(), Some(value.as_ref()), "device {index}");
        }
    }
}

// proves: REGY-06
#[test]
fn what_is_single_and_mandatory_is_there_exactly_once() {
    let multi = |version| match version {
        Version::V1_0 => ContentFormat::TLV,
        _ => ContentFormat::SENML_CBOR,
    };
    for version in VERSIONS {
        let mut pair = registered(version);
        let format = multi(version);
        // The object: neither a second instance nor none.
        let second = values(format, "/3", &[("/3/1/14", ValueRef::String("+01:00"))]);
        assert_eq!(pair.create(3, format, &second).status, Status::MethodNotAllowed);
        assert_eq!(pair.delete("/3/0"), Status::MethodNotAllowed);
        assert_eq!(pair.client().tree().instances(3).collect::<Vec<_>>(), [0]);
        // The resource: not two values.
        let two = [
            ("/1/0/1/0", ValueRef::Integer(60)),
            ("/1/0/1/1", ValueRef::Integer(70)),
        ];
        let body = values(format, "/1/0", &two);
        let refused = Raw::new(Code::POST, "/1/0")
            .payload(u32::from(format.0), &body)
            .code(&mut pair);
        assert_eq!(refused, Code::BAD_REQUEST, "{version}");
        // And not none: an instance cannot be made or replaced without it.
        let lifetime = ValueRef::Integer(86_400);
        assert_eq!(pair.client().tree().value(path("/1/0/1")), Some(lifetime));
        let without = values(format, "/1/0", &[("/1/0/6", ValueRef::Boolean(true))]);
        assert_eq!(
            pair.put("/1/0", format, &without),
            Status::BadRequest,
            "{version}"
        );
        assert_eq!(pair.client().tree().value(path("/1/0/1")), Some(lifetime));
        let without = values(format, "/19", &[("/19/5/1", ValueRef::Integer(1))]);
        let mut tree = usual_tree();
        tree.add_object(lwm2m_runtime::catalogue::latest(19).unwrap())
            .unwrap();
        let mut pair = registered_with(version, tree);
        assert_eq!(
            pair.create(19, format, &without).status,
            Status::BadRequest,
            "{version}"
        );
        assert_eq!(pair.client().tree().instances(19).count(), 0);
    }
}

/// What ranges say, for each type.
static RANGES: ObjectDefinition = probe(Version::V1_0).with_resources(&[
    resource(0, ResourceType::Integer).with_range("-5..5", Constraint::Integer(&[(-5, 5)])),
    resource(1, ResourceType::Integer).with_range("1,3,7", Constraint::Integer(&[(1, 1), (3, 3), (7, 7)])),
    resource(2, ResourceType::Float).with_range("0..1", Constraint::Float(&[(0.0, 1.0)])),
    resource(3, ResourceType::String).with_range("2..4", Constraint::Length(&[(2, 4)])),
    resource(4, ResourceType::Opaque).with_range("2..4 bytes", Constraint::Length(&[(2, 4)])),
    resource(5, ResourceType::Unsigned).with_range("1..9", Constraint::Unsigned(&[(1, 9)])),
]);

// proves: REGY-07
#[test]
fn values_outside_of_a_range_are_refused() {
    let inside = [
        (0, ValueRef::Integer(-5)),
        (0, ValueRef::Integer(5)),
        (1, ValueRef::Integer(1)),
        (1, ValueRef::Integer(3)),
        (1, ValueRef::Integer(7)),
        (2, ValueRef::Float(0.0)),
        (2, ValueRef::Float(1.0)),
        (3, ValueRef::String("ab")),
        (3, ValueRef::String("abcd")),
        (4, ValueRef::Opaque(b"\0\0")),
        (4, ValueRef::Opaque(b"\0\0\0\0")),
        (5, ValueRef::Unsigned(1)),
        (5, ValueRef::Unsigned(9)),
    ];
    let outside = [
        (0, ValueRef::Integer(-6)),
        (0, ValueRef::Integer(6)),
        (1, ValueRef::Integer(2)),
        (1, ValueRef::Integer(8)),
        (2, ValueRef::Float(-0.001)),
        (2, ValueRef::Float(1.001)),
        (3, ValueRef::String("a")),
        // Two letters, but five bytes.
        (3, ValueRef::String("ab\u{20ac}")),
        (4, ValueRef::Opaque(b"\0")),
        (4, ValueRef::Opaque(b"\0\0\0\0\0")),
        (5, ValueRef::Unsigned(0)),
        (5, ValueRef::Unsigned(10)),
    ];
    let begin = [
        (0, ValueRef::Integer(0)),
        (1, ValueRef::Integer(1)),
        (2, ValueRef::Float(0.5)),
        (3, ValueRef::String("abc")),
        (4, ValueRef::Opaque(b"abc")),
        (5, ValueRef::Unsigned(5)),
    ];
    let mut tree = usual_tree();
    tree.insert_dynamic(0, instance(&RANGES, &begin)).unwrap();
    let mut pair = registered_with(Version::V1_1, tree);
    let format = ContentFormat::SENML_CBOR;
    for (list, status) in [(&inside[..], Status::Changed), (&outside, Status::BadRequest)] {
        for (id, value) in list {
            let at = format!("/42769/0/{id}");
            let before = pair.client().tree().value(path(&at)).map(ValueRef::to_value);
            let body = values(format, &at, &[(&at, *value)]);
            assert_eq!(pair.put(&at, format, &body), status, "{at} {value:?}");
            let after = pair.client().tree().value(path(&at)).map(ValueRef::to_value);
            match status {
                Status::Changed => assert_eq!(after, Some(value.to_value())),
                _ => assert_eq!(after, before),
            }
            // One value that is refused refuses the others of the request.
            let both = [(&*at, *value), ("/3/0/14", ValueRef::String("+05:00"))];
            assert_eq!(pair.patch(format, &both), status, "{at} {value:?}");
        }
    }
}

/// A definition that says it is mandatory.
static MANDATORY: ObjectDefinition =
    probe(Version::V1_0)
        .with_mandatory()
        .with_resources(&[resource(0, ResourceType::Integer).with_mandatory()]);
static WITH_MANDATORY: Catalogue = Catalogue::new(&[&MANDATORY]);

// proves: REGY-11
#[test]
fn only_security_server_and_device_have_to_be_there() {
    for version in VERSIONS {
        let mut tree = Tree::new(TreeConfig::default());
        tree.insert(0, security(0)).unwrap();
        tree.insert(0, server_minimum(0)).unwrap();
        tree.insert(0, device_minimum()).unwrap();
        // It is known, and has no instance.
        tree.add_object(&MANDATORY).unwrap();
        assert_eq!(check(&tree, false), Ok(()));
        let config = ServerConfig {
            models: &WITH_MANDATORY,
            ..ServerConfig::default()
        };
        let mut pair = Pair::new(config, client(version), tree, Program::default());
        pair.start();
        let registration = pair.server().registration(pair.registration()).unwrap();
        let listed: Vec<_> = registration
            .objects()
            .iter()
            .map(|object| (object.id, object.instances.len()))
            .collect();
        assert_eq!(listed, [(1, 1), (3, 1), (42_769, 0)]);
        assert_eq!(pair.text("/3/0/0"), "Open Mobile Alliance");
    }
    // Without an account at a server a configuration is none.
    let mut tree = Tree::new(TreeConfig::default());
    tree.insert(0, security(0)).unwrap();
    tree.add_type::<Lwm2mServer>().unwrap();
    tree.insert(0, device_minimum()).unwrap();
    assert!(check(&tree, false).is_err());
}

// proves: REGY-12
#[test]
fn objects_that_nobody_has_defined_are_raw_data() {
    for version in VERSIONS {
        for object in [42_769, 42_800] {
            let at = format!("/{object}/0/0");
            let raw: &'static ObjectDefinition = match object {
                42_769 => &THIRD,
                _ => {
                    static LAST: ObjectDefinition =
                        ObjectDefinition::new(42_800, "Last", "urn:oma:lwm2m:x:42800")
                            .with_resources(&[resource(0, ResourceType::String)]);
                    &LAST
                }
            };
            let mut tree = usual_tree();
            tree.insert_dynamic(0, instance(raw, &[(0, ValueRef::String("one"))]))
                .unwrap();
            let config = ServerConfig {
                models: &(),
                ..ServerConfig::default()
            };
            let mut pair = Pair::new(config, client(version), tree, Program::default());
            pair.start();
            let registration = pair.registration();
            let definitions = pair.server().definitions(registration).unwrap();
            assert!(Definitions::object(&definitions, object).is_none());
            // Read as bytes, written as text, observed; in TLV there is nothing but bytes.
            let answer = pair.read(&at, Some(ContentFormat::TLV));
            let read = pair.decode(&at, &answer);
            assert_eq!(read[&path(&at)], Value::Opaque(b"one".to_vec()), "{version}");
            assert_eq!(pair.put_text(&at, "two"), Status::Changed);
            let (observation, first) = pair.watch(&at, "");
            assert_eq!(first.status, Status::Content);
            pair.change(|tree| tree.set(path(&at), ValueRef::String("three")))
                .unwrap();
            pair.settle();
            assert_eq!(pair.notifications(observation).len(), 1);
            if version > Version::V1_0 {
                // This format shows that it is a text.
                let answer = pair.read(&at, Some(ContentFormat::SENML_CBOR));
                assert_eq!(
                    pair.decode(&at, &answer)[&path(&at)],
                    Value::String("three".into())
                );
            }
        }
    }
}

// proves: OBJ-19-01
#[test]
fn data_of_an_application_goes_both_ways() {
    let definition = lwm2m_runtime::catalogue::latest(19).unwrap();
    let data = definition.resource(0).unwrap();
    assert!(definition.multiple() && data.multiple() && data.mandatory());
    assert_eq!(
        (data.resource_type(), data.operations()),
        (Some(ResourceType::Opaque), Operations::RW)
    );
    for version in VERSIONS {
        let (up, down) = (
            Path::resource_instance(19, 0, 0, 0),
            Path::resource_instance(19, 1, 0, 0),
        );
        let mut tree = usual_tree();
        tree.insert_dynamic(0, dynamic(19, &[(up, ValueRef::Opaque(b""))]))
            .unwrap();
        tree.insert_dynamic(1, dynamic(19, &[(down, ValueRef::Opaque(b""))]))
            .unwrap();
        let mut pair = registered_with(version, tree);
        let (observation, _) = pair.watch("/19/0/0", "");
        pair.change(|tree| tree.set(up, ValueRef::Opaque(b"\x00up")))
            .unwrap();
        pair.settle();
        let (_, told) = pair.notifications(observation).pop().unwrap();
        assert_eq!(
            pair.decode("/19/0/0", &told)[&up],
            Value::Opaque(b"\x00up".to_vec())
        );
        let format = match version {
            Version::V1_0 => ContentFormat::TLV,
            _ => ContentFormat::SENML_CBOR,
        };
        // Immediate, best effort, latest; there is no other priority.
        for priority in [0, 1, 2] {
            let list = [
                ("/19/1/0/0", ValueRef::Opaque(b"down\xff")),
                ("/19/1/1", ValueRef::Integer(priority)),
            ];
            let body = values(format, "/19/1", &list);
            assert_eq!(pair.post("/19/1", format, &body), Status::Changed, "{version}");
            assert_eq!(
                pair.client().tree().value(down),
                Some(ValueRef::Opaque(b"down\xff"))
            );
            assert_eq!(
                pair.client().tree().value(path("/19/1/1")),
                Some(ValueRef::Integer(priority))
            );
        }
    }
}

// proves: OBJ-19-02
#[test]
fn a_version_that_the_registry_does_not_have_is_no_reason_to_refuse() {
    assert_eq!(
        lwm2m_runtime::catalogue::latest(19).unwrap().version(),
        Version::V1_0
    );
    for version in ["1.0", "1.1", "1.2"] {
        for named in ["1.1", "\"1.1\""] {
            let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
            pair.add_server(ServerConfig::default());
            let lwm2m = format!("lwm2m={version}");
            let query = ["ep=by-hand", "lt=60", &*lwm2m];
            let links = format!("</1/0>,</3/0>,</19>;ver={named},</19/0>,</19/1>");
            let answer = Raw::new(Code::POST, "/rd")
                .query(&query)
                .payload(40, links.as_bytes())
                .send(&mut pair, stranger_address(0), server_address(0))
                .unwrap();
            assert_eq!(answer.code(), Some(Code::CREATED), "{version} {named}");
            let registration = pair.server().registrations().next().unwrap();
            let object = registration.objects().get(19).unwrap();
            assert_eq!((object.version, object.instances.len()), (Version::V1_1, 2));
            // It is read as the version that is known: only optional resources differ.
            let definitions = pair.server().definitions(registration.id()).unwrap();
            let found = Definitions::object(&definitions, 19).unwrap();
            assert_eq!(found.version(), Version::V1_0);
        }
    }
}
