use super::{
    Tree,
    node::{InstanceNode, ObjectNode},
};
use crate::{
    model::{Path, ResourceDefinition},
    operation::Status,
};

/// What is at a path.
#[derive(Clone, Copy)]
pub(super) struct Target<'t> {
    pub(super) object: &'t ObjectNode,
    /// For a path that names an instance.
    pub(super) instance: Option<&'t InstanceNode>,
    /// For a path that names a resource.
    pub(super) resource: Option<&'static ResourceDefinition>,
    /// Whether the resource, or resource instance, is there. The definition knows the resource in any case.
    pub(super) exists: bool,
}

impl Target<'_> {
    /// 4.04 unless it exists.
    pub(super) fn existing(self) -> Result<Self, Status> {
        match self.exists {
            true => Ok(self),
            false => Err(Status::NotFound),
        }
    }
}

impl Tree {
    /// Looks a path up: 4.04 if the tree has no such object or instance, or the definition no such resource; 4.05 for the
    /// root, and for an instance of a resource that has none.
    pub(super) fn target(&self, path: Path) -> Result<Target<'_>, Status> {
        let object = path.object_id().ok_or(Status::MethodNotAllowed)?;
        let object = self.object(object).ok_or(Status::NotFound)?;
        let mut target = Target {
            object,
            instance: None,
            resource: None,
            exists: true,
        };
        let Some(instance) = path.instance_id() else {
            return Ok(target);
        };
        let instance = object.instance(instance).ok_or(Status::NotFound)?;
        target.instance = Some(instance);
        let Some(resource) = path.resource_id() else {
            return Ok(target);
        };
        let definition = object.definition.resource(resource).ok_or(Status::NotFound)?;
        target.resource = Some(definition);
        target.exists = object.has(&*instance.value, definition);
        if let Some(id) = path.resource_instance_id() {
            if !definition.multiple() {
                return Err(Status::MethodNotAllowed);
            }
            let field = instance.value.field(resource);
            target.exists = field.is_some_and(|field| field.value(Some(id)).is_some());
        }
        Ok(target)
    }
}
