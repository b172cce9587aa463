//! What devices are asked while the console goes on.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use example_console::escaped;
use lwm2m_runtime::{model::Path, net::Device};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::{
    command::{Awaited, Patience},
    outcome::{Failed, Outcome},
    telling::{Teller, titled},
};

/// What is asked, until it has an outcome.
pub(crate) type Asking = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// The commands whose answers are still to come.
#[derive(Debug)]
pub(crate) struct Later {
    teller: Teller,
    open: Vec<Open>,
    /// Whether each that came to its end went well.
    well: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Open {
    endpoint: String,
    paths: Vec<Path>,
    task: JoinHandle<()>,
}

/// A command, and what it asks of which device.
pub(crate) struct Job<'a> {
    pub(crate) line: &'a str,
    pub(crate) device: Device,
    pub(crate) paths: Vec<Path>,
    pub(crate) patience: Patience,
    pub(crate) asking: Asking,
}

impl Later {
    pub(crate) fn new(teller: Teller) -> Self {
        Self {
            teller,
            open: Vec::new(),
            well: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Asks, and waits for the answer or not.
    pub(crate) async fn ask(&mut self, job: Job<'_>) -> Outcome {
        let Job {
            line,
            device,
            paths,
            patience,
            mut asking,
        } = job;
        let asleep = device.registration().await?.is_asleep();
        let waits = match patience {
            Patience::Always => true,
            Patience::Awake => !asleep,
            Patience::Never => false,
        };
        if waits {
            return asking.await;
        }
        // What is refused here and now is told at once: the question is asked before its place in the queue.
        tokio::select! {
            biased;
            outcome = &mut asking => return outcome,
            _ = device.queue() => {}
        }
        let name = escaped(device.endpoint());
        let telling = Telling {
            line: line.trim().to_owned(),
            endpoint: device.endpoint().to_owned(),
            paths: paths.clone(),
            teller: self.teller.clone(),
            well: self.well.clone(),
        };
        self.open.retain(|open| !open.task.is_finished());
        self.open.push(Open {
            endpoint: device.endpoint().to_owned(),
            paths,
            task: tokio::spawn(async move { telling.tell(asking.await) }),
        });
        let text = match asleep {
            true => format!("{name} sleeps; it is asked when it wakes"),
            false => format!("{name} is asked"),
        };
        Ok((text, json!({"queued": true, "asleep": asleep})))
    }

    /// Takes back what a device is still to be asked, and says how much that was.
    pub(crate) async fn withdraw(&mut self, endpoint: &str, path: Option<Path>) -> usize {
        self.open.retain(|open| !open.task.is_finished());
        let wanted = |open: &Open| {
            let about = |path| open.paths.iter().any(|about| about.starts_with(path));
            open.endpoint == endpoint && path.is_none_or(about)
        };
        let (withdrawn, open) = std::mem::take(&mut self.open).into_iter().partition(wanted);
        self.open = open;
        let count = withdrawn.len();
        for open in withdrawn {
            open.task.abort();
            // The question goes with its task.
            let _ = open.task.await;
        }
        count
    }

    /// Whether every command that nobody waited for has its answer, and a good one.
    pub(crate) fn went_well(&self) -> bool {
        let over = self.open.iter().all(|open| open.task.is_finished());
        over && self.well.load(Ordering::Relaxed)
    }
}

/// Whom to tell what of an answer.
struct Telling {
    line: String,
    endpoint: String,
    paths: Vec<Path>,
    teller: Teller,
    well: Arc<AtomicBool>,
}

impl Telling {
    fn tell(self, outcome: Outcome) {
        let (what, ok, text, mut members) = match outcome {
            Ok((text, members)) => (Awaited::Delivered, true, text, members),
            Err(Failed { text, members, what }) => {
                self.well.store(false, Ordering::Relaxed);
                (what, false, text, members)
            }
        };
        if let Some(members) = members.as_object_mut() {
            members.insert("command".to_owned(), self.line.clone().into());
            members.insert("ok".to_owned(), ok.into());
            if !ok {
                members.insert("error".to_owned(), text.clone().into());
            }
        }
        let title = format!("{} {}", what.name(), escaped(&self.line));
        let text = titled(&title, &text);
        self.teller.tell(what, &self.endpoint, self.paths, &text, members);
    }
}
