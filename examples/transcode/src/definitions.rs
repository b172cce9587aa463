//! The types of resources: those of the registry, with what the command line changes.

use std::collections::BTreeMap;

use lwm2m_runtime::{
    catalogue,
    encoding::{self, Content, Record},
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, Version},
};

use crate::arguments::TypeOverride;

pub(crate) struct Definitions {
    version: Option<Version>,
    overridden: BTreeMap<u16, &'static ObjectDefinition>,
    // Types of single resource instances, where those of one resource differ.
    instances: BTreeMap<Path, ResourceType>,
}

impl Definitions {
    pub(crate) fn new(version: Option<Version>, overrides: &[TypeOverride]) -> Self {
        let mut definitions = Self {
            version,
            overridden: BTreeMap::new(),
            instances: BTreeMap::new(),
        };
        for change in overrides {
            let same =
                |other: &&TypeOverride| (other.object, other.resource) == (change.object, change.resource);
            let agree = overrides
                .iter()
                .filter(same)
                .all(|other| other.resource_type == change.resource_type);
            if !agree {
                definitions.instances.insert(change.path, change.resource_type);
            }
            let known = encoding::Definitions::object(&definitions, change.object);
            let changed = with_type(known, change, agree.then_some(change.resource_type));
            definitions.overridden.insert(change.object, changed);
        }
        definitions
    }

    /// Gives a record the type of its own path, where one was said for it and the value exists in that type.
    pub(crate) fn retype(&self, record: &mut Record) {
        let Some(resource_type) = self.instances.get(&record.path) else {
            return;
        };
        if let Content::Value(value) = &record.content {
            if let Some(value) = value.as_ref().cast(*resource_type) {
                record.content = Content::Value(value.to_value());
            }
        }
    }

    /// The definition of the object and the resource that a path names.
    pub(crate) fn describe(
        &self,
        path: Path,
    ) -> (
        Option<&'static ObjectDefinition>,
        Option<&'static ResourceDefinition>,
    ) {
        let object = path
            .object_id()
            .and_then(|id| encoding::Definitions::object(self, id));
        let resource = path.resource_id().and_then(|id| object?.resource(id));
        (object, resource)
    }
}

impl encoding::Definitions for Definitions {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        if let Some(definition) = self.overridden.get(&id) {
            return Some(definition);
        }
        match self.version {
            // The newest that the version of LwM2M has; for an object that is younger than it, the oldest.
            Some(version) => catalogue::versions(id)
                .filter(|definition| definition.lwm2m_version() <= version)
                .filter(|definition| id > 7 || definition.version() <= version)
                .last()
                .or_else(|| catalogue::versions(id).next()),
            None => catalogue::latest(id),
        }
    }
}

/// A definition in which one resource has another type, or is not known. It lives as long as the program, as every
/// definition does.
fn with_type(
    known: Option<&'static ObjectDefinition>,
    change: &TypeOverride,
    resource_type: Option<ResourceType>,
) -> &'static ObjectDefinition {
    let mut resources: BTreeMap<u16, ResourceDefinition> = BTreeMap::new();
    if let Some(known) = known {
        resources.extend(
            known
                .resources()
                .iter()
                .map(|resource| (resource.id(), *resource)),
        );
    }
    let old = resources.remove(&change.resource);
    let multiple = old.map_or(change.path.depth() == 4, |resource| resource.multiple());
    if resource_type.is_some() {
        let name = old.map_or("", |resource| resource.name());
        let resource = ResourceDefinition::new(change.resource, name, resource_type, Operations::RW);
        resources.insert(
            change.resource,
            if multiple {
                resource.with_multiple()
            } else {
                resource
            },
        );
    }
    let resources: &'static [ResourceDefinition] = resources.into_values().collect::<Vec<_>>().leak();
    let (name, urn) = known.map_or(("", ""), |known| (known.name(), known.urn()));
    Box::leak(Box::new(
        ObjectDefinition::new(change.object, name, urn).with_resources(resources),
    ))
}
