//! What servers attach to paths.

use lwm2m_runtime::{
    link::{Attribute, AttributeChanges, NotificationAttributes},
    model::Path,
    reporting::{AttachError, AttachedAttributes, ServerDefaults},
};

use crate::clock::attributes;

fn changes(query: &str) -> AttributeChanges {
    AttributeChanges::parse(query.split('&')).unwrap()
}

// proves: ATTR-27
#[test]
fn absent_defaults_mean_no_periods() {
    let attached = AttachedAttributes::new(1);
    let applied = attached.of_observe(Path::instance(3, 0), &attributes(""), ServerDefaults::default());
    assert_eq!(applied, NotificationAttributes::default());
    let defaults = ServerDefaults {
        pmin: Some(1),
        pmax: Some(0),
        con: Some(false),
    };
    let applied = attached.of_observe(Path::instance(3, 0), &attributes(""), defaults);
    assert_eq!(
        (applied.pmin, applied.pmax, applied.con),
        (Some(1), Some(0), Some(false))
    );
    assert_eq!(attached.inherited(Path::ROOT), NotificationAttributes::default());
}

#[test]
fn attributes_of_different_levels_come_together() {
    let mut attached = AttachedAttributes::new(10);
    let ids = [3, 0, 7, 1];
    for (depth, query) in (1..=4).zip(["pmin=1&epmin=1", "pmin=2&pmax=2", "pmin=3&gt=3", "pmin=4"]) {
        attached
            .write(Path::from_ids(&ids).unwrap().up_to(depth), &changes(query))
            .unwrap();
    }
    for (depth, expected) in (1..=4).zip([
        "pmin=1&epmin=1",
        "pmin=2&pmax=2&epmin=1",
        "pmin=3&pmax=2&gt=3&epmin=1",
        "pmin=4&pmax=2&gt=3&epmin=1",
    ]) {
        let path = Path::from_ids(&ids).unwrap().up_to(depth);
        assert_eq!(attached.inherited(path), attributes(expected), "{path}");
    }
    assert_eq!(attached.inherited(Path::instance(4, 0)), attributes(""));
}

#[test]
fn attributes_go_with_what_they_are_attached_to() {
    let mut attached = AttachedAttributes::new(10);
    for path in [
        Path::object(3),
        Path::instance(3, 0),
        Path::resource(3, 0, 9),
        Path::instance(3, 1),
    ] {
        attached.write(path, &changes("hqmax=1")).unwrap();
    }
    attached.remove(Path::instance(3, 0));
    let left: Vec<_> = attached.iter().map(|(path, _)| path).collect();
    assert_eq!(left, [Path::object(3), Path::instance(3, 1)]);
    assert!(attached.has_hqmax());
    attached.clear();
    assert_eq!(attached.iter().count(), 0);
    assert!(!attached.has_hqmax());
}

#[test]
fn there_is_a_limit_and_unsetting_makes_room() {
    let mut attached = AttachedAttributes::new(2);
    for object in [3, 4] {
        attached
            .write(Path::object(object), &changes("pmin=1&pmax=2"))
            .unwrap();
    }
    assert_eq!(
        attached.write(Path::object(5), &changes("pmin=1")),
        Err(AttachError)
    );
    assert_eq!(attached.at(Path::object(5)), attributes(""));
    assert_eq!(
        attached.write(Path::object(4), &changes("pmax=3")),
        Ok(()),
        "it is there already"
    );
    assert_eq!(
        attached.write(Path::object(6), &changes("pmin")),
        Ok(()),
        "there is nothing to keep"
    );
    let unset = AttributeChanges::default()
        .unset(Attribute::Pmin)
        .unset(Attribute::Pmax);
    attached.write(Path::object(4), &unset).unwrap();
    assert_eq!(attached.write(Path::object(5), &changes("pmin=1")), Ok(()));
}
