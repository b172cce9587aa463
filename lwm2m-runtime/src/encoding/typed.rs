use alloc::{collections::BTreeMap, vec::Vec};
use core::fmt;

use super::{Content, DecodeError, Decoder, Oddity, OddityKind, Purpose, Record};
use crate::{
    model::{ObjectDefinition, Path, ResourceDefinition, Value, ValueRef},
    object::{Field, FieldError, Object},
};

/// What to do with resources that an object's definition does not have, such as those of a newer version.
#[derive(Debug, Default)]
pub enum Unknown<'a> {
    /// Leave them out.
    #[default]
    Skip,
    /// End with [`TypedError::Unknown`].
    Refuse,
    /// Put them into a list.
    Keep(&'a mut Vec<Record>),
}

impl Decoder<'_> {
    /// Reads an instance of `O`. The target is that instance, or the object when the payload holds just one.
    ///
    /// Types come from the definition of `O`. A mandatory resource must be there where the purpose lets it: one that
    /// a server can read, or in a [Create](Purpose::Create) one that it can write. A mandatory multiple resource without
    /// any value is there in TLV only: no other format has a word for it, and then it counts as missing.
    ///
    /// # Errors
    ///
    /// [`TypedError`], which names the first resource that is missing or of the wrong type.
    pub fn read_instance<O: Object>(self, payload: &[u8], unknown: Unknown<'_>) -> Result<O, TypedError> {
        self.read_one(payload, unknown, None)
    }

    pub(super) fn read_one<O: Object>(
        self,
        payload: &[u8],
        unknown: Unknown<'_>,
        mut oddities: Option<&mut Vec<Oddity>>,
    ) -> Result<O, TypedError> {
        let (last, others) = self.read_objects(payload, unknown, oddities.as_deref_mut())?;
        match last {
            Some(Partial { instance, .. }) if others.is_empty() => Ok(instance),
            Some(_) => Err(TypedError::SeveralInstances),
            None => match (self.target.depth(), self.target.instance_id()) {
                // An instance in which nothing is present: no format but TLV has a record for it.
                (2, Some(id)) => {
                    let empty = Partial::new(id);
                    empty.check(O::DEFINITION, self.purpose, oddities)?;
                    Ok(empty.instance)
                }
                _ => Err(TypedError::Missing { path: self.target }),
            },
        }
    }

    /// Reads every instance of `O` in the payload, with their identifiers in ascending order. In a Create, 65535 is
    /// one that the client is to number.
    ///
    /// # Errors
    ///
    /// [`TypedError`], which names the first resource that is missing or of the wrong type.
    pub fn read_instances<O: Object>(
        self,
        payload: &[u8],
        unknown: Unknown<'_>,
    ) -> Result<Vec<(u16, O)>, TypedError> {
        self.read_many(payload, unknown, None)
    }

    pub(super) fn read_many<O: Object>(
        self,
        payload: &[u8],
        unknown: Unknown<'_>,
        oddities: Option<&mut Vec<Oddity>>,
    ) -> Result<Vec<(u16, O)>, TypedError> {
        let (last, mut instances) = self.read_objects(payload, unknown, oddities)?;
        if let Some(last) = last {
            instances.insert(last.id, last);
        }
        Ok(instances
            .into_iter()
            .map(|(id, partial)| (id, partial.instance))
            .collect())
    }

    /// Reads one resource or resource instance: a [`Scalar`](crate::object::Scalar), or
    /// [`Instances`](crate::object::Instances) of one. The target is its path.
    ///
    /// # Errors
    ///
    /// [`TypedError::Missing`] when the payload has no value, or what is wrong with the value.
    pub fn read_value<T: Field + Default>(self, payload: &[u8]) -> Result<T, TypedError> {
        let target = self.target;
        let mut reader = self.read(payload)?;
        let mut value = T::default();
        let mut found = false;
        while let Some(record) = reader.next()? {
            // A resource instance that was asked for by its own path is a single value.
            let id = record.path.resource_instance_id().filter(|_| target.depth() < 4);
            store(&mut value, record.path, id, record.content)?;
            found = true;
        }
        if found {
            Ok(value)
        } else {
            Err(TypedError::Missing { path: target })
        }
    }

    /// The instance that was read last, and the others: nearly always there is one, and then no map is made. Where there is
    /// a list of oddities they are no errors.
    fn read_objects<O: Object>(
        self,
        payload: &[u8],
        mut unknown: Unknown<'_>,
        mut oddities: Option<&mut Vec<Oddity>>,
    ) -> Result<Read<O>, TypedError> {
        let definition = O::DEFINITION;
        let mut reader = self.with_definitions(&O::DEFINITION).read(payload)?;
        let mut others = BTreeMap::new();
        let mut current: Option<Partial<O>> = None;
        while let Some(record) = reader.next()? {
            let path = record.path;
            let (Some(object), Some(id)) = (path.object_id(), path.instance_id()) else {
                return Err(TypedError::Unknown { path });
            };
            if object != definition.id() {
                return Err(TypedError::Unknown { path });
            }
            if current.as_ref().is_none_or(|partial| partial.id != id) {
                let next = others.remove(&id).unwrap_or_else(|| Partial::new(id));
                if let Some(previous) = current.replace(next) {
                    others.insert(previous.id, previous);
                }
            }
            let (Some(partial), Some(resource)) = (&mut current, path.resource_id()) else {
                continue;
            };
            match partial.position(definition, resource) {
                Some(index) => {
                    let stored = match partial.instance.field_mut(resource) {
                        Some(field) => store(field, path, path.resource_instance_id(), record.content),
                        None => Err(TypedError::Unknown { path }),
                    };
                    if let Err(error) = stored {
                        let value = record.content.value().map(ValueRef::to_value);
                        tell(error, value, oddities.as_deref_mut())?;
                    }
                    partial.see(index);
                }
                None => match &mut unknown {
                    Unknown::Skip => {}
                    Unknown::Refuse => return Err(TypedError::Unknown { path }),
                    Unknown::Keep(records) => records.push(record.to_record()),
                },
            }
        }
        for partial in others.values().chain(&current) {
            partial.check(definition, self.purpose, oddities.as_deref_mut())?;
        }
        Ok((current, others))
    }
}

type Read<O> = (Option<Partial<O>>, BTreeMap<u16, Partial<O>>);

/// An instance while it is read.
struct Partial<O> {
    id: u16,
    instance: O,
    // Which resources were there, by their position in the definition: as bits, and the rare ones beyond them.
    seen: u128,
    seen_beyond: Vec<usize>,
    // Where in the definition the next resource is likely to be.
    guess: usize,
}

impl<O: Object> Partial<O> {
    fn new(id: u16) -> Self {
        Self {
            id,
            instance: O::default(),
            seen: 0,
            seen_beyond: Vec::new(),
            guess: 0,
        }
    }

    /// The position of a resource in the definition.
    fn position(&mut self, definition: &ObjectDefinition, resource: u16) -> Option<usize> {
        let resources = definition.resources();
        let next = resources.get(self.guess..).and_then(|rest| {
            rest.iter()
                .take(2)
                .position(|definition| definition.id() == resource)
                .map(|offset| self.guess + offset)
        });
        let index = match next {
            Some(index) => index,
            None => resources
                .binary_search_by_key(&resource, ResourceDefinition::id)
                .ok()?,
        };
        self.guess = index;
        Some(index)
    }

    fn see(&mut self, index: usize) {
        match u32::try_from(index)
            .ok()
            .and_then(|index| 1_u128.checked_shl(index))
        {
            Some(bit) => self.seen |= bit,
            None if !self.seen_beyond.contains(&index) => self.seen_beyond.push(index),
            None => {}
        }
    }

    fn has_seen(&self, index: usize) -> bool {
        match u32::try_from(index)
            .ok()
            .and_then(|index| 1_u128.checked_shl(index))
        {
            Some(bit) => self.seen & bit != 0,
            None => self.seen_beyond.contains(&index),
        }
    }

    /// Refuses an instance in which a mandatory resource is missing that the purpose could carry.
    fn check(
        &self,
        definition: &ObjectDefinition,
        purpose: Purpose,
        mut oddities: Option<&mut Vec<Oddity>>,
    ) -> Result<(), TypedError> {
        for (index, resource) in definition.resources().iter().enumerate() {
            let carried = match purpose {
                Purpose::Create => resource.operations().writable(),
                Purpose::Patch => false,
                _ => resource.operations().readable(),
            };
            if resource.mandatory() && carried && resource.resource_type().is_some() && !self.has_seen(index)
            {
                let path = Path::resource(definition.id(), self.id, resource.id());
                tell(TypedError::Missing { path }, None, oddities.as_deref_mut())?;
            }
        }
        Ok(())
    }
}

/// Puts an error into the list of oddities, if there is one and it can be lived with.
#[cold]
fn tell(
    error: TypedError,
    value: Option<Value>,
    oddities: Option<&mut Vec<Oddity>>,
) -> Result<(), TypedError> {
    let (path, kind) = match error {
        TypedError::Field { path, error } => (path, OddityKind::Field(error)),
        TypedError::Missing { path } => (path, OddityKind::Missing),
        TypedError::Unknown { path } => (path, OddityKind::Unknown),
        error => return Err(error),
    };
    let Some(oddities) = oddities else {
        return Err(error);
    };
    oddities.push(Oddity { path, kind, value });
    Ok(())
}

/// Puts a record into the field that it is for.
fn store(
    field: &mut dyn Field,
    path: Path,
    resource_instance: Option<u16>,
    content: Content<ValueRef<'_>>,
) -> Result<(), TypedError> {
    match content {
        Content::Value(value) => field.set(resource_instance, value),
        Content::Container if field.is_multiple() => {
            field.reset();
            Ok(())
        }
        Content::Null => {
            field.remove(resource_instance);
            Ok(())
        }
        Content::Container | Content::Path => Err(FieldError::NoValue),
    }
    .map_err(|error| TypedError::Field { path, error })
}

/// Why a payload is not the typed thing that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TypedError {
    /// The payload cannot be read.
    Decode(DecodeError),
    /// A mandatory resource, or the value itself, is missing.
    Missing {
        /// Which.
        path: Path,
    },
    /// The object has no such resource.
    Unknown {
        /// Which.
        path: Path,
    },
    /// A value does not fit its field.
    Field {
        /// Where.
        path: Path,
        /// Why.
        error: FieldError,
    },
    /// One instance was asked for and the payload has several.
    SeveralInstances,
}

impl From<DecodeError> for TypedError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::Missing { path } => write!(f, "{path}: missing"),
            Self::Unknown { path } => write!(f, "{path}: the object has no such resource"),
            Self::Field { path, error } => write!(f, "{path}: {error}"),
            Self::SeveralInstances => f.write_str("the payload has several instances; read all of them"),
        }
    }
}

impl core::error::Error for TypedError {}
