//! A datagram finds what it belongs to (RFC 7252, sections 4.2, 4.3 and 5.3.2).
//!
//! | type | empty | request | response |
//! |---|---|---|---|
//! | confirmable | a ping: reset | once to the role | of an exchange: acknowledged; else to the role |
//! | non-confirmable | nothing | once to the role | of an exchange; else to the role |
//! | acknowledgement | ends the repetition | nothing | of the exchange with this identifier; else nothing |
//! | reset | ends what was sent | nothing | nothing |
//!
//! What is malformed is reset where it is confirmable, and dropped otherwise. An acknowledgement, a reset or a
//! non-confirmable response is never answered by itself, so that two sides cannot keep each other busy.

use core::time::Duration;

use super::{
    BodyPart, Endpoint, Event, ExchangeId, Failure, Peer, RequestKey, Responder, Unmatched,
    counters::count,
    encode::Head,
    outgoing::{Kind, Phase},
    peer::PeerKey,
    recent::{Arrival, RecentId, Repeat, Seen},
    transfer::Step,
};
use crate::{
    coap::{
        Code, CodeClass, Message, MessageError, MessageType, OptionBuffer, OptionNumber, Options, Token,
        peek_id, uint,
    },
    time::Instant,
};

/// What a datagram brings to the role.
#[derive(Debug)]
pub enum Received<'a> {
    /// A peer asks. To be answered by [`Endpoint::respond`].
    Request(IncomingRequest<'a>),
    /// A peer answers a request of this side; its exchange is over.
    Response(IncomingResponse<'a>),
    /// A response that belongs to no open exchange: a notification, or a late one. To be taken by
    /// [`Endpoint::accept`] or [`Endpoint::complete`], or refused by [`Endpoint::reject`] or [`Endpoint::disown`].
    Unmatched(Unmatched<'a>),
}

/// A request of a peer.
#[derive(Debug)]
pub struct IncomingRequest<'a> {
    /// Whose.
    pub peer: Peer,
    /// Gives the answer, once.
    pub responder: Responder,
    /// The method: one of 0.01 to 0.07.
    pub code: Code,
    /// Whether it came in a confirmable message.
    pub confirmable: bool,
    /// Its token; an observation's notifications repeat it.
    pub token: &'a [u8],
    /// The options; of a body in blocks those of the last block. Critical ones that are not known were refused.
    pub options: Options<'a>,
    /// The body, put together where it came in blocks; of a streamed body this block.
    pub payload: &'a [u8],
    /// What the request asks for; an observation's notifications name it.
    pub key: RequestKey,
    /// As [`Endpoint::echo_age`]: how old a valid Echo value of the request is.
    pub echo_age: Option<Duration>,
    /// Which part of a streamed body it is.
    pub part: Option<BodyPart>,
}

impl IncomingRequest<'_> {
    /// The Observe option: 0 registers, 1 cancels (RFC 7641, section 2); other values mean nothing.
    #[must_use]
    pub fn observe(&self) -> Option<u32> {
        self.options
            .first(OptionNumber::OBSERVE)
            .and_then(uint)
            .filter(|value| *value <= 1)
    }
}

/// The response to a request of this side.
#[derive(Debug)]
pub struct IncomingResponse<'a> {
    /// Whose.
    pub peer: Peer,
    /// Of what.
    pub exchange: ExchangeId,
    /// The token under which notifications come, where the request registered an observation.
    pub token: Token,
    /// The response code.
    pub code: Code,
    /// The options; of a body in blocks those of the first block.
    pub options: Options<'a>,
    /// The body, put together where it came in blocks.
    pub payload: &'a [u8],
}

/// What a datagram brings, before the parts put together from blocks are borrowed.
#[derive(Debug)]
pub(super) enum Found<'d> {
    Request {
        request: IncomingRequest<'d>,
        assembled: bool,
    },
    Response {
        response: IncomingResponse<'d>,
        assembled: bool,
    },
    Unmatched(Unmatched<'d>),
}

/// Whether the body of a request is to be handed over block by block.
pub(super) type Stream<'s> = &'s mut dyn FnMut(&Message<'_>) -> bool;

/// Bytes of a body put together that stay allocated.
const KEPT: usize = 4096;

impl Endpoint {
    /// Takes a datagram from a peer. Bodies in blocks are put together.
    pub fn receive<'a>(&'a mut self, now: Instant, peer: Peer, datagram: &'a [u8]) -> Option<Received<'a>> {
        self.receive_streaming(now, peer, datagram, |_| false)
    }

    /// Takes a datagram from a peer. Bodies in blocks are put together, unless `stream` wants that of a request block by
    /// block: it is asked at the first block.
    pub fn receive_streaming<'a>(
        &'a mut self,
        now: Instant,
        peer: Peer,
        datagram: &'a [u8],
        mut stream: impl FnMut(&Message<'_>) -> bool,
    ) -> Option<Received<'a>> {
        Some(match self.sort(now, peer, datagram, &mut stream)? {
            Found::Request {
                mut request,
                assembled,
            } => {
                if assembled {
                    request.payload = &self.assembled;
                }
                Received::Request(request)
            }
            Found::Response {
                mut response,
                assembled,
            } => {
                if assembled {
                    response.payload = &self.assembled;
                    response.options = self.assembled_options.options();
                }
                Received::Response(response)
            }
            Found::Unmatched(unmatched) => Received::Unmatched(unmatched),
        })
    }

    fn sort<'d>(
        &mut self,
        now: Instant,
        peer: Peer,
        datagram: &'d [u8],
        stream: Stream<'_>,
    ) -> Option<Found<'d>> {
        self.first_block = None;
        if self.assembled.capacity() > KEPT {
            self.assembled = Default::default();
            self.assembled_options = OptionBuffer::new();
        }
        let message = match Message::parse_extended(datagram, self.config.max_token) {
            Ok(message) => message,
            Err(error) => {
                self.malformed(peer, datagram, error);
                return None;
            }
        };
        let key = self.key(peer);
        match (message.message_type, message.code.class()) {
            (MessageType::Acknowledgement, CodeClass::Empty) => {
                match self.sent_as(&key, message.id) {
                    Some(index) => self.acknowledge(now, index),
                    None => count(&mut self.counters.unmatched),
                }
                None
            }
            (MessageType::Acknowledgement, CodeClass::Request) => {
                count(&mut self.counters.malformed);
                None
            }
            (MessageType::Acknowledgement, _) => self.piggybacked(now, &key, &message),
            (MessageType::Reset, CodeClass::Empty) => {
                self.reset(now, &key, message.id);
                None
            }
            (MessageType::Reset, _) => {
                count(&mut self.counters.malformed);
                None
            }
            (MessageType::Confirmable, CodeClass::Empty) => {
                self.send_empty(peer, MessageType::Reset, message.id);
                None
            }
            (MessageType::NonConfirmable, CodeClass::Empty) => None,
            (_, CodeClass::Request) => self.incoming_request(now, key, message, datagram.len(), stream),
            _ => self.separate(now, key, message, datagram.len()),
        }
    }

    fn malformed(&mut self, peer: Peer, datagram: &[u8], error: MessageError) {
        count(&mut self.counters.malformed);
        if matches!(error, MessageError::TooShort | MessageError::Version) {
            return;
        }
        if let Some((MessageType::Confirmable, id)) = peek_id(datagram) {
            self.send_empty(peer, MessageType::Reset, id);
        }
    }

    pub(super) fn send_empty(&mut self, peer: Peer, message_type: MessageType, id: u16) {
        Head::empty(message_type, id).write(self.outbox.begin());
        self.outbox.finish(peer);
    }

    /// Notes a message that is to be taken once. `None` for a repetition, which has got its answer again.
    pub(super) fn once(
        &mut self,
        now: Instant,
        key: PeerKey,
        message: &Message<'_>,
        length: usize,
    ) -> Option<RecentId> {
        let confirmable = message.message_type == MessageType::Confirmable;
        let arrival = Arrival {
            peer: key,
            id: message.id,
            confirmable,
            length,
        };
        let (number, repeat) = match self.recent.see(now, arrival) {
            Seen::New(number) => {
                self.watch_recent();
                return Some(number);
            }
            Seen::Again(number, repeat) => (number, repeat),
        };
        count(&mut self.counters.duplicates);
        match repeat {
            Repeat::Nothing => {}
            Repeat::Acknowledgement => self.send_empty(key.peer, MessageType::Acknowledgement, message.id),
            Repeat::Reset => self.send_empty(key.peer, MessageType::Reset, message.id),
            Repeat::Response { start, length } => {
                let (front, back) = self.recent.response(number, start, length);
                let out = self.outbox.begin();
                out.extend_from_slice(front);
                out.extend_from_slice(back);
                self.outbox.finish(key.peer);
            }
            // Reading again changes nothing.
            Repeat::Lost if matches!(message.code, Code::GET | Code::FETCH) => return Some(number),
            Repeat::Lost => {}
        }
        None
    }

    /// A response in an acknowledgement.
    fn piggybacked<'d>(&mut self, now: Instant, key: &PeerKey, message: &Message<'d>) -> Option<Found<'d>> {
        let expected = |index: &u32| {
            self.outgoing.get(*index).is_some_and(|outgoing| {
                outgoing.peer == *key && outgoing.id == message.id && outgoing.phase == Phase::Sent
            })
        };
        let index = Token::new(message.token)
            .and_then(|token| self.tokens.find(token))
            .filter(expected);
        let Some(index) = index else {
            count(&mut self.counters.unmatched);
            return None;
        };
        if message.options.refused(self.config.known_options).is_some() {
            self.fail(now, index, Failure::BadOption);
            return None;
        }
        self.answered(now, index, message)
    }

    /// A response in a message of its own.
    fn separate<'d>(
        &mut self,
        now: Instant,
        key: PeerKey,
        message: Message<'d>,
        length: usize,
    ) -> Option<Found<'d>> {
        let recent = self.once(now, key, &message, length)?;
        let confirmable = message.message_type == MessageType::Confirmable;
        let expected = |index: &u32| {
            self.outgoing
                .get(*index)
                .is_some_and(|outgoing| outgoing.peer == key && outgoing.phase != Phase::Queued)
        };
        let index = Token::new(message.token)
            .and_then(|token| self.tokens.find(token))
            .filter(expected);
        if message.options.refused(self.config.known_options).is_some() {
            count(&mut self.counters.refused);
            if confirmable {
                self.send_empty(key.peer, MessageType::Reset, message.id);
                self.recent.rejected(recent);
            }
            if let Some(index) = index {
                self.fail(now, index, Failure::BadOption);
            }
            return None;
        }
        let Some(index) = index else {
            return Some(Found::Unmatched(self.unmatched(key, message, recent)));
        };
        if confirmable {
            self.send_empty(key.peer, MessageType::Acknowledgement, message.id);
            self.recent.acknowledged(recent);
        }
        self.answered(now, index, &message)
    }

    /// A request of this side has its response.
    fn answered<'d>(&mut self, now: Instant, index: u32, message: &Message<'d>) -> Option<Found<'d>> {
        let step = self.step(index, message);
        let assembled = match step {
            Step::Continue => {
                self.continue_transfer(now, index);
                return None;
            }
            Step::Fail(failure) => {
                self.fail(now, index, failure);
                return None;
            }
            Step::Deliver => false,
            Step::DeliverBody => true,
        };
        let exchange = ExchangeId(self.outgoing.id(index));
        let outgoing = self.remove_outgoing(now, index)?;
        let Kind::Request { token, transfer } = outgoing.kind else {
            return None;
        };
        let mut response = IncomingResponse {
            peer: outgoing.peer.peer,
            exchange,
            token,
            code: message.code,
            options: message.options,
            payload: message.payload,
        };
        if let Some(transfer) = transfer {
            response.token = transfer.observed.unwrap_or(token);
            if let Some(download) = transfer.into_download().filter(|_| assembled) {
                response.code = download.code;
                self.assembled = download.body;
                self.assembled_options = download.options;
            }
        }
        Some(Found::Response { response, assembled })
    }

    fn reset(&mut self, now: Instant, key: &PeerKey, id: u16) {
        if let Some(index) = self.sent_as(key, id) {
            match self.outgoing.get(index).map(|outgoing| &outgoing.kind) {
                Some(Kind::Ping) => self.pong(now, index),
                _ => self.fail(now, index, Failure::Reset),
            }
            return;
        }
        match self.notified.take(key, id) {
            Some(token) => self.events.push_back(Event::Unobserved {
                peer: key.peer,
                token,
                failure: Failure::Reset,
            }),
            None => count(&mut self.counters.unmatched),
        }
    }
}
