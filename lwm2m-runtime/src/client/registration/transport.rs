//! By which transport a session with a server begins (LwM2M Core 1.2, section 6.2.1.2).

use alloc::vec::Vec;

use crate::{
    client::{
        ClientConfig,
        account::{Account, text, unsigned},
    },
    model::Version,
    operation::{Binding, Transport, TransportChoice},
    tree::Tree,
};

/// What the transport for a server's next session follows from.
pub(in crate::client) fn choice(
    config: &ClientConfig,
    tree: &Tree,
    account: &Account,
    version: Version,
) -> TransportChoice {
    let listed = Binding::parse(&account.binding, version);
    let device = tree.instance(3, 0).and_then(|device| text(device, 16));
    let supported = match listed {
        // In LwM2M 1.0 the Server object alone says what is used.
        Some(listed) if version < Version::V1_1 => listed,
        _ => device
            .and_then(|text| Binding::parse(text, version))
            .unwrap_or(config.binding),
    };
    let choice = TransportChoice {
        supported,
        listed,
        preferred: account.preferred.filter(|preferred| preferred.since() <= version),
        ip: None,
        uri: Transport::of_uri(&account.uri),
    };
    let ip = profile(tree, account, choice).and_then(|(_, ip)| ip);
    TransportChoice { ip, ..choice }
}

/// What a server is told: in LwM2M 1.0 the binding of the Server object; later what both sides have.
pub(in crate::client) fn binding(
    config: &ClientConfig,
    tree: &Tree,
    account: &Account,
    version: Version,
) -> Binding {
    if version < Version::V1_1 {
        return Binding::parse(&account.binding, version).unwrap_or_default();
    }
    let common: Vec<Transport> = choice(config, tree, account, version).common().collect();
    Binding::new(&common).unwrap_or_default()
}

/// The connection profile to use, the first that exists and has a transport that both sides have, and whether it carries
/// IP, if it says.
pub(in crate::client) fn profile(
    tree: &Tree,
    account: &Account,
    choice: TransportChoice,
) -> Option<(u16, Option<bool>)> {
    const NON_IP: u64 = 0;
    let links = account.apns.iter().filter(|link| link.object == 11);
    let mut profiles = links.filter_map(|link| {
        let profile = tree.instance(link.object, link.instance)?;
        let ip = unsigned(profile, 24).map(|pdn_type| pdn_type != NON_IP);
        Some((link.instance, ip))
    });
    profiles.find(|(_, ip)| TransportChoice { ip: *ip, ..choice }.suits())
}
