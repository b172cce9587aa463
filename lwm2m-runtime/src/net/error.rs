use core::{fmt, net::SocketAddr};
use std::{io, string::String};

use super::{StorageError, UriError};
use crate::{configuration::NumberingError, model::Excerpt, storage::OpenError, tree::TreeError};

/// Why a client, a server or a bootstrap server does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The system does not give the address.
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The system has no random numbers, without which tokens and locations could be guessed.
    Seed(getrandom::Error),
    /// A client has no server to register with.
    NoServer,
    /// The URI of a server is not one that can be used.
    Uri {
        /// Which.
        uri: String,
        /// Why.
        error: UriError,
    },
    /// The endpoint client name is empty or longer than the 252 bytes that fit into a Register.
    EndpointName,
    /// An instance does not fit into the client.
    Tree(TreeError),
    /// The factory's configuration cannot be numbered.
    Configuration(NumberingError),
    /// What was kept cannot be read. It is still there:
    /// [`factory_reset`](super::ClientBuilder::factory_reset) begins without it.
    Storage(OpenError<StorageError>),
}

impl From<NumberingError> for StartError {
    fn from(error: NumberingError) -> Self {
        Self::Configuration(error)
    }
}

impl From<TreeError> for StartError {
    fn from(error: TreeError) -> Self {
        Self::Tree(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { address, error } => match error.kind() {
                io::ErrorKind::AddrInUse => {
                    write!(f, "{address} is in use; stop the program that has it, or bind to another port")
                }
                io::ErrorKind::AddrNotAvailable => {
                    write!(f, "{address} is no address of this host; bind to one of its own, or to [::]")
                }
                _ => write!(f, "cannot bind to {address}: {error}"),
            },
            Self::Seed(error) => write!(f, "the system has no random numbers: {error}"),
            Self::NoServer => f.write_str(
                "the client has no server to register with; name one by `server` or `bootstrap_server`, or put instances of the objects 0 \
                 and 1 into the client",
            ),
            Self::Uri { uri, error } => write!(f, "\"{}\": {error}", Excerpt(uri)),
            Self::EndpointName => f.write_str("an endpoint client name has 1 to 252 bytes"),
            Self::Tree(error) => error.fmt(f),
            Self::Configuration(error) => error.fmt(f),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for StartError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Bind { error, .. } => Some(error),
            Self::Seed(error) => Some(error),
            Self::Uri { error, .. } => Some(error),
            Self::Tree(error) => Some(error),
            Self::Configuration(error) => Some(error),
            Self::Storage(error) => Some(error),
            _ => None,
        }
    }
}
