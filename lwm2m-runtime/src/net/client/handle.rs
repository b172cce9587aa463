use core::{fmt, net::SocketAddr};
use std::{boxed::Box, string::String, vec::Vec};

use tokio::sync::{mpsc, oneshot};

use super::{ClientBuilder, ClientError, ClientEvents, ClientTrouble, SendBody, command::Command};
use crate::{
    client::{BootstrapState, State, Ticket},
    model::{Path, Value},
    object::Object,
    operation::Status,
    tree::Tree,
};

/// A LwM2M client over UDP: a device with its objects, which registers with servers and does what they ask.
///
/// It is a handle to a task of its own, cheap to clone. [`stop`](Self::stop) de-registers, and so does the task when
/// the last handle is gone, as long as the runtime lives.
///
/// ```no_run
/// use lwm2m_runtime::{net::{Client, ServerAccount}, objects::Device};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder("sensor-7")
///     .server(ServerAccount::new("coap://leshan.example").lifetime(300))
///     .object(0, Device { battery_level: Some(87), ..Device::default() })
///     .on_execute(Device::REBOOT, |call| println!("server {} wants a reboot", call.server))
///     .start()
///     .await?;
/// client.registered().await?;
/// client.update::<Device>(0, |device| device.battery_level = Some(86)).await?;
/// client.stop().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    commands: mpsc::Sender<Command>,
    local: SocketAddr,
}

impl Client {
    /// A client with an endpoint client name, which is unique at each server; preferably a URN, such as
    /// `urn:dev:os:32473-7`.
    pub fn builder(endpoint_name: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(endpoint_name.into())
    }

    pub(super) const fn new(commands: mpsc::Sender<Command>, local: SocketAddr) -> Self {
        Self { commands, local }
    }

    /// The address that it is bound to, with the port that the system chose.
    #[must_use]
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// Waits until a server has a registration of this client, and returns its Short Server ID. It may have one
    /// already. Attempts that fail are repeated as the Server object says; [`events`](Self::events) tell of them.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn registered(&self) -> Result<u16, ClientError> {
        self.ask(|reply| Command::Registered { reply }).await
    }

    /// Where the registration with a server stands; `None` without an account of that Short Server ID.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn state(&self, server: u16) -> Result<Option<State>, ClientError> {
        self.ask(|reply| Command::State { server, reply }).await
    }

    /// Changes an instance. What is different afterwards, observers are told of.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoInstance`], [`ClientError::Stopped`].
    pub async fn update<O: Object>(
        &self,
        instance: u16,
        change: impl FnOnce(&mut O) + Send + 'static,
    ) -> Result<(), ClientError> {
        let path = Path::instance(O::DEFINITION.id(), instance);
        let changed = self.change(move |tree| tree.update(instance, change)).await?;
        changed.ok_or(ClientError::NoInstance { path })
    }

    /// A copy of an instance.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoInstance`], [`ClientError::Stopped`].
    pub async fn get<O: Object>(&self, instance: u16) -> Result<O, ClientError> {
        let path = Path::instance(O::DEFINITION.id(), instance);
        let value = self.change(move |tree| tree.get::<O>(instance).cloned()).await?;
        value.ok_or(ClientError::NoInstance { path })
    }

    /// Adds an instance, or replaces it. Servers learn of it by an Update of the registration.
    ///
    /// # Errors
    ///
    /// [`ClientError::Tree`], [`ClientError::Stopped`].
    pub async fn insert<O: Object>(&self, instance: u16, value: O) -> Result<(), ClientError> {
        let inserted = self.change(move |tree| tree.insert(instance, value)).await?;
        Ok(inserted?)
    }

    /// Removes an instance; `false` where there was none.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn remove(&self, object: u16, instance: u16) -> Result<bool, ClientError> {
        self.change(move |tree| tree.remove(object, instance)).await
    }

    /// Sets a value of whatever resource, checked against its definition.
    ///
    /// # Errors
    ///
    /// [`ClientError::Tree`], [`ClientError::Stopped`].
    pub async fn set(&self, path: Path, value: Value) -> Result<(), ClientError> {
        let set = self.change(move |tree| tree.set(path, value.as_ref())).await?;
        Ok(set?)
    }

    /// Does anything to the instances at once: observers see all of it or nothing. The function runs in the client's
    /// task, where nothing else happens meanwhile.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn change<R: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Tree) -> R + Send + 'static,
    ) -> Result<R, ClientError> {
        self.ask(|reply| {
            Command::Change(Box::new(move |tree| {
                // Whoever asked may be gone.
                let _ = reply.send(change(tree));
            }))
        })
        .await
    }

    /// Sends values to every server that wants some: the present ones at a path or paths, or records that were
    /// collected (LwM2M 1.1). Returns when they have taken it.
    ///
    /// # Errors
    ///
    /// [`ClientError::Send`] where there is no such server, [`ClientError::NotTaken`] with the first that has not
    /// taken it.
    pub async fn send(&self, body: impl Into<SendBody>) -> Result<(), ClientError> {
        self.send_body(None, body.into()).await
    }

    /// [`send`](Self::send) to the server of a Short Server ID.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_to(&self, server: u16, body: impl Into<SendBody>) -> Result<(), ClientError> {
        self.send_body(Some(server), body.into()).await
    }

    async fn send_body(&self, server: Option<u16>, body: SendBody) -> Result<(), ClientError> {
        self.ask(|reply| Command::Send { server, body, reply }).await?
    }

    /// Answers an Execute for which the program said [`Executed::Later`](crate::tree::Executed::Later); the event
    /// [`Event::Deferred`](crate::client::Event::Deferred) has the ticket. `false` if the server does not wait any more.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn complete(&self, ticket: Ticket, status: Status) -> Result<bool, ClientError> {
        self.ask(|reply| Command::Complete {
            ticket,
            status,
            reply,
        })
        .await
    }

    /// Begins to register with a server after [`deregister`](Self::deregister), or now, where it would wait longer.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn register(&self, server: u16) -> Result<(), ClientError> {
        self.command(Command::Register { server }).await
    }

    /// Sends an Update to a server, even if nothing has changed.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn update_registration(&self, server: u16) -> Result<(), ClientError> {
        self.command(Command::Update { server }).await
    }

    /// Has the smartcard read again: it was put in or pulled out.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn check_smartcard(&self) -> Result<(), ClientError> {
        self.command(Command::CheckSmartcard).await
    }

    /// Hands over the user data of a short message that the device's modem has received, and the number that it came from:
    /// a server that wants a sleeping device to wake sends one. `true` if it was one, from a server that may.
    /// [`handle_sms_trigger`](crate::client::Client::handle_sms_trigger) says which are taken.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn sms_trigger(
        &self,
        from: impl Into<String>,
        user_data: impl Into<Vec<u8>>,
    ) -> Result<bool, ClientError> {
        let (from, user_data) = (from.into(), user_data.into());
        self.ask(|reply| Command::SmsTrigger {
            from,
            user_data,
            reply,
        })
        .await
    }

    /// Ends the registration with a server until [`register`](Self::register).
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn deregister(&self, server: u16) -> Result<(), ClientError> {
        self.command(Command::Deregister { server }).await
    }

    /// What happens from now on: registrations, writes of servers, observations. Each call makes a stream of its own.
    ///
    /// [`ClientBuilder::events`] tell from the start on.
    pub async fn events(&self) -> ClientEvents {
        let events = self.ask(|reply| Command::Events { reply }).await;
        // Where the client has stopped, the stream is over at once.
        events.unwrap_or_else(|_| ClientEvents::ended())
    }

    /// What the client cannot do from now on, such as to keep what has to outlive a restart. Each call makes a stream of
    /// its own.
    ///
    /// [`ClientBuilder::troubles`] tell from the start on.
    pub async fn troubles(&self) -> ClientEvents<ClientTrouble> {
        let troubles = self.ask(|reply| Command::Troubles { reply }).await;
        troubles.unwrap_or_else(|_| ClientEvents::ended())
    }

    /// Asks the bootstrap server for a configuration, as the client does by itself when it needs one. `false` without an
    /// account at a bootstrap server. [`events`](Self::events) tell how it ends, and
    /// [`bootstrap_state`](Self::bootstrap_state) where it stands.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn bootstrap(&self) -> Result<bool, ClientError> {
        self.ask(|reply| Command::Bootstrap { reply }).await
    }

    /// Where a bootstrap stands.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn bootstrap_state(&self) -> Result<BootstrapState, ClientError> {
        self.ask(|reply| Command::BootstrapState { reply }).await
    }

    /// Waits until the client has an account at a server: from the factory, kept over a restart, or from the bootstrap
    /// server. It may have one already.
    ///
    /// # Errors
    ///
    /// [`ClientError::Stopped`].
    pub async fn configured(&self) -> Result<(), ClientError> {
        self.ask(|reply| Command::Configured { reply }).await
    }

    /// De-registers from every server, and ends the client. Returns when that is done, which takes up to 93 s where a
    /// server does not answer; whoever does not want to wait so long drops the future and the runtime.
    pub async fn stop(&self) {
        // Where that fails, it has stopped already.
        let _ = self.command(Command::Stop).await;
        self.commands.closed().await;
    }

    async fn ask<R>(&self, command: impl FnOnce(oneshot::Sender<R>) -> Command) -> Result<R, ClientError> {
        let (reply, answer) = oneshot::channel();
        self.command(command(reply)).await?;
        answer.await.map_err(|_| ClientError::Stopped)
    }

    async fn command(&self, command: Command) -> Result<(), ClientError> {
        let sent = self.commands.send(command).await;
        sent.map_err(|_| ClientError::Stopped)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}
