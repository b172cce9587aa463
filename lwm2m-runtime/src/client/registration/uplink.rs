use alloc::{string::String, vec::Vec};

use crate::{
    client::{
        Client, ClientConfig, Event, RegistrationFailure, SendFailure, State,
        account::Account,
        registration::{Step, Told, profiles::profiles, transport::binding},
        session::{Listing, versions},
    },
    coap::{Endpoint, ExchangeId, Failure, IncomingResponse, OptionBuffer, Peer},
    encoding::{ContentFormat, Format, FormatSet},
    link::LinkWriter,
    model::Version,
    operation::{
        CoapSession, Location, ObjectList, ProfileId, RegisterParameters, Status, UpdateParameters, Uplink,
        read_uplink_response,
    },
    time::Instant,
    tree::Tree,
};

/// What a server answered, as far as it matters: `None` for a code that is no answer.
#[derive(Debug)]
pub(in crate::client) struct Answer {
    status: Option<Status>,
    location: Option<String>,
}

/// Reads an answer to a request of this side.
pub(in crate::client) fn read(response: &IncomingResponse<'_>) -> Result<Answer, Failure> {
    let answer = read_uplink_response(response.code, response.options, response.payload);
    Ok(Answer {
        status: answer.map(|answer| answer.status),
        location: answer
            .and_then(|answer| answer.location)
            .map(|location| alloc::format!("{location}")),
    })
}

impl Client {
    pub(in crate::client) fn send_register(&mut self, now: Instant, index: usize) -> Step {
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        let Some(peer) = session.peer else {
            return session.registration.lost(true);
        };
        let version = session.registration.version;
        let telling = telling(
            &self.config,
            &self.tree,
            &session.account,
            version,
            self.listed.number(),
        );
        let (profiles, with_list) = profiles(&self.config, &self.tree, session);
        let profile_ids = profiles.iter().filter_map(|id| ProfileId::parse(id)).collect();
        let links = with_list.then(|| list_links(&self.config, &self.tree, version));
        let mut parameters = RegisterParameters::new(&self.config.endpoint_name, telling.lifetime, version);
        parameters.binding = telling.binding;
        parameters.queue = telling.queue;
        parameters.sms = telling.sms.as_deref();
        parameters.profile_ids = profile_ids;
        let uplink = Uplink::Register {
            parameters,
            links: links.as_deref(),
        };
        match send(&mut self.endpoint, &mut self.options, now, peer, version, &uplink) {
            Some(exchange) => {
                if let Some(session) = self.sessions.get_mut(index) {
                    session.registration.registering(now, exchange, telling);
                }
                Step::Wait
            }
            None => self.attempt_failed(now, index, RegistrationFailure::Request),
        }
    }

    pub(in crate::client) fn send_update(&mut self, now: Instant, index: usize) -> Step {
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        let (Some(peer), Some(location)) = (session.peer, session.registration.location.take()) else {
            return session.registration.lost(true);
        };
        let version = session.registration.version;
        let telling = telling(
            &self.config,
            &self.tree,
            &session.account,
            version,
            self.listed.number(),
        );
        let told = session.registration.told.clone();
        let links = (told.list != telling.list).then(|| list_links(&self.config, &self.tree, version));
        let changed = told.binding != telling.binding || told.queue != telling.queue;
        let parameters = UpdateParameters {
            lifetime: (told.lifetime != telling.lifetime).then_some(telling.lifetime),
            binding: changed.then_some(telling.binding),
            queue: changed && telling.queue,
            sms: telling.sms.as_deref().filter(|_| told.sms != telling.sms),
            profile_ids: Vec::new(),
        };
        let exchange = match Location::parse(&location) {
            Some(location) => {
                let uplink = Uplink::Update {
                    location,
                    parameters,
                    links: links.as_deref(),
                };
                send(&mut self.endpoint, &mut self.options, now, peer, version, &uplink)
            }
            None => None,
        };
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        session.registration.location = Some(location);
        match exchange {
            Some(exchange) => {
                session.registration.updating(now, exchange, telling);
                Step::Wait
            }
            None => session.registration.postpone(now),
        }
    }

    pub(in crate::client) fn send_deregister(&mut self, now: Instant, index: usize) -> Step {
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        let version = session.registration.version;
        let peer = session.peer;
        let location = session.registration.location.take();
        let exchange =
            location
                .as_deref()
                .and_then(Location::parse)
                .zip(peer)
                .and_then(|(location, peer)| {
                    send(
                        &mut self.endpoint,
                        &mut self.options,
                        now,
                        peer,
                        version,
                        &Uplink::Deregister { location },
                    )
                });
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        match exchange {
            Some(exchange) => {
                session.registration.deregistering(now, exchange);
                Step::Wait
            }
            None => {
                let server = session.server();
                let step = session.registration.ended(now);
                self.deregistered(server);
                step
            }
        }
    }

    /// A request of this side has its end.
    pub(in crate::client) fn answered(
        &mut self,
        now: Instant,
        exchange: ExchangeId,
        answer: Result<Answer, Failure>,
    ) {
        if let Some((id, server)) = self.sends.remove(&exchange) {
            let failure = match answer {
                Ok(Answer { status: None, .. }) => Some(SendFailure::Answer),
                Ok(Answer {
                    status: Some(status), ..
                }) => (!status.is_success()).then_some(SendFailure::Refused(status)),
                Err(failure) => Some(SendFailure::Exchange(failure)),
            };
            self.events.push_back(match failure {
                None => Event::Sent { id, server },
                Some(failure) => Event::SendFailed { id, server, failure },
            });
            return;
        }
        let of_exchange = self
            .sessions
            .iter()
            .position(|session| session.registration.exchange == Some(exchange));
        let Some(index) = of_exchange else {
            return;
        };
        let state = self
            .sessions
            .get(index)
            .map(|session| session.registration.state());
        let step = match state {
            Some(State::Registering) => self.register_answered(now, index, answer),
            Some(State::Updating) => self.update_answered(now, index, answer),
            Some(State::Deregistering) => match self.sessions.get_mut(index) {
                Some(session) => {
                    let server = session.server();
                    let step = session.registration.ended(now);
                    self.deregistered(server);
                    step
                }
                None => Step::Wait,
            },
            _ => Step::Wait,
        };
        self.drive(now, index, step);
    }

    fn register_answered(&mut self, now: Instant, index: usize, answer: Result<Answer, Failure>) -> Step {
        let failure = match answer {
            Ok(Answer {
                status: Some(Status::Created),
                location: Some(location),
            }) => return self.registered(now, index, location),
            Ok(Answer {
                status: Some(Status::PreconditionFailed),
                ..
            }) => {
                if let Some(step) = self.fall_back(index) {
                    return step;
                }
                RegistrationFailure::Refused(Status::PreconditionFailed)
            }
            Ok(Answer {
                status: Some(Status::Conflict),
                ..
            }) if self.list_more(index) => return Step::Register,
            Ok(Answer {
                status: Some(status), ..
            }) if !status.is_success() => RegistrationFailure::Refused(status),
            Ok(_) => RegistrationFailure::Answer,
            Err(failure) => RegistrationFailure::Exchange(failure),
        };
        self.attempt_failed(now, index, failure)
    }

    fn registered(&mut self, now: Instant, index: usize, location: String) -> Step {
        let margin = self.config.coap.transmission.max_transmit_wait();
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        let version = session.registration.version;
        let step = session.registration.registered(location, margin);
        session.formats = crate::encoding::Negotiation::with_server(version, self.config.formats);
        session.settled = true;
        if session.listing == Listing::Both {
            // It may have learned.
            session.listing = Listing::Profile;
        }
        let server = session.server();
        self.events.push_back(Event::Registered { server, version });
        // What was stored goes out; a new registration has no observations (LwM2M Core 1.2, section 6.2.1).
        self.catch_up_observers(now, index);
        self.end_observations(server);
        self.catch_up(index, step)
    }

    fn update_answered(&mut self, now: Instant, index: usize, answer: Result<Answer, Failure>) -> Step {
        let margin = self.config.coap.transmission.max_transmit_wait();
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        let server = session.server();
        match answer {
            Ok(Answer {
                status: Some(Status::Changed),
                ..
            }) => {
                let step = session.registration.refreshed(margin);
                self.events.push_back(Event::Updated { server });
                self.catch_up_observers(now, index);
                self.catch_up(index, step)
            }
            Ok(_) => session.registration.update_refused(),
            Err(failure) => self.lost(now, index, failure),
        }
    }

    /// A server does not answer any more: it is to be connected with and registered with anew.
    fn lost(&mut self, now: Instant, index: usize, failure: Failure) -> Step {
        let Some(session) = self.sessions.get_mut(index) else {
            return Step::Wait;
        };
        let server = session.server();
        let failure = RegistrationFailure::Exchange(failure);
        if session.registration.is_reconnecting() {
            session.registration.require_register();
            return self.attempt_failed(now, index, failure);
        }
        self.events
            .push_back(Event::RegistrationFailed { server, failure });
        session.registration.lost(true)
    }

    /// A server has not acknowledged what it should have.
    pub(in crate::client) fn unreachable(&mut self, now: Instant, index: usize, failure: Failure) {
        let registered = self
            .sessions
            .get(index)
            .is_some_and(|session| session.registration.state().is_registered());
        if registered {
            let step = self.lost(now, index, failure);
            self.drive(now, index, step);
        }
    }

    /// Another Update, where something has changed while the last one was on its way.
    fn catch_up(&mut self, index: usize, step: Step) -> Step {
        match self.untold(index) {
            true => Step::Update,
            false => step,
        }
    }

    /// Whether a server does not know something that it should.
    pub(in crate::client) fn untold(&self, index: usize) -> bool {
        self.sessions.get(index).is_some_and(|session| {
            let version = session.registration.version;
            let telling = telling(
                &self.config,
                &self.tree,
                &session.account,
                version,
                self.listed.number(),
            );
            session.registration.state().is_registered() && session.registration.told != telling
        })
    }

    /// The next version to register with.
    fn fall_back(&mut self, index: usize) -> Option<Step> {
        let session = self.sessions.get_mut(index)?;
        let refused = session.registration.version;
        let next = versions(&self.config, &session.account)
            .skip_while(|version| *version != refused)
            .nth(1)?;
        Some(session.registration.fall_back(next))
    }
}

/// Sends a request of this side. `None` where it does not fit, or too much is open.
pub(in crate::client) fn send(
    endpoint: &mut Endpoint,
    options: &mut OptionBuffer,
    now: Instant,
    peer: Peer,
    version: Version,
    uplink: &Uplink<'_>,
) -> Option<ExchangeId> {
    let form = CoapSession::new(version).uplink(uplink).ok()?;
    endpoint.request(now, peer, form.to_request(true, options)).ok()
}

/// What a server is to know now.
fn telling(config: &ClientConfig, tree: &Tree, account: &Account, version: Version, list: u64) -> Told {
    let binding = binding(config, tree, account, version);
    Told {
        lifetime: account.lifetime,
        binding,
        queue: match version < Version::V1_1 {
            true => binding.queue(),
            false => config.queue_mode,
        },
        sms: config.sms.clone(),
        list,
    }
}

/// What a Register, and an Update when it has changed, say about the objects; `formats` are those that are
/// [`announced`].
pub(in crate::client) fn object_list<'a>(
    config: &'a ClientConfig,
    version: Version,
    formats: &'a [ContentFormat],
) -> ObjectList<'a> {
    ObjectList {
        version,
        alternate_path: &config.alternate_path,
        formats,
    }
}

/// The same as payload.
fn list_links(config: &ClientConfig, tree: &Tree, version: Version) -> String {
    let formats = announced(config, version);
    let mut text = String::new();
    let mut links = LinkWriter::new(&mut text);
    object_list(config, version, &formats).for_each_link(tree, |link| {
        // A String takes whatever is written.
        let _ = link.write(&mut links);
    });
    text
}

/// The formats that an object list announces.
pub(in crate::client) fn announced(config: &ClientConfig, version: Version) -> Vec<ContentFormat> {
    // A client of LwM2M 1.0 says only whether it has JSON.
    if version < Version::V1_1 {
        let json = config.formats.contains(Format::Json);
        return json.then_some(ContentFormat::JSON).into_iter().collect();
    }
    let defined = FormatSet::mandatory_for_server(version);
    if !config.announced_formats.is_empty() || config.formats.contains_all(defined) {
        return config.announced_formats.clone();
    }
    let every_client = FormatSet::mandatory_for_client(version);
    let told = config
        .formats
        .formats()
        .filter(|format| defined.contains(*format) && !every_client.contains(*format));
    told.map(Format::content_format).collect()
}
