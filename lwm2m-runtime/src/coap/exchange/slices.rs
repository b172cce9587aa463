//! Bodies of responses and notifications, served by Block2 (RFC 7959, section 2.4 and 2.6).
//!
//! 1. A body is larger than a block: its first block goes out with "more", ETag and Size2, and the body is kept.
//! 2. The peer asks the same with the next number: it gets the next block from the body kept, and the role knows
//!    nothing of it.
//! 3. The body is not kept any more: the role gets the request, gives the whole body again, and the block asked for is
//!    cut from that. Its ETag tells the peer whether it is still the same.
//!
//! An address that is not validated gets each block as small as the request for it pays for (RFC 7252, section 11.3).

use alloc::vec::Vec;

use super::{Endpoint, counters::count, endpoint::Alarm, peer::PeerKey, request::length, serve::Asked};
use crate::{
    coap::{BlockOption, BlockSize, Code, Message, OptionBuffer, OptionNumber, Options},
    random::Hasher,
    time::Instant,
};

/// What a request asks for: its method, its options without those of a single message, and the body of a FETCH.
/// The same in all blocks of an exchange, and different at each start of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestKey {
    options: u64,
    /// Of the body that a FETCH has; 0 for none.
    body: u64,
}

impl RequestKey {
    pub(super) fn of(hasher: Hasher, message: &Message<'_>) -> Self {
        let mut options = hasher.number(u64::from(message.code.0));
        for option in message.options {
            if !of_one_message(option.number) {
                options = options.number(u64::from(option.number.0)).bytes(option.value);
            }
        }
        let fetch = message.code == Code::FETCH && !message.payload.is_empty();
        Self {
            options: options.finish(),
            body: if fetch {
                hasher.bytes(message.payload).finish()
            } else {
                0
            },
        }
    }

    /// What the blocks of a body have in common, even when the body is begun anew with other options.
    pub(super) fn resource(hasher: Hasher, message: &Message<'_>) -> u64 {
        let mut resource = hasher.number(u64::from(message.code.0));
        for option in message.options {
            if matches!(
                option.number,
                OptionNumber::URI_HOST
                    | OptionNumber::URI_PORT
                    | OptionNumber::URI_PATH
                    | OptionNumber::URI_QUERY
                    | OptionNumber::REQUEST_TAG
            ) {
                resource = resource.number(u64::from(option.number.0)).bytes(option.value);
            }
        }
        resource.finish()
    }

    /// Whether a request for a further block means the body of this request; it may leave its own body out.
    fn answers(self, further: Self) -> bool {
        self.options == further.options && (further.body == 0 || further.body == self.body)
    }
}

const fn of_one_message(number: OptionNumber) -> bool {
    matches!(
        number,
        OptionNumber::OBSERVE
            | OptionNumber::BLOCK1
            | OptionNumber::BLOCK2
            | OptionNumber::SIZE1
            | OptionNumber::SIZE2
            | OptionNumber::ECHO
            | OptionNumber::NO_RESPONSE
            | OptionNumber::HOP_LIMIT
            | OptionNumber::REQUEST_TAG
    )
}

/// A body that a peer may fetch.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) peer: PeerKey,
    key: RequestKey,
    code: Code,
    options: OptionBuffer,
    body: Vec<u8>,
    /// Whether the peer's address is.
    validated: bool,
}

/// A body of the role to be cut.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    pub(super) code: Code,
    pub(super) options: Options<'a>,
    pub(super) payload: &'a [u8],
    /// Whether the peer's address is.
    pub(super) validated: bool,
}

/// Room for the header, ETag, Block1, Block2, Size2 and the payload marker.
const OVERHEAD: usize = 4 + 5 + 4 + 5 + 5 + 1;

impl Endpoint {
    /// The largest block of a response that is no longer than the limit; `None` where not even the smallest is.
    pub(super) fn slice_within(limit: usize, options: Options<'_>, token: usize) -> Option<BlockSize> {
        let room = limit.checked_sub(OVERHEAD + token + length(options))?;
        (room >= BlockSize::MIN.bytes()).then(|| BlockSize::at_most(room))
    }

    /// Cuts the block asked for out of a body, adds its options to `extra`, and keeps the body if blocks follow. `None`
    /// where the block is behind the body's end.
    pub(super) fn cut<'a>(
        &mut self,
        now: Instant,
        peer: PeerKey,
        key: RequestKey,
        asked: BlockOption,
        whole: Whole<'a>,
    ) -> Option<&'a [u8]> {
        let offset = asked.offset();
        let rest = whole.payload.get(offset..)?;
        if rest.is_empty() && offset > 0 {
            return None;
        }
        let more = rest.len() > asked.size.bytes();
        let etag = (self.hasher.bytes(whole.payload).finish() as u32).to_be_bytes();
        let tagged = whole.options.first(OptionNumber::ETAG).is_some() || !(more || offset > 0);
        if !tagged {
            self.extra.push(OptionNumber::ETAG, &etag);
        }
        self.extra
            .push_uint(OptionNumber::BLOCK2, BlockOption { more, ..asked }.to_u32());
        if more && offset == 0 {
            self.extra
                .push_uint(OptionNumber::SIZE2, whole.payload.len() as u32);
        }
        if more {
            let mut options = OptionBuffer::from(whole.options);
            if !tagged {
                options.push(OptionNumber::ETAG, &etag);
            }
            self.keep(
                now,
                Served {
                    peer,
                    key,
                    code: whole.code,
                    options,
                    body: whole.payload.into(),
                    validated: whole.validated,
                },
            );
        }
        Some(rest.get(..asked.size.bytes()).unwrap_or(rest))
    }

    /// Keeps a body for the peer, in place of an older one of the same request.
    fn keep(&mut self, now: Instant, served: Served) {
        let Served { peer, key, .. } = served;
        if let Some(old) = self.find_served(&peer, key) {
            self.remove_served(old);
        }
        let length = served.body.len();
        if length > self.config.max_body {
            return;
        }
        while self.served.len() >= self.config.max_served_bodies.max(1) {
            self.drop_oldest_served();
        }
        while !self.bodies.grow(&self.config, &mut self.peers, peer, length) {
            if self.served.len() == 0 {
                return;
            }
            self.drop_oldest_served();
        }
        let hash = peer.hash ^ key.options;
        let id = self.served.insert(served);
        let index = self.served.find(id).unwrap_or_default();
        let served = &self.served;
        self.served_index.insert_unique(hash, index, |index| {
            served
                .get(*index)
                .map_or(0, |served| served.peer.hash ^ served.key.options)
        });
        self.peers.open(peer).served += 1;
        self.touch_served(now, index);
    }

    /// Answers a request for a further block from the body kept; `false` where there is none, or the request is too short
    /// for an address that is not validated.
    pub(super) fn serve_block(&mut self, now: Instant, asked: Asked<'_, '_>, block: BlockOption) -> bool {
        let Some(index) = self.find_served(&asked.peer, asked.key) else {
            return false;
        };
        self.touch_served(now, index);
        let Some(served) = self.served.get(index) else {
            return false;
        };
        let mut size = block.size.min(self.config.block_size);
        if !served.validated {
            let limit = asked.length.saturating_mul(self.config.amplification);
            let token = asked.message.token.len();
            match Self::slice_within(limit, served.options.options(), token) {
                Some(affordable) => size = size.min(affordable),
                None => return false,
            }
        }
        let rest = served.body.get(block.offset()..).unwrap_or_default();
        if rest.is_empty() {
            count(&mut self.counters.refused);
            self.extra.clear();
            self.answer(now, asked, Code::BAD_REQUEST, &[]);
            return true;
        }
        let code = served.code;
        let slice = BlockOption {
            number: (block.offset() / size.bytes()) as u32,
            more: rest.len() > size.bytes(),
            size,
        };
        // The body is borrowed while the answer is written: both buffers are taken out for that time.
        self.extra = served.options.clone();
        self.extra.push_uint(OptionNumber::BLOCK2, slice.to_u32());
        let mut payload = self.buffer();
        if let Some(served) = self.served.get(index) {
            let rest = served.body.get(block.offset()..).unwrap_or_default();
            payload.extend_from_slice(rest.get(..size.bytes()).unwrap_or(rest));
        }
        self.answer(now, asked, code, &payload);
        self.recycle(payload);
        true
    }

    fn find_served(&self, peer: &PeerKey, key: RequestKey) -> Option<u32> {
        let found = self.served_index.find(peer.hash ^ key.options, |index| {
            self.served
                .get(*index)
                .is_some_and(|served| served.peer == *peer && served.key.answers(key))
        });
        found.copied()
    }

    fn touch_served(&mut self, now: Instant, index: u32) {
        let lifetime = self.config.transmission.exchange_lifetime();
        self.served
            .set_deadline(index, now + lifetime, &mut self.timers, Alarm::Served);
    }

    fn drop_oldest_served(&mut self) {
        let oldest = self
            .served
            .indices()
            .min_by_key(|index| self.served.deadline(*index));
        if let Some(index) = oldest {
            count(&mut self.counters.abandoned_bodies);
            self.remove_served(index);
        }
    }

    pub(super) fn remove_served(&mut self, index: u32) {
        let Some(served) = self.served.remove(index) else {
            return;
        };
        let hash = served.peer.hash ^ served.key.options;
        if let Ok(found) = self.served_index.find_entry(hash, |found| *found == index) {
            found.remove();
        }
        self.peers.close(&served.peer, |state| {
            state.served = state.served.saturating_sub(1);
        });
        self.bodies
            .shrink(&mut self.peers, &served.peer, served.body.len());
    }

    /// The block that a response begins with: the one asked for, in the size asked for or a smaller one.
    pub(super) fn first_slice(asked: Option<BlockOption>, size: BlockSize) -> BlockOption {
        let offset = asked.map_or(0, BlockOption::offset);
        let size = asked.map_or(size, |asked| asked.size.min(size));
        BlockOption {
            number: (offset / size.bytes()) as u32,
            more: false,
            size,
        }
    }
}
