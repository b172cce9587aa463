use alloc::{borrow::ToOwned, boxed::Box, vec::Vec};

use super::{
    Anybody, Authoriser, BeginError, BootstrapServerConfig, Event, Failure, PlanSource, Plans, Session,
    SessionId,
    answers::Arrived,
    sessions::Sessions,
    uplink::{Asker, Reader},
};
use crate::{
    coap::{self, Counters, Endpoint, IncomingRequest, OptionBuffer, Peer, Received, Transmit},
    queue::Queue,
    random::Random,
    time::Instant,
};

/// A bootstrap server with any number of clients, over one datagram socket.
///
/// Datagrams go in by [`handle_input`](Self::handle_input). After any call, poll
/// [`poll_transmit`](Self::poll_transmit) and [`poll_event`](Self::poll_event) until `None`, and call
/// [`handle_timeout`](Self::handle_timeout) when [`poll_timeout`](Self::poll_timeout) says so.
///
/// Nothing that a client sends is an error of a call: it yields an answer, an event or a counter. What a client may cost is
/// bounded by [`BootstrapServerConfig`].
///
/// ```
/// use lwm2m_runtime::{
///     bootstrap::{BootstrapServer, BootstrapServerConfig, Plan, Plans},
///     configuration::{BootstrapConfiguration, Credentials, ServerAccount},
/// };
///
/// let account = ServerAccount::new(1, "coap://server.example.com", Credentials::NoSec);
/// let mut plans = Plans::new();
/// plans.insert_pattern("sensor-*", Plan::new(BootstrapConfiguration::new([account])));
/// let mut server = BootstrapServer::new(BootstrapServerConfig::default(), plans, 0x5eed);
/// assert!(server.poll_event().is_none());
/// ```
#[derive(Debug)]
pub struct BootstrapServer<P = Plans> {
    pub(super) config: BootstrapServerConfig,
    pub(super) endpoint: Endpoint,
    pub(super) authoriser: Box<dyn Authoriser>,
    pub(super) plans: P,
    pub(super) sessions: Sessions,
    pub(super) events: Queue<Event>,
    /// Options and payload of the message that is being put together.
    pub(super) options: OptionBuffer,
    pub(super) payload: Vec<u8>,
}

impl<P: PlanSource> BootstrapServer<P> {
    /// A bootstrap server without sessions. The seed must be new and unpredictable at each start: tokens come from it.
    #[must_use]
    pub fn new(config: BootstrapServerConfig, plans: P, seed: u128) -> Self {
        let mut random = Random::new(seed);
        Self {
            endpoint: Endpoint::new(config.coap.clone(), random.seed()),
            config,
            authoriser: Box::new(Anybody),
            plans,
            sessions: Sessions::new(),
            events: Queue::new(),
            options: OptionBuffer::new(),
            payload: Vec::new(),
        }
    }

    /// The same bootstrap server with rules on who may be bootstrapped. Without, everybody may who has a plan.
    #[must_use]
    pub fn with_authoriser(mut self, authoriser: Box<dyn Authoriser>) -> Self {
        self.authoriser = authoriser;
        self
    }

    /// The limits and policies.
    #[must_use]
    pub const fn config(&self) -> &BootstrapServerConfig {
        &self.config
    }

    /// The plans.
    #[must_use]
    pub const fn plans(&self) -> &P {
        &self.plans
    }

    /// The plans, to be changed. Sessions that are open go on with the plan that they began with.
    pub const fn plans_mut(&mut self) -> &mut P {
        &mut self.plans
    }

    /// What happened to datagrams that gave the bootstrap server nothing to do.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.endpoint.counters()
    }

    /// Takes a datagram of a peer.
    pub fn handle_input(&mut self, now: Instant, from: Peer, datagram: &[u8]) {
        match self.endpoint.receive(now, from, datagram) {
            None => {}
            Some(Received::Request(request)) => {
                let asked = Reader::new(&self.config, &mut *self.authoriser).read(&request);
                let IncomingRequest {
                    peer,
                    responder,
                    echo_age,
                    ..
                } = request;
                let validated =
                    peer.session != 0 || echo_age.is_some_and(|age| age <= self.config.echo_lifetime);
                let asker = Asker {
                    peer,
                    responder,
                    validated,
                    length: datagram.len(),
                };
                self.act(now, asker, asked);
            }
            Some(Received::Response(response)) => {
                let (peer, arrived) = (response.peer, Arrived::read(&response));
                self.answered(now, peer, arrived);
            }
            Some(Received::Unmatched(unmatched)) => {
                // Nothing is observed here.
                let handle = unmatched.handle;
                self.endpoint.disown(handle);
            }
        }
        self.take_failures(now);
    }

    /// Does what is due: repeats messages, gives up sessions.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.take_failures(now);
        while let Some(index) = self.sessions.pop_due(now) {
            self.look_at(now, index);
        }
    }

    /// The next datagram to send. Changes with every call but the polls.
    pub fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        self.endpoint.poll_transmit()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` while there is nothing to wait for. Changes with
    /// every call but the polls. It may be early, but never late.
    pub fn poll_timeout(&mut self) -> Option<Instant> {
        let messages = self.endpoint.poll_timeout();
        let sessions = self.sessions.next_deadline();
        messages.into_iter().chain(sessions).min()
    }

    /// The next event. Changes with every call but the polls.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Drops what is open with a peer, because its security session is over.
    pub fn close(&mut self, now: Instant, peer: Peer) {
        self.endpoint.close(now, peer);
        self.take_failures(now);
    }

    /// How many sessions are open.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether no session is open.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether no session is open and nothing is open in CoAP: for tests that look for leaks.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.is_empty() && self.endpoint.is_idle()
    }

    /// A session; `None` once it is over.
    #[must_use]
    pub fn session(&self, id: SessionId) -> Option<Session<'_>> {
        self.sessions.view(self.sessions.find(id)?)
    }

    /// The session of an endpoint.
    #[must_use]
    pub fn find(&self, endpoint: &str) -> Option<SessionId> {
        let index = self.sessions.of_endpoint(endpoint)?;
        Some(self.sessions.id(index))
    }

    /// Every session, in no particular order.
    pub fn sessions(&self) -> impl Iterator<Item = Session<'_>> {
        self.sessions.iter()
    }

    /// Begins a session with a client that has not asked for it: the server initiated bootstrap of LwM2M 1.0. Later
    /// clients only take it if they have asked.
    ///
    /// # Errors
    ///
    /// [`BeginError`].
    pub fn begin(&mut self, now: Instant, peer: Peer, endpoint: &str) -> Result<SessionId, BeginError> {
        let plan = self.plans.plan(peer, endpoint).ok_or(BeginError::NoPlan)?;
        self.replace(now, peer, endpoint);
        if self.sessions.len() >= self.config.max_sessions {
            return Err(BeginError::TooManySessions);
        }
        let index = self.start(now, peer, endpoint.to_owned(), plan, None, usize::MAX);
        let id = self.sessions.id(index);
        self.advance(now, index);
        Ok(id)
    }

    /// Ends a session. The client goes back to what it had before when it hears nothing any more. `false` where it is over
    /// already.
    pub fn end(&mut self, now: Instant, id: SessionId) -> bool {
        match self.sessions.find(id) {
            Some(index) => {
                self.fail(now, index, Failure::Ended);
                true
            }
            None => false,
        }
    }

    /// Takes note of exchanges that have failed.
    fn take_failures(&mut self, now: Instant) {
        while let Some(event) = self.endpoint.poll_event() {
            let coap::Event::Failed {
                exchange,
                peer,
                failure,
            } = event
            else {
                // Lost answers are asked for again; this side neither notifies nor streams.
                continue;
            };
            if let Some(index) = self.session_waiting_for(peer, exchange) {
                self.fail(now, index, Failure::Exchange(failure));
            }
        }
    }
}
