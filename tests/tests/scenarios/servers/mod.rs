//! A device with several servers (LwM2M Core 1.2, section 6.2.1.3; resources 0 to 27 of the Server object).
//!
//! | file | what |
//! |---|---|
//! | `order` | who is registered with first, and when again after a failure |
//! | `apart` | what one server says, does or suffers is nothing to the others |
//! | `flood` | one server that asks without end |
//! | `faults` | a fault at every message: what is wanted stands in the end |

mod apart;
mod faults;
mod flood;
mod order;

use lwm2m_runtime::{
    client::{ClientConfig, Event},
    coap::Code,
    model::Version,
    objects::Lwm2mServer,
    server::ServerConfig,
    time::Instant,
    tree::Tree,
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, client_address, server_address},
};

use crate::fixtures::{client, security, server_minimum, tree};

/// The account at the first server, and accounts at as many others as are given.
fn tree_of(accounts: &[Lwm2mServer]) -> Tree {
    let mut all = tree(accounts[0].clone(), crate::fixtures::device_battery());
    for (index, account) in accounts.iter().enumerate().skip(1) {
        let id = index as u16;
        all.insert(id, security(index)).unwrap();
        all.insert(id, account.clone()).unwrap();
    }
    all
}

/// As many accounts, with a change to each.
fn accounts(count: usize, change: impl Fn(usize, &mut Lwm2mServer)) -> Vec<Lwm2mServer> {
    let account = |index| {
        let mut account = server_minimum(index);
        change(index, &mut account);
        account
    };
    (0..count).map(account).collect()
}

/// A client without chance in its waiting times.
fn exact(version: Version) -> ClientConfig {
    ClientConfig {
        retry_jitter_percent: 0,
        ..client(version)
    }
}

/// A device with accounts at that many servers, which is not started.
fn network(config: ClientConfig, accounts: &[Lwm2mServer]) -> Pair<Program> {
    let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
    for _ in accounts {
        pair.add_server(ServerConfig::default());
    }
    pair.add_client(config, tree_of(accounts), Program::default());
    pair
}

/// The same, registered everywhere.
fn registered(config: ClientConfig, accounts: &[Lwm2mServer]) -> Pair<Program> {
    let mut pair = network(config, accounts);
    pair.start();
    for server in 0..accounts.len() {
        let _ = pair.registration_of(server, 0);
    }
    pair
}

/// Starts the device and lets nothing happen yet.
fn begin(pair: &mut Pair<Program>) {
    let now = pair.now;
    pair.clients[0].engine.start(now);
}

/// Registers on the wire, repetitions left out: to which server, by its index, and when in milliseconds.
fn registers(pair: &Pair<Program>, mark: usize) -> Vec<(usize, u128)> {
    let mut found: Vec<(usize, u128)> = Vec::new();
    let mut ids = Vec::new();
    for sent in pair.wire.requests(mark, Code::POST, "/rd") {
        let id = (sent.to, sent.message().unwrap().id);
        if sent.from == client_address(0) && !ids.contains(&id) {
            ids.push(id);
            found.push((index_of(sent.to), millis(sent.at)));
        }
    }
    found
}

fn index_of(address: std::net::SocketAddr) -> usize {
    (0..16)
        .find(|index| server_address(*index) == address)
        .unwrap_or_else(|| panic!("{address} is no server"))
}

fn millis(at: Instant) -> u128 {
    at.as_millis().into()
}

/// When the device wanted a connection to a server, in milliseconds.
fn attempts(pair: &Pair<Program>, server: u16) -> Vec<u128> {
    let events = pair.clients[0].events.iter();
    events
        .filter(|(_, event)| matches!(event, Event::Connect { server: other, .. } if *other == server))
        .map(|(at, _)| millis(*at))
        .collect()
}
