use alloc::{collections::BTreeMap, vec::Vec};
use core::fmt;

use crate::{
    encoding::RecordRef,
    model::{Path, Value, ValueRef, Version},
    object::Instance,
    operation::{TreeValues, TreeView, implied_version},
};

/// Values of instances by the paths of their resources and resource instances.
#[derive(Clone, Default, PartialEq)]
pub struct Values(BTreeMap<Path, Value>);

impl Values {
    /// No value.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets the value of a resource or resource instance. Paths above them have none and are passed over.
    pub fn set(&mut self, path: Path, value: Value) -> &mut Self {
        if path.depth() > 2 {
            self.0.insert(path, value);
        }
        self
    }

    /// Sets all values of an instance; those that are there and not in it stay.
    pub fn insert(&mut self, instance: u16, values: &dyn Instance) -> &mut Self {
        let object = values.definition().id();
        for (resource, resource_instance, value) in values.values() {
            let path = match resource_instance {
                Some(id) => Path::resource_instance(object, instance, resource, id),
                None => Path::resource(object, instance, resource),
            };
            self.0.insert(path, value.to_value());
        }
        self
    }

    /// Removes what is at a path and below.
    pub fn remove(&mut self, path: Path) {
        self.0.retain(|other, _| !other.starts_with(path));
    }

    /// The value at a path.
    #[must_use]
    pub fn get(&self, path: Path) -> Option<ValueRef<'_>> {
        self.0.get(&path).map(Value::as_ref)
    }

    /// The values at a path and below, in ascending order of their paths.
    pub fn below(&self, path: Path) -> impl Iterator<Item = (Path, ValueRef<'_>)> + Clone {
        let from = self.0.range(path..);
        from.map(|(path, value)| (*path, value.as_ref()))
            .take_while(move |(other, _)| other.starts_with(path))
    }

    /// The same as records, to be encoded.
    pub fn records(&self, path: Path) -> impl Iterator<Item = RecordRef<'_>> + Clone {
        self.below(path).map(|(path, value)| RecordRef::new(path, value))
    }

    /// The paths of objects, instances, .. that have values, each once: those with so many identifiers below a path.
    pub fn paths(&self, below: Path, depth: usize) -> Vec<Path> {
        let mut paths: Vec<Path> = self.below(below).map(|(path, _)| path.up_to(depth)).collect();
        paths.dedup();
        paths
    }

    fn ids(&self, below: Path) -> impl Iterator<Item = u16> {
        let depth = below.depth() + 1;
        let paths = self.paths(below, depth).into_iter();
        paths.filter_map(move |path| path.ids().get(depth - 1).copied())
    }
}

impl fmt::Debug for Values {
    /// The paths, without values: some are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl TreeView for Values {
    /// Objects have the versions that LwM2M 1.2 implies.
    fn objects(&self) -> impl Iterator<Item = (u16, Version)> {
        self.ids(Path::ROOT)
            .map(|object| (object, implied_version(object, Version::V1_2)))
    }

    fn instances(&self, object: u16) -> impl Iterator<Item = u16> {
        self.ids(Path::object(object))
    }

    fn resources(&self, object: u16, instance: u16) -> impl Iterator<Item = u16> {
        self.ids(Path::instance(object, instance))
    }

    fn resource_instances(
        &self,
        object: u16,
        instance: u16,
        resource: u16,
    ) -> Option<impl Iterator<Item = u16>> {
        let path = Path::resource(object, instance, resource);
        (!self.0.contains_key(&path)).then(|| self.ids(path))
    }
}

impl TreeValues for Values {
    fn value(&self, path: Path) -> Option<ValueRef<'_>> {
        self.get(path)
    }
}
