use core::time::Duration;

use super::{Models, models::Known};
use crate::{coap::EndpointConfig, encoding::FormatSet, model::Version};

/// Every limit and policy of a [`Server`](super::Server).
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The limits of CoAP. Default [`EndpointConfig::server`].
    pub coap: EndpointConfig,
    /// The versions of LwM2M that are served; a Register of another one is answered 4.12. Default 1.0, 1.1 and 1.2.
    pub versions: &'static [Version],
    /// The content formats that are read and written. Default all.
    pub formats: FormatSet,
    /// What is known of objects. Default: the whole registry with feature `catalogue` (`history`), and else the
    /// objects 0 to 7.
    pub models: &'static dyn Models,
    /// Registrations at a time; a Register beyond is answered 5.03. Default 262,144.
    pub max_registrations: usize,
    /// The longest endpoint client name in bytes; a longer one is answered 4.00. Default 252, the most that an option
    /// can carry.
    pub max_endpoint_name: usize,
    /// Objects and object instances of one registration together; a longer list is answered 4.13. Default 4,096;
    /// at most 65,535.
    pub max_objects: usize,
    /// The longest alternate path in bytes; a longer one is answered 4.00. Default 255.
    pub max_alternate_path: usize,
    /// Profile identifiers of one registration; more are answered 4.00. Default 16.
    pub max_profile_ids: usize,
    /// Hashes of object lists that are learned from clients which register with both (dynamic profile identifiers,
    /// LwM2M 1.2); the one learned first makes room. Nobody can check what a hash is of: until clients contradict each
    /// other, one is believed for all that name the same. Where devices do not trust each other that far, 0. Default 1,024.
    pub max_learned_profiles: usize,
    /// Bytes of them, with their lists. Default 256 KiB.
    pub max_learned_profile_bytes: usize,
    /// The lifetime of a registration that names none, in seconds: clients of LwM2M 1.0 may leave it out. Default
    /// 86,400.
    pub default_lifetime: u32,
    /// The shortest lifetime in seconds; a shorter one other than 0 is answered 4.00. Default 1.
    pub min_lifetime: u32,
    /// How long a registration is kept at most without an Update, in seconds, whatever its lifetime; for lifetimes of
    /// 0, too, which never end otherwise. Default `None`: as long as the client says.
    pub max_lifetime: Option<u32>,
    /// How long a registration is kept beyond its lifetime (LwM2M says nothing of it). Default 45 s, `MAX_TRANSMIT_SPAN`:
    /// an Update sent in time may have to be repeated until then.
    pub grace: Duration,
    /// What becomes of a Register for an endpoint that is registered already. Default [`DuplicateEndpoint::Replace`].
    pub duplicate_endpoint: DuplicateEndpoint,
    /// What becomes of an Update or De-register from another address than before. Default
    /// [`AddressChange::Validated`].
    pub address_change: AddressChange,
    /// Whether a client without a security session has to prove its address by Echo before it registers. Default
    /// `false`: few clients can.
    pub validate_registrations: bool,
    /// How old an Echo value may be that proves an address. Default 60 s.
    pub echo_lifetime: Duration,
    /// How long a request may make no progress before it fails. Default 93 s, `MAX_TRANSMIT_WAIT`.
    pub request_timeout: Duration,
    /// How long a client in queue mode listens after the last message of either side. Default 93 s, `MAX_TRANSMIT_WAIT`.
    pub awake_time: Duration,
    /// How long a request may wait for a client in queue mode to wake before it fails. Default a day.
    pub queue_timeout: Duration,
    /// How often a request that can be asked twice is asked again, once the client wakes, that a client in queue mode has
    /// not answered as it fell asleep. Default 3.
    pub queue_retries: u8,
    /// Requests to one client, open and queued. Default 64.
    pub max_requests_per_device: u16,
    /// The same to all clients. Default 262,144.
    pub max_requests: usize,
    /// Observations of one client. Default 64.
    pub max_observations_per_device: u16,
    /// The same of all clients. Default 1,048,576.
    pub max_observations: usize,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            coap: EndpointConfig::server(),
            versions: &[Version::V1_0, Version::V1_1, Version::V1_2],
            formats: FormatSet::ALL,
            models: &Known,
            max_registrations: 262_144,
            max_endpoint_name: 252,
            max_objects: 4_096,
            max_alternate_path: 255,
            max_profile_ids: 16,
            max_learned_profiles: 1_024,
            max_learned_profile_bytes: 256 * 1024,
            default_lifetime: 86_400,
            min_lifetime: 1,
            max_lifetime: None,
            grace: Duration::from_secs(45),
            duplicate_endpoint: DuplicateEndpoint::default(),
            address_change: AddressChange::default(),
            validate_registrations: false,
            echo_lifetime: Duration::from_secs(60),
            request_timeout: Duration::from_secs(93),
            awake_time: Duration::from_secs(93),
            queue_timeout: Duration::from_secs(86_400),
            queue_retries: 3,
            max_requests_per_device: 64,
            max_requests: 262_144,
            max_observations_per_device: 64,
            max_observations: 1_048_576,
        }
    }
}

/// What becomes of a Register for an endpoint that is registered already, from another address.
///
/// From the same address, or by the same authenticated identity, it always replaces the registration. A registration made
/// by a security session is never replaced by anybody else: 4.03. An address has one registration: where another endpoint
/// registers from it, the one before ends, under every policy but [`Replace`](Self::Replace) only once the address is
/// proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DuplicateEndpoint {
    /// It replaces the registration, as the specification says. Without a security session anybody can do so.
    #[default]
    Replace,
    /// It replaces the registration once the client has proved by Echo that the address is its own: clients without
    /// Echo have to wait until the old registration ends.
    Validated,
    /// It is answered 4.09 while the old registration lives (4.00 in LwM2M 1.0).
    Refuse,
}

/// What becomes of an Update or De-register from another address than before.
///
/// Where either side of the change has a security session it must be the same session, or the same authenticated
/// identity; otherwise it is answered 4.04, whatever the policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressChange {
    /// It is accepted once the client has proved by Echo that the address is its own and the request fresh. A client
    /// without Echo registers again, which is what it should do without security.
    #[default]
    Validated,
    /// It is accepted: whoever knows the location is believed.
    Trusted,
    /// It is answered 4.04, so that the client registers again.
    Refused,
}
