//! What a client's answer leads to.
//!
//! | asked | success | refused |
//! |---|---|---|
//! | Discover | the configuration is numbered by it | goes on without |
//! | Read | an event | as the plan says |
//! | Delete | is taken note of | as the plan says; goes on where it was to be gone anyway |
//! | Write | goes on | 4.15: in another format; else as the plan says |
//! | Finish | the session is over | the session begins anew, some times |

use alloc::vec::Vec;

use super::{
    BootstrapServer, Event, Failure, PlanSource, Step,
    session::{Record, Task},
};
use crate::{
    coap::{self, ExchangeId, Peer},
    configuration::PresentInstances,
    encoding::ContentFormat,
    model::{Path, Version},
    operation::{CoapSession, Status},
    time::Instant,
};

/// What a client has answered.
pub(super) struct Arrived {
    exchange: ExchangeId,
    /// `None` for a code of no response.
    answer: Option<Answer>,
}

struct Answer {
    status: Status,
    payload: Option<(ContentFormat, Vec<u8>)>,
}

impl Arrived {
    pub(super) fn read(response: &coap::IncomingResponse<'_>) -> Self {
        let session = CoapSession::new(Version::V1_2);
        let answer = session.read_response(response.code, response.options, response.payload);
        Self {
            exchange: response.exchange,
            answer: answer.map(|answer| Answer {
                status: answer.status,
                payload: answer
                    .payload
                    .map(|payload| (payload.format, payload.bytes.into())),
            }),
        }
    }
}

impl<P: PlanSource> BootstrapServer<P> {
    pub(super) fn answered(&mut self, now: Instant, peer: Peer, arrived: Arrived) {
        let Some(index) = self.session_waiting_for(peer, arrived.exchange) else {
            return;
        };
        let session = self.sessions.id(index);
        let Some(record) = self.sessions.get_mut(index) else {
            return;
        };
        let Some((task, _)) = record.open.take() else {
            return;
        };
        record.budget = usize::MAX;
        let Some(Answer { status, payload }) = arrived.answer else {
            return self.fail(now, index, Failure::InvalidResponse);
        };
        self.events.push_back(Event::Answered {
            session,
            operation: task.operation(),
            path: task.path(),
            status,
        });
        let refused = Failure::Refused {
            operation: task.operation(),
            path: task.path(),
            status,
        };
        let mut going_on = status.is_success() || record.plan.tolerant;
        match task {
            Task::Discover(path) => {
                going_on = true;
                let bytes = payload.filter(|_| status.is_success()).map(|(_, bytes)| bytes);
                let present =
                    bytes.and_then(|bytes| PresentInstances::read(&bytes, self.config.max_links).ok());
                if let Some(present) = present {
                    record.discovered(path, &present);
                    self.events.push_back(Event::Discovered { session, present });
                }
            }
            Task::Read(path) => {
                let payload = payload.filter(|_| status.is_success());
                self.events.push_back(Event::Read {
                    session,
                    path,
                    payload,
                });
            }
            Task::Delete(path) | Task::Prune(path) => {
                going_on |= matches!(task, Task::Prune(_));
                if status.is_success() {
                    record.deleted(path);
                }
            }
            Task::Write(_) if status == Status::UnsupportedContentFormat => {
                record.refused = record.refused.with(record.format);
                if let Some(format) = record.next_format(self.config.formats) {
                    record.format = format;
                    record.tasks.push_front(task);
                    going_on = true;
                }
            }
            Task::Write(_) => {}
            Task::Finish if status.is_success() => return self.finish(index),
            Task::Finish => {
                going_on = record.retries < self.config.max_finish_retries;
                if going_on {
                    record.retries += 1;
                    record.again();
                    self.events.push_back(Event::Retried { session, status });
                }
            }
        }
        match going_on {
            true => self.advance(now, index),
            false => self.fail(now, index, refused),
        }
    }

    fn finish(&mut self, index: u32) {
        let session = self.sessions.id(index);
        if let Some(record) = self.sessions.remove(index) {
            self.events.push_back(Event::Finished {
                session,
                endpoint: record.endpoint.into(),
            });
        }
    }
}

impl Record {
    /// Numbers the configuration by what the client has. Of an object alone that tells too little.
    fn discovered(&mut self, path: Path, present: &PresentInstances) {
        if path == Path::ROOT {
            self.present = Some(present.clone());
            self.values = None;
            // What was refused before may be in the way.
            if self.retries > 0 && !self.plan.steps.contains(&Step::Prune) {
                self.tasks.retain(|task| !matches!(task, Task::Prune(_)));
                // A configuration that cannot be numbered fails with its first write.
                let _ = self.expand(Step::Prune);
            }
        }
    }

    /// What is gone is not in the way any more.
    fn deleted(&mut self, path: Path) {
        if let Some(present) = &mut self.present {
            present.delete(path);
        }
        if !self.written {
            self.values = None;
        }
    }
}
