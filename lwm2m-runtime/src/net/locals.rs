use core::net::{IpAddr, SocketAddr};
use std::collections::HashMap;

/// From which of this host's addresses each peer is spoken to: the one that the peer speaks to. A device takes what
/// comes from another one for a stranger's.
///
/// Most hosts are spoken to at one address, which is kept once; only peers that use another one are kept apart.
#[derive(Debug, Default)]
pub(super) struct Locals {
    /// The first address that was spoken to, by IPv4 and by IPv6.
    usual: [Option<IpAddr>; 2],
    others: HashMap<SocketAddr, IpAddr>,
}

/// Peers that are kept apart. Beyond, all are forgotten; each is known again by its next datagram.
const OTHERS: usize = 262_144;

impl Locals {
    /// A peer has spoken to an address.
    pub(super) fn heard(&mut self, peer: SocketAddr, local: IpAddr) {
        let Some(usual) = self.usual.get_mut(usize::from(peer.is_ipv6())) else {
            return;
        };
        if *usual.get_or_insert(local) == local {
            if !self.others.is_empty() {
                self.others.remove(&peer);
            }
            return;
        }
        if self.others.len() >= OTHERS && !self.others.contains_key(&peer) {
            self.others.clear();
        }
        self.others.insert(peer, local);
    }

    /// The address to speak to a peer from; `None` leaves it to the system.
    pub(super) fn of(&self, peer: SocketAddr) -> Option<IpAddr> {
        let usual = || self.usual.get(usize::from(peer.is_ipv6())).copied().flatten();
        match self.others.is_empty() {
            true => usual(),
            false => self.others.get(&peer).copied().or_else(usual),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_is_spoken_to_from_the_address_that_it_speaks_to() {
        let ip = |last| IpAddr::from([10, 0, 0, last]);
        let peer = |port| SocketAddr::from(([192, 0, 2, 1], port));
        let mut locals = Locals::default();
        assert_eq!(locals.of(peer(1)), None);
        locals.heard(peer(1), ip(1));
        locals.heard(peer(2), ip(2));
        assert_eq!(
            (locals.of(peer(1)), locals.of(peer(2))),
            (Some(ip(1)), Some(ip(2)))
        );
        locals.heard(peer(2), ip(1));
        assert_eq!(locals.of(peer(2)), Some(ip(1)));
        assert!(locals.others.is_empty());
        let v6 = SocketAddr::from(([0_u16; 8], 1));
        assert_eq!(locals.of(v6), None);
    }
}
