//! What clients are asked on the management interface (LwM2M Core 1.2, section 6.3; Transport 1.2, section 6.4.6).
//!
//! 1. A request queues behind those to the same client, and until the client listens, or goes out at once: a client is
//!    asked one thing at a time.
//! 2. a. The client answers: an event, and the next one goes out.
//!    b. The exchange fails, or nothing moves for the time-out: an event, and the next one goes out, unless the client is
//!    in queue mode and sleeps (`queue`).
//!    c. The client gets a new address: what can be asked twice is asked again there, the rest fails.
//!    d. The registration is over: all fail.
//!
//! What observations ask goes the same way.

use super::{
    Answer, EndReason, Event, Failure, RegistrationId, RequestError, RequestId, Server,
    engine::Alarm,
    pending::{Pending, Prepared, Task},
    record::Record,
    registrations::Registrations,
};
use crate::{
    coap::{self, ExchangeId, OptionNumber, Progress, Token, uint},
    operation::{CoapSession, Operation, Request},
    time::Instant,
};

/// What a client has answered, before it is known to what.
pub(super) struct Arrived {
    pub(super) exchange: ExchangeId,
    pub(super) token: Token,
    /// The number of a notification.
    pub(super) observe: Option<u32>,
    /// `None` for a code of no response.
    pub(super) answer: Option<Answer>,
}

impl Arrived {
    /// Reads the answer of a client, and whose it is.
    pub(super) fn read(
        registrations: &Registrations,
        response: &coap::IncomingResponse<'_>,
    ) -> Option<(u32, Self)> {
        let device = registrations.of_peer(response.peer)?;
        let session = registrations.get(device)?.session();
        let answer = session.read_response(response.code, response.options, response.payload);
        let arrived = Self {
            exchange: response.exchange,
            token: response.token,
            observe: response.options.first(OptionNumber::OBSERVE).and_then(uint),
            answer: answer.map(Answer::from),
        };
        Some((device, arrived))
    }
}

/// Buffers of requests that are gone, kept for the next ones; and how long they may be.
const SPARES: usize = 64;
const SPARE_BYTES: usize = 2_048;

impl Record {
    /// How operations look to this client.
    pub(super) fn session(&self) -> CoapSession<'_> {
        CoapSession::new(self.formats.version()).with_alternate_path(self.texts.alternate_path())
    }
}

impl Server {
    /// Asks a client. Clients are asked one thing at a time; what more they are asked waits in its order.
    ///
    /// The end is an [`Event::Response`] or an [`Event::Failed`] of this number. A request outlives an Update from a
    /// new address, but not its registration.
    ///
    /// # Errors
    ///
    /// [`RequestError`].
    pub fn request(
        &mut self,
        now: Instant,
        id: RegistrationId,
        request: &Request<'_>,
    ) -> Result<RequestId, RequestError> {
        let device = self.registrations.find(id).ok_or(RequestError::NotRegistered)?;
        let record = self
            .registrations
            .get(device)
            .ok_or(RequestError::NotRegistered)?;
        let operation = request.operation();
        if let Operation::Observe
        | Operation::ObserveComposite
        | Operation::CancelObservation
        | Operation::CancelObservationComposite = operation
        {
            return Err(RequestError::Observation);
        }
        if let Request::Create { object, .. } = request {
            if record.objects.get(*object).is_none() {
                return Err(RequestError::UnknownObject { object: *object });
            }
        }
        let session = record.session();
        let form = session.request(request)?;
        self.has_room(record)?;
        let (mut options, mut payload) = self.spare.pop().unwrap_or_default();
        form.fill(&mut options);
        payload.extend_from_slice(form.payload());
        let prepared = Prepared {
            operation,
            target: request.path(),
            code: form.code(),
            options,
            payload,
        };
        let index = self.enqueue(device, Task::Request(prepared));
        let id = RequestId(self.requests.id(index));
        if self.first_request(device) == Some(index) {
            if let Err(Failure::NotSent(error)) = self.launch(now, index) {
                self.remove_request(now, index);
                return Err(error.into());
            }
        }
        self.let_wait(now, index);
        Ok(id)
    }

    /// Gives up a request. There is no event. `false` where it is over already. A request on its way may still be
    /// carried out.
    pub fn cancel(&mut self, now: Instant, request: RequestId) -> bool {
        let Some(index) = self.requests.find(request.0) else {
            return false;
        };
        let Some(gone) = self.remove_request(now, index) else {
            return false;
        };
        self.advance(now, gone.device);
        true
    }

    /// How many requests to a client are open or queued, with those that set up and cancel observations.
    #[must_use]
    pub fn open_requests(&self, id: RegistrationId) -> usize {
        let device = self.registrations.find(id);
        let record = device.and_then(|device| self.registrations.get(device));
        record.map_or(0, |record| record.requests.len.into())
    }

    pub(super) fn has_room(&self, record: &Record) -> Result<(), RequestError> {
        let full = record.requests.len >= self.config.max_requests_per_device
            || self.requests.len() >= self.config.max_requests;
        match full {
            true => Err(RequestError::QueueFull),
            false => Ok(()),
        }
    }

    pub(super) fn enqueue(&mut self, device: u32, task: Task) -> u32 {
        let id = self.requests.insert(Pending::new(device, task));
        let index = self.requests.find(id).unwrap_or_default();
        if let Some(record) = self.registrations.get_mut(device) {
            record.requests.push(&mut self.requests, index);
        }
        index
    }

    pub(super) fn first_request(&self, device: u32) -> Option<u32> {
        self.registrations.get(device)?.requests.first
    }

    /// Sends what is first in a client's queue, unless it is on its way already.
    pub(super) fn advance(&mut self, now: Instant, device: u32) {
        while let Some(index) = self.first_request(device) {
            match self.launch(now, index) {
                Ok(()) => return,
                Err(failure) => self.fail(now, index, failure),
            }
        }
    }

    /// Sends a request whose turn it is.
    pub(super) fn launch(&mut self, now: Instant, index: u32) -> Result<(), Failure> {
        let Some(pending) = self.requests.get_mut(index) else {
            return Ok(());
        };
        if pending.exchange.is_some() {
            return Ok(());
        }
        let Some(record) = self.registrations.get(pending.device) else {
            return Ok(());
        };
        if !record.listens(now, &self.config) {
            return Ok(());
        }
        let sent = match &pending.task {
            Task::Request(prepared) => self.endpoint.request(
                now,
                record.peer,
                coap::Request {
                    code: prepared.code,
                    confirmable: true,
                    options: prepared.options.options(),
                    payload: &prepared.payload,
                },
            ),
            Task::Attach(observation) | Task::Observe(observation) | Task::Stop(observation) => {
                let Some(observation) = self.observations.get(*observation) else {
                    return Err(Failure::Unavailable);
                };
                let stop = matches!(pending.task, Task::Stop(_));
                let request = match pending.task {
                    Task::Attach(_) => observation.attach(),
                    _ => observation.request(stop),
                };
                let session = record.session();
                let form = session.request(&request).map_err(|_| Failure::Unavailable)?;
                let request = form.to_request(true, &mut self.options);
                match observation.token.filter(|_| stop) {
                    Some(token) => self.endpoint.request_under(now, record.peer, token, request),
                    None => self.endpoint.request(now, record.peer, request),
                }
            }
        };
        pending.exchange = Some(sent.map_err(Failure::NotSent)?);
        pending.progress = Progress::default();
        if let Some(record) = self.registrations.get_mut(pending.device) {
            record.contact_at = now;
        }
        let at = now + self.config.request_timeout;
        self.requests.set_deadline(index, at, &mut self.timers, Alarm);
        Ok(())
    }

    /// A client has answered something.
    pub(super) fn answered(&mut self, now: Instant, device: u32, arrived: Arrived) {
        if let Some(record) = self.registrations.get_mut(device) {
            record.heard(now);
            let payload = arrived.answer.as_ref().and_then(|answer| answer.payload.as_ref());
            if let Some(format) = payload.and_then(|(format, _)| format.format()) {
                record.formats.learn(format);
            }
        }
        let open = self.open_exchange(device, arrived.exchange);
        let Some(index) = open else {
            return self.completed(device, arrived);
        };
        let request = RequestId(self.requests.id(index));
        let Some(gone) = self.remove_request(now, index) else {
            return;
        };
        match (gone.task, arrived.answer) {
            (Task::Request(prepared), answer) => {
                self.recycle(prepared);
                let registration = self.registrations.id(device);
                self.events.push_back(match answer {
                    Some(answer) => Event::Response {
                        request,
                        registration,
                        answer,
                    },
                    None => Event::Failed {
                        request,
                        registration,
                        failure: Failure::InvalidResponse,
                    },
                });
            }
            (Task::Attach(observation), Some(answer)) => {
                self.attach_answered(now, observation, answer.status);
            }
            (Task::Observe(observation), Some(answer)) => {
                self.observe_answered(now, observation, arrived.token, arrived.observe, answer);
            }
            (Task::Attach(observation) | Task::Observe(observation), None) => {
                self.observe_failed(now, observation, Failure::InvalidResponse);
            }
            (Task::Stop(observation), _) => self.stopped(now, observation),
        }
        self.advance(now, device);
    }

    /// The exchange of a client has failed.
    pub(super) fn exchange_failed(
        &mut self,
        now: Instant,
        device: u32,
        exchange: ExchangeId,
        failure: coap::Failure,
    ) {
        match self.open_exchange(device, exchange) {
            Some(index) => self.unanswered(now, index, failure),
            None => self.completion_failed(device, exchange),
        }
    }

    /// The request of a client with this exchange.
    fn open_exchange(&self, device: u32, exchange: ExchangeId) -> Option<u32> {
        let first = self.first_request(device)?;
        let pending = self.requests.get(first)?;
        (pending.exchange == Some(exchange)).then_some(first)
    }

    /// A request has waited for its time-out: it goes on if anything has moved.
    pub(super) fn request_timeout(&mut self, now: Instant, index: u32) {
        let Some(pending) = self.requests.get_mut(index) else {
            return;
        };
        if pending.exchange.is_none() {
            return self.has_waited(now, index);
        }
        let progress = pending
            .exchange
            .and_then(|exchange| self.endpoint.progress(exchange));
        if let Some(progress) = progress.filter(|progress| *progress != pending.progress) {
            pending.progress = progress;
            let at = now + self.config.request_timeout;
            self.requests.set_deadline(index, at, &mut self.timers, Alarm);
            return;
        }
        self.unanswered(now, index, coap::Failure::TimedOut);
    }

    /// A request that was sent has no answer.
    fn unanswered(&mut self, now: Instant, index: u32, failure: coap::Failure) {
        let Some(device) = self.requests.get(index).map(|pending| pending.device) else {
            return;
        };
        if failure == coap::Failure::TimedOut && self.asks_again(now, index) {
            return;
        }
        self.fail(now, index, Failure::Exchange(failure));
        self.advance(now, device);
    }

    /// A client has a new address.
    pub(super) fn moved(&mut self, now: Instant, device: u32) {
        self.drop_completions(now, device);
        if let Some(index) = self.first_request(device) {
            self.ask_there(now, index);
        }
        self.observe_from_there(device);
        self.advance(now, device);
    }

    /// What a client was being asked at its old address is asked at the new one, if asking twice is harmless.
    fn ask_there(&mut self, now: Instant, index: u32) {
        let Some(pending) = self.requests.get_mut(index) else {
            return;
        };
        let Some(exchange) = pending.exchange.take() else {
            return;
        };
        self.endpoint.cancel(now, exchange);
        if matches!(&pending.task, Task::Request(prepared) if !prepared.repeatable()) {
            self.fail(now, index, Failure::AddressChanged);
        }
    }

    /// Ends a request without an answer. The next one does not go out yet.
    pub(super) fn fail(&mut self, now: Instant, index: u32, failure: Failure) {
        let request = RequestId(self.requests.id(index));
        let Some(gone) = self.remove_request(now, index) else {
            return;
        };
        match gone.task {
            Task::Request(prepared) => {
                self.recycle(prepared);
                self.events.push_back(Event::Failed {
                    request,
                    registration: self.registrations.id(gone.device),
                    failure,
                });
            }
            Task::Attach(observation) | Task::Observe(observation) => {
                self.observe_failed(now, observation, failure);
            }
            // What the client still sends is rejected.
            Task::Stop(observation) => self.stopped(now, observation),
        }
    }

    /// Takes a request out.
    pub(super) fn remove_request(&mut self, now: Instant, index: u32) -> Option<Pending> {
        let device = self.requests.get(index)?.device;
        if let Some(record) = self.registrations.get_mut(device) {
            record.requests.remove(&mut self.requests, index);
        }
        let gone = self.requests.remove(index)?;
        if let Some(exchange) = gone.exchange {
            self.endpoint.cancel(now, exchange);
        }
        let observation = gone.task.observation();
        if let Some(observation) = observation.and_then(|index| self.observations.get_mut(index)) {
            observation.task = None;
        }
        Some(gone)
    }

    /// Ends every request to a client whose registration is over.
    pub(super) fn drop_requests(&mut self, now: Instant, device: u32, reason: EndReason) {
        let registration = self.registrations.id(device);
        while let Some(index) = self.first_request(device) {
            let request = RequestId(self.requests.id(index));
            let Some(gone) = self.remove_request(now, index) else {
                break;
            };
            if let Task::Request(prepared) = gone.task {
                self.recycle(prepared);
                self.events.push_back(Event::Failed {
                    request,
                    registration,
                    failure: Failure::Ended(reason),
                });
            }
        }
    }

    fn recycle(&mut self, prepared: Prepared) {
        let Prepared {
            mut options,
            mut payload,
            ..
        } = prepared;
        if self.spare.len() < SPARES && payload.capacity() <= SPARE_BYTES {
            options.clear();
            payload.clear();
            self.spare.push((options, payload));
        }
    }
}
