use alloc::collections::BTreeMap;

use super::{Client, Event, engine::Alarm};
use crate::{
    coap::{Responder, Response},
    model::Path,
    operation::Status,
    time::Instant,
};

/// Names an Execute that is answered later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

/// The executes that wait for the device's program.
#[derive(Debug)]
pub(super) struct Tickets {
    open: BTreeMap<Ticket, (Responder, u16)>,
    next: u64,
}

impl Tickets {
    pub(super) const fn new() -> Self {
        Self {
            open: BTreeMap::new(),
            next: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    fn of_server(&self, server: u16) -> usize {
        self.open.values().filter(|(_, of)| *of == server).count()
    }

    pub(super) fn forget(&mut self, ticket: Ticket) {
        self.open.remove(&ticket);
    }

    pub(super) fn forget_server(&mut self, server: u16) {
        self.open.retain(|_, (_, of)| *of != server);
    }
}

impl Client {
    /// Keeps an Execute until its status is known; 5.03 where too many wait.
    pub(super) fn defer(&mut self, now: Instant, server: u16, path: Path, responder: Responder) {
        let of_server = self.tickets.of_server(server);
        if self.tickets.open.len() >= self.config.max_deferred
            || of_server >= self.config.max_deferred_per_server
        {
            let busy = Response::new(Status::ServiceUnavailable.code());
            let _ = self.endpoint.respond(now, responder, busy);
            return;
        }
        let ticket = Ticket(self.tickets.next);
        self.tickets.next += 1;
        self.tickets.open.insert(ticket, (responder, server));
        // The server has given up by then.
        let lifetime = self.config.coap.transmission.exchange_lifetime();
        self.deadlines.set(Alarm::Ticket(ticket), Some(now + lifetime));
        self.events.push_back(Event::Deferred { ticket, path, server });
    }

    pub(super) fn answer_ticket(&mut self, now: Instant, ticket: Ticket, status: Status) -> bool {
        self.deadlines.set(Alarm::Ticket(ticket), None);
        let Some((responder, _)) = self.tickets.open.remove(&ticket) else {
            return false;
        };
        let response = Response::new(status.code());
        self.endpoint.respond(now, responder, response).is_ok()
    }
}
