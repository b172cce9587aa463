//! Does what commands say.

use std::{collections::HashMap, time::Duration};

use example_console::{Output, escaped};
use lwm2m_runtime::{
    model::Path,
    net::{DeviceError, RegistrationInfo, Server},
};
use serde_json::{Value as Json, json};
use tokio::{sync::oneshot, task::JoinHandle};

use crate::{
    answer,
    ask::Ask,
    command::{Awaited, Command, HELP, Patience},
    deed::Deed,
    later::{Job, Later},
    observing::Observing,
    outcome::{Failed, Outcome},
    output, request,
    telling::Teller,
};

/// A server and whoever commands it.
pub(crate) struct Console {
    server: Server,
    output: Output,
    teller: Teller,
    later: Later,
    /// The tasks that tell notifications, by what is observed.
    observations: HashMap<(String, Vec<Path>), JoinHandle<()>>,
}

impl Console {
    /// A console that begins to tell what happens.
    pub(crate) async fn new(server: Server, output: Output) -> Self {
        let teller = Teller::new(output);
        teller.clone().registrations(&server).await;
        teller.clone().sends(&server).await;
        Self {
            later: Later::new(teller.clone()),
            observations: HashMap::new(),
            teller,
            server,
            output,
        }
    }

    /// Does a command. `None` to quit, and else whether it went well.
    pub(crate) async fn line(&mut self, line: &str) -> Option<bool> {
        let outcome = match Command::parse(line) {
            Ok(None) => return Some(true),
            Ok(Some(Command::Quit)) => return None,
            Ok(Some(command)) => self.command(line, command).await,
            Err(text) => Err(text.into()),
        };
        match outcome {
            Ok((text, members)) => self.output.done(line, &text, members),
            Err(Failed { text, members, .. }) => {
                self.output.failed(line, &text, members);
                return Some(false);
            }
        }
        Some(true)
    }

    /// Whether all that nobody waited for went well.
    pub(crate) fn went_well(&self) -> bool {
        self.later.went_well()
    }

    async fn command(&mut self, line: &str, command: Command) -> Outcome {
        match command {
            Command::Help => Ok((HELP.to_owned(), json!({"help": HELP}))),
            // The caller's.
            Command::Quit => Ok((String::new(), json!({}))),
            Command::Clients => self.clients().await,
            Command::Client { endpoint } => {
                let registration = self.registration(&endpoint).await?;
                Ok((
                    output::details(&registration),
                    output::registration(&registration),
                ))
            }
            Command::Remove { endpoint } => match self.server.remove(&endpoint).await? {
                true => Ok((String::new(), json!({}))),
                false => Err(self.unknown(&endpoint).await),
            },
            Command::Wait {
                what,
                endpoint,
                path,
                seconds,
            } => self.wait(what, &endpoint, path, seconds).await,
            Command::Cancel { endpoint, path } => self.cancel(&endpoint, path),
            Command::Queue { endpoint } => {
                let registration = self.registration(&endpoint).await?;
                let queue = self.server.device(&endpoint).queue().await?;
                Ok((
                    output::queue(&registration, &queue),
                    output::queue_json(&registration, &queue),
                ))
            }
            Command::Withdraw { endpoint, path } => match self.later.withdraw(&endpoint, path).await {
                0 => Err(format!(
                    "nothing of {endpoint} waits there that was asked here; `queue` shows what does"
                )
                .into()),
                withdrawn => Ok((String::new(), json!({"withdrawn": withdrawn}))),
            },
            Command::Ask {
                endpoint,
                ask:
                    Ask::Observe {
                        paths,
                        composite,
                        changes,
                    },
                format: None,
                patience,
            } => {
                let observing = Observing {
                    device: self.server.device(&endpoint),
                    paths,
                    composite,
                    attributes: *changes.attributes(),
                };
                self.observe(line, observing, patience).await
            }
            Command::Ask {
                ask: Ask::Observe { .. },
                ..
            } => Err("an observation has the format that the device chooses; leave format= out".into()),
            Command::Ask {
                endpoint,
                ask,
                format,
                patience,
            } => {
                let registration = self.registration(&endpoint).await?;
                // What is wrong with the command is told at once.
                let mut payload = Vec::new();
                request::build(&ask, format, &registration, &mut payload)?;
                let device = self.server.device(&endpoint);
                let paths = ask.paths();
                let asked = device.clone();
                let asking = Box::pin(async move {
                    let mut payload = Vec::new();
                    let request = request::build(&ask, format, &registration, &mut payload)?;
                    let answer = asked.request(&request).await?;
                    answer::shown(&ask, &answer, &registration)
                });
                let job = Job {
                    line,
                    device,
                    paths,
                    patience,
                    asking,
                };
                self.later.ask(job).await
            }
            Command::Do {
                endpoint,
                deed,
                patience,
            } => self.deed(line, &endpoint, deed, patience).await,
        }
    }

    async fn clients(&self) -> Outcome {
        let mut clients = self.server.registrations().await?;
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

    async fn registration(&self, endpoint: &str) -> Result<RegistrationInfo, Failed> {
        match self.server.device(endpoint).registration().await {
            Ok(registration) => Ok(registration),
            Err(DeviceError::NotRegistered { .. }) => Err(self.unknown(endpoint).await),
            Err(error) => Err(error.into()),
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
            self.teller.happenings.try_take(what, endpoint, None);
            return Ok((String::new(), json!({})));
        }
        let limit = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        match tokio::time::timeout(limit, self.teller.happenings.take(what, endpoint, path)).await {
            Ok(()) => Ok((String::new(), json!({}))),
            Err(_) => Err(format!(
                "{endpoint} did not do that within {seconds} s; give it more by within=SECONDS ({} {})",
                what.name(),
                path.map(|path| path.to_string()).unwrap_or_default(),
            )
            .into()),
        }
    }

    async fn observe(&mut self, line: &str, observing: Observing, patience: Patience) -> Outcome {
        let device = observing.device.clone();
        let paths = observing.paths.clone();
        self.registration(device.endpoint()).await?;
        let (begun, first) = oneshot::channel();
        let task = tokio::spawn(observing.run(self.teller.clone(), begun));
        let key = (device.endpoint().to_owned(), paths.clone());
        if let Some(old) = self.observations.insert(key, task) {
            old.abort();
        }
        let asking = Box::pin(async move {
            let ended = Err("the observation was over at once".into());
            first.await.unwrap_or(ended)
        });
        let job = Job {
            line,
            device,
            paths,
            patience,
            asking,
        };
        self.later.ask(job).await
    }

    async fn deed(&mut self, line: &str, endpoint: &str, deed: Deed, patience: Patience) -> Outcome {
        self.registration(endpoint).await?;
        let device = self.server.device(endpoint);
        let paths = deed.paths();
        let asking = Box::pin(deed.run(device.clone()));
        let job = Job {
            line,
            device,
            paths,
            patience,
            asking,
        };
        self.later.ask(job).await
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
}
