//! An observation, from its beginning to its end.

use example_console::escaped;
use lwm2m_runtime::{
    encoding::Record,
    link::NotificationAttributes,
    model::Path,
    net::{Device, DeviceError, Observation},
    operation::Status,
};
use serde_json::json;
use tokio::sync::oneshot;

use crate::{command::Awaited, outcome::Outcome, output, telling::Teller, values::Models};

/// What is observed, and how.
#[derive(Clone, Debug)]
pub(crate) struct Observing {
    pub(crate) device: Device,
    pub(crate) paths: Vec<Path>,
    pub(crate) composite: bool,
    pub(crate) attributes: NotificationAttributes,
}

impl Observing {
    /// Begins to observe, says what came of that, and tells what is notified until the end.
    pub(crate) async fn run(self, teller: Teller, begun: oneshot::Sender<Outcome>) {
        let (mut stream, first) = match self.begin().await {
            Ok(begun) => begun,
            Err(error) => {
                // The console may have gone on.
                let _ = begun.send(Err(error.into()));
                return;
            }
        };
        let _ = begun.send(self.shown(&first).await);
        while let Some(notified) = stream.next().await {
            match notified {
                Ok(records) => {
                    teller.values(Awaited::Notification, &self.device, &records).await;
                }
                Err(error) => self.failed(&teller, &error),
            }
        }
    }

    /// The observation and its first values.
    async fn begin(&self) -> Result<(Stream, Vec<Record>), DeviceError> {
        let mut stream = match (self.composite, self.paths.as_slice()) {
            (false, [path]) => {
                let observe = self.device.observe_path(*path);
                Stream::One(observe.attributes(self.attributes).start().await?)
            }
            _ => {
                let observe = self.device.observe_paths(self.paths.clone());
                Stream::Many(observe.attributes(self.attributes).start().await?)
            }
        };
        let first = stream.next().await.unwrap_or(Err(DeviceError::Stopped))?;
        Ok((stream, first))
    }

    async fn shown(&self, first: &[Record]) -> Outcome {
        let registration = self.device.registration().await?;
        let models = Models(&registration);
        let status = Status::Content.code().to_string();
        Ok((
            output::table(first, &models),
            json!({"status": status, "values": output::values(first, &models)}),
        ))
    }

    fn failed(&self, teller: &Teller, error: &DeviceError) {
        let endpoint = self.device.endpoint();
        let paths: Vec<_> = self.paths.iter().map(Path::to_string).collect();
        let text = format!(
            "observation of {} {}: {error}",
            escaped(endpoint),
            paths.join(" ")
        );
        let members = json!({"endpoint": endpoint, "paths": paths, "error": error.to_string()});
        teller.output.event("observation-error", &text, members);
    }
}

/// An observation of one path, or of several together.
enum Stream {
    One(Observation<Path>),
    Many(Observation<Vec<Path>>),
}

impl Stream {
    async fn next(&mut self) -> Option<Result<Vec<Record>, DeviceError>> {
        let notified = match self {
            Self::One(one) => one.next().await,
            Self::Many(many) => many.next().await,
        };
        notified.map(|notified| notified.map(|read| read.value))
    }
}
