use std::{io, string::String, sync::Arc, vec::Vec};

use super::StorageError;
use crate::{model::Path, net::UriError, operation::Transport};

/// What a client cannot do, beside what its engine tells as [`Event`](crate::client::Event)s. None of it ends the client.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ClientTrouble {
    /// The URI of a server is not one that this client can use. It may have come from a bootstrap server.
    Uri {
        /// Its Short Server ID, or [`BOOTSTRAP_SERVER`](crate::client::BOOTSTRAP_SERVER).
        server: u16,
        /// The URI.
        uri: String,
        /// Why.
        error: UriError,
    },
    /// A server wants a transport that this client does not have.
    Transport {
        /// Its Short Server ID, or [`BOOTSTRAP_SERVER`](crate::client::BOOTSTRAP_SERVER).
        server: u16,
        /// Which.
        transport: Transport,
    },
    /// The address of a server cannot be found.
    Lookup {
        /// Its Short Server ID, or [`BOOTSTRAP_SERVER`](crate::client::BOOTSTRAP_SERVER).
        server: u16,
        /// Why.
        error: Arc<io::Error>,
    },
    /// A server has no address that the client's socket can send to: an IPv6 address, and a socket of IPv4.
    Unreachable {
        /// Its Short Server ID, or [`BOOTSTRAP_SERVER`](crate::client::BOOTSTRAP_SERVER).
        server: u16,
    },
    /// The smartcard cannot be read, or has what the client does not take: it provides nothing.
    Smartcard {
        /// Why, in words.
        reason: String,
    },
    /// Something of what was kept is not there any more: the program does not have it, or not in that type.
    NotRestored {
        /// Objects, instances, resources or resource instances.
        lost: Vec<Path>,
    },
    /// What has changed is not kept. It is tried again, after 200 ms at first and ten minutes at last.
    NotKept {
        /// Why.
        error: StorageError,
    },
    /// What was not kept is kept now.
    KeptAgain,
}
