use core::{fmt, marker::PhantomData};

use super::{
    Field, FieldError, Instances, Object, Scalar, WriteError,
    access::{Access, Executable, Readable, Writable},
};
use crate::model::{ConstraintViolation, Path, ResourceDefinition};

/// Names types without owning a value of any, so that the constants are `Copy`, `Send` and `Sync` whatever they name.
type Marker<O, T, A> = PhantomData<fn(O, T) -> A>;

/// A resource of object `O` that holds a `T` and that a server may access by `A`: a generated constant such as
/// `Temperature::SENSOR_VALUE`.
///
/// `T` is a [`Scalar`] for a single resource, [`Instances`] of one for a multiple resource, `()` for an executable.
pub struct Resource<O, T, A> {
    id: u16,
    marker: Marker<O, T, A>,
}

impl<O, T, A> Resource<O, T, A> {
    /// The resource of that identifier. Called by generated code, which takes all of it from one definition.
    #[must_use]
    pub const fn new(id: u16) -> Self {
        Self {
            id,
            marker: PhantomData,
        }
    }

    /// The resource's identifier.
    #[must_use]
    pub const fn id(self) -> u16 {
        self.id
    }
}

impl<O: Object, T, A: Access> Resource<O, T, A> {
    /// The resource in an instance of its object.
    #[must_use]
    pub const fn at(self, instance: u16) -> TypedPath<O, T, A> {
        TypedPath {
            path: Path::resource(O::DEFINITION.id(), instance, self.id),
            marker: PhantomData,
        }
    }

    /// The resource's definition; `None` only when the constant was made by hand with a wrong identifier.
    #[must_use]
    pub fn definition(self) -> Option<&'static ResourceDefinition> {
        O::DEFINITION.resource(self.id)
    }
}

// Rights and types are bounds of the methods, not of the impl blocks: only so does the compiler explain a missing one.
impl<O: Object, T, A: Access> Resource<O, T, A> {
    /// What a server reads from `instance`; `None` where the resource is absent. Compiles only where a server may.
    #[must_use]
    pub fn read(self, instance: &O) -> Option<T>
    where
        A: Readable,
        T: ResourceValue,
    {
        instance.field(self.id).and_then(T::from_field)
    }

    /// Does to `instance` what a server's write does: checks the value against the definition and stores it. A
    /// multiple resource is replaced as a whole. Compiles only where a server may and for the resource's own type.
    ///
    /// # Errors
    ///
    /// [`WriteError::Constraint`] when the value is outside the resource's range; the instance is unchanged then.
    pub fn write(self, instance: &mut O, value: impl Into<T>) -> Result<(), WriteError>
    where
        A: Writable,
        T: ResourceValue,
    {
        let value = value.into();
        check(self.definition(), &value).map_err(WriteError::Constraint)?;
        let field = instance.field_mut(self.id).ok_or(WriteError::NotFound)?;
        value.store(field).map_err(WriteError::Field)
    }
}

impl<O, T, A> Clone for Resource<O, T, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O, T, A> Copy for Resource<O, T, A> {}

impl<O, T, A> fmt::Debug for Resource<O, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Resource").field(&self.id).finish()
    }
}

/// A [`Resource`] in a certain instance: a [`Path`] that knows its type and rights.
pub struct TypedPath<O, T, A> {
    path: Path,
    marker: Marker<O, T, A>,
}

impl<O: Object, T, A: Access> TypedPath<O, T, A> {
    /// The path without its type.
    #[must_use]
    pub const fn path(self) -> Path {
        self.path
    }

    /// The path to read or observe. Compiles only where a server may.
    #[must_use]
    pub const fn to_read(self) -> Path
    where
        A: Readable,
    {
        self.path
    }

    /// The path to execute. Compiles only where a server may.
    #[must_use]
    pub const fn to_execute(self) -> Path
    where
        A: Executable,
    {
        self.path
    }

    /// The path to write and the value, checked against the definition. Compiles only where a server may and for
    /// the resource's own type.
    ///
    /// # Errors
    ///
    /// [`ConstraintViolation`] when the value is outside the resource's range.
    pub fn to_write(self, value: impl Into<T>) -> Result<(Path, T), ConstraintViolation>
    where
        A: Writable,
        T: ResourceValue,
    {
        let value = value.into();
        let definition = self.path.resource_id().and_then(|id| O::DEFINITION.resource(id));
        check(definition, &value)?;
        Ok((self.path, value))
    }
}

impl<O: Object, T: Scalar, A: Access> TypedPath<O, Instances<T>, A> {
    /// One resource instance of a multiple resource.
    #[must_use]
    pub fn instance(self, id: u16) -> TypedPath<O, T, A> {
        // The path has three identifiers, so a fourth fits.
        TypedPath {
            path: self.path.child(id).unwrap_or(self.path),
            marker: PhantomData,
        }
    }
}

impl<O, T, A> Clone for TypedPath<O, T, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O, T, A> Copy for TypedPath<O, T, A> {}

impl<O, T, A> fmt::Debug for TypedPath<O, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.path, f)
    }
}

/// What a typed resource holds: a [`Scalar`], or [`Instances`] of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of a resource",
    label = "this resource holds no value",
    note = "an executable resource has the type `()`; it is executed, not read or written"
)]
pub trait ResourceValue: Sized {
    /// The content of a field; `None` where it is absent or of another type.
    fn from_field(field: &dyn Field) -> Option<Self>;

    /// Replaces the content of a field.
    ///
    /// # Errors
    ///
    /// [`FieldError`] when the field is of another type.
    fn store(&self, field: &mut dyn Field) -> Result<(), FieldError>;

    /// Checks every value against the definition's constraint.
    ///
    /// # Errors
    ///
    /// The first violation.
    fn check(&self, definition: &ResourceDefinition) -> Result<(), ConstraintViolation>;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> ResourceValue for T {
    fn from_field(field: &dyn Field) -> Option<Self> {
        field.value(None).and_then(T::from_value)
    }

    fn store(&self, field: &mut dyn Field) -> Result<(), FieldError> {
        field.set(None, self.as_value())
    }

    fn check(&self, definition: &ResourceDefinition) -> Result<(), ConstraintViolation> {
        definition.constraint().check(self.as_value())
    }
}

impl<T: Scalar> ResourceValue for Instances<T> {
    fn from_field(field: &dyn Field) -> Option<Self> {
        if !field.is_present() {
            return None;
        }
        (0..field.len())
            .map(|index| {
                let (id, value) = field.entry(index)?;
                Some((id?, T::from_value(value)?))
            })
            .collect()
    }

    fn store(&self, field: &mut dyn Field) -> Result<(), FieldError> {
        if field.resource_type() != T::TYPE {
            return Err(FieldError::Type {
                expected: field.resource_type(),
                found: T::TYPE,
            });
        }
        if !field.is_multiple() {
            return Err(FieldError::NotMultiple);
        }
        field.reset();
        self.iter()
            .try_for_each(|(id, value)| field.set(Some(*id), value.as_value()))
    }

    fn check(&self, definition: &ResourceDefinition) -> Result<(), ConstraintViolation> {
        self.values()
            .try_for_each(|value| definition.constraint().check(value.as_value()))
    }
}

fn check<T: ResourceValue>(
    definition: Option<&'static ResourceDefinition>,
    value: &T,
) -> Result<(), ConstraintViolation> {
    definition.map_or(Ok(()), |definition| value.check(definition))
}
