//! A session step by step: Bootstrap-Request, Discover, Write, Delete, Finish.

use std::time::Duration;

use lwm2m_runtime::{
    bootstrap::{self, Step, WriteLevel},
    client::{BOOTSTRAP_SERVER, BootstrapFailure, BootstrapState, Event, State},
    coap::Code,
    encoding::Format,
    model::{Path, Value, ValueRef, Version},
    objects::Lwm2mSecurity,
    operation::Status,
};
use lwm2m_tests::pair::{Sent, client_address, path};

use super::{bootstrap_account, configuration, configured, factory, has, network, plan, requests, stepwise};
use crate::fixtures::{ENDPOINT, VERSIONS};

// proves: BOOT-01 BOOT-02 BOOT-06 BOOT-28 BOOT-33 BOOT-41 BOOT-49 BOOT-53 BOOT-71
#[test]
fn int_0_a_device_is_configured_and_registers() {
    for version in VERSIONS {
        let mut wanted = plan(&[0]);
        wanted.write_level = WriteLevel::Object;
        wanted.steps = vec![
            Step::Write(path("/0")),
            Step::Write(path("/1")),
            Step::Discover(Path::ROOT),
        ];
        let mut pair = network(stepwise(version), factory(), wanted);
        pair.start();
        assert_eq!(
            requests(&pair, 0),
            [
                "C POST /bs",
                "BS PUT /0",
                "BS PUT /1",
                "BS GET /",
                "BS POST /bs",
                "C POST /rd"
            ],
            "{}",
            pair.log()
        );
        let request = pair.wire.requests(0, Code::POST, "/bs")[0].clone();
        assert_eq!(request.query(), [format!("ep={ENDPOINT}")]);
        assert!(request.payload().is_empty());
        assert!(has(&pair, &Event::BootstrapFinished));
        assert_eq!(pair.client().state(1), Some(State::Registered));
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
        let tree = pair.client().tree();
        assert_eq!(
            tree.get::<Lwm2mSecurity>(1),
            Some(&bootstrap_account()),
            "the account at the bootstrap server"
        );
        // Whoever is not asked any more is left.
        pair.run_secs(300);
        let left = Event::Disconnect {
            server: BOOTSTRAP_SERVER,
        };
        assert!(has(&pair, &left));
        assert!(pair.client().is_quiet());
    }
}

// proves: BOOT-34 BOOT-35 BOOT-36 BOOT-39 BOOT-63
#[test]
fn int_4_deleting_keeps_the_account_at_the_bootstrap_server() {
    for version in VERSIONS {
        let mut wanted = plan(&[1]);
        wanted.steps = vec![
            Step::Discover(Path::ROOT),
            Step::Delete(path("/0")),
            Step::Delete(path("/1")),
            Step::Discover(Path::ROOT),
            Step::Write(Path::ROOT),
            Step::Delete(Path::ROOT),
            Step::Discover(Path::ROOT),
            Step::Write(Path::ROOT),
        ];
        let mut pair = network(stepwise(version), configured(), wanted);
        pair.start();
        assert_eq!(pair.client().state(1), Some(State::Registered));
        let now = pair.now;
        assert!(pair.clients[0].engine.bootstrap(now));
        pair.settle();
        let discovered: Vec<Vec<Path>> = pair
            .bootstrap
            .as_ref()
            .unwrap()
            .events
            .iter()
            .filter_map(|(_, event)| match event {
                bootstrap::Event::Discovered { present, .. } => {
                    Some(present.instances().map(|(path, _)| path).collect())
                }
                _ => None,
            })
            .collect();
        let kept = [path("/0/1"), path("/3/0")];
        assert_eq!(discovered[0], ["/0/0", "/0/1", "/1/0", "/3/0"].map(path));
        assert_eq!(discovered[1], kept);
        assert_eq!(discovered[2], kept);
        // The old server's account is gone; it needs no message.
        assert_eq!(pair.client().servers().collect::<Vec<_>>(), [2]);
        assert_eq!(pair.client().state(2), Some(State::Registered));
        assert!(has(&pair, &Event::Deregistered { server: 1 }));
        let farewells = pair.wire.requests_of(0, client_address(0));
        assert!(farewells.iter().all(|sent| sent.code() != Some(Code::DELETE)));
    }
}

// proves: BOOT-44 BOOT-45 BOOT-47 BOOT-48 BOOT-54 BOOT-81 ROB-57
#[test]
fn int_9_an_incomplete_configuration_is_refused_and_undone() {
    for version in VERSIONS {
        // Only a part of the Server object, and no account.
        let mut wanted = plan(&[]);
        wanted
            .configuration
            .values
            .set(path("/1/0/5"), Value::Integer(86_400));
        wanted.steps = vec![
            Step::Delete(path("/0")),
            Step::Delete(path("/1")),
            Step::Write(Path::ROOT),
        ];
        let mut pair = network(stepwise(version), configured(), wanted);
        let before = configuration(pair.client().tree());
        pair.start();
        let now = pair.now;
        pair.clients[0].engine.bootstrap(now);
        pair.settle();
        let refused = pair.bootstrap.as_ref().unwrap().events.iter().any(|(_, event)| {
            matches!(
                event,
                bootstrap::Event::Retried {
                    status: Status::NotAcceptable,
                    ..
                }
            )
        });
        assert!(refused);
        // The session stays open, until nothing more comes of it.
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Session);
        pair.run_secs(245);
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Session);
        pair.run_secs(3);
        let failed = Event::BootstrapFailed {
            failure: BootstrapFailure::TimedOut,
        };
        assert!(has(&pair, &failed), "{:?}", pair.clients[0].events);
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Retrying);
        assert_eq!(configuration(pair.client().tree()), before);
        // It is served as ever, and tried again with longer and longer waits.
        assert_eq!(pair.text("/1/0/1"), "86400");
        pair.run_secs(10_000);
        let mut times: Vec<_> = pair
            .wire
            .requests(0, Code::POST, "/bs")
            .into_iter()
            .filter(|sent| sent.from == client_address(0))
            .map(|sent| sent.at)
            .collect();
        times.dedup();
        let waits: Vec<_> = times
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).as_secs())
            .collect();
        assert_eq!(waits, [60, 120, 240, 480].map(|wait| wait + 247));
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
        assert_eq!(configuration(pair.client().tree()), before);
        assert_eq!(pair.client().state(1), Some(State::Registered));
    }
}

// proves: BOOT-50 BOOT-51
#[test]
fn servers_are_not_served_while_the_configuration_is_in_between() {
    let mut wanted = plan(&[0, 1]);
    wanted.steps = vec![Step::Delete(path("/1")), Step::Write(Path::ROOT)];
    let mut pair = network(stepwise(Version::V1_2), configured(), wanted);
    pair.start();
    let now = pair.now;
    pair.clients[0].engine.bootstrap(now);
    pair.until(Duration::from_secs(5), "a session", |pair| {
        pair.client().bootstrap_state() == BootstrapState::Session
            && pair.client().tree().instance(1, 0).is_none()
    });
    let early = pair.client().counters().early;
    // A Read of a server, and a Bootstrap-Write of somebody who is none.
    let read = [0x41, 0x01, 0x77, 0x01, 0x01, 0xb1, b'3', 0x01, b'0'];
    let delete = [0x41, 0x04, 0x77, 0x02, 0x02, 0xb1, b'3'];
    let server = pair.servers[0].address;
    let mark = pair.wire.mark();
    let stranger = lwm2m_tests::pair::stranger_address(0);
    for (from, bytes) in [(server, &read[..]), (stranger, &delete[..])] {
        let now = pair.now;
        let peer = lwm2m_runtime::coap::Peer::new(from);
        let host = &mut pair.clients[0];
        host.engine.handle_input(now, peer, bytes, &mut host.application);
    }
    assert_eq!(pair.client().counters().early, early + 1);
    assert_eq!(pair.client().counters().strangers, 1);
    pair.settle();
    let answer = |sent: &Sent| {
        sent.message()
            .is_some_and(|message| [0x7701, 0x7702].contains(&message.id))
    };
    assert!(!pair.wire.since(mark).iter().any(answer), "{}", pair.log());
    assert_eq!(pair.client().state(1), Some(State::Registered));
    assert_eq!(pair.client().state(2), Some(State::Registered));
}

// proves: BOOT-04 BOOT-05
#[test]
fn a_preferred_format_is_written() {
    for format in [
        Format::SenmlCbor,
        Format::SenmlJson,
        Format::Tlv,
        Format::Lwm2mCbor,
    ] {
        let mut config = stepwise(Version::V1_2);
        config.bootstrap_format = Some(format.content_format());
        let mut pair = network(config, factory(), plan(&[0]));
        pair.start();
        let writes = pair
            .wire
            .since(0)
            .iter()
            .filter(|sent| sent.code() == Some(Code::PUT));
        let formats: Vec<_> = writes.map(|sent| sent.content_format()).collect();
        assert!(!formats.is_empty());
        assert!(
            formats
                .iter()
                .all(|other| *other == Some(format.content_format().0.into())),
            "{formats:?}"
        );
        assert_eq!(pair.client().state(1), Some(State::Registered));
    }
}

// proves: BOOT-46
#[test]
fn a_session_that_goes_on_may_take_long() {
    let mut wanted = plan(&[0]);
    wanted.steps = vec![Step::Write(Path::ROOT); 10];
    let mut pair = network(stepwise(Version::V1_2), factory(), wanted);
    // Every answer takes 20 s.
    pair.link.faults.delay = Duration::from_secs(10);
    let now = pair.now;
    pair.clients[0].engine.start(now);
    pair.until(Duration::from_secs(1_000), "a registration", |pair| {
        pair.client().state(1) == Some(State::Registered)
    });
    let events = &pair.clients[0].events;
    let finished = events
        .iter()
        .find(|(_, event)| *event == Event::BootstrapFinished);
    assert!(finished.unwrap().0 - now > Duration::from_secs(300));
    let failed = |(_, event): &(_, Event)| matches!(event, Event::BootstrapFailed { .. });
    assert!(!events.iter().any(failed), "{events:?}");
}

// proves: BOOT-81
#[test]
fn a_session_that_fails_is_nothing_that_servers_have_to_know() {
    for version in VERSIONS {
        let mut wanted = plan(&[]);
        wanted
            .configuration
            .values
            .set(path("/1/0/5"), Value::Integer(86_400));
        wanted.steps = vec![
            Step::Delete(path("/0")),
            Step::Delete(path("/1")),
            Step::Write(Path::ROOT),
        ];
        let mut pair = network(stepwise(version), configured(), wanted);
        pair.start();
        assert_eq!(pair.attributes("/1/0", "pmin=7"), Status::Changed);
        let (lifetime, _) = pair.watch("/1/0/1", "");
        let before = pair.client().save();
        let mark = pair.wire.mark();
        let now = pair.now;
        pair.clients[0].engine.bootstrap(now);
        pair.settle();
        assert_ne!(
            pair.client().tree().value(path("/1/0/1")),
            Some(ValueRef::Integer(86_400))
        );
        pair.run_secs(250);
        let failed = Event::BootstrapFailed {
            failure: BootstrapFailure::TimedOut,
        };
        assert!(has(&pair, &failed), "{:?}", pair.clients[0].events);
        let told: Vec<String> = requests(&pair, mark)
            .into_iter()
            .filter(|request| request.contains("/rd"))
            .collect();
        assert_eq!(told, [""; 0], "LwM2M {version}");
        assert_eq!(pair.notifications(lifetime).len(), 0);
        assert_eq!(pair.client().save(), before, "with the attributes of servers");
        // What changes afterwards is told as ever.
        pair.change(|tree| tree.set(path("/1/0/1"), ValueRef::Integer(600)))
            .unwrap();
        pair.run_secs(10);
        assert_eq!(pair.notifications(lifetime).len(), 1);
        assert!(requests(&pair, mark).contains(&"C POST /rd/..".to_owned()));
    }
}
