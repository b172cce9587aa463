//! Requests of peers: repetition, responses, refusals.

use lwm2m_runtime::coap::{
    Code, Endpoint, EndpointConfig, Event, Failure, OptionNumber, PeerToken, RespondError, Response,
};

use super::support::*;

fn request(id: u16) -> Vec<u8> {
    datagram(Con, Code::PUT, id, b"tk")
        .path("3/0/15")
        .payload(b"x")
        .bytes()
}

// proves: COAP-05 COAP-07
#[test]
fn a_repeated_request_gets_the_same_answer_and_is_not_acted_on_twice() {
    let mut endpoint = endpoint();
    let (responder, payload) = asked(&mut endpoint, at(0), peer(1), &request(7));
    assert_eq!(payload, b"x");
    // It comes again before there is an answer.
    nothing(&mut endpoint, at(1), peer(1), &request(7));
    assert!(sent(&mut endpoint).is_empty());
    respond(&mut endpoint, at(2), responder, b"first");
    let response = only(&mut endpoint);
    assert_eq!(
        (response.kind, response.id, &response.token[..]),
        (Ack, 7, &b"tk"[..])
    );
    for time in [3, 100_000, 246_999] {
        nothing(&mut endpoint, at(time), peer(1), &request(7));
        assert_eq!(only(&mut endpoint), response);
    }
    assert_eq!(endpoint.counters().duplicates, 4);
    // Another peer and another identifier are other requests; and so is the same one after its lifetime.
    let _ = asked(&mut endpoint, at(246_999), peer(2), &request(7));
    let _ = asked(&mut endpoint, at(246_999), peer(1), &request(8));
    let _ = asked(&mut endpoint, at(247_000), peer(1), &request(7));
}

// proves: COAP-05
#[test]
fn a_repeated_non_confirmable_request_is_ignored_within_its_lifetime() {
    let mut endpoint = endpoint();
    let request = datagram(Non, Code::POST, 7, b"tk").path("dp").bytes();
    let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request);
    respond(&mut endpoint, at(0), responder, b"");
    assert_eq!(only(&mut endpoint).kind, Non);
    nothing(&mut endpoint, at(144_999), peer(1), &request);
    assert!(sent(&mut endpoint).is_empty());
    let _ = asked(&mut endpoint, at(145_000), peer(1), &request);
}

// proves: COAP-07
#[test]
fn a_slow_response_is_preceded_by_an_acknowledgement_and_repeated_until_acknowledged() {
    let mut endpoint = endpoint();
    let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request(7));
    assert_eq!(
        endpoint.poll_timeout(),
        Some(at(1_000)),
        "before the peer repeats the request after 2 s"
    );
    endpoint.handle_timeout(at(1_000));
    let acknowledgement = only(&mut endpoint);
    assert_eq!(
        (acknowledgement.kind, acknowledgement.id, acknowledgement.length),
        (Ack, 7, 4)
    );
    nothing(&mut endpoint, at(2_000), peer(1), &request(7));
    assert_eq!(only(&mut endpoint), acknowledgement);

    respond(&mut endpoint, at(60_000), responder, b"late");
    let response = only(&mut endpoint);
    assert_eq!(
        (response.kind, &response.token[..], &response.payload[..]),
        (Con, &b"tk"[..], &b"late"[..])
    );
    let next = endpoint.poll_timeout().unwrap();
    endpoint.handle_timeout(next);
    assert_eq!(only(&mut endpoint), response);
    nothing(&mut endpoint, at(65_000), peer(1), &empty(Ack, response.id));
    assert!(run_out(&mut endpoint).is_empty());
    assert!(endpoint.is_idle());
}

#[test]
fn a_separate_response_that_is_rejected_or_lost_is_told() {
    for reset in [true, false] {
        let mut endpoint = endpoint();
        let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request(7));
        endpoint.handle_timeout(at(1_000));
        only(&mut endpoint);
        respond(&mut endpoint, at(2_000), responder, b"late");
        let response = only(&mut endpoint);
        if reset {
            nothing(&mut endpoint, at(2_001), peer(1), &empty(Rst, response.id));
        }
        assert_eq!(run_out(&mut endpoint).len(), if reset { 0 } else { 4 });
        let lost = Event::ResponseLost {
            peer: peer(1),
            token: PeerToken::from(&b"tk"[..]),
            failure: if reset { Failure::Reset } else { Failure::TimedOut },
        };
        assert_eq!(events(&mut endpoint), [lost]);
    }
}

// proves: ROB-21
#[test]
fn late_responses_that_nobody_acknowledges_do_not_pile_up() {
    let config = EndpointConfig {
        max_outgoing: 2,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    let open: Vec<_> = (0..5)
        .map(|id| asked(&mut endpoint, at(0), peer(1), &request(id)).0)
        .collect();
    endpoint.handle_timeout(at(1_000));
    assert_eq!(sent(&mut endpoint).len(), 5);
    for responder in open {
        respond(&mut endpoint, at(2_000), responder, b"late");
    }
    let kinds: Vec<_> = sent(&mut endpoint).iter().map(|sent| sent.kind).collect();
    assert_eq!(kinds, [Con, Con, Non, Non, Non]);
}

#[test]
fn a_request_that_is_never_answered_is_forgotten() {
    let mut endpoint = endpoint();
    let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request(7));
    let sent = run_out(&mut endpoint);
    assert_eq!(sent.len(), 1, "the acknowledgement");
    assert!(endpoint.is_idle());
    let late = endpoint.respond(at(900_000), responder, Response::new(Code::CHANGED));
    assert_eq!(late, Err(RespondError::Gone));
}

// proves: COAP-08 COAP-27
#[test]
fn critical_options_are_understood_or_refused() {
    let unknown = OptionNumber(9_001);
    for option in [unknown, OptionNumber::IF_MATCH, OptionNumber::OSCORE] {
        let mut endpoint = endpoint();
        let build = |kind| {
            datagram(kind, Code::GET, 7, b"t")
                .option(option, b"x")
                .path("a")
                .bytes()
        };
        nothing(&mut endpoint, at(0), peer(1), &build(Con));
        let refusal = only(&mut endpoint);
        assert_eq!(
            (refusal.kind, refusal.code, refusal.id),
            (Ack, Code::BAD_OPTION, 7)
        );
        nothing(&mut endpoint, at(1), peer(1), &build(Con));
        assert_eq!(only(&mut endpoint), refusal);
        nothing(&mut endpoint, at(0), peer(2), &build(Non));
        assert!(sent(&mut endpoint).is_empty());
    }
    let mut endpoint = endpoint();
    let if_none_match = datagram(Con, Code::PUT, 8, b"t")
        .option(OptionNumber::IF_NONE_MATCH, b"")
        .bytes();
    nothing(&mut endpoint, at(0), peer(1), &if_none_match);
    assert_eq!(only(&mut endpoint).code, Code::BAD_OPTION);
    let elective = datagram(Con, Code::GET, 9, b"t")
        .option(OptionNumber(9_000), b"x")
        .bytes();
    let _ = asked(&mut endpoint, at(0), peer(1), &elective);
}

// proves: COAP-09
#[test]
fn options_of_a_wrong_length_or_repeated_count_as_unknown() {
    let mut endpoint = endpoint();
    let refused = [
        datagram(Con, Code::GET, 1, b"t")
            .option(OptionNumber::ACCEPT, b"123")
            .bytes(),
        datagram(Con, Code::GET, 2, b"t")
            .option(OptionNumber::URI_HOST, b"")
            .bytes(),
        datagram(Con, Code::GET, 3, b"t")
            .option(OptionNumber::ACCEPT, b"1")
            .option(OptionNumber::ACCEPT, b"1")
            .bytes(),
    ];
    for request in refused {
        nothing(&mut endpoint, at(0), peer(1), &request);
        assert_eq!(only(&mut endpoint).code, Code::BAD_OPTION);
    }
    // Elective ones are ignored then.
    let repeated = datagram(Con, Code::GET, 4, b"t")
        .option(OptionNumber::CONTENT_FORMAT, b"1")
        .option(OptionNumber::CONTENT_FORMAT, b"1")
        .bytes();
    let _ = asked(&mut endpoint, at(0), peer(1), &repeated);
}

// proves: COAP-10
#[test]
fn an_unknown_method_is_not_allowed() {
    let mut endpoint = endpoint();
    nothing(
        &mut endpoint,
        at(0),
        peer(1),
        &datagram(Con, Code::new(0, 8), 1, b"t").bytes(),
    );
    let refusal = only(&mut endpoint);
    assert_eq!(
        (refusal.kind, refusal.code, refusal.id),
        (Ack, Code::METHOD_NOT_ALLOWED, 1)
    );
    nothing(
        &mut endpoint,
        at(0),
        peer(1),
        &datagram(Non, Code::new(0, 31), 2, b"t").bytes(),
    );
    let refusal = only(&mut endpoint);
    assert_eq!((refusal.kind, refusal.code), (Non, Code::METHOD_NOT_ALLOWED));
}

// proves: COAP-16
#[test]
fn fetch_and_patch_need_a_content_format() {
    let mut endpoint = endpoint();
    for (id, code) in [(1, Code::FETCH), (2, Code::PATCH), (3, Code::IPATCH)] {
        nothing(
            &mut endpoint,
            at(0),
            peer(1),
            &datagram(Con, code, id, b"t").payload(b"x").bytes(),
        );
        assert_eq!(only(&mut endpoint).code, Code::UNSUPPORTED_CONTENT_FORMAT);
        let typed = datagram(Con, code, id + 10, b"t")
            .uint(OptionNumber::CONTENT_FORMAT, 112)
            .payload(b"x");
        let _ = asked(&mut endpoint, at(0), peer(1), &typed.bytes());
    }
}

// proves: COAP-26
#[test]
fn proxy_options_are_refused_and_host_and_port_accepted() {
    let mut endpoint = endpoint();
    for (id, option) in [(1, OptionNumber::PROXY_URI), (2, OptionNumber::PROXY_SCHEME)] {
        nothing(
            &mut endpoint,
            at(0),
            peer(1),
            &datagram(Con, Code::GET, id, b"t").option(option, b"coap").bytes(),
        );
        assert_eq!(only(&mut endpoint).code, Code::PROXYING_NOT_SUPPORTED);
    }
    let hosted = datagram(Con, Code::GET, 3, b"t")
        .option(OptionNumber::URI_HOST, b"example.org")
        .uint(OptionNumber::URI_PORT, 1);
    let _ = asked(&mut endpoint, at(0), peer(1), &hosted.bytes());
}

// proves: COAP-28
#[test]
fn no_response_suppresses_its_classes_and_hop_limit_is_ignored() {
    for (unwanted, code, suppressed) in [
        (2, Code::CHANGED, true),
        (2, Code::NOT_FOUND, false),
        (8, Code::NOT_FOUND, true),
        (16, Code::INTERNAL_SERVER_ERROR, true),
        (26, Code::CONTENT, true),
        (24, Code::CONTENT, false),
        (0, Code::CONTENT, false),
    ] {
        for kind in [Con, Non] {
            let mut endpoint = endpoint();
            let request = datagram(kind, Code::PUT, 1, b"t")
                .uint(OptionNumber::NO_RESPONSE, unwanted)
                .uint(OptionNumber::HOP_LIMIT, 5)
                .bytes();
            let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request);
            endpoint.respond(at(1), responder, Response::new(code)).unwrap();
            let sent = sent(&mut endpoint);
            match (kind, suppressed) {
                (Non, true) => assert!(sent.is_empty()),
                (_, true) => assert_eq!((sent[0].kind, sent[0].code), (Ack, Code::EMPTY)),
                _ => assert_eq!(sent[0].code, code),
            }
        }
    }
}

// proves: COAP-20
#[test]
fn extended_tokens_are_repeated_when_enabled() {
    let config = EndpointConfig {
        max_token: 300,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    for (length, head) in [
        (12, vec![0x4c, 1, 0, 1]),
        (13, vec![0x4d, 1, 0, 2, 0]),
        (300, vec![0x4e, 1, 0, 3, 0, 31]),
    ] {
        let token = vec![9; length];
        let request = [head, token.clone(), vec![0xb1, b'a']].concat();
        let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request);
        respond(&mut endpoint, at(0), responder, b"x");
        assert_eq!(only(&mut endpoint).token, token);
    }
    // Willing, but without room.
    let mut config = endpoint.config().clone();
    config.max_incoming = 0;
    let mut full = Endpoint::new(config, SEED);
    let request = [vec![0x4d, 1, 0, 2, 0], vec![9; 13]].concat();
    nothing(&mut full, at(0), peer(1), &request);
    let refusal = only(&mut full);
    assert_eq!(
        (refusal.code, refusal.token),
        (Code::SERVICE_UNAVAILABLE, vec![9; 13])
    );
}

// proves: ROB-21
#[test]
fn open_requests_are_bounded_for_a_peer_and_for_all_and_recover() {
    let config = EndpointConfig {
        max_incoming: 6,
        max_incoming_per_peer: 4,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    let mut open = Vec::new();
    for (id, from) in [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (6, 2)] {
        open.push(asked(&mut endpoint, at(0), peer(from), &request(id)).0);
    }
    for from in [1, 3] {
        nothing(&mut endpoint, at(0), peer(from), &request(9));
        assert_eq!(only(&mut endpoint).code, Code::SERVICE_UNAVAILABLE);
    }
    nothing(
        &mut endpoint,
        at(0),
        peer(3),
        &datagram(Non, Code::GET, 10, b"t").bytes(),
    );
    assert!(sent(&mut endpoint).is_empty());
    assert_eq!(endpoint.counters().overloaded, 3);
    for responder in open {
        respond(&mut endpoint, at(1), responder, b"");
    }
    let _ = asked(&mut endpoint, at(2), peer(1), &request(11));
}

#[test]
fn nobody_makes_another_one_s_messages_forgotten() {
    let config = EndpointConfig {
        max_recent: 64,
        max_recent_bytes: 4_096,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    let serve = |endpoint: &mut Endpoint, from, id, length: usize| {
        let (responder, _) = asked(endpoint, at(1), peer(from), &request(id));
        respond(endpoint, at(1), responder, &vec![id as u8; length]);
        only(endpoint)
    };
    let first = serve(&mut endpoint, 1, 1, 100);
    // One that sends many messages, and one that asks for much.
    for id in 1..=1_000 {
        serve(&mut endpoint, 2, id, 0);
        serve(&mut endpoint, 3, id, 1_000);
    }
    let second = serve(&mut endpoint, 1, 2, 100);
    for (id, response) in [(1, first), (2, second)] {
        nothing(&mut endpoint, at(2), peer(1), &request(id));
        assert_eq!(only(&mut endpoint), response);
    }
    // Theirs of late are still known, and long ago so is not what they sent.
    nothing(&mut endpoint, at(2), peer(2), &request(1_000));
    assert_eq!(sent(&mut endpoint).len(), 1);
    nothing(&mut endpoint, at(2), peer(3), &request(1_000));
    let _ = sent(&mut endpoint);
    let _ = asked(&mut endpoint, at(2), peer(2), &request(500));
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}

#[test]
fn remembered_messages_are_bounded_by_number_and_bytes_and_the_oldest_goes() {
    let config = EndpointConfig {
        max_recent: 4,
        max_recent_bytes: 250,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    let serve = |endpoint: &mut Endpoint, id, length: usize| {
        let (responder, _) = asked(endpoint, at(u64::from(id)), peer(1), &request(id));
        respond(endpoint, at(u64::from(id)), responder, &vec![id as u8; length]);
        only(endpoint)
    };
    let responses: Vec<_> = (1..=6).map(|id| serve(&mut endpoint, id, 50)).collect();
    for id in 3..=6_u16 {
        nothing(&mut endpoint, at(10), peer(1), &request(id));
        assert_eq!(only(&mut endpoint), responses[usize::from(id) - 1]);
    }
    // Responses that had to make room for larger ones are gone, but the requests are not acted on again.
    serve(&mut endpoint, 7, 200);
    nothing(&mut endpoint, at(11), peer(1), &request(6));
    assert!(sent(&mut endpoint).is_empty());
    nothing(&mut endpoint, at(11), peer(1), &request(7));
    assert_eq!(only(&mut endpoint).payload, vec![7; 200]);
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}
