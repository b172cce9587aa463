//! Responses (RFC 7252, section 5.2; RFC 7967; RFC 9175, section 2.4).
//!
//! 1. The request is not acknowledged yet: the response goes with the acknowledgement, and again with each repetition
//!    of the request.
//! 2. It is acknowledged: the response goes in a confirmable message of its own, repeated until it is acknowledged;
//!    in a non-confirmable one where the budget for what waits is used up.
//! 3. The request was non-confirmable: so is the response.
//! 4. The peer does not want this class of responses: at most an empty acknowledgement goes out.

use core::fmt;

use super::{
    Endpoint, echo,
    encode::Head,
    outgoing::{Kind, Outgoing},
    request::length,
    serve::Incoming,
    slices::Whole,
};
use crate::{
    coap::{BlockOption, Code, CodeClass, MessageType, OptionNumber, Options},
    time::{Instant, SlotId},
};

/// Gives the response to one request of a peer.
#[derive(Debug, PartialEq, Eq, Hash)]
#[must_use = "a request is answered by `Endpoint::respond`"]
pub struct Responder(pub(super) SlotId);

/// A response to a peer's request.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The response code.
    pub code: Code,
    /// The options, without Block1, Block2 and Size2, which the endpoint adds. It adds an ETag to a body in blocks that
    /// has none.
    pub options: Options<'a>,
    /// The body, of any length: what is larger than a block is cut into blocks.
    pub payload: &'a [u8],
}

impl<'a> Response<'a> {
    /// A response that is only a code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            options: Options::default(),
            payload: &[],
        }
    }

    /// The same response with a body.
    #[must_use]
    pub const fn with_payload(self, payload: &'a [u8]) -> Self {
        Self { payload, ..self }
    }
}

/// Why a response was not sent as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RespondError {
    /// The request is too old, or the peer's session was closed: nothing was sent.
    Gone,
    /// The code is that of no response, or the options leave no room for a block: the peer got 5.00.
    Invalid,
}

impl fmt::Display for RespondError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "the request is gone; respond within EXCHANGE_LIFETIME",
            Self::Invalid => "the code is no response code, or the options fill the datagram",
        })
    }
}

impl core::error::Error for RespondError {}

impl Endpoint {
    /// Responds to a request.
    ///
    /// # Errors
    ///
    /// [`RespondError`].
    pub fn respond(
        &mut self,
        now: Instant,
        responder: Responder,
        response: Response<'_>,
    ) -> Result<(), RespondError> {
        self.respond_within(now, responder, response, None)
    }

    /// Responds to a request from an address that is not validated: where the response would be more than
    /// [`amplification`](super::EndpointConfig::amplification) times as long as the request, it goes out in blocks that
    /// are not (RFC 7252, section 11.3); where a request is too short even for that, or the response is no success, 4.01
    /// with Echo goes out in its place (RFC 9175, section 2.4). So a forged source address gains nothing.
    ///
    /// # Errors
    ///
    /// [`RespondError`].
    pub fn respond_unvalidated(
        &mut self,
        now: Instant,
        responder: Responder,
        response: Response<'_>,
    ) -> Result<(), RespondError> {
        let length = self
            .incoming
            .find(responder.0)
            .and_then(|index| self.incoming.get(index))
            .map_or(0, |incoming| incoming.length);
        let limit = length.saturating_mul(self.config.amplification);
        self.respond_within(now, responder, response, Some(limit))
    }

    /// Asks the peer to prove that its address is its own and its request fresh: 4.01 with Echo. The request must not be
    /// acted on.
    ///
    /// # Errors
    ///
    /// [`RespondError::Gone`].
    pub fn challenge(&mut self, now: Instant, responder: Responder) -> Result<(), RespondError> {
        let index = self.incoming.find(responder.0).ok_or(RespondError::Gone)?;
        let incoming = self.remove_incoming(index).ok_or(RespondError::Gone)?;
        let limit = incoming.length.saturating_mul(self.config.amplification);
        self.send_challenge(now, incoming, limit);
        Ok(())
    }

    /// 4.01 with Echo; without it where even that would be too much for the request.
    fn send_challenge(&mut self, now: Instant, incoming: Incoming, limit: usize) {
        let value = echo::challenge(self.hasher, &incoming.peer, now);
        self.extra.clear();
        let length = 4 + incoming.token.as_bytes().len() + 2 + value.len();
        if length <= limit {
            self.extra.push(OptionNumber::ECHO, &value);
        }
        self.send_response(now, incoming, Response::new(Code::UNAUTHORIZED), Some(usize::MAX));
    }

    fn respond_within(
        &mut self,
        now: Instant,
        responder: Responder,
        response: Response<'_>,
        limit: Option<usize>,
    ) -> Result<(), RespondError> {
        let index = self.incoming.find(responder.0).ok_or(RespondError::Gone)?;
        let incoming = self.remove_incoming(index).ok_or(RespondError::Gone)?;
        let failed = !response.code.is_success();
        if let Some(partial) = incoming
            .partial
            .filter(|_| failed)
            .and_then(|id| self.partials.find(id))
        {
            self.remove_partial(partial);
        }
        self.extra.clear();
        let token = incoming.token.as_bytes().len();
        let size = self.room_for_block(response.options, token);
        let (Ok(mut size), true) = (size, response.code.is_response()) else {
            self.send_response(now, incoming, Response::new(Code::INTERNAL_SERVER_ERROR), limit);
            return Err(RespondError::Invalid);
        };
        let mut sent = response;
        let asked = incoming.block2.filter(|_| response.code.is_success());
        let mut in_blocks = asked.is_some() || response.payload.len() > size.bytes();
        let length = 4 + token + length(response.options) + 1 + response.payload.len();
        if let Some(limit) = limit.filter(|limit| length > *limit) {
            let affordable = Self::slice_within(limit, response.options, token);
            let Some(affordable) = affordable.filter(|_| response.code.is_success()) else {
                self.send_challenge(now, incoming, limit);
                return Ok(());
            };
            size = size.min(affordable);
            in_blocks = true;
        }
        if in_blocks {
            let slice = Self::first_slice(asked, size);
            let whole = Whole {
                validated: limit.is_none(),
                code: response.code,
                options: response.options,
                payload: response.payload,
            };
            match self.cut(now, incoming.peer, incoming.key, slice, whole) {
                Some(payload) => sent.payload = payload,
                None => sent = Response::new(Code::BAD_REQUEST),
            }
        }
        if let Some(block) = incoming.block1 {
            let block = BlockOption {
                number: block.number,
                more: response.code == Code::CONTINUE,
                size: block.size.min(self.config.block_size),
            };
            self.extra.push_uint(OptionNumber::BLOCK1, block.to_u32());
        }
        self.send_response(now, incoming, sent, limit);
        Ok(())
    }

    /// Sends a response with the options in `extra`. With a limit the peer's address is not validated: a response is
    /// not repeated, and a longer one becomes a challenge.
    fn send_response(
        &mut self,
        now: Instant,
        incoming: Incoming,
        response: Response<'_>,
        limit: Option<usize>,
    ) {
        let Incoming {
            peer,
            confirmable,
            acknowledged,
            recent,
            ..
        } = incoming;
        let piggybacked = confirmable && !acknowledged;
        if unwanted(incoming.unwanted, response.code) {
            if piggybacked {
                self.send_empty(peer.peer, MessageType::Acknowledgement, incoming.id);
                self.recent.acknowledged(recent);
            }
            return;
        }
        let mut head = Head {
            message_type: MessageType::NonConfirmable,
            code: response.code,
            id: incoming.id,
            token: incoming.token.as_bytes(),
        };
        // Without room for one more that waits, it goes out once: slow responses to a flood must not pile up.
        if confirmable && acknowledged && limit.is_none() && self.has_room(&peer) {
            head.message_type = MessageType::Confirmable;
            let mut datagram = self.buffer();
            let extra = self.extra.options();
            head.write_message(&mut datagram, response.options, extra, None, response.payload);
            let token = incoming.token;
            self.enqueue(now, Outgoing::new(peer, Kind::Response { token }, true, datagram));
            return;
        }
        if piggybacked {
            head.message_type = MessageType::Acknowledgement;
        } else {
            head.id = self.ids.next(now, peer.hash);
        }
        let extra = self.extra.options();
        head.write_message(
            self.outbox.begin(),
            response.options,
            extra,
            None,
            response.payload,
        );
        if let Some(limit) = limit.filter(|limit| self.outbox.last().len() > *limit) {
            self.outbox.discard();
            return self.send_challenge(now, incoming, limit);
        }
        self.outbox.finish(peer.peer);
        if piggybacked {
            self.recent.answered(recent, self.outbox.last());
        }
    }
}

/// Whether a peer does not want responses of this class: bit 1 of the option for 2.xx, 3 for 4.xx, 4 for 5.xx.
fn unwanted(classes: u8, code: Code) -> bool {
    let class = match code.class() {
        CodeClass::Success => 2,
        CodeClass::ClientError => 8,
        CodeClass::ServerError => 16,
        _ => 0,
    };
    classes & class != 0
}
