//! What falls due while a server cannot be reached (LwM2M Core 1.2, sections 5.1.2 and 7.3.2, `/1/x/6`).

use std::time::Duration;

use lwm2m_runtime::{
    client::{ClientConfig, State},
    coap::Code,
    encoding::{Content, Decoder, Format, Record},
    model::{Path, Value, Version},
    objects::Lwm2mServer,
};

use crate::support::{
    Bench, Con, SERVER, Sent, VALUE, answer, config, observe, post, request, server, tree_of,
};

/// A device that observes the value as text, with a server that stores or not.
fn observing(account: Lwm2mServer, config: ClientConfig, attributes: &str) -> Bench {
    let mut bench = Bench::registered_with(config, tree_of(&[account]));
    if !attributes.is_empty() {
        let attached = request(Code::PUT, &format!("42769/0/0?{attributes}"));
        assert_eq!(bench.code(&attached), Code::CHANGED);
    }
    let first = bench.exchange(&observe("42769/0/0").token(b"obs"));
    assert!(first.observe().is_some());
    bench
}

/// The value changes each second, from 1 on.
fn change(bench: &mut Bench, values: u32) {
    for value in 1..=values {
        bench.pass(1);
        bench.set_value(value.into());
        assert!(bench.work().is_empty());
    }
}

/// The connection comes back, and the server takes the Update; returns what comes then.
fn come_back(bench: &mut Bench) -> Vec<Sent> {
    bench.connect(SERVER);
    let update = bench.only();
    assert_eq!(update.path(), "rd/5a3f", "the registration has not ended");
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    bench.sent()
}

fn records(sent: &Sent, path: Path) -> Vec<Record> {
    let format = match sent.format() {
        Some(110) => Format::SenmlJson,
        Some(112) => Format::SenmlCbor,
        Some(11543) => Format::Json,
        other => panic!("{other:?}"),
    };
    Decoder::new(format, path)
        .read(&sent.payload)
        .unwrap()
        .collect()
        .unwrap()
}

fn history(sent: &Sent) -> Vec<(f64, f64)> {
    let number = |record: Record| match record.content {
        Content::Value(Value::Float(value)) => (record.time.unwrap(), value),
        Content::Value(Value::Integer(value)) => (record.time.unwrap(), value as f64),
        Content::Value(Value::Unsigned(value)) => (record.time.unwrap(), value as f64),
        other => panic!("{other:?}"),
    };
    records(sent, VALUE).into_iter().map(number).collect()
}

// proves: REP-31 REP-32 OBJ-1-05
#[test]
fn int_560_notifications_are_stored_and_sent_with_their_times() {
    let mut bench = observing(server(SERVER), config(), "");
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 3);
    bench.pass(1);
    let sent = come_back(&mut bench);
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].kind, sent[0].token.as_slice()), (Con, &b"obs"[..]));
    assert_eq!(history(&sent[0]), [(-3.0, 1.0), (-2.0, 2.0), (-1.0, 3.0)]);
    // And then as ever.
    bench.input(SERVER, &crate::support::empty(crate::support::Ack, &sent[0]));
    bench.set_value(9.0);
    let live = bench.work();
    assert_eq!(live.len(), 1);
    assert!(live[0].observe() > sent[0].observe());
}

// proves: REP-31 OBJ-1-05
#[test]
fn a_server_that_does_not_want_it_gets_nothing_old() {
    let mut account = server(SERVER);
    account.notification_storing_when_disabled_or_offline = false;
    let mut bench = observing(account, config(), "");
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 3);
    assert!(come_back(&mut bench).is_empty());
    assert_eq!(bench.client.counters().dropped_notifications, 3);
    bench.set_value(9.0);
    assert_eq!(bench.work().len(), 1);
}

// proves: ATTR-48
#[test]
fn scenario_s16_only_the_newest_are_kept() {
    let mut bench = observing(server(SERVER), config(), "hqmax=3");
    bench.exchange(&observe("3/0/9").token(b"other"));
    bench.client.disconnected(bench.now, SERVER);
    bench.set(
        Path::resource(3, 0, 9),
        lwm2m_runtime::model::ValueRef::Integer(1),
    );
    change(&mut bench, 5);
    let sent = come_back(&mut bench);
    assert_eq!(sent.len(), 1, "what has no hqmax is not kept");
    assert_eq!(history(&sent[0]), [(-2.0, 3.0), (-1.0, 4.0), (0.0, 5.0)]);
}

// proves: REP-31 ROB-21 ROB-61
#[test]
fn the_store_is_bounded_in_number_and_size() {
    let narrow = ClientConfig {
        max_stored: 4,
        ..config()
    };
    let mut bench = observing(server(SERVER), narrow, "");
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 10);
    let sent = come_back(&mut bench);
    let kept: Vec<f64> = history(&sent[0]).into_iter().map(|(_, value)| value).collect();
    assert_eq!(kept, [7.0, 8.0, 9.0, 10.0]);
    assert_eq!(bench.client.counters().dropped_notifications, 6);

    let small = ClientConfig {
        max_stored_bytes: 500,
        ..config()
    };
    let mut bench = observing(server(SERVER), small, "");
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 100);
    let sent = come_back(&mut bench);
    let kept = history(&sent[0]);
    assert!(!kept.is_empty() && kept.len() < 20, "{}", kept.len());
    assert_eq!(kept[kept.len() - 1].1, 100.0);
}

#[test]
fn a_1_0_session_gets_stored_values_as_json() {
    let config = ClientConfig {
        versions: vec![Version::V1_0],
        ..config()
    };
    let mut bench = observing(server(SERVER), config, "");
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 2);
    let sent = come_back(&mut bench);
    assert_eq!(sent[0].format(), Some(11543));
    assert_eq!(history(&sent[0]), [(-1.0, 1.0), (0.0, 2.0)]);
}

#[test]
fn a_composite_observation_is_stored_as_a_whole() {
    let mut bench = Bench::registered();
    let list = b"[{\"n\":\"/42769/0/0\"},{\"n\":\"/42769/0/5\"}]";
    let fetch = request(Code::FETCH, "")
        .body(110, list)
        .accept(110)
        .uint(lwm2m_runtime::coap::OptionNumber::OBSERVE, 0)
        .token(b"obs");
    assert_eq!(bench.code(&fetch), Code::CONTENT);
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 2);
    let sent = come_back(&mut bench);
    assert_eq!(records(&sent[0], Path::ROOT).len(), 4);
}

// proves: REP-31
#[test]
fn a_disabled_account_stores_and_tells_before_the_observation_is_void() {
    let account = Lwm2mServer {
        disable_timeout: Some(60),
        ..server(SERVER)
    };
    let mut bench = observing(account, config(), "");
    bench.ask(SERVER, &post("1/0/4"));
    let deregister = bench.sent().remove(1);
    bench.input(SERVER, &answer(&deregister, Code::DELETED));
    assert_eq!(bench.client.state(SERVER), Some(State::Disabled));
    change(&mut bench, 3);
    assert!(bench.pass(60).is_empty());
    bench.connect(SERVER);
    bench.accept_register(SERVER);
    let sent = bench.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(history(&sent[0]).len(), 3);
    assert_eq!(bench.client.observations(), 0);
}

// proves: REG-53
#[test]
fn a_registration_that_has_ended_meanwhile_is_made_anew() {
    let account = Lwm2mServer {
        lifetime: 60,
        ..server(SERVER)
    };
    let mut bench = observing(account, config(), "");
    bench.client.disconnected(bench.now, SERVER);
    bench.pass(61);
    bench.connect(SERVER);
    bench.accept_register(SERVER);
}

// proves: REP-16 REP-32
#[test]
fn a_target_that_goes_while_offline_is_told_after_what_was_stored() {
    let mut bench = observing(server(SERVER), config(), "");
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 2);
    bench.client.change(bench.now, |tree| tree.remove(42769, 0));
    bench.work();
    bench.pass(100);
    bench.connect(SERVER);
    let update = bench.only();
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    let stored = bench.only();
    assert_eq!(history(&stored).len(), 2);
    // Confirmable ones go out one after the other.
    bench.input(SERVER, &crate::support::empty(crate::support::Ack, &stored));
    let last = bench.only();
    assert_eq!((last.code, last.observe()), (Code::NOT_FOUND, None));
    assert_eq!(bench.client.observations(), 0);
}

// proves: REP-32
#[test]
fn what_was_stored_is_kept_until_it_has_arrived() {
    let mut bench = observing(server(SERVER), config(), "");
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 2);
    let first = come_back(&mut bench);
    assert_eq!(history(&first[0]), [(-1.0, 1.0), (0.0, 2.0)]);
    // Something newer does not take its place.
    bench.set_value(3.0);
    assert!(bench.work().is_empty());
    bench.client.disconnected(bench.now, SERVER);
    bench.pass(5);
    let again = come_back(&mut bench);
    assert_eq!(
        history(&again[0]),
        [(-6.0, 1.0), (-5.0, 3.0)],
        "one value at a time"
    );
    // What falls due until that has arrived follows it.
    bench.set_value(4.0);
    assert!(bench.work().is_empty());
    bench.pass(1);
    bench.input(SERVER, &crate::support::empty(crate::support::Ack, &again[0]));
    let rest = bench.only();
    assert_eq!(history(&rest), [(-1.0, 4.0)]);
    bench.input(SERVER, &crate::support::empty(crate::support::Ack, &rest));
    bench.silent();
    bench.set_value(5.0);
    assert_eq!(bench.work()[0].kind, crate::support::Non);
}

// proves: ROB-61
#[test]
fn what_comes_back_unacknowledged_has_the_same_bounds() {
    for (max_stored, max_stored_bytes) in [(4, 16_384), (100, 500)] {
        let narrow = ClientConfig {
            max_stored,
            max_stored_bytes,
            ..config()
        };
        let mut bench = observing(server(SERVER), narrow, "");
        bench.client.disconnected(bench.now, SERVER);
        change(&mut bench, 10);
        let in_flight = history(&come_back(&mut bench)[0]).len();
        let dropped = bench.client.counters().dropped_notifications;
        assert!((3..10).contains(&in_flight), "the store was full: {in_flight}");
        assert_eq!(dropped, 10 - in_flight as u64);
        for value in [5.0, 6.0, 7.0] {
            bench.pass(1);
            bench.set_value(value);
            bench.work();
        }
        bench.client.disconnected(bench.now, SERVER);
        let kept: Vec<f64> = history(&come_back(&mut bench)[0])
            .into_iter()
            .map(|(_, value)| value)
            .collect();
        assert_eq!(kept.len(), in_flight, "{kept:?}");
        assert_eq!(kept[kept.len() - 1], 7.0);
        let dropped = bench.client.counters().dropped_notifications;
        assert_eq!(dropped + kept.len() as u64, 13, "what is lost is told");
    }
}

// proves: REP-32
#[test]
fn what_was_stored_survives_a_server_that_does_not_acknowledge() {
    let mut bench = observing(server(SERVER), config(), "");
    bench.client.disconnected(bench.now, SERVER);
    change(&mut bench, 2);
    come_back(&mut bench);
    bench.pass(100);
    assert_eq!(bench.client.state(SERVER), Some(State::Connecting));
    bench.connect(SERVER);
    bench.accept_register(SERVER);
    let values: Vec<f64> = history(&bench.only())
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    assert_eq!(values, [1.0, 2.0]);
}

// proves: REP-15 REP-31
#[test]
fn that_the_server_is_still_there_is_asked_when_it_can_be_reached() {
    for storing in [true, false] {
        let mut account = server(SERVER);
        account.notification_storing_when_disabled_or_offline = storing;
        account.lifetime = 1_000_000;
        account.communication_retry_count = Some(3);
        account.communication_sequence_retry_count = Some(9);
        let mut bench = observing(account, config(), "");
        bench.client.disconnected(bench.now, SERVER);
        bench.pass(10);
        bench.set_value(7.0);
        bench.work();
        // A day goes by, after which a notification has to be confirmable, and nobody is there to have it.
        let looks = |bench: &mut Bench| {
            let mut looks = 0;
            let end = bench.now + std::time::Duration::from_secs(100_000);
            while let Some(next) = bench.client.poll_timeout().filter(|at| *at < end) {
                bench.now = next;
                bench.work();
                for event in bench.events() {
                    if matches!(event, lwm2m_runtime::client::Event::Connect { .. }) {
                        bench.client.disconnected(bench.now, SERVER);
                    }
                }
                looks += 1;
            }
            bench.now = end;
            looks
        };
        assert!(
            looks(&mut bench) < 100,
            "it waits for its attempts, and for nothing else"
        );
        bench.pass(86_400);
        let back = come_back(&mut bench);
        let told: Vec<Sent> = back.into_iter().chain(bench.work()).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].kind, Con);
        if storing {
            assert_eq!(
                history(&told[0])
                    .iter()
                    .map(|(_, value)| *value)
                    .collect::<Vec<_>>(),
                [7.0]
            );
        }
    }
}

// proves: REP-31 REP-32
#[test]
fn what_was_stored_outlives_a_registration_that_has_failed_until_it_is_given_up() {
    for (storing, give_up) in [(true, false), (true, true), (false, false)] {
        let mut account = server(SERVER);
        account.notification_storing_when_disabled_or_offline = storing;
        account.communication_retry_count = Some(1);
        account.communication_sequence_retry_count = Some(1);
        account.bootstrap_on_registration_failure = Some(false);
        let config = ClientConfig {
            failed_retry: Some(Duration::from_secs(1_000)),
            max_stored: 3,
            ..config()
        };
        let mut bench = observing(account, config, "");
        bench.client.disconnected(bench.now, SERVER);
        change(&mut bench, 2);
        bench.client.disconnected(bench.now, SERVER);
        assert_eq!(bench.client.state(SERVER), Some(State::Failed));
        for value in [3.0, 4.0] {
            bench.pass(1);
            bench.set_value(value);
            bench.work();
        }
        assert_eq!(bench.client.observations(), usize::from(storing));
        let dropped = bench.client.counters().dropped_notifications;
        assert_eq!(dropped, if storing { 1 } else { 2 }, "within the limits");
        if give_up {
            bench.client.deregister(bench.now, SERVER);
            assert_eq!(bench.client.observations(), 0);
            bench.client.register(bench.now, SERVER);
        } else {
            bench.pass(1_000);
        }
        assert_eq!(bench.client.state(SERVER), Some(State::Connecting));
        bench.connect(SERVER);
        bench.accept_register(SERVER);
        let told = bench.sent();
        match storing && !give_up {
            true => {
                let values: Vec<f64> = history(&told[0]).into_iter().map(|(_, value)| value).collect();
                assert_eq!((told.len(), &values[..]), (1, &[2.0, 3.0, 4.0][..]));
            }
            false => assert!(told.is_empty(), "{told:?}"),
        }
        assert_eq!(bench.client.observations(), 0, "a new registration has none");
    }
}
