use alloc::{boxed::Box, vec::Vec};

use super::{ObservationId, RegistrationId, RequestId};
use crate::{
    coap,
    encoding::ContentFormat,
    model::Path,
    operation::{Payload, Response, Status},
};

/// What happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A client has registered. It can be asked from now on.
    Registered {
        /// Its registration.
        registration: RegistrationId,
        /// The registration of the same endpoint that is over thereby. Its requests have failed; its observations go
        /// on under the new registration and are being set up again.
        replaced: Option<RegistrationId>,
    },
    /// A client has updated its registration.
    Updated {
        /// Which.
        registration: RegistrationId,
        /// What is different.
        changes: Changes,
    },
    /// A registration is over. Its requests and observations are, too: their events came before this one.
    Ended {
        /// Which.
        registration: RegistrationId,
        /// The endpoint client name.
        endpoint: Box<str>,
        /// Why.
        reason: EndReason,
    },
    /// A client has answered a request.
    Response {
        /// Which.
        request: RequestId,
        /// Whose.
        registration: RegistrationId,
        /// The answer, which may say that the client refuses.
        answer: Answer,
    },
    /// A request has no answer, and will have none.
    Failed {
        /// Which.
        request: RequestId,
        /// Whose.
        registration: RegistrationId,
        /// Why.
        failure: Failure,
    },
    /// An observation is set up, or set up again after a Register or at a new address.
    ObservationStarted {
        /// Which.
        observation: ObservationId,
        /// Whose.
        registration: RegistrationId,
        /// The first value, which is the first notification, too.
        answer: Answer,
    },
    /// A client has notified.
    Notification {
        /// Of which observation.
        observation: ObservationId,
        /// Whose.
        registration: RegistrationId,
        /// The number that orders notifications, of 24 bits. Those that were overtaken never come here.
        number: u32,
        /// What the client says.
        answer: Answer,
    },
    /// An observation is over.
    ObservationEnded {
        /// Which.
        observation: ObservationId,
        /// Whose.
        registration: RegistrationId,
        /// Why.
        reason: ObservationEnd,
    },
    /// A client has sent values that were not asked for.
    Send {
        /// Whose.
        registration: RegistrationId,
        /// Their format.
        format: ContentFormat,
        /// The values with their paths, and perhaps several times. They are well formed; types are not checked.
        payload: Vec<u8>,
    },
}

/// What a client has answered: an owned [`Response`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How the operation ended.
    pub status: Status,
    /// What was asked for, and its format, which may be another one than was asked for.
    pub payload: Option<(ContentFormat, Vec<u8>)>,
    /// The instance that a Create made, where the client chose its identifier.
    pub created: Option<Path>,
}

impl Answer {
    /// The answer as borrowed words.
    #[must_use]
    pub fn response(&self) -> Response<'_> {
        let payload = self.payload.as_ref();
        Response {
            status: self.status,
            payload: payload.map(|(format, bytes)| Payload::new(*format, bytes)),
            created: self.created,
        }
    }
}

impl From<Response<'_>> for Answer {
    fn from(response: Response<'_>) -> Self {
        let payload = response.payload;
        Self {
            status: response.status,
            payload: payload.map(|payload| (payload.format, payload.bytes.into())),
            created: response.created,
        }
    }
}

/// What an Update has changed. Nothing, where it only refreshed the lifetime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Changes {
    /// The address, or the security session.
    pub peer: bool,
    /// The lifetime.
    pub lifetime: bool,
    /// The binding, or queue mode.
    pub binding: bool,
    /// The number for short messages.
    pub sms: bool,
    /// The list of objects, their versions, the alternate path, the formats, or the profile identifiers.
    pub objects: bool,
}

impl Changes {
    /// Whether anything is different.
    #[must_use]
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

/// Why a registration is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndReason {
    /// The client has de-registered.
    Deregistered,
    /// There was no Update within the lifetime.
    Expired,
    /// The client has registered again.
    Replaced,
    /// Another endpoint has registered from the same address and session.
    AddressTaken,
    /// This side ended it by [`Server::remove`](super::Server::remove).
    Removed,
}

/// Why a request has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// The exchange of messages failed: a time-out, a reset, a body that does not fit.
    Exchange(coap::Failure),
    /// The request did not go out: budgets of the exchange of messages are used up.
    NotSent(coap::RequestError),
    /// The response has a code that no response has.
    InvalidResponse,
    /// The client got a new address while it was asked, and asking twice is not the same as asking once (Execute,
    /// Create, Delete): it may have done it or not.
    AddressChanged,
    /// The client has registered again with a version of LwM2M that does not have what was asked.
    Unavailable,
    /// It has waited for [`queue_timeout`](super::ServerConfig::queue_timeout), and was never sent.
    Expired,
    /// The registration is over.
    Ended(EndReason),
}

/// Why an observation is over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObservationEnd {
    /// It was [cancelled](super::Server::cancel_observation).
    Cancelled,
    /// The client refused it, or ended it with an error.
    Refused(Status),
    /// The client answered as if it had been read: it does not observe this.
    NotObserved(Answer),
    /// It could not be set up.
    Failed(Failure),
    /// The registration is over.
    Ended(EndReason),
}
