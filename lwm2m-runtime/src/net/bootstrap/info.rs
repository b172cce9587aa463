use core::{net::SocketAddr, time::Duration};
use std::sync::Arc;

use crate::{
    bootstrap::{Session, SessionId},
    configuration::PresentInstances,
    encoding::Format,
    model::Version,
    time::Instant,
};

/// A session with a client as it was at some time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionInfo {
    /// Its number.
    pub id: SessionId,
    /// The endpoint client name. Anything but control characters may be in it: it is to be escaped where it is shown.
    pub endpoint: Arc<str>,
    /// Where the client is.
    pub address: SocketAddr,
    /// The version of LwM2M that the client speaks; known once it has answered a Bootstrap-Discover.
    pub version: Option<Version>,
    /// What the client has; known once it has answered a Bootstrap-Discover.
    pub present: Option<PresentInstances>,
    /// The format in which the client is written.
    pub format: Format,
    /// How long ago the session began.
    pub started: Duration,
    /// When it ends at the latest.
    pub ends_in: Duration,
}

impl SessionInfo {
    pub(super) fn new(session: &Session<'_>, now: Instant) -> Self {
        Self {
            id: session.id(),
            endpoint: session.endpoint().into(),
            address: session.peer().address,
            version: session.version(),
            present: session.present().cloned(),
            format: session.format(),
            started: now - session.started_at(),
            ends_in: session.ends_at() - now,
        }
    }
}
