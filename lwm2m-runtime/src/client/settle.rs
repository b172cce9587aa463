use super::{Client, Event, State, registration::Step};
use crate::{
    model::Path,
    time::Instant,
    tree::{Change, ChangeKind},
};

/// The transports of the device.
const BINDING: Path = Path::resource(3, 0, 16);

impl Client {
    /// Looks at what has changed in the tree: accounts, what servers are told, what they observe. What a bootstrap changes
    /// counts once it is over.
    pub(super) fn settle(&mut self, now: Instant) {
        if self.bootstrap.in_session() {
            return;
        }
        let mut accounts = false;
        let mut told = false;
        // An object that comes without an instance is no change of an instance.
        let mut list = !self.listed.has_objects(&self.tree);
        while let Some(change) = self.tree.poll_change() {
            let object = change.path.object_id();
            accounts |= matches!(object, None | Some(0 | 1));
            told |= BINDING.starts_with(change.path);
            list |= change.kind != ChangeKind::Value || object.is_none();
            if change.kind == ChangeKind::Deleted {
                self.card.forget(change.path);
                for session in &mut self.sessions {
                    session.attached.remove(change.path);
                }
            }
            self.report(&change);
            self.observed(now, &change);
        }
        // Before anything is sent.
        told |= list && self.listed.look(&self.tree);
        if accounts {
            self.read_accounts(now);
        }
        if !(accounts || told) {
            return;
        }
        for index in 0..self.sessions.len() {
            // An Update on its way is followed by another one where that is needed.
            let idle = self
                .sessions
                .get(index)
                .is_some_and(|session| session.registration.state() == State::Registered);
            if idle && self.untold(index) {
                self.drive(now, index, Step::Update);
            }
        }
    }

    /// Tells the device's program what a server has changed.
    fn report(&mut self, change: &Change) {
        let path = change.path;
        let Some(server) = change.by else {
            return;
        };
        self.events.push_back(match change.kind {
            ChangeKind::Value => Event::Written { path, server },
            ChangeKind::Created => Event::Created { path, server },
            ChangeKind::Deleted => Event::Deleted { path, server },
        });
    }
}
