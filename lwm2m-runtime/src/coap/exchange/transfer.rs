//! A request's exchange over several messages: bodies in blocks (RFC 7959) and Echo (RFC 9175), as the client.
//!
//! Upload (section 2.5, Block1 in the request):
//! 1. Block 0 goes out with Size1 and a Request-Tag. Each 2.31 with Block1 asks for the next block; a smaller size in
//!    it holds for the rest.
//! 2. 4.13 with a smaller size, or without Block1 to a request without it: begins again in smaller blocks.
//! 3. 4.08: begins again under a new Request-Tag.
//! 4. Any other response ends the upload, and may begin a download.
//!
//! Download (section 2.4, Block2 in the response):
//! 5. Block 0 comes with "more". The same request with the next number asks for the next block, without Observe and
//!    Block1.
//! 6. Another ETag, or an error instead of a further block: the body has changed, and the download begins again.
//! 7. Blocks that do not fit, or a body above the budget: failed.
//!
//! Echo:
//! 8. 4.01 with Echo: the same message once more with the value.

use alloc::{boxed::Box, vec::Vec};

use super::{
    Endpoint, Failure, Progress, Request,
    encode::Head,
    outgoing::{Kind, Outgoing},
    peer::PeerKey,
    request::message_type,
};
use crate::coap::{BlockOption, BlockSize, Code, Message, OptionBuffer, OptionNumber, Token};

/// An exchange that is more than one message.
#[derive(Debug)]
pub(super) struct Transfer {
    code: Code,
    options: OptionBuffer,
    payload: Vec<u8>,
    /// Whether the payload went out in blocks, and so is left out of further requests.
    uploaded: bool,
    /// Bytes that count in the budget for bodies.
    pub(super) held: usize,
    pub(super) echo: Option<Vec<u8>>,
    echo_tried: bool,
    tag: Option<[u8; 4]>,
    restarts: u8,
    stage: Stage,
    /// The token of the request that got the first block; notifications come under it.
    pub(super) observed: Option<Token>,
}

#[derive(Debug)]
enum Stage {
    Whole,
    Upload { offset: usize, size: BlockSize },
    Download(Download),
}

/// A body that comes in blocks.
#[derive(Debug)]
pub(super) struct Download {
    pub(super) code: Code,
    /// Those of the first block.
    pub(super) options: OptionBuffer,
    pub(super) body: Vec<u8>,
    size: BlockSize,
}

/// What to do about a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is the end.
    Deliver,
    /// It is the end, and the body is the one put together.
    DeliverBody,
    /// The next message of the exchange follows.
    Continue,
    /// It breaks the exchange.
    Fail(Failure),
}

impl Transfer {
    fn new(code: Code, options: OptionBuffer, payload: Vec<u8>) -> Self {
        Self {
            code,
            options,
            payload,
            uploaded: false,
            held: 0,
            echo: None,
            echo_tried: false,
            tag: None,
            restarts: 0,
            stage: Stage::Whole,
            observed: None,
        }
    }

    /// A request whose body is held already, in blocks.
    pub(super) fn upload(request: Request<'_>, size: BlockSize, tag: [u8; 4]) -> Self {
        let mut transfer = Self::new(request.code, request.options.into(), request.payload.into());
        transfer.held = request.payload.len();
        transfer.begin_upload(size, tag);
        transfer
    }

    /// The rest of a body whose first block is here and held.
    pub(super) fn rest(request: Request<'_>, download: Download) -> Self {
        let mut transfer = Self::new(request.code, request.options.into(), request.payload.into());
        transfer.held = download.body.len();
        transfer.stage = Stage::Download(download);
        transfer
    }

    /// The exchange of a message that was sent whole.
    fn of(datagram: &[u8]) -> Option<Self> {
        let message = Message::parse(datagram).ok()?;
        Some(Self::new(
            message.code,
            message.options.into(),
            message.payload.into(),
        ))
    }

    fn begin_upload(&mut self, size: BlockSize, tag: [u8; 4]) {
        self.stage = Stage::Upload { offset: 0, size };
        self.uploaded = true;
        self.tag = Some(tag);
    }

    pub(super) fn progress(&self) -> Progress {
        match &self.stage {
            Stage::Whole => Progress::default(),
            Stage::Upload { offset, .. } => Progress {
                sent: *offset,
                received: 0,
            },
            Stage::Download(download) => Progress {
                sent: self.payload.len(),
                received: download.body.len(),
            },
        }
    }

    /// The body put together.
    pub(super) fn into_download(self) -> Option<Download> {
        match self.stage {
            Stage::Download(download) => Some(download),
            _ => None,
        }
    }

    /// What to do about a response during an upload; `None` when the upload is over.
    fn upload_step(&mut self, message: &Message<'_>, tag: [u8; 4], restarts: u8) -> Option<Step> {
        let block = block(message, OptionNumber::BLOCK1);
        let again = self.restarts < restarts;
        // A limit below the body's size is final.
        let hopeless = message
            .options
            .first(OptionNumber::SIZE1)
            .and_then(crate::coap::uint)
            .is_some_and(|limit| (limit as usize) < self.payload.len());
        let (offset, size) = match &mut self.stage {
            Stage::Upload { offset, size } => (offset, size),
            Stage::Whole if message.code == Code::REQUEST_ENTITY_TOO_LARGE && !hopeless => {
                let most = BlockSize::at_most(self.payload.len().saturating_sub(1));
                if self.payload.len() <= most.bytes() || !again {
                    return None;
                }
                self.restarts += 1;
                self.begin_upload(block.map_or(most, |block| block.size.min(most)), tag);
                return Some(Step::Continue);
            }
            _ => return None,
        };
        let end = (*offset + size.bytes()).min(self.payload.len());
        match message.code {
            Code::REQUEST_ENTITY_TOO_LARGE => {
                let smaller = block.map(|block| block.size).filter(|wish| wish < size)?;
                if hopeless || !again {
                    return None;
                }
                self.restarts += 1;
                self.begin_upload(smaller, tag);
            }
            Code::REQUEST_ENTITY_INCOMPLETE => {
                if !again {
                    return None;
                }
                let size = *size;
                self.restarts += 1;
                self.begin_upload(size, tag);
            }
            code if code.is_success() && end < self.payload.len() => {
                let sent = *offset / size.bytes();
                let fits = |block: &BlockOption| block.number as usize == sent || block.offset() == *offset;
                let Some(block) = block.filter(fits) else {
                    return Some(Step::Fail(Failure::BodyInvalid));
                };
                *offset = end;
                *size = block.size.min(*size);
            }
            Code::CONTINUE => return Some(Step::Fail(Failure::BodyInvalid)),
            _ => return None,
        }
        Some(Step::Continue)
    }
}

impl Download {
    /// Takes the first block of a body, which is held already. The block has the size that it names.
    pub(super) fn begin(message: &Message<'_>, block: BlockOption) -> Self {
        Self {
            code: message.code,
            options: message.options.into(),
            body: message.payload.into(),
            size: block.size,
        }
    }

    fn etag(&self) -> Option<&[u8]> {
        self.options.options().first(OptionNumber::ETAG)
    }
}

/// A block option as it may stand in a datagram; `None` where it is missing or not allowed.
pub(super) fn block(message: &Message<'_>, number: OptionNumber) -> Option<BlockOption> {
    let block = BlockOption::parse(message.options.first(number)?)?;
    (block.size != BlockSize::BERT).then_some(block)
}

/// Whether the payload is as long as its block option says.
pub(super) fn fits(block: &BlockOption, payload: &[u8]) -> bool {
    let size = block.size.bytes();
    if block.more {
        payload.len() == size
    } else {
        payload.len() <= size
    }
}

impl Outgoing {
    /// A request whose message is still to be composed.
    pub(super) fn request(peer: PeerKey, transfer: Transfer) -> Self {
        let kind = Kind::Request {
            token: Token::EMPTY,
            transfer: Some(Box::new(transfer)),
        };
        Self::new(peer, kind, true, Vec::new())
    }
}

impl Endpoint {
    /// Decides what to do about the response of a request.
    pub(super) fn step(&mut self, index: u32, message: &Message<'_>) -> Step {
        let tag = self.tag();
        let config = &self.config;
        let Some(outgoing) = self.outgoing.get_mut(index) else {
            return Step::Deliver;
        };
        let key = outgoing.peer;
        let Kind::Request { token, transfer } = &mut outgoing.kind else {
            return Step::Deliver;
        };
        let echo = message.options.first(OptionNumber::ECHO);
        let block2 = message.options.first(OptionNumber::BLOCK2);
        let rejected = message.code == Code::REQUEST_ENTITY_TOO_LARGE;
        if transfer.is_none() {
            if echo.is_none() && block2.is_none() && !rejected {
                return Step::Deliver;
            }
            *transfer = Transfer::of(&outgoing.datagram).map(Box::new);
        }
        let Some(transfer) = transfer else {
            return Step::Deliver;
        };
        if let Some(echo) = echo {
            if message.code != Code::UNAUTHORIZED {
                self.echoes.remember(key, echo);
            } else if !transfer.echo_tried {
                transfer.echo_tried = true;
                transfer.echo = Some(echo.into());
                return Step::Continue;
            }
        }
        if let Some(step) = transfer.upload_step(message, tag, config.max_block_restarts) {
            return step;
        }
        let further = matches!(&transfer.stage, Stage::Download(download) if !download.body.is_empty());
        // A block that is not there any more: the body has become shorter, or is not kept.
        let gone = further
            && matches!(message.code, Code::BAD_REQUEST | Code::REQUEST_ENTITY_INCOMPLETE)
            && matches!(transfer.code, Code::GET | Code::FETCH);
        if !gone && (block2.is_none() || !message.code.is_success()) {
            return Step::Deliver;
        }
        let block = block(message, OptionNumber::BLOCK2).filter(|block| fits(block, message.payload));
        let changed = match &transfer.stage {
            Stage::Download(download) => {
                further && download.etag() != message.options.first(OptionNumber::ETAG)
            }
            _ => false,
        };
        if gone || changed {
            if transfer.restarts >= config.max_block_restarts {
                return Step::Fail(Failure::BodyChanged);
            }
            transfer.restarts += 1;
            if let Stage::Download(download) = &mut transfer.stage {
                let held = download.body.len();
                download.body = Vec::new();
                transfer.held -= held;
                self.bodies.shrink(&mut self.peers, &key, held);
            }
            if gone || block.is_some_and(|block| block.number > 0) {
                return Step::Continue;
            }
        }
        let Some(block) = block else {
            return Step::Fail(Failure::BodyInvalid);
        };
        let begun = matches!(&transfer.stage, Stage::Download(download) if !download.body.is_empty());
        if !begun && block.number == 0 && !block.more {
            // The whole body in one block.
            return Step::Deliver;
        }
        let length = match &transfer.stage {
            Stage::Download(download) => download.body.len(),
            _ => 0,
        };
        let announced = message
            .options
            .first(OptionNumber::SIZE2)
            .and_then(crate::coap::uint);
        let too_large = length + message.payload.len() > config.max_body
            || announced.is_some_and(|announced| announced as usize > config.max_body);
        if block.offset() != length {
            return Step::Fail(Failure::BodyInvalid);
        }
        if too_large
            || !self
                .bodies
                .grow(config, &mut self.peers, key, message.payload.len())
        {
            return Step::Fail(Failure::BodyTooLarge);
        }
        transfer.held += message.payload.len();
        match &mut transfer.stage {
            Stage::Download(download) if begun => {
                if block.size > download.size {
                    return Step::Fail(Failure::BodyInvalid);
                }
                download.size = block.size;
                download.body.extend_from_slice(message.payload);
            }
            stage => {
                *stage = Stage::Download(Download::begin(message, block));
                transfer.observed.get_or_insert(*token);
            }
        }
        if block.more {
            Step::Continue
        } else {
            Step::DeliverBody
        }
    }

    /// Writes the next message of a transfer, under a token of its own: an older response never matches it.
    pub(super) fn compose(&mut self, outgoing: &mut Outgoing, fresh: Token) {
        let Kind::Request {
            token,
            transfer: Some(transfer),
        } = &mut outgoing.kind
        else {
            return;
        };
        *token = fresh;
        self.extra.clear();
        let mut payload = transfer.payload.as_slice();
        let mut omitted = None;
        match &transfer.stage {
            Stage::Whole => {}
            Stage::Upload { offset, size } => {
                let rest = payload.get(*offset..).unwrap_or_default();
                let block = BlockOption {
                    number: (*offset / size.bytes()) as u32,
                    more: rest.len() > size.bytes(),
                    size: *size,
                };
                self.extra.push_uint(OptionNumber::BLOCK1, block.to_u32());
                if *offset == 0 {
                    self.extra.push_uint(OptionNumber::SIZE1, payload.len() as u32);
                }
                payload = rest.get(..size.bytes()).unwrap_or(rest);
                outgoing.confirmable = true;
            }
            Stage::Download(download) => {
                let block = BlockOption {
                    number: (download.body.len() / download.size.bytes()) as u32,
                    more: false,
                    size: download.size,
                };
                self.extra.push_uint(OptionNumber::BLOCK2, block.to_u32());
                omitted = Some(OptionNumber::OBSERVE);
                if transfer.uploaded {
                    payload = &[];
                }
                outgoing.confirmable = true;
            }
        }
        if let Some(echo) = &transfer.echo {
            self.extra.push(OptionNumber::ECHO, echo);
        }
        if let Some(tag) = &transfer.tag {
            self.extra.push(OptionNumber::REQUEST_TAG, tag);
        }
        let head = Head {
            message_type: message_type(outgoing.confirmable),
            code: transfer.code,
            id: 0,
            token: fresh.as_bytes(),
        };
        outgoing.datagram.clear();
        head.write_message(
            &mut outgoing.datagram,
            transfer.options.options(),
            self.extra.options(),
            omitted,
            payload,
        );
    }

    /// Sends the next message of a transfer.
    pub(super) fn continue_transfer(&mut self, now: crate::time::Instant, index: u32) {
        let fresh = self.tokens.unused(&mut self.random);
        // Out of its place while it is composed, so that the endpoint's buffers are free.
        let Some(place) = self.outgoing.get_mut(index) else {
            return;
        };
        let Kind::Request { token, .. } = &place.kind else {
            return;
        };
        let old = *token;
        let blank = Outgoing::new(place.peer, Kind::Ping, true, Vec::new());
        let mut outgoing = core::mem::replace(place, blank);
        self.compose(&mut outgoing, fresh);
        if let Some(place) = self.outgoing.get_mut(index) {
            *place = outgoing;
        }
        self.tokens.remove(old, index);
        self.tokens.insert(fresh, index);
        self.launch(now, index);
    }
}
