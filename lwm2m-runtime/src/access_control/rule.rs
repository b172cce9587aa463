use super::Rights;
use crate::{
    model::{ResourceType, ValueRef},
    object::{Field, Instance},
};

/// The Object Instance ID of a rule for an object itself: who may create its instances.
pub const OBJECT_ITSELF: u16 = u16::MAX;

/// The owner of a rule that only the bootstrap interface changes.
pub const BOOTSTRAP_OWNER: u16 = u16::MAX;

/// What an instance of the Access Control object says, of whatever version and Rust type.
#[derive(Clone, Copy)]
pub struct Rule<'a> {
    id: u16,
    object: u16,
    instance: u16,
    owner: u16,
    entries: Option<&'a dyn Field>,
}

impl<'a> Rule<'a> {
    /// Reads an instance of object 2. One in which a mandatory resource is missing or out of range is a rule for
    /// nothing, or without an owner: it gives nobody a right that it should not.
    #[must_use]
    pub fn read(id: u16, instance: &'a dyn Instance) -> Self {
        let number = |resource| {
            let field = instance.field(resource)?;
            match field.value(None)?.cast(ResourceType::Integer)? {
                ValueRef::Integer(number) => u16::try_from(number).ok(),
                _ => None,
            }
        };
        // No rule is for object 0: it is out of reach in any case.
        let (object, target) = number(0).zip(number(1)).unwrap_or_default();
        Self {
            id,
            object,
            instance: target,
            owner: number(3).unwrap_or(BOOTSTRAP_OWNER),
            entries: instance.field(2),
        }
    }

    /// The identifier of the instance of object 2.
    #[must_use]
    pub const fn id(&self) -> u16 {
        self.id
    }

    /// The object that the rule is for.
    #[must_use]
    pub const fn object(&self) -> u16 {
        self.object
    }

    /// The instance that the rule is for, or [`OBJECT_ITSELF`].
    #[must_use]
    pub const fn instance(&self) -> u16 {
        self.instance
    }

    /// The Short Server ID of the owner, or [`BOOTSTRAP_OWNER`].
    #[must_use]
    pub const fn owner(&self) -> u16 {
        self.owner
    }

    /// The entry of a server; 0 is the default entry.
    #[must_use]
    pub fn entry(&self, server: u16) -> Option<Rights> {
        self.entries?.value(Some(server)).and_then(rights)
    }

    /// All entries: Short Server IDs, 0 for the default one, and their rights.
    pub fn entries(&self) -> impl Iterator<Item = (u16, Rights)> + use<'a> {
        let field = self.entries;
        let count = field.map_or(0, Field::len);
        (0..count).filter_map(move |index| {
            let (id, value) = field?.entry(index)?;
            Some((id?, rights(value)?))
        })
    }

    /// The rights of a server on the object instance (LwM2M Core 1.2, section 8.2.1):
    ///
    /// 1. what its own entry says;
    /// 2. without one, everything if it is the owner;
    /// 3. else what the default entry says;
    /// 4. else nothing.
    #[must_use]
    pub fn rights(&self, server: u16) -> Rights {
        if !is_server(server) {
            return Rights::NONE;
        }
        match self.entry(server) {
            Some(own) => own,
            None if server == self.owner => Rights::FULL,
            None => self.entry(0).unwrap_or_default(),
        }
    }
}

impl core::fmt::Debug for Rule<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Rule")
            .field("id", &self.id)
            .field("object", &self.object)
            .field("instance", &self.instance)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

/// Whether a number is a Short Server ID.
pub(super) const fn is_server(server: u16) -> bool {
    server != 0 && server != u16::MAX
}

fn rights(value: ValueRef<'_>) -> Option<Rights> {
    match value.cast(ResourceType::Integer)? {
        ValueRef::Integer(bits) => Some(Rights::from_bits(bits)),
        _ => None,
    }
}
