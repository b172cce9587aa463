use core::time::Duration;

use crate::coap::{BlockSize, OptionNumber};

/// How often and how long messages are repeated and remembered (RFC 7252, section 4.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransmissionParameters {
    /// The first time-out of a confirmable message lies between this and [`ack_random_percent`](Self::ack_random_percent)
    /// of it. Default 2 s.
    pub ack_timeout: Duration,
    /// `ACK_RANDOM_FACTOR` in percent, at least 100. Default 150.
    pub ack_random_percent: u32,
    /// How often a confirmable message is repeated. Default 4.
    pub max_retransmit: u8,
    /// How many requests and confirmable notifications to one peer may wait for their answer at a time; more of them
    /// queue. Default 1.
    pub nstart: u16,
    /// The longest time that a datagram travels. Default 100 s.
    pub max_latency: Duration,
    /// How long a peer may take to turn a message into its acknowledgement. Default 2 s.
    pub processing_delay: Duration,
}

impl Default for TransmissionParameters {
    fn default() -> Self {
        Self {
            ack_timeout: Duration::from_secs(2),
            ack_random_percent: 150,
            max_retransmit: 4,
            nstart: 1,
            max_latency: Duration::from_secs(100),
            processing_delay: Duration::from_secs(2),
        }
    }
}

impl TransmissionParameters {
    /// `MAX_TRANSMIT_SPAN`: from the first transmission to the last. 45 s by default.
    #[must_use]
    pub fn max_transmit_span(&self) -> Duration {
        self.doubled(u32::from(self.max_retransmit))
    }

    /// `MAX_TRANSMIT_WAIT`: from the first transmission to the end of all hope. 93 s by default.
    #[must_use]
    pub fn max_transmit_wait(&self) -> Duration {
        self.doubled(u32::from(self.max_retransmit) + 1)
    }

    /// `MAX_RTT`. 202 s by default.
    #[must_use]
    pub fn max_rtt(&self) -> Duration {
        self.max_latency
            .saturating_mul(2)
            .saturating_add(self.processing_delay)
    }

    /// `EXCHANGE_LIFETIME`: how long the identifier of a confirmable message must not be used again. 247 s by default.
    #[must_use]
    pub fn exchange_lifetime(&self) -> Duration {
        self.max_transmit_span().saturating_add(self.max_rtt())
    }

    /// `NON_LIFETIME`: the same for a non-confirmable message. 145 s by default.
    #[must_use]
    pub fn non_lifetime(&self) -> Duration {
        self.max_transmit_span().saturating_add(self.max_latency)
    }

    /// The longest first time-out.
    #[must_use]
    pub fn longest_ack_timeout(&self) -> Duration {
        self.ack_timeout.saturating_mul(self.ack_random_percent.max(100)) / 100
    }

    /// The sum of `count` time-outs, each twice the one before.
    fn doubled(&self, count: u32) -> Duration {
        let times = 1_u32.checked_shl(count).unwrap_or(0).wrapping_sub(1);
        self.longest_ack_timeout().saturating_mul(times)
    }
}

/// Every limit of an [`Endpoint`](super::Endpoint). The defaults are those of a device; [`server`](Self::server) has
/// room for many peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointConfig {
    /// Repetition of messages.
    pub transmission: TransmissionParameters,
    /// After what time a request gets an empty acknowledgement when no response was given. Default 1 s: before the
    /// peer repeats it.
    pub ack_delay: Duration,
    /// How long a response may take after the request was acknowledged, or after a non-confirmable request. Default
    /// 93 s.
    pub response_timeout: Duration,
    /// The largest datagram without knowledge of the path. Default 1152 bytes (RFC 7252, section 4.6). A block is made
    /// smaller where its options would make it longer.
    pub max_message: usize,
    /// The largest block sent and asked for. Default 1024 bytes.
    pub block_size: BlockSize,
    /// The longest token of a request that is understood (RFC 8974). Default 8: not extended.
    pub max_token: usize,
    /// Critical options that the role understands; any other is refused (RFC 7252, section 5.4.1). Default: Uri-Host,
    /// Uri-Port, Uri-Path, Uri-Query, Accept, Block1 and Block2; so If-Match and If-None-Match are refused, never
    /// ignored.
    pub known_options: &'static [OptionNumber],
    /// Requests, pings and confirmable notifications of this side that are open or queued, to all peers. Default 64.
    pub max_outgoing: usize,
    /// The same to one peer. Default 16.
    pub max_outgoing_per_peer: u16,
    /// Requests of peers that wait for the role's response. Default 64.
    pub max_incoming: usize,
    /// The same of one peer. Default 16.
    pub max_incoming_per_peer: u16,
    /// The largest body that is put together or cut into blocks. Default 64 KiB. A streamed body is not bounded by it.
    pub max_body: usize,
    /// Bytes of all such bodies together. Default 256 KiB.
    pub max_body_bytes: usize,
    /// The same of one peer. Default 128 KiB.
    pub max_body_bytes_per_peer: usize,
    /// Bodies being received by Block1, of all peers. Default 16.
    pub max_partial_bodies: usize,
    /// The same of one peer. Default 4.
    pub max_partial_bodies_per_peer: u16,
    /// Bodies kept for the peer to fetch by Block2, of all peers; the one untouched longest makes room. Default 16.
    pub max_served_bodies: usize,
    /// How often a transfer of blocks starts again after 4.08, 4.13 or a changed body. Default 2.
    pub max_block_restarts: u8,
    /// Messages remembered to recognise their repetition; the oldest makes room. Where there are several peers, one that
    /// has sent an eighth of them has further ones remembered apart, a quarter as many again. Default 512.
    pub max_recent: usize,
    /// Bytes of responses remembered to be repeated; the oldest makes room, in the same parts. Default 32 KiB.
    pub max_recent_bytes: usize,
    /// Non-confirmable notifications remembered to understand a reset; the oldest makes room. Where there are several
    /// peers, one that has an eighth of them has its own oldest make room. Default 64.
    pub max_sent_notifications: usize,
    /// Echo values of peers remembered for the next request to them (RFC 9175, section 2.3). Default 16.
    pub max_echoes: usize,
    /// How many times the size of a request its response may have while the peer's address is not validated.
    /// Default 3 (RFC 9175, section 2.4).
    pub amplification: usize,
    /// Counters of message identifiers; peers share them. Enough of them keep an identifier unused for
    /// `EXCHANGE_LIFETIME` up to 250 messages a second for each. Default 16.
    pub message_id_counters: usize,
}

impl Default for EndpointConfig {
    fn default() -> Self {
        Self {
            transmission: TransmissionParameters::default(),
            ack_delay: Duration::from_secs(1),
            response_timeout: Duration::from_secs(93),
            max_message: 1152,
            block_size: BlockSize::MAX,
            max_token: 8,
            known_options: &[
                OptionNumber::URI_HOST,
                OptionNumber::URI_PORT,
                OptionNumber::URI_PATH,
                OptionNumber::URI_QUERY,
                OptionNumber::ACCEPT,
                OptionNumber::BLOCK1,
                OptionNumber::BLOCK2,
            ],
            max_outgoing: 64,
            max_outgoing_per_peer: 16,
            max_incoming: 64,
            max_incoming_per_peer: 16,
            max_body: 64 * 1024,
            max_body_bytes: 256 * 1024,
            max_body_bytes_per_peer: 128 * 1024,
            max_partial_bodies: 16,
            max_partial_bodies_per_peer: 4,
            max_served_bodies: 16,
            max_block_restarts: 2,
            max_recent: 512,
            max_recent_bytes: 32 * 1024,
            max_sent_notifications: 64,
            max_echoes: 16,
            amplification: 3,
            message_id_counters: 16,
        }
    }
}

impl EndpointConfig {
    /// Limits of a server with up to hundreds of thousands of peers: some 100 MiB if an attack fills all of them, and
    /// far less otherwise.
    #[must_use]
    pub fn server() -> Self {
        Self {
            max_outgoing: 262_144,
            max_incoming: 65_536,
            max_body: 1024 * 1024,
            max_body_bytes: 64 * 1024 * 1024,
            max_body_bytes_per_peer: 2 * 1024 * 1024,
            max_partial_bodies: 16_384,
            max_served_bodies: 4_096,
            max_recent: 262_144,
            max_recent_bytes: 16 * 1024 * 1024,
            max_sent_notifications: 1_024,
            max_echoes: 64,
            message_id_counters: 4_096,
            ..Self::default()
        }
    }
}
