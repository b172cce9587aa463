use core::fmt;

use crate::{
    client::{SendError, SendFailure},
    model::Path,
    tree::TreeError,
};

/// Why a client does not do what its program wants.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ClientError {
    /// The client has no such instance of that type.
    NoInstance {
        /// Which.
        path: Path,
    },
    /// The value or instance does not fit.
    Tree(TreeError),
    /// Nothing was sent.
    Send(SendError),
    /// A server has not taken what was sent.
    NotTaken {
        /// Its Short Server ID.
        server: u16,
        /// Why.
        failure: SendFailure,
    },
    /// The client has stopped.
    Stopped,
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInstance { path } => write!(
                f,
                "{path}: the client has no such instance, or it is of another type; a server may have deleted it"
            ),
            Self::Tree(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
            Self::NotTaken {
                server,
                failure: SendFailure::Refused(status),
            } => write!(f, "server {server} refuses what was sent: {status}"),
            Self::NotTaken {
                server,
                failure: SendFailure::Exchange(failure),
            } => write!(
                f,
                "server {server} has not answered what was sent ({failure:?}); it may have it or not"
            ),
            Self::NotTaken { server, .. } => {
                write!(f, "the answer of server {server} to what was sent makes no sense")
            }
            Self::Stopped => f.write_str("the client has stopped; start another one"),
        }
    }
}

impl core::error::Error for ClientError {}

impl From<TreeError> for ClientError {
    fn from(error: TreeError) -> Self {
        Self::Tree(error)
    }
}
