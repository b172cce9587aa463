//! What has happened and nobody has waited for yet.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use lwm2m_runtime::model::Path;
use tokio::sync::Notify;

use crate::command::Awaited;

/// Something that `wait` can wait for.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    pub(crate) what: Awaited,
    pub(crate) endpoint: String,
    /// The paths that it is about.
    pub(crate) paths: Vec<Path>,
}

/// A bounded list of them; each is taken by one `wait`.
#[derive(Debug, Default)]
pub(crate) struct Happenings {
    list: Mutex<VecDeque<Happening>>,
    more: Notify,
}

/// So many are kept; the oldest goes.
const KEPT: usize = 4096;

impl Happenings {
    pub(crate) fn push(&self, happening: Happening) {
        let mut list = self.lock();
        if list.len() >= KEPT {
            list.pop_front();
        }
        list.push_back(happening);
        drop(list);
        self.more.notify_waiters();
    }

    /// Takes the oldest one of a kind, or waits for it.
    pub(crate) async fn take(&self, what: Awaited, endpoint: &str, path: Option<Path>) {
        loop {
            let more = self.more.notified();
            tokio::pin!(more);
            // From here on nothing is missed.
            more.as_mut().enable();
            if self.try_take(what, endpoint, path) {
                return;
            }
            more.await;
        }
    }

    /// Takes the oldest one of a kind, if there is one.
    pub(crate) fn try_take(&self, what: Awaited, endpoint: &str, path: Option<Path>) -> bool {
        let about = |happening: &Happening, path: Path| {
            happening
                .paths
                .iter()
                .any(|about| about.starts_with(path) || path.starts_with(*about))
        };
        let mut list = self.lock();
        let found = list.iter().position(|happening| {
            happening.what == what
                && happening.endpoint == endpoint
                && path.is_none_or(|path| about(happening, path))
        });
        found.and_then(|found| list.remove(found)).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Happening>> {
        // Nothing panics under it.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
