use core::net::SocketAddr;

use crate::random::Hasher;

/// Who is at the other end: an address, and the security session with it.
///
/// What belongs to one session is never matched with another one of the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer {
    /// Its transport address.
    pub address: SocketAddr,
    /// The number of its security session, given by whoever keeps sessions; 0 without security.
    pub session: u64,
}

impl Peer {
    /// A peer without a security session.
    #[must_use]
    pub const fn new(address: SocketAddr) -> Self {
        Self { address, session: 0 }
    }

    /// A hash that nobody without the seed of the hasher can make collide.
    pub(crate) fn hash(self, hasher: Hasher) -> u64 {
        let hasher = match self.address {
            SocketAddr::V4(address) => {
                hasher.number(u64::from(address.ip().to_bits()) << 16 | u64::from(address.port()))
            }
            SocketAddr::V6(address) => {
                let ip = address.ip().to_bits();
                hasher
                    .number((ip >> 64) as u64)
                    .number(ip as u64)
                    .number(u64::from(address.scope_id()) << 16 | u64::from(address.port()))
            }
        };
        hasher.number(self.session).finish()
    }
}

/// A peer with its hash, which is computed once for each call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PeerKey {
    pub(super) peer: Peer,
    pub(super) hash: u64,
}

impl PeerKey {
    pub(super) fn new(peer: Peer, hasher: Hasher) -> Self {
        Self {
            peer,
            hash: peer.hash(hasher),
        }
    }
}
