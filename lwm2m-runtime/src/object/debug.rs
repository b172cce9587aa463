use core::fmt;

use super::{Field, Instance};
use crate::model::ResourceDefinition;

/// Writes an instance for somebody who looks for a mistake: the values of the resources that are present, by their names,
/// and `..` for [secrets](ResourceDefinition::is_secret).
///
/// # Errors
///
/// Those of the formatter.
pub fn debug(instance: &dyn Instance, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for resource in instance.definition().resources() {
        if let Some(field) = instance.field(resource.id()).filter(|field| field.is_present()) {
            out.field(resource.name(), &Shown { resource, field });
        }
    }
    out.finish()
}

/// The value of a resource, or its values.
struct Shown<'a> {
    resource: &'static ResourceDefinition,
    field: &'a dyn Field,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = (0..self.field.len()).filter_map(|index| self.field.entry(index));
        match self.field.is_multiple() {
            _ if self.resource.is_secret() => f.write_str(".."),
            true => f
                .debug_map()
                .entries(entries.map(|(id, value)| (id.unwrap_or(0), value)))
                .finish(),
            false => entries.map(|(_, value)| value).try_for_each(|value| value.fmt(f)),
        }
    }
}
