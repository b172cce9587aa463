use super::{Client, Event, State, registration::Step};
use crate::{
    model::Path,
    operation::TreeView,
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
        let objects = self.tree.objects().count();
        if objects != self.objects {
            self.objects = objects;
            self.list += 1;
            told = true;
        }
        while let Some(change) = self.tree.poll_change() {
            let object = change.path.object_id();
            accounts |= matches!(object, None | Some(0 | 1));
            told |= BINDING.starts_with(change.path);
            if change.kind != ChangeKind::Value || object.is_none() {
                self.list += 1;
                told = true;
            }
            if change.kind == ChangeKind::Deleted {
                self.card.forget(change.path);
                for session in &mut self.sessions {
                    session.attached.remove(change.path);
                }
            }
            self.report(&change);
            self.observed(now, &change);
        }
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
