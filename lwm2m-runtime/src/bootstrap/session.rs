use alloc::{boxed::Box, collections::VecDeque};

use super::{Plan, SessionId};
use crate::{
    coap::{ExchangeId, Peer, Progress},
    configuration::{PresentInstances, Values},
    encoding::{Format, FormatSet},
    model::{Path, Version},
    operation::Operation,
    time::Instant,
};

/// A client that is being bootstrapped.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) endpoint: Box<str>,
    pub(super) peer: Peer,
    /// As it was when the session began: later changes are for later sessions.
    pub(super) plan: Plan,
    /// In which format the client is written, and in which it has refused to be.
    pub(super) format: Format,
    pub(super) refused: FormatSet,
    pub(super) present: Option<PresentInstances>,
    /// How long what is written may be: an address is not proved to be the client's until it has answered something.
    pub(super) budget: usize,
    /// The version that the client must have for what it has asked. Some say less when they say what they have.
    pub(super) at_least: Version,
    /// The configuration with the identifiers that suit `present`.
    pub(super) values: Option<Values>,
    /// Whether any of it was written: then the identifiers stay.
    pub(super) written: bool,
    /// The next of the plan's steps.
    pub(super) step: usize,
    /// What is left to do before it.
    pub(super) tasks: VecDeque<Task>,
    /// What the client was asked and has not answered.
    pub(super) open: Option<(Task, ExchangeId)>,
    pub(super) progress: Progress,
    /// How often the client has refused to finish.
    pub(super) retries: u8,
    pub(super) started_at: Instant,
    pub(super) ends_at: Instant,
}

impl Record {
    /// The version of LwM2M that the client speaks, once it has said so.
    pub(super) fn version(&self) -> Option<Version> {
        let present = self.present.as_ref();
        present.map(|present| present.version().max(self.at_least))
    }
}

/// One thing to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Discover(Path),
    Read(Path),
    Delete(Path),
    /// A Delete of what may be gone with something else already.
    Prune(Path),
    Write(Path),
    Finish,
}

impl Task {
    pub(super) const fn operation(self) -> Operation {
        match self {
            Self::Discover(_) => Operation::BootstrapDiscover,
            Self::Read(_) => Operation::BootstrapRead,
            Self::Delete(_) | Self::Prune(_) => Operation::BootstrapDelete,
            Self::Write(_) => Operation::BootstrapWrite,
            Self::Finish => Operation::BootstrapFinish,
        }
    }

    pub(super) const fn path(self) -> Path {
        match self {
            Self::Discover(path)
            | Self::Read(path)
            | Self::Delete(path)
            | Self::Prune(path)
            | Self::Write(path) => path,
            Self::Finish => Path::ROOT,
        }
    }
}

/// A session, as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    pub(super) id: SessionId,
    pub(super) record: &'a Record,
}

impl<'a> Session<'a> {
    /// Its number.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// The endpoint client name. Anything but control characters may be in it: it is to be escaped where it is shown.
    #[must_use]
    pub const fn endpoint(&self) -> &'a str {
        &self.record.endpoint
    }

    /// Where the client is.
    #[must_use]
    pub const fn peer(&self) -> Peer {
        self.record.peer
    }

    /// The version of LwM2M that the client speaks; known once it has answered a Bootstrap-Discover.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.record.version()
    }

    /// What the client has; known once it has answered a Bootstrap-Discover.
    #[must_use]
    pub const fn present(&self) -> Option<&'a PresentInstances> {
        self.record.present.as_ref()
    }

    /// The format in which the client is written.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.record.format
    }

    /// When the session began.
    #[must_use]
    pub const fn started_at(&self) -> Instant {
        self.record.started_at
    }

    /// When it ends at the latest.
    #[must_use]
    pub const fn ends_at(&self) -> Instant {
        self.record.ends_at
    }
}
