//! The time of day, where the device knows it: for Last Bootstrapped, `/1/x/12`, and what counts from it.

use alloc::vec::Vec;
use core::time::Duration;

use super::Client;
use crate::{
    model::{Path, Time, ValueRef},
    operation::TreeView,
    time::Instant,
};

/// Last Bootstrapped of a Server object.
const LAST_BOOTSTRAPPED: u16 = 12;

/// What is known of the time of day.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// A moment, and its time of day in seconds since 1970.
    set: Option<(Instant, u64)>,
    /// When the client was bootstrapped, as long as that has no time of day.
    undated: Option<Instant>,
}

impl Clock {
    /// The time of day at a moment before or after the one that was set.
    fn at(&self, moment: Instant) -> Option<i64> {
        let (set, seconds) = self.set?;
        let seconds = match moment >= set {
            true => seconds.saturating_add((moment - set).as_secs()),
            false => seconds.saturating_sub((set - moment).as_secs()),
        };
        i64::try_from(seconds).ok()
    }
}

impl Client {
    /// Tells the time of day, in seconds since 1970-01-01 UTC: before [`start`](Self::start), and again whenever the
    /// device's clock was set. Without it everything works, but for two things:
    ///
    /// - After a bootstrap nobody knows when that was. With it the client writes `/1/x/12`, Last Bootstrapped, of every
    ///   server; also later, if the time of day becomes known only then.
    /// - The time after which the account at the bootstrap server goes (`/0/x/12`) begins anew at each start of the
    ///   process. With it, and with `/1/x/12` kept over the restart, it goes on.
    pub fn set_unix_time(&mut self, now: Instant, seconds: u64) {
        self.clock.set = Some((now, seconds));
        if self.clock.undated.is_some() && !self.bootstrap.in_session() {
            self.date_bootstrap();
            self.settle(now);
        }
        self.time_bootstrap_account(now);
    }

    /// The client was bootstrapped.
    pub(super) fn note_bootstrapped(&mut self, now: Instant) {
        self.clock.undated = Some(now);
        self.date_bootstrap();
        self.renew_bootstrap_account(now);
    }

    fn date_bootstrap(&mut self) {
        let moment = self.clock.undated;
        let Some(time) = moment.and_then(|moment| self.clock.at(moment)) else {
            return;
        };
        self.clock.undated = None;
        let instances: Vec<u16> = self.tree.instances(1).collect();
        for instance in instances {
            let path = Path::resource(1, instance, LAST_BOOTSTRAPPED);
            // A Server object of LwM2M 1.0 has no such resource.
            let _ = self.tree.set(path, ValueRef::Time(Time(time)));
        }
    }

    /// How long ago the last bootstrap was, as the Server objects and the clock say. None for one in the future.
    pub(super) fn since_last_bootstrapped(&self, now: Instant) -> Option<Duration> {
        let today = self.clock.at(now)?;
        let times = self.tree.instances(1).filter_map(|instance| {
            match self.tree.value(Path::resource(1, instance, LAST_BOOTSTRAPPED))? {
                ValueRef::Time(Time(seconds)) => Some(seconds),
                _ => None,
            }
        });
        let age = today.checked_sub(times.max()?)?;
        u64::try_from(age).ok().map(Duration::from_secs)
    }
}
