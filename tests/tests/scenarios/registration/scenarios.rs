use std::time::Duration;

use lwm2m_runtime::{
    client::{self, State},
    coap::Code,
    encoding::ContentFormat,
    model::{Path, ValueRef, Version},
    operation::Status,
    server::{EndReason, Event, ServerConfig},
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, client_address, server_address, stranger_address, values},
};

use crate::{
    fixtures::{
        ENDPOINT, VERSIONS, client, device_battery, dynamic, portfolio, registered, registered_with,
        security, server_minimum, tree, usual_tree,
    },
    raw::Raw,
};

/// The links of an object list, in order.
fn links(text: &str) -> Vec<&str> {
    let mut links: Vec<_> = text.split(',').collect();
    links.sort_unstable();
    links
}

/// The one Update after a mark.
fn update(pair: &Pair<Program>, mark: usize) -> lwm2m_tests::pair::Sent {
    let registration = pair.wire.requests(0, Code::POST, "/rd");
    let location = pair.wire.response_to(registration[0]).unwrap().location();
    let updates = pair.wire.requests(mark, Code::POST, &location);
    assert_eq!(updates.len(), 1, "one Update\n{}", pair.log());
    updates[0].clone()
}

// proves: REG-01 REG-02 REG-08 REG-10 REG-12 REG-17 REG-26 VER-01 VER-04
#[test]
fn int_101_registers() {
    for version in VERSIONS {
        let mut tree = usual_tree();
        tree.insert_dynamic(0, portfolio()).unwrap();
        tree.insert_dynamic(0, dynamic(21, &[])).unwrap();
        let pair = registered_with(version, tree);
        let registers = pair.wire.requests(0, Code::POST, "/rd");
        assert_eq!(registers.len(), 1, "{}", pair.log());
        let register = registers[0];
        assert!(register.confirmable());
        assert_eq!(register.parameter("ep").as_deref(), Some(ENDPOINT));
        assert_eq!(register.parameter("lt").as_deref(), Some("86400"));
        assert_eq!(register.parameter("lwm2m"), Some(version.to_string()));
        assert!(matches!(register.parameter("b").as_deref(), None | Some("U")));
        assert_eq!(register.content_format(), Some(40));
        let text = register.text();
        let links = links(&text);
        for present in ["</1/0>", "</3/0>", "</16/0>"] {
            assert!(links.contains(&present), "{version}: {text}");
        }
        assert!(!text.contains("</0"), "{version}: {text}");
        if version >= Version::V1_1 {
            assert!(!text.contains("</21"), "{version}: {text}");
        }

        let response = pair.wire.response_to(register).unwrap();
        assert_eq!(response.code(), Some(Code::CREATED));
        assert!(response.location().starts_with("/rd/"), "{}", response.location());
        let registration = pair.server().registration(pair.registration()).unwrap();
        assert_eq!(registration.endpoint(), ENDPOINT);
        assert_eq!(registration.lifetime(), 86_400);
        assert_eq!(registration.version(), version);
        assert_eq!(registration.peer().address, client_address(0));
        assert!(registration.objects().contains(1, 0) && registration.objects().contains(3, 0));
        assert!(registration.objects().get(0).is_none());
        assert_eq!(pair.client().state(1), Some(State::Registered));
    }
}

// proves: REG-29 REG-32 REG-36 REG-38 REG-41 REG-42 OBJ-1-03
#[test]
fn int_102_a_written_lifetime_leads_to_an_update_with_it_alone() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let mark = pair.wire.mark();
        assert_eq!(pair.put_text("/1/0/1", "20"), Status::Changed);
        pair.settle();
        let sent = update(&pair, mark);
        assert_eq!(sent.query(), ["lt=20"]);
        assert!(sent.payload().is_empty());
        assert_eq!(pair.wire.response_to(&sent).unwrap().code(), Some(Code::CHANGED));
        let id = pair.registration();
        assert_eq!(pair.server().registration(id).unwrap().lifetime(), 20);

        let mark = pair.wire.mark();
        let end = sent.at + Duration::from_secs(19);
        while pair.step(end) {}
        let refresh = update(&pair, mark);
        assert!(refresh.query().is_empty() && refresh.payload().is_empty());

        // A device that has gone silent is forgotten after its lifetime and the time of grace.
        pair.run_secs(120);
        assert!(pair.server().registration(id).is_some(), "kept by its Updates");
        pair.link.faults.loss = 100;
        pair.run_for(Duration::from_secs(20 + 45));
        assert!(pair.server().registration(id).is_none());
        let ended = pair.servers[0].events.iter().any(|(_, event)| {
            matches!(event, Event::Ended { registration, reason: EndReason::Expired, .. } if *registration == id)
        });
        assert!(ended);
        pair.link.faults.loss = 0;
        let mark = pair.wire.mark();
        pair.until(Duration::from_secs(300), "an Update", |pair| {
            let late = pair.wire.requests_of(mark, client_address(0));
            late.iter().any(|sent| sent.path() == "/rd")
        });
        pair.settle();
        let _ = pair.registration();
    }
}

// proves: REG-45 REG-46 REG-51 OBJ-1-04 DM-53
#[test]
fn int_103_a_disabled_device_deregisters_and_is_silent_until_its_time_out() {
    for version in VERSIONS {
        let mut pair = registered(version);
        assert_eq!(pair.put_text("/1/0/5", "60"), Status::Changed);
        let id = pair.registration();
        let mark = pair.wire.mark();
        assert_eq!(pair.execute("/1/0/4", ""), Status::Changed);
        pair.settle();

        let requests = pair.wire.requests_of(mark, client_address(0));
        assert_eq!(requests.len(), 1, "{}", pair.log());
        let deregister = requests[0];
        assert_eq!(deregister.code(), Some(Code::DELETE));
        assert!(deregister.path().starts_with("/rd/"));
        let response = pair.wire.response_to(deregister).unwrap();
        assert_eq!(response.code(), Some(Code::DELETED));
        let executed = pair.wire.requests(mark, Code::POST, "/1/0/4")[0];
        let answered = pair.wire.response_to(executed).unwrap();
        assert!(answered.at <= deregister.at, "it answers before it acts");
        assert!(pair.server().registration(id).is_none());
        assert_eq!(pair.client().state(1), Some(State::Disabled));

        let silent = deregister.at + Duration::from_secs(59);
        let stray = Raw::new(Code::GET, "/3/0/0");
        assert!(
            stray
                .send(&mut pair, server_address(0), client_address(0))
                .is_none()
        );
        let mark = pair.wire.mark();
        while pair.step(silent) {}
        assert!(pair.wire.since(mark).is_empty(), "{}", pair.log());
        pair.run_secs(10);
        assert_eq!(pair.wire.requests(mark, Code::POST, "/rd").len(), 1);
        assert_eq!(pair.client().state(1), Some(State::Registered));
        let _ = pair.registration();
    }
}

// proves: REG-28 REG-48 DM-50
#[test]
fn int_104_a_triggered_update_says_nothing_and_restarts_the_lifetime() {
    for version in VERSIONS {
        let mut server = server_minimum(0);
        server.lifetime = 20;
        let mut pair = registered_with(version, tree(server, device_battery()));
        pair.run_secs(3);
        let id = pair.registration();
        let before = pair.server().registration(id).unwrap().expires_at();
        let mark = pair.wire.mark();
        assert_eq!(pair.execute("/1/0/8", ""), Status::Changed);
        pair.settle();
        let request = pair.wire.requests(mark, Code::POST, "/1/0/8")[0];
        assert!(request.payload().is_empty() && request.content_format().is_none());
        let sent = update(&pair, mark);
        assert!(sent.query().is_empty() && sent.payload().is_empty());
        let after = pair.server().registration(id).unwrap().expires_at();
        assert!(after >= before + Duration::from_secs(3), "{before:?} {after:?}");
    }
}

// proves: REG-43
#[test]
fn int_105_a_device_that_the_server_has_forgotten_registers_again() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let id = pair.registration();
        let now = pair.now;
        assert!(pair.servers[0].engine.remove(now, id));
        let mark = pair.wire.mark();
        pair.clients[0].engine.update(now, 1);
        pair.settle();

        let requests = pair.wire.requests_of(mark, client_address(0));
        assert_eq!(requests.len(), 2, "{}", pair.log());
        let refused = pair.wire.response_to(requests[0]).unwrap();
        assert_eq!(refused.code(), Some(Code::NOT_FOUND));
        assert_eq!(requests[1].path(), "/rd");
        assert_eq!(requests[1].parameter("lwm2m"), Some(version.to_string()));
        assert_ne!(pair.registration(), id);
        assert_eq!(pair.client().state(1), Some(State::Registered));
    }
}

// proves: REG-28 REG-36
#[test]
fn int_107_a_longer_lifetime_holds_from_its_update_on() {
    for version in VERSIONS {
        let mut server = server_minimum(0);
        server.lifetime = 60;
        let mut pair = registered_with(version, tree(server, device_battery()));
        let mark = pair.wire.mark();
        assert_eq!(pair.put_text("/1/0/1", "120"), Status::Changed);
        let written = pair.now;
        pair.settle();
        let sent = update(&pair, mark);
        assert_eq!(sent.query(), ["lt=120"]);
        assert!(sent.at <= written + Duration::from_secs(1), "at once");

        let mark = pair.wire.mark();
        let end = sent.at + Duration::from_secs(119);
        while pair.step(end) {}
        let refresh = update(&pair, mark);
        assert!(refresh.query().is_empty(), "{refresh}");
        assert!(refresh.at >= sent.at + Duration::from_secs(60));
        let _ = pair.registration();
    }
}

// proves: REG-27 REG-59 REG-92 REP-34 OBJ-3-02
#[test]
fn int_241_a_rebooted_device_registers_again_in_place_of_the_old_registration() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let old = pair.registration();
        let (observation, _) = pair.watch("/3/0/9", "");
        let mark = pair.wire.mark();
        assert_eq!(pair.execute("/3/0/4", ""), Status::Changed);
        assert_eq!(
            pair.application().executed,
            [(Path::resource(3, 0, 4), String::new(), 1)]
        );

        pair.restart_client(0, client(version), usual_tree());
        pair.settle();
        assert_eq!(pair.wire.requests(mark, Code::POST, "/rd").len(), 1);
        let new = pair.registration();
        assert_ne!(new, old);
        assert!(pair.server().registration(old).is_none());
        assert_eq!(pair.server().len(), 1);
        let replaced = pair.servers[0].events.iter().any(|(_, event)| {
            matches!(event, Event::Registered { registration, replaced: Some(replaced) }
                if *registration == new && *replaced == old)
        });
        assert!(replaced, "{}", pair.log());

        // What the server observes it observes again, without being told to.
        let again = pair.wire.requests(mark, Code::GET, "/3/0/9");
        assert_eq!(again.len(), 1, "{}", pair.log());
        assert_eq!(again[0].observe(), Some(0));
        pair.change(|tree| tree.set(Path::resource(3, 0, 9), ValueRef::Integer(42)))
            .unwrap();
        pair.settle();
        assert_eq!(pair.notifications(observation).len(), 1, "{}", pair.log());
    }
}

// proves: REG-52 REG-93
#[test]
fn int_950_two_servers_have_a_registration_each() {
    for version in VERSIONS {
        let mut tree = usual_tree();
        tree.insert(1, security(1)).unwrap();
        let mut second = server_minimum(1);
        second.lifetime = 120;
        tree.insert(1, second).unwrap();
        let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
        pair.add_server(ServerConfig::default());
        pair.add_server(ServerConfig::default());
        pair.add_client(client(version), tree, Program::default());
        pair.start();

        let registers = pair.wire.requests(0, Code::POST, "/rd");
        assert_eq!(registers.len(), 2, "{}", pair.log());
        for (index, lifetime) in [(0, 86_400), (1, 120)] {
            let id = pair.registration_of(index, 0);
            let registration = pair.servers[index].engine.registration(id).unwrap();
            assert_eq!(registration.lifetime(), lifetime);
        }
        let locations: Vec<_> = registers
            .iter()
            .map(|register| pair.wire.response_to(register).unwrap().location())
            .collect();
        assert_ne!(locations[0], locations[1]);

        // One lives by its own Updates, the other ends by itself.
        let mark = pair.wire.mark();
        pair.run_secs(110);
        let updated: Vec<_> = pair
            .wire
            .requests_of(mark, client_address(0))
            .iter()
            .map(|update| update.to)
            .collect();
        assert_eq!(updated, [server_address(1)]);
        let now = pair.now;
        pair.clients[0].engine.deregister(now, 1);
        pair.settle();
        assert!(pair.servers[0].engine.is_empty());
        assert_eq!(pair.client().state(2), Some(State::Registered));
        let _ = pair.registration_of(1, 0);
    }
}

// proves: REG-30 REG-31 REG-37 DM-64
#[test]
fn int_1250_an_update_carries_the_whole_list_after_a_create() {
    for version in VERSIONS {
        let mut tree = usual_tree();
        tree.add_object(lwm2m_runtime::catalogue::latest(11).unwrap())
            .unwrap();
        let mut pair = registered_with(version, tree);
        let id = pair.registration();
        let listed = pair.server().registration(id).unwrap().objects();
        assert_eq!(listed.get(11).map(|object| object.instances.len()), Some(0));
        let mark = pair.wire.mark();
        let format = ContentFormat::TLV;
        let bytes = values(
            format,
            "/11",
            &[
                ("/11/5/0", ValueRef::String("internet")),
                ("/11/5/1", ValueRef::String("internet.example")),
                ("/11/5/4", ValueRef::Integer(3)),
            ],
        );
        let created = pair.create(11, format, &bytes);
        assert_eq!(created.status, Status::Created, "{}", pair.log());
        pair.settle();
        let listed = |pair: &Pair<Program>| pair.server().registration(id).unwrap().objects().contains(11, 5);
        if !listed(&pair) {
            assert_eq!(pair.execute("/1/0/8", ""), Status::Changed);
            pair.settle();
        }
        assert!(listed(&pair), "{}", pair.log());
        let sent = update(&pair, mark);
        assert_eq!(sent.content_format(), Some(40));
        assert!(sent.query().is_empty(), "{sent}");
        let text = sent.text();
        for present in ["</1/0>", "</3/0>", "</11/5>"] {
            assert!(links(&text).contains(&present), "{text}");
        }
    }
}

// proves: REG-26 REG-56
#[test]
fn int_1350_an_update_from_a_new_address_keeps_the_registration() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let id = pair.registration();
        let moved = stranger_address(7);
        pair.link.readdress(client_address(0), moved);
        let mark = pair.wire.mark();
        let now = pair.now;
        pair.clients[0].engine.update(now, 1);
        pair.settle();
        assert!(
            pair.wire.requests(mark, Code::POST, "/rd").is_empty(),
            "{}",
            pair.log()
        );
        assert_eq!(pair.registration(), id);
        let registration = pair.server().registration(id).unwrap();
        assert_eq!(registration.peer().address, moved);
        // Requests go there from then on.
        assert_eq!(pair.text("/3/0/0"), "Open Mobile Alliance");
        let updated = pair.clients[0].events.iter();
        let updated = updated.filter(|(_, event)| matches!(event, client::Event::Updated { server: 1 }));
        assert_eq!(updated.count(), 1);
    }
}
