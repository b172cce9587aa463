use super::{Tree, staged::Staged};
use crate::{
    model::ValueRef,
    object::{Field, Instance},
    operation::Status,
};

/// What a value takes beside its text or bytes, roughly.
const OVERHEAD: usize = 32;

impl Tree {
    /// Refuses what would bring instances beyond the limits of servers: 4.01 for a multiple resource with too many
    /// instances, or with none where it is mandatory; 4.13 for values that take too much memory.
    pub(super) fn check_sizes<'s>(&self, all: impl IntoIterator<Item = &'s Staged>) -> Result<(), Status> {
        let mut written = self.written;
        let mut grows = false;
        for staged in all {
            let path = staged.path();
            let node = path
                .object_id()
                .zip(path.instance_id())
                .and_then(|(object, instance)| self.node(object, instance));
            let instance = node.map(|node| &*node.value);
            self.check_instances(staged, instance)?;
            let (added, removed) = staged.growth(instance);
            grows |= added > removed;
            let before = instance.map_or(0, instance_size);
            let after = (before + added).saturating_sub(removed);
            written = (written + after).saturating_sub(node.map_or(0, |node| node.written));
        }
        match grows && written > self.config.max_written_bytes {
            true => Err(Status::RequestEntityTooLarge),
            false => Ok(()),
        }
    }

    fn check_instances(&self, staged: &Staged, instance: Option<&dyn Instance>) -> Result<(), Status> {
        let definition = staged.definition();
        for (resource, size) in staged.instances(instance) {
            let before = instance
                .and_then(|instance| instance.field(resource))
                .map_or(0, |field| field.len());
            let mandatory = definition
                .resource(resource)
                .is_some_and(|resource| resource.mandatory());
            let beyond = size > self.config.max_resource_instances && size > before;
            let emptied = size == 0 && before > 0 && mandatory;
            if beyond || emptied {
                return Err(Status::Unauthorized);
            }
        }
        Ok(())
    }

    /// Notes what an instance takes that a server has written.
    pub(super) fn note_written(&mut self, object: u16, instance: u16) {
        let Some(node) = self.node_mut(object, instance) else {
            return;
        };
        let size = instance_size(&*node.value);
        let before = core::mem::replace(&mut node.written, size);
        self.written = (self.written + size).saturating_sub(before);
    }

    /// An instance has nothing of servers any more.
    pub(super) fn forget_written(&mut self, object: u16, instance: u16) {
        if let Some(node) = self.node_mut(object, instance) {
            let before = core::mem::take(&mut node.written);
            self.written = self.written.saturating_sub(before);
        }
    }
}

pub(super) fn instance_size(instance: &dyn Instance) -> usize {
    instance.values().map(|(_, _, value)| value_size(value)).sum()
}

pub(super) fn field_size(field: &dyn Field) -> usize {
    let values = (0..field.len()).filter_map(|index| field.entry(index));
    values.map(|(_, value)| value_size(value)).sum()
}

pub(super) fn value_size(value: ValueRef<'_>) -> usize {
    OVERHEAD
        + match value {
            ValueRef::String(text) | ValueRef::Corelnk(text) => text.len(),
            ValueRef::Opaque(bytes) => bytes.len(),
            _ => 0,
        }
}
