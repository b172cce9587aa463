use super::{Application, Asker, Change, ChangeKind, Outcome, Tree, staged::Staged, write::check_writable};
use crate::{
    model::Path,
    operation::{Operation, Status},
};

impl Tree {
    /// Delete (LwM2M Core 1.2, section 6.3.7), of a resource instance since LwM2M 1.2.
    pub(super) fn delete(
        &mut self,
        asker: Asker<'_>,
        path: Path,
        application: &mut dyn Application,
    ) -> Result<Outcome, Status> {
        let target = self.target(path)?.existing()?;
        self.permitted(asker, Operation::Delete, path)?;
        match (target.instance, target.resource) {
            (Some(node), Some(resource)) if path.depth() == 4 => {
                check_writable(resource, true)?;
                let mut staged = Staged::new(path.up_to(2), (node.make)(target.object.definition));
                staged.remove(resource.id(), path.resource_instance_id());
                self.check_sizes([&staged])?;
                staged.ask(self, asker.server, application)?;
                self.apply([staged], asker, application);
            }
            (Some(node), None) => {
                let (object, instance) = (target.object.definition.id(), node.id);
                if is_fixed(object) {
                    return Err(Status::MethodNotAllowed);
                }
                application.delete(self, path, asker.server)?;
                let by = Some(asker.server);
                self.take(object, instance, by);
                self.remove_rule(object, instance, asker.server);
                let kind = ChangeKind::Deleted;
                application.changed(self, &Change { path, kind, by });
            }
            _ => return Err(Status::MethodNotAllowed),
        }
        Ok(Outcome::new(Status::Deleted))
    }
}

/// Whether servers can neither create nor delete instances of an object: the Server object is a bootstrap server's, a
/// client has exactly one Device, and the instances of Advanced Firmware Update are what the hardware has.
pub(super) const fn is_fixed(object: u16) -> bool {
    matches!(object, 1 | 3 | 33629)
}
