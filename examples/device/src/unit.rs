//! One device: its engine, its objects and the program behind them.

use std::net::IpAddr;

use lwm2m_runtime::{
    client::{Client, ClientConfig, Event, State},
    coap::EndpointConfig,
    net::Attempts,
    tree::TreeError,
};

use crate::{
    accounts::Factory,
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
    pub(crate) attempts: Attempts,
    pub(crate) stage: Stage,
    /// Whether any server has a registration.
    pub(crate) registered: bool,
}

/// How far a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It has not begun.
    Waiting,
    /// It is bootstrapped or registers for the first time.
    Starting,
    Running,
    /// It de-registers.
    Stopping,
    Stopped,
}

impl Unit {
    pub(crate) fn new(
        arguments: &Arguments,
        factory: &Factory,
        number: u32,
        address: Option<IpAddr>,
        seed: u128,
    ) -> Result<Self, TreeError> {
        let endpoint = match arguments.fleet.count {
            1 => arguments.endpoint.clone(),
            _ => format!("{}-{number}", arguments.endpoint),
        };
        let tree = objects::tree(arguments, factory, &format!("WS-{number:06}"), unix_time())?;
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
        config.queue_mode = arguments.sleep.queue_mode;
        config.awake_time = arguments.sleep.awake;
        config.bootstrap_pack = !arguments.accounts.no_pack;
        config.bootstrap_format = arguments.accounts.bootstrap_format;
        config.coap = EndpointConfig {
            // Memory of answers, to repeat them: a fleet's devices have few servers each.
            max_recent: 64,
            ..EndpointConfig::default()
        };
        Ok(Self {
            client: Client::new(config, tree, seed),
            station: Station::new(seed as u64),
            endpoint,
            address,
            attempts: Attempts::default(),
            stage: Stage::Waiting,
            registered: false,
        })
    }

    /// Takes note of what the engine tells. Whether the first attempt to register is over thereby.
    pub(crate) fn note(&mut self, event: &Event) -> bool {
        self.attempts.note(event);
        let servers = self.client.servers();
        self.registered = servers
            .filter_map(|server| self.client.state(server))
            .any(State::is_registered);
        let over = match event {
            Event::Registered { .. } | Event::RegistrationFailed { .. } | Event::BootstrapFailed { .. } => {
                true
            }
            Event::Stopped => {
                self.stage = Stage::Stopped;
                return false;
            }
            _ => false,
        };
        let first = over && self.stage == Stage::Starting;
        if first {
            self.stage = Stage::Running;
        }
        first
    }
}
