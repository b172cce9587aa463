use super::{
    Asker, Tree,
    node::{InstanceNode, ObjectNode},
};
use crate::{
    encoding::{Content, InstanceRecords, RecordRef, instance_records},
    model::{Operations, Path},
    object::Field,
    operation::protected,
};

/// What a server can read below some paths, straight from the instances; see [`Tree::records`].
#[derive(Clone)]
pub struct Records<'a> {
    tree: &'a Tree,
    asker: Asker<'a>,
    prefix: &'a str,
    // What is still to be read, the innermost last: paths, objects, instances of one of them, values of one of those.
    paths: &'a [Path],
    // The last path that was begun: those below it have been given out with it.
    begun: Option<Path>,
    objects: &'a [ObjectNode],
    object: u16,
    instances: &'a [InstanceNode],
    values: Option<InstanceRecords<'a>>,
    resource: Option<ResourceRecords<'a>>,
}

impl Tree {
    /// What a server can read below paths, best effort: paths without anything readable are left out, and so are objects
    /// with secrets. Nothing is copied.
    ///
    /// Paths in ascending order, as from [`composite_paths`](Self::composite_paths); what lies below an earlier path is
    /// given out once.
    pub fn records<'a>(&'a self, asker: Asker<'a>, paths: &'a [Path]) -> Records<'a> {
        Records {
            tree: self,
            asker,
            prefix: asker.prefix(),
            paths,
            begun: None,
            objects: &[],
            object: 0,
            instances: &[],
            values: None,
            resource: None,
        }
    }
}

impl<'a> Records<'a> {
    /// For a format whose names have no prefix, or that has no names.
    pub(super) fn without_prefix(mut self) -> Self {
        self.prefix = "";
        self
    }

    /// Begins with what is at a path; with nothing if that does not exist or cannot be read.
    fn begin(&mut self, path: Path) {
        if self.begun.is_some_and(|begun| path.starts_with(begun)) {
            return;
        }
        self.begun = Some(path);
        let tree = self.tree;
        let Some(object) = path.object_id() else {
            self.objects = &tree.objects;
            return;
        };
        let Some(node) = tree.object(object) else {
            return;
        };
        self.object = object;
        let Some(id) = path.instance_id() else {
            self.objects = core::slice::from_ref(node);
            return;
        };
        let Some(instance) = node
            .instance(id)
            .filter(|_| self.tree.may_read(self.asker, object, id))
        else {
            return;
        };
        match path.resource_id() {
            None => self.instances = core::slice::from_ref(instance),
            Some(resource) => {
                let readable = node
                    .definition
                    .resource(resource)
                    .is_some_and(|resource| resource.operations().readable());
                self.resource = instance
                    .value
                    .field(resource)
                    .filter(|field| readable && field.is_present())
                    .map(|field| ResourceRecords {
                        path: path.up_to(3),
                        field,
                        index: 0,
                        only: path.resource_instance_id(),
                    });
            }
        }
    }

    /// Begins an instance; if nothing in it can be read, that is a record.
    fn begin_instance(&mut self, instance: &'a InstanceNode) -> Option<RecordRef<'a>> {
        let path = Path::instance(self.object, instance.id);
        let mut values = instance_records(path, &*instance.value).only(Operations::readable);
        let first = values.next();
        self.values = Some(values);
        let empty = RecordRef {
            prefix: "",
            path,
            content: Content::Container,
            time: None,
        };
        Some(RecordRef {
            prefix: self.prefix,
            ..first.unwrap_or(empty)
        })
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = RecordRef<'a>;

    #[inline]
    fn next(&mut self) -> Option<RecordRef<'a>> {
        loop {
            if let Some(values) = &mut self.values {
                match values.next() {
                    Some(record) => {
                        return Some(RecordRef {
                            prefix: self.prefix,
                            ..record
                        });
                    }
                    None => self.values = None,
                }
            }
            if let Some(resource) = &mut self.resource {
                match resource.next() {
                    Some(record) => {
                        return Some(RecordRef {
                            prefix: self.prefix,
                            ..record
                        });
                    }
                    None => self.resource = None,
                }
            }
            if let [first, rest @ ..] = self.instances {
                self.instances = rest;
                if self.tree.may_read(self.asker, self.object, first.id) {
                    return self.begin_instance(first);
                }
            } else if let [first, rest @ ..] = self.objects {
                self.objects = rest;
                self.object = first.definition.id();
                if !protected(self.object, self.asker.version()) {
                    self.instances = &first.instances;
                }
            } else {
                let [first, rest @ ..] = self.paths else {
                    return None;
                };
                self.paths = rest;
                self.begin(*first);
            }
        }
    }
}

/// The values of one resource.
#[derive(Clone)]
struct ResourceRecords<'a> {
    path: Path,
    field: &'a dyn Field,
    index: usize,
    // One resource instance alone.
    only: Option<u16>,
}

impl<'a> Iterator for ResourceRecords<'a> {
    type Item = RecordRef<'a>;

    fn next(&mut self) -> Option<RecordRef<'a>> {
        let index = self.index;
        self.index += 1;
        if let Some(id) = self.only {
            let value = self.field.value(Some(id)).filter(|_| index == 0)?;
            return Some(RecordRef::new(self.path.child(id)?, value));
        }
        match self.field.entry(index) {
            Some((None, value)) => Some(RecordRef::new(self.path, value)),
            Some((Some(id), value)) => Some(RecordRef::new(self.path.child(id)?, value)),
            None if index == 0 && self.field.is_multiple() => Some(RecordRef {
                prefix: "",
                path: self.path,
                content: Content::Container,
                time: None,
            }),
            None => None,
        }
    }
}
