//! Bodies of requests, received by Block1 (RFC 7959, section 2.5; RFC 9175, section 3).
//!
//! 1. Block 0 with "more": a body begins, in place of an older one of the same peer, resource and Request-Tag. It is
//!    answered by 2.31.
//! 2. The next block has the next number, the same options, and the same or a smaller size: it is added, and answered
//!    by 2.31. Any other is refused with 4.08 and changes nothing.
//! 3. The last block: the role gets the request with the whole body.
//! 4. Above a budget: 4.13 with the largest size there can be, or 5.03. No block for `EXCHANGE_LIFETIME`: dropped.
//!
//! A streamed body goes to the role block by block, which answers each: 2.31 asks for the next.

use alloc::vec::Vec;

use super::{
    Endpoint, Event, RequestKey, counters::count, endpoint::Alarm, peer::PeerKey, receive::Stream,
    serve::Asked,
};
use crate::{
    coap::{BlockOption, BlockSize, Code, OptionNumber, uint},
    time::{Instant, SlotId},
};

/// Names a streamed body until its last block or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyId(pub(super) SlotId);

/// Which part of a streamed body a request carries. Parts come in order, without gap or repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyPart {
    /// Which body.
    pub body: BodyId,
    /// Where in the body the part begins.
    pub offset: u64,
    /// Whether the body ends with it. Otherwise a response of 2.31 asks for the next part, and an error ends the body.
    pub last: bool,
    /// How long the peer says that the whole body is. A hint: only what comes counts.
    pub announced: Option<u32>,
}

/// A body that is not complete.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) peer: PeerKey,
    resource: u64,
    key: RequestKey,
    size: BlockSize,
    body: Vec<u8>,
    next: u64,
    streamed: bool,
}

/// What a block makes of a request for the role.
pub(super) enum Assembly {
    /// It is a body by itself.
    Whole,
    /// It is a part of a streamed body, which has another part after it if it is named.
    Part(BodyPart, Option<SlotId>),
    /// It completes a body, which is the one put together.
    Body,
}

impl Endpoint {
    /// Adds a block to its body. `None` where the block is answered and the role has nothing to do.
    pub(super) fn assemble(
        &mut self,
        now: Instant,
        asked: Asked<'_, '_>,
        block: BlockOption,
        stream: Stream<'_>,
    ) -> Option<Assembly> {
        let Asked {
            peer, message, key, ..
        } = asked;
        let resource = RequestKey::resource(self.hasher, message);
        let known = self.find_partial(&peer, resource);
        let announced = message.options.first(OptionNumber::SIZE1).and_then(uint);
        let index = if block.number == 0 {
            if let Some(old) = known {
                self.abandon_partial(old);
            }
            let streamed = stream(message);
            if !block.more && !streamed {
                return Some(Assembly::Whole);
            }
            if !streamed && announced.is_some_and(|announced| announced as usize > self.config.max_body) {
                return self.too_large(now, asked);
            }
            let open = self.peers.get(&peer).map_or(0, |state| state.partial);
            if self.partials.len() >= self.config.max_partial_bodies
                || open >= self.config.max_partial_bodies_per_peer
            {
                return self.no_room(now, asked);
            }
            self.begin_partial(Partial {
                peer,
                resource,
                key,
                size: block.size,
                body: Vec::new(),
                next: 0,
                streamed,
            })
        } else {
            let fits = |index: &u32| {
                self.partials.get(*index).is_some_and(|partial| {
                    partial.next == block.offset() as u64 && partial.key == key && block.size <= partial.size
                })
            };
            match known.filter(fits) {
                Some(index) => index,
                None => {
                    count(&mut self.counters.refused);
                    self.extra.clear();
                    self.answer(now, asked, Code::REQUEST_ENTITY_INCOMPLETE, &[]);
                    return None;
                }
            }
        };
        let partial = self.partials.get_mut(index)?;
        let offset = partial.next;
        partial.size = block.size;
        partial.next += message.payload.len() as u64;
        if partial.streamed {
            let id = self.partials.id(index);
            let part = BodyPart {
                body: BodyId(id),
                offset,
                last: !block.more,
                announced,
            };
            self.touch_partial(now, index);
            if part.last {
                self.remove_partial(index);
            }
            return Some(Assembly::Part(part, (!part.last).then_some(id)));
        }
        if partial.body.len() + message.payload.len() > self.config.max_body {
            self.abandon_partial(index);
            return self.too_large(now, asked);
        }
        if !self
            .bodies
            .grow(&self.config, &mut self.peers, peer, message.payload.len())
        {
            self.abandon_partial(index);
            return self.no_room(now, asked);
        }
        partial.body.extend_from_slice(message.payload);
        if !block.more {
            self.assembled = self.remove_partial(index)?.body;
            return Some(Assembly::Body);
        }
        self.touch_partial(now, index);
        let answer = BlockOption {
            size: block.size.min(self.config.block_size),
            ..block
        };
        self.extra.clear();
        self.extra.push_uint(OptionNumber::BLOCK1, answer.to_u32());
        self.answer(now, asked, Code::CONTINUE, &[]);
        None
    }

    fn too_large(&mut self, now: Instant, asked: Asked<'_, '_>) -> Option<Assembly> {
        count(&mut self.counters.refused);
        self.extra.clear();
        self.extra.push_uint(
            OptionNumber::SIZE1,
            u32::try_from(self.config.max_body).unwrap_or(u32::MAX),
        );
        self.answer(now, asked, Code::REQUEST_ENTITY_TOO_LARGE, &[]);
        None
    }

    fn no_room(&mut self, now: Instant, asked: Asked<'_, '_>) -> Option<Assembly> {
        count(&mut self.counters.overloaded);
        self.extra.clear();
        self.answer(now, asked, Code::SERVICE_UNAVAILABLE, &[]);
        None
    }

    fn find_partial(&self, peer: &PeerKey, resource: u64) -> Option<u32> {
        let found = self.partial_index.find(peer.hash ^ resource, |index| {
            self.partials
                .get(*index)
                .is_some_and(|partial| partial.peer == *peer && partial.resource == resource)
        });
        found.copied()
    }

    fn begin_partial(&mut self, partial: Partial) -> u32 {
        let (peer, hash) = (partial.peer, partial.peer.hash ^ partial.resource);
        let id = self.partials.insert(partial);
        let index = self.partials.find(id).unwrap_or_default();
        let partials = &self.partials;
        self.partial_index.insert_unique(hash, index, |index| {
            partials
                .get(*index)
                .map_or(0, |partial| partial.peer.hash ^ partial.resource)
        });
        self.peers.open(peer).partial += 1;
        index
    }

    fn touch_partial(&mut self, now: Instant, index: u32) {
        let lifetime = self.config.transmission.exchange_lifetime();
        self.partials
            .set_deadline(index, now + lifetime, &mut self.timers, Alarm::Partial);
    }

    /// Gives up a body that is not complete.
    pub(super) fn abandon_partial(&mut self, index: u32) {
        let body = BodyId(self.partials.id(index));
        if let Some(partial) = self.remove_partial(index) {
            count(&mut self.counters.abandoned_bodies);
            if partial.streamed {
                let peer = partial.peer.peer;
                self.events.push_back(Event::BodyAbandoned { body, peer });
            }
        }
    }

    pub(super) fn remove_partial(&mut self, index: u32) -> Option<Partial> {
        let partial = self.partials.remove(index)?;
        let hash = partial.peer.hash ^ partial.resource;
        if let Ok(found) = self.partial_index.find_entry(hash, |found| *found == index) {
            found.remove();
        }
        self.peers.close(&partial.peer, |state| {
            state.partial = state.partial.saturating_sub(1);
        });
        self.bodies
            .shrink(&mut self.peers, &partial.peer, partial.body.len());
        Some(partial)
    }
}
