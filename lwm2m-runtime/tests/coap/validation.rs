//! Requests of peers whose addresses are not proved: a challenge by Echo, and answers that gain them nothing.

use lwm2m_runtime::coap::{Code, Endpoint, OptionNumber, Response};

use super::support::*;

// proves: COAP-17
#[test]
fn a_challenged_request_is_fresh_when_it_repeats_the_echo_of_its_own_endpoint() {
    let mut endpoint = endpoint();
    let (responder, _) = asked(&mut endpoint, at(1_000), peer(1), &fetch(1, &[], None));
    endpoint.challenge(at(1_000), responder).unwrap();
    let challenge = only(&mut endpoint);
    assert_eq!((challenge.kind, challenge.code), (Ack, Code::UNAUTHORIZED));
    let echo = challenge.option(OptionNumber::ECHO).unwrap().to_vec();
    let age = |now, from, value: &[u8]| {
        let mut options = path("a");
        options.push(OptionNumber::ECHO, value);
        endpoint
            .echo_age(now, from, options.options())
            .map(|age| age.as_millis())
    };
    assert_eq!(age(at(4_500), peer(1), &echo), Some(3_500));
    assert_eq!(age(at(4_500), peer(2), &echo), None, "of another peer");
    assert_eq!(age(at(500), peer(1), &echo), None, "of the future");
    for position in 0..echo.len() {
        let mut forged = echo.clone();
        forged[position] ^= 1;
        assert_eq!(age(at(4_500), peer(1), &forged), None);
    }
    assert_eq!(age(at(4_500), peer(1), b"short"), None);
}

#[test]
fn an_address_that_is_not_validated_gets_no_large_response() {
    let mut endpoint = endpoint();
    let request = datagram(Con, Code::GET, 1, b"t").path("3").bytes();
    for (length, delivered) in [
        (1, true),
        (3 * request.len(), false),
        (1_000, false),
        (50_000, false),
    ] {
        let id = 100 + length as u16;
        let request = datagram(Con, Code::GET, id, b"t").path("3").bytes();
        let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request);
        let body = vec![7; length];
        let response = Response::new(Code::CONTENT).with_payload(&body);
        endpoint.respond_unvalidated(at(0), responder, response).unwrap();
        let sent = only(&mut endpoint);
        assert_eq!(
            sent.code,
            if delivered {
                Code::CONTENT
            } else {
                Code::UNAUTHORIZED
            }
        );
        assert!(
            sent.length <= 3 * request.len(),
            "{} bytes for {}",
            sent.length,
            request.len()
        );
        // A shorter datagram that passes for a repetition gains nothing.
        nothing(
            &mut endpoint,
            at(1),
            peer(1),
            &datagram(Con, Code::GET, id, b"").bytes(),
        );
        assert!(sent_nothing(&mut endpoint));
    }
    // A late response is sent once, whatever the other side does.
    let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request);
    endpoint.handle_timeout(at(1_000));
    only(&mut endpoint);
    let response = Response::new(Code::CONTENT);
    endpoint
        .respond_unvalidated(at(2_000), responder, response)
        .unwrap();
    assert_eq!(only(&mut endpoint).kind, Non);
    assert!(run_out(&mut endpoint).is_empty());
}

/// A request for a block of a body; 6 stands for 1024 bytes.
fn fetch(id: u16, padding: &[u8], wanted: Option<(u32, u8)>) -> Vec<u8> {
    let request = datagram(Con, Code::GET, id, b"t")
        .path("a-resource")
        .option(OptionNumber::URI_QUERY, b"ep=some-device");
    let request = match wanted {
        Some((number, exponent)) => request.uint(OptionNumber::BLOCK2, block(number, false, exponent)),
        None => request,
    };
    match padding {
        [] => request.bytes(),
        padding => request.option(OptionNumber::ECHO, padding).bytes(),
    }
}

#[test]
fn an_address_that_is_not_validated_gets_a_body_in_blocks_that_it_pays_for() {
    let body: Vec<u8> = (0..700_u32).map(|index| (index % 251) as u8).collect();
    let mut endpoint = endpoint();
    let request = fetch(1, &[], None);
    let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request);
    let response = Response::new(Code::CONTENT).with_payload(&body);
    endpoint.respond_unvalidated(at(0), responder, response).unwrap();
    let first = only(&mut endpoint);
    assert_eq!(first.code, Code::CONTENT);
    assert!(first.length <= 3 * request.len());
    assert_eq!(first.uint(OptionNumber::SIZE2), Some(700));
    let exponent = (first.uint(OptionNumber::BLOCK2).unwrap() & 7) as u8;
    assert_eq!(first.payload.len(), 16 << exponent);
    // The peer fetches the rest, and the role hears nothing of it.
    let mut received = first.payload.clone();
    for number in 1.. {
        let request = fetch(1 + number as u16, &[], Some((number, exponent)));
        nothing(&mut endpoint, at(0), peer(1), &request);
        let next = only(&mut endpoint);
        assert!(next.length <= 3 * request.len());
        assert_eq!(next.option(OptionNumber::ETAG), first.option(OptionNumber::ETAG));
        received.extend_from_slice(&next.payload);
        let block2 = next.uint(OptionNumber::BLOCK2).unwrap();
        if block2 & 8 == 0 {
            break;
        }
    }
    assert_eq!(received, body);
}

#[test]
fn blocks_for_an_address_that_is_not_validated_do_not_grow_afterwards() {
    let body = vec![7; 5_000];
    let mut endpoint = endpoint();
    // A long first request, short further ones for larger blocks.
    let request = fetch(1, &[9; 40], None);
    let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request);
    let response = Response::new(Code::CONTENT).with_payload(&body);
    endpoint.respond_unvalidated(at(0), responder, response).unwrap();
    let first = only(&mut endpoint);
    assert_eq!(first.payload.len(), 128);
    for (id, number, exponent, payload) in [(2, 1, 6, 64), (3, 1, 3, 64), (4, 2, 2, 64), (5, 9, 0, 16)] {
        let request = fetch(id, &[], Some((number, exponent)));
        nothing(&mut endpoint, at(0), peer(1), &request);
        let next = only(&mut endpoint);
        assert_eq!((next.code, next.payload.len()), (Code::CONTENT, payload));
        assert!(next.length <= 3 * request.len());
        // It is told where the block begins that it has got.
        let block2 = next.uint(OptionNumber::BLOCK2).unwrap();
        let offset = (block2 >> 4) as usize * (16 << (block2 & 7));
        assert_eq!(offset, number as usize * (16 << exponent));
    }
    // Who has proved the address gets blocks as large as wanted.
    let (responder, _) = asked(&mut endpoint, at(0), peer(2), &fetch(1, &[], None));
    endpoint.respond(at(0), responder, response).unwrap();
    assert_eq!(only(&mut endpoint).payload.len(), 1024);
    nothing(&mut endpoint, at(0), peer(2), &fetch(2, &[], Some((1, 6))));
    assert_eq!(only(&mut endpoint).payload.len(), 1024);
}

fn sent_nothing(endpoint: &mut Endpoint) -> bool {
    sent(endpoint).is_empty()
}
