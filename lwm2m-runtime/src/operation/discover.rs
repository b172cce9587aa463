use super::{Depth, Status, kind::protected, versions::must_name_version};
use crate::{
    link::{LinkAttributes, NotificationAttributes, ObjectLink},
    model::{Path, Version},
};

/// What of a client's objects shows in lists of links. Identifiers come in ascending order.
pub trait TreeView {
    /// The objects and their versions, also those without instances.
    fn objects(&self) -> impl Iterator<Item = (u16, Version)>;

    /// The instances of an object.
    fn instances(&self, object: u16) -> impl Iterator<Item = u16>;

    /// The resources that an instance has, executable ones included.
    fn resources(&self, object: u16, instance: u16) -> impl Iterator<Item = u16>;

    /// The instances of a multiple resource; `None` for a single one.
    fn resource_instances(
        &self,
        object: u16,
        instance: u16,
        resource: u16,
    ) -> Option<impl Iterator<Item = u16>>;
}

/// A Discover and who asks (LwM2M Core 1.2, section 6.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// The version of the session.
    pub version: Version,
    /// Below what.
    pub path: Path,
    /// How many levels below; since LwM2M 1.2.
    pub depth: Option<Depth>,
}

impl Discovery {
    /// Hands out the links of the answer: the target, then what is below it.
    ///
    /// `attached` are the attributes that the asking server has attached to a path itself. The link of the target also
    /// shows what it inherits; those below only their own.
    ///
    /// # Errors
    ///
    /// 4.04 if there is no such target, 4.05 if there can be none, 4.01 for an object with secrets. No link was handed
    /// out then.
    pub fn for_each_link(
        &self,
        tree: &impl TreeView,
        attached: impl Fn(Path) -> NotificationAttributes,
        mut link: impl FnMut(&ObjectLink<'static>),
    ) -> Result<(), Status> {
        let mut links = Links {
            tree,
            version: self.version,
            attached,
            link: &mut link,
        };
        let depth = self.depth.unwrap_or(Depth::default_for(self.path));
        let mut levels = depth.levels();
        // Links of resource instances came with the parameter.
        if self.version < Version::V1_2 && self.path.depth() == 3 {
            levels = 0;
        }
        let ids = self.path.ids();
        if ids.first().is_some_and(|object| protected(*object, self.version)) {
            return Err(Status::Unauthorized);
        }
        let &[object, ref below @ ..] = &*ids else {
            return Err(Status::MethodNotAllowed);
        };
        // Level by level: a tree is asked only about what it has.
        let (_, version) = tree
            .objects()
            .find(|(id, _)| *id == object)
            .ok_or(Status::NotFound)?;
        let has_instance = |instance: u16| tree.instances(object).any(|id| id == instance);
        let has_resource = |instance, resource| tree.resources(object, instance).any(|id| id == resource);
        let inherited = NotificationAttributes::inherited(self.path, &links.attached);
        match *below {
            [] => links.object(object, version, inherited, levels),
            [instance] if has_instance(instance) => links.instance(object, instance, inherited, levels),
            [instance, resource] if has_instance(instance) && has_resource(instance, resource) => {
                links.resource(object, instance, resource, inherited, levels);
            }
            [_] | [_, _] => return Err(Status::NotFound),
            _ => return Err(Status::MethodNotAllowed),
        }
        Ok(())
    }
}

/// Walks down the tree.
struct Links<'d, T, A, L> {
    tree: &'d T,
    version: Version,
    attached: A,
    link: &'d mut L,
}

impl<T, A, L> Links<'_, T, A, L>
where
    T: TreeView,
    A: Fn(Path) -> NotificationAttributes,
    L: FnMut(&ObjectLink<'static>),
{
    fn send(&mut self, path: Path, attributes: LinkAttributes<'static>) {
        let mut link = ObjectLink::new(path);
        link.attributes = attributes;
        (self.link)(&link);
    }

    fn object(&mut self, object: u16, version: Version, notification: NotificationAttributes, levels: u8) {
        let named = must_name_version(object, version, self.version);
        let attributes = LinkAttributes {
            ver: named.then_some(version),
            notification,
            ..LinkAttributes::default()
        };
        self.send(Path::object(object), attributes);
        if let Some(levels) = levels.checked_sub(1) {
            for instance in self.tree.instances(object) {
                let own = (self.attached)(Path::instance(object, instance));
                self.instance(object, instance, own, levels);
            }
        }
    }

    fn instance(&mut self, object: u16, instance: u16, notification: NotificationAttributes, levels: u8) {
        let attributes = LinkAttributes {
            notification,
            ..LinkAttributes::default()
        };
        self.send(Path::instance(object, instance), attributes);
        if let Some(levels) = levels.checked_sub(1) {
            for resource in self.tree.resources(object, instance) {
                let own = (self.attached)(Path::resource(object, instance, resource));
                self.resource(object, instance, resource, own, levels);
            }
        }
    }

    fn resource(
        &mut self,
        object: u16,
        instance: u16,
        resource: u16,
        notification: NotificationAttributes,
        levels: u8,
    ) {
        let instances = || self.tree.resource_instances(object, instance, resource);
        let dim = instances().map(|instances| u16::try_from(instances.count()).unwrap_or(u16::MAX));
        let attributes = LinkAttributes {
            dim,
            notification,
            ..LinkAttributes::default()
        };
        self.send(Path::resource(object, instance, resource), attributes);
        if levels == 0 {
            return;
        }
        for id in self
            .tree
            .resource_instances(object, instance, resource)
            .into_iter()
            .flatten()
        {
            let path = Path::resource_instance(object, instance, resource, id);
            let attributes = LinkAttributes {
                notification: (self.attached)(path),
                ..LinkAttributes::default()
            };
            self.send(path, attributes);
        }
    }
}
