use alloc::{borrow::ToOwned, collections::BTreeMap, vec::Vec};

use super::{
    BootstrapState, ClientConfig, Event, SendId, State, Ticket,
    bootstrap::{Bootstrap, smartcard::Card},
    clock::Clock,
    deadlines::Deadlines,
    kept::Kept,
    listed::Listed,
    observations::{ObservationId, Observations},
    registration::Afterwards,
    session::Session,
    sleep::Sleep,
    streams::Streams,
    tickets::Tickets,
};
use crate::{
    coap::{Endpoint, ExchangeId, OptionBuffer, Peer, Received, Transmit},
    operation::Status,
    queue::Queue,
    random::Random,
    time::Instant,
    tree::{Application, Tree},
};

/// A device of LwM2M: registers with its servers, serves them, notifies them.
///
/// After any call, poll [`poll_transmit`](Self::poll_transmit) and [`poll_event`](Self::poll_event) until `None`, and
/// call [`handle_timeout`](Self::handle_timeout) when [`poll_timeout`](Self::poll_timeout) says so, which may be at
/// once. Nothing that a peer sends is an error of a call: it yields an answer, an event or a counter.
///
/// The accounts are instances of the Security object (0) and of the Server object (1) in the tree.
pub struct Client {
    pub(super) config: ClientConfig,
    pub(super) endpoint: Endpoint,
    pub(super) tree: Tree,
    pub(super) sessions: Vec<Session>,
    pub(super) bootstrap: Bootstrap,
    pub(super) kept: Kept,
    pub(super) clock: Clock,
    pub(super) card: Card,
    pub(super) sleep: Sleep,
    pub(super) observations: Observations,
    pub(super) tickets: Tickets,
    pub(super) streams: Streams,
    pub(super) sends: BTreeMap<ExchangeId, (SendId, u16)>,
    pub(super) next_send: u64,
    pub(super) deadlines: Deadlines<Alarm>,
    pub(super) events: Queue<Event>,
    pub(super) random: Random,
    pub(super) listed: Listed,
    pub(super) phase: Phase,
    pub(super) counters: ClientCounters,
    /// Options and payload of the message that is put together.
    pub(super) options: OptionBuffer,
    pub(super) payload: Vec<u8>,
}

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// The registration with a server.
    Registration(u16),
    Observation(ObservationId),
    Ticket(Ticket),
    /// The bootstrap that is on, or the connection that it has left.
    Bootstrap,
    /// The account at the bootstrap server.
    BootstrapAccount,
    /// The client has listened for long enough.
    Sleep,
}

/// What the device's program wants of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Idle,
    Started,
    Stopping,
}

/// What happened to datagrams that were not served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientCounters {
    /// Datagrams from addresses without a session: dropped.
    pub strangers: u64,
    /// Requests of servers that had not acknowledged a Register, of the bootstrap server without a session, and of
    /// servers while there is one: dropped.
    pub early: u64,
    /// Short messages that were no trigger of a server that may send one: dropped.
    pub dropped_triggers: u64,
    /// Notifications that were not stored for a server that could not be reached, or made room for newer ones.
    pub dropped_notifications: u64,
}

impl Client {
    /// A client that does nothing until [`start`](Self::start). The seed must be new and unpredictable at each start
    /// of the process: tokens and message identifiers come from it.
    #[must_use]
    pub fn new(mut config: ClientConfig, mut tree: Tree, seed: u128) -> Self {
        let mut random = Random::new(seed);
        config.alternate_path = config.alternate_path.trim_matches('/').to_owned();
        while tree.poll_change().is_some() {}
        let listed = Listed::new(&tree, &config.versions);
        Self {
            endpoint: Endpoint::new(config.coap.clone(), random.seed()),
            bootstrap: Bootstrap::new(&config),
            kept: Kept::default(),
            clock: Clock::default(),
            card: Card::new(random.hasher()),
            sleep: Sleep::default(),
            config,
            sessions: Vec::new(),
            observations: Observations::new(),
            tickets: Tickets::new(),
            streams: Streams::default(),
            sends: BTreeMap::new(),
            next_send: 0,
            deadlines: Deadlines::new(),
            events: Queue::new(),
            random,
            listed,
            phase: Phase::Idle,
            counters: ClientCounters::default(),
            options: OptionBuffer::new(),
            payload: Vec::new(),
            tree,
        }
    }

    /// Registers with every server that has an account, those with a Registration Priority Order one after the other;
    /// without any, asks the bootstrap server for some.
    pub fn start(&mut self, now: Instant) {
        // What the engine executes itself exists. Neither is there, nor needed, without the objects.
        let _ = self.tree.enable(1, 4);
        self.offer_bootstrap();
        self.settle(now);
        self.read_accounts(now);
        self.kept.forget_waiting();
        self.keep_bootstrap_account(now);
        self.phase = Phase::Started;
        if self.sessions.is_empty() {
            self.need_bootstrap(now, None);
        }
        let servers: Vec<u16> = self.servers().collect();
        self.want(now, &servers);
        if self.bootstrap.state == BootstrapState::Idle {
            self.listen_to_bootstrap_server();
        }
    }

    /// Takes a datagram. `from` is the peer that was given to [`connected`](Self::connected); datagrams of others are
    /// dropped, and so are requests of a server that has not acknowledged a Register.
    pub fn handle_input(
        &mut self,
        now: Instant,
        from: Peer,
        datagram: &[u8],
        application: &mut dyn Application,
    ) {
        let of_server = self.session_of(from);
        let bootstraps = self.bootstrap.state != BootstrapState::Idle || of_server.is_none();
        if bootstraps && self.bootstrap.peer == Some(from) {
            self.receive_of_bootstrap_server(now, from, datagram);
            self.stir(now);
            self.endpoint_events(now);
            self.settle(now);
            return self.do_what_is_due(now, application);
        }
        let Some(index) = of_server else {
            self.counters.strangers = self.counters.strangers.saturating_add(1);
            return;
        };
        let registered = self
            .sessions
            .get(index)
            .is_some_and(|session| session.registration.state().is_registered());
        let served = registered && !self.bootstrap.in_session();
        if !served && is_request(datagram) {
            self.counters.early = self.counters.early.saturating_add(1);
            return;
        }
        self.receive(now, index, from, datagram, application);
        self.stir(now);
        self.endpoint_events(now);
        self.settle(now);
        self.do_what_is_due(now, application);
    }

    /// Does what is due: repeats messages, registers, updates, notifies.
    pub fn handle_timeout(&mut self, now: Instant, application: &mut dyn Application) {
        if self.sleep.take_sent() {
            self.stir(now);
        }
        self.endpoint.handle_timeout(now);
        self.endpoint_events(now);
        self.do_what_is_due(now, application);
    }

    /// The next datagram to send. Changes with every call but the polls.
    pub fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        let in_queue_mode = self.in_queue_mode();
        let Self {
            endpoint,
            sleep,
            events,
            ..
        } = self;
        let transmit = endpoint.poll_transmit();
        if transmit.is_some() && in_queue_mode && sleep.sends() {
            events.push_back(Event::Awake);
        }
        transmit
    }

    /// When to call [`handle_timeout`](Self::handle_timeout): a time that has passed means at once. Changes with every
    /// call but the polls. It may be early, but never late.
    pub fn poll_timeout(&mut self) -> Option<Instant> {
        // When the client has sent something, its time to listen begins.
        let sent = self.sleep.has_sent().then(Instant::default);
        let untold = self.streams.has_abandoned().then(Instant::default);
        let times = [self.endpoint.poll_timeout(), self.deadlines.next(), sent, untold];
        times.into_iter().flatten().min()
    }

    /// The next event. Changes with every call but the polls.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The device's instances.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Changes the device's instances. Servers learn of other objects and instances, lifetimes and bindings by an
    /// Update; observers are notified at the next [`handle_timeout`](Self::handle_timeout), so that several changes
    /// make one notification.
    pub fn change<R>(&mut self, now: Instant, change: impl FnOnce(&mut Tree) -> R) -> R {
        let result = change(&mut self.tree);
        self.settle(now);
        result
    }

    /// Answers an Execute for which the application said [`Executed::Later`](crate::tree::Executed::Later). `false` if
    /// the server does not wait for it any more.
    pub fn complete(&mut self, now: Instant, ticket: Ticket, status: Status) -> bool {
        self.answer_ticket(now, ticket, status)
    }

    /// Begins to register with a server after [`deregister`](Self::deregister), which may still be on its way, or at once
    /// where a retry or a disabled account would wait longer.
    pub fn register(&mut self, now: Instant, server: u16) {
        let Some(index) = self.index_of(server) else {
            return;
        };
        let Some(session) = self.sessions.get_mut(index) else {
            return;
        };
        match session.registration.state() {
            State::Idle | State::Failed | State::Disabled | State::Retrying | State::BetweenSequences => {
                self.phase = Phase::Started;
                self.begin(now, index);
            }
            State::Deregistering => {
                self.phase = Phase::Started;
                session.wanted = true;
                session.registration.begin_afterwards();
            }
            _ => {}
        }
    }

    /// Sends an Update to a server, even if nothing has changed.
    pub fn update(&mut self, now: Instant, server: u16) {
        let Some(index) = self.index_of(server) else {
            return;
        };
        if let Some(session) = self.sessions.get_mut(index) {
            let step = session.registration.changed();
            self.drive(now, index, step);
        }
    }

    /// Ends the registration with a server until [`register`](Self::register).
    pub fn deregister(&mut self, now: Instant, server: u16) {
        if let Some(index) = self.index_of(server) {
            self.end(now, index, Afterwards::Idle);
        }
    }

    /// De-registers everywhere. [`Event::Stopped`] tells when that is done.
    pub fn stop(&mut self, now: Instant) {
        self.phase = Phase::Stopping;
        self.stop_bootstrap(now);
        for index in 0..self.sessions.len() {
            self.end(now, index, Afterwards::Idle);
        }
        self.look_whether_stopped();
    }

    /// Where the registration with a server stands; `None` without an account.
    #[must_use]
    pub fn state(&self, server: u16) -> Option<State> {
        let session = self.sessions.iter().find(|session| session.server() == server)?;
        Some(session.registration.state())
    }

    /// The Short Server IDs of the servers that have an account, in ascending order.
    pub fn servers(&self) -> impl Iterator<Item = u16> {
        self.sessions.iter().map(Session::server)
    }

    /// What happened to datagrams that were not served.
    #[must_use]
    pub const fn counters(&self) -> ClientCounters {
        self.counters
    }

    /// How many observations there are.
    #[must_use]
    pub fn observations(&self) -> usize {
        self.observations.len()
    }

    /// Whether nothing is open in CoAP: for tests that look for leaks.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.endpoint.is_idle() && self.sends.is_empty() && self.tickets.is_empty()
    }

    pub(super) fn index_of(&self, server: u16) -> Option<usize> {
        self.sessions
            .iter()
            .position(|session| session.server() == server)
    }

    pub(super) fn session_of(&self, peer: Peer) -> Option<usize> {
        self.sessions
            .iter()
            .position(|session| session.peer == Some(peer))
    }

    /// Hands a datagram of a session to CoAP, and does what comes out.
    fn receive(
        &mut self,
        now: Instant,
        index: usize,
        from: Peer,
        datagram: &[u8],
        application: &mut dyn Application,
    ) {
        let Self {
            endpoint,
            sessions,
            tree,
            config,
            ..
        } = self;
        let Some(session) = sessions.get_mut(index) else {
            return;
        };
        let received = endpoint.receive_streaming(now, from, datagram, |message| {
            super::serve::streams(config, session, tree, application, message)
        });
        match received {
            Some(Received::Request(request)) => {
                let desk = super::serve::Desk {
                    config,
                    session,
                    tree,
                    application,
                    streams: &mut self.streams,
                    out: &mut self.payload,
                };
                let answered = desk.answer(&request);
                let responder = request.responder;
                self.finish(now, index, responder, answered);
            }
            Some(Received::Response(response)) => {
                let exchange = response.exchange;
                let answer = super::registration::uplink::read(&response);
                self.answered(now, exchange, answer);
            }
            // The client asks for nothing that is observed.
            Some(Received::Unmatched(unmatched)) => {
                let handle = unmatched.handle;
                endpoint.disown(handle);
            }
            None => {}
        }
    }

    /// Looks at everything whose time has come, once.
    fn do_what_is_due(&mut self, now: Instant, application: &mut dyn Application) {
        for path in self.streams.take_abandoned() {
            application.stream_abandoned(&mut self.tree, path);
            self.settle(now);
        }
        let mut due = Vec::new();
        while let Some(alarm) = self.deadlines.pop(now) {
            due.push(alarm);
        }
        for alarm in due {
            if self.bootstrap.put_off_alarm(alarm) {
                continue;
            }
            match alarm {
                Alarm::Registration(server) => self.registration_due(now, server),
                Alarm::Observation(id) => self.observation_due(now, id, application),
                Alarm::Ticket(ticket) => self.tickets.forget(ticket),
                Alarm::Sleep => self.fall_asleep(now),
                Alarm::Bootstrap => self.bootstrap_due(now),
                Alarm::BootstrapAccount => self.purge_bootstrap_account(now),
            }
        }
        self.endpoint_events(now);
    }

    /// Takes what CoAP tells.
    pub(super) fn endpoint_events(&mut self, now: Instant) {
        use crate::coap::Event as Coap;
        while let Some(event) = self.endpoint.poll_event() {
            match event {
                Coap::Failed {
                    exchange, failure, ..
                } if self.bootstrap.is_request(exchange) => self.bootstrap_answered(now, Err(failure)),
                Coap::Failed {
                    exchange, failure, ..
                } => self.answered(now, exchange, Err(failure)),
                Coap::Unobserved { peer, token, failure } => self.unobserved(now, peer, &token, failure),
                Coap::BodyAbandoned { body, .. } => self.streams.abandon(body),
                Coap::Delivered { notification, .. } => self.delivered(now, notification),
                _ => {}
            }
        }
    }
}

impl core::fmt::Debug for Client {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Client")
            .field("endpoint_name", &self.config.endpoint_name)
            .field("sessions", &self.sessions)
            .finish_non_exhaustive()
    }
}

/// Whether a datagram is a request, as far as its code says.
pub(super) fn is_request(datagram: &[u8]) -> bool {
    matches!(datagram.get(1), Some(1..=31))
}
