//! What is left when any message is lost, or either side begins anew at any message.

use std::time::Duration;

use lwm2m_runtime::{
    bootstrap::BootstrapServerConfig,
    client::{BootstrapState, ClientConfig, Event, State},
    model::Version,
    object::Object,
    objects::{Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    operation::TreeView,
    tree::Tree,
};
use lwm2m_tests::pair::{Pair, Program};

use super::{Configuration, configuration, configured, factory, network, plan, plans, stepwise};

/// What a device begins with.
type Begin = fn() -> Tree;

/// What happens at a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It is lost.
    Lost,
    /// It and everything after it is lost for five minutes.
    Outage,
    /// The device begins anew, with what it has stored.
    Device,
    /// The bootstrap server begins anew.
    BootstrapServer,
}

#[test]
fn whatever_happens_at_any_message_the_configuration_is_the_old_or_the_new_one() {
    // Without servers at first; from one server to both; from one server to another; by a pack.
    let cases: [(Begin, &[usize], bool); 4] = [
        (factory, &[0], false),
        (configured, &[0, 1], false),
        (configured, &[1], false),
        (configured, &[1], true),
    ];
    for (tree, servers, pack) in cases {
        let config = || ClientConfig {
            bootstrap_pack: pack,
            ..stepwise(Version::V1_2)
        };
        let configured = tree().instances(1).next().is_some();
        let begin = || {
            let mut pair = network(config(), tree(), plan(servers));
            pair.start();
            if configured {
                let now = pair.now;
                pair.clients[0].engine.bootstrap(now);
            }
            pair
        };
        let old = configuration(&tree());
        let mut smooth = begin();
        smooth.run_secs(60);
        let new = configuration(smooth.client().tree());
        let messages = smooth.wire.mark();
        assert!(messages > 5, "{}", smooth.log());
        assert_ne!(old, new);
        for fault in [Fault::Lost, Fault::Outage, Fault::Device, Fault::BootstrapServer] {
            for number in 0..messages {
                suffer(fault, number, config, tree, servers, (&old, &new));
            }
        }
    }
}

fn suffer(
    fault: Fault,
    number: usize,
    config: impl Fn() -> ClientConfig,
    tree: Begin,
    servers: &[usize],
    (old, new): (&Configuration, &Configuration),
) {
    let context = format!("{fault:?} at {number}, servers {servers:?}");
    let mut pair = network(config(), tree(), plan(servers));
    if fault == Fault::Lost {
        pair.mishaps.insert(number, lwm2m_tests::pair::Mishap::Lost);
    }
    let now = pair.now;
    pair.clients[0].engine.start(now);
    if pair.client().servers().next().is_some() {
        pair.settle();
        let now = pair.now;
        pair.clients[0].engine.bootstrap(now);
    }
    // What the device stores: all when it is told that it is configured, else what it began with.
    let mut stored = None;
    let mut done = fault == Fault::Lost;
    let mut outage = None;
    let end = pair.now + Duration::from_secs(4_000);
    let settled = |pair: &Pair<Program>| {
        let state = pair.client().bootstrap_state();
        state != BootstrapState::Session
    };
    let mut events = 0;
    while pair.step(end) {
        for (_, event) in &pair.clients[0].events[events..] {
            if *event == Event::BootstrapFinished {
                stored = Some(());
            }
        }
        events = pair.clients[0].events.len();
        if settled(&pair) {
            let now = configuration(pair.client().tree());
            assert!(
                now == *old || now == *new,
                "a mix: {context}\n{now:?}\n{}",
                pair.log()
            );
        }
        if pair.wire.mark() > number && !done {
            done = true;
            match fault {
                Fault::Lost => {}
                Fault::Outage => {
                    pair.link.faults.loss = 100;
                    outage = Some(pair.now + Duration::from_secs(300));
                }
                Fault::Device => {
                    let again = match stored {
                        Some(()) => {
                            let mut again = tree();
                            copy(pair.client().tree(), &mut again);
                            again
                        }
                        None => tree(),
                    };
                    assert!([old, new].contains(&&configuration(&again)));
                    pair.restart_client(0, config(), again);
                }
                Fault::BootstrapServer => {
                    pair.set_bootstrap(BootstrapServerConfig::default(), plans(plan(servers)));
                }
            }
        }
        if outage.is_some_and(|end| pair.now >= end) {
            pair.link.faults.loss = 0;
            outage = None;
        }
    }
    let client = pair.client();
    let registered = client
        .servers()
        .all(|server| client.state(server) == Some(State::Registered));
    let again = client.bootstrap_state() != BootstrapState::Idle;
    assert!(
        (registered && client.servers().next().is_some()) || again,
        "{context}: {:?}\n{}",
        pair.clients[0].events,
        pair.log()
    );
    assert!(client.bootstrap_state() != BootstrapState::Session, "{context}");
    let now = configuration(client.tree());
    assert!(now == *old || now == *new, "{context}");
    // Only a device that has forgotten what it was about may stay with the old one.
    if fault != Fault::Device || servers == [0] {
        assert_eq!(now, *new, "{context}\n{}", pair.log());
    }
}

/// Gives a tree the instances that another one has of the objects of a configuration.
fn copy(from: &Tree, to: &mut Tree) {
    fn of<O: Object + Clone>(from: &Tree, to: &mut Tree) {
        let object = O::DEFINITION.id();
        for id in to.instances(object).collect::<Vec<_>>() {
            to.remove(object, id);
        }
        for id in from.instances(object) {
            to.insert(id, from.get::<O>(id).unwrap().clone()).unwrap();
        }
    }
    of::<Lwm2mSecurity>(from, to);
    of::<Lwm2mServer>(from, to);
    of::<Lwm2mAccessControl>(from, to);
}
