//! What the shell tells of connections: that there is one, or none, and what became of its security.

use super::{
    BOOTSTRAP_SERVER, Client,
    registration::{Step, transport},
};
use crate::{
    coap::Peer,
    model::{Path, ValueRef},
    time::Instant,
};

/// TLS-DTLS Alert Code of the Server object.
const ALERT_CODE: u16 = 11;

impl Client {
    /// There is a connection to a server, as [`Event::Connect`](super::Event::Connect) asked for: its datagrams come from
    /// this peer, and go there. Where there was another one, that is over, and the client registers again. Nothing happens
    /// where no connection is wanted.
    ///
    /// A server knows the peer from before: by its address, or by a security session that goes on or was resumed. For a
    /// security session that is new there is [`connected_anew`](Self::connected_anew).
    pub fn connected(&mut self, now: Instant, server: u16, peer: Peer) {
        if server == BOOTSTRAP_SERVER {
            return self.bootstrap_connected(now, peer);
        }
        let Some(index) = self.index_of(server) else {
            return;
        };
        let Some(session) = self.sessions.get_mut(index) else {
            return;
        };
        if session.peer == Some(peer) || !session.registration.wants_connection() {
            return;
        }
        let old = session.peer.replace(peer);
        session.registration.exchange = None;
        let step = session.registration.connected(now);
        if let Some(old) = old {
            self.close_peer(now, server, old);
        }
        self.drive(now, index, step);
    }

    /// The same with a security session that is neither resumed nor continued by its connection identifier: the client
    /// registers, where it otherwise might only update its registration (LwM2M Core 1.1, section 6.2).
    pub fn connected_anew(&mut self, now: Instant, server: u16, peer: Peer) {
        let of_server = self
            .sessions
            .iter_mut()
            .find(|session| session.server() == server);
        if let Some(session) = of_server {
            session.registration.require_register();
        }
        self.connected(now, server, peer);
    }

    /// There is no connection to a server: its address could not be found, no session was made, or it was lost. The
    /// client tries again as the Server object says. Notifications are stored meanwhile if `/1/x/6` wants it.
    pub fn disconnected(&mut self, now: Instant, server: u16) {
        if server == BOOTSTRAP_SERVER {
            return self.bootstrap_disconnected(now);
        }
        if let Some(index) = self.index_of(server) {
            self.disconnect(now, index);
        }
    }

    /// The device has another address of its own. Without a security session that survives it, servers have to be
    /// told by a new Register.
    pub fn moved(&mut self, now: Instant) {
        for index in 0..self.sessions.len() {
            if let Some(session) = self.sessions.get_mut(index) {
                let step = session.registration.moved();
                // Whatever is on its way came from the old address.
                if let Some(exchange) = session.registration.exchange.take_if(|_| step != Step::Wait) {
                    self.endpoint.cancel(now, exchange);
                }
                self.drive(now, index, step);
            }
        }
    }

    /// A server has ended or refused a security session by an alert, of which this is the description (RFC 8446, section
    /// 6): `/1/x/11` says so from now on. What follows is told by [`disconnected`](Self::disconnected).
    pub fn security_alert(&mut self, now: Instant, server: u16, alert: u8) {
        let account = self.sessions.iter().map(|session| &session.account);
        let Some(instance) = account
            .filter(|account| account.server == server)
            .map(|account| account.instance)
            .next()
        else {
            return;
        };
        let path = Path::resource(1, instance, ALERT_CODE);
        // A Server object of LwM2M 1.0 has no such resource.
        let _ = self.tree.set(path, ValueRef::Unsigned(alert.into()));
        self.settle(now);
    }

    /// The network to connect by, for [`Event::Connect`](super::Event::Connect): the instance of the APN Connection
    /// Profile object (11) that the server's account links to (`/1/x/10`), or where that does not exist, or has no
    /// transport that both sides have, the first alternative (`/1/x/24`) that does. `None` where the account does not say.
    #[must_use]
    pub fn connection_profile(&self, server: u16) -> Option<u16> {
        let session = self.sessions.get(self.index_of(server)?)?;
        let version = session.registration.version;
        let choice = transport::choice(&self.config, &self.tree, &session.account, version);
        transport::profile(&self.tree, &session.account, choice).map(|(instance, _)| instance)
    }
}
