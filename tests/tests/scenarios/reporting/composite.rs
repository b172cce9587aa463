use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::{Path, Value, ValueRef, Version},
    operation::Status,
    server::Answer,
    time::Instant,
};
use lwm2m_tests::pair::{Pair, Program, client_address, path, values};

use super::{assert_periods, sent_at, set};
use crate::fixtures::{full_tree, registered, registered_with};

const SINCE_1_1: [(Version, ContentFormat); 2] = [
    (Version::V1_1, ContentFormat::SENML_JSON),
    (Version::V1_2, ContentFormat::SENML_ETCH_CBOR),
];
const ACCEPT: ContentFormat = ContentFormat::SENML_CBOR;

/// When the device answered the first Observe-Composite.
fn observed_at(pair: &Pair<Program>) -> Instant {
    let fetch = pair.wire.requests(0, Code::FETCH, "/");
    let fetch = fetch.iter().find(|sent| sent.observe() == Some(0)).unwrap();
    pair.wire.response_to(fetch).unwrap().at
}

// proves: ATTR-31 ATTR-34 REP-18 REP-19 REP-43
#[test]
fn int_304_any_path_brings_a_notification_of_all() {
    for (version, list) in SINCE_1_1 {
        let mut pair = registered(version);
        assert_eq!(pair.attributes("/1/0/1", "pmin=30&pmax=45"), Status::Changed);
        let listed = ["/1/0/1", "/3/0/11/0", "/3/0/16"];
        let (observation, first) = pair.watch_all(list, &listed, ACCEPT, "");
        let keys = |pair: &Pair<Program>, answer: &Answer| -> Vec<String> {
            pair.decode("/", answer).keys().map(ToString::to_string).collect()
        };
        assert_eq!(keys(&pair, &first), listed);
        let start = observed_at(&pair);
        let mark = pair.wire.mark();
        pair.run_secs(91);
        let times = sent_at(&pair, mark, start);
        assert_eq!(times.len(), 2, "{times:?}\n{}", pair.log());
        assert_periods(&times, 30.0..=45.0);
        for (_, answer) in pair.notifications(observation) {
            assert_eq!(keys(&pair, &answer), listed);
        }
        // A change of it waits for the least period.
        let last = times[1];
        assert_eq!(pair.put_text("/1/0/1", "4711"), Status::Changed);
        pair.run_secs(40);
        let times = sent_at(&pair, mark, start);
        assert!((30.0..=30.2).contains(&(times[2] - last)), "{times:?}");
        let (_, answer) = &pair.notifications(observation)[2];
        assert_eq!(pair.decode("/", answer)[&path("/1/0/1")], Value::Integer(4711));
    }
}

// proves: REP-21 REP-22
#[test]
fn int_305_a_cancel_repeats_the_list() {
    for (version, list) in SINCE_1_1 {
        let mut pair = registered(version);
        let (observation, _) = pair.watch_all(list, &["/3/0/9", "/3/0/16"], ACCEPT, "");
        let observe = pair.wire.requests(0, Code::FETCH, "/")[0].clone();
        let mark = pair.wire.mark();
        let now = pair.now;
        assert!(pair.servers[0].engine.cancel_observation(now, observation));
        pair.settle();
        let cancel = pair.wire.requests(mark, Code::FETCH, "/");
        assert_eq!(cancel.len(), 1, "{version}\n{}", pair.log());
        assert_eq!(cancel[0].observe(), Some(1));
        assert_eq!(cancel[0].payload(), observe.payload());
        assert_eq!(cancel[0].content_format(), observe.content_format());
        assert_eq!(cancel[0].accept(), observe.accept());
        assert_eq!(
            cancel[0].message().unwrap().token,
            observe.message().unwrap().token
        );
        let answer = pair
            .wire
            .since(mark)
            .iter()
            .find(|sent| sent.code() == Some(Code::CONTENT));
        let answer = answer.unwrap();
        assert!(answer.observe().is_none() && !answer.payload().is_empty());
        let mark = pair.wire.mark();
        set(&mut pair, Path::resource(3, 0, 9), ValueRef::Integer(77));
        pair.run_secs(100);
        assert!(pair.wire.notifications(mark, client_address(0)).is_empty());
        assert_eq!(pair.client().observations(), 0);
    }
}

// proves: REP-20
#[test]
fn int_308_an_instance_that_comes_is_in_the_next_notification() {
    for (version, list) in SINCE_1_1 {
        let mut pair = registered_with(version, full_tree());
        assert_eq!(pair.attributes("/16/0", "pmin=30&pmax=45"), Status::Changed);
        let (observation, first) = pair.watch_all(list, &["/16/0", "/16/1"], ACCEPT, "");
        let instances = |pair: &Pair<Program>, answer: &Answer| -> Vec<u16> {
            let mut instances: Vec<_> = pair
                .decode("/", answer)
                .keys()
                .filter_map(|path: &Path| path.instance_id())
                .collect();
            instances.dedup();
            instances
        };
        assert_eq!(instances(&pair, &first), [0]);
        let start = observed_at(&pair);
        let mark = pair.wire.mark();
        pair.run_secs(10);
        let bytes = values(
            ContentFormat::SENML_CBOR,
            "/16",
            &[("/16/1/0/0", ValueRef::String("second"))],
        );
        let created = pair.create(16, ContentFormat::SENML_CBOR, &bytes);
        assert_eq!(created.status, Status::Created);
        pair.run_secs(100);
        let times = sent_at(&pair, mark, start);
        let told = pair.notifications(observation);
        assert!(times.len() >= 2, "{version} {times:?}\n{}", pair.log());
        let (_, last) = told.last().unwrap();
        assert_eq!(instances(&pair, last), [0, 1], "{version}");
        assert!(times.iter().any(|at| *at <= 45.1), "{times:?}");
    }
}

#[test]
fn int_309_an_instance_that_goes_leaves_the_observation_alive() {
    for (version, list) in SINCE_1_1 {
        let mut tree = full_tree();
        tree.insert_dynamic(1, crate::fixtures::portfolio()).unwrap();
        let mut pair = registered_with(version, tree);
        let (observation, first) = pair.watch_all(list, &["/16/0", "/16/1"], ACCEPT, "");
        assert_eq!(pair.decode("/", &first).len(), 8);
        assert_eq!(pair.delete("/16/1"), Status::Deleted);
        pair.run_secs(60);
        assert_eq!(pair.put_text("/16/0/0/1", "changed"), Status::Changed);
        pair.run_secs(60);
        let (_, last) = pair.notifications(observation).pop().unwrap();
        let values = pair.decode("/", &last);
        assert_eq!(values.len(), 4, "{version}");
        assert!(values.keys().all(|at| at.instance_id() == Some(0)));
        assert_eq!(pair.client().observations(), 1);
    }
}

// proves: ATTR-49
#[test]
fn int_310_a_new_period_during_the_observation() {
    for (version, list) in SINCE_1_1 {
        let mut pair = registered(version);
        let (observation, _) = pair.watch_all(list, &["/3/0/9", "/3/0/16"], ACCEPT, "");
        pair.run_secs(60);
        assert!(pair.notifications(observation).is_empty());
        assert_eq!(pair.attributes("/3", "pmax=5"), Status::Changed);
        pair.run_secs(31);
        // The specification leaves it to the device whether it follows at once; it must not break.
        let told = pair.notifications(observation).len();
        assert!(told == 0 || (5..=7).contains(&told), "{told}");
        set(&mut pair, Path::resource(3, 0, 9), ValueRef::Integer(1));
        pair.settle();
        assert!(pair.notifications(observation).len() > told);
    }
}

// proves: ATTR-30
#[test]
fn attributes_of_an_observe_composite_stand_in_for_attached_ones() {
    let mut pair = registered(Version::V1_2);
    assert_eq!(pair.attributes("/3", "pmin=60"), Status::Changed);
    let list = ContentFormat::SENML_ETCH_JSON;
    let (_, _) = pair.watch_all(list, &["/3/0/9", "/1/0/1"], ACCEPT, "pmax=20");
    let start = observed_at(&pair);
    let mark = pair.wire.mark();
    pair.run_secs(5);
    set(&mut pair, Path::resource(3, 0, 9), ValueRef::Integer(1));
    pair.run_secs(56);
    let times = sent_at(&pair, mark, start);
    assert!(times[0] < 7.0, "the attached pmin does not count: {times:?}");
    assert_periods(
        &times[1..].iter().map(|at| at - times[0]).collect::<Vec<_>>(),
        20.0..=20.0,
    );
    let bytes = lwm2m_tests::pair::paths(ContentFormat::SENML_JSON, &["/3/0/9"]);
    let request = crate::raw::Raw {
        query: &["gt=5"],
        ..crate::raw::Raw::new(Code::FETCH, "/")
            .observe(0)
            .payload(110, &bytes)
            .accept(110)
    };
    assert_eq!(request.code(&mut pair), Code::BAD_REQUEST);
}
