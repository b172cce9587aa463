use alloc::collections::BTreeMap;

use super::{Application, Asker, Outcome, Tree, read::decode_status, staged::Staged, write::check_writable};
use crate::{
    encoding::{Content, PayloadKind, Purpose, RecordRef},
    model::Path,
    operation::{Operation, Payload, Status},
};

impl Tree {
    /// Write-Composite (LwM2M Core 1.2, section 6.3.9): values in any instances, and resource instances that go.
    pub(super) fn write_composite(
        &mut self,
        asker: Asker<'_>,
        payload: Payload<'_>,
        application: &mut dyn Application,
    ) -> Result<Outcome, Status> {
        let mut all = BTreeMap::new();
        let kind = PayloadKind::CompositeWrite { removes: false };
        let mut reader = self.reader(asker, Path::ROOT, payload, kind, Purpose::Patch)?;
        while let Some(record) = reader.next().map_err(decode_status)? {
            if !asker.is_own(record.prefix) {
                return Err(Status::NotFound);
            }
            self.stage_patch(&mut all, asker, &record)?;
        }
        drop(reader);
        self.check_sizes(all.values())?;
        for staged in all.values() {
            staged.ask(self, asker.server, application)?;
        }
        self.apply(all.into_values(), asker, application);
        Ok(Outcome::new(Status::Changed))
    }

    /// Takes over a record. Every path is one that exists, or a resource that can come to be.
    fn stage_patch(
        &self,
        all: &mut BTreeMap<Path, Staged>,
        asker: Asker<'_>,
        record: &RecordRef<'_>,
    ) -> Result<(), Status> {
        let path = record.path;
        if asker.is_kept_from(path) {
            return Err(Status::Unauthorized);
        }
        let target = self.target(path)?;
        self.permitted(asker, Operation::WriteComposite, path)?;
        let (Some(node), Some(resource)) = (target.instance, target.resource) else {
            return Err(Status::MethodNotAllowed);
        };
        check_writable(resource, target.exists)?;
        let make = || Staged::new(path.up_to(2), (node.make)(target.object.definition));
        let staged = all.entry(path.up_to(2)).or_insert_with(make);
        let id = path.resource_instance_id();
        match record.content {
            Content::Value(value) => {
                self.check_links(value)?;
                staged.merge(resource.id(), id, value)
            }
            // Only resource instances can be removed (LwM2M Core 1.2, section 7.4.5).
            Content::Null if id.is_none() => Err(Status::MethodNotAllowed),
            Content::Null => {
                target.existing()?;
                staged.remove(resource.id(), id);
                Ok(())
            }
            _ => Err(Status::BadRequest),
        }
    }
}
