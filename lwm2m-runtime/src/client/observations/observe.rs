use crate::{
    client::{
        Client, ClientConfig, Event,
        engine::Alarm,
        observations::{ObservationId, Observed, Target},
        session::Session,
    },
    coap::{Failure, IncomingRequest, Peer, PeerToken, RequestKey},
    encoding::ContentFormat,
    link::NotificationAttributes,
    model::Path,
    operation::Request,
    reporting::{CONFIRMABLE_REFRESH, Conditions, Decision, Observation, Observed as Kind, Retention},
    time::Instant,
    tree::{Asker, Tree},
};

/// What a server wants to observe.
#[derive(Debug)]
pub(in crate::client) struct Wish {
    token: PeerToken,
    key: RequestKey,
    target: Target,
    format: ContentFormat,
    attributes: NotificationAttributes,
}

impl Wish {
    /// The wish in a request, which was answered in a format.
    pub(in crate::client) fn of(
        tree: &Tree,
        asker: Asker<'_>,
        operation: &Request<'_>,
        request: &IncomingRequest<'_>,
        format: Option<ContentFormat>,
    ) -> Option<Self> {
        let (target, attributes) = match operation {
            Request::Observe { path, attributes, .. } => (Target::Path(*path), *attributes),
            Request::ObserveComposite {
                paths, attributes, ..
            } => {
                let mut paths = tree.composite_paths(asker, *paths).ok()?;
                paths.dedup();
                (Target::Composite(paths), *attributes)
            }
            _ => return None,
        };
        Some(Self {
            token: request.token.into(),
            key: request.key,
            target,
            format: format?,
            attributes,
        })
    }
}

impl Client {
    /// Begins an observation; one of the same token ends. Returns the number of the answer; `None` where there is no
    /// room, and the answer is one to a Read.
    pub(in crate::client) fn observe(&mut self, now: Instant, index: usize, wish: Wish) -> Option<u32> {
        let server = self.sessions.get(index)?.server();
        let old = self.observations.find(server, &wish.token);
        let old = old.and_then(|id| self.forget_observation(id));
        let session = self.sessions.get(index)?;
        let number = old.map_or(0, |old| old.number) + 1;
        let of_server = self.observations.of_server(server).len();
        if self.observations.len() >= self.config.max_observations
            || of_server >= self.config.max_observations_per_server
            || wish.target.paths().len() > self.config.max_observed_paths
        {
            return None;
        }
        let mut observation = Observation::new(now, Some(CONFIRMABLE_REFRESH));
        for path in wish.target.paths() {
            let conditions = conditions(
                &self.config,
                &self.tree,
                session,
                &wish.target,
                *path,
                &wish.attributes,
            );
            observation.watch(*path, conditions, self.tree.sample(*path));
        }
        let path = wish.target.path();
        let id = self.observations.insert(Observed {
            server,
            token: wish.token,
            key: wish.key,
            target: wish.target,
            format: wish.format,
            requested: wish.attributes,
            observation,
            number,
            fresh: false,
            in_flight: None,
        });
        self.plan(now, id);
        self.events.push_back(Event::ObservationStarted { path, server });
        Some(number)
    }

    /// Sets when an observation has to be looked at.
    pub(in crate::client) fn plan(&mut self, now: Instant, id: ObservationId) {
        let Some(observed) = self.observations.get_mut(id) else {
            return;
        };
        let at = match observed.observation.poll(now) {
            Decision::Now => Some(now),
            Decision::At(at) => Some(at),
            Decision::Never => None,
        };
        self.deadlines.set(Alarm::Observation(id), at);
    }

    /// A server does not want an observation any more.
    pub(in crate::client) fn cancel_observation(&mut self, server: u16, token: &PeerToken) {
        if let Some(id) = self.observations.find(server, token) {
            self.end_observation(id);
        }
    }

    /// A peer has rejected a notification, or not acknowledged it.
    pub(in crate::client) fn unobserved(
        &mut self,
        now: Instant,
        peer: Peer,
        token: &PeerToken,
        failure: Failure,
    ) {
        let Some(index) = self.session_of(peer) else {
            return;
        };
        let Some(server) = self.sessions.get(index).map(Session::server) else {
            return;
        };
        let Some(id) = self.observations.find(server, token) else {
            return;
        };
        match failure {
            // The server may have it still and waits in vain: it has to be told that there is none (LwM2M Core 1.2,
            // section 6.2.1). What falls due until then is stored.
            Failure::TimedOut => {
                let stored = self
                    .observations
                    .get(id)
                    .is_some_and(|observed| observed.in_flight.is_some());
                match self.retention(index, id) {
                    Retention::Drop => self.end_observation(id),
                    // It is kept as it was.
                    _ if stored => {}
                    _ => self.store(now, index, id),
                }
                self.unreachable(now, index, failure);
            }
            // The session was closed on this side.
            Failure::Closed => {}
            _ => self.end_observation(id),
        }
    }

    pub(in crate::client) fn end_observation(&mut self, id: ObservationId) {
        if let Some(observed) = self.forget_observation(id) {
            self.events.push_back(Event::ObservationEnded {
                path: observed.target.path(),
                server: observed.server,
            });
        }
    }

    /// Ends all observations of a server, and what was stored for them.
    pub(in crate::client) fn end_observations(&mut self, server: u16) {
        for id in self.observations.of_server(server) {
            self.end_observation(id);
        }
    }

    /// The registration with a server has failed, and may be begun anew much later. The server is as one that is offline:
    /// what falls due until then is stored within the limits, where it wants that (LwM2M Core 1.2, Server object,
    /// resource 6), and is lost only with the account or by a De-register. Observations that nothing is stored of end.
    pub(in crate::client) fn end_unstored_observations(&mut self, index: usize) {
        let Some(server) = self.sessions.get(index).map(Session::server) else {
            return;
        };
        for id in self.observations.of_server(server) {
            if self.retention(index, id) == Retention::Drop {
                self.end_observation(id);
            }
        }
    }

    fn forget_observation(&mut self, id: ObservationId) -> Option<Observed> {
        let observed = self.observations.remove(id)?;
        self.deadlines.set(Alarm::Observation(id), None);
        if let Some(index) = self.index_of(observed.server) {
            if let Some(session) = self.sessions.get_mut(index) {
                session.stored.forget(id);
            }
        }
        Some(observed)
    }

    /// The attributes of a server below a path, or its defaults, have changed: its observations follow at once.
    pub(in crate::client) fn conditions_changed(&mut self, now: Instant, server: u16, below: Option<Path>) {
        let Some(session) = self.sessions.iter().find(|session| session.server() == server) else {
            return;
        };
        let ids = self.observations.of_server(server);
        for id in &ids {
            let Some(observed) = self.observations.get_mut(*id) else {
                continue;
            };
            for path in observed.target.paths() {
                if below.is_none_or(|below| path.starts_with(below)) {
                    let conditions = conditions(
                        &self.config,
                        &self.tree,
                        session,
                        &observed.target,
                        *path,
                        &observed.requested,
                    );
                    observed.observation.set_conditions(*path, conditions);
                }
            }
        }
        for id in ids {
            self.plan(now, id);
        }
    }
}

/// What applies to a path of an observation.
pub(in crate::client) fn attributes(
    session: &Session,
    target: &Target,
    path: Path,
    requested: &NotificationAttributes,
) -> NotificationAttributes {
    let defaults = session.account.defaults;
    match target {
        Target::Path(_) => session.attached.of_observe(path, requested, defaults),
        Target::Composite(_) => session.attached.of_observe_composite(path, requested, defaults),
    }
}

fn conditions(
    config: &ClientConfig,
    tree: &Tree,
    session: &Session,
    target: &Target,
    path: Path,
    requested: &NotificationAttributes,
) -> Conditions {
    let mut attributes = attributes(session, target, path, requested);
    attributes.con = attributes
        .con
        .or(config.confirmable_notifications.then_some(true));
    Conditions::new(&attributes, kind(tree, path))
}

/// What kind of value is at a path, as far as its definition says.
fn kind(tree: &Tree, path: Path) -> Kind {
    let resource = path.resource_id().and_then(|resource| {
        let definition = tree.definition(path.object_id()?)?;
        definition.resource(resource)
    });
    match resource {
        Some(resource) if !resource.multiple() || path.depth() == 4 => {
            resource.resource_type().map_or(Kind::Other, Kind::value)
        }
        _ => Kind::Other,
    }
}
