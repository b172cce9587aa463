//! Several servers: in order, or each on its own (LwM2M Core 1.2, section 6.2.1.3).

use lwm2m_runtime::{
    client::{Event, State},
    coap::Code,
    objects::Lwm2mServer,
};

use crate::support::{Bench, answer, config, get, server, tree_of};

fn ordered(id: u16, priority: u64) -> Lwm2mServer {
    Lwm2mServer {
        registration_priority_order: Some(priority),
        communication_retry_count: Some(1),
        ..server(id)
    }
}

/// The servers to which a connection is asked for.
fn connecting(bench: &mut Bench) -> Vec<u16> {
    let connect = |event| match event {
        Event::Connect { server, .. } => Some(server),
        _ => None,
    };
    bench.events().into_iter().filter_map(connect).collect()
}

fn start(servers: &[Lwm2mServer]) -> Bench {
    let mut bench = Bench::new(config(), tree_of(servers));
    bench.client.start(bench.now);
    bench
}

// proves: REG-52 REG-93
#[test]
fn int_950_servers_without_an_order_are_independent() {
    let mut bench = start(&[server(1), server(2)]);
    assert_eq!(connecting(&mut bench), [1, 2]);
    bench.connect(1);
    bench.accept_register(1);
    bench.connect(2);
    let register = bench.only();
    bench.input(2, &answer(&register, Code::FORBIDDEN));
    assert_eq!(bench.client.state(1), Some(State::Registered));
    assert_eq!(bench.client.state(2), Some(State::Retrying));
    bench.ask(1, &get("3/0/9"));
    assert_eq!(bench.only().code, Code::CONTENT);
    bench.ask(2, &get("3/0/9"));
    bench.silent();
}

// proves: REG-61
#[test]
fn servers_with_an_order_register_in_ascending_order() {
    let mut bench = start(&[ordered(1, 30), ordered(2, 10), ordered(3, 20), server(4)]);
    assert_eq!(connecting(&mut bench), [4, 2], "4 has no order");
    assert_eq!(bench.client.state(1), Some(State::Waiting));
    for (server, next) in [(2, vec![3]), (3, vec![1]), (1, vec![])] {
        bench.connect(server);
        bench.accept_register(server);
        assert_eq!(connecting(&mut bench), next);
    }
}

// proves: REG-62
#[test]
fn each_waits_for_its_delay_after_the_one_before() {
    let delayed = Lwm2mServer {
        initial_registration_delay_timer: Some(20),
        ..ordered(2, 2)
    };
    let mut bench = start(&[ordered(1, 1), delayed]);
    assert_eq!(connecting(&mut bench), [1]);
    bench.pass(100);
    bench.connect(1);
    bench.accept_register(1);
    assert_eq!(connecting(&mut bench), []);
    assert_eq!(bench.client.state(2), Some(State::Delay));
    bench.pass(19);
    assert_eq!(connecting(&mut bench), []);
    bench.pass(1);
    assert_eq!(connecting(&mut bench), [2]);
}

// proves: REG-63 REG-70
#[test]
fn a_failure_blocks_the_others_only_where_it_is_wanted() {
    for (block, next) in [(None, vec![2]), (Some(false), vec![2]), (Some(true), vec![])] {
        let first = Lwm2mServer {
            registration_failure_block: block,
            ..ordered(1, 1)
        };
        let mut bench = start(&[first, ordered(2, 2)]);
        assert_eq!(connecting(&mut bench), [1]);
        bench.client.disconnected(bench.now, 1);
        assert_eq!(bench.client.state(1), Some(State::Failed));
        assert_eq!(connecting(&mut bench), next);
        // It is tried again later, and then lets the others go on.
        bench.pass(86_400);
        assert!(connecting(&mut bench).contains(&1));
        bench.connect(1);
        bench.sent();
        if block == Some(true) {
            assert_eq!(bench.client.state(2), Some(State::Waiting));
        }
    }
}

// proves: REG-63
#[test]
fn a_blocking_server_that_comes_back_lets_the_others_go_on() {
    let first = Lwm2mServer {
        registration_failure_block: Some(true),
        ..ordered(1, 1)
    };
    let mut bench = start(&[first, ordered(2, 2)]);
    bench.client.disconnected(bench.now, 1);
    bench.pass(86_400);
    connecting(&mut bench);
    bench.connect(1);
    bench.accept_register(1);
    assert_eq!(connecting(&mut bench), [2]);
}

#[test]
fn retries_of_one_keep_the_next_waiting() {
    let first = Lwm2mServer {
        communication_retry_count: Some(3),
        ..ordered(1, 1)
    };
    let mut bench = start(&[first, ordered(2, 2)]);
    connecting(&mut bench);
    for wait in [60, 120] {
        bench.client.disconnected(bench.now, 1);
        bench.pass(wait - 1);
        assert_eq!(connecting(&mut bench), []);
        bench.pass(1);
        assert_eq!(connecting(&mut bench), [1]);
    }
    bench.client.disconnected(bench.now, 1);
    assert_eq!(connecting(&mut bench), [2]);
}

#[test]
fn stopping_ends_all() {
    let mut bench = start(&[server(1), ordered(2, 1), ordered(3, 2)]);
    bench.connect(1);
    bench.accept_register(1);
    bench.events();
    bench.client.stop(bench.now);
    let deregister = bench.only();
    assert!(!bench.events().contains(&Event::Stopped));
    bench.input(1, &answer(&deregister, Code::DELETED));
    assert_eq!(bench.events().last(), Some(&Event::Stopped));
    for server in 1..=3 {
        assert_eq!(bench.client.state(server), Some(State::Idle));
    }
    assert!(bench.pass(1_000_000).is_empty());
}

#[test]
fn only_so_many_servers_are_served() {
    let accounts: Vec<Lwm2mServer> = (1..=12).map(server).collect();
    let mut bench = start(&accounts);
    assert_eq!(connecting(&mut bench).len(), 8);
    assert_eq!(bench.client.servers().count(), 8);
}
