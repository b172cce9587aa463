//! Requests of this side: repetition, matching, order and failure.

use std::{collections::HashSet, time::Duration};

use lwm2m_runtime::coap::{
    Code, Endpoint, EndpointConfig, Event, Failure, OptionNumber, Peer, Received, RequestError,
    TransmissionParameters,
};

use super::support::*;

// proves: COAP-04
#[test]
fn the_derived_times_follow_the_formulas() {
    let seconds = Duration::from_secs;
    let default = TransmissionParameters::default();
    assert_eq!(default.max_transmit_span(), seconds(45));
    assert_eq!(default.max_transmit_wait(), seconds(93));
    assert_eq!(default.max_rtt(), seconds(202));
    assert_eq!(default.exchange_lifetime(), seconds(247));
    assert_eq!(default.non_lifetime(), seconds(145));
    let lorawan = TransmissionParameters {
        ack_timeout: seconds(300),
        ..default
    };
    assert_eq!(lorawan.max_transmit_span(), seconds(300 * 15 * 3 / 2));
    assert_eq!(lorawan.max_transmit_wait(), seconds(300 * 31 * 3 / 2));
}

// proves: COAP-04
#[test]
fn a_confirmable_request_is_repeated_at_doubled_intervals_and_then_fails() {
    let mut first_timeouts = HashSet::new();
    for seed in 0..200 {
        let mut endpoint = Endpoint::new(EndpointConfig::default(), seed);
        let start = at(5_000);
        let (exchange, first) = ask(&mut endpoint, start, peer(1));
        let repeated = run_out(&mut endpoint);
        assert_eq!(repeated.len(), 4);
        let timeout = repeated[0].0 - start;
        assert!(
            (Duration::from_secs(2)..=Duration::from_secs(3)).contains(&timeout),
            "{timeout:?}"
        );
        first_timeouts.insert(timeout);
        for (count, (time, sent)) in repeated.iter().enumerate() {
            assert_eq!(*time, start + timeout * ((2 << count) - 1));
            assert_eq!(*sent, first);
        }
        let failed = Event::Failed {
            exchange,
            peer: peer(1),
            failure: Failure::TimedOut,
        };
        assert_eq!(events(&mut endpoint), [failed]);
        assert!(endpoint.is_idle());
        assert_eq!(endpoint.counters().retransmissions, 4);
    }
    assert!(first_timeouts.len() > 100, "the first time-out is random");
}

#[test]
fn the_last_repetition_is_waited_for_as_long_as_its_time_out() {
    let mut endpoint = endpoint();
    ask(&mut endpoint, at(0), peer(1));
    let mut times = vec![0];
    while let Some(next) = endpoint.poll_timeout() {
        endpoint.handle_timeout(next);
        times.push(next.as_millis());
    }
    let first = times[1];
    assert_eq!(times, [0, first, 3 * first, 7 * first, 15 * first, 31 * first]);
}

// proves: COAP-07
#[test]
fn a_response_comes_with_its_acknowledgement_or_separately_or_before_it() {
    let mut endpoint = endpoint();
    let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
    let piggybacked = answer(&request, Code::CONTENT).payload(b"1").bytes();
    assert_eq!(
        answered(&mut endpoint, at(10), peer(1), &piggybacked),
        (exchange, Code::CONTENT, b"1".to_vec())
    );
    assert!(sent(&mut endpoint).is_empty());

    let (exchange, request) = ask(&mut endpoint, at(20), peer(1));
    nothing(&mut endpoint, at(30), peer(1), &empty(Ack, request.id));
    let separate = datagram(Con, Code::CONTENT, 77, &request.token)
        .payload(b"2")
        .bytes();
    assert_eq!(
        answered(&mut endpoint, at(50_000), peer(1), &separate).0,
        exchange
    );
    let acknowledgement = only(&mut endpoint);
    assert_eq!(
        (acknowledgement.kind, acknowledgement.code, acknowledgement.id),
        (Ack, Code::EMPTY, 77)
    );
    // The acknowledgement was lost: the repeated response is acknowledged again, and nothing else happens.
    nothing(&mut endpoint, at(53_000), peer(1), &separate);
    assert_eq!(only(&mut endpoint).id, 77);

    let (exchange, request) = ask(&mut endpoint, at(60_000), peer(1));
    let separate = datagram(Non, Code::CONTENT, 78, &request.token)
        .payload(b"3")
        .bytes();
    assert_eq!(
        answered(&mut endpoint, at(60_010), peer(1), &separate).0,
        exchange
    );
    nothing(&mut endpoint, at(60_020), peer(1), &empty(Ack, request.id));
    assert!(run_out(&mut endpoint).is_empty(), "nothing is repeated any more");
    assert!(endpoint.is_idle());
}

#[test]
fn an_acknowledged_request_is_not_repeated_and_fails_without_its_response() {
    let mut endpoint = endpoint();
    let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
    nothing(&mut endpoint, at(10), peer(1), &empty(Ack, request.id));
    assert!(run_out(&mut endpoint).is_empty());
    let failed = Event::Failed {
        exchange,
        peer: peer(1),
        failure: Failure::TimedOut,
    };
    assert_eq!(events(&mut endpoint), [failed]);
}

// proves: COAP-06
#[test]
fn requests_to_one_peer_go_out_in_turn_and_to_others_at_once() {
    let mut endpoint = endpoint();
    let options = path("a");
    let exchanges: Vec<_> = (0..3)
        .map(|_| endpoint.request(at(0), peer(1), get(options.options())).unwrap())
        .collect();
    let first = only(&mut endpoint);
    let (_, other) = ask(&mut endpoint, at(0), peer(2));
    assert_eq!(other.peer, peer(2));
    let response = answer(&first, Code::CONTENT).bytes();
    assert_eq!(answered(&mut endpoint, at(5), peer(1), &response).0, exchanges[0]);
    let second = only(&mut endpoint);
    assert_ne!((second.id, &second.token), (first.id, &first.token));
    nothing(&mut endpoint, at(6), peer(1), &empty(Rst, second.id));
    let third = only(&mut endpoint);
    let response = answer(&third, Code::CONTENT).bytes();
    assert_eq!(answered(&mut endpoint, at(7), peer(1), &response).0, exchanges[2]);
    assert_eq!(events(&mut endpoint).len(), 1);
    assert_eq!(endpoint.outgoing_to(peer(1)), 0);
}

#[test]
fn more_requests_may_be_on_their_way_when_configured() {
    let mut config = EndpointConfig::default();
    config.transmission.nstart = 3;
    let mut endpoint = Endpoint::new(config, SEED);
    let options = path("a");
    for _ in 0..5 {
        endpoint.request(at(0), peer(1), get(options.options())).unwrap();
    }
    assert_eq!(sent(&mut endpoint).len(), 3);
}

// proves: COAP-13
#[test]
fn tokens_are_long_and_do_not_repeat() {
    let mut seen = HashSet::new();
    let mut endpoint = endpoint();
    for count in 0..10_000 {
        let (exchange, request) = ask(&mut endpoint, at(count), peer((count % 100) as u16));
        assert_eq!(request.token.len(), 8);
        assert!(seen.insert(request.token));
        endpoint.cancel(at(count), exchange);
    }
    // Another seed gives other tokens.
    let mut other = Endpoint::new(EndpointConfig::default(), SEED + 1);
    assert!(!seen.contains(&ask(&mut other, at(0), peer(1)).1.token));
}

// proves: COAP-13 ROB-08
#[test]
fn a_response_of_another_address_or_session_is_never_matched() {
    let mut endpoint = endpoint();
    let session = |session| Peer { session, ..peer(1) };
    let (exchange, request) = ask(&mut endpoint, at(0), session(1));
    for stranger in [peer(2), session(0), session(2)] {
        nothing(
            &mut endpoint,
            at(1),
            stranger,
            &answer(&request, Code::CONTENT).bytes(),
        );
        nothing(&mut endpoint, at(1), stranger, &empty(Ack, request.id));
        nothing(&mut endpoint, at(1), stranger, &empty(Rst, request.id));
        let separate = datagram(Con, Code::CONTENT, 9, &request.token).bytes();
        match endpoint.receive(at(1), stranger, &separate) {
            Some(Received::Unmatched(unmatched)) => {
                let handle = unmatched.handle;
                endpoint.reject(handle);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(only(&mut endpoint).kind, Rst);
    }
    assert_eq!(events(&mut endpoint), []);
    // It has neither been stopped nor answered.
    let response = answer(&request, Code::CONTENT).bytes();
    assert_eq!(answered(&mut endpoint, at(2), session(1), &response).0, exchange);
}

#[test]
fn a_piggybacked_response_needs_identifier_and_token() {
    let mut endpoint = endpoint();
    let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
    let wrong_id = datagram(Ack, Code::CONTENT, request.id.wrapping_add(1), &request.token).bytes();
    nothing(&mut endpoint, at(1), peer(1), &wrong_id);
    let wrong_token = datagram(Ack, Code::CONTENT, request.id, &[1; 8]).bytes();
    nothing(&mut endpoint, at(1), peer(1), &wrong_token);
    assert_eq!(endpoint.counters().unmatched, 2);
    let right = answer(&request, Code::CONTENT).bytes();
    assert_eq!(answered(&mut endpoint, at(2), peer(1), &right).0, exchange);
}

// proves: ROB-09
#[test]
fn a_late_response_is_not_delivered_to_a_newer_request() {
    let mut endpoint = endpoint();
    let (_, old) = ask(&mut endpoint, at(0), peer(1));
    run_out(&mut endpoint);
    events(&mut endpoint);
    let (exchange, new) = ask(&mut endpoint, at(1_000_000), peer(1));
    assert_ne!(old.token, new.token);
    nothing(
        &mut endpoint,
        at(1_000_001),
        peer(1),
        &answer(&old, Code::CONTENT).bytes(),
    );
    let separate = datagram(Con, Code::CONTENT, 5, &old.token).bytes();
    assert!(matches!(
        endpoint.receive(at(1_000_002), peer(1), &separate),
        Some(Received::Unmatched(_))
    ));
    let response = answer(&new, Code::VALID).bytes();
    assert_eq!(
        answered(&mut endpoint, at(1_000_003), peer(1), &response),
        (exchange, Code::VALID, vec![])
    );
}

// proves: COAP-08
#[test]
fn a_critical_option_that_is_not_known_makes_a_response_useless() {
    let unknown = OptionNumber(9_001);
    for kind in [Con, Non] {
        let mut endpoint = endpoint();
        let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
        let response = datagram(kind, Code::CONTENT, 5, &request.token).option(unknown, b"x");
        nothing(&mut endpoint, at(1), peer(1), &response.bytes());
        let replies: Vec<_> = sent(&mut endpoint).iter().map(|sent| sent.kind).collect();
        assert_eq!(replies, if kind == Con { vec![Rst] } else { vec![] });
        let failed = Event::Failed {
            exchange,
            peer: peer(1),
            failure: Failure::BadOption,
        };
        assert_eq!(events(&mut endpoint), [failed]);
    }
    // An elective one is ignored.
    let mut endpoint = endpoint();
    let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
    let response = answer(&request, Code::CONTENT).option(OptionNumber(9_000), b"x");
    assert_eq!(
        answered(&mut endpoint, at(1), peer(1), &response.bytes()).0,
        exchange
    );
}

// proves: COAP-11
#[test]
fn an_unknown_response_code_counts_as_the_first_of_its_class_and_other_classes_are_rejected() {
    for (code, effective) in [
        (Code::new(2, 30), Code::new(2, 0)),
        (Code::new(4, 31), Code::BAD_REQUEST),
        (Code::new(5, 31), Code::INTERNAL_SERVER_ERROR),
        (Code::NOT_FOUND, Code::NOT_FOUND),
        (Code::GET, Code::GET),
    ] {
        assert_eq!(code.effective(), effective);
    }
    let mut endpoint = endpoint();
    let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
    for class in [1, 3, 6, 7] {
        nothing(
            &mut endpoint,
            at(1),
            peer(1),
            &answer(&request, Code::new(class, 5)).bytes(),
        );
    }
    let unknown = answer(&request, Code::new(4, 31)).bytes();
    assert_eq!(
        answered(&mut endpoint, at(2), peer(1), &unknown),
        (exchange, Code::new(4, 31), vec![])
    );
}

// proves: ROB-21
#[test]
fn requests_are_bounded_for_a_peer_and_for_all_and_recover() {
    let config = EndpointConfig {
        max_outgoing: 6,
        max_outgoing_per_peer: 4,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    let options = path("a");
    for _ in 0..4 {
        endpoint.request(at(0), peer(1), get(options.options())).unwrap();
    }
    let refused = endpoint.request(at(0), peer(1), get(options.options()));
    assert_eq!(refused, Err(RequestError::TooMany));
    endpoint.request(at(0), peer(2), get(options.options())).unwrap();
    endpoint.ping(at(0), peer(3)).unwrap();
    assert_eq!(endpoint.ping(at(0), peer(4)), Err(RequestError::TooMany));
    run_out(&mut endpoint);
    assert_eq!(events(&mut endpoint).len(), 6);
    assert!(endpoint.is_idle());
    assert!(endpoint.ping(at(10_000_000), peer(4)).is_ok());
}

// proves: COAP-12
#[test]
fn a_ping_is_answered_by_a_reset() {
    let mut endpoint = endpoint();
    nothing(&mut endpoint, at(0), peer(1), &empty(Con, 99));
    let reset = only(&mut endpoint);
    assert_eq!(
        (reset.kind, reset.code, reset.id, reset.length),
        (Rst, Code::EMPTY, 99, 4)
    );

    let exchange = endpoint.ping(at(0), peer(1)).unwrap();
    let ping = only(&mut endpoint);
    assert_eq!((ping.kind, ping.code, ping.length), (Con, Code::EMPTY, 4));
    nothing(&mut endpoint, at(1), peer(1), &empty(Rst, ping.id));
    let pong = Event::Pong {
        exchange,
        peer: peer(1),
    };
    assert_eq!(events(&mut endpoint), [pong]);
    assert!(endpoint.is_idle());
}

#[test]
fn closing_a_session_ends_what_is_open_with_it_and_sends_nothing() {
    let mut endpoint = endpoint();
    let options = path("a");
    for _ in 0..3 {
        endpoint.request(at(0), peer(1), get(options.options())).unwrap();
    }
    let (responder, _) = asked(
        &mut endpoint,
        at(0),
        peer(1),
        &datagram(Con, Code::GET, 1, b"t").path("a").bytes(),
    );
    sent(&mut endpoint);
    endpoint.close(at(1), peer(1));
    assert!(sent(&mut endpoint).is_empty());
    let ends = events(&mut endpoint);
    assert_eq!(ends.len(), 3);
    assert!(ends.iter().all(|end| matches!(
        end,
        Event::Failed {
            failure: Failure::Closed,
            ..
        }
    )));
    let late = lwm2m_runtime::coap::Response::new(Code::CONTENT);
    assert!(endpoint.respond(at(2), responder, late).is_err());
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}

#[test]
fn message_identifiers_are_not_used_again_within_the_exchange_lifetime() {
    let config = EndpointConfig {
        message_id_counters: 1,
        ..EndpointConfig::default()
    };
    let lifetime = config.transmission.exchange_lifetime().as_millis() as u64;
    let mut endpoint = Endpoint::new(config, SEED);
    let mut used = std::collections::HashMap::new();
    let mut now = 0;
    for count in 0..200_000_u64 {
        // Bursts, pauses, and 200 messages a second in the long run.
        now += if count % 1_000 == 0 { 5_000 } else { 0 };
        let (exchange, request) = ask(&mut endpoint, at(now), peer((count % 7) as u16));
        endpoint.cancel(at(now), exchange);
        if let Some(last) = used.insert(request.id, now) {
            assert!(
                now - last >= lifetime,
                "{} used again after {} ms",
                request.id,
                now - last
            );
        }
    }
}
