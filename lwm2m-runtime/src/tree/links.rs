use super::Tree;
use crate::{
    link::{Links, ObjectLink},
    model::{Objlnk, Path, ValueRef},
    operation::Status,
};

impl Tree {
    /// Refuses values that name objects or instances which are not there: 4.00 (LwM2M Core 1.2, appendix C).
    pub(super) fn check_links(&self, value: ValueRef<'_>) -> Result<(), Status> {
        let right = match value {
            ValueRef::Objlnk(Objlnk::NULL) => true,
            ValueRef::Objlnk(Objlnk { object, instance }) => match instance {
                // The object as a whole.
                u16::MAX => self.object(object).is_some(),
                _ => self.node(object, instance).is_some(),
            },
            ValueRef::Corelnk(text) => Links::new(text).all(|link| match link.map(ObjectLink::read) {
                // What is below a prefix is not this client's own.
                Ok(Ok(link)) => !link.prefix.is_empty() || self.is_there(link.path),
                // A link to something else than an object.
                Ok(Err(_)) => true,
                Err(_) => false,
            }),
            _ => true,
        };
        match right {
            true => Ok(()),
            false => Err(Status::BadRequest),
        }
    }

    fn is_there(&self, path: Path) -> bool {
        match (path.object_id(), path.instance_id()) {
            (Some(object), Some(instance)) => self.node(object, instance).is_some(),
            (Some(object), None) => self.object(object).is_some(),
            _ => true,
        }
    }
}
