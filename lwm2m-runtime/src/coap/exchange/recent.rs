//! Deduplication (RFC 7252, sections 4.2, 4.3 and 4.5).
//!
//! 1. A confirmable or non-confirmable message comes: it is noted with peer and identifier.
//! 2. What this side answers to it at once is noted with it: nothing, an acknowledgement, a reset, a response.
//! 3. The same message comes again within `EXCHANGE_LIFETIME` (`NON_LIFETIME`): it gets the same answer, and the role
//!    never sees it.
//!
//! Messages and answers are kept in the order of their arrival, within budgets of their own; the oldest goes first.

use alloc::collections::VecDeque;
use core::time::Duration;

use hashbrown::HashTable;

use super::{EndpointConfig, peer::PeerKey};
use crate::time::Instant;

/// The messages of late.
#[derive(Debug)]
pub(super) struct Recent {
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
    New(u32),
    /// It came before under this number, and was answered so.
    Again(u32, Repeat),
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
        Self {
            entries: VecDeque::new(),
            first: 0,
            index: HashTable::new(),
            answers: VecDeque::new(),
            start: 0,
            owners: VecDeque::new(),
            limits: Limits {
                entries: config.max_recent.max(1),
                bytes: config.max_recent_bytes,
                confirmable: config.transmission.exchange_lifetime(),
                non_confirmable: config.transmission.non_lifetime(),
            },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// When the oldest entry may go.
    pub(super) fn deadline(&self) -> Instant {
        self.entries
            .front()
            .map_or(Instant::NEVER, |entry| entry.received + self.limits.confirmable)
    }

    /// Notes a message, or finds it.
    pub(super) fn see(&mut self, now: Instant, arrival: Arrival) -> Seen {
        let hash = hash(&arrival.peer, arrival.id);
        let (entries, first) = (&self.entries, self.first);
        let known = self.index.find(hash, |number| {
            entry(entries, first, *number)
                .is_some_and(|entry| entry.peer == arrival.peer && entry.id == arrival.id)
        });
        if let Some((number, known)) =
            known.and_then(|number| Some((*number, entry(&self.entries, self.first, *number)?)))
        {
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
                return Seen::Again(number, repeat);
            }
            self.forget(hash, &arrival);
        }
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
        let (entries, first) = (&self.entries, self.first);
        self.index.insert_unique(hash, number, |number| {
            entry(entries, first, *number).map_or(0, |entry| self::hash(&entry.peer, entry.id))
        });
        Seen::New(number)
    }

    /// The message was acknowledged, and what follows comes by itself.
    pub(super) fn acknowledged(&mut self, number: u32) {
        self.set(number, Answer::Acknowledgement);
    }

    /// The message was rejected.
    pub(super) fn rejected(&mut self, number: u32) {
        self.set(number, Answer::Reset);
    }

    /// The message was answered by this datagram.
    pub(super) fn answered(&mut self, number: u32, datagram: &[u8]) {
        let Ok(length) = u16::try_from(datagram.len()) else {
            return self.set(number, Answer::Lost);
        };
        if entry(&self.entries, self.first, number).is_none() {
            return;
        }
        if datagram.len() > self.limits.bytes {
            return self.set(number, Answer::Lost);
        }
        while self.answers.len() + datagram.len() > self.limits.bytes {
            self.drop_answer();
        }
        let start = self.start + self.answers.len() as u64;
        self.answers.extend(datagram);
        self.owners.push_back((number, length));
        self.set(number, Answer::Response { start, length });
    }

    /// A noted response, in two parts.
    pub(super) fn response(&self, start: u64, length: u16) -> (&[u8], &[u8]) {
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

    /// Drops what is older than the lifetime.
    pub(super) fn expire(&mut self, now: Instant) {
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
        let Some(oldest) = self.entries.front() else {
            return;
        };
        let number = self.first;
        // A newer message of the same identifier may have taken its place in the index.
        if let Ok(found) = self
            .index
            .find_entry(hash(&oldest.peer, oldest.id), |found| *found == number)
        {
            found.remove();
        }
        self.entries.pop_front();
        self.first = self.first.wrapping_add(1);
        let first = self.first;
        while self
            .owners
            .front()
            .is_some_and(|(owner, _)| owner.wrapping_sub(first) > u32::MAX / 2)
        {
            self.drop_answer();
        }
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
        self.set(owner, Answer::Lost);
    }
}

fn entry(entries: &VecDeque<Entry>, first: u32, number: u32) -> Option<&Entry> {
    entries.get(number.wrapping_sub(first) as usize)
}

fn hash(peer: &PeerKey, id: u16) -> u64 {
    peer.hash ^ u64::from(id).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
