use core::{net::SocketAddr, time::Duration};
use std::{string::String, sync::Arc, vec::Vec};

use crate::{
    encoding::Negotiation,
    model::{Path, Version},
    operation::{Binding, ObjectTable, Operation},
    server::{Queued, Registration},
    time::Instant,
};

/// A device's registration as it was at some time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RegistrationInfo {
    /// The endpoint client name. Anything but control characters may be in it: it is to be escaped where it is shown.
    pub endpoint: Arc<str>,
    /// Whom requests go to.
    pub address: SocketAddr,
    /// The version of LwM2M that the device speaks.
    pub version: Version,
    /// The lifetime in seconds; 0 never ends.
    pub lifetime: u32,
    /// The transports by which the device can be reached.
    pub binding: Binding,
    /// Whether the device sleeps, and requests are to be sent while it is awake.
    pub queue_mode: bool,
    /// The number for short messages, without a plus sign, or an external identifier.
    pub sms: Option<String>,
    /// Below what the device has its objects, without slashes around it. Mostly empty.
    pub alternate_path: String,
    /// Which formats suit the device, by its version, its announcement and its answers so far.
    pub formats: Negotiation,
    /// Its objects and their instances.
    pub objects: ObjectTable,
    /// How long ago it registered.
    pub registered: Duration,
    /// How long ago its last message came.
    pub seen: Duration,
    /// For how much longer the device listens without another message; `None` for one that always does. After that it
    /// sleeps, and what it is asked waits.
    pub listens_for: Option<Duration>,
    /// When the registration ends without an Update; `None` if it does not.
    pub expires_in: Option<Duration>,
}

impl RegistrationInfo {
    pub(super) fn new(registration: &Registration<'_>, now: Instant) -> Self {
        Self {
            endpoint: registration.endpoint().into(),
            address: registration.peer().address,
            version: registration.version(),
            lifetime: registration.lifetime(),
            binding: registration.binding(),
            queue_mode: registration.queue_mode(),
            sms: registration.sms().map(Into::into),
            alternate_path: registration.alternate_path().into(),
            formats: registration.formats(),
            objects: registration.objects().clone(),
            registered: now - registration.registered_at(),
            seen: now - registration.seen_at(),
            listens_for: match registration.listens_until() {
                Instant::NEVER => None,
                at => Some(at - now),
            },
            expires_in: match registration.expires_at() {
                Instant::NEVER => None,
                at => Some(at - now),
            },
        }
    }

    /// Whether the device sleeps, so that what it is asked waits until it wakes.
    #[must_use]
    pub const fn is_asleep(&self) -> bool {
        matches!(self.listens_for, Some(Duration::ZERO))
    }

    /// The paths of its objects and instances, as a Register lists them: an object without instances has its own.
    #[must_use]
    pub fn paths(&self) -> Vec<Path> {
        let mut paths = Vec::new();
        for object in self.objects.iter() {
            match object.instances {
                [] => paths.push(Path::object(object.id)),
                instances => paths.extend(instances.iter().map(|id| Path::instance(object.id, *id))),
            }
        }
        paths
    }
}

/// Something that a device is to be asked, or is being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueuedRequest {
    /// What is to be done.
    pub operation: Operation,
    /// With what; the root for a composite operation.
    pub path: Path,
    /// Whether it is on its way. Else it waits for the one before it, or for the device to wake.
    pub sent: bool,
    /// When it fails, unless it was sent before; `None` for a device that is not in queue mode, and for what observations
    /// ask.
    pub expires_in: Option<Duration>,
}

impl QueuedRequest {
    pub(super) fn new(queued: Queued, now: Instant) -> Self {
        Self {
            operation: queued.operation,
            path: queued.path,
            sent: queued.sent,
            expires_in: match queued.expires_at {
                Instant::NEVER => None,
                at => Some(at - now),
            },
        }
    }
}
