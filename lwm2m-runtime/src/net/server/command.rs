use std::{sync::Arc, vec::Vec};

use tokio::sync::oneshot;

use super::{DeviceError, QueuedRequest, RegistrationInfo, SentValues, ServerEvent, ask::Ask};
use crate::{
    encoding::Format,
    model::{ObjectDefinition, Path},
    net::inbox::Outlet,
    server::{Answer, ObservationEnd, ObservationId, ShortMessage, SmsTrigger},
};

/// What the handles of a server ask of the task that owns its engine.
#[derive(Debug)]
pub(super) enum Command {
    /// A request to a device.
    Ask {
        endpoint: Arc<str>,
        ask: Ask,
        /// Objects whose definitions are wanted with the answer.
        objects: Vec<u16>,
        reply: oneshot::Sender<Result<Answered, DeviceError>>,
    },
    /// Somebody does not wait for the reply to an [`Ask`](Self::Ask) any more.
    Abandoned,
    /// An observation. The reply comes when the device has taken or refused it.
    Observe {
        endpoint: Arc<str>,
        ask: Ask,
        objects: Vec<u16>,
        notices: Outlet<Notice>,
        reply: oneshot::Sender<Result<ObservationId, DeviceError>>,
    },
    CancelObservation {
        observation: ObservationId,
    },
    Registration {
        endpoint: Arc<str>,
        reply: oneshot::Sender<Option<RegistrationInfo>>,
    },
    Queue {
        endpoint: Arc<str>,
        reply: oneshot::Sender<Option<Vec<QueuedRequest>>>,
    },
    /// The short message that wakes a device.
    SmsTrigger {
        endpoint: Arc<str>,
        instance: u16,
        trigger: SmsTrigger,
        reply: oneshot::Sender<Result<ShortMessage, DeviceError>>,
    },
    Registrations {
        reply: oneshot::Sender<Vec<RegistrationInfo>>,
    },
    /// Ends a registration; whether there was one.
    Remove {
        endpoint: Arc<str>,
        reply: oneshot::Sender<bool>,
    },
    Events(Outlet<ServerEvent>),
    Sends(Outlet<SentValues>),
    Stop {
        done: oneshot::Sender<()>,
    },
}

/// A device's answer, and what is needed to read it.
#[derive(Debug)]
pub struct Answered {
    pub(super) answer: Answer,
    pub(super) definitions: Vec<&'static ObjectDefinition>,
}

impl Answered {
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.answer.payload {
            Some((_, bytes)) => bytes,
            None => &[],
        }
    }

    /// The format of the values.
    pub(super) fn format(&self, path: Path) -> Result<Format, DeviceError> {
        let (format, _) = self
            .answer
            .payload
            .as_ref()
            .ok_or(DeviceError::NoValue { path })?;
        let format = *format;
        format.format().ok_or(DeviceError::UnknownFormat { path, format })
    }
}

/// What an observation tells.
#[derive(Debug)]
pub(super) enum Notice {
    Values(Answered),
    Ended(ObservationEnd),
}
