//! Messages of this side that wait for an answer (RFC 7252, sections 4.2 and 4.7).
//!
//! 1. Queued, while `NSTART` others are on their way to the peer.
//! 2. Sent: a confirmable one is repeated after a random first time-out, which doubles each time.
//! 3. Acknowledged: a request waits for its separate response.
//! 4. Gone: answered, rejected or timed out.

use alloc::{boxed::Box, vec::Vec};
use core::time::Duration;

use super::{
    Endpoint, Event, ExchangeId, Failure, NotificationId, PeerToken, counters::count, endpoint::Alarm,
    peer::PeerKey, transfer::Transfer,
};
use crate::{coap::Token, time::Instant};

/// A message that waits for an answer.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) peer: PeerKey,
    pub(super) kind: Kind,
    pub(super) phase: Phase,
    pub(super) confirmable: bool,
    pub(super) id: u16,
    /// The message as it was or will be sent.
    pub(super) datagram: Vec<u8>,
    attempt: u8,
    timeout: Duration,
    /// The next one of the same peer.
    next: Option<u32>,
}

#[derive(Debug)]
pub(super) enum Kind {
    Request {
        token: Token,
        transfer: Option<Box<Transfer>>,
    },
    Ping,
    Response {
        token: PeerToken,
    },
    Notification {
        token: PeerToken,
        /// A newer one that takes its place as soon as this one is acknowledged or repeated.
        newer: Option<Vec<u8>>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Queued,
    Sent,
    Acknowledged,
}

impl Outgoing {
    pub(super) const fn new(peer: PeerKey, kind: Kind, confirmable: bool, datagram: Vec<u8>) -> Self {
        Self {
            peer,
            kind,
            phase: Phase::Queued,
            confirmable,
            id: 0,
            datagram,
            attempt: 0,
            timeout: Duration::ZERO,
            next: None,
        }
    }

    /// Whether it counts for `NSTART`. A response does not: two sides that both wait with their response until their
    /// own request is answered would wait for each other.
    const fn counts(&self) -> bool {
        !matches!(self.kind, Kind::Response { .. })
    }
}

impl Endpoint {
    /// Whether there is room for one more outgoing message to a peer.
    pub(super) fn has_room(&self, peer: &PeerKey) -> bool {
        let open = self.peers.get(peer).map_or(0, |state| state.outgoing);
        self.outgoing.len() < self.config.max_outgoing && open < self.config.max_outgoing_per_peer
    }

    /// Adds a message to the peer's, and sends it if it is its turn.
    pub(super) fn enqueue(&mut self, now: Instant, outgoing: Outgoing) -> u32 {
        let (key, counts) = (outgoing.peer, outgoing.counts());
        let id = self.outgoing.insert(outgoing);
        let index = self.outgoing.find(id).unwrap_or_default();
        let nstart = self.config.transmission.nstart.max(1);
        let peer = self.peers.open(key);
        peer.outgoing = peer.outgoing.saturating_add(1);
        let last = peer.last.replace(index);
        if last.is_none() {
            peer.first = Some(index);
        }
        let turn = !counts || peer.active < nstart;
        if counts && turn {
            peer.active += 1;
        }
        if let Some(last) = last.and_then(|last| self.outgoing.get_mut(last)) {
            last.next = Some(index);
        }
        if turn {
            self.launch(now, index);
        }
        index
    }

    /// Sends a message for the first time, under a new identifier.
    pub(super) fn launch(&mut self, now: Instant, index: u32) {
        let Some(outgoing) = self.outgoing.get_mut(index) else {
            return;
        };
        let parameters = &self.config.transmission;
        outgoing.id = self.ids.next(now, outgoing.peer.hash);
        outgoing.phase = Phase::Sent;
        outgoing.attempt = 0;
        outgoing.timeout = {
            let spread = parameters
                .longest_ack_timeout()
                .saturating_sub(parameters.ack_timeout);
            let spread = u64::try_from(spread.as_millis()).unwrap_or(u64::MAX);
            parameters.ack_timeout + Duration::from_millis(self.random.up_to(spread))
        };
        if let Some(id) = outgoing.datagram.get_mut(2..4) {
            id.copy_from_slice(&outgoing.id.to_be_bytes());
        }
        self.outbox.push(outgoing.peer.peer, &outgoing.datagram);
        let wait = if outgoing.confirmable {
            outgoing.timeout
        } else {
            self.config.response_timeout
        };
        self.set_outgoing_deadline(index, now + wait);
    }

    pub(super) fn set_outgoing_deadline(&mut self, index: u32, at: Instant) {
        self.outgoing
            .set_deadline(index, at, &mut self.timers, Alarm::Outgoing);
    }

    /// The message was acknowledged: it is not repeated any more.
    pub(super) fn acknowledge(&mut self, now: Instant, index: u32) {
        let wait = self.config.response_timeout;
        let Some(outgoing) = self.outgoing.get_mut(index) else {
            return;
        };
        match &mut outgoing.kind {
            Kind::Request { .. } if outgoing.phase == Phase::Sent => {
                outgoing.phase = Phase::Acknowledged;
                self.set_outgoing_deadline(index, now + wait);
            }
            Kind::Request { .. } => {}
            Kind::Notification { newer, .. } => match newer.take() {
                Some(datagram) => {
                    outgoing.datagram = datagram;
                    self.launch(now, index);
                }
                None => {
                    let notification = NotificationId(self.outgoing.id(index));
                    if let Some(gone) = self.remove_outgoing(now, index) {
                        let peer = gone.peer.peer;
                        self.events.push_back(Event::Delivered { notification, peer });
                    }
                }
            },
            Kind::Response { .. } => drop(self.remove_outgoing(now, index)),
            // Some answer a ping so.
            Kind::Ping => self.pong(now, index),
        }
    }

    /// A ping was answered.
    pub(super) fn pong(&mut self, now: Instant, index: u32) {
        let exchange = ExchangeId(self.outgoing.id(index));
        if let Some(gone) = self.remove_outgoing(now, index) {
            let peer = gone.peer.peer;
            self.events.push_back(Event::Pong { exchange, peer });
        }
    }

    /// The deadline of a message has passed.
    pub(super) fn outgoing_timeout(&mut self, now: Instant, index: u32) {
        let Some(outgoing) = self.outgoing.get_mut(index) else {
            return;
        };
        let again = outgoing.confirmable
            && outgoing.phase == Phase::Sent
            && outgoing.attempt < self.config.transmission.max_retransmit;
        if !again {
            return self.fail(now, index, Failure::TimedOut);
        }
        outgoing.attempt += 1;
        outgoing.timeout = outgoing.timeout.saturating_mul(2);
        if let Kind::Notification { newer, .. } = &mut outgoing.kind {
            if let Some(mut datagram) = newer.take() {
                outgoing.id = self.ids.next(now, outgoing.peer.hash);
                if let Some(id) = datagram.get_mut(2..4) {
                    id.copy_from_slice(&outgoing.id.to_be_bytes());
                }
                outgoing.datagram = datagram;
            }
        }
        let at = now + outgoing.timeout;
        self.outbox.push(outgoing.peer.peer, &outgoing.datagram);
        count(&mut self.counters.retransmissions);
        self.set_outgoing_deadline(index, at);
    }

    /// Ends a message that gets no answer.
    pub(super) fn fail(&mut self, now: Instant, index: u32, failure: Failure) {
        let exchange = ExchangeId(self.outgoing.id(index));
        let Some(outgoing) = self.remove_outgoing(now, index) else {
            return;
        };
        let peer = outgoing.peer.peer;
        self.events.push_back(match outgoing.kind {
            Kind::Request { .. } | Kind::Ping => Event::Failed {
                exchange,
                peer,
                failure,
            },
            Kind::Response { token } => Event::ResponseLost { peer, token, failure },
            Kind::Notification { token, .. } => Event::Unobserved { peer, token, failure },
        });
    }

    /// Takes a message out, gives back what it holds, and sends the next one of its peer.
    pub(super) fn remove_outgoing(&mut self, now: Instant, index: u32) -> Option<Outgoing> {
        let mut outgoing = self.outgoing.remove(index)?;
        let key = outgoing.peer;
        if let Kind::Request { token, transfer } = &mut outgoing.kind {
            self.tokens.remove(*token, index);
            if let Some(transfer) = transfer {
                self.bodies.shrink(&mut self.peers, &key, transfer.held);
            }
        }
        let datagram = core::mem::take(&mut outgoing.datagram);
        self.recycle(datagram);
        let before = self.chain(&key).take_while(|member| *member != index).last();
        let next = outgoing.next;
        if let Some(before) = before.and_then(|before| self.outgoing.get_mut(before)) {
            before.next = next;
        }
        let released = outgoing.counts() && outgoing.phase != Phase::Queued;
        self.peers.close(&key, |peer| {
            peer.outgoing = peer.outgoing.saturating_sub(1);
            if released {
                peer.active = peer.active.saturating_sub(1);
            }
            if before.is_none() {
                peer.first = next;
            }
            if next.is_none() {
                peer.last = before;
            }
        });
        if released {
            self.launch_next(now, &key);
        }
        Some(outgoing)
    }

    /// Sends the first queued message of a peer.
    fn launch_next(&mut self, now: Instant, key: &PeerKey) {
        let waiting = self.chain(key).find(|index| {
            self.outgoing
                .get(*index)
                .is_some_and(|next| next.phase == Phase::Queued)
        });
        if let Some(index) = waiting {
            self.peers.open(*key).active += 1;
            self.launch(now, index);
        }
    }

    /// The outgoing messages of a peer; no more than its budget allows, with a few separate responses.
    pub(super) fn chain(&self, key: &PeerKey) -> impl Iterator<Item = u32> + '_ {
        let first = self.peers.get(key).and_then(|peer| peer.first);
        core::iter::successors(first, |index| self.outgoing.get(*index)?.next)
    }

    /// The message of a peer that was sent under an identifier.
    pub(super) fn sent_as(&self, key: &PeerKey, id: u16) -> Option<u32> {
        self.chain(key).find(|index| {
            self.outgoing
                .get(*index)
                .is_some_and(|outgoing| outgoing.id == id && outgoing.phase != Phase::Queued)
        })
    }
}
