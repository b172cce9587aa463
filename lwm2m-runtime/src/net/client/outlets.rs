use core::{
    pin::Pin,
    task::{Context, Poll},
};
use std::vec::Vec;

use futures_core::Stream;

use super::ClientTrouble;
use crate::{
    client::Event,
    model::Excerpt,
    net::inbox::{Inbox, Outlet, inbox},
};

/// Who listens to what happens.
#[derive(Default)]
pub(super) struct Outlets {
    events: Vec<Outlet<Event>>,
    troubles: Vec<Outlet<ClientTrouble>>,
}

/// Events kept for a reader that falls behind.
const KEPT: usize = 1024;

impl Outlets {
    pub(super) fn events(&mut self) -> ClientEvents {
        let (outlet, inbox) = inbox(KEPT);
        self.events.push(outlet);
        ClientEvents { inbox }
    }

    pub(super) fn troubles(&mut self) -> ClientEvents<ClientTrouble> {
        let (outlet, inbox) = inbox(KEPT);
        self.troubles.push(outlet);
        ClientEvents { inbox }
    }

    pub(super) fn event(&mut self, event: &Event) {
        tracing::debug!(event = %Excerpt(format_args!("{event:?}")));
        self.events.retain(|outlet| outlet.push(event.clone()));
    }

    pub(super) fn trouble(&mut self, trouble: ClientTrouble) {
        tracing::warn!(trouble = %Excerpt(format_args!("{trouble:?}")));
        self.troubles.retain(|outlet| outlet.push(trouble.clone()));
    }
}

/// What happens to a client: [`Event`]s, or [`ClientTrouble`]s.
///
/// A reader that falls behind loses the oldest, and [`take_missed`](Self::take_missed) counts them: a client waits for
/// nobody. Reading events does not keep the client running.
#[derive(Debug)]
pub struct ClientEvents<E = Event> {
    inbox: Inbox<E>,
}

impl<E> ClientEvents<E> {
    /// Of a client that has stopped.
    pub(super) fn ended() -> Self {
        Self { inbox: inbox(1).1 }
    }

    /// The next one; `None` once the client has stopped.
    pub async fn next(&mut self) -> Option<E> {
        self.inbox.next().await
    }

    /// How many were lost since this was asked last, because nobody took them.
    pub fn take_missed(&mut self) -> u64 {
        self.inbox.take_missed()
    }
}

impl<E> Stream for ClientEvents<E> {
    type Item = E;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<E>> {
        self.inbox.poll_next(context)
    }
}
