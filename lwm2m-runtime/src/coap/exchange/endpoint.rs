use alloc::vec::Vec;
use core::time::Duration;

use hashbrown::HashTable;

use super::{
    Counters, EndpointConfig, Event, ExchangeId, Failure, Peer, Transmit,
    assembly::Partial,
    budget::Bodies,
    echo::{self, Echoes},
    message_ids::MessageIds,
    notified::Notified,
    notify::FirstBlock,
    outbox::Outbox,
    outgoing::Outgoing,
    peer::PeerKey,
    peers::Peers,
    recent::Recent,
    serve::Incoming,
    slices::Served,
};
use crate::{
    coap::{OptionBuffer, OptionNumber, Options, Token},
    queue::Queue,
    random::{Hasher, Random},
    time::{Instant, Slots, Timers},
};

/// One datagram socket's CoAP with any number of peers: both sides of LwM2M send and receive requests.
///
/// Datagrams go in by [`receive`](Self::receive), which hands over at most one thing; commands are
/// [`request`](Self::request), [`respond`](Self::respond), [`notify`](Self::notify) and their relatives. After any call,
/// poll [`poll_transmit`](Self::poll_transmit) and [`poll_event`](Self::poll_event) until `None`, and call
/// [`handle_timeout`](Self::handle_timeout) when [`poll_timeout`](Self::poll_timeout) says so.
///
/// Bodies in blocks, repetition, deduplication, acknowledgements, Echo and budgets are dealt with inside. Nothing that
/// a peer sends is an error of a call: it yields something received, an event or a counter.
///
/// A peer with nothing open costs nothing here, apart from its messages of the last `EXCHANGE_LIFETIME`, within a
/// budget.
#[derive(Debug)]
pub struct Endpoint {
    pub(super) config: EndpointConfig,
    pub(super) random: Random,
    pub(super) hasher: Hasher,
    pub(super) timers: Timers<Alarm>,
    pub(super) outgoing: Slots<Outgoing>,
    pub(super) tokens: Tokens,
    pub(super) incoming: Slots<Incoming>,
    pub(super) partials: Slots<Partial>,
    pub(super) served: Slots<Served>,
    /// Partial and served bodies by peer and request.
    pub(super) partial_index: HashTable<u32>,
    pub(super) served_index: HashTable<u32>,
    pub(super) peers: Peers,
    pub(super) bodies: Bodies,
    pub(super) recent: Recent,
    recent_alarm: bool,
    pub(super) ids: MessageIds,
    pub(super) echoes: Echoes,
    pub(super) notified: Notified,
    pub(super) outbox: Outbox,
    pub(super) events: Queue<Event>,
    /// The body and options handed over last, when they were put together from blocks.
    pub(super) assembled: Vec<u8>,
    pub(super) assembled_options: OptionBuffer,
    /// The first block of the notification handed over last.
    pub(super) first_block: Option<FirstBlock>,
    /// Options that the endpoint adds to a message of the role.
    pub(super) extra: OptionBuffer,
    /// Buffers of messages that are gone.
    pub(super) spare: Vec<Vec<u8>>,
    pub(super) counters: Counters,
}

/// What a timer is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alarm {
    Outgoing(u32),
    Incoming(u32),
    Partial(u32),
    Served(u32),
    Recent,
}

/// Buffers kept for the next messages, and their size.
const SPARES: usize = 64;
const SPARE_BYTES: usize = 2048;

impl Endpoint {
    /// An endpoint. The seed must be new and unpredictable at each start: tokens and identifiers come from it.
    #[must_use]
    pub fn new(config: EndpointConfig, seed: u128) -> Self {
        let mut random = Random::new(seed);
        let hasher = random.hasher();
        let lifetime = config.transmission.exchange_lifetime();
        let ids = MessageIds::new(config.message_id_counters, lifetime, &mut random);
        Self {
            recent: Recent::new(&config),
            notified: Notified::new(config.max_sent_notifications),
            echoes: Echoes::new(config.max_echoes),
            config,
            random,
            hasher,
            timers: Timers::new(),
            outgoing: Slots::new(),
            tokens: Tokens::default(),
            incoming: Slots::new(),
            partials: Slots::new(),
            served: Slots::new(),
            partial_index: HashTable::new(),
            served_index: HashTable::new(),
            peers: Peers::new(),
            bodies: Bodies::default(),
            recent_alarm: false,
            ids,
            outbox: Outbox::default(),
            events: Queue::new(),
            assembled: Vec::new(),
            assembled_options: OptionBuffer::new(),
            first_block: None,
            extra: OptionBuffer::new(),
            spare: Vec::new(),
            counters: Counters::default(),
        }
    }

    /// The limits.
    #[must_use]
    pub const fn config(&self) -> &EndpointConfig {
        &self.config
    }

    /// What happened to datagrams that gave the role nothing to do.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// The next datagram to send. Changes with every call but the polls.
    pub fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        self.outbox.pop()
    }

    /// The next event. Changes with [`receive`](Self::receive), [`handle_timeout`](Self::handle_timeout) and
    /// [`close`](Self::close).
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` while there is nothing to wait for. Changes with
    /// every call but the polls. It may be early, but never late.
    pub fn poll_timeout(&mut self) -> Option<Instant> {
        self.timers.next_deadline()
    }

    /// Does what is due: repeats messages, acknowledges requests that wait for their response, gives up what takes too
    /// long.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(alarm) = self.timers.pop_expired(now) {
            let timers = &mut self.timers;
            match alarm {
                Alarm::Outgoing(index) => {
                    if self.outgoing.is_due(index, now, timers, Alarm::Outgoing) {
                        self.outgoing_timeout(now, index);
                    }
                }
                Alarm::Incoming(index) => {
                    if self.incoming.is_due(index, now, timers, Alarm::Incoming) {
                        self.incoming_timeout(now, index);
                    }
                }
                Alarm::Partial(index) => {
                    if self.partials.is_due(index, now, timers, Alarm::Partial) {
                        self.abandon_partial(index);
                    }
                }
                Alarm::Served(index) => {
                    if self.served.is_due(index, now, timers, Alarm::Served) {
                        self.remove_served(index);
                    }
                }
                Alarm::Recent => {
                    self.recent_alarm = false;
                    self.recent.expire(now);
                    self.watch_recent();
                }
            }
        }
    }

    /// Has the oldest remembered message expire in time.
    pub(super) fn watch_recent(&mut self) {
        if !self.recent_alarm && !self.recent.is_empty() {
            self.recent_alarm = true;
            self.timers.schedule(self.recent.deadline(), Alarm::Recent);
        }
    }

    /// How many requests, pings and notifications to a peer are on their way or queued.
    #[must_use]
    pub fn outgoing_to(&self, peer: Peer) -> usize {
        let key = self.key(peer);
        self.peers
            .get(&key)
            .map_or(0, |state| usize::from(state.outgoing))
    }

    /// Whether nothing is open, remembered or waiting to be polled.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.outgoing.len() == 0
            && self.tokens.is_empty()
            && self.incoming.len() == 0
            && self.partials.len() == 0
            && self.partial_index.is_empty()
            && self.served.len() == 0
            && self.served_index.is_empty()
            && self.peers.is_empty()
            && self.bodies.is_empty()
            && self.recent.is_empty()
            && self.outbox.is_empty()
            && self.events.is_empty()
    }

    /// Drops everything that is open with a peer, because its session is over. What this side sent ends with
    /// [`Failure::Closed`].
    pub fn close(&mut self, now: Instant, peer: Peer) {
        let key = self.key(peer);
        self.echoes.take(&key);
        self.notified.forget(&key);
        // Queued ones first, so that none is sent on the way.
        let mut chain: Vec<u32> = self.chain(&key).collect();
        chain.sort_by_key(|index| {
            self.outgoing
                .get(*index)
                .map(|outgoing| outgoing.phase != super::outgoing::Phase::Queued)
        });
        for index in chain {
            self.fail(now, index, Failure::Closed);
        }
        if self.peers.get(&key).is_none() {
            return;
        }
        let incoming: Vec<u32> = self
            .incoming
            .indices()
            .filter(|index| {
                self.incoming
                    .get(*index)
                    .is_some_and(|incoming| incoming.peer == key)
            })
            .collect();
        for index in incoming {
            self.remove_incoming(index);
        }
        let partials: Vec<u32> = self
            .partials
            .indices()
            .filter(|index| {
                self.partials
                    .get(*index)
                    .is_some_and(|partial| partial.peer == key)
            })
            .collect();
        for index in partials {
            self.abandon_partial(index);
        }
        let served: Vec<u32> = self
            .served
            .indices()
            .filter(|index| self.served.get(*index).is_some_and(|served| served.peer == key))
            .collect();
        for index in served {
            self.remove_served(index);
        }
    }

    /// Gives up a request or ping. There is no event, and its response is not recognised any more.
    pub fn cancel(&mut self, now: Instant, exchange: ExchangeId) {
        if let Some(index) = self.outgoing.find(exchange.0) {
            self.remove_outgoing(now, index);
        }
    }

    /// How old the Echo value of a request is that this side gave to the same peer (RFC 9175, section 2.3); `None`
    /// without a valid one. A recent one proves that the request is fresh and that the peer's address is its own.
    #[must_use]
    pub fn echo_age(&self, now: Instant, peer: Peer, options: Options<'_>) -> Option<Duration> {
        let value = options.first(OptionNumber::ECHO)?;
        echo::age(self.hasher, &self.key(peer), now, value)
    }

    pub(super) fn key(&self, peer: Peer) -> PeerKey {
        PeerKey::new(peer, self.hasher)
    }

    /// An empty buffer.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    /// Takes a buffer back.
    pub(super) fn recycle(&mut self, mut buffer: Vec<u8>) {
        if self.spare.len() < SPARES && buffer.capacity() <= SPARE_BYTES {
            buffer.clear();
            self.spare.push(buffer);
        }
    }
}

/// Requests of this side by their token. Tokens are random, and so their own hash.
#[derive(Debug, Default)]
pub(super) struct Tokens(HashTable<(Token, u32)>);

impl Tokens {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, token: Token) -> Option<u32> {
        self.0
            .find(hash(token), |(known, _)| *known == token)
            .map(|(_, index)| *index)
    }

    /// A token that no open request has.
    pub(super) fn unused(&self, random: &mut Random) -> Token {
        loop {
            let token = Token::from_u64(random.next_u64());
            if self.find(token).is_none() {
                return token;
            }
        }
    }

    pub(super) fn insert(&mut self, token: Token, index: u32) {
        self.0
            .insert_unique(hash(token), (token, index), |(token, _)| hash(*token));
    }

    pub(super) fn remove(&mut self, token: Token, index: u32) {
        if let Ok(found) = self.0.find_entry(hash(token), |found| *found == (token, index)) {
            found.remove();
        }
        if self.0.is_empty() && self.0.capacity() > SPARES {
            self.0 = HashTable::new();
        }
    }
}

fn hash(token: Token) -> u64 {
    token.as_bytes().try_into().map_or(0, u64::from_be_bytes)
}
