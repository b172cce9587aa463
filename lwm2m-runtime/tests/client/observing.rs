//! Observe, notify, cancel (LwM2M Core 1.2, section 6.4).

use lwm2m_runtime::{
    client::{ClientConfig, Event, State},
    coap::{Code, OptionNumber},
    model::{Path, ValueRef, Version},
    objects::{Lwm2mAccessControl, Lwm2mServer},
};

use crate::support::{
    Ack, Bench, Con, Non, Rst, SERVER, SWITCH, Sent, VALUE, answer, config, empty, get, observe, peer, probe,
    put, request, server, tree, tree_of,
};

/// What was notified when.
fn notified(sent: &[(u64, Sent)]) -> Vec<(u64, &str)> {
    sent.iter().map(|(second, sent)| (*second, sent.text())).collect()
}

/// Begins to observe the value as text, with a token.
fn begin(bench: &mut Bench, path: &str) -> Sent {
    let first = bench.exchange(&observe(path).accept(0).token(b"obs"));
    assert_eq!(first.code, Code::CONTENT, "{path}");
    assert!(first.observe().is_some());
    first
}

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

// proves: REP-02 ATTR-32 ATTR-33 ATTR-34
#[test]
fn scenario_s1_pmin_and_pmax() {
    let mut bench = Bench::registered();
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/0?pmin=10&pmax=60")),
        Code::CHANGED
    );
    begin(&mut bench, "42769/0/0");
    let mut all = Vec::new();
    let mut start = 0;
    for (second, value) in [(3, Some(21.0)), (12, Some(22.0)), (95, Some(23.0)), (160, None)] {
        let sent = bench.pass(second - start);
        all.extend(sent.into_iter().map(|(after, sent)| (start + after, sent)));
        start = second;
        if let Some(value) = value {
            bench.set_value(value);
        }
    }
    let expected = [(10, "21"), (20, "22"), (80, "22"), (95, "23"), (155, "23")];
    assert_eq!(notified(&all), expected);
}

// proves: ATTR-42
#[test]
fn scenario_s7_what_was_due_is_sent_with_the_value_of_its_time() {
    let mut bench = Bench::registered();
    bench.set_value(90.0);
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/0?gt=100&pmin=5")),
        Code::CHANGED
    );
    begin(&mut bench, "42769/0/0");
    assert!(bench.pass(1).is_empty());
    bench.set_value(101.0);
    assert!(bench.pass(2).is_empty());
    bench.set_value(95.0);
    assert_eq!(notified(&bench.pass(100)), [(2, "95")]);
}

// proves: ATTR-36 ATTR-37 ATTR-39
#[test]
fn scenario_s5_thresholds_and_steps() {
    for (last, value, expected) in [
        (75.0, 90.0, true),
        (50.0, 10.0, true),
        (87.0, 99.0, true),
        (17.0, 24.0, true),
        (50.0, 55.0, false),
        (84.0, 86.0, true),
    ] {
        let mut bench = Bench::registered();
        bench.set_value(last);
        assert_eq!(
            bench.code(&request(Code::PUT, "42769/0/0?lt=20&gt=85&st=10")),
            Code::CHANGED
        );
        begin(&mut bench, "42769/0/0");
        bench.set_value(value);
        assert_eq!(!bench.work().is_empty(), expected, "{last} -> {value}");
    }
}

// proves: ATTR-40 ATTR-41
#[test]
fn scenario_s9_every_edge_counts() {
    let mut bench = Bench::registered();
    assert_eq!(bench.code(&request(Code::PUT, "42769/0/1?edge=1")), Code::CHANGED);
    begin(&mut bench, "42769/0/1");
    let mut seen = Vec::new();
    for value in [true, false, true] {
        bench.pass(2);
        bench.set(SWITCH, ValueRef::Boolean(value));
        seen.push(bench.work().len());
    }
    assert_eq!(seen, [1, 0, 1]);
}

// proves: ATTR-26 ATTR-28 ATTR-27
#[test]
fn scenario_s11_and_s12_attributes_are_inherited_from_above_only() {
    let mut bench = Bench::registered();
    for path in ["42769?pmin=10", "42769/0?pmax=60", "42769/0/0?pmin=5"] {
        assert_eq!(bench.code(&request(Code::PUT, path)), Code::CHANGED);
    }
    begin(&mut bench, "42769/0/0");
    bench.set_value(1.0);
    assert_eq!(notified(&bench.pass(70)), [(5, "1"), (65, "1")]);

    // An observation of the instance does not see what is attached to the resource.
    let mut bench = Bench::registered();
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/0?pmin=100")),
        Code::CHANGED
    );
    bench.exchange(&observe("42769/0").accept(110).token(b"obs"));
    bench.set_value(1.0);
    assert_eq!(bench.work().len(), 1);
}

// proves: ATTR-26 ATTR-27 ATTR-47
#[test]
fn the_server_object_has_the_defaults() {
    let account = Lwm2mServer {
        default_minimum_period: Some(5),
        default_maximum_period: Some(20),
        default_notification_mode: Some(lwm2m_runtime::objects::o1_v1_2::DefaultNotificationMode(1)),
        ..server(SERVER)
    };
    let mut bench = Bench::registered_with(config(), tree_of(&[account]));
    begin(&mut bench, "42769/0/0");
    bench.set_value(1.0);
    let sent = bench.pass(6);
    assert_eq!(notified(&sent), [(5, "1")]);
    assert_eq!(sent[0].1.kind, Con);
    bench.input(SERVER, &empty(Ack, &sent[0].1));
    // They may change while an observation goes on.
    assert_eq!(bench.code(&put("1/0/3", "10")), Code::CHANGED);
    let sent = bench.pass(10);
    assert_eq!(sent[0].0, 9);
}

// proves: ATTR-49
#[test]
fn int_310_other_attributes_count_at_once() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0");
    bench.pass(3);
    assert_eq!(bench.code(&request(Code::PUT, "42769?pmax=5")), Code::CHANGED);
    assert_eq!(notified(&bench.pass(8)), [(2, "20"), (7, "20")]);
}

// proves: REP-05 ATTR-29
#[test]
fn int_312_and_313_attributes_of_the_request_win() {
    let mut bench = Bench::registered();
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/0?gt=50&pmax=60")),
        Code::CHANGED
    );
    begin(&mut bench, "42769/0/0?pmin=5&pmax=10");
    bench.set_value(21.0);
    assert_eq!(notified(&bench.pass(16)), [(5, "21"), (15, "21")]);
    let links = bench.exchange(&get("42769/0/0").accept(40));
    assert_eq!(links.text(), "</42769/0/0>;pmax=60;gt=50");
    let refused = observe("42769/0/0?pmin=x").token(b"other");
    assert_eq!(bench.code(&refused), Code::BAD_REQUEST);
    assert_eq!(bench.client.observations(), 1);
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

fn fetch(list: &str, observe: u32) -> crate::support::Datagram {
    request(Code::FETCH, "")
        .body(110, list.as_bytes())
        .accept(110)
        .uint(OptionNumber::OBSERVE, observe)
        .token(b"all")
}

// proves: REP-18 REP-19 REP-21 ATTR-31
#[test]
fn int_304_and_305_several_paths_are_observed_together() {
    let mut bench = Bench::registered();
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/0?pmin=30&pmax=45")),
        Code::CHANGED
    );
    let list = "[{\"n\":\"/42769/0/0\"},{\"n\":\"/42769/0/5\"},{\"n\":\"/3/0/9\"}]";
    let first = bench.exchange(&fetch(list, 0));
    assert_eq!((first.code, first.format()), (Code::CONTENT, Some(110)));
    assert!(first.observe().is_some());
    let sent = bench.pass(50);
    assert_eq!((sent.len(), sent[0].0), (1, 45));
    for part in ["north", "80", "20"] {
        assert!(sent[0].1.text().contains(part), "{}", sent[0].1.text());
    }
    // Another path has no pmin.
    bench.set(Path::resource(3, 0, 9), ValueRef::Integer(79));
    assert_eq!(bench.work().len(), 1);

    let last = bench.exchange(&fetch(list, 1));
    assert_eq!((last.code, last.observe()), (Code::CONTENT, None));
    assert!(last.text().contains("79"));
    assert!(bench.pass(100).is_empty());
    assert_eq!(bench.client.observations(), 0);
}

// proves: REP-20 ATTR-31
#[test]
fn int_308_and_309_paths_that_come_and_go_are_observed() {
    let mut bench = Bench::registered();
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0?pmin=30&pmax=45")),
        Code::CHANGED
    );
    let first = bench.exchange(&fetch("[{\"n\":\"/42769/0\"},{\"n\":\"/42769/1\"}]", 0));
    assert_eq!(first.text().matches("north").count(), 1);
    bench
        .client
        .change(bench.now, |tree| tree.insert_dynamic(1, probe()))
        .unwrap();
    bench.sent();
    let sent = bench.work();
    assert_eq!(sent.len(), 1, "nothing is attached to the new instance");
    assert_eq!(sent[0].text().matches("north").count(), 2);
    bench.ask(SERVER, &request(Code::DELETE, "42769/1"));
    let sent = bench.sent();
    let last = sent.iter().find(|sent| sent.token == b"all").unwrap();
    assert_eq!(last.code, Code::CONTENT);
    assert_eq!(last.text().matches("north").count(), 1);
    assert_eq!(bench.client.observations(), 1);
}

// proves: ATTR-30
#[test]
fn scenario_s14_periods_in_the_request_take_the_place_of_attached_ones() {
    let mut bench = Bench::registered();
    for path in ["42769?pmin=60", "3?pmax=300"] {
        assert_eq!(bench.code(&request(Code::PUT, path)), Code::CHANGED);
    }
    let list = "[{\"n\":\"/42769/0/0\"},{\"n\":\"/3/0/9\"}]";
    let with = |query: &str| {
        request(Code::FETCH, query)
            .body(110, list.as_bytes())
            .accept(110)
            .uint(OptionNumber::OBSERVE, 0)
            .token(b"all")
    };
    assert_eq!(bench.code(&with("?gt=5")), Code::BAD_REQUEST);
    assert_eq!(bench.code(&with("?epmin=30")), Code::CONTENT);
    bench.set_value(1.0);
    let sent = bench.pass(400);
    assert_eq!((sent.len(), sent[0].0), (1, 30));
}

// proves: ATTR-47
#[test]
fn scenario_s15_con_anywhere_makes_notifications_confirmable() {
    let mut bench = Bench::registered();
    assert_eq!(bench.code(&request(Code::PUT, "3/0?con=1")), Code::CHANGED);
    bench.exchange(&fetch("[{\"n\":\"/42769/0/0\"},{\"n\":\"/3/0/9\"}]", 0));
    bench.set_value(1.0);
    assert_eq!(bench.work()[0].kind, Con);
}

// proves: ATTR-46
#[test]
fn scenario_s17_values_are_looked_at_again_in_time() {
    let mut bench = Bench::registered();
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/0?epmin=10&epmax=20")),
        Code::CHANGED
    );
    begin(&mut bench, "42769/0/0");
    bench.pass(1);
    bench.set_value(21.0);
    assert_eq!(notified(&bench.pass(30)), [(9, "21")]);
    // The device says nothing; it is asked.
    bench.program.value_on_refresh = Some(30.0);
    bench.program.refreshed.clear();
    let sent = bench.pass(20);
    assert_eq!(sent[0].1.text(), "30");
    assert!(bench.program.refreshed.contains(&VALUE));
}

#[test]
fn a_value_is_brought_up_to_date_before_pmax_sends_it() {
    let mut bench = Bench::registered();
    begin(&mut bench, "42769/0/0?pmax=10");
    bench.program.value_on_refresh = Some(30.0);
    assert_eq!(notified(&bench.pass(25)), [(10, "30"), (20, "30")]);
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

#[test]
fn observations_of_a_composite_are_bounded() {
    let config = ClientConfig {
        max_observed_paths: 2,
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    let list = "[{\"n\":\"/3/0/0\"},{\"n\":\"/3/0/1\"},{\"n\":\"/3/0/9\"}]";
    assert_eq!(bench.exchange(&fetch(list, 0)).observe(), None);
    assert_eq!(bench.client.observations(), 0);
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
