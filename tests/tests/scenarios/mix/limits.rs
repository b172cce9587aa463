use std::time::Duration;

use lwm2m_runtime::{
    client::{ClientConfig, RetryDefaults},
    coap::{BlockSize, EndpointConfig},
    model::Version,
    random::Random,
    server::{AddressChange, DuplicateEndpoint, ServerConfig},
};

/// How much room engines have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limits {
    /// Enough to remember every message of `EXCHANGE_LIFETIME`: nothing is acted on twice.
    Wide,
    /// So little that much is refused, and some of what was done is forgotten.
    Tight,
}

impl Limits {
    pub(super) fn any(random: &mut Random) -> Self {
        match random.up_to(4) {
            0 => Self::Tight,
            _ => Self::Wide,
        }
    }

    fn coap(self, random: &mut Random, config: EndpointConfig) -> EndpointConfig {
        let block_size = BlockSize::from_exponent(random.up_to(6) as u8).unwrap();
        match self {
            Self::Wide => EndpointConfig {
                block_size,
                max_recent: 65_536,
                max_recent_bytes: 16 << 20,
                ..config
            },
            Self::Tight => EndpointConfig {
                block_size,
                max_outgoing: 4 + random.up_to(8) as usize,
                max_outgoing_per_peer: 2 + random.up_to(4) as u16,
                max_incoming: 4 + random.up_to(8) as usize,
                max_incoming_per_peer: 2 + random.up_to(4) as u16,
                max_body: 4_096,
                max_body_bytes: 16_384,
                max_body_bytes_per_peer: 8_192,
                max_partial_bodies: 2,
                max_partial_bodies_per_peer: 1,
                max_served_bodies: 2,
                max_recent: 8 + random.up_to(60) as usize,
                max_recent_bytes: 2_048,
                max_sent_notifications: 2,
                max_echoes: 2,
                message_id_counters: 1,
                ..config
            },
        }
    }

    pub(super) fn server(self, random: &mut Random) -> ServerConfig {
        let config = ServerConfig {
            coap: self.coap(random, EndpointConfig::server()),
            address_change: [
                AddressChange::Validated,
                AddressChange::Validated,
                AddressChange::Trusted,
                AddressChange::Refused,
            ][random.up_to(3) as usize],
            duplicate_endpoint: [
                DuplicateEndpoint::Replace,
                DuplicateEndpoint::Replace,
                DuplicateEndpoint::Validated,
                DuplicateEndpoint::Refuse,
            ][random.up_to(3) as usize],
            validate_registrations: random.up_to(3) == 0,
            ..ServerConfig::default()
        };
        match self {
            Self::Wide => config,
            Self::Tight => ServerConfig {
                max_requests_per_device: 1 + random.up_to(8) as u16,
                max_observations_per_device: 1 + random.up_to(3) as u16,
                ..config
            },
        }
    }

    pub(super) fn client(self, random: &mut Random, client: usize, version: Version) -> ClientConfig {
        let config = ClientConfig {
            versions: vec![version],
            coap: self.coap(random, EndpointConfig::default()),
            alternate_path: if version > Version::V1_0 && random.up_to(3) == 0 {
                "lwm2m".into()
            } else {
                String::new()
            },
            retry: RetryDefaults {
                count: 3,
                timer: Duration::from_secs(5),
                sequence_delay: None,
                sequence_count: 1,
            },
            failed_retry: Some(Duration::from_secs(60)),
            ..ClientConfig::new(format!("urn:dev:os:32473-{client}"))
        };
        match self {
            Self::Wide => config,
            Self::Tight => ClientConfig {
                max_observations: 1 + random.up_to(4) as usize,
                max_observations_per_server: 1 + random.up_to(4) as usize,
                max_attached_paths: 2,
                max_stored: 4,
                max_stored_bytes: 256,
                max_sends: 1,
                max_deferred: 1,
                ..config
            },
        }
    }
}
