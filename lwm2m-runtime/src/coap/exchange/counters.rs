/// What happened to datagrams that gave the role nothing to do. Counts wrap never: they stop at their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Datagrams that were no message.
    pub malformed: u64,
    /// Messages received again.
    pub duplicates: u64,
    /// Messages repeated because no acknowledgement came.
    pub retransmissions: u64,
    /// Acknowledgements, resets and responses that belonged to nothing.
    pub unmatched: u64,
    /// Requests refused or dropped because of their options, method or blocks.
    pub refused: u64,
    /// Requests answered with 5.03 or dropped because a budget was used up.
    pub overloaded: u64,
    /// Bodies given up: blocks stopped coming, or the body was taken out to make room.
    pub abandoned_bodies: u64,
}

/// Counts one more.
pub(super) const fn count(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}
