use alloc::vec::Vec;

use super::{BOOTSTRAP_OWNER, OBJECT_ITSELF, Rights, Rule, rule::is_server};
use crate::{model::Path, objects::Lwm2mAccessControl};

/// The rule that comes with an object instance that a server has created: the server owns it and has all rights
/// (LwM2M Core 1.2, section 8.1). With it the identifier of the instance of object 2: that of an old rule for the same
/// object instance, which it replaces, or the lowest that is free.
///
/// `None` where there is no rule at all: the first one would take the servers' rights to everything else away. And for
/// rules themselves.
#[must_use]
pub fn created<'a>(
    rules: impl Iterator<Item = Rule<'a>> + Clone,
    object: u16,
    instance: u16,
    server: u16,
) -> Option<(u16, Lwm2mAccessControl)> {
    rules.clone().next()?;
    if object == 2 || !is_server(server) {
        return None;
    }
    let mut all = rules.clone();
    let old = all.find(|rule| (rule.object(), rule.instance()) == (object, instance));
    let id = match old {
        Some(rule) => rule.id(),
        None => (0..u16::MAX).find(|id| rules.clone().all(|rule| rule.id() != *id))?,
    };
    let rule = Lwm2mAccessControl {
        object_id: object.into(),
        object_instance_id: instance.into(),
        acl: Some([(server, Rights::FULL.bits())].into()),
        access_control_owner: server.into(),
    };
    Some((id, rule))
}

/// The instances of object 2 that go with an object instance, whoever has deleted it.
pub fn deleted<'a>(
    rules: impl Iterator<Item = Rule<'a>>,
    object: u16,
    instance: u16,
) -> impl Iterator<Item = u16> {
    rules
        .filter(move |rule| {
            (rule.object(), rule.instance()) == (object, instance) && instance != OBJECT_ITSELF
        })
        .map(|rule| rule.id())
}

/// What becomes of a rule when a server's account is deleted on the bootstrap interface (LwM2M Core 1.2, section 8.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unbootstrapped {
    /// Only the server had access: the object instance and its rule go.
    Delete {
        /// The object instance.
        instance: Path,
        /// The instance of object 2.
        rule: u16,
    },
    /// Others have access, or the object instance must stay: the rule is changed.
    Change {
        /// The instance of object 2.
        rule: u16,
        /// Whether the server has an entry, which is to be removed.
        remove_entry: bool,
        /// The new owner, if the server was it.
        owner: Option<u16>,
    },
}

/// What becomes of the rules when the account of `server` is deleted, in the order of the rules; those that do not name the
/// server stay as they are. `remaining` are the Short Server IDs of the other accounts.
///
/// The new owner of what others may use is the one of them with the most of Write and Delete; of several, the one with
/// the lowest number. `/3/0` is never deleted; where no server is left for it, the bootstrap server owns it.
#[must_use]
pub fn unbootstrapped<'a>(
    rules: impl Iterator<Item = Rule<'a>>,
    server: u16,
    remaining: &[u16],
) -> Vec<Unbootstrapped> {
    rules
        .filter_map(|rule| {
            let owned = rule.owner() == server && rule.instance() != OBJECT_ITSELF;
            let remove_entry = rule.entry(server).is_some();
            let change = |owner| Unbootstrapped::Change {
                rule: rule.id(),
                remove_entry,
                owner,
            };
            if !owned {
                return remove_entry.then(|| change(None));
            }
            let others = remaining.iter().copied().filter(|other| *other != server);
            let heir = others
                .map(|other| (other, rule.rights(other)))
                .filter(|(_, rights)| !rights.is_empty())
                .max_by_key(|(other, rights)| (weight(*rights), core::cmp::Reverse(*other)));
            let instance = Path::instance(rule.object(), rule.instance());
            Some(match heir {
                Some((heir, _)) => change(Some(heir)),
                None if instance == Path::instance(3, 0) => change(Some(BOOTSTRAP_OWNER)),
                None => Unbootstrapped::Delete {
                    instance,
                    rule: rule.id(),
                },
            })
        })
        .collect()
}

/// Write and Delete count one each.
fn weight(rights: Rights) -> u8 {
    u8::from(rights.contains(Rights::WRITE)) + u8::from(rights.contains(Rights::DELETE))
}
