//! What the program says: lines for people, or JSON for scripts.

use std::{
    cell::Cell,
    io::{self, Write},
};

use lwm2m_runtime::{
    catalogue,
    client::{BOOTSTRAP_SERVER, Client, Event, State},
    model::{Path, Value, ValueRef},
};
use serde_json::{Value as Json, json};

use crate::{failures, values::Ran};

/// Counts and prints.
#[derive(Debug)]
pub(crate) struct Report {
    json: bool,
    /// Whether each event is worth a line.
    single: bool,
    pub(crate) counts: Counts,
}

/// What happened to all devices together.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Devices that are registered.
    pub(crate) registered: Cell<u64>,
    /// Attempts to register that failed.
    pub(crate) failures: Cell<u64>,
    pub(crate) updates: Cell<u64>,
    /// Requests of servers.
    pub(crate) requests: Cell<u64>,
    pub(crate) datagrams_in: Cell<u64>,
    pub(crate) datagrams_out: Cell<u64>,
    /// Datagrams that the system had no room for.
    pub(crate) dropped: Cell<u64>,
}

/// Adds one.
pub(crate) fn count(counter: &Cell<u64>) {
    counter.set(counter.get() + 1);
}

impl Report {
    pub(crate) fn new(json: bool, single: bool) -> Self {
        Self {
            json,
            single,
            counts: Counts::default(),
        }
    }

    /// An event of a device's engine.
    /// With several servers each line says which.
    pub(crate) fn event(&self, endpoint: &str, client: &Client, event: &Event) {
        let several = client.servers().nth(1).is_some();
        let by = |server: &u16| match several {
            true => format!(" by server {server}"),
            false => String::new(),
        };
        match event {
            Event::Registered { server, version } => self.line(
                endpoint,
                "registered",
                format_args!("registered with server {server}, LwM2M {version}"),
                json!({"server": server, "version": version.to_string()}),
            ),
            Event::RegistrationFailed { server, failure } => self.line(
                endpoint,
                "registration-failed",
                format_args!(
                    "server {server} did not register the device: {}",
                    failures::registration(*failure)
                ),
                json!({"server": server, "failure": format!("{failure:?}")}),
            ),
            Event::Updated { server } => self.line(
                endpoint,
                "updated",
                format_args!("updated the registration with server {server}"),
                json!({"server": server}),
            ),
            Event::Deregistered { server } => {
                let disabled = client.state(*server) == Some(State::Disabled);
                let why = if disabled {
                    ", which wants it to stay away for a while"
                } else {
                    ""
                };
                self.line(
                    endpoint,
                    "deregistered",
                    format_args!("no longer registered with server {server}{why}"),
                    json!({"server": server, "disabled": disabled}),
                );
            }
            Event::Written { path, server } => self.path(endpoint, "written", *path, *server, &by(server)),
            Event::Created { path, server } => self.path(endpoint, "created", *path, *server, &by(server)),
            Event::Deleted { path, server } => self.path(endpoint, "deleted", *path, *server, &by(server)),
            Event::ObservationStarted { path, server } => {
                self.path(endpoint, "observed", *path, *server, &by(server))
            }
            Event::ObservationEnded { path, server } => {
                self.path(endpoint, "no longer observed", *path, *server, &by(server));
            }
            Event::Sent { server, .. } => self.line(
                endpoint,
                "sent",
                format_args!("server {server} took what was sent"),
                json!({"server": server}),
            ),
            Event::SendFailed { server, failure, .. } => self.line(
                endpoint,
                "send-failed",
                format_args!(
                    "server {server} did not take what was sent: {}",
                    failures::send(*failure)
                ),
                json!({"server": server, "failure": format!("{failure:?}")}),
            ),
            Event::BootstrapNeeded { server } => {
                let why = match server {
                    None => "there is no account at a server".to_owned(),
                    Some(server) => format!("server {server} wants it, or cannot be registered with"),
                };
                self.line(
                    endpoint,
                    "bootstrap-needed",
                    format_args!("a bootstrap is needed: {why}"),
                    json!({"server": server}),
                );
            }
            Event::Connect { server, uri, .. } if *server == BOOTSTRAP_SERVER => self.line(
                endpoint,
                "bootstrapping",
                format_args!("asks {uri} for a configuration"),
                json!({"uri": uri}),
            ),
            Event::BootstrapFinished => self.line(
                endpoint,
                "bootstrapped",
                format_args!("configured by the bootstrap server"),
                json!({}),
            ),
            Event::BootstrapFailed { failure } => self.line(
                endpoint,
                "bootstrap-failed",
                format_args!(
                    "not configured by the bootstrap server: {}",
                    failures::bootstrap(*failure)
                ),
                json!({"failure": format!("{failure:?}")}),
            ),
            Event::BootstrapAccountRemoved => self.line(
                endpoint,
                "bootstrap-account-removed",
                format_args!("the account at the bootstrap server has served its time"),
                json!({}),
            ),
            Event::Asleep => self.line(
                endpoint,
                "asleep",
                format_args!("asleep: servers keep what they have to ask"),
                json!({}),
            ),
            Event::Awake => self.line(endpoint, "awake", format_args!("awake"), json!({})),
            _ => {}
        }
    }

    /// A server has executed something.
    pub(crate) fn ran(&self, endpoint: &str, ran: &Ran) {
        let Ran { path, arguments } = ran;
        let with = if arguments.is_empty() { "" } else { " with " };
        self.line(
            endpoint,
            "executed",
            format_args!("executed {path}{}{with}{arguments}", named(*path)),
            json!({"path": path.to_string(), "arguments": arguments}),
        );
    }

    /// A value, as was asked for.
    pub(crate) fn value(&self, endpoint: &str, path: Path, value: ValueRef<'_>) {
        let value = value.to_value();
        let json = match &value {
            Value::String(text) | Value::Corelnk(text) => json!(text),
            Value::Integer(number) => json!(number),
            Value::Unsigned(number) => json!(number),
            Value::Float(number) => json!(number),
            Value::Boolean(flag) => json!(flag),
            Value::Time(time) => json!(time.0),
            other => json!(other.to_string()),
        };
        self.line(
            endpoint,
            "value",
            format_args!("{path}{} = {value}", named(path)),
            json!({"path": path.to_string(), "value": json}),
        );
    }

    /// Something else about a device.
    pub(crate) fn note(&self, endpoint: &str, event: &str, text: &str) {
        self.line(endpoint, event, format_args!("{text}"), json!({"text": text}));
    }

    fn path(&self, endpoint: &str, event: &str, path: Path, server: u16, by: &str) {
        self.line(
            endpoint,
            event,
            format_args!("{event} {path}{}{by}", named(path)),
            json!({"path": path.to_string(), "server": server}),
        );
    }

    /// Something about a device: for people, and as JSON.
    pub(crate) fn line(&self, endpoint: &str, event: &str, text: std::fmt::Arguments<'_>, members: Json) {
        if self.json {
            let mut line = json!({"event": event, "endpoint": endpoint});
            if let (Some(line), Json::Object(members)) = (line.as_object_mut(), members) {
                line.extend(members);
            }
            print(format_args!("{line}"));
        } else if self.single {
            print(format_args!("{text}"));
        }
    }

    /// One line of its own, for people and as JSON.
    pub(crate) fn say(&self, text: std::fmt::Arguments<'_>, json: Json) {
        match self.json {
            true => print(format_args!("{json}")),
            false => print(text),
        }
    }
}

fn print(line: std::fmt::Arguments<'_>) {
    let mut out = io::stdout().lock();
    // Whoever reads may have read enough.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// The names of what a path leads to, as ` (Temperature: Sensor Value)`.
pub(crate) fn named(path: Path) -> String {
    let definition = path.object_id().and_then(catalogue::latest);
    let resource = path.resource_id().and_then(|id| definition?.resource(id));
    match (definition, resource) {
        (Some(definition), Some(resource)) => format!(" ({}: {})", definition.name(), resource.name()),
        (Some(definition), None) => format!(" ({})", definition.name()),
        _ => String::new(),
    }
}
