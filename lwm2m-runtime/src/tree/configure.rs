use alloc::{boxed::Box, vec::Vec};

use super::{Tree, TreeError};
use crate::{configuration::Values, model::Path, object::Instance};

impl Tree {
    /// Sets values as a factory configures a device, such as those of a
    /// [`BootstrapConfiguration`](crate::configuration::BootstrapConfiguration): an instance that is not there comes to be,
    /// if the tree has its object. Nobody's rights matter.
    ///
    /// ```
    /// use lwm2m_runtime::{
    ///     configuration::{BootstrapConfiguration, Credentials, PresentInstances, ServerAccount},
    ///     model::{Path, ValueRef, Version},
    ///     objects::{Lwm2mSecurity, Lwm2mServer},
    ///     tree::{Tree, TreeConfig},
    /// };
    ///
    /// let account = ServerAccount::new(101, "coap://server.example.com", Credentials::NoSec);
    /// let factory = BootstrapConfiguration::new([account]);
    ///
    /// let mut tree = Tree::new(TreeConfig::default());
    /// tree.add_type::<Lwm2mSecurity>()?;
    /// tree.add_type::<Lwm2mServer>()?;
    /// tree.configure(&factory.number(Some(&PresentInstances::new(Version::V1_2)))?)?;
    /// assert_eq!(tree.value(Path::resource(1, 0, 0)), Some(ValueRef::Integer(101)));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TreeError::NotFound`] for an object that the tree does not have, [`TreeError::Single`], [`TreeError::Full`],
    /// [`TreeError::Write`] for a value that does not fit. Nothing has changed then.
    pub fn configure(&mut self, values: &Values) -> Result<(), TreeError> {
        let mut instances: Vec<(u16, u16, Box<dyn Instance>)> = Vec::new();
        let mut new = 0;
        for path in values.paths(Path::ROOT, 2) {
            let not_found = TreeError::NotFound { path };
            let (object, id) = path.object_id().zip(path.instance_id()).ok_or(not_found)?;
            let (definition, make) = self.definition(object).zip(self.make(object)).ok_or(not_found)?;
            if !definition.multiple() && id != 0 {
                return Err(TreeError::Single { object });
            }
            let present = self.copy(object, id);
            new += usize::from(present.is_none());
            let mut instance = present.unwrap_or_else(|| make(definition));
            for (path, value) in values.below(path) {
                let resource = path.resource_id().ok_or(not_found)?;
                instance
                    .write(resource, path.resource_instance_id(), value)
                    .map_err(|error| TreeError::Write { path, error })?;
            }
            instances.push((object, id, instance));
        }
        if !self.has_room(new) {
            return Err(TreeError::Full);
        }
        for (object, id, instance) in instances {
            self.own(object, id);
            match self.make(object).filter(|_| self.instance(object, id).is_none()) {
                Some(make) => self.place(object, id, instance, make, None),
                None => self.overwrite(object, id, &*instance),
            }
        }
        Ok(())
    }
}
