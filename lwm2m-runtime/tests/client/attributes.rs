//! When servers are notified: attributes and their inheritance (LwM2M Core 1.2, section 7.3.2).

use lwm2m_runtime::{coap::Code, model::ValueRef, objects::Lwm2mServer};

use crate::support::{
    Ack, Bench, Con, SERVER, SWITCH, VALUE, begin, config, empty, get, notified, observe, put, request,
    server, tree_of,
};

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
