//! What goes with the account of a server that is deleted on the bootstrap interface (LwM2M Core 1.2, section 8.1.4).

use alloc::{collections::BTreeMap, vec::Vec};

use super::{BootstrapJournal, Tree};
use crate::{
    access_control::{BOOTSTRAP_OWNER, Rule, Unbootstrapped, unbootstrapped},
    model::{Path, ResourceType, ValueRef},
};

/// Short Server IDs, and the instances of the Server object that belong to them.
pub(super) type Accounts = BTreeMap<u16, u16>;

impl Tree {
    /// Deletes a server's credentials, and what goes with them (LwM2M Core 1.2, section 8.1.4).
    pub(super) fn unbootstrap(&mut self, journal: &mut BootstrapJournal, security: u16, kept: &[Path]) {
        let id = self.short_server_id(Path::resource(0, security, 10));
        let oscore = match self.value(Path::resource(0, security, 17)) {
            Some(ValueRef::Objlnk(link)) => Some(Path::instance(link.object, link.instance)),
            _ => None,
        };
        self.bootstrap_remove(journal, Path::instance(0, security));
        if let Some(oscore) = oscore.filter(|path| path.object_id() == Some(21) && !kept.contains(path)) {
            self.bootstrap_remove(journal, oscore);
        }
        let Some(id) = id else {
            return;
        };
        let mut remaining = Vec::new();
        for server in self.instances_at(Path::object(1)) {
            match server.child(0).and_then(|path| self.short_server_id(path)) {
                Some(own) if own == id => self.bootstrap_remove(journal, server),
                Some(other) => remaining.push(other),
                None => {}
            }
        }
        for consequence in unbootstrapped(self.rules(), id, &remaining) {
            match consequence {
                Unbootstrapped::Delete { instance, rule } => {
                    if !kept.contains(&instance) && instance.object_id() != Some(0) {
                        self.bootstrap_remove(journal, instance);
                    }
                    self.bootstrap_remove(journal, Path::instance(2, rule));
                }
                Unbootstrapped::Change {
                    rule,
                    remove_entry,
                    owner,
                } => self.change_rule(journal, rule, remove_entry.then_some(id), owner),
            }
        }
    }

    /// The accounts that there are.
    pub(super) fn accounts(&self) -> Accounts {
        let servers = self.instances_at(Path::object(1)).into_iter();
        let account = |server: Path| {
            let id = self.short_server_id(server.child(0)?)?;
            Some((id, server.instance_id()?))
        };
        servers.filter_map(account).collect()
    }

    /// A pack has replaced the accounts, and says nothing of rules: those for the account of a server go where it is now,
    /// and servers without one are taken out of all of them. What only such a server could use stays, as do all objects
    /// that are not in the pack, and belongs to the bootstrap server.
    pub(super) fn follow_accounts(&mut self, journal: &mut BootstrapJournal, before: &Accounts) {
        let now = self.accounts();
        let moved = |rule: Rule<'_>| {
            let (id, _) = before
                .iter()
                .find(|(_, instance)| (rule.object(), rule.instance()) == (1, **instance))?;
            let instance = now.get(id).copied();
            (instance != Some(rule.instance())).then_some((rule.id(), instance))
        };
        let rules: Vec<(u16, Option<u16>)> = self.rules().filter_map(moved).collect();
        for (rule, instance) in rules {
            let path = Path::instance(2, rule);
            match instance {
                None => self.bootstrap_remove(journal, path),
                Some(instance) => {
                    journal.change(self, path);
                    // In range by its type.
                    let _ = self.set(Path::resource(2, rule, 1), ValueRef::Integer(instance.into()));
                }
            }
        }
        let remaining: Vec<u16> = now.keys().copied().collect();
        for id in before.keys().filter(|id| !now.contains_key(id)) {
            for consequence in unbootstrapped(self.rules(), *id, &remaining) {
                let (rule, entry, owner) = match consequence {
                    Unbootstrapped::Delete { instance, rule } if self.instances_at(instance).is_empty() => {
                        self.bootstrap_remove(journal, Path::instance(2, rule));
                        continue;
                    }
                    Unbootstrapped::Delete { rule, .. } => (rule, Some(*id), Some(BOOTSTRAP_OWNER)),
                    Unbootstrapped::Change {
                        rule,
                        remove_entry,
                        owner,
                    } => (rule, remove_entry.then_some(*id), owner),
                };
                self.change_rule(journal, rule, entry, owner);
            }
        }
    }

    /// Takes an entry out of a rule, and gives the rule another owner.
    fn change_rule(
        &mut self,
        journal: &mut BootstrapJournal,
        rule: u16,
        entry: Option<u16>,
        owner: Option<u16>,
    ) {
        journal.change(self, Path::instance(2, rule));
        if let Some(entry) = entry {
            self.remove_value(Path::resource_instance(2, rule, 2, entry));
        }
        if let Some(owner) = owner {
            // In range by its type.
            let _ = self.set(Path::resource(2, rule, 3), ValueRef::Integer(owner.into()));
        }
    }

    fn short_server_id(&self, path: Path) -> Option<u16> {
        match self.value(path)?.cast(ResourceType::Integer)? {
            ValueRef::Integer(id @ 1..=65_534) => u16::try_from(id).ok(),
            _ => None,
        }
    }
}
