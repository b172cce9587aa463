//! What a device finds again when it begins anew, however it ended.
//!
//! | file | what |
//! |---|---|
//! | `medium` | what outlives a device, and ends it |
//! | `life` | a device's life, from the factory to its second bootstrap |

mod life;
mod medium;

use life::{Life, factory, found, rules, servers};
use lwm2m_runtime::{
    client::Event,
    coap::Code,
    model::{ValueRef, Version},
    operation::Status,
    server::ServerConfig,
    storage::ClientKeeper,
};
use lwm2m_tests::pair::{Pair, Program, client_address, path};
use medium::{Cut, Medium};

use crate::{
    bootstrap::configuration,
    fixtures::{VERSIONS, client, device_battery, server_minimum, tree},
};

// proves: ROB-56 ROB-70
#[test]
fn a_crash_at_any_byte_of_a_life_leaves_the_old_configuration_or_the_new_one() {
    let mut life = Life::new();
    life.live().unwrap();
    life.check_end("without a crash");
    let writes = life.medium.writes();
    let versions = &life.versions;
    // The first time both slots are written.
    assert_eq!(writes.len(), versions.len() + 1);
    assert!(versions.len() >= 10, "{}", versions.len());

    // Nothing was kept in the middle of a bootstrap.
    let factory = configuration(&factory());
    assert!(servers(&factory).is_empty());
    let second = versions
        .iter()
        .position(|version| servers(version) == [2])
        .unwrap();
    for (number, version) in versions.iter().enumerate() {
        let expected: &[i64] = if number < second { &[1, 2] } else { &[2] };
        assert_eq!(servers(version), expected, "version {number}");
    }
    assert_eq!(rules(&versions[0]), 6, "all of the first bootstrap at once");

    let mut cuts = 0;
    for (number, write) in writes.iter().enumerate() {
        let new = &versions[number.saturating_sub(1)];
        let old = match number {
            0 => &factory,
            1 => new,
            _ => &versions[number - 2],
        };
        for after in 0..=write.bytes.len() {
            for keeps_tail in [false, true] {
                let pages = write.cut(Cut { after, keeps_tail });
                let found = configuration(found(Medium::new(pages)).tree());
                let whole = after == write.bytes.len();
                assert!(
                    found == *new || (found == *old && !whole),
                    "write {number} after {after} bytes: {found:?}"
                );
                cuts += 1;
            }
        }
    }
    println!("{cuts} crashes in {} writes", writes.len());
    assert!(cuts > 10_000, "{cuts}");
}

// proves: ROB-70
#[test]
fn a_device_that_crashes_at_any_write_comes_back_to_its_servers() {
    let mut reference = Life::new();
    reference.live().unwrap();
    let writes = reference.medium.writes();
    for (number, write) in writes.iter().enumerate() {
        let length = write.bytes.len();
        for (after, keeps_tail) in [
            (0, true),
            (1, false),
            (16, false),
            (length / 2, true),
            (length - 1, false),
        ] {
            let context = format!("a crash in write {number} after {after} of {length} bytes");
            let mut life = Life::new();
            life.medium.crash_at(number, Cut { after, keeps_tail });
            life.live().unwrap_err();
            life.restart();
            life.check_end(&context);
        }
    }
}

// proves: BOOT-65
#[test]
fn what_was_kept_wins_over_the_factory_and_registers_without_a_bootstrap() {
    let mut life = Life::new();
    life.live().unwrap();
    life.restart();
    let mark = life.pair.wire.mark();
    life.check_end("a restart");
    let pair = &life.pair;
    assert_eq!(
        pair.wire.requests(mark, Code::POST, "/bs").len(),
        0,
        "{}",
        pair.log()
    );
    assert_eq!(pair.wire.requests(mark, Code::POST, "/rd").len(), 1);
    assert_eq!(
        configuration(pair.client().tree()),
        *life.versions.last().unwrap()
    );
}

/// A device with one account that keeps what it has.
fn kept(version: Version) -> (Pair<Program>, Medium, ClientKeeper<Medium>) {
    let mut account = server_minimum(0);
    account.lifetime = 300;
    let mut pair = Pair::new(
        ServerConfig::default(),
        client(version),
        tree(account, device_battery()),
        Program::default(),
    );
    let medium = Medium::default();
    let (keeper, _) = ClientKeeper::open(medium.clone(), &mut pair.clients[0].engine).unwrap();
    pair.start();
    (pair, medium, keeper)
}

/// The device crashes, and begins anew.
fn crash(pair: &mut Pair<Program>, medium: &Medium, version: Version) -> ClientKeeper<Medium> {
    let mut account = server_minimum(0);
    account.lifetime = 300;
    let program = tree(account, device_battery());
    let mut keeper = None;
    pair.restart_client_with(0, client(version), program, |client| {
        keeper = Some(ClientKeeper::open(medium.clone(), client).unwrap().0);
    });
    keeper.unwrap()
}

// proves: REG-60
#[test]
fn a_device_that_has_lost_its_observations_registers_and_is_observed_again() {
    for version in VERSIONS {
        let (mut pair, medium, mut keeper) = kept(version);
        pair.watch("/3/0/9", "");
        keeper.keep(pair.client()).unwrap();
        let mark = pair.wire.mark();
        crash(&mut pair, &medium, version);
        assert_eq!(pair.client().observations(), 0, "they are lost");
        pair.settle();
        assert_eq!(
            pair.wire.requests(mark, Code::POST, "/rd").len(),
            1,
            "{}",
            pair.log()
        );
        let registered = |(_, event): &(_, Event)| matches!(event, Event::Registered { server: 1, .. });
        assert_eq!(
            pair.clients[0]
                .events
                .iter()
                .filter(|event| registered(event))
                .count(),
            2
        );
        let mark = pair.wire.mark();
        pair.change(|tree| tree.set(path("/3/0/9"), ValueRef::Integer(11)))
            .unwrap();
        pair.settle();
        let notifications = pair.wire.notifications(mark, client_address(0));
        assert_eq!(notifications.len(), 1, "{}", pair.log());
    }
}

// proves: ATTR-51
#[test]
fn attributes_outlive_a_crash_and_end_with_the_registration() {
    for version in VERSIONS {
        let (mut pair, medium, mut keeper) = kept(version);
        assert_eq!(pair.attributes("/3/0/9", "pmin=10&gt=45.5"), Status::Changed);
        assert!(keeper.keep(pair.client()).unwrap());
        keeper = crash(&mut pair, &medium, version);
        pair.settle();
        let links = pair.discover("/3/0/9");
        assert!(links.contains("pmin=10") && links.contains("gt=45.5"), "{links}");

        // De-registered, the device owes its server nothing.
        let now = pair.now;
        pair.clients[0].engine.deregister(now, 1);
        pair.settle();
        assert!(keeper.keep(pair.client()).unwrap());
        crash(&mut pair, &medium, version);
        pair.settle();
        let links = pair.discover("/3/0/9");
        assert!(!links.contains("pmin"), "{links}");
    }
}
