use alloc::vec::Vec;

use super::{Tree, node::ObjectNode};
use crate::{
    access_control::{created, deleted},
    object::Instance,
};

impl Tree {
    /// How many rules come with so many instances that a server creates.
    pub(super) fn rules_for(&self, instances: usize) -> usize {
        match self.rules().next() {
            Some(_) => instances,
            None => 0,
        }
    }

    /// Makes the rule of an instance that a server has created (LwM2M Core 1.2, section 8.1). There is room for it.
    pub(super) fn add_rule(&mut self, object: u16, instance: u16, server: u16) {
        let Some((id, rule)) = created(self.rules(), object, instance, server) else {
            return;
        };
        let Some(&ObjectNode { make, definition, .. }) = self.object(2) else {
            return;
        };
        // Of the type and the version that the tree has.
        let mut own = make(definition);
        let written = (&rule as &dyn Instance)
            .values()
            .try_for_each(|(resource, id, value)| own.write(resource, id, value));
        if written.is_ok() {
            // Nobody has a right by what is not written.
            let _ = self.put(id, own, make, Some(server));
        }
    }

    /// Removes the rule of an instance that a server has deleted.
    pub(super) fn remove_rule(&mut self, object: u16, instance: u16, server: u16) {
        let rules: Vec<u16> = deleted(self.rules(), object, instance).collect();
        for id in rules {
            self.take(2, id, Some(server));
        }
    }
}
