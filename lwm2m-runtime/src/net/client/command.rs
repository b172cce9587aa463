use std::{boxed::Box, io, net::SocketAddr, string::String, vec::Vec};

use tokio::sync::oneshot;

use super::{
    ClientError, ClientEvents, ClientTrouble, SendBody,
    card::{Card, CardData},
};
use crate::{
    client::{BootstrapState, State, Ticket},
    net::ServerUri,
    operation::Status,
    tree::Tree,
};

/// What the handles of a client ask of the task that owns its engine.
pub(super) enum Command {
    /// Does something to the instances.
    Change(Box<dyn FnOnce(&mut Tree) + Send>),
    /// Sends values; the reply comes when the servers have taken or refused them.
    Send {
        /// `None` for every one that wants some.
        server: Option<u16>,
        body: SendBody,
        reply: oneshot::Sender<Result<(), ClientError>>,
    },
    /// Waits for a registration.
    Registered {
        reply: oneshot::Sender<u16>,
    },
    State {
        server: u16,
        reply: oneshot::Sender<Option<State>>,
    },
    Register {
        server: u16,
    },
    Update {
        server: u16,
    },
    Deregister {
        server: u16,
    },
    /// A short message that the device's modem has received; whether it was followed.
    SmsTrigger {
        from: String,
        user_data: Vec<u8>,
        reply: oneshot::Sender<bool>,
    },
    Complete {
        ticket: Ticket,
        status: Status,
        reply: oneshot::Sender<bool>,
    },
    Events {
        reply: oneshot::Sender<ClientEvents>,
    },
    Troubles {
        reply: oneshot::Sender<ClientEvents<ClientTrouble>>,
    },
    Bootstrap {
        reply: oneshot::Sender<bool>,
    },
    BootstrapState {
        reply: oneshot::Sender<BootstrapState>,
    },
    /// Waits for an account.
    Configured {
        reply: oneshot::Sender<()>,
    },
    /// The addresses of a server were looked up.
    Resolved {
        server: u16,
        uri: ServerUri,
        addresses: io::Result<Vec<SocketAddr>>,
    },
    /// The smartcard is to be read.
    CheckSmartcard,
    /// It was.
    Smartcard {
        card: Card,
        data: CardData,
    },
    Stop,
}
