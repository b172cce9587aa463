//! One device: its engine, its objects and the program behind them.

use std::{net::IpAddr, path::PathBuf};

use lwm2m_runtime::{
    client::{Client, Event, State},
    net::Attempts,
    objects::Lwm2mSecurity,
    operation::TreeView,
    time::Instant,
};

use crate::{
    blueprint::{Blueprint, Made},
    memory::{self, Store},
    report::Report,
    values::Station,
};

/// A device of the fleet, or the only one.
pub(crate) struct Unit {
    pub(crate) endpoint: String,
    number: u32,
    pub(crate) client: Client,
    pub(crate) station: Station,
    /// The address that its datagrams leave from, where several devices share a socket.
    pub(crate) address: Option<IpAddr>,
    pub(crate) attempts: Attempts,
    pub(crate) store: Option<Store>,
    /// Where the smartcard is.
    card: Option<PathBuf>,
    pub(crate) stage: Stage,
    /// Whether it begins anew as it came from the factory, once it has de-registered.
    pub(crate) resetting: bool,
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
    pub(crate) fn new(blueprint: &Blueprint, number: u32, report: &Report) -> Result<Self, String> {
        let Made { client, store, seed } = blueprint.make(number, report)?;
        Ok(Self {
            client,
            station: Station::new(seed),
            endpoint: blueprint.endpoint(number),
            number,
            address: None,
            attempts: Attempts::default(),
            store,
            card: blueprint.arguments.accounts.smartcard.clone(),
            stage: Stage::Waiting,
            resetting: false,
            registered: false,
        })
    }

    /// Forgets everything, as it came from the factory. It is not started.
    pub(crate) fn reset(&mut self, blueprint: &Blueprint, report: &Report) -> Result<(), String> {
        if let Some(store) = self.store.take() {
            store.forget()?;
        }
        let Made { client, store, seed } = blueprint.make(self.number, report)?;
        self.client = client;
        self.store = store;
        self.station = Station::new(seed);
        self.attempts = Attempts::default();
        self.resetting = false;
        Ok(())
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
