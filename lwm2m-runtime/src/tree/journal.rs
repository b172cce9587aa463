use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
};
use core::fmt;

use super::{
    Tree,
    kept::Foreign,
    node::{InstanceNode, Make},
};
use crate::{
    configuration::{Inconsistency, check},
    model::{Path, ValueRef, Version},
    object::Instance,
    operation::{TreeValues, TreeView},
};

/// What a bootstrap session has changed in a tree, so that a session that fails leaves nothing behind
/// (LwM2M Core 1.2, section 6.1.7).
///
/// A session begins with a new journal. When it succeeds the journal is dropped, else [rolled back](Self::roll_back).
#[derive(Default)]
pub struct BootstrapJournal {
    /// The instances that were changed, as they were.
    before: BTreeMap<Path, Before>,
    /// The resources that were written of instances that came in the session.
    written: BTreeSet<Path>,
    /// Whether rules of access were written to a client that does not know them.
    pub(super) foreign_rules: bool,
}

/// An instance before the session.
enum Before {
    Absent,
    /// It is still there, with other values.
    Changed {
        values: Box<dyn Instance>,
        foreign: Foreign,
    },
    /// It was taken out, after its values were changed perhaps.
    Gone {
        instance: Box<dyn Instance>,
        make: Make,
        values: Option<Box<dyn Instance>>,
        foreign: Foreign,
    },
}

impl BootstrapJournal {
    /// Nothing has changed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The instances that the session has changed, made or deleted, in ascending order.
    pub fn changed(&self) -> impl Iterator<Item = Path> {
        self.before.keys().copied()
    }

    /// Whether the tree's accounts, rules of access and what they refer to are complete, for the answer to a
    /// Bootstrap-Finish. A mandatory resource of an instance that came in the session is missing until it was written.
    ///
    /// # Errors
    ///
    /// The first [`Inconsistency`].
    pub fn check(&self, tree: &Tree) -> Result<(), Inconsistency> {
        if self.foreign_rules {
            return Err(Inconsistency::AccessControl);
        }
        check(&Given { tree, journal: self }, tree.definition(2).is_some())
    }

    /// Makes the tree what it was when the session began.
    pub fn roll_back(self, tree: &mut Tree) {
        let mut gone = BTreeMap::new();
        for (path, before) in self.before {
            let (Some(object), Some(id)) = (path.object_id(), path.instance_id()) else {
                continue;
            };
            match before {
                Before::Absent => {
                    tree.take(object, id, None);
                }
                Before::Changed { values, foreign } => {
                    tree.overwrite(object, id, &*values);
                    tree.put_back(object, id, foreign);
                }
                Before::Gone {
                    mut instance,
                    make,
                    values,
                    foreign,
                } => {
                    tree.take(object, id, None);
                    if let Some(values) = values {
                        mirror(&*values, &mut *instance);
                    }
                    gone.insert((object, id), (instance, make, foreign));
                }
            }
        }
        for ((object, id), (instance, make, foreign)) in gone {
            tree.place(object, id, instance, make, None);
            tree.put_back(object, id, foreign);
            tree.changes.restored(Path::instance(object, id));
        }
    }

    /// Notes that the values of an instance are about to change, or that it is about to come.
    pub(super) fn change(&mut self, tree: &Tree, path: Path) {
        let before = || {
            let (object, id) = path.object_id().zip(path.instance_id())?;
            let values = tree.copy(object, id)?;
            let foreign = tree.node(object, id)?.foreign.clone();
            Some(Before::Changed { values, foreign })
        };
        self.before
            .entry(path)
            .or_insert_with(|| before().unwrap_or(Before::Absent));
    }

    /// Keeps an instance that was taken out.
    pub(super) fn remove(&mut self, path: Path, node: InstanceNode) {
        self.written.retain(|resource| !resource.starts_with(path));
        let (instance, make) = (node.value, node.make);
        let (values, foreign) = match self.before.remove(&path) {
            None => (None, node.foreign),
            Some(Before::Changed { values, foreign }) => (Some(values), foreign),
            // It came in the session, or there was another one before it.
            Some(first) => {
                self.before.insert(path, first);
                return;
            }
        };
        let gone = Before::Gone {
            instance,
            make,
            values,
            foreign,
        };
        self.before.insert(path, gone);
    }

    pub(super) fn write(&mut self, resource: Path) {
        self.written.insert(resource.up_to(3));
    }

    /// Whether an instance came in the session, in place of an old one perhaps.
    fn is_new(&self, instance: Path) -> bool {
        matches!(
            self.before.get(&instance),
            Some(Before::Absent | Before::Gone { .. })
        )
    }
}

impl fmt::Debug for BootstrapJournal {
    /// Which instances were changed, without values: some are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.before.keys()).finish()
    }
}

/// Gives an instance exactly the values of another one of its type.
pub(super) fn mirror(from: &dyn Instance, to: &mut dyn Instance) {
    for resource in from.definition().resources() {
        let (Some(from), Some(to)) = (from.field(resource.id()), to.field_mut(resource.id())) else {
            continue;
        };
        if !from.is_present() {
            to.remove(None);
            continue;
        }
        if from.is_multiple() {
            to.reset();
        }
        for (id, value) in (0..from.len()).filter_map(|index| from.entry(index)) {
            // Of one type, so that every value fits.
            let _ = to.set(id, value);
        }
    }
}

/// A tree in which mandatory resources are missing that an instance only has because its type must have a value.
struct Given<'t> {
    tree: &'t Tree,
    journal: &'t BootstrapJournal,
}

impl TreeView for Given<'_> {
    fn objects(&self) -> impl Iterator<Item = (u16, Version)> {
        self.tree.objects()
    }

    fn instances(&self, object: u16) -> impl Iterator<Item = u16> {
        self.tree.instances(object)
    }

    fn resources(&self, object: u16, instance: u16) -> impl Iterator<Item = u16> {
        self.tree.resources(object, instance)
    }

    fn resource_instances(
        &self,
        object: u16,
        instance: u16,
        resource: u16,
    ) -> Option<impl Iterator<Item = u16>> {
        self.tree.resource_instances(object, instance, resource)
    }
}

impl TreeValues for Given<'_> {
    fn value(&self, path: Path) -> Option<ValueRef<'_>> {
        let given = !self.journal.is_new(path.up_to(2)) || self.journal.written.contains(&path.up_to(3));
        self.tree.value(path).filter(|_| given)
    }
}
