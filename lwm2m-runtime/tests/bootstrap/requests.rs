//! Who is bootstrapped.

use lwm2m_runtime::{
    bootstrap::{Authoriser, BootstrapServerConfig, Event, Failure, Plan, Plans, Step},
    coap::Peer,
    model::Path,
    operation::{RegisterParameters, Status, Uplink},
};

use crate::support::{Bench, Client, account, client, configuration, server, with_config};

fn ask(endpoint: Option<&str>) -> Uplink<'_> {
    Uplink::BootstrapRequest {
        endpoint,
        preferred_format: None,
    }
}

/// The client at port 1 is `device-1` for certain; the one at port 9 has no business here.
#[derive(Debug)]
struct Sessions;

impl Authoriser for Sessions {
    fn identity(&self, peer: Peer) -> Option<&str> {
        (peer == client(1)).then_some("device-1")
    }

    fn bootstrap(&mut self, peer: Peer, _: &str) -> Result<(), Status> {
        match peer == client(9) {
            true => Err(Status::Unauthorized),
            false => Ok(()),
        }
    }
}

// proves: BOOT-03 BOOT-08
#[test]
fn a_client_is_who_its_credentials_say() {
    let server = || server(Plan::new(configuration())).with_authoriser(Box::new(Sessions));
    let answers = [
        (1, Some("device-1"), Status::Changed),
        (1, None, Status::Changed),
        (1, Some("device-2"), Status::BadRequest),
        (2, Some("device-2"), Status::Changed),
        (2, None, Status::BadRequest),
        (2, Some("stranger"), Status::BadRequest),
        (9, Some("device-9"), Status::Unauthorized),
    ];
    for (port, endpoint, expected) in answers {
        let mut bench = Bench::new(server());
        bench.clients.insert(port, Client::new(1));
        bench.ask(port, &ask(endpoint));
        bench.settle();
        let device = &bench.clients[&port];
        assert_eq!(device.answers, [(expected, None)], "{port} {endpoint:?}");
        let success = expected == Status::Changed;
        assert_eq!(!device.asked.is_empty(), success);
        assert_eq!(bench.finished(), usize::from(success));
        assert_eq!(bench.refusals().len(), usize::from(!success));
        let name = bench.events.iter().find_map(|event| match event {
            Event::Finished { endpoint, .. } => Some(endpoint.clone()),
            _ => None,
        });
        let expected = match endpoint {
            None => "device-1",
            Some(name) => name,
        };
        assert!(name.is_none_or(|name| name == expected));
    }
}

#[test]
fn names_are_bounded_and_printable() {
    let long = format!("device{}", "x".repeat(100));
    let config = BootstrapServerConfig {
        max_endpoint_name: 100,
        ..BootstrapServerConfig::default()
    };
    for name in [long.as_str(), "device\n", "device\0"] {
        let mut bench = Bench::with_client(with_config(Plan::new(configuration()), config.clone()));
        bench.ask(1, &ask(Some(name)));
        bench.settle();
        assert_eq!(bench.refusals(), [Status::BadRequest]);
    }
}

#[test]
fn the_registration_interface_is_elsewhere() {
    let mut bench = Bench::with_client(server(Plan::new(configuration())));
    let parameters = RegisterParameters::parse(
        ["ep=device-1", "lt=60", "lwm2m=1.1"]
            .iter()
            .map(|query| query.as_bytes()),
    )
    .unwrap();
    bench.ask(
        1,
        &Uplink::Register {
            parameters,
            links: Some("</1/0>,</3/0>"),
        },
    );
    bench.settle();
    assert_eq!(bench.client().answers, [(Status::NotFound, None)]);
}

#[test]
fn a_name_has_its_own_plan_before_any_pattern() {
    let mut plans = Plans::new();
    let plan = |id| {
        Plan::new(lwm2m_runtime::configuration::BootstrapConfiguration::new([
            account(id),
        ]))
    };
    assert!(plans.insert("device-1", plan(1)).is_none());
    plans.insert_pattern("device-?", plan(2));
    plans.insert_pattern("*-9*9", plan(3));
    plans.insert_pattern("*", plan(4));
    let found = |plans: &Plans, name: &str| {
        let found = plans.find(name)?;
        Some(found.configuration.servers[0].server.short_server_id)
    };
    for (name, expected) in [
        ("device-1", 1),
        ("device-2", 2),
        ("device-22", 4),
        ("device-é", 2),
        ("device-", 4),
        ("x-99", 3),
        ("x-9a9b9", 3),
        ("x-9", 4),
        ("", 4),
    ] {
        assert_eq!(found(&plans, name), Some(expected), "{name}");
    }
    assert!(plans.remove("device-1").is_some());
    assert_eq!(found(&plans, "device-1"), Some(2));
    assert!(plans.insert_pattern("device-?", plan(5)).is_some());
    assert_eq!(found(&plans, "device-1"), Some(5));
    assert!(plans.remove_pattern("*").is_some());
    assert!(plans.remove_pattern("*").is_none());
    assert_eq!(found(&plans, "device-22"), None);
    // Many stars cost no more than the product of the lengths.
    plans.insert_pattern("a*".repeat(200) + "b", plan(6));
    assert_eq!(found(&plans, &"a".repeat(5_000)), None);
}

// proves: BOOT-94
#[test]
fn sessions_of_several_clients_do_not_mix() {
    let mut plans = Plans::new();
    for id in 1..=8 {
        let configuration = lwm2m_runtime::configuration::BootstrapConfiguration::new([account(id)]);
        plans.insert(format!("device-{id}"), Plan::new(configuration));
    }
    let server = lwm2m_runtime::bootstrap::BootstrapServer::new(BootstrapServerConfig::default(), plans, 1);
    let mut bench = Bench::new(server);
    for port in 1..=8 {
        bench.clients.insert(port, Client::new(port % 3));
        bench.ask(port, &ask(Some(&format!("device-{port}"))));
    }
    bench.settle();
    assert_eq!(bench.finished(), 8);
    for (port, device) in &bench.clients {
        use lwm2m_runtime::model::{Path, ValueRef};
        let configured = device.configured();
        let servers = configured.paths(Path::object(1), 2);
        assert_eq!(servers.len(), 1);
        let id = servers[0].child(0).and_then(|path| configured.get(path));
        assert_eq!(id, Some(ValueRef::Integer((*port).into())));
    }
}

// proves: BOOT-94
#[test]
fn who_asks_anew_ends_its_older_session() {
    // From the same address, from another one, and by another name from the same address.
    for (port, name) in [(1, "device-1"), (2, "device-1"), (1, "device-2")] {
        let mut bench = Bench::with_client(server(Plan::new(configuration())));
        bench.clients.insert(2, Client::new(0));
        bench.client().dies_after = Some(1);
        bench.request();
        bench.settle();
        assert_eq!(bench.server.len(), 1);
        bench.client().dies_after = None;
        bench.ask(port, &ask(Some(name)));
        bench.settle();
        assert_eq!(bench.failures(), [Failure::Replaced]);
        assert_eq!(bench.finished(), 1);
        assert!(bench.server.is_empty());
    }
}

#[test]
fn sessions_are_bounded() {
    let config = BootstrapServerConfig {
        max_sessions: 2,
        ..BootstrapServerConfig::default()
    };
    let mut bench = Bench::new(with_config(Plan::new(configuration()), config));
    for port in 1..=3 {
        let mut device = Client::new(0);
        device.dies_after = Some(1);
        if port == 3 {
            device.dies_after = None;
        }
        bench.clients.insert(port, device);
        bench.ask(port, &ask(Some(&format!("device-{port}"))));
        bench.settle();
    }
    assert_eq!(bench.server.len(), 2);
    assert_eq!(bench.server.sessions().count(), 2);
    assert_eq!(bench.clients[&3].answers, [(Status::ServiceUnavailable, None)]);
    // Who has a session may begin anew.
    bench.clients.get_mut(&1).unwrap().dies_after = None;
    bench.ask(1, &ask(Some("device-1")));
    bench.settle();
    assert_eq!(bench.finished(), 1);
}

#[test]
fn a_client_may_have_to_prove_its_address() {
    let config = BootstrapServerConfig {
        validate_requests: true,
        ..BootstrapServerConfig::default()
    };
    let mut bench = Bench::with_client(with_config(Plan::new(configuration()), config));
    let mut challenges = 0;
    bench.request();
    let request = bench.client().endpoint.poll_transmit().unwrap().datagram.to_vec();
    let now = bench.now;
    // A forged address gets nothing but the challenge.
    bench.server.handle_input(now, client(7), &request);
    while let Some(transmit) = bench.server.poll_transmit() {
        assert_eq!(transmit.datagram[1], 0x81, "4.01");
        challenges += 1;
    }
    assert_eq!((challenges, bench.server.len()), (1, 0));
    // The client repeats its request with the Echo value.
    bench.pass(std::time::Duration::from_secs(10));
    assert_eq!(bench.client().answers, [(Status::Changed, None)]);
    assert_eq!(bench.finished(), 1);
}

#[test]
fn a_session_ends_when_its_security_session_or_the_application_ends_it() {
    let mut bench = Bench::with_client(server(Plan::new(configuration())));
    bench.client().dies_after = Some(1);
    bench.request();
    bench.settle();
    let now = bench.now;
    let session = bench.server.find("device-1").unwrap();
    assert!(bench.server.end(now, session));
    assert!(!bench.server.end(now, session));
    bench.settle();
    assert_eq!(bench.failures(), [Failure::Ended]);
    bench.client().dies_after = None;
    bench.request();
    bench.client().dies_after = Some(2);
    bench.settle();
    bench.server.close(now, client(1));
    bench.settle();
    let closed = Failure::Exchange(lwm2m_runtime::coap::Failure::Closed);
    assert_eq!(bench.failures(), [Failure::Ended, closed]);
}

/// The devices of the security sessions 5 and 6 are `device-1` for certain; that of session 7 has no name.
#[derive(Debug)]
struct Secured;

impl Authoriser for Secured {
    fn identity(&self, peer: Peer) -> Option<&str> {
        matches!(peer.session, 5 | 6).then_some("device-1")
    }
}

#[test]
fn nobody_without_its_identity_ends_the_session_of_a_secured_client() {
    let mut bench = Bench::with_client(server(Plan::new(configuration())).with_authoriser(Box::new(Secured)));
    bench.request();
    let now = bench.now;
    let request = bench.client().endpoint.poll_transmit().unwrap().datagram.to_vec();
    let from = |port, session| Peer {
        session,
        ..client(port)
    };
    let mut code = |peer| {
        bench.server.handle_input(now, peer, &request);
        let code = bench.server.poll_transmit().unwrap().datagram[1];
        while bench.server.poll_transmit().is_some() {}
        let session = bench.server.find("device-1").unwrap();
        (code, bench.server.session(session).unwrap().peer())
    };
    let (changed, bad_request) = (0x44, 0x80);
    assert_eq!(code(from(1, 5)), (changed, from(1, 5)));
    assert_eq!(code(from(2, 0)), (bad_request, from(1, 5)), "without security");
    assert_eq!(code(from(3, 7)), (bad_request, from(1, 5)), "without the name");
    assert_eq!(code(from(4, 6)), (changed, from(4, 6)), "the same device anew");
}

#[test]
fn a_forged_address_is_written_nothing_long() {
    let mut plan = Plan::new(configuration());
    plan.configuration.servers[0].security.sni = Some("x".repeat(200));
    plan.steps = vec![Step::Write(Path::ROOT)];
    let mut bench = Bench::with_client(server(plan));
    bench.request();
    let request = bench.client().endpoint.poll_transmit().unwrap().datagram.to_vec();
    // Nobody is there.
    bench.server.handle_input(bench.now, client(9), &request);
    let mut sent = 0;
    while let Some(next) = bench.server.poll_timeout() {
        while let Some(transmit) = bench.server.poll_transmit() {
            assert_ne!(transmit.datagram[1], 0x03, "PUT");
            sent += transmit.datagram.len();
        }
        bench.now = bench.now.max(next);
        bench.server.handle_timeout(bench.now);
    }
    assert!(bench.server.is_quiet());
    assert!(sent < request.len() * 4, "{sent} bytes for {}", request.len());
}
