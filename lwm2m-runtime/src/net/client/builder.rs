use core::{net::SocketAddr, time::Duration};
use std::{string::String, vec::Vec};

use tokio::sync::mpsc;

use super::{
    Client, ClientEvents, ClientTrouble,
    card::{self, Card},
    factory::Factory,
    hooks::{Hooks, Key},
    outlets::Outlets,
    store::{AnySlots, Store, WRITE_INTERVAL},
    task::{Device, Task},
};
use crate::{
    client::{self, ClientConfig},
    model::ObjectDefinition,
    net::{
        Batch, Socket, SocketConfig, StartError,
        clock::{Clock, seed},
        socket::any_address,
        wire::Wire,
    },
    object::{DynamicInstance, Object},
    operation::TreeView,
    time::Instant,
    tree::{Tree, TreeConfig, TreeError},
};

/// A client that is about to start; [`start`](Self::start) starts it.
///
/// It needs an account: at a server ([`server`](Self::server)), at a bootstrap server
/// ([`bootstrap_server`](Self::bootstrap_server)), on a [`smartcard`](Self::smartcard), or kept from before
/// ([`keep_in`](Self::keep_in)). The examples of [`net`](crate::net) have a client of a server, and one that is bootstrapped and
/// keeps what it was given.
///
/// No method fails before [`start`](Self::start), which tells the first thing that did not fit.
#[must_use = "there is no client until it starts"]
pub struct ClientBuilder {
    config: ClientConfig,
    tree: Tree,
    /// The first instance that did not fit.
    error: Option<TreeError>,
    pub(super) factory: Factory,
    pub(super) slots: Option<AnySlots>,
    pub(super) write_interval: Duration,
    /// Whether nothing that was kept counts.
    pub(super) reset: bool,
    pub(super) hooks: Hooks,
    /// Executable resources that exist because something is done when they are executed.
    pub(super) enabled: Vec<Key>,
    outlets: Outlets,
    pub(super) card: Card,
    address: Option<SocketAddr>,
    socket: SocketConfig,
}

/// Commands of all handles that wait for the task: more of them make their senders wait.
const COMMANDS: usize = 64;

/// Datagrams received at once: a device has few servers.
const BATCH: usize = 4;

impl ClientBuilder {
    pub(super) fn new(endpoint_name: String) -> Self {
        Self {
            config: ClientConfig::new(endpoint_name),
            tree: Tree::new(TreeConfig::default()),
            error: None,
            factory: Factory::default(),
            slots: None,
            write_interval: WRITE_INTERVAL,
            reset: false,
            hooks: Hooks::new(),
            enabled: Vec::new(),
            outlets: Outlets::default(),
            card: Card::default(),
            address: None,
            socket: SocketConfig::default(),
        }
    }

    /// With an instance of an object.
    pub fn object<O: Object>(mut self, instance: u16, value: O) -> Self {
        let result = self.tree.insert(instance, value);
        self.note(result)
    }

    /// With an object that has no instance yet; servers may create some.
    pub fn object_type<O: Object>(mut self) -> Self {
        let result = self.tree.add_type::<O>();
        self.note(result)
    }

    /// With an instance of an object that is known by its definition alone.
    pub fn dynamic_object(mut self, instance: u16, value: DynamicInstance) -> Self {
        let result = self.tree.insert_dynamic(instance, value);
        self.note(result)
    }

    /// With an object that is known by its definition alone and has no instance yet.
    pub fn definition(mut self, definition: &'static ObjectDefinition) -> Self {
        let result = self.tree.add_object(definition);
        self.note(result)
    }

    /// Does anything to the instances before the client starts.
    pub fn tree(mut self, change: impl FnOnce(&mut Tree) -> Result<(), TreeError>) -> Self {
        let result = change(&mut self.tree);
        self.note(result)
    }

    /// What happens from the start on; else as [`Client::events`].
    pub fn events(&mut self) -> ClientEvents {
        self.outlets.events()
    }

    /// What the client cannot do from the start on; else as [`Client::troubles`].
    pub fn troubles(&mut self) -> ClientEvents<ClientTrouble> {
        self.outlets.troubles()
    }

    /// With other limits and another version of LwM2M. The endpoint client name stays.
    pub fn config(mut self, change: impl FnOnce(&mut ClientConfig)) -> Self {
        change(&mut self.config);
        self
    }

    /// Bound to an address. Default: one of any address and port, which the system chooses.
    pub const fn bind(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// With other wishes for the socket. Default: the system's choice.
    pub const fn socket(mut self, config: SocketConfig) -> Self {
        self.socket = config;
        self
    }

    /// Starts the client as a task of the present tokio runtime, which needs I/O and time enabled. It begins to
    /// register, and asks its bootstrap server for accounts before, where it has none; [`Client::registered`] waits for
    /// both.
    ///
    /// # Errors
    ///
    /// - [`StartError::NoServer`]: no account of any kind.
    /// - [`StartError::EndpointName`], [`StartError::Tree`], [`StartError::Uri`], [`StartError::Configuration`]: what the
    ///   program has given does not fit.
    /// - [`StartError::Storage`]: what was kept cannot be read; [`factory_reset`](Self::factory_reset) begins without it.
    /// - [`StartError::Bind`], [`StartError::Seed`]: what the system does not give.
    pub async fn start(mut self) -> Result<Client, StartError> {
        if self.config.endpoint_name.is_empty() || self.config.endpoint_name.len() > 252 {
            return Err(StartError::EndpointName);
        }
        if let Some(error) = self.error {
            return Err(error.into());
        }
        let (card, data) = self.card.read().await;
        // Those of the factory are for a device without a card.
        let factory = matches!(data, Ok(Some(_))).then(|| core::mem::take(&mut self.factory));
        let versions = self.config.versions.clone();
        self.factory.put_into(&mut self.tree, &versions)?;
        for (object, resource) in self.enabled {
            // Mandatory ones exist already; those of objects that are not there never will.
            let _ = self.tree.enable(object, resource);
        }
        let address = self.address.unwrap_or_else(|| any_address(0));
        let socket =
            Socket::bind(address, &self.socket).map_err(|error| StartError::Bind { address, error })?;
        let seed = seed().map_err(StartError::Seed)?;
        let mut client = client::Client::new(self.config, self.tree, seed);
        let (store, restored) = Store::open(self.slots, self.reset, self.write_interval, &mut client)?;
        let troubled = |trouble| self.outlets.trouble(trouble);
        let taken = card::take(&mut client, Instant::default(), &data, troubled);
        let accounts = client.tree().instances(0).count();
        if let Some(factory) = factory.filter(|_| !taken && accounts == 0) {
            client.change(Instant::default(), |tree| factory.put_into(tree, &versions))?;
        }
        if client.tree().instances(0).next().is_none() {
            return Err(StartError::NoServer);
        }
        if let Some(lost) = restored
            .map(|restored| restored.lost)
            .filter(|lost| !lost.is_empty())
        {
            self.outlets.trouble(ClientTrouble::NotRestored { lost });
        }
        let device = Device {
            client,
            hooks: self.hooks,
        };
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let local = socket.local_address();
        let wire = Wire::new(socket, Batch::new(BATCH), Clock::new());
        let task = Task::new(
            device,
            wire,
            card,
            store,
            self.outlets,
            receiver,
            commands.downgrade(),
        );
        tokio::spawn(task.run());
        Ok(Client::new(commands, local))
    }

    /// Keeps the first error for [`start`](Self::start).
    fn note(mut self, result: Result<(), TreeError>) -> Self {
        self.error = self.error.or(result.err());
        self
    }
}
