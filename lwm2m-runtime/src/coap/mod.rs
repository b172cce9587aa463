//! Floor 1: the Constrained Application Protocol, as far as LwM2M needs it, over datagrams and over streams.
//!
//! | file | what | specification |
//! |---|---|---|
//! | `code` | methods, response and signalling codes | RFC 7252 section 12.1, RFC 8132, RFC 8323 |
//! | `option` | option numbers and their properties | RFC 7252 section 5.10 |
//! | `token` | tokens of up to 8 bytes | RFC 7252 section 5.3.1 |
//! | `message` | a message of a datagram transport, read and written | RFC 7252 section 3, RFC 8974 |
//! | `option_buffer` | options put together to be sent | RFC 7252 section 3.1 |
//! | `stream` | frames and signalling of a reliable transport | RFC 8323 |
//! | `block` | the Block1 and Block2 options | RFC 7959 |
//! | `observe` | the order of notifications | RFC 7641 section 3.4 |
//! | `exchange` | requests, responses and notifications with any number of peers of a datagram socket | RFC 7252 section 4 |
//!
//! A [`Message`] borrows from the datagram and is valid once it exists: its options are within bounds and in order.

mod block;
mod code;
mod exchange;
mod message;
mod observe;
mod option;
mod option_buffer;
mod options;
mod stream;
mod token;

pub use block::{BlockOption, BlockSize};
pub use code::{Code, CodeClass};
pub use exchange::{
    BodyId, BodyPart, Counters, Endpoint, EndpointConfig, Event, ExchangeId, Failure, IncomingRequest,
    IncomingResponse, Notification, NotificationId, NotifyError, Peer, PeerToken, Progress, Received,
    Request, RequestError, RequestKey, RespondError, Responder, Response, TransmissionParameters, Transmit,
    Unmatched, UnmatchedHandle,
};
pub use message::{Message, MessageBuilder, MessageError, MessageType, peek_id};
pub use observe::ObserveOrder;
pub use option::OptionNumber;
pub use option_buffer::OptionBuffer;
pub(crate) use options::with_uint;
pub use options::{OptionValue, Options, uint};
pub use stream::{Frame, FrameBuilder, FrameError};
pub use token::Token;
