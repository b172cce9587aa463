//! Register, Update, De-register (LwM2M Core 1.2, section 6.2).

use lwm2m_runtime::{
    client::{Event, State},
    coap::{Code, OptionNumber},
    model::{Path, ValueRef, Version},
    operation::Transport,
};

use crate::support::{Ack, Bench, Con, SERVER, answer, config, get, peer, post, put, server, tree, tree_of};

// proves: REG-01 REG-10 REG-12 REG-17 VER-04 COAP-03 COAP-14
#[test]
fn int_101_a_register_says_who_and_what() {
    let mut bench = Bench::new(config(), tree());
    bench.client.start(bench.now);
    let uri = "coap://127.0.0.1:101".to_owned();
    assert_eq!(
        bench.events(),
        [Event::Connect {
            server: SERVER,
            uri,
            transport: Transport::Udp
        }]
    );
    assert_eq!(bench.client.state(SERVER), Some(State::Connecting));
    bench.silent();

    bench.connect(SERVER);
    let register = bench.only();
    assert_eq!((register.kind, register.code), (Con, Code::POST));
    assert_eq!(register.peer, peer(SERVER));
    assert_eq!(register.path(), "rd");
    assert_eq!(
        register.queries(),
        ["ep=urn:dev:os:32473-7", "lt=86400", "lwm2m=1.2"]
    );
    assert_eq!(register.format(), Some(40));
    assert_eq!(register.text(), "</1/0>,</3/0>,</42769/0>");
    assert_eq!(bench.client.state(SERVER), Some(State::Registering));

    let created = answer(&register, Code::CREATED)
        .option(OptionNumber::LOCATION_PATH, b"rd")
        .option(OptionNumber::LOCATION_PATH, b"5a3f");
    bench.input(SERVER, &created);
    let version = Version::V1_2;
    assert_eq!(
        bench.events(),
        [Event::Registered {
            server: SERVER,
            version
        }]
    );
    assert_eq!(bench.client.state(SERVER), Some(State::Registered));
    bench.silent();
}

// proves: REG-57 COAP-24 ROB-49
#[test]
fn only_a_server_that_has_acknowledged_a_register_is_served() {
    let mut bench = Bench::new(config(), tree());
    bench.client.start(bench.now);
    bench.ask(SERVER, &get("3/0/9"));
    bench.silent();
    assert_eq!(bench.client.counters().strangers, 1);

    bench.connect(SERVER);
    let register = bench.only();
    bench.ask(SERVER, &get("3/0/9"));
    bench.silent();
    assert_eq!(bench.client.counters().early, 1);

    let created = answer(&register, Code::CREATED)
        .option(OptionNumber::LOCATION_PATH, b"rd")
        .option(OptionNumber::LOCATION_PATH, b"x");
    bench.input(SERVER, &created);
    assert_eq!(bench.code(&get("3/0/9")), Code::CONTENT);
    bench.ask(102, &get("3/0/9"));
    bench.silent();
    assert_eq!(bench.client.counters().strangers, 2);
}

// proves: REG-28 REG-32 REG-38
#[test]
fn an_update_without_parameters_comes_before_the_lifetime_ends() {
    for (lifetime, due) in [(86_400, 86_400 - 93), (120, 60), (20, 10), (300, 300 - 93)] {
        let mut account = server(SERVER);
        account.lifetime = lifetime;
        let mut bench = Bench::registered_with(config(), tree_of(&[account]));
        let sent = bench.pass(due - 1);
        assert!(sent.is_empty(), "{sent:?}");
        bench.pass(0);
        let sent = bench.pass(1);
        assert_eq!(sent.len(), 1, "{sent:?}");
        let (_, update) = &sent[0];
        assert_eq!((update.code, update.path().as_str()), (Code::POST, "rd/5a3f"));
        assert!(update.queries().is_empty() && update.payload.is_empty() && update.format().is_none());
        assert_eq!(bench.client.state(SERVER), Some(State::Updating));

        bench.input(SERVER, &answer(update, Code::CHANGED));
        assert_eq!(bench.events(), [Event::Updated { server: SERVER }]);
        let sent = bench.pass(due);
        assert_eq!(sent.len(), 1, "and the next one as long after that");
    }
}

// proves: REG-39 ROB-58
#[test]
fn a_lifetime_without_end_is_never_refreshed() {
    for (lifetime, sent) in [(0, "lt=0"), (i64::MAX, "lt=4294967295")] {
        let mut account = server(SERVER);
        account.lifetime = lifetime;
        let mut bench = Bench::new(config(), tree_of(&[account]));
        bench.client.start(bench.now);
        bench.connect(SERVER);
        let register = bench.only();
        assert_eq!(register.queries()[1], sent);
        let created = answer(&register, Code::CREATED)
            .option(OptionNumber::LOCATION_PATH, b"rd")
            .option(OptionNumber::LOCATION_PATH, b"x");
        bench.input(SERVER, &created);
        assert!(bench.pass(100_000_000).is_empty());
    }
}

// proves: REG-08 REG-35 REG-36 OBJ-1-03
#[test]
fn int_102_and_107_a_write_of_the_lifetime_is_answered_and_leads_to_an_update() {
    let mut bench = Bench::registered();
    bench.ask(SERVER, &put("1/0/1", "20"));
    let sent = bench.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!((sent[0].kind, sent[0].code), (Ack, Code::CHANGED));
    assert_eq!(
        (sent[1].path().as_str(), sent[1].queries()),
        ("rd/5a3f", vec!["lt=20".to_owned()])
    );
    assert!(sent[1].payload.is_empty());
    bench.input(SERVER, &answer(&sent[1], Code::CHANGED));
    // The next one is inside the new lifetime, and has nothing to say.
    let next = bench.pass(10);
    assert_eq!(next.len(), 1);
    assert!(next[0].0 == 10 && next[0].1.queries().is_empty());
}

// proves: DM-90
#[test]
fn int_226_one_write_of_several_resources_is_one_update() {
    let mut bench = Bench::registered();
    // TLV: 1 = 61, 6 = true.
    bench.ask(SERVER, &post("1/0").body(11542, &[0xc1, 1, 61, 0xc1, 6, 1]));
    let sent = bench.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].code, Code::CHANGED);
    assert_eq!(sent[1].queries(), ["lt=61"]);
}

#[test]
fn the_device_may_change_its_lifetime_too() {
    let mut bench = Bench::registered();
    bench.set(Path::resource(1, 0, 1), ValueRef::Integer(500));
    assert_eq!(bench.only().queries(), ["lt=500"]);
    // While that is on its way, another change waits.
    bench.set(Path::resource(1, 0, 1), ValueRef::Integer(600));
    bench.silent();
}

// proves: REG-97
#[test]
fn a_change_during_an_update_leads_to_one_more() {
    let mut bench = Bench::registered();
    bench.set(Path::resource(1, 0, 1), ValueRef::Integer(500));
    let first = bench.only();
    bench.set(Path::resource(1, 0, 1), ValueRef::Integer(600));
    bench.ask(SERVER, &post("1/0/8"));
    assert_eq!(
        bench.only().code,
        Code::CHANGED,
        "the trigger is answered and waits, too"
    );
    bench.input(SERVER, &answer(&first, Code::CHANGED));
    let second = bench.only();
    assert_eq!(second.queries(), ["lt=600"]);
    bench.input(SERVER, &answer(&second, Code::CHANGED));
    bench.silent();
    assert_eq!(bench.client.state(SERVER), Some(State::Registered));
}

// proves: REG-48
#[test]
fn int_104_a_trigger_is_answered_and_leads_to_an_update() {
    let mut bench = Bench::registered();
    bench.ask(SERVER, &post("1/0/8"));
    let sent = bench.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].code, Code::CHANGED);
    assert_eq!((sent[1].path().as_str(), sent[1].queries().len()), ("rd/5a3f", 0));
}

#[test]
fn a_trigger_may_ask_for_a_binding_that_there_is() {
    let mut bench = Bench::registered();
    bench.ask(SERVER, &post("1/0/8").body(0, b"0='U'"));
    assert_eq!(bench.sent().len(), 2);
    let mut bench = Bench::registered();
    bench.ask(SERVER, &post("1/0/8?0=U"));
    assert_eq!(bench.sent().len(), 2);
    let mut bench = Bench::registered();
    for refused in [&b"0='S'"[..], b"0='X'", b"0", b"1"] {
        assert_eq!(bench.code(&post("1/0/8").body(0, refused)), Code::BAD_REQUEST);
    }
    assert_eq!(bench.code(&post("1/0/8?1=U")), Code::BAD_REQUEST);
}

// proves: REG-37 REG-30
#[test]
fn int_1250_other_instances_lead_to_an_update_with_the_whole_list() {
    let mut bench = Bench::registered();
    // TLV: instance 4 with resource 1 = true.
    bench.ask(SERVER, &post("42769").body(11542, &[0x03, 4, 0xc1, 1, 1]));
    let sent = bench.sent();
    assert_eq!(sent.len(), 2, "{sent:#?}");
    assert_eq!(sent[0].code, Code::CREATED);
    assert_eq!(sent[1].text(), "</1/0>,</3/0>,</42769/0>,</42769/4>");
    assert_eq!((sent[1].format(), sent[1].queries().len()), (Some(40), 0));
    bench.input(SERVER, &answer(&sent[1], Code::CHANGED));
    let created = Event::Created {
        path: Path::instance(42769, 4),
        server: SERVER,
    };
    assert_eq!(bench.events(), [created, Event::Updated { server: SERVER }]);

    bench.client.change(bench.now, |tree| tree.remove(42769, 0));
    assert_eq!(bench.only().text(), "</1/0>,</3/0>,</42769/4>");
}

// proves: REG-43
#[test]
fn int_105_an_update_that_is_refused_leads_to_a_register() {
    for refused in [Code::NOT_FOUND, Code::BAD_REQUEST, Code::INTERNAL_SERVER_ERROR] {
        let mut bench = Bench::registered();
        bench.client.update(bench.now, SERVER);
        let update = bench.only();
        bench.input(SERVER, &answer(&update, refused));
        let register = bench.only();
        assert_eq!((register.path().as_str(), register.queries().len()), ("rd", 3));
        assert!(!register.payload.is_empty());
        bench.silent();
    }
}

// proves: REG-45 REG-47
#[test]
fn stopping_deregisters() {
    let mut bench = Bench::registered();
    bench.client.stop(bench.now);
    let deregister = bench.only();
    assert_eq!(
        (deregister.code, deregister.path().as_str()),
        (Code::DELETE, "rd/5a3f")
    );
    assert!(bench.events().is_empty());
    bench.input(SERVER, &answer(&deregister, Code::DELETED));
    let gone = [
        Event::Deregistered { server: SERVER },
        Event::Disconnect { server: SERVER },
        Event::Stopped,
    ];
    assert_eq!(bench.events(), gone);
    assert!(bench.pass(1_000_000).is_empty());
    assert!(bench.client.is_quiet());
}

#[test]
fn stopping_does_not_wait_for_ever() {
    let mut bench = Bench::registered();
    bench.client.stop(bench.now);
    bench.pass(100);
    assert_eq!(bench.events().last(), Some(&Event::Stopped));
    // And where there is nothing to end, it is over at once.
    let mut bench = Bench::new(config(), tree());
    bench.client.start(bench.now);
    bench.client.stop(bench.now);
    assert_eq!(bench.events().last(), Some(&Event::Stopped));
}

#[test]
fn a_registration_can_be_ended_and_begun_again() {
    let mut bench = Bench::registered();
    bench.client.deregister(bench.now, SERVER);
    let deregister = bench.only();
    bench.input(SERVER, &answer(&deregister, Code::DELETED));
    assert_eq!(bench.client.state(SERVER), Some(State::Idle));
    assert!(bench.pass(1_000_000).is_empty());
    bench.events();
    bench.client.register(bench.now, SERVER);
    assert!(matches!(bench.events()[..], [Event::Connect { .. }]));
}

// proves: REG-51 OBJ-1-04 DM-53
#[test]
fn int_103_a_disabled_account_is_left_alone_for_a_while() {
    let mut account = server(SERVER);
    account.disable_timeout = Some(300);
    let mut bench = Bench::registered_with(config(), tree_of(&[account]));
    bench.ask(SERVER, &post("1/0/4"));
    let sent = bench.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!((sent[0].kind, sent[0].code), (Ack, Code::CHANGED));
    assert_eq!((sent[1].code, sent[1].path().as_str()), (Code::DELETE, "rd/5a3f"));
    bench.input(SERVER, &answer(&sent[1], Code::DELETED));
    assert_eq!(bench.client.state(SERVER), Some(State::Disabled));
    let gone = [
        Event::Deregistered { server: SERVER },
        Event::Disconnect { server: SERVER },
    ];
    assert_eq!(bench.events(), gone);

    bench.ask(SERVER, &get("3/0/9"));
    assert!(bench.pass(299).is_empty());
    assert!(bench.events().is_empty());
    bench.pass(1);
    assert!(matches!(bench.events()[..], [Event::Connect { .. }]));
    bench.connect(SERVER);
    assert_eq!(bench.only().path(), "rd");
}

#[test]
fn an_account_that_goes_is_left_without_a_message() {
    let mut bench = Bench::registered();
    bench.client.change(bench.now, |tree| tree.remove(1, 0));
    bench.silent();
    let gone = [
        Event::Deregistered { server: SERVER },
        Event::Disconnect { server: SERVER },
    ];
    assert_eq!(bench.events(), gone);
    assert_eq!(bench.client.state(SERVER), None);
    bench.ask(SERVER, &get("3/0/9"));
    assert!(bench.pass(100_000).is_empty());
}

// proves: REG-55
#[test]
fn another_address_of_the_device_leads_to_a_register() {
    let mut bench = Bench::registered();
    bench.client.moved(bench.now);
    assert_eq!(bench.only().path(), "rd");
}

/// What the shell of a transport with security tells.
#[test]
fn a_new_security_session_leads_to_a_register_and_a_resumed_one_to_an_update() {
    for (anew, path) in [(false, "rd/5a3f"), (true, "rd")] {
        let mut bench = Bench::registered();
        bench.client.disconnected(bench.now, SERVER);
        match anew {
            true => bench.client.connected_anew(bench.now, SERVER, peer(SERVER)),
            false => bench.connect(SERVER),
        }
        assert_eq!(bench.only().path(), path);
    }
    // Once only.
    let mut bench = Bench::registered();
    bench.client.disconnected(bench.now, SERVER);
    bench.client.connected_anew(bench.now, SERVER, peer(SERVER));
    bench.accept_register(SERVER);
    bench.client.disconnected(bench.now, SERVER);
    bench.connect(SERVER);
    assert_eq!(bench.only().path(), "rd/5a3f");
}

#[test]
fn another_uri_leads_to_another_connection_and_a_register() {
    let mut bench = Bench::registered();
    bench
        .client
        .change(bench.now, |tree| {
            tree.set(Path::resource(0, 0, 0), ValueRef::String("coap://other"))
        })
        .unwrap();
    assert!(matches!(&bench.events()[..], [Event::Connect { uri, .. }] if uri == "coap://other"));
    bench.client.connected(bench.now, SERVER, peer(5));
    let register = bench.only();
    assert_eq!((register.path().as_str(), register.peer), ("rd", peer(5)));
}

#[test]
fn a_client_that_is_started_while_it_stops_registers_again() {
    let mut bench = Bench::registered();
    bench.client.stop(bench.now);
    let deregister = bench.only();
    bench.client.start(bench.now);
    bench.input(SERVER, &answer(&deregister, Code::DELETED));
    bench.pass(0);
    let events = bench.events();
    assert!(!events.contains(&Event::Stopped), "{events:?}");
    assert!(
        matches!(events.last(), Some(Event::Connect { server: SERVER, .. })),
        "{events:?}"
    );
}
