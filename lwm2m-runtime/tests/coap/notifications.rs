//! Notifications, their order and their end; Echo as the client.

use lwm2m_runtime::{
    coap::{
        Code, Endpoint, EndpointConfig, Event, Failure, Notification, NotifyError, ObserveOrder,
        OptionNumber, Options, PeerToken, Received, RequestKey, Response,
    },
    time::Instant,
};

use super::support::*;

/// An endpoint that peer 1 observes.
fn observed() -> (Endpoint, RequestKey) {
    let mut endpoint = endpoint();
    let request = datagram(Con, Code::GET, 1, b"obs")
        .path("3")
        .uint(OptionNumber::OBSERVE, 0)
        .bytes();
    let (observe, key, responder) = match endpoint.receive(at(0), peer(1), &request) {
        Some(Received::Request(request)) => (request.observe(), request.key, request.responder),
        other => panic!("{other:?}"),
    };
    assert_eq!(observe, Some(0));
    endpoint
        .respond(at(0), responder, Response::new(Code::CONTENT))
        .unwrap();
    only(&mut endpoint);
    (endpoint, key)
}

fn notification(key: RequestKey, confirmable: bool, payload: &[u8]) -> Notification<'_> {
    Notification {
        token: b"obs",
        key,
        confirmable,
        observe: Some(0x0100_0007),
        code: Code::CONTENT,
        options: Options::default(),
        payload,
    }
}

// proves: COAP-25
#[test]
fn observe_of_a_request_is_0_or_1_and_nothing_else() {
    let mut endpoint = endpoint();
    for (value, expected) in [(0, Some(0)), (1, Some(1)), (2, None), (0xff_ffff, None)] {
        let request = datagram(Con, Code::GET, value as u16, b"t")
            .uint(OptionNumber::OBSERVE, value)
            .bytes();
        match endpoint.receive(at(0), peer(1), &request) {
            Some(Received::Request(request)) => assert_eq!(request.observe(), expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_confirmable_notification_is_acknowledged() {
    let (mut endpoint, key) = observed();
    let id = endpoint
        .notify(at(5), peer(1), notification(key, true, b"21"))
        .unwrap()
        .unwrap();
    let sent = only(&mut endpoint);
    assert_eq!(
        (sent.kind, &sent.token[..], sent.uint(OptionNumber::OBSERVE)),
        (Con, &b"obs"[..], Some(7))
    );
    nothing(&mut endpoint, at(6), peer(1), &empty(Ack, sent.id));
    let delivered = Event::Delivered {
        notification: id,
        peer: peer(1),
    };
    assert_eq!(events(&mut endpoint), [delivered]);
}

#[test]
fn an_observation_ends_when_its_observer_rejects_or_does_not_acknowledge() {
    let unobserved = |failure| Event::Unobserved {
        peer: peer(1),
        token: PeerToken::from(&b"obs"[..]),
        failure,
    };
    let (mut endpoint, key) = observed();
    endpoint
        .notify(at(5), peer(1), notification(key, true, b"21"))
        .unwrap();
    assert_eq!(only(&mut endpoint).kind, Con);
    assert_eq!(run_out(&mut endpoint).len(), 4);
    assert_eq!(events(&mut endpoint), [unobserved(Failure::TimedOut)]);

    for confirmable in [true, false] {
        let (mut endpoint, key) = observed();
        endpoint
            .notify(at(5), peer(1), notification(key, confirmable, b"21"))
            .unwrap();
        let sent = only(&mut endpoint);
        nothing(&mut endpoint, at(6), peer(2), &empty(Rst, sent.id));
        assert_eq!(events(&mut endpoint), []);
        nothing(&mut endpoint, at(6), peer(1), &empty(Rst, sent.id));
        assert_eq!(events(&mut endpoint), [unobserved(Failure::Reset)]);
        nothing(&mut endpoint, at(7), peer(1), &empty(Rst, sent.id));
        assert_eq!(events(&mut endpoint), []);
    }
}

#[test]
fn a_newer_notification_takes_the_place_of_one_that_is_not_acknowledged() {
    let (mut endpoint, key) = observed();
    let first_id = endpoint
        .notify(at(0), peer(1), notification(key, true, b"1"))
        .unwrap();
    let first = only(&mut endpoint);
    for payload in [b"2", b"3"] {
        assert_eq!(
            endpoint
                .notify(at(1), peer(1), notification(key, true, payload))
                .unwrap(),
            first_id
        );
        assert!(sent(&mut endpoint).is_empty());
    }
    // It is not acknowledged: the newest goes out in its place, and repetition goes on, not begins again.
    let repeated = run_out(&mut endpoint);
    assert_eq!(repeated.len(), 4);
    assert!(
        repeated
            .iter()
            .all(|(_, sent)| sent.payload == b"3" && sent.id != first.id)
    );

    let (mut endpoint, key) = observed();
    endpoint
        .notify(at(0), peer(1), notification(key, true, b"1"))
        .unwrap();
    let first = only(&mut endpoint);
    endpoint
        .notify(at(1), peer(1), notification(key, true, b"2"))
        .unwrap();
    nothing(&mut endpoint, at(2), peer(1), &empty(Ack, first.id));
    let second = only(&mut endpoint);
    assert_eq!(second.payload, b"2");
    assert_eq!(events(&mut endpoint), []);
    nothing(&mut endpoint, at(3), peer(1), &empty(Ack, second.id));
    assert_eq!(events(&mut endpoint).len(), 1);
}

#[test]
fn confirmable_notifications_wait_their_turn_and_are_bounded() {
    let (mut endpoint, key) = observed();
    let options = path("a");
    for _ in 0..16 {
        let token = endpoint.outgoing_to(peer(1)) as u8;
        let other = Notification {
            token: &[token],
            ..notification(key, true, b"")
        };
        endpoint.notify(at(0), peer(1), other).unwrap();
    }
    assert_eq!(sent(&mut endpoint).len(), 1);
    let refused = endpoint.notify(at(0), peer(1), notification(key, true, b""));
    assert_eq!(refused, Err(NotifyError::TooMany));
    assert!(endpoint.request(at(0), peer(1), get(options.options())).is_err());
    assert!(
        endpoint
            .notify(at(0), peer(1), notification(key, false, b""))
            .is_ok()
    );
}

#[test]
fn the_rest_of_a_large_notification_is_served() {
    let (mut endpoint, key) = observed();
    let body: Vec<u8> = (0..2_500_u32).map(|index| index as u8).collect();
    endpoint
        .notify(at(0), peer(1), notification(key, false, &body))
        .unwrap();
    let first = only(&mut endpoint);
    assert_eq!(first.uint(OptionNumber::BLOCK2), Some(block(0, true, 6)));
    let mut received = first.payload.clone();
    for number in 1..3 {
        let further = datagram(Con, Code::GET, 100 + number as u16, b"x")
            .path("3")
            .uint(OptionNumber::BLOCK2, block(number, false, 6));
        nothing(&mut endpoint, at(1), peer(1), &further.bytes());
        let next = only(&mut endpoint);
        assert_eq!(next.option(OptionNumber::ETAG), first.option(OptionNumber::ETAG));
        assert_eq!(next.option(OptionNumber::OBSERVE), None);
        received.extend(next.payload);
    }
    assert_eq!(received, body);
}

#[test]
fn the_rest_of_a_large_notification_is_fetched() {
    let mut endpoint = endpoint();
    let first = datagram(Con, Code::CONTENT, 50, b"obs")
        .uint(OptionNumber::OBSERVE, 9)
        .option(OptionNumber::ETAG, b"e")
        .uint(OptionNumber::BLOCK2, block(0, true, 0))
        .payload(&[1; 16])
        .bytes();
    let handle = match endpoint.receive(at(0), peer(1), &first) {
        Some(Received::Unmatched(notification)) => {
            assert!(notification.more);
            assert_eq!(
                (notification.token, notification.observe()),
                (&b"obs"[..], Some(9))
            );
            notification.handle
        }
        other => panic!("{other:?}"),
    };
    let mut options = path("3");
    options.push_uint(OptionNumber::OBSERVE, 0);
    let exchange = endpoint.complete(at(0), handle, get(options.options())).unwrap();
    let sent = sent(&mut endpoint);
    assert_eq!((sent[0].kind, sent[0].id), (Ack, 50));
    assert_eq!(sent[1].uint(OptionNumber::BLOCK2), Some(block(1, false, 0)));
    assert_eq!(sent[1].option(OptionNumber::OBSERVE), None);
    let last = answer(&sent[1], Code::CONTENT)
        .option(OptionNumber::ETAG, b"e")
        .uint(OptionNumber::BLOCK2, block(1, false, 0))
        .payload(&[2; 3]);
    match endpoint.receive(at(0), peer(1), &last.bytes()) {
        Some(Received::Response(response)) => {
            assert_eq!(
                (response.exchange, response.token.as_bytes()),
                (exchange, &b"obs"[..])
            );
            assert_eq!(response.options.first(OptionNumber::OBSERVE), Some(&[9][..]));
            assert_eq!(response.payload, [&[1; 16][..], &[2; 3]].concat());
        }
        other => panic!("{other:?}"),
    }
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}

#[test]
fn what_nobody_knows_is_reset_if_it_would_be_repeated() {
    for (kind, expected) in [(Con, Some(Rst)), (Non, None)] {
        let mut endpoint = endpoint();
        let notification = datagram(kind, Code::CONTENT, 50, b"obs")
            .uint(OptionNumber::OBSERVE, 9)
            .bytes();
        let Some(Received::Unmatched(unmatched)) = endpoint.receive(at(0), peer(1), &notification) else {
            panic!();
        };
        let handle = unmatched.handle;
        endpoint.disown(handle);
        let kinds: Vec<_> = sent(&mut endpoint).iter().map(|sent| sent.kind).collect();
        assert_eq!(kinds, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_notification_is_accepted_or_rejected_and_its_repetition_answered_alike() {
    for (kind, accept, expected) in [
        (Con, true, Some(Ack)),
        (Con, false, Some(Rst)),
        (Non, true, None),
        (Non, false, Some(Rst)),
    ] {
        let mut endpoint = endpoint();
        let notification = datagram(kind, Code::CONTENT, 50, b"obs")
            .uint(OptionNumber::OBSERVE, 9)
            .bytes();
        let Some(Received::Unmatched(unmatched)) = endpoint.receive(at(0), peer(1), &notification) else {
            panic!();
        };
        let handle = unmatched.handle;
        match accept {
            true => endpoint.accept(handle),
            false => endpoint.reject(handle),
        }
        for _ in 0..2 {
            let kinds: Vec<_> = sent(&mut endpoint)
                .iter()
                .map(|sent| (sent.kind, sent.id))
                .collect();
            assert_eq!(
                kinds,
                expected.map(|kind| (kind, 50)).into_iter().collect::<Vec<_>>()
            );
            nothing(&mut endpoint, at(1), peer(1), &notification);
        }
    }
}

#[test]
fn old_notifications_are_told_from_new_ones() {
    let mut order = ObserveOrder::new();
    let accept = |order: &mut ObserveOrder, second: u64, number| {
        order.accept(Instant::from_millis(second * 1_000), number)
    };
    assert!(accept(&mut order, 0, 10));
    assert!(!accept(&mut order, 1, 10), "the same one again");
    assert!(!accept(&mut order, 1, 9));
    assert!(accept(&mut order, 1, 11));
    assert!(
        accept(&mut order, 2, 11 + (1 << 23) - 1),
        "just ahead of half way round"
    );
    assert!(
        !accept(&mut order, 2, 11 + (1 << 23) - 1 + (1 << 23)),
        "half way round is not ahead"
    );
    assert!(!accept(&mut order, 130, 5_000), "exactly 128 s");
    assert!(accept(&mut order, 131, 5_000), "more than 128 s");
    assert!(accept(&mut order, 131, 0x0100_0000 | 5_001), "24 bits count");
}

// proves: COAP-17
#[test]
fn a_challenged_request_is_repeated_once_with_the_value() {
    let mut endpoint = endpoint();
    let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
    let challenge = |request: &Sent| {
        answer(request, Code::UNAUTHORIZED)
            .option(OptionNumber::ECHO, b"fresh")
            .bytes()
    };
    nothing(&mut endpoint, at(1), peer(1), &challenge(&request));
    let again = only(&mut endpoint);
    assert_eq!(again.option(OptionNumber::ECHO), Some(&b"fresh"[..]));
    assert_eq!(
        again.option(OptionNumber::URI_PATH),
        request.option(OptionNumber::URI_PATH)
    );
    assert_ne!((again.id, &again.token), (request.id, &request.token));
    let (ended, code, _) = answered(&mut endpoint, at(2), peer(1), &challenge(&again));
    assert_eq!((ended, code), (exchange, Code::UNAUTHORIZED));
    // The value was for that request only.
    assert_eq!(
        ask(&mut endpoint, at(3), peer(2)).1.option(OptionNumber::ECHO),
        None
    );
}

// proves: COAP-18
#[test]
fn an_echo_value_of_another_response_goes_with_the_next_request_to_that_peer() {
    let mut endpoint = endpoint();
    let (_, request) = ask(&mut endpoint, at(0), peer(1));
    let response = answer(&request, Code::CONTENT)
        .option(OptionNumber::ECHO, b"later")
        .bytes();
    answered(&mut endpoint, at(0), peer(1), &response);
    assert_eq!(
        ask(&mut endpoint, at(1), peer(2)).1.option(OptionNumber::ECHO),
        None
    );
    let (exchange, next) = ask(&mut endpoint, at(1), peer(1));
    assert_eq!(next.option(OptionNumber::ECHO), Some(&b"later"[..]));
    endpoint.cancel(at(1), exchange);
    assert_eq!(
        ask(&mut endpoint, at(1), peer(1)).1.option(OptionNumber::ECHO),
        None
    );
}

#[test]
fn echo_values_are_bounded() {
    let config = EndpointConfig {
        max_echoes: 2,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    for from in 1..=3 {
        let (_, request) = ask(&mut endpoint, at(0), peer(from));
        let response = answer(&request, Code::CONTENT)
            .option(OptionNumber::ECHO, b"v")
            .bytes();
        answered(&mut endpoint, at(0), peer(from), &response);
    }
    assert_eq!(
        ask(&mut endpoint, at(1), peer(1)).1.option(OptionNumber::ECHO),
        None
    );
    assert!(
        ask(&mut endpoint, at(1), peer(3))
            .1
            .option(OptionNumber::ECHO)
            .is_some()
    );
}

#[test]
fn a_flood_of_notifications_to_one_peer_leaves_a_reset_of_another_understood() {
    let (mut endpoint, key) = observed();
    let reset = |endpoint: &mut Endpoint, number, id| {
        nothing(endpoint, at(60_000), peer(number), &empty(Rst, id));
        !events(endpoint).is_empty()
    };
    let notify = |endpoint: &mut Endpoint, now, number| {
        let notification = notification(key, false, b"21");
        endpoint.notify(at(now), peer(number), notification).unwrap();
        only(endpoint).id
    };
    // Alone, a peer has all the room.
    let alone: Vec<u16> = (0..64).map(|now| notify(&mut endpoint, now, 1)).collect();
    assert!(reset(&mut endpoint, 1, alone[0]));
    // With others, an eighth.
    let quiet = notify(&mut endpoint, 100, 2);
    let flood: Vec<u16> = (0..200).map(|now| notify(&mut endpoint, 100 + now, 1)).collect();
    let late = notify(&mut endpoint, 400, 3);
    assert!(reset(&mut endpoint, 2, quiet));
    assert!(reset(&mut endpoint, 3, late));
    let understood: Vec<bool> = flood
        .iter()
        .rev()
        .map(|id| reset(&mut endpoint, 1, *id))
        .collect();
    assert_eq!(understood[..8], [true; 8]);
    assert!(!understood[8..].contains(&true), "{understood:?}");
    // Who is gone leaves room.
    let gone = notify(&mut endpoint, 500, 2);
    endpoint.close(at(600), peer(2));
    assert!(!reset(&mut endpoint, 2, gone));
    let alone: Vec<u16> = (0..64).map(|now| notify(&mut endpoint, 700 + now, 1)).collect();
    assert!(reset(&mut endpoint, 1, alone[0]));
}
