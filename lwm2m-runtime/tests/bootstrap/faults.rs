//! Lost datagrams, clients that die, and nonsense.

use std::time::Duration;

use lwm2m_runtime::{
    bootstrap::{Event, Failure, Plan},
    coap::{self, Endpoint, EndpointConfig},
    configuration::{BootstrapConfiguration, PresentInstances},
    model::{Path, Version},
    random::Random,
    time::Instant,
};
use proptest::prelude::*;

use crate::support::{Bench, Client, account, client, configuration, server};

const LONG: Duration = Duration::from_secs(3_600);

fn plan() -> Plan {
    Plan::new(BootstrapConfiguration::new([account(1), account(2)]))
}

// proves: BOOT-95
#[test]
fn a_client_that_dies_at_any_step_is_not_configured() {
    let mut steps = 1;
    loop {
        let mut bench = Bench::with_client(server(plan()));
        bench.client().dies_after = Some(steps);
        bench.request();
        bench.pass(LONG);
        assert!(bench.server.is_empty());
        if bench.finished() == 1 {
            break;
        }
        let timed_out = Failure::Exchange(coap::Failure::TimedOut);
        assert_eq!(bench.failures(), [timed_out], "{steps}");
        steps += 1;
    }
    // Discover, two accounts of two instances, Finish.
    assert_eq!(steps, 7);
}

#[test]
fn a_client_that_acknowledges_and_never_answers_is_given_up() {
    let mut bench = Bench::new(server(plan()));
    let mut device = Client::new(1);
    device.dies_after = None;
    bench.clients.insert(1, device);
    bench.request();
    let request = bench.client().endpoint.poll_transmit().unwrap().datagram.to_vec();
    bench.clients.clear();
    let mut now = Instant::from_millis(1_000);
    bench.server.handle_input(now, client(1), &request);
    let mut discover = Vec::new();
    while let Some(transmit) = bench.server.poll_transmit() {
        discover = transmit.datagram.to_vec();
    }
    // An empty acknowledgement of the GET.
    bench
        .server
        .handle_input(now, client(1), &[0x60, 0, discover[2], discover[3]]);
    while let Some(next) = bench.server.poll_timeout() {
        now = now.max(next);
        bench.server.handle_timeout(now);
        while bench.server.poll_transmit().is_some() {}
        if bench.server.is_empty() {
            break;
        }
    }
    bench.settle();
    assert_eq!(bench.failures().len(), 1, "{:?}", bench.events);
    assert!(now - Instant::from_millis(1_000) <= Duration::from_secs(94));
}

#[test]
fn a_client_that_restarts_begins_anew() {
    for steps in 1..7 {
        let mut bench = Bench::with_client(server(plan()));
        bench.client().dies_after = Some(steps);
        bench.request();
        bench.settle();
        // It remembers nothing of it.
        let fresh = Client::new(1);
        let old = std::mem::replace(bench.client(), fresh);
        drop(old);
        bench.client().endpoint = Endpoint::new(EndpointConfig::default(), 99);
        bench.request();
        bench.pass(LONG);
        assert_eq!(bench.finished(), 1, "{steps}");
        assert_eq!(bench.failures(), [Failure::Replaced], "{steps}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is lost: each session ends once, and a client of a finished one has exactly its configuration.
    #[test]
    fn sessions_survive_loss_or_fail(seed: u64, percent in 0_u64..60) {
        let mut bench = Bench::with_client(server(plan()));
        let mut random = Random::new(seed.into());
        bench.arrives = Box::new(move |_, _| random.next_u64() % 100 >= percent);
        bench.request();
        bench.pass(LONG);
        prop_assert!(bench.server.is_empty());
        let started = bench.events.iter().filter(|event| matches!(event, Event::Started { .. })).count();
        prop_assert_eq!(started, bench.finished() + bench.failures().len());
        prop_assert!(started <= 1);
        if bench.finished() == 1 {
            let mut expected = plan().configuration;
            for (id, account) in (0_u16..).zip(&mut expected.servers) {
                // Around its own account in /0/1.
                account.security_instance = Some(id * 2);
            }
            let version = PresentInstances::new(Version::V1_2);
            prop_assert_eq!(bench.client().configured(), expected.number(Some(&version)).unwrap());
        }
    }

    #[test]
    fn nonsense_has_no_effect(datagrams in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..40)) {
        let mut bench = Bench::with_client(server(Plan::new(configuration())));
        let mut now = bench.now;
        for datagram in datagrams {
            bench.server.handle_input(now, client(3), &datagram);
            while bench.server.poll_transmit().is_some() {}
            now += Duration::from_secs(1);
            bench.server.handle_timeout(now);
        }
        prop_assert!(bench.server.is_empty());
        bench.now = now;
        bench.request();
        bench.settle();
        prop_assert_eq!(bench.finished(), 1);
        prop_assert_eq!(bench.client().configured().paths(Path::ROOT, 1).len(), 2);
    }
}
