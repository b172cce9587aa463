use std::{collections::BTreeMap, sync::Arc, vec::Vec};

use tokio::sync::{mpsc, oneshot};

use super::{
    Device, DeviceError, QueuedRequest, RegistrationInfo, SentValues, ServerEvent,
    ask::Ask,
    command::{Answered, Command, Notice},
    observe::ended,
};
use crate::{
    coap::{Peer, Transmit},
    encoding::{ContentFormat, Decoder, Definitions},
    model::{Excerpt, Path},
    net::{
        inbox::Outlet,
        wire::{Engine, Wire},
        work::{Work, answer},
    },
    operation::{Operation, Request},
    server::{self, Answer, ObservationEnd, ObservationId, RegistrationId, RequestError, RequestId},
    time::Instant,
};

/// The task that owns a server's engine and its socket.
///
/// 1. It sends, receives and does what is due, a bounded number of times.
/// 2. It tells whoever waits what came of it.
/// 3. It takes a bounded number of commands of the handles, and begins again.
/// 4. With nothing to do it waits: for a datagram, a deadline or a command.
pub(super) struct Task {
    engine: server::Server,
    wire: Wire,
    commands: mpsc::Receiver<Command>,
    /// Makes the handles that events carry; weak, so that the task ends when all others are gone.
    handles: mpsc::WeakSender<Command>,
    requests: BTreeMap<RequestId, Waiting>,
    /// Whether the askers of some of them are gone.
    abandoned: bool,
    observations: BTreeMap<ObservationId, Watching>,
    events: Vec<Outlet<ServerEvent>>,
    sends: Vec<Outlet<SentValues>>,
    /// The payload of the request that is put together.
    payload: Vec<u8>,
}

/// Somebody who waits for the answer to a request.
struct Waiting {
    objects: Vec<u16>,
    reply: oneshot::Sender<Result<Answered, DeviceError>>,
}

/// Somebody who watches an observation.
struct Watching {
    objects: Vec<u16>,
    notices: Outlet<Notice>,
    /// Until the device has agreed.
    started: Option<oneshot::Sender<Result<ObservationId, DeviceError>>>,
    operation: Operation,
    path: Path,
}

/// Commands taken in a turn.
const COMMANDS: usize = 256;

impl Engine for server::Server {
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

impl Task {
    pub(super) fn new(
        engine: server::Server,
        wire: Wire,
        commands: mpsc::Receiver<Command>,
        handles: mpsc::WeakSender<Command>,
    ) -> Self {
        Self {
            engine,
            wire,
            commands,
            handles,
            requests: BTreeMap::new(),
            abandoned: false,
            observations: BTreeMap::new(),
            events: Vec::new(),
            sends: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// Runs until it is stopped or nobody has a handle any more.
    pub(super) async fn run(mut self) {
        let mut commands = Vec::with_capacity(COMMANDS);
        loop {
            let more = self.wire.turn(&mut self.engine);
            self.tell();
            // An observation that nobody reads any more is cancelled.
            self.wire.flush(&mut self.engine);
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
                    self.give_up_abandoned();
                }
                Work::None => return,
            }
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Ask {
                endpoint,
                ask,
                objects,
                reply,
            } => match self.ask(&endpoint, &ask, server::Server::request) {
                Ok(request) => {
                    self.requests.insert(request, Waiting { objects, reply });
                }
                Err(error) => answer(reply, Err(error)),
            },
            Command::Abandoned => self.abandoned = true,
            Command::Observe {
                endpoint,
                ask,
                objects,
                notices,
                reply,
            } => match self.ask(&endpoint, &ask, server::Server::observe_or_attach) {
                Ok(observation) => {
                    let watching = Watching {
                        objects,
                        notices,
                        started: Some(reply),
                        operation: ask.operation(),
                        path: ask.path(),
                    };
                    self.observations.insert(observation, watching);
                }
                Err(error) => answer(reply, Err(error)),
            },
            Command::CancelObservation { observation } => {
                self.engine.cancel_observation(self.wire.now(), observation);
            }
            Command::Registration { endpoint, reply } => {
                let now = self.wire.now();
                let registration = self
                    .engine
                    .find(&endpoint)
                    .and_then(|id| self.engine.registration(id));
                answer(reply, registration.map(|one| RegistrationInfo::new(&one, now)));
            }
            Command::Queue { endpoint, reply } => {
                let now = self.wire.now();
                let queue = self.engine.find(&endpoint).map(|id| {
                    let queue = self.engine.queue(id);
                    queue.map(|one| QueuedRequest::new(one, now)).collect()
                });
                answer(reply, queue);
            }
            Command::SmsTrigger {
                endpoint,
                instance,
                trigger,
                reply,
            } => {
                let message = match self.engine.find(&endpoint) {
                    Some(id) => self.engine.sms_trigger(id, instance, trigger),
                    None => return answer(reply, Err(DeviceError::NotRegistered { endpoint })),
                };
                answer(reply, message.map_err(DeviceError::from));
            }
            Command::Registrations { reply } => {
                let now = self.wire.now();
                let registrations = self.engine.registrations();
                answer(
                    reply,
                    registrations
                        .map(|one| RegistrationInfo::new(&one, now))
                        .collect(),
                );
            }
            Command::Remove { endpoint, reply } => {
                let registration = self.engine.find(&endpoint);
                let now = self.wire.now();
                answer(reply, registration.is_some_and(|id| self.engine.remove(now, id)));
            }
            Command::Events(outlet) => self.events.push(outlet),
            Command::Sends(outlet) => self.sends.push(outlet),
            // The caller's.
            Command::Stop { .. } => {}
        }
    }

    /// Gives up the requests whose askers are gone.
    fn give_up_abandoned(&mut self) {
        if !core::mem::take(&mut self.abandoned) {
            return;
        }
        let now = self.wire.now();
        let engine = &mut self.engine;
        self.requests.retain(|request, waiting| {
            let gone = waiting.reply.is_closed();
            if gone {
                engine.cancel(now, *request);
            }
            !gone
        });
    }

    /// Hands a request to the engine, in a form that the device understands.
    fn ask<T>(
        &mut self,
        endpoint: &Arc<str>,
        ask: &Ask,
        hand: impl FnOnce(&mut server::Server, Instant, RegistrationId, &Request<'_>) -> Result<T, RequestError>,
    ) -> Result<T, DeviceError> {
        let unknown = || DeviceError::NotRegistered {
            endpoint: endpoint.clone(),
        };
        let id = self.engine.find(endpoint).ok_or_else(unknown)?;
        let formats = self.engine.registration(id).ok_or_else(unknown)?.formats();
        if let Some(definitions) = self.engine.definitions(id) {
            ask.check(&definitions)?;
        }
        let request = ask.request(&formats, &mut self.payload)?;
        match hand(&mut self.engine, self.wire.now(), id, &request) {
            Err(RequestError::NotRegistered) => Err(unknown()),
            handed => Ok(handed?),
        }
    }

    /// Tells everybody what has happened to what they wait for.
    fn tell(&mut self) {
        while let Some(event) = self.engine.poll_event() {
            match event {
                server::Event::Response {
                    request,
                    registration,
                    answer: said,
                } => {
                    if let Some(Waiting { objects, reply }) = self.requests.remove(&request) {
                        answer(reply, Ok(self.answered(registration, said, &objects)));
                    }
                }
                server::Event::Failed { request, failure, .. } => {
                    if let Some(Waiting { reply, .. }) = self.requests.remove(&request) {
                        answer(reply, Err(DeviceError::Failed(failure)));
                    }
                }
                server::Event::ObservationStarted {
                    observation,
                    registration,
                    answer,
                }
                | server::Event::Notification {
                    observation,
                    registration,
                    answer,
                    ..
                } => self.notify(observation, registration, answer),
                server::Event::ObservationEnded {
                    observation, reason, ..
                } => self.ended(observation, reason),
                server::Event::Send {
                    registration,
                    format,
                    payload,
                } => self.sent(registration, format, &payload),
                server::Event::Registered {
                    registration,
                    replaced,
                } => self.registered(registration, replaced.is_some()),
                server::Event::Updated {
                    registration,
                    changes,
                } => {
                    if let Some(endpoint) = self.endpoint(registration) {
                        tracing::debug!(endpoint = %Excerpt(endpoint), ?changes, "updated");
                        let endpoint = endpoint.into();
                        self.publish(|device| ServerEvent::Updated { device, changes }, endpoint);
                    }
                }
                server::Event::Ended { endpoint, reason, .. } => {
                    tracing::debug!(endpoint = %Excerpt(&endpoint), ?reason, "registered no more");
                    self.publish(|device| ServerEvent::Ended { device, reason }, endpoint.into());
                }
            }
        }
    }

    fn registered(&mut self, registration: RegistrationId, again: bool) {
        let now = self.wire.now();
        let Some(registration) = self.engine.registration(registration) else {
            return;
        };
        tracing::debug!(endpoint = %Excerpt(registration.endpoint()), again, "registered");
        if self.events.is_empty() {
            return;
        }
        let registration = RegistrationInfo::new(&registration, now);
        let endpoint = registration.endpoint.clone();
        let event = |device| ServerEvent::Registered {
            device,
            registration,
            again,
        };
        self.publish(event, endpoint);
    }

    /// Gives an event of a device to everybody who reads events.
    fn publish(&mut self, event: impl FnOnce(Device) -> ServerEvent, endpoint: Arc<str>) {
        self.events.retain(Outlet::is_read);
        let (Some(commands), false) = (self.handles.upgrade(), self.events.is_empty()) else {
            return;
        };
        let event = event(Device::new(endpoint, commands));
        for outlet in &self.events {
            outlet.push(event.clone());
        }
    }

    fn notify(&mut self, observation: ObservationId, registration: RegistrationId, said: Answer) {
        let Some(watching) = self.observations.get_mut(&observation) else {
            return;
        };
        if let Some(started) = watching.started.take() {
            answer(started, Ok(observation));
        }
        let objects = core::mem::take(&mut watching.objects);
        let answered = self.answered(registration, said, &objects);
        let read = match self.observations.get_mut(&observation) {
            Some(watching) => {
                watching.objects = objects;
                watching.notices.push(Notice::Values(answered))
            }
            None => false,
        };
        if !read {
            self.engine.cancel_observation(self.wire.now(), observation);
        }
    }

    fn ended(&mut self, observation: ObservationId, reason: ObservationEnd) {
        let Some(watching) = self.observations.remove(&observation) else {
            return;
        };
        let Some(started) = watching.started else {
            watching.notices.push(Notice::Ended(reason));
            return;
        };
        let error = ended(reason, watching.operation, watching.path);
        answer(started, Err(error.unwrap_or(DeviceError::Stopped)));
    }

    fn sent(&mut self, registration: RegistrationId, format: ContentFormat, payload: &[u8]) {
        self.sends.retain(Outlet::is_read);
        let (Some(commands), false) = (self.handles.upgrade(), self.sends.is_empty()) else {
            return;
        };
        let (Some(format), Some(definitions)) = (format.format(), self.engine.definitions(registration))
        else {
            return;
        };
        let decoder = Decoder::new(format, Path::ROOT).with_definitions(&definitions);
        let read = match decoder.read_tolerant(payload) {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "a Send has too many values that are not as their definitions have them");
                return;
            }
        };
        let Some(endpoint) = self.endpoint(registration) else {
            return;
        };
        let values = SentValues {
            device: Device::new(endpoint.into(), commands),
            records: read.value,
            oddities: read.oddities,
        };
        for outlet in &self.sends {
            outlet.push(values.clone());
        }
    }

    fn endpoint(&self, registration: RegistrationId) -> Option<&str> {
        Some(self.engine.registration(registration)?.endpoint())
    }

    /// An answer with the definitions that are needed to read it.
    fn answered(&self, registration: RegistrationId, answer: Answer, objects: &[u16]) -> Answered {
        let definitions = match (objects, self.engine.definitions(registration)) {
            ([], _) | (_, None) => Vec::new(),
            (objects, Some(known)) => objects.iter().filter_map(|id| known.object(*id)).collect(),
        };
        Answered { answer, definitions }
    }
}
