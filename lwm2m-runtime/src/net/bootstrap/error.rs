use core::{fmt, net::SocketAddr};

use crate::bootstrap::BeginError;

/// Why a bootstrap server does not do what its program wants.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BootstrapServerError {
    /// The session was not begun.
    Begin(BeginError),
    /// The socket cannot send to the address: it is of the other IP version.
    Unreachable {
        /// Which.
        address: SocketAddr,
    },
    /// The bootstrap server has stopped.
    Stopped,
}

impl From<BeginError> for BootstrapServerError {
    fn from(error: BeginError) -> Self {
        Self::Begin(error)
    }
}

impl fmt::Display for BootstrapServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin(error) => error.fmt(f),
            Self::Unreachable { address } => write!(
                f,
                "{address} cannot be reached from the bootstrap server's address; bind to [::], which has both IP versions"
            ),
            Self::Stopped => f.write_str("the bootstrap server has stopped; start another one"),
        }
    }
}

impl core::error::Error for BootstrapServerError {}
