//! What clients ask on the registration interface, read while it is still borrowed from the datagram, and refused for its
//! own sake: 4.00, 4.01, 4.03, 4.04, 4.05, 4.09, 4.12, 4.13.

use alloc::{borrow::ToOwned, boxed::Box, vec::Vec};

use super::{
    Authoriser, Changes, ServerConfig,
    profiles::{Lesson, Profiles},
    record::{Chain, Record, Texts},
    registrations::Registrations,
};
use crate::{
    coap::{IncomingRequest, Peer},
    encoding::{ContentFormat, FormatSet, Negotiation},
    model::Version,
    operation::{
        Binding, ClientLinks, ClientLinksError, Location, ObjectTable, ProfileId, RegisterParameters, Status,
        UpdateParameters, Uplink, UplinkPeer, read_uplink,
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
        /// What can be learned from it, if it is taken.
        lesson: Option<Lesson>,
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
    pub(super) changes: Changes,
    pub(super) lifetime: u32,
    pub(super) binding: Binding,
    pub(super) queue: bool,
    pub(super) texts: Option<Texts>,
    pub(super) list: Option<(ObjectTable, FormatSet)>,
}

/// What a server knows while it reads a request.
pub(super) struct Reader<'s> {
    pub(super) config: &'s ServerConfig,
    pub(super) registrations: &'s Registrations,
    pub(super) profiles: &'s Profiles,
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
        let lesson = match (&*parameters.profile_ids, links) {
            (&[id], Some(links)) if self.config.models.profile(id).is_none() => {
                Lesson::of(id, version, links, self.config.max_objects)
            }
            _ => None,
        };
        // What is whole needs no profile.
        let profile_ids = match lesson {
            Some(_) => &[],
            None => &*parameters.profile_ids,
        };
        let listed = client_links(self.config, self.profiles, profile_ids, links, version)?;
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
            contact_at: Instant::NEVER,
            asleep: false,
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
            lesson,
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
            let listed = client_links(
                self.config,
                self.profiles,
                &parameters.profile_ids,
                links,
                version,
            )?;
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
    profiles: &'a Profiles,
    profile_ids: &[ProfileId<'_>],
    links: Option<&'a str>,
    version: Version,
) -> Result<ClientLinks<'a>, Status> {
    let unknown = conflict(version);
    if profile_ids.len() > config.max_profile_ids {
        return Err(Status::BadRequest);
    }
    let listed = match (profile_ids, links) {
        ([], Some(links)) => ClientLinks::read([links], version, config.max_objects),
        ([], None) => return Err(unknown),
        (profile_ids, links) => {
            let known = |id: &ProfileId<'_>| {
                let known = config.models.profile(*id);
                known.or_else(|| profiles.get(*id, version))
            };
            let known = profile_ids.iter().map(known);
            let lists: Option<Vec<&str>> = known.chain(links.map(Some)).collect();
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

/// The status of a list that cannot be determined, and of registrations that conflict. 4.09 came with LwM2M 1.1.
pub(super) fn conflict(version: Version) -> Status {
    match version < Version::V1_1 {
        true => Status::BadRequest,
        false => Status::Conflict,
    }
}
