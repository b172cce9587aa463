//! Values of any instances, by their paths: `[values]`.

use std::{format, vec::Vec};

use toml::de::DeValue;

use super::{
    problem::{Context, quoted},
    scalar,
    table::Entry,
};
use crate::{
    configuration::Values,
    model::{ObjectDefinition, Path, ResourceDefinition, ResourceType, Value},
    object::Object,
    objects,
};

/// The values of each layer, where those of the first win.
pub(super) fn values(context: &mut Context<'_>, layers: &[Entry<'_>]) -> Values {
    let mut all = Values::new();
    for layer in layers.iter().rev() {
        let DeValue::Table(table) = layer.value else {
            layer.mismatch(context, "a table");
            continue;
        };
        for (name, value) in table.iter() {
            let text: &str = name.get_ref();
            let entry = Entry::of(name, value);
            match text.parse::<Path>() {
                Ok(path) if path.depth() >= 2 => below(context, &entry, path, &mut all),
                Ok(_) => context.error(
                    &entry.at,
                    format!(
                        "{} is no instance or resource: use a path such as \"/3/0\" or \"/3/0/15\"",
                        quoted(text)
                    ),
                ),
                Err(error) => context.error(&entry.at, format!("{}: {error}", quoted(text))),
            }
        }
    }
    all
}

/// The values of an instance, a resource or a resource instance.
fn below(context: &mut Context<'_>, entry: &Entry<'_>, path: Path, all: &mut Values) {
    if path.depth() == 2 {
        let DeValue::Table(table) = entry.value else {
            return entry.mismatch(context, "a table of resources by their identifiers");
        };
        for (name, value) in table.iter() {
            let text: &str = name.get_ref();
            let entry = Entry::of(name, value);
            match text
                .parse()
                .ok()
                .filter(|id| *id != u16::MAX)
                .and_then(|id| path.child(id))
            {
                Some(path) => resource(context, &entry, path, all),
                None => context.error(
                    &entry.at,
                    format!("{} is no identifier of a resource: use 0 to 65534", quoted(text)),
                ),
            }
        }
        return;
    }
    resource(context, entry, path, all);
}

fn resource(context: &mut Context<'_>, entry: &Entry<'_>, path: Path, all: &mut Values) {
    let definition = definition(path);
    let read: Vec<(Path, Value)> = match (path.depth(), definition) {
        (3, Some(definition)) => {
            let values = scalar::values(context, entry, definition).into_iter();
            let values = values.filter_map(|(id, value)| match id {
                Some(id) => Some((path.child(id)?, value)),
                None => Some((path, value)),
            });
            values.collect()
        }
        (_, definition) => {
            let resource_type = definition.and_then(|definition| definition.resource_type());
            unknown(context, entry, path, resource_type)
        }
    };
    all.remove(path);
    for (path, value) in read {
        if let Some(Err(violation)) =
            definition.map(|definition| definition.constraint().check(value.as_ref()))
        {
            context.error(&entry.at, format!("{path}: {violation}"));
        }
        all.set(path, value);
    }
}

/// A value whose type its form shows, or the definition of its resource.
fn unknown(
    context: &mut Context<'_>,
    entry: &Entry<'_>,
    path: Path,
    resource_type: Option<ResourceType>,
) -> Vec<(Path, Value)> {
    if let Some(resource_type) = resource_type {
        let value = scalar::typed(context, entry, resource_type);
        return value.into_iter().map(|value| (path, value)).collect();
    }
    if let (DeValue::Array(array), 3) = (entry.value, path.depth()) {
        let ids = (0..u16::MAX).filter_map(|id| path.child(id));
        let items = ids.zip(array.iter()).filter_map(|(path, item)| {
            let entry = Entry {
                value: item.get_ref(),
                ..entry.clone()
            };
            Some((path, untyped(context, &entry)?))
        });
        return items.collect();
    }
    untyped(context, entry)
        .into_iter()
        .map(|value| (path, value))
        .collect()
}

fn untyped(context: &mut Context<'_>, entry: &Entry<'_>) -> Option<Value> {
    match (scalar::guess(entry.value), entry.value) {
        (Some(value), _) => Some(value),
        (None, DeValue::Table(table)) if table.contains_key("link") => {
            let link = table.get("link").map(|link| Entry {
                value: link.get_ref(),
                ..entry.clone()
            });
            scalar::typed(context, &link?, ResourceType::Objlnk)
        }
        (None, DeValue::Table(_)) => scalar::typed(context, entry, ResourceType::Opaque),
        (None, _) => {
            entry.mismatch(context, "a value");
            None
        }
    }
}

/// The definition of a resource: of the objects of LwM2M itself, and of all others where there is the catalogue.
fn definition(path: Path) -> Option<&'static ResourceDefinition> {
    const OWN: [&ObjectDefinition; 8] = [
        objects::Lwm2mSecurity::DEFINITION,
        objects::Lwm2mServer::DEFINITION,
        objects::Lwm2mAccessControl::DEFINITION,
        objects::Device::DEFINITION,
        objects::ConnectivityMonitoring::DEFINITION,
        objects::FirmwareUpdate::DEFINITION,
        objects::Location::DEFINITION,
        objects::ConnectivityStatistics::DEFINITION,
    ];
    let object = path.object_id()?;
    let own = OWN.into_iter().find(|definition| definition.id() == object);
    #[cfg(feature = "catalogue")]
    let own = own.or_else(|| crate::catalogue::latest(object));
    own?.resource(path.resource_id()?)
}
