use alloc::vec::Vec;

use crate::{random::Random, time::Instant};

/// Message identifiers that are not used again for the same peer within `EXCHANGE_LIFETIME` (RFC 7252, section 4.4),
/// without state for each peer.
///
/// A counter follows the clock so that it takes longer than the lifetime to go round, and runs ahead of it where
/// messages are sent faster. Peers share counters: what does not repeat within a counter does not for any of its peers.
#[derive(Debug)]
pub(super) struct MessageIds {
    counters: Vec<Counter>,
    /// Milliseconds for each number.
    pace: u64,
}

#[derive(Clone, Debug)]
struct Counter {
    next: u64,
    offset: u16,
}

impl MessageIds {
    pub(super) fn new(counters: usize, lifetime: core::time::Duration, random: &mut Random) -> Self {
        let lifetime = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
        let counters = (0..counters.max(1)).map(|_| Counter {
            next: 0,
            offset: random.next_u64() as u16,
        });
        Self {
            counters: counters.collect(),
            pace: lifetime / (1 << 16) + 1,
        }
    }

    /// The next identifier for the peers of a hash.
    pub(super) fn next(&mut self, now: Instant, hash: u64) -> u16 {
        let chosen = ((u128::from(hash) * self.counters.len() as u128) >> 64) as usize;
        let Some(counter) = self.counters.get_mut(chosen) else {
            return 0;
        };
        let number = counter.next.max(now.as_millis() / self.pace);
        counter.next = number.wrapping_add(1);
        (number as u16).wrapping_add(counter.offset)
    }
}
