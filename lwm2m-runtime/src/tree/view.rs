use super::Tree;
use crate::{
    model::{Path, ResourceDefinition, ValueRef, Version},
    operation::{TreeValues, TreeView},
};

impl TreeView for Tree {
    fn objects(&self) -> impl Iterator<Item = (u16, Version)> {
        self.objects
            .iter()
            .map(|object| (object.definition.id(), object.definition.version()))
    }

    fn instances(&self, object: u16) -> impl Iterator<Item = u16> {
        self.object(object)
            .into_iter()
            .flat_map(|object| object.instances.iter().map(|instance| instance.id))
    }

    fn resources(&self, object: u16, instance: u16) -> impl Iterator<Item = u16> {
        let object = self.object(object);
        let instance = object.and_then(|object| object.instance(instance));
        object.zip(instance).into_iter().flat_map(|(object, instance)| {
            let present = move |resource: &&ResourceDefinition| object.has(&*instance.value, resource);
            let resources = object.definition.resources().iter();
            resources.filter(present).map(ResourceDefinition::id)
        })
    }

    fn resource_instances(
        &self,
        object: u16,
        instance: u16,
        resource: u16,
    ) -> Option<impl Iterator<Item = u16>> {
        let definition = self.definition(object)?.resource(resource)?;
        let field = self
            .instance(object, instance)
            .and_then(|instance| instance.field(resource));
        definition.multiple().then(|| {
            field
                .into_iter()
                .flat_map(|field| (0..field.len()).filter_map(|index| field.entry(index)?.0))
        })
    }
}

impl TreeValues for Tree {
    fn value(&self, path: Path) -> Option<ValueRef<'_>> {
        Self::value(self, path)
    }
}
