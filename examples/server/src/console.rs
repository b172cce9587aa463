//! Does what commands say.

use std::{collections::HashMap, sync::Arc, time::Duration};

use lwm2m_runtime::{
    encoding::{Decoder, Record},
    link::{AttributeChanges, Links, ObjectLink},
    model::Path,
    net::{Device, DeviceError, DiscoveredLink, RegistrationInfo, Server, ServerEvent},
    operation::Status,
    server::Answer,
};
use serde_json::{Value as Json, json};
use tokio::task::JoinHandle;

use crate::{
    command::{Ask, Awaited, Command, HELP},
    happenings::{Happening, Happenings},
    output::{self, Output, escaped},
    request,
    values::Models,
};

/// A server and whoever commands it.
pub(crate) struct Console {
    server: Server,
    output: Output,
    happenings: Arc<Happenings>,
    /// The tasks that print notifications, by what is observed.
    observations: HashMap<(String, Vec<Path>), JoinHandle<()>>,
}

/// What came of a command: for people and as JSON.
type Outcome = Result<(String, Json), Failed>;

/// What went wrong, and more about it as JSON.
struct Failed(String, Json);

impl<T: Into<String>> From<T> for Failed {
    fn from(text: T) -> Self {
        Self(text.into(), json!({}))
    }
}

fn failed(error: &DeviceError) -> Failed {
    let status = error.status().map(|status| status.code().to_string());
    let members = status.map_or(json!({}), |status| json!({"status": status}));
    Failed(error.to_string(), members)
}

impl Console {
    /// A console that begins to tell what happens.
    pub(crate) async fn new(server: Server, output: Output) -> Self {
        let console = Self {
            happenings: Arc::default(),
            observations: HashMap::new(),
            server,
            output,
        };
        console.tell_registrations().await;
        console.tell_sends().await;
        console
    }

    /// Does a command. `None` to quit, and else whether it went well.
    pub(crate) async fn line(&mut self, line: &str) -> Option<bool> {
        let outcome = match Command::parse(line) {
            Ok(None) => return Some(true),
            Ok(Some(Command::Quit)) => return None,
            Ok(Some(command)) => self.command(command).await,
            Err(text) => Err(text.into()),
        };
        match outcome {
            Ok((text, members)) => self.output.done(line, &text, members),
            Err(Failed(text, members)) => {
                self.output.failed(line, &text, members);
                return Some(false);
            }
        }
        Some(true)
    }

    async fn command(&mut self, command: Command) -> Outcome {
        match command {
            Command::Help => Ok((HELP.to_owned(), json!({"help": HELP}))),
            // The caller's.
            Command::Quit => Ok((String::new(), json!({}))),
            Command::Clients => {
                let mut clients = self
                    .server
                    .registrations()
                    .await
                    .map_err(|error| failed(&error))?;
                clients.sort_by(|a, b| a.endpoint.cmp(&b.endpoint));
                let lines: String = clients.iter().map(|one| output::summary(one) + "\n").collect();
                let text = if lines.is_empty() {
                    "nobody is registered".to_owned()
                } else {
                    lines
                };
                let clients: Json = clients.iter().map(output::registration).collect();
                Ok((text, json!({"clients": clients})))
            }
            Command::Client { endpoint } => {
                let registration = self.registration(&endpoint).await?;
                Ok((
                    output::details(&registration),
                    output::registration(&registration),
                ))
            }
            Command::Remove { endpoint } => match self.server.remove(&endpoint).await {
                Ok(true) => Ok((String::new(), json!({}))),
                Ok(false) => Err(self.unknown(&endpoint).await),
                Err(error) => Err(failed(&error)),
            },
            Command::Wait {
                what,
                endpoint,
                path,
                seconds,
            } => self.wait(what, &endpoint, path, seconds).await,
            Command::Cancel { endpoint, path } => self.cancel(&endpoint, path),
            Command::Ask {
                endpoint,
                ask:
                    Ask::Observe {
                        paths,
                        composite,
                        changes,
                    },
                format,
            } => match format {
                None => self.observe(&endpoint, paths, composite, &changes).await,
                Some(_) => {
                    Err("an observation has the format that the device chooses; leave format= out".into())
                }
            },
            Command::Ask {
                endpoint,
                ask,
                format,
            } => {
                let registration = self.registration(&endpoint).await?;
                let mut payload = Vec::new();
                let request = request::build(&ask, format, &registration, &mut payload)?;
                let device = self.server.device(&endpoint);
                let answer = device.request(&request).await.map_err(|error| failed(&error))?;
                answered(&ask, &answer, &registration)
            }
        }
    }

    async fn registration(&self, endpoint: &str) -> Result<RegistrationInfo, Failed> {
        match self.server.device(endpoint).registration().await {
            Ok(registration) => Ok(registration),
            Err(DeviceError::NotRegistered { .. }) => Err(self.unknown(endpoint).await),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Nobody is registered under a name: perhaps under another.
    async fn unknown(&self, endpoint: &str) -> Failed {
        let others = self.server.registrations().await.unwrap_or_default();
        let mut names: Vec<_> = others.iter().map(|other| escaped(&other.endpoint)).collect();
        names.sort();
        names.truncate(5);
        let advice = match names.is_empty() {
            true => "nobody is; start `device`, or `wait registered EP`".to_owned(),
            false => format!("there is {}", names.join(", ")),
        };
        format!("no device is registered as {endpoint:?}: {advice}").into()
    }

    async fn wait(&self, what: Awaited, endpoint: &str, path: Option<Path>, seconds: f64) -> Outcome {
        // A device may be registered since before somebody waited for it.
        if what == Awaited::Registered && self.server.device(endpoint).registration().await.is_ok() {
            self.happenings.try_take(what, endpoint, None);
            return Ok((String::new(), json!({})));
        }
        let limit = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        match tokio::time::timeout(limit, self.happenings.take(what, endpoint, path)).await {
            Ok(()) => Ok((String::new(), json!({}))),
            Err(_) => Err(format!(
                "{endpoint} did not do that within {seconds} s; give it more by within=SECONDS ({} {})",
                what.name(),
                path.map(|path| path.to_string()).unwrap_or_default(),
            )
            .into()),
        }
    }

    async fn observe(
        &mut self,
        endpoint: &str,
        paths: Vec<Path>,
        composite: bool,
        changes: &AttributeChanges,
    ) -> Outcome {
        let registration = self.registration(endpoint).await?;
        let device = self.server.device(endpoint);
        let attributes = *changes.attributes();
        let begun = match (composite, paths.as_slice()) {
            (false, [path]) => {
                let begun = device.observe_path(*path).attributes(attributes).start().await;
                begun.map(Observing::One)
            }
            _ => {
                let begun = device
                    .observe_paths(paths.clone())
                    .attributes(attributes)
                    .start()
                    .await;
                begun.map(Observing::Many)
            }
        };
        let mut observing = begun.map_err(|error| failed(&error))?;
        let first = match observing.next().await {
            Some(first) => first.map_err(|error| failed(&error))?,
            None => return Err("the observation was over at once".into()),
        };
        let task = Notifications {
            endpoint: endpoint.to_owned(),
            paths: paths.clone(),
            device,
            output: self.output,
            happenings: self.happenings.clone(),
        };
        let old = self
            .observations
            .insert((endpoint.to_owned(), paths), tokio::spawn(task.tell(observing)));
        if let Some(old) = old {
            old.abort();
        }
        let models = Models(&registration);
        Ok((
            output::table(&first, &models),
            json!({"status": Status::Content.code().to_string(), "values": output::values(&first, &models)}),
        ))
    }

    fn cancel(&mut self, endpoint: &str, path: Option<Path>) -> Outcome {
        let mut cancelled = 0;
        self.observations.retain(|(device, paths), task| {
            let wanted = device == endpoint && path.is_none_or(|path| paths.contains(&path));
            // An observation ends when nobody reads it any more.
            if wanted && !task.is_finished() {
                cancelled += 1;
            }
            if wanted {
                task.abort();
            }
            !wanted
        });
        match cancelled {
            0 => Err(format!("nothing of {endpoint} is observed there; `observe` begins").into()),
            cancelled => Ok((String::new(), json!({"cancelled": cancelled}))),
        }
    }

    async fn tell_registrations(&self) {
        let mut events = self.server.events().await;
        let (output, happenings) = (self.output, self.happenings.clone());
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                let (what, device, text, members) = match event {
                    ServerEvent::Registered {
                        device,
                        registration,
                        again,
                    } => {
                        let again = if again { "again " } else { "" };
                        let text = format!("registered {again}{}", output::summary(&registration));
                        (
                            Awaited::Registered,
                            device,
                            text,
                            output::registration(&registration),
                        )
                    }
                    ServerEvent::Updated { device, changes } => {
                        let name = escaped(device.endpoint());
                        let what = if changes.objects {
                            " with other objects"
                        } else {
                            ""
                        };
                        let members = json!({"objects": changes.objects, "lifetime": changes.lifetime});
                        (Awaited::Updated, device, format!("updated {name}{what}"), members)
                    }
                    ServerEvent::Ended { device, reason } => {
                        let text = format!("ended {}: {reason:?}", escaped(device.endpoint()));
                        let members = json!({"reason": format!("{reason:?}")});
                        (Awaited::Ended, device, text, members)
                    }
                    _ => continue,
                };
                tell(output, &happenings, what, &device, Vec::new(), &text, members);
            }
        });
    }

    async fn tell_sends(&self) {
        let mut sends = self.server.sends().await;
        let (output, happenings) = (self.output, self.happenings.clone());
        tokio::spawn(async move {
            while let Some(sent) = sends.next().await {
                values(output, &happenings, Awaited::Send, &sent.device, &sent.records).await;
            }
        });
    }
}

/// An observation of one path, or of several together.
enum Observing {
    One(lwm2m_runtime::net::Observation<Path>),
    Many(lwm2m_runtime::net::Observation<Vec<Path>>),
}

impl Observing {
    async fn next(&mut self) -> Option<Result<Vec<Record>, DeviceError>> {
        match self {
            Self::One(one) => one.next().await,
            Self::Many(many) => many.next().await,
        }
    }
}

/// The task that tells what is notified.
struct Notifications {
    endpoint: String,
    paths: Vec<Path>,
    device: Device,
    output: Output,
    happenings: Arc<Happenings>,
}

impl Notifications {
    async fn tell(self, mut observing: Observing) {
        let Self {
            endpoint,
            paths,
            device,
            output,
            happenings,
        } = self;
        while let Some(notified) = observing.next().await {
            match notified {
                Ok(records) => {
                    values(output, &happenings, Awaited::Notification, &device, &records).await;
                }
                Err(error) => {
                    let list: Vec<_> = paths.iter().map(Path::to_string).collect();
                    let text = format!(
                        "observation of {} {}: {error}",
                        escaped(&endpoint),
                        list.join(" ")
                    );
                    let members = json!({"endpoint": endpoint, "paths": list, "error": error.to_string()});
                    output.event("observation-error", &text, members);
                }
            }
        }
    }
}

/// Tells values that came unasked.
async fn values(output: Output, happenings: &Happenings, what: Awaited, device: &Device, records: &[Record]) {
    let Ok(registration) = device.registration().await else {
        return;
    };
    let models = Models(&registration);
    let table = output::table(records, &models);
    let text = match table.trim_end().split_once('\n') {
        None => format!(
            "{} {}: {}",
            what.name(),
            escaped(device.endpoint()),
            table.trim_end()
        ),
        Some(_) => format!(
            "{} {}:\n{}",
            what.name(),
            escaped(device.endpoint()),
            table.trim_end()
        ),
    };
    let paths = records.iter().map(|record| record.path).collect();
    let members = json!({"values": output::values(records, &models)});
    tell(output, happenings, what, device, paths, &text, members);
}

fn tell(
    output: Output,
    happenings: &Happenings,
    what: Awaited,
    device: &Device,
    paths: Vec<Path>,
    text: &str,
    mut members: Json,
) {
    if let Some(members) = members.as_object_mut() {
        members.insert("endpoint".to_owned(), device.endpoint().into());
    }
    output.event(what.name(), text, members);
    happenings.push(Happening {
        what,
        endpoint: device.endpoint().to_owned(),
        paths,
    });
}

/// What a device has answered.
fn answered(ask: &Ask, answer: &Answer, registration: &RegistrationInfo) -> Outcome {
    let Answer {
        status,
        payload,
        created,
    } = answer;
    let mut members = json!({"status": status.code().to_string()});
    let mut insert = |name: &str, value: Json| {
        if let Some(members) = members.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(path) = created {
        insert("created", path.to_string().into());
    }
    if let Some((format, _)) = payload {
        insert("format", format.0.into());
    }
    if !status.is_success() {
        let text = format!("{} refuses: {status}", escaped(&registration.endpoint));
        return Err(Failed(text, members));
    }
    let models = Models(registration);
    let text = match (ask, payload) {
        (Ask::Discover { .. }, Some((_, bytes))) => {
            let links = discovered(bytes)?;
            insert("links", output::links_json(&links));
            output::links(&links, &models)
        }
        (Ask::Read(_) | Ask::ReadComposite(_), Some((format, bytes))) => {
            let target = match ask {
                Ask::Read(path) => *path,
                _ => Path::ROOT,
            };
            let format = format.format().ok_or_else(|| {
                format!("the device answers in {format:?}, which is no content format of LwM2M")
            })?;
            let records: Vec<Record> = Decoder::new(format, target)
                .with_definitions(&models)
                .read(bytes)
                .and_then(lwm2m_runtime::encoding::Reader::collect)
                .map_err(|error| format!("the device's answer is no {format:?}: {error}"))?;
            insert("values", output::values(&records, &models));
            output::table(&records, &models)
        }
        _ => match created {
            Some(path) => format!("{status}: {path}"),
            None => status.to_string(),
        },
    };
    Ok((text, members))
}

/// The links of an answer to a Discover.
fn discovered(payload: &[u8]) -> Result<Vec<DiscoveredLink>, String> {
    let text = std::str::from_utf8(payload).map_err(|_| "the device's links are no text")?;
    Links::new(text)
        .map(|link| {
            let link = link
                .map_err(|error| error.to_string())
                .and_then(|link| ObjectLink::read(link).map_err(|error| error.to_string()));
            let link = link.map_err(|error| format!("the device's links cannot be read: {error}"))?;
            Ok(DiscoveredLink {
                path: link.path,
                version: link.attributes.ver,
                dimension: link.attributes.dim,
                attributes: link.attributes.notification,
            })
        })
        .collect()
}
