use super::{EndpointConfig, peer::PeerKey, peers::Peers};

/// Bytes of bodies, counted as they arrive and never as they are announced.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    bytes: usize,
}

impl Bodies {
    pub(super) const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Takes room for more bytes of a peer; `false`, and nothing, where there is none.
    pub(super) fn grow(
        &mut self,
        config: &EndpointConfig,
        peers: &mut Peers,
        peer: PeerKey,
        bytes: usize,
    ) -> bool {
        let held = peers.get(&peer).map_or(0, |state| state.bytes);
        let fits = self.bytes.saturating_add(bytes) <= config.max_body_bytes
            && held.saturating_add(bytes) <= config.max_body_bytes_per_peer;
        if fits && bytes > 0 {
            self.bytes += bytes;
            peers.open(peer).bytes += bytes;
        }
        fits
    }

    /// Gives bytes back.
    pub(super) fn shrink(&mut self, peers: &mut Peers, peer: &PeerKey, bytes: usize) {
        if bytes > 0 {
            self.bytes = self.bytes.saturating_sub(bytes);
            peers.close(peer, |state| state.bytes = state.bytes.saturating_sub(bytes));
        }
    }
}
