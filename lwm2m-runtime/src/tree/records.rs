use super::{
    Asker, Tree,
    node::{InstanceNode, ObjectNode},
};
use crate::{
    encoding::{Content, InstanceRecords, RecordRef, instance_records},
    model::{Operations, Path},
    object::Field,
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
    first: Option<RecordRef<'a>>,
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
            first: None,
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

    /// Begins with what comes next; `false` at the end.
    fn advance(&mut self) -> bool {
        if let [first, rest @ ..] = self.instances {
            self.instances = rest;
            if self.tree.may_read(self.asker, self.object, first.id) {
                self.begin_instance(first);
            }
        } else if let [first, rest @ ..] = self.objects {
            self.objects = rest;
            self.object = first.definition.id();
            if !self.asker.is_kept_from(Path::object(self.object)) {
                self.instances = &first.instances;
            }
        } else if let [first, rest @ ..] = self.paths {
            self.paths = rest;
            self.begin(*first);
        } else {
            return false;
        }
        true
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
        let Some(instance) = node.instance(id) else {
            return;
        };
        match path.resource_id() {
            None => self.instances = core::slice::from_ref(instance),
            Some(resource) if tree.may_read(self.asker, object, id) => {
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
            Some(_) => {}
        }
    }

    /// Begins an instance; that nothing in it can be read is a record, too.
    fn begin_instance(&mut self, instance: &'a InstanceNode) {
        let path = Path::instance(self.object, instance.id);
        let mut values = instance_records(path, &*instance.value).only(Operations::readable);
        self.first = Some(values.next().unwrap_or(container(path)));
        self.values = Some(values);
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = RecordRef<'a>;

    fn next(&mut self) -> Option<RecordRef<'a>> {
        loop {
            let record = self
                .first
                .take()
                .or_else(|| self.values.as_mut()?.next())
                .or_else(|| self.resource.as_mut()?.next());
            if let Some(record) = record {
                return Some(RecordRef {
                    prefix: self.prefix,
                    ..record
                });
            }
            (self.values, self.resource) = (None, None);
            if !self.advance() {
                return None;
            }
        }
    }

    fn fold<B, F>(mut self, init: B, mut f: F) -> B
    where
        F: FnMut(B, RecordRef<'a>) -> B,
    {
        let prefix = self.prefix;
        let mut f = |accumulated, record| f(accumulated, RecordRef { prefix, ..record });
        let mut accumulated = init;
        loop {
            if let Some(first) = self.first.take() {
                accumulated = f(accumulated, first);
            }
            if let Some(values) = self.values.take() {
                accumulated = values.fold(accumulated, &mut f);
            }
            if let Some(resource) = self.resource.take() {
                accumulated = resource.fold(accumulated, &mut f);
            }
            if !self.advance() {
                return accumulated;
            }
        }
    }
}

const fn container<'a>(path: Path) -> RecordRef<'a> {
    RecordRef {
        prefix: "",
        path,
        content: Content::Container,
        time: None,
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
            None if index == 0 && self.field.is_multiple() => Some(container(self.path)),
            None => None,
        }
    }
}
