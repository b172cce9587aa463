//! Floor 0: a queue whose room does not stay at what it once needed.

use alloc::collections::VecDeque;

/// First in, first out. Once a long one is empty, its memory goes.
#[derive(Debug)]
pub(crate) struct Queue<T>(VecDeque<T>);

/// Entries whose room is kept.
const KEPT: usize = 64;

impl<T> Queue<T> {
    pub(crate) const fn new() -> Self {
        Self(VecDeque::new())
    }

    pub(crate) fn push_back(&mut self, entry: T) {
        self.0.push_back(entry);
    }

    pub(crate) fn pop_front(&mut self) -> Option<T> {
        let entry = self.0.pop_front();
        if self.0.is_empty() && self.0.capacity() > KEPT {
            self.0 = VecDeque::new();
        }
        entry
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
