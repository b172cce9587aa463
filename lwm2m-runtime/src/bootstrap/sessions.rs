use alloc::{boxed::Box, collections::BTreeMap};

use super::{Session, SessionId, session::Record};
use crate::{
    coap::Peer,
    time::{Instant, Slots, Timers},
};

/// All sessions. A client has one at most, and so has a peer.
#[derive(Debug)]
pub(super) struct Sessions {
    records: Slots<Record>,
    endpoints: BTreeMap<Box<str>, u32>,
    peers: BTreeMap<Peer, u32>,
    timers: Timers<u32>,
}

impl Sessions {
    pub(super) const fn new() -> Self {
        Self {
            records: Slots::new(),
            endpoints: BTreeMap::new(),
            peers: BTreeMap::new(),
            timers: Timers::new(),
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.records.len()
    }

    /// Adds a session. There is none of its endpoint or peer.
    pub(super) fn insert(&mut self, record: Record) -> u32 {
        let (endpoint, peer) = (record.endpoint.clone(), record.peer);
        let id = self.records.insert(record);
        let index = self.records.find(id).unwrap_or_default();
        self.endpoints.insert(endpoint, index);
        self.peers.insert(peer, index);
        index
    }

    pub(super) fn remove(&mut self, index: u32) -> Option<Record> {
        let record = self.records.remove(index)?;
        self.endpoints.remove(&record.endpoint);
        self.peers.remove(&record.peer);
        Some(record)
    }

    pub(super) fn find(&self, id: SessionId) -> Option<u32> {
        self.records.find(id.0)
    }

    pub(super) fn of_endpoint(&self, endpoint: &str) -> Option<u32> {
        self.endpoints.get(endpoint).copied()
    }

    pub(super) fn of_peer(&self, peer: Peer) -> Option<u32> {
        self.peers.get(&peer).copied()
    }

    pub(super) fn id(&self, index: u32) -> SessionId {
        SessionId(self.records.id(index))
    }

    pub(super) fn get(&self, index: u32) -> Option<&Record> {
        self.records.get(index)
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut Record> {
        self.records.get_mut(index)
    }

    pub(super) fn view(&self, index: u32) -> Option<Session<'_>> {
        Some(Session {
            id: self.id(index),
            record: self.records.get(index)?,
        })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Session<'_>> {
        self.records.indices().filter_map(|index| self.view(index))
    }

    /// Sets when to look at a session, unless it ends before.
    pub(super) fn look_at(&mut self, index: u32, at: Instant) {
        let ends_at = self.get(index).map_or(at, |record| record.ends_at);
        self.records
            .set_deadline(index, at.min(ends_at), &mut self.timers, |index| index);
    }

    /// The next session to be looked at.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<u32> {
        while let Some(index) = self.timers.pop_expired(now) {
            if self.records.is_due(index, now, &mut self.timers, |index| index) {
                return Some(index);
            }
        }
        None
    }

    pub(super) fn next_deadline(&mut self) -> Option<Instant> {
        self.timers.next_deadline()
    }
}
