//! Client Initiated Bootstrap (LwM2M Core 1.2, section 6.1): when the client asks to be configured, and when again. In
//! LwM2M 1.0 the bootstrap server can begin as well.
//!
//! 1. `HoldOff`: a bootstrap is needed, and the Client Hold Off Time of the account runs.
//! 2. `Connecting`: the shell is asked for a connection to [`BOOTSTRAP_SERVER`].
//! 3. `Requesting`: in LwM2M 1.2 a Bootstrap-Pack-Request; whatever goes wrong with it, a Bootstrap-Request follows.
//! 4. `Session`: the bootstrap server asks (`provision`). Meanwhile servers are not served, told or asked anything; so
//!    nobody sees a configuration that is half an old one.
//! 5. Bootstrap-Finish, or a pack that was taken: the client begins anew with the accounts that it has now. The bootstrap
//!    server can repeat its last request for a while. Later the account at the bootstrap server goes, if it says so.
//! 6. Server Initiated Bootstrap (LwM2M 1.0), if wanted: whenever the client does not ask by itself, it has
//!    a connection to the bootstrap server, whose first request leads to `Session`.
//! 7. Failure: the tree is as it was before. `Retrying`, each time twice as long. When all attempts are spent, a client
//!    with servers stays with them; one without tries on for ever.
//!
//! | file | what |
//! |---|---|
//! | `account` | the account at the bootstrap server, and how long it stays |
//! | `listen` | when the bootstrap server may begin |
//! | `provision` | what the bootstrap server asks |
//! | `smartcard` | whether the card that accounts came from is still there |

pub(super) mod account;
mod listen;
mod provision;
pub(super) mod smartcard;

use alloc::vec::Vec;
use core::time::Duration;

use self::account::KeptAccount;
use super::{
    Client, ClientConfig, Event,
    account::{text, unsigned},
    engine::{Alarm, Phase},
    registration::{Patience, Step, uplink::send},
};
use crate::{
    coap::{ExchangeId, Failure, IncomingResponse, Peer},
    encoding::{Negotiation, PayloadKind},
    model::Version,
    operation::{Payload, Status, Transport, Uplink, read_uplink_response},
    time::Instant,
    tree::BootstrapJournal,
};

/// Stands for the bootstrap server where a Short Server ID says which server: 65535, which no server has, and which is
/// the bootstrap server's name in rules of access, too.
pub const BOOTSTRAP_SERVER: u16 = u16::MAX;

/// Where a bootstrap stands (LwM2M Core 1.2, section 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BootstrapState {
    /// None is needed.
    Idle,
    /// Waits for the Client Hold Off Time, `/0/x/11`.
    HoldOff,
    /// [`Event::Connect`] for [`BOOTSTRAP_SERVER`] is to be answered.
    Connecting,
    /// A Bootstrap-Request or Bootstrap-Pack-Request is on its way.
    Requesting,
    /// The bootstrap server configures the client.
    Session,
    /// An attempt has failed; waits for the next one.
    Retrying,
}

/// Why a bootstrap has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BootstrapFailure {
    /// There was no connection, or it was lost.
    Disconnected,
    /// The exchange of the Bootstrap-Request has failed.
    Exchange(Failure),
    /// The bootstrap server refuses: 4.00 for a client that it does not know.
    Refused(Status),
    /// The bootstrap server's answer makes no sense.
    Answer,
    /// The request cannot be sent: the endpoint client name is too long, or too much is open in CoAP.
    Request,
    /// There was no Bootstrap-Finish in time.
    TimedOut,
    /// The device's program has stopped the client.
    Stopped,
}

/// What the engine keeps of a bootstrap.
#[derive(Debug)]
pub(super) struct Bootstrap {
    pub(super) state: BootstrapState,
    /// Who is at the other end, until the connection is closed.
    pub(super) peer: Option<Peer>,
    /// The request of this side on its way, and whether it asks for a pack.
    request: Option<(ExchangeId, bool)>,
    /// When a pack was asked for that has not come.
    missed_pack: Option<Instant>,
    /// How often it was tried, counted from 1.
    attempt: u64,
    /// What the session has changed.
    pub(super) journal: BootstrapJournal,
    pub(super) formats: Negotiation,
    /// What was to be done with servers meanwhile.
    steps: Vec<(u16, Step)>,
    alarms: Vec<Alarm>,
    pub(super) kept: KeptAccount,
}

impl Bootstrap {
    pub(super) fn new(config: &ClientConfig) -> Self {
        let version = config.versions.first().copied().unwrap_or(Version::V1_0);
        Self {
            state: BootstrapState::Idle,
            peer: None,
            request: None,
            missed_pack: None,
            attempt: 0,
            journal: BootstrapJournal::new(),
            formats: Negotiation::with_server(version, config.formats),
            steps: Vec::new(),
            alarms: Vec::new(),
            kept: KeptAccount::default(),
        }
    }

    /// Whether the tree may be in between two configurations.
    pub(super) fn in_session(&self) -> bool {
        self.state == BootstrapState::Session
    }

    /// Whether an exchange is that of the request of this side.
    pub(super) fn is_request(&self, exchange: ExchangeId) -> bool {
        self.request.is_some_and(|(request, _)| request == exchange)
    }

    /// Puts off what is to be done for a server until the session is over.
    pub(super) fn put_off(&mut self, server: u16, step: Step) {
        self.steps.retain(|(other, _)| *other != server);
        self.steps.push((server, step));
    }

    /// Puts off what is due of servers until the session is over.
    pub(super) fn put_off_alarm(&mut self, alarm: Alarm) -> bool {
        let of_server = matches!(alarm, Alarm::Registration(_) | Alarm::Observation(_));
        let put_off = of_server && self.in_session();
        if put_off {
            self.alarms.push(alarm);
        }
        put_off
    }
}

impl Client {
    /// Asks the bootstrap server for a configuration, as the client does by itself when it has no account at a server,
    /// when a registration has failed whose account wants it (`/1/x/16`), or when a server executes `/1/x/9`. `false`
    /// without an account at a bootstrap server; a bootstrap that is on goes on, and one that waits for its next attempt
    /// begins anew.
    ///
    /// The Client Hold Off Time of the account is waited for first.
    pub fn bootstrap(&mut self, now: Instant) -> bool {
        if self.bootstrap.state == BootstrapState::Retrying {
            self.enter_bootstrap(BootstrapState::Idle, None);
        }
        self.begin_bootstrap(now)
    }

    fn begin_bootstrap(&mut self, now: Instant) -> bool {
        let Some((_, account)) = self.bootstrap_account() else {
            return false;
        };
        let hold_off = Duration::from_secs(unsigned(account, 11).unwrap_or(0));
        if self.bootstrap.state == BootstrapState::Idle {
            self.phase = Phase::Started;
            self.bootstrap.attempt = 0;
            self.leave_bootstrap_server(now);
            self.enter_bootstrap(BootstrapState::HoldOff, Some(now + hold_off));
            match hold_off.is_zero() {
                true => self.bootstrap_due(now),
                false => self.listen_to_bootstrap_server(),
            }
        }
        true
    }

    /// Where a bootstrap stands.
    #[must_use]
    pub const fn bootstrap_state(&self) -> BootstrapState {
        self.bootstrap.state
    }

    /// Tells that a bootstrap is needed, and begins one if there is an account for it.
    pub(super) fn need_bootstrap(&mut self, now: Instant, server: Option<u16>) {
        self.events.push_back(Event::BootstrapNeeded { server });
        if self.phase != Phase::Stopping {
            self.begin_bootstrap(now);
        }
    }

    /// `false` without an account at a bootstrap server.
    pub(super) fn connect_to_bootstrap_server(&mut self) -> bool {
        let uri = self.bootstrap_account().and_then(|(_, account)| text(account, 0));
        let Some(uri) = uri else {
            return false;
        };
        let server = BOOTSTRAP_SERVER;
        self.events.push_back(Event::Connect {
            server,
            uri: uri.into(),
            transport: Transport::of_uri(uri).unwrap_or(Transport::Udp),
        });
        true
    }

    fn enter_bootstrap(&mut self, state: BootstrapState, deadline: Option<Instant>) {
        self.bootstrap.state = state;
        self.deadlines.set(Alarm::Bootstrap, deadline);
    }

    /// The state ends by itself.
    pub(super) fn bootstrap_due(&mut self, now: Instant) {
        match self.bootstrap.state {
            BootstrapState::HoldOff | BootstrapState::Retrying => {
                self.bootstrap.attempt = self.bootstrap.attempt.saturating_add(1);
                self.enter_bootstrap(BootstrapState::Connecting, None);
                if let Some(peer) = self.bootstrap.peer {
                    self.bootstrap_connected(now, peer);
                } else if !self.connect_to_bootstrap_server() {
                    self.enter_bootstrap(BootstrapState::Idle, None);
                }
            }
            BootstrapState::Session => self.bootstrap_failed(now, BootstrapFailure::TimedOut),
            BootstrapState::Idle => {
                self.leave_bootstrap_server(now);
                self.listen_to_bootstrap_server();
            }
            BootstrapState::Connecting | BootstrapState::Requesting => {}
        }
    }

    /// There is a connection to the bootstrap server.
    pub(super) fn bootstrap_connected(&mut self, now: Instant, peer: Peer) {
        if self.bootstrap.state != BootstrapState::Connecting {
            // The session that is on has its peer.
            if self.listens_to_bootstrap_server() && self.bootstrap.peer.is_none() {
                self.bootstrap.peer = Some(peer);
            }
            return;
        }
        self.bootstrap.peer = Some(peer);
        let pack = self.config.bootstrap_pack && self.bootstrap.formats.version() >= Version::V1_2;
        self.request_bootstrap(now, pack);
    }

    fn request_bootstrap(&mut self, now: Instant, pack: bool) {
        let Some(peer) = self.bootstrap.peer else {
            return;
        };
        let formats = self.bootstrap.formats;
        let endpoint = Some(self.config.endpoint_name.as_str());
        let account = self.bootstrap_account_links();
        let uplink = match pack {
            true => Uplink::BootstrapPackRequest {
                endpoint,
                accept: formats
                    .preferred(PayloadKind::BootstrapPack)
                    .map(|format| format.content_format()),
                account: Some(&account),
            },
            false => Uplink::BootstrapRequest {
                endpoint,
                preferred_format: self
                    .config
                    .bootstrap_format
                    .filter(|_| formats.version() >= Version::V1_1),
            },
        };
        let version = formats.version();
        let exchange = send(&mut self.endpoint, &mut self.options, now, peer, version, &uplink);
        match exchange {
            Some(exchange) => {
                self.bootstrap.request = Some((exchange, pack));
                if pack {
                    self.bootstrap.missed_pack = Some(now);
                }
                self.enter_bootstrap(BootstrapState::Requesting, None);
            }
            None if pack => self.request_bootstrap(now, false),
            None => self.bootstrap_failed(now, BootstrapFailure::Request),
        }
    }

    /// The request of this side has its end.
    pub(super) fn bootstrap_answered(&mut self, now: Instant, answer: Result<BootstrapAnswer<'_>, Failure>) {
        let Some((_, pack)) = self.bootstrap.request.take() else {
            return;
        };
        if pack && answer.is_ok() {
            self.bootstrap.missed_pack = None;
        }
        let taken = match answer {
            Ok((Some(Status::Changed), _)) if !pack => {
                self.bootstrap.journal = BootstrapJournal::new();
                let end = now + self.session_timeout();
                return self.enter_bootstrap(BootstrapState::Session, Some(end));
            }
            Ok((Some(Status::Content), Some(payload))) if pack => self.take_pack(payload),
            Ok((Some(status), _)) if !status.is_success() => Err(BootstrapFailure::Refused(status)),
            Ok(_) => Err(BootstrapFailure::Answer),
            Err(failure) => Err(BootstrapFailure::Exchange(failure)),
        };
        match taken {
            Ok(()) => self.bootstrap_finished(now),
            Err(_) if pack => self.request_bootstrap(now, false),
            Err(failure) => self.bootstrap_failed(now, failure),
        }
    }

    /// Takes all of a pack, or nothing.
    fn take_pack(&mut self, pack: Payload<'_>) -> Result<(), BootstrapFailure> {
        let mut journal = BootstrapJournal::new();
        let formats = self.bootstrap.formats;
        let taken = self.tree.bootstrap_pack(&mut journal, &formats, pack);
        if taken.is_ok() && self.has_account() {
            self.bootstrap.journal = journal;
            return Ok(());
        }
        journal.roll_back(&mut self.tree);
        Err(BootstrapFailure::Answer)
    }

    /// How long the bootstrap server may leave the client alone in a session.
    pub(super) fn session_timeout(&self) -> Duration {
        self.config.coap.transmission.exchange_lifetime()
    }

    /// The session goes on, or the bootstrap server has begun one.
    pub(super) fn bootstrap_goes_on(&mut self, now: Instant) {
        if !self.bootstrap.in_session() {
            self.bootstrap.attempt = 0;
        }
        let end = now + self.session_timeout();
        self.enter_bootstrap(BootstrapState::Session, Some(end));
    }

    /// There is a new configuration: everything begins anew with it.
    pub(super) fn bootstrap_finished(&mut self, now: Instant) {
        self.bootstrap_overrides_card();
        self.bootstrap.journal = BootstrapJournal::new();
        self.bootstrap.steps.clear();
        self.bootstrap.alarms.clear();
        // The answer to Bootstrap-Finish may have to be repeated.
        let end = now + self.session_timeout();
        self.enter_bootstrap(BootstrapState::Idle, Some(end));
        self.note_bootstrapped(now);
        self.events.push_back(Event::BootstrapFinished);
        self.offer_bootstrap();
        self.start_over(now);
    }

    /// The attempt has failed: everything is as it was.
    pub(super) fn bootstrap_failed(&mut self, now: Instant, failure: BootstrapFailure) {
        core::mem::take(&mut self.bootstrap.journal).roll_back(&mut self.tree);
        self.leave_bootstrap_server(now);
        self.events.push_back(Event::BootstrapFailed { failure });
        let (state, wait) = self.after_failed_bootstrap(failure);
        // A pack that has not come is not asked for again before it could still come.
        let missed = self.bootstrap.missed_pack.take();
        let earliest = missed.map(|at| at + self.config.coap.transmission.exchange_lifetime());
        let next = wait.map(|wait| (now + wait).max(earliest.unwrap_or_default()));
        self.enter_bootstrap(state, next);
        self.listen_to_bootstrap_server();
        self.offer_bootstrap();
        self.settle(now);
        for (server, step) in core::mem::take(&mut self.bootstrap.steps) {
            if let Some(index) = self.index_of(server) {
                self.drive(now, index, step);
            }
        }
        for alarm in core::mem::take(&mut self.bootstrap.alarms) {
            self.deadlines.set(alarm, Some(now));
        }
    }

    fn after_failed_bootstrap(&mut self, failure: BootstrapFailure) -> (BootstrapState, Option<Duration>) {
        if failure == BootstrapFailure::Stopped || self.phase != Phase::Started {
            return (BootstrapState::Idle, None);
        }
        let patience = Patience {
            longest: self.config.max_retry_delay,
            failed_retry: self.config.failed_retry,
            jitter_percent: self.config.retry_jitter_percent,
            chance: self.random.next_u64(),
        };
        if self.bootstrap.attempt < self.config.bootstrap_attempts {
            let wait = patience.doubled(self.config.bootstrap_retry_timer, self.bootstrap.attempt);
            return (BootstrapState::Retrying, Some(wait));
        }
        match self.has_account() {
            true => (BootstrapState::Idle, None),
            false => {
                self.bootstrap.attempt = 0;
                let wait = patience.failed_retry.unwrap_or(patience.longest);
                (BootstrapState::Retrying, Some(patience.jitter(wait)))
            }
        }
    }

    /// There is no connection to the bootstrap server, or not any more.
    pub(super) fn bootstrap_disconnected(&mut self, now: Instant) {
        match self.bootstrap.state {
            BootstrapState::Connecting | BootstrapState::Requesting | BootstrapState::Session => {
                self.bootstrap_failed(now, BootstrapFailure::Disconnected);
            }
            BootstrapState::Idle => {
                self.leave_bootstrap_server(now);
                // To be listened to again.
                let wait = self.config.failed_retry.unwrap_or(self.config.max_retry_delay);
                let again = self.listens_to_bootstrap_server().then(|| now + wait);
                self.enter_bootstrap(BootstrapState::Idle, again);
            }
            BootstrapState::HoldOff | BootstrapState::Retrying => self.close_bootstrap_connection(now),
        }
    }

    /// Ends a bootstrap that is on.
    pub(super) fn stop_bootstrap(&mut self, now: Instant) {
        match self.bootstrap.state {
            BootstrapState::Idle => self.leave_bootstrap_server(now),
            _ => self.bootstrap_failed(now, BootstrapFailure::Stopped),
        }
    }

    /// Closes the connection to the bootstrap server.
    pub(super) fn leave_bootstrap_server(&mut self, now: Instant) {
        self.deadlines.set(Alarm::Bootstrap, None);
        self.close_bootstrap_connection(now);
    }

    fn close_bootstrap_connection(&mut self, now: Instant) {
        self.bootstrap.request = None;
        if let Some(peer) = self.bootstrap.peer.take() {
            if self.session_of(peer).is_none() {
                self.close_peer(now, BOOTSTRAP_SERVER, peer);
            }
            self.events.push_back(Event::Disconnect {
                server: BOOTSTRAP_SERVER,
            });
        }
    }
}

/// The status of an answer, `None` for a code that is no answer, and its body.
pub(super) type BootstrapAnswer<'a> = (Option<Status>, Option<Payload<'a>>);

/// Reads an answer to the request of this side.
pub(super) fn read<'a>(response: &IncomingResponse<'a>) -> BootstrapAnswer<'a> {
    let answer = read_uplink_response(response.code, response.options, response.payload);
    match answer {
        Some(answer) => (Some(answer.status), answer.payload),
        None => (None, None),
    }
}
