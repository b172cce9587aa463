//! When a registration fails, and when it is tried again (LwM2M Core 1.2, section 6.2.1.3).

use std::time::Duration;

use lwm2m_runtime::{
    client::{ClientConfig, Event, RegistrationFailure, State},
    coap::{Code, Failure},
    objects::Lwm2mServer,
    operation::Status,
};

use crate::support::{Bench, Rst, SERVER, answer, config, empty, server, tree, tree_of};

// proves: REG-44
#[test]
fn an_update_without_answer_counts_as_disconnected() {
    let mut bench = Bench::registered();
    bench.client.update(bench.now, SERVER);
    bench.sent();
    let repeated = bench.pass(100);
    assert_eq!(repeated.len(), 4);
    let events = bench.events();
    let failure = RegistrationFailure::Exchange(Failure::TimedOut);
    assert_eq!(
        events[0],
        Event::RegistrationFailed {
            server: SERVER,
            failure
        }
    );
    assert!(
        matches!(events[1], Event::Connect { server: SERVER, .. }),
        "{events:?}"
    );
    bench.connect(SERVER);
    assert_eq!(bench.only().path(), "rd");
}

// proves: REG-65 REG-66 REG-67 REG-68
#[test]
fn attempts_follow_the_specification_s_times() {
    let mut bench = Bench::new(config(), tree());
    let start = bench.now;
    bench.client.start(bench.now);
    let mut attempts = Vec::new();
    loop {
        for event in bench.events() {
            if let Event::Connect { .. } = event {
                attempts.push((bench.now - start).as_secs());
                bench.client.disconnected(bench.now, SERVER);
            }
        }
        if bench.client.state(SERVER) == Some(State::Failed) {
            break;
        }
        let next = bench.client.poll_timeout().unwrap();
        bench.now = next;
        bench.work();
    }
    assert_eq!(attempts, [0, 60, 180, 420, 900]);
    bench.silent();
}

// proves: REG-65 REG-66 REG-67 REG-68 REG-69
#[test]
fn a_server_says_how_often_it_wants_to_be_asked() {
    let account = Lwm2mServer {
        communication_retry_count: Some(2),
        communication_retry_timer: Some(10),
        communication_sequence_delay_timer: Some(100),
        communication_sequence_retry_count: Some(3),
        ..server(SERVER)
    };
    let mut bench = Bench::new(config(), tree_of(&[account]));
    let start = bench.now;
    bench.client.start(bench.now);
    let mut attempts = Vec::new();
    while bench.client.state(SERVER) != Some(State::Failed) {
        for event in bench.events() {
            if let Event::Connect { .. } = event {
                attempts.push((bench.now - start).as_secs());
                bench.connect(SERVER);
                let register = bench.only();
                bench.input(SERVER, &answer(&register, Code::FORBIDDEN));
            }
        }
        if let Some(next) = bench.client.poll_timeout() {
            bench.now = next;
            bench.work();
        }
    }
    assert_eq!(attempts, [0, 10, 110, 120, 220, 230]);
    let refused = RegistrationFailure::Refused(Status::Forbidden);
    let events = bench.events();
    assert!(events.contains(&Event::RegistrationFailed {
        server: SERVER,
        failure: refused
    }));
}

// proves: REG-71
#[test]
fn a_refusal_counts_as_an_attempt() {
    let mut bench = Bench::new(config(), tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let register = bench.only();
    bench.input(SERVER, &answer(&register, Code::BAD_REQUEST));
    assert_eq!(bench.client.state(SERVER), Some(State::Retrying));
    bench.pass(59);
    assert_eq!(bench.client.state(SERVER), Some(State::Retrying));
    bench.pass(1);
    assert_eq!(bench.client.state(SERVER), Some(State::Connecting));
}

// proves: REG-67
#[test]
fn the_largest_sequence_delay_means_no_further_sequence() {
    let account = Lwm2mServer {
        communication_retry_count: Some(1),
        communication_sequence_delay_timer: Some(u32::MAX.into()),
        communication_sequence_retry_count: Some(9),
        ..server(SERVER)
    };
    let mut bench = Bench::new(config(), tree_of(&[account]));
    bench.client.start(bench.now);
    bench.client.disconnected(bench.now, SERVER);
    assert_eq!(bench.client.state(SERVER), Some(State::Failed));
}

// proves: REG-64
#[test]
fn a_registration_that_has_failed_asks_for_a_bootstrap() {
    for (wanted, expected) in [(None, true), (Some(true), true), (Some(false), false)] {
        let account = Lwm2mServer {
            communication_retry_count: Some(1),
            bootstrap_on_registration_failure: wanted,
            ..server(SERVER)
        };
        let mut bench = Bench::new(config(), tree_of(&[account]));
        bench.client.start(bench.now);
        bench.client.disconnected(bench.now, SERVER);
        let needed = Event::BootstrapNeeded { server: Some(SERVER) };
        assert_eq!(bench.events().contains(&needed), expected);
        // It does not stay away for ever.
        bench.pass(86_400);
        assert_eq!(bench.client.state(SERVER), Some(State::Connecting));
    }
}

#[test]
fn without_an_account_a_bootstrap_is_needed() {
    let mut bench = Bench::new(config(), tree_of(&[]));
    bench.client.start(bench.now);
    assert_eq!(bench.events(), [Event::BootstrapNeeded { server: None }]);
    // An account that comes later is used.
    bench.client.change(bench.now, |tree| {
        tree.insert(0, crate::support::security(SERVER)).unwrap();
        tree.insert(0, server(SERVER)).unwrap();
    });
    assert!(matches!(
        bench.events()[..],
        [Event::Connect { server: SERVER, .. }]
    ));
}

// proves: REG-72
#[test]
fn a_version_that_is_refused_is_followed_by_the_next() {
    let mut bench = Bench::new(config(), tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let mut versions = Vec::new();
    for _ in 0..3 {
        let register = bench.only();
        versions.push(register.queries()[2].clone());
        bench.input(SERVER, &answer(&register, Code::PRECONDITION_FAILED));
    }
    assert_eq!(versions, ["lwm2m=1.2", "lwm2m=1.1", "lwm2m=1.0"]);
    assert_eq!(bench.client.state(SERVER), Some(State::Retrying));
}

#[test]
fn an_answer_without_a_location_is_a_failure() {
    let mut bench = Bench::new(config(), tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    bench.events();
    let register = bench.only();
    bench.input(SERVER, &answer(&register, Code::CREATED));
    let failure = RegistrationFailure::Answer;
    assert_eq!(
        bench.events(),
        [Event::RegistrationFailed {
            server: SERVER,
            failure
        }]
    );
}

#[test]
fn a_reset_of_a_register_is_a_failure() {
    let mut bench = Bench::new(config(), tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    bench.events();
    let register = bench.only();
    bench.input(SERVER, &empty(Rst, &register));
    let failure = RegistrationFailure::Exchange(Failure::Reset);
    assert_eq!(
        bench.events(),
        [Event::RegistrationFailed {
            server: SERVER,
            failure
        }]
    );
}

// proves: REG-62
#[test]
fn the_first_registration_is_delayed() {
    let mut account = server(SERVER);
    account.initial_registration_delay_timer = Some(30);
    let mut bench = Bench::new(config(), tree_of(&[account]));
    bench.client.start(bench.now);
    assert_eq!(bench.client.state(SERVER), Some(State::Delay));
    bench.pass(29);
    assert!(bench.events().is_empty());
    bench.pass(1);
    assert!(matches!(bench.events()[..], [Event::Connect { .. }]));
    bench.connect(SERVER);
    bench.accept_register(SERVER);
    // Not any more once there was a registration.
    bench.client.deregister(bench.now, SERVER);
    let deregister = bench.only();
    bench.input(SERVER, &answer(&deregister, Code::DELETED));
    bench.client.register(bench.now, SERVER);
    assert_eq!(bench.client.state(SERVER), Some(State::Connecting));
}

// proves: ROB-65
#[test]
fn waits_are_bounded_and_have_chance_in_them() {
    let mut waits = Vec::new();
    for seed in 0..20 {
        let account = Lwm2mServer {
            communication_retry_count: Some(100),
            communication_retry_timer: Some(1000),
            ..server(SERVER)
        };
        let config = ClientConfig {
            max_retry_delay: Duration::from_secs(5000),
            ..ClientConfig::new("x")
        };
        let mut client = lwm2m_runtime::client::Client::new(config, tree_of(&[account]), seed);
        let mut now = lwm2m_runtime::time::Instant::from_millis(0);
        client.start(now);
        for attempt in 0..99 {
            client.disconnected(now, SERVER);
            let next = client.poll_timeout().unwrap();
            let wait = (next - now).as_millis();
            let least = [1_000_000, 2_000_000, 4_000_000]
                .get(attempt)
                .copied()
                .unwrap_or(5_000_000);
            assert!((least..=least + least / 10).contains(&wait), "{attempt}: {wait}");
            if attempt == 0 {
                waits.push(wait);
            }
            now = next;
            client.handle_timeout(now, &mut ());
        }
    }
    waits.sort_unstable();
    waits.dedup();
    assert!(waits.len() > 10, "{waits:?}");
}

// proves: REG-66
#[test]
fn a_connection_that_is_lost_again_and_again_is_not_made_without_end() {
    let mut bench = Bench::registered();
    bench.client.disconnected(bench.now, SERVER);
    bench.connect(SERVER);
    assert_eq!(bench.only().path(), "rd/5a3f");
    for wait in [60, 120] {
        bench.client.disconnected(bench.now, SERVER);
        assert_eq!(bench.client.state(SERVER), Some(State::Retrying));
        bench.events();
        bench.pass(wait - 1);
        assert!(bench.events().is_empty());
        bench.pass(1);
        assert_eq!(bench.events().len(), 1);
        bench.connect(SERVER);
        assert_eq!(bench.only().path(), "rd/5a3f", "the registration lives");
    }
    // Silence, too, is a failed attempt; a Register is next.
    bench.pass(100);
    assert_eq!(bench.client.state(SERVER), Some(State::Retrying));
    bench.pass(240);
    bench.connect(SERVER);
    bench.accept_register(SERVER);
}
