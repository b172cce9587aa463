//! How things look: for people, and as JSON.

use std::time::Duration;

use example_console::escaped;
use lwm2m_runtime::{
    encoding::{Content, Definitions, Record},
    model::Path,
    net::{DiscoveredLink, QueuedRequest, RegistrationInfo},
};
use serde_json::{Value as Json, json};

use crate::values::{Models, json, shown};

/// Values as a table: path, name, value.
pub(crate) fn table(records: &[Record], models: &Models<'_>) -> String {
    let rows: Vec<_> = records
        .iter()
        .map(|record| {
            let resource = models.resource(record.path);
            let value = match &record.content {
                Content::Value(value) => shown(value, resource),
                _ => "(empty)".to_owned(),
            };
            let time = record.time.map(|time| format!("  at {time}")).unwrap_or_default();
            let name = resource.map_or("", |resource| resource.name());
            (record.path.to_string(), name, value + &time)
        })
        .collect();
    let path_width = rows.iter().map(|(path, ..)| path.len()).max().unwrap_or(0);
    let name_width = rows
        .iter()
        .map(|(_, name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    rows.iter()
        .map(|(path, name, value)| format!("{path:path_width$}  {name:name_width$}  {value}\n"))
        .collect()
}

/// Values as JSON.
pub(crate) fn values(records: &[Record], models: &Models<'_>) -> Json {
    records.iter().map(|record| json(record, models)).collect()
}

/// One registration, as a line.
pub(crate) fn summary(registration: &RegistrationInfo) -> String {
    let RegistrationInfo {
        endpoint,
        address,
        version,
        lifetime,
        ..
    } = registration;
    let objects: Vec<_> = registration.paths().iter().map(Path::to_string).collect();
    let sleep = sleep(registration).map_or(String::new(), |sleep| format!(", {sleep}"));
    format!(
        "{} at {address}, LwM2M {version}, lifetime {lifetime} s{sleep}: {}",
        escaped(endpoint),
        objects.join(" ")
    )
}

/// Whether a device sleeps that does so at times.
fn sleep(registration: &RegistrationInfo) -> Option<String> {
    Some(match registration.listens_for? {
        Duration::ZERO => "asleep".to_owned(),
        more => format!("awake for {}", seconds(more)),
    })
}

/// Whole seconds, and none only where there is none.
fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_millis().div_ceil(1000))
}

/// What a device is still to be asked.
pub(crate) fn queue(registration: &RegistrationInfo, queue: &[QueuedRequest]) -> String {
    let endpoint = escaped(&registration.endpoint);
    let state = sleep(registration).unwrap_or_else(|| "always awake".to_owned());
    if queue.is_empty() {
        return format!("{endpoint} is {state}, and nothing waits for it");
    }
    let rows = queue.iter().map(|queued| {
        let state = match (queued.sent, queued.expires_in) {
            (true, _) => "on its way".to_owned(),
            (false, None) => "waits".to_owned(),
            (false, Some(left)) => format!("waits for {} at most", seconds(left)),
        };
        format!("{} {}  {state}\n", queued.operation, queued.path)
    });
    format!("{endpoint} is {state}\n") + &rows.collect::<String>()
}

/// What a device is still to be asked, as JSON.
pub(crate) fn queue_json(registration: &RegistrationInfo, queue: &[QueuedRequest]) -> Json {
    let list: Vec<_> = queue
        .iter()
        .map(|queued| {
            json!({
                "operation": queued.operation.name(),
                "path": queued.path.to_string(),
                "sent": queued.sent,
                "seconds": queued.expires_in.map(|left| left.as_secs()),
            })
        })
        .collect();
    json!({"asleep": registration.is_asleep(), "queue": list})
}

/// One registration with the names of its objects.
pub(crate) fn details(registration: &RegistrationInfo) -> String {
    let models = Models(registration);
    let mut text = format!(
        "{} at {}\n  LwM2M {}, lifetime {} s, binding {}{}, registered {} s ago, seen {} s ago\n",
        escaped(&registration.endpoint),
        registration.address,
        registration.version,
        registration.lifetime,
        registration.binding,
        sleep(registration).map_or(String::new(), |sleep| format!(", {sleep}")),
        registration.registered.as_secs(),
        registration.seen.as_secs(),
    );
    for object in registration.objects.iter() {
        let known = models.object(object.id);
        let name = known.map_or("(unknown)", |object| object.name());
        let instances: Vec<_> = object.instances.iter().map(u16::to_string).collect();
        let read_as = match known {
            Some(known) if known.version() != object.version => format!(", read as {}", known.version()),
            _ => String::new(),
        };
        text += &format!(
            "  {:5} {name} {}{read_as}: {}\n",
            object.id,
            object.version,
            instances.join(", ")
        );
    }
    text
}

/// One registration as JSON.
pub(crate) fn registration(registration: &RegistrationInfo) -> Json {
    let models = Models(registration);
    let objects: Vec<_> = registration
        .objects
        .iter()
        .map(|object| {
            let known = models.object(object.id);
            json!({
                "object": object.id,
                "version": object.version.to_string(),
                "instances": object.instances,
                "name": known.map(|definition| definition.name()),
                "read_as": known.map(|definition| definition.version().to_string()),
            })
        })
        .collect();
    json!({
        "endpoint": &*registration.endpoint,
        "address": registration.address.to_string(),
        "version": registration.version.to_string(),
        "lifetime": registration.lifetime,
        "binding": registration.binding.to_string(),
        "queue": registration.queue_mode,
        "asleep": registration.is_asleep(),
        "root": registration.alternate_path,
        "objects": objects,
    })
}

/// What a Discover found, as a table.
pub(crate) fn links(links: &[DiscoveredLink], models: &Models<'_>) -> String {
    let rows: Vec<_> = links
        .iter()
        .map(|link| {
            let object = link.path.object_id().and_then(|id| models.object(id));
            let name = match link.path.depth() {
                1 => object.map(|object| object.name()),
                3 => models.resource(link.path).map(|resource| resource.name()),
                _ => None,
            };
            (link.path.to_string(), name.unwrap_or_default(), attributes(link))
        })
        .collect();
    let width = rows.iter().map(|(path, ..)| path.len()).max().unwrap_or(0);
    rows.iter()
        .map(|(path, name, attributes)| {
            let line = format!("{path:width$}  {name}  {attributes}");
            format!("{}\n", line.trim_end())
        })
        .collect()
}

/// What a Discover found, as JSON.
pub(crate) fn links_json(links: &[DiscoveredLink]) -> Json {
    links
        .iter()
        .map(|link| json!({"path": link.path.to_string(), "attributes": attributes(link)}))
        .collect()
}

/// `ver=1.1;dim=2;pmin=10`.
fn attributes(link: &DiscoveredLink) -> String {
    let mut list = Vec::new();
    list.extend(link.version.map(|version| format!("ver={version}")));
    list.extend(link.dimension.map(|instances| format!("dim={instances}")));
    let each: Result<(), ()> = link.attributes.each(|name, value| {
        list.push(format!("{name}={value}"));
        Ok(())
    });
    // Nothing in there fails.
    let _ = each;
    list.join(";")
}
