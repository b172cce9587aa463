use core::net::SocketAddr;
use std::{boxed::Box, vec::Vec};

use tokio::sync::mpsc;

use super::{BootstrapEvents, BootstrapServer, task::Task};
use crate::{
    bootstrap::{self, Authoriser, BootstrapServerConfig, Event, PlanSource, Plans},
    net::{SocketConfig, StartError, clock::seed, inbox::Outlet, listen::Listen},
};

/// A bootstrap server that is about to start; [`start`](Self::start) starts it.
#[must_use = "there is no bootstrap server until it starts"]
#[derive(Debug)]
pub struct BootstrapServerBuilder<P = Plans> {
    plans: P,
    listen: Listen,
    config: BootstrapServerConfig,
    authoriser: Option<Box<dyn Authoriser>>,
    events: Vec<Outlet<Event>>,
}

/// Commands of all handles that wait for the task: more of them make their senders wait.
const COMMANDS: usize = 64;

impl<P: PlanSource + 'static> BootstrapServerBuilder<P> {
    pub(super) fn new(plans: P) -> Self {
        Self {
            plans,
            listen: Listen::default(),
            config: BootstrapServerConfig::default(),
            authoriser: None,
            events: Vec::new(),
        }
    }

    /// On this address. Default port 5683 on every address of both IP versions; each client is then spoken to from the
    /// address that it speaks to.
    pub const fn bind(mut self, address: SocketAddr) -> Self {
        self.listen.address = Some(address);
        self
    }

    /// On this port of every address; 0 has the system choose one. Default 5683, the port of CoAP: another one is needed
    /// where a server is on the same host.
    pub const fn port(mut self, port: u16) -> Self {
        self.listen.port = Some(port);
        self
    }

    /// With other limits and policies.
    pub fn config(mut self, config: BootstrapServerConfig) -> Self {
        self.config = config;
        self
    }

    /// With other wishes for the socket. Default: 8 MiB for datagrams that wait to be received, as far as the system
    /// allows (`net.core.rmem_max` on Linux).
    pub const fn socket(mut self, config: SocketConfig) -> Self {
        self.listen.socket = config;
        self
    }

    /// With rules on who may be bootstrapped. Default: everybody who has a plan.
    pub fn authoriser(mut self, authoriser: impl Authoriser + 'static) -> Self {
        self.authoriser = Some(Box::new(authoriser));
        self
    }

    /// What will happen, from the first datagram on: no session goes unseen. Each call makes a stream of its own.
    pub fn events(&mut self) -> BootstrapEvents {
        let (outlet, events) = BootstrapEvents::new();
        self.events.push(outlet);
        events
    }

    /// Starts the bootstrap server as a task of the present tokio runtime, which needs I/O and time enabled.
    ///
    /// # Errors
    ///
    /// [`StartError::Bind`], [`StartError::Seed`]: the system does not give the address, or random numbers.
    pub async fn start(self) -> Result<BootstrapServer<P>, StartError> {
        let (wire, local) = self.listen.open()?;
        let seed = seed().map_err(StartError::Seed)?;
        let mut engine = bootstrap::BootstrapServer::new(self.config, self.plans, seed);
        if let Some(authoriser) = self.authoriser {
            engine = engine.with_authoriser(authoriser);
        }
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let task = Task::new(engine, wire, receiver, self.events);
        tracing::info!(%local, "a bootstrap server has started");
        tokio::spawn(task.run());
        Ok(BootstrapServer::new(commands, local))
    }
}
