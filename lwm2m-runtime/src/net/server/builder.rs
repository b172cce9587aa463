use core::net::SocketAddr;
use std::boxed::Box;

use tokio::sync::mpsc;

use super::{Server, task::Task};
use crate::{
    net::{SocketConfig, StartError, clock::seed, listen::Listen},
    server::{self, Authoriser, ServerConfig},
};

/// A server that is about to start; [`start`](Self::start) starts it.
#[must_use = "there is no server until it starts"]
#[derive(Debug, Default)]
pub struct ServerBuilder {
    listen: Listen,
    config: ServerConfig,
    authoriser: Option<Box<dyn Authoriser>>,
}

/// Commands of all handles that wait for the task: more of them make their senders wait.
const COMMANDS: usize = 1024;

impl ServerBuilder {
    /// On this address. Default port 5683 on every address of both IP versions; each device is then spoken to from
    /// the address that it speaks to.
    pub const fn bind(mut self, address: SocketAddr) -> Self {
        self.listen.address = Some(address);
        self
    }

    /// On this port of every address; 0 has the system choose one. Default 5683, the port of CoAP.
    pub const fn port(mut self, port: u16) -> Self {
        self.listen.port = Some(port);
        self
    }

    /// With other limits and policies.
    pub fn config(mut self, config: ServerConfig) -> Self {
        self.config = config;
        self
    }

    /// With other wishes for the socket. Default: 8 MiB for datagrams that wait to be received, as far as the system
    /// allows (`net.core.rmem_max` on Linux).
    pub const fn socket(mut self, config: SocketConfig) -> Self {
        self.listen.socket = config;
        self
    }

    /// With rules on who may register. Default: everybody.
    pub fn authoriser(mut self, authoriser: impl Authoriser + 'static) -> Self {
        self.authoriser = Some(Box::new(authoriser));
        self
    }

    /// Starts the server as a task of the present tokio runtime, which needs I/O and time enabled.
    ///
    /// # Errors
    ///
    /// [`StartError::Bind`], [`StartError::Seed`]: the system does not give the address, or random numbers.
    pub async fn start(self) -> Result<Server, StartError> {
        let (wire, local) = self.listen.open()?;
        let mut engine = server::Server::new(self.config, seed().map_err(StartError::Seed)?);
        if let Some(authoriser) = self.authoriser {
            engine = engine.with_authoriser(authoriser);
        }
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let task = Task::new(engine, wire, receiver, commands.downgrade());
        tracing::info!(%local, "a server has started");
        tokio::spawn(task.run());
        Ok(Server::new(commands, local))
    }
}
