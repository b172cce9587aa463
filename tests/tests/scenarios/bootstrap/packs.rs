//! Bootstrap-Pack: a configuration in one answer.

use std::time::Duration;

use lwm2m_runtime::{
    bootstrap::{self, BootstrapServerConfig},
    client::State,
    coap::Code,
    model::Version,
    objects::Lwm2mSecurity,
    time::Instant,
};
use lwm2m_tests::pair::client_address;

use super::{bootstrap_account, factory, network, plan, plans, requests, stepwise};

// proves: BOOT-09 BOOT-13 BOOT-15
#[test]
fn int_12_a_pack_configures_in_one_answer() {
    let mut config = stepwise(Version::V1_2);
    config.bootstrap_pack = true;
    let mut pair = network(config, factory(), plan(&[0]));
    // An address that was not validated gets no large answer: the client is asked for an Echo, and gives it.
    pair.start();
    let first = pair.wire.requests_of(0, client_address(0))[0].clone();
    assert_eq!(
        (first.code(), first.path().as_str()),
        (Some(Code::GET), "/bspack")
    );
    assert!(
        first.query().contains(&"acc=</0/1>".to_owned()),
        "{:?}",
        first.query()
    );
    assert_eq!(first.accept(), Some(112));
    assert_eq!(pair.client().state(1), Some(State::Registered));
    let packed = pair.bootstrap.as_ref().unwrap().events.iter();
    let packed = packed.filter(|(_, event)| matches!(event, bootstrap::Event::Packed { .. }));
    assert_eq!(packed.count(), 1, "{}", pair.log());
    assert!(pair.wire.requests(0, Code::POST, "/bs").is_empty(), "no finish");
    assert_eq!(
        pair.client().tree().get::<Lwm2mSecurity>(1),
        Some(&bootstrap_account())
    );
}

// proves: BOOT-17
#[test]
fn a_pack_that_has_not_come_is_asked_for_again() {
    let mut config = stepwise(Version::V1_2);
    config.bootstrap_pack = true;
    let mut pair = network(config, factory(), plan(&[0]));
    pair.bootstrap = None;
    pair.clients[0].engine.start(pair.now);
    pair.run_secs(1_000);
    pair.set_bootstrap(BootstrapServerConfig::default(), plans(plan(&[0])));
    pair.run_secs(1_000);
    assert_eq!(pair.client().state(1), Some(State::Registered));
    let mut asked: Vec<(u16, Instant)> = Vec::new();
    for sent in pair.wire.requests(0, Code::GET, "/bspack") {
        let id = sent.message().unwrap().id;
        if asked.iter().all(|(other, _)| *other != id) {
            asked.push((id, sent.at));
        }
    }
    assert!(asked.len() > 2, "{asked:?}");
    // Not before an answer to the one before could still come: EXCHANGE_LIFETIME.
    for pair in asked.windows(2) {
        assert!(pair[1].1 - pair[0].1 >= Duration::from_secs(247), "{asked:?}");
    }
}

// proves: BOOT-16
#[test]
fn without_packs_a_session_follows() {
    let mut config = stepwise(Version::V1_2);
    config.bootstrap_pack = true;
    let mut pair = network(config, factory(), plan(&[0]));
    let without = BootstrapServerConfig {
        packs: false,
        ..BootstrapServerConfig::default()
    };
    pair.set_bootstrap(without, plans(plan(&[0])));
    pair.start();
    let sent = requests(&pair, 0);
    assert_eq!(sent[..2], ["C GET /bspack", "C POST /bs"]);
    assert_eq!(pair.client().state(1), Some(State::Registered));
}
