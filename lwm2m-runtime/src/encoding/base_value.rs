use super::{DecodeErrorKind, decode::Untyped};
use crate::model::{ResourceType, ValueRef};

/// The base value of SenML: every number is its sum with it (RFC 8428, section 4.5.5). Integral numbers are added
/// exactly, up to 64 bits and a sign.
#[derive(Clone, Copy)]
pub(crate) struct BaseValue(Number);

#[derive(Clone, Copy)]
enum Number {
    Exact(i128),
    Float(f64),
}

impl BaseValue {
    /// `None` if the value is no number.
    pub(crate) fn new(value: ValueRef<'_>) -> Option<Self> {
        Number::of(value).map(Self)
    }

    /// The sum; a value that is no number stays as it is.
    pub(crate) fn add_to<'v>(self, value: ValueRef<'v>) -> Sum<'v> {
        match (self.0, Number::of(value)) {
            (_, None) => Sum::Other(value),
            (Number::Exact(a), Some(Number::Exact(b))) => Sum::Exact(a + b),
            (Number::Float(a), Some(Number::Float(b))) => Sum::Float(a + b),
            (Number::Exact(a), Some(Number::Float(b))) | (Number::Float(b), Some(Number::Exact(a))) => {
                match integral(b) {
                    Some(b) => Sum::Exact(a + b),
                    None => Sum::Float(a as f64 + b),
                }
            }
        }
    }
}

impl Number {
    fn of(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Integer(number) => Some(Self::Exact(number.into())),
            ValueRef::Unsigned(number) => Some(Self::Exact(number.into())),
            ValueRef::Float(number) => Some(Self::Float(number)),
            _ => None,
        }
    }
}

/// The number, where it is integral and not far beyond 64 bits.
fn integral(number: f64) -> Option<i128> {
    const BOUND: f64 = 36_893_488_147_419_103_232.0;
    let truncated = number as i128;
    ((-BOUND..=BOUND).contains(&number) && truncated as f64 == number).then_some(truncated)
}

/// What a value is with its base, before the type of its resource is known.
pub(crate) enum Sum<'v> {
    Exact(i128),
    Float(f64),
    Other(ValueRef<'v>),
}

impl<'v> Untyped<'v> for Sum<'v> {
    fn typed(self, resource_type: Option<ResourceType>) -> Result<ValueRef<'v>, DecodeErrorKind> {
        let value = match self {
            // The nearest one.
            Self::Exact(number) if resource_type == Some(ResourceType::Float) => {
                ValueRef::Float(number as f64)
            }
            Self::Exact(number) => match (i64::try_from(number), u64::try_from(number)) {
                (Ok(number), _) => ValueRef::Integer(number),
                (_, Ok(number)) => ValueRef::Unsigned(number),
                _ => return Err(DecodeErrorKind::Number),
            },
            Self::Float(number) => ValueRef::Float(number),
            Self::Other(value) => value,
        };
        value.typed(resource_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(
        base: ValueRef<'_>,
        value: ValueRef<'static>,
        resource_type: ResourceType,
    ) -> Option<ValueRef<'static>> {
        BaseValue::new(base)
            .unwrap()
            .add_to(value)
            .typed(Some(resource_type))
            .ok()
    }

    #[test]
    fn integral_numbers_are_added_exactly() {
        let big = (1_i64 << 53) + 1;
        for value in [ValueRef::Integer(1), ValueRef::Float(1.0), ValueRef::Unsigned(1)] {
            let found = sum(ValueRef::Integer(big), value, ResourceType::Integer);
            assert_eq!(found, Some(ValueRef::Integer(big + 1)), "{value:?}");
            let found = sum(value, ValueRef::Integer(big), ResourceType::Integer);
            assert_eq!(found, Some(ValueRef::Integer(big + 1)), "{value:?}");
        }
        let found = sum(
            ValueRef::Integer(-1),
            ValueRef::Unsigned(u64::MAX),
            ResourceType::Unsigned,
        );
        assert_eq!(found, Some(ValueRef::Unsigned(u64::MAX - 1)));
        assert_eq!(
            sum(
                ValueRef::Integer(1),
                ValueRef::Unsigned(u64::MAX),
                ResourceType::Unsigned
            ),
            None
        );
        assert_eq!(
            sum(ValueRef::Float(0.5), ValueRef::Integer(1), ResourceType::Integer),
            None
        );
    }

    #[test]
    fn a_float_is_the_nearest_sum() {
        let found = sum(ValueRef::Float(0.5), ValueRef::Integer(1), ResourceType::Float);
        assert_eq!(found, Some(ValueRef::Float(1.5)));
        let found = sum(
            ValueRef::Integer(1),
            ValueRef::Integer(1 << 53),
            ResourceType::Float,
        );
        assert_eq!(found, Some(ValueRef::Float(9_007_199_254_740_992.0)));
    }

    #[test]
    fn what_is_no_number_has_no_sum() {
        let found = sum(ValueRef::Integer(1), ValueRef::String("a"), ResourceType::String);
        assert_eq!(found, Some(ValueRef::String("a")));
        assert!(BaseValue::new(ValueRef::Boolean(true)).is_none());
    }
}
