use std::time::Duration;

use lwm2m_runtime::coap::{Code, Message, MessageBuilder, Token};
use lwm2m_tests::pair::{Mishap, bootstrap_address};

use super::run::Run;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Something happens to the message.
    Message(Mishap),
    /// From the message on nothing arrives for five minutes.
    Outage,
    /// The device begins anew, with what it has kept.
    Device,
    /// The same, and of what it was to keep at that moment it has kept so many bytes only.
    DeviceWhileKeeping(usize),
    /// The bootstrap server begins anew.
    BootstrapServer,
    /// The servers begin anew: nobody is registered.
    Servers,
    /// The bootstrap server is away for a day, and begins anew.
    DayWithout,
    /// What the bootstrap server writes is lost on the way, though not the messages: so many times the client has to refuse
    /// its configuration.
    Refused(u8),
}

/// Those that happen at a message.
pub(super) const MESSAGE_FAULTS: [Fault; 12] = [
    Fault::Message(Mishap::Lost),
    Fault::Message(Mishap::Twice),
    // Its repetition and what follows overtake it.
    Fault::Message(Mishap::Late(Duration::from_secs(5))),
    // Nobody knows any more that it came before.
    Fault::Message(Mishap::Late(Duration::from_secs(600))),
    Fault::Outage,
    Fault::Device,
    Fault::DeviceWhileKeeping(0),
    Fault::DeviceWhileKeeping(100),
    // In the middle of the second copy.
    Fault::DeviceWhileKeeping(300),
    Fault::BootstrapServer,
    Fault::Servers,
    Fault::DayWithout,
];

/// How long the bootstrap server is away.
pub(super) const DAY: Duration = Duration::from_secs(86_400);

impl Fault {
    /// Whether the device may be left with the configuration that it had, although nobody is away: it has forgotten what it
    /// was about, or was not the one who wanted it.
    pub(super) const fn may_be_forgotten(self) -> bool {
        matches!(
            self,
            Self::Device | Self::DeviceWhileKeeping(_) | Self::DayWithout
        )
    }

    /// How long to look at what comes of it.
    pub(super) const fn aftermath(self) -> Duration {
        match self {
            // After a day, another one until a device without a configuration asks again.
            Self::DayWithout => Duration::from_secs(86_400 * 2 + 20_000),
            _ => Duration::from_secs(6_000),
        }
    }
}

/// Takes the values out of what the bootstrap server writes. Returns how many packs there were.
pub(super) fn empty_writes(run: &mut Run<'_>) -> usize {
    let mut packs = 0;
    for datagram in run.pair.link.flying() {
        if datagram.from != bootstrap_address() {
            continue;
        }
        let message = Message::parse(&datagram.bytes).unwrap();
        let pack = message.code == Code::CONTENT;
        if let Some(emptied) = without_values(message) {
            datagram.bytes = emptied;
            packs += usize::from(pack);
        }
    }
    packs
}

/// `None` for what writes nothing.
fn without_values(message: Message<'_>) -> Option<Vec<u8>> {
    let writes = message.code == Code::PUT || message.code == Code::CONTENT;
    if !writes || message.payload.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    let mut builder = MessageBuilder::new(
        &mut bytes,
        message.message_type,
        message.code,
        message.id,
        Token::new(message.token)?,
    );
    for option in message.options {
        builder = builder.option(option.number, option.value);
    }
    builder.payload(b"");
    Some(bytes)
}
