//! Being woken by a short message (LwM2M Core 1.2, object 1, resource 21).
//!
//! 1. The device's modem receives a short message; the shell hands it over.
//! 2. It counts if it asks for nothing but an Execute of `/1/x/8` or `/1/x/9`, of a server whose `/1/x/21` allows it, by
//!    its own number. Whatever else came is dropped.
//! 3. There is no answer: the server sees an Update, a Register or a Bootstrap-Request.

use super::{
    BootstrapState, Client, State,
    own::{Order, Own},
    session::Session,
};
use crate::{
    coap::Message,
    model::Version,
    operation::{CoapSession, Request, Transport, read_sms_push},
    time::Instant,
    tree::{Application, Asker},
};

impl Client {
    /// Takes the user data of a short message, with its user data header, and the number that it came from: a server that
    /// wants a sleeping client to wake sends one. `true` if it was followed: the client updates its registration
    /// (`/1/x/8`), tries at once to register where it would have waited, or bootstraps (`/1/x/9`).
    ///
    /// Only an Execute of those is taken, of the server's own instance of the Server object, whose resource 21 (Trigger)
    /// is true, and from the account's number (`/0/x/9`) if it has one. An account that asks for protected short messages
    /// (`/0/x/6`) is not triggered by a plain one. Nothing is answered, and what is not taken is counted in
    /// [`dropped_triggers`](super::ClientCounters::dropped_triggers).
    pub fn handle_sms_trigger(
        &mut self,
        now: Instant,
        from: &str,
        user_data: &[u8],
        application: &mut dyn Application,
    ) -> bool {
        let Some((index, order)) = self.read_trigger(from, user_data, application) else {
            self.counters.dropped_triggers = self.counters.dropped_triggers.saturating_add(1);
            return false;
        };
        self.stir(now);
        let state = self
            .sessions
            .get(index)
            .map(|session| session.registration.state());
        match (order, state) {
            (Order::Update { .. }, Some(state)) if is_waiting(state) => self.begin(now, index),
            _ => self.follow(now, order),
        }
        self.endpoint_events(now);
        self.settle(now);
        true
    }

    /// What a short message asks for, and of which server it is.
    fn read_trigger(
        &mut self,
        from: &str,
        user_data: &[u8],
        application: &mut dyn Application,
    ) -> Option<(usize, Order)> {
        if self.bootstrap.state != BootstrapState::Idle {
            return None;
        }
        let message = Message::parse(read_sms_push(user_data)?).ok()?;
        let instance = message_instance(self, &message)?;
        let index = self
            .sessions
            .iter()
            .position(|session| session.account.instance == instance)?;
        let session = self.sessions.get_mut(index)?;
        let state = session.registration.state();
        if !session.takes_trigger(from) || !(state.is_registered() || is_waiting(state)) {
            return None;
        }
        let version = session.formats.version();
        let coap = CoapSession::new(version).with_alternate_path(&self.config.alternate_path);
        let request = coap
            .read_request(message.code, message.options, message.payload, |_| false)
            .ok()?;
        let Session {
            account,
            formats,
            attached,
            ..
        } = session;
        let mut own = Own {
            application,
            version,
            config: &self.config,
            account,
            order: None,
        };
        let asker = Asker::new(account.server, formats).with_alternate_path(&self.config.alternate_path);
        self.payload.clear();
        let outcome = self
            .tree
            .perform(asker, attached, &request, &mut own, &mut self.payload);
        let order = own.order.filter(|_| outcome.status.is_success())?;
        Some((index, order))
    }
}

/// The instance of the Server object of which a message executes a trigger.
fn message_instance(client: &Client, message: &Message<'_>) -> Option<u16> {
    let coap = CoapSession::new(Version::V1_2).with_alternate_path(&client.config.alternate_path);
    let request = coap.read_request(message.code, message.options, message.payload, |_| false);
    let Ok(Request::Execute { path, .. }) = request else {
        return None;
    };
    match *path.ids() {
        [1, instance, 8 | 9] => Some(instance),
        _ => None,
    }
}

/// Whether a registration is tried again later.
const fn is_waiting(state: State) -> bool {
    matches!(state, State::Retrying | State::BetweenSequences | State::Failed)
}

impl Session {
    /// Whether a plain short message from a number may be a trigger of this server. By a session that goes over short
    /// messages itself requests come as they are.
    fn takes_trigger(&self, from: &str) -> bool {
        let known = self.account.sms_number.as_deref();
        self.account.trigger
            && !self.account.sms_protected
            && self.transport != Transport::Sms
            && known.is_none_or(|known| digits(known) == digits(from))
    }
}

/// A number without the sign that international ones may begin with.
fn digits(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}
