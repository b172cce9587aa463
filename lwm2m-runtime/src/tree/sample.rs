use super::Tree;
use crate::{
    model::{Path, ValueRef},
    reporting::Sample,
};

impl Tree {
    /// What is at a path, as reporting sees it: the value of a resource or resource instance that is a number or a truth
    /// value, else a number that changes whenever something that a server can read does.
    ///
    /// [`Sample::Absent`] for a path that does not exist or that no server can read. The
    /// [`Application`](super::Application) is not asked to bring the value up to date.
    #[must_use]
    pub fn sample(&self, path: Path) -> Sample {
        self.find_sample(path).unwrap_or(Sample::Absent)
    }

    fn find_sample(&self, path: Path) -> Option<Sample> {
        let Some(object) = path.object_id() else {
            return Some(Sample::Revision(self.revision));
        };
        let object = self.object(object)?;
        let Some(instance) = path.instance_id() else {
            return Some(Sample::Revision(object.revision));
        };
        let instance = object.instance(instance)?;
        let Some(resource) = path.resource_id() else {
            return Some(Sample::Revision(instance.revision));
        };
        let definition = object.definition.resource(resource)?;
        if !definition.operations().readable() {
            return None;
        }
        let field = instance
            .value
            .field(resource)
            .filter(|field| field.is_present())?;
        let id = path.resource_instance_id();
        if definition.multiple() && id.is_none() {
            return Some(Sample::Revision(instance.resource_revision(resource)));
        }
        let value = field.value(id)?;
        Some(Sample::of(value).unwrap_or_else(|| match id {
            // The resource's own number would change with its siblings.
            Some(_) => Sample::Revision(digest(value)),
            None => Sample::Revision(instance.resource_revision(resource)),
        }))
    }
}

/// A number that differs for different values of one type, but for an accident of 1 in 2^64 (FNV-1a).
fn digest(value: ValueRef<'_>) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let begin = 0xcbf2_9ce4_8422_2325;
    match value {
        ValueRef::String(text) | ValueRef::Corelnk(text) => text.as_bytes().iter().fold(begin, mix),
        ValueRef::Opaque(bytes) => bytes.iter().fold(begin, mix),
        ValueRef::Objlnk(link) => u64::from(link.object) << 16 | u64::from(link.instance),
        _ => begin,
    }
}
