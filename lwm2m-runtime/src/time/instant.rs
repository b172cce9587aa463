use core::{
    ops::{Add, AddAssign, Sub},
    time::Duration,
};

/// A point in time of a clock that only runs forwards, in milliseconds since an arbitrary start.
///
/// Arithmetic saturates: no lifetime that a peer names can overflow a deadline.
///
/// ```
/// use core::time::Duration;
/// use lwm2m_runtime::time::Instant;
///
/// let start = Instant::from_millis(1_000);
/// assert_eq!(start + Duration::from_secs(2) - start, Duration::from_secs(2));
/// assert_eq!(start - (start + Duration::from_secs(2)), Duration::ZERO);
/// assert_eq!(start + Duration::MAX, Instant::NEVER);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The end of time, which no clock reaches.
    pub const NEVER: Self = Self(u64::MAX);

    /// The instant that many milliseconds after the start.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    /// Rounded up to a millisecond: a deadline is never early.
    fn add(self, duration: Duration) -> Self {
        let millis = duration.as_nanos().div_ceil(1_000_000);
        Self(self.0.saturating_add(u64::try_from(millis).unwrap_or(u64::MAX)))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_sub(millis))
    }
}

impl Sub for Instant {
    type Output = Duration;

    /// The time that has passed since `earlier`; none where it is later.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
