use core::fmt;
use std::sync::Arc;

use crate::{
    encoding::{ContentFormat, EncodeError, TypedError},
    model::{ConstraintViolation, Excerpt, Path, ResourceType, Version},
    operation::{InvalidRequest, Operation, Status},
    server::{EndReason, Failure, RequestError},
};

/// Why a device was not asked, did not answer, or refused.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DeviceError {
    /// No device is registered under the name.
    NotRegistered {
        /// The endpoint client name.
        endpoint: Arc<str>,
    },
    /// The device has answered, and refuses.
    Refused {
        /// What it was asked to do.
        operation: Operation,
        /// With what; the root for a composite operation.
        path: Path,
        /// What it says.
        status: Status,
    },
    /// The device has not answered, or not in a way that makes sense.
    Failed(Failure),
    /// The device's version of LwM2M does not have the request. It was not sent.
    Invalid(InvalidRequest),
    /// The value is outside the range that the definition gives it. It was not sent.
    Constraint {
        /// Of which resource.
        path: Path,
        /// The range and the value.
        violation: ConstraintViolation,
    },
    /// The value is of another type than the definition gives the resource. It was not sent.
    Type {
        /// Of which resource.
        path: Path,
        /// The type of the resource.
        expected: ResourceType,
        /// The type of the value.
        found: ResourceType,
    },
    /// Device and server have no format in common that can carry this. It was not sent.
    NoFormat {
        /// What was to be done.
        operation: Operation,
        /// With what.
        path: Path,
        /// The version of LwM2M that the device speaks.
        version: Version,
    },
    /// The values cannot be written in the format that the device reads. They were not sent.
    Encode(EncodeError),
    /// The device's answer is not what was asked for.
    Answer {
        /// What it was asked to do.
        operation: Operation,
        /// With what.
        path: Path,
        /// What is wrong with the answer.
        error: TypedError,
    },
    /// The device's answer has a format that this crate does not read.
    UnknownFormat {
        /// With what.
        path: Path,
        /// Which.
        format: ContentFormat,
    },
    /// The device has answered with success and without the values that it was asked for.
    NoValue {
        /// What is missing.
        path: Path,
    },
    /// The device has answered an Observe as if it were a Read: it does not observe this.
    NotObserved {
        /// What.
        path: Path,
    },
    /// The answer to a Discover is no list of links.
    Links {
        /// What was discovered.
        path: Path,
    },
    /// A limit of the server's configuration is reached.
    Limit(RequestError),
    /// The server has stopped.
    Stopped,
}

impl DeviceError {
    /// What the device said, if it did.
    #[must_use]
    pub const fn status(&self) -> Option<Status> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }
}

impl From<RequestError> for DeviceError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Invalid(error) => Self::Invalid(error),
            error => Self::Limit(error),
        }
    }
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegistered { endpoint } => write!(
                f,
                "no device is registered as \"{}\"; wait for its registration, as `Server::wait_for` does",
                Excerpt(endpoint)
            ),
            Self::Refused {
                operation,
                path,
                status,
            } => {
                write!(f, "{operation} {path}: the device answers {status}")?;
                match advice(*status) {
                    Some(advice) => write!(f, ": {advice}"),
                    None => Ok(()),
                }
            }
            Self::Failed(failure) => fmt_failure(failure, f),
            Self::Invalid(error) => error.fmt(f),
            Self::Constraint { path, violation } => write!(f, "{path}: {violation}; it was not sent"),
            Self::Type {
                path,
                expected,
                found,
            } => write!(
                f,
                "{path}: the resource holds {expected}, not {found}; it was not sent: write {expected}"
            ),
            Self::NoFormat {
                operation,
                path,
                version,
            } => write!(
                f,
                "{operation} {path}: no content format of LwM2M {version} that the device reads can carry it; write \
                 less at once, or allow more formats in the server's configuration"
            ),
            Self::Encode(error) => write!(f, "the values cannot be sent: {error}"),
            Self::Answer {
                operation,
                path,
                error,
            } => write!(
                f,
                "{operation} {path}: the device's answer is not as the definition has it: {error}; read it untyped to \
                 see what it says"
            ),
            Self::UnknownFormat { path, format } => write!(
                f,
                "{path}: the device answers in Content-Format {format}, which holds no values that can be read here"
            ),
            Self::NoValue { path } => write!(f, "{path}: the device answers without a value"),
            Self::NotObserved { path } => write!(
                f,
                "Observe {path}: the device answers with a value and does not observe it; read it from time to time"
            ),
            Self::Links { path } => write!(f, "Discover {path}: the device's answer is no list of links"),
            Self::Limit(error) => error.fmt(f),
            Self::Stopped => f.write_str("the server has stopped; start another one"),
        }
    }
}

impl core::error::Error for DeviceError {}

/// What the asking program can do about a refusal.
const fn advice(status: Status) -> Option<&'static str> {
    Some(match status {
        Status::BadRequest => {
            "it does not accept the values; compare them with the resource's range and type"
        }
        Status::Unauthorized => "this server has no right to it; the device's Access Control decides",
        Status::NotFound => "it has no such object, instance or resource; Discover tells what it has",
        Status::MethodNotAllowed => "what is there does not have this operation",
        Status::NotAcceptable => "it does not have the format asked for; let it choose",
        Status::UnsupportedContentFormat => "it does not read the format; choose another one",
        Status::RequestEntityTooLarge => "it has no room for so much; write less at once",
        Status::TooManyRequests | Status::ServiceUnavailable => "ask again later",
        _ => return None,
    })
}

/// Why there is no answer.
fn fmt_failure(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match failure {
        Failure::Exchange(crate::coap::Failure::TimedOut) => {
            f.write_str("the device does not answer; it may sleep or be gone: wait for its next Update")
        }
        Failure::Exchange(failure) => write!(f, "the exchange with the device failed: {failure:?}"),
        Failure::NotSent(error) => write!(f, "the request could not be sent: {error}"),
        Failure::InvalidResponse => f.write_str("the device's response has a code that no response has"),
        Failure::AddressChanged => f.write_str(
            "the device got a new address while it was asked, and may have done it or not; find out before you ask again",
        ),
        Failure::Unavailable => {
            f.write_str("the device has registered again with a version of LwM2M that does not have this")
        }
        Failure::Expired => f.write_str("the device did not wake in time; ask again once it has"),
        Failure::Ended(EndReason::Replaced) => f.write_str("the device has registered again meanwhile; ask again"),
        Failure::Ended(_) => f.write_str("the device's registration is over; wait for the next one"),
    }
}
