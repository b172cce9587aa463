use alloc::borrow::Cow;
use core::fmt;

use super::{Status, TreeView, versions::must_name_version};
use crate::{
    link::{LinkAttributes, LinkWriter, ObjectLink},
    model::{Objlnk, Path, ResourceType, ValueRef, Version},
};

/// What shows of a client's objects, and the values of their resources.
pub trait TreeValues: TreeView {
    /// The value of a resource or resource instance, whoever may read it; `None` where there is none, and for a multiple
    /// resource as a whole.
    fn value(&self, path: Path) -> Option<ValueRef<'_>>;
}

/// A Bootstrap-Discover (LwM2M Core 1.2, section 6.1.7.3).
///
/// The answer begins with the version of LwM2M. Then come the objects that have no instance, or a version that has to be
/// named, and all instances. Those of a server's account carry its Short Server ID, and instances of the Security object
/// the URI, too; those of the bootstrap server's own account carry neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootstrapDiscovery {
    /// The version of the session.
    pub version: Version,
    /// The root, or an object.
    pub path: Path,
}

impl BootstrapDiscovery {
    /// Writes the answer, in link format.
    ///
    /// # Errors
    ///
    /// 4.04 if there is no such object, 4.00 for a target that is none; nothing was written then. 5.00 if the output does
    /// not take it.
    pub fn write(&self, tree: &impl TreeValues, out: impl fmt::Write) -> Result<(), Status> {
        let only = match *self.path.ids() {
            [] => None,
            [object] if tree.objects().any(|(id, _)| id == object) => Some(object),
            [_] => return Err(Status::NotFound),
            _ => return Err(Status::BadRequest),
        };
        self.links(tree, only, &mut LinkWriter::new(out))
            .map_err(|fmt::Error| Status::InternalServerError)
    }

    fn links<T: TreeValues>(
        &self,
        tree: &T,
        only: Option<u16>,
        links: &mut LinkWriter<impl fmt::Write>,
    ) -> fmt::Result {
        if self.version < Version::V1_1 {
            links.bare_version(self.version)?;
        } else {
            let attributes = LinkAttributes {
                lwm2m: Some(self.version),
                ..LinkAttributes::default()
            };
            write(links, Path::ROOT, attributes)?;
        }
        let objects = tree
            .objects()
            .filter(|(id, _)| only.is_none_or(|only| only == *id));
        for (object, version) in objects {
            let named = must_name_version(object, version, self.version);
            if named || tree.instances(object).next().is_none() {
                let attributes = LinkAttributes {
                    ver: named.then_some(version),
                    ..LinkAttributes::default()
                };
                write(links, Path::object(object), attributes)?;
            }
            for instance in tree.instances(object) {
                let attributes = self.account(tree, object, instance);
                write(links, Path::instance(object, instance), attributes)?;
            }
        }
        Ok(())
    }

    /// What is said of an instance that belongs to a server's account.
    fn account<'t, T: TreeValues>(&self, tree: &'t T, object: u16, instance: u16) -> LinkAttributes<'t> {
        let mut attributes = LinkAttributes::default();
        let v1_1 = self.version >= Version::V1_1;
        let v1_2 = self.version >= Version::V1_2;
        let security = match object {
            0 => Some(instance),
            1 => {
                attributes.ssid = short_server_id(tree, Path::resource(1, instance, 0));
                None
            }
            21 if v1_1 => linked_from(tree, object, instance),
            23 | 24 if v1_2 => linked_from(tree, object, instance),
            _ => None,
        };
        if let Some(security) = security.filter(|security| !is_bootstrap_server(tree, *security)) {
            attributes.ssid = short_server_id(tree, Path::resource(0, security, 10));
            if object == 0 && v1_1 {
                attributes.uri = match tree.value(Path::resource(0, security, 0)) {
                    Some(ValueRef::String(uri)) => Some(Cow::Borrowed(uri)),
                    _ => None,
                };
            }
        }
        attributes
    }
}

fn write(links: &mut LinkWriter<impl fmt::Write>, path: Path, attributes: LinkAttributes<'_>) -> fmt::Result {
    let mut link = ObjectLink::new(path);
    link.attributes = attributes;
    link.write(links)
}

fn is_bootstrap_server(tree: &impl TreeValues, security: u16) -> bool {
    tree.value(Path::resource(0, security, 1)) == Some(ValueRef::Boolean(true))
}

fn short_server_id(tree: &impl TreeValues, path: Path) -> Option<u16> {
    match tree.value(path)?.cast(ResourceType::Integer)? {
        ValueRef::Integer(id @ 1..=65_534) => u16::try_from(id).ok(),
        _ => None,
    }
}

/// The instance of the Security object that has a link to an instance of the OSCORE, the COSE or the MQTT Server object.
fn linked_from<T: TreeValues>(tree: &T, object: u16, instance: u16) -> Option<u16> {
    let resource = match object {
        21 => 17,
        24 => 26,
        _ => 27,
    };
    let link = Some(ValueRef::Objlnk(Objlnk::new(object, instance)));
    tree.instances(0).find(|security| {
        let path = Path::resource(0, *security, resource);
        match tree.resource_instances(0, *security, resource) {
            Some(mut instances) => {
                instances.any(|id| path.child(id).and_then(|path| tree.value(path)) == link)
            }
            None => tree.value(path) == link,
        }
    })
}
