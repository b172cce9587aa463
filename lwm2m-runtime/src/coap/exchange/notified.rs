use alloc::collections::VecDeque;

use super::{PeerToken, peer::PeerKey, shares::Shares};

/// Non-confirmable notifications of late: a reset names only their identifier.
///
/// Nobody makes those to others forgotten: where there are several peers, one that has an eighth of the room gets no more.
#[derive(Debug)]
pub(super) struct Notified {
    entries: VecDeque<Entry>,
    shares: Shares,
    limit: usize,
    share: usize,
}

#[derive(Debug)]
struct Entry {
    peer: PeerKey,
    id: u16,
    token: PeerToken,
}

impl Notified {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            shares: Shares::new(),
            limit,
            // Too little is not to be shared.
            share: match limit {
                0..8 => limit,
                _ => limit / 8,
            },
        }
    }

    /// Notes a notification, in place of an old one perhaps.
    pub(super) fn note(&mut self, peer: PeerKey, id: u16, token: PeerToken) {
        if self.limit == 0 {
            return;
        }
        while self.exceeds(&peer) {
            let oldest = self.entries.iter().position(|entry| entry.peer == peer);
            if oldest.and_then(|position| self.remove(position)).is_none() {
                break;
            }
        }
        if self.entries.len() >= self.limit {
            self.remove(0);
        }
        self.shares.change(peer, |share| share.entries += 1);
        self.entries.push_back(Entry { peer, id, token });
    }

    /// Finds a notification by its identifier; it is not found again.
    pub(super) fn take(&mut self, peer: &PeerKey, id: u16) -> Option<PeerToken> {
        let found = self
            .entries
            .iter()
            .rposition(|entry| entry.peer == *peer && entry.id == id)?;
        self.remove(found).map(|entry| entry.token)
    }

    /// Forgets those to a peer.
    pub(super) fn forget(&mut self, peer: &PeerKey) {
        self.entries.retain(|entry| entry.peer != *peer);
        self.shares.change(*peer, |share| share.entries = 0);
    }

    /// Whether a peer has its share, and others have something, too.
    fn exceeds(&self, peer: &PeerKey) -> bool {
        self.shares.len() > 1 && self.shares.of(peer).entries >= self.share
    }

    fn remove(&mut self, position: usize) -> Option<Entry> {
        let entry = self.entries.remove(position)?;
        self.shares.change(entry.peer, |share| share.entries -= 1);
        Some(entry)
    }
}
