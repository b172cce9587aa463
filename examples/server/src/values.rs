//! Values as people and scripts write and read them.

use std::{fs, sync::LazyLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use lwm2m_runtime::{
    encoding::{Content, Decoder, Definitions, Format, Record},
    model::{ObjectDefinition, Path, ResourceDefinition, ResourceType, Time, Value},
    net::RegistrationInfo,
    operation::implied_version,
    server::ServerConfig,
};
use serde_json::{Map, Value as Json, json};

use crate::ask::Assignment;

/// What the server knows of objects.
static KNOWN: LazyLock<ServerConfig> = LazyLock::new(ServerConfig::default);

/// The definitions of one device's objects, in the versions that it has or the nearest ones of the same major version.
pub(crate) struct Models<'a>(pub(crate) &'a RegistrationInfo);

impl Definitions for Models<'_> {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        let listed = self.0.objects.get(id).map(|listed| listed.version);
        KNOWN
            .models
            .object(id, listed.unwrap_or_else(|| implied_version(id, self.0.version)))
    }
}

impl Models<'_> {
    /// The definition of the resource that a path leads to.
    pub(crate) fn resource(&self, path: Path) -> Option<&'static ResourceDefinition> {
        self.object(path.object_id()?)?.resource(path.resource_id()?)
    }

    /// The records of assignments below a path.
    pub(crate) fn records(&self, base: Path, assignments: &[Assignment]) -> Result<Vec<Record>, String> {
        assignments
            .iter()
            .map(|Assignment { to, value }| {
                let path = below(base, to)?;
                let value = self.value(path, value)?;
                Ok(Record::new(path, value))
            })
            .collect()
    }

    /// A value of the type that the definition gives the resource, or that the text looks like.
    fn value(&self, path: Path, text: &str) -> Result<Value, String> {
        let resource = self.resource(path);
        let kind = resource.and_then(ResourceDefinition::resource_type);
        if let Some(name) = text.strip_prefix('@') {
            let bytes = fs::read(name).map_err(|error| format!("{name}: {error}"))?;
            return match kind {
                None | Some(ResourceType::Opaque) => Ok(Value::Opaque(bytes)),
                Some(kind) => Err(format!(
                    "{path} is of type {}; only bytes come from files",
                    kind.name()
                )),
            };
        }
        let Some(kind) = kind else {
            return match resource {
                Some(resource) => Err(format!("{path} {} has no value; `exec` it", resource.name())),
                None => Ok(guess(text)),
            };
        };
        let text = match (kind, text) {
            (ResourceType::Boolean, "true") => "1",
            (ResourceType::Boolean, "false") => "0",
            _ => text,
        };
        // The plain text of LwM2M: seconds for a time, Base64 for bytes.
        let path_of_one = match path.depth() {
            3 if resource.is_some_and(ResourceDefinition::multiple) => path.child(0).unwrap_or(path),
            _ => path,
        };
        let mut reader = Decoder::new(Format::Text, path_of_one)
            .with_definitions(self)
            .read(text.as_bytes())
            .map_err(|error| format!("{path}: {error}"))?;
        let record = reader
            .next()
            .map_err(|error| format!("{text:?} is no {} for {path}: {error}", kind.name()))?;
        record
            .and_then(|record| record.to_record().content.value())
            .ok_or_else(|| format!("{path} has no value"))
    }
}

/// The path of an assignment: its own, or one below the command's.
fn below(base: Path, to: &str) -> Result<Path, String> {
    if to.is_empty() {
        return Ok(base);
    }
    if to.starts_with('/') {
        return to
            .parse()
            .map_err(|_| format!("{to:?} is no path, as /3/0/15 is"));
    }
    to.split('/').try_fold(base, |path, id| {
        id.parse()
            .ok()
            .and_then(|id| path.child(id))
            .ok_or_else(|| format!("{to:?} is no identifier below {base}"))
    })
}

/// A value without a definition.
fn guess(text: &str) -> Value {
    if let Ok(number) = text.parse() {
        Value::Integer(number)
    } else if let Ok(number) = text.parse() {
        Value::Float(number)
    } else {
        match text {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            text => Value::String(text.to_owned()),
        }
    }
}

/// A value for people.
pub(crate) fn shown(value: &Value, resource: Option<&ResourceDefinition>) -> String {
    let units = resource
        .map(|resource| resource.units())
        .filter(|units| !units.is_empty());
    let label = match value {
        Value::Integer(code) => resource
            .and_then(|resource| resource.enumeration())
            .and_then(|codes| codes.label(*code)),
        _ => None,
    };
    let text = match value {
        Value::String(text) | Value::Corelnk(text) => format!("{text:?}"),
        Value::Opaque(bytes) => {
            let more = if bytes.len() > 24 { ".." } else { "" };
            let hex: String = bytes.iter().take(24).map(|byte| format!("{byte:02x}")).collect();
            format!("{} bytes {hex}{more}", bytes.len())
        }
        Value::Time(Time(seconds)) => format!("{seconds} ({})", calendar(*seconds)),
        value => value.to_string(),
    };
    match (units, label) {
        (_, Some(label)) => format!("{text} ({label})"),
        (Some(units), None) => format!("{text} {units}"),
        (None, None) => text,
    }
}

/// A record as JSON: `{path, value, type, name, units, time}`.
pub(crate) fn json(record: &Record, models: &Models<'_>) -> Json {
    let mut object = Map::new();
    object.insert("path".to_owned(), record.path.to_string().into());
    match &record.content {
        Content::Value(value) => {
            object.insert("value".to_owned(), json_value(value));
            object.insert("type".to_owned(), value.resource_type().name().into());
        }
        _ => {
            object.insert("value".to_owned(), Json::Null);
        }
    }
    if let Some(resource) = models.resource(record.path) {
        object.insert("name".to_owned(), resource.name().into());
        if !resource.units().is_empty() {
            object.insert("units".to_owned(), resource.units().into());
        }
    }
    if let Some(time) = record.time {
        object.insert("time".to_owned(), json!(time));
    }
    Json::Object(object)
}

fn json_value(value: &Value) -> Json {
    match value {
        Value::String(text) | Value::Corelnk(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Unsigned(number) => json!(number),
        // JSON has neither NaN nor infinities.
        Value::Float(number) if !number.is_finite() => json!(number.to_string()),
        Value::Float(number) => json!(number),
        Value::Boolean(flag) => json!(flag),
        Value::Time(Time(seconds)) => json!(seconds),
        Value::Opaque(bytes) => json!(STANDARD.encode(bytes)),
        other => json!(other.to_string()),
    }
}

/// Seconds since 1970 as a date of the Gregorian calendar, in UTC.
fn calendar(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400);
    let time = seconds.rem_euclid(86_400);
    // Years begin in March here, so that the day that some have more is the last.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_dates() {
        assert_eq!(calendar(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(calendar(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(calendar(1_709_164_800 - 1), "2024-02-28 23:59:59 UTC");
        assert_eq!(calendar(-1), "1969-12-31 23:59:59 UTC");
    }

    #[test]
    fn a_path_below_another_is_found() {
        let base = Path::instance(3303, 0);
        assert_eq!(below(base, "5750"), Ok(Path::resource(3303, 0, 5750)));
        assert_eq!(
            below(base, "5750/1"),
            Ok(Path::resource_instance(3303, 0, 5750, 1))
        );
        assert_eq!(below(base, "/3/0/15"), Ok(Path::resource(3, 0, 15)));
        assert!(below(base, "x").is_err());
    }
}
