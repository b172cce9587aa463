//! What only attackers and broken devices send.

use lwm2m_runtime::{
    coap::{Code, EndpointConfig, OptionNumber},
    model::Path,
    operation::Request,
    random::Random,
    server::ServerConfig,
};

use crate::{
    requests::READ,
    support::{Ack, Con, LIST, LWM2M_1_1, Non, Rig, Rst, Written, peer},
};

fn register(rig: &mut Rig) -> Vec<u8> {
    let register = rig
        .post("rd")
        .queries(&LWM2M_1_1)
        .uint(OptionNumber::CONTENT_FORMAT, 40);
    register.payload(LIST.as_bytes()).bytes()
}

/// What a device might send, whole.
fn corpus(rig: &mut Rig, location: &str) -> Vec<Vec<u8>> {
    let update = rig.post(location).queries(&["lt=100", "b=U"]).bytes();
    let list = rig.post(location).payload(b"</3/0>,</9>;ver=1.1").bytes();
    let delete = Written::new(Con, Code::DELETE, 9).path(location).bytes();
    let send = rig.post("dp").uint(OptionNumber::CONTENT_FORMAT, 110);
    let send = send.payload(br#"[{"n":"/3/0/9","v":1}]"#).bytes();
    let note = Written::new(Non, Code::CONTENT, 90)
        .uint(OptionNumber::OBSERVE, 7)
        .payload(b"1");
    let block = rig
        .post("rd")
        .queries(&LWM2M_1_1)
        .uint(OptionNumber::BLOCK1, 8 | 2);
    vec![
        register(rig),
        update,
        list,
        delete,
        send,
        note.bytes(),
        block.payload(&[b'<'; 64]).bytes(),
        Written::new(Rst, Code::EMPTY, 5).token(&[]).bytes(),
        Written::new(Ack, Code::CONTENT, 5).payload(b"1").bytes(),
    ]
}

#[test]
fn every_message_cut_at_every_byte_is_survived() {
    let mut rig = Rig::new();
    let (_, location) = rig.register(peer(1));
    for message in corpus(&mut rig, &location) {
        for length in 0..message.len() {
            rig.server.handle_input(rig.now, peer(1), &message[..length]);
            rig.sent();
            rig.events();
        }
    }
}

#[test]
fn messages_with_wrong_bytes_are_survived() {
    let mut random = Random::new(4);
    let mut rig = Rig::new();
    for round in 0..300 {
        rig.seconds(1);
        rig.sent();
        let whole = register(&mut rig);
        rig.server.handle_input(rig.now, peer(1), &whole);
        let location = rig.sent().remove(0).texts(OptionNumber::LOCATION_PATH).join("/");
        let id = rig.server.find("one").unwrap();
        let observe = Request::Observe {
            path: Path::instance(3, 0),
            accept: None,
            attributes: Default::default(),
        };
        // The queue may be full of what was asked before.
        let _ = rig.server.observe(rig.now, id, &observe);
        let _ = rig.server.request(rig.now, id, &READ);
        let mut messages = corpus(&mut rig, &location);
        while let Some(sent) = rig.server.poll_transmit() {
            // Its own requests come back as answers, and as requests.
            messages.push(sent.datagram.to_vec());
            let mut answer = sent.datagram.to_vec();
            answer[0] = answer[0] & 0xcf | 0x20;
            answer[1] = 0x45;
            messages.push(answer);
        }
        for mut message in messages {
            for _ in 0..random.up_to(3) {
                let place = random.up_to(message.len() as u64 - 1) as usize;
                message[place] = random.next_u64() as u8;
            }
            let from = peer(random.up_to(2) as u16);
            rig.server.handle_input(rig.now, from, &message);
            while rig.server.poll_transmit().is_some() {}
            rig.events();
        }
        rig.wait(random.up_to(if round % 10 == 0 { 400_000 } else { 3_000 }));
        while rig.server.poll_transmit().is_some() {}
        rig.events();
        assert!(rig.server.len() <= 3);
    }
}

// proves: ROB-11
#[test]
fn what_is_no_request_is_never_answered_but_by_a_reset_to_stop_it() {
    let mut rig = Rig::new();
    rig.register(peer(1));
    for number in 0..200 {
        for kind in [Ack, Rst] {
            for code in [Code::EMPTY, Code::CONTENT, Code::GET] {
                let token: &[u8] = if code == Code::EMPTY { &[] } else { &[1, 2] };
                rig.put(peer(1), &Written::new(kind, code, number).token(token));
                assert!(rig.sent().is_empty());
            }
        }
        rig.put(peer(1), &Written::new(Non, Code::CONTENT, 1_000 + number));
        assert!(rig.sent().is_empty(), "it is no notification");
    }
}

// proves: ROB-07
#[test]
fn thousands_of_parameters_are_refused_at_once() {
    let mut rig = Rig::new();
    let mut register = rig.post("rd").queries(&LWM2M_1_1);
    for _ in 0..20_000 {
        register = register.option(OptionNumber::URI_QUERY, b"x");
    }
    assert_eq!(rig.ask(peer(1), &register).code, Code::BAD_REQUEST);
    let mut register = rig.post("rd").queries(&["ep=one", "lt=60", "lwm2m=1.2"]);
    for _ in 0..2_000 {
        register = register.option(OptionNumber::URI_QUERY, b"pid=oma:basic");
    }
    assert_eq!(rig.ask(peer(1), &register).code, Code::BAD_REQUEST);
    assert!(rig.server.is_empty());
}

#[test]
fn slow_bodies_of_many_are_bounded() {
    let mut rig = Rig::with(ServerConfig {
        coap: EndpointConfig {
            max_partial_bodies: 10,
            ..EndpointConfig::server()
        },
        ..Default::default()
    });
    for number in 0..50 {
        let block = rig
            .post("rd")
            .queries(&LWM2M_1_1)
            .uint(OptionNumber::BLOCK1, 8 | 2);
        let answer = rig.ask(peer(number), &block.payload(&[b'<'; 64]));
        let expected = if number < 10 {
            Code::CONTINUE
        } else {
            Code::SERVICE_UNAVAILABLE
        };
        assert_eq!(answer.code, expected);
    }
    rig.seconds(300);
    let block = rig
        .post("rd")
        .queries(&LWM2M_1_1)
        .uint(OptionNumber::BLOCK1, 8 | 2);
    assert_eq!(
        rig.ask(peer(70), &block.payload(&[b'<'; 64])).code,
        Code::CONTINUE
    );
}

#[test]
fn when_all_are_gone_nothing_is_left_to_wait_for() {
    let mut rig = Rig::new();
    for number in 0..200 {
        let endpoint = format!("ep=d{number}");
        let (id, location) = rig.register_as(peer(number), &[&endpoint, "lt=60", "lwm2m=1.1"], LIST);
        rig.server.request(rig.now, id, &READ).unwrap();
        rig.sent();
        if number % 2 == 0 {
            rig.deregister(peer(number), &location);
        }
    }
    rig.seconds(1_000);
    rig.sent();
    rig.events();
    assert!(rig.server.is_empty());
    assert_eq!(rig.server.poll_timeout(), None);
}
