use core::time::Duration;

use crate::time::Instant;

/// Whether a notification is newer than those before it (RFC 7641, section 3.4): datagrams overtake each other.
///
/// ```
/// use lwm2m_runtime::{coap::ObserveOrder, time::Instant};
///
/// let mut order = ObserveOrder::new();
/// let now = Instant::from_millis(0);
/// assert!(order.accept(now, 0xff_ffff));
/// assert!(order.accept(now, 2), "the number has wrapped");
/// assert!(!order.accept(now, 1), "this one was overtaken");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObserveOrder {
    newest: Option<(u32, Instant)>,
}

/// After this time any number is newer.
const FRESH: Duration = Duration::from_secs(128);
const HALF: u32 = 1 << 23;
const MASK: u32 = (1 << 24) - 1;

impl ObserveOrder {
    /// Nothing seen yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { newest: None }
    }

    /// Whether a notification with this Observe value, received now, is newer than all accepted before; then it is
    /// the newest. Of the number 24 bits count.
    pub fn accept(&mut self, now: Instant, number: u32) -> bool {
        let number = number & MASK;
        let newer = self.newest.is_none_or(|(newest, at)| {
            let ahead = number.wrapping_sub(newest) & MASK;
            (ahead > 0 && ahead < HALF) || now > at + FRESH
        });
        if newer {
            self.newest = Some((number, now));
        }
        newer
    }
}
