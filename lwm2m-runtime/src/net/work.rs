use core::{
    future::poll_fn,
    task::{Context, Poll},
};
use std::vec::Vec;

use tokio::{
    sync::{mpsc, oneshot},
    task::yield_now,
};

use super::wire::{Engine, Wire};
use crate::time::Instant;

/// What a task has to do.
pub(super) enum Work {
    /// Commands have come.
    Commands,
    /// The socket or the clock has something.
    Wire,
    /// Nobody is left to command.
    None,
}

impl Work {
    /// Waits for what there is to do. Where the wire has `more`, other tasks have their turn first.
    pub(super) async fn next<C>(
        commands: &mut mpsc::Receiver<C>,
        taken: &mut Vec<C>,
        most: usize,
        more: bool,
        wire: &mut Wire,
        engine: &mut impl Engine,
    ) -> Self {
        let work = poll_fn(|context| {
            let deadline = || engine.poll_timeout();
            Self::poll(context, Some(commands), taken, most, more, wire, deadline)
        });
        let work = work.await;
        if more && matches!(work, Self::Wire) {
            yield_now().await;
        }
        work
    }

    /// Takes up to `most` commands; without any it waits for the wire, unless that has `more` already. There are no
    /// `commands` any more once nobody is left.
    pub(super) fn poll<C>(
        context: &mut Context<'_>,
        commands: Option<&mut mpsc::Receiver<C>>,
        taken: &mut Vec<C>,
        most: usize,
        more: bool,
        wire: &mut Wire,
        deadline: impl FnOnce() -> Option<Instant>,
    ) -> Poll<Self> {
        match commands.map(|commands| commands.poll_recv_many(context, taken, most)) {
            Some(Poll::Ready(0)) => Poll::Ready(Self::None),
            Some(Poll::Ready(_)) => Poll::Ready(Self::Commands),
            Some(Poll::Pending) | None if more => Poll::Ready(Self::Wire),
            Some(Poll::Pending) | None => wire.poll_wake(context, deadline()).map(|()| Self::Wire),
        }
    }
}

/// Whoever asked may be gone.
pub(super) fn answer<T>(reply: oneshot::Sender<T>, answer: T) {
    let _ = reply.send(answer);
}
