use core::{
    net::{IpAddr, SocketAddr},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use std::{boxed::Box, io, vec::Vec};

use tokio::time::{Sleep, sleep_until};

use super::{Batch, Socket, clock::Clock, locals::Locals};
use crate::{
    coap::{Peer, Transmit},
    time::Instant,
};

/// What carries any engine: the part that all roles have in common.
pub(super) trait Engine {
    fn handle_input(&mut self, now: Instant, from: Peer, datagram: &[u8]);
    fn handle_timeout(&mut self, now: Instant);
    fn poll_transmit(&mut self) -> Option<Transmit<'_>>;
    fn poll_timeout(&mut self) -> Option<Instant>;
}

/// A socket, a clock and a timer, as one task's engine needs them.
///
/// A turn receives and sends a bounded number of datagrams, so that commands, timers and other tasks have theirs. While
/// the system has no room for a datagram nothing is received: an engine never owes more answers than to one batch.
pub(super) struct Wire {
    socket: Socket,
    batch: Batch,
    clock: Clock,
    stuck: Option<Stuck>,
    /// For a socket of several addresses, whose peers have all spoken first.
    locals: Option<Locals>,
    timer: Pin<Box<Sleep>>,
    timer_at: Option<Instant>,
    /// Nothing is received before this, because the system cannot.
    paused_until: Option<Instant>,
}

/// A datagram that the system had no room for.
struct Stuck {
    to: SocketAddr,
    local: Option<IpAddr>,
    datagram: Vec<u8>,
}

/// Batches received in a turn.
const BATCHES: usize = 8;

/// How long receiving rests after an error that is not about a peer.
const PAUSE: Duration = Duration::from_millis(100);

impl Wire {
    pub(super) fn new(socket: Socket, batch: Batch, clock: Clock) -> Self {
        Self {
            socket,
            batch,
            clock,
            stuck: None,
            locals: None,
            timer: Box::pin(sleep_until(tokio::time::Instant::now())),
            timer_at: None,
            paused_until: None,
        }
    }

    /// Speaks to each peer from the address that the peer has spoken to. For a role that never speaks first.
    pub(super) fn answering(mut self) -> Self {
        let any = self.socket.local_address().ip().is_unspecified();
        self.locals = any.then(Locals::default);
        self
    }

    /// Whether the socket can send to an address.
    pub(super) fn reaches(&self, to: SocketAddr) -> bool {
        self.socket.reaches(to)
    }

    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Gives the engine what has arrived and what is due, and sends what it says. `true` when there may be more at
    /// once.
    pub(super) fn turn(&mut self, engine: &mut impl Engine) -> bool {
        let mut now = self.clock.now();
        let mut more = self.flush(engine);
        for _ in 0..BATCHES {
            if self.stuck.is_some() || !self.may_receive(now) {
                more = false;
                break;
            }
            match self.socket.receive(&mut self.batch) {
                Ok(0) => {
                    more = false;
                    break;
                }
                Ok(_) => {}
                // Told about a peer that is not there: nothing is wrong with this side.
                Err(error) if concerns_peer(&error) => continue,
                Err(error) => {
                    tracing::warn!(%error, "cannot receive");
                    self.paused_until = Some(now + PAUSE);
                }
            }
            now = self.clock.now();
            for received in self.batch.iter() {
                tracing::trace!(from = %received.from, bytes = received.bytes.len(), "received");
                // Neither an answer nor an action: many may have it (RFC 7252, section 8.2).
                if received
                    .local
                    .is_some_and(|local| local.to_canonical().is_multicast())
                {
                    continue;
                }
                if let (Some(locals), Some(local)) = (&mut self.locals, received.local) {
                    locals.heard(received.from, local);
                }
                engine.handle_input(now, Peer::new(received.from), received.bytes);
                send(&self.socket, &mut self.stuck, engine, self.locals.as_ref());
            }
        }
        if engine.poll_timeout().is_some_and(|deadline| deadline <= now) {
            engine.handle_timeout(now);
            self.flush(engine);
        }
        more && self.stuck.is_none()
    }

    /// Sends what the engine says. `true` when all of it is sent.
    pub(super) fn flush(&mut self, engine: &mut impl Engine) -> bool {
        if let Some(Stuck { to, local, datagram }) = &self.stuck {
            match self.socket.send(*to, *local, datagram) {
                Ok(false) => return false,
                Ok(true) => {}
                Err(error) => lost(*to, &error),
            }
            self.stuck = None;
        }
        send(&self.socket, &mut self.stuck, engine, self.locals.as_ref());
        self.stuck.is_none()
    }

    /// Waits for the next turn: a datagram, room for one, or the engine's deadline.
    pub(super) fn poll_wake(&mut self, context: &mut Context<'_>, deadline: Option<Instant>) -> Poll<()> {
        // An error of the two means that the runtime shuts down, and with it this task.
        let ready = match (&self.stuck, self.paused_until) {
            (Some(_), _) => self.socket.poll_sendable(context),
            (None, Some(_)) => Poll::Pending,
            (None, None) => self.socket.poll_receivable(context),
        };
        if let Poll::Ready(Ok(())) = ready {
            return Poll::Ready(());
        }
        let deadline = [deadline, self.paused_until].into_iter().flatten().min();
        let Some(at) = deadline.and_then(|at| self.clock.deadline(at)) else {
            return Poll::Pending;
        };
        if self.timer_at != deadline {
            self.timer_at = deadline;
            self.timer.as_mut().reset(at.into());
        }
        ready!(self.timer.as_mut().poll(context));
        self.timer_at = None;
        Poll::Ready(())
    }

    fn may_receive(&mut self, now: Instant) -> bool {
        if self.paused_until.is_some_and(|until| until <= now) {
            self.paused_until = None;
        }
        self.paused_until.is_none()
    }
}

/// Sends what the engine says.
fn send(socket: &Socket, stuck: &mut Option<Stuck>, engine: &mut impl Engine, locals: Option<&Locals>) {
    while stuck.is_none() {
        let Some(Transmit { peer, datagram }) = engine.poll_transmit() else {
            return;
        };
        let to = peer.address;
        let local = locals.and_then(|locals| locals.of(to));
        tracing::trace!(%to, bytes = datagram.len(), "send");
        match socket.send(to, local, datagram) {
            Ok(true) => {}
            Ok(false) => {
                let datagram = datagram.into();
                *stuck = Some(Stuck { to, local, datagram });
            }
            Err(error) => lost(to, &error),
        }
    }
}

/// CoAP repeats what matters.
fn lost(to: SocketAddr, error: &io::Error) {
    tracing::debug!(%to, %error, "a datagram cannot be sent");
}

/// Whether an error of receiving is about a datagram that was sent before, which its receiver or the way there refused.
fn concerns_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::Interrupted
    )
}
