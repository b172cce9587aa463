use std::vec::Vec;

use tokio::sync::mpsc;

use super::{BootstrapServerError, SessionInfo, command::Command};
use crate::{
    bootstrap::{self, Event, PlanSource},
    coap::{Peer, Transmit},
    model::Excerpt,
    net::{
        inbox::Outlet,
        wire::{Engine, Wire},
        work::{Work, answer},
    },
    time::Instant,
};

/// The task that owns a bootstrap server's engine and its socket.
///
/// 1. It sends, receives and does what is due, a bounded number of times.
/// 2. It tells whoever listens what came of it.
/// 3. It takes a bounded number of commands of the handles, and begins again.
/// 4. With nothing to do it waits: for a datagram, a deadline or a command.
pub(super) struct Task<P> {
    engine: bootstrap::BootstrapServer<P>,
    wire: Wire,
    commands: mpsc::Receiver<Command<P>>,
    events: Vec<Outlet<Event>>,
}

/// Commands taken in a turn.
const COMMANDS: usize = 64;

impl<P: PlanSource> Engine for bootstrap::BootstrapServer<P> {
    fn handle_input(&mut self, now: Instant, from: Peer, datagram: &[u8]) {
        Self::handle_input(self, now, from, datagram);
    }

    fn handle_timeout(&mut self, now: Instant) {
        Self::handle_timeout(self, now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        Self::poll_transmit(self)
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        Self::poll_timeout(self)
    }
}

impl<P: PlanSource> Task<P> {
    pub(super) const fn new(
        engine: bootstrap::BootstrapServer<P>,
        wire: Wire,
        commands: mpsc::Receiver<Command<P>>,
        events: Vec<Outlet<Event>>,
    ) -> Self {
        Self {
            engine,
            wire,
            commands,
            events,
        }
    }

    /// Runs until it is stopped or nobody has a handle any more.
    pub(super) async fn run(mut self) {
        let mut commands = Vec::new();
        loop {
            let more = self.wire.turn(&mut self.engine);
            self.tell();
            let Self {
                commands: waiting,
                wire,
                engine,
                ..
            } = &mut self;
            match Work::next(waiting, &mut commands, COMMANDS, more, wire, engine).await {
                Work::Wire => {}
                Work::Commands => {
                    for command in commands.drain(..) {
                        if let Command::Stop { done } = command {
                            // The socket is free once the engine is gone.
                            drop(self);
                            return answer(done, ());
                        }
                        self.command(command);
                    }
                }
                Work::None => return,
            }
        }
    }

    fn command(&mut self, command: Command<P>) {
        let now = self.wire.now();
        match command {
            Command::Plans(change) => change(self.engine.plans_mut()),
            Command::Sessions { reply } => {
                let sessions = self.engine.sessions();
                answer(
                    reply,
                    sessions.map(|session| SessionInfo::new(&session, now)).collect(),
                );
            }
            Command::Begin {
                address,
                endpoint,
                reply,
            } => {
                let begun = match self.wire.reaches(address) {
                    true => self
                        .engine
                        .begin(now, Peer::new(address), &endpoint)
                        .map_err(Into::into),
                    false => Err(BootstrapServerError::Unreachable { address }),
                };
                answer(reply, begun);
            }
            Command::End { session, reply } => answer(reply, self.engine.end(now, session)),
            Command::Events(outlet) => self.events.push(outlet),
            // The caller's.
            Command::Stop { done } => answer(done, ()),
        }
    }

    /// Tells everybody what has happened.
    fn tell(&mut self) {
        while let Some(event) = self.engine.poll_event() {
            tracing::debug!(event = %Excerpt(format_args!("{event:?}")));
            self.events.retain(|outlet| outlet.push(event.clone()));
        }
    }
}
