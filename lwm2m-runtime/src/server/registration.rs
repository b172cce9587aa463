use super::{RegistrationId, RegistrationLocation, record::Record};
use crate::{
    coap::Peer,
    encoding::Negotiation,
    model::Version,
    operation::{Binding, ObjectTable, ProfileId, Transport},
    time::Instant,
};

/// A client's registration, as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    pub(super) id: RegistrationId,
    pub(super) record: &'a Record,
    pub(super) expires_at: Instant,
    pub(super) listens_until: Instant,
}

impl<'a> Registration<'a> {
    /// Its number.
    #[must_use]
    pub const fn id(&self) -> RegistrationId {
        self.id
    }

    /// The endpoint client name. Anything but control characters may be in it: it is to be escaped where it is shown.
    #[must_use]
    pub fn endpoint(&self) -> &'a str {
        self.record.texts.endpoint()
    }

    /// Where the client updates and ends it. Whoever knows it can do so, where there is no security.
    #[must_use]
    pub fn location(&self) -> RegistrationLocation {
        RegistrationLocation::new(self.record.location)
    }

    /// Whom requests go to.
    #[must_use]
    pub const fn peer(&self) -> Peer {
        self.record.peer
    }

    /// The lifetime in seconds; 0 never ends.
    #[must_use]
    pub const fn lifetime(&self) -> u32 {
        self.record.lifetime
    }

    /// The version of LwM2M that the client speaks.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.record.formats.version()
    }

    /// The transports by which the client can be reached.
    #[must_use]
    pub const fn binding(&self) -> Binding {
        self.record.binding
    }

    /// Whether the client sleeps, and requests are to be sent while it is awake.
    #[must_use]
    pub const fn queue_mode(&self) -> bool {
        self.record.queue
    }

    /// Whether the client takes a request by a transport now: one that it has listed (or UDP, which every client has,
    /// unless it is of LwM2M 1.0), and not one that sleeps. Short messages reach a client of LwM2M 1.0 at any time: of
    /// `UQS` only UDP queues.
    #[must_use]
    pub fn takes_requests(&self, now: Instant, transport: Transport) -> bool {
        let old = self.version() < Version::V1_1;
        let listed = self.binding().contains(transport) || transport == Transport::Udp && !old;
        let any_time = old && transport == Transport::Sms && self.binding().contains(Transport::Udp);
        listed && (any_time || now < self.listens_until)
    }

    /// The number for short messages, without a plus sign, or an external identifier.
    #[must_use]
    pub fn sms(&self) -> Option<&'a str> {
        self.record.texts.sms()
    }

    /// Below what the client has its objects, without slashes around it. Mostly empty.
    #[must_use]
    pub fn alternate_path(&self) -> &'a str {
        self.record.texts.alternate_path()
    }

    /// The profile identifiers that the client has named (LwM2M 1.2).
    pub fn profile_ids(&self) -> impl Iterator<Item = ProfileId<'a>> + Clone {
        self.record.texts.profile_ids()
    }

    /// Which formats suit the client, by its version, its announcement and its answers so far.
    #[must_use]
    pub const fn formats(&self) -> Negotiation {
        self.record.formats
    }

    /// The objects and instances of the last Register or Update that had a list.
    #[must_use]
    pub const fn objects(&self) -> &'a ObjectTable {
        &self.record.objects
    }

    /// When the client registered.
    #[must_use]
    pub const fn registered_at(&self) -> Instant {
        self.record.registered_at
    }

    /// When the last Register or Update came.
    #[must_use]
    pub const fn updated_at(&self) -> Instant {
        self.record.updated_at
    }

    /// When the last message of the client came.
    #[must_use]
    pub const fn seen_at(&self) -> Instant {
        self.record.seen_at
    }

    /// When the registration ends without an Update, grace time included; [`Instant::NEVER`] if it does not.
    #[must_use]
    pub const fn expires_at(&self) -> Instant {
        self.expires_at
    }

    /// Until when the client listens without another message: one in queue mode sleeps then, and what it is asked waits.
    /// [`Instant::NEVER`] for one that always listens.
    #[must_use]
    pub const fn listens_until(&self) -> Instant {
        self.listens_until
    }
}
