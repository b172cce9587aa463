//! Who is registered with first, and when again after a failure: resources 13 to 20 of the Server object.

use std::{collections::BTreeSet, time::Duration};

use lwm2m_runtime::{
    bootstrap::{BootstrapServerConfig, Plan, Plans},
    client::{BootstrapState, ClientConfig, Event, State},
    coap::{Code, Peer},
    configuration::{BootstrapConfiguration, Credentials, ServerAccount},
    model::Version,
    objects::{Lwm2mSecurity, Lwm2mServer, o0_v1_2::SecurityMode},
    operation::{RegisterParameters, Status},
    server::{Authoriser, ServerConfig},
};
use lwm2m_tests::pair::{Pair, Program, bootstrap_address, bootstrap_uri, server_address, server_uri};

use super::{accounts, attempts, begin, exact, index_of, millis, network, registers};
use crate::fixtures::{ENDPOINT, VERSIONS};

/// Nobody may register.
#[derive(Debug)]
struct Nobody;

impl Authoriser for Nobody {
    fn identity(&self, _: Peer) -> Option<&str> {
        None
    }

    fn register(&mut self, _: Peer, _: &str, _: &RegisterParameters<'_>) -> Result<(), Status> {
        Err(Status::Forbidden)
    }
}

/// How a server fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// No connection comes about.
    Unreachable,
    /// It answers 4.03.
    Refuses,
    /// It says nothing.
    Silent,
}

const TROUBLES: [Trouble; 3] = [Trouble::Unreachable, Trouble::Refuses, Trouble::Silent];

fn trouble(pair: &mut Pair<Program>, server: usize, trouble: Trouble) {
    match trouble {
        Trouble::Unreachable => {
            pair.clients[0].unreachable.insert(server_address(server));
        }
        Trouble::Refuses => {
            let refusing = lwm2m_runtime::server::Server::new(ServerConfig::default(), 7);
            pair.servers[server].engine = refusing.with_authoriser(Box::new(Nobody));
        }
        Trouble::Silent => pair.cut(server, 0, true),
    }
}

fn recovers(pair: &mut Pair<Program>, server: usize) {
    pair.clients[0].unreachable = BTreeSet::new();
    pair.restart_server(server, ServerConfig::default());
    pair.cut(server, 0, false);
}

// proves: REG-61
#[test]
fn servers_with_an_order_follow_each_other_and_the_others_do_not_wait() {
    for version in VERSIONS {
        let order = [Some(30), Some(10), Some(20), None, Some(0)];
        let mut pair = network(
            exact(version),
            &accounts(order.len(), |index, account| {
                account.registration_priority_order = order[index];
            }),
        );
        begin(&mut pair);
        pair.settle();
        let found = registers(&pair, 0);
        // A message takes 10 ms each way.
        assert_eq!(
            found,
            [(3, 0), (4, 0), (1, 20), (2, 40), (0, 60)],
            "{version}\n{}",
            pair.log()
        );
        // What happens to one that is registered is nothing to the order.
        let (now, mark) = (pair.now, pair.wire.mark());
        pair.clients[0].engine.deregister(now, 5);
        pair.settle();
        pair.clients[0].engine.register(pair.now, 5);
        pair.settle();
        assert_eq!(registers(&pair, mark).len(), 1);
    }
}

// proves: REG-62
#[test]
fn the_initial_delay_counts_from_the_one_before_and_until_the_first_success() {
    for version in VERSIONS {
        let order = [Some(2), Some(1), None];
        let delay = [Some(30), Some(5), Some(7)];
        let mut pair = network(
            exact(version),
            &accounts(3, |index, account| {
                account.registration_priority_order = order[index];
                account.initial_registration_delay_timer = delay[index];
                account.disable_timeout = Some(100);
            }),
        );
        begin(&mut pair);
        pair.run_secs(60);
        assert_eq!(registers(&pair, 0), [(1, 5_000), (2, 7_000), (0, 35_020)]);
        // It was registered once: after it was disabled it comes back on time.
        let mark = pair.wire.mark();
        assert_eq!(pair.execute("/1/0/4", ""), Status::Changed);
        pair.until(Duration::from_secs(5), "a De-register", |pair| {
            pair.client().state(1) == Some(State::Disabled)
        });
        let disabled = millis(pair.now);
        pair.run_secs(150);
        assert_eq!(registers(&pair, mark), [(0, disabled + 100_000)]);
    }
}

// proves: REG-65 REG-66 REG-67 REG-68 REG-69
#[test]
fn attempts_come_when_the_server_object_says() {
    type Retry = [Option<u64>; 4];
    let most = Some(u64::from(u32::MAX));
    // Resources 17 to 20, and when attempts are made, in seconds, where each fails at once.
    let table: [(Retry, &[u64]); 9] = [
        ([None, None, None, None], &[0, 60, 180, 420, 900]),
        (
            [Some(5), Some(60), Some(86_400), Some(1)],
            &[0, 60, 180, 420, 900],
        ),
        ([Some(1), None, None, None], &[0]),
        // Once at least.
        ([Some(0), None, None, Some(0)], &[0]),
        (
            [Some(2), Some(10), Some(100), Some(3)],
            &[0, 10, 110, 120, 220, 230],
        ),
        ([Some(3), Some(1), Some(0), Some(2)], &[0, 1, 3, 3, 4, 6]),
        ([Some(3), Some(0), None, None], &[0, 0, 0]),
        ([Some(2), Some(5), most, Some(9)], &[0, 5]),
        // No wait is longer than a day.
        ([Some(3), Some(50_000), None, None], &[0, 50_000, 136_400]),
    ];
    for version in VERSIONS {
        for (retry, expected) in table {
            for kind in TROUBLES {
                let config = ClientConfig {
                    failed_retry: None,
                    ..exact(version)
                };
                let mut pair = network(
                    config,
                    &accounts(2, |index, account| {
                        if index == 1 {
                            [
                                account.communication_retry_count,
                                account.communication_retry_timer,
                                account.communication_sequence_delay_timer,
                                account.communication_sequence_retry_count,
                            ] = retry;
                        }
                    }),
                );
                trouble(&mut pair, 1, kind);
                begin(&mut pair);
                pair.run_secs(2_000 + expected.last().unwrap());
                let context = format!("{version} {retry:?} {kind:?}\n{}", pair.log());
                assert_eq!(pair.client().state(2), Some(State::Failed), "{context}");
                // Each wait begins when the attempt has failed, and how long that takes depends on the trouble.
                let failures: Vec<u128> = pair.clients[0]
                    .events
                    .iter()
                    .filter(|(_, event)| matches!(event, Event::RegistrationFailed { server: 2, .. }))
                    .map(|(at, _)| millis(*at))
                    .collect();
                let attempts = attempts(&pair, 2);
                assert_eq!((attempts.len(), failures.len()), (expected.len(), expected.len()));
                for (number, pair) in expected.windows(2).enumerate() {
                    let wait = u128::from(pair[1] - pair[0]) * 1_000;
                    assert_eq!(attempts[number + 1] - failures[number], wait, "{context}");
                }
                if kind == Trouble::Unreachable {
                    let seconds: Vec<u128> = attempts.iter().map(|at| at / 1_000).collect();
                    assert!(
                        seconds
                            .iter()
                            .copied()
                            .eq(expected.iter().map(|at| u128::from(*at))),
                        "{context}"
                    );
                }
                // The other server is served.
                assert_eq!(pair.text("/1/0/1"), "86400");
            }
        }
    }
}

/// A device with an order of two servers, of which the first is in trouble, and a bootstrap server that has the second one.
fn blocked(config: ClientConfig, block: Option<bool>, bootstrap: Option<bool>) -> Pair<Program> {
    let order: Vec<Lwm2mServer> = accounts(2, |index, account| {
        account.registration_priority_order = Some(index as u64);
        account.communication_retry_count = Some(2);
        account.communication_retry_timer = Some(10);
        if index == 0 {
            account.registration_failure_block = block;
            account.bootstrap_on_registration_failure = bootstrap;
        }
    });
    let mut pair = network(config, &order);
    let account = Lwm2mSecurity {
        lwm2m_server_uri: Some(bootstrap_uri()),
        bootstrap_server: Some(true),
        security_mode: Some(SecurityMode::NO_SEC),
        client_hold_off_time: Some(3),
        ..Lwm2mSecurity::default()
    };
    pair.change(|tree| tree.insert(7, account)).unwrap();
    let mut plans = Plans::new();
    let second = ServerAccount::new(2, server_uri(1), Credentials::NoSec);
    plans.insert(ENDPOINT, Plan::new(BootstrapConfiguration::new([second])));
    pair.set_bootstrap(BootstrapServerConfig::default(), plans);
    pair
}

// proves: REG-63 REG-64 REG-70
#[test]
fn a_failure_blocks_the_next_server_and_asks_for_a_bootstrap_as_the_server_object_says() {
    for version in VERSIONS {
        for block in [None, Some(false), Some(true)] {
            for bootstrap in [None, Some(true), Some(false)] {
                for kind in TROUBLES {
                    let config = ClientConfig {
                        failed_retry: Some(Duration::from_secs(1_000)),
                        bootstrap_pack: false,
                        ..exact(version)
                    };
                    let mut pair = blocked(config, block, bootstrap);
                    trouble(&mut pair, 0, kind);
                    begin(&mut pair);
                    pair.until(Duration::from_secs(300), "the last failure", |pair| {
                        pair.client().state(1) == Some(State::Failed)
                    });
                    let failed = millis(pair.now);
                    let context = format!("{version} block {block:?} bootstrap {bootstrap:?} {kind:?}");
                    // LwM2M 1.0 does not have that resource: absent, it is time when no server is left.
                    let bootstraps = bootstrap.unwrap_or(version >= Version::V1_1 || block == Some(true));
                    let state = match bootstraps {
                        true => BootstrapState::HoldOff,
                        false => BootstrapState::Idle,
                    };
                    assert_eq!(pair.client().bootstrap_state(), state, "{context}");
                    pair.run_secs(60);
                    let requests = pair.wire.requests(0, Code::POST, "/bs");
                    let asked = requests.iter().find(|sent| sent.to == bootstrap_address());
                    assert_eq!(
                        asked.map(|sent| millis(sent.at)),
                        bootstraps.then_some(failed + 3_000),
                        "{context}"
                    );
                    // Without a bootstrap the second one goes on at once, or waits for ever.
                    let next: Vec<(usize, u128)> = registers(&pair, 0)
                        .into_iter()
                        .filter(|(server, _)| *server == 1)
                        .collect();
                    let blocks = block == Some(true);
                    match (bootstraps, blocks) {
                        (_, false) => assert_eq!(next[0], (1, failed), "{context}"),
                        // As the new configuration has it alone.
                        (true, true) => assert!(next.iter().all(|(_, at)| *at > failed + 3_000), "{context}"),
                        (false, true) => assert!(next.is_empty(), "{context}"),
                    }
                    let waits = blocks && !bootstraps;
                    let state = if waits { State::Waiting } else { State::Registered };
                    assert_eq!(pair.client().state(2), Some(state), "{context}\n{}", pair.log());
                    assert_eq!(pair.client().state(1).is_some(), !bootstraps, "{context}");

                    // The first one is tried again later, and lets the second one go on.
                    recovers(&mut pair, 0);
                    pair.run_secs(1_200);
                    let all: Vec<Option<State>> = pair
                        .client()
                        .servers()
                        .map(|id| pair.client().state(id))
                        .collect();
                    assert!(
                        all.iter().all(|state| *state == Some(State::Registered)),
                        "{context}\n{}",
                        pair.log()
                    );
                    assert_eq!(all.len(), if bootstraps { 1 } else { 2 });
                }
            }
        }
    }
}

// proves: REG-63
#[test]
fn every_server_that_fails_lets_the_next_one_begin_exactly_then() {
    // Five servers in order, of which each subset fails.
    for failing in 0..32_u32 {
        let mut pair = network(
            exact(lwm2m_runtime::model::Version::V1_1),
            &accounts(5, |index, account| {
                account.registration_priority_order = Some(index as u64);
                account.communication_retry_count = Some(2);
                account.communication_retry_timer = Some(10);
                account.bootstrap_on_registration_failure = Some(false);
            }),
        );
        let fails = |server: usize| failing & (1 << server) != 0;
        for server in (0..5).filter(|server| fails(*server)) {
            trouble(&mut pair, server, Trouble::Unreachable);
        }
        begin(&mut pair);
        pair.run_secs(100);
        let mut expected = Vec::new();
        let mut at = 0;
        for server in 0..5 {
            if fails(server) {
                at += 10_000;
            } else {
                expected.push((server, at));
                at += 20;
            }
        }
        let found = registers(&pair, 0);
        assert_eq!(found, expected, "{failing:05b}\n{}", pair.log());
        assert!(
            found
                .iter()
                .all(|(server, _)| index_of(server_address(*server)) == *server)
        );
    }
}
