use core::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use std::{boxed::Box, error::Error, path::Path, sync::Arc, vec::Vec};

use tokio::task::{JoinHandle, spawn_blocking};

use super::ClientBuilder;
use crate::{
    client::Client,
    net::StartError,
    storage::{ClientKeeper, Files, Saved, Slot, Slots},
    time::Instant,
    tree::Restored,
};

/// What outlives a restart.
impl ClientBuilder {
    /// Keeps in two files what has to outlive a restart, see [`storage`](Self::storage). Their names are that of `path` and
    /// `.a` or `.b`; their directory has to exist.
    pub fn keep_in(self, path: impl AsRef<Path>) -> Self {
        self.storage(Files::new(path))
    }

    /// Keeps what has to outlive a restart: the accounts and the rights of servers, what servers have created, written and
    /// deleted, and the attributes that they have attached. It is kept at each change, all of it or nothing, in a thread of
    /// its own.
    ///
    /// What was kept counts, and not the accounts that the program has: those are the factory's, and are used as long as
    /// nothing was kept. What the program itself sets it has to set anew, but for objects that it has
    /// [kept](crate::tree::Tree::keep) by [`tree`](Self::tree).
    ///
    /// A medium that fails ends nothing: it is tried again, and [`Client::troubles`](super::Client::troubles) tell.
    pub fn storage<S>(mut self, slots: S) -> Self
    where
        S: Slots<Error: Error + Send + Sync + 'static> + Send + 'static,
    {
        self.slots = Some(AnySlots(Box::new(Erased(slots))));
        self
    }

    /// Begins with the factory's accounts, whatever was kept: for a factory reset, and after
    /// [`StartError::Storage`]. What was kept stays until something new is.
    pub const fn factory_reset(mut self) -> Self {
        self.reset = true;
        self
    }
}

/// Why something could not be kept, or could not be read again.
#[derive(Clone)]
pub struct StorageError(Arc<dyn Error + Send + Sync>);

impl fmt::Debug for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for StorageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// Slots of any kind.
pub(super) struct AnySlots(Box<dyn Slots<Error = StorageError> + Send>);

impl Slots for AnySlots {
    type Error = StorageError;

    fn read(&mut self, slot: Slot) -> Result<Vec<u8>, StorageError> {
        self.0.read(slot)
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), StorageError> {
        self.0.write(slot, bytes)
    }
}

/// Slots without the type of their error.
struct Erased<S>(S);

impl<S: Slots<Error: Error + Send + Sync + 'static>> Slots for Erased<S> {
    type Error = StorageError;

    fn read(&mut self, slot: Slot) -> Result<Vec<u8>, StorageError> {
        self.0.read(slot).map_err(|error| StorageError(Arc::new(error)))
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), StorageError> {
        self.0
            .write(slot, bytes)
            .map_err(|error| StorageError(Arc::new(error)))
    }
}

type Keeper = ClientKeeper<AnySlots>;
type Written = (Keeper, Result<(), StorageError>);

/// What the task of a client keeps, one write at a time.
///
/// 1. `Ready`: something has changed that is worth keeping; a thread writes it.
/// 2. `Writing`: what changes meanwhile waits. Back to `Ready`.
/// 3. After a failure nothing is written for a while, each time twice as long.
pub(super) struct Store {
    state: State,
    /// Nothing is written before.
    retry_at: Option<Instant>,
    /// How long after the next failure.
    patience: Duration,
}

enum State {
    /// Nothing is to be kept, or not any more: the thread has panicked.
    Nowhere,
    Ready(Box<Keeper>),
    Writing(JoinHandle<Written>),
}

/// The wait after the first failure, and the longest one.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(600);

impl Store {
    /// Puts what was kept into a client.
    pub(super) fn open(
        slots: Option<AnySlots>,
        reset: bool,
        client: &mut Client,
    ) -> Result<(Self, Option<Restored>), StartError> {
        let (state, restored) = match slots {
            None => (State::Nowhere, None),
            Some(slots) if reset => (State::Ready(Box::new(Keeper::anew(slots, client))), None),
            Some(slots) => {
                let (keeper, restored) = Keeper::open(slots, client).map_err(StartError::Storage)?;
                (State::Ready(Box::new(keeper)), restored)
            }
        };
        let store = Self {
            state,
            retry_at: None,
            patience: FIRST_WAIT,
        };
        Ok((store, restored))
    }

    /// Begins to write what has changed, if anything has and nothing is being written.
    pub(super) fn begin(&mut self, now: Instant, client: &Client) {
        if self.retry_at.is_some_and(|at| at > now) {
            return;
        }
        self.retry_at = None;
        self.begin_now(client);
    }

    /// The same, even after a failure.
    pub(super) fn begin_now(&mut self, client: &Client) {
        let State::Ready(keeper) = &self.state else {
            return;
        };
        let Some(saved) = keeper.changed(client) else {
            return;
        };
        self.retry_at = None;
        if let State::Ready(keeper) = core::mem::replace(&mut self.state, State::Nowhere) {
            self.state = State::Writing(spawn_blocking(move || store(*keeper, &saved)));
        }
    }

    /// When to begin again after a failure.
    pub(super) const fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// What has come of a write; pending while there is none.
    pub(super) fn poll_written(&mut self, context: &mut Context<'_>) -> Poll<Result<(), StorageError>> {
        let State::Writing(writing) = &mut self.state else {
            return Poll::Pending;
        };
        let (state, result) = match ready!(Pin::new(writing).poll(context)) {
            Ok((keeper, result)) => (State::Ready(Box::new(keeper)), result),
            Err(error) => (State::Nowhere, Err(StorageError(Arc::new(error)))),
        };
        self.state = state;
        Poll::Ready(result)
    }

    /// Notes what has come of a write.
    pub(super) fn written(&mut self, now: Instant, kept: bool) {
        if kept {
            self.patience = FIRST_WAIT;
            return;
        }
        self.retry_at = Some(now + self.patience);
        self.patience = (self.patience * 2).min(LONGEST_WAIT);
    }

    /// Whether the last write has failed.
    pub(super) fn is_failing(&self) -> bool {
        self.patience > FIRST_WAIT
    }

    /// Waits for the write that has begun, if one has.
    pub(super) async fn idle(&mut self) -> Option<Result<(), StorageError>> {
        poll_fn(|context| match self.state {
            State::Writing(_) => self.poll_written(context).map(Some),
            _ => Poll::Ready(None),
        })
        .await
    }
}

fn store(mut keeper: Keeper, saved: &Saved) -> Written {
    let result = keeper.store(saved);
    (keeper, result)
}
