//! Attacks on a server and a device that go on talking to each other: strangers flood, forge, replay, guess and send what
//! is no message. The pair must answer each other as before, and nothing of it may stay.

use std::{net::SocketAddr, time::Duration};

use lwm2m_runtime::{
    client::State,
    coap::{Code, EndpointConfig, MessageBuilder, MessageType, OptionNumber, Token},
    model::{Path, ValueRef, Version},
    operation::Status,
    random::Random,
    reporting::CONFIRMABLE_REFRESH,
    server::{Event, ServerConfig},
};
use lwm2m_tests::{
    link::Datagram,
    pair::{Pair, Program, client_address, server_address, stranger_address},
};

use crate::{
    fixtures::{client, registered, usual_tree},
    raw::Raw,
};

/// The device and the server still serve each other.
fn assert_alive(pair: &mut Pair<Program>) {
    assert_eq!(pair.client().state(1), Some(State::Registered), "{}", pair.log());
    assert_eq!(pair.text("/3/0/0"), "Open Mobile Alliance");
    let (observation, _) = pair.watch("/3/0/9", "");
    let level = pair.now.as_millis() % 100;
    for change in [level as i64, 99 - level as i64, 50] {
        pair.change(|tree| tree.set(Path::resource(3, 0, 9), ValueRef::Integer(change)))
            .unwrap();
        pair.settle();
    }
    assert!(!pair.notifications(observation).is_empty(), "{}", pair.log());
    let now = pair.now;
    assert!(pair.servers[0].engine.cancel_observation(now, observation));
    pair.settle();
}

/// All have left, and nothing is left of anything.
fn assert_nothing_stays(pair: &mut Pair<Program>) {
    let now = pair.now;
    pair.clients[0].engine.stop(now);
    pair.run_secs(90_000);
    assert!(pair.server().is_empty(), "{} are left", pair.server().len());
    assert!(pair.server().is_quiet(), "{:?}", pair.server());
    assert!(pair.client().is_quiet());
    assert_eq!(pair.client().observations(), 0);
}

/// How many bytes were sent to an address, and how many came from it.
fn bytes(pair: &Pair<Program>, address: SocketAddr) -> (usize, usize) {
    let sum = |to: bool| {
        let sent = pair.wire.since(0).iter();
        let sent = sent.filter(|sent| {
            if to {
                sent.to == address
            } else {
                sent.from == address
            }
        });
        sent.map(|sent| sent.bytes.len()).sum()
    };
    (sum(true), sum(false))
}

fn pair_with(config: ServerConfig) -> Pair<Program> {
    let mut pair = Pair::new(config, client(Version::V1_1), usual_tree(), Program::default());
    pair.start();
    pair
}

// proves: ROB-21
#[test]
fn a_flood_of_registrations() {
    let mut pair = pair_with(ServerConfig {
        max_registrations: 100,
        ..ServerConfig::default()
    });
    for number in 0..2_000 {
        let endpoint = format!("ep=flood-{number}");
        let query = [&*endpoint, "lt=86400", "lwm2m=1.1"];
        let register = Raw::new(Code::POST, "/rd")
            .query(&query)
            .payload(40, b"</1/0>,</3/0>");
        let datagram = register.datagram(number as u16, b"flood");
        pair.send(stranger_address(number), server_address(0), &datagram);
        if number % 50 == 0 {
            pair.run_for(Duration::from_millis(100));
        }
    }
    pair.settle();
    assert_eq!(pair.server().len(), 100);
    let refused = pair.wire.since(0).iter();
    let refused = refused.filter(|sent| sent.code() == Some(Code::SERVICE_UNAVAILABLE));
    assert_eq!(refused.count(), 2_000 - 99);
    assert_alive(&mut pair);
    assert_nothing_stays(&mut pair);
}

// proves: ROB-14
#[test]
fn a_forged_address_is_not_sent_more_than_it_seems_to_have_sent() {
    let mut pair = pair_with(ServerConfig::default());
    let victim = stranger_address(0);
    let requests = [
        Raw::new(Code::GET, "/"),
        Raw::new(Code::GET, "/.well-known/core"),
        Raw::new(Code::POST, "/rd").query(&["ep=x"]),
        Raw::new(Code::POST, "/rd/unknown"),
        Raw::new(Code::DELETE, "/rd/unknown"),
        Raw::new(Code::POST, "/dp").payload(110, b"[]"),
        Raw::new(Code::POST, "/bs").query(&["ep=x"]),
        Raw::new(Code::FETCH, "/"),
    ];
    for to in [server_address(0), client_address(0)] {
        for (id, request) in requests.iter().enumerate() {
            for message_type in [MessageType::Confirmable, MessageType::NonConfirmable] {
                let request = Raw {
                    message_type,
                    ..request.clone()
                };
                pair.send(victim, to, &request.datagram(id as u16, b""));
                pair.run_secs(1);
            }
        }
    }
    // Nobody acknowledges anything: repetition would be amplification, too.
    pair.run_secs(300);
    let (received, sent) = bytes(&pair, victim);
    assert!(received <= 3 * sent, "{received} bytes for {sent}");
    let from_device = pair.wire.since(0).iter();
    let from_device = from_device.filter(|sent| sent.from == client_address(0) && sent.to == victim);
    assert_eq!(from_device.count(), 0, "a device is silent to strangers");
    assert_eq!(pair.client().counters().strangers, 2 * requests.len() as u64);
    assert_alive(&mut pair);
    assert_nothing_stays(&mut pair);
}

// proves: ROB-11
#[test]
fn replayed_messages_are_acted_on_once() {
    let mut pair = registered(Version::V1_1);
    assert_eq!(pair.execute("/3/0/4", ""), Status::Changed);
    assert_eq!(pair.put_text("/1/0/2", "1"), Status::Changed);
    assert_eq!(pair.put_text("/1/0/2", "2"), Status::Changed);
    let (observation, _) = pair.watch("/3/0/9", "");
    for level in [10, 20, 30] {
        pair.change(|tree| tree.set(Path::resource(3, 0, 9), ValueRef::Integer(level)))
            .unwrap();
        pair.run_secs(3);
    }
    let told = pair.notifications(observation).len();
    let mut recorded = pair.wire.since(0).to_vec();
    let mut random = Random::new(1);
    let mark = pair.wire.mark();
    let mut replayed = 0;
    for _ in 0..20 {
        for index in (1..recorded.len()).rev() {
            recorded.swap(index, random.up_to(index as u64) as usize);
        }
        for sent in &recorded {
            pair.send(sent.from, sent.to, &sent.bytes);
            replayed += 1;
        }
        pair.run_secs(5);
    }
    assert_eq!(pair.application().executed.len(), 1);
    assert_eq!(pair.text("/1/0/2"), "2");
    assert_eq!(pair.notifications(observation).len(), told, "old news is no news");
    let registered = pair.servers[0].events.iter();
    let registered = registered.filter(|(_, event)| matches!(event, Event::Registered { .. }));
    assert_eq!(registered.count(), 1);
    let answers = pair.wire.since(mark).len() - replayed;
    assert!(answers <= replayed, "{answers} answers to {replayed}");
    assert_nothing_stays(&mut pair);
}

// proves: ROB-08
#[test]
fn answers_of_others_and_guessed_tokens_are_no_answers() {
    let mut pair = registered(Version::V1_1);
    let id = pair.registration();
    let now = pair.now;
    let request = lwm2m_runtime::operation::Request::Read {
        path: Path::resource(3, 0, 0),
        accept: None,
    };
    pair.link.faults.delay = Duration::from_millis(1_000);
    let asked = pair.servers[0].engine.request(now, id, &request).unwrap();
    pair.run_for(Duration::from_millis(1));
    let sent = pair.wire.requests(0, Code::GET, "/3/0/0")[0].clone();
    let (message_id, token) = (sent.message().unwrap().id, sent.message().unwrap().token.to_vec());
    pair.link.faults.delay = Duration::ZERO;
    let mut random = Random::new(2);
    let mut forge = |from: SocketAddr, message_type, id, token: &[u8]| {
        let mut datagram = Vec::new();
        let token = Token::new(token).unwrap();
        MessageBuilder::new(&mut datagram, message_type, Code::CONTENT, id, token).payload(b"forged");
        pair.send(from, server_address(0), &datagram);
    };
    // Someone who saw the request, from elsewhere.
    for message_type in [
        MessageType::Acknowledgement,
        MessageType::Confirmable,
        MessageType::NonConfirmable,
    ] {
        forge(stranger_address(0), message_type, message_id, &token);
    }
    // Someone who did not, in the device's name: 10,000 guesses.
    for _ in 0..10_000 {
        let guess = random.next_u64().to_be_bytes();
        forge(
            client_address(0),
            MessageType::NonConfirmable,
            random.next_u64() as u16,
            &guess[..token.len()],
        );
    }
    pair.run_secs(10);
    let answers: Vec<_> = pair.servers[0]
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Response { request, answer, .. } if *request == asked => answer.payload.clone(),
            _ => None,
        })
        .collect();
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].1, b"Open Mobile Alliance", "{}", pair.log());
    pair.link.faults.delay = Duration::from_millis(10);
    assert_alive(&mut pair);
    assert_nothing_stays(&mut pair);
}

/// One block of a body that never comes to its end.
fn partial(path: &str, number: u32, token: u32, id: u16) -> Vec<u8> {
    let mut datagram = Vec::new();
    let token = Token::new(&token.to_be_bytes()).unwrap();
    let mut message = MessageBuilder::new(&mut datagram, MessageType::Confirmable, Code::PUT, id, token);
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        message = message.option(OptionNumber::URI_PATH, segment.as_bytes());
    }
    message
        .uint(OptionNumber::CONTENT_FORMAT, 42)
        .uint(OptionNumber::BLOCK1, number << 4 | 8 | 6)
        .uint(OptionNumber::SIZE1, u32::MAX)
        .option(OptionNumber::REQUEST_TAG, &u32::from(id).to_be_bytes())
        .payload(&[7; 1024]);
    datagram
}

// proves: ROB-22 ROB-25
#[test]
fn bodies_that_never_end() {
    let mut pair = pair_with(ServerConfig {
        coap: EndpointConfig {
            max_partial_bodies: 64,
            max_body_bytes: 1 << 20,
            ..EndpointConfig::server()
        },
        ..ServerConfig::default()
    });
    for number in 0..1_000_u32 {
        let id = number as u16;
        // To the server from many addresses, and to the device in the server's name.
        let from = stranger_address(number as usize % 100);
        pair.send(from, server_address(0), &partial("/rd", 0, number, id));
        pair.send(
            server_address(0),
            client_address(0),
            &partial("/3/0/14", 0, number, id),
        );
        if number % 10 == 0 {
            pair.run_for(Duration::from_millis(100));
        }
    }
    pair.run_secs(5);
    // A large write of the server itself: there is room for it, if need be after a while.
    let large = "x".repeat(3_000);
    pair.run_secs(300);
    assert_eq!(pair.put_text("/3/0/14", &large), Status::Changed);
    assert_eq!(pair.text("/3/0/14"), large);
    assert_alive(&mut pair);
    assert_nothing_stays(&mut pair);
}

// proves: ROB-34
#[test]
fn lists_of_objects_without_end() {
    let mut pair = pair_with(ServerConfig::default());
    let lists = [
        ",".repeat(1_000),
        "<".repeat(1_000),
        "</1/0>;".repeat(140),
        format!("</3/0>{}", ";a=\"".repeat(200)),
        (0..100).map(|id| format!("</{id}/0>,")).collect(),
        "</65535/65535>,</99999/1>,</-1/0>,</1/0/0/0/0>".into(),
    ];
    for (number, list) in lists.iter().enumerate() {
        let endpoint = format!("ep=list-{number}");
        let query = [&*endpoint, "lt=60", "lwm2m=1.1"];
        let register = Raw::new(Code::POST, "/rd").query(&query);
        let register = register.payload(40, list.as_bytes());
        let answer = register.send(&mut pair, stranger_address(number), server_address(0));
        let code = answer.unwrap().code().unwrap();
        assert!(
            code == Code::CREATED || code == Code::BAD_REQUEST,
            "{code:?} for {list}"
        );
    }
    // A list that is longer than what one registration may have, in blocks: by a device that has that many objects.
    let mut tree = usual_tree();
    for instance in 1..4_094 {
        tree.insert_dynamic(instance, crate::fixtures::portfolio())
            .unwrap();
    }
    pair.add_client(
        lwm2m_runtime::client::ClientConfig {
            endpoint_name: "huge".into(),
            ..client(Version::V1_1)
        },
        tree,
        Program::default(),
    );
    let now = pair.now;
    pair.clients[1].engine.start(now);
    pair.run_secs(60);
    let huge = pair.server().find("huge");
    let listed = huge.and_then(|id| pair.server().registration(id));
    let listed = listed.map(|huge| {
        huge.objects()
            .iter()
            .map(|object| object.instances.len())
            .sum::<usize>()
    });
    assert!(
        listed.is_none_or(|listed| listed == 4_095),
        "all of it or nothing: {listed:?}"
    );
    assert_alive(&mut pair);
    let now = pair.now;
    pair.clients[1].engine.stop(now);
    assert_nothing_stays(&mut pair);
}

// proves: ROB-21
#[test]
fn a_flood_of_observations() {
    let mut pair = registered(Version::V1_1);
    for number in 0..1_000_u32 {
        let observe = Raw::new(Code::GET, "/3/0/9").observe(0);
        let datagram = observe.datagram(0x4000 + number as u16, &number.to_be_bytes());
        pair.send(server_address(0), client_address(0), &datagram);
        pair.run_for(Duration::from_millis(50));
    }
    let limit = client(Version::V1_1).max_observations_per_server;
    assert!(
        pair.client().observations() <= limit,
        "{}",
        pair.client().observations()
    );
    let mark = pair.wire.mark();
    pair.change(|tree| tree.set(Path::resource(3, 0, 9), ValueRef::Integer(1)))
        .unwrap();
    pair.run_secs(30);
    let told = pair.wire.notifications(mark, client_address(0)).len();
    assert!(told <= 2 * limit, "{told}");
    // The server knew of none: those that it could not ignore it has rejected.
    assert!(pair.client().observations() <= limit);
    pair.run_for(CONFIRMABLE_REFRESH);
    pair.run_secs(600);
    assert_eq!(pair.client().observations(), 0);
    assert_alive(&mut pair);
    assert_nothing_stays(&mut pair);
}

// proves: ROB-63
#[test]
fn values_that_change_faster_than_anybody_can_be_told() {
    let mut pair = registered(Version::V1_2);
    assert_eq!(pair.attributes("/3/0/9", "pmin=0&con=1"), Status::Changed);
    pair.link.faults.delay = Duration::from_millis(200);
    let (observation, _) = pair.watch("/3/0/9", "");
    let mark = pair.wire.mark();
    for number in 0..5_000_i64 {
        pair.change(|tree| tree.set(Path::resource(3, 0, 9), ValueRef::Integer(number % 101)))
            .unwrap();
        pair.run_for(Duration::from_millis(2));
    }
    pair.change(|tree| tree.set(Path::resource(3, 0, 9), ValueRef::Integer(77)))
        .unwrap();
    pair.run_secs(10);
    let sent = pair.wire.notifications(mark, client_address(0)).len();
    // 10 s of changes, and one notification a round trip.
    assert!((20..=60).contains(&sent), "{sent}");
    let (_, last) = pair.notifications(observation).pop().unwrap();
    let values = pair.decode("/3/0/9", &last);
    assert_eq!(
        values.into_values().next(),
        Some(lwm2m_runtime::model::Value::Integer(77))
    );
    assert_nothing_stays(&mut pair);
}

// proves: ROB-36
#[test]
fn datagrams_that_are_almost_messages() {
    let mut pair = registered(Version::V1_2);
    let _ = pair.get("/3");
    let _ = pair.discover("/3");
    let (_, _) = pair.watch("/3/0/9", "pmin=1&pmax=100");
    assert_eq!(pair.put_text("/3/0/14", &"long".repeat(600)), Status::Changed);
    let format = lwm2m_runtime::encoding::ContentFormat::SENML_CBOR;
    let _ = pair.fetch(format, &["/3/0", "/1"], format);
    let recorded = pair.wire.since(0).to_vec();
    // What is meant to break things may also deregister the device, or write to it: only crashes and leaks count.
    let mut random = Random::new(3);
    let mut number = |below: usize| random.up_to(below.max(1) as u64 - 1) as usize;
    for _ in 0..20_000 {
        let sent = &recorded[number(recorded.len())];
        let mut bytes = sent.bytes.clone();
        for _ in 0..=number(3) {
            match number(5) {
                0 if !bytes.is_empty() => {
                    let at = number(bytes.len());
                    bytes[at] ^= 1 << number(8);
                }
                1 => bytes.truncate(number(bytes.len() + 1)),
                2 => {
                    let other = &recorded[number(recorded.len())].bytes;
                    let at = number(bytes.len() + 1);
                    bytes.truncate(at);
                    bytes.extend(&other[number(other.len())..]);
                }
                3 if bytes.len() > 4 => {
                    // Another message identifier, so that it is not taken for a copy.
                    bytes[2] = number(256) as u8;
                    bytes[3] = number(256) as u8;
                }
                _ => bytes.extend((0..number(20)).map(|byte| (byte * 37) as u8)),
            }
        }
        let from = if number(4) == 0 {
            stranger_address(number(50))
        } else {
            sent.from
        };
        pair.send(from, sent.to, &bytes);
        pair.run_for(Duration::from_millis(20));
        pair.strays.clear();
    }
    let now = pair.now;
    pair.clients[0].engine.update(now, 1);
    pair.run_secs(400);
    let now = pair.now;
    pair.clients[0].engine.register(now, 1);
    pair.run_secs(100);
    assert_eq!(pair.client().state(1), Some(State::Registered), "{}", pair.log());
    let _ = pair.registration();
    assert_eq!(pair.text("/3/0/1"), "Lightweight M2M Client");
    assert_nothing_stays(&mut pair);
}

// proves: ROB-11
#[test]
fn resets_and_unknown_responses_make_no_loops() {
    let mut pair = registered(Version::V1_1);
    let mark = pair.wire.mark();
    let types = [
        MessageType::Confirmable,
        MessageType::NonConfirmable,
        MessageType::Acknowledgement,
        MessageType::Reset,
    ];
    let mut sent = 0;
    for (from, to) in [
        (server_address(0), client_address(0)),
        (client_address(0), server_address(0)),
        (stranger_address(0), server_address(0)),
    ] {
        for id in 0..100_u16 {
            for (number, message_type) in (0_u16..).zip(types) {
                for code in [Code::EMPTY, Code::CONTENT, Code::NOT_FOUND] {
                    let mut datagram = Vec::new();
                    let token: &[u8] = if code == Code::EMPTY { b"" } else { b"nobody's" };
                    let token = Token::new(token).unwrap();
                    let id = 0x6000 + 1_000 * number + id;
                    MessageBuilder::new(&mut datagram, message_type, code, id, token).finish();
                    pair.send(from, to, &datagram);
                    sent += 1;
                }
            }
        }
    }
    pair.settle();
    let answers = pair.wire.since(mark).len() - sent;
    // Each confirmable one at most is reset, and nothing answers a reset.
    assert!(answers <= sent / 4, "{answers} answers to {sent}");
    assert_alive(&mut pair);
    assert_nothing_stays(&mut pair);
}

// proves: ROB-44
#[test]
fn strangers_cannot_end_or_move_a_registration() {
    let mut pair = registered(Version::V1_1);
    let location = pair.wire.requests(0, Code::POST, "/rd")[0].clone();
    let location = pair.wire.response_to(&location).unwrap().location();
    let id = pair.registration();
    for request in [
        Raw::new(Code::DELETE, &location),
        Raw::new(Code::POST, &location),
        Raw::new(Code::POST, &location).query(&["lt=1"]),
        Raw::new(Code::POST, &location).payload(40, b"</1/0>"),
    ] {
        // By the location, from another address.
        let answer = request.send(&mut pair, stranger_address(0), server_address(0));
        let code = answer.unwrap().code().unwrap();
        assert!(!matches!(code, Code::CHANGED | Code::DELETED), "{request:?}");
        // In the device's name, with a location that was guessed.
        let mut guess = request.clone();
        guess.path = "/rd/AAAAAAAAAAA";
        let answer = guess.send(&mut pair, client_address(0), server_address(0));
        assert_eq!(answer.unwrap().code(), Some(Code::NOT_FOUND));
    }
    assert_eq!(pair.registration(), id);
    let registration = pair.server().registration(id).unwrap();
    assert_eq!(registration.peer().address, client_address(0));
    assert_eq!(registration.lifetime(), 86_400);
    let strays: Vec<&Datagram> = pair.strays.iter().collect();
    assert!(!strays.is_empty());
    assert_alive(&mut pair);
}
