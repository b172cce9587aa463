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
    storage::{ClientKeeper, Files, Pace, Saved, Slot, Slots},
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
    /// deleted, and the attributes that they have attached. All of it is kept or nothing, in a thread of its own: the first
    /// change after a quiet time at once, further ones after [`write_interval`](Self::write_interval), the accounts of a
    /// bootstrap and the last state before the client stops without delay.
    ///
    /// A server's request is answered before what it has changed is on the medium. When the program crashes, or power is
    /// lost, the device comes back as it was at the last write: a server may have been told 2.04 for what is forgotten then,
    /// at most that of the last interval and of the write that was on. The device registers anew; who has to be sure reads
    /// again what it has written. A device that knows that its power goes should [stop](super::Client::stop) the client.
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

    /// How much time is between two writes to the medium, at least. Default 5 s; zero writes each change at once. More
    /// of it spares a medium that wears out, such as flash, and loses more in a crash.
    pub const fn write_interval(mut self, interval: Duration) -> Self {
        self.write_interval = interval;
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
/// 1. `Ready`: something has changed that is worth keeping; when the [`Pace`] says so, a thread writes it.
/// 2. `Writing`: what changes meanwhile waits. Back to `Ready`.
pub(super) struct Store {
    state: State,
    pace: Pace,
    /// When something that has changed is to be written.
    due: Option<Instant>,
}

enum State {
    /// Nothing is to be kept, or not any more: the thread has panicked.
    Nowhere,
    Ready(Box<Keeper>),
    Writing(JoinHandle<Written>),
}

/// Between two writes, unless [`ClientBuilder::write_interval`] says otherwise.
pub(super) const WRITE_INTERVAL: Duration = Duration::from_secs(5);

impl Store {
    /// Puts what was kept into a client.
    pub(super) fn open(
        slots: Option<AnySlots>,
        reset: bool,
        interval: Duration,
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
            pace: Pace::new(interval),
            due: None,
        };
        Ok((store, restored))
    }

    /// Begins to write what has changed, if anything has, nothing is being written, and it is time.
    pub(super) fn begin(&mut self, now: Instant, client: &Client) {
        self.due = None;
        let next = self.pace.next();
        if next <= now {
            self.begin_now(client);
        } else if matches!(&self.state, State::Ready(keeper) if keeper.has_changed(client)) {
            self.due = Some(next);
        }
    }

    /// The same, even when it is not time.
    pub(super) fn begin_now(&mut self, client: &Client) {
        let State::Ready(keeper) = &self.state else {
            return;
        };
        let Some(saved) = keeper.changed(client) else {
            return;
        };
        self.pace.begun();
        if let State::Ready(keeper) = core::mem::replace(&mut self.state, State::Nowhere) {
            self.state = State::Writing(spawn_blocking(move || store(*keeper, &saved)));
        }
    }

    /// What has changed last is to be written without delay.
    pub(super) const fn urge(&mut self) {
        self.pace.urge();
    }

    /// When to begin, if something waits for that.
    pub(super) const fn due(&self) -> Option<Instant> {
        self.due
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
        match kept {
            true => self.pace.written(now),
            false => self.pace.failed(now),
        }
    }

    /// Whether the last write has failed.
    pub(super) fn is_failing(&self) -> bool {
        self.pace.is_failing()
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
