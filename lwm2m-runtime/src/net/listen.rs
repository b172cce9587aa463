use core::net::SocketAddr;

use super::{Batch, Socket, SocketConfig, StartError, clock::Clock, socket::any_address, wire::Wire};

/// Where a role listens that never speaks first.
#[derive(Debug, Default)]
pub(super) struct Listen {
    pub(super) address: Option<SocketAddr>,
    /// Of every address, without one above.
    pub(super) port: Option<u16>,
    pub(super) socket: SocketConfig,
}

/// The port of CoAP without security.
const COAP_PORT: u16 = 5683;

/// Room for some 10,000 small datagrams: what a large fleet sends while the task does something else.
const RECEIVE_BUFFER: usize = 8 << 20;

impl Listen {
    /// The wire, and the address that it is bound to.
    pub(super) fn open(self) -> Result<(Wire, SocketAddr), StartError> {
        let address = self
            .address
            .unwrap_or_else(|| any_address(self.port.unwrap_or(COAP_PORT)));
        let config = SocketConfig {
            receive_buffer: self.socket.receive_buffer.or(Some(RECEIVE_BUFFER)),
            ..self.socket
        };
        let socket = Socket::bind(address, &config).map_err(|error| StartError::Bind { address, error })?;
        let local = socket.local_address();
        let wire = Wire::new(socket, Batch::new(Batch::MAX), Clock::new()).answering();
        Ok((wire, local))
    }
}
