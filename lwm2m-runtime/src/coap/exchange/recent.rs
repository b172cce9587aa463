//! Deduplication (RFC 7252, sections 4.2, 4.3 and 4.5).
//!
//! 1. A confirmable or non-confirmable message comes: it is noted with peer and identifier.
//! 2. What this side answers to it at once is noted with it: nothing, an acknowledgement, a reset, a response.
//! 3. The same message comes again within `EXCHANGE_LIFETIME` (`NON_LIFETIME`): it gets the same answer, and the role
//!    never sees it.
//!
//! Messages and answers are kept in the order of their arrival, within budgets of their own; the oldest goes first.
//!
//! Nobody makes others forgotten: where there are several peers, one that has an eighth of the budget has what more it
//! sends remembered apart, in a quarter as much again.

use alloc::collections::VecDeque;
use core::time::Duration;

use hashbrown::HashTable;

use super::{
    EndpointConfig,
    peer::PeerKey,
    shares::{Share, Shares},
};
use crate::time::Instant;

/// The messages of late.
#[derive(Debug)]
pub(super) struct Recent {
    /// Those of peers that leave room for others.
    all: Memory,
    /// What more than its share a peer has sent.
    loud: Memory,
    share: Share,
}

/// Names a message of late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RecentId {
    loud: bool,
    number: u32,
}

/// Messages in the order of their arrival.
#[derive(Debug)]
struct Memory {
    entries: VecDeque<Entry>,
    /// The number of the first entry; they are numbered in order.
    first: u32,
    /// Numbers of entries by peer and identifier.
    index: HashTable<u32>,
    /// Answers behind each other, and where the first begins.
    answers: VecDeque<u8>,
    start: u64,
    /// Which entry each answer belongs to, and its length.
    owners: VecDeque<(u32, u16)>,
    /// How much of it is whose.
    shares: Shares,
    limits: Limits,
}

#[derive(Debug)]
struct Limits {
    entries: usize,
    bytes: usize,
    confirmable: Duration,
    non_confirmable: Duration,
}

#[derive(Debug)]
struct Entry {
    peer: PeerKey,
    id: u16,
    /// The length of the message: its repetition must not be shorter, so that it gains nothing.
    length: u16,
    confirmable: bool,
    received: Instant,
    answer: Answer,
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    None,
    Acknowledgement,
    Reset,
    Response {
        start: u64,
        length: u16,
    },
    /// The response had to make room.
    Lost,
}

/// A message as the deduplication sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) peer: PeerKey,
    pub(super) id: u16,
    pub(super) confirmable: bool,
    pub(super) length: usize,
}

/// What is known of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen {
    /// It is new; the number to give its answer with.
    New(RecentId),
    /// It came before under this number, and was answered so.
    Again(RecentId, Repeat),
}

/// The answer to a repeated message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Repeat {
    Nothing,
    Acknowledgement,
    Reset,
    /// The two parts of [`Recent::response`].
    Response {
        start: u64,
        length: u16,
    },
    /// The response is not kept any more.
    Lost,
}

impl Recent {
    pub(super) fn new(config: &EndpointConfig) -> Self {
        let (entries, bytes) = (config.max_recent.max(1), config.max_recent_bytes);
        // Too little is not to be shared.
        let (loud, loud_bytes) = match entries {
            0..8 => (0, 0),
            _ => (entries / 4, bytes / 4),
        };
        Self {
            all: Memory::new(config, entries, bytes),
            loud: Memory::new(config, loud, loud_bytes),
            share: Share {
                entries: entries / 8,
                bytes: bytes / 8,
            },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.entries.is_empty() && self.loud.entries.is_empty()
    }

    /// When the oldest entry may go.
    pub(super) fn deadline(&self) -> Instant {
        self.all.deadline().min(self.loud.deadline())
    }

    /// Notes a message, or finds it.
    pub(super) fn see(&mut self, now: Instant, arrival: Arrival) -> Seen {
        for (loud, memory) in [(false, &mut self.all), (true, &mut self.loud)] {
            if let Some((number, repeat)) = memory.find(now, &arrival) {
                return Seen::Again(RecentId { loud, number }, repeat);
            }
        }
        let held = self.all.shares.of(&arrival.peer);
        let exceeds = held.entries >= self.share.entries || held.bytes >= self.share.bytes;
        let loud = exceeds && self.all.shares.len() > 1 && self.loud.limits.entries > 0;
        let number = self.memory(loud).note(now, arrival);
        Seen::New(RecentId { loud, number })
    }

    /// The message was acknowledged, and what follows comes by itself.
    pub(super) fn acknowledged(&mut self, id: RecentId) {
        self.memory(id.loud).set(id.number, Answer::Acknowledgement);
    }

    /// The message was rejected.
    pub(super) fn rejected(&mut self, id: RecentId) {
        self.memory(id.loud).set(id.number, Answer::Reset);
    }

    /// The message was answered by this datagram.
    pub(super) fn answered(&mut self, id: RecentId, datagram: &[u8]) {
        self.memory(id.loud).answered(id.number, datagram);
    }

    /// A noted response, in two parts.
    pub(super) fn response(&self, id: RecentId, start: u64, length: u16) -> (&[u8], &[u8]) {
        match id.loud {
            true => self.loud.response(start, length),
            false => self.all.response(start, length),
        }
    }

    /// Drops what is older than the lifetime.
    pub(super) fn expire(&mut self, now: Instant) {
        self.all.expire(now);
        self.loud.expire(now);
    }

    fn memory(&mut self, loud: bool) -> &mut Memory {
        match loud {
            true => &mut self.loud,
            false => &mut self.all,
        }
    }
}

impl Memory {
    fn new(config: &EndpointConfig, entries: usize, bytes: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            first: 0,
            index: HashTable::new(),
            answers: VecDeque::new(),
            start: 0,
            owners: VecDeque::new(),
            shares: Shares::new(),
            limits: Limits {
                entries,
                bytes,
                confirmable: config.transmission.exchange_lifetime(),
                non_confirmable: config.transmission.non_lifetime(),
            },
        }
    }

    fn deadline(&self) -> Instant {
        self.entries
            .front()
            .map_or(Instant::NEVER, |entry| entry.received + self.limits.confirmable)
    }

    /// Finds a message that is not too old.
    fn find(&mut self, now: Instant, arrival: &Arrival) -> Option<(u32, Repeat)> {
        let hash = hash(&arrival.peer, arrival.id);
        let (entries, first) = (&self.entries, self.first);
        let number = *self.index.find(hash, |number| {
            entry(entries, first, *number)
                .is_some_and(|entry| entry.peer == arrival.peer && entry.id == arrival.id)
        })?;
        let known = entry(&self.entries, self.first, number)?;
        let lifetime = match known.confirmable {
            true => self.limits.confirmable,
            false => self.limits.non_confirmable,
        };
        if now < known.received + lifetime {
            let repeat = match known.answer {
                _ if arrival.length < usize::from(known.length) => Repeat::Nothing,
                Answer::None => Repeat::Nothing,
                Answer::Acknowledgement => Repeat::Acknowledgement,
                Answer::Reset => Repeat::Reset,
                Answer::Response { start, length } => Repeat::Response { start, length },
                Answer::Lost => Repeat::Lost,
            };
            return Some((number, repeat));
        }
        self.forget(hash, arrival);
        None
    }

    /// Notes a message.
    fn note(&mut self, now: Instant, arrival: Arrival) -> u32 {
        let hash = hash(&arrival.peer, arrival.id);
        self.expire(now);
        while self.entries.len() >= self.limits.entries {
            self.drop_oldest();
        }
        let number = self.first.wrapping_add(self.entries.len() as u32);
        self.entries.push_back(Entry {
            peer: arrival.peer,
            id: arrival.id,
            length: u16::try_from(arrival.length).unwrap_or(u16::MAX),
            confirmable: arrival.confirmable,
            received: now,
            answer: Answer::None,
        });
        self.shares.change(arrival.peer, |share| share.entries += 1);
        let (entries, first) = (&self.entries, self.first);
        self.index.insert_unique(hash, number, |number| {
            entry(entries, first, *number).map_or(0, |entry| self::hash(&entry.peer, entry.id))
        });
        number
    }

    fn answered(&mut self, number: u32, datagram: &[u8]) {
        let Ok(length) = u16::try_from(datagram.len()) else {
            return self.set(number, Answer::Lost);
        };
        let Some(peer) = entry(&self.entries, self.first, number).map(|entry| entry.peer) else {
            return;
        };
        if datagram.len() > self.limits.bytes {
            return self.set(number, Answer::Lost);
        }
        while self.answers.len() + datagram.len() > self.limits.bytes {
            self.drop_answer();
        }
        let start = self.start + self.answers.len() as u64;
        self.answers.extend(datagram);
        self.owners.push_back((number, length));
        self.shares.change(peer, |share| share.bytes += datagram.len());
        self.set(number, Answer::Response { start, length });
    }

    /// A noted response, in two parts.
    fn response(&self, start: u64, length: u16) -> (&[u8], &[u8]) {
        let begin = start.wrapping_sub(self.start) as usize;
        let end = begin.saturating_add(usize::from(length));
        let (front, back) = self.answers.as_slices();
        let middle = front.len();
        (
            front.get(begin.min(middle)..end.min(middle)).unwrap_or_default(),
            back.get(begin.saturating_sub(middle)..end.saturating_sub(middle))
                .unwrap_or_default(),
        )
    }

    fn expire(&mut self, now: Instant) {
        while self.deadline() <= now {
            self.drop_oldest();
        }
    }

    fn set(&mut self, number: u32, answer: Answer) {
        let position = number.wrapping_sub(self.first) as usize;
        if let Some(entry) = self.entries.get_mut(position) {
            entry.answer = answer;
        }
    }

    fn forget(&mut self, hash: u64, arrival: &Arrival) {
        let (entries, first) = (&self.entries, self.first);
        let found = self.index.find_entry(hash, |number| {
            entry(entries, first, *number)
                .is_some_and(|entry| entry.peer == arrival.peer && entry.id == arrival.id)
        });
        if let Ok(found) = found {
            found.remove();
        }
    }

    fn drop_oldest(&mut self) {
        let number = self.first;
        while self.owners.front().is_some_and(|(owner, _)| *owner == number) {
            self.drop_answer();
        }
        let Some(oldest) = self.entries.front() else {
            return;
        };
        // Answers that were given late are behind those of newer messages, and nobody's from now on.
        let left = match oldest.answer {
            Answer::Response { length, .. } => usize::from(length),
            _ => 0,
        };
        self.shares.change(oldest.peer, |share| {
            share.entries -= 1;
            share.bytes -= left;
        });
        // A newer message of the same identifier may have taken its place in the index.
        if let Ok(found) = self
            .index
            .find_entry(hash(&oldest.peer, oldest.id), |found| *found == number)
        {
            found.remove();
        }
        self.entries.pop_front();
        self.first = self.first.wrapping_add(1);
        if self.entries.is_empty() {
            // Memory of a busy time is given back.
            self.entries = VecDeque::new();
            self.index = HashTable::new();
            self.answers = VecDeque::new();
            self.owners = VecDeque::new();
        }
    }

    fn drop_answer(&mut self) {
        let Some((owner, length)) = self.owners.pop_front() else {
            return;
        };
        self.answers.drain(..usize::from(length).min(self.answers.len()));
        self.start += u64::from(length);
        if let Some(entry) = entry(&self.entries, self.first, owner) {
            self.shares
                .change(entry.peer, |share| share.bytes -= usize::from(length));
        }
        self.set(owner, Answer::Lost);
    }
}

fn entry(entries: &VecDeque<Entry>, first: u32, number: u32) -> Option<&Entry> {
    entries.get(number.wrapping_sub(first) as usize)
}

fn hash(peer: &PeerKey, id: u16) -> u64 {
    peer.hash ^ u64::from(id).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{coap::Peer, random::Random};

    fn key(last: u8) -> PeerKey {
        let hasher = Random::new(7).hasher();
        let address = core::net::SocketAddr::from(([192, 0, 2, last], 5683));
        PeerKey::new(Peer::new(address), hasher)
    }

    /// A new message; its number.
    fn note(recent: &mut Recent, now: Instant, peer: PeerKey, id: u16) -> RecentId {
        let arrival = Arrival {
            peer,
            id,
            confirmable: true,
            length: 20,
        };
        match recent.see(now, arrival) {
            Seen::New(number) => number,
            Seen::Again(..) => panic!("{id} is new"),
        }
    }

    #[test]
    fn answers_that_are_given_late_do_not_stay_on_the_account_of_their_peer() {
        let config = EndpointConfig::default();
        let mut recent = Recent::new(&config);
        let start = Instant::default();
        let later = Duration::from_secs(1);
        let (slow, other) = (key(1), key(2));

        let first = note(&mut recent, start, slow, 1);
        let second = note(&mut recent, start + later, other, 2);
        recent.answered(second, &[0; 100]);
        recent.answered(first, &[0; 100]);

        // The first is forgotten before the second.
        let lifetime = config.transmission.exchange_lifetime();
        recent.expire(start + lifetime);
        assert_eq!(recent.all.shares.of(&slow), Share::default());
        assert_eq!(recent.all.shares.of(&other).bytes, 100);

        recent.expire(start + lifetime + later);
        assert!(recent.is_empty());
        assert_eq!(recent.all.shares.len(), 0);
    }
}
