use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use super::{
    Change, TreeConfig, TreeError,
    changes::Changes,
    node::{ObjectNode, make_dynamic, make_typed},
    rule_index::RuleIndex,
    structure::same_value,
};
use crate::{
    encoding::Definitions,
    model::{ObjectDefinition, Path, ValueRef},
    object::{DynamicInstance, Field, Instance, Object},
};

/// The live instances of a client's objects.
///
/// The device itself may set anything, whatever a server may do: [`insert`](Self::insert), [`update`](Self::update),
/// [`set`](Self::set), [`remove`](Self::remove). What servers ask goes through [`perform`](Self::perform).
///
/// ```
/// use lwm2m_runtime::{
///     model::{Path, ValueRef},
///     objects::Device,
///     tree::{ChangeKind, Tree, TreeConfig},
/// };
///
/// let mut tree = Tree::new(TreeConfig::default());
/// tree.insert(0, Device { manufacturer: Some("ACME".into()), ..Device::default() })?;
/// while tree.poll_change().is_some() {}
///
/// tree.update(0, |device: &mut Device| device.battery_level = Some(80));
/// let change = tree.poll_change().ok_or("the battery's level has changed")?;
/// assert_eq!((change.path, change.kind), (Path::resource(3, 0, 9), ChangeKind::Value));
/// assert_eq!(tree.value(change.path), Some(ValueRef::Integer(80)));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub struct Tree {
    pub(super) config: TreeConfig,
    /// In ascending order of their identifiers.
    pub(super) objects: Vec<ObjectNode>,
    pub(super) changes: Changes,
    /// The number of the last change.
    pub(super) revision: u64,
    /// The number of the last change that is worth keeping.
    pub(super) kept_revision: u64,
    /// What the instances take that servers have written, in bytes.
    pub(super) written: usize,
    pub(super) rule_index: RuleIndex,
}

impl Tree {
    /// No object yet.
    #[must_use]
    pub const fn new(config: TreeConfig) -> Self {
        Self {
            config,
            objects: Vec::new(),
            changes: Changes::new(config.max_changes),
            revision: 0,
            kept_revision: 0,
            written: 0,
            rule_index: RuleIndex::new(),
        }
    }

    /// The limits.
    #[must_use]
    pub const fn config(&self) -> &TreeConfig {
        &self.config
    }

    /// Adds an object without instances, known by its definition alone. Nothing changes where the object is there.
    ///
    /// # Errors
    ///
    /// [`TreeError::Version`] if it is there in another version, [`TreeError::Definition`] if it has instances of another
    /// definition.
    pub fn add_object(&mut self, definition: &'static ObjectDefinition) -> Result<(), TreeError> {
        self.add(definition, make_dynamic).map(|_| ())
    }

    /// Adds an object without instances. Those that servers create are `O`s, made from its default.
    ///
    /// # Errors
    ///
    /// As [`add_object`](Self::add_object).
    pub fn add_type<O: Object>(&mut self) -> Result<(), TreeError> {
        let object = self.add(O::DEFINITION, make_typed::<O>)?;
        object.make = make_typed::<O>;
        Ok(())
    }

    /// Removes an object and its instances, as when a module is unplugged. `false` if it is not there.
    pub fn remove_object(&mut self, object: u16) -> bool {
        let Ok(index) = self.position(object) else {
            return false;
        };
        let removed = self.objects.remove(index);
        self.revision += 1;
        self.kept_revision += u64::from(removed.whole);
        for instance in removed.instances {
            self.written = self.written.saturating_sub(instance.written);
            self.changes.deleted(Path::instance(object, instance.id), None);
        }
        self.changes.deleted(Path::object(object), None);
        true
    }

    /// Puts an instance in, in place of one that is there, and adds its object.
    ///
    /// # Errors
    ///
    /// [`TreeError::Version`], [`TreeError::Definition`], [`TreeError::Single`], [`TreeError::Identifier`] or
    /// [`TreeError::Full`].
    pub fn insert<O: Object>(&mut self, instance: u16, value: O) -> Result<(), TreeError> {
        self.add_type::<O>()?;
        self.put(instance, Box::new(value), make_typed::<O>, None)
    }

    /// Puts an instance in that is known by its definition alone, in place of one that is there, and adds its object.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert).
    pub fn insert_dynamic(&mut self, instance: u16, value: DynamicInstance) -> Result<(), TreeError> {
        self.add(value.definition(), make_dynamic)?;
        self.put(instance, Box::new(value), make_dynamic, None)
    }

    /// Removes an instance. `false` if it is not there.
    pub fn remove(&mut self, object: u16, instance: u16) -> bool {
        self.take(object, instance, None)
    }

    /// An instance by its type.
    #[must_use]
    pub fn get<O: Object>(&self, instance: u16) -> Option<&O> {
        self.instance(O::DEFINITION.id(), instance)?.downcast_ref()
    }

    /// An instance of any type.
    #[must_use]
    pub fn instance(&self, object: u16, instance: u16) -> Option<&dyn Instance> {
        self.node(object, instance).map(|node| &*node.value)
    }

    /// The value at the path of a resource or resource instance, whoever may read it. `None` where there is none, and for
    /// a multiple resource as a whole.
    #[must_use]
    pub fn value(&self, path: Path) -> Option<ValueRef<'_>> {
        let instance = self.instance(path.object_id()?, path.instance_id()?)?;
        instance
            .field(path.resource_id()?)?
            .value(path.resource_instance_id())
    }

    /// Changes an instance. What is another value afterwards counts as changed. `None` if there is no such instance, or if
    /// it is of another type.
    pub fn update<O: Object, R>(&mut self, instance: u16, change: impl FnOnce(&mut O) -> R) -> Option<R> {
        let object = O::DEFINITION.id();
        let value = self.node_mut(object, instance)?.value.downcast_mut::<O>()?;
        let before = value.clone();
        let result = change(value);
        self.compare(object, instance, &before);
        Some(result)
    }

    /// Sets a value: that of a resource or of a resource instance, which comes to be where needed. Type and range are
    /// checked, the rights of servers are not.
    ///
    /// # Errors
    ///
    /// [`TreeError::NotFound`] without such an instance or for a path above a resource, [`TreeError::Write`]; nothing has
    /// changed then.
    pub fn set(&mut self, path: Path, value: ValueRef<'_>) -> Result<(), TreeError> {
        let not_found = TreeError::NotFound { path };
        let (Some(object), Some(instance), Some(resource)) =
            (path.object_id(), path.instance_id(), path.resource_id())
        else {
            return Err(not_found);
        };
        let node = self.node_mut(object, instance).ok_or(not_found)?;
        let id = path.resource_instance_id();
        let same = |instance: &dyn Instance| {
            let old = instance.field(resource).and_then(|field| field.value(id));
            let resource_type = instance.field(resource).map(Field::resource_type);
            match (old, resource_type.and_then(|to| value.cast(to))) {
                (Some(old), Some(new)) => same_value(old, new),
                _ => false,
            }
        };
        let same = same(&*node.value);
        node.value
            .write(resource, id, value)
            .map_err(|error| TreeError::Write { path, error })?;
        if !same {
            self.mark(object, instance, resource, None);
        }
        Ok(())
    }

    /// Removes a resource, or an instance of a multiple resource. `false` where there is nothing to remove, or the resource
    /// always exists.
    pub fn remove_value(&mut self, path: Path) -> bool {
        let (Some(object), Some(instance), Some(resource)) =
            (path.object_id(), path.instance_id(), path.resource_id())
        else {
            return false;
        };
        let removed = self
            .node_mut(object, instance)
            .and_then(|node| node.value.field_mut(resource))
            .is_some_and(|field| field.remove(path.resource_instance_id()));
        if removed {
            self.mark(object, instance, resource, None);
        }
        removed
    }

    /// Makes an optional executable resource exist in every instance of an object. A mandatory one always does.
    ///
    /// # Errors
    ///
    /// [`TreeError::NotFound`] if the object or the resource is unknown, [`TreeError::Fixed`] if the resource is not
    /// executable.
    pub fn enable(&mut self, object: u16, resource: u16) -> Result<(), TreeError> {
        let (node, mandatory) = self.executable(object, resource)?;
        if let (Err(index), false) = (node.enabled.binary_search(&resource), mandatory) {
            node.enabled.insert(index, resource);
        }
        Ok(())
    }

    /// Undoes [`enable`](Self::enable).
    ///
    /// # Errors
    ///
    /// As there, and [`TreeError::Fixed`] if the resource is mandatory.
    pub fn disable(&mut self, object: u16, resource: u16) -> Result<(), TreeError> {
        let (node, mandatory) = self.executable(object, resource)?;
        if mandatory {
            let path = Path::resource(object, 0, resource);
            return Err(TreeError::Fixed { path });
        }
        if let Ok(index) = node.enabled.binary_search(&resource) {
            node.enabled.remove(index);
        }
        Ok(())
    }

    /// The definition of an object that the client has, in its version.
    #[must_use]
    pub fn definition(&self, object: u16) -> Option<&'static ObjectDefinition> {
        self.object(object).map(|object| object.definition)
    }

    /// Whether a path is that of a multiple resource, for
    /// [`CoapSession::read_request`](crate::operation::CoapSession::read_request).
    #[must_use]
    pub fn is_multiple(&self, path: Path) -> bool {
        let definition = path.object_id().and_then(|object| self.definition(object));
        definition
            .zip(path.resource_id())
            .and_then(|(definition, resource)| definition.resource(resource))
            .is_some_and(|resource| resource.multiple() && path.depth() == 3)
    }

    /// The next change since the last look, in ascending order of paths, each path once. Changes come from every method
    /// that changes the tree, and from [`perform`](Self::perform).
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.poll()
    }
}

impl Definitions for Tree {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        self.definition(id)
    }
}

impl fmt::Debug for Tree {
    /// Which instances there are, without their values: some are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instances = self.objects.iter().map(|object| {
            let ids: Vec<u16> = object.instances.iter().map(|instance| instance.id).collect();
            (object.definition.id(), ids)
        });
        f.debug_map().entries(instances).finish()
    }
}
