use alloc::vec::Vec;

use super::{Application, Asker, Change, ChangeKind, Outcome, Tree, read::decode_status, staged::Staged};
use crate::{
    encoding::{Content, PayloadKind, Purpose, RecordRef},
    model::{ObjectDefinition, Path, ResourceDefinition},
    object::Instance,
    operation::{Operation, Payload, Status, WriteMode},
};

impl Tree {
    /// Write (LwM2M Core 1.2, section 6.3.3).
    pub(super) fn write(
        &mut self,
        asker: Asker<'_>,
        path: Path,
        mode: WriteMode,
        payload: Payload<'_>,
        application: &mut dyn Application,
    ) -> Result<Outcome, Status> {
        let staged = self.stage_write(asker, path, mode, payload)?;
        staged.ask(self, asker.server, application)?;
        self.apply([staged], asker, application);
        Ok(Outcome::new(Status::Changed))
    }

    fn stage_write(
        &self,
        asker: Asker<'_>,
        path: Path,
        mode: WriteMode,
        payload: Payload<'_>,
    ) -> Result<Staged, Status> {
        let target = self.target(path)?;
        let (node, object) = (target.instance.ok_or(Status::MethodNotAllowed)?, target.object);
        let operation = match mode {
            WriteMode::Replace => Operation::WriteReplace,
            WriteMode::Partial => Operation::WritePartial,
        };
        self.permitted(asker, operation, path)?;
        let kind = match target.resource {
            Some(resource) => {
                check_writable(resource, target.exists)?;
                let partial = mode == WriteMode::Partial;
                match resource.multiple() && path.depth() == 3 {
                    true => PayloadKind::Values,
                    false if partial => return Err(Status::MethodNotAllowed),
                    false => PayloadKind::Value(resource.resource_type()),
                }
            }
            None => PayloadKind::Values,
        };
        let mut staged = Staged::new(path.up_to(2), (node.make)(object.definition));
        let mut reader = self.reader(asker, path, payload, kind, Purpose::Values)?;
        let mut values = 0_usize;
        while let Some(record) = reader.next().map_err(decode_status)? {
            if !asker.is_own(record.prefix) {
                return Err(Status::BadRequest);
            }
            values += 1;
            // One resource instance alone is never a replacement of its siblings.
            let replaces = mode == WriteMode::Replace && path.depth() < 4;
            self.stage_record(&mut staged, object.definition, &record, replaces)?;
        }
        match target.resource {
            _ if mode == WriteMode::Partial => {}
            None => stage_absent(&mut staged, object.definition, &*node.value)?,
            Some(_) if values > 0 => {}
            // A multiple resource may be replaced by nothing.
            Some(resource) if kind == PayloadKind::Values => staged.replace(resource.id(), None, None)?,
            Some(_) => return Err(Status::BadRequest),
        }
        self.check_sizes([&staged])?;
        Ok(staged)
    }

    /// Takes over a record of a Write to an instance or to something in it. Resources that the definition does not have
    /// are passed over: they are optional ones of another version.
    fn stage_record(
        &self,
        staged: &mut Staged,
        definition: &'static ObjectDefinition,
        record: &RecordRef<'_>,
        replaces: bool,
    ) -> Result<(), Status> {
        let Some(resource) = record.path.resource_id().and_then(|id| definition.resource(id)) else {
            return Ok(());
        };
        check_writable(resource, true)?;
        let multiple = resource.multiple();
        let (resource, id) = (resource.id(), record.path.resource_instance_id());
        match record.content {
            Content::Value(value) => {
                self.check_links(value)?;
                match replaces {
                    true => staged.replace(resource, id, Some(value)),
                    false => staged.merge(resource, id, value),
                }
            }
            Content::Container if multiple && replaces => staged.replace(resource, None, None),
            Content::Container if multiple => {
                staged.exist(resource);
                Ok(())
            }
            _ => Err(Status::BadRequest),
        }
    }

    /// Applies what was checked and consented to.
    pub(super) fn apply(
        &mut self,
        all: impl IntoIterator<Item = Staged>,
        asker: Asker<'_>,
        application: &mut dyn Application,
    ) {
        let by = Some(asker.server);
        let mut changes = Vec::new();
        for staged in all {
            let path = staged.path();
            let (Some(object), Some(instance)) = (path.object_id(), path.instance_id()) else {
                continue;
            };
            let Some(node) = self.node_mut(object, instance) else {
                continue;
            };
            let changed = staged.apply(&mut *node.value);
            self.note_written(object, instance);
            for resource in changed {
                self.mark(object, instance, resource, by);
                changes.push(Change {
                    path: Path::resource(object, instance, resource),
                    kind: ChangeKind::Value,
                    by,
                });
            }
        }
        for change in &changes {
            application.changed(self, change);
        }
    }
}

/// 4.05 for a resource that servers cannot write; 4.04 if it does not even exist.
pub(super) fn check_writable(resource: &ResourceDefinition, exists: bool) -> Result<(), Status> {
    match (resource.operations().writable(), exists) {
        (true, _) => Ok(()),
        (false, true) => Err(Status::MethodNotAllowed),
        (false, false) => Err(Status::NotFound),
    }
}

/// What a Replace of an instance does to the writable resources that its payload does not have: optional ones go, and
/// without a mandatory one nothing is done. Resources that servers cannot write stay as they are.
fn stage_absent(
    staged: &mut Staged,
    definition: &'static ObjectDefinition,
    instance: &dyn Instance,
) -> Result<(), Status> {
    let writable = definition
        .resources()
        .iter()
        .filter(|resource| resource.operations().writable());
    for resource in writable {
        let id = resource.id();
        if staged.touches(id) {
            continue;
        }
        if resource.mandatory() {
            return Err(Status::BadRequest);
        }
        if instance.field(id).is_some_and(|field| field.is_present()) {
            staged.remove(id, None);
        }
    }
    Ok(())
}
