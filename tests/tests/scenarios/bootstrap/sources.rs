//! Where a configuration comes from, and what leads to a bootstrap.

use std::time::Duration;

use lwm2m_runtime::{
    bootstrap::BootstrapServerConfig,
    client::{BootstrapFailure, BootstrapState, ClientConfig, Event, State},
    coap::{Code, Peer},
    model::Version,
    objects::{Lwm2mSecurity, Lwm2mServer},
    operation::Status,
};
use lwm2m_tests::pair::{Pair, Program, client_address, server_uri};

use super::{configuration, configured, factory, has, network, plan, plans, requests, stepwise};
use crate::fixtures::ENDPOINT;

// proves: BOOT-68 BOOT-69
#[test]
fn int_5_a_server_triggers_a_bootstrap() {
    let mut pair = network(stepwise(Version::V1_2), configured(), plan(&[0]));
    pair.start();
    let mark = pair.wire.mark();
    assert_eq!(pair.execute("/1/0/9", ""), Status::Changed);
    pair.settle();
    let sent = requests(&pair, mark);
    assert_eq!(sent[..2], ["S POST /1/0/9", "C POST /bs"]);
    assert_eq!(sent.last().unwrap(), "C POST /rd");
    // Without an account at a bootstrap server it is refused.
    let mut tree = configured();
    tree.remove(0, 1);
    let mut pair = network(stepwise(Version::V1_2), tree, plan(&[0]));
    pair.start();
    assert!(!pair.execute("/1/0/9", "").is_success());
    assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
}

#[test]
fn a_program_that_wants_a_bootstrap_does_not_wait_for_the_next_attempt() {
    let mut pair = network(stepwise(Version::V1_2), factory(), plan(&[0]));
    pair.bootstrap
        .as_mut()
        .unwrap()
        .engine
        .plans_mut()
        .remove(ENDPOINT);
    pair.start();
    let failed = Event::BootstrapFailed {
        failure: BootstrapFailure::Refused(Status::BadRequest),
    };
    assert!(has(&pair, &failed));
    assert_eq!(pair.client().bootstrap_state(), BootstrapState::Retrying);
    // The bootstrap server knows the device now, and somebody presses the button.
    pair.bootstrap
        .as_mut()
        .unwrap()
        .engine
        .plans_mut()
        .insert(ENDPOINT, plan(&[0]));
    let now = pair.now;
    assert!(pair.clients[0].engine.bootstrap(now));
    pair.settle();
    assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
    assert_eq!(pair.client().state(1), Some(State::Registered));
    // Nothing is left of the attempt that was due.
    pair.run_secs(1_000);
    assert_eq!(pair.wire.requests(0, Code::POST, "/bs").len(), 3);
}

// proves: BOOT-66
#[test]
fn int_7_a_dead_server_leads_to_the_bootstrap_server_after_the_hold_off_time() {
    let mut tree = configured();
    tree.update(1, |account: &mut Lwm2mSecurity| {
        account.client_hold_off_time = Some(7)
    });
    tree.update(0, |account: &mut Lwm2mSecurity| {
        account.lwm2m_server_uri = Some(server_uri(77));
    });
    tree.update(0, |account: &mut Lwm2mServer| {
        account.communication_retry_count = Some(1);
    });
    let mut pair = network(stepwise(Version::V1_2), tree, plan(&[1]));
    pair.start();
    pair.until(Duration::from_secs(300), "a bootstrap", |pair| {
        pair.client().bootstrap_state() == BootstrapState::HoldOff
    });
    let needed = pair.now;
    pair.until(Duration::from_secs(300), "a registration", |pair| {
        pair.client().state(2) == Some(State::Registered)
    });
    let request = pair.wire.requests(0, Code::POST, "/bs")[0].at;
    assert_eq!(request - needed, Duration::from_secs(7));
}

// proves: BOOT-61
#[test]
fn an_account_at_the_bootstrap_server_can_be_for_a_while() {
    let mut tree = factory();
    tree.update(1, |account: &mut Lwm2mSecurity| {
        account.bootstrap_server_account_timeout = Some(30);
    });
    let mut pair = network(stepwise(Version::V1_2), tree, plan(&[0]));
    pair.start();
    pair.run_secs(20);
    assert!(pair.client().tree().instance(0, 1).is_some());
    pair.run_secs(20);
    assert!(pair.client().tree().instance(0, 1).is_none());
    assert!(has(&pair, &Event::BootstrapAccountRemoved));
    // Nobody can trigger what does not exist.
    assert!(!pair.execute("/1/0/9", "").is_success());
}

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
