use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};

use super::{
    Application, Tree, Write,
    sizes::{field_size, value_size},
    structure::{same_field, same_value},
};
use crate::{
    model::{ObjectDefinition, Path, ValueRef},
    object::Instance,
    operation::Status,
};

/// What a request would do to one instance: values that were tried in an instance of the same type and fit, and are not
/// applied yet.
pub(super) struct Staged {
    path: Path,
    scratch: Box<dyn Instance>,
    edits: Vec<(u16, Edit)>,
    /// The resources with edits, in ascending order.
    touched: Vec<u16>,
}

#[derive(Clone, Copy)]
enum Edit {
    /// The resource gets exactly the values in the scratch instance.
    Replace,
    /// The resource, or this instance of it, gets the value in the scratch instance.
    Merge(Option<u16>),
    /// The multiple resource is there, if only without instances.
    Exist,
    /// The resource, or this instance of it, goes.
    Remove(Option<u16>),
}

impl Staged {
    /// Nothing yet for the instance at a path; `scratch` is an empty one of its type.
    pub(super) const fn new(path: Path, scratch: Box<dyn Instance>) -> Self {
        Self {
            path,
            scratch,
            edits: Vec::new(),
            touched: Vec::new(),
        }
    }

    pub(super) const fn path(&self) -> Path {
        self.path
    }

    /// The same at another path.
    pub(super) fn at(self, path: Path) -> Self {
        Self { path, ..self }
    }

    pub(super) fn touches(&self, resource: u16) -> bool {
        self.touched.binary_search(&resource).is_ok()
    }

    /// Notes that a resource has edits; `true` for the first time.
    fn touch(&mut self, resource: u16) -> bool {
        let Err(index) = self.touched.binary_search(&resource) else {
            return false;
        };
        self.touched.insert(index, resource);
        if let Some(field) = self
            .scratch
            .field_mut(resource)
            .filter(|field| field.is_multiple())
        {
            field.reset();
        }
        true
    }

    /// A value of a resource that is replaced as a whole; `None` where only the resource itself is named.
    pub(super) fn replace(
        &mut self,
        resource: u16,
        resource_instance: Option<u16>,
        value: Option<ValueRef<'_>>,
    ) -> Result<(), Status> {
        if self.touch(resource) {
            self.edits.push((resource, Edit::Replace));
        }
        value.map_or(Ok(()), |value| self.try_value(resource, resource_instance, value))
    }

    /// A value that is added or written over.
    pub(super) fn merge(
        &mut self,
        resource: u16,
        resource_instance: Option<u16>,
        value: ValueRef<'_>,
    ) -> Result<(), Status> {
        self.touch(resource);
        self.edits.push((resource, Edit::Merge(resource_instance)));
        self.try_value(resource, resource_instance, value)
    }

    /// A multiple resource that is to be there.
    pub(super) fn exist(&mut self, resource: u16) {
        self.touch(resource);
        self.edits.push((resource, Edit::Exist));
    }

    /// A resource or resource instance that goes.
    pub(super) fn remove(&mut self, resource: u16, resource_instance: Option<u16>) {
        self.touch(resource);
        self.edits.push((resource, Edit::Remove(resource_instance)));
    }

    fn try_value(
        &mut self,
        resource: u16,
        resource_instance: Option<u16>,
        value: ValueRef<'_>,
    ) -> Result<(), Status> {
        self.scratch
            .write(resource, resource_instance, value)
            .map_err(|_| Status::BadRequest)
    }

    /// How many bytes the values take that come and that go when this is done to an instance.
    pub(super) fn growth(&self, instance: Option<&dyn Instance>) -> (usize, usize) {
        let (mut added, mut removed) = (0, 0);
        for (resource, edit) in &self.edits {
            let old = instance.and_then(|instance| instance.field(*resource));
            let new = self.scratch.field(*resource);
            match *edit {
                Edit::Replace => {
                    added += new.map_or(0, field_size);
                    removed += old.map_or(0, field_size);
                }
                Edit::Merge(id) => {
                    added += new.and_then(|field| field.value(id)).map_or(0, value_size);
                    removed += old.and_then(|field| field.value(id)).map_or(0, value_size);
                }
                Edit::Remove(None) => removed += old.map_or(0, field_size),
                Edit::Remove(id) => removed += old.and_then(|field| field.value(id)).map_or(0, value_size),
                Edit::Exist => {}
            }
        }
        (added, removed)
    }

    /// How many instances each multiple resource has when this is done to an instance.
    pub(super) fn instances(&self, instance: Option<&dyn Instance>) -> BTreeMap<u16, usize> {
        let field = |resource| instance.and_then(|instance| instance.field(resource));
        let has = |resource, id: Option<u16>| field(resource).is_some_and(|field| field.value(id).is_some());
        let mut sizes = BTreeMap::new();
        for (resource, edit) in &self.edits {
            let resource = *resource;
            let Some(scratch) = self.scratch.field(resource).filter(|field| field.is_multiple()) else {
                continue;
            };
            let size = sizes
                .entry(resource)
                .or_insert_with(|| field(resource).map_or(0, |field| field.len()));
            match *edit {
                Edit::Replace => *size = scratch.len(),
                Edit::Merge(id) if !has(resource, id) => *size += 1,
                Edit::Remove(id @ Some(_)) if has(resource, id) => *size = size.saturating_sub(1),
                _ => {}
            }
        }
        sizes
    }

    pub(super) fn definition(&self) -> &'static ObjectDefinition {
        self.scratch.definition()
    }

    /// Asks the application for its consent to every edit.
    pub(super) fn ask(
        &self,
        tree: &Tree,
        server: u16,
        application: &mut dyn Application,
    ) -> Result<(), Status> {
        for (resource, edit) in &self.edits {
            let resource = *resource;
            let path = |id: Option<u16>| {
                let path = self.path.child(resource)?;
                id.map_or(Some(path), |id| path.child(id))
            };
            let mut ask = |id: Option<u16>, value: Option<ValueRef<'_>>| match path(id) {
                Some(path) => application.write(tree, &Write { path, value, server }),
                None => Ok(()),
            };
            let Some(field) = self.scratch.field(resource) else {
                continue;
            };
            match *edit {
                Edit::Replace => {
                    if field.is_multiple() {
                        ask(None, None)?;
                    }
                    for (id, value) in (0..field.len()).filter_map(|index| field.entry(index)) {
                        ask(id, Some(value))?;
                    }
                }
                Edit::Merge(id) => ask(id, field.value(id))?,
                Edit::Remove(id) => ask(id, None)?,
                Edit::Exist => {}
            }
        }
        Ok(())
    }

    /// Does it to an instance of the same type, and says which resources are others afterwards.
    pub(super) fn apply(&self, instance: &mut dyn Instance) -> Vec<u16> {
        let mut changed = Vec::new();
        for (resource, edit) in &self.edits {
            let (Some(new), Some(field)) = (self.scratch.field(*resource), instance.field_mut(*resource))
            else {
                continue;
            };
            let differs = match *edit {
                Edit::Replace => {
                    let differs = !same_field(field, new);
                    if differs && field.is_multiple() {
                        field.reset();
                    }
                    let values = (0..new.len()).filter_map(|index| new.entry(index));
                    for (id, value) in values.filter(|_| differs) {
                        // It was tried in the scratch instance.
                        let _ = field.set(id, value);
                    }
                    differs
                }
                Edit::Merge(id) => match (field.value(id), new.value(id)) {
                    (Some(old), Some(new)) if same_value(old, new) => false,
                    (_, Some(new)) => field.set(id, new).is_ok(),
                    (_, None) => false,
                },
                Edit::Exist => {
                    let absent = !field.is_present();
                    if absent {
                        field.reset();
                    }
                    absent
                }
                Edit::Remove(id) => field.remove(id),
            };
            if differs && changed.last() != Some(resource) {
                changed.push(*resource);
            }
        }
        changed
    }
}
