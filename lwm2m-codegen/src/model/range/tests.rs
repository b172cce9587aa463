use proptest::prelude::*;

use super::*;

fn ints(set: &[(i64, i64)]) -> Constraint {
    Constraint::Integer(set.to_vec())
}

fn lengths(set: &[(u64, u64)]) -> Constraint {
    Constraint::Length(set.to_vec())
}

fn floats(set: &[(f64, f64)]) -> Constraint {
    Constraint::Float(set.to_vec())
}

use ResourceType::{Boolean, Corelnk, Float, Integer, Objlnk, Opaque, String, Time, Unsigned};

#[test]
fn plain_forms() {
    for (text, resource_type, expected) in [
        ("0..100", Integer, ints(&[(0, 100)])),
        ("-30..46", Integer, ints(&[(-30, 46)])),
        (" 0 .. 7 ", Integer, ints(&[(0, 7)])),
        ("0..100", Time, ints(&[(0, 100)])),
        ("0..9223372036854775807", Integer, ints(&[(0, i64::MAX)])),
        (
            "-9223372036854775808..9223372036854775807",
            Integer,
            ints(&[(i64::MIN, i64::MAX)]),
        ),
        (
            "0..18446744073709551615",
            Unsigned,
            Constraint::Unsigned(vec![(0, u64::MAX)]),
        ),
        ("0.000001..1.0", Float, floats(&[(0.000_001, 1.0)])),
        ("-1e3..2.5E-2", Float, floats(&[(-1000.0, 0.025)])),
        ("0; 3.8..20.5", Float, floats(&[(0.0, 0.0), (3.8, 20.5)])),
        ("0..247, 255", Integer, ints(&[(0, 247), (255, 255)])),
        ("0,1,2", Integer, ints(&[(0, 0), (1, 1), (2, 2)])),
        (
            "20, 5, 10, 15",
            Integer,
            ints(&[(5, 5), (10, 10), (15, 15), (20, 20)]),
        ),
        ("0..5, 3..9, 9", Integer, ints(&[(0, 9)])),
        ("16,32,48", Opaque, lengths(&[(16, 16), (32, 32), (48, 48)])),
        ("10,26", String, lengths(&[(10, 10), (26, 26)])),
        ("0..255", String, lengths(&[(0, 255)])),
        ("1..128", Corelnk, lengths(&[(1, 128)])),
        ("0..65535", Opaque, lengths(&[(0, 65535)])),
        ("0..255 bytes", Opaque, lengths(&[(0, 255)])),
        ("1..64 Bytes", String, lengths(&[(1, 64)])),
        ("12 octets", String, lengths(&[(12, 12)])),
        ("6", Opaque, lengths(&[(6, 6)])),
    ] {
        assert_eq!(
            parse(text, Some(resource_type)),
            Parsed::Exact(expected),
            "{text} on {resource_type:?}"
        );
    }
    assert_eq!(parse(" \t\r\n ", Some(Integer)), Parsed::Absent);
}

#[test]
fn other_forms_are_read_and_named() {
    for (text, resource_type, expected, repair) in [
        ("1...15", Integer, ints(&[(1, 15)]), Repair::Separator),
        ("1\u{2026}15", Integer, ints(&[(1, 15)]), Repair::Separator),
        ("0-100", Integer, ints(&[(0, 100)]), Repair::Separator),
        ("0 \u{2013} 100", Integer, ints(&[(0, 100)]), Repair::Separator),
        ("-5--1", Integer, ints(&[(-5, -1)]), Repair::Separator),
        ("0 to 5", Integer, ints(&[(0, 5)]), Repair::Separator),
        ("0-255 bytes", String, lengths(&[(0, 255)]), Repair::Separator),
        (
            "16-32-48 bytes",
            Opaque,
            lengths(&[(16, 16), (32, 32), (48, 48)]),
            Repair::List,
        ),
        (
            "10 or 26 Bytes",
            String,
            lengths(&[(10, 10), (26, 26)]),
            Repair::List,
        ),
        ("[1:4]", Integer, ints(&[(1, 4)]), Repair::Brackets),
        ("-30..-120", Integer, ints(&[(-120, -30)]), Repair::Descending),
        ("1.5..0.5", Float, floats(&[(0.5, 1.5)]), Repair::Descending),
        ("16-bit", Integer, ints(&[(0, 65535)]), Repair::Width),
        ("8-Bits", Integer, ints(&[(0, 255)]), Repair::Width),
        ("1 bytes", Integer, ints(&[(0, 255)]), Repair::Width),
        (
            "8 bytes",
            Unsigned,
            Constraint::Unsigned(vec![(0, u64::MAX)]),
            Repair::Width,
        ),
        ("63 bit", Integer, ints(&[(0, i64::MAX)]), Repair::Width),
        ("8 bit", Opaque, lengths(&[(1, 1)]), Repair::Width),
        ("255", Integer, ints(&[(0, 255)]), Repair::Highest),
        (
            "0: disabled 1: normal 255: non_responsive",
            Integer,
            ints(&[(0, 0), (1, 1), (255, 255)]),
            Repair::Labels,
        ),
        (
            "0 = DOUBLE-CLICK, -1 = 3GPP PS, 2..9 = reserved",
            Integer,
            ints(&[(-1, -1), (0, 0), (2, 9)]),
            Repair::Labels,
        ),
        (
            "-1..5",
            Unsigned,
            Constraint::Unsigned(vec![(0, 5)]),
            Repair::BeyondType,
        ),
        (
            "0..18446744073709551615",
            Integer,
            ints(&[(0, i64::MAX)]),
            Repair::BeyondType,
        ),
        ("0.0..100.0", Integer, ints(&[(0, 100)]), Repair::Fraction),
    ] {
        assert_eq!(
            parse(text, Some(resource_type)),
            Parsed::Repaired(expected, repair),
            "{text} on {resource_type:?}"
        );
    }
}

#[test]
fn everything_else_stays_text() {
    for (text, resource_type, reason) in [
        ("0..65535", Some(Boolean), Unreadable::Type(Some(Boolean))),
        ("0..65535", Some(Objlnk), Unreadable::Type(Some(Objlnk))),
        ("0..65535", None, Unreadable::Type(None)),
        ("0..255", Some(Opaque), Unreadable::Ambiguous),
        ("-5", Some(Integer), Unreadable::Ambiguous),
        ("5", Some(Float), Unreadable::Ambiguous),
        ("-9..-2", Some(Unsigned), Unreadable::Empty),
    ] {
        assert_eq!(parse(text, resource_type), Parsed::Unreadable(reason), "{text}");
    }
    for (text, resource_type) in [
        ("ON;OFF", Float),
        ("<7 to >12.5", Integer),
        ("2 Instances", Integer),
        ("The possible values are those listed in 5.3.1.1", String),
        ("2 - 64 characters", String),
        ("0x10..0x20", Integer),
        ("0..", Integer),
        ("1....4", Integer),
        ("[1,4]", Integer),
        ("1-2-3", Integer),
        ("16 32 48", Opaque),
        ("1,000..2,000", Integer),
        ("1,500..2,500", Integer),
        ("1.2.3", Integer),
        ("0.5..1.5", Integer),
        ("-1..5", String),
        ("1..4 bytes", Integer),
        ("8 bit", String),
        ("65 bits", Unsigned),
        ("0 bits", Integer),
        ("1e999..2", Float),
        ("0: off 1: on other: reserved", Integer),
        ("0: 1: 2: x", Integer),
        ("99999999999999999999999999999999999999999999..1", Integer),
        ("..", Integer),
        (",", Integer),
        ("-", Integer),
    ] {
        assert_eq!(
            parse(text, Some(resource_type)),
            Parsed::Unreadable(Unreadable::Prose),
            "{text} on {resource_type:?}"
        );
    }
}

fn any_type() -> impl Strategy<Value = Option<ResourceType>> {
    prop::sample::select(vec![
        None,
        Some(String),
        Some(Integer),
        Some(Unsigned),
        Some(Float),
        Some(Boolean),
        Some(Opaque),
        Some(Time),
        Some(Objlnk),
        Some(Corelnk),
    ])
}

fn is_normal<T: PartialOrd + Copy>(set: &[(T, T)]) -> bool {
    !set.is_empty()
        && set.iter().all(|(low, high)| low <= high)
        && set.windows(2).all(|pair| pair[0].1 < pair[1].0)
}

proptest! {
    #[test]
    fn any_text_gives_a_normal_constraint_or_none(
        text in r"(\PC|[-0-9.,;:=\[\] ]|bytes|bits|or|to){0,24}",
        resource_type in any_type(),
    ) {
        match parse(&text, resource_type).into_constraint() {
            None => {}
            Some(Constraint::Integer(set)) => prop_assert!(is_normal(&set)),
            Some(Constraint::Float(set)) => prop_assert!(is_normal(&set)),
            Some(Constraint::Unsigned(set) | Constraint::Length(set)) => prop_assert!(is_normal(&set)),
        }
    }

    #[test]
    fn every_signed_interval_is_exact(a: i64, b: i64) {
        let set = vec![(a.min(b), a.max(b))];
        let parsed = parse(&format!("{a}..{b}"), Some(Integer)).into_constraint();
        prop_assert_eq!(parsed, Some(Constraint::Integer(set)));
    }

    #[test]
    fn every_unsigned_list_is_the_set_of_its_values(values in prop::collection::vec(any::<u64>(), 2..9)) {
        let text = values.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let mut expected = values;
        expected.sort_unstable();
        expected.dedup();
        let expected = expected.into_iter().map(|value| (value, value)).collect();
        prop_assert_eq!(parse(&text, Some(Unsigned)), Parsed::Exact(Constraint::Unsigned(expected)));
    }

    #[test]
    fn every_finite_float_survives(a in prop::num::f64::NORMAL, b in prop::num::f64::NORMAL) {
        let set = vec![(a.min(b), a.max(b))];
        let parsed = parse(&format!("{a:e}..{b:e}"), Some(Float)).into_constraint();
        prop_assert_eq!(parsed, Some(Constraint::Float(set)));
    }
}
