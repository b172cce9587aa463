use alloc::vec::Vec;
use core::{any::Any, fmt};

use super::{Field, FieldError, Instance, Instances, debug, field::instance_id};
use crate::model::{ObjectDefinition, ResourceDefinition, ResourceType, Value, ValueRef};

/// An instance of any object, made from its definition alone: for objects that the program was not compiled with.
///
/// ```
/// # use lwm2m_runtime::model::{ObjectDefinition, Operations, ResourceDefinition, ResourceType, ValueRef};
/// # static DEFINITION: ObjectDefinition = ObjectDefinition::new(3303, "Temperature", "urn:oma:lwm2m:ext:3303")
/// #     .with_resources(&[ResourceDefinition::new(5700, "Sensor Value", Some(ResourceType::Float), Operations::R)]);
/// use lwm2m_runtime::object::{DynamicInstance, Instance};
///
/// let mut instance = DynamicInstance::new(&DEFINITION);
/// let instance: &mut dyn Instance = &mut instance;
/// instance.write(5700, None, ValueRef::Float(21.5))?;
/// assert_eq!(instance.values().count(), 1);
/// # Ok::<(), lwm2m_runtime::object::WriteError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct DynamicInstance {
    definition: &'static ObjectDefinition,
    // One for each resource that holds a value, in the definition's ascending order.
    fields: Vec<DynamicField>,
}

impl DynamicInstance {
    /// An instance in which no resource is present yet.
    #[must_use]
    pub fn new(definition: &'static ObjectDefinition) -> Self {
        let fields = definition
            .resources()
            .iter()
            .filter_map(DynamicField::new)
            .collect();
        Self { definition, fields }
    }

    fn position(&self, id: u16) -> Option<usize> {
        self.fields
            .binary_search_by_key(&id, |field| field.definition.id())
            .ok()
    }
}

impl Instance for DynamicInstance {
    fn definition(&self) -> &'static ObjectDefinition {
        self.definition
    }

    fn field(&self, id: u16) -> Option<&dyn Field> {
        let index = self.position(id)?;
        self.fields.get(index).map(|field| field as &dyn Field)
    }

    fn field_mut(&mut self, id: u16) -> Option<&mut dyn Field> {
        let index = self.position(id)?;
        self.fields.get_mut(index).map(|field| field as &mut dyn Field)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl fmt::Debug for DynamicInstance {
    /// Without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self, self.definition.name(), f)
    }
}

#[derive(Clone, PartialEq)]
struct DynamicField {
    definition: &'static ResourceDefinition,
    resource_type: ResourceType,
    content: Content,
}

#[derive(Clone, PartialEq)]
enum Content {
    Absent,
    Single(Value),
    Multiple(Instances<Value>),
}

impl DynamicField {
    fn new(definition: &'static ResourceDefinition) -> Option<Self> {
        let resource_type = definition.resource_type()?;
        (!definition.operations().executable()).then_some(Self {
            definition,
            resource_type,
            content: Content::Absent,
        })
    }
}

impl Field for DynamicField {
    fn resource_type(&self) -> ResourceType {
        self.resource_type
    }

    fn is_multiple(&self) -> bool {
        self.definition.multiple()
    }

    fn is_present(&self) -> bool {
        !matches!(self.content, Content::Absent)
    }

    fn len(&self) -> usize {
        match &self.content {
            Content::Absent => 0,
            Content::Single(_) => 1,
            Content::Multiple(instances) => instances.len(),
        }
    }

    fn entry(&self, index: usize) -> Option<(Option<u16>, ValueRef<'_>)> {
        match &self.content {
            Content::Absent => None,
            Content::Single(value) => (index == 0).then(|| (None, value.as_ref())),
            Content::Multiple(instances) => instances
                .entry(index)
                .map(|(id, value)| (Some(*id), value.as_ref())),
        }
    }

    fn value(&self, resource_instance: Option<u16>) -> Option<ValueRef<'_>> {
        match (&self.content, resource_instance) {
            (Content::Single(value), None) => Some(value.as_ref()),
            (Content::Multiple(instances), Some(id)) => instances.get(id).map(Value::as_ref),
            _ => None,
        }
    }

    fn set(&mut self, resource_instance: Option<u16>, value: ValueRef<'_>) -> Result<(), FieldError> {
        let id = match (self.is_multiple(), resource_instance) {
            (false, None) => None,
            (false, Some(_)) => return Err(FieldError::NotMultiple),
            (true, id) => Some(instance_id(id)?),
        };
        let expected = self.resource_type;
        let found = value.resource_type();
        let value = value
            .cast(expected)
            .ok_or(FieldError::Type { expected, found })?
            .to_value();
        match (id, &mut self.content) {
            (None, content) => *content = Content::Single(value),
            (Some(id), Content::Multiple(instances)) => {
                instances.insert(id, value);
            }
            (Some(id), content) => *content = Content::Multiple([(id, value)].into()),
        }
        Ok(())
    }

    fn reset(&mut self) {
        self.content = match (self.is_multiple(), self.resource_type) {
            (true, _) => Content::Multiple(Instances::new()),
            (false, ResourceType::String) => Content::Single(ValueRef::String("").to_value()),
            (false, ResourceType::Integer) => Content::Single(Value::Integer(0)),
            (false, ResourceType::Unsigned) => Content::Single(Value::Unsigned(0)),
            (false, ResourceType::Float) => Content::Single(Value::Float(0.0)),
            (false, ResourceType::Boolean) => Content::Single(Value::Boolean(false)),
            (false, ResourceType::Opaque) => Content::Single(Value::Opaque(Vec::new())),
            (false, ResourceType::Time) => Content::Single(Value::Time(Default::default())),
            (false, ResourceType::Objlnk) => Content::Single(Value::Objlnk(Default::default())),
            (false, ResourceType::Corelnk) => Content::Single(ValueRef::Corelnk("").to_value()),
        };
    }

    fn remove(&mut self, resource_instance: Option<u16>) -> bool {
        match (resource_instance, &mut self.content) {
            (Some(id), Content::Multiple(instances)) => instances.remove(id).is_some(),
            (None, content) if !self.definition.always_exists() => {
                !matches!(core::mem::replace(content, Content::Absent), Content::Absent)
            }
            _ => false,
        }
    }
}
