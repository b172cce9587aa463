use lwm2m_runtime::model::{Constraint, Objlnk, Time, ValueRef};
use proptest::prelude::*;

#[test]
fn bounds_are_inclusive_and_exact() {
    let integer = Constraint::Integer(&[(i64::MIN, i64::MIN), (-5, 5), (i64::MAX - 1, i64::MAX)]);
    for (number, inside) in [
        (i64::MIN, true),
        (i64::MIN + 1, false),
        (-6, false),
        (-5, true),
        (5, true),
        (6, false),
        (i64::MAX - 2, false),
        (i64::MAX - 1, true),
        (i64::MAX, true),
    ] {
        assert_eq!(
            integer.check(ValueRef::Integer(number)).is_ok(),
            inside,
            "{number}"
        );
        assert_eq!(
            integer.check(ValueRef::Time(Time(number))).is_ok(),
            inside,
            "{number}"
        );
    }
    let unsigned = Constraint::Unsigned(&[(0, u64::MAX - 1)]);
    assert!(unsigned.check(ValueRef::Unsigned(u64::MAX - 1)).is_ok());
    assert!(unsigned.check(ValueRef::Unsigned(u64::MAX)).is_err());
}

#[test]
fn floats_lie_in_unions_of_intervals_and_nan_in_none() {
    let float = Constraint::Float(&[(0.0, 0.0), (3.8, 20.5)]);
    for (number, inside) in [
        (0.0, true),
        (-0.0, true),
        (0.1, false),
        (3.8, true),
        (20.5, true),
        (20.500000000000004, false),
        (f64::NAN, false),
        (f64::INFINITY, false),
    ] {
        assert_eq!(float.check(ValueRef::Float(number)).is_ok(), inside, "{number}");
    }
    let any = Constraint::Float(&[(f64::NEG_INFINITY, f64::INFINITY)]);
    assert!(any.check(ValueRef::Float(f64::NAN)).is_err());
}

#[test]
fn lengths_count_bytes() {
    let length = Constraint::Length(&[(2, 2), (4, 6)]);
    for (text, inside) in [
        ("", false),
        ("ab", true),
        ("ü", true),
        ("abc", false),
        ("üüü", true),
    ] {
        assert_eq!(length.check(ValueRef::String(text)).is_ok(), inside, "{text}");
        assert_eq!(length.check(ValueRef::Corelnk(text)).is_ok(), inside, "{text}");
        assert_eq!(
            length.check(ValueRef::Opaque(text.as_bytes())).is_ok(),
            inside,
            "{text}"
        );
    }
}

#[test]
fn an_empty_set_allows_nothing_and_no_constraint_everything() {
    assert!(Constraint::Integer(&[]).check(ValueRef::Integer(0)).is_err());
    for value in [
        ValueRef::Integer(i64::MIN),
        ValueRef::Float(f64::NAN),
        ValueRef::Objlnk(Objlnk::NULL),
        ValueRef::Boolean(false),
    ] {
        assert!(Constraint::None.check(value).is_ok());
    }
}

#[test]
fn a_violation_says_what_is_allowed() {
    for (constraint, value, message) in [
        (
            Constraint::Integer(&[(0, 100)]),
            ValueRef::Integer(101),
            "the value is outside the allowed 0..=100",
        ),
        (
            Constraint::Float(&[(0.0, 0.0), (3.8, 20.5)]),
            ValueRef::Float(1.0),
            "the value is outside the allowed 0, 3.8..=20.5",
        ),
        (
            Constraint::Unsigned(&[(0, u64::MAX - 1)]),
            ValueRef::Unsigned(u64::MAX),
            "the value is outside the allowed 0..=18446744073709551614",
        ),
        (
            Constraint::Length(&[(16, 16), (32, 32), (48, 48)]),
            ValueRef::Opaque(&[0; 17]),
            "the length is outside the allowed 16, 32, 48 bytes",
        ),
    ] {
        let violation = constraint.check(value).unwrap_err();
        assert_eq!(violation.constraint, constraint);
        assert_eq!(violation.to_string(), message);
    }
    assert_eq!(Constraint::None.to_string(), "any");
}

proptest! {
    #[test]
    fn an_interval_is_what_comparison_says(number: i64, bounds: (i64, i64)) {
        let set: &'static [(i64, i64)] = Box::leak(Box::new([bounds]));
        let inside = bounds.0 <= number && number <= bounds.1;
        prop_assert_eq!(Constraint::Integer(set).check(ValueRef::Integer(number)).is_ok(), inside);
    }
}
