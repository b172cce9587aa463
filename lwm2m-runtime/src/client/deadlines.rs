use alloc::collections::{BTreeMap, BTreeSet};

use crate::time::Instant;

/// When what has to be looked at: at most one deadline for each key, which can be moved and taken back.
///
/// A device has few of them; so an ordered set is enough, and every deadline is exact.
#[derive(Clone, Debug)]
pub(super) struct Deadlines<K> {
    order: BTreeSet<(Instant, K)>,
    keys: BTreeMap<K, Instant>,
}

impl<K: Copy + Ord> Deadlines<K> {
    pub(super) const fn new() -> Self {
        Self {
            order: BTreeSet::new(),
            keys: BTreeMap::new(),
        }
    }

    /// Sets, moves or with `None` takes back the deadline of a key.
    pub(super) fn set(&mut self, key: K, at: Option<Instant>) {
        let at = at.filter(|at| *at != Instant::NEVER);
        let old = match at {
            Some(at) => self.keys.insert(key, at),
            None => self.keys.remove(&key),
        };
        if let Some(old) = old {
            self.order.remove(&(old, key));
        }
        if let Some(at) = at {
            self.order.insert((at, key));
        }
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes the key of the first deadline that has passed.
    pub(super) fn pop(&mut self, now: Instant) -> Option<K> {
        let (at, key) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.set(key, None);
        Some(key)
    }
}
