use alloc::{boxed::Box, vec::Vec};

use super::{
    Anybody, Authoriser, ClientDefinitions, EndReason, Event, Registration, RegistrationId, ServerConfig,
    observation::{Notified, Observation},
    pending::Pending,
    profiles::Profiles,
    reader::Reader,
    registrations::Registrations,
    requests::Arrived,
    uplink::Asker,
};
use crate::{
    coap::{self, Counters, Endpoint, IncomingRequest, OptionBuffer, Peer, Received, Transmit},
    operation::ProfileId,
    queue::Queue,
    random::Random,
    time::{Instant, Slots, Timers},
};

/// A server with any number of clients, over one datagram socket.
///
/// Datagrams go in by [`handle_input`](Self::handle_input); commands are [`request`](Self::request),
/// [`observe`](Self::observe) and their relatives. After any call, poll [`poll_transmit`](Self::poll_transmit) and
/// [`poll_event`](Self::poll_event) until `None`, and call [`handle_timeout`](Self::handle_timeout) when
/// [`poll_timeout`](Self::poll_timeout) says so.
///
/// Nothing that a client sends is an error of a call: it yields an answer, an event or a counter. What a client may
/// cost is bounded by [`ServerConfig`].
#[derive(Debug)]
pub struct Server {
    pub(super) config: ServerConfig,
    pub(super) endpoint: Endpoint,
    pub(super) authoriser: Box<dyn Authoriser>,
    pub(super) registrations: Registrations,
    pub(super) profiles: Profiles,
    pub(super) requests: Slots<Pending>,
    pub(super) observations: Slots<Observation>,
    pub(super) timers: Timers<Alarm>,
    pub(super) events: Queue<Event>,
    /// Options of the message that is being put together.
    pub(super) options: OptionBuffer,
    /// Buffers of requests that are gone.
    pub(super) spare: Vec<(OptionBuffer, Vec<u8>)>,
}

/// What a timer is for: the request in a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alarm(pub(super) u32);

impl Server {
    /// A server without clients. The seed must be new and unpredictable at each start: tokens and locations come from
    /// it.
    #[must_use]
    pub fn new(config: ServerConfig, seed: u128) -> Self {
        let mut random = Random::new(seed);
        Self {
            endpoint: Endpoint::new(config.coap.clone(), random.seed()),
            registrations: Registrations::new(Random::new(random.seed())),
            config,
            profiles: Profiles::default(),
            authoriser: Box::new(Anybody),
            requests: Slots::new(),
            observations: Slots::new(),
            timers: Timers::new(),
            events: Queue::new(),
            options: OptionBuffer::new(),
            spare: Vec::new(),
        }
    }

    /// The same server with rules on who may register. Without, everybody may.
    #[must_use]
    pub fn with_authoriser(mut self, authoriser: Box<dyn Authoriser>) -> Self {
        self.authoriser = authoriser;
        self
    }

    /// The limits and policies.
    #[must_use]
    pub const fn config(&self) -> &ServerConfig {
        &self.config
    }

    /// What happened to datagrams that gave the server nothing to do.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.endpoint.counters()
    }

    /// Takes a datagram of a peer.
    pub fn handle_input(&mut self, now: Instant, from: Peer, datagram: &[u8]) {
        match self.endpoint.receive(now, from, datagram) {
            None => {}
            Some(Received::Request(request)) => {
                let reader = Reader {
                    config: &self.config,
                    registrations: &self.registrations,
                    profiles: &self.profiles,
                    authoriser: &mut *self.authoriser,
                };
                let asked = reader.read(&request);
                let IncomingRequest {
                    peer,
                    responder,
                    echo_age,
                    ..
                } = request;
                let asker = Asker {
                    peer,
                    responder,
                    validated: peer.session != 0
                        || echo_age.is_some_and(|age| age <= self.config.echo_lifetime),
                    known: self.registrations.of_peer(peer).is_some(),
                };
                self.act(now, asker, asked);
            }
            Some(Received::Response(response)) => {
                if let Some((device, arrived)) = Arrived::read(&self.registrations, &response) {
                    self.answered(now, device, arrived);
                }
            }
            Some(Received::Unmatched(unmatched)) => {
                let lifetime = self.config.coap.transmission.exchange_lifetime();
                match Notified::read(now, &self.registrations, &self.observations, lifetime, unmatched) {
                    Ok(notified) => self.notified(now, notified),
                    Err(handle) => self.endpoint.disown(handle),
                }
            }
        }
        self.take_failures(now);
        self.flush(now, from);
    }

    /// Does what is due: repeats messages, ends registrations, gives up requests.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.take_failures(now);
        while let Some(device) = self.registrations.pop_expired(now) {
            self.end(now, device, EndReason::Expired);
        }
        while let Some(Alarm(index)) = self.timers.pop_expired(now) {
            if self.requests.is_due(index, now, &mut self.timers, Alarm) {
                self.request_timeout(now, index);
            }
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
            if let Some(device) = self.registrations.of_peer(peer) {
                self.exchange_failed(now, device, exchange, failure);
            }
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
        let registrations = self.registrations.next_deadline();
        let requests = self.timers.next_deadline();
        messages.into_iter().chain(registrations).chain(requests).min()
    }

    /// The next event. Changes with every call but the polls.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Drops what is open with a peer, because its security session is over. Its registration stays: the client may
    /// come back by another session of the same identity.
    pub fn close(&mut self, now: Instant, peer: Peer) {
        self.endpoint.close(now, peer);
        self.take_failures(now);
    }

    /// How many clients are registered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.registrations.len()
    }

    /// Whether no client is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing is open in CoAP, nobody is being asked and nothing is observed: for tests that look for leaks.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.endpoint.is_idle() && self.requests.len() == 0 && self.observations.len() == 0
    }

    /// A registration; `None` once it is over.
    #[must_use]
    pub fn registration(&self, id: RegistrationId) -> Option<Registration<'_>> {
        self.view(self.registrations.find(id)?)
    }

    /// The registration of an endpoint.
    #[must_use]
    pub fn find(&self, endpoint: &str) -> Option<RegistrationId> {
        let index = self.registrations.of_endpoint(endpoint)?;
        Some(self.registrations.id(index))
    }

    /// The registration of a peer. No two have the same one.
    #[must_use]
    pub fn find_peer(&self, peer: Peer) -> Option<RegistrationId> {
        let index = self.registrations.of_peer(peer)?;
        Some(self.registrations.id(index))
    }

    /// Every registration, in no particular order.
    pub fn registrations(&self) -> impl Iterator<Item = Registration<'_>> {
        let indices = self.registrations.indices();
        indices.filter_map(|index| self.view(index))
    }

    /// What was learned of profile identifiers: hashes with the object lists that they stand for, as links (LwM2M 1.2).
    pub fn learned_profiles(&self) -> impl Iterator<Item = (ProfileId<'_>, &str)> {
        self.profiles.iter()
    }

    fn view(&self, index: u32) -> Option<Registration<'_>> {
        let record = self.registrations.get(index)?;
        Some(Registration {
            id: self.registrations.id(index),
            record,
            expires_at: self.registrations.deadline(index),
            listens_until: record.listens_until(&self.config),
        })
    }

    /// The definitions of a client's objects in the versions that it has registered, to read and write values with.
    #[must_use]
    pub fn definitions(&self, id: RegistrationId) -> Option<ClientDefinitions<'_>> {
        let record = self.registrations.get(self.registrations.find(id)?)?;
        Some(ClientDefinitions {
            models: self.config.models,
            objects: &record.objects,
            version: record.formats.version(),
        })
    }

    /// Ends a registration: what the client sends to its location is answered 4.04 from now on, and so it registers
    /// again. `false` where it is over already.
    pub fn remove(&mut self, now: Instant, id: RegistrationId) -> bool {
        let device = self.registrations.find(id);
        if let Some(device) = device {
            self.end(now, device, EndReason::Removed);
        }
        device.is_some()
    }
}
