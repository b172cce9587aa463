use alloc::vec::Vec;

use crate::{
    client::{
        Client, Event, RegistrationFailure, State,
        engine::{Alarm, Phase},
        registration::{Afterwards, Patience, Step, transport},
        session::{Session, versions},
    },
    coap::Peer,
    model::Version,
    time::Instant,
};

impl Client {
    /// Does what a registration asks for, until it only waits.
    pub(in crate::client) fn drive(&mut self, now: Instant, index: usize, mut step: Step) {
        while step != Step::Wait {
            if let (Some(session), true) = (self.sessions.get(index), self.bootstrap.in_session()) {
                self.bootstrap.put_off(session.server(), step);
                break;
            }
            let server = self.sessions.get(index).map(Session::server);
            if server.is_some_and(|server| self.hold_for_card(server, step)) {
                break;
            }
            step = self.take_step(now, index, step);
        }
        if let Some(session) = self.sessions.get(index) {
            let alarm = Alarm::Registration(session.server());
            self.deadlines.set(alarm, session.registration.deadline());
        }
        self.advance_order(now);
    }

    pub(in crate::client) fn take_step(&mut self, now: Instant, index: usize, step: Step) -> Step {
        match step {
            Step::Wait => Step::Wait,
            Step::Connect => {
                self.close_session(now, index);
                self.ask_for_connection(index);
                Step::Wait
            }
            Step::Register => self.send_register(now, index),
            Step::Update => self.send_update(now, index),
            Step::Deregister => self.send_deregister(now, index),
            Step::Fail => {
                self.leave_session(now, index);
                let Some(session) = self.sessions.get_mut(index) else {
                    return Step::Wait;
                };
                session.settled |= !session.account.failure_block;
                session.registration.version = versions(&self.config, &session.account)
                    .next()
                    .unwrap_or(session.registration.version);
                let server = session.server();
                self.end_unstored_observations(index);
                if self.failure_needs_bootstrap(index) {
                    self.need_bootstrap(now, Some(server));
                }
                Step::Wait
            }
            Step::Close => {
                let open = self
                    .sessions
                    .get(index)
                    .is_some_and(|session| session.peer.is_some());
                self.close_session(now, index);
                if let Some(session) = self.sessions.get_mut(index) {
                    session.settled = true;
                    let server = session.server();
                    if open {
                        self.events.push_back(Event::Disconnect { server });
                    }
                    if session.registration.state() == State::Idle {
                        session.wanted = false;
                        self.end_observations(server);
                    }
                }
                self.look_whether_stopped();
                Step::Wait
            }
        }
    }

    /// Whether the client is to be bootstrapped after the registration with a server has failed: where its account says so,
    /// which is the default since LwM2M 1.1; before, when no server is left that could be registered with.
    fn failure_needs_bootstrap(&self, index: usize) -> bool {
        let Some(failed) = self.sessions.get(index) else {
            return false;
        };
        let old = failed.registration.version < Version::V1_1;
        let at_once = failed.account.bootstrap_on_failure.unwrap_or(!old);
        let blocks = failed.account.failure_block;
        let is_lost = |session: &Session| {
            session.has_failed() || blocks && session.registration.state() == State::Waiting
        };
        let allows =
            |session: &Session| session.has_failed() && session.account.bootstrap_on_failure != Some(false);
        let none_left = || self.sessions.iter().all(is_lost) && self.sessions.iter().any(allows);
        at_once || old && none_left()
    }

    /// Asks the shell for a connection, over the transport that is to serve the whole session.
    fn ask_for_connection(&mut self, index: usize) {
        let Some(session) = self.sessions.get_mut(index) else {
            return;
        };
        let version = session.registration.version;
        let choice = transport::choice(&self.config, &self.tree, &session.account, version);
        session.transport = session.asked.take().unwrap_or_else(|| choice.first());
        self.events.push_back(Event::Connect {
            server: session.server(),
            uri: session.account.uri.clone(),
            transport: session.transport,
        });
    }

    /// Tells when [`stop`](Self::stop) is done.
    pub(in crate::client) fn look_whether_stopped(&mut self) {
        let idle = |session: &Session| session.registration.state() == State::Idle;
        if self.phase == Phase::Stopping && self.sessions.iter().all(idle) {
            self.phase = Phase::Idle;
            self.events.push_back(Event::Stopped);
        }
    }

    /// A registration's time has come.
    pub(in crate::client) fn registration_due(&mut self, now: Instant, server: u16) {
        let Some(index) = self.index_of(server) else {
            return;
        };
        if let Some(session) = self.sessions.get_mut(index) {
            let due = session.registration.deadline().is_some_and(|at| at <= now);
            let step = match due {
                true => session.registration.alarm(),
                // Something else has happened in the same moment.
                false => Step::Wait,
            };
            self.drive(now, index, step);
        }
    }

    /// Registrations with servers are wanted. Those in an order begin when it is their turn.
    pub(in crate::client) fn want(&mut self, now: Instant, servers: &[u16]) {
        let mut independent = Vec::new();
        for (index, session) in self.sessions.iter_mut().enumerate() {
            let state = session.registration.state();
            if !servers.contains(&session.server()) || !matches!(state, State::Idle | State::Deregistering) {
                continue;
            }
            session.wanted = true;
            if state == State::Deregistering {
                session.registration.begin_afterwards();
                continue;
            }
            match session.account.priority.filter(|_| !session.settled) {
                Some(_) => session.registration.wait(),
                None => independent.push(index),
            }
        }
        for index in independent {
            self.begin(now, index);
        }
        self.advance_order(now);
    }

    /// Begins to register.
    pub(in crate::client) fn begin(&mut self, now: Instant, index: usize) {
        if let Some(session) = self.sessions.get_mut(index) {
            session.wanted = true;
            let step = session.registration.begin(now, &session.account);
            self.drive(now, index, step);
        }
    }

    /// Ends a registration, with or without a De-register.
    pub(in crate::client) fn end(&mut self, now: Instant, index: usize, afterwards: Afterwards) {
        if let Some(session) = self.sessions.get_mut(index) {
            let step = session.registration.end(now, afterwards);
            self.drive(now, index, step);
        }
    }

    /// An attempt to register has failed.
    pub(in crate::client) fn attempt_failed(
        &mut self,
        now: Instant,
        index: usize,
        failure: RegistrationFailure,
    ) -> Step {
        let patience = Patience {
            longest: self.config.max_retry_delay,
            failed_retry: self.config.failed_retry,
            jitter_percent: self.config.retry_jitter_percent,
            chance: self.random.next_u64(),
        };
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        let server = session.server();
        let step = session.registration.failed(now, &session.account, patience);
        self.events
            .push_back(Event::RegistrationFailed { server, failure });
        step
    }

    /// There is no connection, or not any more.
    pub(in crate::client) fn disconnect(&mut self, now: Instant, index: usize) {
        let Some(session) = self.sessions.get_mut(index) else {
            return;
        };
        let state = session.registration.state();
        let trying = matches!(state, State::Connecting | State::Registering);
        let step = match state {
            _ if trying || session.registration.is_reconnecting() => {
                session.registration.exchange = None;
                self.close_session(now, index);
                self.attempt_failed(now, index, RegistrationFailure::Disconnected)
            }
            State::Registered | State::Updating => session.registration.lost(false),
            State::Deregistering => {
                let server = session.server();
                let step = session.registration.ended(now);
                self.deregistered(server);
                step
            }
            _ => {
                self.close_session(now, index);
                Step::Wait
            }
        };
        self.drive(now, index, step);
    }

    /// Drops what is open with the peer of a session.
    fn close_session(&mut self, now: Instant, index: usize) {
        let Some(session) = self.sessions.get_mut(index) else {
            return;
        };
        let server = session.server();
        if let Some(peer) = session.peer.take() {
            self.close_peer(now, server, peer);
        }
    }

    /// The same for good: the shell is told.
    pub(in crate::client) fn leave_session(&mut self, now: Instant, index: usize) {
        let server = match self.sessions.get(index) {
            Some(session) if session.peer.is_some() => session.server(),
            _ => return,
        };
        self.close_session(now, index);
        self.events.push_back(Event::Disconnect { server });
    }

    pub(in crate::client) fn close_peer(&mut self, now: Instant, server: u16, peer: Peer) {
        self.tickets.forget_server(server);
        self.endpoint.close(now, peer);
        self.restore_stored(server);
        self.endpoint_events(now);
    }
}
