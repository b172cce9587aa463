use std::time::Duration;

use lwm2m_runtime::{
    client::{self, State},
    coap::Code,
    model::Version,
    server::ServerConfig,
};
use lwm2m_tests::pair::{Pair, Program, client_address, server_address};

use crate::{
    fixtures::{
        ENDPOINT, VERSIONS, client, device_battery, registered_with, server_minimum, tree, usual_tree,
    },
    raw::Raw,
};

// proves: REG-72 VER-01
#[test]
fn a_device_falls_back_to_the_version_that_the_server_has() {
    for (index, last) in [(0, Version::V1_0), (1, Version::V1_1), (2, Version::V1_2)] {
        let config = ServerConfig {
            versions: &VERSIONS[..=index],
            ..ServerConfig::default()
        };
        let mut pair = Pair::new(
            config,
            lwm2m_runtime::client::ClientConfig::new(ENDPOINT),
            usual_tree(),
            Program::default(),
        );
        pair.start();
        let versions: Vec<_> = pair
            .wire
            .requests(0, Code::POST, "/rd")
            .iter()
            .map(|sent| sent.parameter("lwm2m").unwrap())
            .collect();
        let expected: Vec<_> = VERSIONS[index..].iter().rev().map(ToString::to_string).collect();
        assert_eq!(versions, expected);
        let id = pair.registration();
        assert_eq!(pair.server().registration(id).unwrap().version(), last);
    }
}

// proves: REG-57
#[test]
fn a_device_is_deaf_until_its_register_is_acknowledged() {
    for version in VERSIONS {
        let mut pair = Pair::new(
            ServerConfig::default(),
            client(version),
            usual_tree(),
            Program::default(),
        );
        let now = pair.now;
        pair.clients[0].engine.start(now);
        let early = Raw::new(Code::GET, "/3/0/0");
        pair.send(server_address(0), client_address(0), &early.datagram(1, b"early"));
        pair.run_for(Duration::from_millis(10));
        assert_eq!(pair.client().state(1), Some(State::Registering));
        pair.settle();
        let answered = pair.wire.since(0).iter().any(|sent| {
            sent.from == client_address(0) && sent.message().is_some_and(|message| message.token == b"early")
        });
        assert!(!answered, "{}", pair.log());
        assert_eq!(early.code(&mut pair), Code::CONTENT);
    }
}

// proves: REG-65 REG-66 REG-68 REG-69
#[test]
fn a_register_is_tried_again_as_the_server_object_says() {
    let mut server = server_minimum(0);
    server.communication_retry_count = Some(4);
    server.communication_retry_timer = Some(60);
    server.communication_sequence_retry_count = Some(1);
    server.bootstrap_on_registration_failure = Some(true);
    let config = lwm2m_runtime::client::ClientConfig {
        retry_jitter_percent: 0,
        failed_retry: None,
        ..client(Version::V1_1)
    };
    let mut pair = Pair::new(
        ServerConfig::default(),
        config,
        tree(server, device_battery()),
        Program::default(),
    );
    pair.clients[0].online = false;
    pair.start();
    pair.run_secs(2_000);
    let attempts: Vec<_> = pair.clients[0]
        .events
        .iter()
        .filter(|(_, event)| matches!(event, client::Event::Connect { .. }))
        .map(|(at, _)| at.as_millis() / 1000)
        .collect();
    assert_eq!(attempts, [0, 60, 180, 420]);
    assert_eq!(pair.client().state(1), Some(State::Failed));
    let bootstrap = pair.clients[0].events.iter();
    let bootstrap = bootstrap.filter(|(_, event)| matches!(event, client::Event::BootstrapNeeded { .. }));
    assert_eq!(bootstrap.count(), 1);
    // It registers once it is asked to, and has all attempts ahead again.
    pair.clients[0].online = true;
    let now = pair.now;
    pair.clients[0].engine.register(now, 1);
    pair.settle();
    let _ = pair.registration();
}

// proves: REG-39 REG-40
#[test]
fn a_lifetime_of_0_never_ends() {
    for version in VERSIONS {
        let mut server = server_minimum(0);
        server.lifetime = 0;
        let mut pair = registered_with(version, tree(server, device_battery()));
        let mark = pair.wire.mark();
        pair.run_secs(10 * 365 * 86_400);
        assert!(pair.wire.since(mark).is_empty());
        assert_eq!(pair.text("/3/0/0"), "Open Mobile Alliance");
    }
}

// proves: REG-15
#[test]
fn a_device_may_have_a_name_of_every_form_of_today_and_of_before() {
    let today = [
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "urn:dev:ops:32473-Refrigerator-5002",
        "urn:dev:os:32473-123456",
        "urn:gsma:imei:90420156-025763-0",
        "urn:3gpp2:meid:A04B0D56-02A7E3-0",
    ];
    let before = [
        "urn:imei:904201560257630",
        "urn:esn:12345678",
        "urn:meid:A04B0D5602A7E3",
        "urn:imei-msisdn:904201560257630-491711234567",
        "urn:imei-imsi:904201560257630-262011234567890",
        "urn:extid:device@example.com",
    ];
    for name in today.into_iter().chain(before) {
        for version in VERSIONS {
            let config = lwm2m_runtime::client::ClientConfig {
                versions: vec![version],
                ..lwm2m_runtime::client::ClientConfig::new(name)
            };
            let mut pair = Pair::new(ServerConfig::default(), config, usual_tree(), Program::default());
            pair.start();
            let registers = pair.wire.requests(0, Code::POST, "/rd");
            assert_eq!(registers[0].parameter("ep").as_deref(), Some(name));
            assert_eq!(pair.client().state(1), Some(State::Registered), "{name}");
            let found = pair.server().find(name).unwrap();
            assert_eq!(pair.server().registration(found).unwrap().endpoint(), name);
        }
    }
}
