use alloc::{string::String, vec::Vec};

use super::SessionId;
use crate::{
    coap::{self, Peer},
    configuration::{NumberingError, PresentInstances},
    encoding::{ContentFormat, EncodeError},
    model::Path,
    operation::{InvalidRequest, Operation, Status},
};

/// What has happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A client is being bootstrapped.
    Started {
        /// The session.
        session: SessionId,
        /// The endpoint client name. Anything but control characters may be in it.
        endpoint: String,
        /// Where the client is.
        peer: Peer,
    },
    /// A client asked to be bootstrapped and was refused.
    Refused {
        /// The endpoint client name that it gave.
        endpoint: Option<String>,
        /// Where the client is.
        peer: Peer,
        /// What it was answered.
        status: Status,
    },
    /// A client has said which instances it has.
    Discovered {
        /// The session.
        session: SessionId,
        /// What it has.
        present: PresentInstances,
    },
    /// A client has answered a Bootstrap-Read.
    Read {
        /// The session.
        session: SessionId,
        /// Of what.
        path: Path,
        /// The format of the values, and the values; `None` where the answer was an error.
        payload: Option<(ContentFormat, Vec<u8>)>,
    },
    /// A client has answered something that it was asked. Every answer is reported, errors too.
    Answered {
        /// The session.
        session: SessionId,
        /// What it was asked to do.
        operation: Operation,
        /// With what.
        path: Path,
        /// How it went.
        status: Status,
    },
    /// The client's version does not have a step of the plan, which was left out.
    Skipped {
        /// The session.
        session: SessionId,
        /// Why.
        reason: InvalidRequest,
    },
    /// A client has refused its configuration at Bootstrap-Finish; the session begins anew with a Bootstrap-Discover.
    Retried {
        /// The session.
        session: SessionId,
        /// What the client answered: 4.06 where the configuration is inconsistent.
        status: Status,
    },
    /// A client has accepted its configuration. The session is over.
    Finished {
        /// The session.
        session: SessionId,
        /// The endpoint client name.
        endpoint: String,
    },
    /// A session is over and the client is not configured. It has, or should have, gone back to what it had before.
    Failed {
        /// The session.
        session: SessionId,
        /// The endpoint client name.
        endpoint: String,
        /// Why.
        failure: Failure,
    },
    /// A client was answered with a Bootstrap-Pack. Whether it takes it shows when it registers, or asks again.
    Packed {
        /// The endpoint client name.
        endpoint: String,
        /// Where the client is.
        peer: Peer,
    },
}

/// Why a session failed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// The client refused something that it was asked.
    Refused {
        /// What.
        operation: Operation,
        /// With what.
        path: Path,
        /// Its answer.
        status: Status,
    },
    /// The exchange of messages failed: a time-out, a reset, a body that does not fit.
    Exchange(coap::Failure),
    /// A request did not go out: budgets of the exchange of messages are used up.
    NotSent(coap::RequestError),
    /// A response has a code that no response has.
    InvalidResponse,
    /// The client made no progress, or the session took too long.
    TimedOut,
    /// The configuration does not fit what the client has.
    Numbering(NumberingError),
    /// A value does not exist in the format.
    Encode(EncodeError),
    /// The client has asked again, from the same address or another.
    Replaced,
    /// This side ended the session by [`BootstrapServer::end`](super::BootstrapServer::end).
    Ended,
}
