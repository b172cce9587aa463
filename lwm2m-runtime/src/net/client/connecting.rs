use core::net::SocketAddr;
use std::{io, string::ToString, sync::Arc, vec::Vec};

use super::{ClientTrouble, command::Command, task::Task};
use crate::{coap::Peer, net::ServerUri, operation::Transport};

impl Task {
    /// Finds out the addresses of a server: at once where the URI has one, else beside everything else.
    pub(super) fn connect(&mut self, server: u16, uri: &str, transport: Transport) {
        // Sockets of datagrams are all that there is.
        if transport != Transport::Udp {
            self.outlets
                .trouble(ClientTrouble::Transport { server, transport });
            return self.unreachable(server);
        }
        let uri = match uri.parse::<ServerUri>() {
            Ok(uri) => uri,
            Err(error) => {
                let uri = uri.to_string();
                self.outlets.trouble(ClientTrouble::Uri { server, uri, error });
                return self.unreachable(server);
            }
        };
        self.sought.insert(server, uri.clone());
        if let Some(address) = uri.address() {
            return self.resolved(server, &uri, Ok([address].into()));
        }
        let Some(lookups) = self.lookups.upgrade() else {
            return self.unreachable(server);
        };
        let lookups = lookups.downgrade();
        tokio::spawn(async move {
            let addresses = uri.resolve().await;
            if let Some(lookups) = lookups.upgrade() {
                let command = Command::Resolved {
                    server,
                    uri,
                    addresses,
                };
                // A client that has stopped has no use for it.
                let _ = lookups.send(command).await;
            }
        });
    }

    pub(super) fn resolved(&mut self, server: u16, uri: &ServerUri, addresses: io::Result<Vec<SocketAddr>>) {
        // The server is elsewhere since.
        if self.sought.get(&server) != Some(uri) {
            return;
        }
        let mut addresses = match addresses {
            Ok(addresses) => addresses,
            Err(error) => {
                let error = Arc::new(error);
                self.outlets.trouble(ClientTrouble::Lookup { server, error });
                return self.unreachable(server);
            }
        };
        addresses.retain(|address| self.wire.reaches(*address));
        match self.attempts.choose(server, &addresses) {
            Some(address) => {
                let now = self.wire.now();
                self.device.client.connected(now, server, Peer::new(address));
            }
            None => {
                self.outlets.trouble(ClientTrouble::Unreachable { server });
                self.unreachable(server);
            }
        }
    }

    fn unreachable(&mut self, server: u16) {
        self.sought.remove(&server);
        let now = self.wire.now();
        self.device.client.disconnected(now, server);
    }
}
