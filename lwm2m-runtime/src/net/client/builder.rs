use core::net::SocketAddr;
use std::{boxed::Box, string::String, vec::Vec};

use tokio::sync::mpsc;

use super::{
    Client, ExecuteCall, ExecuteOutcome, ServerAccount,
    hooks::{Hooks, Key},
    task::{Device, Task},
};
use crate::{
    client::{self, ClientConfig},
    model::{ObjectDefinition, ValueRef},
    net::{
        Batch, Socket, SocketConfig, StartError,
        clock::{Clock, seed},
        socket::any_address,
        wire::Wire,
    },
    object::{
        DynamicInstance, Object, Resource, ResourceValue, Scalar,
        access::{Access, Executable, Writable},
    },
    operation::{Status, TreeView},
    tree::{Application, Tree, TreeConfig, TreeError},
};

/// A client that is about to start; [`start`](Self::start) starts it.
#[must_use = "there is no client until it starts"]
pub struct ClientBuilder {
    config: ClientConfig,
    tree: Tree,
    /// The first instance that did not fit.
    error: Option<TreeError>,
    accounts: Vec<ServerAccount>,
    hooks: Hooks,
    /// Executable resources that exist because something is done when they are executed.
    enabled: Vec<Key>,
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
            accounts: Vec::new(),
            hooks: Hooks::new(),
            enabled: Vec::new(),
            address: None,
            socket: SocketConfig::default(),
        }
    }

    /// Registers with a server: a URI, or a [`ServerAccount`] with a lifetime and more. Several servers are registered
    /// with at the same time; what each of them may do, instances of the Access Control object say.
    pub fn server(mut self, account: impl Into<ServerAccount>) -> Self {
        self.accounts.push(account.into());
        self
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

    /// Does something when a server executes a resource, in whichever instance; an optional resource exists thereby.
    /// The function runs in the client's task, and returns before anything else happens there: long work belongs into
    /// a task of its own, and then the answer is [`Executed::Later`](crate::tree::Executed::Later).
    ///
    /// Compiles only for an executable resource.
    pub fn on_execute<O, T, A, R>(
        mut self,
        resource: Resource<O, T, A>,
        mut execute: impl FnMut(ExecuteCall<'_>) -> R + Send + 'static,
    ) -> Self
    where
        O: Object,
        A: Executable,
        R: ExecuteOutcome,
    {
        let key = (O::DEFINITION.id(), resource.id());
        self.enabled.push(key);
        let hook = Box::new(move |call: ExecuteCall<'_>| execute(call).executed());
        self.hooks.execute.insert(key, hook);
        self
    }

    /// Asks before a server's write to a resource is applied: the instance and the value go in, and an `Err` refuses
    /// the whole request. Another value of the request may still be refused afterwards; what was applied,
    /// [`Client::events`] tell.
    ///
    /// Compiles only for a single resource that a server may write.
    pub fn on_write<O, T, A>(
        mut self,
        resource: Resource<O, T, A>,
        mut write: impl FnMut(u16, T) -> Result<(), Status> + Send + 'static,
    ) -> Self
    where
        O: Object,
        T: Scalar,
        A: Writable,
    {
        let key = (O::DEFINITION.id(), resource.id());
        let hook = move |instance, value: ValueRef<'_>| match T::from_value(value) {
            Some(value) => write(instance, value),
            None => Err(Status::BadRequest),
        };
        self.hooks.write.insert(key, Box::new(hook));
        self
    }

    /// Brings a value up to date before a server reads it, and before it is decided whether an observer is notified
    /// of it: the function gets the instance and returns its value.
    ///
    /// Values that change rarely are better set when they change, by [`Client::update`]: then observers learn at once.
    pub fn on_read<O, T, A>(
        mut self,
        resource: Resource<O, T, A>,
        mut read: impl FnMut(u16) -> T + Send + 'static,
    ) -> Self
    where
        O: Object,
        T: ResourceValue,
        A: Access,
    {
        let id = resource.id();
        let hook = move |tree: &mut Tree, instance| {
            let value = read(instance);
            tree.update::<O, _>(instance, |object| {
                // The type of the resource is that of its field.
                object.field_mut(id).map(|field| value.store(field))
            });
        };
        self.hooks.read.push(((O::DEFINITION.id(), id), Box::new(hook)));
        self
    }

    /// With an application for everything that no function above is for.
    pub fn application(mut self, application: impl Application + Send + 'static) -> Self {
        self.hooks.application = Box::new(application);
        self
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
    /// register; [`Client::registered`] waits for that.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub async fn start(mut self) -> Result<Client, StartError> {
        if self.config.endpoint_name.is_empty() || self.config.endpoint_name.len() > 252 {
            return Err(StartError::EndpointName);
        }
        for (position, account) in (0..).zip(core::mem::take(&mut self.accounts)) {
            let (security, server) = account.instances(position)?;
            self.tree.insert(position, security)?;
            self.tree.insert(position, server)?;
        }
        if let Some(error) = self.error {
            return Err(error.into());
        }
        if self.tree.instances(0).next().is_none() {
            return Err(StartError::NoServer);
        }
        for (object, resource) in self.enabled {
            // Mandatory ones exist already; those of objects that are not there never will.
            let _ = self.tree.enable(object, resource);
        }
        let address = self.address.unwrap_or_else(|| any_address(0));
        let socket =
            Socket::bind(address, &self.socket).map_err(|error| StartError::Bind { address, error })?;
        let seed = seed().map_err(StartError::Seed)?;
        let device = Device {
            client: client::Client::new(self.config, self.tree, seed),
            hooks: self.hooks,
        };
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let local = socket.local_address();
        let wire = Wire::new(socket, Batch::new(BATCH), Clock::new());
        let task = Task::new(device, wire, receiver, commands.downgrade());
        tokio::spawn(task.run());
        Ok(Client::new(commands, local))
    }

    /// Keeps the first error for [`start`](Self::start).
    fn note(mut self, result: Result<(), TreeError>) -> Self {
        self.error = self.error.or(result.err());
        self
    }
}
