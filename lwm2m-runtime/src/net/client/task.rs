use core::{future::poll_fn, net::SocketAddr};
use std::{collections::HashMap, io, vec::Vec};

use tokio::sync::{mpsc, oneshot};

use super::{ClientError, SendBody, command::Command, hooks::Hooks};
use crate::{
    client::{self, Event, SendId},
    coap::{Peer, Transmit},
    net::{
        Attempts, ServerUri,
        clock::unix_time,
        inbox::Outlet,
        wire::{Engine, Wire},
        work::{Work, answer},
    },
    operation::Transport,
    time::Instant,
};

/// The engine, and what the device's program does when it is asked.
pub(super) struct Device {
    pub(super) client: client::Client,
    pub(super) hooks: Hooks,
}

impl Engine for Device {
    fn handle_input(&mut self, now: Instant, from: Peer, datagram: &[u8]) {
        self.client.handle_input(now, from, datagram, &mut self.hooks);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.client.handle_timeout(now, &mut self.hooks);
    }

    fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        self.client.poll_transmit()
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.client.poll_timeout()
    }
}

/// The task that owns a client's engine and its socket.
///
/// 1. It sends, receives and does what is due, a bounded number of times.
/// 2. It tells whoever waits what came of it, and looks up the addresses of servers.
/// 3. It takes a bounded number of commands of the handles, and begins again.
/// 4. With nothing to do it waits: for a datagram, a deadline or a command.
/// 5. Once it is to stop, or nobody has a handle any more, it de-registers and ends.
pub(super) struct Task {
    device: Device,
    wire: Wire,
    commands: mpsc::Receiver<Command>,
    /// Brings back the addresses that were looked up; weak, so that it is no handle.
    lookups: mpsc::WeakSender<Command>,
    /// The group of each Send: what one caller sends to several servers.
    sends: HashMap<SendId, u64>,
    sending: HashMap<u64, Sending>,
    groups: u64,
    waiting: Vec<oneshot::Sender<u16>>,
    attempts: Attempts,
    events: Vec<Outlet<Event>>,
    /// Commands come no more.
    closed: bool,
}

/// Somebody who waits for the answers to a Send.
struct Sending {
    /// How many have not.
    open: usize,
    result: Result<(), ClientError>,
    reply: oneshot::Sender<Result<(), ClientError>>,
}

/// Commands taken in a turn.
const COMMANDS: usize = 64;

impl Task {
    pub(super) fn new(
        device: Device,
        wire: Wire,
        commands: mpsc::Receiver<Command>,
        lookups: mpsc::WeakSender<Command>,
    ) -> Self {
        Self {
            device,
            wire,
            commands,
            lookups,
            sends: HashMap::new(),
            sending: HashMap::new(),
            groups: 0,
            waiting: Vec::new(),
            attempts: Attempts::default(),
            events: Vec::new(),
            closed: false,
        }
    }

    /// Runs until the client has de-registered.
    pub(super) async fn run(mut self) {
        self.set_time();
        let now = self.wire.now();
        self.device.client.start(now);
        let mut commands = Vec::new();
        loop {
            let more = self.wire.turn(&mut self.device);
            let stopped = self.tell();
            // A server whose address was found is registered with at once.
            self.wire.flush(&mut self.device);
            if stopped {
                return;
            }
            let work = poll_fn(|context| {
                let waiting = (!self.closed).then_some(&mut self.commands);
                let deadline = || self.device.poll_timeout();
                Work::poll(
                    context,
                    waiting,
                    &mut commands,
                    COMMANDS,
                    more,
                    &mut self.wire,
                    deadline,
                )
            });
            match work.await {
                Work::Wire if more => tokio::task::yield_now().await,
                Work::Wire => {}
                Work::Commands => commands.drain(..).for_each(|command| self.command(command)),
                Work::None => {
                    self.closed = true;
                    self.stop();
                }
            }
        }
    }

    fn command(&mut self, command: Command) {
        let now = self.wire.now();
        let client = &mut self.device.client;
        match command {
            Command::Change(change) => client.change(now, change),
            Command::Send { server, body, reply } => self.send(server, &body, reply),
            Command::Registered { reply } => match self.registered_server() {
                Some(server) => answer(reply, server),
                None => self.waiting.push(reply),
            },
            Command::State { server, reply } => answer(reply, client.state(server)),
            Command::Register { server } => client.register(now, server),
            Command::Update { server } => client.update(now, server),
            Command::Deregister { server } => client.deregister(now, server),
            Command::Complete {
                ticket,
                status,
                reply,
            } => answer(reply, client.complete(now, ticket, status)),
            Command::Events(outlet) => self.events.push(outlet),
            Command::Resolved { server, addresses } => self.resolved(server, addresses),
            Command::Stop => self.stop(),
        }
    }

    /// Tells the engine the time of day, which may have been set meanwhile.
    fn set_time(&mut self) {
        if let Some(seconds) = unix_time() {
            let now = self.wire.now();
            self.device.client.set_unix_time(now, seconds);
        }
    }

    fn stop(&mut self) {
        let now = self.wire.now();
        self.device.client.stop(now);
    }

    fn registered_server(&self) -> Option<u16> {
        let client = &self.device.client;
        client
            .servers()
            .find(|server| client.state(*server).is_some_and(client::State::is_registered))
    }

    /// Tells everybody what has happened to what they wait for. `true` once the client has stopped.
    fn tell(&mut self) -> bool {
        let mut stopped = false;
        while let Some(event) = self.device.client.poll_event() {
            tracing::debug!(?event);
            self.attempts.note(&event);
            match &event {
                Event::Connect {
                    server,
                    uri,
                    transport,
                } => {
                    if *server == client::BOOTSTRAP_SERVER {
                        self.set_time();
                    }
                    match transport {
                        Transport::Udp => self.connect(*server, uri),
                        other => self.cannot_connect(*server, *other),
                    }
                }
                Event::Registered { server, .. } => {
                    for reply in self.waiting.drain(..) {
                        answer(reply, *server);
                    }
                }
                Event::Sent { id, .. } => self.sent(*id, Ok(())),
                Event::SendFailed { id, server, failure } => {
                    let (server, failure) = (*server, *failure);
                    self.sent(*id, Err(ClientError::NotTaken { server, failure }));
                }
                Event::Stopped => stopped = true,
                _ => {}
            }
            self.events.retain(|outlet| outlet.push(event.clone()));
        }
        stopped
    }

    /// Finds out the addresses of a server: at once where the URI has one, else beside everything else.
    fn connect(&mut self, server: u16, uri: &str) {
        let uri = match uri.parse::<ServerUri>() {
            Ok(uri) => uri,
            Err(error) => {
                tracing::warn!(server, uri, %error, "a server cannot be reached");
                let error = io::Error::new(io::ErrorKind::InvalidInput, error);
                return self.resolved(server, Err(error));
            }
        };
        if let Some(address) = uri.address() {
            return self.resolved(server, Ok([address].into()));
        }
        let Some(lookups) = self.lookups.upgrade() else {
            let error = io::ErrorKind::Interrupted.into();
            return self.resolved(server, Err(error));
        };
        let lookups = lookups.downgrade();
        tokio::spawn(async move {
            let addresses = uri.resolve().await;
            if let Some(lookups) = lookups.upgrade() {
                // A client that has stopped has no use for it.
                let _ = lookups.send(Command::Resolved { server, addresses }).await;
            }
        });
    }

    /// Sockets of datagrams are all that there is.
    fn cannot_connect(&mut self, server: u16, transport: Transport) {
        tracing::warn!(server, ?transport, "a server wants a transport that there is not");
        let error = io::Error::from(io::ErrorKind::Unsupported);
        self.resolved(server, Err(error));
    }

    fn resolved(&mut self, server: u16, addresses: io::Result<Vec<SocketAddr>>) {
        let now = self.wire.now();
        let mut addresses = addresses.unwrap_or_else(|error| {
            tracing::warn!(server, %error, "the address of a server cannot be found");
            Vec::new()
        });
        addresses.retain(|address| self.wire.reaches(*address));
        match self.attempts.choose(server, &addresses) {
            Some(address) => self.device.client.connected(now, server, Peer::new(address)),
            None => self.device.client.disconnected(now, server),
        }
    }

    /// Sends values to one server, or to each that wants some.
    fn send(
        &mut self,
        server: Option<u16>,
        body: &SendBody,
        reply: oneshot::Sender<Result<(), ClientError>>,
    ) {
        let now = self.wire.now();
        let client = &mut self.device.client;
        let servers: Vec<_> = match server {
            Some(server) => [server].into(),
            None => client.servers().collect(),
        };
        self.groups += 1;
        let mut open = 0;
        let mut error = client::SendError::UnknownServer;
        for server in servers {
            match client.send(now, Some(server), body.content()) {
                Ok(id) => {
                    self.sends.insert(id, self.groups);
                    open += 1;
                }
                Err(refused) => error = refused,
            }
        }
        if open == 0 {
            return answer(reply, Err(ClientError::Send(error)));
        }
        let sending = Sending {
            open,
            result: Ok(()),
            reply,
        };
        self.sending.insert(self.groups, sending);
    }

    /// A server has taken a Send, or will not.
    fn sent(&mut self, id: SendId, result: Result<(), ClientError>) {
        let Some(group) = self.sends.remove(&id) else {
            return;
        };
        let Some(sending) = self.sending.get_mut(&group) else {
            return;
        };
        sending.open -= 1;
        if sending.result.is_ok() {
            sending.result = result;
        }
        if sending.open == 0 {
            if let Some(Sending { result, reply, .. }) = self.sending.remove(&group) {
                answer(reply, result);
            }
        }
    }
}
