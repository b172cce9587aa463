use core::net::SocketAddr;
use std::{boxed::Box, string::String, vec::Vec};

use tokio::sync::oneshot;

use super::{BootstrapServerError, SessionInfo};
use crate::{
    bootstrap::{Event, SessionId},
    net::inbox::Outlet,
};

/// What the handles of a bootstrap server ask of the task that owns its engine.
pub(super) enum Command<P> {
    /// Looks at the plans, or changes them.
    Plans(Box<dyn FnOnce(&mut P) + Send>),
    Sessions {
        reply: oneshot::Sender<Vec<SessionInfo>>,
    },
    Begin {
        address: SocketAddr,
        endpoint: String,
        reply: oneshot::Sender<Result<SessionId, BootstrapServerError>>,
    },
    /// Ends a session; whether it was open.
    End {
        session: SessionId,
        reply: oneshot::Sender<bool>,
    },
    Events(Outlet<Event>),
    Stop {
        done: oneshot::Sender<()>,
    },
}
