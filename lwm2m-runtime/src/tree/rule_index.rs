//! Which rule is for which instance: every operation of a server asks, and for an object once for each instance.

use alloc::vec::Vec;

use super::Tree;
use crate::access_control::{Rule, Rules};

/// Rules in the order of what they are for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RuleIndex {
    /// Object, object instance, and the instance of object 2.
    entries: Vec<(u16, u16, u16)>,
}

impl RuleIndex {
    pub(super) const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// A rule is for this now.
    fn set(&mut self, rule: &Rule<'_>) {
        self.remove(rule.id());
        let entry = (rule.object(), rule.instance(), rule.id());
        if let Err(index) = self.entries.binary_search(&entry) {
            self.entries.insert(index, entry);
        }
    }

    fn remove(&mut self, id: u16) {
        self.entries.retain(|(_, _, rule)| *rule != id);
    }

    /// Of several rules for the same the first.
    fn find(&self, object: u16, instance: u16) -> Option<u16> {
        let index = self
            .entries
            .partition_point(|entry| *entry < (object, instance, 0));
        let (other, at, id) = *self.entries.get(index)?;
        ((other, at) == (object, instance)).then_some(id)
    }
}

impl Tree {
    /// Looks anew at what an instance of object 2 is for: it came, went, or has other values.
    pub(super) fn index_rule(&mut self, id: u16) {
        let mut index = core::mem::take(&mut self.rule_index);
        match self.rule(id) {
            Some(rule) => index.set(&rule),
            None => index.remove(id),
        }
        self.rule_index = index;
    }

    fn rule(&self, id: u16) -> Option<Rule<'_>> {
        let node = self.node(2, id)?;
        Some(Rule::read(id, &*node.value))
    }

    /// Whether the index says what the instances of object 2 say.
    #[cfg(debug_assertions)]
    pub(super) fn rule_index_is_right(&self) -> bool {
        let mut fresh = RuleIndex::new();
        for rule in self.rules() {
            fresh.set(&rule);
        }
        fresh == self.rule_index
    }
}

/// The rules of a tree, by its index.
pub(super) struct IndexedRules<'a>(pub(super) &'a Tree);

impl<'a> Rules<'a> for IndexedRules<'a> {
    fn is_empty(&self) -> bool {
        self.0.rule_index.entries.is_empty()
    }

    fn of(&self, object: u16, instance: u16) -> Option<Rule<'a>> {
        self.0.rule(self.0.rule_index.find(object, instance)?)
    }

    fn numbered(&self, id: u16) -> Option<Rule<'a>> {
        self.0.rule(id)
    }
}
