use core::net::SocketAddr;
use std::collections::HashMap;

use crate::client::{BOOTSTRAP_SERVER, Event};

/// With which of its addresses each server is tried: an attempt that fails is followed by one with the next address.
///
/// [`Client`](super::Client) does so; a loop of one's own around [`client::Client`](crate::client::Client) asks here when it
/// is to connect.
///
/// ```
/// use lwm2m_runtime::{
///     client::{Event, RegistrationFailure},
///     net::Attempts,
/// };
///
/// let addresses = ["192.0.2.1:5683".parse()?, "[2001:db8::1]:5683".parse()?];
/// let mut attempts = Attempts::default();
/// assert_eq!(attempts.choose(101, &addresses), Some(addresses[0]));
/// attempts.note(&Event::RegistrationFailed { server: 101, failure: RegistrationFailure::Disconnected });
/// assert_eq!(attempts.choose(101, &addresses), Some(addresses[1]));
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Attempts {
    /// How many have failed. Servers of which none has are left out.
    failed: HashMap<u16, usize>,
}

impl Attempts {
    /// Takes note of an event of the engine: every one is to pass by here.
    pub fn note(&mut self, event: &Event) {
        let server = match event {
            Event::RegistrationFailed { server, .. } => *server,
            Event::BootstrapFailed { .. } => BOOTSTRAP_SERVER,
            _ => return,
        };
        let failed = self.failed.entry(server).or_default();
        *failed = failed.wrapping_add(1);
    }

    /// The address for the next attempt; `None` only without any.
    #[must_use]
    pub fn choose(&self, server: u16, addresses: &[SocketAddr]) -> Option<SocketAddr> {
        let failed = self.failed.get(&server).copied().unwrap_or_default();
        let turn = failed.checked_rem(addresses.len())?;
        addresses.get(turn).copied()
    }
}
