use super::{Binding, Transport};
use crate::model::Version;

/// What says by which transport a client talks with a server (LwM2M Core 1.2, section 6.2.1.2). A transport is chosen when
/// a session begins, and serves all of it: whatever changes here counts for the next one.
///
/// ```
/// use lwm2m_runtime::{
///     model::Version,
///     operation::{Binding, Transport, TransportChoice},
/// };
///
/// let binding = |text| Binding::parse(text, Version::V1_2);
/// let mut choice = TransportChoice {
///     listed: binding("TN"),
///     ..TransportChoice::new(binding("UTN").unwrap_or_default())
/// };
/// assert_eq!(choice.first(), Transport::Udp, "every server has it");
/// choice.preferred = Some(Transport::Tcp);
/// assert_eq!(choice.first(), Transport::Tcp);
/// assert!(choice.allows(Transport::NonIp) && !choice.allows(Transport::Sms));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransportChoice {
    /// What the device has: `/3/0/16`.
    pub supported: Binding,
    /// What is configured for the server: `/1/x/7`. UDP counts as listed in any case. `None` where it makes no sense.
    pub listed: Option<Binding>,
    /// What the server prefers: `/1/x/22`.
    pub preferred: Option<Transport>,
    /// Whether the network that is to be used carries IP, where a connection profile says so (`/11/x/24`, PDN type).
    pub ip: Option<bool>,
    /// What the server's URI is of.
    pub uri: Option<Transport>,
}

impl TransportChoice {
    /// A choice of which only this is known.
    #[must_use]
    pub const fn new(supported: Binding) -> Self {
        Self {
            supported,
            listed: None,
            preferred: None,
            ip: None,
            uri: None,
        }
    }

    /// The transports that both sides have: those of the device that are listed, and UDP, which every server has.
    pub fn common(self) -> impl Iterator<Item = Transport> {
        self.supported
            .transports()
            .filter(move |transport| self.is_listed(*transport))
    }

    /// Whether a server may ask for the transport by the argument of a Registration Update Trigger, `/1/x/8`.
    #[must_use]
    pub fn allows(self, transport: Transport) -> bool {
        self.supported.contains(transport) && self.is_listed(transport)
    }

    fn is_listed(self, transport: Transport) -> bool {
        transport == Transport::Udp || self.listed.is_none_or(|listed| listed.contains(transport))
    }

    /// Whether the network can carry any of the common transports.
    #[must_use]
    pub fn suits(self) -> bool {
        self.suiting().next().is_some()
    }

    fn suiting(self) -> impl Iterator<Item = Transport> {
        let suits = move |one: &Transport| self.ip.is_none_or(|ip| ip == (*one != Transport::NonIp));
        self.common().filter(suits)
    }

    /// The transport of the next session: the preferred one, if the device has it; else of the common ones that which
    /// the network needs, that of the server's URI, or the first. UDP where there is none.
    #[must_use]
    pub fn first(self) -> Transport {
        let preferred = self.preferred.filter(|one| self.supported.contains(*one));
        preferred
            .or_else(|| self.uri.filter(|uri| self.suiting().any(|one| one == *uri)))
            .or_else(|| self.suiting().next())
            .or_else(|| self.common().next())
            .unwrap_or(Transport::Udp)
    }
}

impl Transport {
    /// The transport that a URI is of, by its scheme; `None` for a scheme that LwM2M does not have.
    #[must_use]
    pub fn of_uri(uri: &str) -> Option<Self> {
        let (scheme, _) = uri.split_once(':')?;
        let is = |names: &[&str]| names.iter().any(|name| scheme.eq_ignore_ascii_case(name));
        match () {
            () if is(&["coap", "coaps"]) => Some(Self::Udp),
            () if is(&["coap+tcp", "coaps+tcp", "coap+ws", "coaps+ws"]) => Some(Self::Tcp),
            () if is(&["tel"]) => Some(Self::Sms),
            () if is(&["lorawan"]) => Some(Self::NonIp),
            () if is(&["mqtt", "mqtts"]) => Some(Self::Mqtt),
            () if is(&["http", "https"]) => Some(Self::Http),
            () => None,
        }
    }

    /// Reads the value of Preferred Transport, `/1/x/22`: one letter.
    #[must_use]
    pub fn parse(text: &str, version: Version) -> Option<Self> {
        let mut letters = text.chars();
        let transport = Self::from_letter(letters.next()?)?;
        (letters.next().is_none() && transport.since() <= version).then_some(transport)
    }
}
