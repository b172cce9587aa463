use core::fmt;

use super::ValueRef;

/// What a resource's value may be beyond its data type: a union of inclusive intervals, over the value itself or
/// over its length in bytes.
///
/// 64-bit bounds are exact; that is why each numeric type has its own form.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Constraint {
    /// Any value of the type.
    None,
    /// Integer and Time: the value lies in one of the intervals.
    Integer(&'static [(i64, i64)]),
    /// Unsigned Integer: the value lies in one of the intervals.
    Unsigned(&'static [(u64, u64)]),
    /// Float: the value lies in one of the intervals. NaN lies in none.
    Float(&'static [(f64, f64)]),
    /// String, Opaque and Corelnk: the length in bytes lies in one of the intervals.
    Length(&'static [(u64, u64)]),
}

impl Constraint {
    /// Checks a value. A value of another type than the constraint is for passes: types are checked elsewhere.
    ///
    /// # Errors
    ///
    /// [`ConstraintViolation`] when the value lies outside every interval.
    pub fn check(self, value: ValueRef<'_>) -> Result<(), ConstraintViolation> {
        let inside = match (self, value) {
            (Self::Integer(set), ValueRef::Integer(number)) => within(set, number),
            (Self::Integer(set), ValueRef::Time(time)) => within(set, time.0),
            (Self::Unsigned(set), ValueRef::Unsigned(number)) => within(set, number),
            (Self::Float(set), ValueRef::Float(number)) => within(set, number),
            (Self::Length(set), ValueRef::String(text) | ValueRef::Corelnk(text)) => {
                within(set, text.len() as u64)
            }
            (Self::Length(set), ValueRef::Opaque(bytes)) => within(set, bytes.len() as u64),
            _ => true,
        };
        if inside {
            Ok(())
        } else {
            Err(ConstraintViolation { constraint: self })
        }
    }
}

fn within<T: PartialOrd + Copy>(set: &[(T, T)], value: T) -> bool {
    set.iter().any(|(low, high)| *low <= value && value <= *high)
}

impl fmt::Display for Constraint {
    /// `0..=100`, `0, 3.8..=20.5`, `16, 32, 48 bytes`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list<T: fmt::Display + PartialEq>(f: &mut fmt::Formatter<'_>, set: &[(T, T)]) -> fmt::Result {
            for (index, (low, high)) in set.iter().enumerate() {
                let separator = if index == 0 { "" } else { ", " };
                match low == high {
                    true => write!(f, "{separator}{low}")?,
                    false => write!(f, "{separator}{low}..={high}")?,
                }
            }
            Ok(())
        }
        match self {
            Self::None => f.write_str("any"),
            Self::Integer(set) => list(f, set),
            Self::Unsigned(set) => list(f, set),
            Self::Float(set) => list(f, set),
            Self::Length(set) => {
                list(f, set)?;
                f.write_str(" bytes")
            }
        }
    }
}

/// A value lies outside what its resource allows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ConstraintViolation {
    /// What the resource allows.
    pub constraint: Constraint,
}

impl fmt::Display for ConstraintViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if matches!(self.constraint, Constraint::Length(_)) {
            "length"
        } else {
            "value"
        };
        write!(f, "the {what} is outside the allowed {}", self.constraint)
    }
}

impl core::error::Error for ConstraintViolation {}
