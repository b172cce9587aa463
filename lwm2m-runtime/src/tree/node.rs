use alloc::{boxed::Box, vec::Vec};

use super::kept::Foreign;
use crate::{
    model::{ObjectDefinition, ResourceDefinition},
    object::{DynamicInstance, Instance, Object},
};

/// Makes an instance of the same Rust type as another one, with nothing in it but its defaults.
pub(super) type Make = fn(&'static ObjectDefinition) -> Box<dyn Instance>;

pub(super) fn make_typed<O: Object>(_: &'static ObjectDefinition) -> Box<dyn Instance> {
    Box::new(O::default())
}

pub(super) fn make_dynamic(definition: &'static ObjectDefinition) -> Box<dyn Instance> {
    Box::new(DynamicInstance::new(definition))
}

/// An object that the client has, with or without instances.
pub(super) struct ObjectNode {
    pub(super) definition: &'static ObjectDefinition,
    /// Makes the instances that servers create.
    pub(super) make: Make,
    /// The optional executable resources that exist, in ascending order.
    pub(super) enabled: Vec<u16>,
    /// In ascending order of their identifiers.
    pub(super) instances: Vec<InstanceNode>,
    /// The number of the last change below.
    pub(super) revision: u64,
    /// Whether its instances are kept as a whole.
    pub(super) whole: bool,
    /// The program's own instances that servers have deleted, in ascending order.
    pub(super) gone: Vec<u16>,
}

/// An instance and what is kept about it.
pub(super) struct InstanceNode {
    pub(super) id: u16,
    pub(super) value: Box<dyn Instance>,
    /// Makes an empty instance of the same Rust type, in which values are tried.
    pub(super) make: Make,
    /// What its values took when a server wrote to it last, in bytes.
    pub(super) written: usize,
    /// What servers have brought into it.
    pub(super) foreign: Foreign,
    /// The number of the change by which it came.
    created: u64,
    /// The number of the last change that a server can see.
    pub(super) revision: u64,
    /// The resources that have changed since the instance came, and the number of the last change.
    resources: Vec<(u16, u64)>,
}

impl ObjectNode {
    pub(super) fn position(&self, instance: u16) -> Result<usize, usize> {
        self.instances.binary_search_by_key(&instance, |node| node.id)
    }

    pub(super) fn instance(&self, instance: u16) -> Option<&InstanceNode> {
        let index = self.position(instance).ok()?;
        self.instances.get(index)
    }

    pub(super) fn instance_mut(&mut self, instance: u16) -> Option<&mut InstanceNode> {
        let index = self.position(instance).ok()?;
        self.instances.get_mut(index)
    }

    /// Whether an instance has a resource: one that holds a value does if there is one, any other if it is mandatory.
    /// A mandatory resource that no server can read exists whether or not it holds a value.
    pub(super) fn has(&self, instance: &dyn Instance, resource: &ResourceDefinition) -> bool {
        if resource.operations().executable() {
            return resource.mandatory() || self.enabled.binary_search(&resource.id()).is_ok();
        }
        let write_only =
            resource.mandatory() && resource.operations().writable() && !resource.operations().readable();
        write_only
            || instance
                .field(resource.id())
                .is_some_and(|field| field.is_present())
    }
}

impl InstanceNode {
    pub(super) fn new(id: u16, value: Box<dyn Instance>, make: Make, revision: u64) -> Self {
        Self {
            id,
            value,
            make,
            written: 0,
            foreign: Foreign::default(),
            created: revision,
            revision,
            resources: Vec::new(),
        }
    }

    /// The number of the last change of a resource.
    pub(super) fn resource_revision(&self, resource: u16) -> u64 {
        let found = self.resources.binary_search_by_key(&resource, |(id, _)| *id);
        found
            .ok()
            .and_then(|index| self.resources.get(index))
            .map_or(self.created, |(_, revision)| *revision)
    }

    pub(super) fn touch(&mut self, resource: u16, revision: u64) {
        match self.resources.binary_search_by_key(&resource, |(id, _)| *id) {
            Ok(index) => {
                if let Some(entry) = self.resources.get_mut(index) {
                    entry.1 = revision;
                }
            }
            Err(index) => self.resources.insert(index, (resource, revision)),
        }
    }
}
