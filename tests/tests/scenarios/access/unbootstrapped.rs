//! What becomes of rules when a server's account is deleted on the bootstrap interface (LwM2M Core 1.2, section 8.1.4).

use lwm2m_runtime::{
    bootstrap::{BootstrapServerConfig, Plan, Plans},
    client::{ClientConfig, Event, State},
    coap::Code,
    configuration::{BootstrapConfiguration, Credentials, ServerAccount},
    model::{Path, Value, ValueRef, Version},
    objects::{Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer, o0_v1_2::SecurityMode},
    operation::{Status, TreeView},
    server::ServerConfig,
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, bootstrap_uri, client_address, server_address, server_uri},
};

use super::{by, id, rule, rules, tree_of};
use crate::fixtures::{ENDPOINT, VERSIONS, client, portfolio};

/// Three servers, a bootstrap server that has only the last two of them, and rules of every kind that name the first.
fn three(version: Version, pack: bool) -> Pair<Program> {
    let mut tree = tree_of(
        3,
        &[
            rule(3, 0, 101, &[(0, 1)]),
            rule(1, 0, 101, &[(101, 15)]),
            rule(1, 1, 102, &[(101, 1), (102, 15)]),
            rule(1, 2, 103, &[(103, 15)]),
            rule(16, u16::MAX, u16::MAX, &[(101, 16), (102, 16)]),
            // The first one's alone, with and without an entry.
            rule(16, 0, 101, &[(101, 15)]),
            rule(16, 1, 101, &[]),
            // Shared: W and D count, R and E do not; the lowest number where two have as many.
            rule(16, 2, 101, &[(101, 15), (102, 5), (103, 3)]),
            rule(16, 3, 101, &[(101, 15), (102, 3), (103, 9)]),
            rule(16, 4, 101, &[(0, 3)]),
            rule(16, 5, 101, &[(102, 1), (103, 11)]),
            // Of others.
            rule(16, 6, 102, &[(101, 1)]),
            rule(16, 7, 103, &[(102, 1)]),
        ],
    );
    for instance in 0..8 {
        tree.insert_dynamic(instance, portfolio()).unwrap();
    }
    let account = Lwm2mSecurity {
        lwm2m_server_uri: Some(bootstrap_uri()),
        bootstrap_server: Some(true),
        security_mode: Some(SecurityMode::NO_SEC),
        ..Lwm2mSecurity::default()
    };
    tree.insert(9, account).unwrap();
    let config = ClientConfig {
        bootstrap_pack: pack,
        ..client(version)
    };
    let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
    let servers = ServerConfig::default();
    for _ in 0..3 {
        pair.add_server(servers.clone());
    }
    let accounts =
        [1, 2].map(|server| ServerAccount::new(id(server), server_uri(server), Credentials::NoSec));
    let mut plans = Plans::new();
    plans.insert(ENDPOINT, Plan::new(BootstrapConfiguration::new(accounts)));
    pair.set_bootstrap(BootstrapServerConfig::default(), plans);
    pair.add_client(config, tree, Program::default());
    pair.start();
    pair
}

/// The entries of a rule; whether there is an empty list or none is all the same.
fn entries(rule: &Lwm2mAccessControl) -> Vec<(u16, i64)> {
    let entries = rule.acl.iter().flat_map(|acl| acl.iter());
    entries.map(|(id, value)| (*id, *value)).collect()
}

// proves: ACL-23 ACL-24 ACL-28
#[test]
fn a_server_that_goes_leaves_no_rule_no_observation_and_nothing_of_its_own() {
    for version in VERSIONS {
        for pack in [false, true] {
            if pack && version < Version::V1_2 {
                continue;
            }
            let mut pair = three(version, pack);
            let pair = &mut pair;
            for server in 0..3 {
                pair.watch_by(server, "/3/0/9", "");
            }
            assert_eq!(pair.client().observations(), 3);
            let (now, mark) = (pair.now, pair.wire.mark());
            assert!(pair.clients[0].engine.bootstrap(now));
            pair.settle();
            let context = format!("{version} pack {pack}\n{}", pair.log());
            let finished = |(_, event): &(_, Event)| *event == Event::BootstrapFinished;
            assert!(pair.clients[0].events.iter().any(finished), "{context}");

            // A pack numbers the accounts anew, and the rules follow them.
            let account = |id: i64| {
                let tree = pair.client().tree();
                let mut servers = tree.instances(1);
                servers
                    .find(|at| tree.get::<Lwm2mServer>(*at).unwrap().short_server_id == id)
                    .unwrap()
            };
            let [second, third] = [102, 103].map(account);
            let kept: Vec<_> = rules(pair);
            let mut expected = Vec::from([
                (0, rule(3, 0, 102, &[(0, 1)])),
                (2, rule(1, second, 102, &[(102, 15)])),
                (3, rule(1, third, 103, &[(103, 15)])),
                (4, rule(16, u16::MAX, u16::MAX, &[(102, 16)])),
                (7, rule(16, 2, 103, &[(102, 5), (103, 3)])),
                (8, rule(16, 3, 102, &[(102, 3), (103, 9)])),
                (9, rule(16, 4, 102, &[(0, 3)])),
                (10, rule(16, 5, 103, &[(102, 1), (103, 11)])),
                (11, rule(16, 6, 102, &[])),
                (12, rule(16, 7, 103, &[(102, 1)])),
            ]);
            if pack {
                // A pack takes nothing of objects that are not in it.
                expected.insert(4, (5, rule(16, 0, u16::MAX, &[])));
                expected.insert(5, (6, rule(16, 1, u16::MAX, &[])));
            }
            assert_eq!(kept.len(), expected.len(), "{context}\n{kept:?}");
            for ((at, kept), (wanted_at, wanted)) in kept.iter().zip(&expected) {
                assert_eq!(at, wanted_at, "{context}");
                assert_eq!(
                    (kept.object_id, kept.object_instance_id),
                    (wanted.object_id, wanted.object_instance_id),
                    "{context}"
                );
                assert_eq!(
                    kept.access_control_owner, wanted.access_control_owner,
                    "{at} {context}"
                );
                assert_eq!(entries(kept), entries(wanted), "{at} {context}");
            }
            // What was the first one's alone is gone, and everybody knows.
            assert_eq!(pair.client().state(101), None);
            for server in [1, 2] {
                assert_eq!(
                    pair.client().state(id(server)),
                    Some(State::Registered),
                    "{context}"
                );
                let registration = pair.registration_of(server, 0);
                let registration = pair.servers[server].engine.registration(registration).unwrap();
                let left: Vec<u16> = (0..8)
                    .filter(|id| registration.objects().contains(16, *id))
                    .collect();
                let gone = if pack { 0 } else { 2 };
                assert!(left.into_iter().eq(gone..8), "{context}");
            }
            // The new owners say who may what.
            assert_eq!(by(pair, 102).grant(7, 102, 15), Status::Unauthorized);
            assert_eq!(by(pair, 103).grant(7, 102, 15), Status::Changed);
            assert_eq!(by(pair, 102).delete("/16/2"), Status::Deleted, "{context}");

            // Those who stay observe as before; who is gone is told nothing, not even goodbye.
            pair.run_secs(5);
            assert_eq!(pair.client().observations(), 2, "{context}");
            let silent = pair.wire.mark();
            pair.change(|tree| tree.set(Path::resource(3, 0, 9), ValueRef::Integer(33)))
                .unwrap();
            pair.settle();
            let told = pair.wire.notifications(silent, client_address(0));
            assert_eq!(told.len(), 2);
            let farewell = |sent: &&lwm2m_tests::pair::Sent| {
                sent.to == server_address(0) && sent.code().is_some_and(Code::is_request)
            };
            assert_eq!(
                pair.wire.since(mark).iter().filter(farewell).count(),
                0,
                "{context}"
            );
            // It finds out by itself: what it asks is not answered, and the registration ends with its lifetime.
            assert_eq!(pair.servers[0].engine.registrations().count(), 1);
            pair.run_secs(86_400 + 60);
            assert!(pair.servers[0].engine.is_empty());
            let level = by(pair, 103).read("/3/0/9").unwrap();
            assert_eq!(level[&Path::resource(3, 0, 9)], Value::Integer(33));
        }
    }
}
