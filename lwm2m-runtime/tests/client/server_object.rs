//! What each resource of the Server object (1) does: one test for each of resources 0 to 27, named by its number. Other
//! tests go deeper: of retries and the order of servers (`retries`, `order`), of notifications that are stored
//! (`offline`), of transports (`transports`), of short messages (`sms`), of the time of day (`clock`).

use std::{fs, path::PathBuf};

use lwm2m_runtime::{
    client::{BOOTSTRAP_SERVER, BootstrapState, ClientConfig, Event, SendContent, SendError, State},
    coap::{Code, MessageType},
    model::{
        ObjectDefinition, Objlnk, Operations, ResourceDefinition, ResourceType, Time, ValueRef, Version,
    },
    object::{DynamicInstance, Instance},
    objects::{Device, Lwm2mSecurity, Lwm2mServer, o0_v1_2::SecurityMode, o1_v1_2::DefaultNotificationMode},
    operation::{Transport, write_sms_push},
    tree::Tree,
};

use crate::support::{
    Bench, Con, Non, SERVER, Sent, VALUE, answer, begin, config, get, notified, observe, post, put, request,
    server, tree_of,
};

/// A tree whose server has what is set.
fn tree_with(set: impl FnOnce(&mut Lwm2mServer)) -> Tree {
    let mut account = server(SERVER);
    set(&mut account);
    tree_of(&[account])
}

fn started(tree: Tree) -> Bench {
    let mut bench = Bench::new(config(), tree);
    bench.client.start(bench.now);
    bench
}

fn registered(set: impl FnOnce(&mut Lwm2mServer)) -> Bench {
    Bench::registered_with(config(), tree_with(set))
}

/// The servers that connections are asked for.
fn connecting(bench: &mut Bench) -> Vec<u16> {
    let connect = |event| match event {
        Event::Connect { server, .. } => Some(server),
        _ => None,
    };
    bench.events().into_iter().filter_map(connect).collect()
}

/// When the attempts to connect are, in seconds from now, if each fails; until the registration has failed.
fn attempts(bench: &mut Bench) -> Vec<u64> {
    let start = bench.now;
    let mut times = Vec::new();
    while bench.client.state(SERVER) != Some(State::Failed) {
        if !connecting(bench).is_empty() {
            times.push((bench.now - start).as_secs());
            bench.client.disconnected(bench.now, SERVER);
            continue;
        }
        bench.now = bench.client.poll_timeout().unwrap();
        bench.work();
    }
    times
}

/// An account at a bootstrap server.
fn bootstrap_account() -> Lwm2mSecurity {
    Lwm2mSecurity {
        lwm2m_server_uri: Some("coap://127.0.0.1:9".into()),
        bootstrap_server: Some(true),
        security_mode: Some(SecurityMode::NO_SEC),
        ..Lwm2mSecurity::default()
    }
}

/// What a server reads of a resource of its own instance.
fn text(bench: &mut Bench, resource: u16) -> Result<String, Code> {
    let answer = bench.exchange(&get(&format!("1/0/{resource}")).accept(0));
    match answer.code {
        Code::CONTENT => Ok(answer.text().to_owned()),
        other => Err(other),
    }
}

fn written(bench: &mut Bench, resource: u16, value: &str) -> Code {
    bench.ask(SERVER, &put(&format!("1/0/{resource}"), value));
    bench.sent()[0].code
}

// proves: OBJ-0-03
#[test]
fn resource_00_short_server_id_joins_both_halves_of_an_account() {
    let mut bench = started(tree_with(|_| {}));
    assert_eq!(connecting(&mut bench), [SERVER]);
    // Another number there, or none: no account, and no server to register with.
    for id in [Some(102), None] {
        let mut tree = tree_with(|_| {});
        tree.update(0, |security: &mut Lwm2mSecurity| security.short_server_id = id);
        let mut bench = started(tree);
        assert_eq!(
            bench.events(),
            [Event::BootstrapNeeded { server: None }],
            "{id:?}"
        );
        assert_eq!(bench.client.servers().count(), 0);
    }
    // Servers read it, and do not change it.
    let mut bench = registered(|_| {});
    assert_eq!(text(&mut bench, 0), Ok("101".into()));
    assert_eq!(bench.code(&put("1/0/0", "7")), Code::METHOD_NOT_ALLOWED);
}

#[test]
fn resource_01_lifetime_is_told_and_kept() {
    let mut bench = started(tree_with(|server| server.lifetime = 300));
    bench.connect(SERVER);
    let register = bench.sent();
    assert!(register[0].queries().contains(&"lt=300".to_owned()));
    let mut bench = registered(|server| server.lifetime = 300);
    let sent = bench.pass(206);
    assert!(sent.is_empty(), "{sent:?}");
    let sent = bench.pass(1);
    assert_eq!(sent[0].1.path(), "rd/5a3f", "an Update 93 s before the end");
    bench.input(SERVER, &answer(&sent[0].1, Code::CHANGED));
    // A write is told at once.
    bench.ask(SERVER, &put("1/0/1", "500"));
    assert_eq!(bench.sent()[1].queries(), ["lt=500"]);
}

#[test]
fn resource_02_default_minimum_period_is_that_of_observations_without_one() {
    let mut bench = registered(|server| server.default_minimum_period = Some(10));
    begin(&mut bench, "42769/0/0");
    bench.set_value(21.0);
    assert_eq!(notified(&bench.pass(20)), [(10, "21")]);
    // An attribute comes before it.
    assert_eq!(bench.code(&request(Code::PUT, "42769/0/0?pmin=3")), Code::CHANGED);
    bench.set_value(22.0);
    bench.set_value(23.0);
    let times: Vec<u64> = bench.pass(20).iter().map(|(second, _)| *second).collect();
    assert!(
        times.iter().all(|second| *second <= 3) && !times.is_empty(),
        "{times:?}"
    );
}

#[test]
fn resource_03_default_maximum_period_is_that_of_observations_without_one() {
    let mut bench = registered(|server| server.default_maximum_period = Some(30));
    begin(&mut bench, "42769/0/0");
    let sent = bench.pass(65);
    assert_eq!(notified(&sent), [(30, "20"), (60, "20")]);
    // Written, it counts from then on.
    assert_eq!(written(&mut bench, 3, "0"), Code::CHANGED);
    bench.pass(31);
    assert!(bench.pass(300).is_empty());
}

#[test]
fn resource_04_disable_ends_the_registration_and_all_talk() {
    let mut bench = registered(|server| server.disable_timeout = Some(60));
    bench.ask(SERVER, &post("1/0/4"));
    let sent = bench.sent();
    assert_eq!((sent[0].code, sent[1].code), (Code::CHANGED, Code::DELETE));
    bench.input(SERVER, &answer(&sent[1], Code::DELETED));
    assert_eq!(bench.client.state(SERVER), Some(State::Disabled));
    // It is neither heard nor told.
    bench.ask(SERVER, &get("3/0/9"));
    assert!(bench.pass(59).is_empty());
    bench.events();
    bench.pass(1);
    assert_eq!(connecting(&mut bench), [SERVER]);
}

#[test]
fn resource_05_disable_timeout_is_how_long() {
    for (timeout, seconds) in [(Some(5), 5), (Some(1_000), 1_000), (None, 86_400)] {
        let mut bench = registered(|server| server.disable_timeout = timeout);
        bench.ask(SERVER, &post("1/0/4"));
        let sent = bench.sent();
        bench.input(SERVER, &answer(&sent[1], Code::DELETED));
        bench.events();
        bench.pass(seconds - 1);
        assert_eq!(connecting(&mut bench), [], "{timeout:?}");
        bench.pass(1);
        assert_eq!(connecting(&mut bench), [SERVER], "{timeout:?}");
    }
}

#[test]
fn resource_06_notification_storing_says_what_becomes_of_values_while_offline() {
    for (stores, told) in [(true, 3), (false, 0)] {
        let mut bench = registered(|server| server.notification_storing_when_disabled_or_offline = stores);
        bench.exchange(&observe("42769/0/0").accept(110).token(b"obs"));
        bench.client.disconnected(bench.now, SERVER);
        for value in [21.0, 22.0, 23.0] {
            bench.set_value(value);
            bench.pass(1);
        }
        bench.connect(SERVER);
        let update = bench.only();
        bench.input(SERVER, &answer(&update, Code::CHANGED));
        let sent = bench.work();
        let text: String = sent.iter().map(Sent::text).collect();
        let values = ["21", "22", "23"].iter().filter(|value| text.contains(**value));
        assert_eq!(values.count(), told, "{text}");
    }
}

#[test]
fn resource_07_binding_lists_what_the_server_has() {
    let mut tree = tree_with(|server| server.binding = "TS".into());
    tree.update(0, |device: &mut Device| {
        device.supported_binding_and_modes = "UTM".into();
    });
    let mut bench = started(tree);
    bench.connect(SERVER);
    let register = bench.sent();
    assert!(
        register[0].queries().contains(&"b=UT".to_owned()),
        "what both have, and UDP: {:?}",
        register[0].queries()
    );
    // In LwM2M 1.0 it is the binding, with queue mode.
    let config = ClientConfig {
        versions: vec![Version::V1_0],
        ..config()
    };
    let mut bench = Bench::new(config, tree_with(|server| server.binding = "UQ".into()));
    bench.client.start(bench.now);
    bench.connect(SERVER);
    assert!(bench.only().queries().contains(&"b=UQ".to_owned()));
}

#[test]
fn resource_08_registration_update_trigger_leads_to_an_update() {
    let mut bench = registered(|_| {});
    bench.ask(SERVER, &post("1/0/8"));
    let sent = bench.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(
        (sent[0].code, sent[1].path().as_str()),
        (Code::CHANGED, "rd/5a3f")
    );
}

#[test]
fn resource_09_bootstrap_request_trigger_leads_to_a_bootstrap() {
    let mut tree = tree_with(|_| {});
    tree.insert(9, bootstrap_account()).unwrap();
    let mut bench = Bench::registered_with(config(), tree);
    assert_eq!(bench.code(&post("1/0/9")), Code::CHANGED);
    assert_eq!(bench.client.bootstrap_state(), BootstrapState::Connecting);
    assert_eq!(connecting(&mut bench), [BOOTSTRAP_SERVER]);
    // Without a bootstrap server there is no such trigger.
    let mut bench = registered(|_| {});
    assert_eq!(bench.code(&post("1/0/9")), Code::NOT_FOUND);
}

/// As much of the APN Connection Profile object as is looked at.
static PROFILE: ObjectDefinition = ObjectDefinition::new(11, "Profile", "urn:oma:lwm2m:oma:11:1.1")
    .with_multiple()
    .with_resources(&[ResourceDefinition::new(
        24,
        "PDN Type",
        Some(ResourceType::Integer),
        Operations::RW,
    )]);

const NON_IP: i64 = 0;
const IPV4: i64 = 1;

fn add_profile(tree: &mut Tree, instance: u16, pdn_type: i64) {
    let mut profile = DynamicInstance::new(&PROFILE);
    let it: &mut dyn Instance = &mut profile;
    it.write(24, None, ValueRef::Integer(pdn_type)).unwrap();
    tree.insert_dynamic(instance, profile).unwrap();
}

fn profile(instance: u16) -> Objlnk {
    Objlnk { object: 11, instance }
}

#[test]
fn resource_10_apn_link_names_the_network_to_connect_by() {
    let mut tree = tree_with(|server| {
        server.apn_link = Some(profile(4));
        server.binding = "UN".into();
    });
    tree.update(0, |device: &mut Device| {
        device.supported_binding_and_modes = "UN".into();
    });
    add_profile(&mut tree, 3, IPV4);
    add_profile(&mut tree, 4, NON_IP);
    let mut bench = started(tree);
    assert_eq!(bench.client.connection_profile(SERVER), Some(4));
    let over = |event: &Event| match event {
        Event::Connect { transport, .. } => Some(*transport),
        _ => None,
    };
    let transports: Vec<_> = bench.events().iter().filter_map(over).collect();
    assert_eq!(transports, [Transport::NonIp], "that is what the network carries");
    // Without a link the shell decides.
    let bench = started(tree_with(|_| {}));
    assert_eq!(bench.client.connection_profile(SERVER), None);
}

// proves: REG-94
#[test]
fn resource_11_alert_code_is_the_last_one_of_the_server() {
    let mut bench = started(tree_of(&[server(SERVER), server(102)]));
    // Bad certificate, unknown CA: the first server refuses twice.
    for alert in [42, 48] {
        bench.client.security_alert(bench.now, SERVER, alert);
        bench.client.disconnected(bench.now, SERVER);
        bench.pass(600);
        bench.events();
    }
    bench.client.security_alert(bench.now, 999, 40);
    let codes = [0, 1].map(|instance| {
        let server: &Lwm2mServer = bench.client.tree().get(instance).unwrap();
        server.tls_dtls_alert_code
    });
    assert_eq!(codes, [Some(48), None]);
    // The server reads it later, and may observe it, but does not write it.
    let mut bench = registered(|_| {});
    assert_eq!(text(&mut bench, 11), Err(Code::NOT_FOUND));
    bench.client.security_alert(bench.now, SERVER, 0);
    assert_eq!(text(&mut bench, 11), Ok("0".into()));
    begin(&mut bench, "1/0/11");
    bench.client.security_alert(bench.now, SERVER, 90);
    let sent: Vec<_> = bench.work().into_iter().map(|sent| (0, sent)).collect();
    assert_eq!(notified(&sent), [(0, "90")]);
    assert_eq!(bench.code(&put("1/0/11", "0")), Code::METHOD_NOT_ALLOWED);
}

#[test]
fn resource_12_last_bootstrapped_says_when_and_until_when_the_account_stays() {
    let mut tree = tree_with(|server| server.last_bootstrapped = Some(Time(1_780_000_000)));
    tree.insert(
        9,
        Lwm2mSecurity {
            bootstrap_server_account_timeout: Some(100),
            ..bootstrap_account()
        },
    )
    .unwrap();
    let mut bench = Bench::new(config(), tree);
    bench.client.set_unix_time(bench.now, 1_780_000_060);
    bench.client.start(bench.now);
    bench.connect(SERVER);
    bench.accept_register(SERVER);
    assert_eq!(text(&mut bench, 12), Ok("1780000000".into()));
    assert_eq!(bench.code(&put("1/0/12", "0")), Code::METHOD_NOT_ALLOWED);
    bench.pass(39);
    assert!(bench.client.tree().instance(0, 9).is_some());
    bench.pass(2);
    assert!(bench.client.tree().instance(0, 9).is_none());
}

fn ordered(id: u16, priority: u64) -> Lwm2mServer {
    Lwm2mServer {
        registration_priority_order: Some(priority),
        communication_retry_count: Some(1),
        ..server(id)
    }
}

#[test]
fn resource_13_registration_priority_order_is_ascending() {
    let mut bench = started(tree_of(&[ordered(1, 7), ordered(2, 3), server(3)]));
    assert_eq!(connecting(&mut bench), [3, 2], "3 has no order");
    bench.connect(2);
    bench.accept_register(2);
    assert_eq!(connecting(&mut bench), [1]);
}

#[test]
fn resource_14_initial_registration_delay_comes_before_the_first_registration() {
    let mut bench = started(tree_with(|server| {
        server.initial_registration_delay_timer = Some(25);
    }));
    bench.pass(24);
    assert_eq!(connecting(&mut bench), []);
    bench.pass(1);
    assert_eq!(connecting(&mut bench), [SERVER]);
    bench.connect(SERVER);
    bench.accept_register(SERVER);
    bench.client.disconnected(bench.now, SERVER);
    assert_eq!(connecting(&mut bench), [SERVER], "no delay after it");
}

#[test]
fn resource_15_registration_failure_block_keeps_later_servers_waiting() {
    for (block, next) in [(Some(true), vec![]), (Some(false), vec![2]), (None, vec![2])] {
        let first = Lwm2mServer {
            registration_failure_block: block,
            ..ordered(1, 1)
        };
        let mut bench = started(tree_of(&[first, ordered(2, 2)]));
        assert_eq!(connecting(&mut bench), [1]);
        bench.client.disconnected(bench.now, 1);
        assert_eq!(connecting(&mut bench), next, "{block:?}");
    }
}

#[test]
fn resource_16_bootstrap_on_registration_failure() {
    for (wanted, state) in [
        (Some(true), BootstrapState::Connecting),
        (None, BootstrapState::Connecting),
        (Some(false), BootstrapState::Idle),
    ] {
        let mut tree = tree_with(|server| {
            server.communication_retry_count = Some(1);
            server.bootstrap_on_registration_failure = wanted;
        });
        tree.insert(9, bootstrap_account()).unwrap();
        let mut bench = started(tree);
        bench.client.disconnected(bench.now, SERVER);
        assert_eq!(bench.client.state(SERVER), Some(State::Failed));
        assert_eq!(bench.client.bootstrap_state(), state, "{wanted:?}");
    }
}

#[test]
fn resource_17_communication_retry_count_is_that_of_attempts() {
    for (count, expected) in [
        (Some(1), vec![0]),
        (Some(3), vec![0, 60, 180]),
        (None, vec![0, 60, 180, 420, 900]),
    ] {
        let mut bench = started(tree_with(|server| server.communication_retry_count = count));
        assert_eq!(attempts(&mut bench), expected, "{count:?}");
    }
}

#[test]
fn resource_18_communication_retry_timer_is_the_first_wait() {
    for (timer, expected) in [(Some(7), [0, 7, 21]), (None, [0, 60, 180])] {
        let mut bench = started(tree_with(|server| {
            server.communication_retry_count = Some(3);
            server.communication_retry_timer = timer;
        }));
        assert_eq!(attempts(&mut bench), expected, "{timer:?}");
    }
}

#[test]
fn resource_19_communication_sequence_delay_is_between_sequences() {
    for (delay, expected) in [
        (Some(1_000), vec![0, 1_000]),
        (None, vec![0, 86_400]),
        // The largest value: no further sequence.
        (Some(u64::from(u32::MAX)), vec![0]),
    ] {
        let mut bench = started(tree_with(|server| {
            server.communication_retry_count = Some(1);
            server.communication_sequence_retry_count = Some(2);
            server.communication_sequence_delay_timer = delay;
        }));
        assert_eq!(attempts(&mut bench), expected, "{delay:?}");
    }
}

#[test]
fn resource_20_communication_sequence_retry_count_is_that_of_sequences() {
    for (count, expected) in [
        (Some(3), vec![0, 60, 160, 220, 320, 380]),
        (Some(1), vec![0, 60]),
        (None, vec![0, 60]),
    ] {
        let mut bench = started(tree_with(|server| {
            server.communication_retry_count = Some(2);
            server.communication_sequence_delay_timer = Some(100);
            server.communication_sequence_retry_count = count;
        }));
        assert_eq!(attempts(&mut bench), expected, "{count:?}");
    }
}

fn short_message(bench: &mut Bench) -> bool {
    let message = write_sms_push(&post("1/0/8").bytes());
    bench
        .client
        .handle_sms_trigger(bench.now, "491721234567", &message, &mut bench.program)
}

#[test]
fn resource_21_trigger_allows_short_messages() {
    let mut bench = registered(|_| {});
    assert!(!short_message(&mut bench), "not by default");
    bench.silent();
    assert_eq!(bench.code(&put("1/0/21", "1")), Code::CHANGED);
    assert!(short_message(&mut bench));
    assert_eq!(bench.only().path(), "rd/5a3f");
}

#[test]
fn resource_22_preferred_transport_is_that_of_the_next_session() {
    let mut tree = tree_with(|server| server.binding = "UT".into());
    tree.update(0, |device: &mut Device| {
        device.supported_binding_and_modes = "UT".into();
    });
    let mut bench = Bench::registered_with(config(), tree);
    assert_eq!(written(&mut bench, 22, "T"), Code::CHANGED);
    assert_eq!(connecting(&mut bench), [], "this one goes on");
    bench.client.disconnected(bench.now, SERVER);
    let over_tcp = |event: &Event| {
        matches!(
            event,
            Event::Connect {
                transport: Transport::Tcp,
                ..
            }
        )
    };
    assert!(bench.events().iter().any(over_tcp));
}

#[test]
fn resource_23_mute_send_keeps_the_device_from_sending() {
    for (mute, sends) in [(Some(false), true), (Some(true), false), (None, false)] {
        let mut bench = registered(|server| server.mute_send = mute);
        let result = bench
            .client
            .send(bench.now, Some(SERVER), SendContent::Paths(&[VALUE]));
        match sends {
            true => assert_eq!((result.is_ok(), bench.only().path()), (true, "dp".into())),
            false => assert_eq!(result, Err(SendError::Muted), "{mute:?}"),
        }
    }
}

// proves: OBJ-1-06
#[test]
fn resources_21_to_23_have_their_defaults_and_grammar() {
    let mut bench = registered(|server| server.binding = "UT".into());
    assert!(!short_message(&mut bench), "absent is false");
    let sent = bench
        .client
        .send(bench.now, Some(SERVER), SendContent::Paths(&[VALUE]));
    assert_eq!(sent, Err(SendError::Muted), "absent is true");
    assert_eq!(bench.code(&put("1/0/22", "T")), Code::CHANGED);
    for refused in ["UT", "", "X", "UQ"] {
        assert_eq!(
            bench.code(&put("1/0/22", refused)),
            Code::BAD_REQUEST,
            "{refused}"
        );
    }
    assert_eq!(text(&mut bench, 22), Ok("T".into()));
}

#[test]
fn resource_24_alternate_apn_links_are_for_a_link_that_cannot_be_used() {
    // The link, the alternatives, and which is used. Profile 3 is of IP, 4 is not, 5 does not exist.
    for (link, alternatives, device, expected) in [
        (3, vec![4], "UN", Some(3)),
        (5, vec![6, 3], "UN", Some(3)),
        (5, vec![4, 3], "UN", Some(4)),
        // A network without IP, and a device that needs it.
        (4, vec![3], "U", Some(3)),
        (4, vec![], "U", None),
        (5, vec![6], "UN", None),
    ] {
        let mut tree = tree_with(|server| {
            server.apn_link = Some(profile(link));
            server.alternate_apn_links = Some((0..).zip(alternatives.iter().copied().map(profile)).collect());
            server.binding = "UN".into();
        });
        tree.update(0, |it: &mut Device| {
            it.supported_binding_and_modes = device.into()
        });
        add_profile(&mut tree, 3, IPV4);
        add_profile(&mut tree, 4, NON_IP);
        let bench = started(tree);
        assert_eq!(
            bench.client.connection_profile(SERVER),
            expected,
            "{link} {alternatives:?} {device}"
        );
    }
}

#[test]
fn resource_25_supported_server_versions_say_which_to_register_with() {
    for (listed, expected) in [
        (vec!["1.0", "1.1.1"], "lwm2m=1.1"),
        (vec!["1.2"], "lwm2m=1.2"),
        (vec!["1.0"], "lwm2m=1.0"),
        // One that the client does not have, and what is none.
        (vec!["2.0", "nonsense"], "lwm2m=1.2"),
        (vec![], "lwm2m=1.2"),
    ] {
        let versions = (0..).zip(listed.iter().map(|text| (*text).to_owned()));
        let mut bench = started(tree_with(|server| {
            server.supported_server_versions = Some(versions.collect());
        }));
        bench.connect(SERVER);
        assert_eq!(bench.only().queries()[2], expected, "{listed:?}");
    }
}

#[test]
fn resource_26_default_notification_mode_says_what_is_confirmable() {
    for (mode, kind) in [(Some(1), Con), (Some(0), Non), (None, Non)] {
        let mut bench =
            registered(|server| server.default_notification_mode = mode.map(DefaultNotificationMode));
        begin(&mut bench, "42769/0/0");
        bench.set_value(21.0);
        let kinds: Vec<MessageType> = bench.work().iter().map(|sent| sent.kind).collect();
        assert_eq!(kinds, [kind], "{mode:?}");
    }
    // An attribute comes before it.
    let mut bench = registered(|server| {
        server.default_notification_mode = Some(DefaultNotificationMode(1));
    });
    assert_eq!(bench.code(&request(Code::PUT, "42769/0/0?con=0")), Code::CHANGED);
    begin(&mut bench, "42769/0/0");
    bench.set_value(21.0);
    assert_eq!(bench.work()[0].kind, Non);
}

// proves: REG-91
#[test]
fn resource_27_profile_id_hash_algorithm_is_that_of_the_hashes_that_are_told() {
    let (long, short, agreed) = ("1:0123456789abcdef", "6:01234567", "oma:meter");
    for (suite, expected) in [
        (None, vec![long, short, agreed]),
        (Some(6), vec![short, agreed]),
        (Some(1), vec![long, agreed]),
        // The device has no hash of that one.
        (Some(3), vec![long, short, agreed]),
    ] {
        let config = ClientConfig {
            profile_ids: [long, short, agreed].map(Into::into).into(),
            ..config()
        };
        let tree = tree_with(|server| server.profile_id_hash_algorithm = suite);
        let mut bench = Bench::new(config, tree);
        bench.client.start(bench.now);
        bench.connect(SERVER);
        let queries = bench.only().queries();
        let told: Vec<_> = queries
            .iter()
            .filter_map(|query| query.strip_prefix("pid="))
            .collect();
        assert_eq!(told, expected, "{suite:?}");
    }
}

#[test]
fn every_resource_of_the_server_object_has_its_test_here() {
    use lwm2m_runtime::object::Object;
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/client/server_object.rs");
    let source = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = source.lines().collect();
    let tested: Vec<u16> = lines
        .windows(2)
        .filter(|pair| pair[0] == "#[test]")
        .filter_map(|pair| {
            let name = pair[1].strip_prefix("fn resource_")?;
            name.split('_').next()?.parse().ok()
        })
        .collect();
    let defined: Vec<u16> = Lwm2mServer::DEFINITION
        .resources()
        .iter()
        .map(ResourceDefinition::id)
        .collect();
    assert_eq!(defined, (0..=27).collect::<Vec<_>>());
    assert_eq!(tested, defined);
}
