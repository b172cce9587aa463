//! Bodies in blocks, datagram by datagram: what each side sends, and what it refuses.

use lwm2m_runtime::coap::{
    BlockSize, Code, Endpoint, EndpointConfig, Event, ExchangeId, Failure, OptionNumber, Progress, Received,
    Request, Response,
};

use super::support::*;

const BLOCK1: OptionNumber = OptionNumber::BLOCK1;
const BLOCK2: OptionNumber = OptionNumber::BLOCK2;

fn body(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7 + index / 256) as u8).collect()
}

fn put(endpoint: &mut Endpoint, payload: &[u8]) -> (ExchangeId, Sent) {
    let options = path("5/0/0");
    let request = Request {
        code: Code::PUT,
        confirmable: true,
        options: options.options(),
        payload,
    };
    let exchange = endpoint.request(at(0), peer(1), request).unwrap();
    (exchange, only(endpoint))
}

/// A block of a request to the endpoint.
fn upload(id: u16, value: u32, payload: &[u8]) -> Datagram {
    datagram(Con, Code::PUT, id, b"t")
        .path("5/0/0")
        .uint(BLOCK1, value)
        .payload(payload)
}

fn refused(endpoint: &mut Endpoint, datagram: &Datagram, code: Code) {
    nothing(endpoint, at(0), peer(1), &datagram.bytes());
    let refusal = only(endpoint);
    assert_eq!(refusal.code, code, "{refusal:?}");
}

fn continued(endpoint: &mut Endpoint, datagram: &Datagram) -> Sent {
    nothing(endpoint, at(0), peer(1), &datagram.bytes());
    let answer = only(endpoint);
    assert_eq!(answer.code, Code::CONTINUE, "{answer:?}");
    answer
}

// proves: BLK-05 BLK-16 COAP-19
#[test]
fn a_large_request_goes_out_in_blocks_with_its_size_and_a_tag() {
    let mut endpoint = endpoint();
    let whole = body(2_500);
    let (exchange, mut request) = put(&mut endpoint, &whole);
    let tag = request.option(OptionNumber::REQUEST_TAG).unwrap().to_vec();
    assert_eq!(request.uint(OptionNumber::SIZE1), Some(2_500));
    for number in 0..2 {
        assert_eq!(request.uint(BLOCK1), Some(block(number, true, 6)));
        assert_eq!(request.option(OptionNumber::REQUEST_TAG), Some(&tag[..]));
        assert_eq!(request.payload, &whole[number as usize * 1024..][..1024]);
        assert!(request.length <= 1152);
        let before = request.token.clone();
        let more = answer(&request, Code::CONTINUE).uint(BLOCK1, block(number, true, 6));
        nothing(&mut endpoint, at(0), peer(1), &more.bytes());
        request = only(&mut endpoint);
        assert_ne!(request.token, before, "an older response does not match");
        let progress = Progress {
            sent: (number as usize + 1) * 1024,
            received: 0,
        };
        assert_eq!(endpoint.progress(exchange), Some(progress));
    }
    assert_eq!(request.uint(BLOCK1), Some(block(2, false, 6)));
    assert_eq!(request.uint(OptionNumber::SIZE1), None);
    assert_eq!(request.payload, &whole[2048..]);
    let end = answer(&request, Code::CHANGED).uint(BLOCK1, block(2, false, 6));
    assert_eq!(answered(&mut endpoint, at(0), peer(1), &end.bytes()).0, exchange);
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
    // Another body gets another tag.
    assert_ne!(
        put(&mut endpoint, &whole).1.option(OptionNumber::REQUEST_TAG),
        Some(&tag[..])
    );
}

// proves: BLK-09
#[test]
fn the_sender_continues_in_smaller_blocks_when_asked() {
    let mut endpoint = endpoint();
    let whole = body(2_000);
    let (exchange, request) = put(&mut endpoint, &whole);
    let smaller = answer(&request, Code::CONTINUE).uint(BLOCK1, block(0, true, 4));
    nothing(&mut endpoint, at(0), peer(1), &smaller.bytes());
    let mut received = request.payload;
    let mut number = 4;
    loop {
        let request = only(&mut endpoint);
        received.extend(&request.payload);
        let more = received.len() < whole.len();
        assert_eq!(request.uint(BLOCK1), Some(block(number, more, 4)));
        if !more {
            let end = answer(&request, Code::CHANGED).uint(BLOCK1, block(number, false, 4));
            assert_eq!(answered(&mut endpoint, at(0), peer(1), &end.bytes()).0, exchange);
            break;
        }
        let next = answer(&request, Code::CONTINUE).uint(BLOCK1, block(number, true, 4));
        nothing(&mut endpoint, at(0), peer(1), &next.bytes());
        number += 1;
    }
    assert_eq!(received, whole);
}

// proves: BLK-06
#[test]
fn an_upload_begins_again_in_smaller_blocks_when_the_blocks_were_too_large() {
    let mut endpoint = endpoint();
    let whole = body(2_000);
    let (exchange, request) = put(&mut endpoint, &whole);
    let smaller = answer(&request, Code::REQUEST_ENTITY_TOO_LARGE).uint(BLOCK1, block(0, false, 2));
    nothing(&mut endpoint, at(0), peer(1), &smaller.bytes());
    let request = only(&mut endpoint);
    assert_eq!(
        (request.uint(BLOCK1), request.payload.len()),
        (Some(block(0, true, 2)), 64)
    );
    // A limit below the size of the body is final.
    let limited = answer(&request, Code::REQUEST_ENTITY_TOO_LARGE)
        .uint(BLOCK1, block(0, false, 1))
        .uint(OptionNumber::SIZE1, 1_000);
    let (ended, code, _) = answered(&mut endpoint, at(0), peer(1), &limited.bytes());
    assert_eq!((ended, code), (exchange, Code::REQUEST_ENTITY_TOO_LARGE));

    // A request that was sent whole.
    let (_, request) = put(&mut endpoint, &body(1_000));
    assert_eq!(request.uint(BLOCK1), None);
    nothing(
        &mut endpoint,
        at(0),
        peer(1),
        &answer(&request, Code::REQUEST_ENTITY_TOO_LARGE).bytes(),
    );
    let request = only(&mut endpoint);
    assert_eq!(request.uint(BLOCK1), Some(block(0, true, 5)));
}

#[test]
fn an_upload_begins_again_under_another_tag_when_blocks_are_missing_and_then_gives_up() {
    let mut endpoint = endpoint();
    let (exchange, mut request) = put(&mut endpoint, &body(2_000));
    for _ in 0..2 {
        let more = answer(&request, Code::CONTINUE).uint(BLOCK1, block(0, true, 6));
        nothing(&mut endpoint, at(0), peer(1), &more.bytes());
        let second = only(&mut endpoint);
        let missing = answer(&second, Code::REQUEST_ENTITY_INCOMPLETE);
        nothing(&mut endpoint, at(0), peer(1), &missing.bytes());
        let again = only(&mut endpoint);
        assert_eq!(again.uint(BLOCK1), Some(block(0, true, 6)));
        assert_ne!(
            again.option(OptionNumber::REQUEST_TAG),
            request.option(OptionNumber::REQUEST_TAG)
        );
        request = again;
    }
    let missing = answer(&request, Code::REQUEST_ENTITY_INCOMPLETE).bytes();
    let (ended, code, _) = answered(&mut endpoint, at(0), peer(1), &missing);
    assert_eq!((ended, code), (exchange, Code::REQUEST_ENTITY_INCOMPLETE));
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}

// proves: BLK-05 BLK-03
#[test]
fn a_body_is_put_together_from_blocks_of_every_size() {
    for exponent in 0..=6 {
        let size = 16 << exponent;
        for length in [1, size - 1, size, size + 1, 3 * size, 3 * size + 5] {
            let whole = body(length);
            let mut endpoint = endpoint();
            let last = length.div_ceil(size) - 1;
            for number in 0..=last {
                let slice = &whole[number * size..length.min((number + 1) * size)];
                let value = block(number as u32, number < last, exponent);
                let request = upload(number as u16, value, slice).bytes();
                if number < last {
                    nothing(&mut endpoint, at(0), peer(1), &request);
                    let more = only(&mut endpoint);
                    assert_eq!((more.code, more.uint(BLOCK1)), (Code::CONTINUE, Some(value)));
                    continue;
                }
                let (responder, payload) = asked(&mut endpoint, at(0), peer(1), &request);
                assert_eq!(payload, whole);
                endpoint
                    .respond(at(0), responder, Response::new(Code::CHANGED))
                    .unwrap();
                assert_eq!(only(&mut endpoint).uint(BLOCK1), Some(value));
            }
            run_out(&mut endpoint);
            assert!(endpoint.is_idle());
        }
    }
}

// proves: BLK-03
#[test]
fn an_empty_block_option_is_block_0_of_16_bytes() {
    let mut endpoint = endpoint();
    let request = datagram(Con, Code::GET, 1, b"t").option(BLOCK2, b"").bytes();
    let (responder, _) = asked(&mut endpoint, at(0), peer(1), &request);
    respond(&mut endpoint, at(0), responder, &body(40));
    let first = only(&mut endpoint);
    assert_eq!(
        (first.uint(BLOCK2), first.payload.len()),
        (Some(block(0, true, 0)), 16)
    );
    // Without the option the whole body comes.
    let (responder, _) = asked(
        &mut endpoint,
        at(0),
        peer(1),
        &datagram(Con, Code::GET, 2, b"t").bytes(),
    );
    respond(&mut endpoint, at(0), responder, &body(40));
    let whole = only(&mut endpoint);
    assert_eq!((whole.uint(BLOCK2), whole.payload.len()), (None, 40));
}

// proves: BLK-04 ROB-23
#[test]
fn blocks_that_do_not_fit_are_refused_and_do_not_change_the_body() {
    let mut endpoint = endpoint();
    let whole = body(16 * 5);
    let slice = |number: usize| &whole[number * 16..(number + 1) * 16];
    refused(
        &mut endpoint,
        &upload(1, block(0, true, 7), &[0; 1024]),
        Code::BAD_REQUEST,
    );
    refused(
        &mut endpoint,
        &upload(2, block(0, true, 0), &[0; 15]),
        Code::BAD_REQUEST,
    );
    refused(
        &mut endpoint,
        &upload(3, block(0, true, 0), &[0; 17]),
        Code::BAD_REQUEST,
    );
    refused(
        &mut endpoint,
        &upload(4, block(0, false, 0), &[0; 17]),
        Code::BAD_REQUEST,
    );
    refused(
        &mut endpoint,
        &upload(5, block(1, true, 0), slice(1)),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );
    continued(&mut endpoint, &upload(6, block(0, true, 0), slice(0)));
    // Out of order, repeated under another identifier, grown, overlapping.
    refused(
        &mut endpoint,
        &upload(7, block(2, true, 0), slice(2)),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );
    continued(&mut endpoint, &upload(8, block(1, true, 0), slice(1)));
    refused(
        &mut endpoint,
        &upload(9, block(1, true, 0), &[9; 16]),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );
    refused(
        &mut endpoint,
        &upload(10, block(1, true, 1), &[9; 32]),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );
    refused(
        &mut endpoint,
        &upload(11, block(2, true, 0), &[9; 12]),
        Code::BAD_REQUEST,
    );
    refused(
        &mut endpoint,
        &upload(12, block(3, false, 0), slice(3)),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );
    continued(&mut endpoint, &upload(13, block(2, true, 0), slice(2)));
    continued(&mut endpoint, &upload(14, block(3, true, 0), slice(3)));
    let end = upload(15, block(4, false, 0), slice(4)).bytes();
    assert_eq!(asked(&mut endpoint, at(0), peer(1), &end).1, whole);
    // And it is gone.
    refused(
        &mut endpoint,
        &upload(16, block(5, false, 0), slice(4)),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );
}

// proves: BLK-07 BLK-12 COAP-19
#[test]
fn blocks_of_other_options_or_tags_are_never_joined() {
    let mut endpoint = endpoint();
    let first = |id| upload(id, block(0, true, 0), &[1; 16]);
    let second = |id| upload(id, block(1, false, 0), &[2; 4]);
    let incomplete = Code::REQUEST_ENTITY_INCOMPLETE;
    continued(&mut endpoint, &first(1).uint(OptionNumber::CONTENT_FORMAT, 42));
    refused(&mut endpoint, &second(2), incomplete);
    refused(
        &mut endpoint,
        &second(3).uint(OptionNumber::CONTENT_FORMAT, 112),
        incomplete,
    );
    refused(
        &mut endpoint,
        &second(4)
            .uint(OptionNumber::CONTENT_FORMAT, 42)
            .option(OptionNumber::URI_QUERY, b"lt=1"),
        incomplete,
    );
    let tagged = |datagram: Datagram, tag: &[u8]| datagram.option(OptionNumber::REQUEST_TAG, tag);
    refused(
        &mut endpoint,
        &tagged(second(5).uint(OptionNumber::CONTENT_FORMAT, 42), b"a"),
        incomplete,
    );
    // Two tags are two bodies at the same time; an empty tag is another one than none.
    continued(&mut endpoint, &tagged(first(6), b"a"));
    continued(
        &mut endpoint,
        &tagged(upload(7, block(0, true, 0), &[5; 16]), b""),
    );
    let (_, a) = asked(&mut endpoint, at(0), peer(1), &tagged(second(8), b"a").bytes());
    assert_eq!(a, [&[1; 16][..], &[2; 4]].concat());
    let (responder, b) = asked(&mut endpoint, at(0), peer(1), &tagged(second(9), b"").bytes());
    assert_eq!(b, [&[5; 16][..], &[2; 4]].concat());
    respond(&mut endpoint, at(0), responder, b"");
    assert_eq!(only(&mut endpoint).option(OptionNumber::REQUEST_TAG), None);
    let (_, c) = asked(
        &mut endpoint,
        at(0),
        peer(1),
        &second(10).uint(OptionNumber::CONTENT_FORMAT, 42).bytes(),
    );
    assert_eq!(c, [&[1; 16][..], &[2; 4]].concat());
}

// proves: BLK-08
#[test]
fn a_new_start_drops_the_old_body() {
    let mut endpoint = endpoint();
    continued(&mut endpoint, &upload(1, block(0, true, 0), &[1; 16]));
    continued(&mut endpoint, &upload(2, block(1, true, 0), &[2; 16]));
    continued(&mut endpoint, &upload(3, block(0, true, 0), &[3; 16]));
    refused(
        &mut endpoint,
        &upload(4, block(2, false, 0), &[4; 16]),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );
    let end = upload(5, block(1, false, 0), &[5; 4]).bytes();
    assert_eq!(
        asked(&mut endpoint, at(0), peer(1), &end).1,
        [&[3; 16][..], &[5; 4]].concat()
    );
    assert_eq!(endpoint.counters().abandoned_bodies, 1);
}

// proves: BLK-06 BLK-13 ROB-22 ROB-25
#[test]
fn bodies_are_bounded_in_size_number_and_time() {
    let config = EndpointConfig {
        max_body: 100,
        max_body_bytes: 250,
        max_body_bytes_per_peer: 180,
        max_partial_bodies: 4,
        max_partial_bodies_per_peer: 3,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    let lying = upload(1, block(0, true, 0), &[0; 16]).uint(OptionNumber::SIZE1, 101);
    nothing(&mut endpoint, at(0), peer(1), &lying.bytes());
    let refusal = only(&mut endpoint);
    assert_eq!(
        (refusal.code, refusal.uint(OptionNumber::SIZE1)),
        (Code::REQUEST_ENTITY_TOO_LARGE, Some(100))
    );
    // What is announced is not believed: the body is refused when it has grown too large.
    continued(
        &mut endpoint,
        &upload(2, block(0, true, 2), &[0; 64]).uint(OptionNumber::SIZE1, 1),
    );
    refused(
        &mut endpoint,
        &upload(3, block(1, true, 2), &[0; 64]),
        Code::REQUEST_ENTITY_TOO_LARGE,
    );
    refused(
        &mut endpoint,
        &upload(4, block(2, true, 2), &[0; 64]),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );

    let tagged =
        |id, tag: &[u8]| upload(id, block(0, true, 2), &[0; 64]).option(OptionNumber::REQUEST_TAG, tag);
    continued(&mut endpoint, &tagged(5, b"1"));
    continued(&mut endpoint, &tagged(6, b"2"));
    refused(&mut endpoint, &tagged(7, b"3"), Code::SERVICE_UNAVAILABLE);
    let other = tagged(8, b"1").bytes();
    nothing(&mut endpoint, at(0), peer(2), &other);
    assert_eq!(only(&mut endpoint).code, Code::CONTINUE);
    nothing(&mut endpoint, at(0), peer(3), &other);
    assert_eq!(only(&mut endpoint).code, Code::SERVICE_UNAVAILABLE);
    // A slow sender is given up.
    assert_eq!(run_out(&mut endpoint), []);
    assert!(endpoint.is_idle());
    nothing(&mut endpoint, at(900_000), peer(3), &other);
    assert_eq!(only(&mut endpoint).code, Code::CONTINUE);
}

#[test]
fn a_streamed_body_is_handed_over_block_by_block() {
    let mut endpoint = endpoint();
    let mut received = Vec::new();
    let count = 3_000_u32;
    let mut body_id = None;
    for number in 0..=count {
        let last = number == count;
        let payload = vec![number as u8; if last { 7 } else { 1024 }];
        let request = upload(number as u16, block(number, !last, 6), &payload)
            .uint(OptionNumber::SIZE1, 4_000_000)
            .bytes();
        let wanted = |message: &lwm2m_runtime::coap::Message<'_>| {
            message
                .options
                .all(OptionNumber::URI_PATH)
                .eq([&b"5"[..], b"0", b"0"])
        };
        let (responder, part) = match endpoint.receive_streaming(at(0), peer(1), &request, wanted) {
            Some(Received::Request(request)) => {
                received.extend_from_slice(request.payload);
                (request.responder, request.part.unwrap())
            }
            other => panic!("{other:?}"),
        };
        assert_eq!((part.offset, part.last), (u64::from(number) * 1024, last));
        assert_eq!(part.announced, Some(4_000_000));
        assert_eq!(*body_id.get_or_insert(part.body), part.body);
        let code = if last { Code::CHANGED } else { Code::CONTINUE };
        endpoint.respond(at(0), responder, Response::new(code)).unwrap();
        let answer = only(&mut endpoint);
        assert_eq!(
            (answer.code, answer.uint(BLOCK1)),
            (code, Some(block(number, !last, 6)))
        );
        if number == 0 {
            refused(
                &mut endpoint,
                &upload(60_000, block(2, true, 6), &[0; 1024]),
                Code::REQUEST_ENTITY_INCOMPLETE,
            );
        }
    }
    assert_eq!(received.len(), 3_000 * 1024 + 7);
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
    assert_eq!(events(&mut endpoint), []);
}

#[test]
fn a_streamed_body_ends_with_an_error_or_when_its_blocks_stop_coming() {
    let mut endpoint = endpoint();
    let request = upload(1, block(0, true, 0), &[0; 16]).bytes();
    let Some(Received::Request(part)) = endpoint.receive_streaming(at(0), peer(1), &request, |_| true) else {
        panic!();
    };
    let responder = part.responder;
    endpoint
        .respond(at(0), responder, Response::new(Code::NOT_ACCEPTABLE))
        .unwrap();
    only(&mut endpoint);
    refused(
        &mut endpoint,
        &upload(2, block(1, true, 0), &[0; 16]),
        Code::REQUEST_ENTITY_INCOMPLETE,
    );

    let request = upload(3, block(0, true, 0), &[0; 16]).bytes();
    let Some(Received::Request(part)) = endpoint.receive_streaming(at(0), peer(1), &request, |_| true) else {
        panic!();
    };
    let (responder, body) = (part.responder, part.part.unwrap().body);
    endpoint
        .respond(at(0), responder, Response::new(Code::CONTINUE))
        .unwrap();
    only(&mut endpoint);
    run_out(&mut endpoint);
    assert_eq!(
        events(&mut endpoint),
        [Event::BodyAbandoned { body, peer: peer(1) }]
    );
    assert!(endpoint.is_idle());
}

fn fetch(id: u16, value: Option<u32>) -> Vec<u8> {
    let request = datagram(Con, Code::GET, id, b"t").path("3");
    match value {
        Some(value) => request.uint(BLOCK2, value).bytes(),
        None => request.bytes(),
    }
}

// proves: BLK-16 BLK-09 BLK-10
#[test]
fn a_large_response_is_served_in_blocks_of_every_size() {
    for exponent in 0..=6_u8 {
        let size = 16 << exponent;
        for length in [size + 1, 2 * size, 2 * size + 3] {
            let whole = body(length);
            let mut endpoint = endpoint();
            let (responder, _) = asked(
                &mut endpoint,
                at(0),
                peer(1),
                &fetch(0, Some(block(0, false, exponent))),
            );
            respond(&mut endpoint, at(0), responder, &whole);
            let first = only(&mut endpoint);
            assert_eq!(first.uint(OptionNumber::SIZE2), Some(length as u32));
            let etag = first.option(OptionNumber::ETAG).map(<[u8]>::to_vec);
            assert!(etag.is_some());
            assert_eq!(first.uint(BLOCK2), Some(block(0, true, exponent)));
            let mut received = first.payload;
            for number in 1.. {
                let request = fetch(number as u16, Some(block(number, false, exponent)));
                nothing(&mut endpoint, at(0), peer(1), &request);
                let next = only(&mut endpoint);
                received.extend(&next.payload);
                let more = received.len() < length;
                assert_eq!(
                    (next.code, next.uint(BLOCK2)),
                    (Code::CONTENT, Some(block(number, more, exponent)))
                );
                assert_eq!(next.option(OptionNumber::ETAG), etag.as_deref());
                if !more {
                    break;
                }
            }
            assert_eq!(received, whole);
            nothing(
                &mut endpoint,
                at(0),
                peer(1),
                &fetch(9_999, Some(block(9, false, exponent))),
            );
            assert_eq!(only(&mut endpoint).code, Code::BAD_REQUEST);
            run_out(&mut endpoint);
            assert!(endpoint.is_idle());
        }
    }
}

#[test]
fn a_block_of_a_body_that_is_not_kept_is_cut_from_the_same_body_again() {
    let mut endpoint = endpoint();
    let whole = body(3_000);
    let (responder, _) = asked(&mut endpoint, at(0), peer(1), &fetch(1, None));
    respond(&mut endpoint, at(0), responder, &whole);
    let first = only(&mut endpoint);
    assert_eq!(first.uint(BLOCK2), Some(block(0, true, 6)));
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
    let (responder, _) = asked(
        &mut endpoint,
        at(900_000),
        peer(1),
        &fetch(2, Some(block(2, false, 6))),
    );
    respond(&mut endpoint, at(900_000), responder, &whole);
    let last = only(&mut endpoint);
    assert_eq!(
        (last.uint(BLOCK2), &last.payload[..]),
        (Some(block(2, false, 6)), &whole[2048..])
    );
    assert_eq!(last.option(OptionNumber::ETAG), first.option(OptionNumber::ETAG));
    // Beyond its end, and of a request that cannot be asked again without effect.
    let (responder, _) = asked(
        &mut endpoint,
        at(900_000),
        peer(1),
        &fetch(3, Some(block(7, false, 6))),
    );
    respond(&mut endpoint, at(900_000), responder, &whole);
    assert_eq!(only(&mut endpoint).code, Code::BAD_REQUEST);
    let post = datagram(Con, Code::POST, 4, b"t")
        .uint(BLOCK2, block(1, false, 6))
        .bytes();
    nothing(&mut endpoint, at(900_000), peer(1), &post);
    assert_eq!(only(&mut endpoint).code, Code::REQUEST_ENTITY_INCOMPLETE);
}

/// The first block of a response to GET /a.
fn first_block(request: &Sent, exponent: u8, etag: &[u8]) -> Datagram {
    answer(request, Code::CONTENT)
        .option(OptionNumber::ETAG, etag)
        .uint(BLOCK2, block(0, true, exponent))
        .payload(&vec![0; 16 << exponent])
}

// proves: BLK-10
#[test]
fn the_requester_repeats_its_options_and_puts_the_body_together() {
    let mut endpoint = endpoint();
    let mut options = path("a/b");
    options
        .push_uint(OptionNumber::ACCEPT, 112)
        .push_uint(OptionNumber::OBSERVE, 0);
    let exchange = endpoint.request(at(0), peer(1), get(options.options())).unwrap();
    let request = only(&mut endpoint);
    let first = first_block(&request, 0, b"e")
        .uint(OptionNumber::CONTENT_FORMAT, 112)
        .uint(OptionNumber::OBSERVE, 5);
    nothing(&mut endpoint, at(0), peer(1), &first.bytes());
    let next = only(&mut endpoint);
    assert_eq!(next.uint(BLOCK2), Some(block(1, false, 0)));
    assert_eq!(
        (next.uint(OptionNumber::ACCEPT), next.uint(OptionNumber::OBSERVE)),
        (Some(112), None)
    );
    assert_eq!(next.option(OptionNumber::URI_PATH), Some(&b"a"[..]));
    let last = answer(&next, Code::CONTENT)
        .option(OptionNumber::ETAG, b"e")
        .uint(BLOCK2, block(1, false, 0))
        .payload(b"end");
    match endpoint.receive(at(0), peer(1), &last.bytes()) {
        Some(Received::Response(response)) => {
            assert_eq!(response.exchange, exchange);
            assert_eq!(response.payload, [&[0; 16][..], b"end"].concat());
            assert_eq!(response.options.first(OptionNumber::OBSERVE), Some(&[5][..]));
            assert_eq!(
                response.token.as_bytes(),
                request.token,
                "notifications come under the first token"
            );
        }
        other => panic!("{other:?}"),
    }
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}

// proves: BLK-10 ROB-24
#[test]
fn a_body_that_changes_is_fetched_again_and_at_last_given_up() {
    let mut endpoint = endpoint();
    let (exchange, mut request) = ask(&mut endpoint, at(0), peer(1));
    for round in 0..3_u8 {
        nothing(
            &mut endpoint,
            at(0),
            peer(1),
            &first_block(&request, 0, &[1]).bytes(),
        );
        let next = only(&mut endpoint);
        assert_eq!(next.uint(BLOCK2), Some(block(1, false, 0)));
        let changed = answer(&next, Code::CONTENT)
            .option(OptionNumber::ETAG, &[2])
            .uint(BLOCK2, block(1, false, 0))
            .payload(b"x");
        nothing(&mut endpoint, at(0), peer(1), &changed.bytes());
        if round < 2 {
            request = only(&mut endpoint);
            assert_eq!(request.uint(BLOCK2), Some(block(0, false, 0)));
        }
    }
    let failed = Event::Failed {
        exchange,
        peer: peer(1),
        failure: Failure::BodyChanged,
    };
    assert_eq!(events(&mut endpoint), [failed]);
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}

#[test]
fn a_body_that_became_shorter_meanwhile_is_fetched_again() {
    let mut endpoint = endpoint();
    let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
    nothing(
        &mut endpoint,
        at(0),
        peer(1),
        &first_block(&request, 0, &[1]).bytes(),
    );
    let next = only(&mut endpoint);
    nothing(
        &mut endpoint,
        at(0),
        peer(1),
        &answer(&next, Code::BAD_REQUEST).bytes(),
    );
    let again = only(&mut endpoint);
    assert_eq!(again.uint(BLOCK2), Some(block(0, false, 0)));
    let short = answer(&again, Code::CONTENT)
        .uint(BLOCK2, block(0, false, 0))
        .payload(b"x")
        .bytes();
    assert_eq!(
        answered(&mut endpoint, at(0), peer(1), &short),
        (exchange, Code::CONTENT, b"x".to_vec())
    );
}

// proves: ROB-24
#[test]
fn blocks_of_a_response_that_do_not_fit_end_in_an_error() {
    let wrong: [(&str, u32, usize, u8); 5] = [
        ("a gap", block(2, true, 0), 16, 1),
        ("the same number", block(0, true, 0), 16, 1),
        ("a short block", block(1, true, 0), 15, 1),
        ("a long block", block(1, false, 0), 17, 1),
        ("a size for streams", block(1, true, 7), 1024, 1),
    ];
    for (why, value, length, etag) in wrong {
        let mut endpoint = endpoint();
        let (exchange, request) = ask(&mut endpoint, at(0), peer(1));
        nothing(
            &mut endpoint,
            at(0),
            peer(1),
            &first_block(&request, 0, &[1]).bytes(),
        );
        let next = only(&mut endpoint);
        let response = answer(&next, Code::CONTENT)
            .option(OptionNumber::ETAG, &[etag])
            .uint(BLOCK2, value)
            .payload(&vec![0; length]);
        nothing(&mut endpoint, at(0), peer(1), &response.bytes());
        let failed = Event::Failed {
            exchange,
            peer: peer(1),
            failure: Failure::BodyInvalid,
        };
        assert_eq!(events(&mut endpoint), [failed], "{why}");
        run_out(&mut endpoint);
        assert!(endpoint.is_idle());
    }
    let mut endpoint = endpoint();
    let (_, request) = ask(&mut endpoint, at(0), peer(1));
    let unasked = answer(&request, Code::CONTENT)
        .uint(BLOCK2, block(3, false, 0))
        .payload(b"x");
    nothing(&mut endpoint, at(0), peer(1), &unasked.bytes());
    assert!(matches!(
        events(&mut endpoint)[..],
        [Event::Failed {
            failure: Failure::BodyInvalid,
            ..
        }]
    ));
}

// proves: ROB-24 ROB-25
#[test]
fn a_response_without_end_stops_at_the_cap() {
    let config = EndpointConfig {
        max_body: 100,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config.clone(), SEED);
    let (_, mut request) = ask(&mut endpoint, at(0), peer(1));
    for number in 0..7 {
        let more = answer(&request, Code::CONTENT)
            .uint(BLOCK2, block(number, true, 0))
            .payload(&[0; 16]);
        nothing(&mut endpoint, at(0), peer(1), &more.bytes());
        if number < 6 {
            request = only(&mut endpoint);
        }
    }
    assert!(matches!(
        events(&mut endpoint)[..],
        [Event::Failed {
            failure: Failure::BodyTooLarge,
            ..
        }]
    ));
    // One that announces too much is not begun.
    let mut endpoint = Endpoint::new(config, SEED);
    let (_, request) = ask(&mut endpoint, at(0), peer(1));
    let announced = first_block(&request, 0, b"e").uint(OptionNumber::SIZE2, 4_000_000_000);
    nothing(&mut endpoint, at(0), peer(1), &announced.bytes());
    assert!(matches!(
        events(&mut endpoint)[..],
        [Event::Failed {
            failure: Failure::BodyTooLarge,
            ..
        }]
    ));
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}

/// Hands what one endpoint sends to the other until both are silent. Returns the requests' bodies and responses.
fn converse(
    asking: &mut Endpoint,
    answering: &mut Endpoint,
    reply: &[u8],
) -> (Vec<Vec<u8>>, Vec<(Code, Vec<u8>)>, Vec<Sent>) {
    let (mut asked, mut answers, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let mut silent = true;
        while let Some(transmit) = asking.poll_transmit() {
            silent = false;
            seen.push(read(transmit.peer, transmit.datagram));
            let datagram = transmit.datagram.to_vec();
            let responder = match answering.receive(at(0), peer(1), &datagram) {
                Some(Received::Request(request)) => {
                    asked.push(request.payload.to_vec());
                    Some(request.responder)
                }
                other => {
                    assert!(other.is_none(), "{other:?}");
                    None
                }
            };
            if let Some(responder) = responder {
                respond(answering, at(0), responder, reply);
            }
        }
        while let Some(transmit) = answering.poll_transmit() {
            silent = false;
            let datagram = transmit.datagram.to_vec();
            if let Some(Received::Response(response)) = asking.receive(at(0), peer(1), &datagram) {
                answers.push((response.code, response.payload.to_vec()));
            }
        }
        if silent {
            return (asked, answers, seen);
        }
    }
}

// proves: BLK-01 BLK-02 BLK-11
#[test]
fn a_large_request_gets_a_large_response() {
    for exponent in 0..=6 {
        let config = EndpointConfig {
            block_size: BlockSize::from_exponent(exponent).unwrap(),
            ..EndpointConfig::default()
        };
        for (mut asking, mut answering) in [
            (Endpoint::new(config.clone(), 1), endpoint()),
            (endpoint(), Endpoint::new(config.clone(), 2)),
        ] {
            let (question, reply) = (body(3_333), body(5_555));
            put_only(&mut asking, &question);
            let (asked, answers, seen) = converse(&mut asking, &mut answering, &reply);
            assert_eq!(asked, [question]);
            assert_eq!(answers, [(Code::CONTENT, reply)]);
            let first_download = seen.iter().position(|sent| sent.uint(BLOCK2).is_some()).unwrap();
            assert!(
                seen[first_download..]
                    .iter()
                    .all(|sent| sent.option(BLOCK1).is_none())
            );
            assert!(seen[first_download..].iter().all(|sent| sent.payload.is_empty()));
            assert!(seen.iter().all(|sent| sent.length <= 1152));
            for endpoint in [&mut asking, &mut answering] {
                run_out(endpoint);
                assert!(endpoint.is_idle());
            }
        }
    }
}

fn put_only(endpoint: &mut Endpoint, payload: &[u8]) {
    let options = path("5/0/0");
    let request = Request {
        code: Code::POST,
        confirmable: true,
        options: options.options(),
        payload,
    };
    endpoint.request(at(0), peer(1), request).unwrap();
}

// proves: COAP-21
#[test]
fn blocks_are_smaller_where_long_options_leave_less_room() {
    let mut endpoint = endpoint();
    let mut options = path("rd");
    for _ in 0..3 {
        options.push(OptionNumber::URI_QUERY, &[b'x'; 200]);
    }
    let request = Request {
        code: Code::POST,
        confirmable: true,
        options: options.options(),
        payload: &body(1_000),
    };
    endpoint.request(at(0), peer(1), request).unwrap();
    let first = only(&mut endpoint);
    assert_eq!(first.uint(BLOCK1), Some(block(0, true, 4)));
    assert!(first.length <= 1152);
}

// proves: BLK-13
#[test]
fn bodies_to_be_served_make_room_for_newer_ones() {
    let config = EndpointConfig {
        max_served_bodies: 2,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    for from in 1..=3 {
        let now = at(u64::from(from));
        let (responder, _) = asked(&mut endpoint, now, peer(from), &fetch(1, None));
        respond(&mut endpoint, now, responder, &body(3_000));
        only(&mut endpoint);
    }
    for from in 2..=3 {
        nothing(
            &mut endpoint,
            at(9),
            peer(from),
            &fetch(2, Some(block(1, false, 6))),
        );
        assert_eq!(only(&mut endpoint).payload.len(), 1024);
    }
    // The oldest is asked for again.
    let _ = asked(&mut endpoint, at(9), peer(1), &fetch(2, Some(block(1, false, 6))));
}
