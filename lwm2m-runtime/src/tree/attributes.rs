use super::{Asker, Tree};
use crate::{
    link::NotificationAttributes,
    model::Path,
    operation::{Operation, Status},
};

impl Tree {
    /// Whether a server may attach attributes to a path, or have them in an Observe of it (LwM2M Core 1.2, section 6.3.4).
    pub(super) fn check_attributes(
        &self,
        asker: Asker<'_>,
        path: Path,
        attributes: &NotificationAttributes,
    ) -> Result<(), Status> {
        let target = self.target(path)?.existing()?;
        // Attributes of an object need no right: they are of use only together with a right to its instances.
        if path.depth() > 1 {
            self.permitted(asker, Operation::WriteAttributes, path)?;
        }
        let readable = match target.resource {
            Some(resource) => resource.operations().readable(),
            None => target
                .object
                .definition
                .resources()
                .iter()
                .any(|resource| resource.operations().readable()),
        };
        if !readable {
            return Err(Status::MethodNotAllowed);
        }
        let resource_type = target.resource.and_then(|resource| resource.resource_type());
        attributes
            .check_type(resource_type)
            .map_err(|_| Status::BadRequest)
    }
}
