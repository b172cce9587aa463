use core::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};
use std::{boxed::Box, collections::VecDeque};

use futures_core::Stream;
use tokio::sync::oneshot;

use super::{
    Device, DeviceError,
    ask::Ask,
    command::{Command, Notice},
    observed::Observed,
};
use crate::{
    link::{AttributeChanges, NotificationAttributes},
    model::{Path, Version},
    net::inbox::{Inbox, inbox},
    operation::Operation,
    server::{Failure, ObservationEnd, ObservationId},
};

/// Notifications that wait for a slow reader of an [`Observation`], unless [`Observe::keep`] says otherwise.
const KEPT: usize = 64;

/// An observation that is about to begin; [`start`](Self::start) begins it.
///
/// Attributes say when the device notifies. They go into the Observe; where a device does not understand them there, as
/// before LwM2M 1.2, they are attached to the paths by Write-Attributes, and stay attached afterwards.
#[must_use = "nothing is observed until it starts"]
#[derive(Clone, Debug)]
pub struct Observe<T> {
    device: Device,
    observed: T,
    attributes: NotificationAttributes,
    kept: usize,
}

impl<T: Observed> Observe<T> {
    pub(super) fn new(device: Device, observed: T) -> Self {
        Self {
            device,
            observed,
            attributes: NotificationAttributes::default(),
            kept: KEPT,
        }
    }

    /// Minimum Period: no notification earlier than so many seconds after the last one.
    pub const fn pmin(mut self, seconds: u32) -> Self {
        self.attributes.pmin = Some(seconds);
        self
    }

    /// Maximum Period: a notification at the latest so many seconds after the last one.
    pub const fn pmax(mut self, seconds: u32) -> Self {
        self.attributes.pmax = Some(seconds);
        self
    }

    /// Greater Than: a notification when the value crosses this.
    pub const fn gt(mut self, value: f64) -> Self {
        self.attributes.gt = Some(value);
        self
    }

    /// Less Than: a notification when the value crosses this.
    pub const fn lt(mut self, value: f64) -> Self {
        self.attributes.lt = Some(value);
        self
    }

    /// Step: a notification when the value has moved by this since the last one.
    pub const fn st(mut self, step: f64) -> Self {
        self.attributes.st = Some(step);
        self
    }

    /// Minimum Evaluation Period in seconds (LwM2M 1.1).
    pub const fn epmin(mut self, seconds: u32) -> Self {
        self.attributes.epmin = Some(seconds);
        self
    }

    /// Maximum Evaluation Period in seconds (LwM2M 1.1).
    pub const fn epmax(mut self, seconds: u32) -> Self {
        self.attributes.epmax = Some(seconds);
        self
    }

    /// Edge: a notification when a Boolean becomes this (LwM2M 1.2).
    pub const fn edge(mut self, becomes: bool) -> Self {
        self.attributes.edge = Some(becomes);
        self
    }

    /// Whether notifications are confirmable (LwM2M 1.2).
    pub const fn con(mut self, confirmable: bool) -> Self {
        self.attributes.con = Some(confirmable);
        self
    }

    /// Maximum Historical Queue: how many values the device keeps while it is offline (LwM2M 1.2).
    pub const fn hqmax(mut self, values: u32) -> Self {
        self.attributes.hqmax = Some(values);
        self
    }

    /// All attributes at once.
    pub const fn attributes(mut self, attributes: NotificationAttributes) -> Self {
        self.attributes = attributes;
        self
    }

    /// How many notifications are kept for a reader that falls behind; the oldest makes room. Default 64.
    pub const fn keep(mut self, notifications: usize) -> Self {
        self.kept = notifications;
        self
    }

    /// Begins to observe: returns when the device has agreed. The first value is the present one.
    ///
    /// # Errors
    ///
    /// [`DeviceError`]; [`DeviceError::Refused`] with 4.04 or 4.05 where there is nothing to observe.
    pub async fn start(self) -> Result<Observation<T>, DeviceError> {
        let Self {
            device,
            observed,
            mut attributes,
            kept,
        } = self;
        // For a single path the engine does the same, and does it again after each new registration.
        let attach = observed.composite() && !attributes.is_empty();
        if attach && device.registration().await?.version < Version::V1_2 {
            for path in observed.paths() {
                let changes = AttributeChanges::new(attributes);
                device.write_attributes(path, changes).await?;
            }
            attributes = NotificationAttributes::default();
        }
        let (notices, inbox) = inbox(kept);
        let (reply, started) = oneshot::channel();
        let command = Command::Observe {
            endpoint: device.endpoint.clone(),
            ask: match (observed.composite(), &*observed.paths()) {
                (false, &[path]) => Ask::Observe {
                    path,
                    attributes: Box::new(attributes),
                },
                (_, paths) => Ask::ObserveComposite {
                    paths: paths.to_vec(),
                    attributes: Box::new(attributes),
                },
            },
            objects: observed.objects(),
            notices,
            reply,
        };
        device.command(command).await?;
        let id = started.await.map_err(|_| DeviceError::Stopped)??;
        Ok(Observation {
            device,
            observed,
            id,
            inbox,
            ready: VecDeque::new(),
            over: false,
        })
    }
}

/// The values of an observation, the present one first.
///
/// It lives until it is dropped, or until the device ends it; it outlives the device's registration: when the device
/// registers again, it is set up again. A reader that falls behind loses the oldest notifications.
///
/// The stream ends after an error that ends the observation; after one about a single notification, it goes on.
pub struct Observation<T: Observed> {
    device: Device,
    observed: T,
    id: ObservationId,
    inbox: Inbox<Notice>,
    /// Values of one notification that carried several.
    ready: VecDeque<T::Values>,
    over: bool,
}

impl<T: Observed> Observation<T> {
    /// Whom it observes.
    #[must_use]
    pub const fn device(&self) -> &Device {
        &self.device
    }

    /// The next value; `None` when the observation is over.
    pub async fn next(&mut self) -> Option<Result<T::Values, DeviceError>> {
        poll_fn(|context| self.poll_value(context)).await
    }

    /// How many notifications were lost since this was asked last, because nobody took them.
    pub fn take_missed(&mut self) -> u64 {
        self.inbox.take_missed()
    }

    fn poll_value(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T::Values, DeviceError>>> {
        loop {
            if let Some(values) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(values)));
            }
            if self.over {
                return Poll::Ready(None);
            }
            let notice = match self.inbox.poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(notice) => notice,
            };
            let error = match notice {
                Some(Notice::Values(answered)) => match self.observed.values(&answered, &mut self.ready) {
                    Ok(()) => continue,
                    Err(error) => error,
                },
                Some(Notice::Ended(end)) => {
                    self.over = true;
                    let (operation, path) = self.observed.operation();
                    match ended(end, operation, path) {
                        Some(error) => error,
                        None => continue,
                    }
                }
                None => {
                    self.over = true;
                    DeviceError::Stopped
                }
            };
            return Poll::Ready(Some(Err(error)));
        }
    }
}

impl<T: Observed + Unpin> Stream for Observation<T>
where
    T::Values: Unpin,
{
    type Item = Result<T::Values, DeviceError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_value(context)
    }
}

impl<T: Observed> Drop for Observation<T> {
    fn drop(&mut self) {
        // Without room for the command, the next notification finds that nobody reads and does the same.
        let observation = self.id;
        let _ = self
            .device
            .commands
            .try_send(Command::CancelObservation { observation });
    }
}

impl<T: Observed> fmt::Debug for Observation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation")
            .field("device", &self.device)
            .field("paths", &self.observed.paths())
            .finish_non_exhaustive()
    }
}

/// The error that an observation ends with; none when it was cancelled here.
pub(super) fn ended(end: ObservationEnd, operation: Operation, path: Path) -> Option<DeviceError> {
    Some(match end {
        ObservationEnd::Cancelled => return None,
        ObservationEnd::Refused(status) => DeviceError::Refused {
            operation,
            path,
            status,
        },
        ObservationEnd::NotObserved(_) => DeviceError::NotObserved { path },
        ObservationEnd::Failed(failure) => DeviceError::Failed(failure),
        ObservationEnd::Ended(reason) => DeviceError::Failed(Failure::Ended(reason)),
    })
}
