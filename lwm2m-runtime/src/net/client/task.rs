use core::{future::poll_fn, task::Poll};
use std::{collections::HashMap, vec::Vec};

use tokio::sync::{mpsc, oneshot};

use super::{
    ClientError, ClientTrouble, StorageError, card::Card, command::Command, hooks::Hooks, outlets::Outlets,
    sending::Sending, store::Store,
};
use crate::{
    client::{self, BootstrapState, Event, SendId},
    coap::{Peer, Transmit},
    net::{
        Attempts, ServerUri,
        clock::unix_time,
        wire::{Engine, Wire},
        work::{Work, answer},
    },
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
    pub(super) device: Device,
    pub(super) wire: Wire,
    commands: mpsc::Receiver<Command>,
    /// Brings back the addresses that were looked up; weak, so that it is no handle.
    pub(super) lookups: mpsc::WeakSender<Command>,
    /// The group of each Send: what one caller sends to several servers.
    pub(super) sends: HashMap<SendId, u64>,
    pub(super) sending: HashMap<u64, Sending>,
    pub(super) groups: u64,
    waiting: Vec<oneshot::Sender<u16>>,
    unconfigured: Vec<oneshot::Sender<()>>,
    pub(super) attempts: Attempts,
    /// The URI whose address was looked up last for a server: another one does not count any more.
    pub(super) sought: HashMap<u16, ServerUri>,
    pub(super) card: Card,
    store: Store,
    pub(super) outlets: Outlets,
    /// Commands come no more.
    closed: bool,
}

/// Why the task goes on.
enum Wake {
    Work(Work),
    Written(Result<(), StorageError>),
}

/// Commands taken in a turn.
const COMMANDS: usize = 64;

impl Task {
    pub(super) fn new(
        device: Device,
        wire: Wire,
        card: Card,
        store: Store,
        outlets: Outlets,
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
            unconfigured: Vec::new(),
            attempts: Attempts::default(),
            sought: HashMap::new(),
            card,
            store,
            outlets,
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
            self.store.begin(self.wire.now(), &self.device.client);
            if stopped {
                return self.keep_last().await;
            }
            let work = poll_fn(|context| {
                if let Poll::Ready(result) = self.store.poll_written(context) {
                    return Poll::Ready(Wake::Written(result));
                }
                let waiting = (!self.closed).then_some(&mut self.commands);
                let due = self.store.due();
                let deadline = || self.device.poll_timeout().into_iter().chain(due).min();
                Work::poll(
                    context,
                    waiting,
                    &mut commands,
                    COMMANDS,
                    more,
                    &mut self.wire,
                    deadline,
                )
                .map(Wake::Work)
            });
            match work.await {
                Wake::Written(result) => self.written(result),
                Wake::Work(Work::Wire) if more => tokio::task::yield_now().await,
                Wake::Work(Work::Wire) => {}
                Wake::Work(Work::Commands) => commands.drain(..).for_each(|command| self.command(command)),
                Wake::Work(Work::None) => {
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
            Command::SmsTrigger {
                from,
                user_data,
                reply,
            } => {
                let Device { client, hooks } = &mut self.device;
                answer(reply, client.handle_sms_trigger(now, &from, &user_data, hooks));
            }
            Command::Complete {
                ticket,
                status,
                reply,
            } => answer(reply, client.complete(now, ticket, status)),
            Command::Events { reply } => answer(reply, self.outlets.events()),
            Command::Troubles { reply } => answer(reply, self.outlets.troubles()),
            Command::Bootstrap { reply } => answer(reply, client.bootstrap(now)),
            Command::BootstrapState { reply } => answer(reply, client.bootstrap_state()),
            Command::Configured { reply } => match self.is_configured() {
                true => answer(reply, ()),
                false => self.unconfigured.push(reply),
            },
            Command::Resolved {
                server,
                uri,
                addresses,
            } => self.resolved(server, &uri, addresses),
            Command::CheckSmartcard => self.check_card(),
            Command::Smartcard { card, data } => self.card_was_read(card, &data),
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

    /// Keeps what is left to keep.
    async fn keep_last(&mut self) {
        // What was being written may not be the last.
        for _ in 0..2 {
            self.store.begin_now(&self.device.client);
            if let Some(result) = self.store.idle().await {
                self.written(result);
            }
        }
    }

    /// What is to outlive a restart is kept, or is not.
    fn written(&mut self, result: Result<(), StorageError>) {
        let failing = self.store.is_failing();
        self.store.written(self.wire.now(), result.is_ok());
        match result {
            Ok(()) if failing => self.outlets.trouble(ClientTrouble::KeptAgain),
            Ok(()) => {}
            Err(error) => self.outlets.trouble(ClientTrouble::NotKept { error }),
        }
    }

    /// Whether there is an account at a server, and not only half of it.
    fn is_configured(&self) -> bool {
        let client = &self.device.client;
        client.servers().next().is_some() && client.bootstrap_state() != BootstrapState::Session
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
                    self.connect(*server, uri, *transport);
                }
                Event::Registered { server, .. } => {
                    for reply in self.waiting.drain(..) {
                        answer(reply, *server);
                    }
                }
                // Without its accounts a device would not be found again.
                Event::BootstrapFinished => self.store.urge(),
                Event::CheckSmartcard { .. } => self.check_card(),
                Event::Sent { id, .. } => self.sent(*id, Ok(())),
                Event::SendFailed { id, server, failure } => {
                    let (server, failure) = (*server, *failure);
                    self.sent(*id, Err(ClientError::NotTaken { server, failure }));
                }
                Event::Stopped => stopped = true,
                _ => {}
            }
            self.outlets.event(&event);
        }
        if !self.unconfigured.is_empty() && self.is_configured() {
            self.unconfigured.drain(..).for_each(|reply| answer(reply, ()));
        }
        stopped
    }
}
