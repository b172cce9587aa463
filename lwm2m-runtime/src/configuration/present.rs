use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use crate::{
    link::{LinkError, Links, ObjectLink},
    model::{Path, Version},
};

/// The instances that a client has, and to which server's account they belong, as the answer to a Bootstrap-Discover says
/// (LwM2M Core 1.2, section 6.1.7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentInstances {
    version: Version,
    objects: BTreeSet<u16>,
    /// With their Short Server IDs.
    instances: BTreeMap<Path, Option<u16>>,
}

impl PresentInstances {
    /// A client of which nothing but its version is known.
    #[must_use]
    pub const fn new(version: Version) -> Self {
        Self {
            version,
            objects: BTreeSet::new(),
            instances: BTreeMap::new(),
        }
    }

    /// Reads the answer to a Bootstrap-Discover, in the manner of any version. Links that are no objects or instances, or
    /// have parameters that cannot be read, are passed over.
    ///
    /// # Errors
    ///
    /// The first link that is none.
    pub fn read(payload: &[u8], max_links: usize) -> Result<Self, LinkError> {
        let (version, links) = Links::from_bootstrap_discover(payload)?;
        let mut present = Self::new(version.unwrap_or(Version::V1_0));
        for link in links.with_limit(max_links) {
            let Ok(link) = ObjectLink::read(link?) else {
                continue;
            };
            if !link.prefix.is_empty() {
                continue;
            }
            match (link.path.object_id(), link.path.depth()) {
                (None, _) => present.version = link.attributes.lwm2m.unwrap_or(present.version),
                (Some(object), 1) => {
                    present.objects.insert(object);
                }
                (Some(object), 2) => {
                    present.objects.insert(object);
                    present.instances.insert(link.path, link.attributes.ssid);
                }
                _ => {}
            }
        }
        Ok(present)
    }

    /// Adds an instance, which may belong to a server's account.
    pub fn insert(&mut self, instance: Path, short_server_id: Option<u16>) {
        if let (Some(object), 2) = (instance.object_id(), instance.depth()) {
            self.objects.insert(object);
            self.instances.insert(instance, short_server_id);
        }
    }

    /// The version of LwM2M that the client speaks.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Whether the client has an object, with or without instances.
    #[must_use]
    pub fn has_object(&self, object: u16) -> bool {
        self.objects.contains(&object)
    }

    /// Whether the client has an instance.
    #[must_use]
    pub fn has_instance(&self, instance: Path) -> bool {
        self.instances.contains_key(&instance)
    }

    /// The instances in ascending order, with the Short Server IDs of those that belong to a server's account.
    pub fn instances(&self) -> impl Iterator<Item = (Path, Option<u16>)> {
        self.instances.iter().map(|(path, server)| (*path, *server))
    }

    /// The instance of the Security object that holds the account at the bootstrap server: the one without a Short Server
    /// ID.
    #[must_use]
    pub fn bootstrap_server(&self) -> Option<u16> {
        let mut securities = self.instances().filter(|(path, _)| path.object_id() == Some(0));
        let (path, _) = securities.find(|(_, server)| server.is_none())?;
        path.instance_id()
    }

    /// The instance of an object that belongs to a server's account.
    #[must_use]
    pub fn of_server(&self, object: u16, short_server_id: u16) -> Option<u16> {
        let mut instances = self
            .instances()
            .filter(|(path, _)| path.object_id() == Some(object));
        let (path, _) = instances.find(|(_, server)| *server == Some(short_server_id))?;
        path.instance_id()
    }

    /// Whether an instance belongs to the account at the bootstrap server, or is the device itself: no Bootstrap-Delete
    /// takes it away.
    #[must_use]
    pub fn is_fixed(&self, instance: Path) -> bool {
        match (instance.object_id(), instance.instance_id()) {
            (Some(3), Some(0)) => true,
            (Some(0 | 21 | 23 | 24), Some(_)) => self.instances.get(&instance).is_some_and(Option::is_none),
            _ => false,
        }
    }

    /// Notes that a Bootstrap-Delete was done.
    pub fn delete(&mut self, path: Path) {
        let gone: Vec<Path> = self
            .instances
            .keys()
            .copied()
            .filter(|instance| instance.starts_with(path) && !self.is_fixed(*instance))
            .collect();
        for instance in gone {
            self.instances.remove(&instance);
        }
    }
}
