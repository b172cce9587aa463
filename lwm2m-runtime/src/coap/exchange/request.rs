//! Requests of this side (RFC 7252, sections 4.2, 5.2 and 5.3).
//!
//! 1. The request goes out under a random token, in its turn (`outgoing`).
//! 2. a. Its acknowledgement carries the response: done.
//!    b. An empty acknowledgement comes, and the response later in a message of its own, which is acknowledged: done.
//!    c. The response comes before the acknowledgement, which was lost: done.
//!    d. A reset comes, or nothing: failed.
//! 3. Where the response asks for more blocks, another request follows in the same exchange (`transfer`).

use core::fmt;

use super::{
    Endpoint, Peer,
    encode::Head,
    outgoing::{Kind, Outgoing},
    peer::PeerKey,
    transfer::Transfer,
};
use crate::{
    coap::{BlockOption, BlockSize, Code, MessageType, OptionNumber, Options, Token},
    time::{Instant, SlotId},
};

/// Names a request or ping of this side until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(pub(super) SlotId);

/// A request to a peer.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method.
    pub code: Code,
    /// Whether it is repeated until it is acknowledged. A request with a body in blocks always is.
    pub confirmable: bool,
    /// The options, without Block1, Size1, Request-Tag and Echo, which the endpoint adds. A Block2 option of block 0
    /// asks for smaller blocks.
    pub options: Options<'a>,
    /// The body, of any length up to [`max_body`](super::EndpointConfig::max_body).
    pub payload: &'a [u8],
}

/// Why a request was not taken. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestError {
    /// The code is no method.
    NotARequest,
    /// The options leave no room for a block in a datagram.
    OptionsTooLong,
    /// The body is above [`max_body`](super::EndpointConfig::max_body), or there is no room for it now.
    BodyTooLarge,
    /// [`max_outgoing`](super::EndpointConfig::max_outgoing) or its share of one peer is used up: wait for an end.
    TooMany,
    /// The notification that it should complete is not the one received last.
    Gone,
    /// Another request is open under the token.
    TokenInUse,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotARequest => "the code is no method; use one of 0.01 to 0.31",
            Self::OptionsTooLong => "the options fill the datagram; shorten them or raise `max_message`",
            Self::BodyTooLarge => "the body is too large; raise `max_body` and the budgets of bodies",
            Self::TooMany => "too many requests are open; wait until one ends or raise `max_outgoing`",
            Self::Gone => "another datagram was received since; complete a notification at once",
            Self::TokenInUse => "another request is open under this token; wait until it ends",
        })
    }
}

impl core::error::Error for RequestError {}

/// How far an exchange is, in bytes of its bodies: a time-out should start anew when it moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the request's body that the peer has acknowledged.
    pub sent: usize,
    /// Bytes of the response's body that have come.
    pub received: usize,
}

/// Room for what the endpoint adds: header, Block1, Size1, Request-Tag, Echo, payload marker.
const OVERHEAD: usize = 4 + 4 + 6 + 7 + 43 + 1;

impl Endpoint {
    /// Sends a request, or queues it behind others to the same peer.
    ///
    /// Its end is a [`Received::Response`](super::Received::Response) or an [`Event::Failed`](super::Event::Failed) of
    /// this number.
    ///
    /// # Errors
    ///
    /// [`RequestError`].
    pub fn request(
        &mut self,
        now: Instant,
        peer: Peer,
        request: Request<'_>,
    ) -> Result<ExchangeId, RequestError> {
        if !request.code.is_request() {
            return Err(RequestError::NotARequest);
        }
        let key = self.key(peer);
        if !self.has_room(&key) {
            return Err(RequestError::TooMany);
        }
        let size = self.room_for_block(request.options, 8)?;
        if request.payload.len() > size.bytes() {
            let echo = self.echoes.take(&key);
            let held = request.payload.len();
            let fits =
                held <= self.config.max_body && self.bodies.grow(&self.config, &mut self.peers, key, held);
            if !fits {
                return Err(RequestError::BodyTooLarge);
            }
            let mut transfer = Transfer::upload(request, size, self.tag());
            transfer.echo = echo;
            return Ok(self.start(now, Outgoing::request(key, transfer)));
        }
        let token = self.tokens.unused(&mut self.random);
        Ok(self.send_request(now, key, token, size, request))
    }

    /// Sends a request under the token of an observation, to cancel it (RFC 7641, section 3.6). Notifications that
    /// come before the response are taken for it.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request); [`RequestError::BodyTooLarge`] for a body of several blocks, which go under
    /// tokens of their own, and [`RequestError::TokenInUse`].
    pub fn request_under(
        &mut self,
        now: Instant,
        peer: Peer,
        token: Token,
        request: Request<'_>,
    ) -> Result<ExchangeId, RequestError> {
        if !request.code.is_request() {
            return Err(RequestError::NotARequest);
        }
        if self.tokens.find(token).is_some() {
            return Err(RequestError::TokenInUse);
        }
        let key = self.key(peer);
        if !self.has_room(&key) {
            return Err(RequestError::TooMany);
        }
        let size = self.room_for_block(request.options, 8)?;
        if request.payload.len() > size.bytes() {
            return Err(RequestError::BodyTooLarge);
        }
        Ok(self.send_request(now, key, token, size, request))
    }

    /// Sends a request that fits into a block.
    fn send_request(
        &mut self,
        now: Instant,
        key: PeerKey,
        token: Token,
        size: BlockSize,
        request: Request<'_>,
    ) -> ExchangeId {
        self.extra.clear();
        let wish = size < BlockSize::MAX && request.options.first(OptionNumber::BLOCK2).is_none();
        if wish && matches!(request.code, Code::GET | Code::FETCH) {
            let block = BlockOption {
                number: 0,
                more: false,
                size,
            };
            self.extra.push_uint(OptionNumber::BLOCK2, block.to_u32());
        }
        if let Some(echo) = self.echoes.take(&key) {
            self.extra.push(OptionNumber::ECHO, &echo);
        }
        let mut datagram = self.buffer();
        let head = Head {
            message_type: message_type(request.confirmable),
            code: request.code,
            id: 0,
            token: token.as_bytes(),
        };
        head.write_message(
            &mut datagram,
            request.options,
            self.extra.options(),
            None,
            request.payload,
        );
        let kind = Kind::Request {
            token,
            transfer: None,
        };
        let index = self.enqueue(now, Outgoing::new(key, kind, request.confirmable, datagram));
        self.tokens.insert(token, index);
        ExchangeId(self.outgoing.id(index))
    }

    /// Asks a peer for a sign of life: an empty confirmable message, which it rejects. The end is an
    /// [`Event::Pong`](super::Event::Pong) or an [`Event::Failed`](super::Event::Failed).
    ///
    /// # Errors
    ///
    /// [`RequestError::TooMany`].
    pub fn ping(&mut self, now: Instant, peer: Peer) -> Result<ExchangeId, RequestError> {
        let key = self.key(peer);
        if !self.has_room(&key) {
            return Err(RequestError::TooMany);
        }
        let mut datagram = self.buffer();
        Head::empty(MessageType::Confirmable, 0).write(&mut datagram);
        let index = self.enqueue(now, Outgoing::new(key, Kind::Ping, true, datagram));
        Ok(ExchangeId(self.outgoing.id(index)))
    }

    /// How far an exchange is; `None` after its end.
    #[must_use]
    pub fn progress(&self, exchange: ExchangeId) -> Option<Progress> {
        let outgoing = self.outgoing.get(self.outgoing.find(exchange.0)?)?;
        Some(match &outgoing.kind {
            Kind::Request {
                transfer: Some(transfer),
                ..
            } => transfer.progress(),
            _ => Progress::default(),
        })
    }

    /// Begins an exchange whose message its transfer composes.
    pub(super) fn start(&mut self, now: Instant, mut outgoing: Outgoing) -> ExchangeId {
        let token = self.tokens.unused(&mut self.random);
        self.compose(&mut outgoing, token);
        let index = self.enqueue(now, outgoing);
        self.tokens.insert(token, index);
        ExchangeId(self.outgoing.id(index))
    }

    /// The largest block that fits into a datagram with these options and a token of this length.
    pub(super) fn room_for_block(
        &self,
        options: Options<'_>,
        token: usize,
    ) -> Result<BlockSize, RequestError> {
        let room = self
            .config
            .max_message
            .saturating_sub(OVERHEAD + token + length(options));
        if room < BlockSize::MIN.bytes() {
            return Err(RequestError::OptionsTooLong);
        }
        Ok(BlockSize::at_most(room).min(self.config.block_size))
    }

    /// A Request-Tag that no other body has.
    pub(super) fn tag(&mut self) -> [u8; 4] {
        (self.random.next_u64() as u32).to_be_bytes()
    }
}

/// The bytes of options, or a few more.
pub(super) fn length(options: Options<'_>) -> usize {
    let encoded = options.encoded().map(<[u8]>::len);
    encoded.unwrap_or_else(|| options.map(|option| option.value.len() + 5).sum())
}

pub(super) const fn message_type(confirmable: bool) -> MessageType {
    if confirmable {
        MessageType::Confirmable
    } else {
        MessageType::NonConfirmable
    }
}
