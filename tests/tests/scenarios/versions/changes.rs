//! What came with LwM2M 1.2.1, where either side can see it: in sessions of 1.2, and in none before.

use lwm2m_runtime::{
    client::{ClientConfig, SendContent},
    coap::{Code, MessageType},
    encoding::ContentFormat,
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, ValueRef, Version},
    operation::{Status, TreeView},
    server::{Event, ServerConfig},
};
use lwm2m_tests::pair::{Pair, Program, client_address, path, server_address, values};

use crate::{
    bootstrap::{factory, network, plan},
    fixtures::{VERSIONS, client, full_tree, registered_with, usual_tree},
    raw::Raw,
};

/// COSE, as far as it shows here.
static COSE: ObjectDefinition = ObjectDefinition::new(23, "LwM2M COSE", "urn:oma:lwm2m:oma:23")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Key", Some(ResourceType::Opaque), Operations::None).with_mandatory(),
    ]);

fn with(config: ClientConfig) -> Pair<Program> {
    let mut pair = Pair::new(ServerConfig::default(), config, full_tree(), Program::default());
    pair.start();
    let _ = pair.registration();
    pair
}

/// A Bootstrap-Pack-Request says which instances hold the account at the bootstrap server.
fn pack_requests_have_acc(version: Version) -> bool {
    let mut pair = network(client(version), factory(), plan(&[0]));
    pair.start();
    let requests = pair.wire.requests_of(0, client_address(0));
    requests
        .iter()
        .any(|request| request.path() == "/bspack" && request.parameter("acc").as_deref() == Some("</0/1>"))
}

/// LwM2M CBOR has a number: answers have it, and where there is no preference a Send has.
fn answers_may_be_11544(version: Version) -> bool {
    let mut pair = with(client(version));
    let read = Raw::new(Code::GET, "/3/0").accept(11544).ask(&mut pair);
    let answered = read.content_format() == Some(11544);
    match answered {
        true => assert!(
            pair.decode_payload(0, "/3/0", ContentFormat::LWM2M_CBOR, read.payload())
                .len()
                > 10
        ),
        false => assert_eq!(read.code(), Some(Code::NOT_ACCEPTABLE)),
    }
    answered
}

/// COSE holds keys: it is not in the list of a Register, and a server learns nothing of it.
fn cose_is_not_registered(version: Version) -> bool {
    let mut tree = usual_tree();
    let key = dynamic_of(&COSE, &[(Path::resource(23, 0, 0), ValueRef::Opaque(b"key"))]);
    tree.insert_dynamic(0, key).unwrap();
    let mut pair = registered_with(version, tree);
    let register = pair.wire.requests(0, Code::POST, "/rd")[0].text();
    let listed = register.contains("</23");
    let refused = Raw::new(Code::GET, "/23/0").code(&mut pair) == Code::UNAUTHORIZED;
    assert_eq!(refused, !listed, "{version}");
    refused
}

fn dynamic_of(
    definition: &'static ObjectDefinition,
    list: &[(Path, ValueRef<'_>)],
) -> lwm2m_runtime::object::DynamicInstance {
    use lwm2m_runtime::object::Instance;
    let mut instance = lwm2m_runtime::object::DynamicInstance::new(definition);
    for (at, value) in list {
        let object: &mut dyn Instance = &mut instance;
        object.write(at.resource_id().unwrap(), None, *value).unwrap();
    }
    instance
}

/// A Send need not be confirmed, and is taken then, too.
fn sends_may_be_non_confirmable(version: Version) -> bool {
    let mut pair = with(ClientConfig {
        confirmable_sends: false,
        ..client(version)
    });
    if version > Version::V1_0 {
        assert_eq!(pair.put_text("/1/0/23", "0"), Status::Changed);
    }
    let mark = pair.wire.mark();
    let now = pair.now;
    let engine = &mut pair.clients[0].engine;
    let sent = engine.send(now, Some(1), SendContent::Paths(&[path("/3/0/9")]));
    pair.settle();
    assert_eq!(sent.is_ok(), version > Version::V1_0);
    let taken = pair.servers[0].events.iter();
    let taken = taken
        .filter(|(_, event)| matches!(event, Event::Send { .. }))
        .count();
    assert_eq!(taken, usize::from(sent.is_ok()));
    let sends = pair.wire.requests(mark, Code::POST, "/dp");
    sends.iter().any(|send| !send.confirmable())
}

/// Names in SenML begin with the alternate path.
fn names_have_the_alternate_path(version: Version) -> bool {
    let mut pair = with(ClientConfig {
        alternate_path: "lwm2m".into(),
        ..client(version)
    });
    let read = Raw::new(Code::GET, "/lwm2m/3/0/0").accept(110).ask(&mut pair);
    read.text().contains(r#""bn":"/lwm2m/3/0/0""#)
}

/// Whether a change was seen in a session of a version.
type Change = fn(Version) -> bool;

// proves: VER-13
#[test]
fn what_came_with_1_2_1_applies_in_sessions_of_1_2_and_in_none_before() {
    let changes: [(&str, Change); 5] = [
        ("acc", pack_requests_have_acc),
        ("11544", answers_may_be_11544),
        ("/23", cose_is_not_registered),
        ("NON Send", sends_may_be_non_confirmable),
        ("alternate path in names", names_have_the_alternate_path),
    ];
    for (name, seen) in changes {
        for version in VERSIONS {
            assert_eq!(seen(version), version == Version::V1_2, "{name} in {version}");
        }
    }
    // What is read is not held to the version: whoever writes LwM2M CBOR has it. A Create leaves the identifier to the
    // client by 65535: {16: {65535: {0: {0: "new"}}}}
    for version in VERSIONS {
        let mut pair = with(client(version));
        let body = b"\xa1\x03\xa1\x00\xa1\x0e\x66+03:00";
        let write = Raw::new(Code::POST, "/3/0").payload(11544, body);
        assert_eq!(write.code(&mut pair), Code::CHANGED, "{version}");
        assert_eq!(pair.text("/3/0/14"), "+03:00");
        let body = b"\xa1\x10\xa1\x19\xff\xff\xa1\x00\xa1\x00\x63new";
        let create = Raw::new(Code::POST, "/16").payload(11544, body).ask(&mut pair);
        assert_eq!(
            (create.code(), &*create.location()),
            (Some(Code::CREATED), "/16/1"),
            "{version}"
        );
        let created = pair.client().tree().value(path("/16/1/0/0"));
        assert_eq!(created, Some(ValueRef::String("new")));
    }
    // An argument twice was never of use: it is refused in every version, which 1.2.1 says in words.
    for version in VERSIONS {
        let mut pair = with(client(version));
        let execute = Raw::new(Code::POST, "/3/0/4").payload(0, b"5='a',5='b'");
        assert_eq!(execute.code(&mut pair), Code::BAD_REQUEST, "{version}");
        let execute = Raw::new(Code::POST, "/3/0/4").payload(0, b"5='a',6='b'");
        assert_eq!(execute.code(&mut pair), Code::CHANGED, "{version}");
    }
}

// proves: VER-14
#[test]
fn what_1_2_0_does_without_is_taken_in_sessions_of_1_2() {
    // Names without the alternate path, to a client that has one.
    let mut pair = with(ClientConfig {
        alternate_path: "lwm2m".into(),
        ..client(Version::V1_2)
    });
    for name in ["/3/0/14", "/lwm2m/3/0/14"] {
        let body = format!(r#"[{{"n":"{name}","vs":"{name}"}}]"#);
        let write = Raw::new(Code::POST, "/lwm2m/3/0").payload(110, body.as_bytes());
        assert_eq!(write.code(&mut pair), Code::CHANGED);
        assert_eq!(pair.text("/3/0/14"), name);
    }
    // A confirmable Send, and names without the alternate path in it.
    let datagram = Raw::new(Code::POST, "/dp").payload(110, br#"[{"n":"/3/0/9","v":7}]"#);
    assert_eq!(datagram.message_type, MessageType::Confirmable);
    let answer = datagram
        .send(&mut pair, client_address(0), server_address(0))
        .unwrap();
    assert_eq!(answer.code(), Some(Code::CHANGED));
    // A Create with an identifier, as ever.
    let body = values(
        ContentFormat::SENML_CBOR,
        "/16",
        &[("/16/7/0/0", ValueRef::String("seven"))],
    );
    let create = pair.create(16, ContentFormat::SENML_CBOR, &body);
    assert_eq!(create.status, Status::Created);
    assert!(pair.client().tree().instances(16).any(|id| id == 7));
}
