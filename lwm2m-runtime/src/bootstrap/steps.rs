//! What is asked of a client, one thing at a time.
//!
//! 1. The steps of the plan, each of which becomes any number of tasks.
//! 2. An address that is not proved is asked a Bootstrap-Discover before anything long is written: whoever answers is
//!    there.
//! 3. Bootstrap-Finish. Where the client refuses it, the steps again from a fresh Bootstrap-Discover on.

use alloc::vec::Vec;

use super::{
    BootstrapServer, Event, Failure, PlanSource, Step, WriteLevel,
    session::{Record, Task},
};
use crate::{
    coap::{ExchangeId, Peer},
    configuration::{PresentInstances, Values},
    encoding::{EncodeOptions, Format, encode},
    model::{Path, Version},
    operation::{BootstrapRequest, CoapSession, Payload},
    time::Instant,
};

/// What a Bootstrap-Write takes beside its payload, at most: header, token, path, format.
const HEAD: usize = 4 + 8 + 3 * 6 + 3 + 1;

impl Record {
    /// The configuration as it suits what the client has.
    fn numbered(&mut self) -> Result<&Values, Failure> {
        let values = match self.values.take() {
            Some(values) => values,
            None => {
                let numbered = self.plan.configuration.number(self.present.as_ref());
                numbered.map_err(Failure::Numbering)?
            }
        };
        Ok(self.values.insert(values))
    }

    /// The next thing to ask.
    fn next_task(&mut self) -> Result<Task, Failure> {
        loop {
            if let Some(task) = self.tasks.pop_front() {
                return Ok(task);
            }
            let Some(step) = self.plan.steps.get(self.step).copied() else {
                return Ok(Task::Finish);
            };
            self.step += 1;
            self.expand(step)?;
        }
    }

    pub(super) fn expand(&mut self, step: Step) -> Result<(), Failure> {
        match step {
            Step::Discover(path) => self.tasks.push_back(Task::Discover(path)),
            Step::Read(path) => self.tasks.push_back(Task::Read(path)),
            Step::Delete(path) => self.tasks.push_back(Task::Delete(path)),
            Step::Prune => {
                let kept = self.numbered()?.paths(Path::ROOT, 2);
                let present = self.present.iter().flat_map(PresentInstances::instances);
                let foreign = present.filter(|(path, server)| server.is_some() && !kept.contains(path));
                let mut foreign: Vec<Path> = foreign.map(|(path, _)| path).collect();
                // With an instance of object 0 all others of its account go.
                foreign.reverse();
                self.tasks.extend(foreign.into_iter().map(Task::Prune));
            }
            Step::Write(path) => {
                let level = match self.plan.write_level {
                    WriteLevel::Instance => 2,
                    WriteLevel::Object => 1,
                };
                let paths = self.numbered()?.paths(path, path.depth().clamp(level, 3));
                self.tasks.extend(paths.into_iter().map(Task::Write));
            }
        }
        Ok(())
    }

    /// Begins the steps anew after the client has refused to finish: as they are, but first it is looked what the client
    /// has, and what is in the way is deleted.
    pub(super) fn again(&mut self) {
        self.step = 0;
        self.values = None;
        self.written = false;
        self.tasks.clear();
        if self.plan.steps.first() != Some(&Step::Discover(Path::ROOT)) {
            self.tasks.push_back(Task::Discover(Path::ROOT));
        }
    }

    /// Another format in which the client may be written; `None` if it has refused all.
    pub(super) fn next_format(&self, formats: crate::encoding::FormatSet) -> Option<Format> {
        let all: &[Format] = match self.version() {
            Some(version) if version < Version::V1_1 => &[Format::Tlv, Format::Json],
            Some(version) if version < Version::V1_2 => &[Format::Tlv, Format::SenmlCbor, Format::SenmlJson],
            _ => &[
                Format::Tlv,
                Format::SenmlCbor,
                Format::SenmlJson,
                Format::Lwm2mCbor,
            ],
        };
        let mut left = all.iter().copied();
        left.find(|format| formats.contains(*format) && !self.refused.contains(*format))
    }
}

impl<P: PlanSource> BootstrapServer<P> {
    /// Asks a client the next thing, unless it has not answered the last.
    pub(super) fn advance(&mut self, now: Instant, index: u32) {
        while let Some(record) = self.sessions.get_mut(index) {
            if record.open.is_some() {
                return;
            }
            let result = match record.next_task() {
                Ok(task) => self.launch(now, index, task),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = result {
                return self.fail(now, index, failure);
            }
        }
    }

    fn launch(&mut self, now: Instant, index: u32, mut task: Task) -> Result<(), Failure> {
        let session = self.sessions.id(index);
        let Some(record) = self.sessions.get_mut(index) else {
            return Ok(());
        };
        let request = match task {
            Task::Discover(path) => BootstrapRequest::Discover { path },
            Task::Read(path) => BootstrapRequest::Read {
                path,
                accept: Some(record.format.content_format()),
            },
            Task::Delete(path) | Task::Prune(path) => BootstrapRequest::Delete { path },
            Task::Write(path) => {
                let format = record.format;
                self.payload.clear();
                write(
                    record.numbered()?,
                    path,
                    format,
                    &self.config.encoding,
                    &mut self.payload,
                )?;
                match self.payload.len().saturating_add(HEAD) <= record.budget {
                    true => {
                        let payload = Payload::new(format.content_format(), &self.payload);
                        BootstrapRequest::Write { path, payload }
                    }
                    false => {
                        record.tasks.push_front(task);
                        task = Task::Discover(Path::ROOT);
                        BootstrapRequest::Discover { path: Path::ROOT }
                    }
                }
            }
            Task::Finish => BootstrapRequest::Finish,
        };
        // A client of which nothing is known is asked whatever the plan says.
        let version = record.version().unwrap_or(Version::V1_2);
        let coap_session = CoapSession::new(version);
        let form = match coap_session.bootstrap_request(&request) {
            Ok(form) => form,
            Err(reason) => {
                self.events.push_back(Event::Skipped { session, reason });
                return Ok(());
            }
        };
        let request = form.to_request(true, &mut self.options);
        let exchange = self
            .endpoint
            .request(now, record.peer, request)
            .map_err(Failure::NotSent)?;
        record.open = Some((task, exchange));
        record.progress = Default::default();
        self.sessions.look_at(index, now + self.config.request_timeout);
        Ok(())
    }

    /// Gives a session up that has made no progress or takes too long.
    pub(super) fn look_at(&mut self, now: Instant, index: u32) {
        let Some(record) = self.sessions.get_mut(index) else {
            return;
        };
        let exchange = record.open.map(|(_, exchange)| exchange);
        let progress = exchange.and_then(|exchange| self.endpoint.progress(exchange));
        match progress {
            Some(progress) if progress != record.progress && now < record.ends_at => {
                record.progress = progress;
                self.sessions.look_at(index, now + self.config.request_timeout);
            }
            _ => self.fail(now, index, Failure::TimedOut),
        }
    }

    /// Ends a session without success.
    pub(super) fn fail(&mut self, now: Instant, index: u32, failure: Failure) {
        let session = self.sessions.id(index);
        let Some(record) = self.sessions.remove(index) else {
            return;
        };
        if let Some((_, exchange)) = record.open {
            self.endpoint.cancel(now, exchange);
        }
        self.events.push_back(Event::Failed {
            session,
            endpoint: record.endpoint.into(),
            failure,
        });
    }

    /// The session that waits for the end of an exchange.
    pub(super) fn session_waiting_for(&self, peer: Peer, exchange: ExchangeId) -> Option<u32> {
        let index = self.sessions.of_peer(peer)?;
        let open = self.sessions.get(index)?.open;
        open.is_some_and(|(_, other)| other == exchange).then_some(index)
    }
}

fn write(
    values: &Values,
    path: Path,
    format: Format,
    options: &EncodeOptions,
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    encode(format, path, values.records(path), options, out).map_err(Failure::Encode)
}
