//! How long a device listens, to the second, and what wakes it.

use std::time::Duration;

use lwm2m_runtime::{
    client::{ClientConfig, Event, SendContent},
    coap::Code,
    model::{Path, ValueRef, Version},
    operation::Status,
    server::{RequestId, ServerConfig},
    time::Instant,
};
use lwm2m_tests::pair::{Mishap, Pair, Program, client_address, server_address};

use super::{asleep, end, execute, read};
use crate::fixtures::{VERSIONS, client, device_battery, server_minimum, tree};

const LEVEL: Path = Path::resource(3, 0, 9);

/// A device that listens for so long, registered, with a server that counts on so long.
fn listening(version: Version, device: Option<u64>, server: u64) -> Pair<Program> {
    let mut account = server_minimum(0);
    account.mute_send = Some(false);
    if version < Version::V1_1 {
        account.binding = "UQ".into();
    }
    let config = ClientConfig {
        queue_mode: true,
        awake_time: device.map(Duration::from_secs),
        ..client(version)
    };
    let servers = ServerConfig {
        awake_time: Duration::from_secs(server),
        ..ServerConfig::default()
    };
    let mut pair = Pair::new(
        servers,
        config,
        tree(account, device_battery()),
        Program::default(),
    );
    pair.clients[0].deaf_asleep = true;
    pair.start();
    pair
}

/// How long after the last message the device fell asleep.
fn sleeps_after(pair: &mut Pair<Program>) -> Duration {
    let seen = pair.clients[0].events.len();
    pair.until(Duration::from_secs(1_000), "sleep", |pair| {
        pair.client().is_asleep()
    });
    let slept: Vec<Instant> = pair.clients[0].events[seen..]
        .iter()
        .filter(|(_, event)| *event == Event::Asleep)
        .map(|(at, _)| *at)
        .collect();
    assert_eq!(slept.len(), 1);
    slept[0] - pair.wire.since(0).last().unwrap().at
}

/// What is asked of a device or told by it.
type Act = fn(&mut Pair<Program>);

// proves: QM-03 QM-11
#[test]
fn every_message_of_either_side_begins_the_time_anew() {
    let acts: [(&str, Act); 6] = [
        ("an Update", |pair| {
            let now = pair.now;
            pair.clients[0].engine.update(now, 1);
        }),
        ("a Read", |pair| assert!(!pair.get("/3/0").is_empty())),
        ("an Execute", |pair| {
            assert_eq!(pair.execute("/3/0/12", ""), Status::Changed);
        }),
        ("an Observe", |pair| drop(pair.watch("/3/0/9", ""))),
        ("a notification", |pair| {
            pair.change(|tree| tree.set(LEVEL, ValueRef::Integer(77)))
                .unwrap();
        }),
        ("a Send, or nothing in LwM2M 1.0", |pair| {
            let now = pair.now;
            let sent = pair.clients[0]
                .engine
                .send(now, None, SendContent::Paths(&[LEVEL]));
            let version = pair.server().registration(pair.registration()).unwrap().version();
            assert_eq!(sent.is_ok(), version >= Version::V1_1);
        }),
    ];
    for version in VERSIONS {
        for (device, expected) in [
            (None, 93),
            (Some(93), 93),
            (Some(10), 10),
            (Some(1), 1),
            (Some(500), 500),
        ] {
            let mut pair = listening(version, device, expected);
            let now = pair.now;
            pair.clients[0].engine.update(now, 1);
            pair.run_for(Duration::from_millis(30));
            for (what, act) in acts {
                // Half of the time has passed.
                pair.run_for(Duration::from_millis(expected * 500));
                assert!(!pair.client().is_asleep());
                act(&mut pair);
                pair.run_for(Duration::from_millis(30));
                let after = sleeps_after(&mut pair);
                let exact = Duration::from_secs(expected);
                let late = after.checked_sub(exact).unwrap_or(Duration::MAX);
                // The last message of the server takes 10 ms to come.
                assert!(late <= Duration::from_millis(10), "{version} {what}: {after:?}");
                let now = pair.now;
                pair.clients[0].engine.update(now, 1);
                pair.run_for(Duration::from_millis(30));
            }
        }
    }
}

// proves: QM-04
#[test]
fn a_server_counts_on_the_time_that_it_is_configured_with() {
    for version in VERSIONS {
        for seconds in [5, 93, 300] {
            let mut pair = listening(version, Some(seconds), seconds);
            let last = pair.wire.since(0).last().unwrap().at;
            // A moment before the end it asks at once, and at the end it waits.
            for (millis, asks) in [(-100, true), (0, false), (100, false)] {
                let mut pair = listening(version, Some(seconds), seconds);
                let at = (last + Duration::from_secs(seconds)).as_millis() as i64 + millis;
                let until = Instant::from_millis(at.try_into().unwrap());
                pair.run_for(until - pair.now);
                let mark = pair.wire.mark();
                let id = read(&mut pair, "/3/0/0");
                pair.run_for(Duration::from_millis(50));
                assert_eq!(
                    pair.wire.since(mark).is_empty(),
                    !asks,
                    "{version} {seconds} {millis}"
                );
                assert_eq!(end(&pair, id).is_some(), asks);
            }
            pair.run_secs(1);
        }
    }
}

// proves: QM-05 QM-06
#[test]
fn whatever_a_device_says_shows_that_it_listens() {
    let wakes: [(&str, Act); 4] = [
        ("an Update", |pair| {
            let now = pair.now;
            pair.clients[0].engine.update(now, 1);
        }),
        ("a Register", |pair| {
            let now = pair.now;
            pair.clients[0].engine.moved(now);
        }),
        ("a notification", |pair| {
            pair.change(|tree| tree.set(LEVEL, ValueRef::Integer(77)))
                .unwrap();
        }),
        ("a Send", |pair| {
            let now = pair.now;
            pair.clients[0]
                .engine
                .send(now, None, SendContent::Paths(&[LEVEL]))
                .unwrap();
        }),
    ];
    for version in VERSIONS {
        for (what, wake) in wakes {
            if what == "a Send" && version < Version::V1_1 {
                continue;
            }
            // The Update before a notification or a Send arrives, or it does not for a while.
            for lost in [false, true] {
                let mut pair = asleep(version, ServerConfig::default());
                if what == "a notification" {
                    let now = pair.now;
                    pair.clients[0].engine.update(now, 1);
                    pair.settle();
                    pair.watch("/3/0/9", "");
                    sleeps_after(&mut pair);
                    // The server knows a moment later.
                    pair.run_secs(1);
                }
                let ids: Vec<_> = (0..3).map(|number| execute(&mut pair, number)).collect();
                let mark = pair.wire.mark();
                if lost {
                    pair.mishaps.insert(mark, Mishap::Late(Duration::from_secs(4)));
                }
                wake(&mut pair);
                pair.run_secs(20);
                for id in ids {
                    assert_eq!(
                        end(&pair, id),
                        Some(Ok(Status::Changed)),
                        "{version} {what} {lost}\n{}",
                        pair.log()
                    );
                }
                // Nothing was asked before the device had said something.
                let sent = pair.wire.since(mark);
                let asked = sent.iter().position(|sent| {
                    sent.from == server_address(0) && sent.code().is_some_and(Code::is_request)
                });
                let said = sent.iter().position(|sent| sent.from == client_address(0));
                assert!(said < asked, "{version} {what}\n{}", pair.log());
                let arguments: Vec<&str> = pair.clients[0]
                    .application
                    .executed
                    .iter()
                    .map(|(_, arguments, _)| arguments.as_str())
                    .collect();
                assert_eq!(arguments, ["0='0'", "0='1'", "0='2'"], "{version} {what} {lost}");
            }
        }
    }
}

// proves: QM-05
#[test]
fn a_notification_alone_wakes_the_server_s_queue() {
    // The Update does not get through at all, and the notification does.
    for version in VERSIONS {
        let mut pair = asleep(version, ServerConfig::default());
        let now = pair.now;
        pair.clients[0].engine.update(now, 1);
        pair.settle();
        pair.watch("/3/0/9", "");
        sleeps_after(&mut pair);
        pair.run_secs(1);
        let id = execute(&mut pair, 1);
        let mark = pair.wire.mark();
        pair.mishaps.insert(mark, Mishap::Lost);
        pair.change(|tree| tree.set(LEVEL, ValueRef::Integer(77)))
            .unwrap();
        pair.run_for(Duration::from_millis(500));
        let sent = pair.wire.since(mark);
        assert!(
            sent[0].path().starts_with("/rd/") && sent[1].observe().is_some(),
            "{}",
            pair.log()
        );
        assert_eq!(
            end(&pair, id),
            Some(Ok(Status::Changed)),
            "{version}\n{}",
            pair.log()
        );
    }
}

/// A device that goes to sleep sooner than its server counts on: what is asked in between is lost, and told.
#[test]
fn a_device_that_sleeps_too_early_loses_what_it_is_asked_and_the_caller_learns_of_it() {
    for version in VERSIONS {
        let mut pair = listening(version, Some(5), 93);
        sleeps_after(&mut pair);
        let lost = execute(&mut pair, 1);
        let waits = execute(&mut pair, 2);
        pair.run_secs(120);
        assert!(
            matches!(end(&pair, lost), Some(Err(_))),
            "{version} {:?}\n{}",
            end(&pair, lost),
            pair.log()
        );
        let now = pair.now;
        pair.clients[0].engine.update(now, 1);
        pair.run_secs(100);
        assert!(end(&pair, waits).is_some(), "{version}");
        let executed = pair.application().executed.len();
        let done = |id: &RequestId| end(&pair, *id) == Some(Ok(Status::Changed));
        let answered = [lost, waits].iter().filter(|id| done(id)).count();
        assert_eq!(executed, answered);
    }
}
