//! Requests of servers (LwM2M Core 1.2, sections 6.3 and 6.4).
//!
//! 1. CoAP hands over a request of a server that has acknowledged a Register.
//! 2. It is read as an operation; what is none is answered with its status.
//! 3. The tree performs it, and asks the application.
//! 4. The answer goes out. Only then does the engine do what the request asks of it: observe, disable, update.

use alloc::vec::Vec;

use super::{
    Client, ClientConfig,
    observations::observe::Wish,
    own::{Order, Own},
    registration::Afterwards,
    session::Session,
    streams::Streams,
};
use crate::{
    coap::{BodyPart, Code, IncomingRequest, Message, Responder, Response as CoapResponse},
    encoding::ContentFormat,
    model::Path,
    operation::{CoapSession, ExecuteInput, Payload, Request, Response, Status, WriteMode},
    time::Instant,
    tree::{Application, Asker, Block, Tree},
};

/// Whether the body of a request, of which the first block has come, is for the application block by block.
pub(super) fn streams(
    config: &ClientConfig,
    session: &Session,
    tree: &Tree,
    application: &mut dyn Application,
    message: &Message<'_>,
) -> bool {
    let read = read(
        config,
        session,
        tree,
        message.code,
        message.options,
        message.payload,
    );
    match read.ok().as_ref().and_then(whole_value) {
        Some((path, format)) => tree
            .accepts_stream(session.asker(config), path, format, application)
            .is_ok_and(|streams| streams),
        None => false,
    }
}

fn read<'a>(
    config: &ClientConfig,
    session: &Session,
    tree: &Tree,
    code: Code,
    options: crate::coap::Options<'a>,
    payload: &'a [u8],
) -> Result<Request<'a>, Status> {
    let coap = CoapSession::new(session.formats.version()).with_alternate_path(&config.alternate_path);
    let request = coap.read_request(code, options, payload, |path| tree.is_multiple(path))?;
    Ok(match request {
        // Firmware was pushed by POST in LwM2M 1.0: to a resource that no one can execute.
        Request::Execute {
            path,
            input: ExecuteInput::Payload(payload),
        } if payload.format == ContentFormat::OPAQUE && is_package(tree, path) => Request::Write {
            path,
            mode: WriteMode::Replace,
            payload,
        },
        other => other,
    })
}

fn is_package(tree: &Tree, path: Path) -> bool {
    let ids = path.ids();
    let &[object, _, resource] = &*ids else {
        return false;
    };
    let resource = tree
        .definition(object)
        .and_then(|definition| definition.resource(resource));
    resource.is_some_and(|resource| resource.operations().writable())
}

/// The resource that a request writes as a whole.
fn whole_value(request: &Request<'_>) -> Option<(Path, ContentFormat)> {
    match request {
        Request::Write {
            path,
            mode: WriteMode::Replace,
            payload,
        } if path.depth() == 3 => Some((*path, payload.format)),
        _ => None,
    }
}

/// Where one request is performed.
pub(super) struct Desk<'c> {
    pub(super) config: &'c ClientConfig,
    pub(super) session: &'c mut Session,
    pub(super) tree: &'c mut Tree,
    pub(super) application: &'c mut dyn Application,
    pub(super) streams: &'c mut Streams,
    pub(super) out: &'c mut Vec<u8>,
}

/// What a request is answered, and what follows.
#[derive(Debug)]
pub(super) struct Answered {
    status: Status,
    format: Option<ContentFormat>,
    created: Option<Path>,
    then: Then,
}

#[derive(Debug)]
enum Then {
    Nothing,
    /// 2.31: the next block, please.
    Continue,
    /// The answer comes later.
    Defer(Path),
    Order(Order),
    Observe(Wish),
    Cancel(crate::coap::PeerToken),
    /// Other attributes below a path.
    Attributes(Path),
}

impl Answered {
    const fn new(status: Status) -> Self {
        Self {
            status,
            format: None,
            created: None,
            then: Then::Nothing,
        }
    }
}

impl Desk<'_> {
    /// Performs a request. What is read is in `out` afterwards.
    pub(super) fn answer(self, request: &IncomingRequest<'_>) -> Answered {
        self.out.clear();
        let read = read(
            self.config,
            self.session,
            self.tree,
            request.code,
            request.options,
            request.payload,
        );
        let operation = match read {
            Ok(operation) => operation,
            Err(status) => return Answered::new(status),
        };
        if let Some(part) = &request.part {
            return self.write_block(&operation, Some(*part));
        }
        // What fits into one message is handed over as what does not.
        if let Some((path, format)) = whole_value(&operation) {
            let asker = self.session.asker(self.config);
            let streams = self.tree.accepts_stream(asker, path, format, self.application);
            if streams == Ok(true) {
                return self.write_block(&operation, None);
            }
        }
        let version = self.session.formats.version();
        let Session {
            account,
            formats,
            attached,
            ..
        } = &mut *self.session;
        let mut own = Own {
            application: self.application,
            version,
            config: self.config,
            account,
            order: None,
        };
        let asker = Asker::new(account.server, formats).with_alternate_path(&self.config.alternate_path);
        let outcome = self.tree.perform(asker, attached, &operation, &mut own, self.out);
        let done = outcome.status.is_success();
        let then = match (&operation, own.order) {
            _ if outcome.deferred => Then::Defer(operation.path()),
            (_, Some(order)) => Then::Order(order),
            (Request::WriteAttributes { path, .. }, _) if done => Then::Attributes(*path),
            (Request::CancelObservation { .. } | Request::CancelObservationComposite { .. }, _) => {
                Then::Cancel(request.token.into())
            }
            _ if done => match Wish::of(self.tree, asker, &operation, request, outcome.format) {
                Some(wish) => Then::Observe(wish),
                None => Then::Nothing,
            },
            _ => Then::Nothing,
        };
        Answered {
            status: outcome.status,
            format: outcome.format,
            created: outcome.created,
            then,
        }
    }

    /// Hands a block of a large value to the application: a part of it, or all at once.
    fn write_block(self, operation: &Request<'_>, part: Option<BodyPart>) -> Answered {
        let (Some((path, _)), Some(payload)) = (whole_value(operation), operation.payload()) else {
            return Answered::new(Status::BadRequest);
        };
        let (body, offset, last) =
            part.map_or((None, 0, true), |part| (Some(part.body), part.offset, part.last));
        if !self.streams.takes(path, body, offset) {
            return Answered::new(Status::RequestEntityIncomplete);
        }
        let block = Block::new(path, offset, payload.bytes, last, self.session.server());
        let written = self
            .tree
            .write_block(self.session.asker(self.config), &block, self.application);
        if last || written.is_err() {
            self.streams.end(path);
        }
        match written {
            Ok(()) if last => Answered::new(Status::Changed),
            Ok(()) => Answered {
                then: Then::Continue,
                ..Answered::new(Status::Changed)
            },
            Err(status) => Answered::new(status),
        }
    }
}

impl Client {
    /// Sends the answer of a request, and does what it asks of the engine.
    pub(super) fn finish(&mut self, now: Instant, index: usize, responder: Responder, answered: Answered) {
        let Some(server) = self.sessions.get(index).map(Session::server) else {
            return;
        };
        let mut observe = None;
        let mut order = None;
        match answered.then {
            Then::Continue => {
                let _ = self
                    .endpoint
                    .respond(now, responder, CoapResponse::new(Code::CONTINUE));
                return;
            }
            Then::Defer(path) => return self.defer(now, server, path, responder),
            Then::Observe(wish) => observe = self.observe(now, index, wish),
            Then::Cancel(token) => self.cancel_observation(server, &token),
            Then::Attributes(path) => {
                self.kept.changed();
                self.conditions_changed(now, server, Some(path));
            }
            Then::Order(asked) => order = Some(asked),
            Then::Nothing => {}
        }
        let version = self.sessions.get(index).map(|session| session.formats.version());
        let response = Response {
            status: answered.status,
            payload: answered.format.map(|format| Payload::new(format, &self.payload)),
            created: answered.created,
        };
        let coap = CoapSession::new(version.unwrap_or(crate::model::Version::V1_0));
        let form = coap.response(&response, observe);
        let coap = form.to_response(&mut self.options);
        // It fails for a request that nobody waits for any more.
        let _ = self.endpoint.respond(now, responder, coap);
        if let Some(order) = order {
            self.follow(now, order);
        }
    }

    /// Does what a server has executed.
    pub(super) fn follow(&mut self, now: Instant, order: Order) {
        let (Order::Disable { instance } | Order::Update { instance, .. } | Order::Bootstrap { instance }) =
            order;
        let of_instance = self
            .sessions
            .iter()
            .position(|session| session.account.instance == instance);
        let Some(index) = of_instance else {
            return;
        };
        let Some(session) = self.sessions.get_mut(index) else {
            return;
        };
        match order {
            Order::Disable { .. } => {
                let timeout = session.account.disable_timeout;
                self.end(now, index, Afterwards::Disabled(timeout));
            }
            Order::Update { over, .. } => {
                // Whom the server knows from another session it does not know by this one.
                session.asked = over.filter(|transport| *transport != session.transport);
                let step = match session.asked {
                    Some(_) => session.registration.lost(true),
                    None => session.registration.changed(),
                };
                self.drive(now, index, step);
            }
            Order::Bootstrap { .. } => {
                let server = Some(session.server());
                self.need_bootstrap(now, server);
            }
        }
    }
}
