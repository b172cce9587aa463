//! Where servers are.

use std::{cell::RefCell, collections::HashMap, net::SocketAddr, rc::Rc, time};

use lwm2m_runtime::{
    coap::Peer,
    net::{ServerUri, Socket},
    time::Instant,
};
use tokio::sync::mpsc;

use crate::{runner::Common, unit::Unit};

/// The addresses of servers by their URIs, for all devices.
#[derive(Debug, Default)]
pub(crate) struct Lookups(RefCell<HashMap<String, (time::Instant, Vec<SocketAddr>)>>);

/// How long addresses are good.
const GOOD: time::Duration = time::Duration::from_secs(60);

impl Lookups {
    /// What was found a while ago.
    pub(crate) fn known(&self, uri: &str) -> Option<Vec<SocketAddr>> {
        let known = self.0.borrow();
        let (at, addresses) = known.get(uri)?;
        (at.elapsed() < GOOD).then(|| addresses.clone())
    }

    /// Looks up the addresses, those of IPv4 first: names of this host may have both, and servers more often listen on
    /// IPv4 alone than on IPv6 alone.
    pub(crate) async fn find(&self, uri: &str) -> Result<Vec<SocketAddr>, String> {
        let parsed: ServerUri = uri.parse().map_err(|error| format!("{uri}: {error}"))?;
        let mut addresses = parsed
            .resolve()
            .await
            .map_err(|error| format!("{uri}: {error}; name a host that there is"))?;
        addresses.sort_by_key(SocketAddr::is_ipv6);
        let entry = (time::Instant::now(), addresses.clone());
        self.0.borrow_mut().insert(uri.to_owned(), entry);
        Ok(addresses)
    }
}

/// Where the server of a device is.
pub(crate) struct Found {
    pub(crate) index: usize,
    pub(crate) server: u16,
    pub(crate) addresses: Result<Vec<SocketAddr>, String>,
}

/// Connects a device to the one of a server's addresses whose turn it is.
pub(crate) fn connect(unit: &mut Unit, now: Instant, socket: &Socket, server: u16, addresses: &[SocketAddr]) {
    let mut addresses = addresses.to_vec();
    addresses.retain(|address| socket.reaches(*address));
    match unit.attempts.choose(server, &addresses) {
        Some(address) => unit.client.connected(now, server, Peer::new(address)),
        None => unit.client.disconnected(now, server),
    }
}

/// Looks up the addresses of a server, beside everything else.
pub(crate) fn look_up(
    common: Rc<Common>,
    finder: mpsc::UnboundedSender<Found>,
    index: usize,
    server: u16,
    uri: String,
) {
    tokio::task::spawn_local(async move {
        let addresses = common.lookups.find(&uri).await;
        // Where nobody waits any more, the devices have stopped.
        let _ = finder.send(Found {
            index,
            server,
            addresses,
        });
    });
}
