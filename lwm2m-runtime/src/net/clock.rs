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

/// The system's time of day in seconds since 1970; `None` for one before there was LwM2M 1.2, as on a device that does
/// not know yet what time it is.
pub(super) fn unix_time() -> Option<u64> {
    const NOVEMBER_2020: u64 = 1_604_188_800;
    let time = time::SystemTime::now().duration_since(time::UNIX_EPOCH).ok()?;
    Some(time.as_secs()).filter(|seconds| *seconds >= NOVEMBER_2020)
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
