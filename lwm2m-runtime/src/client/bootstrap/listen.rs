//! Server Initiated Bootstrap (LwM2M 1.0): the bootstrap server begins.
//!
//! 1. Once the client is started, it asks the shell for a connection to [`BOOTSTRAP_SERVER`](super::BOOTSTRAP_SERVER), and
//!    has one whenever it does not ask for a configuration by itself: while it waits for the Client Hold Off Time, for its
//!    next attempt, and while it needs none.
//! 2. The first request of the bootstrap server over it leads to a session as any other.

use crate::client::{BootstrapState, Client, engine::Phase};
use crate::model::Version;

impl Client {
    /// Whether the bootstrap server may begin (LwM2M 1.0): once the client has looked what it is
    /// configured with, and as long as it does not ask by itself.
    pub(in crate::client) fn listens_to_bootstrap_server(&self) -> bool {
        let asks = matches!(
            self.bootstrap.state,
            BootstrapState::Connecting | BootstrapState::Requesting
        );
        let may = self.config.server_initiated_bootstrap && self.bootstrap.formats.version() < Version::V1_1;
        may && !asks && self.phase == Phase::Started
    }

    /// Asks for a connection to a bootstrap server that may begin.
    pub(in crate::client) fn listen_to_bootstrap_server(&mut self) {
        if self.listens_to_bootstrap_server() && self.bootstrap.peer.is_none() {
            self.connect_to_bootstrap_server();
        }
    }
}
