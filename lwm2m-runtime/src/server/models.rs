use core::fmt;

use crate::{
    encoding::Definitions,
    model::{Catalogue, ObjectDefinition, Version},
    operation::{ObjectTable, ProfileId, implied_version},
};

/// What a server knows of objects before clients register.
pub trait Models: fmt::Debug + Send + Sync {
    /// The definition of a version of an object. Where that version is unknown, one of the same major version will
    /// do: it differs in optional resources only (LwM2M Core 1.2, section 7.2).
    fn object(&self, id: u16, version: Version) -> Option<&'static ObjectDefinition>;

    /// The object list that a profile identifier stands for, as links (LwM2M Core 1.2, section 6.2.1.1).
    fn profile(&self, profile_id: ProfileId<'_>) -> Option<&str> {
        let _ = profile_id;
        None
    }
}

/// Nothing is known: values have the types that their formats show.
impl Models for () {
    fn object(&self, _: u16, _: Version) -> Option<&'static ObjectDefinition> {
        None
    }
}

impl Models for Catalogue {
    fn object(&self, id: u16, version: Version) -> Option<&'static ObjectDefinition> {
        nearest(self.versions(id).iter().copied(), version)
    }
}

/// What this crate knows: the registry with feature `catalogue`, its older versions with `history`, else the objects of
/// LwM2M itself.
#[derive(Debug)]
pub(super) struct Known;

#[cfg(feature = "catalogue")]
impl Models for Known {
    fn object(&self, id: u16, version: Version) -> Option<&'static ObjectDefinition> {
        let exact = crate::catalogue::object(id, version);
        exact.or_else(|| nearest(crate::catalogue::versions(id), version))
    }
}

#[cfg(not(feature = "catalogue"))]
impl Models for Known {
    fn object(&self, id: u16, version: Version) -> Option<&'static ObjectDefinition> {
        use crate::{
            object::Object,
            objects::{
                ConnectivityMonitoring, ConnectivityStatistics, Device, FirmwareUpdate, Location,
                Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer,
            },
        };
        let definition = match id {
            0 => Lwm2mSecurity::DEFINITION,
            1 => Lwm2mServer::DEFINITION,
            2 => Lwm2mAccessControl::DEFINITION,
            3 => Device::DEFINITION,
            4 => ConnectivityMonitoring::DEFINITION,
            5 => FirmwareUpdate::DEFINITION,
            6 => Location::DEFINITION,
            7 => ConnectivityStatistics::DEFINITION,
            _ => return None,
        };
        nearest(core::iter::once(definition), version)
    }
}

/// The version itself, or else the newest of the same major version, of definitions from old to new.
fn nearest(
    definitions: impl Iterator<Item = &'static ObjectDefinition>,
    version: Version,
) -> Option<&'static ObjectDefinition> {
    let mut found: Option<&'static ObjectDefinition> = None;
    for definition in definitions.filter(|definition| definition.version().major() == version.major()) {
        if definition.version() == version {
            return Some(definition);
        }
        found = Some(definition);
    }
    found
}

/// The definitions of one client's objects, in the versions that it has registered.
#[derive(Clone, Copy, Debug)]
pub struct ClientDefinitions<'a> {
    pub(super) models: &'static dyn Models,
    pub(super) objects: &'a ObjectTable,
    pub(super) version: Version,
}

impl Definitions for ClientDefinitions<'_> {
    /// An object that the client has not registered is taken in the version that its LwM2M implies.
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        let version = self.objects.get(id).map(|object| object.version);
        let version = version.unwrap_or_else(|| implied_version(id, self.version));
        self.models.object(id, version)
    }
}
