//! Queue mode (LwM2M Core 1.2, section 6.5): when the client listens.
//!
//! 1. Every message that comes or goes begins the time anew for which the client listens.
//! 2. It has passed, and nothing is on its way: [`Event::Asleep`]. Servers keep their requests.
//! 3. Something is to be said: an Update goes first, then the notification or the Send. [`Event::Awake`].

use super::{BootstrapState, Client, Event, State, registration::Step};
use crate::{client::engine::Alarm, time::Instant};

/// Whether the client listens.
#[derive(Debug, Default)]
pub(super) struct Sleep {
    asleep: bool,
    /// Whether something has gone since the time to listen began.
    sent: bool,
}

impl Sleep {
    /// Something goes. Whether that ends the sleep.
    pub(super) const fn sends(&mut self) -> bool {
        self.sent = true;
        core::mem::replace(&mut self.asleep, false)
    }

    pub(super) const fn has_sent(&self) -> bool {
        self.sent
    }

    pub(super) const fn take_sent(&mut self) -> bool {
        core::mem::replace(&mut self.sent, false)
    }
}

impl Client {
    /// Whether the client is in queue mode, and has said that it does not listen any more.
    #[must_use]
    pub const fn is_asleep(&self) -> bool {
        self.sleep.asleep
    }

    /// Whether a server was told that the client sleeps.
    pub(super) fn in_queue_mode(&self) -> bool {
        self.sessions
            .iter()
            .any(|session| session.registration.told.queue)
    }

    /// A message has come or gone: the client listens for a while.
    pub(super) fn stir(&mut self, now: Instant) {
        if core::mem::replace(&mut self.sleep.asleep, false) {
            self.events.push_back(Event::Awake);
        }
        let awake_time = self
            .config
            .awake_time
            .unwrap_or_else(|| self.config.coap.transmission.max_transmit_wait());
        let until = self.in_queue_mode().then(|| now + awake_time);
        self.deadlines.set(Alarm::Sleep, until);
    }

    /// Nothing has come or gone for a while.
    pub(super) fn fall_asleep(&mut self, now: Instant) {
        let connected = self.sessions.iter().filter(|session| session.peer.is_some());
        let mut done = connected.map(|session| {
            session.registration.told.queue && session.registration.state() == State::Registered
        });
        let quiet = self.bootstrap.state == BootstrapState::Idle && done.all(|done| done);
        if !quiet || !self.sends.is_empty() {
            return self.stir(now);
        }
        self.sleep.asleep = true;
        self.events.push_back(Event::Asleep);
    }

    /// Something is to be said to a server: it learns first that the client listens.
    pub(super) fn wake(&mut self, now: Instant, index: usize) {
        if !self.sleep.asleep {
            return;
        }
        self.stir(now);
        let registered = self.sessions.get(index).is_some_and(|session| {
            session.registration.told.queue && session.registration.state() == State::Registered
        });
        if registered {
            self.drive(now, index, Step::Update);
        }
    }
}
