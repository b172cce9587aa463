use crate::model::ValueRef;

/// A value as far as the conditions of a notification look at it. Numbers are compared exactly: neither sign nor width
/// nor the step to floating point loses anything.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Sample {
    /// There is no value: the path does not exist, or cannot be read.
    Absent,
    /// A signed number.
    Integer(i64),
    /// An unsigned number.
    Unsigned(u64),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Boolean(bool),
    /// Anything else, by a number that changes with it: a text, an instance, an object.
    Revision(u64),
}

impl Sample {
    /// The sample of a value; `None` for values that are followed by a [`Revision`](Self::Revision).
    #[must_use]
    pub fn of(value: ValueRef<'_>) -> Option<Self> {
        Some(match value {
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Unsigned(number) => Self::Unsigned(number),
            ValueRef::Float(number) => Self::Float(number),
            ValueRef::Boolean(flag) => Self::Boolean(flag),
            ValueRef::Time(time) => Self::Integer(time.0),
            _ => return None,
        })
    }

    /// Whether both say the same. What is not a number is the same as itself.
    #[must_use]
    pub fn same(self, other: Self) -> bool {
        match (self.number(), other.number()) {
            (Some(Number::Integer(a)), Some(Number::Integer(b))) => a == b,
            (Some(Number::Float(a)), Some(Number::Float(b))) => a == b || (a.is_nan() && b.is_nan()),
            (Some(_), Some(_)) => false,
            _ => self == other,
        }
    }

    /// Whether the value is above a limit. What is no number never is.
    pub(super) fn above(self, limit: f64) -> bool {
        match self.number() {
            Some(Number::Float(number)) => number > limit,
            Some(Number::Integer(number)) => number > floor(limit),
            None => false,
        }
    }

    /// Whether the value is below a limit. What is no number never is.
    pub(super) fn below(self, limit: f64) -> bool {
        match self.number() {
            Some(Number::Float(number)) => number < limit,
            Some(Number::Integer(number)) => number < ceiling(limit),
            None => false,
        }
    }

    /// Whether two numbers are at least a step apart.
    pub(super) fn apart(self, other: Self, step: f64) -> bool {
        match (self.number(), other.number()) {
            // Both are of 64 bits, so the distance is of 65.
            (Some(Number::Integer(a)), Some(Number::Integer(b))) => (a - b).abs() >= ceiling(step),
            (Some(a), Some(b)) => (a.float() - b.float()).abs() >= step,
            _ => false,
        }
    }

    /// Whether it is a number that is none.
    pub(super) fn is_nan(self) -> bool {
        matches!(self, Self::Float(number) if number.is_nan())
    }

    fn number(self) -> Option<Number> {
        match self {
            Self::Integer(number) => Some(Number::Integer(number.into())),
            Self::Unsigned(number) => Some(Number::Integer(number.into())),
            Self::Float(number) => Some(Number::Float(number)),
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
enum Number {
    Integer(i128),
    Float(f64),
}

impl Number {
    fn float(self) -> f64 {
        match self {
            Self::Integer(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

/// The largest whole number that is not above `limit`; what is beyond all values stays beyond them.
fn floor(limit: f64) -> i128 {
    let whole = limit as i128;
    if whole as f64 > limit {
        whole.saturating_sub(1)
    } else {
        whole
    }
}

/// The smallest whole number that is not below `limit`.
fn ceiling(limit: f64) -> i128 {
    let whole = limit as i128;
    if (whole as f64) < limit {
        whole.saturating_add(1)
    } else {
        whole
    }
}
