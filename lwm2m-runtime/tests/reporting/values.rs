//! What a change is, by type and level, and what else an observation does.

use lwm2m_runtime::{
    model::{Objlnk, Path, ResourceType, Time, ValueRef},
    reporting::{CONFIRMABLE_REFRESH, Conditions, Decision, Observation, Observed, Sample},
};

use crate::clock::{PATH, attributes, notifications, second, worth};

// proves: ATTR-38
#[test]
fn a_value_equal_to_the_threshold_is_neither_above_nor_below() {
    let worth = |query, reported, value| {
        worth(
            query,
            Observed::Number,
            Sample::Integer(reported),
            Sample::Integer(value),
        )
    };
    for (reported, value, gt, lt) in [
        (10, 11, true, false),
        (11, 10, true, false),
        (10, 9, false, true),
        (9, 10, false, true),
        (9, 11, true, true),
        (10, 10, false, false),
    ] {
        assert_eq!(worth("gt=10", reported, value), gt, "{reported} -> {value}");
        assert_eq!(worth("lt=10", reported, value), lt, "{reported} -> {value}");
    }
}

// proves: ATTR-43 ATTR-44
#[test]
fn conditions_on_a_value_mean_nothing_where_there_is_not_one_value_of_a_type() {
    let revision = |revision| Sample::Revision(revision);
    for query in ["gt=45", "lt=1", "st=10", "edge=1", "gt=45&edge=0"] {
        assert!(
            worth(query, Observed::Other, revision(1), revision(2)),
            "{query}: any change"
        );
        assert!(
            !worth(query, Observed::Other, revision(1), revision(1)),
            "{query}: none"
        );
    }
    assert!(worth(
        "edge=1",
        Observed::Number,
        Sample::Integer(1),
        Sample::Integer(2)
    ));
    assert!(worth(
        "gt=1",
        Observed::Boolean,
        Sample::Boolean(true),
        Sample::Boolean(false)
    ));
    for (resource_type, observed) in [
        (ResourceType::Integer, Observed::Number),
        (ResourceType::Unsigned, Observed::Number),
        (ResourceType::Float, Observed::Number),
        (ResourceType::Boolean, Observed::Boolean),
        (ResourceType::String, Observed::Other),
        (ResourceType::Opaque, Observed::Other),
        (ResourceType::Time, Observed::Other),
        (ResourceType::Objlnk, Observed::Other),
        (ResourceType::Corelnk, Observed::Other),
    ] {
        assert_eq!(Observed::value(resource_type), observed);
    }
}

#[test]
fn values_become_samples() {
    for (value, sample) in [
        (ValueRef::Integer(-1), Some(Sample::Integer(-1))),
        (ValueRef::Unsigned(1), Some(Sample::Unsigned(1))),
        (ValueRef::Float(0.5), Some(Sample::Float(0.5))),
        (ValueRef::Boolean(true), Some(Sample::Boolean(true))),
        (ValueRef::Time(Time(7)), Some(Sample::Integer(7))),
        (ValueRef::String("a"), None),
        (ValueRef::Opaque(b"a"), None),
        (ValueRef::Objlnk(Objlnk::NULL), None),
        (ValueRef::Corelnk("a"), None),
    ] {
        assert_eq!(Sample::of(value), sample);
    }
    assert!(Sample::Integer(7).same(Sample::Unsigned(7)));
    assert!(!Sample::Integer(-1).same(Sample::Unsigned(u64::MAX)));
    assert!(Sample::Float(f64::NAN).same(Sample::Float(f64::NAN)));
    assert!(Sample::Float(0.0).same(Sample::Float(-0.0)));
    assert!(!Sample::Boolean(true).same(Sample::Integer(1)));
    assert!(!Sample::Revision(1).same(Sample::Unsigned(1)));
}

#[test]
fn what_appears_or_vanishes_is_a_change_whatever_the_conditions() {
    for query in ["", "gt=1000", "st=1000"] {
        assert!(
            worth(query, Observed::Number, Sample::Absent, Sample::Integer(1)),
            "{query}"
        );
        assert!(
            worth(query, Observed::Number, Sample::Integer(1), Sample::Absent),
            "{query}"
        );
        assert!(
            !worth(query, Observed::Number, Sample::Absent, Sample::Absent),
            "{query}"
        );
    }
}

#[test]
fn a_notification_is_confirmable_at_least_once_a_day() {
    let day = 24 * 60 * 60;
    let hourly = notifications(
        &attributes("pmax=3600"),
        Observed::Number,
        Sample::Integer(1),
        &[],
        3 * day,
    );
    assert_eq!(hourly.len(), 72);
    for notification in hourly {
        assert_eq!(
            notification.confirmable,
            notification.second % day == 0,
            "{notification:?}"
        );
    }
    let mut reliable = Observation::new(second(0), None);
    reliable.watch(
        PATH,
        Conditions::new(&attributes(""), Observed::Number),
        Sample::Integer(1),
    );
    assert_eq!(
        reliable.poll(second(3 * day)),
        Decision::Never,
        "a connection shows that itself"
    );
    assert!(!reliable.is_confirmable(second(3 * day)));
    // Not before pmin, even if that is longer.
    let slow = attributes(&format!("pmin={}", 2 * day));
    let sent = notifications(&slow, Observed::Number, Sample::Integer(1), &[], 4 * day);
    let seconds: Vec<_> = sent.iter().map(|sent| sent.second).collect();
    assert_eq!(seconds, [2 * day, 4 * day]);
}

#[test]
fn any_path_of_a_composite_notifies_and_all_begin_anew() {
    let (temperature, battery) = (Path::resource(3303, 0, 5700), Path::resource(3, 0, 9));
    let mut observation = Observation::new(second(0), Some(CONFIRMABLE_REFRESH));
    let conditions = |query| Conditions::new(&attributes(query), Observed::Number);
    observation.watch(temperature, conditions("pmin=10&gt=25"), Sample::Float(20.0));
    observation.watch(battery, conditions("pmax=60"), Sample::Integer(100));
    assert_eq!(observation.paths().collect::<Vec<_>>(), [temperature, battery]);
    assert_eq!(observation.poll(second(1)), Decision::At(second(60)));
    observation.sample(temperature, Sample::Float(26.0));
    assert_eq!(observation.poll(second(2)), Decision::At(second(10)));
    // The battery has no pmin: both go now.
    observation.sample(battery, Sample::Integer(99));
    assert_eq!(observation.poll(second(3)), Decision::Now);
    observation.notified(second(3), false);
    assert_eq!(
        observation.poll(second(3)),
        Decision::At(second(63)),
        "26 was in it"
    );
    observation.sample(temperature, Sample::Float(24.0));
    assert_eq!(observation.poll(second(4)), Decision::At(second(13)));
    observation.sample(Path::resource(1, 0, 1), Sample::Integer(1));
    assert_eq!(
        observation.poll(second(4)),
        Decision::At(second(13)),
        "not watched"
    );
}

#[test]
fn other_conditions_apply_at_once_and_what_is_due_stays_due() {
    let mut observation = Observation::new(second(0), None);
    let conditions = |query| Conditions::new(&attributes(query), Observed::Number);
    observation.watch(PATH, conditions("pmin=100"), Sample::Integer(1));
    observation.sample(PATH, Sample::Integer(2));
    assert_eq!(observation.poll(second(1)), Decision::At(second(100)));
    observation.set_conditions(PATH, conditions("pmin=10&gt=50"));
    assert_eq!(observation.poll(second(1)), Decision::At(second(10)));
    assert_eq!(observation.poll(second(10)), Decision::Now);
}
