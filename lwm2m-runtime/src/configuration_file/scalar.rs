//! Values of resources, in the types of their definitions.

use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use toml::de::DeValue;

use super::{
    bytes::{Kind, bytes},
    problem::{Context, quoted},
    table::{Entry, Table},
};
use crate::{
    model::{ResourceDefinition, ResourceType, Value},
    object::Instance,
};

/// Reads every resource of an object that a table has by its name, but for those that have a key of their own.
pub(super) fn resources(
    context: &mut Context<'_>,
    table: &mut Table<'_>,
    instance: &mut dyn Instance,
    own: &[u16],
) {
    for definition in instance.definition().resources() {
        if own.contains(&definition.id()) || definition.resource_type().is_none() {
            continue;
        }
        if let Some(entry) = table.take(&key(definition.name())) {
            resource(context, &entry, instance, definition);
        }
    }
}

fn resource(
    context: &mut Context<'_>,
    entry: &Entry<'_>,
    instance: &mut dyn Instance,
    definition: &ResourceDefinition,
) {
    for (id, value) in values(context, entry, definition) {
        let written = instance.write(definition.id(), id, value.as_ref());
        if let Err(error) = written {
            let shown = match &value {
                // It may be a secret.
                Value::Opaque(bytes) => format!("{} bytes", bytes.len()),
                value => quoted(&value.to_string()),
            };
            context.error(&entry.at, format!("{} is {shown}: {error}", quoted(&entry.key)));
        }
    }
}

/// The values of a resource, with the identifiers of resource instances where it is a multiple one.
pub(super) fn values(
    context: &mut Context<'_>,
    entry: &Entry<'_>,
    definition: &ResourceDefinition,
) -> Vec<(Option<u16>, Value)> {
    if !definition.multiple() {
        let value = value(context, entry, definition);
        return value.into_iter().map(|value| (None, value)).collect();
    }
    let mut all = Vec::new();
    match entry.value {
        DeValue::Array(array) => {
            for (id, item) in (0..u16::MAX).zip(array.iter()) {
                let item = Entry {
                    value: item.get_ref(),
                    ..entry.clone()
                };
                all.extend(value(context, &item, definition).map(|value| (Some(id), value)));
            }
        }
        DeValue::Table(table) => {
            for (name, item) in table.iter() {
                let text: &str = name.get_ref();
                let item = Entry::of(name, item);
                match text.parse() {
                    Ok(id) if id != u16::MAX => {
                        all.extend(value(context, &item, definition).map(|value| (Some(id), value)));
                    }
                    _ => context.error(
                        &item.at,
                        format!(
                            "{} is no identifier of a resource instance: use 0 to 65534",
                            quoted(text)
                        ),
                    ),
                }
            }
        }
        _ => entry.mismatch(context, "an array, or a table of resource instances"),
    }
    all
}

fn value(context: &mut Context<'_>, entry: &Entry<'_>, definition: &ResourceDefinition) -> Option<Value> {
    let resource_type = definition.resource_type()?;
    let label = match entry.value {
        DeValue::String(text) => Some(text),
        _ => None,
    };
    if let (Some(label), Some(enumeration)) = (label, definition.enumeration()) {
        let mut items = enumeration.items().iter();
        if let Some(item) = items.find(|item| key(item.label) == **label) {
            return Some(Value::Integer(item.code));
        }
    }
    typed(context, entry, resource_type)
}

/// A value of a type.
pub(super) fn typed(
    context: &mut Context<'_>,
    entry: &Entry<'_>,
    resource_type: ResourceType,
) -> Option<Value> {
    let (found, expected) = match resource_type {
        ResourceType::Opaque => return bytes(context, entry, Kind::Public).map(Value::Opaque),
        ResourceType::Objlnk => (text(entry.value), "an object link, such as \"3:0\""),
        ResourceType::String | ResourceType::Corelnk => (text(entry.value), "a string"),
        ResourceType::Boolean => (guess(entry.value), "`true` or `false`"),
        ResourceType::Float => (guess(entry.value), "a number"),
        ResourceType::Time => (
            guess(entry.value),
            "a time, such as 2026-01-31T08:00:00Z, or seconds since 1970",
        ),
        _ => (guess(entry.value), "an integer"),
    };
    let cast = found
        .as_ref()
        .and_then(|value| value.as_ref().cast(resource_type));
    let value = cast.map(|value| value.to_value());
    if value.is_none() {
        entry.mismatch(context, expected);
    }
    value
}

fn text(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::String(text.as_ref().into())),
        _ => None,
    }
}

/// A value of the type that it looks like; `None` for one that is no scalar or does not fit.
pub(super) fn guess(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(_) => text(value),
        DeValue::Boolean(flag) => Some(Value::Boolean(*flag)),
        DeValue::Float(number) => number.as_str().parse().ok().map(Value::Float),
        DeValue::Integer(number) => {
            let signed = i64::from_str_radix(number.as_str(), number.radix()).map(Value::Integer);
            let unsigned = || u64::from_str_radix(number.as_str(), number.radix()).map(Value::Unsigned);
            signed.or_else(|_| unsigned()).ok()
        }
        DeValue::Datetime(time) => {
            let seconds = crate::encoding::parse_time(&time.to_string())?;
            Some(Value::Time(seconds.into()))
        }
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// The name of a resource as a key: `Default Minimum Period` is `default-minimum-period`.
pub(super) fn key(name: &str) -> String {
    let name = name.replace(['(', ')'], "").to_lowercase();
    let words = name.split(|character: char| !character.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}
