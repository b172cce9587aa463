//! Server Initiated Bootstrap of LwM2M 1.0: the bootstrap server begins.

use std::time::Duration;

use lwm2m_runtime::{
    bootstrap::BootstrapServerConfig,
    client::{BootstrapFailure, BootstrapState, ClientConfig, Event, State},
    coap::{Code, Peer},
    model::Version,
    objects::Lwm2mSecurity,
};
use lwm2m_tests::pair::{Pair, Program, client_address};

use super::{configuration, configured, factory, has, network, plan, plans, requests, stepwise};
use crate::fixtures::ENDPOINT;

/// A client of LwM2M 1.0 that the bootstrap server may configure without being asked.
pub(super) fn listening() -> ClientConfig {
    ClientConfig {
        server_initiated_bootstrap: true,
        ..stepwise(Version::V1_0)
    }
}

/// The bootstrap server begins.
pub(super) fn begin(pair: &mut Pair<Program>) {
    let now = pair.now;
    let host = pair.bootstrap.as_mut().unwrap();
    let client = Peer::new(client_address(0));
    host.engine.begin(now, client, ENDPOINT).unwrap();
}

// proves: BOOT-67
#[test]
fn a_bootstrap_server_begins_only_with_a_client_that_has_looked_what_it_has() {
    let mut pair = network(listening(), configured(), plan(&[1]));
    // Before the client has begun with what it is configured with, nobody is heard.
    begin(&mut pair);
    pair.run_secs(200);
    assert!(pair.client().counters().strangers > 0);
    assert!(pair.wire.requests_of(0, client_address(0)).is_empty());
    assert_eq!(configuration(pair.client().tree()), configuration(&configured()));
    pair.start();
    assert_eq!(pair.client().state(1), Some(State::Registered));
    assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
    // Then it can be bootstrapped without having asked.
    let mark = pair.wire.mark();
    begin(&mut pair);
    pair.settle();
    let sent = requests(&pair, mark);
    assert_eq!(sent[0], "BS GET /");
    assert_eq!(sent[sent.len() - 2..], ["BS POST /bs", "C POST /rd"]);
    assert!(!sent.contains(&"C POST /bs".to_owned()));
    assert!(has(&pair, &Event::BootstrapFinished));
    assert_eq!(pair.client().servers().collect::<Vec<_>>(), [2]);
    // And once more, however late.
    pair.run_secs(10_000);
    let mark = pair.wire.mark();
    begin(&mut pair);
    pair.settle();
    assert_eq!(requests(&pair, mark).last().unwrap(), "C POST /rd");
    pair.run_secs(300);
    assert!(pair.client().is_quiet());
}

#[test]
fn a_bootstrap_server_may_begin_during_the_hold_off_time() {
    let mut tree = factory();
    tree.update(1, |account: &mut Lwm2mSecurity| {
        account.client_hold_off_time = Some(600);
    });
    let mut pair = network(listening(), tree, plan(&[0]));
    pair.start();
    assert_eq!(pair.client().bootstrap_state(), BootstrapState::HoldOff);
    pair.run_secs(100);
    begin(&mut pair);
    pair.settle();
    assert_eq!(pair.client().state(1), Some(State::Registered));
    pair.run_secs(1_000);
    assert!(pair.wire.requests(0, Code::POST, "/bs").iter().all(|sent| {
        // The Finish of the bootstrap server, and no request.
        sent.to == client_address(0)
    }));
}

#[test]
fn a_session_that_the_bootstrap_server_began_and_left_is_undone() {
    let mut pair = network(listening(), configured(), plan(&[1]));
    let before = configuration(pair.client().tree());
    pair.start();
    begin(&mut pair);
    pair.until(Duration::from_secs(5), "a session", |pair| {
        pair.client().bootstrap_state() == BootstrapState::Session
            && configuration(pair.client().tree()) != before
    });
    pair.bootstrap = None;
    pair.run_secs(300);
    let failed = Event::BootstrapFailed {
        failure: BootstrapFailure::TimedOut,
    };
    assert!(has(&pair, &failed));
    assert_eq!(configuration(pair.client().tree()), before);
    // Now the client asks by itself.
    pair.set_bootstrap(BootstrapServerConfig::default(), plans(plan(&[1])));
    pair.run_secs(300);
    assert_eq!(pair.client().state(2), Some(State::Registered));
}

// proves: BOOT-51
#[test]
fn only_a_client_of_lwm2m_1_0_that_wants_it_is_bootstrapped_unasked() {
    let unwilling = ClientConfig {
        server_initiated_bootstrap: false,
        ..listening()
    };
    let later = [Version::V1_1, Version::V1_2].map(|version| ClientConfig {
        server_initiated_bootstrap: true,
        ..stepwise(version)
    });
    for config in later.into_iter().chain([unwilling]) {
        let mut pair = network(config, configured(), plan(&[1]));
        pair.start();
        begin(&mut pair);
        pair.run_secs(200);
        assert_eq!(pair.client().servers().collect::<Vec<_>>(), [1]);
        assert_eq!(configuration(pair.client().tree()), configuration(&configured()));
        let answered = pair.wire.since(0).iter().filter(|sent| {
            (sent.from, sent.to) == (client_address(0), lwm2m_tests::pair::bootstrap_address())
        });
        assert_eq!(answered.count(), 0, "{}", pair.log());
    }
}
