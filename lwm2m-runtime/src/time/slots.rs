use alloc::vec::Vec;

use super::{Instant, Timers};

/// A number of a value in [`Slots`] that is never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SlotId {
    index: u32,
    generation: u64,
}

/// Values in places that are used again, each value with at most one deadline.
///
/// The timer belongs to the place, not to the value: a value that comes and goes within a round trip finds the timer
/// of the one before it still waiting, and needs none of its own. So there are about as many timers as places.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    places: Vec<Place<T>>,
    vacant: Option<u32>,
    len: usize,
    generation: u64,
}

#[derive(Debug)]
struct Place<T> {
    generation: u64,
    content: Content<T>,
    deadline: Instant,
    /// When the place's timer expires.
    alarm: Instant,
}

#[derive(Debug)]
enum Content<T> {
    Value(T),
    Vacant(Option<u32>),
}

/// Places kept when the last value is gone.
const KEPT: usize = 64;

impl<T> Slots<T> {
    pub(crate) const fn new() -> Self {
        Self {
            places: Vec::new(),
            vacant: None,
            len: 0,
            generation: 0,
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn insert(&mut self, value: T) -> SlotId {
        self.len += 1;
        self.generation += 1;
        let generation = self.generation;
        if let Some(index) = self.vacant {
            if let Some(place) = self.places.get_mut(index as usize) {
                if let Content::Vacant(next) = place.content {
                    self.vacant = next;
                }
                place.content = Content::Value(value);
                place.generation = generation;
                place.deadline = Instant::NEVER;
                return SlotId { index, generation };
            }
        }
        self.places.push(Place {
            generation,
            content: Content::Value(value),
            deadline: Instant::NEVER,
            alarm: Instant::NEVER,
        });
        SlotId {
            index: (self.places.len() - 1) as u32,
            generation,
        }
    }

    /// The index of a value that still exists.
    pub(crate) fn find(&self, id: SlotId) -> Option<u32> {
        self.places
            .get(id.index as usize)
            .is_some_and(|place| {
                place.generation == id.generation && matches!(place.content, Content::Value(_))
            })
            .then_some(id.index)
    }

    /// The number of the value at an index.
    pub(crate) fn id(&self, index: u32) -> SlotId {
        let generation = self
            .places
            .get(index as usize)
            .map_or(0, |place| place.generation);
        SlotId { index, generation }
    }

    pub(crate) fn get(&self, index: u32) -> Option<&T> {
        match &self.places.get(index as usize)?.content {
            Content::Value(value) => Some(value),
            Content::Vacant(_) => None,
        }
    }

    pub(crate) fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        match &mut self.places.get_mut(index as usize)?.content {
            Content::Value(value) => Some(value),
            Content::Vacant(_) => None,
        }
    }

    pub(crate) fn remove(&mut self, index: u32) -> Option<T> {
        let place = self.places.get_mut(index as usize)?;
        if let Content::Vacant(_) = place.content {
            return None;
        }
        let Content::Value(value) = core::mem::replace(&mut place.content, Content::Vacant(self.vacant))
        else {
            return None;
        };
        self.vacant = Some(index);
        self.len -= 1;
        if self.len == 0 && self.places.capacity() > KEPT {
            self.places = Vec::new();
            self.vacant = None;
        }
        Some(value)
    }

    /// Every index in use.
    pub(crate) fn indices(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..)
            .zip(&self.places)
            .filter(|(_, place)| matches!(place.content, Content::Value(_)))
            .map(|(index, _)| index)
    }

    pub(crate) fn deadline(&self, index: u32) -> Instant {
        self.places
            .get(index as usize)
            .map_or(Instant::NEVER, |place| place.deadline)
    }

    /// Sets or moves the deadline of a value. `key` is what the timers give back for this index.
    pub(crate) fn set_deadline<K>(
        &mut self,
        index: u32,
        at: Instant,
        timers: &mut Timers<K>,
        key: fn(u32) -> K,
    ) {
        if let Some(place) = self.places.get_mut(index as usize) {
            place.deadline = at;
            if at < place.alarm {
                place.alarm = at;
                timers.schedule(at, key(index));
            }
        }
    }

    /// Says whether the deadline of the value has passed when a timer of its place has expired, and goes on waiting
    /// when it has not.
    pub(crate) fn is_due<K>(
        &mut self,
        index: u32,
        now: Instant,
        timers: &mut Timers<K>,
        key: fn(u32) -> K,
    ) -> bool {
        let Some(place) = self.places.get_mut(index as usize) else {
            return false;
        };
        if place.alarm > now {
            // A later timer of the place took over.
            return false;
        }
        place.alarm = Instant::NEVER;
        if let Content::Vacant(_) = place.content {
            return false;
        }
        if place.deadline > now {
            place.alarm = place.deadline;
            timers.schedule(place.deadline, key(index));
            return false;
        }
        place.deadline = Instant::NEVER;
        true
    }

    /// Gives new timers, which know nothing, one timer for each value with a deadline.
    pub(crate) fn rearm<K>(&mut self, timers: &mut Timers<K>, key: fn(u32) -> K) {
        for (index, place) in (0_u32..).zip(&mut self.places) {
            place.alarm = match place.content {
                Content::Value(_) => place.deadline,
                Content::Vacant(_) => Instant::NEVER,
            };
            timers.schedule(place.alarm, key(index));
        }
    }
}
