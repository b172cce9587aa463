use alloc::{string::String, vec::Vec};
use core::fmt;

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

impl fmt::Display for Failure {
    /// What happened, and what can be done about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused {
                operation,
                path,
                status,
            } => {
                write!(f, "{operation} {path}: the client answers {status}")?;
                match advice(*operation, *status) {
                    Some(advice) => write!(f, ": {advice}"),
                    None => Ok(()),
                }
            }
            Self::Exchange(coap::Failure::TimedOut) | Self::TimedOut => f.write_str(
                "the client does not answer any more; it asks again when it needs a bootstrap still",
            ),
            Self::Exchange(coap::Failure::Reset) => {
                f.write_str("the client rejects what it is sent; it does not wait for a bootstrap")
            }
            Self::Exchange(failure) => write!(f, "the exchange with the client failed: {failure:?}"),
            Self::NotSent(error) => write!(f, "the request could not be sent: {error}"),
            Self::InvalidResponse => f.write_str("the client's response has a code that no response has"),
            Self::Numbering(error) => write!(f, "the plan does not fit what the client has: {error}"),
            Self::Encode(error) => write!(f, "the plan cannot be written in the client's format: {error}"),
            Self::Replaced => f.write_str("the client has asked again, and gets a new session"),
            Self::Ended => f.write_str("it was ended from here"),
        }
    }
}

impl core::error::Error for Failure {}

/// What who writes plans can do about a refusal.
const fn advice(operation: Operation, status: Status) -> Option<&'static str> {
    Some(match (operation, status) {
        (Operation::BootstrapFinish, Status::NotAcceptable) => {
            "it cannot use its configuration; look for what it needs besides the plan"
        }
        (_, Status::BadRequest) => "it does not accept the values, or does not wait for a bootstrap",
        (_, Status::NotFound) => "it does not have this object; leave it out, or let the plan be tolerant",
        (_, Status::MethodNotAllowed) => "it does not allow this in a bootstrap; leave it out",
        (_, Status::UnsupportedContentFormat) => "it reads none of the formats that can carry this",
        (_, Status::RequestEntityTooLarge) => "it has no room for so much; write less at once",
        _ => return None,
    })
}
