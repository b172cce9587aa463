//! Where servers are.

use std::{
    cell::RefCell,
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use lwm2m_runtime::net::ServerUri;

/// The addresses of servers by their URIs, for all devices.
#[derive(Debug, Default)]
pub(crate) struct Lookups(RefCell<HashMap<String, (Instant, Vec<SocketAddr>)>>);

/// How long addresses are good.
const GOOD: Duration = Duration::from_secs(60);

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
        let entry = (Instant::now(), addresses.clone());
        self.0.borrow_mut().insert(uri.to_owned(), entry);
        Ok(addresses)
    }
}
