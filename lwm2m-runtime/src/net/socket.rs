use core::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    task::{Context, Poll},
};
use std::io;

use quinn_udp::{Transmit, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Type};
use tokio::{io::Interest, net::UdpSocket};

use super::Batch;

/// What a [`Socket`] is asked of the operating system. What the system refuses of it is logged and done without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SocketConfig {
    /// Bytes of datagrams that wait to be received. `None`, the default, leaves it to the system, whose choice holds
    /// some hundred small datagrams: too few for a server with thousands of devices.
    pub receive_buffer: Option<usize>,
    /// Bytes of datagrams that wait to be sent. Default: the system's choice.
    pub send_buffer: Option<usize>,
    /// Whether other sockets of this program may have the same address, so that the system divides the peers among
    /// them (`SO_REUSEPORT`; on Linux, Android and FreeBSD only). Default: no.
    pub reuse_port: bool,
}

/// A UDP socket that receives many datagrams by one system call, where the system can.
///
/// On `[::]` it serves IPv4, too; addresses of IPv4 always show as such. An answer leaves from the address that the
/// question came to, if [`Received::local`](super::Received::local) is handed to [`send`](Self::send). Sending and receiving allocate nothing.
///
/// It is what [`Client`](super::Client) and [`Server`](super::Server) run on, and may carry an engine in a loop of
/// one's own.
#[derive(Debug)]
pub struct Socket {
    io: UdpSocket,
    state: UdpSocketState,
    local: SocketAddr,
}

impl Socket {
    /// A socket with an address; port 0 has the system choose one.
    ///
    /// # Errors
    ///
    /// What the system says: the address is in use, not this host's, or not permitted.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O enabled.
    pub fn bind(address: SocketAddr, config: &SocketConfig) -> io::Result<Self> {
        let domain = Domain::for_address(address);
        let socket = socket2::Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            // Systems differ in what they do unasked.
            socket.set_only_v6(false)?;
        }
        #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
        if config.reuse_port {
            socket.set_reuse_port(true)?;
        }
        if let Some(bytes) = config.receive_buffer {
            let result = socket.set_recv_buffer_size(bytes);
            let got = socket.recv_buffer_size();
            if result.is_err() || got.is_ok_and(|got| got < bytes) {
                tracing::debug!(bytes, "the system limits the receive buffer");
            }
        }
        if let Some(bytes) = config.send_buffer {
            if let Err(error) = socket.set_send_buffer_size(bytes) {
                tracing::debug!(bytes, %error, "the system limits the send buffer");
            }
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let io = UdpSocket::from_std(socket.into())?;
        let state = UdpSocketState::new(UdpSockRef::from(&io))?;
        let local = io.local_addr()?;
        Ok(Self { io, state, local })
    }

    /// The address that it is bound to, with its port.
    #[must_use]
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// Whether datagrams to an address can be sent at all: a socket of IPv4 reaches no IPv6, and one with an IPv6
    /// address of its own reaches no IPv4.
    #[must_use]
    pub fn reaches(&self, to: SocketAddr) -> bool {
        match self.local.ip() {
            IpAddr::V4(_) => to.is_ipv4(),
            IpAddr::V6(local) => to.is_ipv6() || local.is_unspecified(),
        }
    }

    /// Receives what has arrived, up to the batch's size. 0 when nothing has: then wait by
    /// [`poll_receivable`](Self::poll_receivable). What was in the batch is gone.
    ///
    /// # Errors
    ///
    /// What the system says, among it what became of datagrams sent earlier: none of it concerns those to come, and
    /// the next call may well succeed.
    pub fn receive(&self, batch: &mut Batch) -> io::Result<usize> {
        let received = self.io.try_io(Interest::READABLE, || {
            batch.fill(|buffers, meta| self.state.recv(UdpSockRef::from(&self.io), buffers, meta))
        });
        match received {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            received => received,
        }
    }

    /// Sends a datagram, from one of this host's addresses or from the one that the system takes. `Ok(false)` when the
    /// system has no room for it now: then wait by [`poll_sendable`](Self::poll_sendable).
    ///
    /// # Errors
    ///
    /// What the system says about this datagram, which is lost. The next one may be sent.
    pub fn send(&self, to: SocketAddr, from: Option<IpAddr>, datagram: &[u8]) -> io::Result<bool> {
        let transmit = Transmit {
            destination: self.native(to),
            ecn: None,
            contents: datagram,
            segment_size: None,
            src_ip: from,
        };
        let sent = self.io.try_io(Interest::WRITABLE, || {
            self.state.try_send(UdpSockRef::from(&self.io), &transmit)
        });
        match sent {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Waits until [`receive`](Self::receive) may have something. One task at a time.
    ///
    /// # Errors
    ///
    /// Only when the runtime shuts down.
    pub fn poll_receivable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.poll_recv_ready(context)
    }

    /// Waits until the system may have room for [`send`](Self::send). One task at a time.
    ///
    /// # Errors
    ///
    /// Only when the runtime shuts down.
    pub fn poll_sendable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.poll_send_ready(context)
    }

    /// An address as the socket's family writes it.
    fn native(&self, to: SocketAddr) -> SocketAddr {
        match to {
            SocketAddr::V4(to) if self.local.is_ipv6() => (to.ip().to_ipv6_mapped(), to.port()).into(),
            to => to,
        }
    }
}

/// The address on which every interface is reached by both IP versions, or by IPv4 where the host has no IPv6.
pub(super) fn any_address(port: u16) -> SocketAddr {
    let v6 = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
    match socket2::Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP)) {
        Ok(_) => v6,
        Err(_) => (Ipv4Addr::UNSPECIFIED, port).into(),
    }
}
