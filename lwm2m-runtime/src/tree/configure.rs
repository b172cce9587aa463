use super::{Tree, TreeError};
use crate::{configuration::Values, model::Path};

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
    /// [`TreeError::NotFound`] for an object that the tree does not have, [`TreeError::Write`], and as
    /// [`insert`](Self::insert); what comes before it is done then.
    pub fn configure(&mut self, values: &Values) -> Result<(), TreeError> {
        for path in values.paths(Path::ROOT, 2) {
            let not_found = TreeError::NotFound { path };
            let (Some(object), Some(id)) = (path.object_id(), path.instance_id()) else {
                continue;
            };
            if self.instance(object, id).is_none() {
                let (Some(make), Some(definition)) = (self.make(object), self.definition(object)) else {
                    return Err(not_found);
                };
                self.put(id, make(definition), make, None)?;
            }
            for (path, value) in values.below(path) {
                self.set(path, value)?;
            }
        }
        Ok(())
    }
}
