use alloc::{boxed::Box, string::String};
use core::fmt;

use crate::{
    coap::Peer,
    encoding::Negotiation,
    operation::{Binding, ObjectTable, ProfileId},
    time::{Instant, Slots},
};

/// A registration in few bytes: a server keeps hundreds of thousands of them.
pub(super) struct Record {
    /// 64 random bits: what clients know the registration by.
    pub(super) location: u64,
    pub(super) peer: Peer,
    pub(super) texts: Texts,
    pub(super) objects: ObjectTable,
    pub(super) registered_at: Instant,
    /// When the last Register or Update came.
    pub(super) updated_at: Instant,
    /// When the last message came.
    pub(super) seen_at: Instant,
    /// When the last message came or went: a client in queue mode listens for a while after it.
    pub(super) contact_at: Instant,
    /// In seconds.
    pub(super) lifetime: u32,
    /// Version and formats.
    pub(super) formats: Negotiation,
    pub(super) binding: Binding,
    pub(super) queue: bool,
    /// Whether a client in queue mode has not answered, and nothing has come since.
    pub(super) asleep: bool,
    /// Requests that are open or queued, in their order.
    pub(super) requests: Chain,
    /// Observations.
    pub(super) observations: Chain,
}

impl Record {
    /// A message of the client has come.
    pub(super) const fn heard(&mut self, now: Instant) {
        self.seen_at = now;
        self.contact_at = now;
        self.asleep = false;
    }
}

impl fmt::Debug for Record {
    /// Without the location, by which whoever reads a log could end the registration.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("peer", &self.peer)
            .field("texts", &self.texts)
            .field("objects", &self.objects)
            .field("lifetime", &self.lifetime)
            .field("formats", &self.formats)
            .finish_non_exhaustive()
    }
}

/// The texts of a registration behind each other: endpoint client name, number for short messages, alternate path, and
/// profile identifiers with commas between.
#[derive(Debug)]
pub(super) struct Texts {
    all: Box<str>,
    /// Where the second, third and fourth begin.
    starts: [u16; 3],
}

impl Texts {
    pub(super) fn new<'a>(
        endpoint: &str,
        sms: Option<&str>,
        alternate_path: &str,
        profile_ids: impl Iterator<Item = ProfileId<'a>> + Clone,
    ) -> Self {
        let sms = sms.unwrap_or_default();
        let profiles: usize = profile_ids.clone().map(|id| id.as_str().len() + 1).sum();
        let mut all = String::with_capacity(endpoint.len() + sms.len() + alternate_path.len() + profiles);
        let mut starts = [0; 3];
        for (start, text) in starts.iter_mut().zip([endpoint, sms, alternate_path]) {
            all.push_str(text);
            // Each is an option of a message, or a target in a list of links.
            *start = u16::try_from(all.len()).unwrap_or(u16::MAX);
        }
        for (index, id) in profile_ids.enumerate() {
            if index > 0 {
                all.push(',');
            }
            all.push_str(id.as_str());
        }
        Self {
            all: all.into_boxed_str(),
            starts,
        }
    }

    fn part(&self, start: u16, end: usize) -> &str {
        self.all.get(usize::from(start)..end).unwrap_or_default()
    }

    pub(super) fn endpoint(&self) -> &str {
        self.part(0, self.starts[0].into())
    }

    pub(super) fn sms(&self) -> Option<&str> {
        let sms = self.part(self.starts[0], self.starts[1].into());
        (!sms.is_empty()).then_some(sms)
    }

    pub(super) fn alternate_path(&self) -> &str {
        self.part(self.starts[1], self.starts[2].into())
    }

    pub(super) fn profile_ids(&self) -> impl Iterator<Item = ProfileId<'_>> + Clone {
        let list = self.part(self.starts[2], self.all.len());
        list.split(',').filter_map(ProfileId::parse)
    }
}

/// The ends of a list whose members are places in [`Slots`], each with the place of the next one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chain {
    pub(super) first: Option<u32>,
    last: Option<u32>,
    pub(super) len: u16,
}

/// A member of a [`Chain`].
pub(super) trait Linked {
    fn next(&mut self) -> &mut Option<u32>;
}

impl Chain {
    /// Adds a member at the end.
    pub(super) fn push<T: Linked>(&mut self, members: &mut Slots<T>, index: u32) {
        match self.last.replace(index).and_then(|last| members.get_mut(last)) {
            Some(last) => *last.next() = Some(index),
            None => self.first = Some(index),
        }
        self.len = self.len.saturating_add(1);
    }

    /// Takes a member out, whatever its place.
    pub(super) fn remove<T: Linked>(&mut self, members: &mut Slots<T>, index: u32) {
        let mut before = None;
        let mut at = self.first;
        while let Some(place) = at.filter(|place| *place != index) {
            before = at;
            at = members.get_mut(place).and_then(|member| *member.next());
        }
        if at.is_none() {
            return;
        }
        let next = members.get_mut(index).and_then(|member| member.next().take());
        match before.and_then(|before| members.get_mut(before)) {
            Some(before) => *before.next() = next,
            None => self.first = next,
        }
        if self.last == Some(index) {
            self.last = before;
        }
        self.len = self.len.saturating_sub(1);
    }
}
