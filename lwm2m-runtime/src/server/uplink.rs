//! Register, Update and De-register (LwM2M Core 1.2, section 6.2).
//!
//! 1. A request is read while it is still borrowed from the datagram; what is refused for its own sake is refused here:
//!    4.00, 4.01, 4.03, 4.04, 4.05, 4.09, 4.12, 4.13.
//! 2. It is weighed: is it the owner's; may the endpoint, or the address, be taken over; has the address to be proved
//!    first (4.01 with Echo); is there room (5.03).
//! 3. The answer goes out before anything else goes to the client: a client ignores requests until its Register is
//!    answered.
//! 4. What hangs on the registration follows: requests, observations, events.

use alloc::{borrow::ToOwned, boxed::Box, vec::Vec};

use super::{
    AddressChange, Authoriser, Changes, DuplicateEndpoint, EndReason, Event, RegistrationId, Server,
    ServerConfig,
    record::{Chain, Record, Texts},
    registrations::{LocationText, Registrations},
};
use crate::{
    coap::{self, IncomingRequest, Peer, Responder},
    encoding::{ContentFormat, FormatSet, Negotiation},
    model::Version,
    operation::{
        Binding, ClientLinks, ClientLinksError, CoapSession, Location, ObjectTable, ProfileId,
        RegisterParameters, Status, UpdateParameters, Uplink, UplinkPeer, UplinkResponse, read_uplink,
    },
    time::Instant,
};

/// What a client asks, owned.
pub(super) enum Asked {
    Refuse(Status),
    Register {
        record: Box<Record>,
        /// Whether the name is that of the peer's identity.
        identified: bool,
    },
    Update {
        device: u32,
        owner: bool,
        update: Update,
    },
    Deregister {
        device: u32,
        owner: bool,
    },
    Send {
        device: u32,
        format: ContentFormat,
        payload: Vec<u8>,
    },
}

/// What an Update brings.
pub(super) struct Update {
    changes: Changes,
    lifetime: u32,
    binding: Binding,
    queue: bool,
    texts: Option<Texts>,
    list: Option<(ObjectTable, FormatSet)>,
}

/// Who asks.
pub(super) struct Asker {
    pub(super) peer: Peer,
    pub(super) responder: Responder,
    /// Whether the address is proved to be the peer's.
    pub(super) validated: bool,
    /// Whether a client has registered from there.
    pub(super) known: bool,
}

/// What a server knows while it reads a request.
pub(super) struct Reader<'s> {
    pub(super) config: &'s ServerConfig,
    pub(super) registrations: &'s Registrations,
    pub(super) authoriser: &'s mut dyn Authoriser,
}

impl UplinkPeer for Reader<'_> {
    fn supports(&self, version: Version) -> bool {
        self.config.versions.contains(&version)
    }

    fn version_at(&self, location: Location<'_>) -> Option<Version> {
        Some(self.at(location)?.1.formats.version())
    }
}

impl Reader<'_> {
    pub(super) fn read(mut self, request: &IncomingRequest<'_>) -> Asked {
        let uplink = read_uplink(&self, request.code, request.options, request.payload);
        let asked = uplink.and_then(|uplink| match uplink {
            Uplink::Register { parameters, links } => self.register(request.peer, parameters, links),
            Uplink::Update {
                location,
                parameters,
                links,
            } => self.update(request.peer, location, parameters, links),
            Uplink::Deregister { location } => {
                let (device, record) = self.at(location).ok_or(Status::NotFound)?;
                let owner = self.owns(request.peer, record);
                Ok(Asked::Deregister { device, owner })
            }
            Uplink::Send { payload } => self.send(request.peer, payload),
            // What a bootstrap server has, and this is none.
            Uplink::BootstrapRequest { .. } | Uplink::BootstrapPackRequest { .. } => Err(Status::NotFound),
        });
        asked.unwrap_or_else(Asked::Refuse)
    }

    fn at(&self, location: Location<'_>) -> Option<(u32, &Record)> {
        let device = self.registrations.at_location(location)?;
        Some((device, self.registrations.get(device)?))
    }

    fn register(
        &mut self,
        peer: Peer,
        parameters: RegisterParameters<'_>,
        links: Option<&str>,
    ) -> Result<Asked, Status> {
        let identity = self.authoriser.identity(peer).map(ToOwned::to_owned);
        let endpoint = match (identity.as_deref(), parameters.endpoint) {
            (Some(identity), Some(endpoint)) if identity != endpoint => return Err(Status::BadRequest),
            (Some(name), _) | (None, Some(name)) => name,
            (None, None) => return Err(Status::BadRequest),
        };
        if endpoint.len() > self.config.max_endpoint_name || endpoint.chars().any(char::is_control) {
            return Err(Status::BadRequest);
        }
        let version = parameters.version;
        let lifetime = self.lifetime(parameters.lifetime.unwrap_or(self.config.default_lifetime))?;
        let listed = client_links(self.config, &parameters.profile_ids, links, version)?;
        self.authoriser.register(peer, endpoint, &parameters)?;
        let record = Record {
            location: 0,
            peer,
            texts: Texts::new(
                endpoint,
                parameters.sms,
                listed.alternate_path,
                parameters.profile_ids.iter().copied(),
            ),
            objects: listed.objects,
            registered_at: Instant::NEVER,
            updated_at: Instant::NEVER,
            seen_at: Instant::NEVER,
            lifetime,
            formats: Negotiation::with_client(version, self.config.formats, listed.formats),
            binding: parameters.binding,
            queue: parameters.queue,
            requests: Chain::default(),
            observations: Chain::default(),
        };
        Ok(Asked::Register {
            record: Box::new(record),
            identified: identity.is_some(),
        })
    }

    fn update(
        &self,
        peer: Peer,
        location: Location<'_>,
        parameters: UpdateParameters<'_>,
        links: Option<&str>,
    ) -> Result<Asked, Status> {
        let (device, record) = self.at(location).ok_or(Status::NotFound)?;
        let version = record.formats.version();
        let mut update = Update {
            changes: Changes::default(),
            lifetime: match parameters.lifetime {
                Some(lifetime) => self.lifetime(lifetime)?,
                None => record.lifetime,
            },
            binding: parameters.binding.unwrap_or(record.binding),
            // From LwM2M 1.1 on nothing can take it back.
            queue: parameters.queue
                || record.queue && (parameters.binding.is_none() || version >= Version::V1_1),
            texts: None,
            list: None,
        };
        let sms = parameters.sms.or_else(|| record.texts.sms());
        let mut alternate_path = record.texts.alternate_path();
        let profiles_named = !parameters.profile_ids.is_empty();
        let mut changes = Changes {
            peer: record.peer != peer,
            lifetime: update.lifetime != record.lifetime,
            binding: update.binding != record.binding || update.queue != record.queue,
            sms: sms != record.texts.sms(),
            objects: profiles_named
                && !record
                    .texts
                    .profile_ids()
                    .eq(parameters.profile_ids.iter().copied()),
        };
        if links.is_some() || profiles_named {
            let listed = client_links(self.config, &parameters.profile_ids, links, version)?;
            changes.objects |= listed.alternate_path != alternate_path
                || listed.objects != record.objects
                || !record.formats.peer().contains_all(listed.formats);
            alternate_path = listed.alternate_path;
            update.list = Some((listed.objects, listed.formats));
        }
        if changes.sms || changes.objects {
            let endpoint = record.texts.endpoint();
            update.texts = Some(match profiles_named {
                true => Texts::new(
                    endpoint,
                    sms,
                    alternate_path,
                    parameters.profile_ids.iter().copied(),
                ),
                false => Texts::new(endpoint, sms, alternate_path, record.texts.profile_ids()),
            });
        }
        update.changes = changes;
        Ok(Asked::Update {
            device,
            owner: self.owns(peer, record),
            update,
        })
    }

    fn lifetime(&self, lifetime: u32) -> Result<u32, Status> {
        match lifetime == 0 || lifetime >= self.config.min_lifetime {
            true => Ok(lifetime),
            false => Err(Status::BadRequest),
        }
    }

    /// Whether a peer is the one that has registered. Without security the location is the secret that says so.
    fn owns(&self, peer: Peer, record: &Record) -> bool {
        record.peer.session == peer.session || self.authoriser.identity(peer) == Some(record.texts.endpoint())
    }
}

/// What profile identifiers and the payload say together.
fn client_links<'a>(
    config: &'a ServerConfig,
    profile_ids: &[ProfileId<'_>],
    links: Option<&'a str>,
    version: Version,
) -> Result<ClientLinks<'a>, Status> {
    // 4.09 came with LwM2M 1.1.
    let unknown = match version < Version::V1_1 {
        true => Status::BadRequest,
        false => Status::Conflict,
    };
    if profile_ids.len() > config.max_profile_ids {
        return Err(Status::BadRequest);
    }
    let listed = match (profile_ids, links) {
        ([], Some(links)) => ClientLinks::read([links], version, config.max_objects),
        ([], None) => return Err(unknown),
        (profile_ids, links) => {
            let profiles = profile_ids.iter().map(|id| config.models.profile(*id));
            let lists: Option<Vec<&str>> = profiles.chain(links.map(Some)).collect();
            ClientLinks::read(lists.ok_or(unknown)?, version, config.max_objects)
        }
    };
    let listed = listed.map_err(|error| match error {
        ClientLinksError::TooMany => Status::RequestEntityTooLarge,
        ClientLinksError::Link(_) | ClientLinksError::AlternatePath => Status::BadRequest,
    })?;
    match listed.alternate_path.len() <= config.max_alternate_path {
        true => Ok(listed),
        false => Err(Status::BadRequest),
    }
}

impl Server {
    /// Does what a client asks, and answers it.
    pub(super) fn act(&mut self, now: Instant, asker: Asker, asked: Asked) {
        match asked {
            Asked::Refuse(status) => self.answer(now, asker, &status.into()),
            Asked::Register { record, identified } => self.register(now, asker, *record, identified),
            Asked::Update {
                device,
                owner,
                update,
            } => self.update(now, asker, device, owner, update),
            Asked::Deregister { device, owner } => match self.same_place(&asker, device, owner) {
                Ok(()) => {
                    self.answer(now, asker, &Status::Deleted.into());
                    self.end(now, device, EndReason::Deregistered);
                }
                Err(refusal) => self.refuse(now, asker, refusal),
            },
            Asked::Send {
                device,
                format,
                payload,
            } => {
                self.answer(now, asker, &Status::Changed.into());
                self.sent(now, device, format, payload);
            }
        }
    }

    fn register(&mut self, now: Instant, asker: Asker, mut record: Record, identified: bool) {
        let peer = asker.peer;
        let replaced = self.registrations.of_endpoint(record.texts.endpoint());
        let displaced = self
            .registrations
            .of_peer(peer)
            .filter(|device| Some(*device) != replaced);
        if let Err(refusal) = self.may_register(&asker, identified, replaced, displaced) {
            return self.refuse(now, asker, refusal);
        }
        if let Some(device) = displaced {
            self.end(now, device, EndReason::AddressTaken);
        }
        let before = replaced.and_then(|device| self.replace(now, device));
        record.registered_at = now;
        record.updated_at = now;
        record.seen_at = now;
        let device = self.registrations.insert(record);
        self.renew(now, device);
        let location = self.registrations.get(device).map(|record| record.location);
        let location = LocationText::new(location.unwrap_or_default());
        let response = Location::parse(location.as_str()).map(UplinkResponse::registered);
        self.answer(
            now,
            asker,
            &response.unwrap_or(Status::InternalServerError.into()),
        );
        self.events.push_back(Event::Registered {
            registration: self.registrations.id(device),
            replaced: before.map(|(id, _)| id),
        });
        if let Some((_, observations)) = before {
            self.observe_again(now, device, observations);
        }
    }

    /// Whether a Register may take the place of others, and has room.
    fn may_register(
        &self,
        asker: &Asker,
        identified: bool,
        replaced: Option<u32>,
        displaced: Option<u32>,
    ) -> Result<(), Refusal> {
        let proof = match asker.validated {
            true => Ok(()),
            false => Err(Refusal::Challenge),
        };
        if self.config.validate_registrations {
            proof?;
        }
        let other = replaced.and_then(|device| self.registrations.get(device));
        if let Some(record) = other.filter(|record| record.peer != asker.peer && !identified) {
            // Nobody without a session takes over what one with a session has registered.
            if record.peer.session != 0 {
                return Err(Refusal::Status(Status::Forbidden));
            }
            match self.config.duplicate_endpoint {
                DuplicateEndpoint::Replace => {}
                DuplicateEndpoint::Validated => proof?,
                DuplicateEndpoint::Refuse => return Err(Refusal::Status(Status::Forbidden)),
            }
        }
        if displaced.is_some() && self.config.duplicate_endpoint != DuplicateEndpoint::Replace {
            proof?;
        }
        let room = self.registrations.len() < self.config.max_registrations;
        match room || replaced.is_some() || displaced.is_some() {
            true => Ok(()),
            false => Err(Refusal::Status(Status::ServiceUnavailable)),
        }
    }

    fn update(&mut self, now: Instant, asker: Asker, device: u32, owner: bool, update: Update) {
        if let Err(refusal) = self.same_place(&asker, device, owner) {
            return self.refuse(now, asker, refusal);
        }
        let peer = asker.peer;
        self.answer(now, asker, &Status::Changed.into());
        let own_formats = self.config.formats;
        let Some(record) = self.registrations.get_mut(device) else {
            return;
        };
        record.updated_at = now;
        record.seen_at = now;
        record.lifetime = update.lifetime;
        record.binding = update.binding;
        record.queue = update.queue;
        if let Some(texts) = update.texts {
            record.texts = texts;
        }
        if let Some((objects, listed)) = update.list {
            record.objects = objects;
            if update.changes.objects {
                record.formats = Negotiation::with_client(record.formats.version(), own_formats, listed);
            }
        }
        self.renew(now, device);
        if update.changes.peer {
            let taken = self.registrations.of_peer(peer).filter(|other| *other != device);
            if let Some(other) = taken {
                self.end(now, other, EndReason::AddressTaken);
            }
            self.registrations.set_peer(device, peer);
        }
        self.events.push_back(Event::Updated {
            registration: self.registrations.id(device),
            changes: update.changes,
        });
        if update.changes.peer {
            self.moved(now, device);
        }
    }

    /// Whether a peer may act on a registration: from the same address, or from another one as the policy says.
    fn same_place(&self, asker: &Asker, device: u32, owner: bool) -> Result<(), Refusal> {
        let known = self.registrations.get(device).map(|record| record.peer);
        if !owner {
            return Err(Refusal::Status(Status::NotFound));
        }
        match self.config.address_change {
            _ if known == Some(asker.peer) => Ok(()),
            AddressChange::Validated if !asker.validated => Err(Refusal::Challenge),
            AddressChange::Refused => Err(Refusal::Status(Status::NotFound)),
            AddressChange::Validated | AddressChange::Trusted => Ok(()),
        }
    }

    /// Begins the lifetime of a registration anew.
    fn renew(&mut self, now: Instant, device: u32) {
        let Some(record) = self.registrations.get(device) else {
            return;
        };
        let most = self.config.max_lifetime;
        let seconds = match record.lifetime {
            0 => most,
            lifetime => Some(most.map_or(lifetime, |most| lifetime.min(most))),
        };
        let at = seconds.map_or(Instant::NEVER, |seconds| {
            now + core::time::Duration::from_secs(seconds.into()) + self.config.grace
        });
        self.registrations.set_deadline(device, at);
    }

    /// Ends a registration and all that hangs on it.
    pub(super) fn end(&mut self, now: Instant, device: u32, reason: EndReason) {
        let registration = self.registrations.id(device);
        self.drop_requests(now, device, reason);
        self.drop_observations(now, device, reason);
        if let Some(record) = self.registrations.remove(device) {
            self.events.push_back(Event::Ended {
                registration,
                endpoint: record.texts.endpoint().into(),
                reason,
            });
        }
    }

    /// Ends a registration in favour of a new one, which gets its observations.
    fn replace(&mut self, now: Instant, device: u32) -> Option<(RegistrationId, Chain)> {
        let registration = self.registrations.id(device);
        self.drop_requests(now, device, EndReason::Replaced);
        let record = self.registrations.remove(device)?;
        Some((registration, record.observations))
    }

    fn refuse(&mut self, now: Instant, asker: Asker, refusal: Refusal) {
        match refusal {
            Refusal::Status(status) => self.answer(now, asker, &status.into()),
            Refusal::Challenge => {
                // Gone: the client has stopped waiting.
                let _ = self.endpoint.challenge(now, asker.responder);
            }
        }
    }

    fn answer(&mut self, now: Instant, asker: Asker, response: &UplinkResponse<'_>) {
        let form = CoapSession::new(Version::V1_0).uplink_response(response);
        form.fill(&mut self.options);
        let response = coap::Response {
            code: form.code(),
            options: self.options.options(),
            payload: form.payload(),
        };
        // Gone: the client has stopped waiting.
        let _ = match asker.validated || asker.known {
            true => self.endpoint.respond(now, asker.responder, response),
            false => self.endpoint.respond_unvalidated(now, asker.responder, response),
        };
    }
}

/// Why a request is not acted on.
#[derive(Clone, Copy)]
enum Refusal {
    Status(Status),
    /// The address has to be proved.
    Challenge,
}
