//! Where a configuration comes from, and what leads to a bootstrap.

use std::{net::SocketAddr, time::Duration};

use lwm2m_runtime::{
    client::{BootstrapFailure, BootstrapState, ClientConfig, Event, State},
    coap::Code,
    configuration::{
        BootstrapConfiguration, BootstrapServerAccount, Credentials, MemoryCard, ServerAccount, Values,
        read_bootstrap_data,
    },
    model::{Path, Version},
    object::{Instance, Object},
    objects::{Lwm2mSecurity, Lwm2mServer},
    operation::Status,
    tree::Tree,
};
use lwm2m_tests::pair::{
    Pair, Program, bootstrap_address, bootstrap_uri, client_address, server_address, server_uri,
};

use super::{configured, factory, has, network, plan, requests, stepwise};
use crate::fixtures::{ENDPOINT, VERSIONS};

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

/// The factory's account at the bootstrap server.
fn bootstrap_server() -> BootstrapServerAccount {
    let mut account = BootstrapServerAccount::new(bootstrap_uri(), Credentials::NoSec);
    account.security_instance = Some(1);
    account
}

/// Accounts at servers by their index, each of which is tried once.
fn accounts(servers: &[usize]) -> BootstrapConfiguration {
    let account = |index: &usize| {
        let id = u16::try_from(*index).unwrap() + 1;
        let mut account = ServerAccount::new(id, server_uri(*index), Credentials::NoSec);
        account.server.communication_retry_count = Some(1);
        account
    };
    BootstrapConfiguration::new(servers.iter().map(account).collect::<Vec<_>>())
}

/// The file of a smartcard.
fn card(configuration: &BootstrapConfiguration) -> Vec<u8> {
    let mut file = Vec::new();
    let values = configuration.number(None).unwrap();
    values.write_smartcard_file(|_| None, &mut file).unwrap();
    file
}

/// A device's program as it starts: what a smartcard has counts; where there is none, what the factory has put in.
fn started(config: ClientConfig, card: Option<Vec<u8>>, factory: &BootstrapConfiguration) -> Pair<Program> {
    let mut tree = super::factory();
    tree.remove(0, 1);
    let mut pair = network(config, tree, plan(&[1]));
    let device = &mut pair.clients[0];
    device.card = card;
    device.read_card(pair.now);
    if device.engine.smartcard_instances().next().is_none() {
        let values = factory.number(None).unwrap();
        pair.change(|tree| provide(tree, &values));
    }
    pair.start();
    pair
}

/// Puts the factory's accounts in.
fn provide(tree: &mut Tree, values: &Values) {
    for path in values.paths(Path::ROOT, 2) {
        let id = path.instance_id().unwrap();
        match path.object_id() {
            Some(0) => tree.insert(id, read::<Lwm2mSecurity>(values, path)).unwrap(),
            Some(1) => tree.insert(id, read::<Lwm2mServer>(values, path)).unwrap(),
            _ => panic!("{path} is no account"),
        }
    }
}

fn read<O: Object + Default>(values: &Values, path: Path) -> O {
    let mut object = O::default();
    for (path, value) in values.below(path) {
        let instance: &mut dyn Instance = &mut object;
        let (resource, id) = (path.resource_id().unwrap(), path.resource_instance_id());
        instance.write(resource, id, value).unwrap();
    }
    object
}

/// To whom the device has sent requests, each once, in order.
fn asked(pair: &Pair<Program>) -> Vec<SocketAddr> {
    let mut hosts = Vec::new();
    for sent in pair.wire.requests_of(0, client_address(0)) {
        if !hosts.contains(&sent.to) {
            hosts.push(sent.to);
        }
    }
    hosts
}

// proves: BOOT-73 BOOT-75
#[test]
fn int_3_a_smartcard_configures_a_device() {
    for version in VERSIONS {
        // As a program has it that reads the card: from its list of applications on.
        let issue = |servers: &[usize]| {
            let mut card = MemoryCard::issue("LwM2M", &card(&accounts(servers)));
            let data = read_bootstrap_data(&mut card).unwrap().unwrap();
            data.bytes().to_vec()
        };
        let nothing = BootstrapConfiguration::default();
        let mut pair = started(stepwise(version), Some(issue(&[0])), &nothing);
        pair.settle();
        assert_eq!(asked(&pair), [server_address(0)]);
        assert_eq!(pair.client().state(1), Some(State::Registered));
        // The card was looked at before the Register, and is before each Update.
        let looked_at = |pair: &Pair<Program>| {
            let events = pair.clients[0].events.iter();
            events
                .filter(|(_, event)| *event == Event::CheckSmartcard { server: 1 })
                .count()
        };
        assert_eq!(looked_at(&pair), 1);
        let mark = pair.wire.mark();
        let update = |pair: &mut Pair<Program>, server| {
            let now = pair.now;
            pair.clients[0].engine.update(now, server);
            pair.settle();
        };
        update(&mut pair, 1);
        assert_eq!(looked_at(&pair), 2);
        assert_eq!(pair.wire.requests_of(mark, client_address(0)).len(), 1);
        // Another card leads elsewhere: the server of the first one hears no more.
        pair.clients[0].card = Some(issue(&[1]));
        let mark = pair.wire.mark();
        update(&mut pair, 1);
        assert_eq!(pair.client().state(1), None);
        assert_eq!(pair.client().state(2), Some(State::Registered));
        let sent = pair.wire.requests_of(mark, client_address(0));
        assert!(
            sent.iter().all(|sent| sent.to == server_address(1)),
            "{}",
            pair.log()
        );
        // Without it nothing is left.
        pair.clients[0].card = None;
        let mark = pair.wire.mark();
        update(&mut pair, 2);
        assert_eq!(pair.client().servers().count(), 0);
        assert!(has(&pair, &Event::BootstrapNeeded { server: None }));
        assert!(pair.wire.requests_of(mark, client_address(0)).is_empty());
    }
}

// proves: BOOT-65 BOOT-70
#[test]
fn int_6_a_device_starts_with_the_first_source_that_has_something() {
    let server = server_address;
    let with_bootstrap_server = |servers: &[usize]| BootstrapConfiguration {
        bootstrap_server: Some(bootstrap_server()),
        ..accounts(servers)
    };
    for version in VERSIONS {
        let config = || stepwise(version);
        // A card comes before the factory.
        let factory = with_bootstrap_server(&[1]);
        let mut pair = started(config(), Some(card(&accounts(&[0]))), &factory);
        pair.run_secs(1_000);
        assert_eq!(asked(&pair), [server(0)]);
        assert_eq!(pair.client().state(1), Some(State::Registered));
        // Without one, or with a damaged one, it is the factory's account; the bootstrap server is not needed.
        let mut damaged = card(&accounts(&[0]));
        damaged.truncate(20);
        for card in [None, Some(damaged)] {
            let mut pair = started(config(), card, &factory);
            pair.run_secs(1_000);
            assert_eq!(asked(&pair), [server(1)]);
            assert_eq!(pair.client().state(2), Some(State::Registered));
        }
        // None of a source's servers can be reached: the bootstrap server is asked when all have been tried.
        for of_card in [true, false] {
            let source = with_bootstrap_server(&[77, 78]);
            let (card, factory) = match of_card {
                true => (Some(card(&source)), accounts(&[0])),
                false => (None, source),
            };
            let mut pair = started(config(), card, &factory);
            pair.run_secs(1_000);
            let asked = asked(&pair);
            assert_eq!(asked, [server(77), server(78), bootstrap_address(), server(1)]);
            assert_eq!(pair.client().state(2), Some(State::Registered));
        }
        // There is no account at a server: it is asked at once.
        let mut pair = started(config(), Some(card(&with_bootstrap_server(&[]))), &accounts(&[0]));
        pair.settle();
        assert_eq!(asked(&pair), [bootstrap_address(), server(1)]);
        assert!(pair.now.as_millis() < 10_000);
    }
}

// proves: BOOT-65
#[test]
fn a_device_of_lwm2m_1_0_stays_with_a_server_that_works() {
    let factory = BootstrapConfiguration {
        bootstrap_server: Some(bootstrap_server()),
        ..accounts(&[0, 77])
    };
    let mut pair = started(stepwise(Version::V1_0), None, &factory);
    pair.run_secs(1_000);
    assert_eq!(pair.client().state(1), Some(State::Registered));
    assert_eq!(pair.client().state(78), Some(State::Failed));
    assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
    // When that one is gone, too, the bootstrap server is left.
    let (now, device) = (pair.now, &mut pair.clients[0]);
    device.unreachable.insert(server_address(0));
    device.engine.disconnected(now, 1);
    device.engine.update(now, 1);
    pair.run_secs(1_000);
    assert!(asked(&pair).contains(&bootstrap_address()));
    assert_eq!(pair.client().state(2), Some(State::Registered));
}
