use core::{any::Any, fmt};

use super::{Field, FieldError};
use crate::model::{ConstraintViolation, ObjectDefinition, ResourceDefinition, ValueRef};

/// An instance of an object: a generated or derived struct, or a [`DynamicInstance`](super::DynamicInstance).
///
/// The methods that work on any instance ([`values`](trait@Instance#method.values), `write`, `check`) are
/// inherent to `dyn Instance`.
pub trait Instance: Any + Send {
    /// The definition of the object.
    fn definition(&self) -> &'static ObjectDefinition;

    /// The resource of that identifier, present or not. `None` where the object has no such resource or it holds no
    /// value (an executable one).
    fn field(&self, id: u16) -> Option<&dyn Field>;

    /// The resource of that identifier, to be changed.
    fn field_mut(&mut self, id: u16) -> Option<&mut dyn Field>;

    /// The instance as [`Any`], to get at its own type again.
    fn as_any(&self) -> &dyn Any;

    /// The instance as [`Any`], to get at its own type again.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

/// A type that is an object: its instances have a definition known without one of them.
pub trait Object: Instance + Clone + Default + Sized {
    /// The definition of the object.
    const DEFINITION: &'static ObjectDefinition;
}

impl dyn Instance + '_ {
    /// Every value of the instance in ascending order: resource, resource instance if it is a multiple one, value.
    #[must_use]
    pub fn values(&self) -> Values<'_> {
        Values {
            instance: self,
            resources: self.definition().resources(),
            index: 0,
        }
    }

    /// Writes one value after checking it against the definition: data type, range, single or multiple. Whether the
    /// resource may be written at all is the caller's question.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing is changed then.
    pub fn write(
        &mut self,
        resource: u16,
        resource_instance: Option<u16>,
        value: ValueRef<'_>,
    ) -> Result<(), WriteError> {
        let definition = self.definition().resource(resource).ok_or(WriteError::NotFound)?;
        let expected = definition
            .resource_type()
            .ok_or(WriteError::Field(FieldError::NoValue))?;
        let found = value.resource_type();
        let value = value
            .cast(expected)
            .ok_or(WriteError::Field(FieldError::Type { expected, found }))?;
        definition
            .constraint()
            .check(value)
            .map_err(WriteError::Constraint)?;
        let field = self
            .field_mut(resource)
            .ok_or(WriteError::Field(FieldError::NoValue))?;
        field.set(resource_instance, value).map_err(WriteError::Field)
    }

    /// Checks the whole instance against its definition: mandatory resources are there, values within their ranges.
    ///
    /// # Errors
    ///
    /// The first resource that is wrong, in ascending order.
    pub fn check(&self) -> Result<(), InstanceError> {
        for definition in self.definition().resources() {
            let resource = definition.id();
            let Some(field) = self.field(resource) else {
                continue;
            };
            if definition.mandatory() && !field.is_present() {
                return Err(InstanceError::Missing { resource });
            }
            for (_, value) in (0..field.len()).filter_map(|index| field.entry(index)) {
                definition
                    .constraint()
                    .check(value)
                    .map_err(|violation| InstanceError::Constraint { resource, violation })?;
            }
        }
        Ok(())
    }

    /// The instance as its own type.
    #[must_use]
    pub fn downcast_ref<O: Object>(&self) -> Option<&O> {
        self.as_any().downcast_ref()
    }

    /// The instance as its own type, to be changed.
    pub fn downcast_mut<O: Object>(&mut self) -> Option<&mut O> {
        self.as_any_mut().downcast_mut()
    }
}

/// The values of an instance; see `values` of `dyn Instance`.
#[derive(Clone)]
pub struct Values<'a> {
    instance: &'a dyn Instance,
    resources: &'static [ResourceDefinition],
    // Position within the first of `resources`.
    index: usize,
}

impl<'a> Iterator for Values<'a> {
    type Item = (u16, Option<u16>, ValueRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        while let [first, rest @ ..] = self.resources {
            if let Some((id, value)) = self
                .instance
                .field(first.id())
                .and_then(|field| field.entry(self.index))
            {
                self.index += 1;
                return Some((first.id(), id, value));
            }
            self.resources = rest;
            self.index = 0;
        }
        None
    }
}

impl fmt::Debug for Values<'_> {
    /// Without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let definition = self.instance.definition();
        let values = self.clone().filter(|(resource, _, _)| {
            let resource = definition.resource(*resource);
            resource.is_none_or(|resource| !resource.is_secret())
        });
        f.debug_list().entries(values).finish()
    }
}

/// Why a value cannot be written into an instance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum WriteError {
    /// The object has no such resource.
    NotFound,
    /// The value's type or the addressing does not fit.
    Field(FieldError),
    /// The value lies outside the resource's range.
    Constraint(ConstraintViolation),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("the object has no such resource"),
            Self::Field(error) => error.fmt(f),
            Self::Constraint(violation) => violation.fmt(f),
        }
    }
}

impl core::error::Error for WriteError {}

/// What is wrong with an instance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum InstanceError {
    /// A mandatory resource is missing.
    Missing {
        /// Its identifier.
        resource: u16,
    },
    /// A value lies outside its resource's range.
    Constraint {
        /// The resource's identifier.
        resource: u16,
        /// How it is violated.
        violation: ConstraintViolation,
    },
}

impl fmt::Display for InstanceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { resource } => write!(f, "mandatory resource {resource} is missing"),
            Self::Constraint { resource, violation } => write!(f, "resource {resource}: {violation}"),
        }
    }
}

impl core::error::Error for InstanceError {}
