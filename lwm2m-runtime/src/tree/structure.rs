//! How objects and instances are found, come, go, and are noted as changed.

use alloc::{boxed::Box, vec::Vec};

use super::{
    Tree, TreeError,
    journal::mirror,
    kept::is_account,
    node::{InstanceNode, Make, ObjectNode},
};
use crate::{
    model::{ObjectDefinition, Path, ValueRef},
    object::{Field, Instance},
};

/// The Access Control object.
const RULES: u16 = 2;

impl Tree {
    pub(super) fn position(&self, object: u16) -> Result<usize, usize> {
        self.objects
            .binary_search_by_key(&object, |node| node.definition.id())
    }

    pub(super) fn object(&self, object: u16) -> Option<&ObjectNode> {
        let index = self.position(object).ok()?;
        self.objects.get(index)
    }

    pub(super) fn object_mut(&mut self, object: u16) -> Option<&mut ObjectNode> {
        let index = self.position(object).ok()?;
        self.objects.get_mut(index)
    }

    pub(super) fn node(&self, object: u16, instance: u16) -> Option<&InstanceNode> {
        self.object(object)?.instance(instance)
    }

    pub(super) fn node_mut(&mut self, object: u16, instance: u16) -> Option<&mut InstanceNode> {
        self.object_mut(object)?.instance_mut(instance)
    }

    /// Adds an object that is not there yet; one that is has to be of the same version.
    pub(super) fn add(
        &mut self,
        definition: &'static ObjectDefinition,
        make: Make,
    ) -> Result<&mut ObjectNode, TreeError> {
        let (object, version) = (definition.id(), definition.version());
        let index = match self.position(object) {
            Ok(index) => index,
            Err(index) => {
                self.revision += 1;
                let node = ObjectNode {
                    definition,
                    make,
                    enabled: Vec::new(),
                    instances: Vec::new(),
                    revision: self.revision,
                    whole: is_account(object),
                    gone: Vec::new(),
                };
                self.objects.insert(index, node);
                self.changes.created(Path::object(object), None);
                index
            }
        };
        let node = self.objects.get_mut(index).ok_or(TreeError::NotFound {
            path: Path::object(object),
        })?;
        let present = node.definition;
        if present.version() != version {
            let present = present.version();
            return Err(TreeError::Version { object, present });
        }
        // Mostly the very same.
        if !core::ptr::eq(present, definition) && present != definition {
            if !node.instances.is_empty() {
                return Err(TreeError::Definition { object });
            }
            node.definition = definition;
            node.make = make;
        }
        Ok(node)
    }

    /// An object with an executable resource, and whether that is mandatory.
    pub(super) fn executable(
        &mut self,
        object: u16,
        resource: u16,
    ) -> Result<(&mut ObjectNode, bool), TreeError> {
        let path = Path::resource(object, 0, resource);
        let node = self.object_mut(object).ok_or(TreeError::NotFound {
            path: Path::object(object),
        })?;
        match node.definition.resource(resource) {
            Some(definition) if definition.operations().executable() => Ok((node, definition.mandatory())),
            Some(_) => Err(TreeError::Fixed { path }),
            None => Err(TreeError::NotFound { path }),
        }
    }

    /// Whether so many instances more fit.
    pub(super) fn has_room(&self, more: usize) -> bool {
        let present: usize = self.objects.iter().map(|object| object.instances.len()).sum();
        present + more <= self.config.max_instances
    }

    /// Puts an instance in, whose object is there.
    pub(super) fn put(
        &mut self,
        instance: u16,
        value: Box<dyn Instance>,
        make: Make,
        by: Option<u16>,
    ) -> Result<(), TreeError> {
        let object = value.definition().id();
        let room = self.has_room(1);
        let path = Path::instance(object, instance);
        if instance == u16::MAX {
            return Err(TreeError::Identifier);
        }
        let node = self.object_mut(object).ok_or(TreeError::NotFound { path })?;
        if !node.definition.multiple() && instance != 0 {
            return Err(TreeError::Single { object });
        }
        if by.is_none() {
            node.gone.retain(|gone| *gone != instance);
        }
        match node.position(instance) {
            Ok(index) => {
                let Some(present) = node.instances.get_mut(index) else {
                    return Err(TreeError::NotFound { path });
                };
                present.make = make;
                let before = core::mem::replace(&mut present.value, value);
                self.compare(object, instance, &*before);
            }
            Err(_) if !room => return Err(TreeError::Full),
            Err(_) => self.place(object, instance, value, make, by),
        }
        Ok(())
    }

    /// Puts an instance in where there is none, whatever the limit.
    pub(super) fn place(
        &mut self,
        object: u16,
        instance: u16,
        value: Box<dyn Instance>,
        make: Make,
        by: Option<u16>,
    ) {
        let revision = self.revision + 1;
        let Some(node) = self.object_mut(object) else {
            return;
        };
        if let Err(index) = node.position(instance) {
            node.instances
                .insert(index, InstanceNode::new(instance, value, make, revision));
            node.revision = revision;
            self.revision = revision;
            self.changes.created(Path::instance(object, instance), by);
            if object == RULES {
                self.index_rule(instance);
            }
            match by {
                Some(_) => self.brought(object, instance),
                None => self.note_kept(object),
            }
        }
    }

    /// How an empty instance of an object is made.
    pub(super) fn make(&self, object: u16) -> Option<Make> {
        self.object(object).map(|object| object.make)
    }

    /// An instance of the same type with the same values.
    pub(super) fn copy(&self, object: u16, instance: u16) -> Option<Box<dyn Instance>> {
        let definition = self.definition(object)?;
        let node = self.node(object, instance)?;
        let mut copy = (node.make)(definition);
        mirror(&*node.value, &mut *copy);
        Some(copy)
    }

    /// Gives an instance exactly the values of another one of its type.
    pub(super) fn overwrite(&mut self, object: u16, instance: u16, values: &dyn Instance) {
        let Some(before) = self.copy(object, instance) else {
            return;
        };
        if let Some(node) = self.node_mut(object, instance) {
            mirror(values, &mut *node.value);
        }
        self.compare(object, instance, &*before);
    }

    pub(super) fn take(&mut self, object: u16, instance: u16, by: Option<u16>) -> bool {
        self.take_node(object, instance, by).is_some()
    }

    pub(super) fn take_node(&mut self, object: u16, instance: u16, by: Option<u16>) -> Option<InstanceNode> {
        let revision = self.revision + 1;
        let node = self.object_mut(object)?;
        let index = node.position(instance).ok()?;
        let taken = node.instances.remove(index);
        node.revision = revision;
        self.revision = revision;
        self.written = self.written.saturating_sub(taken.written);
        self.changes.deleted(Path::instance(object, instance), by);
        if object == RULES {
            self.index_rule(instance);
        }
        match by {
            Some(_) => self.deleted(object, instance, &taken.foreign),
            None => self.note_kept(object),
        }
        Some(taken)
    }

    /// Notes that a resource has changed.
    pub(super) fn mark(&mut self, object: u16, instance: u16, resource: u16, by: Option<u16>) {
        let revision = self.revision + 1;
        let Some(node) = self.object_mut(object) else {
            return;
        };
        let definition = node.definition.resource(resource);
        let visible = definition.is_some_and(|definition| definition.operations().readable());
        if let Some(instance) = node.instance_mut(instance) {
            instance.touch(resource, revision);
            if visible {
                instance.revision = revision;
            }
        }
        if visible {
            node.revision = revision;
        }
        self.revision = revision;
        self.changes.value(Path::resource(object, instance, resource), by);
        if object == RULES {
            self.index_rule(instance);
        }
        match by {
            Some(_) => self.wrote(object, instance, resource),
            None => self.note_kept(object),
        }
    }

    /// Notes what is another value in an instance than it was before.
    pub(super) fn compare(&mut self, object: u16, instance: u16, before: &dyn Instance) {
        let Some(definition) = self.definition(object) else {
            return;
        };
        for resource in definition.resources().iter().map(|resource| resource.id()) {
            let same = self.instance(object, instance).is_some_and(|after| {
                match (before.field(resource), after.field(resource)) {
                    (Some(before), Some(after)) => same_field(before, after),
                    (before, after) => before.is_none() && after.is_none(),
                }
            });
            if !same {
                self.mark(object, instance, resource, None);
            }
        }
    }
}

/// Whether two fields hold the same.
pub(super) fn same_field(a: &dyn Field, b: &dyn Field) -> bool {
    a.is_present() == b.is_present()
        && a.len() == b.len()
        && (0..a.len()).all(|index| match (a.entry(index), b.entry(index)) {
            (Some((a_id, a)), Some((b_id, b))) => a_id == b_id && same_value(a, b),
            (a, b) => a.is_none() && b.is_none(),
        })
}

/// Whether two values are the same. A number that is none is the same as itself.
pub(super) fn same_value(a: ValueRef<'_>, b: ValueRef<'_>) -> bool {
    match (a, b) {
        (ValueRef::Float(a), ValueRef::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
        (a, b) => a == b,
    }
}
