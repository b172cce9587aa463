//! What waits for clients that sleep (LwM2M Core 1.2, section 6.5).
//!
//! 1. A client in queue mode listens for a while after the last message of either side. What it is asked later waits.
//! 2. Any message of the client shows that it listens: once that is answered what waits goes out, one after the other, each
//!    when the one before has its response.
//! 3. A client that does not answer has fallen asleep. What can be asked twice goes back to the head of the queue, a number
//!    of times; the rest fails, as nobody knows whether it was done. What is behind waits.
//! 4. What has waited too long fails.
//! 5. A client that registers again is asked what it was not asked yet, if it still has the object or instance, and
//!    neither its version nor its alternate path is another.

use alloc::vec::Vec;

use super::{
    Failure, RegistrationId, Server, ServerConfig,
    engine::Alarm,
    pending::{Pending, Task},
    record::Record,
};
use crate::{coap::Peer, model::Path, operation::Operation, time::Instant};

impl Record {
    /// Until when the client listens.
    pub(super) fn listens_until(&self, config: &ServerConfig) -> Instant {
        match self.queue {
            true if self.asleep => self.contact_at,
            true => self.contact_at + config.awake_time,
            false => Instant::NEVER,
        }
    }

    /// Whether the client listens.
    pub(super) fn listens(&self, now: Instant, config: &ServerConfig) -> bool {
        now < self.listens_until(config)
    }

    fn has(&self, target: Path) -> bool {
        match (target.object_id(), target.instance_id()) {
            (None, _) => true,
            (Some(object), None) => self.objects.get(object).is_some(),
            (Some(object), Some(instance)) => self.objects.contains(object, instance),
        }
    }
}

/// Something that a client is to be asked, or is being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Queued {
    /// What is to be done.
    pub operation: Operation,
    /// With what; the root for a composite operation.
    pub path: Path,
    /// Whether it is on its way. Else it waits for the one before it, or for the client to wake.
    pub sent: bool,
    /// When it fails, unless it was sent before; [`Instant::NEVER`] for a client that is not in queue mode, and for what
    /// observations ask.
    pub expires_at: Instant,
}

impl Server {
    /// What a client is to be asked, in its order: requests, and what sets up and cancels observations.
    pub fn queue(&self, id: RegistrationId) -> impl Iterator<Item = Queued> {
        let device = self.registrations.find(id);
        let record = device.and_then(|device| self.registrations.get(device));
        let first = record.and_then(|record| record.requests.first);
        core::iter::successors(first, |index| self.requests.get(*index)?.next)
            .filter_map(|index| self.queued(self.requests.get(index)?))
    }

    fn queued(&self, pending: &Pending) -> Option<Queued> {
        let (operation, path) = match &pending.task {
            Task::Request(prepared) => (prepared.operation, prepared.target),
            Task::Attach(index) | Task::Observe(index) | Task::Stop(index) => {
                let observation = self.observations.get(*index)?;
                let request = match pending.task {
                    Task::Attach(_) => observation.attach(),
                    _ => observation.request(matches!(pending.task, Task::Stop(_))),
                };
                (request.operation(), observation.path)
            }
        };
        let waits = self
            .registrations
            .get(pending.device)
            .is_some_and(|record| record.queue);
        Some(Queued {
            operation,
            path,
            sent: pending.exchange.is_some(),
            expires_at: match waits {
                true => pending.waits_until,
                false => Instant::NEVER,
            },
        })
    }

    /// Sends what has waited for a client to wake, of which a message has come.
    pub(super) fn flush(&mut self, now: Instant, from: Peer) {
        if self.requests.len() == 0 {
            return;
        }
        if let Some(device) = self.registrations.of_peer(from) {
            self.advance(now, device);
        }
    }

    /// Begins the time for which a new request to a client in queue mode may wait.
    pub(super) fn let_wait(&mut self, now: Instant, index: u32) {
        let Some(pending) = self.requests.get_mut(index) else {
            return;
        };
        pending.waits_until = now + self.config.queue_timeout;
        self.look_later(now, index);
    }

    /// Looks at a request that waits now and then: timers that are moved to an earlier time stay until their own, so that
    /// one a day ahead for each request would be too many.
    fn look_later(&mut self, now: Instant, index: u32) {
        let Some(pending) = self.requests.get(index) else {
            return;
        };
        let record = self.registrations.get(pending.device);
        let waits = pending.exchange.is_none() && pending.waits_until < Instant::NEVER;
        if waits && record.is_some_and(|record| record.queue) {
            let at = pending.waits_until.min(now + self.config.request_timeout);
            self.requests.set_deadline(index, at, &mut self.timers, Alarm);
        }
    }

    /// A client in queue mode has not answered: it sleeps. `true` if the request waits for it to wake; else it has failed.
    pub(super) fn asks_again(&mut self, now: Instant, index: u32) -> bool {
        let Some(pending) = self.requests.get_mut(index) else {
            return false;
        };
        let record = self.registrations.get_mut(pending.device);
        let Some(record) = record.filter(|record| record.queue) else {
            return false;
        };
        record.asleep = true;
        let again = pending.task.repeatable()
            && pending.unanswered < self.config.queue_retries
            && now < pending.waits_until;
        if !again {
            return false;
        }
        pending.unanswered += 1;
        if let Some(exchange) = pending.exchange.take() {
            self.endpoint.cancel(now, exchange);
        }
        self.look_later(now, index);
        true
    }

    /// A request that was not sent has waited.
    pub(super) fn has_waited(&mut self, now: Instant, index: u32) {
        let Some(pending) = self.requests.get(index) else {
            return;
        };
        let (until, device) = (pending.waits_until, pending.device);
        if now < until {
            return self.look_later(now, index);
        }
        self.fail(now, index, Failure::Expired);
        self.advance(now, device);
    }

    /// Takes out what a client in queue mode, which registers again, can still be asked.
    pub(super) fn keep_requests(&mut self, now: Instant, device: u32, new: &Record) -> Vec<u32> {
        let mut kept = Vec::new();
        let Some(record) = self.registrations.get_mut(device) else {
            return kept;
        };
        let same = record.formats.version() == new.formats.version()
            && record.texts.alternate_path() == new.texts.alternate_path();
        if !(record.queue && new.queue && same) {
            return kept;
        }
        let mut at = record.requests.first;
        while let Some(pending) = at.and_then(|index| self.requests.get_mut(index)) {
            if let Task::Request(prepared) = &pending.task {
                let again = pending.exchange.is_none() || prepared.repeatable();
                kept.extend(at.filter(|_| again && new.has(prepared.target)));
            }
            at = pending.next;
        }
        for index in &kept {
            record.requests.remove(&mut self.requests, *index);
            if let Some(exchange) = self
                .requests
                .get_mut(*index)
                .and_then(|pending| pending.exchange.take())
            {
                self.endpoint.cancel(now, exchange);
            }
        }
        kept
    }

    /// Gives a registration the requests that were kept.
    pub(super) fn take_requests(&mut self, now: Instant, device: u32, kept: &[u32]) {
        for index in kept {
            if let Some(pending) = self.requests.get_mut(*index) {
                pending.device = device;
            }
            if let Some(record) = self.registrations.get_mut(device) {
                record.requests.push(&mut self.requests, *index);
            }
            self.look_later(now, *index);
        }
    }
}
