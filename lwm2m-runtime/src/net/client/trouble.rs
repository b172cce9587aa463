use core::fmt;
use std::{io, string::String, sync::Arc, vec::Vec};

use super::StorageError;
use crate::{
    client::BOOTSTRAP_SERVER,
    model::{Excerpt, Path},
    net::UriError,
    operation::Transport,
};

/// What a client cannot do, beside what its engine tells as [`Event`](crate::client::Event)s. None of it ends the client;
/// as text it says what to do.
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

impl fmt::Display for ClientTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uri { server, uri, error } => {
                write!(f, "{} has the URI \"{}\": {error}", Whose(*server), Excerpt(uri))
            }
            Self::Transport { server, transport } => {
                let whose = Whose(*server);
                write!(
                    f,
                    "{whose} is to be reached over {transport:?}, and this client has UDP alone; give it a binding of U"
                )
            }
            Self::Lookup { server, error } => {
                write!(
                    f,
                    "the address of {} cannot be found: {error}; look at its URI",
                    Whose(*server)
                )
            }
            Self::Unreachable { server } => {
                let whose = Whose(*server);
                write!(
                    f,
                    "{whose} has no address that the client can send to; bind to [::], which has both IP versions"
                )
            }
            Self::Smartcard { reason } => write!(f, "the smartcard provides nothing: {reason}"),
            Self::NotRestored { lost } => {
                f.write_str("of what was kept the program does not have, or not in that type:")?;
                lost.iter()
                    .take(SHOWN)
                    .try_for_each(|path| write!(f, " {path}"))?;
                match lost.len().saturating_sub(SHOWN) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::NotKept { error } => {
                write!(f, "what has changed is not kept: {error}; it is tried again")
            }
            Self::KeptAgain => f.write_str("what has changed is kept again"),
        }
    }
}

/// Paths that a text names; of the others it has the number.
const SHOWN: usize = 8;

/// A server as people call it.
struct Whose(u16);

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            BOOTSTRAP_SERVER => f.write_str("the bootstrap server"),
            server => write!(f, "server {server}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;

    #[test]
    fn a_trouble_says_whose_it_is_and_what_to_do() {
        let uri = ClientTrouble::Uri {
            server: 7,
            uri: "coaps://evil\n".into(),
            error: UriError::Secure,
        };
        assert_eq!(
            uri.to_string(),
            "server 7 has the URI \"coaps://evil\\n\": coaps:// needs DTLS, which is not there yet; use coap://"
        );
        let unreachable = ClientTrouble::Unreachable {
            server: BOOTSTRAP_SERVER,
        };
        assert_eq!(
            unreachable.to_string(),
            "the bootstrap server has no address that the client can send to; bind to [::], which has both IP versions"
        );
    }

    #[test]
    fn however_much_is_lost_a_few_paths_stand_for_it() {
        let lost = |count: u16| ClientTrouble::NotRestored {
            lost: (0..count).map(|id| Path::instance(3303, id)).collect(),
        };
        assert!(lost(1).to_string().ends_with("type: /3303/0"), "{}", lost(1));
        assert!(
            lost(10).to_string().ends_with("/3303/7 and 2 more"),
            "{}",
            lost(10)
        );
        assert_eq!(lost(60_000).to_string().matches("/3303/").count(), 8);
    }
}
