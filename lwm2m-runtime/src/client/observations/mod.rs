//! Who observes what, when who is told, and what waits while a server cannot be reached.
//!
//! | file | what |
//! |---|---|
//! | `observe` | observations begin and end |
//! | `notify` | what is due is told |
//! | `stored` | what waits, and is told later |

mod notify;
pub(super) mod observe;
pub(super) mod stored;

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use self::stored::InFlight;
use crate::{
    coap::{NotificationId, PeerToken, RequestKey},
    encoding::ContentFormat,
    link::NotificationAttributes,
    model::Path,
    reporting::{Observation, Sample},
    tree::Tree,
};

/// Names an observation; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ObservationId(u64);

/// What is observed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// One path.
    Path(Path),
    /// The paths of an Observe-Composite, in ascending order.
    Composite(Vec<Path>),
}

impl Target {
    pub(super) fn paths(&self) -> &[Path] {
        match self {
            Self::Path(path) => core::slice::from_ref(path),
            Self::Composite(paths) => paths,
        }
    }

    /// Whether there is nothing to observe any more. Paths of a composite observation may come and go.
    pub(super) fn is_gone(&self, tree: &Tree) -> bool {
        match self {
            Self::Path(path) => tree.sample(*path) == Sample::Absent,
            Self::Composite(_) => false,
        }
    }

    /// As it is told: the root stands for a composite observation.
    pub(super) const fn path(&self) -> Path {
        match self {
            Self::Path(path) => *path,
            Self::Composite(_) => Path::ROOT,
        }
    }
}

/// One observation of a server.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) server: u16,
    pub(super) token: PeerToken,
    pub(super) key: RequestKey,
    pub(super) target: Target,
    /// The format of the first answer, and of the notifications.
    pub(super) format: ContentFormat,
    /// The attributes of the request.
    pub(super) requested: NotificationAttributes,
    pub(super) observation: Observation,
    /// The number of the last notification.
    pub(super) number: u32,
    /// Whether something observed has changed since the last notification.
    pub(super) fresh: bool,
    /// What was stored and is not acknowledged yet: nothing newer may take its place.
    pub(super) in_flight: Option<InFlight>,
}

/// The object of an observation of everything.
const ANY: u16 = u16::MAX;

/// Who observes what.
#[derive(Debug)]
pub(super) struct Observations {
    all: BTreeMap<ObservationId, Observed>,
    /// By the objects that their paths name: a change is compared with few of them.
    by_object: BTreeSet<(u16, ObservationId)>,
    next: u64,
}

impl Observations {
    pub(super) const fn new() -> Self {
        Self {
            all: BTreeMap::new(),
            by_object: BTreeSet::new(),
            next: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn insert(&mut self, observed: Observed) -> ObservationId {
        let id = ObservationId(self.next);
        self.next += 1;
        for object in objects(&observed) {
            self.by_object.insert((object, id));
        }
        self.all.insert(id, observed);
        id
    }

    pub(super) fn remove(&mut self, id: ObservationId) -> Option<Observed> {
        let observed = self.all.remove(&id)?;
        for object in objects(&observed) {
            self.by_object.remove(&(object, id));
        }
        Some(observed)
    }

    pub(super) fn get(&self, id: ObservationId) -> Option<&Observed> {
        self.all.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: ObservationId) -> Option<&mut Observed> {
        self.all.get_mut(&id)
    }

    /// The observation of a token.
    pub(super) fn find(&self, server: u16, token: &PeerToken) -> Option<ObservationId> {
        let mut all = self.all.iter();
        let found = all.find(|(_, observed)| observed.server == server && observed.token == *token);
        found.map(|(id, _)| *id)
    }

    /// The observation whose stored notifications are on their way in this one.
    pub(super) fn in_flight(&self, notification: NotificationId) -> Option<ObservationId> {
        let sent = |observed: &Observed| {
            observed
                .in_flight
                .as_ref()
                .is_some_and(|sent| sent.notification == notification)
        };
        let found = self.all.iter().find(|(_, observed)| sent(observed));
        found.map(|(id, _)| *id)
    }

    /// The observations of a server.
    pub(super) fn of_server(&self, server: u16) -> Vec<ObservationId> {
        let all = self.all.iter();
        all.filter(|(_, observed)| observed.server == server)
            .map(|(id, _)| *id)
            .collect()
    }

    /// The observations that a change below an object may concern; all of them where the root has changed.
    pub(super) fn of_object(&self, object: Option<u16>) -> Vec<ObservationId> {
        let Some(object) = object else {
            return self.all.keys().copied().collect();
        };
        let (first, last) = (ObservationId(0), ObservationId(u64::MAX));
        let of = |object| self.by_object.range((object, first)..=(object, last));
        of(object).chain(of(ANY)).map(|(_, id)| *id).collect()
    }
}

/// The objects that an observation names, possibly several times.
fn objects(observed: &Observed) -> impl Iterator<Item = u16> + '_ {
    let paths = observed.target.paths().iter();
    paths.map(|path| path.object_id().unwrap_or(ANY))
}
