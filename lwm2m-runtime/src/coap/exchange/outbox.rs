use alloc::{collections::VecDeque, vec::Vec};

use super::Peer;

/// A datagram to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transmit<'a> {
    /// Where to.
    pub peer: Peer,
    /// Its bytes.
    pub datagram: &'a [u8],
}

/// Datagrams that wait to be sent, behind each other in one buffer.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    queue: VecDeque<(Peer, usize, usize)>,
    start: usize,
}

/// Bytes of the buffer kept when all is sent.
const KEPT: usize = 64 * 1024;

impl Outbox {
    /// The buffer to append a datagram to; [`finish`](Self::finish) ends it.
    pub(super) fn begin(&mut self) -> &mut Vec<u8> {
        if self.queue.is_empty() {
            self.bytes.clear();
            if self.bytes.capacity() > KEPT {
                self.bytes = Vec::new();
            }
        }
        self.start = self.bytes.len();
        &mut self.bytes
    }

    pub(super) fn finish(&mut self, peer: Peer) {
        self.queue.push_back((peer, self.start, self.bytes.len()));
    }

    pub(super) fn push(&mut self, peer: Peer, datagram: &[u8]) {
        self.begin().extend_from_slice(datagram);
        self.finish(peer);
    }

    /// The datagram begun or finished last.
    pub(super) fn last(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Forgets the datagram begun last.
    pub(super) fn discard(&mut self) {
        self.bytes.truncate(self.start);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn pop(&mut self) -> Option<Transmit<'_>> {
        let (peer, start, end) = self.queue.pop_front()?;
        Some(Transmit {
            peer,
            datagram: self.bytes.get(start..end)?,
        })
    }
}
