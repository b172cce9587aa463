//! By which transport a session goes, and when it changes (LwM2M Core 1.2, section 6.2.1.2).

use lwm2m_runtime::{
    client::{ClientConfig, Event, RegistrationFailure, State},
    coap::{Code, OptionNumber},
    model::{
        ObjectDefinition, Objlnk, Operations, Path, ResourceDefinition, ResourceType, ValueRef, Version,
    },
    object::{DynamicInstance, Instance},
    objects::{Device, Lwm2mServer},
    tree::Tree,
};

use crate::support::{Bench, SERVER, answer, begin, config, get, notified, peer, post, put, server, tree_of};

/// A device with some transports, and a server that lists some and may prefer one.
fn tree(device: &str, listed: &str, preferred: Option<&str>) -> Tree {
    let account = Lwm2mServer {
        binding: listed.into(),
        preferred_transport: preferred.map(Into::into),
        ..server(SERVER)
    };
    let mut tree = tree_of(&[account]);
    tree.update(0, |it: &mut Device| {
        it.supported_binding_and_modes = device.into()
    });
    tree
}

/// The transports of the connections that are asked for.
fn asked(bench: &mut Bench) -> String {
    let events = bench.events().into_iter();
    events
        .filter_map(|event| match event {
            Event::Connect { transport, .. } => Some(transport.letter()),
            _ => None,
        })
        .collect()
}

fn start(config: ClientConfig, tree: Tree) -> Bench {
    let mut bench = Bench::new(config, tree);
    bench.client.start(bench.now);
    bench
}

fn registered(device: &str, listed: &str) -> Bench {
    Bench::registered_with(config(), tree(device, listed, None))
}

/// Where the server is by another transport.
const THERE: u16 = 777;

/// The device connects by the other transport, and registers.
fn register_there(bench: &mut Bench) {
    bench.client.connected(bench.now, SERVER, peer(THERE));
    let register = bench.only();
    assert_eq!((register.path().as_str(), register.peer), ("rd", peer(THERE)));
    let created = answer(&register, Code::CREATED)
        .option(OptionNumber::LOCATION_PATH, b"rd")
        .option(OptionNumber::LOCATION_PATH, b"77");
    bench.input(THERE, &created);
    assert_eq!(bench.client.state(SERVER), Some(State::Registered));
    bench.events();
}

// proves: REG-77 REG-78
#[test]
fn a_session_begins_by_the_preferred_transport_or_one_that_both_have() {
    for (device, listed, preferred, expected) in [
        ("UT", "UT", None, "U"),
        ("UT", "U", Some("T"), "T"),
        ("U", "T", Some("T"), "U"),
        ("TS", "S", None, "S"),
        ("NT", "TN", Some("N"), "N"),
        ("U", "S", Some("more than a letter"), "U"),
    ] {
        let mut bench = start(config(), tree(device, listed, preferred));
        assert_eq!(asked(&mut bench), expected, "{device} {listed} {preferred:?}");
    }
}

#[test]
fn in_1_0_the_server_object_alone_says_what_is_used() {
    for (listed, expected) in [("U", "U"), ("UQS", "U"), ("SQ", "S")] {
        let config = ClientConfig {
            versions: vec![Version::V1_0],
            ..config()
        };
        let mut bench = start(config, tree("U", listed, Some("T")));
        assert_eq!(asked(&mut bench), expected, "{listed}");
    }
}

/// As much of the APN Connection Profile object as a choice needs.
static PROFILE: ObjectDefinition = ObjectDefinition::new(11, "Profile", "urn:oma:lwm2m:oma:11:1.1")
    .with_multiple()
    .with_resources(&[ResourceDefinition::new(
        24,
        "PDN Type",
        Some(ResourceType::Integer),
        Operations::RW,
    )]);

// proves: REG-79
#[test]
fn a_connection_profile_without_ip_selects_a_transport_without_it() {
    for (pdn_type, linked, expected) in [(0, true, "N"), (0, false, "U"), (1, true, "U"), (3, true, "U")] {
        let mut tree = tree("UN", "UN", None);
        let mut profile = DynamicInstance::new(&PROFILE);
        let instance: &mut dyn Instance = &mut profile;
        instance.write(24, None, ValueRef::Integer(pdn_type)).unwrap();
        tree.insert_dynamic(3, profile).unwrap();
        if linked {
            tree.update(0, |server: &mut Lwm2mServer| {
                server.apn_link = Some(Objlnk {
                    object: 11,
                    instance: 3,
                });
            });
        }
        let mut bench = start(config(), tree);
        assert_eq!(asked(&mut bench), expected, "{pdn_type} {linked}");
    }
}

// proves: REG-76
#[test]
fn another_configuration_is_for_the_next_session() {
    let mut bench = registered("UT", "U");
    bench.ask(SERVER, &put("1/0/7", "UT"));
    let sent = bench.sent();
    assert_eq!(sent[0].code, Code::CHANGED);
    assert_eq!(sent[1].queries(), ["b=UT"], "the server is told");
    bench.input(SERVER, &answer(&sent[1], Code::CHANGED));
    assert_eq!(bench.code(&put("1/0/22", "T")), Code::CHANGED);
    bench.set(Path::resource(1, 0, 22), ValueRef::String("T"));
    bench.pass(86_000);
    assert_eq!(asked(&mut bench), "", "the session goes on");
    assert_eq!(bench.code(&get("3/0/9")), Code::CONTENT);
    // The next one is another one.
    bench.client.disconnected(bench.now, SERVER);
    assert_eq!(asked(&mut bench), "T");
}

// proves: REG-49
#[test]
fn a_trigger_for_another_transport_connects_there_at_once() {
    let mut bench = registered("UT", "UT");
    bench.ask(SERVER, &post("1/0/8").body(0, b"0='T'"));
    let answered = bench.only();
    assert_eq!((answered.code, answered.peer), (Code::CHANGED, peer(SERVER)));
    assert_eq!(asked(&mut bench), "T");
    register_there(&mut bench);
    // Where it is already it only updates; and it can go back.
    bench.ask(THERE, &post("1/0/8").body(0, b"0='T'"));
    let sent = bench.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1].path(), "rd/77");
    bench.input(THERE, &answer(&sent[1], Code::CHANGED));
    bench.ask(THERE, &post("1/0/8?0=U"));
    assert_eq!(bench.only().peer, peer(THERE));
    assert_eq!(asked(&mut bench), "U");
}

#[test]
fn a_transport_that_was_asked_for_and_is_not_there_is_left_again() {
    let mut bench = registered("UT", "UT");
    bench.ask(SERVER, &post("1/0/8").body(0, b"0='T'"));
    bench.sent();
    assert_eq!(asked(&mut bench), "T");
    bench.client.disconnected(bench.now, SERVER);
    let failed = Event::RegistrationFailed {
        server: SERVER,
        failure: RegistrationFailure::Disconnected,
    };
    assert_eq!(bench.events(), [failed]);
    bench.pass(60);
    assert_eq!(asked(&mut bench), "U");
}

// proves: REG-49
#[test]
fn a_trigger_for_a_transport_that_is_not_listed_or_not_there_is_refused() {
    let mut bench = registered("UT", "UN");
    for refused in [
        &b"0='T'"[..],
        b"0='N'",
        b"0='S'",
        b"0='X'",
        b"0='UU'",
        b"0=''",
        b"0",
    ] {
        assert_eq!(
            bench.code(&post("1/0/8").body(0, refused)),
            Code::BAD_REQUEST,
            "{refused:?}"
        );
    }
    assert_eq!(asked(&mut bench), "");
    bench.ask(SERVER, &post("1/0/8").body(0, b"0='U'"));
    assert_eq!(bench.sent().len(), 2, "every server has UDP");
}

// proves: REG-80
#[test]
fn everything_goes_by_the_session_s_transport() {
    let mut bench = registered("UT", "UT");
    bench.ask(SERVER, &post("1/0/8").body(0, b"0='T'"));
    assert_eq!(
        bench.only().peer,
        peer(SERVER),
        "the answer goes where the request came from"
    );
    register_there(&mut bench);
    // Requests by the old one are of nobody.
    let strangers = bench.client.counters().strangers;
    bench.ask(SERVER, &get("3/0/9"));
    bench.silent();
    assert_eq!(bench.client.counters().strangers, strangers + 1);
    // Answers, notifications and Updates go by the new one.
    bench.ask(THERE, &get("3/0/9"));
    let read = bench.only();
    assert_eq!((read.code, read.peer), (Code::CONTENT, peer(THERE)));
    bench.client.update(bench.now, SERVER);
    assert_eq!(bench.only().peer, peer(THERE));
}

#[test]
fn a_preferred_transport_is_one_letter() {
    let mut bench = registered("UT", "UT");
    assert_eq!(bench.code(&put("1/0/22", "T")), Code::CHANGED);
    for refused in ["UT", "", "X", "UQ"] {
        assert_eq!(
            bench.code(&put("1/0/22", refused)),
            Code::BAD_REQUEST,
            "{refused}"
        );
    }
    assert_eq!(bench.code(&put("1/0/7", "UX")), Code::BAD_REQUEST);
    assert_eq!(bench.exchange(&get("1/0/22").accept(0)).text(), "T");
}

/// Whoever observes goes on observing where it is not asked to come elsewhere.
#[test]
fn observations_survive_another_configuration() {
    let mut bench = registered("UT", "U");
    begin(&mut bench, "42769/0/0");
    bench.ask(SERVER, &put("1/0/22", "T"));
    bench.sent();
    bench.set_value(21.5);
    let sent: Vec<_> = bench.work().into_iter().map(|sent| (0, sent)).collect();
    assert_eq!(notified(&sent), [(0, "21.5")]);
}
