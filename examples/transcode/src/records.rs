//! Records as JSON that people and scripts read: `[{path, type, value, time}]`.
//!
//! Opaque is lowercase hexadecimal, Objlnk `"object:instance"`, Time seconds. The type `none` is a `null` that removes,
//! `path` an entry of a path list.

use lwm2m_runtime::{
    encoding::{Content, Record},
    model::{Path, Time, Value as ModelValue},
};
use serde_json::{Map, Value, json};

use crate::{
    arguments::{name_of, split_name, type_named},
    bytes::hex,
    definitions::Definitions,
    failure::Failure,
};

/// One record a line. What only says that something empty exists has no value and is left out.
pub(crate) fn to_json(records: &[Record], annotate: Option<&Definitions>) -> Vec<u8> {
    let mut lines = Vec::new();
    for record in records {
        let (name, value) = match &record.content {
            Content::Value(value) => (name_of(value.resource_type()), json_of(value)),
            Content::Null => ("none", Value::Null),
            Content::Path => ("path", Value::Null),
            _ => continue,
        };
        let prefix = if record.prefix.is_empty() {
            String::new()
        } else {
            format!("/{}", record.prefix)
        };
        let mut object = Map::new();
        object.insert("path".to_owned(), format!("{prefix}{}", record.path).into());
        object.insert("type".to_owned(), name.into());
        object.insert("value".to_owned(), value);
        if let Some(time) = record.time {
            object.insert("time".to_owned(), number(time));
        }
        if let Some(definitions) = annotate {
            let (definition, resource) = definitions.describe(record.path);
            if let Some(definition) = definition {
                object.insert("object".to_owned(), definition.name().into());
            }
            if let Some(resource) = resource {
                object.insert("resource".to_owned(), resource.name().into());
                if !resource.units().is_empty() {
                    object.insert("units".to_owned(), resource.units().into());
                }
                let label = match record.content {
                    Content::Value(ModelValue::Integer(code)) => resource
                        .enumeration()
                        .and_then(|enumeration| enumeration.label(code)),
                    _ => None,
                };
                if let Some(label) = label {
                    object.insert("label".to_owned(), label.into());
                }
            }
        }
        lines.push(Value::Object(object).to_string());
    }
    match lines.is_empty() {
        true => b"[]\n".to_vec(),
        false => format!("[\n  {}\n]\n", lines.join(",\n  ")).into_bytes(),
    }
}

fn json_of(value: &ModelValue) -> Value {
    match value {
        ModelValue::String(text) | ModelValue::Corelnk(text) => json!(text),
        ModelValue::Integer(number) => json!(number),
        ModelValue::Unsigned(number) => json!(number),
        // JSON has neither NaN nor infinities: as text they stay visible.
        ModelValue::Float(number) if !number.is_finite() => json!(number.to_string()),
        ModelValue::Float(number) => json!(number),
        ModelValue::Boolean(flag) => json!(flag),
        ModelValue::Time(time) => json!(time.0),
        other => json!(other.to_string()),
    }
}

/// An integral number without a fraction.
fn number(number: f64) -> Value {
    let integer = number as i64;
    if integer as f64 == number {
        json!(integer)
    } else {
        json!(number)
    }
}

/// Reads records.
pub(crate) fn from_json(input: &[u8]) -> Result<Vec<Record>, Failure> {
    let list: Vec<Map<String, Value>> = serde_json::from_slice(input).map_err(Failure::Json)?;
    list.iter()
        .enumerate()
        .map(|(index, object)| record(object).map_err(|reason| Failure::Record { index, reason }))
        .collect()
}

fn record(object: &Map<String, Value>) -> Result<Record, String> {
    let name = object
        .get("path")
        .and_then(Value::as_str)
        .ok_or("it has no path")?;
    let (prefix, path) = split(name)?;
    let kind = object
        .get("type")
        .and_then(Value::as_str)
        .ok_or("it has no type")?;
    let value = object.get("value").unwrap_or(&Value::Null);
    let content = match kind {
        "none" => Content::Null,
        "path" => Content::Path,
        _ => Content::Value(value_of(kind, value)?),
    };
    let time = match object.get("time") {
        None | Some(Value::Null) => None,
        Some(time) => Some(time.as_f64().ok_or("its time is not a number")?),
    };
    // A record has no other constructor for this.
    let mut record = Record::new(path, ModelValue::Boolean(false));
    record.prefix = prefix;
    record.content = content;
    record.time = time;
    Ok(record)
}

/// The prefix and the path of a name.
fn split(name: &str) -> Result<(String, Path), String> {
    let (prefix, path) = split_name(name)?;
    let ids: Option<Vec<u16>> = match path {
        "/" => Some(Vec::new()),
        _ => path.split('/').skip(1).map(|id| id.parse().ok()).collect(),
    };
    // 65535 stands for an instance that the client is to number, so the numbers are read one by one.
    let path = ids
        .and_then(|ids| Path::from_ids(&ids))
        .ok_or("its path is not one, as /3/0/9 is")?;
    Ok((prefix.to_owned(), path))
}

fn value_of(kind: &str, value: &Value) -> Result<ModelValue, String> {
    let resource_type = type_named(kind).ok_or_else(|| format!("{kind} is not a type"))?;
    let wrong = || format!("its value {value} is not of type {kind}");
    let text = || value.as_str().map(str::to_owned).ok_or_else(wrong);
    use lwm2m_runtime::model::ResourceType as Type;
    Ok(match resource_type {
        Type::String => ModelValue::String(text()?),
        Type::Corelnk => ModelValue::Corelnk(text()?),
        Type::Integer => ModelValue::Integer(value.as_i64().ok_or_else(wrong)?),
        Type::Unsigned => ModelValue::Unsigned(value.as_u64().ok_or_else(wrong)?),
        Type::Float => ModelValue::Float(match value {
            Value::String(text) => text.parse().map_err(|_| wrong())?,
            other => other.as_f64().ok_or_else(wrong)?,
        }),
        Type::Boolean => ModelValue::Boolean(value.as_bool().ok_or_else(wrong)?),
        Type::Opaque => ModelValue::Opaque(hex(text()?.as_bytes()).map_err(|_| wrong())?),
        Type::Time => ModelValue::Time(Time(value.as_i64().ok_or_else(wrong)?)),
        Type::Objlnk => ModelValue::Objlnk(text()?.parse().map_err(|_| wrong())?),
        other => return Err(format!("{other} is not a type")),
    })
}
