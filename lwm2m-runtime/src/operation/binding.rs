use core::fmt;

use crate::model::Version;

/// A transport by which a client can be reached (LwM2M Core 1.2, section 6.2.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// UDP, also under DTLS.
    Udp,
    /// TCP, also under TLS (LwM2M 1.1).
    Tcp,
    /// Short messages.
    Sms,
    /// A network without IP, such as NB-IoT or LoRaWAN (LwM2M 1.1).
    NonIp,
    /// MQTT (LwM2M 1.2).
    Mqtt,
    /// HTTP (LwM2M 1.2).
    Http,
}

impl Transport {
    const ALL: [Self; 6] = [
        Self::Udp,
        Self::Tcp,
        Self::Sms,
        Self::NonIp,
        Self::Mqtt,
        Self::Http,
    ];

    /// The letter in a binding.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Udp => 'U',
            Self::Tcp => 'T',
            Self::Sms => 'S',
            Self::NonIp => 'N',
            Self::Mqtt => 'M',
            Self::Http => 'H',
        }
    }

    /// The transport of a letter.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|transport| transport.letter() == letter)
    }

    /// The first version of LwM2M with the transport.
    #[must_use]
    pub const fn since(self) -> Version {
        match self {
            Self::Udp | Self::Sms => Version::V1_0,
            Self::Tcp | Self::NonIp => Version::V1_1,
            Self::Mqtt | Self::Http => Version::V1_2,
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The set of transports by which a client can be reached, and in LwM2M 1.0 whether it queues: the parameter `b` of a
/// registration and resource 7 of the Server object.
///
/// From LwM2M 1.1 on a binding is a string of distinct letters and queue mode is a parameter of its own. In 1.0 it is
/// one of `U`, `UQ`, `S`, `SQ`, `US` and `UQS`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Binding {
    transports: u8,
    queue: bool,
}

impl Binding {
    /// UDP alone: what an absent binding stands for.
    pub const U: Self = Self {
        transports: Transport::Udp.bit(),
        queue: false,
    };

    /// Exactly these transports, without queue mode; `None` for none.
    #[must_use]
    pub fn new(transports: &[Transport]) -> Option<Self> {
        let transports = transports
            .iter()
            .fold(0, |bits, transport| bits | transport.bit());
        (transports != 0).then_some(Self {
            transports,
            queue: false,
        })
    }

    /// With or without queue mode, which only a binding of LwM2M 1.0 can say.
    #[must_use]
    pub const fn with_queue(mut self, queue: bool) -> Self {
        self.queue = queue;
        self
    }

    /// Reads a binding of a certain version of LwM2M.
    ///
    /// `None` for text that is no binding of that version.
    #[must_use]
    pub fn parse(text: &str, version: Version) -> Option<Self> {
        use Transport::{Sms, Udp};
        if version < Version::V1_1 {
            let (transports, queue): (&[_], _) = match text {
                "U" => (&[Udp], false),
                "UQ" => (&[Udp], true),
                "S" => (&[Sms], false),
                "SQ" => (&[Sms], true),
                "US" => (&[Udp, Sms], false),
                "UQS" => (&[Udp, Sms], true),
                _ => return None,
            };
            return Self::new(transports).map(|binding| binding.with_queue(queue));
        }
        let mut transports = 0;
        for letter in text.chars() {
            let transport =
                Transport::from_letter(letter).filter(|transport| transport.since() <= version)?;
            if transports & transport.bit() != 0 {
                return None;
            }
            transports |= transport.bit();
        }
        (transports != 0).then_some(Self {
            transports,
            queue: false,
        })
    }

    /// Whether a transport is in the binding.
    #[must_use]
    pub const fn contains(self, transport: Transport) -> bool {
        self.transports & transport.bit() != 0
    }

    /// Whether the binding says queue mode, as only one of LwM2M 1.0 can.
    #[must_use]
    pub const fn queue(self) -> bool {
        self.queue
    }

    /// The transports, UDP first.
    pub fn transports(self) -> impl Iterator<Item = Transport> {
        Transport::ALL
            .into_iter()
            .filter(move |transport| self.contains(*transport))
    }
}

impl Default for Binding {
    fn default() -> Self {
        Self::U
    }
}

impl fmt::Display for Binding {
    /// `U`, `UQS`, `UT`: the letters in a fixed order, queue mode behind UDP or SMS.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut queue = self.queue;
        for transport in self.transports() {
            write!(f, "{}", transport.letter())?;
            if core::mem::take(&mut queue) {
                f.write_str("Q")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
