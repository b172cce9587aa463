//! Being woken by a short message (LwM2M Core 1.2, object 1, resource 21).

use lwm2m_runtime::{
    client::{BootstrapState, ClientConfig, Event, State},
    coap::Code,
    objects::{Lwm2mSecurity, Lwm2mServer},
    operation::write_sms_push,
    tree::Tree,
};

use crate::support::{Bench, SERVER, answer, config, get, post, put, server, tree_of};

const NUMBER: &str = "+491721234567";

/// The message that the specification prints: an Execute of `/1/0/8`.
const PRINTED: [u8; 27] = [
    0x06, 0x05, 0x04, 0x0b, 0x84, 0xc0, 0x02, 0x01, 0x06, 0x03, 0xc4, 0xaf, 0x9a, 0x44, 0x02, 0xb6, 0x0b,
    0x21, 0x61, 0xfb, 0x63, 0xb1, 0x31, 0x01, 0x30, 0x01, 0x38,
];

fn triggered(id: u16) -> Lwm2mServer {
    Lwm2mServer {
        trigger: Some(true),
        ..server(id)
    }
}

/// A sleeping client, whose server may trigger it by its number.
fn asleep_with(mutate: impl FnOnce(&mut Tree)) -> Bench {
    let mut tree = tree_of(&[triggered(SERVER)]);
    tree.update(0, |security: &mut Lwm2mSecurity| {
        security.lwm2m_server_sms_number = Some(NUMBER.into());
    });
    mutate(&mut tree);
    let config = ClientConfig {
        queue_mode: true,
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree);
    bench.pass(100);
    assert!(bench.client.is_asleep());
    bench.events();
    bench
}

fn asleep() -> Bench {
    asleep_with(|_| {})
}

fn message(bench: &mut Bench, from: &str, data: &[u8]) -> bool {
    let taken = bench
        .client
        .handle_sms_trigger(bench.now, from, data, &mut bench.program);
    let dropped = bench.client.counters().dropped_triggers;
    assert_eq!(taken, dropped == 0);
    taken
}

/// What was sent for a message that is to be dropped.
fn dropped(bench: &mut Bench, from: &str, data: &[u8]) {
    assert!(!message(bench, from, data));
    bench.silent();
    assert_eq!(bench.events(), []);
    assert!(bench.client.is_asleep());
}

#[test]
fn a_trigger_wakes_a_client_which_updates_and_answers_nothing() {
    let mut bench = asleep();
    assert!(message(&mut bench, NUMBER, &PRINTED));
    let update = bench.only();
    assert_eq!((update.path().as_str(), update.code), ("rd/5a3f", Code::POST));
    assert!(update.queries().is_empty() && update.payload.is_empty());
    assert_eq!(bench.events(), [Event::Awake]);
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    assert_eq!(bench.code(&get("3/0/9")), Code::CONTENT, "it listens");
    // It is as sleepy as ever.
    bench.pass(100);
    assert!(bench.client.is_asleep());
}

#[test]
fn only_a_server_that_may_trigger_does() {
    for trigger in [None, Some(false)] {
        let mut bench = asleep_with(|tree| {
            tree.update(0, |server: &mut Lwm2mServer| server.trigger = trigger);
        });
        dropped(&mut bench, NUMBER, &PRINTED);
    }
    // The server itself decides.
    let mut bench = asleep();
    assert_eq!(bench.code(&put("1/0/21", "0")), Code::CHANGED);
    bench.pass(100);
    bench.events();
    dropped(&mut bench, NUMBER, &PRINTED);
}

#[test]
fn only_the_server_s_number_counts_where_it_is_known() {
    let mut bench = asleep();
    dropped(&mut bench, "+491720000000", &PRINTED);
    let mut bench = asleep();
    dropped(&mut bench, "", &PRINTED);
    let mut bench = asleep();
    assert!(message(&mut bench, &NUMBER[1..], &PRINTED), "without a plus");
    let mut bench = asleep_with(|tree| {
        tree.update(0, |security: &mut Lwm2mSecurity| {
            security.lwm2m_server_sms_number = None
        });
    });
    assert!(message(&mut bench, "anybody", &PRINTED));
}

#[test]
fn an_account_with_protected_short_messages_is_not_triggered_by_a_plain_one() {
    for (mode, taken) in [(1, false), (2, false), (3, true)] {
        let mut bench = asleep_with(|tree| {
            tree.set(
                "/0/0/6".parse().unwrap(),
                lwm2m_runtime::model::ValueRef::Integer(mode),
            )
            .unwrap();
        });
        assert_eq!(message(&mut bench, NUMBER, &PRINTED), taken, "{mode}");
    }
}

#[test]
fn a_trigger_may_name_a_transport_and_a_bootstrap() {
    let mut bench = asleep();
    let trigger = post("1/0/8").body(0, b"0='U'");
    assert!(message(&mut bench, NUMBER, &write_sms_push(&trigger.bytes())));
    assert_eq!(bench.only().path(), "rd/5a3f");
    let mut bench = asleep();
    let trigger = post("1/0/8").body(0, b"0='T'");
    dropped(&mut bench, NUMBER, &write_sms_push(&trigger.bytes()));

    let bootstrap = write_sms_push(&post("1/0/9").bytes());
    let mut bench = asleep_with(|tree| {
        let account = Lwm2mSecurity {
            lwm2m_server_uri: Some("coap://127.0.0.1:9".into()),
            bootstrap_server: Some(true),
            ..Lwm2mSecurity::default()
        };
        tree.insert(9, account).unwrap();
    });
    assert!(message(&mut bench, NUMBER, &bootstrap));
    assert_eq!(bench.client.bootstrap_state(), BootstrapState::Connecting);
    let needed = Event::BootstrapNeeded { server: Some(SERVER) };
    assert!(bench.events().contains(&needed));
    // Without an account for it there is nothing to trigger.
    let mut bench = asleep();
    dropped(&mut bench, NUMBER, &bootstrap);
}

#[test]
fn whatever_is_no_trigger_is_dropped() {
    let requests = [
        get("1/0/8"),
        put("1/0/8", ""),
        put("1/0/1", "60"),
        post("1/0/4"),
        post("3/0/4"),
        post("1/1/8"),
        post("1/0"),
        post("1/0/8/0"),
        post(""),
        post("1/0/8").body(0, b"1"),
        post("bs"),
    ];
    for request in requests {
        let mut bench = asleep();
        dropped(&mut bench, NUMBER, &write_sms_push(&request.bytes()));
        assert_eq!(bench.program.resets, 0);
    }
    // Cut off anywhere, and with any byte changed: it is dropped, or it is an Update.
    for end in 0..PRINTED.len() {
        let mut bench = asleep();
        dropped(&mut bench, NUMBER, &PRINTED[..end]);
    }
    let mut bench = asleep();
    for at in 0..PRINTED.len() {
        for bit in 0..8 {
            let mut broken = PRINTED;
            broken[at] ^= 1 << bit;
            bench
                .client
                .handle_sms_trigger(bench.now, NUMBER, &broken, &mut bench.program);
            let sent = bench.sent();
            assert!(
                sent.iter().all(|sent| sent.path() == "rd/5a3f"),
                "{at} {bit}: {sent:?}"
            );
        }
    }
    assert_eq!(
        bench.client.tree().get::<Lwm2mServer>(0).unwrap().lifetime,
        86_400
    );
}

#[test]
fn a_client_that_waits_for_its_next_attempt_tries_at_once() {
    let mut bench = Bench::new(config(), tree_of(&[triggered(SERVER)]));
    bench.client.start(bench.now);
    bench.client.disconnected(bench.now, SERVER);
    assert_eq!(bench.client.state(SERVER), Some(State::Retrying));
    bench.events();
    assert!(message(&mut bench, NUMBER, &PRINTED));
    assert!(matches!(bench.events()[..], [Event::Connect { .. }]));
}

#[test]
fn a_server_that_has_disabled_its_account_does_not_trigger() {
    let mut bench = Bench::registered_with(config(), tree_of(&[triggered(SERVER)]));
    bench.ask(SERVER, &post("1/0/4"));
    let sent = bench.sent();
    assert!(!message(&mut bench, NUMBER, &PRINTED));
    bench.input(SERVER, &answer(&sent[1], Code::DELETED));
    assert_eq!(bench.client.state(SERVER), Some(State::Disabled));
    assert!(!message(&mut bench, NUMBER, &PRINTED));
    assert_eq!(bench.client.counters().dropped_triggers, 2);
}

#[test]
fn each_server_triggers_its_own_registration() {
    let mut tree = tree_of(&[triggered(SERVER), triggered(102)]);
    for (instance, number) in [(0, "111"), (1, "222")] {
        tree.update(instance, |security: &mut Lwm2mSecurity| {
            security.lwm2m_server_sms_number = Some(number.into());
        });
    }
    let mut bench = Bench::new(config(), tree);
    bench.client.start(bench.now);
    for server in [SERVER, 102] {
        bench.connect(server);
        bench.accept_register(server);
    }
    assert!(message(
        &mut bench,
        "222",
        &write_sms_push(&post("1/1/8").bytes())
    ));
    assert_eq!(bench.only().peer, crate::support::peer(102));
    assert!(!message(&mut bench, "222", &PRINTED), "that is the other one's");
    bench.silent();
}
