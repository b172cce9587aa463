//! Observe, notify, cancel (LwM2M Core 1.2, section 6.4).

use lwm2m_runtime::{
    client::{ClientConfig, Event, State},
    coap::{Code, OptionNumber},
    model::{Path, ValueRef, Version},
    objects::Lwm2mAccessControl,
};

use crate::support::{
    Ack, Bench, Con, Non, Rst, SERVER, SWITCH, Sent, VALUE, answer, begin, config, empty, get, observe, peer,
    probe, request, server, tree, tree_of,
};

// proves: REP-01 REP-06 REP-07 ATTR-32 ATTR-35
#[test]
fn every_change_is_notified_without_attributes() {
    let mut bench = Bench::registered();
    let first = begin(&mut bench, "42769/0/0");
    assert_eq!((first.kind, first.text(), first.format()), (Ack, "20", Some(0)));
    let started = Event::ObservationStarted {
        path: VALUE,
        server: SERVER,
    };
    assert_eq!(bench.events(), [started]);
    let mut last = first.observe().unwrap();
    for value in ["21", "22", "20"] {
        bench.set_value(value.parse().unwrap());
        bench.silent();
        let sent = bench.work();
        assert_eq!(sent.len(), 1);
        let next = &sent[0];
        assert_eq!(
            (next.kind, next.code, next.token.as_slice()),
            (Non, Code::CONTENT, &b"obs"[..])
        );
        assert_eq!(
            (next.text(), next.format(), next.peer),
            (value, Some(0), peer(SERVER))
        );
        assert!(next.observe().unwrap() > last);
        last = next.observe().unwrap();
    }
    // The same value again is no change.
    bench.set_value(20.0);
    assert!(bench.work().is_empty());
    assert!(bench.pass(10_000).is_empty());
}

// proves: REP-03 REP-39 DM-69
#[test]
fn what_cannot_be_observed_is_refused() {
    let mut bench = Bench::registered();
    for (path, code) in [
        ("42769/0/9", Code::NOT_FOUND),
        ("42769/3", Code::NOT_FOUND),
        ("42769/0/4", Code::METHOD_NOT_ALLOWED),
        ("0/0", Code::UNAUTHORIZED),
        ("0/0/0", Code::UNAUTHORIZED),
    ] {
        let refused = bench.exchange(&observe(path));
        assert_eq!((refused.code, refused.observe()), (code, None), "{path}");
    }
    assert_eq!(
        bench.code(&observe("42769/0/0").accept(60000)),
        Code::NOT_ACCEPTABLE
    );
    assert_eq!(bench.client.observations(), 0);
}

// proves: REP-04
#[test]
fn an_observe_with_the_same_token_takes_the_place_of_the_other() {
    let mut bench = Bench::registered();
    let first = begin(&mut bench, "42769/0/0");
    bench.set_value(21.0);
    let second = bench.work()[0].observe().unwrap();
    let again = begin(&mut bench, "42769/0/0");
    assert!(first.observe() < Some(second) && Some(second) < again.observe());
    assert_eq!(bench.client.observations(), 1);
    // Another token is another observation.
    bench.exchange(&observe("42769/0/0").accept(0).token(b"two"));
    assert_eq!(bench.client.observations(), 2);
    bench.set_value(22.0);
    assert_eq!(bench.work().len(), 2);
}

// proves: REP-12
#[test]
fn int_303_an_observation_is_cancelled() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0");
    let cancel = get("42769/0/0")
        .accept(0)
        .uint(OptionNumber::OBSERVE, 1)
        .token(b"obs");
    let last = bench.exchange(&cancel);
    assert_eq!(
        (last.code, last.observe(), last.text()),
        (Code::CONTENT, None, "20")
    );
    bench.set_value(21.0);
    assert!(bench.pass(100).is_empty());
    assert_eq!(bench.client.observations(), 0);
    let ended = Event::ObservationEnded {
        path: VALUE,
        server: SERVER,
    };
    assert_eq!(bench.events().last(), Some(&ended));
}

// proves: REP-13
#[test]
fn int_302_a_reset_ends_one_observation() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0");
    bench.exchange(&observe("42769/0/1").token(b"two"));
    bench.set_value(21.0);
    let sent = bench.work();
    assert_eq!(sent[0].kind, Non);
    bench.input(SERVER, &empty(Rst, &sent[0]));
    assert_eq!(bench.client.observations(), 1);
    bench.set_value(22.0);
    bench.set(SWITCH, ValueRef::Boolean(true));
    let sent = bench.work();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].token, b"two");
}

/// A day later, with the registration kept alive: the notifications of that time.
fn a_day_later(bench: &mut Bench) -> Vec<Sent> {
    let mut all = Vec::new();
    for _ in 0..24 * 60 * 6 + 1 {
        for (_, sent) in bench.pass(10) {
            match sent.path().as_str() {
                "" => all.push(sent),
                _ => bench.input(SERVER, &answer(&sent, Code::CHANGED)),
            }
        }
        all.extend(bench.sent());
    }
    bench.events();
    all
}

// proves: REP-15 ROB-15 REG-53
#[test]
fn once_a_day_a_notification_is_confirmable() {
    let mut account = server(SERVER);
    account.notification_storing_when_disabled_or_offline = false;
    let mut bench = Bench::registered_with(config(), tree_of(&[account]));
    begin(&mut bench, "42769/0/0");
    let probe = a_day_later(&mut bench).remove(0);
    assert_eq!((probe.kind, probe.text()), (Con, "20"));
    // Nobody acknowledges it: the observation is over, and the server has to be told so by a Register.
    for (_, sent) in bench.pass(200) {
        assert_eq!(sent.kind, Con);
    }
    assert_eq!(bench.client.observations(), 0);
    assert_eq!(bench.client.state(SERVER), Some(State::Connecting));
    bench.connect(SERVER);
    bench.accept_register(SERVER);
}

// proves: REP-15 REP-32
#[test]
fn what_is_not_acknowledged_is_stored_where_that_is_wanted() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0");
    assert_eq!(a_day_later(&mut bench)[0].kind, Con);
    bench.pass(200);
    bench.set_value(21.0);
    assert!(bench.work().is_empty());
    bench.connect(SERVER);
    bench.accept_register(SERVER);
    let stored = bench.only();
    assert_eq!((stored.kind, stored.token.as_slice()), (Con, &b"obs"[..]));
    assert_eq!(bench.client.observations(), 0);
}

#[test]
fn an_acknowledged_notification_is_no_matter() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0");
    let probe = a_day_later(&mut bench).remove(0);
    bench.input(SERVER, &empty(Ack, &probe));
    bench.pass(200);
    assert_eq!(bench.client.state(SERVER), Some(State::Registered));
    assert_eq!(bench.client.observations(), 1);
}

// proves: REP-10
#[test]
fn an_instance_is_notified_as_a_whole() {
    let mut bench = Bench::registered();
    let first = bench.exchange(&observe("42769/0").accept(11542).token(b"obs"));
    assert_eq!(first.format(), Some(11542));
    bench.set(SWITCH, ValueRef::Boolean(true));
    let sent = bench.work();
    assert_eq!((sent.len(), sent[0].format()), (1, Some(11542)));
    let text = String::from_utf8_lossy(&sent[0].payload).into_owned();
    assert!(text.contains("north"), "{text}");
    // Several changes at once are one notification.
    bench.set(SWITCH, ValueRef::Boolean(false));
    bench.set_value(1.0);
    assert_eq!(bench.work().len(), 1);
}

// proves: REP-20 ROB-62
#[test]
fn an_object_is_observed_with_the_instances_that_come_and_go() {
    let mut bench = Bench::registered();
    bench.exchange(&observe("42769").accept(110).token(b"obs"));
    bench
        .client
        .change(bench.now, |tree| tree.insert_dynamic(3, probe()))
        .unwrap();
    bench.sent();
    let sent = bench.work();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].text().contains("3/0"), "{}", sent[0].text());
    bench.client.change(bench.now, |tree| tree.remove(42769, 0));
    bench.sent();
    let sent = bench.work();
    assert_eq!((sent.len(), sent[0].code), (1, Code::CONTENT));
    assert_eq!(bench.client.observations(), 1);
}

// proves: REP-16 ROB-62
#[test]
fn a_target_that_is_deleted_ends_its_observation() {
    let mut bench = Bench::registered();
    assert_eq!(bench.code(&request(Code::PUT, "42769?pmin=1000")), Code::CHANGED);
    begin(&mut bench, "42769/0/0");
    bench.exchange(&observe("3/0/9").token(b"two"));
    bench.events();
    bench.ask(SERVER, &request(Code::DELETE, "42769/0"));
    let sent = bench.sent();
    assert_eq!(sent[0].code, Code::DELETED);
    assert_eq!(bench.client.observations(), 1);
    // It has to be acknowledged, and so waits for the Update before it.
    assert_eq!((sent.len(), sent[1].path().as_str()), (2, "rd/5a3f"));
    bench.input(SERVER, &answer(&sent[1], Code::CHANGED));
    let last = bench.only();
    assert_eq!(
        (last.kind, last.code, last.observe()),
        (Con, Code::NOT_FOUND, None)
    );
    assert_eq!(last.token, b"obs");
    assert_eq!(bench.client.observations(), 1);
    assert!(bench.events().contains(&Event::ObservationEnded {
        path: VALUE,
        server: SERVER
    }));
}

#[test]
fn a_resource_that_goes_ends_its_observation() {
    let mut bench = Bench::registered();
    bench.exchange(&observe("42769/0/5").token(b"obs"));
    bench
        .client
        .change(bench.now, |tree| tree.remove_value(Path::resource(42769, 0, 5)));
    let sent = bench.work();
    assert_eq!((sent.len(), sent[0].code), (1, Code::NOT_FOUND));
    assert_eq!(bench.client.observations(), 0);
}

// proves: REP-35 REG-93
#[test]
fn two_servers_observe_the_same_path_apart() {
    let mut bench = Bench::new(config(), tree_of(&[server(SERVER), server(102)]));
    bench.client.start(bench.now);
    for server in [SERVER, 102] {
        bench.connect(server);
        bench.accept_register(server);
        bench.ask(server, &observe("42769/0/0").accept(0).token(b"obs"));
        bench.sent();
    }
    bench.ask(102, &request(Code::PUT, "42769/0/0?pmin=10"));
    bench.sent();
    bench.set_value(21.0);
    let sent = bench.pass(20);
    let times: Vec<_> = sent.iter().map(|(second, sent)| (*second, sent.peer)).collect();
    assert_eq!(times, [(0, peer(SERVER)), (10, peer(102))]);
    bench.input(SERVER, &empty(Rst, &sent[0].1));
    assert_eq!(bench.client.observations(), 1);
}

// proves: REP-17 REG-53
#[test]
fn a_new_registration_has_no_observations() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0");
    bench.client.moved(bench.now);
    bench.accept_register(SERVER);
    assert_eq!(bench.client.observations(), 0);
    bench.set_value(1.0);
    assert!(bench.work().is_empty());
}

// proves: REP-17
#[test]
fn a_deregistration_ends_observations() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0");
    bench.client.stop(bench.now);
    let deregister = bench.only();
    bench.set_value(1.0);
    assert!(bench.work().is_empty());
    bench.input(SERVER, &answer(&deregister, Code::DELETED));
    assert_eq!(bench.client.observations(), 0);
}

// proves: ROB-21 ROB-63
#[test]
fn observations_are_bounded_and_coalesced() {
    let config = ClientConfig {
        max_observations: 3,
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    for number in 0..5_u8 {
        let first = bench.exchange(&observe("42769/0/0").accept(0).token(&[number]));
        assert_eq!(first.code, Code::CONTENT);
        assert_eq!(first.observe().is_some(), number < 3, "beyond, it is a Read");
    }
    for value in 0..1000 {
        bench.set_value(f64::from(value));
    }
    assert_eq!(bench.work().len(), 3);
}

// proves: REP-38
#[test]
fn a_large_notification_is_fetched_in_blocks() {
    let mut bench = Bench::registered();
    bench.exchange(&observe("42769/0/5").accept(0).token(b"obs"));
    let long = "y".repeat(2000);
    bench.set(Path::resource(42769, 0, 5), ValueRef::String(&long));
    let sent = bench.work();
    assert_eq!((sent.len(), sent[0].payload.len()), (1, 1024));
    assert!(sent[0].observe().is_some());
    let rest = bench.exchange(&get("42769/0/5").accept(0).uint(OptionNumber::BLOCK2, 1 << 4 | 6));
    assert_eq!((rest.payload.len(), rest.observe()), (976, None));
}

#[test]
fn a_1_0_session_has_no_attributes_in_an_observe() {
    let config = ClientConfig {
        versions: vec![Version::V1_0],
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    assert_eq!(bench.code(&observe("42769/0/0?pmin=5")), Code::BAD_REQUEST);
    let first = bench.exchange(&observe("42769/0/0"));
    assert_eq!(first.format(), Some(11542));
}

#[test]
fn confirmable_notifications_can_be_the_rule() {
    let config = ClientConfig {
        confirmable_notifications: true,
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    begin(&mut bench, "42769/0/0");
    bench.set_value(1.0);
    let first = bench.work();
    assert_eq!(first[0].kind, Con);
    // One that is not acknowledged is followed by the newest, not by all.
    for value in 2..10 {
        bench.set_value(f64::from(value));
        assert!(bench.work().is_empty());
    }
    bench.input(SERVER, &empty(Ack, &first[0]));
    assert_eq!(bench.only().text(), "9");
}

// proves: COAP-15
#[test]
fn an_observation_has_no_end_by_itself() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0");
    assert!(bench.pass(80_000).is_empty());
    bench.set_value(21.0);
    assert_eq!(bench.work().len(), 1);
}

/// A rule for the probe, owned by nobody: what the servers may do.
fn rule(rights: &[(u16, i64)]) -> Lwm2mAccessControl {
    Lwm2mAccessControl {
        object_id: 42769,
        object_instance_id: 0,
        acl: Some(rights.iter().copied().collect()),
        access_control_owner: 65535,
    }
}

// proves: REP-11
#[test]
fn without_a_right_to_the_value_nothing_is_notified() {
    let mut tree = tree_of(&[server(SERVER), server(102)]);
    tree.insert(0, rule(&[(SERVER, 1), (102, 1)])).unwrap();
    let mut bench = Bench::new(config(), tree);
    bench.client.start(bench.now);
    for server in [SERVER, 102] {
        bench.connect(server);
        bench.accept_register(server);
        bench.ask(server, &observe("42769/0/0").accept(0).token(b"obs"));
        assert_eq!(bench.only().code, Code::CONTENT);
    }
    bench
        .client
        .change(bench.now, |tree| tree.insert(0, rule(&[(102, 1)])))
        .unwrap();
    bench.sent();
    bench.set_value(21.0);
    let sent = bench.work();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].peer, peer(102));
    // The observation goes on when the right comes back.
    bench
        .client
        .change(bench.now, |tree| tree.insert(0, rule(&[(SERVER, 1), (102, 1)])))
        .unwrap();
    bench.sent();
    bench.set_value(22.0);
    assert_eq!(bench.work().len(), 2);
}
