//! Bootstrap between both engines (section 11.2 of the scenarios), and what is left when any message is lost, or either
//! side begins anew at any message.

use std::{collections::BTreeMap, time::Duration};

use lwm2m_runtime::{
    bootstrap::{self, BootstrapServerConfig, Plan, Plans, Step, WriteLevel},
    client::{BOOTSTRAP_SERVER, BootstrapFailure, BootstrapState, ClientConfig, Event, State},
    coap::Code,
    configuration::{BootstrapConfiguration, Credentials, ServerAccount},
    encoding::Format,
    model::{Path, Value, Version},
    object::Object,
    objects::{Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer, o0_v1_2::SecurityMode},
    operation::{Status, TreeView},
    server::ServerConfig,
    tree::{Tree, TreeConfig},
};
use lwm2m_tests::pair::{
    Pair, Program, Sent, bootstrap_address, bootstrap_uri, client_address, path, server_uri,
};

use crate::fixtures::{ENDPOINT, VERSIONS, client, device_minimum, security, server_minimum};

/// The account at the bootstrap server, in the instance where the scenarios have it.
fn factory() -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    tree.insert(1, bootstrap_account()).unwrap();
    tree.add_type::<Lwm2mServer>().unwrap();
    tree.add_type::<Lwm2mAccessControl>().unwrap();
    tree.insert(0, device_minimum()).unwrap();
    tree
}

fn bootstrap_account() -> Lwm2mSecurity {
    Lwm2mSecurity {
        lwm2m_server_uri: Some(bootstrap_uri()),
        bootstrap_server: Some(true),
        security_mode: Some(SecurityMode::NO_SEC),
        ..Lwm2mSecurity::default()
    }
}

/// The same with an account at the first server.
fn configured() -> Tree {
    let mut tree = factory();
    tree.insert(0, security(0)).unwrap();
    tree.insert(0, server_minimum(0)).unwrap();
    tree
}

/// A plan for accounts at servers by their index.
fn plan(servers: &[usize]) -> Plan {
    let account = |index: &usize| {
        let id = u16::try_from(*index).unwrap() + 1;
        ServerAccount::new(id, server_uri(*index), Credentials::NoSec)
    };
    Plan::new(BootstrapConfiguration::new(
        servers.iter().map(account).collect::<Vec<_>>(),
    ))
}

fn plans(plan: Plan) -> Plans {
    let mut plans = Plans::new();
    plans.insert(ENDPOINT, plan);
    plans
}

/// Two servers, a bootstrap server and a device, which is not started.
fn network(config: ClientConfig, tree: Tree, plan: Plan) -> Pair<Program> {
    let mut pair = Pair::new(ServerConfig::default(), config, tree, Program::default());
    pair.add_server(ServerConfig::default());
    pair.set_bootstrap(BootstrapServerConfig::default(), plans(plan));
    pair
}

/// A client that asks step by step.
fn stepwise(version: Version) -> ClientConfig {
    ClientConfig {
        bootstrap_pack: false,
        retry_jitter_percent: 0,
        ..client(version)
    }
}

/// What a device is configured with: objects 0, 1 and 2.
type Configuration = BTreeMap<Path, Value>;

fn configuration(tree: &Tree) -> Configuration {
    let mut all = BTreeMap::new();
    for object in [0, 1, 2] {
        for id in tree.instances(object) {
            let instance = tree.instance(object, id).unwrap();
            for (resource, part, value) in instance.values() {
                let resource = Path::resource(object, id, resource);
                let at = part.and_then(|part| resource.child(part)).unwrap_or(resource);
                all.insert(at, value.to_value());
            }
        }
    }
    all
}

/// Requests on the wire after a mark, in order, as `who code path`.
fn requests(pair: &Pair<Program>, mark: usize) -> Vec<String> {
    let name = |sent: &Sent| match sent.from {
        from if from == client_address(0) => "C",
        from if from == bootstrap_address() => "BS",
        _ => "S",
    };
    let sent = pair.wire.since(mark).iter();
    sent.filter(|sent| sent.code().is_some_and(Code::is_request))
        .map(|sent| {
            let method = match sent.code().unwrap() {
                Code::GET => "GET",
                Code::POST => "POST",
                Code::PUT => "PUT",
                Code::DELETE => "DELETE",
                other => panic!("{other}"),
            };
            let path = sent.path();
            let path = if path.starts_with("/rd/") {
                "/rd/.."
            } else {
                path.as_str()
            };
            format!("{} {method} {path}", name(sent))
        })
        .collect()
}

fn has(pair: &Pair<Program>, event: &Event) -> bool {
    pair.clients[0].events.iter().any(|(_, other)| other == event)
}

// proves: BOOT-01 BOOT-02 BOOT-06 BOOT-28 BOOT-33 BOOT-41 BOOT-49 BOOT-53 BOOT-71
#[test]
fn int_0_a_device_is_configured_and_registers() {
    for version in VERSIONS {
        let mut wanted = plan(&[0]);
        wanted.write_level = WriteLevel::Object;
        wanted.steps = vec![
            Step::Write(path("/0")),
            Step::Write(path("/1")),
            Step::Discover(Path::ROOT),
        ];
        let mut pair = network(stepwise(version), factory(), wanted);
        pair.start();
        assert_eq!(
            requests(&pair, 0),
            [
                "C POST /bs",
                "BS PUT /0",
                "BS PUT /1",
                "BS GET /",
                "BS POST /bs",
                "C POST /rd"
            ],
            "{}",
            pair.log()
        );
        let request = pair.wire.requests(0, Code::POST, "/bs")[0].clone();
        assert_eq!(request.query(), [format!("ep={ENDPOINT}")]);
        assert!(request.payload().is_empty());
        assert!(has(&pair, &Event::BootstrapFinished));
        assert_eq!(pair.client().state(1), Some(State::Registered));
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
        let tree = pair.client().tree();
        assert_eq!(
            tree.get::<Lwm2mSecurity>(1),
            Some(&bootstrap_account()),
            "the account at the bootstrap server"
        );
        // Whoever is not asked any more is left.
        pair.run_secs(300);
        let left = Event::Disconnect {
            server: BOOTSTRAP_SERVER,
        };
        assert!(has(&pair, &left));
        assert!(pair.client().is_quiet());
    }
}

// proves: BOOT-34 BOOT-35 BOOT-36 BOOT-39 BOOT-63
#[test]
fn int_4_deleting_keeps_the_account_at_the_bootstrap_server() {
    for version in VERSIONS {
        let mut wanted = plan(&[1]);
        wanted.steps = vec![
            Step::Discover(Path::ROOT),
            Step::Delete(path("/0")),
            Step::Delete(path("/1")),
            Step::Discover(Path::ROOT),
            Step::Write(Path::ROOT),
            Step::Delete(Path::ROOT),
            Step::Discover(Path::ROOT),
            Step::Write(Path::ROOT),
        ];
        let mut pair = network(stepwise(version), configured(), wanted);
        pair.start();
        assert_eq!(pair.client().state(1), Some(State::Registered));
        let now = pair.now;
        assert!(pair.clients[0].engine.bootstrap(now));
        pair.settle();
        let discovered: Vec<Vec<Path>> = pair
            .bootstrap
            .as_ref()
            .unwrap()
            .events
            .iter()
            .filter_map(|(_, event)| match event {
                bootstrap::Event::Discovered { present, .. } => {
                    Some(present.instances().map(|(path, _)| path).collect())
                }
                _ => None,
            })
            .collect();
        let kept = [path("/0/1"), path("/3/0")];
        assert_eq!(discovered[0], ["/0/0", "/0/1", "/1/0", "/3/0"].map(path));
        assert_eq!(discovered[1], kept);
        assert_eq!(discovered[2], kept);
        // The old server's account is gone; it needs no message.
        assert_eq!(pair.client().servers().collect::<Vec<_>>(), [2]);
        assert_eq!(pair.client().state(2), Some(State::Registered));
        assert!(has(&pair, &Event::Deregistered { server: 1 }));
        let farewells = pair.wire.requests_of(0, client_address(0));
        assert!(farewells.iter().all(|sent| sent.code() != Some(Code::DELETE)));
    }
}

// proves: BOOT-68 BOOT-69
#[test]
fn int_5_a_server_triggers_a_bootstrap() {
    let mut pair = network(stepwise(Version::V1_2), configured(), plan(&[0]));
    pair.start();
    let mark = pair.wire.mark();
    assert_eq!(pair.execute("/1/0/9", ""), Status::Changed);
    pair.settle();
    let requests = requests(&pair, mark);
    assert_eq!(requests[..2], ["S POST /1/0/9", "C POST /bs"]);
    assert_eq!(requests.last().unwrap(), "C POST /rd");
    // Without an account at a bootstrap server it is refused.
    let mut tree = configured();
    tree.remove(0, 1);
    let mut pair = network(stepwise(Version::V1_2), tree, plan(&[0]));
    pair.start();
    assert!(!pair.execute("/1/0/9", "").is_success());
    assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
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

// proves: BOOT-44 BOOT-45 BOOT-47 BOOT-48 BOOT-54 BOOT-81
#[test]
fn int_9_an_incomplete_configuration_is_refused_and_undone() {
    for version in VERSIONS {
        // Only a part of the Server object, and no account.
        let mut wanted = plan(&[]);
        wanted
            .configuration
            .values
            .set(path("/1/0/5"), Value::Integer(86_400));
        wanted.steps = vec![
            Step::Delete(path("/0")),
            Step::Delete(path("/1")),
            Step::Write(Path::ROOT),
        ];
        let mut pair = network(stepwise(version), configured(), wanted);
        let before = configuration(pair.client().tree());
        pair.start();
        let now = pair.now;
        pair.clients[0].engine.bootstrap(now);
        pair.settle();
        let refused = pair.bootstrap.as_ref().unwrap().events.iter().any(|(_, event)| {
            matches!(
                event,
                bootstrap::Event::Retried {
                    status: Status::NotAcceptable,
                    ..
                }
            )
        });
        assert!(refused);
        // The session stays open, until nothing more comes of it.
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Session);
        pair.run_secs(245);
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Session);
        pair.run_secs(3);
        let failed = Event::BootstrapFailed {
            failure: BootstrapFailure::TimedOut,
        };
        assert!(has(&pair, &failed), "{:?}", pair.clients[0].events);
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Retrying);
        assert_eq!(configuration(pair.client().tree()), before);
        // It is served as ever, and tried again with longer and longer waits.
        assert_eq!(pair.text("/1/0/1"), "86400");
        pair.run_secs(10_000);
        let mut times: Vec<_> = pair
            .wire
            .requests(0, Code::POST, "/bs")
            .into_iter()
            .filter(|sent| sent.from == client_address(0))
            .map(|sent| sent.at)
            .collect();
        times.dedup();
        let waits: Vec<_> = times
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).as_secs())
            .collect();
        assert_eq!(waits, [60, 120, 240, 480].map(|wait| wait + 247));
        assert_eq!(pair.client().bootstrap_state(), BootstrapState::Idle);
        assert_eq!(configuration(pair.client().tree()), before);
        assert_eq!(pair.client().state(1), Some(State::Registered));
    }
}

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

// proves: BOOT-50 BOOT-51
#[test]
fn servers_are_not_served_while_the_configuration_is_in_between() {
    let mut wanted = plan(&[0, 1]);
    wanted.steps = vec![Step::Delete(path("/1")), Step::Write(Path::ROOT)];
    let mut pair = network(stepwise(Version::V1_2), configured(), wanted);
    pair.start();
    let now = pair.now;
    pair.clients[0].engine.bootstrap(now);
    pair.until(Duration::from_secs(5), "a session", |pair| {
        pair.client().bootstrap_state() == BootstrapState::Session
            && pair.client().tree().instance(1, 0).is_none()
    });
    let early = pair.client().counters().early;
    // A Read of a server, and a Bootstrap-Write of somebody who is none.
    let read = [0x41, 0x01, 0x77, 0x01, 0x01, 0xb1, b'3', 0x01, b'0'];
    let delete = [0x41, 0x04, 0x77, 0x02, 0x02, 0xb1, b'3'];
    let server = pair.servers[0].address;
    let mark = pair.wire.mark();
    let stranger = lwm2m_tests::pair::stranger_address(0);
    for (from, bytes) in [(server, &read[..]), (stranger, &delete[..])] {
        let now = pair.now;
        let peer = lwm2m_runtime::coap::Peer::new(from);
        let host = &mut pair.clients[0];
        host.engine.handle_input(now, peer, bytes, &mut host.application);
    }
    assert_eq!(pair.client().counters().early, early + 1);
    assert_eq!(pair.client().counters().strangers, 1);
    pair.settle();
    let answer = |sent: &Sent| {
        sent.message()
            .is_some_and(|message| [0x7701, 0x7702].contains(&message.id))
    };
    assert!(!pair.wire.since(mark).iter().any(answer), "{}", pair.log());
    assert_eq!(pair.client().state(1), Some(State::Registered));
    assert_eq!(pair.client().state(2), Some(State::Registered));
}

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
        pair.lost.insert(number);
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

// proves: BOOT-04 BOOT-05
#[test]
fn a_preferred_format_is_written() {
    for format in [
        Format::SenmlCbor,
        Format::SenmlJson,
        Format::Tlv,
        Format::Lwm2mCbor,
    ] {
        let mut config = stepwise(Version::V1_2);
        config.bootstrap_format = Some(format.content_format());
        let mut pair = network(config, factory(), plan(&[0]));
        pair.start();
        let writes = pair
            .wire
            .since(0)
            .iter()
            .filter(|sent| sent.code() == Some(Code::PUT));
        let formats: Vec<_> = writes.map(|sent| sent.content_format()).collect();
        assert!(!formats.is_empty());
        assert!(
            formats
                .iter()
                .all(|other| *other == Some(format.content_format().0.into())),
            "{formats:?}"
        );
        assert_eq!(pair.client().state(1), Some(State::Registered));
    }
}

// proves: BOOT-46
#[test]
fn a_session_that_goes_on_may_take_long() {
    let mut wanted = plan(&[0]);
    wanted.steps = vec![Step::Write(Path::ROOT); 10];
    let mut pair = network(stepwise(Version::V1_2), factory(), wanted);
    // Every answer takes 20 s.
    pair.link.faults.delay = Duration::from_secs(10);
    let now = pair.now;
    pair.clients[0].engine.start(now);
    pair.until(Duration::from_secs(1_000), "a registration", |pair| {
        pair.client().state(1) == Some(State::Registered)
    });
    let events = &pair.clients[0].events;
    let finished = events
        .iter()
        .find(|(_, event)| *event == Event::BootstrapFinished);
    assert!(finished.unwrap().0 - now > Duration::from_secs(300));
    let failed = |(_, event): &(_, Event)| matches!(event, Event::BootstrapFailed { .. });
    assert!(!events.iter().any(failed), "{events:?}");
}
