use alloc::vec::Vec;
use core::time::Duration;

use super::{
    Client, State,
    engine::Alarm,
    observations::{ObservationId, Observed, Target},
    session::Session,
};
use crate::{
    encoding::{Content, Format, PayloadKind, Record, encode},
    model::{Path, ValueRef},
    reporting::{History, Retention},
    time::Instant,
    tree::Asker,
};

/// What fell due while a server could not be reached.
#[derive(Debug)]
pub(super) struct Stored {
    history: History<ObservationId, Vec<Record>>,
    max_bytes: usize,
}

impl Stored {
    pub(super) const fn new(max: usize, max_bytes: usize) -> Self {
        Self {
            history: History::new(max),
            max_bytes,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.history.is_empty()
    }

    pub(super) fn forget(&mut self, id: ObservationId) {
        self.history.forget(&id);
    }

    /// Keeps the values of an observation, or not. Returns how many notifications are lost by it.
    fn store(&mut self, id: ObservationId, now: Instant, records: Vec<Record>, retention: Retention) -> u64 {
        let before = self.history.dropped();
        self.history.store(id, now, records, retention);
        let mut lost = self.history.dropped() - before;
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

    /// The observation of the oldest entry.
    fn oldest(&self) -> Option<ObservationId> {
        self.history.iter().next().map(|(id, _, _)| *id)
    }

    /// Takes everything that is stored of an observation as records with times relative to now.
    fn take(&mut self, id: ObservationId, now: Instant) -> Vec<Record> {
        let mut all = Vec::new();
        while let Some((at, records)) = self.history.take_of(&id) {
            let age: Duration = now - at;
            let time = -age.as_secs_f64();
            all.extend(records.into_iter().map(|record| Record {
                time: Some(time),
                ..record
            }));
        }
        all
    }
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
    pub(super) fn is_live(&self) -> bool {
        let caught_up = self.stored.is_empty() || self.registration.state() == State::Registered;
        self.is_online() && caught_up
    }
}

impl Client {
    /// Keeps the present values of an observation for later, or drops them.
    pub(super) fn store(&mut self, now: Instant, index: usize, id: ObservationId) {
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
        self.notified(now, id, false);
    }

    /// A server can be reached again: it gets what was stored for it, and is told what cannot be observed any more.
    pub(super) fn catch_up_observers(&mut self, now: Instant, index: usize) {
        self.send_stored(now, index);
        let Some(server) = self.sessions.get(index).map(Session::server) else {
            return;
        };
        for id in self.observations.of_server(server) {
            let gone = |observed: &Observed| observed.target.is_gone(&self.tree);
            if self.observations.get(id).is_some_and(gone) {
                self.deadlines.set(Alarm::Observation(id), Some(now));
            }
        }
    }

    /// Sends everything that was stored for a server: one notification for each observation, with the times of its
    /// values.
    fn send_stored(&mut self, now: Instant, index: usize) {
        loop {
            let Some(session) = self.sessions.get_mut(index) else {
                return;
            };
            // Where too much waits for an acknowledgement, it goes out once: nothing may get lost on this side.
            let waiting = session.peer.map_or(0, |peer| self.endpoint.outgoing_to(peer));
            let confirmable = waiting + 1 < usize::from(self.config.coap.max_outgoing_per_peer);
            let Some(id) = session.stored.oldest() else {
                return;
            };
            let records = session.stored.take(id, now);
            let Some(observed) = self.observations.get(id) else {
                continue;
            };
            let wanted = observed.format.format();
            let timed = |format: &Format| session.formats.may_send(*format, PayloadKind::TimedValues);
            let format = wanted
                .filter(timed)
                .or_else(|| session.formats.preferred(PayloadKind::TimedValues));
            let target = match &observed.target {
                Target::Path(path) => *path,
                Target::Composite(_) => Path::ROOT,
            };
            self.payload.clear();
            let options = &self.tree.config().encoding;
            let written = format.is_some_and(|format| {
                let records = records.iter().map(Record::as_ref);
                encode(format, target, records, options, &mut self.payload).is_ok()
            });
            match format.filter(|_| written) {
                Some(format) => self.send_notification(now, id, format.content_format(), confirmable),
                // No format has times: the present value has to do.
                None => self.deadlines.set(Alarm::Observation(id), Some(now)),
            }
        }
    }
}
