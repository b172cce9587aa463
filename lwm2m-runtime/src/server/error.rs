use core::fmt;

use crate::{
    coap,
    operation::{InvalidRequest, Transport},
};

/// Why a request was not taken. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum RequestError {
    /// There is no such registration, or it is over.
    NotRegistered,
    /// The client's version of LwM2M does not have this.
    Invalid(InvalidRequest),
    /// Instances can only be created of objects that the client has registered.
    UnknownObject {
        /// Which it has not.
        object: u16,
    },
    /// The client has not listed the transport by which it is asked to come.
    Transport {
        /// Which.
        transport: Transport,
    },
    /// The client has not told a number for short messages.
    NoSmsNumber,
    /// It is an Observe, or its cancel: use [`Server::observe`](super::Server::observe) and
    /// [`Server::cancel_observation`](super::Server::cancel_observation). Or it is none, and was to be observed.
    Observation,
    /// [`max_requests_per_device`](super::ServerConfig::max_requests_per_device) or
    /// [`max_requests`](super::ServerConfig::max_requests) is used up.
    QueueFull,
    /// [`max_observations_per_device`](super::ServerConfig::max_observations_per_device) or
    /// [`max_observations`](super::ServerConfig::max_observations) is used up.
    TooManyObservations,
    /// The exchange of messages does not take it.
    Exchange(coap::RequestError),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegistered => f.write_str("the client is not registered; wait for it to register"),
            Self::Invalid(error) => error.fmt(f),
            Self::UnknownObject { object } => {
                write!(
                    f,
                    "the client has not registered object {object}: it has no instances to create"
                )
            }
            Self::Transport { transport } => write!(
                f,
                "the client's binding does not list {}; write /1/x/7 first, or ask without",
                transport.letter()
            ),
            Self::NoSmsNumber => {
                f.write_str("the client has told no number for short messages; wait until it wakes by itself")
            }
            Self::Observation => f.write_str("`observe` is for observations, `request` for everything else"),
            Self::QueueFull => {
                f.write_str("too many requests wait; wait until one ends or raise `max_requests`")
            }
            Self::TooManyObservations => {
                f.write_str("too many observations; cancel one or raise `max_observations`")
            }
            Self::Exchange(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RequestError {}

impl From<InvalidRequest> for RequestError {
    fn from(error: InvalidRequest) -> Self {
        Self::Invalid(error)
    }
}

impl From<coap::RequestError> for RequestError {
    fn from(error: coap::RequestError) -> Self {
        Self::Exchange(error)
    }
}
