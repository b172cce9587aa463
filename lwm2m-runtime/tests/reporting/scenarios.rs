//! The scenarios of the facts on notifications, S1 to S20. Times are seconds after the answer to the Observe.

use lwm2m_runtime::{
    link::{AttributeChanges, AttributeError},
    model::{Path, Version},
    reporting::{
        AttachedAttributes, CONFIRMABLE_REFRESH, Conditions, Decision, History, Observation, Observed,
        Retention, Sample, ServerDefaults,
    },
};

use crate::clock::{attributes, notifications, second, sent, worth};

const SERVER: ServerDefaults = ServerDefaults {
    pmin: Some(2),
    pmax: None,
    con: None,
};

fn attached(levels: &[(&str, &str)]) -> AttachedAttributes {
    let mut attached = AttachedAttributes::new(10);
    for (path, query) in levels {
        write(&mut attached, path, query);
    }
    attached
}

fn write(attached: &mut AttachedAttributes, path: &str, query: &str) {
    let changes = AttributeChanges::parse(query.split('&')).unwrap();
    attached.write(path.parse().unwrap(), &changes).unwrap();
}

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

// proves: ATTR-32 ATTR-33 ATTR-34 REP-02
#[test]
fn s1_pmin_holds_back_and_pmax_repeats() {
    let changes = [(3, 21.0), (12, 22.0), (95, 23.0)];
    assert_eq!(
        sent("pmin=10&pmax=60", 20.0, &changes, 155),
        [(10, 21.0), (20, 22.0), (80, 22.0), (95, 23.0), (155, 23.0)]
    );
}

// proves: ATTR-35
#[test]
fn s2_without_attributes_every_change_is_sent_and_nothing_else() {
    let changes = [(1, 21.0), (1, 21.5), (7, 21.5), (8, 20.0)];
    assert_eq!(sent("", 20.0, &changes, 1000), [(1, 21.5), (8, 20.0)]);
    // But for the confirmable one that shows once a day whether the server is still there.
    let day = 24 * 60 * 60;
    let sent = notifications(
        &attributes(""),
        Observed::Number,
        Sample::Float(1.0),
        &[],
        2 * day,
    );
    let times: Vec<_> = sent.iter().map(|sent| (sent.second, sent.confirmable)).collect();
    assert_eq!(times, [(day, true), (2 * day, true)]);
}

// proves: ATTR-16 ATTR-17
#[test]
fn s3_a_pmax_below_pmin_is_ignored() {
    assert_eq!(sent("pmin=60&pmax=20", 1.0, &[(5, 2.0)], 1000), [(60, 2.0)]);
    assert_eq!(sent("pmin=60&pmax=20", 1.0, &[], 1000), []);
    assert_eq!(
        sent("pmin=20&pmax=20", 1.0, &[(5, 2.0)], 60),
        [(20, 2.0), (40, 2.0), (60, 2.0)]
    );
    assert_eq!(sent("pmin=0&pmax=0", 1.0, &[(5, 2.0)], 1000), [(5, 2.0)]);
}

// proves: ATTR-36
#[test]
fn s4_greater_than_and_step() {
    for (reported, value, expected) in [
        (45.0, 50.0, true),
        (38.0, 49.0, true),
        (48.0, 42.0, true),
        (48.0, 55.0, false),
        (48.0, 58.0, true),
        // The examples of LwM2M 1.0.
        (20.0, 35.0, true),
        (50.0, 40.0, true),
        (35.0, 20.0, true),
    ] {
        let worth = worth(
            "gt=45&st=10",
            Observed::Number,
            Sample::Float(reported),
            Sample::Float(value),
        );
        assert_eq!(worth, expected, "{reported} -> {value}");
    }
}

// proves: ATTR-37
#[test]
fn s5_less_than_greater_than_and_step() {
    for (reported, value, expected) in [
        (75.0, 90.0, true),
        (50.0, 10.0, true),
        (87.0, 99.0, true),
        (17.0, 24.0, true),
        (50.0, 55.0, false),
        (84.0, 86.0, true),
    ] {
        let worth = worth(
            "lt=20&gt=85&st=10",
            Observed::Number,
            Sample::Float(reported),
            Sample::Float(value),
        );
        assert_eq!(worth, expected, "{reported} -> {value}");
    }
}

#[test]
fn s6_crossing_back_waits_for_pmin() {
    let changes = [(1, 101.0), (6, 150.0), (7, 99.0)];
    assert_eq!(
        sent("gt=100&pmin=5", 90.0, &changes, 100),
        [(5, 101.0), (10, 99.0)]
    );
}

// proves: ATTR-42
#[test]
fn s7_what_was_due_is_sent_though_the_value_went_back() {
    assert_eq!(
        sent("gt=100&pmin=5", 90.0, &[(1, 101.0), (3, 95.0)], 100),
        [(5, 95.0)]
    );
    assert_eq!(sent("pmin=5", 90.0, &[(1, 91.0), (3, 90.0)], 100), [(5, 90.0)]);
}

// proves: ATTR-39
#[test]
fn s8_a_slow_drift_is_a_step_from_the_last_report() {
    let changes = [(1, 20.4), (2, 20.8), (3, 21.0), (4, 20.5), (5, 20.0)];
    assert_eq!(sent("st=1", 20.0, &changes, 100), [(3, 21.0), (5, 20.0)]);
}

// proves: ATTR-40 ATTR-41
#[test]
fn s9_every_transition_to_the_edge_counts() {
    let (no, yes) = (Sample::Boolean(false), Sample::Boolean(true));
    let changes = [(2, yes), (3, yes), (4, no), (6, yes), (7, no)];
    let sent = notifications(&attributes("edge=1"), Observed::Boolean, no, &changes, 100);
    let seconds: Vec<_> = sent.iter().map(|sent| (sent.second, sent.value)).collect();
    assert_eq!(seconds, [(2, yes), (6, yes)], "as the text of OMA has it");
    let sent = notifications(&attributes("edge=0"), Observed::Boolean, no, &changes, 100);
    let seconds: Vec<_> = sent.iter().map(|sent| sent.second).collect();
    assert_eq!(seconds, [4, 7]);
}

#[test]
fn s10_pmax_repeats_beside_an_edge() {
    let yes = Sample::Boolean(true);
    let sent = notifications(&attributes("edge=0&pmax=30"), Observed::Boolean, yes, &[], 60);
    let seconds: Vec<_> = sent.iter().map(|sent| (sent.second, sent.value)).collect();
    assert_eq!(seconds, [(30, yes), (60, yes)]);
}

// proves: ATTR-08 ATTR-26
#[test]
fn s11_attributes_are_inherited_from_the_nearest_level() {
    let battery = path("/3/0/9");
    let mut attached = attached(&[("/3", "pmin=10"), ("/3/0", "pmax=60"), ("/3/0/9", "pmin=5")]);
    let periods = |attached: &AttachedAttributes| {
        let applied = attached.of_observe(battery, &attributes(""), SERVER);
        (applied.pmin, applied.pmax)
    };
    assert_eq!(periods(&attached), (Some(5), Some(60)));
    write(&mut attached, "/3/0/9", "pmin");
    assert_eq!(periods(&attached), (Some(10), Some(60)));
    write(&mut attached, "/3", "pmin");
    assert_eq!(periods(&attached), (Some(2), Some(60)), "of the Server object");
    write(&mut attached, "/3/0", "pmax");
    assert_eq!(periods(&attached), (Some(2), None));
}

// proves: ATTR-28
#[test]
fn s12_attributes_below_the_observed_level_are_ignored() {
    let attached = attached(&[("/3/0/9", "pmin=100")]);
    let applied = attached.of_observe(path("/3/0"), &attributes(""), SERVER);
    assert_eq!(applied.pmin, Some(2));
}

// proves: ATTR-29
#[test]
fn s13_attributes_of_an_observe_replace_all_others() {
    let attached = attached(&[("/3/0/9", "gt=50"), ("/3", "epmin=1")]);
    let defaults = ServerDefaults {
        con: Some(true),
        ..SERVER
    };
    let requested = attributes("pmin=5&pmax=20");
    let applied = attached.of_observe(path("/3/0/9"), &requested, defaults);
    assert_eq!(applied, requested);
    let changes = [(1, Sample::Integer(1)), (6, Sample::Integer(2))];
    let sent = notifications(&applied, Observed::Number, Sample::Integer(0), &changes, 50);
    let seconds: Vec<_> = sent.iter().map(|sent| sent.second).collect();
    assert_eq!(seconds, [5, 10, 30, 50]);
    assert_eq!(
        attached.at(path("/3/0/9")).pmin,
        None,
        "nothing for Discover to show"
    );
}

// proves: ATTR-30 ATTR-31
#[test]
fn s14_attributes_of_an_observe_composite_replace_those_of_their_kinds() {
    let attached = attached(&[("/3", "pmin=60"), ("/4", "pmax=300"), ("/3/0/9", "gt=1")]);
    let applied = |target, query| attached.of_observe_composite(path(target), &attributes(query), SERVER);
    for target in ["/3/0/9", "/4/0/2"] {
        let applied = applied(target, "epmin=30");
        assert_eq!(
            (applied.pmin, applied.pmax, applied.epmin),
            (None, None, Some(30)),
            "{target}"
        );
    }
    assert_eq!(
        applied("/3/0/9", "epmin=30").gt,
        Some(1.0),
        "of no kind that the request can have"
    );
    assert_eq!(
        (applied("/3/0/9", "").pmin, applied("/3/0/9", "").pmax),
        (Some(60), None)
    );
    assert_eq!(
        (applied("/4/0/2", "").pmin, applied("/4/0/2", "").pmax),
        (Some(2), Some(300))
    );
}

// proves: ATTR-47
#[test]
fn s15_one_path_that_wants_confirmation_is_enough() {
    let attached = attached(&[("/3/0", "con=1")]);
    let confirmable = |targets: &[&str], defaults| {
        let mut observation = Observation::new(second(0), Some(CONFIRMABLE_REFRESH));
        for target in targets {
            let applied = attached.of_observe_composite(path(target), &attributes(""), defaults);
            let conditions = Conditions::new(&applied, Observed::Number);
            observation.watch(path(target), conditions, Sample::Integer(0));
        }
        observation.is_confirmable(second(1))
    };
    assert!(confirmable(&["/3/0/9", "/4/0/2"], SERVER));
    assert!(!confirmable(&["/4/0/2"], SERVER));
    let confirmed = ServerDefaults {
        con: Some(true),
        ..SERVER
    };
    assert!(confirmable(&["/4/0/2"], confirmed));
}

// proves: ATTR-48
#[test]
fn s16_hqmax_keeps_the_newest_values() {
    let mut history = History::new(100);
    let attached = attached(&[("/3/0/9", "hqmax=3")]);
    for value in 1..=5_u64 {
        for target in ["/3/0/9", "/4/0/2"] {
            let hqmax = attached.inherited(path(target)).hqmax;
            let retention = Retention::new(Some(true), hqmax, attached.has_hqmax());
            history.store(path(target), second(value), value, retention);
        }
    }
    let stored: Vec<_> = core::iter::from_fn(|| history.take()).collect();
    let battery = path("/3/0/9");
    assert_eq!(
        stored,
        [
            (battery, second(3), 3),
            (battery, second(4), 4),
            (battery, second(5), 5)
        ]
    );
}

// proves: ATTR-46
#[test]
fn s17_epmin_and_epmax_say_when_a_value_is_looked_at() {
    assert_eq!(sent("epmin=10&epmax=20", 1.0, &[(1, 2.0)], 100), [(10, 2.0)]);
    assert_eq!(
        sent("epmin=10", 1.0, &[(1, 2.0), (9, 1.0)], 100),
        [],
        "seen by no look"
    );
    assert_eq!(
        sent("epmin=10", 1.0, &[(1, 2.0), (11, 3.0)], 100),
        [(10, 2.0), (20, 3.0)]
    );
    assert_eq!(sent("epmin=10&pmin=15", 1.0, &[(1, 2.0)], 100), [(15, 2.0)]);
    // Who does not tell changes is asked for a value at the latest after epmax.
    let mut observation = Observation::new(second(0), None);
    let conditions = Conditions::new(&attributes("epmin=10&epmax=20"), Observed::Number);
    observation.watch(path("/3/0/9"), conditions, Sample::Integer(1));
    assert_eq!(observation.poll(second(0)), Decision::At(second(20)));
    assert_eq!(observation.sample_by(), Some((path("/3/0/9"), second(20))));
    observation.sample(path("/3/0/9"), Sample::Integer(2));
    assert_eq!(observation.poll(second(20)), Decision::Now);
    observation.notified(second(20), false);
    assert_eq!(
        observation.poll(second(20)),
        Decision::At(second(40)),
        "the next look"
    );
}

#[test]
fn s18_two_changes_within_pmin_are_one_notification() {
    assert_eq!(sent("pmin=10", 20.0, &[(1, 21.0), (9, 22.0)], 100), [(10, 22.0)]);
}

// proves: ATTR-13
#[test]
fn s19_thresholds_and_step_must_fit_together() {
    let check = |query: &str| {
        let changes = AttributeChanges::parse(query.split('&')).unwrap();
        changes.check(path("/3/0/9"), Version::V1_2)
    };
    assert_eq!(check("lt=10&gt=10"), Err(AttributeError::Thresholds));
    assert_eq!(check("lt=5&st=5&gt=15"), Err(AttributeError::Step));
    assert_eq!(check("lt=5&st=4.9&gt=15"), Ok(()));
    assert_eq!(check("gt=15"), Ok(()));
    assert_eq!(check("lt=20"), Ok(()));
    // Attached one after the other, each on its own legal: none of them counts until they fit.
    let mut attached = attached(&[("/3/0/9", "gt=15"), ("/3/0/9", "lt=20")]);
    let worth = |attached: &AttachedAttributes, value| {
        let applied = attached.of_observe(path("/3/0/9"), &attributes(""), ServerDefaults::default());
        let changes = [(1, Sample::Float(value))];
        !notifications(&applied, Observed::Number, Sample::Float(10.0), &changes, 1).is_empty()
    };
    assert!(worth(&attached, 11.0), "any change");
    write(&mut attached, "/3/0/9", "lt");
    assert!(!worth(&attached, 11.0));
    assert!(worth(&attached, 16.0));
}

// proves: ATTR-45
#[test]
fn s20_numbers_are_compared_without_wrapping_or_rounding() {
    let worth = |query: &str, reported, value| worth(query, Observed::Number, reported, value);
    let (least, most) = (Sample::Integer(i64::MIN), Sample::Integer(i64::MAX));
    let highest = Sample::Unsigned(u64::MAX);
    assert!(worth("st=18446744073709549568", least, most), "2^64 - 2048");
    assert!(worth("st=1", least, most) && worth("st=1", most, least));
    assert!(!worth("st=18446744073709551616", least, most), "2^64 - 1 is less");
    assert!(worth("st=1", Sample::Unsigned(0), highest));
    assert!(worth("gt=0", least, most) && worth("lt=0", most, least));
    // 2^63 and 2^64 are just above the largest numbers.
    assert!(!worth("gt=9223372036854775808", Sample::Integer(0), most));
    assert!(worth("gt=9223372036854774784", Sample::Integer(0), most));
    assert!(!worth("gt=18446744073709551616", Sample::Unsigned(0), highest));
    assert!(!worth("lt=-9223372036854775808", Sample::Integer(0), least));
    // 2^53 + 1 is no double.
    let odd = Sample::Integer(9_007_199_254_740_993);
    assert!(worth("gt=9007199254740992", Sample::Integer(0), odd));
    assert!(!worth("gt=9007199254740994", Sample::Integer(0), odd));
    assert!(worth("lt=9007199254740994", Sample::Integer(i64::MAX), odd));
    // Halves lie between whole numbers.
    for (limit, value, above) in [
        ("0.5", 1, true),
        ("0.5", 0, false),
        ("-0.5", 0, true),
        ("-0.5", -1, false),
    ] {
        let reported = Sample::Integer(if above { -10 } else { -9 });
        assert_eq!(
            worth(&format!("gt={limit}"), reported, Sample::Integer(value)),
            above,
            "{limit} {value}"
        );
    }
    // Steps of 1.5 between whole numbers.
    assert!(!worth("st=1.5", Sample::Integer(1), Sample::Integer(2)));
    assert!(worth("st=1.5", Sample::Integer(1), Sample::Integer(3)));
    // What is not a number meets no condition; infinities do.
    let nan = Sample::Float(f64::NAN);
    for query in ["gt=1", "lt=1", "st=1", "gt=1&st=1"] {
        for reported in [0.0, 5.0, f64::NAN, f64::INFINITY] {
            assert!(!worth(query, Sample::Float(reported), nan), "{query} {reported}");
        }
    }
    assert!(!worth("st=1", nan, Sample::Float(5.0)));
    assert!(worth("gt=1", Sample::Float(0.0), Sample::Float(f64::INFINITY)));
    assert!(worth(
        "st=1",
        Sample::Float(0.0),
        Sample::Float(f64::NEG_INFINITY)
    ));
    assert!(!worth(
        "st=1",
        Sample::Float(f64::INFINITY),
        Sample::Float(f64::INFINITY)
    ));
}
