//! Bootstrap between both engines (section 11.2 of the scenarios).
//!
//! | file | what |
//! |---|---|
//! | `sessions` | a session step by step |
//! | `packs` | everything in one answer |
//! | `sources` | where a configuration comes from, and what leads to a bootstrap |
//! | `again` | what a bootstrap replaces, and what it leaves |
//! | `unasked` | a bootstrap server that begins |
//! | `rights` | rules of access, which come by a bootstrap |
//! | `faults` | all of them with a fault at any message: a directory |

mod again;
mod faults;
mod packs;
mod rights;
mod sessions;
mod sources;
mod unasked;

use std::collections::BTreeMap;

use lwm2m_runtime::{
    bootstrap::{BootstrapServerConfig, Plan, Plans},
    client::{ClientConfig, Event},
    coap::Code,
    configuration::{BootstrapConfiguration, Credentials, ServerAccount},
    model::{Path, Value, Version},
    objects::{Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer, o0_v1_2::SecurityMode},
    operation::TreeView,
    server::ServerConfig,
    tree::{Tree, TreeConfig},
};
use lwm2m_tests::pair::{Pair, Program, Sent, bootstrap_address, bootstrap_uri, client_address, server_uri};

use crate::fixtures::{ENDPOINT, client, device_minimum, security, server_minimum};

/// The account at the bootstrap server, in the instance where the scenarios have it.
pub(super) fn factory() -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    tree.insert(1, bootstrap_account()).unwrap();
    tree.add_type::<Lwm2mServer>().unwrap();
    tree.add_type::<Lwm2mAccessControl>().unwrap();
    tree.insert(0, device_minimum()).unwrap();
    tree
}

pub(super) fn bootstrap_account() -> Lwm2mSecurity {
    Lwm2mSecurity {
        lwm2m_server_uri: Some(bootstrap_uri()),
        bootstrap_server: Some(true),
        security_mode: Some(SecurityMode::NO_SEC),
        ..Lwm2mSecurity::default()
    }
}

/// The same with an account at the first server.
pub(super) fn configured() -> Tree {
    let mut tree = factory();
    tree.insert(0, security(0)).unwrap();
    tree.insert(0, server_minimum(0)).unwrap();
    tree
}

/// A plan for accounts at servers by their index.
pub(super) fn plan(servers: &[usize]) -> Plan {
    let account = |index: &usize| {
        let id = u16::try_from(*index).unwrap() + 1;
        ServerAccount::new(id, server_uri(*index), Credentials::NoSec)
    };
    Plan::new(BootstrapConfiguration::new(
        servers.iter().map(account).collect::<Vec<_>>(),
    ))
}

pub(super) fn plans(plan: Plan) -> Plans {
    let mut plans = Plans::new();
    plans.insert(ENDPOINT, plan);
    plans
}

/// Two servers, a bootstrap server and a device, which is not started.
pub(super) fn network(config: ClientConfig, tree: Tree, plan: Plan) -> Pair<Program> {
    let mut pair = Pair::new(ServerConfig::default(), config, tree, Program::default());
    pair.add_server(ServerConfig::default());
    pair.set_bootstrap(BootstrapServerConfig::default(), plans(plan));
    pair
}

/// A client that asks step by step.
pub(super) fn stepwise(version: Version) -> ClientConfig {
    ClientConfig {
        bootstrap_pack: false,
        retry_jitter_percent: 0,
        ..client(version)
    }
}

/// Everything that a device has.
pub(super) type Configuration = BTreeMap<Path, Option<Value>>;

pub(super) fn configuration(tree: &Tree) -> Configuration {
    let mut all = BTreeMap::new();
    for (object, _) in tree.objects() {
        for id in tree.instances(object) {
            all.insert(Path::instance(object, id), None);
            let instance = tree.instance(object, id).unwrap();
            for (resource, part, value) in instance.values() {
                let resource = Path::resource(object, id, resource);
                let at = part.and_then(|part| resource.child(part)).unwrap_or(resource);
                all.insert(at, Some(value.to_value()));
            }
        }
    }
    all
}

/// Requests on the wire after a mark, in order, as `who code path`.
pub(super) fn requests(pair: &Pair<Program>, mark: usize) -> Vec<String> {
    let name = |sent: &Sent| match sent.from {
        from if from == client_address(0) => "C",
        from if from == bootstrap_address() => "BS",
        _ => "S",
    };
    let sent = pair.wire.since(mark).iter();
    sent.filter(|sent| sent.code().is_some_and(Code::is_request))
        .map(|sent| {
            let method = match sent.code().unwrap() {
                Code::GET => "GET",
                Code::POST => "POST",
                Code::PUT => "PUT",
                Code::DELETE => "DELETE",
                other => panic!("{other}"),
            };
            let path = sent.path();
            let path = if path.starts_with("/rd/") {
                "/rd/.."
            } else {
                path.as_str()
            };
            format!("{} {method} {path}", name(sent))
        })
        .collect()
}

pub(super) fn has(pair: &Pair<Program>, event: &Event) -> bool {
    pair.clients[0].events.iter().any(|(_, other)| other == event)
}
