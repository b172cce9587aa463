use super::{BodyId, ExchangeId, NotificationId, Peer, PeerToken};

/// Something that happened by itself, or because of a message that carries nothing for the role.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A request got no response. This is its end.
    Failed {
        /// Which.
        exchange: ExchangeId,
        /// Whom it was for.
        peer: Peer,
        /// Why.
        failure: Failure,
    },
    /// A ping was answered: the peer is there.
    Pong {
        /// Which.
        exchange: ExchangeId,
        /// Whose.
        peer: Peer,
    },
    /// A confirmable notification was acknowledged.
    Delivered {
        /// Which.
        notification: NotificationId,
        /// By whom.
        peer: Peer,
    },
    /// A notification was rejected or not acknowledged: the observation is over (RFC 7641, sections 3.6 and 4.5).
    Unobserved {
        /// By whom.
        peer: Peer,
        /// The observation's token.
        token: PeerToken,
        /// [`Failure::Reset`], [`Failure::TimedOut`] or [`Failure::Closed`].
        failure: Failure,
    },
    /// A separate response was rejected or not acknowledged.
    ResponseLost {
        /// By whom.
        peer: Peer,
        /// The request's token.
        token: PeerToken,
        /// [`Failure::Reset`], [`Failure::TimedOut`] or [`Failure::Closed`].
        failure: Failure,
    },
    /// The blocks of a streamed body stopped coming before the last one.
    BodyAbandoned {
        /// Which.
        body: BodyId,
        /// Whose.
        peer: Peer,
    },
}

/// Why something got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// No answer within the time, after all repetitions.
    TimedOut,
    /// The peer rejected the message.
    Reset,
    /// This side closed the peer's session or cancelled.
    Closed,
    /// The response has a critical option that is not understood.
    BadOption,
    /// The response's body is larger than the budget for bodies has room for.
    BodyTooLarge,
    /// The body changed again and again while its blocks were fetched.
    BodyChanged,
    /// The blocks of the response do not fit together.
    BodyInvalid,
}
