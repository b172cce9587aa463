use core::time::Duration;

use crate::time::Instant;

/// When a medium is written next: each write wears it out, and a server that configures a device changes much one after the
/// other.
///
/// 1. The first change after a quiet time is written at once.
/// 2. Further ones wait until the interval has passed since the last write, and are one write then.
/// 3. What is [urgent](Self::urge) does not wait for that.
/// 4. After a failure nothing is written for a while: 200 ms, and each time twice as long, up to 10 min.
///
/// ```
/// use core::time::Duration;
/// use lwm2m_runtime::{storage::Pace, time::Instant};
///
/// let mut pace = Pace::new(Duration::from_secs(5));
/// let now = Instant::from_millis(1_000);
/// assert!(pace.next() <= now);
/// pace.begun();
/// pace.written(now);
/// assert_eq!(pace.next(), now + Duration::from_secs(5));
/// ```
#[derive(Clone, Debug)]
pub struct Pace {
    interval: Duration,
    /// The interval after the last write ends.
    quiet_until: Instant,
    /// Whether the next write waits for that.
    urgent: bool,
    /// The medium has failed, and gets a rest.
    retry_at: Instant,
    /// How long after the next failure.
    patience: Duration,
}

/// The wait after the first failure, and the longest one.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(600);

impl Pace {
    /// Nothing was written yet. Without an interval, each change is written at once.
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        Self {
            interval,
            quiet_until: Instant::default(),
            urgent: false,
            retry_at: Instant::default(),
            patience: FIRST_WAIT,
        }
    }

    /// From when on what has changed is to be written. Changes with every other call.
    #[must_use]
    pub fn next(&self) -> Instant {
        match self.urgent {
            true => self.retry_at,
            false => self.retry_at.max(self.quiet_until),
        }
    }

    /// What has changed is worth a write of its own, as accounts after a bootstrap: without them a device is lost.
    pub const fn urge(&mut self) {
        self.urgent = true;
    }

    /// A write begins: what changes from now on is for the next one.
    pub const fn begun(&mut self) {
        self.urgent = false;
    }

    /// The write has come to its end.
    pub fn written(&mut self, now: Instant) {
        self.quiet_until = now + self.interval;
        self.retry_at = Instant::default();
        self.patience = FIRST_WAIT;
    }

    /// The write has failed: what it was about is still to be written.
    pub fn failed(&mut self, now: Instant) {
        self.urgent = true;
        self.retry_at = now + self.patience;
        self.patience = (self.patience * 2).min(LONGEST_WAIT);
    }

    /// Whether the last write has failed.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.patience > FIRST_WAIT
    }
}
