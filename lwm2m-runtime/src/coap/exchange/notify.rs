//! Notifications (RFC 7641, sections 3 and 4).
//!
//! Sent:
//! 1. A non-confirmable one goes out once. A reset of it ends the observation.
//! 2. A confirmable one is repeated until it is acknowledged; a reset or the end of repetition ends the observation. A
//!    newer one of the same observation takes its place as soon as it would be repeated or is acknowledged.
//! 3. A body larger than a block: only its first block goes out, and the peer fetches the rest (`slices`).
//!
//! Received, as a response whose token belongs to no open exchange:
//! 4. The role knows the observation: [`Endpoint::accept`] acknowledges it. Does more of the body follow,
//!    [`Endpoint::complete`] fetches the rest by the request of the observation, without Observe.
//! 5. It does not want it any more: [`Endpoint::reject`] answers by a reset.
//! 6. It does not know it: [`Endpoint::disown`] resets a confirmable one and ignores any other.

use alloc::vec::Vec;
use core::fmt;

use super::{
    Endpoint, ExchangeId, Peer, Request, RequestError, RequestKey,
    encode::Head,
    outgoing::{Kind, Outgoing, Phase},
    peer::PeerKey,
    recent::RecentId,
    request::message_type,
    slices::Whole,
    transfer::{Download, Transfer, block, fits},
};
use crate::{
    coap::{Code, Message, MessageType, OptionNumber, Options, Token},
    time::{Instant, SlotId},
};

/// A notification to a peer.
#[derive(Clone, Copy, Debug)]
pub struct Notification<'a> {
    /// The token of the request that registered the observation.
    pub token: &'a [u8],
    /// The [key](super::IncomingRequest::key) of that request: the peer asks by it for the rest of a large body.
    pub key: RequestKey,
    /// Whether it is repeated until it is acknowledged.
    pub confirmable: bool,
    /// The number that orders it among the others, of 24 bits; `None` for the last one, which ends the observation.
    pub observe: Option<u32>,
    /// The response code.
    pub code: Code,
    /// The options, without Observe and Block2, which the endpoint adds.
    pub options: Options<'a>,
    /// The body.
    pub payload: &'a [u8],
}

/// Names a confirmable notification until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotificationId(pub(super) SlotId);

/// Why a notification was not taken. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotifyError {
    /// The code is that of no response.
    NotAResponse,
    /// The options leave no room for a block in a datagram.
    OptionsTooLong,
    /// [`max_outgoing`](super::EndpointConfig::max_outgoing) or its share of one peer is used up: wait for an end.
    TooMany,
}

impl fmt::Display for NotifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAResponse => "the code is no response code; use 2.05 or an error",
            Self::OptionsTooLong => "the options fill the datagram; shorten them or raise `max_message`",
            Self::TooMany => "too many messages are open; wait until one ends or raise `max_outgoing`",
        })
    }
}

impl core::error::Error for NotifyError {}

/// A response that belongs to no open exchange.
#[derive(Debug)]
pub struct Unmatched<'a> {
    /// Whose.
    pub peer: Peer,
    /// Its token: that of an observation, or of an exchange that is over.
    pub token: &'a [u8],
    /// The response code.
    pub code: Code,
    /// The options.
    pub options: Options<'a>,
    /// The body, or its first block.
    pub payload: &'a [u8],
    /// Whether it came in a confirmable message.
    pub confirmable: bool,
    /// Whether the payload is only the first block of the body.
    pub more: bool,
    /// To accept, complete or reject it.
    pub handle: UnmatchedHandle,
}

impl Unmatched<'_> {
    /// The number that orders it among the notifications of its observation; `None` where it is no notification.
    #[must_use]
    pub fn observe(&self) -> Option<u32> {
        self.options
            .first(OptionNumber::OBSERVE)
            .and_then(crate::coap::uint)
    }
}

/// Answers a response that belongs to no open exchange.
#[derive(Debug)]
pub struct UnmatchedHandle {
    peer: PeerKey,
    id: u16,
    confirmable: bool,
    notification: bool,
    recent: RecentId,
}

/// The first block of a notification's body.
#[derive(Debug)]
pub(super) struct FirstBlock {
    peer: PeerKey,
    id: u16,
    token: Option<Token>,
    download: Download,
}

impl Endpoint {
    /// Sends a notification. A confirmable one has an end: [`Event::Delivered`](super::Event::Delivered) or
    /// [`Event::Unobserved`](super::Event::Unobserved).
    ///
    /// # Errors
    ///
    /// [`NotifyError`].
    pub fn notify(
        &mut self,
        now: Instant,
        peer: Peer,
        notification: Notification<'_>,
    ) -> Result<Option<NotificationId>, NotifyError> {
        let Notification {
            token,
            key: request,
            confirmable,
            code,
            options,
            ..
        } = notification;
        if !code.is_response() {
            return Err(NotifyError::NotAResponse);
        }
        let key = self.key(peer);
        let older = self.unacknowledged(&key, token);
        if confirmable && older.is_none() && !self.has_room(&key) {
            return Err(NotifyError::TooMany);
        }
        let size = self
            .room_for_block(options, token.len() + 4)
            .map_err(|_| NotifyError::OptionsTooLong)?;
        self.extra.clear();
        let mut payload = notification.payload;
        if payload.len() > size.bytes() {
            let whole = Whole {
                validated: true,
                code,
                options,
                payload,
            };
            let first = Self::first_slice(None, size);
            payload = self.cut(now, key, request, first, whole).unwrap_or_default();
        }
        if let Some(number) = notification.observe {
            self.extra.push_uint(OptionNumber::OBSERVE, number & 0xff_ffff);
        }
        let mut head = Head {
            message_type: message_type(confirmable),
            code,
            id: 0,
            token,
        };
        if !confirmable {
            head.id = self.ids.next(now, key.hash);
            head.write_message(self.outbox.begin(), options, self.extra.options(), None, payload);
            self.outbox.finish(peer);
            self.notified.note(key, head.id, token.into());
            return Ok(None);
        }
        let mut datagram = self.buffer();
        head.write_message(&mut datagram, options, self.extra.options(), None, payload);
        let index = match older {
            Some(index) => {
                self.supersede(index, datagram);
                index
            }
            None => {
                let token = token.into();
                let kind = Kind::Notification { token, newer: None };
                self.enqueue(now, Outgoing::new(key, kind, true, datagram))
            }
        };
        Ok(Some(NotificationId(self.outgoing.id(index))))
    }

    /// The confirmable notification of an observation that is not acknowledged yet.
    fn unacknowledged(&self, key: &PeerKey, of: &[u8]) -> Option<u32> {
        self.chain(key).find(|index| match self.outgoing.get(*index) {
            Some(outgoing) => {
                matches!(&outgoing.kind, Kind::Notification { token, .. } if token.as_bytes() == of)
            }
            None => false,
        })
    }

    fn supersede(&mut self, index: u32, datagram: Vec<u8>) {
        if let Some(outgoing) = self.outgoing.get_mut(index) {
            match &mut outgoing.kind {
                Kind::Notification { newer, .. } if outgoing.phase != Phase::Queued => {
                    *newer = Some(datagram)
                }
                _ => outgoing.datagram = datagram,
            }
        }
    }

    /// A response that belongs to no open exchange, for the role.
    pub(super) fn unmatched<'d>(
        &mut self,
        peer: PeerKey,
        message: Message<'d>,
        recent: RecentId,
    ) -> Unmatched<'d> {
        let confirmable = message.message_type == MessageType::Confirmable;
        let first = block(&message, OptionNumber::BLOCK2)
            .filter(|block| block.number == 0 && block.more && fits(block, message.payload));
        self.first_block = first.map(|block| FirstBlock {
            peer,
            id: message.id,
            token: Token::new(message.token),
            download: Download::begin(&message, block),
        });
        Unmatched {
            peer: peer.peer,
            token: message.token,
            code: message.code,
            options: message.options,
            payload: message.payload,
            confirmable,
            more: first.is_some(),
            handle: UnmatchedHandle {
                peer,
                id: message.id,
                confirmable,
                notification: message.options.first(OptionNumber::OBSERVE).is_some(),
                recent,
            },
        }
    }

    /// Acknowledges a notification.
    pub fn accept(&mut self, handle: UnmatchedHandle) {
        if handle.confirmable {
            self.send_empty(handle.peer.peer, MessageType::Acknowledgement, handle.id);
            self.recent.acknowledged(handle.recent);
        }
    }

    /// Answers a response whose token means nothing to the role: a confirmable one is reset, so that its repetition
    /// ends, and any other one ignored, so that nobody can make this side talk to others.
    pub fn disown(&mut self, handle: UnmatchedHandle) {
        if handle.confirmable {
            self.reject(handle);
        }
    }

    /// Rejects a notification that the role does not want any more, confirmable or not; the peer stops notifying. A
    /// non-confirmable response that is no notification is only ignored.
    pub fn reject(&mut self, handle: UnmatchedHandle) {
        if handle.confirmable || handle.notification {
            self.send_empty(handle.peer.peer, MessageType::Reset, handle.id);
            self.recent.rejected(handle.recent);
        }
    }

    /// Acknowledges a notification whose body has more blocks, and fetches them by the request of the observation.
    /// The whole body comes as the response of the exchange, with the options of the notification.
    ///
    /// # Errors
    ///
    /// [`RequestError`]; the notification is acknowledged in any case.
    pub fn complete(
        &mut self,
        now: Instant,
        handle: UnmatchedHandle,
        request: Request<'_>,
    ) -> Result<ExchangeId, RequestError> {
        let (peer, id) = (handle.peer, handle.id);
        self.accept(handle);
        let first = self
            .first_block
            .take()
            .filter(|first| first.peer == peer && first.id == id);
        let first = first.ok_or(RequestError::Gone)?;
        self.room_for_block(request.options, 8)?;
        if !self.has_room(&peer) {
            return Err(RequestError::TooMany);
        }
        let held = first.download.body.len();
        if !self.bodies.grow(&self.config, &mut self.peers, peer, held) {
            return Err(RequestError::BodyTooLarge);
        }
        let mut transfer = Transfer::rest(request, first.download);
        transfer.observed = first.token;
        Ok(self.start(now, Outgoing::request(peer, transfer)))
    }
}
