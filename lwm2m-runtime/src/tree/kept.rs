//! What of a tree is not in the device's program, and so has to be kept over a restart: what servers have brought, and what
//! says which servers there are.

use alloc::vec::Vec;

use super::Tree;

/// What servers have brought into an instance.
#[derive(Clone, Debug, Default)]
pub(super) struct Foreign {
    /// All of it: a server has created it.
    pub(super) instance: bool,
    /// The resources that servers have written, in ascending order.
    resources: Vec<u16>,
}

impl Foreign {
    pub(super) fn resources(&self) -> &[u16] {
        &self.resources
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.instance && self.resources.is_empty()
    }

    fn write(&mut self, resource: u16) {
        if let Err(index) = self.resources.binary_search(&resource) {
            self.resources.insert(index, resource);
        }
    }
}

/// Whether an object says which servers there are, what they may do and how they are spoken to: its instances belong
/// together, and are kept as a whole.
pub(super) const fn is_account(object: u16) -> bool {
    matches!(object, 0 | 1 | 2 | 21 | 23 | 24)
}

impl Tree {
    /// The number of the last change that is worth [saving](Self::save): whatever servers and bootstrap servers have done,
    /// any change of the accounts (objects 0, 1, 2, 21, 23, 24), and of objects that the program wants
    /// [kept](Self::keep). Values that the program sets elsewhere do not count, as those of sensors.
    #[must_use]
    pub const fn kept_revision(&self) -> u64 {
        self.kept_revision
    }

    /// Has an object's instances saved as accounts are: all of them, with every value, at each change. For what the program
    /// itself wants to find again after a restart. `false` without the object.
    pub fn keep(&mut self, object: u16) -> bool {
        match self.object_mut(object) {
            Some(node) => {
                node.whole = true;
                true
            }
            None => false,
        }
    }

    /// The device's program has changed something below an object.
    pub(super) fn note_kept(&mut self, object: u16) {
        if self.object(object).is_some_and(|node| node.whole) {
            self.kept_revision += 1;
        }
    }

    /// A server has created an instance.
    pub(super) fn brought(&mut self, object: u16, instance: u16) {
        self.kept_revision += 1;
        if let Some(node) = self.node_mut(object, instance) {
            node.foreign.instance = true;
        }
    }

    /// A server has written a resource, or removed it.
    pub(super) fn wrote(&mut self, object: u16, instance: u16, resource: u16) {
        self.kept_revision += 1;
        if let Some(node) = self.node_mut(object, instance) {
            node.foreign.write(resource);
        }
    }

    /// A server has deleted an instance. That one of the program's own is gone has to be remembered.
    pub(super) fn deleted(&mut self, object: u16, instance: u16, foreign: &Foreign) {
        self.kept_revision += 1;
        let Some(node) = self.object_mut(object).filter(|_| !foreign.instance) else {
            return;
        };
        if let Err(index) = node.gone.binary_search(&instance) {
            node.gone.insert(index, instance);
        }
    }

    /// The program has an instance of its own.
    pub(super) fn own(&mut self, object: u16, instance: u16) {
        if let Some(node) = self.object_mut(object) {
            node.gone.retain(|gone| *gone != instance);
        }
    }

    /// An instance is again what it was.
    pub(super) fn put_back(&mut self, object: u16, instance: u16, foreign: Foreign) {
        self.kept_revision += 1;
        if !foreign.instance {
            self.own(object, instance);
        }
        let written = !foreign.is_empty();
        if let Some(node) = self.node_mut(object, instance) {
            node.foreign = foreign;
        }
        match written {
            true => self.note_written(object, instance),
            false => self.forget_written(object, instance),
        }
    }
}
