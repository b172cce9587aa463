//! One observed path over time (LwM2M Core 1.2, section 7.3.2).
//!
//! 1. Quiet: nothing has happened that is worth a notification.
//! 2. A sample comes. It is looked at once `epmin` has passed since the last look.
//! 3. Due: a look has met the conditions. It stays due, even if the value goes back.
//! 4. Notify: it is due and `pmin` has passed since the last notification, or `pmax` has. Back to 1 when it was sent.

use super::{Conditions, Sample};
use crate::time::Instant;

/// What to do about notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Notify now.
    Now,
    /// Ask again then, or when there is a new sample.
    At(Instant),
    /// Ask again when there is a new sample.
    Never,
}

impl Decision {
    /// The earlier of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Now, _) | (_, Self::Now) => Self::Now,
            (Self::At(a), Self::At(b)) => Self::At(a.min(b)),
            (Self::At(at), Self::Never) | (Self::Never, Self::At(at)) => Self::At(at),
            (Self::Never, Self::Never) => Self::Never,
        }
    }
}

/// Decides when the changes of one path are notified.
#[derive(Clone, Copy, Debug)]
pub struct Evaluator {
    conditions: Conditions,
    reported: Sample,
    reported_at: Instant,
    seen: Sample,
    seen_at: Instant,
    value: Sample,
    // Whether `value` has not been looked at.
    fresh: bool,
    due: bool,
}

impl Evaluator {
    /// Begins with the value of the answer to the Observe, which counts as the first notification.
    #[must_use]
    pub const fn new(now: Instant, conditions: Conditions, value: Sample) -> Self {
        Self {
            conditions,
            reported: value,
            reported_at: now,
            seen: value,
            seen_at: now,
            value,
            fresh: false,
            due: false,
        }
    }

    /// The conditions it asks.
    #[must_use]
    pub const fn conditions(&self) -> &Conditions {
        &self.conditions
    }

    /// Other conditions from now on; what is due stays due.
    pub fn set_conditions(&mut self, conditions: Conditions) {
        self.conditions = conditions;
    }

    /// A new value.
    pub fn sample(&mut self, value: Sample) {
        self.value = value;
        self.fresh = true;
    }

    /// When the value has to be looked at again at the latest (`epmax`): who does not tell every change gives a sample
    /// then.
    #[must_use]
    pub fn sample_by(&self) -> Option<Instant> {
        self.conditions.epmax.map(|epmax| self.seen_at + epmax)
    }

    /// What to do now.
    ///
    /// The answer may change with time, [`sample`](Self::sample), [`notified`](Self::notified) and
    /// [`set_conditions`](Self::set_conditions).
    pub fn poll(&mut self, now: Instant) -> Decision {
        let look_at = self.seen_at + self.conditions.epmin;
        let overdue = self.sample_by().is_some_and(|by| by <= now);
        if (self.fresh && look_at <= now) || overdue {
            self.due |= self.conditions.met(self.reported, self.seen, self.value);
            self.seen = self.value;
            self.seen_at = now;
            self.fresh = false;
        }
        let due_at = self.reported_at + self.conditions.pmin;
        let last_at = self.conditions.pmax.map(|pmax| self.reported_at + pmax);
        if (self.due && due_at <= now) || last_at.is_some_and(|at| at <= now) {
            return Decision::Now;
        }
        let times = [
            self.due.then_some(due_at),
            self.fresh.then_some(look_at),
            last_at,
            self.sample_by(),
        ];
        match times.into_iter().flatten().min() {
            Some(at) => Decision::At(at),
            None => Decision::Never,
        }
    }

    /// A notification with the newest value was sent: all periods between notifications begin anew.
    pub fn notified(&mut self, now: Instant) {
        self.reported = self.value;
        self.reported_at = now;
        self.seen = self.value;
        self.fresh = false;
        self.due = false;
    }
}
