//! The commands, and what they do.

use std::net::SocketAddr;

use example_console::{Output, escaped};
use lwm2m_runtime::{
    bootstrap::{Plan, Plans, Step},
    catalogue,
    configuration::PresentInstances,
    model::{Path, ValueRef, Version},
    net::{BootstrapServer, SessionInfo},
};
use serde_json::{Value as Json, json};

use crate::plan_file::{PlanFile, count};

const HELP: &str = "\
sessions                who is being configured right now
plans                   whom there are plans for
plan ENDPOINT           what a device of that name gets, without its secrets
begin ADDRESS:PORT ENDPOINT
                        configures a device that has not asked (LwM2M 1.0; later ones refuse)
end ENDPOINT            ends its session; it goes back to what it had
reload                  reads the file again; a wrong one changes nothing
help, quit";

/// A bootstrap server and whoever commands it.
pub(crate) struct Console {
    server: BootstrapServer,
    file: PlanFile,
    output: Output,
}

/// What came of a command: for people and as JSON, or why nothing.
type Outcome = Result<(String, Json), String>;

impl Console {
    pub(crate) const fn new(server: BootstrapServer, file: PlanFile, output: Output) -> Self {
        Self { server, file, output }
    }

    /// Does a command. `None` to quit, and else whether it went well.
    pub(crate) async fn line(&self, line: &str) -> Option<bool> {
        let (command, rest) = match line.trim().split_once(char::is_whitespace) {
            Some((command, rest)) => (command, rest.trim()),
            None => (line.trim(), ""),
        };
        let outcome = match (command, rest) {
            ("", _) => return Some(true),
            (comment, _) if comment.starts_with('#') => return Some(true),
            ("quit", "") => return None,
            ("help", "") => Ok((HELP.to_owned(), json!({"help": HELP}))),
            ("sessions", "") => self.sessions().await,
            ("plans", "") => self.plans().await,
            ("plan", endpoint) if !endpoint.is_empty() => self.plan(endpoint).await,
            ("begin", arguments) => self.begin(arguments).await,
            ("end", endpoint) if !endpoint.is_empty() => self.end(endpoint).await,
            ("reload", "") => self.reload().await,
            ("plan" | "end", _) => Err(format!("name an endpoint: `{command} ENDPOINT`")),
            ("quit" | "help" | "sessions" | "plans" | "reload", _) => {
                Err(format!("`{command}` stands alone"))
            }
            _ => Err(format!(
                "there is no command {}; `help` lists them",
                escaped(command)
            )),
        };
        match outcome {
            Ok((text, members)) => self.output.done(line, &text, members),
            Err(text) => {
                self.output.failed(line, &text, json!({}));
                return Some(false);
            }
        }
        Some(true)
    }

    /// What the signal does.
    pub(crate) async fn reload_unasked(&self) {
        match self.reload().await {
            Ok((text, members)) => self.output.announce("reloaded", &text, members),
            Err(text) => self
                .output
                .announce("not-reloaded", &text, json!({"error": text})),
        }
    }

    /// Takes the plans of the file, if nothing is wrong with them.
    async fn reload(&self) -> Outcome {
        let new = self.file.read(self.output);
        let new = new.map_err(|error| format!("{error}\nthe plans are what they were"))?;
        let told = count(&new);
        let members = json!({"endpoints": new.endpoints().count(), "patterns": new.patterns().count()});
        let replaced = self.server.plans(move |plans| *plans = new).await;
        replaced.map_err(|error| error.to_string())?;
        Ok((told, members))
    }

    async fn sessions(&self) -> Outcome {
        let mut sessions = self.open_sessions().await?;
        sessions.sort_by(|one, other| one.endpoint.cmp(&other.endpoint));
        let lines: Vec<String> = sessions
            .iter()
            .map(|session| {
                let version = session
                    .version
                    .map_or(String::new(), |version| format!("LwM2M {version}, "));
                format!(
                    "{} at {}, {version}since {} s",
                    escaped(&session.endpoint),
                    session.address,
                    session.started.as_secs()
                )
            })
            .collect();
        let members: Vec<Json> = sessions
            .iter()
            .map(|session| {
                json!({
                    "endpoint": &*session.endpoint,
                    "address": session.address.to_string(),
                    "version": session.version.map(|version| version.to_string()),
                    "seconds": session.started.as_secs(),
                })
            })
            .collect();
        let text = match lines.is_empty() {
            true => "nobody is being configured".to_owned(),
            false => lines.join("\n"),
        };
        Ok((text, json!({"sessions": members})))
    }

    async fn open_sessions(&self) -> Result<Vec<SessionInfo>, String> {
        self.server.sessions().await.map_err(|error| error.to_string())
    }

    async fn plans(&self) -> Outcome {
        let all = self.server.plans(|plans| {
            let endpoints = plans.endpoints().map(|(name, plan)| ("endpoint", name, plan));
            let patterns = plans.patterns().map(|(name, plan)| ("pattern", name, plan));
            let all = endpoints.chain(patterns);
            all.map(|(kind, name, plan)| (kind, name.to_owned(), servers(plan)))
                .collect::<Vec<_>>()
        });
        let all = all.await.map_err(|error| error.to_string())?;
        let lines: Vec<String> = all
            .iter()
            .map(|(kind, name, servers)| format!("{kind} {}: {}", escaped(name), list(servers)))
            .collect();
        let members: Vec<Json> = all
            .iter()
            .map(|(kind, name, servers)| {
                let servers: Vec<Json> = servers
                    .iter()
                    .map(|(id, uri)| json!({"short_server_id": id, "uri": uri}))
                    .collect();
                json!({*kind: name, "servers": servers})
            })
            .collect();
        let text = match lines.is_empty() {
            true => "there is no plan: nobody is configured".to_owned(),
            false => lines.join("\n"),
        };
        Ok((text, json!({"plans": members})))
    }

    async fn plan(&self, endpoint: &str) -> Outcome {
        let wanted = endpoint.to_owned();
        let found = self
            .server
            .plans(move |plans: &mut Plans| plans.find(&wanted).cloned())
            .await;
        let plan = found
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("no plan is for {}; `plans` lists them", escaped(endpoint)))?;
        let steps: Vec<String> = plan.steps.iter().map(|step| word(*step)).collect();
        // As for a device of LwM2M 1.2 that has nothing but its account here.
        let mut device = PresentInstances::new(Version::V1_2);
        device.insert(Path::instance(0, 0), None);
        let values = plan.configuration.number(Some(&device));
        let values = values.map_err(|error| error.to_string())?;
        let rows: Vec<(String, &str, String)> = values
            .below(Path::ROOT)
            .map(|(path, value)| (path.to_string(), name(path), shown(path, value)))
            .collect();
        let width =
            |column: fn(&(String, &str, String)) -> usize| rows.iter().map(column).max().unwrap_or_default();
        let (first, second) = (width(|row| row.0.len()), width(|row| row.1.len()));
        let mut text = format!("steps: {}\n", steps.join(", "));
        for (path, name, value) in &rows {
            text += &format!("{path:first$}  {name:second$}  {value}\n");
        }
        let members: serde_json::Map<String, Json> = rows
            .into_iter()
            .map(|(path, _, value)| (path, json!(value)))
            .collect();
        Ok((text, json!({"steps": steps, "values": members})))
    }

    async fn begin(&self, arguments: &str) -> Outcome {
        let usage = "name both: `begin ADDRESS:PORT ENDPOINT`, as in `begin 192.0.2.7:5683 sensor-7`";
        let (address, endpoint) = arguments.split_once(char::is_whitespace).ok_or(usage)?;
        let address: SocketAddr = address
            .parse()
            .map_err(|_| format!("{} is no address with a port; {usage}", escaped(address)))?;
        let begun = self.server.begin(address, endpoint.trim()).await;
        begun.map_err(|error| error.to_string())?;
        Ok((String::new(), json!({})))
    }

    async fn end(&self, endpoint: &str) -> Outcome {
        let sessions = self.open_sessions().await?;
        let open = sessions.iter().find(|session| &*session.endpoint == endpoint);
        let none = || {
            format!(
                "{} is not being configured; `sessions` lists who is",
                escaped(endpoint)
            )
        };
        let session = open.ok_or_else(none)?;
        match self.server.end(session.id).await {
            Ok(true) => Ok((String::new(), json!({}))),
            Ok(false) => Err(none()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The accounts at servers of a plan.
fn servers(plan: &Plan) -> Vec<(i64, String)> {
    let accounts = plan.configuration.servers.iter();
    accounts
        .map(|account| {
            let uri = account.security.lwm2m_server_uri.clone().unwrap_or_default();
            (account.server.short_server_id, uri)
        })
        .collect()
}

fn list(servers: &[(i64, String)]) -> String {
    let all: Vec<String> = servers
        .iter()
        .map(|(id, uri)| format!("server {id} at {}", escaped(uri)))
        .collect();
    match all.is_empty() {
        true => "no server".to_owned(),
        false => all.join(", "),
    }
}

/// A step as the file writes it.
fn word(step: Step) -> String {
    match step {
        Step::Discover(path) => format!("discover {path}"),
        Step::Read(path) => format!("read {path}"),
        Step::Delete(path) => format!("delete {path}"),
        Step::Prune => "prune".to_owned(),
        Step::Write(path) => format!("write {path}"),
        other => format!("{other:?}"),
    }
}

/// What a resource is called.
fn name(path: Path) -> &'static str {
    let object = path.object_id().and_then(catalogue::latest);
    let resource = path.resource_id().zip(object);
    resource
        .and_then(|(id, object)| object.resource(id))
        .map_or("", |resource| resource.name())
}

/// A value, unless it is a secret.
fn shown(path: Path, value: ValueRef<'_>) -> String {
    let ids = path.ids();
    match (&*ids, value) {
        // Secret Key, SMS Binding Secret Key(s), the OSCORE Master Secret.
        ([0, _, 5 | 8, ..] | [21, _, 0, ..], ValueRef::Opaque(bytes)) if !bytes.is_empty() => {
            format!("({} secret bytes)", bytes.len())
        }
        (_, ValueRef::String(text)) => format!("\"{}\"", escaped(text)),
        (_, value) => value.to_string(),
    }
}
