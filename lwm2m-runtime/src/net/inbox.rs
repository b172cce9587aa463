use core::{
    future::poll_fn,
    task::{Context, Poll, Waker},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// What the task of an engine has for one reader that may be slow: a queue with an end. When it is full the oldest
/// entry goes, and is counted: a reader that falls behind learns of it and sees the newest, and nobody waits for it.
#[derive(Debug)]
pub(super) struct Inbox<T>(Arc<Mutex<State<T>>>);

/// The writing end of an [`Inbox`].
#[derive(Debug)]
pub(super) struct Outlet<T>(Weak<Mutex<State<T>>>);

#[derive(Debug)]
struct State<T> {
    queue: VecDeque<T>,
    capacity: usize,
    missed: u64,
    closed: bool,
    waker: Option<Waker>,
}

/// An inbox for up to `capacity` entries.
pub(super) fn inbox<T>(capacity: usize) -> (Outlet<T>, Inbox<T>) {
    let state = Arc::new(Mutex::new(State {
        queue: VecDeque::new(),
        capacity: capacity.max(1),
        missed: 0,
        closed: false,
        waker: None,
    }));
    (Outlet(Arc::downgrade(&state)), Inbox(state))
}

impl<T> Inbox<T> {
    /// The next entry; `None` once the writing end is gone.
    pub(super) async fn next(&mut self) -> Option<T> {
        poll_fn(|context| self.poll_next(context)).await
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = lock(&self.0);
        match state.queue.pop_front() {
            Some(entry) => Poll::Ready(Some(entry)),
            None if state.closed => Poll::Ready(None),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    /// How many entries went unread since this was asked last.
    pub(super) fn take_missed(&mut self) -> u64 {
        core::mem::take(&mut lock(&self.0).missed)
    }
}

impl<T> Outlet<T> {
    /// Adds an entry; `false` when nobody reads any more.
    pub(super) fn push(&self, entry: T) -> bool {
        let Some(state) = self.0.upgrade() else {
            return false;
        };
        let mut state = lock(&state);
        if state.queue.len() >= state.capacity {
            state.queue.pop_front();
            state.missed += 1;
        }
        state.queue.push_back(entry);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    /// Whether anybody reads.
    pub(super) fn is_read(&self) -> bool {
        self.0.strong_count() > 0
    }
}

impl<T> Drop for Outlet<T> {
    fn drop(&mut self) {
        if let Some(state) = self.0.upgrade() {
            let mut state = lock(&state);
            state.closed = true;
            let waker = state.waker.take();
            drop(state);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

/// Nothing is done under the lock that could panic.
fn lock<T>(state: &Mutex<State<T>>) -> MutexGuard<'_, State<T>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use core::task::{Context, Poll, Waker};

    use super::*;

    fn next(inbox: &mut Inbox<u32>) -> Poll<Option<u32>> {
        inbox.poll_next(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_oldest_makes_room_and_is_counted() {
        let (outlet, mut inbox) = inbox(2);
        assert_eq!(next(&mut inbox), Poll::Pending);
        for entry in 1..=5 {
            assert!(outlet.push(entry));
        }
        assert_eq!((inbox.take_missed(), inbox.take_missed()), (3, 0));
        assert_eq!(next(&mut inbox), Poll::Ready(Some(4)));
        drop(outlet);
        assert_eq!(next(&mut inbox), Poll::Ready(Some(5)));
        assert_eq!(next(&mut inbox), Poll::Ready(None));
    }

    #[test]
    fn the_writer_learns_that_nobody_reads() {
        let (outlet, inbox) = inbox(2);
        assert!(outlet.is_read() && outlet.push(1));
        drop(inbox);
        assert!(!outlet.is_read() && !outlet.push(2));
    }
}
