//! Bootstrap of a device that has accounts: what it replaces, and what it leaves.

use lwm2m_runtime::{
    bootstrap::{self, BootstrapServerConfig, Step},
    client::{BOOTSTRAP_SERVER, BootstrapState, Event, State},
    coap::Code,
    configuration::{BootstrapServerAccount, Credentials},
    encoding::Format,
    model::{Path, Value, ValueRef, Version},
    objects::{Lwm2mSecurity, o0_v1_2::SecurityMode},
    operation::{Status, TreeView},
    tree::Tree,
};
use lwm2m_tests::pair::{Pair, Program, bootstrap_address, bootstrap_uri, client_address, path};

use super::{configuration, configured, has, network, plan, plans, requests, stepwise};
use crate::fixtures::VERSIONS;

/// Bootstraps a registered device once more.
fn again(pair: &mut Pair<Program>) {
    let now = pair.now;
    assert!(pair.clients[0].engine.bootstrap(now));
    pair.settle();
}

/// The instances with an account at a bootstrap server.
fn bootstrap_servers(tree: &Tree) -> Vec<u16> {
    let accounts = tree.instances(0);
    accounts
        .filter(|id| tree.value(Path::resource(0, *id, 1)) == Some(ValueRef::Boolean(true)))
        .collect()
}

/// What Bootstrap-Finish was answered, each time.
fn finishes(pair: &Pair<Program>) -> Vec<Status> {
    let answered = |event: &bootstrap::Event| match event {
        bootstrap::Event::Answered {
            operation: lwm2m_runtime::operation::Operation::BootstrapFinish,
            status,
            ..
        } => Some(*status),
        _ => None,
    };
    let events = pair.bootstrap.as_ref().unwrap().events.iter();
    events.filter_map(|(_, event)| answered(event)).collect()
}

// proves: BOOT-60
#[test]
fn a_new_account_at_the_bootstrap_server_is_there_when_the_session_is_over() {
    for version in VERSIONS {
        let mut wanted = plan(&[0]);
        let mut account = BootstrapServerAccount::new(bootstrap_uri(), Credentials::NoSec);
        account.security.client_hold_off_time = Some(9);
        wanted.configuration.bootstrap_server = Some(account.clone());
        let mut pair = network(stepwise(version), configured(), wanted);
        pair.start();
        let now = pair.now;
        assert!(pair.clients[0].engine.bootstrap(now));
        // When the answer to Bootstrap-Finish is sent, the new account is in the old one's place.
        pair.until(std::time::Duration::from_secs(5), "an answer", |pair| {
            has(pair, &Event::BootstrapFinished)
        });
        assert_eq!(bootstrap_servers(pair.client().tree()), [1]);
        let kept = pair.client().tree().get::<Lwm2mSecurity>(1).unwrap();
        assert_eq!(kept.client_hold_off_time, Some(9));
        pair.settle();
        assert_eq!(finishes(&pair), [Status::Changed]);
        // And it is what counts from then on.
        let (mark, now) = (pair.wire.mark(), pair.now);
        assert!(pair.clients[0].engine.bootstrap(now));
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::HoldOff);
        pair.run_secs(15);
        let request = pair.wire.requests(mark, Code::POST, "/bs")[0];
        assert_eq!((request.at - now).as_secs(), 9);
    }
}

// proves: BOOT-60 BOOT-77
#[test]
fn a_new_account_at_the_bootstrap_server_that_is_of_no_use_leaves_the_old_one() {
    // In another instance, so that there would be two; in the same one, but without the key that it needs.
    let mut second = plan(&[0]);
    let values = &mut second.configuration.values;
    values.set(path("/0/7/0"), Value::String("coap://192.0.2.1".into()));
    values.set(path("/0/7/1"), Value::Boolean(true));
    values.set(path("/0/7/2"), Value::Integer(3));
    let mut keyless = plan(&[0]);
    let mut account = BootstrapServerAccount::new(bootstrap_uri(), Credentials::NoSec);
    account.security.security_mode = Some(SecurityMode::PRE_SHARED_KEY);
    keyless.configuration.bootstrap_server = Some(account);
    for wanted in [second, keyless] {
        for version in VERSIONS {
            let mut pair = network(stepwise(version), configured(), wanted.clone());
            pair.start();
            let before = configuration(pair.client().tree());
            again(&mut pair);
            let finishes = finishes(&pair);
            assert!(!finishes.is_empty());
            assert!(
                finishes.iter().all(|status| *status == Status::NotAcceptable),
                "{finishes:?}"
            );
            pair.run_secs(247);
            assert_eq!(pair.client().bootstrap_state(), BootstrapState::Retrying);
            assert_eq!(configuration(pair.client().tree()), before);
            assert_eq!(bootstrap_servers(pair.client().tree()), [1]);
            // The old one still works.
            pair.set_bootstrap(BootstrapServerConfig::default(), plans(plan(&[1])));
            pair.run_secs(100);
            assert_eq!(pair.client().state(2), Some(State::Registered));
            assert_eq!(bootstrap_servers(pair.client().tree()), [1]);
        }
    }
}

// proves: BOOT-83
#[test]
fn a_single_resource_can_be_changed() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut wanted = plan(&[]);
        let values = &mut wanted.configuration.values;
        values.set(path("/1/0/1"), Value::Integer(600));
        wanted.steps = vec![Step::Write(path("/1/0/1"))];
        let mut pair = network(stepwise(version), configured(), wanted);
        pair.start();
        let mut expected = configuration(pair.client().tree());
        expected.insert(path("/1/0/1"), Some(Value::Integer(600)));
        let mark = pair.wire.mark();
        again(&mut pair);
        let sent = ["C POST /bs", "BS PUT /1/0/1", "BS POST /bs", "C POST /rd"];
        assert_eq!(requests(&pair, mark), sent);
        assert_eq!(finishes(&pair), [Status::Changed]);
        assert_eq!(configuration(pair.client().tree()), expected);
        let register = pair.wire.requests(mark, Code::POST, "/rd")[0];
        assert_eq!(register.parameter("lt").as_deref(), Some("600"));
    }
}

// proves: BOOT-90
#[test]
fn names_are_without_the_alternate_path() {
    let formats = [Format::SenmlJson, Format::SenmlCbor];
    for (version, format) in [
        (Version::V1_1, formats[0]),
        (Version::V1_2, formats[1]),
        (Version::V1_2, formats[0]),
    ] {
        let mut config = stepwise(version);
        config.alternate_path = "lwm2m".into();
        config.bootstrap_format = Some(format.content_format());
        let mut wanted = plan(&[0]);
        wanted.steps = vec![
            Step::Discover(Path::ROOT),
            Step::Write(Path::ROOT),
            Step::Read(path("/1")),
        ];
        let mut pair = network(config, configured(), wanted);
        pair.start();
        again(&mut pair);
        assert_eq!(finishes(&pair), [Status::Changed]);
        assert_eq!(pair.client().state(1), Some(State::Registered));
        // Neither in what is asked nor in what is answered, though servers are told of it.
        let prefix = |bytes: &[u8]| bytes.windows(5).any(|part| part == b"lwm2m");
        let (client, server) = (client_address(0), bootstrap_address());
        let mut read = 0;
        for sent in pair.wire.since(0) {
            let ends = (sent.from, sent.to);
            if ends == (client, server) || ends == (server, client) {
                // Bootstrap-Discover has a parameter of that name.
                let discover = sent.content_format() == Some(40);
                assert!(discover || !prefix(sent.payload()), "{sent}");
                assert!(!sent.path().contains("lwm2m"), "{sent}");
                let values = sent.code() == Some(Code::CONTENT) && !discover;
                read += usize::from(values);
                if values && format == Format::SenmlJson {
                    assert!(sent.text().contains("\"/1/"), "{}", sent.text());
                }
            }
            if sent.code() == Some(Code::POST) && sent.path() == "/rd" {
                assert!(sent.text().contains("</lwm2m/1/0>"), "{}", sent.text());
            }
        }
        assert_eq!(read, 1);
    }
}

// proves: BOOT-07
#[test]
fn a_device_always_says_its_name() {
    // No security session says it in its place.
    for version in VERSIONS {
        for pack in [false, true] {
            let mut config = stepwise(version);
            config.bootstrap_pack = pack;
            let mut pair = network(config, configured(), plan(&[1]));
            pair.start();
            let mark = pair.wire.mark();
            again(&mut pair);
            let requests = pair.wire.requests_of(mark, client_address(0));
            let mut asked = requests.iter().filter(|sent| sent.to == bootstrap_address());
            assert!(asked.clone().count() > 0);
            assert!(asked.all(|sent| sent.parameter("ep").as_deref() == Some(crate::fixtures::ENDPOINT)));
        }
    }
}

/// What the engine has to do with new credentials: the security sessions are the shell's.
#[test]
fn with_other_credentials_there_is_another_session() {
    let mut wanted = plan(&[0]);
    let key = Credentials::PreSharedKey {
        identity: b"a device".to_vec(),
        key: vec![0x5a; 16],
    };
    key.apply(&mut wanted.configuration.servers[0].security);
    let mut pair = network(stepwise(Version::V1_2), configured(), wanted);
    pair.start();
    let told = pair.clients[0].events.len();
    again(&mut pair);
    let events: Vec<&Event> = pair.clients[0].events[told..]
        .iter()
        .map(|(_, event)| event)
        .filter(|event| {
            !matches!(
                event,
                Event::Connect {
                    server: BOOTSTRAP_SERVER,
                    ..
                }
            )
        })
        .collect();
    assert!(
        matches!(
            events[..],
            [
                Event::BootstrapFinished,
                Event::Disconnect { server: 1 },
                Event::Connect { server: 1, .. },
                Event::Registered { server: 1, .. },
                ..
            ]
        ),
        "{events:?}"
    );
    let account = pair.client().tree().get::<Lwm2mSecurity>(0).unwrap();
    assert_eq!(account.secret_key, Some(vec![0x5a; 16]));
}
