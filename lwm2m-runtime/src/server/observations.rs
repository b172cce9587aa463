//! What clients notify of (LwM2M Core 1.2, section 6.4; RFC 7641).
//!
//! 1. The Observe goes out in its turn (`requests`). Where the client cannot have its attributes with it, or refuses
//!    them, and the application allows it, a Write-Attributes goes before it, and it goes without.
//! 2. It is answered with a number: the observation has begun, and its token is known. It is answered without, or with
//!    an error: the observation is over.
//! 3. Notifications come under the token from the client's present address. One that was overtaken by a newer one is
//!    acknowledged and forgotten; one that comes in blocks is fetched, unless a newer one comes first; one with an error
//!    ends the observation. What belongs to no observation is rejected, which ends it at the client.
//! 4. The client registers again, or comes from a new address: 1. What it had stored may still come under the old token.
//! 5. a. The observation is cancelled: the Cancel goes out in its turn, and what still comes is rejected.
//!    b. The registration is over: so is the observation.

use super::{
    Answer, EndReason, Event, Failure, ObservationEnd, ObservationId, RegistrationId, RequestError, Server,
    observation::{Notified, Observation, members},
    pending::Task,
    record::Chain,
    requests::Arrived,
};
use crate::{
    coap::{self, ExchangeId, ObserveOrder, OptionNumber, Token, UnmatchedHandle},
    model::Path,
    operation::{Request, Status},
    time::Instant,
};

impl Server {
    /// Observes what an Observe or Observe-Composite names. The beginning is an [`Event::ObservationStarted`], and
    /// then an [`Event::Notification`] each time; the end an [`Event::ObservationEnded`]. When the client registers
    /// again, the observation is set up again.
    ///
    /// # Errors
    ///
    /// [`RequestError`].
    pub fn observe(
        &mut self,
        now: Instant,
        id: RegistrationId,
        request: &Request<'_>,
    ) -> Result<ObservationId, RequestError> {
        self.begin(now, id, request, false)
    }

    /// As [`observe`](Self::observe), for clients that cannot have the attributes of an Observe with it, too: those of
    /// LwM2M before 1.2, and those that refuse them with 4.00. They get them attached to the path by a Write-Attributes
    /// first, also each time when they register again; and they keep them when the observation is over. The paths of an
    /// Observe-Composite get none.
    ///
    /// # Errors
    ///
    /// [`RequestError`].
    pub fn observe_or_attach(
        &mut self,
        now: Instant,
        id: RegistrationId,
        request: &Request<'_>,
    ) -> Result<ObservationId, RequestError> {
        self.begin(now, id, request, true)
    }

    fn begin(
        &mut self,
        now: Instant,
        id: RegistrationId,
        request: &Request<'_>,
        attach: bool,
    ) -> Result<ObservationId, RequestError> {
        let device = self.registrations.find(id).ok_or(RequestError::NotRegistered)?;
        let record = self
            .registrations
            .get(device)
            .ok_or(RequestError::NotRegistered)?;
        let observation = Observation::new(device, request, attach).ok_or(RequestError::Observation)?;
        let version = record.formats.version();
        match observation.attaches_first(version) {
            true => observation.attach().check(version)?,
            false => request.check(version)?,
        }
        self.has_room(record)?;
        if record.observations.len >= self.config.max_observations_per_device
            || self.observations.len() >= self.config.max_observations
        {
            return Err(RequestError::TooManyObservations);
        }
        let id = self.observations.insert(observation);
        let index = self.observations.find(id).unwrap_or_default();
        self.adopt(device, index);
        let task = self.enqueue_first(device, index);
        if self.first_request(device) == Some(task) {
            if let Err(Failure::NotSent(error)) = self.launch(now, task) {
                self.remove_request(now, task);
                self.remove_observation(now, index);
                return Err(error.into());
            }
        }
        Ok(ObservationId(id))
    }

    /// Ends an observation: asks the client to stop, and rejects what it still sends. The end is an
    /// [`Event::ObservationEnded`]. `false` where it is over already.
    pub fn cancel_observation(&mut self, now: Instant, observation: ObservationId) -> bool {
        let found = self.observations.find(observation.0);
        let Some(index) = found else {
            return false;
        };
        let Some(observation) = self.observations.get_mut(index) else {
            return false;
        };
        if observation.stopping {
            return true;
        }
        let device = observation.device;
        match observation.task {
            None => {
                observation.stopping = true;
                self.enqueue_task(device, index, Task::Stop(index));
                self.advance(now, device);
            }
            Some(task) => {
                let sent = self.requests.get(task).and_then(|pending| pending.exchange);
                match sent {
                    Some(_) => observation.stopping = true,
                    None => {
                        self.remove_request(now, task);
                        self.end_observation(now, index, ObservationEnd::Cancelled);
                        self.advance(now, device);
                    }
                }
            }
        }
        true
    }

    /// What an observation observes; [`Path::ROOT`] for a composite one. `None` once it is over.
    #[must_use]
    pub fn observed(&self, observation: ObservationId) -> Option<Path> {
        let index = self.observations.find(observation.0)?;
        Some(self.observations.get(index)?.path)
    }

    /// Every observation of a client.
    pub fn observations(&self, id: RegistrationId) -> impl Iterator<Item = ObservationId> + '_ {
        let device = self.registrations.find(id);
        let record = device.and_then(|device| self.registrations.get(device));
        let chain = record.map(|record| record.observations).unwrap_or_default();
        members(&self.observations, chain).map(|index| ObservationId(self.observations.id(index)))
    }

    fn adopt(&mut self, device: u32, index: u32) {
        if let Some(record) = self.registrations.get_mut(device) {
            record.observations.push(&mut self.observations, index);
        }
    }

    fn enqueue_task(&mut self, device: u32, index: u32, task: Task) -> u32 {
        let task = self.enqueue(device, task);
        if let Some(observation) = self.observations.get_mut(index) {
            observation.task = Some(task);
        }
        task
    }

    /// Queues what an observation begins with.
    fn enqueue_first(&mut self, device: u32, index: u32) -> u32 {
        let record = self.registrations.get(device);
        let attach = record
            .zip(self.observations.get(index))
            .is_some_and(|(record, observation)| observation.attaches_first(record.formats.version()));
        let task = if attach {
            Task::Attach(index)
        } else {
            Task::Observe(index)
        };
        self.enqueue_task(device, index, task)
    }

    /// The Write-Attributes was answered.
    pub(super) fn attach_answered(&mut self, now: Instant, index: u32, status: Status) {
        let Some(observation) = self.observations.get_mut(index) else {
            return;
        };
        if observation.stopping {
            return self.end_observation(now, index, ObservationEnd::Cancelled);
        }
        if !status.is_success() {
            return self.end_observation(now, index, ObservationEnd::Refused(status));
        }
        observation.attached = true;
        let device = observation.device;
        self.enqueue_task(device, index, Task::Observe(index));
    }

    /// The Observe was answered.
    pub(super) fn observe_answered(
        &mut self,
        now: Instant,
        index: u32,
        token: Token,
        number: Option<u32>,
        answer: Answer,
    ) {
        let Some(observation) = self.observations.get_mut(index) else {
            return;
        };
        if !answer.status.is_success() {
            let attach = observation.attaches && !observation.attached && !observation.stopping;
            if attach && answer.status == Status::BadRequest {
                let device = observation.device;
                self.enqueue_task(device, index, Task::Attach(index));
                return;
            }
            return self.end_observation(now, index, ObservationEnd::Refused(answer.status));
        }
        let Some(number) = number else {
            return self.end_observation(now, index, ObservationEnd::NotObserved(answer));
        };
        observation.token = Some(token);
        observation.order = ObserveOrder::new();
        observation.order.accept(now, number);
        let (device, stopping) = (observation.device, observation.stopping);
        self.events.push_back(Event::ObservationStarted {
            observation: ObservationId(self.observations.id(index)),
            registration: self.registrations.id(device),
            answer,
        });
        if stopping {
            self.enqueue_task(device, index, Task::Stop(index));
        }
    }

    /// The Observe could not be asked.
    pub(super) fn observe_failed(&mut self, now: Instant, index: u32, failure: Failure) {
        self.end_observation(now, index, ObservationEnd::Failed(failure));
    }

    /// The Cancel was answered, or never will be.
    pub(super) fn stopped(&mut self, now: Instant, index: u32) {
        self.end_observation(now, index, ObservationEnd::Cancelled);
    }

    /// A client has notified.
    pub(super) fn notified(&mut self, now: Instant, notified: Notified) {
        let Notified {
            device,
            index,
            handle,
            token,
            late,
            number,
            more,
            answer,
        } = notified;
        let Some(observation) = self.observations.get_mut(index) else {
            return self.endpoint.disown(handle);
        };
        if observation.stopping {
            return self.endpoint.reject(handle);
        }
        if let Some(record) = self.registrations.get_mut(device) {
            record.heard(now);
            let format = answer.payload.as_ref().and_then(|(format, _)| format.format());
            if let Some(format) = format {
                record.formats.learn(format);
            }
        }
        let before = observation.token != Some(token);
        let end = match number {
            // What has become of the observation its new Observe will say.
            _ if before => None,
            _ if !answer.status.is_success() => Some(ObservationEnd::Refused(answer.status)),
            None => Some(ObservationEnd::NotObserved(answer.clone())),
            Some(_) => None,
        };
        if let Some(end) = end {
            self.endpoint.accept(handle);
            return self.end_observation(now, index, end);
        }
        let (Some(number), Some(order)) = (number, observation.order_of(token, late)) else {
            return self.endpoint.accept(handle);
        };
        if !order.accept(now, number) || !answer.status.is_success() {
            return self.endpoint.accept(handle);
        }
        if let Some((exchange, _)) = observation.completing.take() {
            self.endpoint.cancel(now, exchange);
        }
        if more {
            return self.complete(now, device, index, number, handle);
        }
        self.endpoint.accept(handle);
        self.deliver(index, number, answer);
    }

    /// Fetches the rest of a notification.
    fn complete(&mut self, now: Instant, device: u32, index: u32, number: u32, handle: UnmatchedHandle) {
        let record = self.registrations.get(device);
        let (Some(record), Some(observation)) = (record, self.observations.get_mut(index)) else {
            return self.endpoint.accept(handle);
        };
        let request = observation.request(false);
        let session = record.session();
        let Ok(form) = session.request(&request) else {
            return self.endpoint.accept(handle);
        };
        self.options.clear();
        form.for_each_option(|option, value| {
            if option != OptionNumber::OBSERVE {
                self.options.push(option, value);
            }
        });
        let request = coap::Request {
            code: form.code(),
            confirmable: true,
            options: self.options.options(),
            payload: form.payload(),
        };
        // Without room for it this notification is lost; the next one is not.
        if let Ok(exchange) = self.endpoint.complete(now, handle, request) {
            observation.completing = Some((exchange, number));
        }
    }

    /// An exchange that belongs to no request has its answer: the rest of a notification.
    pub(super) fn completed(&mut self, device: u32, arrived: Arrived) {
        let Some((index, number)) = self.completion(device, arrived.exchange) else {
            return;
        };
        if let Some(observation) = self.observations.get_mut(index) {
            observation.completing = None;
        }
        if let Some(answer) = arrived.answer.filter(|answer| answer.status.is_success()) {
            self.deliver(index, number, answer);
        }
    }

    pub(super) fn completion_failed(&mut self, device: u32, exchange: ExchangeId) {
        let found = self.completion(device, exchange);
        if let Some(observation) = found.and_then(|(index, _)| self.observations.get_mut(index)) {
            observation.completing = None;
        }
    }

    fn completion(&self, device: u32, exchange: ExchangeId) -> Option<(u32, u32)> {
        let chain = self.registrations.get(device)?.observations;
        members(&self.observations, chain).find_map(|index| {
            let (found, number) = self.observations.get(index)?.completing?;
            (found == exchange).then_some((index, number))
        })
    }

    /// Gives up what is being fetched from a client, which has a new address.
    pub(super) fn drop_completions(&mut self, now: Instant, device: u32) {
        let chain = self.registrations.get(device).map(|record| record.observations);
        let mut at = chain.and_then(|chain| chain.first);
        while let Some(observation) = at.and_then(|index| self.observations.get_mut(index)) {
            if let Some((exchange, _)) = observation.completing.take() {
                self.endpoint.cancel(now, exchange);
            }
            at = observation.next;
        }
    }

    fn deliver(&mut self, index: u32, number: u32, answer: Answer) {
        let Some(observation) = self.observations.get(index) else {
            return;
        };
        self.events.push_back(Event::Notification {
            observation: ObservationId(self.observations.id(index)),
            registration: self.registrations.id(observation.device),
            number,
            answer,
        });
    }

    /// Sets up the observations of a client that has registered again.
    pub(super) fn observe_again(&mut self, now: Instant, device: u32, chain: Chain) {
        let mut at = chain.first;
        while let Some(index) = at {
            let Some(observation) = self.observations.get_mut(index) else {
                break;
            };
            at = observation.next.take();
            observation.device = device;
            observation.begin_again();
            let stopping = observation.stopping;
            if let Some((exchange, _)) = observation.completing.take() {
                self.endpoint.cancel(now, exchange);
            }
            self.adopt(device, index);
            match stopping {
                true => self.end_observation(now, index, ObservationEnd::Cancelled),
                false => drop(self.enqueue_first(device, index)),
            }
        }
        self.advance(now, device);
    }

    /// Sets up the observations of a client anew that has another address: what it has notified from there was not
    /// known, and so was rejected, which ends them at the client.
    pub(super) fn observe_from_there(&mut self, device: u32) {
        let chain = self.registrations.get(device).map(|record| record.observations);
        let mut at = chain.and_then(|chain| chain.first);
        while let Some(index) = at {
            let Some(observation) = self.observations.get(index) else {
                return;
            };
            at = observation.next;
            if observation.task.is_none() && !observation.stopping {
                self.enqueue_task(device, index, Task::Observe(index));
            }
        }
    }

    /// Ends every observation of a client whose registration is over.
    pub(super) fn drop_observations(&mut self, now: Instant, device: u32, reason: EndReason) {
        while let Some(index) = self
            .registrations
            .get(device)
            .and_then(|record| record.observations.first)
        {
            self.end_observation(now, index, ObservationEnd::Ended(reason));
        }
    }

    fn end_observation(&mut self, now: Instant, index: u32, reason: ObservationEnd) {
        let observation = ObservationId(self.observations.id(index));
        if let Some(gone) = self.remove_observation(now, index) {
            self.events.push_back(Event::ObservationEnded {
                observation,
                registration: self.registrations.id(gone.device),
                reason,
            });
        }
    }

    fn remove_observation(&mut self, now: Instant, index: u32) -> Option<Observation> {
        let device = self.observations.get(index)?.device;
        if let Some(record) = self.registrations.get_mut(device) {
            record.observations.remove(&mut self.observations, index);
        }
        let gone = self.observations.remove(index)?;
        if let Some(task) = gone.task {
            self.remove_request(now, task);
        }
        if let Some((exchange, _)) = gone.completing {
            self.endpoint.cancel(now, exchange);
        }
        Some(gone)
    }
}
