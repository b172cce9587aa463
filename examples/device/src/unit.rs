//! One device: its engine, its objects and the program behind them.

use std::net::IpAddr;

use lwm2m_runtime::{
    client::{Client, ClientConfig, Event},
    coap::EndpointConfig,
    tree::TreeError,
};

use crate::{
    arguments::Arguments,
    objects,
    values::{Station, unix_time},
};

/// A device of the fleet, or the only one.
pub(crate) struct Unit {
    pub(crate) endpoint: String,
    pub(crate) client: Client,
    pub(crate) station: Station,
    /// The address that its datagrams leave from, where several devices share a socket.
    pub(crate) address: Option<IpAddr>,
    pub(crate) stage: Stage,
    pub(crate) registered: bool,
}

/// How far a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It has not begun.
    Waiting,
    /// It registers for the first time.
    Starting,
    Running,
    /// It de-registers.
    Stopping,
    Stopped,
}

impl Unit {
    pub(crate) fn new(
        arguments: &Arguments,
        number: u32,
        address: Option<IpAddr>,
        seed: u128,
    ) -> Result<Self, TreeError> {
        let endpoint = match arguments.count {
            1 => arguments.endpoint.clone(),
            _ => format!("{}-{number}", arguments.endpoint),
        };
        let tree = objects::tree(arguments, &format!("WS-{number:06}"), unix_time())?;
        let mut config = ClientConfig::new(endpoint.clone());
        if let Some(version) = arguments.version {
            config.versions = vec![version];
        }
        config.formats = arguments.format_set();
        if arguments.announce_formats {
            config.announced_formats = arguments
                .formats
                .iter()
                .map(|format| format.content_format())
                .collect();
        }
        config.coap = EndpointConfig {
            // Memory of answers, to repeat them: a fleet's devices have one server each.
            max_recent: 64,
            ..EndpointConfig::default()
        };
        Ok(Self {
            client: Client::new(config, tree, seed),
            station: Station::new(seed as u64),
            endpoint,
            address,
            stage: Stage::Waiting,
            registered: false,
        })
    }

    /// Takes note of what the engine tells. Whether the first attempt to register is over thereby.
    pub(crate) fn note(&mut self, event: &Event) -> bool {
        match event {
            Event::Registered { .. } => self.registered = true,
            Event::Deregistered { .. } => self.registered = false,
            Event::RegistrationFailed { .. } => self.registered = false,
            Event::Stopped => {
                self.registered = false;
                self.stage = Stage::Stopped;
            }
            _ => return false,
        }
        let first = self.stage == Stage::Starting;
        if first {
            self.stage = Stage::Running;
        }
        first
    }
}
