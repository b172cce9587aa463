use alloc::string::String;

use super::{BootstrapFailure, SendId, Ticket};
use crate::{
    coap::Failure,
    model::{Path, Version},
    operation::{Status, Transport},
};

/// What the device's program, or the shell around the engine, should know or do.
///
/// `server` is a Short Server ID throughout; in [`Connect`](Self::Connect) and [`Disconnect`](Self::Disconnect) it may be
/// [`BOOTSTRAP_SERVER`](super::BOOTSTRAP_SERVER).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Find out the address of a server's URI, and open a session if it wants one; then call
    /// [`Client::connected`](super::Client::connected), or [`Client::disconnected`](super::Client::disconnected) where
    /// that fails.
    Connect {
        /// Which server.
        server: u16,
        /// Its URI as the Security object has it, such as `coap://server.example.com:5683`.
        uri: String,
        /// What the whole session is to go over. Where the shell does not have it there is no connection.
        transport: Transport,
    },
    /// The engine has no more use for the session with a server.
    Disconnect {
        /// Which server.
        server: u16,
    },
    /// A server has taken the registration.
    Registered {
        /// Which server.
        server: u16,
        /// The version of LwM2M that both speak.
        version: Version,
    },
    /// An attempt to register, or to keep the registration, has failed. The state says what comes next; [`State::Failed`](super::State::Failed) means
    /// that it was the last one.
    RegistrationFailed {
        /// Which server.
        server: u16,
        /// Why.
        failure: RegistrationFailure,
    },
    /// A server has taken an Update.
    Updated {
        /// Which server.
        server: u16,
    },
    /// The registration with a server is over, as this side or the server wanted.
    Deregistered {
        /// Which server.
        server: u16,
    },
    /// The device should be bootstrapped: registration has failed where `/1/x/16` asks for it, or a server has executed
    /// `/1/x/9`. Without a server: there is no account at all. Where there is an account at a bootstrap server the client
    /// asks it.
    BootstrapNeeded {
        /// On whose account.
        server: Option<u16>,
    },
    /// The client has been configured by the bootstrap server, and registers with its servers. Store the tree now.
    /// `/1/x/12` (Last Bootstrapped) says when, if [`Client::set_unix_time`](super::Client::set_unix_time) was called.
    BootstrapFinished,
    /// A bootstrap has failed, and the configuration is what it was before it. The state says what comes next.
    BootstrapFailed {
        /// Why.
        failure: BootstrapFailure,
    },
    /// The account at the bootstrap server is gone, as its time-out `/0/x/12` has passed. Store the tree.
    BootstrapAccountRemoved,
    /// A Register or Update is due to a server whose account came from a smartcard: read the card again, and call
    /// [`Client::smartcard`](super::Client::smartcard), for which the message waits.
    CheckSmartcard {
        /// Which server.
        server: u16,
    },
    /// In queue mode: nothing has come or gone for the time that the client listens, and servers keep what they have to
    /// ask. The radio can be switched off, and off it can stay until [`Client::poll_timeout`](super::Client::poll_timeout).
    Asleep,
    /// In queue mode: something is to be sent, or has come. The radio is needed.
    Awake,
    /// A server has changed a value, or several below the path.
    Written {
        /// What.
        path: Path,
        /// Who.
        server: u16,
    },
    /// A server has created an instance.
    Created {
        /// Which.
        path: Path,
        /// Who.
        server: u16,
    },
    /// A server has deleted an instance or resource instance.
    Deleted {
        /// Which.
        path: Path,
        /// Who.
        server: u16,
    },
    /// The application has put off the answer of an Execute: [`Client::complete`](super::Client::complete) gives it.
    Deferred {
        /// Names the Execute.
        ticket: Ticket,
        /// What is executed.
        path: Path,
        /// Who asked.
        server: u16,
    },
    /// A server began to observe.
    ObservationStarted {
        /// What; the root for an Observe-Composite.
        path: Path,
        /// Who.
        server: u16,
    },
    /// An observation ended: it was cancelled or rejected, not acknowledged, or its target is gone.
    ObservationEnded {
        /// What; the root for an Observe-Composite.
        path: Path,
        /// Who.
        server: u16,
    },
    /// A server has taken a Send.
    Sent {
        /// Which.
        id: SendId,
        /// Which server.
        server: u16,
    },
    /// A server has not taken a Send, or has not answered.
    SendFailed {
        /// Which.
        id: SendId,
        /// Which server.
        server: u16,
        /// Why.
        failure: SendFailure,
    },
    /// [`Client::stop`](super::Client::stop) is done: no server has a registration of this client any more.
    Stopped,
}

/// Why an attempt to register, or to keep the registration, has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistrationFailure {
    /// There was no connection, or it was lost.
    Disconnected,
    /// The exchange has failed.
    Exchange(Failure),
    /// The server refuses: 4.00 for the parameters, 4.03 for the endpoint client name, 4.12 for all versions.
    Refused(Status),
    /// The server's answer makes no sense, as 2.01 without a location.
    Answer,
    /// The request cannot be sent: a name or a list is too long. Shorten it, or raise the limits of CoAP.
    Request,
}

/// Why a Send has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendFailure {
    /// The exchange has failed, or the session has ended before the answer.
    Exchange(Failure),
    /// The server refuses: 4.04 for an instance that is not registered, 4.00 or 4.15 for the payload.
    Refused(Status),
    /// The server's answer makes no sense.
    Answer,
}
