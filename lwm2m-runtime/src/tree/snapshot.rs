//! A tree as bytes, to be stored and read again by the same device, and by newer versions of its program.
//!
//! 1. The mark `LwM2M` and the version of this form, 2.
//! 2. Entries: what it is (8 bits), object, instance (16 bits each, as all numbers big-endian), how many bytes of values
//!    follow (32 bits), and these (`snapshot_values`). It is one of:
//!    - 1, `WHOLE`: all instances of the object are in this snapshot, and others go. The instance is 65535.
//!    - 2, `INSTANCE`: an instance with all of its values.
//!    - 3, `VALUES`: what servers have written in an instance that the program makes.
//!    - 4, `GONE`: an instance that the program makes and a server has deleted.
//!
//! Whether bytes are whole is for who stores them to know.

use alloc::vec::Vec;
use core::fmt;

use super::{
    Tree,
    snapshot_values::{Reader, Resource, write_resource},
};
use crate::{model::Path, object::Instance, operation::TreeView};

const MARK: &[u8] = b"LwM2M\x02";

const WHOLE: u8 = 1;
const INSTANCE: u8 = 2;
const VALUES: u8 = 3;
const GONE: u8 = 4;

/// Why bytes are not those of a tree. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// They are no snapshot, not one of this version, or not all of it.
    Malformed,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str(
                "this is no snapshot of a tree that this version can read; begin with the factory's values",
            ),
        }
    }
}

impl core::error::Error for SnapshotError {}

/// How much of a snapshot was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restored {
    /// What was not, because the program does not have it any more, or in another type, or because the tree is full: objects,
    /// instances, resources or resource instances.
    pub lost: Vec<Path>,
}

impl Tree {
    /// Appends what is not in the device's program: the accounts and whatever else is kept as a whole
    /// ([`keep`](Self::keep)), secrets included; and of all other objects, which instances servers have created and
    /// deleted, and which values they have written. [`kept_revision`](Self::kept_revision) says whether it is any other
    /// than before.
    ///
    /// In the middle of a bootstrap this is neither the old nor the new configuration:
    /// [`Client::save`](crate::client::Client::save) knows.
    pub fn save(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(MARK);
        for object in &self.objects {
            let id = object.definition.id();
            if object.whole {
                entry(out, WHOLE, id, u16::MAX, |_| {});
            }
            for gone in &object.gone {
                entry(out, GONE, id, *gone, |_| {});
            }
            for node in &object.instances {
                let resources = object.definition.resources().iter();
                let field = |id| node.value.field(id);
                if object.whole || node.foreign.instance {
                    entry(out, INSTANCE, id, node.id, |out| {
                        let present =
                            resources.filter_map(|resource| Some((resource.id(), field(resource.id())?)));
                        for (id, field) in present.filter(|(_, field)| field.is_present()) {
                            write_resource(id, Some(field), out);
                        }
                    });
                } else if !node.foreign.is_empty() {
                    entry(out, VALUES, id, node.id, |out| {
                        for id in node.foreign.resources() {
                            write_resource(*id, field(*id).filter(|field| field.is_present()), out);
                        }
                    });
                }
            }
        }
    }

    /// Puts back what was [saved](Self::save) into a tree with all the program's objects, types and instances. What does
    /// not fit them is passed over, and reported.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`].
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<Restored, SnapshotError> {
        let entries = entries(snapshot).ok_or(SnapshotError::Malformed)?;
        let mut restored = Restored::default();
        for Entry { object, .. } in entries.iter().filter(|entry| entry.kind == WHOLE) {
            for id in self.instances(*object).collect::<Vec<_>>() {
                self.take(*object, id, None);
            }
        }
        for Entry { object, instance, .. } in entries.iter().filter(|entry| entry.kind == GONE) {
            if let Some(node) = self.take_node(*object, *instance, None) {
                self.deleted(*object, *instance, &node.foreign);
            }
        }
        for entry in entries {
            let known = self.definition(entry.object).is_some();
            match entry.kind {
                _ if !known => restored.lose(Path::object(entry.object)),
                INSTANCE => self.restore_instance(&entry, &mut restored),
                VALUES => self.restore_values(&entry, &mut restored),
                _ => {}
            }
        }
        Ok(restored)
    }

    /// Puts back an instance that the program does not make; perhaps it does now.
    fn restore_instance(&mut self, entry: &Entry<'_>, restored: &mut Restored) {
        let Entry { object, instance, .. } = *entry;
        let path = Path::instance(object, instance);
        if self.node(object, instance).is_some() {
            return self.restore_values(entry, restored);
        }
        let (Some(definition), Some(make)) = (self.definition(object), self.make(object)) else {
            return restored.lose(path);
        };
        let possible = instance != u16::MAX && (definition.multiple() || instance == 0);
        if !possible || !self.has_room(1) {
            return restored.lose(path);
        }
        let mut value = make(definition);
        fill(&mut *value, path, &entry.resources, restored);
        self.place(object, instance, value, make, None);
        self.brought(object, instance);
        self.note_written(object, instance);
    }

    /// Puts back what servers have written in an instance that the program makes.
    fn restore_values(&mut self, entry: &Entry<'_>, restored: &mut Restored) {
        let Entry { object, instance, .. } = *entry;
        let path = Path::instance(object, instance);
        let Some(mut value) = self.copy(object, instance) else {
            return restored.lose(path);
        };
        let taken = fill(&mut *value, path, &entry.resources, restored);
        self.overwrite(object, instance, &*value);
        for resource in taken {
            self.wrote(object, instance, resource);
        }
        self.note_written(object, instance);
    }
}

impl Restored {
    fn lose(&mut self, path: Path) {
        if self.lost.last() != Some(&path) {
            self.lost.push(path);
        }
    }
}

/// One part of a snapshot.
struct Entry<'a> {
    kind: u8,
    object: u16,
    instance: u16,
    resources: Vec<Resource<'a>>,
}

fn entry(out: &mut Vec<u8>, kind: u8, object: u16, instance: u16, values: impl FnOnce(&mut Vec<u8>)) {
    out.push(kind);
    out.extend_from_slice(&object.to_be_bytes());
    out.extend_from_slice(&instance.to_be_bytes());
    let length = out.len();
    out.extend_from_slice(&[0; 4]);
    let start = out.len();
    values(out);
    // An instance of 4 GiB fits into no device; what is cut here does not read as a snapshot.
    let written = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(length..start) {
        place.copy_from_slice(&written.to_be_bytes());
    }
}

fn entries(snapshot: &[u8]) -> Option<Vec<Entry<'_>>> {
    let mut rest = Reader::new(snapshot.strip_prefix(MARK)?);
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (kind, object, instance) = (rest.byte()?, rest.short()?, rest.short()?);
        if !(WHOLE..=GONE).contains(&kind) {
            return None;
        }
        let length = usize::try_from(rest.long()?).ok()?;
        let mut values = Reader::new(rest.bytes(length)?);
        let mut resources = Vec::new();
        while !values.is_empty() {
            resources.push(values.resource()?);
        }
        entries.push(Entry {
            kind,
            object,
            instance,
            resources,
        });
    }
    Some(entries)
}

/// Gives an instance the values that fit it, and says which resources these are.
fn fill(
    instance: &mut dyn Instance,
    path: Path,
    resources: &[Resource<'_>],
    restored: &mut Restored,
) -> Vec<u16> {
    let mut taken = Vec::new();
    for resource in resources {
        let Some(path) = path.child(resource.id) else {
            continue;
        };
        let Some(field) = instance.field_mut(resource.id) else {
            restored.lose(path);
            continue;
        };
        if field.is_multiple() != resource.multiple && !resource.values.is_empty() {
            restored.lose(path);
            continue;
        }
        taken.push(resource.id);
        match resource.present {
            true if field.is_multiple() => field.reset(),
            true => {}
            false => {
                field.remove(None);
            }
        }
        for (id, value) in &resource.values {
            let fits = value.cast(field.resource_type());
            if fits.is_none_or(|value| field.set(*id, value).is_err()) {
                restored.lose(id.and_then(|id| path.child(id)).unwrap_or(path));
            }
        }
    }
    taken
}
