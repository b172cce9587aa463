use core::time::Duration;
use std::time;

use crate::time::Instant;

/// The system's clock as the engines count: milliseconds since the clock was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: time::Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            start: time::Instant::now(),
        }
    }

    pub(super) fn now(&self) -> Instant {
        let millis = self.start.elapsed().as_millis();
        Instant::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }

    /// When the system's clock shows an instant; `None` beyond its end.
    pub(super) fn deadline(&self, at: Instant) -> Option<time::Instant> {
        self.start.checked_add(Duration::from_millis(at.as_millis()))
    }
}

/// A seed from the system's random source.
///
/// # Errors
///
/// When the system has none.
pub(super) fn seed() -> Result<u128, getrandom::Error> {
    let mut seed = [0; 16];
    getrandom::fill(&mut seed)?;
    Ok(u128::from_ne_bytes(seed))
}
