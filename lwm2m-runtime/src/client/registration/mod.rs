//! When to register, and when again (LwM2M Core 1.2, sections 6.2.1 to 6.2.3).
//!
//! 1. Delay: the Initial Registration Delay Timer, before the first registration only.
//! 2. Connecting, then Registering: one attempt. A 4.12 tries the next version at once.
//! 3. Success: Registered. An Update is due before the lifetime ends, and when something has changed.
//! 4. Failure: Retrying, twice as long after each further attempt; after the last one of a sequence BetweenSequences;
//!    after the last sequence Failed.
//! 5. Updating: its success leads back to 3, its refusal to 2 without connecting, its time-out to 2.
//! 6. Deregistering, then Idle, or Disabled until the account's time-out, and then 2.
//!
//! No messages here: events in, a [`Step`] for the engine out. Beside it:
//!
//! | file | what |
//! |---|---|
//! | `drive`, `order` | the steps done, and which server is next |
//! | `uplink` | Register, Update, De-register and their answers |
//! | `profiles` | identifiers in place of the object list |
//! | `transport` | over what a session goes |

mod drive;
pub(super) mod order;
pub(super) mod profiles;
pub(super) mod transport;
pub(super) mod uplink;

use alloc::string::String;
use core::time::Duration;

use super::{State, account::Account};
use crate::{coap::ExchangeId, model::Version, time::Instant};

/// What the engine has to do next for a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Step {
    /// Nothing, but to wait for the deadline if there is one.
    Wait,
    /// Ask the shell for a connection.
    Connect,
    /// Send a Register.
    Register,
    /// Send an Update with whatever has changed.
    Update,
    /// Send a De-register.
    Deregister,
    /// The registration has failed for good.
    Fail,
    /// The server is done with: close the session.
    Close,
}

/// What comes after a De-register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// Nothing.
    Idle,
    /// The account is out of use for so long.
    Disabled(Duration),
}

/// What a server was last told, as far as an Update can change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) lifetime: u32,
    pub(super) binding: crate::operation::Binding,
    /// Whether requests are to wait while the client sleeps.
    pub(super) queue: bool,
    pub(super) sms: Option<String>,
    /// The number of the object list.
    pub(super) list: u64,
}

/// When what could not be sent is tried again.
const POSTPONED: Duration = Duration::from_secs(2);

/// How long waits may become, and how much of chance there is in them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) longest: Duration,
    pub(super) failed_retry: Option<Duration>,
    pub(super) jitter_percent: u32,
    /// Any number.
    pub(super) chance: u64,
}

impl Patience {
    /// The wait after an attempt, counted from 1: twice as long after each further one.
    pub(super) fn doubled(self, timer: Duration, attempt: u64) -> Duration {
        let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let factor = 1_u32.checked_shl(doublings).filter(|factor| *factor > 0);
        let wait = timer.saturating_mul(factor.unwrap_or(u32::MAX));
        self.jitter(wait.min(self.longest))
    }

    /// A wait with chance added to it.
    pub(super) fn jitter(self, wait: Duration) -> Duration {
        let most = wait.as_millis().saturating_mul(self.jitter_percent.into()) / 100;
        let chance = (u128::from(self.chance >> 32) * most) >> 32;
        wait.saturating_add(Duration::from_millis(u64::try_from(chance).unwrap_or(u64::MAX)))
    }
}

/// The registration with one server.
#[derive(Debug)]
pub(super) struct Registration {
    state: State,
    /// When the state ends by itself.
    deadline: Option<Instant>,
    /// Counted from 1.
    attempt: u64,
    sequence: u64,
    /// Whether there was a registration since the account came.
    succeeded: bool,
    afterwards: Afterwards,
    /// The Register, Update or De-register on its way.
    pub(super) exchange: Option<ExchangeId>,
    /// When it was sent.
    sent_at: Instant,
    /// What it says.
    pub(super) telling: Told,
    /// What the server knows.
    pub(super) told: Told,
    /// Another Update is wanted after the one on its way.
    again: bool,
    /// Where the server keeps the registration.
    pub(super) location: Option<String>,
    /// When the server forgets it.
    expires: Instant,
    /// Whether an Update is not enough when there is a connection again.
    anew: bool,
    /// Whether the server has not answered since it was lost.
    reconnecting: bool,
    /// The version that a Register says, or has said.
    pub(super) version: Version,
}

impl Registration {
    pub(super) fn new(version: Version) -> Self {
        Self {
            state: State::Idle,
            deadline: None,
            attempt: 1,
            sequence: 1,
            succeeded: false,
            afterwards: Afterwards::Idle,
            exchange: None,
            sent_at: Instant::default(),
            telling: Told::default(),
            told: Told::default(),
            again: false,
            location: None,
            expires: Instant::default(),
            anew: false,
            reconnecting: false,
            version,
        }
    }

    pub(super) const fn state(&self) -> State {
        self.state
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn enter(&mut self, state: State, deadline: Option<Instant>) {
        self.state = state;
        self.deadline = deadline;
    }

    /// Lets servers that come before in the order go first.
    pub(super) fn wait(&mut self) {
        self.enter(State::Waiting, None);
    }

    /// The registration is wanted, and it is its turn.
    pub(super) fn begin(&mut self, now: Instant, account: &Account) -> Step {
        if !self.succeeded && !account.initial_delay.is_zero() {
            self.enter(State::Delay, Some(now + account.initial_delay));
            return Step::Wait;
        }
        self.restart()
    }

    /// Connects, with all attempts ahead.
    fn restart(&mut self) -> Step {
        self.attempt = 1;
        self.sequence = 1;
        self.connect()
    }

    fn connect(&mut self) -> Step {
        self.exchange = None;
        self.enter(State::Connecting, None);
        Step::Connect
    }

    /// The deadline has passed.
    pub(super) fn alarm(&mut self) -> Step {
        self.deadline = None;
        match self.state {
            State::Delay | State::Disabled | State::Failed => self.restart(),
            State::Retrying => {
                self.attempt = self.attempt.saturating_add(1);
                self.connect()
            }
            State::BetweenSequences => {
                self.attempt = 1;
                self.sequence = self.sequence.saturating_add(1);
                self.connect()
            }
            State::Registered => Step::Update,
            _ => Step::Wait,
        }
    }

    /// Whether a connection is of use now.
    pub(super) const fn wants_connection(&self) -> bool {
        matches!(
            self.state,
            State::Connecting | State::Registering | State::Registered | State::Updating
        )
    }

    /// Whether a Register or Update that was held back is still of use, and none is on its way.
    pub(super) const fn is_to_go_on(&self) -> bool {
        self.wants_connection() && self.exchange.is_none()
    }

    /// There is a connection, asked for or in place of another one.
    pub(super) fn connected(&mut self, now: Instant) -> Step {
        match self.state {
            State::Connecting if self.location.is_some() && !self.anew && now < self.expires => Step::Update,
            State::Connecting | State::Registering | State::Registered | State::Updating => Step::Register,
            _ => Step::Wait,
        }
    }

    /// The client has another address, of which the server must not learn by an Update (without security).
    pub(super) fn moved(&mut self) -> Step {
        self.anew = true;
        match self.state {
            State::Registering | State::Registered | State::Updating => Step::Register,
            _ => Step::Wait,
        }
    }

    /// Something that the server should know has changed, or it has asked for an Update.
    pub(super) fn changed(&mut self) -> Step {
        match self.state {
            State::Registered => Step::Update,
            State::Updating => {
                self.again = true;
                Step::Wait
            }
            _ => Step::Wait,
        }
    }

    /// A Register is on its way.
    pub(super) fn registering(&mut self, now: Instant, exchange: ExchangeId, telling: Told) {
        self.sent(now, exchange, State::Registering);
        self.location = None;
        self.telling = telling;
    }

    /// An Update is on its way.
    pub(super) fn updating(&mut self, now: Instant, exchange: ExchangeId, telling: Told) {
        self.sent(now, exchange, State::Updating);
        self.telling = telling;
    }

    /// A De-register is on its way.
    pub(super) fn deregistering(&mut self, now: Instant, exchange: ExchangeId) {
        self.sent(now, exchange, State::Deregistering);
    }

    fn sent(&mut self, now: Instant, exchange: ExchangeId, state: State) {
        self.exchange = Some(exchange);
        self.sent_at = now;
        self.again = false;
        self.enter(state, None);
    }

    /// The server has taken a Register. `margin` is as for [`refreshed`](Self::refreshed).
    pub(super) fn registered(&mut self, location: String, margin: Duration) -> Step {
        self.location = Some(location);
        self.succeeded = true;
        self.anew = false;
        self.attempt = 1;
        self.sequence = 1;
        self.refreshed(margin)
    }

    /// The lifetime begins anew, as the server has taken an Update or a Register. `margin` is how long before its end,
    /// at most, an Update is sent. Another Update follows at once where one was asked for meanwhile.
    pub(super) fn refreshed(&mut self, margin: Duration) -> Step {
        self.exchange = None;
        self.reconnecting = false;
        self.told = self.telling.clone();
        let lifetime = Duration::from_secs(self.told.lifetime.into());
        let mut due = None;
        self.expires = Instant::NEVER;
        if !lifetime.is_zero() {
            self.expires = self.sent_at + lifetime;
            due = Some(self.sent_at + (lifetime - margin.min(lifetime / 2)));
        }
        self.enter(State::Registered, due);
        match core::mem::take(&mut self.again) {
            true => Step::Update,
            false => Step::Wait,
        }
    }

    /// An Update cannot be sent now, as too much is open with the server.
    pub(super) fn postpone(&mut self, now: Instant) -> Step {
        self.enter(State::Registered, Some(now + POSTPONED));
        Step::Wait
    }

    /// A Register was refused for its version; there is another one to try.
    pub(super) fn fall_back(&mut self, version: Version) -> Step {
        self.exchange = None;
        self.version = version;
        Step::Register
    }

    /// An Update was refused: the server does not know the registration, or not any more.
    pub(super) fn update_refused(&mut self) -> Step {
        self.exchange = None;
        self.location = None;
        Step::Register
    }

    /// An Update was not answered, or the connection was lost.
    pub(super) fn lost(&mut self, anew: bool) -> Step {
        self.anew |= anew;
        self.reconnecting = true;
        self.restart()
    }

    /// Whether the Update on its way is an attempt to find the server again: if it is lost, too, it counts as one.
    pub(super) const fn is_reconnecting(&self) -> bool {
        self.reconnecting && matches!(self.state, State::Updating)
    }

    /// An Update is not enough any more.
    pub(super) const fn require_register(&mut self) {
        self.anew = true;
    }

    /// The attempt has failed.
    pub(super) fn failed(&mut self, now: Instant, account: &Account, patience: Patience) -> Step {
        self.exchange = None;
        let retry = account.retry;
        if self.attempt < retry.count {
            let wait = patience.doubled(retry.timer, self.attempt);
            self.enter(State::Retrying, Some(now + wait));
            return Step::Wait;
        }
        match retry.sequence_delay {
            Some(delay) if self.sequence < retry.sequence_count => {
                self.enter(State::BetweenSequences, Some(now + patience.jitter(delay)));
                Step::Wait
            }
            _ => {
                let again = patience.failed_retry.map(|wait| now + patience.jitter(wait));
                self.enter(State::Failed, again);
                self.location = None;
                Step::Fail
            }
        }
    }

    /// The registration is to end.
    pub(super) fn end(&mut self, now: Instant, afterwards: Afterwards) -> Step {
        self.afterwards = afterwards;
        match self.state {
            State::Registered | State::Updating if self.location.is_some() => Step::Deregister,
            State::Deregistering => Step::Wait,
            _ => self.ended(now),
        }
    }

    /// The registration is wanted again while its De-register is on its way.
    pub(super) fn begin_afterwards(&mut self) {
        self.afterwards = Afterwards::Disabled(Duration::ZERO);
    }

    /// The De-register was answered, or not; the server has to forget the client in any case.
    pub(super) fn ended(&mut self, now: Instant) -> Step {
        self.exchange = None;
        self.location = None;
        self.again = false;
        match self.afterwards {
            Afterwards::Idle => self.enter(State::Idle, None),
            Afterwards::Disabled(timeout) => self.enter(State::Disabled, Some(now + timeout)),
        }
        Step::Close
    }
}
