//! Requests, responses and notifications with any number of peers of a datagram socket: the message layer and the
//! request layer of CoAP (RFC 7252, sections 4 and 5), without a socket, a clock or a random source.
//!
//! | file | what |
//! |---|---|
//! | `endpoint` | [`Endpoint`], its queues and its time |
//! | `receive` | a datagram finds what it belongs to |
//! | `request` | requests of this side, and pings |
//! | `transfer` | their bodies in blocks, both directions, and Echo |
//! | `serve` | requests of peers |
//! | `assembly` | their bodies, received by Block1 |
//! | `respond` | responses, piggybacked and separate |
//! | `slices` | bodies served by Block2 |
//! | `notify` | notifications, sent and received |
//! | `notified` | those that may be reset yet |
//! | `outgoing` | what is repeated until it is acknowledged |
//! | `recent`, `shares` | deduplication, and how much of it is whose |
//! | `message_ids`, `echo`, `peers`, `budget`, `outbox`, `encode` | what these share |

mod assembly;
mod budget;
mod config;
mod counters;
mod echo;
mod encode;
mod endpoint;
mod event;
mod message_ids;
mod notified;
mod notify;
mod outbox;
mod outgoing;
mod peer;
mod peers;
mod receive;
mod recent;
mod request;
mod respond;
mod serve;
mod shares;
mod slices;
mod token;
mod transfer;

pub use assembly::{BodyId, BodyPart};
pub use config::{EndpointConfig, TransmissionParameters};
pub use counters::Counters;
pub use endpoint::Endpoint;
pub use event::{Event, Failure};
pub use notify::{Notification, NotificationId, NotifyError, Unmatched, UnmatchedHandle};
pub use outbox::Transmit;
pub use peer::Peer;
pub use receive::{IncomingRequest, IncomingResponse, Received};
pub use request::{ExchangeId, Progress, Request, RequestError};
pub use respond::{RespondError, Responder, Response};
pub use slices::RequestKey;
pub use token::PeerToken;
