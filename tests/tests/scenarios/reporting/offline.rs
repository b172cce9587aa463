use std::time::Duration;

use lwm2m_runtime::{
    client::Event,
    coap::Peer,
    model::{Path, Value, ValueRef},
    operation::Status,
};
use lwm2m_tests::pair::{Pair, Program, client_address, server_address};

use super::{sent_at, set};
use crate::fixtures::{VERSIONS, registered};

const LEVEL: Path = Path::resource(3, 0, 9);

/// Takes the network away from the device, changes the level five times a second apart, and gives it back.
fn offline(pair: &mut Pair<Program>) {
    let now = pair.now;
    pair.clients[0].online = false;
    pair.clients[0].engine.disconnected(now, 1);
    for level in 1..=5 {
        pair.run_secs(1);
        set(pair, LEVEL, ValueRef::Integer(level));
    }
    pair.run_secs(1);
    pair.clients[0].online = true;
    let now = pair.now;
    pair.clients[0]
        .engine
        .connected(now, 1, Peer::new(server_address(0)));
    pair.run_for(Duration::from_secs(400));
}

/// The levels that the server was told, in order.
fn levels(pair: &Pair<Program>, observation: lwm2m_runtime::server::ObservationId) -> Vec<i64> {
    let mut levels = Vec::new();
    for (_, answer) in pair.notifications(observation) {
        let (format, bytes) = answer.payload.unwrap();
        let id = pair.registration();
        let definitions = pair.server().definitions(id).unwrap();
        let decoder = lwm2m_runtime::encoding::Decoder::new(format.format().unwrap(), LEVEL)
            .with_definitions(&definitions);
        let mut reader = decoder.read(&bytes).unwrap();
        while let Some(record) = reader.next().unwrap() {
            if let Some(ValueRef::Integer(level)) = record.content.value() {
                levels.push(level);
            }
        }
    }
    levels
}

// proves: REP-31 REP-32
#[test]
fn int_560_notifications_wait_while_the_server_is_away() {
    for version in VERSIONS {
        let mut pair = registered(version);
        assert_eq!(pair.put_text("/1/0/6", "1"), Status::Changed);
        let (observation, _) = pair.watch("/3/0/9", "");
        offline(&mut pair);
        assert_eq!(
            levels(&pair, observation),
            [1, 2, 3, 4, 5],
            "{version}\n{}",
            pair.log()
        );

        let mut pair = registered(version);
        assert_eq!(pair.put_text("/1/0/6", "0"), Status::Changed);
        let (observation, _) = pair.watch("/3/0/9", "");
        offline(&mut pair);
        let told = levels(&pair, observation);
        assert!(told.is_empty() || told == [5], "{version} {told:?}");
        set(&mut pair, LEVEL, ValueRef::Integer(6));
        pair.settle();
        assert_eq!(levels(&pair, observation).last(), Some(&6));
    }
}

// proves: ATTR-48
#[test]
fn hqmax_keeps_the_newest() {
    let mut pair = registered(lwm2m_runtime::model::Version::V1_2);
    assert_eq!(pair.put_text("/1/0/6", "1"), Status::Changed);
    assert_eq!(pair.attributes("/3/0/9", "hqmax=3"), Status::Changed);
    let (observation, _) = pair.watch("/3/0/9", "");
    offline(&mut pair);
    assert_eq!(levels(&pair, observation), [3, 4, 5], "{}", pair.log());
}

// proves: ATTR-47
#[test]
fn con_makes_notifications_confirmable() {
    let mut pair = registered(lwm2m_runtime::model::Version::V1_2);
    for (query, confirmable) in [("con=1", true), ("con=0", false)] {
        assert_eq!(pair.attributes("/3/0/9", query), Status::Changed);
        let (observation, _) = pair.watch("/3/0/9", "");
        let mark = pair.wire.mark();
        for level in [10, 20, 30] {
            set(&mut pair, LEVEL, ValueRef::Integer(level));
            pair.settle();
        }
        let sent = pair.wire.notifications(mark, client_address(0));
        assert_eq!(sent.len(), 3, "{query}");
        assert!(
            sent.iter().all(|sent| sent.confirmable() == confirmable),
            "{query}"
        );
        let now = pair.now;
        assert!(pair.servers[0].engine.cancel_observation(now, observation));
        pair.settle();
    }
    // Without the attribute the Server object decides.
    assert_eq!(pair.attributes("/3/0/9", "con"), Status::Changed);
    for confirmable in [true, false] {
        let mode = if confirmable { "1" } else { "0" };
        assert_eq!(pair.put_text("/1/0/26", mode), Status::Changed);
        let (observation, _) = pair.watch("/3/0/9", "");
        let mark = pair.wire.mark();
        set(&mut pair, LEVEL, ValueRef::Integer(40 + i64::from(confirmable)));
        pair.settle();
        let sent = pair.wire.notifications(mark, client_address(0));
        assert_eq!((sent.len(), sent[0].confirmable()), (1, confirmable));
        let now = pair.now;
        assert!(pair.servers[0].engine.cancel_observation(now, observation));
        pair.settle();
    }
}

// proves: REP-15
#[test]
fn a_day_has_a_confirmable_notification_and_silence_ends_the_observation() {
    for version in VERSIONS {
        let mut pair = registered(version);
        assert_eq!(pair.attributes("/3/0/9", "pmax=3600"), Status::Changed);
        let (observation, _) = pair.watch("/3/0/9", "");
        let start = pair.now;
        let mark = pair.wire.mark();
        pair.run_secs(90_000);
        let sent = pair.wire.notifications(mark, client_address(0));
        let confirmable = sent.iter().filter(|sent| sent.confirmable()).count();
        assert!(confirmable >= 1, "{:?}", sent_at(&pair, mark, start));
        assert_eq!(pair.notifications(observation).len(), sent.len());
        assert_eq!(pair.client().observations(), 1);

        // The server is gone for good: nobody is notified for ever.
        pair.link.faults.loss = 100;
        pair.run_secs(2 * 90_000);
        assert!(!pair.client().state(1).unwrap().is_registered());
        assert_eq!(pair.client().observations(), 0);
    }
}

#[test]
fn a_value_is_brought_up_to_date_before_it_is_told() {
    let mut pair = registered(lwm2m_runtime::model::Version::V1_1);
    assert_eq!(pair.attributes("/3/0/9", "pmax=10"), Status::Changed);
    let (_, first) = pair.watch("/3/0/9", "");
    assert_eq!(pair.decode("/3/0/9", &first)[&LEVEL], Value::Integer(0));
    let before = pair.application().refreshed[&LEVEL];
    pair.run_secs(31);
    assert_eq!(pair.application().refreshed[&LEVEL], before + 3);
    let connected = pair.clients[0].events.iter();
    assert_eq!(
        connected
            .filter(|(_, event)| matches!(event, Event::Connect { .. }))
            .count(),
        1
    );
}
