//! By which transport a session with a server begins (LwM2M Core 1.2, section 6.2.1.2).

use alloc::vec::Vec;

use super::{
    ClientConfig,
    account::{Account, text, unsigned},
};
use crate::{
    model::Version,
    operation::{Binding, Transport, TransportChoice},
    tree::Tree,
};

/// What the transport for a server's next session follows from.
pub(super) fn choice(
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
    TransportChoice {
        supported,
        listed,
        preferred: account.preferred.filter(|preferred| preferred.since() <= version),
        ip: carries_ip(tree, account),
        uri: Transport::of_uri(&account.uri),
    }
}

/// What a server is told: in LwM2M 1.0 the binding of the Server object; later what both sides have.
pub(super) fn binding(config: &ClientConfig, tree: &Tree, account: &Account, version: Version) -> Binding {
    if version < Version::V1_1 {
        return Binding::parse(&account.binding, version).unwrap_or_default();
    }
    let common: Vec<Transport> = choice(config, tree, account, version).common().collect();
    Binding::new(&common).unwrap_or_default()
}

/// Whether the network carries IP, if the connection profile that is linked to says what it is of.
fn carries_ip(tree: &Tree, account: &Account) -> Option<bool> {
    const NON_IP: u64 = 0;
    let link = account.apn.filter(|link| link.object == 11)?;
    let profile = tree.instance(link.object, link.instance)?;
    let pdn_type = unsigned(profile, 24)?;
    Some(pdn_type != NON_IP)
}
