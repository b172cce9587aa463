use hashbrown::{HashTable, hash_table::Entry};

use super::peer::PeerKey;

/// How much of something is whose. A peer with nothing is not in it.
#[derive(Debug)]
pub(super) struct Shares(HashTable<(PeerKey, Share)>);

/// How much of it is one peer's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) entries: usize,
    pub(super) bytes: usize,
}

/// Room kept when nobody has a share.
const KEPT: usize = 64;

impl Shares {
    pub(super) const fn new() -> Self {
        Self(HashTable::new())
    }

    /// How many peers have a share.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn of(&self, peer: &PeerKey) -> Share {
        let found = self.0.find(peer.hash, |(key, _)| key == peer);
        found.map_or_else(Share::default, |(_, share)| *share)
    }

    /// Changes a peer's share, which begins with nothing, and forgets it when there is nothing left.
    pub(super) fn change(&mut self, peer: PeerKey, change: impl FnOnce(&mut Share)) {
        let found = self
            .0
            .entry(peer.hash, |(key, _)| *key == peer, |(key, _)| key.hash);
        let mut found = match found {
            Entry::Occupied(found) => found,
            Entry::Vacant(place) => place.insert((peer, Share::default())),
        };
        let (_, share) = found.get_mut();
        change(share);
        if *share == Share::default() {
            found.remove();
        }
        if self.0.is_empty() && self.0.capacity() > KEPT {
            self.0 = HashTable::new();
        }
    }
}
