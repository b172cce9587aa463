//! Observe-Composite and its notifications (LwM2M Core 1.2, section 6.4).

use lwm2m_runtime::{
    client::ClientConfig,
    coap::{Code, OptionNumber},
    model::{Path, ValueRef},
};

use crate::support::{Bench, Con, SERVER, config, probe, request, tree};

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
