use alloc::collections::BTreeMap;

use crate::model::Path;

/// Something in a tree has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Where: a resource whose value changed, came or went; an instance or object that came or went. Where too much
    /// changed at once it is an instance, or the root: anything below may have changed then, also what there is.
    pub path: Path,
    /// What happened.
    pub kind: ChangeKind,
    /// The Short Server ID of the server that asked for it last; `None` if the device itself did it.
    pub by: Option<u16>,
}

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// A value is another, came or went. At an instance or the root: anything below.
    Value,
    /// The instance is new, and its values are not reported one by one. Or the object is new; its instances follow.
    Created,
    /// The instance or object is gone. If there is a new one under its identifier, that is the next change.
    Deleted,
}

/// The changes that nobody has taken yet: one for each path, and not more than the limit.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    pending: BTreeMap<Path, Pending>,
    limit: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    deleted: bool,
    created: bool,
    value: bool,
    by: Option<u16>,
}

impl Changes {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            pending: BTreeMap::new(),
            limit,
        }
    }

    /// Notes a change at a resource.
    pub(super) fn value(&mut self, path: Path, by: Option<u16>) {
        // A pending change of anything above says it already.
        for above in [Path::ROOT, path.up_to(2)] {
            if let Some(pending) = self.pending.get_mut(&above) {
                pending.by = by;
                return;
            }
        }
        let pending = self.entry(path);
        pending.value = true;
        pending.by = by;
        self.shrink();
    }

    /// Notes a new instance or object.
    pub(super) fn created(&mut self, path: Path, by: Option<u16>) {
        if self.everything() {
            return;
        }
        let pending = self.entry(path);
        pending.created = true;
        pending.value = false;
        pending.by = by;
        self.shrink();
    }

    /// Notes that an instance is gone; or an object, whose instances are noted before.
    pub(super) fn deleted(&mut self, path: Path, by: Option<u16>) {
        if self.everything() {
            return;
        }
        if path.depth() == 2 {
            self.pending
                .retain(|other, _| *other == path || !other.starts_with(path));
        }
        let pending = self.entry(path);
        let unseen = core::mem::take(&mut pending.created);
        pending.value = false;
        pending.by = by;
        // Nobody knows of what came since the last look.
        pending.deleted |= !unseen;
        if !pending.deleted {
            self.pending.remove(&path);
        }
        self.shrink();
    }

    /// Notes that an instance that is gone and come is the one that it was, with the values of then: only who has looked
    /// meanwhile has seen others.
    pub(super) fn restored(&mut self, path: Path) {
        if let Some(pending) = self.pending.get_mut(&path) {
            if pending.deleted && pending.created {
                *pending = Pending {
                    value: true,
                    ..Pending::default()
                };
            }
        }
    }

    /// The next change, in ascending order of paths.
    pub(super) fn poll(&mut self) -> Option<Change> {
        let mut entry = self.pending.first_entry()?;
        let path = *entry.key();
        let pending = entry.get_mut();
        let by = pending.by;
        let kind = if pending.deleted {
            pending.deleted = false;
            ChangeKind::Deleted
        } else if pending.created {
            pending.created = false;
            ChangeKind::Created
        } else {
            pending.value = false;
            ChangeKind::Value
        };
        if !(pending.created || pending.value) {
            entry.remove();
        }
        Some(Change { path, kind, by })
    }

    fn entry(&mut self, path: Path) -> &mut Pending {
        self.pending.entry(path).or_default()
    }

    /// Whether one change stands for all.
    fn everything(&self) -> bool {
        self.pending.contains_key(&Path::ROOT)
    }

    /// Puts changes together until they fit.
    fn shrink(&mut self) {
        if self.pending.len() <= self.limit {
            return;
        }
        let old = core::mem::take(&mut self.pending);
        for (path, pending) in old {
            let instance = path.up_to(2);
            let merged = self.entry(instance);
            merged.deleted |= pending.deleted;
            merged.created |= pending.created;
            // The values of a new instance are not reported one by one.
            merged.value = !merged.created;
            merged.by = pending.by;
            if merged.deleted && !merged.created {
                merged.value = false;
            }
        }
        if self.pending.len() > self.limit {
            let by = self.pending.pop_last().and_then(|(_, pending)| pending.by);
            self.pending.clear();
            let everything = self.entry(Path::ROOT);
            everything.value = true;
            everything.by = by;
        }
    }
}
