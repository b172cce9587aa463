//! In which order, until when and how many; what ends what waits.

use std::time::Duration;

use lwm2m_runtime::{
    client::State,
    coap::Code,
    encoding::ContentFormat,
    model::{ValueRef, Version},
    operation::{Payload, Request, Status, WriteMode},
    server::{self, AddressChange, EndReason, Failure, RequestError, RequestId, ServerConfig},
};
use lwm2m_tests::pair::{Pair, Program, client_address, path, server_address, stranger_address, values};

use super::{asleep, end, execute, read, request};
use crate::fixtures::VERSIONS;

fn write(pair: &mut Pair<Program>, at: &str, text: &str) -> RequestId {
    let asked = Request::Write {
        path: path(at),
        mode: WriteMode::Replace,
        payload: Payload::new(ContentFormat::TEXT, text.as_bytes()),
    };
    request(pair, &asked).unwrap()
}

fn wake(pair: &mut Pair<Program>) {
    let now = pair.now;
    pair.clients[0].engine.update(now, 1);
}

/// The ends of requests, in their order.
fn ends(pair: &Pair<Program>) -> Vec<RequestId> {
    let events = pair.servers[0].events.iter();
    events
        .filter_map(|(_, event)| match event {
            server::Event::Response { request, .. } | server::Event::Failed { request, .. } => Some(*request),
            _ => None,
        })
        .collect()
}

// proves: QM-05 DM-85
#[test]
fn what_waits_is_asked_in_its_order_one_after_the_other() {
    for version in VERSIONS {
        let mut pair = asleep(version, ServerConfig::default());
        let mut ids = Vec::new();
        for number in 0..10 {
            ids.push(write(&mut pair, "/3/0/14", &format!("+0{number}:00")));
            ids.push(execute(&mut pair, number));
            ids.push(read(&mut pair, "/3/0/14"));
        }
        let create = values(
            ContentFormat::TLV,
            "/16",
            &[("/16/9/0/0", ValueRef::String("nine"))],
        );
        let create = Request::Create {
            object: 16,
            payload: Payload::new(ContentFormat::TLV, &create),
        };
        ids.push(request(&mut pair, &create).unwrap());
        ids.push(read(&mut pair, "/16/9"));
        let delete = Request::Delete { path: path("/16/9") };
        ids.push(request(&mut pair, &delete).unwrap());
        ids.push(read(&mut pair, "/16/9"));
        pair.run_secs(10);
        let mark = pair.wire.mark();
        wake(&mut pair);
        pair.run_secs(30);
        assert_eq!(ends(&pair), ids, "{version}");
        // Each Read has what the Write before it has left.
        for (number, read) in ids.chunks(3).take(10).map(|chunk| chunk[2]).enumerate() {
            let text = pair.servers[0].events.iter().find_map(|(_, event)| match event {
                server::Event::Response { request, answer, .. } if *request == read => {
                    Some(pair.decode("/3/0/14", answer))
                }
                _ => None,
            });
            let value = text.unwrap().into_values().next().unwrap();
            assert_eq!(
                value,
                lwm2m_runtime::model::Value::String(format!("+0{number}:00")),
                "{version}"
            );
        }
        assert_eq!(end(&pair, ids[30]), Some(Ok(Status::Created)));
        assert_eq!(end(&pair, ids[31]), Some(Ok(Status::Content)));
        assert_eq!(end(&pair, ids[32]), Some(Ok(Status::Deleted)));
        assert_eq!(end(&pair, ids[33]), Some(Ok(Status::NotFound)));
        // One at a time, but for the Updates of the device about its instances.
        let mut open = 0;
        for sent in pair.wire.since(mark) {
            let code = sent.code().unwrap();
            match (sent.from == server_address(0), code.is_request()) {
                (true, true) => open += 1,
                (false, false) if code.is_response() => open -= 1,
                _ => {}
            }
            assert!((0..=1).contains(&open), "{}", pair.log());
        }
    }
}

// proves: QM-07 QM-10
#[test]
fn each_request_expires_when_its_own_time_is_over() {
    for version in VERSIONS {
        for timeout in [10, 150] {
            let config = ServerConfig {
                queue_timeout: Duration::from_secs(timeout),
                max_requests_per_device: 4,
                ..ServerConfig::default()
            };
            let mut pair = asleep(version, config);
            // No Update comes by itself meanwhile.
            pair.cut(0, 0, true);
            let mut asked = Vec::new();
            for number in 0..4 {
                asked.push((pair.now, execute(&mut pair, number)));
                pair.run_secs(2);
            }
            let full = Request::Delete { path: path("/16/0") };
            assert_eq!(
                request(&mut pair, &full),
                Err(RequestError::QueueFull),
                "{version}"
            );
            pair.run_secs(timeout);
            for (at, id) in &asked {
                let told = pair.servers[0]
                    .events
                    .iter()
                    .find_map(|(told, event)| match event {
                        server::Event::Failed { request, failure, .. } if request == id => {
                            Some((*told, *failure))
                        }
                        _ => None,
                    });
                let due = *at + Duration::from_secs(timeout);
                assert_eq!(told, Some((due, Failure::Expired)), "{version}");
            }
            // There is room again, and what has expired is not asked.
            let kept = execute(&mut pair, 77);
            pair.cut(0, 0, false);
            wake(&mut pair);
            pair.run_secs(20);
            assert!(end(&pair, kept).is_some(), "{version}");
            let executed = &pair.application().executed;
            assert!(
                executed.iter().all(|(_, arguments, _)| arguments == "0='77'"),
                "{executed:?}"
            );
        }
    }
}

// proves: QM-10
#[test]
fn a_device_that_sleeps_has_room_for_64_requests() {
    let mut pair = asleep(Version::V1_1, ServerConfig::default());
    for number in 0..64 {
        execute(&mut pair, number);
    }
    let one_more = Request::Delete { path: path("/16/0") };
    assert_eq!(request(&mut pair, &one_more), Err(RequestError::QueueFull));
    wake(&mut pair);
    pair.run_secs(20);
    let done: Vec<String> = pair
        .application()
        .executed
        .iter()
        .map(|(_, arguments, _)| arguments.clone())
        .collect();
    let expected: Vec<String> = (0..64).map(|number| format!("0='{number}'")).collect();
    assert_eq!(done, expected);
}

// proves: QM-07 QM-13
#[test]
fn whatever_ends_a_registration_ends_what_waits() {
    for version in VERSIONS {
        for (end_of, reason) in [
            (0, EndReason::Deregistered),
            (1, EndReason::Expired),
            (2, EndReason::Removed),
        ] {
            let mut pair = asleep(version, ServerConfig::default());
            let ids: Vec<_> = (0..3).map(|number| execute(&mut pair, number)).collect();
            let given_up = read(&mut pair, "/3/0/0");
            let now = pair.now;
            assert!(pair.servers[0].engine.cancel(now, given_up));
            let mark = pair.wire.mark();
            let registration = pair.registration();
            match end_of {
                0 => pair.clients[0].engine.deregister(now, 1),
                1 => pair.cut(0, 0, true),
                _ => assert!(pair.servers[0].engine.remove(now, registration)),
            }
            pair.run_secs(400);
            for id in ids {
                assert_eq!(end(&pair, id), Some(Err(Failure::Ended(reason))), "{version}");
            }
            assert_eq!(end(&pair, given_up), None, "who gives up is told nothing");
            assert!(pair.application().executed.is_empty());
            let asked = pair.wire.requests_of(mark, server_address(0));
            assert!(asked.is_empty(), "{version}\n{}", pair.log());
        }
    }
}

// proves: QM-05 QM-13 REG-56
#[test]
fn what_waits_follows_a_device_to_its_new_address() {
    for version in VERSIONS {
        for policy in [
            AddressChange::Validated,
            AddressChange::Trusted,
            AddressChange::Refused,
        ] {
            let config = ServerConfig {
                address_change: policy,
                ..ServerConfig::default()
            };
            let mut pair = asleep(version, config);
            let ids: Vec<_> = (0..3).map(|number| execute(&mut pair, number)).collect();
            let (before, mark) = (pair.registration(), pair.wire.mark());
            // A NAT has forgotten it meanwhile.
            pair.link.readdress(client_address(0), stranger_address(5));
            wake(&mut pair);
            pair.run_secs(20);
            for id in ids {
                assert_eq!(
                    end(&pair, id),
                    Some(Ok(Status::Changed)),
                    "{version} {policy:?}\n{}",
                    pair.log()
                );
            }
            assert_eq!(pair.application().executed.len(), 3);
            // Where an Update is not believed the device registers again, and what waited survives that.
            let registered = pair.wire.requests(mark, Code::POST, "/rd").len();
            assert_eq!(
                registered > 0,
                policy == AddressChange::Refused,
                "{version} {policy:?}"
            );
            assert_eq!(pair.registration() != before, policy == AddressChange::Refused);
            let asked = pair.wire.requests_of(mark, server_address(0));
            assert!(
                asked.iter().all(|sent| sent.to == stranger_address(5)),
                "{}",
                pair.log()
            );
        }
    }
}

// proves: QM-05
#[test]
fn observations_are_set_up_and_cancelled_when_the_device_wakes() {
    for version in VERSIONS {
        let mut pair = asleep(version, ServerConfig::default());
        let observe = |pair: &mut Pair<Program>, at: &str| {
            let (now, registration) = (pair.now, pair.registration());
            let observe = Request::Observe {
                path: path(at),
                accept: None,
                attributes: Default::default(),
            };
            pair.servers[0]
                .engine
                .observe(now, registration, &observe)
                .unwrap()
        };
        let wanted = observe(&mut pair, "/3/0/9");
        let unwanted = observe(&mut pair, "/3/0/7");
        let (now, mark) = (pair.now, pair.wire.mark());
        assert!(pair.servers[0].engine.cancel_observation(now, unwanted));
        pair.run_secs(20);
        assert!(pair.wire.since(mark).is_empty());
        wake(&mut pair);
        pair.run_secs(5);
        assert_eq!(pair.client().observations(), 1, "{version}");
        pair.until(Duration::from_secs(100), "sleep", |pair| {
            pair.client().is_asleep()
        });
        pair.change(|tree| tree.set(path("/3/0/9"), ValueRef::Integer(5)))
            .unwrap();
        pair.settle();
        assert_eq!(pair.notifications(wanted).len(), 1);
        // Cancelled while it sleeps: what it still says is rejected, and then it is asked to stop.
        pair.until(Duration::from_secs(100), "sleep", |pair| {
            pair.client().is_asleep()
        });
        let now = pair.now;
        assert!(pair.servers[0].engine.cancel_observation(now, wanted));
        pair.change(|tree| tree.set(path("/3/0/9"), ValueRef::Integer(6)))
            .unwrap();
        pair.run_secs(5);
        assert_eq!(pair.notifications(wanted).len(), 1, "{version}");
        assert_eq!(pair.client().observations(), 0, "{version}");
        assert_eq!(pair.client().state(1), Some(State::Registered));
    }
}
