//! What is done with a client that has asked.

use lwm2m_runtime::{
    access_control::Rights,
    bootstrap::{BootstrapServerConfig, Event, Failure, Plan, Step, WriteLevel},
    configuration::{
        AccessRule, BootstrapConfiguration, BootstrapServerAccount, Credentials, RuleTarget, ServerAccount,
    },
    encoding::{ContentFormat, Format, FormatSet},
    model::{Path, Value, ValueRef, Version},
    operation::{Operation, Status, Uplink},
    time::Instant,
};

use crate::support::{Bench, Client, account, client, configuration, path, server, with_config};

const ROOT: Path = Path::ROOT;

fn two_servers() -> BootstrapConfiguration {
    let mut configuration = BootstrapConfiguration::new([account(1), account(2)]);
    configuration.rules = vec![
        AccessRule::new(RuleTarget::Server(1), 1, [(1, Rights::FULL)]),
        AccessRule::new(RuleTarget::Server(2), 2, [(2, Rights::FULL)]),
        AccessRule::new(RuleTarget::Instance(3, 0), 65_535, [(2, Rights::FULL)]),
    ];
    configuration
}

fn run(plan: Plan, client: Client) -> Bench {
    let mut bench = Bench::new(server(plan));
    bench.clients.insert(1, client);
    bench.request();
    bench.settle();
    bench
}

// proves: BOOT-02 BOOT-42 BOOT-71 BOOT-82
#[test]
fn a_client_is_answered_asked_what_it_has_written_and_finished() {
    let mut bench = Bench::with_client(server(Plan::new(configuration())));
    bench.request();
    // The answer is out before anything else.
    let request = {
        let transmit = bench.client().endpoint.poll_transmit().unwrap();
        transmit.datagram.to_vec()
    };
    bench
        .server
        .handle_input(Instant::from_millis(1_000), client(1), &request);
    let codes: Vec<u8> =
        std::iter::from_fn(|| bench.server.poll_transmit().map(|sent| sent.datagram[1])).collect();
    assert_eq!(codes, [0x44, 0x01], "2.04, then GET");
    // Lost, and so asked again.
    bench.pass(std::time::Duration::from_secs(10));
    assert_eq!(bench.client().answers, [(Status::Changed, None)]);
    assert_eq!(
        bench.asked(),
        ["Discover /", "Write /0/0 11542", "Write /1/0 11542", "Finish /"]
    );
    assert_eq!(bench.finished(), 1);
    assert!(bench.server.is_empty());
    let expected = configuration().number(None).unwrap();
    let configured = bench.client().configured();
    assert_eq!(configured.get(path("/0/0/0")), expected.get(path("/0/2/0")));
    assert_eq!(configured.get(path("/1/0/1")), Some(ValueRef::Integer(86_400)));
    assert_eq!(
        bench.client().values.get(path("/0/1/1")),
        Some(ValueRef::Boolean(true))
    );
}

// proves: BOOT-93
#[test]
fn a_bootstrap_servers_account_stays_wherever_it_is() {
    for own in [0, 1, 2, 7] {
        let mut bench = run(Plan::new(two_servers()), Client::new(own));
        assert_eq!(bench.finished(), 1, "{:?}", bench.events);
        let values = &bench.client().values;
        assert_eq!(
            values.get(Path::resource(0, own, 1)),
            Some(ValueRef::Boolean(true))
        );
        assert_eq!(bench.client().configured().paths(Path::object(0), 2).len(), 2);
        assert_eq!(bench.client().configured().paths(Path::object(2), 2).len(), 3);
    }
}

#[test]
fn accounts_that_the_configuration_does_not_have_are_deleted_and_others_written_in_place() {
    let mut device = Client::new(0);
    let mut old = BootstrapConfiguration::new([account(9), account(1)]);
    old.servers[0].security_instance = Some(3);
    old.servers[1].security_instance = Some(5);
    old.servers[1].server_instance = Some(4);
    for (path, value) in old.number(None).unwrap().below(ROOT) {
        device.values.set(path, value.to_value());
    }
    let mut bench = run(Plan::new(configuration()), device);
    assert_eq!(
        bench.asked(),
        [
            "Discover /",
            "Delete /1/0",
            "Delete /0/3",
            "Write /0/5 11542",
            "Write /1/4 11542",
            "Finish /"
        ]
    );
    assert_eq!(bench.finished(), 1);
    // Once more: what is there is right.
    bench.request();
    bench.settle();
    assert_eq!(
        bench.asked(),
        ["Discover /", "Write /0/5 11542", "Write /1/4 11542", "Finish /"]
    );
    assert_eq!(bench.finished(), 2);
}

// proves: BOOT-27 BOOT-34 BOOT-92
#[test]
fn steps_come_in_any_order_and_any_number() {
    let mut plan = Plan::new(two_servers());
    plan.write_level = WriteLevel::Object;
    plan.steps = vec![
        Step::Discover(path("/1")),
        Step::Write(path("/0")),
        Step::Discover(ROOT),
        Step::Delete(path("/1")),
        Step::Write(path("/1/1")),
        Step::Delete(path("/1/1")),
        Step::Delete(ROOT),
        Step::Write(ROOT),
        Step::Write(path("/1/0/1")),
        Step::Read(path("/1")),
        Step::Read(path("/2/0")),
        Step::Discover(ROOT),
    ];
    let mut bench = run(plan, Client::new(1));
    assert_eq!(
        bench.asked(),
        [
            "Discover /1",
            "Write /0 11542",
            "Discover /",
            "Delete /1",
            "Write /1/1 11542",
            "Delete /1/1",
            "Delete /",
            "Write /0 11542",
            "Write /1 11542",
            "Write /2 11542",
            "Write /1/0/1 11542",
            "Read /1",
            "Read /2/0",
            "Discover /",
            "Finish /"
        ]
    );
    assert_eq!(bench.finished(), 1, "{:?}", bench.failures());
    let read: Vec<_> = bench
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Read {
                path,
                payload: Some((ContentFormat::TLV, bytes)),
                ..
            } => Some((*path, bytes.is_empty())),
            _ => None,
        })
        .collect();
    assert_eq!(read, [(path("/1"), false), (path("/2/0"), false)]);
}

// proves: BOOT-05
#[test]
fn a_client_is_written_in_the_format_that_it_prefers() {
    let formats = [
        Format::SenmlJson,
        Format::SenmlCbor,
        Format::Tlv,
        Format::Lwm2mCbor,
    ];
    for format in formats {
        let mut bench = Bench::with_client(server(Plan::new(two_servers())));
        bench.ask(
            1,
            &Uplink::BootstrapRequest {
                endpoint: Some("device-1"),
                preferred_format: Some(format.content_format()),
            },
        );
        bench.settle();
        assert_eq!(bench.finished(), 1);
        assert!(
            bench
                .client()
                .written
                .iter()
                .all(|(written, _)| *written == format)
        );
        assert_eq!(bench.client().written.len(), 7);
    }
    for number in [0, 40, 42, 50, 60, 320, 322, 11_543, 65_000] {
        let mut bench = Bench::with_client(server(Plan::new(configuration())));
        bench.ask(
            1,
            &Uplink::BootstrapRequest {
                endpoint: Some("device-1"),
                preferred_format: Some(ContentFormat(number)),
            },
        );
        bench.settle();
        assert_eq!(
            bench.client().answers,
            [(Status::UnsupportedContentFormat, None)],
            "{number}"
        );
        assert!(bench.asked().is_empty());
    }
    // One that this bootstrap server does not write.
    let config = BootstrapServerConfig {
        formats: FormatSet::ALL.without(Format::Lwm2mCbor),
        ..BootstrapServerConfig::default()
    };
    let mut bench = Bench::with_client(with_config(Plan::new(configuration()), config));
    bench.ask(
        1,
        &Uplink::BootstrapRequest {
            endpoint: Some("device-1"),
            preferred_format: Some(ContentFormat::LWM2M_CBOR),
        },
    );
    bench.settle();
    assert_eq!(bench.refusals(), [Status::UnsupportedContentFormat]);
}

// proves: BOOT-52
#[test]
fn names_begin_with_the_object() {
    let mut plan = Plan::new(configuration());
    plan.format = Some(Format::SenmlJson);
    let mut bench = run(plan, Client::new(1));
    assert_eq!(bench.finished(), 1);
    let texts = &bench.client().written;
    let texts: Vec<&str> = texts
        .iter()
        .map(|(_, bytes)| std::str::from_utf8(bytes).unwrap())
        .collect();
    assert!(texts[0].starts_with("[{\"bn\":\"/0/0/\""), "{}", texts[0]);
    assert!(texts[1].starts_with("[{\"bn\":\"/1/0/\""), "{}", texts[1]);
}

// proves: BOOT-91
#[test]
fn another_format_is_tried_where_one_is_refused() {
    let tries = |version, formats: &[Format]| {
        let mut device = Client::new(1);
        device.version = version;
        device.formats = FormatSet::of(formats);
        let mut bench = run(Plan::new(configuration()), device);
        let asked = bench.asked();
        let tried: Vec<String> = asked
            .iter()
            .filter_map(|asked| asked.strip_prefix("Write "))
            .map(str::to_owned)
            .collect();
        (tried.join(", "), bench.finished(), bench.failures())
    };
    let refused = |version| {
        let (tried, finished, failures) = tries(version, &[Format::Text]);
        assert_eq!(finished, 0);
        let failure = Failure::Refused {
            operation: Operation::BootstrapWrite,
            path: path("/0/0"),
            status: Status::UnsupportedContentFormat,
        };
        assert_eq!(failures, [failure]);
        tried
    };
    assert_eq!(
        tries(Version::V1_2, &[Format::SenmlJson]),
        ("/0/0 11542, /0/0 112, /0/0 110, /1/0 110".into(), 1, vec![])
    );
    assert_eq!(
        refused(Version::V1_2),
        "/0/0 11542, /0/0 112, /0/0 110, /0/0 11544"
    );
    assert_eq!(refused(Version::V1_1), "/0/0 11542, /0/0 112, /0/0 110");
    assert_eq!(refused(Version::V1_0), "/0/0 11542, /0/0 11543");
}

// proves: BOOT-91
#[test]
fn what_a_client_refuses_ends_the_session_or_not() {
    for operation in [Operation::BootstrapWrite, Operation::BootstrapDelete] {
        for tolerant in [false, true] {
            let mut plan = Plan::new(two_servers());
            plan.tolerant = tolerant;
            let mut device = Client::new(1);
            device.refuse.push_back((operation, Status::BadRequest));
            let mut bench = run(plan, device);
            let reported = bench.events.iter().any(|event| {
                matches!(event, Event::Answered { operation: of, status: Status::BadRequest, .. } if *of == operation)
            });
            assert!(reported);
            let finish = bench.asked().last().unwrap() == "Finish /";
            assert_eq!(finish, tolerant);
            assert_eq!(bench.failures().len(), usize::from(!tolerant));
        }
    }
}

#[test]
fn a_client_that_cannot_be_asked_what_it_has_is_written_out_of_the_way() {
    for own in [0, 1] {
        let mut device = Client::new(own);
        device
            .refuse
            .push_back((Operation::BootstrapDiscover, Status::MethodNotAllowed));
        let mut bench = run(Plan::new(configuration()), device);
        assert_eq!(
            bench.asked(),
            ["Discover /", "Write /0/2 11542", "Write /1/0 11542", "Finish /"]
        );
        assert_eq!(bench.finished(), 1);
    }
}

// proves: BOOT-43
#[test]
fn a_refused_finish_leads_to_a_fresh_discover_and_another_one() {
    // The client has an account with a number that the configuration has, too, which the plan does not see at first.
    let mut device = Client::new(1);
    let mut old = configuration();
    old.servers[0].security_instance = Some(0);
    old.servers[0].server_instance = Some(0);
    for (path, value) in old.number(None).unwrap().below(ROOT) {
        device.values.set(path, value.to_value());
    }
    let mut plan = Plan::new(configuration());
    plan.steps = vec![Step::Write(ROOT)];
    plan.configuration.servers[0].security_instance = Some(4);
    let mut bench = run(plan, device);
    assert_eq!(
        bench.asked(),
        [
            "Write /0/4 11542",
            "Write /1/0 11542",
            "Finish /",
            "Discover /",
            "Delete /0/0",
            "Write /0/4 11542",
            "Write /1/0 11542",
            "Finish /"
        ]
    );
    assert_eq!(bench.finished(), 1);
    let retried = bench.events.iter().filter(|event| {
        matches!(
            event,
            Event::Retried {
                status: Status::NotAcceptable,
                ..
            }
        )
    });
    assert_eq!(retried.count(), 1);
}

// proves: BOOT-43
#[test]
fn a_session_begins_anew_with_a_discover_wherever_the_plan_has_one() {
    let mut plan = Plan::new(configuration());
    plan.steps = vec![Step::Write(ROOT), Step::Discover(ROOT)];
    let mut device = Client::new(1);
    // An account that is in the way.
    let mut old = configuration();
    old.servers[0].security_instance = Some(0);
    old.servers[0].server_instance = Some(5);
    for (path, value) in old.number(None).unwrap().below(ROOT) {
        device.values.set(path, value.to_value());
    }
    plan.configuration.servers[0].security_instance = Some(4);
    plan.configuration.servers[0].server_instance = Some(0);
    let mut bench = run(plan, device);
    let asked = bench.asked();
    let finish = asked.iter().position(|task| task == "Finish /").unwrap();
    assert_eq!(asked[finish + 1], "Discover /", "{asked:?}");
    assert_eq!(bench.finished(), 1, "{asked:?}");
}

// proves: BOOT-43
#[test]
fn a_client_that_never_accepts_is_given_up() {
    let mut device = Client::new(1);
    for _ in 0..9 {
        device
            .refuse
            .push_back((Operation::BootstrapFinish, Status::NotAcceptable));
    }
    let mut bench = run(Plan::new(configuration()), device);
    let asked = bench.asked();
    let count = |what: &str| asked.iter().filter(|asked| *asked == what).count();
    assert_eq!((count("Finish /"), count("Discover /")), (3, 3));
    let failure = Failure::Refused {
        operation: Operation::BootstrapFinish,
        path: ROOT,
        status: Status::NotAcceptable,
    };
    assert_eq!(bench.failures(), [failure]);
    assert!(bench.server.is_empty());
}

#[test]
fn the_account_at_the_bootstrap_server_is_replaced_where_it_is() {
    let mut with_account = configuration();
    let new = BootstrapServerAccount::new("coap://other.example.com", Credentials::NoSec);
    with_account.bootstrap_server = Some(new);
    let mut bench = run(Plan::new(with_account), Client::new(1));
    assert_eq!(bench.finished(), 1);
    let values = &bench.client().values;
    assert_eq!(
        values.get(path("/0/1/0")),
        Some(ValueRef::String("coap://other.example.com"))
    );
    assert_eq!(values.get(path("/0/0/10")), Some(ValueRef::Integer(1)));
}

#[test]
fn a_configuration_that_does_not_fit_writes_nothing() {
    let mut on_top = configuration();
    on_top.servers[0].security_instance = Some(1);
    let mut bench = run(Plan::new(on_top), Client::new(1));
    assert_eq!(bench.asked(), ["Discover /"]);
    assert!(matches!(bench.failures()[..], [Failure::Numbering(_)]));
}

#[test]
fn large_credentials_go_block_by_block() {
    let certificate = |byte| vec![byte; 3_000];
    let credentials = Credentials::Certificate {
        certificate: certificate(1),
        private_key: certificate(2),
        server_certificate: certificate(3),
    };
    let account = ServerAccount::new(1, "coaps://server.example.com", credentials);
    let mut bench = run(Plan::new(BootstrapConfiguration::new([account])), Client::new(1));
    assert_eq!(bench.finished(), 1);
    for (resource, byte) in [(3, 1), (5, 2), (4, 3)] {
        let value = bench
            .client()
            .values
            .get(Path::resource(0, 0, resource))
            .map(ValueRef::to_value);
        assert_eq!(value, Some(Value::Opaque(certificate(byte))));
    }
}

#[test]
fn what_a_version_does_not_have_is_left_out() {
    let mut plan = Plan::new(configuration());
    plan.steps.push(Step::Read(path("/1")));
    let mut device = Client::new(1);
    device.version = Version::V1_0;
    let mut bench = run(plan, device);
    assert_eq!(bench.finished(), 1);
    assert!(!bench.asked().iter().any(|asked| asked.starts_with("Read")));
    assert!(
        bench
            .events
            .iter()
            .any(|event| matches!(event, Event::Skipped { .. }))
    );
}

#[test]
fn who_prefers_a_format_has_the_version_that_it_came_with() {
    // Leshan says 1.0 whenever it is asked what it has.
    for (preferred_format, reads) in [(None, 0), (Some(ContentFormat::TLV), 1)] {
        let mut plan = Plan::new(configuration());
        plan.steps.push(Step::Read(path("/1")));
        let mut bench = Bench::with_client(server(plan));
        bench.client().says = Version::V1_0;
        bench.ask(
            1,
            &Uplink::BootstrapRequest {
                endpoint: Some("device-1"),
                preferred_format,
            },
        );
        bench.settle();
        assert_eq!(bench.finished(), 1);
        let asked = bench.asked();
        assert_eq!(asked.iter().filter(|asked| *asked == "Read /1").count(), reads);
    }
}

// proves: BOOT-72
#[test]
fn a_client_may_be_bootstrapped_that_has_not_asked() {
    let mut bench = Bench::with_client(server(Plan::new(configuration())));
    let now = bench.now;
    assert!(bench.server.begin(now, client(1), "stranger").is_err());
    let session = bench.server.begin(now, client(1), "device-1").unwrap();
    assert_eq!(bench.server.session(session).unwrap().endpoint(), "device-1");
    assert_eq!(bench.server.find("device-1"), Some(session));
    bench.settle();
    assert_eq!(bench.finished(), 1);
    assert!(bench.server.session(session).is_none());
}
