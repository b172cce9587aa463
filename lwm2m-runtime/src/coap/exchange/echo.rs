//! Echo (RFC 9175, section 2).
//!
//! As a client:
//! 1. 4.01 with Echo: the request is repeated once with the value.
//! 2. Any other response with Echo: the value goes with the next request to that peer.
//!
//! As a server:
//! 1. A request needs freshness, or its address needs to be validated, and it has no fresh value: 4.01 with Echo. The
//!    value is the time and a code over time and peer, so that nothing is stored.
//! 2. The same request with the value: [`Endpoint::echo_age`](super::Endpoint::echo_age) says how old it is.

use alloc::{collections::VecDeque, vec::Vec};
use core::time::Duration;

use super::peer::PeerKey;
use crate::{random::Hasher, time::Instant};

/// The longest value.
const LONGEST: usize = 40;

/// Values that peers gave for the next request.
#[derive(Debug)]
pub(super) struct Echoes {
    values: VecDeque<(PeerKey, Vec<u8>)>,
    most: usize,
}

impl Echoes {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            values: VecDeque::new(),
            most,
        }
    }

    pub(super) fn remember(&mut self, peer: PeerKey, value: &[u8]) {
        self.take(&peer);
        if value.is_empty() || value.len() > LONGEST || self.most == 0 {
            return;
        }
        if self.values.len() >= self.most {
            self.values.pop_front();
        }
        self.values.push_back((peer, value.into()));
    }

    pub(super) fn take(&mut self, peer: &PeerKey) -> Option<Vec<u8>> {
        let position = self.values.iter().position(|(owner, _)| owner == peer)?;
        self.values.remove(position).map(|(_, value)| value)
    }
}

/// A value for a peer at a time: 4 bytes of the time, 8 bytes of proof over all of it.
pub(super) fn challenge(hasher: Hasher, peer: &PeerKey, now: Instant) -> [u8; 12] {
    let time = now.as_millis();
    let mut value = [0; 12];
    let (low, code) = value.split_at_mut(4);
    low.copy_from_slice(&(time as u32).to_be_bytes());
    code.copy_from_slice(&proof(hasher, peer, time).to_be_bytes());
    value
}

/// How long ago a value was given to this peer; `None` for any other value.
pub(super) fn age(hasher: Hasher, peer: &PeerKey, now: Instant, value: &[u8]) -> Option<Duration> {
    let (low, code) = value.split_at_checked(4)?;
    let low = u32::from_be_bytes(low.try_into().ok()?);
    let code = u64::from_be_bytes(code.try_into().ok()?);
    // The last time with these low bytes; the proof tells it from those before.
    let passed = (now.as_millis() as u32).wrapping_sub(low);
    let time = now.as_millis().checked_sub(u64::from(passed))?;
    (code == proof(hasher, peer, time)).then_some(Duration::from_millis(u64::from(passed)))
}

/// The peer's hash is keyed, too, and never leaves this side.
fn proof(hasher: Hasher, peer: &PeerKey, time: u64) -> u64 {
    hasher.number(peer.hash).number(time).finish()
}
