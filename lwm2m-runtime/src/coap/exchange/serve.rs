//! Requests of peers (RFC 7252, sections 4.2, 5.2.1 and 5.8; RFC 8132, section 2).
//!
//! 1. A request comes for the first time (`recent`) with options that are understood. What is refused here: unknown
//!    critical options 4.02, proxy options 5.05, unknown methods 4.05, a missing Content-Format of FETCH, PATCH and
//!    iPATCH 4.15, malformed blocks 4.00; over budget 5.03.
//! 2. A block of its body is put to the others (`assembly`); a further block of a response is served (`slices`).
//! 3. The role gets it, with a [`Responder`].
//! 4. No response until [`ack_delay`](super::EndpointConfig::ack_delay): an empty acknowledgement goes out before the
//!    peer repeats the request, and the response will be a message of its own.

use super::{
    Endpoint, IncomingRequest, PeerToken, RequestKey, Responder,
    assembly::Assembly,
    counters::count,
    encode::Head,
    endpoint::Alarm,
    peer::PeerKey,
    receive::{Found, Stream},
    recent::RecentId,
    transfer::fits,
};
use crate::{
    coap::{BlockOption, BlockSize, Code, Message, MessageType, OptionNumber},
    time::{Instant, SlotId},
};

/// A request that waits for its response.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) peer: PeerKey,
    pub(super) id: u16,
    pub(super) token: PeerToken,
    pub(super) confirmable: bool,
    pub(super) acknowledged: bool,
    /// Its number among the recent messages.
    pub(super) recent: RecentId,
    /// The length of the datagram.
    pub(super) length: usize,
    pub(super) block1: Option<BlockOption>,
    pub(super) block2: Option<BlockOption>,
    pub(super) key: RequestKey,
    /// The classes of responses that the peer does not want (RFC 7967).
    pub(super) unwanted: u8,
    /// The streamed body of which it is a part.
    pub(super) partial: Option<SlotId>,
}

/// A request on its way to the role.
#[derive(Clone, Copy)]
pub(super) struct Asked<'m, 'd> {
    pub(super) peer: PeerKey,
    pub(super) message: &'m Message<'d>,
    pub(super) recent: RecentId,
    pub(super) key: RequestKey,
    /// The length of the datagram.
    pub(super) length: usize,
}

impl Endpoint {
    pub(super) fn incoming_request<'d>(
        &mut self,
        now: Instant,
        peer: PeerKey,
        message: Message<'d>,
        length: usize,
        stream: Stream<'_>,
    ) -> Option<Found<'d>> {
        let recent = self.once(now, peer, &message, length)?;
        let key = RequestKey::of(self.hasher, &message);
        let asked = Asked {
            peer,
            message: &message,
            recent,
            key,
            length,
        };
        let confirmable = message.message_type == MessageType::Confirmable;
        if let Some(code) = self.refusal(&message) {
            count(&mut self.counters.refused);
            // A proxy's or unknown option in a non-confirmable request is dropped in silence.
            if confirmable || !matches!(code, Code::BAD_OPTION | Code::PROXYING_NOT_SUPPORTED) {
                self.extra.clear();
                self.answer(now, asked, code, &[]);
            }
            return None;
        }
        let block1 = message
            .options
            .first(OptionNumber::BLOCK1)
            .and_then(BlockOption::parse);
        let block2 = message
            .options
            .first(OptionNumber::BLOCK2)
            .and_then(BlockOption::parse);
        let open = self.peers.get(&peer).map_or(0, |state| state.incoming);
        if self.incoming.len() >= self.config.max_incoming || open >= self.config.max_incoming_per_peer {
            count(&mut self.counters.overloaded);
            if confirmable {
                self.extra.clear();
                self.answer(now, asked, Code::SERVICE_UNAVAILABLE, &[]);
            }
            return None;
        }
        let first_block = block1.is_none_or(|block| block.number == 0);
        if let Some(further) = block2.filter(|block| block.number > 0 && first_block) {
            if self.serve_block(now, asked, further) {
                return None;
            }
            // Only what can be asked again without effect goes to the role again.
            let repeatable =
                message.code == Code::GET || message.code == Code::FETCH && !message.payload.is_empty();
            if !repeatable {
                count(&mut self.counters.refused);
                self.extra.clear();
                self.answer(now, asked, Code::REQUEST_ENTITY_INCOMPLETE, &[]);
                return None;
            }
        }
        let assembly = match block1 {
            None => Assembly::Whole,
            Some(block) => self.assemble(now, asked, block, stream)?,
        };
        let (part, partial, assembled) = match assembly {
            Assembly::Whole => (None, None, false),
            Assembly::Part(part, partial) => (Some(part), partial, false),
            Assembly::Body => (None, None, true),
        };
        let id = self.incoming.insert(Incoming {
            peer,
            id: message.id,
            token: message.token.into(),
            confirmable,
            acknowledged: false,
            recent,
            length,
            block1,
            block2,
            key,
            unwanted: message
                .options
                .first(OptionNumber::NO_RESPONSE)
                .and_then(|value| value.first().copied())
                .unwrap_or(0),
            partial,
        });
        self.peers.open(peer).incoming += 1;
        let wait = if confirmable {
            self.config.ack_delay
        } else {
            self.config.transmission.non_lifetime()
        };
        let index = self.incoming.find(id)?;
        self.incoming
            .set_deadline(index, now + wait, &mut self.timers, Alarm::Incoming);
        let request = IncomingRequest {
            peer: peer.peer,
            responder: Responder(id),
            code: message.code,
            confirmable,
            token: message.token,
            options: message.options,
            payload: message.payload,
            key,
            echo_age: self.echo_age(now, peer.peer, message.options),
            part,
        };
        Some(Found::Request { request, assembled })
    }

    /// The code that refuses a request for its own sake.
    fn refusal(&self, message: &Message<'_>) -> Option<Code> {
        let options = message.options;
        if let Some(option) = options.refused(self.config.known_options) {
            return Some(match option {
                OptionNumber::PROXY_URI | OptionNumber::PROXY_SCHEME => Code::PROXYING_NOT_SUPPORTED,
                _ => Code::BAD_OPTION,
            });
        }
        if message.code > Code::IPATCH {
            return Some(Code::METHOD_NOT_ALLOWED);
        }
        let block = |number| options.first(number).and_then(BlockOption::parse);
        let (block1, block2) = (block(OptionNumber::BLOCK1), block(OptionNumber::BLOCK2));
        if block1.is_some_and(|block| !fits(&block, message.payload)) {
            return Some(Code::BAD_REQUEST);
        }
        if [block1, block2]
            .iter()
            .flatten()
            .any(|block| block.size == BlockSize::BERT)
        {
            return Some(Code::BAD_REQUEST);
        }
        let typed = matches!(message.code, Code::FETCH | Code::PATCH | Code::IPATCH);
        let first = block2.is_none_or(|block| block.number == 0);
        if typed && first && options.first(OptionNumber::CONTENT_FORMAT).is_none() {
            return Some(Code::UNSUPPORTED_CONTENT_FORMAT);
        }
        None
    }

    /// Answers a request at once, without the role, with the options in `extra`.
    pub(super) fn answer(&mut self, now: Instant, asked: Asked<'_, '_>, code: Code, payload: &[u8]) {
        let Asked {
            peer,
            message,
            recent,
            ..
        } = asked;
        let piggybacked = message.message_type == MessageType::Confirmable;
        let (message_type, id) = match piggybacked {
            true => (MessageType::Acknowledgement, message.id),
            false => (MessageType::NonConfirmable, self.ids.next(now, peer.hash)),
        };
        let head = Head {
            message_type,
            code,
            id,
            token: message.token,
        };
        let none = Default::default();
        head.write_message(self.outbox.begin(), none, self.extra.options(), None, payload);
        self.outbox.finish(peer.peer);
        if piggybacked {
            self.recent.answered(recent, self.outbox.last());
        }
    }

    /// The role has taken its time with a request.
    pub(super) fn incoming_timeout(&mut self, now: Instant, index: u32) {
        let Some(incoming) = self.incoming.get_mut(index) else {
            return;
        };
        if !incoming.confirmable || incoming.acknowledged {
            self.remove_incoming(index);
            return;
        }
        incoming.acknowledged = true;
        let (peer, id, recent) = (incoming.peer.peer, incoming.id, incoming.recent);
        self.recent.acknowledged(recent);
        self.send_empty(peer, MessageType::Acknowledgement, id);
        let lifetime = self.config.transmission.exchange_lifetime();
        self.incoming
            .set_deadline(index, now + lifetime, &mut self.timers, Alarm::Incoming);
    }

    pub(super) fn remove_incoming(&mut self, index: u32) -> Option<Incoming> {
        let incoming = self.incoming.remove(index)?;
        self.peers.close(&incoming.peer, |state| {
            state.incoming = state.incoming.saturating_sub(1);
        });
        Some(incoming)
    }
}
