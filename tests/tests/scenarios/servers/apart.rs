//! What one server says, does or suffers is nothing to the others: resources 2 to 6, 23 and 26 of the Server object.

use std::time::Duration;

use lwm2m_runtime::{
    client::{Event, SendContent, SendError, State},
    coap::{Code, MessageType},
    model::{Path, ValueRef, Version},
    objects::o1_v1_2::DefaultNotificationMode,
    operation::{Request, Status},
    server::{self, ObservationId},
};
use lwm2m_tests::pair::{Pair, Program, Sent, client_address, path, server_address};

use super::{accounts, exact, millis, registered, registers};
use crate::fixtures::VERSIONS;

const LEVEL: Path = Path::resource(3, 0, 9);

fn set(pair: &mut Pair<Program>, level: i64) {
    pair.change(|tree| tree.set(LEVEL, ValueRef::Integer(level)))
        .unwrap();
}

/// Notifications to a server after a mark.
fn notifications(pair: &Pair<Program>, mark: usize, server: usize) -> Vec<&Sent> {
    let mut sent = pair.wire.notifications(mark, client_address(0));
    sent.retain(|sent| sent.to == server_address(server));
    sent
}

/// When notifications went to a server, in seconds after a time in milliseconds.
fn told_at(pair: &Pair<Program>, mark: usize, server: usize, from: u128) -> Vec<u128> {
    let told = notifications(pair, mark, server).into_iter();
    told.map(|sent| (millis(sent.at) - from) / 1_000).collect()
}

/// The levels that a server was told, in order, with how many seconds before they came they are of, if that is said.
fn levels(pair: &Pair<Program>, server: usize, observation: ObservationId) -> Vec<(i64, Option<i64>)> {
    let mut levels = Vec::new();
    for (_, answer) in pair.notifications_at(server, observation) {
        let (format, bytes) = answer.payload.unwrap();
        let id = pair.registration_of(server, 0);
        let definitions = pair.servers[server].engine.definitions(id).unwrap();
        let decoder = lwm2m_runtime::encoding::Decoder::new(format.format().unwrap(), LEVEL)
            .with_definitions(&definitions);
        let mut reader = decoder.read(&bytes).unwrap();
        while let Some(record) = reader.next().unwrap() {
            if let Some(ValueRef::Integer(level)) = record.content.value() {
                levels.push((level, record.time.map(|time| -time as i64)));
            }
        }
    }
    levels
}

fn text_by(pair: &mut Pair<Program>, server: usize, at: &str) -> String {
    let request = Request::Read {
        path: path(at),
        accept: Some(lwm2m_runtime::encoding::ContentFormat::TEXT),
    };
    lwm2m_tests::pair::text(&pair.ask_by(server, &request))
}

// proves: REG-51 REG-93 OBJ-1-04
#[test]
fn one_server_is_disabled_and_the_other_goes_on() {
    for version in VERSIONS {
        let mut pair = registered(
            exact(version),
            &accounts(2, |index, account| {
                account.disable_timeout = Some([300, 20][index]);
                account.default_maximum_period = Some(60);
            }),
        );
        let (other, _) = pair.watch_by(1, "/3/0/9", "");
        let mark = pair.wire.mark();
        assert_eq!(pair.execute("/1/0/4", ""), Status::Changed);
        pair.settle();
        let farewell = pair.wire.requests_of(mark, client_address(0))[0].clone();
        assert_eq!(
            (farewell.code(), farewell.to),
            (Some(Code::DELETE), server_address(0))
        );
        let gone = pair.wire.response_to(&farewell).unwrap().at + Duration::from_millis(10);
        assert!(pair.servers[0].engine.is_empty());
        let silent = pair.wire.mark();
        pair.run_secs(250);
        assert!(
            pair.wire
                .since(silent)
                .iter()
                .all(|sent| sent.to != server_address(0)),
            "{}",
            pair.log()
        );
        assert_eq!(pair.client().state(1), Some(State::Disabled));
        assert_eq!(pair.client().state(2), Some(State::Registered));
        assert!(pair.notifications_at(1, other).len() >= 4);
        assert_eq!(text_by(&mut pair, 1, "/1/1/0"), "2");
        pair.run_secs(60);
        assert_eq!(registers(&pair, mark), [(0, millis(gone) + 300_000)]);
        let _ = pair.registration_of(0, 0);
        assert_eq!(registers(&pair, 0).len(), 3, "one more of the first");
    }
}

/// All servers have all rights where there are no rules: whoever executes it, it is the account that is disabled.
#[test]
fn who_disables_an_account_is_not_who_is_disabled() {
    for version in VERSIONS {
        let mut pair = registered(
            exact(version),
            &accounts(2, |_, account| account.disable_timeout = Some(50)),
        );
        let mark = pair.wire.mark();
        let request = Request::Execute {
            path: path("/1/0/4"),
            input: lwm2m_runtime::operation::ExecuteInput::None,
        };
        assert_eq!(pair.ask_by(1, &request).status, Status::Changed);
        pair.settle();
        assert_eq!(pair.client().state(1), Some(State::Disabled));
        assert_eq!(pair.client().state(2), Some(State::Registered));
        pair.run_secs(60);
        assert_eq!(registers(&pair, mark).len(), 1);
        assert_eq!(pair.client().state(1), Some(State::Registered));
    }
}

// proves: REG-93 REG-36
#[test]
fn a_lifetime_is_of_one_server() {
    for version in VERSIONS {
        let mut pair = registered(exact(version), &accounts(3, |_, _| {}));
        let mark = pair.wire.mark();
        // Whoever writes it: the server whose it is learns of it.
        let request = Request::Write {
            path: path("/1/1/1"),
            mode: lwm2m_runtime::operation::WriteMode::Replace,
            payload: lwm2m_runtime::operation::Payload::new(
                lwm2m_runtime::encoding::ContentFormat::TEXT,
                b"200",
            ),
        };
        assert_eq!(pair.ask_by(2, &request).status, Status::Changed);
        pair.settle();
        let updates = pair.wire.requests_of(mark, client_address(0));
        assert_eq!(updates.len(), 1, "{}", pair.log());
        assert_eq!(updates[0].to, server_address(1));
        assert_eq!(updates[0].query(), ["lt=200"]);
        let lifetimes: Vec<u32> = (0..3)
            .map(|server| {
                let id = pair.registration_of(server, 0);
                pair.servers[server].engine.registration(id).unwrap().lifetime()
            })
            .collect();
        assert_eq!(lifetimes, [86_400, 200, 86_400]);
        let mark = pair.wire.mark();
        pair.run_secs(1_000);
        let updated = pair.wire.requests_of(mark, client_address(0));
        assert!(updated.len() >= 8 && updated.iter().all(|sent| sent.to == server_address(1)));
    }
}

// proves: REP-27 REP-28 OBJ-1-06
#[test]
fn each_server_mutes_for_itself() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = registered(
            exact(version),
            &accounts(3, |index, account| {
                account.mute_send = [None, Some(false), Some(true)][index];
            }),
        );
        let send = |pair: &mut Pair<Program>, server| {
            let (mark, now) = (pair.wire.mark(), pair.now);
            let result = pair.clients[0]
                .engine
                .send(now, server, SendContent::Paths(&[LEVEL]));
            pair.settle();
            let sent = pair.wire.requests(mark, Code::POST, "/dp");
            (result.err(), sent.iter().map(|sent| sent.to).collect::<Vec<_>>())
        };
        assert_eq!(send(&mut pair, None), (None, vec![server_address(1)]));
        assert_eq!(send(&mut pair, Some(1)), (Some(SendError::Muted), vec![]));
        assert_eq!(send(&mut pair, Some(3)), (Some(SendError::Muted), vec![]));
        assert_eq!(pair.put_text("/1/0/23", "0"), Status::Changed);
        assert_eq!(pair.put_text("/1/1/23", "1"), Status::Changed);
        assert_eq!(send(&mut pair, None), (None, vec![server_address(0)]));
        assert_eq!(pair.put_text("/1/0/23", "1"), Status::Changed);
        assert_eq!(send(&mut pair, None).0, Some(SendError::Muted));
        for server in 0..3 {
            let sends = pair.servers[server].events.iter();
            let sends = sends.filter(|(_, event)| matches!(event, server::Event::Send { .. }));
            assert_eq!(sends.count(), [1, 1, 0][server]);
        }
    }
}

// proves: ATTR-47
#[test]
fn each_server_says_whether_it_is_notified_with_acknowledgement() {
    for version in VERSIONS {
        let mut pair = registered(
            exact(version),
            &accounts(3, |index, account| {
                account.default_notification_mode = [
                    Some(DefaultNotificationMode::CONFIRMABLE),
                    Some(DefaultNotificationMode::NON_CONFIRMABLE),
                    None,
                ][index];
            }),
        );
        for server in 0..3 {
            pair.watch_by(server, "/3/0/9", "");
        }
        let mut told = |level: i64| {
            let mark = pair.wire.mark();
            set(&mut pair, level);
            pair.settle();
            let types = [0, 1, 2].map(|server| {
                let sent = notifications(&pair, mark, server);
                assert_eq!(sent.len(), 1, "{}", pair.log());
                sent[0].message().unwrap().message_type == MessageType::Confirmable
            });
            // The other way round for the next one.
            for (instance, mode) in [(0, "0"), (1, "1")] {
                let at = format!("/1/{instance}/26");
                assert_eq!(pair.put_text(&at, mode), Status::Changed);
            }
            types
        };
        assert_eq!(told(1), [true, false, false], "{version}");
        assert_eq!(told(2), [false, true, false], "{version}");
    }
}

// proves: ATTR-26 REG-93
#[test]
fn each_server_has_its_own_default_periods() {
    for version in VERSIONS {
        let mut pair = registered(
            exact(version),
            &accounts(3, |index, account| {
                account.default_minimum_period = [Some(10), None, None][index];
                account.default_maximum_period = [Some(60), Some(20), None][index];
            }),
        );
        let mark = pair.wire.mark();
        let begin = millis(pair.now);
        for server in 0..3 {
            pair.watch_by(server, "/3/0/9", "");
        }
        pair.run_secs(4);
        set(&mut pair, 1);
        pair.run_secs(81);
        // The first one waits for its least period; then each has its longest one.
        let told = [0, 1, 2].map(|server| told_at(&pair, mark, server, begin));
        assert_eq!(told[0], [0, 10, 70], "{version}");
        assert_eq!(told[1], [0, 4, 24, 44, 64, 84], "{version}");
        assert_eq!(told[2], [0, 4], "{version}");
        // One changes its own.
        assert_eq!(pair.put_text("/1/0/2", "0"), Status::Changed);
        assert_eq!(pair.put_text("/1/0/3", "5"), Status::Changed);
        let (mark, begin) = (pair.wire.mark(), millis(pair.now));
        pair.run_secs(21);
        assert!(told_at(&pair, mark, 0, begin).len() >= 4);
        assert_eq!(told_at(&pair, mark, 1, begin).len(), 1);
        assert!(told_at(&pair, mark, 2, begin).is_empty());
    }
}

// proves: REP-31 REP-32 REG-93
#[test]
fn each_server_has_its_own_store_or_none() {
    for version in VERSIONS {
        let mut pair = registered(
            exact(version),
            &accounts(3, |index, account| {
                account.notification_storing_when_disabled_or_offline = index != 1;
            }),
        );
        let ids = [0, 1, 2].map(|server| pair.watch_by(server, "/3/0/9", "").0);
        // The first two are away, the third one is not.
        for server in [1, 2] {
            let now = pair.now;
            pair.clients[0]
                .unreachable
                .insert(server_address(usize::from(server) - 1));
            pair.clients[0].engine.disconnected(now, server);
        }
        for level in 1..=5 {
            pair.run_secs(2);
            set(&mut pair, level);
        }
        pair.run_secs(5);
        assert_eq!(
            levels(&pair, 2, ids[2]),
            [1, 2, 3, 4, 5].map(|level| (level, None)),
            "{version}"
        );
        assert!(levels(&pair, 0, ids[0]).is_empty() && levels(&pair, 1, ids[1]).is_empty());
        // Attempts are made after 0, 60 and 120 s.
        pair.clients[0].unreachable.clear();
        pair.run_secs(60);
        let stored = levels(&pair, 0, ids[0]);
        let of: Vec<i64> = stored.iter().map(|(level, _)| *level).collect();
        assert_eq!(of, [1, 2, 3, 4, 5], "{version}\n{}", pair.log());
        let ages: Vec<i64> = stored.iter().filter_map(|(_, age)| *age).collect();
        assert!(
            ages.len() == 5 && ages.windows(2).all(|pair| pair[0] == pair[1] + 2),
            "{version} {stored:?}"
        );
        let dropped = levels(&pair, 1, ids[1]);
        assert!(dropped.len() <= 1, "{version} {dropped:?}");
        set(&mut pair, 77);
        pair.settle();
        for (server, id) in ids.iter().enumerate() {
            assert_eq!(levels(&pair, server, *id).last().unwrap().0, 77, "{version}");
        }
    }
}

// proves: REG-93 REP-31 REP-32
#[test]
fn a_server_that_is_away_for_a_day_misses_nothing_and_the_other_is_served_all_along() {
    for version in VERSIONS {
        // It is asked for every two hours at least.
        let mut pair = registered(
            exact(version),
            &accounts(2, |index, account| {
                account.lifetime = [3_600, 200_000][index];
                account.notification_storing_when_disabled_or_offline = true;
                account.communication_retry_count = Some(3);
                account.communication_sequence_delay_timer = Some(7_200);
                account.communication_sequence_retry_count = Some(100);
            }),
        );
        let (here, _) = pair.watch_by(0, "/3/0/9", "");
        let (away, _) = pair.watch_by(1, "/3/0/9", "");
        // It has gone to where nobody hears it: the device notices by what is not acknowledged.
        let con = Request::WriteAttributes {
            path: LEVEL,
            changes: lwm2m_runtime::link::AttributeChanges::parse(["con=1"]).unwrap(),
        };
        if version == Version::V1_2 {
            assert_eq!(pair.ask_by(1, &con).status, Status::Changed);
        } else {
            pair.clients[0].unreachable.insert(server_address(1));
            let now = pair.now;
            pair.clients[0].engine.disconnected(now, 2);
        }
        pair.cut(1, 0, true);
        for hour in 1..=24 {
            pair.run_secs(3_600);
            set(&mut pair, hour);
            pair.settle();
            assert_eq!(text_by(&mut pair, 0, "/3/0/9"), hour.to_string());
        }
        let each_hour: Vec<i64> = (1..=24).collect();
        let mut told: Vec<i64> = levels(&pair, 0, here)
            .into_iter()
            .map(|(level, _)| level)
            .collect();
        // Once a day a notification comes to see who is there, even if nothing is new.
        told.dedup();
        assert_eq!(told, each_hour, "{version}");
        assert!(levels(&pair, 1, away).is_empty());
        assert_ne!(pair.client().state(2), Some(State::Registered));
        assert_eq!(pair.client().state(1), Some(State::Registered));
        let ends = pair.clients[0].events.iter();
        let ends = ends.filter(|(_, event)| matches!(event, Event::ObservationEnded { .. }));
        assert_eq!(ends.count(), 0, "{version}");

        pair.clients[0].unreachable.clear();
        pair.cut(1, 0, false);
        pair.run_secs(9_000);
        assert_eq!(pair.client().state(2), Some(State::Registered));
        let mut stored: Vec<i64> = levels(&pair, 1, away)
            .into_iter()
            .map(|(level, _)| level)
            .collect();
        stored.dedup();
        assert_eq!(stored, each_hour, "{version}\n{}", pair.log());
        set(&mut pair, 77);
        pair.settle();
        assert_eq!(levels(&pair, 1, away).last(), Some(&(77, None)));
    }
}

// proves: REG-93
#[test]
fn a_device_that_stops_leaves_every_server() {
    for version in VERSIONS {
        let mut pair = registered(exact(version), &accounts(4, |_, _| {}));
        // One of them does not answer: it is not waited for longer than for others.
        pair.cut(2, 0, true);
        let now = pair.now;
        pair.clients[0].engine.stop(now);
        pair.run_secs(100);
        assert!(
            pair.clients[0]
                .events
                .iter()
                .any(|(_, event)| *event == Event::Stopped)
        );
        for (server, gone) in [true, true, false, true].into_iter().enumerate() {
            assert_eq!(pair.servers[server].engine.is_empty(), gone, "{version} {server}");
        }
    }
}

// proves: ATTR-07
#[test]
fn values_of_one_server_s_observation_are_not_the_other_s() {
    // Same path, same token even: tokens are a matter of one peer.
    for version in VERSIONS {
        let mut pair = registered(exact(version), &accounts(2, |_, _| {}));
        let observe = crate::raw::Raw::new(Code::GET, "/3/0/9").observe(0);
        for server in [0, 1] {
            let datagram = observe.datagram(0x7000 + server as u16, b"same");
            pair.send(server_address(server), client_address(0), &datagram);
        }
        pair.settle();
        assert_eq!(pair.client().observations(), 2);
        let mark = pair.wire.mark();
        set(&mut pair, 1);
        pair.run_secs(1);
        assert_eq!(notifications(&pair, mark, 0).len(), 1);
        assert_eq!(notifications(&pair, mark, 1).len(), 1);
        // Cancelled by one, observed by the other.
        let cancel = crate::raw::Raw::new(Code::GET, "/3/0/9").observe(1);
        pair.send(
            server_address(0),
            client_address(0),
            &cancel.datagram(0x7100, b"same"),
        );
        pair.run_secs(1);
        assert_eq!(pair.client().observations(), 1);
        let mark = pair.wire.mark();
        set(&mut pair, 2);
        pair.run_secs(1);
        assert!(notifications(&pair, mark, 0).is_empty());
        assert_eq!(notifications(&pair, mark, 1).len(), 1);
    }
}
