use lwm2m_runtime::{
    coap::{Code, MessageType},
    model::{Path, Value, ValueRef, Version},
    operation::{Request, Status},
    reporting::CONFIRMABLE_REFRESH,
    server::{Event, ObservationEnd},
};
use lwm2m_tests::pair::{Pair, Program, client_address, path, server_address};

use super::{assert_periods, observed_at, sent_at, set};
use crate::{
    fixtures::{VERSIONS, full_tree, registered, registered_with, usual_tree},
    raw::Raw,
};

const LEVEL: Path = Path::resource(3, 0, 9);

// proves: ATTR-32 ATTR-33 REP-02 REP-06 REP-07
#[test]
fn int_301_two_observations_within_their_bounds() {
    for version in VERSIONS {
        let mut pair = registered(version);
        assert_eq!(pair.attributes("/3/0/7", "pmin=5&pmax=15"), Status::Changed);
        assert_eq!(pair.attributes("/3/0/8", "pmin=10&pmax=20"), Status::Changed);
        let mark = pair.wire.mark();
        let (voltage, first) = pair.watch("/3/0/7", "");
        assert_eq!(pair.decode("/3/0/7", &first).len(), 2);
        let (current, _) = pair.watch("/3/0/8", "");
        let (seven, eight) = (observed_at(&pair, "/3/0/7"), observed_at(&pair, "/3/0/8"));
        let observe = pair.wire.requests(mark, Code::GET, "/3/0/7")[0];
        let token = observe.message().unwrap().token.to_vec();
        let answer = pair.wire.response_to(observe).unwrap();
        let mut last = answer.observe().unwrap();

        let mark = pair.wire.mark();
        pair.run_secs(61);
        // Nothing has changed: the greatest period alone.
        let times = |id, start: lwm2m_runtime::time::Instant| -> Vec<f64> {
            pair.notifications(id)
                .iter()
                .map(|(at, _)| (at.as_millis() - start.as_millis()) as f64 / 1000.0)
                .collect()
        };
        let voltages = times(voltage, seven);
        assert_eq!(voltages.len(), 4, "{}", pair.log());
        assert_periods(&voltages, 15.0..=15.0);
        let currents = times(current, eight);
        assert_eq!(currents.len(), 3);
        assert_periods(&currents, 20.0..=20.0);
        for sent in pair.wire.notifications(mark, client_address(0)) {
            let message = sent.message().unwrap();
            assert_eq!(message.code, Code::CONTENT);
            if message.token == token {
                let number = sent.observe().unwrap();
                assert!(number > last && number < 1 << 24, "{number} after {last}");
                last = number;
            }
        }

        // Changes come as soon as the least period allows, with the value of then.
        let before = pair.notifications(voltage).len();
        let (since, _) = pair.notifications(voltage)[before - 1];
        let at = Path::resource_instance(3, 0, 7, 0);
        set(&mut pair, at, ValueRef::Integer(3700));
        pair.run_secs(1);
        set(&mut pair, at, ValueRef::Integer(3600));
        pair.run_secs(4);
        let after = pair.notifications(voltage);
        assert_eq!(after.len(), before + 1, "{}", pair.log());
        let (when, answer) = &after[before];
        let waited = when.as_millis() - since.as_millis();
        assert!((5_000..5_100).contains(&waited), "{waited} ms");
        let values = pair.decode("/3/0/7", answer);
        assert_eq!(values[&at], Value::Integer(3600));
        let without: usize = pair.notifications(current).len();
        assert!(without <= 4, "the other one has not changed");
    }
}

// proves: REP-13
#[test]
fn int_302_a_reset_ends_one_observation() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let (_, _) = pair.watch("/3/0/7", "");
        let (other, _) = pair.watch("/3/0/9", "");
        // The server forgets the first one, as by a restart, and so refuses what it does not know.
        let observe = pair.wire.requests(0, Code::GET, "/3/0/7")[0];
        let token = observe.message().unwrap().token.to_vec();
        let mark = pair.wire.mark();
        set(
            &mut pair,
            Path::resource_instance(3, 0, 7, 0),
            ValueRef::Integer(1),
        );
        pair.until(std::time::Duration::from_secs(1), "a notification", |pair| {
            !pair.wire.notifications(mark, client_address(0)).is_empty()
        });
        let notification = pair.wire.notifications(mark, client_address(0))[0]
            .message()
            .unwrap();
        assert_eq!(notification.token, token);
        let mut reset = Vec::new();
        lwm2m_runtime::coap::MessageBuilder::empty(&mut reset, MessageType::Reset, notification.id);
        pair.send(server_address(0), client_address(0), &reset);
        pair.settle();

        let mark = pair.wire.mark();
        set(
            &mut pair,
            Path::resource_instance(3, 0, 7, 0),
            ValueRef::Integer(2),
        );
        set(&mut pair, LEVEL, ValueRef::Integer(50));
        pair.settle();
        let tokens: Vec<_> = pair
            .wire
            .notifications(mark, client_address(0))
            .iter()
            .map(|sent| sent.message().unwrap().token.to_vec())
            .collect();
        assert_eq!(tokens.len(), 1, "{}", pair.log());
        assert_ne!(tokens[0], token);
        assert_eq!(pair.notifications(other).len(), 1);
        assert_eq!(pair.client().observations(), 1);
    }
}

// proves: REP-09
#[test]
fn a_server_resets_what_it_does_not_observe_once_it_is_confirmable() {
    for version in VERSIONS {
        let mut pair = registered(version);
        // An observation that the server knows nothing of.
        let answer = Raw::new(Code::GET, "/3/0/9").observe(0).ask(&mut pair);
        assert!(answer.observe().is_some());
        assert_eq!(pair.client().observations(), 1);
        let mark = pair.wire.mark();
        set(&mut pair, LEVEL, ValueRef::Integer(50));
        pair.settle();
        let reset = |pair: &Pair<Program>| {
            let mut messages = pair.wire.since(mark).iter();
            messages.any(|sent| {
                sent.from == server_address(0) && sent.message().unwrap().message_type == MessageType::Reset
            })
        };
        assert_eq!(pair.wire.notifications(mark, client_address(0)).len(), 1);
        assert!(!reset(&pair), "{}", pair.log());
        assert_eq!(pair.client().observations(), 1);
        // Once a day a notification is confirmable.
        pair.run_for(CONFIRMABLE_REFRESH);
        pair.settle();
        assert!(reset(&pair), "{}", pair.log());
        assert_eq!(pair.client().observations(), 0);
        let unknown = pair.servers[0]
            .events
            .iter()
            .any(|(_, event)| matches!(event, Event::Notification { .. }));
        assert!(!unknown);
    }
}

// proves: REP-12
#[test]
fn int_303_a_cancel_has_the_path_and_the_token_of_its_observation() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let (observation, _) = pair.watch("/3/0/7", "");
        let observe = pair.wire.requests(0, Code::GET, "/3/0/7")[0].clone();
        let mark = pair.wire.mark();
        let now = pair.now;
        assert!(pair.servers[0].engine.cancel_observation(now, observation));
        pair.settle();
        let cancel = pair.wire.requests(mark, Code::GET, "/3/0/7");
        assert_eq!(cancel.len(), 1, "{}", pair.log());
        assert_eq!(cancel[0].observe(), Some(1));
        assert_eq!(
            cancel[0].message().unwrap().token,
            observe.message().unwrap().token
        );
        let answer = pair.wire.since(mark).iter().find(|sent| {
            sent.from == client_address(0)
                && sent.message().unwrap().token == observe.message().unwrap().token
        });
        let answer = answer.unwrap();
        assert_eq!((answer.code(), answer.observe()), (Some(Code::CONTENT), None));
        let ended = pair.servers[0].events.iter().any(|(_, event)| {
            matches!(event, Event::ObservationEnded { observation: ended, reason: ObservationEnd::Cancelled, .. }
                if *ended == observation)
        });
        assert!(ended);

        let mark = pair.wire.mark();
        set(
            &mut pair,
            Path::resource_instance(3, 0, 7, 0),
            ValueRef::Integer(2),
        );
        pair.run_secs(100);
        assert!(pair.wire.notifications(mark, client_address(0)).is_empty());
        assert_eq!(pair.client().observations(), 0);
    }
}

// proves: REP-05
#[test]
fn int_312_attributes_in_the_request() {
    let mut pair = registered(Version::V1_2);
    let mark = pair.wire.mark();
    let (observation, _) = pair.watch("/3/0/7", "pmin=5&pmax=15");
    let observe = pair.wire.requests(mark, Code::GET, "/3/0/7")[0];
    let mut query = observe.query();
    query.sort_unstable();
    assert_eq!(query, ["pmax=15", "pmin=5"]);
    let start = observed_at(&pair, "/3/0/7");
    let mark = pair.wire.mark();
    pair.run_secs(61);
    let times = sent_at(&pair, mark, start);
    assert_eq!(times.len(), 4);
    assert_periods(&times, 15.0..=15.0);
    assert_eq!(pair.notifications(observation).len(), 4);
    assert!(
        !pair.discover("/3/0/7").contains("pm"),
        "they are attached to nothing"
    );
    for version in [Version::V1_0, Version::V1_1] {
        let mut pair = registered(version);
        let id = pair.registration();
        let now = pair.now;
        let request = Request::Observe {
            path: path("/3/0/7"),
            accept: None,
            attributes: lwm2m_runtime::link::NotificationAttributes {
                pmin: Some(5),
                ..Default::default()
            },
        };
        assert!(
            pair.servers[0].engine.observe(now, id, &request).is_err(),
            "{version}"
        );
    }
}

// proves: ATTR-29
#[test]
fn int_313_attributes_in_the_request_win() {
    let mut pair = registered(Version::V1_2);
    assert_eq!(
        pair.attributes("/3/0/7", "pmin=5&pmax=60&gt=5000"),
        Status::Changed
    );
    let (_, _) = pair.watch("/3/0/7", "pmin=5&pmax=10");
    let start = observed_at(&pair, "/3/0/7");
    let mark = pair.wire.mark();
    pair.run_secs(51);
    let times = sent_at(&pair, mark, start);
    assert_eq!(times.len(), 5, "{times:?}");
    assert_periods(&times, 10.0..=10.0);
    let links = pair.discover("/3/0/7");
    assert!(links.contains("pmax=60") && !links.contains("pmax=10"), "{links}");
}

// proves: REP-01 REP-42
#[test]
fn every_level_is_observed() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let levels = ["/3", "/3/0", "/3/0/7", "/3/0/7/0"];
        let levels = &levels[..if version == Version::V1_0 { 3 } else { 4 }];
        let watched: Vec<_> = levels.iter().map(|at| pair.watch(at, "").0).collect();
        set(
            &mut pair,
            Path::resource_instance(3, 0, 7, 0),
            ValueRef::Integer(1),
        );
        pair.settle();
        for (at, observation) in levels.iter().zip(watched) {
            let told = pair.notifications(observation);
            assert_eq!(told.len(), 1, "{version} {at}");
            assert_eq!(pair.decode(at, &told[0].1)[&path("/3/0/7/0")], Value::Integer(1));
        }
    }
}

// proves: REP-03 REP-39
#[test]
fn what_cannot_be_read_cannot_be_observed() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        for (at, status) in [
            ("/3/0/99", Status::NotFound),
            ("/3/7", Status::NotFound),
            ("/3/0/4", Status::MethodNotAllowed),
            ("/5/0/0", Status::MethodNotAllowed),
        ] {
            let request = Request::Observe {
                path: path(at),
                accept: None,
                attributes: Default::default(),
            };
            assert_eq!(
                pair.try_observe(0, &request).map(|_| ()),
                Err(ObservationEnd::Refused(status)),
                "{version} {at}"
            );
        }
        assert_eq!(pair.client().observations(), 0);
    }
}

// proves: REP-16 REP-36 ROB-62
#[test]
fn an_instance_that_goes_ends_its_observations() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let (observation, _) = pair.watch("/16/0/0", "");
        let mark = pair.wire.mark();
        assert_eq!(pair.delete("/16/0"), Status::Deleted);
        pair.settle();
        let ended = pair.servers[0].events.iter().find_map(|(_, event)| match event {
            Event::ObservationEnded {
                observation: ended,
                reason,
                ..
            } if *ended == observation => Some(reason.clone()),
            _ => None,
        });
        assert_eq!(
            ended,
            Some(ObservationEnd::Refused(Status::NotFound)),
            "{}",
            pair.log()
        );
        let errors = pair.wire.since(mark).iter();
        let errors =
            errors.filter(|sent| sent.from == client_address(0) && sent.code() == Some(Code::NOT_FOUND));
        assert_eq!(errors.count(), 1);
        assert_eq!(pair.client().observations(), 0);
    }
}

// proves: REP-35
#[test]
fn observations_of_two_servers_are_independent() {
    use lwm2m_runtime::server::ServerConfig;
    use lwm2m_tests::link::Faults;

    use crate::fixtures::{client, security, server_minimum};
    for version in VERSIONS {
        let mut tree = usual_tree();
        tree.insert(1, security(1)).unwrap();
        tree.insert(1, server_minimum(1)).unwrap();
        let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
        pair.add_server(ServerConfig::default());
        pair.add_server(ServerConfig::default());
        pair.add_client(client(version), tree, Program::default());
        pair.start();
        assert_eq!(pair.attributes_by(0, "/3/0/9", "pmax=10"), Status::Changed);
        assert_eq!(pair.attributes_by(1, "/3/0/9", "pmax=30"), Status::Changed);
        let (first, _) = pair.watch_by(0, "/3/0/9", "");
        let (second, _) = pair.watch_by(1, "/3/0/9", "");
        pair.run_secs(65);
        assert_eq!(pair.notifications_at(0, first).len(), 6);
        assert_eq!(pair.notifications_at(1, second).len(), 2);
        let now = pair.now;
        assert!(pair.servers[0].engine.cancel_observation(now, first));
        pair.run_secs(65);
        assert_eq!(pair.notifications_at(0, first).len(), 6);
        assert_eq!(pair.notifications_at(1, second).len(), 4);
    }
}

#[test]
fn a_deregistration_ends_every_observation() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let (_, _) = pair.watch("/3/0/9", "");
        let now = pair.now;
        pair.clients[0].engine.deregister(now, 1);
        pair.settle();
        assert_eq!(pair.client().observations(), 0);
        let ended = pair.servers[0].events.iter().any(|(_, event)| {
            matches!(
                event,
                Event::ObservationEnded {
                    reason: ObservationEnd::Ended(_),
                    ..
                }
            )
        });
        assert!(ended, "{}", pair.log());
    }
}

// proves: ATTR-36 ATTR-39 ATTR-42
#[test]
fn thresholds_and_steps_over_the_wire() {
    for version in VERSIONS {
        let mut pair = registered(version);
        set(&mut pair, LEVEL, ValueRef::Integer(45));
        assert_eq!(pair.attributes("/3/0/9", "gt=45&st=10"), Status::Changed);
        let (observation, _) = pair.watch("/3/0/9", "");
        let mut expected = Vec::new();
        for (level, notified) in [
            (50, true),
            (55, false),
            (41, true),
            (38, false),
            (49, true),
            (59, true),
        ] {
            set(&mut pair, LEVEL, ValueRef::Integer(level));
            pair.settle();
            expected.extend(notified.then_some(Value::Integer(level)));
            let told: Vec<_> = pair
                .notifications(observation)
                .iter()
                .map(|(_, answer)| pair.decode("/3/0/9", answer)[&LEVEL].clone())
                .collect();
            assert_eq!(told, expected, "{version} {level}");
        }
        // Back before the least period is over: it is told nevertheless.
        assert_eq!(pair.attributes("/3/0/9", "gt=80&st&pmin=5"), Status::Changed);
        let now = pair.now;
        assert!(pair.servers[0].engine.cancel_observation(now, observation));
        pair.settle();
        set(&mut pair, LEVEL, ValueRef::Integer(70));
        let (observation, _) = pair.watch("/3/0/9", "");
        set(&mut pair, LEVEL, ValueRef::Integer(80));
        pair.run_secs(6);
        assert!(pair.notifications(observation).is_empty(), "80 is not above 80");
        let now = pair.now;
        assert!(pair.servers[0].engine.cancel_observation(now, observation));
        let (observation, _) = pair.watch("/3/0/9", "");
        let start = pair.now;
        set(&mut pair, LEVEL, ValueRef::Integer(81));
        pair.run_secs(1);
        set(&mut pair, LEVEL, ValueRef::Integer(75));
        pair.run_secs(10);
        let told = pair.notifications(observation);
        assert_eq!(told.len(), 1);
        assert!((4_900..5_100).contains(&(told[0].0.as_millis() - start.as_millis())));
        assert_eq!(pair.decode("/3/0/9", &told[0].1)[&LEVEL], Value::Integer(75));
    }
}
