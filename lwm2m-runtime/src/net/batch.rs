use core::net::{IpAddr, SocketAddr};
use std::{
    io::{self, IoSliceMut},
    vec::Vec,
};

use quinn_udp::{BATCH_SIZE, RecvMeta};

/// A datagram that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received<'a> {
    /// Who sent it.
    pub from: SocketAddr,
    /// To which address of this host; the answer is to leave from it. `None` where the system does not say.
    pub local: Option<IpAddr>,
    /// What it says.
    pub bytes: &'a [u8],
}

/// The bytes for one datagram, or for several that the system received as one: 64 KiB, and some lines of the cache so
/// that not all datagrams begin in the same part of it.
const SLOT: usize = 64 * 1024 + 192;

/// Memory for the datagrams that one call of [`Socket::receive`](super::Socket::receive) receives.
#[derive(Debug)]
pub struct Batch {
    bytes: Vec<u8>,
    slots: usize,
    meta: [RecvMeta; BATCH_SIZE],
    filled: usize,
}

impl Batch {
    /// As many datagrams as the system gives at once.
    pub const MAX: usize = BATCH_SIZE;

    /// Memory for some datagrams, 1 to [`MAX`](Self::MAX). It is 64 KiB for each, which systems give out as it is
    /// used.
    #[must_use]
    pub fn new(datagrams: usize) -> Self {
        let slots = datagrams.clamp(1, Self::MAX);
        Self {
            bytes: std::vec![0; slots * SLOT],
            slots,
            meta: [RecvMeta::default(); BATCH_SIZE],
            filled: 0,
        }
    }

    /// Has `receive` put datagrams into the slots.
    pub(super) fn fill(
        &mut self,
        receive: impl FnOnce(&mut [IoSliceMut<'_>], &mut [RecvMeta]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.filled = 0;
        let mut slots = self.bytes.chunks_exact_mut(SLOT);
        let mut buffers: [_; BATCH_SIZE] =
            core::array::from_fn(|_| IoSliceMut::new(slots.next().unwrap_or_default()));
        let buffers = buffers.get_mut(..self.slots).unwrap_or_default();
        self.filled = receive(buffers, &mut self.meta)?;
        Ok(self.filled)
    }

    /// The datagrams received last.
    pub fn iter(&self) -> impl Iterator<Item = Received<'_>> {
        let slots = self.bytes.chunks_exact(SLOT).zip(&self.meta).take(self.filled);
        slots.flat_map(|(slot, meta)| {
            let bytes = slot.get(..meta.len).unwrap_or_default();
            let from = shown(meta.addr);
            // The system may have put datagrams of equal length together.
            bytes.chunks(meta.stride.max(1)).map(move |bytes| Received {
                from,
                local: meta.dst_ip,
                bytes,
            })
        })
    }
}

/// An address of IPv4 as such, whatever the socket's family.
fn shown(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) => match v6.ip().to_ipv4_mapped() {
            Some(v4) => (v4, v6.port()).into(),
            None => address,
        },
        SocketAddr::V4(_) => address,
    }
}
