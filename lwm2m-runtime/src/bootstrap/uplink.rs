//! Bootstrap-Request and Bootstrap-Pack-Request (LwM2M Core 1.2, sections 6.1.7.1 and 6.1.7.2).
//!
//! 1. A request is read while it is still borrowed from the datagram; what is refused for its own sake is refused here:
//!    4.00, 4.01, 4.05, 4.06, 4.15, 5.01.
//! 2. Has the address to be proved first (4.01 with Echo); is there a plan for the endpoint (4.00); is there room (5.03).
//! 3. The answer goes out before anything is asked of the client.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{
    Authoriser, BootstrapServer, BootstrapServerConfig, Event, Failure, Plan, PlanSource, session::Record,
};
use crate::{
    coap::{IncomingRequest, Peer, Responder},
    configuration::PresentInstances,
    encoding::{Format, FormatSet},
    link::{Links, ObjectLink},
    model::{Path, Version},
    operation::{CoapSession, Location, Status, Uplink, UplinkPeer, UplinkResponse, read_uplink},
    time::Instant,
};

/// What a client asks, owned.
pub(super) enum Asked {
    Refuse(Option<String>, Status),
    Bootstrap {
        client: Named,
        preferred: Option<Format>,
    },
    Pack {
        client: Named,
        format: Format,
        /// The instances of the client's account at the bootstrap server, if it has named them.
        account: Option<Vec<Path>>,
    },
}

/// As whom a client asks.
pub(super) struct Named {
    endpoint: String,
    /// Whether the name is that of the identity behind its security session.
    identified: bool,
}

/// Who asks.
pub(super) struct Asker {
    pub(super) peer: Peer,
    pub(super) responder: Responder,
    /// Whether the address is proved to be the peer's.
    pub(super) validated: bool,
    /// How long the request is.
    pub(super) length: usize,
}

/// What a bootstrap server knows while it reads a request.
pub(super) struct Reader<'s> {
    config: &'s BootstrapServerConfig,
    authoriser: &'s mut dyn Authoriser,
}

/// The registration interface is not here.
impl UplinkPeer for Reader<'_> {
    fn supports(&self, _: Version) -> bool {
        true
    }

    fn version_at(&self, _: Location<'_>) -> Option<Version> {
        None
    }
}

impl<'s> Reader<'s> {
    pub(super) const fn new(config: &'s BootstrapServerConfig, authoriser: &'s mut dyn Authoriser) -> Self {
        Self { config, authoriser }
    }

    pub(super) fn read(mut self, request: &IncomingRequest<'_>) -> Asked {
        let uplink = match read_uplink(&self, request.code, request.options, request.payload) {
            Ok(uplink) => uplink,
            Err(status) => return Asked::Refuse(None, status),
        };
        let (named, asked) = match uplink {
            Uplink::BootstrapRequest {
                endpoint,
                preferred_format,
            } => {
                let asked = self.client(request.peer, endpoint).and_then(|client| {
                    let preferred = preferred_format.map(|format| {
                        self.format(format.format())
                            .ok_or(Status::UnsupportedContentFormat)
                    });
                    let preferred = preferred.transpose()?;
                    Ok(Asked::Bootstrap { client, preferred })
                });
                (endpoint, asked)
            }
            Uplink::BootstrapPackRequest {
                endpoint,
                accept,
                account,
            } => {
                let asked = self.client(request.peer, endpoint).and_then(|client| {
                    if !self.config.packs {
                        return Err(Status::NotImplemented);
                    }
                    let format = match accept {
                        Some(accept) => accept.format(),
                        None => Some(Format::SenmlCbor),
                    };
                    let format = format.filter(|format| *format != Format::Tlv);
                    Ok(Asked::Pack {
                        client,
                        format: self.format(format).ok_or(Status::NotAcceptable)?,
                        account: account.map(instances).transpose()?,
                    })
                });
                (endpoint, asked)
            }
            _ => (None, Err(Status::NotFound)),
        };
        asked.unwrap_or_else(|status| Asked::Refuse(named.map(ToOwned::to_owned), status))
    }

    /// The name of the client: that of its identity, or the one that it gives.
    fn client(&mut self, peer: Peer, given: Option<&str>) -> Result<Named, Status> {
        let identity = self.authoriser.identity(peer);
        let identified = identity.is_some();
        let endpoint = match (identity, given) {
            (Some(identity), Some(given)) if identity != given => return Err(Status::BadRequest),
            (Some(name), _) | (None, Some(name)) => name.to_owned(),
            (None, None) => return Err(Status::BadRequest),
        };
        if endpoint.len() > self.config.max_endpoint_name || endpoint.chars().any(char::is_control) {
            return Err(Status::BadRequest);
        }
        self.authoriser.bootstrap(peer, &endpoint)?;
        Ok(Named { endpoint, identified })
    }

    /// A format that can carry several values, and is written here.
    fn format(&self, format: Option<Format>) -> Option<Format> {
        let known = [
            Format::Tlv,
            Format::SenmlJson,
            Format::SenmlCbor,
            Format::Lwm2mCbor,
        ];
        format.filter(|format| known.contains(format) && self.config.formats.contains(*format))
    }
}

/// The instances in the parameter `acc`: links without parameters (LwM2M Core 1.2.1, section 6.1.7.2).
fn instances(links: &str) -> Result<Vec<Path>, Status> {
    let mut instances = Vec::new();
    for link in Links::new(links) {
        let link = link.map_err(|_| Status::BadRequest)?;
        let parameters = !link.parameters.is_empty();
        let link = ObjectLink::read(link).map_err(|_| Status::BadRequest)?;
        if parameters || !link.prefix.is_empty() || link.path.depth() != 2 {
            return Err(Status::BadRequest);
        }
        instances.push(link.path);
    }
    Ok(instances)
}

impl<P: PlanSource> BootstrapServer<P> {
    /// Answers a client.
    pub(super) fn act(&mut self, now: Instant, asker: Asker, asked: Asked) {
        let peer = asker.peer;
        let (client, preferred, pack) = match asked {
            Asked::Refuse(endpoint, status) => return self.refuse(now, asker, endpoint, status),
            _ if self.config.validate_requests && !asker.validated => return self.challenge(now, asker),
            Asked::Pack { .. } if self.config.validate_packs && !asker.validated => {
                return self.challenge(now, asker);
            }
            Asked::Pack {
                client,
                format,
                account,
            } => (client, None, Some((format, account))),
            Asked::Bootstrap { client, preferred } => (client, preferred, None),
        };
        let plan = match self.may_begin(peer, &client) {
            true => self.plans.plan(peer, &client.endpoint),
            false => None,
        };
        let endpoint = client.endpoint;
        let Some(plan) = plan else {
            return self.refuse(now, asker, Some(endpoint), Status::BadRequest);
        };
        self.replace(now, peer, &endpoint);
        if let Some((format, account)) = pack {
            return self.answer_pack(now, asker, endpoint, &plan, format, account.as_deref());
        }
        if self.sessions.len() >= self.config.max_sessions {
            return self.refuse(now, asker, Some(endpoint), Status::ServiceUnavailable);
        }
        let budget = match asker.validated {
            true => usize::MAX,
            false => asker.length.saturating_mul(self.config.coap.amplification),
        };
        self.answer(now, asker, &Status::Changed.into());
        let index = self.start(now, peer, endpoint, plan, preferred, budget);
        self.advance(now, index);
    }

    /// Whether a client may take the place of the session that is on with its name: nobody without a security session does
    /// for one who has one.
    fn may_begin(&self, peer: Peer, client: &Named) -> bool {
        let index = self.sessions.of_endpoint(&client.endpoint);
        let record = index.and_then(|index| self.sessions.get(index));
        record.is_none_or(|record| record.peer == peer || record.peer.session == 0 || client.identified)
    }

    /// Ends what is open with a client that asks anew, and with its address.
    pub(super) fn replace(&mut self, now: Instant, peer: Peer, endpoint: &str) {
        let old = [self.sessions.of_endpoint(endpoint), self.sessions.of_peer(peer)];
        for index in old.into_iter().flatten() {
            self.fail(now, index, Failure::Replaced);
        }
    }

    pub(super) fn start(
        &mut self,
        now: Instant,
        peer: Peer,
        endpoint: String,
        plan: Plan,
        preferred: Option<Format>,
        budget: usize,
    ) -> u32 {
        let format = plan.format.or(preferred).unwrap_or(self.config.default_format);
        let index = self.sessions.insert(Record {
            endpoint: endpoint.as_str().into(),
            peer,
            plan,
            format,
            refused: FormatSet::NONE,
            present: None,
            budget,
            at_least: match preferred {
                Some(_) => Version::V1_1,
                None => Version::V1_0,
            },
            values: None,
            written: false,
            step: 0,
            tasks: Default::default(),
            open: None,
            progress: Default::default(),
            retries: 0,
            started_at: now,
            ends_at: now + self.config.session_timeout,
        });
        let session = self.sessions.id(index);
        self.events.push_back(Event::Started {
            session,
            endpoint,
            peer,
        });
        index
    }

    pub(super) fn refuse(&mut self, now: Instant, asker: Asker, endpoint: Option<String>, status: Status) {
        let peer = asker.peer;
        self.answer(now, asker, &status.into());
        self.events.push_back(Event::Refused {
            endpoint,
            peer,
            status,
        });
    }

    /// Has a client prove its address: it asks again with an Echo value.
    pub(super) fn challenge(&mut self, now: Instant, asker: Asker) {
        // Gone: the client has stopped waiting.
        let _ = self.endpoint.challenge(now, asker.responder);
    }

    pub(super) fn answer(&mut self, now: Instant, asker: Asker, response: &UplinkResponse<'_>) {
        let form = CoapSession::new(Version::V1_0).uplink_response(response);
        let response = form.to_response(&mut self.options);
        // Gone: the client has stopped waiting.
        let _ = match asker.validated {
            true => self.endpoint.respond(now, asker.responder, response),
            false => self.endpoint.respond_unvalidated(now, asker.responder, response),
        };
    }
}

/// What a client has of which only its account at the bootstrap server is known.
pub(super) fn present(account: &[Path]) -> PresentInstances {
    let mut present = PresentInstances::new(Version::V1_2);
    for instance in account {
        present.insert(*instance, None);
    }
    present
}
