use crate::model::Constraint;

use super::{Interval, Quantity, Repair, Repaired, Unreadable};

/// Whether the higher bound comes first.
pub(super) fn is_descending(interval: Interval<'_>) -> bool {
    match (whole(interval.low), whole(interval.high)) {
        (Some((low, _)), Some((high, _))) => low > high,
        _ => {
            matches!((fraction(interval.low), fraction(interval.high)), (Some(low), Some(high)) if low > high)
        }
    }
}

/// The set in ascending order, overlaps merged, cut to the data type.
pub(super) fn normalise(
    set: &[Interval<'_>],
    quantity: Quantity,
) -> Result<Repaired<Constraint>, Unreadable> {
    match quantity {
        Quantity::Float => {
            let mut bounds = Vec::with_capacity(set.len());
            for interval in set {
                let low = fraction(interval.low).ok_or(Unreadable::Prose)?;
                let high = fraction(interval.high).ok_or(Unreadable::Prose)?;
                bounds.push(ascending(low, high)?);
            }
            bounds.sort_by(|a, b| f64::total_cmp(&a.0, &b.0));
            Ok((Constraint::Float(merge(bounds)), None))
        }
        Quantity::Integer => {
            let (bounds, cut) = integers(set, i64::MIN.into(), i64::MAX.into())?;
            let exact = bounds
                .into_iter()
                .map(|(low, high)| Some((i64::try_from(low).ok()?, high.try_into().ok()?)));
            let exact: Option<Vec<(i64, i64)>> = exact.collect();
            Ok((Constraint::Integer(exact.ok_or(Unreadable::Empty)?), cut))
        }
        Quantity::Unsigned | Quantity::TextLength | Quantity::OpaqueLength => {
            let (bounds, cut) = integers(set, 0, u64::MAX.into())?;
            let exact = bounds
                .into_iter()
                .map(|(low, high)| Some((u64::try_from(low).ok()?, high.try_into().ok()?)));
            let exact: Vec<(u64, u64)> = exact.collect::<Option<_>>().ok_or(Unreadable::Empty)?;
            match quantity {
                Quantity::Unsigned => Ok((Constraint::Unsigned(exact), cut)),
                _ if cut.is_some() => Err(Unreadable::Prose),
                _ => Ok((Constraint::Length(exact), None)),
            }
        }
    }
}

fn integers(
    set: &[Interval<'_>],
    lowest: i128,
    highest: i128,
) -> Result<Repaired<Vec<(i128, i128)>>, Unreadable> {
    let mut bounds = Vec::with_capacity(set.len());
    let mut repair = None;
    for interval in set {
        let (low, low_fraction) = whole(interval.low).ok_or(Unreadable::Prose)?;
        let (high, high_fraction) = whole(interval.high).ok_or(Unreadable::Prose)?;
        if low_fraction || high_fraction {
            repair = Some(Repair::Fraction);
        }
        let (low, high) = ascending(low, high)?;
        if low < lowest || high > highest {
            repair = Some(Repair::BeyondType);
        }
        if high >= lowest && low <= highest {
            bounds.push((low.max(lowest), high.min(highest)));
        }
    }
    if bounds.is_empty() {
        return Err(Unreadable::Empty);
    }
    bounds.sort_unstable();
    Ok((merge(bounds), repair))
}

/// Bounds in the wrong order inside a list tell that the commas mean something else, such as groups of digits.
fn ascending<T: PartialOrd>(low: T, high: T) -> Result<(T, T), Unreadable> {
    if low <= high {
        Ok((low, high))
    } else {
        Err(Unreadable::Prose)
    }
}

/// Joins sorted intervals that overlap.
fn merge<T: PartialOrd + Copy>(sorted: Vec<(T, T)>) -> Vec<(T, T)> {
    let mut merged: Vec<(T, T)> = Vec::with_capacity(sorted.len());
    for (low, high) in sorted {
        match merged.last_mut() {
            Some(last) if low <= last.1 => {
                if high > last.1 {
                    last.1 = high;
                }
            }
            _ => merged.push((low, high)),
        }
    }
    merged
}

/// A whole number, and whether it was written with decimals (`100.0`). Beyond 128 bits there is none.
fn whole(text: &str) -> Option<(i128, bool)> {
    match text.split_once('.') {
        None => Some((text.parse().ok()?, false)),
        Some((number, decimals)) if decimals.bytes().all(|digit| digit == b'0') => {
            Some((number.parse().ok()?, true))
        }
        Some(_) => None,
    }
}

fn fraction(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    // Adding zero makes the negative zero positive.
    number.is_finite().then_some(number + 0.0)
}
