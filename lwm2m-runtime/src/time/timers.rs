use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::Instant;

/// Any number of timers in constant time each: a hierarchical wheel.
///
/// Level 0 has a slot a millisecond, level 1 a slot for 64 of them, level 2 for 64 times 64, and so on. A timer waits
/// on the level of the highest digit (of base 64) in which it differs from the present, and moves down whenever time
/// reaches its slot. Six levels reach two years ahead; what is later waits on the last level and is looked at again.
///
/// A timer cannot be cancelled: an expired key is compared with its owner's state, and ignored if that has changed.
///
/// ```
/// use lwm2m_runtime::time::{Instant, Timers};
///
/// let mut timers = Timers::new();
/// timers.schedule(Instant::from_millis(5_000), "update");
/// timers.schedule(Instant::from_millis(2_000), "retransmit");
/// assert_eq!(timers.next_deadline(), Some(Instant::from_millis(2_000)));
/// assert_eq!(timers.pop_expired(Instant::from_millis(1_999)), None);
/// assert_eq!(timers.pop_expired(Instant::from_millis(2_000)), Some("retransmit"));
/// assert_eq!(timers.pop_expired(Instant::from_millis(2_000)), None);
/// ```
#[derive(Clone, Debug)]
pub struct Timers<K> {
    /// Timers and vacant places, chained by their index.
    nodes: Vec<Node<K>>,
    vacant: Link,
    levels: [Level; LEVELS],
    /// What was scheduled for a time already passed.
    due: Link,
    /// Everything up to here has been popped.
    elapsed: u64,
    len: usize,
    /// The answer of `next_deadline` while it is known.
    next: Option<Instant>,
}

/// One more than an index of `nodes`.
type Link = Option<NonZeroU32>;

const LEVELS: usize = 6;
const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
/// How many timers of a slot `next_deadline` looks at before it answers with the slot's start.
const LOOK: usize = 64;
/// Places kept when the last timer is gone.
const KEPT: usize = 64;

#[derive(Clone, Debug)]
struct Node<K> {
    at: u64,
    key: Option<K>,
    next: Link,
}

#[derive(Clone, Debug)]
struct Level {
    /// A bit for each slot that is not empty.
    occupied: u64,
    slots: [Link; SLOTS],
}

/// The first slot that is not empty.
#[derive(Clone, Copy)]
struct First {
    level: usize,
    slot: usize,
    start: u64,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Timers<K> {
    /// No timers. Allocates with the first one.
    #[must_use]
    pub const fn new() -> Self {
        const EMPTY: Level = Level {
            occupied: 0,
            slots: [None; SLOTS],
        };
        Self {
            nodes: Vec::new(),
            vacant: None,
            levels: [EMPTY; LEVELS],
            due: None,
            elapsed: 0,
            len: 0,
            next: None,
        }
    }

    /// How many timers there are, with those whose owner has changed its mind.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a timer. One for a time that has passed expires with the next [`pop_expired`](Self::pop_expired).
    pub fn schedule(&mut self, at: Instant, key: K) {
        if at == Instant::NEVER {
            return;
        }
        if self.len == 0 || self.next.is_some_and(|next| at < next) {
            self.next = Some(at);
        }
        self.len += 1;
        let node = Node {
            at: at.as_millis(),
            key: Some(key),
            next: None,
        };
        let link = match (
            self.vacant,
            self.vacant.and_then(|link| self.nodes.get_mut(index(link))),
        ) {
            (Some(link), Some(place)) => {
                self.vacant = place.next;
                *place = node;
                link
            }
            _ => {
                self.nodes.push(node);
                NonZeroU32::MIN.saturating_add((self.nodes.len() - 1) as u32)
            }
        };
        self.hang(link);
    }

    /// The next timer that has expired, in order of time; timers of the same millisecond come in any order.
    pub fn pop_expired(&mut self, now: Instant) -> Option<K> {
        loop {
            if let Some(link) = self.due {
                self.due = self.nodes.get(index(link))?.next;
                return self.take(link);
            }
            let Some(first) = self.first().filter(|first| first.start <= now.as_millis()) else {
                self.elapsed = self.elapsed.max(now.as_millis());
                return None;
            };
            self.elapsed = self.elapsed.max(first.start);
            self.next = None;
            let mut chain = self.unhang(first);
            if first.level == 0 {
                self.due = chain;
                continue;
            }
            while let Some(link) = chain {
                chain = self.nodes.get(index(link)).and_then(|node| node.next);
                self.hang(link);
            }
        }
    }

    /// When to call [`pop_expired`](Self::pop_expired) next. Exact, unless many timers wait close together far ahead:
    /// then it may be earlier than the first of them, never later; the present, where a timer was scheduled for a
    /// time already passed. Changes with every other call.
    pub fn next_deadline(&mut self) -> Option<Instant> {
        if self.len == 0 {
            return None;
        }
        if self.next.is_none() {
            self.next = Some(Instant::from_millis(self.look()));
        }
        self.next
    }

    fn look(&self) -> u64 {
        if self.due.is_some() {
            return self.elapsed;
        }
        let Some(first) = self.first() else {
            return self.elapsed;
        };
        let mut chain = self
            .levels
            .get(first.level)
            .and_then(|level| *level.slots.get(first.slot)?);
        let mut earliest = u64::MAX;
        for _ in 0..LOOK {
            let Some(node) = chain.and_then(|link| self.nodes.get(index(link))) else {
                // A slot of the last level may hold what is later than slots behind it.
                return earliest.min(first.start.saturating_add(1 << (BITS * first.level as u32)));
            };
            earliest = earliest.min(node.at);
            chain = node.next;
        }
        first.start
    }

    /// The first slot with timers. All timers of a level are before those of the next one.
    fn first(&self) -> Option<First> {
        self.levels.iter().enumerate().find_map(|(level, wheel)| {
            if wheel.occupied == 0 {
                return None;
            }
            let shift = BITS * level as u32;
            let present = (self.elapsed >> shift) as u32 % SLOTS as u32;
            let ahead = wheel.occupied.rotate_right(present).trailing_zeros();
            let slot = (present + ahead) % SLOTS as u32;
            let start = ((self.elapsed >> shift) + u64::from(ahead)) << shift;
            Some(First {
                level,
                slot: slot as usize,
                start,
            })
        })
    }

    /// Puts a node into the slot of its time; on the last level at most into the one that comes round last.
    fn hang(&mut self, link: NonZeroU32) {
        let Some(node) = self.nodes.get_mut(index(link)) else {
            return;
        };
        if node.at <= self.elapsed {
            node.next = self.due.replace(link);
            return;
        }
        let digit = (63 - (node.at ^ self.elapsed).leading_zeros()) / BITS;
        let level = digit.min(LEVELS as u32 - 1);
        let shift = BITS * level;
        let slot = (node.at >> shift).min((self.elapsed >> shift) + SLOTS as u64 - 1) as usize % SLOTS;
        if let Some(wheel) = self.levels.get_mut(level as usize) {
            wheel.occupied |= 1 << slot;
            if let Some(head) = wheel.slots.get_mut(slot) {
                node.next = head.replace(link);
            }
        }
    }

    /// Empties a slot and returns its chain.
    fn unhang(&mut self, first: First) -> Link {
        let wheel = self.levels.get_mut(first.level)?;
        wheel.occupied &= !(1 << first.slot);
        wheel.slots.get_mut(first.slot)?.take()
    }

    /// Takes the key out of a node that hangs nowhere.
    fn take(&mut self, link: NonZeroU32) -> Option<K> {
        let node = self.nodes.get_mut(index(link))?;
        let key = node.key.take();
        node.next = self.vacant.replace(link);
        self.len -= 1;
        self.next = None;
        if self.len == 0 && self.nodes.capacity() > KEPT {
            self.nodes = Vec::new();
            self.vacant = None;
        }
        key
    }
}

fn index(link: NonZeroU32) -> usize {
    link.get() as usize - 1
}
