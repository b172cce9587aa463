//! Nobody sees what it may not read: neither in what it reads nor in what it is told, now or later.

use lwm2m_runtime::{
    client::{SendContent, SendError},
    coap::Code,
    encoding::{ContentFormat, Record},
    model::{Path, Value, ValueRef, Version},
    operation::{Payload, Request, Status},
    server::{self, ObservationId},
};
use lwm2m_tests::pair::{Pair, Program, client_address, paths, server_address};

use super::{by, network, rule, tree_of};
use crate::fixtures::{VERSIONS, portfolio};

const LEVEL: Path = Path::resource(3, 0, 9);
const OPEN: Path = Path::resource_instance(16, 1, 0, 0);
const CLOSED: Path = Path::resource_instance(16, 0, 0, 0);

/// Two servers. The first owns all; the second may read the Device, its own account, and one of two Portfolios.
fn two(version: Version) -> Pair<Program> {
    let mut tree = tree_of(
        2,
        &[
            rule(1, 0, 101, &[]),
            rule(1, 1, 102, &[]),
            rule(3, 0, 101, &[(101, 15), (102, 1)]),
            rule(16, 0, 101, &[(101, 15)]),
            rule(16, 1, 101, &[(101, 15), (102, 1)]),
        ],
    );
    for account in 0..2 {
        tree.update(account, |account: &mut lwm2m_runtime::objects::Lwm2mServer| {
            account.mute_send = Some(false);
            account.notification_storing_when_disabled_or_offline = true;
        });
    }
    tree.insert_dynamic(0, portfolio()).unwrap();
    tree.insert_dynamic(1, portfolio()).unwrap();
    network(version, tree)
}

fn set(pair: &mut Pair<Program>, at: Path, value: ValueRef<'_>) {
    pair.change(|tree| tree.set(at, value)).unwrap();
}

/// How many notifications go to the second server while something is done.
fn told(pair: &mut Pair<Program>, act: impl FnOnce(&mut Pair<Program>)) -> usize {
    let mark = pair.wire.mark();
    act(pair);
    pair.settle();
    let sent = pair.wire.notifications(mark, client_address(0));
    sent.iter().filter(|sent| sent.to == server_address(1)).count()
}

/// The last thing that the second server was notified of.
fn last(pair: &Pair<Program>, target: &str, id: ObservationId) -> Vec<Path> {
    let (_, answer) = pair.notifications_at(1, id).pop().unwrap();
    pair.decode_at(1, target, &answer).into_keys().collect()
}

fn portfolios(paths: &[Path]) -> Vec<u16> {
    let mut ids: Vec<u16> = paths.iter().filter_map(|path| path.instance_id()).collect();
    ids.dedup();
    ids
}

// proves: ACL-12 ACL-14 ACL-15 ACL-20
#[test]
fn reads_of_every_kind_leave_out_what_is_not_allowed() {
    for version in VERSIONS {
        let mut pair = two(version);
        let pair = &mut pair;
        let all: Vec<Path> = by(pair, 102).read("/16").unwrap().into_keys().collect();
        assert_eq!(portfolios(&all), [1], "{version}");
        let own: Vec<Path> = by(pair, 102).read("/1").unwrap().into_keys().collect();
        assert_eq!(portfolios(&own), [1]);
        for at in ["/16/0", "/16/0/0", "/1/0", "/1/0/1"] {
            assert_eq!(
                by(pair, 102).read(at),
                Err(Status::Unauthorized),
                "{version} {at}"
            );
        }
        // Nor does it learn what does not exist below what it may not read.
        assert_eq!(
            by(pair, 102).read("/16/0/77").unwrap_err(),
            by(pair, 102).read("/16/1/77").unwrap_err()
        );
        // Rules are read by all.
        assert!(by(pair, 102).read("/2/3").is_ok());
        // Discover needs no right, and has only what the asking server has attached.
        assert_eq!(pair.attributes_by(0, "/16/0", "pmin=9"), Status::Changed);
        assert_eq!(pair.attributes_by(1, "/16/1", "pmin=8"), Status::Changed);
        let links = pair.discover_by(1, "/16", None);
        assert!(
            !links.contains("pmin=9") && links.contains("</16/0"),
            "{version} {links}"
        );
        // To attach attributes takes the right to read.
        assert_eq!(pair.attributes_by(1, "/16/0", "pmin=7"), Status::Unauthorized);
        if version >= Version::V1_1 {
            assert_eq!(pair.attributes_by(1, "/16/0/0/0", "pmin=7"), Status::Unauthorized);
            let root: Vec<Path> = by(pair, 102).fetch(&["/"]).unwrap().into_keys().collect();
            assert!(!root.is_empty());
            let seen = |object: u16, instance: u16| {
                root.iter()
                    .any(|path| path.starts_with(Path::instance(object, instance)))
            };
            assert!(seen(16, 1) && seen(1, 1) && seen(2, 0) && !seen(16, 0) && !seen(1, 0));
            assert!(!root.iter().any(|path| path.object_id() == Some(0)));
            assert_eq!(by(pair, 102).fetch(&["/16/0", "/1/0"]), Err(Status::Unauthorized));
        }
    }
}

// proves: REP-11 ACL-11
#[test]
fn what_is_withdrawn_is_not_told_any_more() {
    for version in VERSIONS {
        let mut pair = two(version);
        let pair = &mut pair;
        assert_eq!(pair.attributes_by(1, "/3/0/9", "pmax=20"), Status::Changed);
        let (_, _) = pair.watch_by(1, "/3/0/9", "");
        let change = |level| move |pair: &mut Pair<Program>| set(pair, LEVEL, ValueRef::Integer(level));
        assert_eq!(told(pair, change(1)), 1);
        assert_eq!(by(pair, 101).grant(2, 102, 0), Status::Changed);
        assert_eq!(told(pair, change(2)), 0, "{version}");
        // Nor because time goes by: for `pmax`, or to see whether the server is still there.
        assert_eq!(told(pair, |pair| pair.run_secs(2 * 86_400)), 0, "{version}");
        assert_eq!(by(pair, 102).read("/3/0/9"), Err(Status::Unauthorized));
        // The owner is told all along.
        pair.watch_by(0, "/3/0/9", "");
        let mark = pair.wire.mark();
        assert_eq!(told(pair, change(3)), 0);
        assert_eq!(pair.wire.notifications(mark, client_address(0)).len(), 1);
        assert_eq!(by(pair, 101).grant(2, 102, 1), Status::Changed);
        assert!(told(pair, change(4)) >= 1, "{version}");
    }
}

// proves: REP-11 ACL-12
#[test]
fn who_observes_an_object_is_told_of_the_instances_that_it_may_read() {
    for version in VERSIONS {
        let mut pair = two(version);
        let pair = &mut pair;
        let (id, first) = pair.watch_by(1, "/16", "");
        let first: Vec<Path> = pair.decode_at(1, "/16", &first).into_keys().collect();
        assert_eq!(portfolios(&first), [1], "{version}");
        assert_eq!(told(pair, |pair| set(pair, OPEN, ValueRef::String("a"))), 1);
        assert_eq!(portfolios(&last(pair, "/16", id)), [1]);
        // Not even that something has changed which it may not read.
        let closed = |pair: &mut Pair<Program>| set(pair, CLOSED, ValueRef::String("b"));
        assert_eq!(told(pair, closed), 0, "{version}");
        let mark = pair.wire.mark();
        pair.watch_by(0, "/16", "");
        set(pair, CLOSED, ValueRef::String("c"));
        pair.settle();
        assert_eq!(
            pair.wire.notifications(mark, client_address(0)).len(),
            2,
            "the first answer, and one"
        );
        // Once it may, it is.
        assert_eq!(by(pair, 101).grant(3, 102, 1), Status::Changed);
        assert_eq!(told(pair, |pair| set(pair, CLOSED, ValueRef::String("d"))), 1);
        assert_eq!(portfolios(&last(pair, "/16", id)), [0, 1]);
        assert_eq!(by(pair, 101).grant(4, 102, 0), Status::Changed);
        assert_eq!(told(pair, |pair| set(pair, CLOSED, ValueRef::String("e"))), 1);
        assert_eq!(portfolios(&last(pair, "/16", id)), [0]);
    }
}

// proves: REP-11 ACL-15
#[test]
fn a_composite_observation_goes_on_with_what_is_left() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = two(version);
        let pair = &mut pair;
        let observe = |pair: &mut Pair<Program>, list: &[&str]| {
            let bytes = paths(ContentFormat::SENML_CBOR, list);
            pair.try_observe(
                1,
                &Request::ObserveComposite {
                    paths: Payload::new(ContentFormat::SENML_CBOR, &bytes),
                    accept: None,
                    attributes: Default::default(),
                },
            )
        };
        let refused = observe(pair, &["/16/0", "/1/0/1"]).unwrap_err();
        assert_eq!(refused, server::ObservationEnd::Refused(Status::Unauthorized));
        let (id, first) = observe(pair, &["/3/0/9", "/16/0", "/16/1"]).unwrap();
        let first: Vec<Path> = pair.decode_at(1, "/", &first).into_keys().collect();
        assert_eq!(portfolios(&first), [0, 1], "of the Device, and of the Portfolio");
        assert!(!first.contains(&CLOSED));
        let level = |level| move |pair: &mut Pair<Program>| set(pair, LEVEL, ValueRef::Integer(level));
        assert_eq!(by(pair, 101).grant(4, 102, 0), Status::Changed);
        assert_eq!(told(pair, level(1)), 1);
        assert_eq!(last(pair, "/", id), [LEVEL], "{version}");
        assert_eq!(by(pair, 101).grant(2, 102, 0), Status::Changed);
        assert_eq!(told(pair, level(2)), 0, "{version}");
        assert_eq!(by(pair, 101).grant(4, 102, 1), Status::Changed);
        assert_eq!(told(pair, |pair| set(pair, OPEN, ValueRef::String("again"))), 1);
        assert!(!last(pair, "/", id).contains(&LEVEL));
        assert_eq!(pair.client().observations(), 1);
    }
}

// proves: REP-11
#[test]
fn what_was_stored_is_not_told_after_the_right_is_withdrawn() {
    for version in VERSIONS {
        for withdrawn in [false, true] {
            let mut pair = two(version);
            let pair = &mut pair;
            let (id, _) = pair.watch_by(1, "/3/0/9", "");
            let (all, _) = pair.watch_by(1, "/16", "");
            let now = pair.now;
            pair.clients[0].unreachable.insert(server_address(1));
            pair.clients[0].engine.disconnected(now, 102);
            for number in 1..=3 {
                pair.run_secs(2);
                set(pair, LEVEL, ValueRef::Integer(number));
                set(pair, OPEN, ValueRef::String(&number.to_string()));
            }
            pair.run_secs(2);
            if withdrawn {
                assert_eq!(by(pair, 101).grant(2, 102, 0), Status::Changed);
                assert_eq!(by(pair, 101).grant(4, 102, 4), Status::Changed);
            }
            pair.clients[0].unreachable.clear();
            let mark = pair.wire.mark();
            pair.run_secs(100);
            let sent = pair.wire.notifications(mark, client_address(0));
            assert_eq!(sent.is_empty(), withdrawn, "{version}\n{}", pair.log());
            assert_eq!(pair.notifications_at(1, id).is_empty(), withdrawn);
            assert_eq!(pair.notifications_at(1, all).is_empty(), withdrawn);
            // The observations are still there.
            assert_eq!(pair.client().observations(), 2);
            if withdrawn {
                assert_eq!(by(pair, 101).grant(2, 102, 1), Status::Changed);
                assert_eq!(told(pair, |pair| set(pair, LEVEL, ValueRef::Integer(9))), 1);
            }
        }
    }
}

// proves: ACL-11 REP-24
#[test]
fn a_send_carries_to_each_server_what_it_may_read() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = two(version);
        let records = [
            Record::new(CLOSED, Value::String("secret".into())),
            Record::new(OPEN, Value::String("open".into())),
            Record::new(Path::resource(1, 0, 1), Value::Integer(60)),
        ];
        let all = [CLOSED, OPEN, Path::resource(1, 0, 1)];
        for content in [SendContent::Paths(&all), SendContent::Records(&records)] {
            let marks = [0, 1].map(|server| pair.servers[server].events.len());
            let now = pair.now;
            pair.clients[0].engine.send(now, None, content).unwrap();
            pair.settle();
            let sent = [0, 1].map(|server| {
                let events = &pair.servers[server].events[marks[server]..];
                let mut sends = events.iter().filter_map(|(_, event)| match event {
                    server::Event::Send { format, payload, .. } => Some((*format, payload.clone())),
                    _ => None,
                });
                let (format, payload) = sends.next().unwrap();
                assert!(sends.next().is_none());
                let values = pair.decode_payload(server, "/", format, &payload);
                values.into_keys().collect::<Vec<Path>>()
            });
            assert_eq!(
                sent[0],
                [Path::resource(1, 0, 1), CLOSED, OPEN],
                "{version} {content:?}"
            );
            assert_eq!(sent[1], [OPEN], "{version} {content:?}");
        }
        // Nothing at all is nothing to send.
        let now = pair.now;
        let only = SendContent::Records(&records[..1]);
        let refused = pair.clients[0].engine.send(now, Some(102), only);
        assert_eq!(refused, Err(SendError::Nothing));
        assert_eq!(pair.wire.requests(0, Code::POST, "/dp").len(), 4);
    }
}
