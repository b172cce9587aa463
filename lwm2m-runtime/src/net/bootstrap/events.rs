use core::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use crate::{
    bootstrap::Event,
    net::inbox::{Inbox, Outlet, inbox},
};

/// What happens at a bootstrap server: sessions from beginning to end.
///
/// A reader that falls behind loses the oldest, and [`take_missed`](Self::take_missed) counts them: a bootstrap server
/// waits for nobody. Reading events does not keep it running.
#[derive(Debug)]
pub struct BootstrapEvents {
    inbox: Inbox<Event>,
}

/// Events kept for a reader that falls behind.
const KEPT: usize = 4096;

impl BootstrapEvents {
    /// A stream, and where its events come from.
    pub(super) fn new() -> (Outlet<Event>, Self) {
        let (outlet, inbox) = inbox(KEPT);
        (outlet, Self { inbox })
    }

    /// The next one; `None` once the bootstrap server has stopped.
    pub async fn next(&mut self) -> Option<Event> {
        self.inbox.next().await
    }

    /// How many were lost since this was asked last, because nobody took them.
    pub fn take_missed(&mut self) -> u64 {
        self.inbox.take_missed()
    }
}

impl Stream for BootstrapEvents {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.inbox.poll_next(context)
    }
}
