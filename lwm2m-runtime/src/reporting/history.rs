use alloc::collections::VecDeque;

use crate::time::Instant;

/// Whether a notification that falls due while its server cannot be reached is kept (LwM2M Core 1.2, section 7.3.2 and
/// resource 6 of the Server object).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// It is dropped.
    Drop,
    /// It is kept, as long as there is room.
    Keep,
    /// It is kept, and at most so many of the same data: the oldest goes.
    Newest(u32),
}

impl Retention {
    /// What becomes of data with this `hqmax`.
    ///
    /// `storing` is `/1/x/6`, which is true where it is absent. `selective` says that `hqmax` is set somewhere, so
    /// that only data with one above 0 is kept.
    #[must_use]
    pub fn new(storing: Option<bool>, hqmax: Option<u32>, selective: bool) -> Self {
        match hqmax {
            _ if storing == Some(false) => Self::Drop,
            Some(0) => Self::Drop,
            Some(limit) => Self::Newest(limit),
            None if selective => Self::Drop,
            None => Self::Keep,
        }
    }
}

/// What fell due while a server could not be reached, oldest first. `K` names the data, `T` is its value.
///
/// When it is full the oldest entry goes, whosever it is.
#[derive(Clone, Debug)]
pub struct History<K, T> {
    entries: VecDeque<Entry<K, T>>,
    capacity: usize,
    dropped: u64,
}

#[derive(Clone, Debug)]
struct Entry<K, T> {
    key: K,
    at: Instant,
    value: T,
}

impl<K: PartialEq, T> History<K, T> {
    /// An empty history with room for so many entries.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            capacity,
            dropped: 0,
        }
    }

    /// Keeps a value, or not.
    pub fn store(&mut self, key: K, at: Instant, value: T, retention: Retention) {
        let limit = match retention {
            Retention::Drop => 0,
            Retention::Keep => self.capacity,
            Retention::Newest(limit) => usize::try_from(limit).unwrap_or(usize::MAX).min(self.capacity),
        };
        if limit == 0 {
            self.dropped += 1;
            return;
        }
        while self.entries.iter().filter(|entry| entry.key == key).count() >= limit {
            let oldest = self.entries.iter().position(|entry| entry.key == key);
            self.dropped += 1;
            if oldest.and_then(|index| self.entries.remove(index)).is_none() {
                break;
            }
        }
        if self.entries.len() >= self.capacity {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(Entry { key, at, value });
    }

    /// Takes the oldest entry: its data, when it fell due, its value.
    pub fn take(&mut self) -> Option<(K, Instant, T)> {
        let entry = self.entries.pop_front()?;
        Some((entry.key, entry.at, entry.value))
    }

    /// Takes the oldest entry of the same data.
    pub fn take_of(&mut self, key: &K) -> Option<(Instant, T)> {
        let index = self.entries.iter().position(|entry| entry.key == *key)?;
        let entry = self.entries.remove(index)?;
        Some((entry.at, entry.value))
    }

    /// Forgets data: its observation has ended.
    pub fn forget(&mut self, key: &K) {
        self.entries.retain(|entry| entry.key != *key);
    }

    /// Every entry, oldest first: its data, when it fell due, its value.
    pub fn iter(&self) -> impl Iterator<Item = (&K, Instant, &T)> {
        self.entries
            .iter()
            .map(|entry| (&entry.key, entry.at, &entry.value))
    }

    /// Forgets what is stored of data at a time: another value of the same time takes its place.
    pub fn forget_at(&mut self, key: &K, at: Instant) {
        self.entries.retain(|entry| entry.at != at || entry.key != *key);
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many entries were dropped.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }
}
