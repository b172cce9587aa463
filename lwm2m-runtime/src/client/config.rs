use alloc::{string::String, vec, vec::Vec};
use core::time::Duration;

use crate::{
    coap::EndpointConfig,
    encoding::{ContentFormat, FormatSet},
    model::Version,
    operation::Binding,
};

/// Who the device is, what it speaks, and every limit of a [`Client`](super::Client).
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// The endpoint client name, which is unique at each server; preferably a URN, such as `urn:dev:os:32473-7`. At
    /// most 252 bytes.
    pub endpoint_name: String,
    /// The versions of LwM2M that the client registers with, the preferred one first; the next one is tried when a
    /// server answers 4.12. Default 1.2, 1.1, 1.0.
    pub versions: Vec<Version>,
    /// The formats that are read and written. Default all.
    pub formats: FormatSet,
    /// The formats that the object list announces (`ct`, LwM2M 1.1), so that servers need not find out by what they are
    /// refused. Default empty, which stands for those of [`formats`](Self::formats), unless they are all: servers take that
    /// for granted.
    pub announced_formats: Vec<ContentFormat>,
    /// Below what the objects are, such as `lwm2m`; empty for the root. No segment of it is a number. Default empty.
    pub alternate_path: String,
    /// The number for short messages, without a plus sign, or an external identifier. Default none.
    pub sms: Option<String>,
    /// Profile identifiers (LwM2M 1.2, section 6.2.1.1): each stands for an object list that servers know already, so
    /// that a Register needs none. A server that does not know it answers 4.09 and gets the list. At most 251 bytes
    /// each; what is no [`ProfileId`](crate::operation::ProfileId) is passed over. Where `/1/x/27` prefers a suite of
    /// hashes, hashes of other suites are left out if there is one of it. Default none.
    pub profile_ids: Vec<String>,
    /// SHA-256, where the object list is to be named by a hash of it (a dynamic profile identifier, LwM2M 1.2) instead of
    /// [`profile_ids`](Self::profile_ids): a Register needs no list where the server has seen the same one before. A server
    /// that has not gets both, so that it can learn, and the list alone if it does not want that either. How many bits the
    /// hash has `/1/x/27` says, and 96 where it does not. Default none.
    pub profile_hash: Option<ProfileHash>,
    /// The transports of the device; where there is an instance of the Device object, its resource 16 counts instead.
    /// Default UDP.
    pub binding: Binding,
    /// The limits of CoAP. Default those of a device.
    pub coap: EndpointConfig,
    /// Whether notifications are confirmable where neither an attribute nor `/1/x/26` says so. Default false: one in
    /// 24 hours is.
    pub confirmable_notifications: bool,
    /// Whether a Send is repeated until it is acknowledged; a client may do without since LwM2M 1.2.1. Default true.
    pub confirmable_sends: bool,
    /// Server accounts that are served; further ones are passed over. Default 8.
    pub max_servers: usize,
    /// Observations of all servers; an Observe above it is answered without becoming an observation. Default 64.
    pub max_observations: usize,
    /// The same of one server. Default 32.
    pub max_observations_per_server: usize,
    /// Paths of one Observe-Composite. Default 32.
    pub max_observed_paths: usize,
    /// Paths that one server may attach attributes to. Default 64.
    pub max_attached_paths: usize,
    /// Notifications stored for one server while it cannot be reached; the oldest makes room. Default 128.
    pub max_stored: usize,
    /// Bytes of them; the oldest make room. Default 16 KiB.
    pub max_stored_bytes: usize,
    /// Sends that wait for their answers. Default 16.
    pub max_sends: usize,
    /// Executes of all servers that wait for [`Client::complete`](super::Client::complete). Default 16.
    pub max_deferred: usize,
    /// The same of one server, so that none takes all of them. Default 8.
    pub max_deferred_per_server: usize,
    /// How registration is tried again where the Server object does not say (resources 17 to 20).
    pub retry: RetryDefaults,
    /// A random part of each waiting time that is added to it, in percent: devices that lost the same server do not
    /// all come back at once. Default 10.
    pub retry_jitter_percent: u32,
    /// The longest waiting time between two attempts of a sequence. Default a day.
    pub max_retry_delay: Duration,
    /// When a registration that has failed for good, and was not bootstrapped since, is begun anew. Default after a
    /// day; `None` never.
    pub failed_retry: Option<Duration>,
    /// Whether the client sleeps when there is nothing to do, so that servers should keep their requests until it wakes
    /// (queue mode, LwM2M 1.1); in LwM2M 1.0 the binding of the Server object says so. Default `false`.
    pub queue_mode: bool,
    /// How long a client in queue mode listens after the last message of either side. Default `None`:
    /// `MAX_TRANSMIT_WAIT`, 93 s, on which servers count.
    pub awake_time: Option<Duration>,
    /// Whether the client asks for a Bootstrap-Pack first (LwM2M 1.2), before it asks for a bootstrap session. Default
    /// `true`.
    pub bootstrap_pack: bool,
    /// The format in which the client prefers to be written in a bootstrap session (`pct`, LwM2M 1.1): TLV, SenML JSON,
    /// SenML CBOR or LwM2M CBOR. A bootstrap server that does not have it refuses. Default none: what the bootstrap
    /// server likes.
    pub bootstrap_format: Option<ContentFormat>,
    /// Whether the bootstrap server may begin a session that the client has not asked for (Server Initiated Bootstrap of
    /// LwM2M 1.0). The client has a connection to it all the time then. Without effect where the
    /// preferred version is a later one: there a server executes `/1/x/9` instead. Default `false`.
    pub server_initiated_bootstrap: bool,
    /// How often a bootstrap is tried in a row; then a client that has accounts at servers stays with them, and one that
    /// has none begins anew after [`failed_retry`](Self::failed_retry), or `max_retry_delay` where there is none. Default 5.
    pub bootstrap_attempts: u64,
    /// The wait after the first failed bootstrap, which doubles with each further one. Default 60 s.
    pub bootstrap_retry_timer: Duration,
}

impl ClientConfig {
    /// The defaults for an endpoint client name.
    #[must_use]
    pub fn new(endpoint_name: impl Into<String>) -> Self {
        Self {
            endpoint_name: endpoint_name.into(),
            versions: vec![Version::V1_2, Version::V1_1, Version::V1_0],
            formats: FormatSet::ALL,
            announced_formats: Vec::new(),
            alternate_path: String::new(),
            sms: None,
            profile_ids: Vec::new(),
            profile_hash: None,
            binding: Binding::U,
            coap: EndpointConfig::default(),
            confirmable_notifications: false,
            confirmable_sends: true,
            max_servers: 8,
            max_observations: 64,
            max_observations_per_server: 32,
            max_observed_paths: 32,
            max_attached_paths: 64,
            max_stored: 128,
            max_stored_bytes: 16 * 1024,
            max_sends: 16,
            max_deferred: 16,
            max_deferred_per_server: 8,
            retry: RetryDefaults::default(),
            retry_jitter_percent: 10,
            max_retry_delay: Duration::from_secs(86_400),
            failed_retry: Some(Duration::from_secs(86_400)),
            queue_mode: false,
            awake_time: None,
            bootstrap_pack: true,
            bootstrap_format: None,
            server_initiated_bootstrap: false,
            bootstrap_attempts: 5,
            bootstrap_retry_timer: Duration::from_secs(60),
        }
    }
}

/// SHA-256 of a text: on a device often a matter of its hardware.
pub type ProfileHash = fn(&[u8]) -> [u8; 32];

/// What applies where a Server object lacks the resource (LwM2M Core 1.2, section 6.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryDefaults {
    /// Communication Retry Count: attempts in one sequence. Default 5.
    pub count: u64,
    /// Communication Retry Timer: the wait after the first attempt, which doubles with each further one. Default 60 s.
    pub timer: Duration,
    /// Communication Sequence Delay Timer: the wait after a sequence. Default a day; `None` allows no further one.
    pub sequence_delay: Option<Duration>,
    /// Communication Sequence Retry Count: sequences. Default 1.
    pub sequence_count: u64,
}

impl Default for RetryDefaults {
    fn default() -> Self {
        Self {
            count: 5,
            timer: Duration::from_secs(60),
            sequence_delay: Some(Duration::from_secs(86_400)),
            sequence_count: 1,
        }
    }
}
