//! One device: its engine, its objects and the program behind them.

use std::{net::IpAddr, path::PathBuf};

use lwm2m_runtime::{
    client::{Client, ClientConfig, Event, State},
    coap::EndpointConfig,
    net::Attempts,
    objects::Lwm2mSecurity,
    operation::TreeView,
    time::Instant,
    tree::Tree,
};

use crate::{
    accounts::Factory,
    arguments::Arguments,
    memory::{self, Store},
    objects,
    report::Report,
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
    pub(crate) store: Option<Store>,
    /// Where the smartcard is.
    card: Option<PathBuf>,
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
        seed: u128,
        report: &Report,
    ) -> Result<Self, String> {
        let endpoint = match arguments.fleet.count {
            1 => arguments.endpoint.clone(),
            _ => format!("{}-{number}", arguments.endpoint),
        };
        let tree = objects::tree(arguments, &format!("WS-{number:06}"), unix_time());
        let mut tree = tree.map_err(|error| error.to_string())?;
        let card = arguments.accounts.smartcard.clone();
        // What a smartcard has counts, and else the factory's accounts.
        if card.is_none() {
            configure(&mut tree, factory)?;
        }
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
        let mut client = Client::new(config, tree, seed);
        let of_fleet = (arguments.fleet.count > 1).then_some(number);
        let (store, restored) = Store::open(&arguments.memory, of_fleet, &mut client)?.unzip();
        let restored = restored.flatten();
        if let Some(text) = &restored {
            report.note(&endpoint, "restored", text);
        }
        if let Some(card) = &card {
            let now = Instant::default();
            let inserted = memory::insert_card(&mut client, now, card).unwrap_or_else(|error| {
                report.note(&endpoint, "error", &error);
                false
            });
            if !inserted && restored.is_none() {
                client.change(now, |tree| configure(tree, factory))?;
            }
        }
        Ok(Self {
            client,
            station: Station::new(seed as u64),
            endpoint,
            address: None,
            attempts: Attempts::default(),
            store,
            card,
            stage: Stage::Waiting,
            registered: false,
        })
    }

    /// The servers that it has accounts at, and the bootstrap server, which has no number.
    pub(crate) fn known(&self) -> Vec<(Option<u16>, String)> {
        let tree = self.client.tree();
        let accounts = tree.instances(0).filter_map(|id| tree.get::<Lwm2mSecurity>(id));
        accounts
            .filter_map(|account| {
                let server = account.short_server_id.and_then(|id| u16::try_from(id).ok());
                let server = server.filter(|_| account.bootstrap_server != Some(true));
                Some((server, account.lwm2m_server_uri.clone()?))
            })
            .collect()
    }

    /// Looks at the smartcard again.
    pub(crate) fn check_card(&mut self, now: Instant, report: &Report) {
        let Some(card) = &self.card else {
            return;
        };
        if let Err(error) = memory::insert_card(&mut self.client, now, card) {
            report.note(&self.endpoint, "error", &error);
        }
    }

    /// Keeps what has changed.
    pub(crate) fn keep(&mut self, report: &Report) {
        let kept = self.store.as_mut().and_then(|store| store.keep(&self.client));
        if let Some(error) = kept {
            report.note(&self.endpoint, "error", &error);
        }
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

/// Gives a device the accounts that it leaves the factory with.
fn configure(tree: &mut Tree, factory: &Factory) -> Result<(), String> {
    tree.configure(&factory.values).map_err(|error| error.to_string())
}
