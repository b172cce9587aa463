use core::time::Duration;

use crate::{
    coap::EndpointConfig,
    encoding::{EncodeOptions, Format, FormatSet},
};

/// Every limit and policy of a [`BootstrapServer`](super::BootstrapServer).
#[derive(Clone, Debug)]
pub struct BootstrapServerConfig {
    /// The limits of CoAP. Default [`EndpointConfig::server`].
    pub coap: EndpointConfig,
    /// The content formats that are written. A client that prefers another one is answered 4.15. Default all.
    pub formats: FormatSet,
    /// The format in which a client is written that has not said what it prefers. Default TLV, which every client of
    /// LwM2M 1.0 has, and nearly every later one. If a client does not have it, others are tried.
    pub default_format: Format,
    /// Whether there are Bootstrap-Packs (LwM2M 1.2). Without them, who asks for one is answered 5.01. Default `true`.
    pub packs: bool,
    /// Sessions at a time; a request beyond is answered 5.03. Default 16,384.
    pub max_sessions: usize,
    /// The longest endpoint client name in bytes; a longer one is answered 4.00. Default 252, the most that an option
    /// can carry.
    pub max_endpoint_name: usize,
    /// Links in the answer to a Bootstrap-Discover; a longer one counts as none. Default 4,096.
    pub max_links: usize,
    /// How long a session may take. Default 30 minutes.
    pub session_timeout: Duration,
    /// How long a client may make no progress with what it is asked. Default 93 s, `MAX_TRANSMIT_WAIT`.
    pub request_timeout: Duration,
    /// How often a session is done again, from a fresh Bootstrap-Discover on, when a client answers Bootstrap-Finish with
    /// an error. Default 2.
    pub max_finish_retries: u8,
    /// Whether a client without a security session has to prove its address by Echo before its session begins. Default
    /// `false`: few clients can.
    pub validate_requests: bool,
    /// Whether a client without a security session has to prove its address by Echo before it gets a Bootstrap-Pack
    /// (RFC 9175, section 2.4). A client without Echo asks for a session instead. Default `false`: few clients have Echo,
    /// and forged addresses gain nothing anyway, because an address that is not proved gets a pack in blocks of at most
    /// [`amplification`](EndpointConfig::amplification) times the request for each.
    pub validate_packs: bool,
    /// How old an Echo value may be that proves an address. Default 60 s.
    pub echo_lifetime: Duration,
    /// How values are written.
    pub encoding: EncodeOptions,
}

impl Default for BootstrapServerConfig {
    fn default() -> Self {
        Self {
            coap: EndpointConfig::server(),
            formats: FormatSet::ALL,
            default_format: Format::Tlv,
            packs: true,
            max_sessions: 16_384,
            max_endpoint_name: 252,
            max_links: 4_096,
            session_timeout: Duration::from_secs(30 * 60),
            request_timeout: Duration::from_secs(93),
            max_finish_retries: 2,
            validate_requests: false,
            validate_packs: false,
            echo_lifetime: Duration::from_secs(60),
            encoding: EncodeOptions::default(),
        }
    }
}
