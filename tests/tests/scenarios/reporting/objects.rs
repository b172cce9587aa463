use lwm2m_runtime::{
    model::{Path, Value, ValueRef, Version},
    operation::Status,
};
use lwm2m_tests::pair::{Pair, Program, path};

use super::{assert_periods, observed_at, sent_at, set};
use crate::fixtures::{VERSIONS, full_tree, registered_with, usual_tree};

/// Observes an instance with pmin 2 and pmax 10, and changes something now and then.
fn within_bounds(at: &str, changes: &[(Path, ValueRef<'_>)]) {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        assert_eq!(pair.attributes(at, "pmin=2&pmax=10"), Status::Changed);
        let (observation, first) = pair.watch(at, "");
        let whole = pair.decode(at, &first);
        let start = observed_at(&pair, at);
        let mark = pair.wire.mark();
        for (path, value) in changes {
            set(&mut pair, *path, *value);
            pair.run_secs(13);
        }
        pair.run_secs(1);
        let times = sent_at(&pair, mark, start);
        assert!(times.len() >= 2 * changes.len(), "{times:?}\n{}", pair.log());
        assert_periods(&times, 2.0..=10.0);
        // Each has the whole instance.
        for (_, answer) in pair.notifications(observation) {
            let values = pair.decode(at, &answer);
            assert_eq!(values.len(), whole.len(), "{version} {at}");
        }
        let (_, last) = pair.notifications(observation).pop().unwrap();
        let values = pair.decode(at, &last);
        let (path, value) = changes.last().unwrap();
        assert_eq!(values[path].as_ref(), *value);
    }
}

// proves: REP-10
#[test]
fn int_710_observes_the_network() {
    let strength = Path::resource(4, 0, 2);
    within_bounds(
        "/4/0",
        &[
            (strength, ValueRef::Integer(-80)),
            (strength, ValueRef::Integer(-101)),
        ],
    );
}

#[test]
fn int_810_observes_the_place() {
    let latitude = Path::resource(6, 0, 0);
    within_bounds(
        "/6/0",
        &[
            (latitude, ValueRef::Float(43.5)),
            (latitude, ValueRef::Float(43.25)),
        ],
    );
}

#[test]
fn int_910_observes_the_statistics() {
    let sent = Path::resource(7, 0, 2);
    within_bounds(
        "/7/0",
        &[(sent, ValueRef::Integer(10)), (sent, ValueRef::Integer(25))],
    );
}

fn cellular(version: Version) -> Pair<Program> {
    let values = [
        (Path::resource(10, 0, 1), ValueRef::Integer(60)),
        (Path::resource(10, 0, 4), ValueRef::Integer(1)),
    ];
    let mut tree = usual_tree();
    tree.insert_dynamic(0, crate::fixtures::dynamic(10, &values))
        .unwrap();
    registered_with(version, tree)
}

#[test]
fn int_1203_observes_a_resource_of_the_cellular_object() {
    for version in VERSIONS {
        let mut pair = cellular(version);
        let (observation, _) = pair.watch("/10/0/4", "");
        set(&mut pair, Path::resource(10, 0, 4), ValueRef::Integer(5));
        pair.settle();
        let (_, answer) = pair.notifications(observation).pop().unwrap();
        assert_eq!(
            pair.decode("/10/0/4", &answer)[&path("/10/0/4")],
            Value::Integer(5)
        );
    }
}

#[test]
fn int_1204_observes_an_instance_of_the_cellular_object() {
    for version in VERSIONS {
        let mut pair = cellular(version);
        let (observation, _) = pair.watch("/10/0", "");
        assert_eq!(pair.put_text("/10/0/1", "90"), Status::Changed);
        pair.settle();
        let (_, answer) = pair.notifications(observation).pop().unwrap();
        assert_eq!(
            pair.decode("/10/0", &answer)[&path("/10/0/1")],
            Value::Integer(90)
        );
    }
}

#[test]
fn int_1900_observes_data_of_the_application() {
    let at = Path::resource_instance(19, 0, 0, 0);
    for version in VERSIONS {
        let mut tree = usual_tree();
        let instance = crate::fixtures::dynamic(19, &[(at, ValueRef::Opaque(b"up 0"))]);
        tree.insert_dynamic(0, instance).unwrap();
        let mut pair = registered_with(version, tree);
        let (observation, _) = pair.watch("/19/0/0", "");
        for data in [&b"up 1"[..], b"up 2"] {
            set(&mut pair, at, ValueRef::Opaque(data));
            pair.settle();
            let (_, answer) = pair.notifications(observation).pop().unwrap();
            let values = pair.decode("/19/0/0", &answer);
            assert_eq!(values[&at], Value::Opaque(data.to_vec()));
        }
    }
}
