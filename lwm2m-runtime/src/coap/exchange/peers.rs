use hashbrown::{HashTable, hash_table::Entry};

use super::peer::PeerKey;

/// What is open with each peer. A peer with nothing open has no state here.
#[derive(Debug)]
pub(super) struct Peers(HashTable<PeerState>);

/// What is open with one peer, to hold its budgets.
#[derive(Debug)]
pub(super) struct PeerState {
    key: PeerKey,
    /// The chain of its outgoing messages, in the order in which they were asked for.
    pub(super) first: Option<u32>,
    pub(super) last: Option<u32>,
    /// Outgoing messages: all, and those that count for `NSTART` and are on their way.
    pub(super) outgoing: u16,
    pub(super) active: u16,
    /// Requests that wait for a response.
    pub(super) incoming: u16,
    /// Bodies being received by Block1, bodies being served by Block2, and bytes of all bodies.
    pub(super) partial: u16,
    pub(super) served: u16,
    pub(super) bytes: usize,
}

impl PeerState {
    const fn is_idle(&self) -> bool {
        self.outgoing == 0 && self.incoming == 0 && self.partial == 0 && self.served == 0 && self.bytes == 0
    }
}

/// Room kept when nothing is open.
const KEPT: usize = 64;

impl Peers {
    pub(super) const fn new() -> Self {
        Self(HashTable::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The state of a peer with something open.
    pub(super) fn get(&self, key: &PeerKey) -> Option<&PeerState> {
        self.0.find(key.hash, |state| state.key == *key)
    }

    /// The state of a peer, new if need be. Whoever opens nothing calls [`tidy`](Self::tidy).
    pub(super) fn open(&mut self, key: PeerKey) -> &mut PeerState {
        match self
            .0
            .entry(key.hash, |state| state.key == key, |state| state.key.hash)
        {
            Entry::Occupied(state) => state.into_mut(),
            Entry::Vacant(place) => place
                .insert(PeerState {
                    key,
                    first: None,
                    last: None,
                    outgoing: 0,
                    active: 0,
                    incoming: 0,
                    partial: 0,
                    served: 0,
                    bytes: 0,
                })
                .into_mut(),
        }
    }

    /// Changes the state of a peer, and drops it when nothing is open any more.
    pub(super) fn close(&mut self, key: &PeerKey, change: impl FnOnce(&mut PeerState)) {
        if let Ok(mut state) = self.0.find_entry(key.hash, |state| state.key == *key) {
            change(state.get_mut());
            if state.get().is_idle() {
                state.remove();
            }
        }
        if self.0.is_empty() && self.0.capacity() > KEPT {
            self.0 = HashTable::new();
        }
    }
}
