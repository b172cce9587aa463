use alloc::vec::Vec;

use crate::{
    access_control::{BOOTSTRAP_OWNER, OBJECT_ITSELF, Rights},
    objects::Lwm2mAccessControl,
};

/// An instance of the Access Control object, which a client with several servers needs for all that they may do
/// (LwM2M Core 1.2, section 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRule {
    /// What the rule is for.
    pub target: RuleTarget,
    /// The Short Server ID of the owner, or [`BOOTSTRAP_OWNER`].
    pub owner: u16,
    /// The rights of servers by their Short Server IDs; 0 is everybody who has no entry of its own and is not the owner.
    pub entries: Vec<(u16, Rights)>,
}

/// What a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RuleTarget {
    /// An object itself: who may create its instances.
    Object(u16),
    /// An instance of an object.
    Instance(u16, u16),
    /// The instance of the Server object with a Short Server ID, whichever number it gets.
    Server(u16),
}

impl AccessRule {
    /// A rule that a server owns.
    #[must_use]
    pub fn new(target: RuleTarget, owner: u16, entries: impl Into<Vec<(u16, Rights)>>) -> Self {
        Self {
            target,
            owner,
            entries: entries.into(),
        }
    }

    /// Who may create instances of an object.
    #[must_use]
    pub fn creators(object: u16, servers: &[u16]) -> Self {
        Self {
            target: RuleTarget::Object(object),
            owner: BOOTSTRAP_OWNER,
            entries: servers.iter().map(|server| (*server, Rights::CREATE)).collect(),
        }
    }

    /// The instance of object 2; `server` finds the instance of the Server object with a Short Server ID.
    pub(super) fn instance(&self, server: impl FnOnce(u16) -> Option<u16>) -> Option<Lwm2mAccessControl> {
        let (object, instance) = match self.target {
            RuleTarget::Object(object) => (object, OBJECT_ITSELF),
            RuleTarget::Instance(object, instance) => (object, instance),
            RuleTarget::Server(id) => (1, server(id)?),
        };
        let entries = self.entries.iter().map(|(id, rights)| (*id, rights.bits()));
        Some(Lwm2mAccessControl {
            object_id: object.into(),
            object_instance_id: instance.into(),
            acl: (!self.entries.is_empty()).then(|| entries.collect()),
            access_control_owner: self.owner.into(),
        })
    }
}
