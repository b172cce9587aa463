use super::Scalar;
use crate::model::{EnumerationDefinition, ResourceType, ValueRef};

/// A number with names for some of its values. Always open: an unknown code survives a round trip.
///
/// Generated as a newtype over `i64` or `u64` with one constant a name.
pub trait Enumeration: Copy + Default + PartialEq + core::fmt::Debug + Send + 'static {
    /// The number: `i64` for an Integer resource, `u64` for an Unsigned Integer one.
    type Code: Code;

    /// The names.
    const DEFINITION: &'static EnumerationDefinition;

    /// The enumeration value of a code.
    fn from_code(code: Self::Code) -> Self;

    /// The code on the wire.
    fn code(self) -> Self::Code;

    /// The name of the value, if it has one.
    #[must_use]
    fn label(self) -> Option<&'static str> {
        Self::DEFINITION.label(self.code().to_i64()?)
    }
}

/// The number under an [`Enumeration`]: `i64` or `u64`.
pub trait Code: Scalar + Copy + sealed::Sealed {
    /// The code as a value.
    fn to_value(self) -> ValueRef<'static>;

    /// The code as a signed number; `None` above [`i64::MAX`].
    fn to_i64(self) -> Option<i64>;
}

impl Code for i64 {
    fn to_value(self) -> ValueRef<'static> {
        ValueRef::Integer(self)
    }

    fn to_i64(self) -> Option<i64> {
        Some(self)
    }
}

impl Code for u64 {
    fn to_value(self) -> ValueRef<'static> {
        ValueRef::Unsigned(self)
    }

    fn to_i64(self) -> Option<i64> {
        self.try_into().ok()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Enumeration> Scalar for E {
    const TYPE: ResourceType = <E::Code as Scalar>::TYPE;

    fn as_value(&self) -> ValueRef<'_> {
        self.code().to_value()
    }

    fn from_value(value: ValueRef<'_>) -> Option<Self> {
        E::Code::from_value(value).map(E::from_code)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for i64 {}
    impl Sealed for u64 {}
}
