use std::{collections::BTreeSet, net::SocketAddr};

use lwm2m_runtime::{bootstrap, client, configuration::SmartcardFile, server, time::Instant};

/// A server in the network.
#[derive(Debug)]
pub struct ServerHost {
    /// Its address.
    pub address: SocketAddr,
    /// The engine.
    pub engine: server::Server,
    /// Everything that it has told, and when.
    pub events: Vec<(Instant, server::Event)>,
}

/// A bootstrap server in the network.
#[derive(Debug)]
pub struct BootstrapHost {
    /// Its address.
    pub address: SocketAddr,
    /// The engine.
    pub engine: bootstrap::BootstrapServer,
    /// Everything that it has told, and when.
    pub events: Vec<(Instant, bootstrap::Event)>,
}

/// A device in the network.
#[derive(Debug)]
pub struct ClientHost<A> {
    /// Its own address.
    pub address: SocketAddr,
    /// The endpoint client name.
    pub endpoint: String,
    /// The engine.
    pub engine: client::Client,
    /// The device's own program.
    pub application: A,
    /// Everything that the engine has told, and when.
    pub events: Vec<(Instant, client::Event)>,
    /// Whether connections can be made; otherwise each attempt fails at once.
    pub online: bool,
    /// Whether what arrives while the engine says that it sleeps is lost, as by a radio that is off.
    pub deaf_asleep: bool,
    /// Addresses to which no connection can be made: each attempt fails at once.
    pub unreachable: BTreeSet<SocketAddr>,
    /// The file of the smartcard in it.
    pub card: Option<Vec<u8>>,
}

impl<A> ClientHost<A> {
    /// Has the engine look at the smartcard. A file that cannot be read is no card.
    pub fn read_card(&mut self, now: Instant) {
        let file = self.card.as_deref().map(SmartcardFile::read);
        let file = file.and_then(Result::ok);
        // What is refused, the engine's state shows.
        let _ = self.engine.smartcard(now, file.as_ref());
    }
}
