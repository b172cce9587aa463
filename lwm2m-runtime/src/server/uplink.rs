//! Register, Update and De-register (LwM2M Core 1.2, section 6.2).
//!
//! 1. A request is read (`reader`), and refused for its own sake.
//! 2. It is weighed: is it the owner's; may the endpoint, or the address, be taken over; has the address to be proved
//!    first (4.01 with Echo); is there room (5.03).
//! 3. The answer goes out before anything else goes to the client: a client ignores requests until its Register is
//!    answered.
//! 4. What hangs on the registration follows: requests, observations, events.

use super::{
    AddressChange, DuplicateEndpoint, EndReason, Event, RegistrationId, RegistrationLocation, Server,
    reader::{Asked, Update, conflict},
    record::{Chain, Record},
};
use crate::{
    coap::{Peer, Responder},
    encoding::Negotiation,
    model::Version,
    operation::{CoapSession, Location, Status, UplinkResponse},
    time::Instant,
};

/// Who asks.
pub(super) struct Asker {
    pub(super) peer: Peer,
    pub(super) responder: Responder,
    /// Whether the address is proved to be the peer's.
    pub(super) validated: bool,
    /// Whether a client has registered from there.
    pub(super) known: bool,
}

impl Server {
    /// Does what a client asks, and answers it.
    pub(super) fn act(&mut self, now: Instant, asker: Asker, asked: Asked) {
        match asked {
            Asked::Refuse(status) => self.answer(now, asker, &status.into()),
            Asked::Register {
                record,
                identified,
                lesson,
            } => {
                if self.register(now, asker, *record, identified) {
                    if let Some(lesson) = lesson {
                        self.profiles.learn(&self.config, lesson);
                    }
                }
            }
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

    /// Takes a registration, or refuses it: `false`.
    fn register(&mut self, now: Instant, asker: Asker, mut record: Record, identified: bool) -> bool {
        let peer = asker.peer;
        let replaced = self.registrations.of_endpoint(record.texts.endpoint());
        let displaced = self
            .registrations
            .of_peer(peer)
            .filter(|device| Some(*device) != replaced);
        if let Err(refusal) =
            self.may_register(&asker, record.formats.version(), identified, replaced, displaced)
        {
            self.refuse(now, asker, refusal);
            return false;
        }
        if let Some(device) = displaced {
            self.end(now, device, EndReason::AddressTaken);
        }
        let kept = replaced.map(|device| self.keep_requests(now, device, &record));
        let before = replaced.and_then(|device| self.replace(now, device));
        record.registered_at = now;
        record.updated_at = now;
        record.heard(now);
        let device = self.registrations.insert(record);
        self.renew(now, device);
        let location = self.registrations.get(device).map(|record| record.location);
        let location = RegistrationLocation::new(location.unwrap_or_default());
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
        self.take_requests(now, device, &kept.unwrap_or_default());
        if let Some((_, observations)) = before {
            self.observe_again(now, device, observations);
        }
        true
    }

    /// Whether a Register may take the place of others, and has room.
    fn may_register(
        &self,
        asker: &Asker,
        version: Version,
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
                DuplicateEndpoint::Refuse => return Err(Refusal::Status(conflict(version))),
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
        record.heard(now);
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
        let response = form.to_response(&mut self.options);
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
