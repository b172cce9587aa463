//! Rules, short.

use lwm2m_runtime::{
    access_control::{AccessControl, Rule},
    objects::Lwm2mAccessControl,
};

/// Instances of object 2 in a row, from 0 on.
pub(crate) struct Rules(pub Vec<Lwm2mAccessControl>);

impl Rules {
    pub(crate) fn iter(&self) -> impl Iterator<Item = Rule<'_>> + Clone {
        (0..).zip(&self.0).map(|(id, rule)| Rule::read(id, rule))
    }

    pub(crate) fn with_accounts<'a>(
        &'a self,
        accounts: usize,
    ) -> AccessControl<impl Iterator<Item = Rule<'a>> + Clone> {
        AccessControl::new(accounts, self.iter())
    }
}

/// `rule(3, 0, 101, &[(102, 1)])`: object, instance, owner, entries.
pub(crate) fn rule(object: u16, instance: u16, owner: u16, entries: &[(u16, i64)]) -> Lwm2mAccessControl {
    Lwm2mAccessControl {
        object_id: object.into(),
        object_instance_id: instance.into(),
        acl: (!entries.is_empty()).then(|| entries.iter().copied().collect()),
        access_control_owner: owner.into(),
    }
}
