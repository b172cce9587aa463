//! What happens in sessions, told.

use std::collections::HashMap;

use lwm2m_runtime::{
    bootstrap::{Event, SessionId},
    configuration::PresentInstances,
    encoding::{Content, ContentFormat, Decoder, Definitions},
    model::{ObjectDefinition, Path},
    net::{BootstrapEvents, BootstrapServer},
    operation::Status,
};
use serde_json::{Value as Json, json};

use example_console::{Output, escaped};

/// Tells all events until the server has stopped.
pub(crate) async fn tell(mut events: BootstrapEvents, server: BootstrapServer, output: Output) {
    let mut names: HashMap<SessionId, String> = HashMap::new();
    while let Some(event) = events.next().await {
        let missed = events.take_missed();
        if missed > 0 {
            let text = format!("{missed} events were not told: too many at once");
            output.event("missed", &text, json!({"events": missed}));
        }
        if let Event::Started {
            session, endpoint, ..
        } = &event
        {
            names.insert(*session, endpoint.clone());
        }
        let name = |session: &SessionId| names.get(session).cloned().unwrap_or_default();
        let (what, text, members) = match &event {
            Event::Refused {
                endpoint: Some(endpoint),
                peer,
                status: Status::BadRequest,
            } if has_no_plan(&server, endpoint).await => (
                "refused",
                format!(
                    "{} at {} is refused: no plan is for it",
                    escaped(endpoint),
                    peer.address
                ),
                json!({"endpoint": endpoint, "address": peer.address.to_string(), "status": "4.00", "plan": false}),
            ),
            event => match told(event, &name) {
                Some(told) => told,
                None => continue,
            },
        };
        output.event(what, &text, members);
        if let Event::Finished { session, .. } | Event::Failed { session, .. } = &event {
            names.remove(session);
        }
    }
}

async fn has_no_plan(server: &BootstrapServer, endpoint: &str) -> bool {
    let endpoint = endpoint.to_owned();
    let found = server.plans(move |plans| plans.find(&endpoint).is_some()).await;
    found == Ok(false)
}

/// The name of an event, a line about it, and its members.
fn told(event: &Event, name: &impl Fn(&SessionId) -> String) -> Option<(&'static str, String, Json)> {
    Some(match event {
        Event::Started { endpoint, peer, .. } => (
            "started",
            format!("{} at {} is being configured", escaped(endpoint), peer.address),
            json!({"endpoint": endpoint, "address": peer.address.to_string()}),
        ),
        Event::Refused {
            endpoint,
            peer,
            status,
        } => {
            let who = endpoint.as_deref().map_or("somebody".into(), escaped);
            (
                "refused",
                format!("{who} at {} is refused: {status}", peer.address),
                json!({
                    "endpoint": endpoint,
                    "address": peer.address.to_string(),
                    "status": status.code().to_string(),
                }),
            )
        }
        Event::Discovered { session, present } => discovered(&name(session), present),
        Event::Read {
            session,
            path,
            payload: Some((format, bytes)),
        } => read(&name(session), *path, *format, bytes),
        // The answer that follows says why.
        Event::Read { .. } => return None,
        Event::Answered {
            session,
            operation,
            path,
            status,
        } => {
            let endpoint = name(session);
            (
                "answered",
                format!("{}: {operation} {path}: {status}", escaped(&endpoint)),
                json!({
                    "endpoint": endpoint,
                    "operation": operation.to_string(),
                    "path": path.to_string(),
                    "status": status.code().to_string(),
                }),
            )
        }
        Event::Skipped { session, reason } => {
            let endpoint = name(session);
            (
                "skipped",
                format!("{}: a step was left out: {reason}", escaped(&endpoint)),
                json!({"endpoint": endpoint, "reason": reason.to_string()}),
            )
        }
        Event::Retried { session, status } => {
            let endpoint = name(session);
            (
                "retried",
                format!(
                    "{}: not finished ({status}), and again from the beginning",
                    escaped(&endpoint)
                ),
                json!({"endpoint": endpoint, "status": status.code().to_string()}),
            )
        }
        Event::Finished { endpoint, .. } => (
            "finished",
            format!("{} is configured", escaped(endpoint)),
            json!({"endpoint": endpoint}),
        ),
        Event::Failed {
            endpoint, failure, ..
        } => (
            "failed",
            format!("{} is not configured: {failure}", escaped(endpoint)),
            json!({"endpoint": endpoint, "reason": failure.to_string()}),
        ),
        Event::Packed { endpoint, peer } => (
            "packed",
            format!(
                "{} at {} has its configuration in one answer",
                escaped(endpoint),
                peer.address
            ),
            json!({"endpoint": endpoint, "address": peer.address.to_string()}),
        ),
        // What later versions tell.
        other => ("other", format!("{other:?}"), json!({})),
    })
}

fn discovered(endpoint: &str, present: &PresentInstances) -> (&'static str, String, Json) {
    let list = |(path, server): (Path, Option<u16>)| match server {
        Some(server) => format!("{path} (server {server})"),
        None => path.to_string(),
    };
    let shown: Vec<String> = present.instances().map(list).collect();
    let instances: Vec<Json> = present
        .instances()
        .map(|(path, server)| json!({"path": path.to_string(), "server": server}))
        .collect();
    (
        "discovered",
        format!(
            "{} has LwM2M {} and {}",
            escaped(endpoint),
            present.version(),
            match shown.is_empty() {
                true => "no instance".to_owned(),
                false => shown.join(", "),
            }
        ),
        json!({"endpoint": endpoint, "version": present.version().to_string(), "instances": instances}),
    )
}

/// The newest definitions of the registry.
struct Registry;

impl Definitions for Registry {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        lwm2m_runtime::catalogue::latest(id)
    }
}

fn read(endpoint: &str, path: Path, format: ContentFormat, bytes: &[u8]) -> (&'static str, String, Json) {
    let records = format.format().and_then(|format| {
        let decoder = Decoder::new(format, path).with_definitions(&Registry);
        let reader = decoder.read(bytes).ok()?;
        reader.collect().ok()
    });
    let values: Vec<(String, String)> = records
        .iter()
        .flatten()
        .filter_map(|record| match &record.content {
            Content::Value(value) => Some((record.path.to_string(), value.to_string())),
            _ => None,
        })
        .collect();
    let shown: Vec<String> = values
        .iter()
        .map(|(path, value)| format!("{path}={}", escaped(value)))
        .collect();
    let text = match records {
        Some(_) => shown.join(" "),
        None => format!(
            "{} bytes of Content-Format {format} that cannot be read",
            bytes.len()
        ),
    };
    let members: serde_json::Map<String, Json> = values
        .into_iter()
        .map(|(path, value)| (path, json!(value)))
        .collect();
    (
        "read",
        format!("{} has {text}", escaped(endpoint)),
        json!({"endpoint": endpoint, "path": path.to_string(), "values": members}),
    )
}
