use hashbrown::HashTable;

use super::{location::RegistrationLocation, record::Record};
use crate::{
    coap::Peer,
    operation::Location,
    random::{Hasher, Random},
    time::{Instant, SlotId, Slots, Timers},
};

/// Names a registration. Never given out twice: a client that registers again has another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationId(SlotId);

/// Every registration, by number, location, endpoint and peer.
///
/// No two have the same endpoint, and no two the same peer.
#[derive(Debug)]
pub(super) struct Registrations {
    records: Slots<Record>,
    by_location: HashTable<u32>,
    by_endpoint: HashTable<u32>,
    by_peer: HashTable<u32>,
    random: Random,
    hasher: Hasher,
    /// When registrations may be over. A later deadline leaves the timer as it is; an earlier one gets another timer.
    expiry: Timers<u32>,
}

/// Timers beyond this and four for each registration are those of deadlines given up: clients that shorten their
/// lifetimes again and again must not fill the memory.
const SPARE_TIMERS: usize = 1_024;

impl Registrations {
    pub(super) const fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    pub(super) fn new(mut random: Random) -> Self {
        let hasher = random.hasher();
        Self {
            records: Slots::new(),
            by_location: HashTable::new(),
            by_endpoint: HashTable::new(),
            by_peer: HashTable::new(),
            random,
            hasher,
            expiry: Timers::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn indices(&self) -> impl Iterator<Item = u32> + '_ {
        self.records.indices()
    }

    pub(super) fn find(&self, id: RegistrationId) -> Option<u32> {
        self.records.find(id.0)
    }

    pub(super) fn id(&self, index: u32) -> RegistrationId {
        RegistrationId(self.records.id(index))
    }

    pub(super) fn get(&self, index: u32) -> Option<&Record> {
        self.records.get(index)
    }

    /// A record to be changed in anything but its location, endpoint and peer.
    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut Record> {
        self.records.get_mut(index)
    }

    pub(super) fn at_location(&self, location: Location<'_>) -> Option<u32> {
        let location = RegistrationLocation::parse(location.registration()?)?;
        let records = &self.records;
        let found = self.by_location.find(location, |index| {
            records
                .get(*index)
                .is_some_and(|record| record.location == location)
        });
        found.copied()
    }

    pub(super) fn of_endpoint(&self, endpoint: &str) -> Option<u32> {
        let records = &self.records;
        let hash = self.hasher.bytes(endpoint.as_bytes()).finish();
        let found = self.by_endpoint.find(hash, |index| {
            records
                .get(*index)
                .is_some_and(|record| record.texts.endpoint() == endpoint)
        });
        found.copied()
    }

    pub(super) fn of_peer(&self, peer: Peer) -> Option<u32> {
        let records = &self.records;
        let found = self.by_peer.find(peer.hash(self.hasher), |index| {
            records.get(*index).is_some_and(|record| record.peer == peer)
        });
        found.copied()
    }

    /// Adds a registration under a new location. Nothing else has its endpoint or its peer.
    pub(super) fn insert(&mut self, mut record: Record) -> u32 {
        record.location = loop {
            let location = self.random.next_u64();
            let records = &self.records;
            let taken = self.by_location.find(location, |index| {
                records
                    .get(*index)
                    .is_some_and(|record| record.location == location)
            });
            if taken.is_none() {
                break location;
            }
        };
        let location = record.location;
        let endpoint = endpoint_hash(self.hasher, &record);
        let peer = record.peer.hash(self.hasher);
        let id = self.records.insert(record);
        let index = self.records.find(id).unwrap_or_default();
        let (records, hasher) = (&self.records, self.hasher);
        let with = |index: &u32, hash: fn(Hasher, &Record) -> u64| {
            records.get(*index).map_or(0, |record| hash(hasher, record))
        };
        self.by_location
            .insert_unique(location, index, |index| with(index, |_, record| record.location));
        self.by_endpoint
            .insert_unique(endpoint, index, |index| with(index, endpoint_hash));
        self.by_peer
            .insert_unique(peer, index, |index| with(index, peer_hash));
        index
    }

    pub(super) fn remove(&mut self, index: u32) -> Option<Record> {
        let record = self.records.remove(index)?;
        for (table, hash) in [
            (&mut self.by_location, record.location),
            (&mut self.by_endpoint, endpoint_hash(self.hasher, &record)),
            (&mut self.by_peer, peer_hash(self.hasher, &record)),
        ] {
            forget(table, hash, index);
            if self.records.len() == 0 {
                *table = HashTable::new();
            }
        }
        Some(record)
    }

    /// Gives a registration another peer, which no other registration has.
    pub(super) fn set_peer(&mut self, index: u32, peer: Peer) {
        let Some(record) = self.records.get_mut(index) else {
            return;
        };
        let before = core::mem::replace(&mut record.peer, peer);
        forget(&mut self.by_peer, before.hash(self.hasher), index);
        let (records, hasher) = (&self.records, self.hasher);
        self.by_peer.insert_unique(peer.hash(hasher), index, |index| {
            records.get(*index).map_or(0, |record| peer_hash(hasher, record))
        });
    }

    pub(super) fn deadline(&self, index: u32) -> Instant {
        self.records.deadline(index)
    }

    /// Says when a registration ends.
    pub(super) fn set_deadline(&mut self, index: u32, at: Instant) {
        self.records
            .set_deadline(index, at, &mut self.expiry, |index| index);
        if self.expiry.len() > SPARE_TIMERS + 4 * self.records.len() {
            self.expiry = Timers::new();
            self.records.rearm(&mut self.expiry, |index| index);
        }
    }

    /// The next registration whose end has come.
    pub(super) fn pop_expired(&mut self, now: Instant) -> Option<u32> {
        loop {
            let index = self.expiry.pop_expired(now)?;
            if self.records.is_due(index, now, &mut self.expiry, |index| index) {
                return Some(index);
            }
        }
    }

    pub(super) fn next_deadline(&mut self) -> Option<Instant> {
        self.expiry.next_deadline()
    }
}

fn endpoint_hash(hasher: Hasher, record: &Record) -> u64 {
    hasher.bytes(record.texts.endpoint().as_bytes()).finish()
}

fn peer_hash(hasher: Hasher, record: &Record) -> u64 {
    record.peer.hash(hasher)
}

fn forget(table: &mut HashTable<u32>, hash: u64, index: u32) {
    if let Ok(found) = table.find_entry(hash, |found| *found == index) {
        found.remove();
    }
}
