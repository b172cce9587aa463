//! When servers are told about values that they observe (LwM2M Core 1.2, sections 6.4.2 and 7.3.2).
//!
//! 1. The tree says what has changed; the observations that it concerns take samples of it.
//! 2. Each says when it notifies: that is its deadline. Nothing else looks at it.
//! 3. Its deadline has passed. If nothing has changed since the last notification, the application may bring the value
//!    up to date first: it is `pmax` or `epmax` that asks.
//! 4. The value is read as it is then, and goes out; or it is stored, where the server cannot be reached.
//! 5. The target of an observation is gone: 4.04, and its end.

use crate::{
    client::{
        Client,
        engine::Alarm,
        observations::{ObservationId, Target, observe},
        session::Session,
    },
    coap::{Notification, NotificationId, NotifyError},
    encoding::ContentFormat,
    operation::{CoapSession, Payload, Response, Status},
    reporting::Decision,
    time::Instant,
    tree::{Application, Change, ChangeKind},
};

/// What an observer is told.
struct Notice<'a> {
    response: Response<'a>,
    /// `None` for the last one.
    number: Option<u32>,
    confirmable: bool,
}

impl Client {
    /// Something at or below a path has changed, or at a path above. Who observes more than an instance does not learn
    /// from when it is notified that an instance has changed which it may not read.
    pub(in crate::client) fn observed(&mut self, now: Instant, change: &Change) {
        let changed = change.path;
        let value_of = match change.kind {
            ChangeKind::Value => changed.object_id().zip(changed.instance_id()),
            _ => None,
        };
        for id in self.observations.of_object(changed.object_id()) {
            let Some(observed) = self.observations.get_mut(id) else {
                continue;
            };
            let server = observed.server;
            let session = self.sessions.iter().find(|session| session.server() == server);
            let hidden = value_of
                .zip(session)
                .is_some_and(|((object, instance), session)| {
                    !self.tree.may_read(session.asker(&self.config), object, instance)
                });
            let mut concerned = false;
            for path in observed.target.paths() {
                if hidden && path.depth() < 2 {
                    continue;
                }
                if path.starts_with(changed) || changed.starts_with(*path) {
                    observed.observation.sample(*path, self.tree.sample(*path));
                    concerned = true;
                }
            }
            if !concerned {
                continue;
            }
            observed.fresh = true;
            let gone = observed.target.is_gone(&self.tree);
            self.plan(now, id);
            if gone {
                self.deadlines.set(Alarm::Observation(id), Some(now));
            }
        }
    }

    /// An observation has to be looked at.
    pub(in crate::client) fn observation_due(
        &mut self,
        now: Instant,
        id: ObservationId,
        application: &mut dyn Application,
    ) {
        self.refresh(now, id, application);
        let Some(observed) = self.observations.get_mut(id) else {
            return;
        };
        if observed.target.is_gone(&self.tree) {
            let server = observed.server;
            let live = |session: &Session| session.server() == server && session.is_live();
            // The observer is told when it can be reached again, and has got what was stored.
            if observed.in_flight.is_none() && self.sessions.iter().any(live) {
                self.notify_end(now, id, Status::NotFound);
            }
            return;
        }
        if observed.observation.poll(now) == Decision::Now {
            self.notify(now, id);
        }
        self.plan_later(now, id);
    }

    /// Brings values up to date that nobody has said anything about since the last notification.
    fn refresh(&mut self, now: Instant, id: ObservationId, application: &mut dyn Application) {
        let Some(observed) = self.observations.get(id).filter(|observed| !observed.fresh) else {
            return;
        };
        for path in observed.target.paths() {
            application.refresh(&mut self.tree, *path);
        }
        self.settle(now);
        let Some(observed) = self.observations.get_mut(id) else {
            return;
        };
        for path in observed.target.paths() {
            observed.observation.sample(*path, self.tree.sample(*path));
        }
    }

    /// Sends, stores or drops a notification with the present values.
    fn notify(&mut self, now: Instant, id: ObservationId) {
        let Some(observed) = self.observations.get(id) else {
            return;
        };
        let (server, waits) = (observed.server, observed.in_flight.is_some());
        let Some(index) = self.index_of(server) else {
            return;
        };
        let Some(session) = self.sessions.get(index) else {
            return;
        };
        if waits || !session.is_live() {
            let Some(observed) = self.observations.get_mut(id) else {
                return;
            };
            // That the server is still there is asked when it can be reached.
            return match observed.observation.is_due(now) {
                true => self.store(now, index, id),
                false => self.hold(now, id),
            };
        }
        self.wake(now, index);
        let (Some(observed), Some(session)) = (self.observations.get(id), self.sessions.get(index)) else {
            return;
        };
        self.payload.clear();
        let asker = session.asker(&self.config);
        let accept = Some(observed.format);
        let read = match &observed.target {
            Target::Path(path) => self.tree.read(asker, *path, accept, &mut self.payload),
            Target::Composite(paths) => self.tree.read_composite(asker, paths, accept, &mut self.payload),
        };
        match read {
            Ok(format) => {
                let confirmable = observed.observation.is_confirmable(now);
                self.send_notification(now, id, format, confirmable);
            }
            // Without a right to the value, nothing is said about it.
            Err(Status::Unauthorized) => self.hold(now, id),
            Err(status) => self.notify_end(now, id, status),
        }
    }

    /// Sends what is in `payload` as a notification.
    pub(in crate::client) fn send_notification(
        &mut self,
        now: Instant,
        id: ObservationId,
        format: ContentFormat,
        confirmable: bool,
    ) -> Option<NotificationId> {
        let observed = self.observations.get_mut(id)?;
        observed.number = observed.number.wrapping_add(1) & 0xff_ffff;
        let number = Some(observed.number);
        let payload = core::mem::take(&mut self.payload);
        let notice = Notice {
            response: Response::content(Payload::new(format, &payload)),
            number,
            confirmable,
        };
        let sent = self.deliver(now, id, &notice);
        self.payload = payload;
        match sent {
            Ok(notification) => {
                self.notified(now, id, confirmable);
                return notification;
            }
            // It stays due.
            Err(NotifyError::TooMany) => {}
            Err(_) => self.end_observation(id),
        }
        None
    }

    /// Tells the observer that there is nothing to observe any more, and ends the observation.
    fn notify_end(&mut self, now: Instant, id: ObservationId, status: Status) {
        // It goes out once, where too much waits already.
        for confirmable in [true, false] {
            let notice = Notice {
                response: Response::new(status),
                number: None,
                confirmable,
            };
            if self.deliver(now, id, &notice).is_ok() {
                break;
            }
        }
        self.end_observation(id);
    }

    /// Hands a notification to CoAP. Nothing happens where the server cannot be reached.
    fn deliver(
        &mut self,
        now: Instant,
        id: ObservationId,
        notice: &Notice<'_>,
    ) -> Result<Option<NotificationId>, NotifyError> {
        let Some(observed) = self.observations.get(id) else {
            return Ok(None);
        };
        let session = self
            .sessions
            .iter()
            .find(|session| session.server() == observed.server && session.is_online());
        let Some((session, peer)) = session.and_then(|session| Some((session, session.peer?))) else {
            return Ok(None);
        };
        let coap = CoapSession::new(session.formats.version());
        let form = coap.response(&notice.response, None);
        form.fill(&mut self.options);
        let notification = Notification {
            token: observed.token.as_bytes(),
            key: observed.key,
            confirmable: notice.confirmable,
            observe: notice.number,
            code: form.code(),
            options: self.options.options(),
            payload: form.payload(),
        };
        self.endpoint.notify(now, peer, notification)
    }

    /// A notification was sent.
    fn notified(&mut self, now: Instant, id: ObservationId, confirmable: bool) {
        if let Some(observed) = self.observations.get_mut(id) {
            observed.observation.notified(now, confirmable);
            observed.fresh = false;
        }
    }

    /// A notification cannot be sent.
    pub(in crate::client) fn hold(&mut self, now: Instant, id: ObservationId) {
        if let Some(observed) = self.observations.get_mut(id) {
            observed.observation.hold(now);
            observed.fresh = false;
        }
    }

    /// Sets the next deadline after a look: what could not be sent waits a moment.
    fn plan_later(&mut self, now: Instant, id: ObservationId) {
        let Some(observed) = self.observations.get_mut(id) else {
            return;
        };
        let at = match observed.observation.poll(now) {
            Decision::Now => Some(now + self.config.coap.transmission.ack_timeout),
            Decision::At(at) => Some(at),
            Decision::Never => None,
        };
        self.deadlines.set(Alarm::Observation(id), at);
    }

    /// Whether what falls due for an observation is kept while its server cannot be reached.
    pub(in crate::client) fn retention(
        &self,
        index: usize,
        id: ObservationId,
    ) -> crate::reporting::Retention {
        use crate::reporting::Retention;
        let (Some(session), Some(observed)) = (self.sessions.get(index), self.observations.get(id)) else {
            return Retention::Drop;
        };
        let hqmax = observed
            .target
            .paths()
            .iter()
            .filter_map(|path| {
                observe::attributes(session, &observed.target, *path, &observed.requested).hqmax
            })
            .max();
        let selective = session.attached.has_hqmax() || observed.requested.hqmax.is_some();
        Retention::new(session.account.storing, hqmax, selective)
    }
}
