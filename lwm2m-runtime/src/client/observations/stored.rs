use alloc::vec::Vec;
use core::time::Duration;

use crate::{
    client::{
        Client, State,
        engine::Alarm,
        observations::{ObservationId, Observed, Target},
        session::Session,
    },
    coap::NotificationId,
    encoding::{Content, Format, PayloadKind, Record, RecordRef, encode},
    model::{Path, ValueRef},
    reporting::{History, Retention},
    time::Instant,
    tree::Asker,
};

/// What fell due while a server could not be reached.
#[derive(Debug)]
pub(in crate::client) struct Stored {
    history: History<ObservationId, Vec<Record>>,
    max_bytes: usize,
}

impl Stored {
    pub(in crate::client) const fn new(max: usize, max_bytes: usize) -> Self {
        Self {
            history: History::new(max),
            max_bytes,
        }
    }

    pub(in crate::client) fn is_empty(&self) -> bool {
        self.history.is_empty()
    }

    pub(in crate::client) fn forget(&mut self, id: ObservationId) {
        self.history.forget(&id);
    }

    /// Keeps the values of an observation, or not. Returns how many notifications are lost by it.
    fn store(&mut self, id: ObservationId, now: Instant, records: Vec<Record>, retention: Retention) -> u64 {
        let before = self.history.dropped();
        self.history.forget_at(&id, now);
        self.history.store(id, now, records, retention);
        self.history.dropped() - before + self.shrink()
    }

    /// Makes room until the bytes are within their bound. Returns how many notifications are lost by it.
    fn shrink(&mut self) -> u64 {
        let mut lost = 0;
        let mut bytes: usize = self.history.iter().map(|(_, _, records)| size(records)).sum();
        while bytes > self.max_bytes {
            let Some((_, _, oldest)) = self.history.take() else {
                break;
            };
            bytes -= size(&oldest);
            lost += 1;
        }
        lost
    }

    /// The observations of which something is stored, that with the oldest entry first.
    fn observations(&self) -> Vec<ObservationId> {
        let mut all = Vec::new();
        for (id, _, _) in self.history.iter() {
            if !all.contains(id) {
                all.push(*id);
            }
        }
        all
    }

    /// Takes everything that is stored of an observation.
    fn take(&mut self, id: ObservationId) -> Vec<Entry> {
        core::iter::from_fn(|| self.history.take_of(&id)).collect()
    }

    /// Takes back what was sent and did not arrive: it is older than what was stored since. Returns how many notifications
    /// are lost by it.
    fn put_back(&mut self, id: ObservationId, mut entries: Vec<Entry>) -> u64 {
        let before = self.history.dropped();
        entries.extend(self.take(id));
        for (at, records) in entries {
            self.history.forget_at(&id, at);
            self.history.store(id, at, records, Retention::Keep);
        }
        self.history.dropped() - before + self.shrink()
    }
}

/// The values of an observation at a time.
pub(in crate::client) type Entry = (Instant, Vec<Record>);

/// What was stored and is on its way.
#[derive(Debug)]
pub(in crate::client) struct InFlight {
    pub(in crate::client) notification: NotificationId,
    entries: Vec<Entry>,
}

/// Records with their times relative to now.
fn timed(now: Instant, entries: &[Entry]) -> impl Iterator<Item = RecordRef<'_>> + Clone {
    entries.iter().flat_map(move |(at, records)| {
        let age: Duration = now - *at;
        let time = Some(-age.as_secs_f64());
        records.iter().map(move |record| RecordRef {
            time,
            ..record.as_ref()
        })
    })
}

/// About how many bytes records take.
fn size(records: &[Record]) -> usize {
    let of_record = |record: &Record| {
        let value = match record.as_ref().content {
            Content::Value(ValueRef::String(text) | ValueRef::Corelnk(text)) => text.len(),
            Content::Value(ValueRef::Opaque(bytes)) => bytes.len(),
            _ => 0,
        };
        size_of::<Record>() + value
    };
    records.iter().map(of_record).sum()
}

impl Session {
    /// Whether a notification is sent rather than stored: the server can be reached, and has got what was stored.
    pub(in crate::client) fn is_live(&self) -> bool {
        let caught_up = self.stored.is_empty() || self.registration.state() == State::Registered;
        self.is_online() && caught_up
    }
}

impl Client {
    /// Keeps the present values of an observation for later, or drops them.
    pub(in crate::client) fn store(&mut self, now: Instant, index: usize, id: ObservationId) {
        let retention = self.retention(index, id);
        let (Some(session), Some(observed)) = (self.sessions.get_mut(index), self.observations.get(id))
        else {
            return;
        };
        let asker = Asker::new(session.account.server, &session.formats)
            .with_alternate_path(&self.config.alternate_path);
        let records = match retention {
            Retention::Drop => Vec::new(),
            _ => self
                .tree
                .records(asker, observed.target.paths())
                .map(|record| record.to_record())
                .collect(),
        };
        let lost = session.stored.store(id, now, records, retention);
        self.counters.dropped_notifications = self.counters.dropped_notifications.saturating_add(lost);
        self.hold(now, id);
    }

    /// A server can be reached again: it gets what was stored for it, and is told what cannot be observed any more.
    pub(in crate::client) fn catch_up_observers(&mut self, now: Instant, index: usize) {
        self.send_stored(now, index);
        let Some(server) = self.sessions.get(index).map(Session::server) else {
            return;
        };
        for id in self.observations.of_server(server) {
            let Some(observed) = self.observations.get_mut(id) else {
                continue;
            };
            observed.observation.resume();
            match observed.target.is_gone(&self.tree) {
                true => self.deadlines.set(Alarm::Observation(id), Some(now)),
                false => self.plan(now, id),
            }
        }
    }

    /// Sends everything that was stored for a server: one notification for each observation, with the times of its
    /// values.
    fn send_stored(&mut self, now: Instant, index: usize) {
        let ids = self
            .sessions
            .get(index)
            .map(|session| session.stored.observations());
        for id in ids.unwrap_or_default() {
            // What follows waits until that has arrived.
            let waits = |observed: &Observed| observed.in_flight.is_some();
            if !self.observations.get(id).is_some_and(waits) {
                self.send_stored_of(now, index, id);
            }
        }
    }

    fn send_stored_of(&mut self, now: Instant, index: usize, id: ObservationId) {
        let (Some(session), Some(observed)) = (self.sessions.get_mut(index), self.observations.get(id))
        else {
            return;
        };
        // Where too much waits for an acknowledgement, it goes out once: nothing may get lost on this side.
        let waiting = session.peer.map_or(0, |peer| self.endpoint.outgoing_to(peer));
        let confirmable = waiting + 1 < usize::from(self.config.coap.max_outgoing_per_peer);
        // A right counts when a notification is sent (LwM2M Core 1.2, section 8.2).
        let mut entries = session.stored.take(id);
        let asker = session.asker(&self.config);
        for (_, records) in &mut entries {
            records.retain(|record| {
                let (object, instance) = (record.path.object_id(), record.path.instance_id());
                let instance = object.zip(instance);
                instance.is_none_or(|(object, instance)| self.tree.may_read(asker, object, instance))
            });
        }
        entries.retain(|(_, records)| !records.is_empty());
        if entries.is_empty() {
            return self.hold(now, id);
        }
        let wanted = observed.format.format();
        let has_times = |format: &Format| session.formats.may_send(*format, PayloadKind::TimedValues);
        let format = wanted
            .filter(has_times)
            .or_else(|| session.formats.preferred(PayloadKind::TimedValues));
        let target = match &observed.target {
            Target::Path(path) => *path,
            Target::Composite(_) => Path::ROOT,
        };
        self.payload.clear();
        let options = &self.tree.config().encoding;
        let written = format.is_some_and(|format| {
            encode(format, target, timed(now, &entries), options, &mut self.payload).is_ok()
        });
        let Some(format) = format.filter(|_| written) else {
            // No format has times: the present value has to do.
            return self.deadlines.set(Alarm::Observation(id), Some(now));
        };
        let sent = self.send_notification(now, id, format.content_format(), confirmable);
        if let (Some(notification), Some(observed)) = (sent, self.observations.get_mut(id)) {
            observed.in_flight = Some(InFlight {
                notification,
                entries,
            });
        }
    }

    /// A notification was acknowledged.
    pub(in crate::client) fn delivered(&mut self, now: Instant, notification: NotificationId) {
        if let Some(id) = self.observations.in_flight(notification) {
            let Some(observed) = self.observations.get_mut(id) else {
                return;
            };
            observed.in_flight = None;
            if let Some(index) = self
                .sessions
                .iter()
                .position(|session| session.server() == observed.server)
            {
                self.catch_up_observers(now, index);
            }
        }
    }

    /// The session with a server is over: what was on its way has to be sent again.
    pub(in crate::client) fn restore_stored(&mut self, server: u16) {
        let Some(index) = self.index_of(server) else {
            return;
        };
        for id in self.observations.of_server(server) {
            let in_flight = self
                .observations
                .get_mut(id)
                .and_then(|observed| observed.in_flight.take());
            if let (Some(in_flight), Some(session)) = (in_flight, self.sessions.get_mut(index)) {
                let lost = session.stored.put_back(id, in_flight.entries);
                self.counters.dropped_notifications =
                    self.counters.dropped_notifications.saturating_add(lost);
            }
        }
    }
}
