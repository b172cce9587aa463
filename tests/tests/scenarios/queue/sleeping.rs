//! The device sleeps, the server waits.

use std::time::Duration;

use lwm2m_runtime::{
    client::{ClientConfig, Event, SendContent, State},
    coap::{Code, MessageType},
    model::{ValueRef, Version},
    operation::{Arguments, ExecuteInput, Request, Status},
    server::{EndReason, Failure, RequestError, ServerConfig, SmsTrigger},
};
use lwm2m_tests::pair::{Pair, Program, client_address, path, server_address};

use super::{asleep, end, read, request};
use crate::fixtures::{VERSIONS, client, device_battery, server_minimum, tree};

// proves: QM-01 QM-02
#[test]
fn a_device_says_that_it_sleeps() {
    for version in VERSIONS {
        let pair = asleep(version, ServerConfig::default());
        let register = &pair.wire.requests(0, Code::POST, "/rd")[0];
        let said = match version < Version::V1_1 {
            true => "b=UQ",
            false => "Q",
        };
        assert!(
            register.query().contains(&said.to_owned()),
            "{:?}",
            register.query()
        );
        assert!(
            pair.server()
                .registration(pair.registration())
                .unwrap()
                .queue_mode()
        );
    }
}

// proves: QM-09
#[test]
fn a_short_message_wakes_a_device_that_allows_it() {
    for allowed in [true, false] {
        let mut account = server_minimum(0);
        account.trigger = Some(allowed);
        let config_of_client = ClientConfig {
            queue_mode: true,
            sms: Some("491721234567".into()),
            ..client(Version::V1_2)
        };
        let tree = tree(account, device_battery());
        let mut pair = Pair::new(
            ServerConfig::default(),
            config_of_client,
            tree,
            Program::default(),
        );
        pair.start();
        pair.run_secs(100);
        assert!(pair.client().is_asleep());
        let id = read(&mut pair, "/3/0/9");
        let registration = pair.registration();
        let update = SmsTrigger::Update { over: None };
        let sms = pair.servers[0]
            .engine
            .sms_trigger(registration, 0, update)
            .unwrap();
        assert_eq!(sms.to, "491721234567");
        let (now, mark) = (pair.now, pair.wire.mark());
        let host = &mut pair.clients[0];
        let taken = host
            .engine
            .handle_sms_trigger(now, "12345", &sms.user_data, &mut host.application);
        assert_eq!(taken, allowed);
        pair.run_secs(5);
        assert_eq!(
            end(&pair, id),
            allowed.then_some(Ok(Status::Content)),
            "{}",
            pair.log()
        );
        if allowed {
            // No answer to the short message: an Update is the first that is heard.
            let first = &pair.wire.since(mark)[0];
            assert_eq!(first.code(), Some(Code::POST));
            assert!(first.path().starts_with("/rd/"), "{}", pair.log());
        }
    }
}

// proves: QM-03 QM-04 QM-05 QM-11 QM-13
#[test]
fn int_109_what_a_sleeping_device_is_asked_waits_for_its_update() {
    for version in VERSIONS {
        let mut pair = asleep(version, ServerConfig::default());
        let slept = pair.clients[0]
            .events
            .iter()
            .find(|(_, event)| *event == Event::Asleep);
        let last = pair.wire.since(0).last().unwrap().at;
        let awake = slept.unwrap().0 - last;
        assert!((93..94).contains(&awake.as_secs()), "{awake:?}");
        let mark = pair.wire.mark();
        let ids = [
            read(&mut pair, "/3/0/0"),
            read(&mut pair, "/3/0/9"),
            read(&mut pair, "/1/0/1"),
        ];
        pair.run_secs(20);
        assert!(pair.wire.since(mark).is_empty(), "{}", pair.log());
        assert_eq!(pair.server().open_requests(pair.registration()), 3);
        // An Update is due before the lifetime ends; the device is awake with it.
        pair.run_secs(60);
        pair.settle();
        for id in ids {
            assert_eq!(end(&pair, id), Some(Ok(Status::Content)), "{}", pair.log());
        }
        let sent: Vec<_> = pair.wire.since(mark).iter().collect();
        assert!(sent[0].from == client_address(0) && sent[0].path().starts_with("/rd/"));
        assert_eq!(sent[1].code(), Some(Code::CHANGED));
        // One at a time: each is answered before the next one goes out.
        let mut open = 0;
        for sent in &sent[2..] {
            let from_server = sent.from == server_address(0);
            open += if from_server { 1 } else { -1 };
            assert!((0..=1).contains(&open), "{}", pair.log());
        }
        assert!(
            pair.clients[0]
                .events
                .iter()
                .any(|(_, event)| *event == Event::Awake)
        );
        // The time begins anew with every message.
        let last = pair.wire.since(0).last().unwrap().at;
        pair.until(Duration::from_secs(94), "sleep", |pair| pair.client().is_asleep());
        assert_eq!((pair.now - last).as_secs(), 93);
    }
}

// proves: QM-04
#[test]
fn a_device_that_listens_is_asked_at_once() {
    let mut pair = asleep(Version::V1_1, ServerConfig::default());
    let now = pair.now;
    pair.clients[0].engine.update(now, 1);
    pair.settle();
    let mark = pair.wire.mark();
    pair.run_secs(60);
    read(&mut pair, "/3/0/0");
    let asked = pair.now;
    pair.settle();
    assert_eq!(pair.wire.since(mark)[0].at, asked);
}

// proves: QM-06 QM-12
#[test]
fn a_device_wakes_by_an_update_before_it_says_anything() {
    let mut pair = asleep(Version::V1_1, ServerConfig::default());
    let now = pair.now;
    pair.clients[0].engine.update(now, 1);
    pair.settle();
    pair.watch("/3/0/9", "");
    pair.until(Duration::from_secs(95), "sleep", |pair| pair.client().is_asleep());
    let (mark, waiting) = (pair.wire.mark(), read(&mut pair, "/3/0/0"));
    pair.change(|tree| tree.set(path("/3/0/9"), ValueRef::Integer(50)))
        .unwrap();
    pair.settle();
    let sent = pair.wire.requests_of(mark, client_address(0));
    assert!(sent[0].path().starts_with("/rd/"));
    let first = &pair.wire.since(mark)[0];
    assert_eq!(first.message().unwrap().message_type, MessageType::Confirmable);
    assert_eq!(pair.wire.notifications(mark, client_address(0)).len(), 1);
    assert_eq!(end(&pair, waiting), Some(Ok(Status::Content)));

    // A Send does the same.
    pair.until(Duration::from_secs(95), "sleep", |pair| pair.client().is_asleep());
    let (mark, now) = (pair.wire.mark(), pair.now);
    let paths = [path("/3/0/9")];
    pair.clients[0]
        .engine
        .send(now, Some(1), SendContent::Paths(&paths))
        .unwrap();
    pair.settle();
    let sent = pair.wire.requests_of(mark, client_address(0));
    assert!(sent[0].path().starts_with("/rd/"));
    assert_eq!(sent[1].path(), "/dp");
}

// proves: QM-07 QM-10
#[test]
fn what_waits_too_long_or_is_too_much_is_told() {
    let config = ServerConfig {
        queue_timeout: Duration::from_secs(60),
        max_requests_per_device: 2,
        ..ServerConfig::default()
    };
    let mut pair = asleep(Version::V1_1, config);
    let ids = [read(&mut pair, "/3/0/0"), read(&mut pair, "/3/0/9")];
    let third = Request::Read {
        path: path("/3/0/9"),
        accept: None,
    };
    assert_eq!(request(&mut pair, &third), Err(RequestError::QueueFull));
    let mark = pair.wire.mark();
    // Nobody comes.
    pair.link.faults.loss = 100;
    pair.run_secs(61);
    for id in ids {
        assert_eq!(end(&pair, id), Some(Err(Failure::Expired)));
    }
    assert!(pair.wire.requests_of(mark, server_address(0)).is_empty());
    assert_eq!(pair.server().open_requests(pair.registration()), 0);
}

// proves: QM-13
#[test]
fn what_waits_survives_a_new_registration_that_still_has_its_target() {
    let mut pair = asleep(Version::V1_1, ServerConfig::default());
    let before = pair.registration();
    let kept = read(&mut pair, "/3/0/0");
    let execute = Request::Execute {
        path: path("/3/0/12"),
        input: ExecuteInput::new(Arguments::parse(b"").unwrap()),
    };
    let executed = request(&mut pair, &execute).unwrap();
    let gone = read(&mut pair, "/1/7");
    let now = pair.now;
    // Without security, another address has the device register again.
    pair.clients[0].engine.moved(now);
    pair.settle();
    assert_ne!(pair.registration(), before);
    assert_eq!(end(&pair, kept), Some(Ok(Status::Content)), "{}", pair.log());
    assert_eq!(end(&pair, executed), Some(Ok(Status::Changed)));
    assert_eq!(end(&pair, gone), Some(Err(Failure::Ended(EndReason::Replaced))));
    // With a De-register it is over.
    pair.until(Duration::from_secs(95), "sleep", |pair| pair.client().is_asleep());
    let dropped = read(&mut pair, "/3/0/0");
    let now = pair.now;
    pair.clients[0].engine.deregister(now, 1);
    pair.settle();
    assert_eq!(
        end(&pair, dropped),
        Some(Err(Failure::Ended(EndReason::Deregistered)))
    );
    assert_eq!(pair.client().state(1), Some(State::Idle));
}
