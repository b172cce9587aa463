use alloc::vec::Vec;
use core::time::Duration;

use super::{Conditions, Decision, Evaluator, Sample};
use crate::{model::Path, time::Instant};

/// How long an observation may go without a confirmable notification (RFC 7641, section 4.5).
pub const CONFIRMABLE_REFRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// An observation of one path or of several: any of them that is due notifies, with all of them.
///
/// ```
/// use lwm2m_runtime::{
///     link::NotificationAttributes,
///     model::Path,
///     reporting::{CONFIRMABLE_REFRESH, Conditions, Decision, Observation, Observed, Sample},
///     time::Instant,
/// };
///
/// let second = |second: u64| Instant::from_millis(second * 1000);
/// let attributes = NotificationAttributes { pmin: Some(10), gt: Some(25.0), ..Default::default() };
/// let path = Path::resource(3303, 0, 5700);
///
/// let mut observation = Observation::new(second(0), Some(CONFIRMABLE_REFRESH));
/// observation.watch(path, Conditions::new(&attributes, Observed::Number), Sample::Float(20.0));
///
/// observation.sample(path, Sample::Float(26.0));
/// assert_eq!(observation.poll(second(3)), Decision::At(second(10)));
/// assert_eq!(observation.poll(second(10)), Decision::Now);
/// observation.notified(second(10), observation.is_confirmable(second(10)));
/// ```
#[derive(Clone, Debug)]
pub struct Observation {
    watched: Vec<Watched>,
    started: Instant,
    notified_at: Instant,
    confirmed_at: Instant,
    refresh: Option<Duration>,
    /// Whether nothing can be sent for now.
    held: bool,
}

#[derive(Clone, Debug)]
struct Watched {
    path: Path,
    evaluator: Evaluator,
}

impl Observation {
    /// An observation that is answered now. `refresh` is how often a notification has to be confirmable, mostly
    /// [`CONFIRMABLE_REFRESH`]; none on a reliable transport.
    #[must_use]
    pub const fn new(now: Instant, refresh: Option<Duration>) -> Self {
        Self {
            watched: Vec::new(),
            started: now,
            notified_at: now,
            confirmed_at: now,
            refresh,
            held: false,
        }
    }

    /// Also watches a path, whose value was in the answer.
    pub fn watch(&mut self, path: Path, conditions: Conditions, value: Sample) {
        self.watched.push(Watched {
            path,
            evaluator: Evaluator::new(self.started, conditions, value),
        });
    }

    /// The paths that are watched.
    pub fn paths(&self) -> impl Iterator<Item = Path> {
        self.watched.iter().map(|watched| watched.path)
    }

    /// A path that is watched has a new value.
    pub fn sample(&mut self, path: Path, value: Sample) {
        for watched in self.watched.iter_mut().filter(|watched| watched.path == path) {
            watched.evaluator.sample(value);
        }
    }

    /// Other conditions for a path from now on. Nothing says what a Write-Attributes does to a running observation;
    /// following at once is fine.
    pub fn set_conditions(&mut self, path: Path, conditions: Conditions) {
        for watched in self.watched.iter_mut().filter(|watched| watched.path == path) {
            watched.evaluator.set_conditions(conditions);
        }
    }

    /// The path that has to be looked at again first, and when at the latest (`epmax`).
    #[must_use]
    pub fn sample_by(&self) -> Option<(Path, Instant)> {
        let times = self
            .watched
            .iter()
            .filter_map(|watched| Some((watched.path, watched.evaluator.sample_by()?)));
        times.min_by_key(|(_, by)| *by)
    }

    /// What to do now.
    ///
    /// The answer may change with time and with every call that changes the observation.
    pub fn poll(&mut self, now: Instant) -> Decision {
        let refresh = match self.refresh_at() {
            Some(at) if at <= now => Decision::Now,
            Some(at) => Decision::At(at),
            None => Decision::Never,
        };
        // All of them are asked: each has to look at its sample.
        self.watched.iter_mut().fold(refresh, |decision, watched| {
            decision.or(watched.evaluator.poll(now))
        })
    }

    /// Whether a notification that is sent now has to be confirmable: an attribute wants all to be, or none was for
    /// too long.
    #[must_use]
    pub fn is_confirmable(&self, now: Instant) -> bool {
        let wanted = |watched: &Watched| watched.evaluator.conditions().con;
        let refresh = self.refresh.map(|refresh| self.confirmed_at + refresh);
        self.watched.iter().any(wanted) || refresh.is_some_and(|at| at <= now)
    }

    /// A notification with the newest values was sent.
    pub fn notified(&mut self, now: Instant, confirmable: bool) {
        self.notified_at = now;
        self.held = false;
        if confirmable {
            self.confirmed_at = now;
        }
        for watched in &mut self.watched {
            watched.evaluator.notified(now);
        }
    }

    /// Whether something has happened that is worth a notification now, beside that one has to be confirmable for once.
    #[must_use]
    pub fn is_due(&mut self, now: Instant) -> bool {
        let decisions = self.watched.iter_mut().map(|watched| watched.evaluator.poll(now));
        decisions.fold(false, |due, decision| due | (decision == Decision::Now))
    }

    /// What is due cannot be sent: it was kept for later, or dropped. All periods begin anew, but no confirmable
    /// notification is sent for its own sake until [`resume`](Self::resume), or until something was sent.
    pub fn hold(&mut self, now: Instant) {
        self.notified(now, false);
        self.held = true;
    }

    /// Notifications can be sent again.
    pub const fn resume(&mut self) {
        self.held = false;
    }

    /// When a confirmable notification is sent even if nothing has changed; not before the shortest `pmin`.
    fn refresh_at(&self) -> Option<Instant> {
        if self.held {
            return None;
        }
        let pmin = |watched: &Watched| watched.evaluator.conditions().pmin;
        let pmin = self.watched.iter().map(pmin).min().unwrap_or_default();
        Some((self.confirmed_at + self.refresh?).max(self.notified_at + pmin))
    }
}
