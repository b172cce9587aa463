//! Where a configuration comes from, and what leads to a bootstrap.

use std::time::Duration;

use lwm2m_runtime::{
    client::{BootstrapState, Event, State},
    coap::Code,
    model::Version,
    objects::{Lwm2mSecurity, Lwm2mServer},
    operation::Status,
};
use lwm2m_tests::pair::server_uri;

use super::{configured, factory, has, network, plan, requests, stepwise};

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
