//! What is written, against the definitions of the device, before it is sent.

use super::{DeviceError, ask::Ask};
use crate::{
    encoding::{Definitions, Record},
    model::Path,
};

impl Ask {
    /// Finds the first value that the device could only refuse: of another type than its resource, or out of its
    /// range. What the definitions do not know passes, and so does what is asked verbatim.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Type`], [`DeviceError::Constraint`].
    pub(super) fn check(&self, definitions: &dyn Definitions) -> Result<(), DeviceError> {
        let records = match self {
            Self::Write { records, .. } | Self::WriteComposite { records } | Self::Create { records, .. } => {
                records
            }
            _ => return Ok(()),
        };
        records.iter().try_for_each(|record| check(record, definitions))
    }
}

fn check(record: &Record, definitions: &dyn Definitions) -> Result<(), DeviceError> {
    let Some(value) = record.as_ref().content.value() else {
        return Ok(());
    };
    let resource = |path: Path| {
        definitions
            .object(path.object_id()?)?
            .resource(path.resource_id()?)
    };
    let Some(resource) = resource(record.path) else {
        return Ok(());
    };
    let Some(expected) = resource.resource_type() else {
        return Ok(());
    };
    let path = record.path;
    let found = value.resource_type();
    let value = value.cast(expected).ok_or(DeviceError::Type {
        path,
        expected,
        found,
    })?;
    let checked = resource.constraint().check(value);
    checked.map_err(|violation| DeviceError::Constraint { path, violation })
}
