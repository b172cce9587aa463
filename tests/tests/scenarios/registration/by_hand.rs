use lwm2m_runtime::{
    coap::Code,
    model::Version,
    server::{Models, ServerConfig},
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, server_address, stranger_address},
};

use crate::raw::Raw;

/// What a server makes of a Register that no client of ours sends.
fn registered_by_hand(
    config: ServerConfig,
    version: &str,
    query: &[&str],
    payload: &[u8],
) -> (Pair<Program>, Code) {
    let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
    pair.add_server(config);
    let version = format!("lwm2m={version}");
    let mut parameters = vec!["ep=by-hand", "lt=60", &*version];
    parameters.extend(query);
    let mut register = Raw::new(Code::POST, "/rd").query(&parameters);
    if !payload.is_empty() {
        register = register.payload(40, payload);
    }
    let answer = register.send(&mut pair, stranger_address(0), server_address(0));
    (pair, answer.unwrap().code().unwrap())
}

// proves: REG-75 QM-01
#[test]
fn int_108_a_device_in_queue_mode() {
    for (version, query, queue) in [
        ("1.0", &["b=UQ"][..], true),
        ("1.0", &["b=U"], false),
        ("1.1", &["b=U", "Q"], true),
        ("1.2", &["Q"], true),
        ("1.2", &["b=U"], false),
    ] {
        let (pair, code) = registered_by_hand(ServerConfig::default(), version, query, b"</1/0>,</3/0>");
        assert_eq!(code, Code::CREATED, "{version} {query:?}");
        let registration = pair.server().registrations().next().unwrap();
        assert_eq!(registration.queue_mode(), queue, "{version} {query:?}");
    }
}

/// A server that knows one profile.
#[derive(Debug)]
struct Profiles;

impl Models for Profiles {
    fn object(&self, id: u16, version: Version) -> Option<&'static lwm2m_runtime::model::ObjectDefinition> {
        lwm2m_runtime::catalogue::object(id, version)
    }

    fn profile(&self, profile_id: lwm2m_runtime::operation::ProfileId<'_>) -> Option<&str> {
        (profile_id.as_str() == "v:thermostat-7").then_some("</1/0>,</3/0>")
    }
}

// proves: REG-85 REG-86
#[test]
fn int_110_a_profile_stands_for_a_list() {
    let config = || ServerConfig {
        models: &Profiles,
        ..ServerConfig::default()
    };
    let (pair, code) = registered_by_hand(config(), "1.2", &["pid=v:thermostat-7"], b"");
    assert_eq!(code, Code::CREATED);
    let registration = pair.server().registrations().next().unwrap();
    assert!(registration.objects().contains(1, 0) && registration.objects().contains(3, 0));
    assert_eq!(
        registration
            .profile_ids()
            .map(|id| id.as_str().to_owned())
            .collect::<Vec<_>>(),
        ["v:thermostat-7"]
    );
    // One that nobody knows, and nothing at all.
    for query in [&["pid=v:thermostat-8"][..], &[]] {
        let (pair, code) = registered_by_hand(config(), "1.2", query, b"");
        assert_eq!(code, Code::CONFLICT, "{query:?}");
        assert!(pair.server().is_empty());
    }
}

#[test]
fn int_111_a_profile_and_a_list_are_merged() {
    let config = ServerConfig {
        models: &Profiles,
        ..ServerConfig::default()
    };
    let (pair, code) = registered_by_hand(config, "1.2", &["pid=v:thermostat-7"], b"</4/0>");
    assert_eq!(code, Code::CREATED);
    let registration = pair.server().registrations().next().unwrap();
    let objects: Vec<_> = registration.objects().iter().map(|object| object.id).collect();
    assert_eq!(objects, [1, 3, 4]);
}

// proves: REG-07 REG-18 REG-19 VER-02
#[test]
fn what_a_register_must_not_say_and_what_is_passed_over() {
    for (version, query, payload, code) in [
        ("1.1", &[][..], &b"</1/0>,</3/0>"[..], Code::CREATED),
        (
            "1.1",
            &[],
            b"</0/0>,</1/0>,</21/0>,</3/0>,</47110/3>;ver=9.9;what=\"ever\"",
            Code::CREATED,
        ),
        ("2.0", &[], b"</1/0>,</3/0>", Code::PRECONDITION_FAILED),
        ("1.9", &[], b"</1/0>,</3/0>", Code::PRECONDITION_FAILED),
        ("1.1", &["lt=soon"], b"</1/0>,</3/0>", Code::BAD_REQUEST),
        ("1.1", &["what=ever"], b"</1/0>,</3/0>", Code::BAD_REQUEST),
        ("1.1", &["b=X"], b"</1/0>,</3/0>", Code::BAD_REQUEST),
        ("1.1", &[], b"</1/0", Code::BAD_REQUEST),
    ] {
        let (pair, found) = registered_by_hand(ServerConfig::default(), version, query, payload);
        assert_eq!(
            found,
            code,
            "{version} {query:?} {}",
            String::from_utf8_lossy(payload)
        );
        let registration = pair.server().registrations().next();
        assert_eq!(registration.is_some(), code == Code::CREATED);
        if let Some(registration) = registration {
            for hidden in [0, 21] {
                assert!(registration.objects().get(hidden).is_none(), "never offered");
            }
        }
    }
}

// proves: REG-87 REG-90
#[test]
fn the_second_device_of_a_kind_registers_by_the_hash_of_its_list() {
    use crate::fixtures::{client, usual_tree};
    /// Any function that tells texts apart will do.
    fn hash(text: &[u8]) -> [u8; 32] {
        let mut hash = [0; 32];
        for (number, byte) in text.iter().enumerate() {
            let at = number % 32;
            hash[at] = u8::wrapping_mul(hash[at] ^ byte, 167).wrapping_add(at as u8);
        }
        hash
    }
    let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
    pair.add_server(ServerConfig::default());
    for number in 0..3 {
        let config = lwm2m_runtime::client::ClientConfig {
            endpoint_name: format!("meter-{number}"),
            profile_hash: Some(hash),
            ..client(Version::V1_2)
        };
        pair.add_client(config, usual_tree(), Program::default());
    }
    // The third one is of another kind.
    pair.clients[2]
        .engine
        .change(lwm2m_runtime::time::Instant::from_millis(0), |tree| {
            tree.insert(0, crate::fixtures::location())
        })
        .unwrap();
    let registers = |pair: &mut Pair<Program>, number: usize| -> Vec<(usize, usize)> {
        let mark = pair.wire.mark();
        let now = pair.now;
        pair.clients[number].engine.start(now);
        pair.settle();
        let _ = pair.registration_of(0, number);
        let registers = pair.wire.requests(mark, Code::POST, "/rd");
        let seen = |sent: &&lwm2m_tests::pair::Sent| {
            let pids = sent
                .query()
                .iter()
                .filter(|query| query.starts_with("pid=4:"))
                .count();
            (pids, sent.payload().len())
        };
        registers.iter().map(seen).collect()
    };
    let list = "</1/0>,</3/0>".len();
    assert_eq!(registers(&mut pair, 0), [(1, 0), (1, list)], "it is taught");
    assert_eq!(registers(&mut pair, 1), [(1, 0)], "it has learned");
    assert_eq!(registers(&mut pair, 2).len(), 2);
    for number in 0..3 {
        let id = pair.registration_of(0, number);
        let registration = pair.server().registration(id).unwrap();
        let objects: Vec<u16> = registration.objects().iter().map(|object| object.id).collect();
        assert_eq!(objects, if number == 2 { vec![1, 3, 6] } else { vec![1, 3] });
    }
    // A server that has forgotten all is taught anew.
    pair.restart_server(0, ServerConfig::default());
    let now = pair.now;
    pair.clients[1].engine.update(now, 1);
    pair.settle();
    assert_eq!(pair.server().learned_profiles().count(), 1, "{}", pair.log());
}
