use core::fmt;

use super::{Instances, Scalar};
use crate::model::{ResourceType, ValueRef};

/// One resource of an instance, whatever its Rust type: `T`, `Option<T>`, `Instances<T>` or
/// `Option<Instances<T>>` of a [`Scalar`] `T`.
///
/// Resource instances are named by `Some(id)` in a multiple resource; `None` is the value of a single one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the field of a resource",
    label = "not a type of LwM2M",
    note = "use String, i8..i64, u8..u64, f32, f64, bool, Vec<u8>, Time, Objlnk, Corelnk or an Enumeration, \
            in Option<..> for an optional resource and in Instances<..> for one with several instances"
)]
pub trait Field {
    /// The data type.
    fn resource_type(&self) -> ResourceType;

    /// Whether the resource has resource instances.
    fn is_multiple(&self) -> bool;

    /// Whether the resource exists. A mandatory one always does; a multiple one may exist without instances.
    fn is_present(&self) -> bool;

    /// How many values there are.
    fn len(&self) -> usize;

    /// Whether there is no value.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at a position in ascending order of resource instances, with its identifier if it has one.
    fn entry(&self, index: usize) -> Option<(Option<u16>, ValueRef<'_>)>;

    /// The value, or that of a resource instance.
    fn value(&self, resource_instance: Option<u16>) -> Option<ValueRef<'_>>;

    /// Sets the value, or that of a resource instance, which is created where needed. The definition's constraint
    /// is not checked here.
    ///
    /// # Errors
    ///
    /// [`FieldError`] when the value's type or the addressing does not fit; nothing is changed then.
    fn set(&mut self, resource_instance: Option<u16>, value: ValueRef<'_>) -> Result<(), FieldError>;

    /// Makes a multiple resource exist without instances, and resets a single one to its default.
    fn reset(&mut self);

    /// Removes a resource instance, or with `None` the whole resource. `false` where there is nothing to remove or
    /// the resource is one that always exists: mandatory and readable, a `T` or `Instances<T>` in a typed object.
    fn remove(&mut self, resource_instance: Option<u16>) -> bool;
}

/// Why a [`Field`] refuses a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldError {
    /// The value is of another data type, or its number does not fit.
    Type {
        /// The resource's data type.
        expected: ResourceType,
        /// The value's.
        found: ResourceType,
    },
    /// A resource instance was named in a resource that has none.
    NotMultiple,
    /// A multiple resource was set without naming a resource instance.
    Multiple,
    /// The resource instance is 65535, which names nothing (LwM2M Core 1.2, section 7.2).
    ReservedId,
    /// The resource holds no value: it is executable, or the registry leaves its type open.
    NoValue,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected, found } if expected == found => {
                write!(f, "the number does not fit the resource's Rust type")
            }
            Self::Type { expected, found } => {
                write!(f, "the resource is of type {expected}, the value of type {found}")
            }
            Self::NotMultiple => f.write_str("the resource has one value and no resource instances"),
            Self::Multiple => f.write_str("the resource has resource instances; name one of them"),
            Self::ReservedId => f.write_str("resource instances have identifiers of 0 to 65534"),
            Self::NoValue => f.write_str("the resource holds no value"),
        }
    }
}

impl core::error::Error for FieldError {}

fn scalar<T: Scalar>(value: ValueRef<'_>) -> Result<T, FieldError> {
    T::from_value(value).ok_or(FieldError::Type {
        expected: T::TYPE,
        found: value.resource_type(),
    })
}

/// The identifier under which a multiple resource takes a value.
pub(super) fn instance_id(resource_instance: Option<u16>) -> Result<u16, FieldError> {
    match resource_instance {
        None => Err(FieldError::Multiple),
        Some(u16::MAX) => Err(FieldError::ReservedId),
        Some(id) => Ok(id),
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> Field for T {
    fn resource_type(&self) -> ResourceType {
        T::TYPE
    }

    fn is_multiple(&self) -> bool {
        false
    }

    fn is_present(&self) -> bool {
        true
    }

    fn len(&self) -> usize {
        1
    }

    fn entry(&self, index: usize) -> Option<(Option<u16>, ValueRef<'_>)> {
        (index == 0).then(|| (None, self.as_value()))
    }

    fn value(&self, resource_instance: Option<u16>) -> Option<ValueRef<'_>> {
        resource_instance.is_none().then(|| self.as_value())
    }

    fn set(&mut self, resource_instance: Option<u16>, value: ValueRef<'_>) -> Result<(), FieldError> {
        match resource_instance {
            Some(_) => Err(FieldError::NotMultiple),
            None => scalar(value).map(|value| *self = value),
        }
    }

    fn reset(&mut self) {
        *self = T::default();
    }

    fn remove(&mut self, _: Option<u16>) -> bool {
        false
    }
}

impl<T: Scalar> Field for Option<T> {
    fn resource_type(&self) -> ResourceType {
        T::TYPE
    }

    fn is_multiple(&self) -> bool {
        false
    }

    fn is_present(&self) -> bool {
        self.is_some()
    }

    fn len(&self) -> usize {
        usize::from(self.is_some())
    }

    fn entry(&self, index: usize) -> Option<(Option<u16>, ValueRef<'_>)> {
        self.as_ref()
            .filter(|_| index == 0)
            .map(|value| (None, value.as_value()))
    }

    fn value(&self, resource_instance: Option<u16>) -> Option<ValueRef<'_>> {
        self.as_ref()
            .filter(|_| resource_instance.is_none())
            .map(Scalar::as_value)
    }

    fn set(&mut self, resource_instance: Option<u16>, value: ValueRef<'_>) -> Result<(), FieldError> {
        match resource_instance {
            Some(_) => Err(FieldError::NotMultiple),
            None => scalar(value).map(|value| *self = Some(value)),
        }
    }

    fn reset(&mut self) {
        *self = Some(T::default());
    }

    fn remove(&mut self, resource_instance: Option<u16>) -> bool {
        resource_instance.is_none() && self.take().is_some()
    }
}

impl<T: Scalar> Field for Instances<T> {
    fn resource_type(&self) -> ResourceType {
        T::TYPE
    }

    fn is_multiple(&self) -> bool {
        true
    }

    fn is_present(&self) -> bool {
        true
    }

    fn len(&self) -> usize {
        Instances::len(self)
    }

    fn entry(&self, index: usize) -> Option<(Option<u16>, ValueRef<'_>)> {
        Instances::entry(self, index).map(|(id, value)| (Some(*id), value.as_value()))
    }

    fn value(&self, resource_instance: Option<u16>) -> Option<ValueRef<'_>> {
        self.get(resource_instance?).map(Scalar::as_value)
    }

    fn set(&mut self, resource_instance: Option<u16>, value: ValueRef<'_>) -> Result<(), FieldError> {
        let id = instance_id(resource_instance)?;
        self.insert(id, scalar(value)?);
        Ok(())
    }

    fn reset(&mut self) {
        self.clear();
    }

    fn remove(&mut self, resource_instance: Option<u16>) -> bool {
        resource_instance.is_some_and(|id| Instances::remove(self, id).is_some())
    }
}

impl<T: Scalar> Field for Option<Instances<T>> {
    fn resource_type(&self) -> ResourceType {
        T::TYPE
    }

    fn is_multiple(&self) -> bool {
        true
    }

    fn is_present(&self) -> bool {
        self.is_some()
    }

    fn len(&self) -> usize {
        self.as_ref().map_or(0, Instances::len)
    }

    fn entry(&self, index: usize) -> Option<(Option<u16>, ValueRef<'_>)> {
        self.as_ref().and_then(|instances| Field::entry(instances, index))
    }

    fn value(&self, resource_instance: Option<u16>) -> Option<ValueRef<'_>> {
        self.as_ref()
            .and_then(|instances| instances.value(resource_instance))
    }

    fn set(&mut self, resource_instance: Option<u16>, value: ValueRef<'_>) -> Result<(), FieldError> {
        let id = instance_id(resource_instance)?;
        let value = scalar(value)?;
        self.get_or_insert_default().insert(id, value);
        Ok(())
    }

    fn reset(&mut self) {
        *self = Some(Instances::new());
    }

    fn remove(&mut self, resource_instance: Option<u16>) -> bool {
        match (resource_instance, self.as_mut()) {
            (Some(id), Some(instances)) => Instances::remove(instances, id).is_some(),
            (None, Some(_)) => self.take().is_some(),
            (_, None) => false,
        }
    }
}
