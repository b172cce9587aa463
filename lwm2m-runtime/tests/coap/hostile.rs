//! What peers must not be able to do.

use lwm2m_runtime::coap::{Code, Endpoint, EndpointConfig, OptionNumber, Received};

use super::support::*;

// proves: ROB-01
#[test]
fn tokens_of_reserved_lengths_are_reset_or_dropped() {
    let mut endpoint = endpoint();
    for length in 9..=15_u8 {
        let mut message = vec![0x40 | length, 1, 0, length];
        message.extend([0; 600]);
        nothing(&mut endpoint, at(0), peer(1), &message);
        let reset = only(&mut endpoint);
        assert_eq!((reset.kind, reset.id), (Rst, u16::from(length)));
        message[0] |= 0x10;
        nothing(&mut endpoint, at(0), peer(1), &message);
        assert!(sent(&mut endpoint).is_empty(), "non-confirmable");
    }
    assert_eq!(endpoint.counters().malformed, 14);
    let config = EndpointConfig {
        max_token: 20,
        ..EndpointConfig::default()
    };
    let mut extended = Endpoint::new(config, SEED);
    let request = [vec![0x4d, 1, 0, 1, 7], vec![1; 20]].concat();
    let _ = asked(&mut extended, at(0), peer(1), &request);
    for message in [
        [vec![0x4d, 1, 0, 2, 8], vec![1; 21]].concat(),
        [vec![0x4f, 1, 0, 3], vec![1; 20]].concat(),
    ] {
        nothing(&mut extended, at(0), peer(1), &message);
        assert_eq!(only(&mut extended).kind, Rst);
    }
}

// proves: ROB-06
#[test]
fn empty_messages_that_are_not_and_reserved_codes_and_versions_reach_nobody() {
    let mut endpoint = endpoint();
    for message in [
        &[0x40, 0, 0, 1, 0xff, 1][..],
        &[0x41, 0, 0, 1, 1],
        &[0x40, 0, 0, 1, 0x10],
    ] {
        nothing(&mut endpoint, at(0), peer(1), message);
        assert_eq!(only(&mut endpoint).kind, Rst, "a format error");
        let non = [&[message[0] | 0x10], &message[1..]].concat();
        nothing(&mut endpoint, at(0), peer(1), &non);
        assert!(sent(&mut endpoint).is_empty());
    }
    for class in [1, 3, 6, 7_u8] {
        for kind in [0x10, 0x20, 0x30] {
            nothing(&mut endpoint, at(0), peer(1), &[0x40 | kind, class << 5, 0, 1]);
            assert!(sent(&mut endpoint).is_empty());
        }
        // RFC 7252, section 4.2: a confirmable one is rejected.
        nothing(&mut endpoint, at(0), peer(1), &[0x40, class << 5, 0, 1]);
        assert_eq!(only(&mut endpoint).kind, Rst);
    }
    for version in [0, 2, 3_u8] {
        nothing(&mut endpoint, at(0), peer(1), &[version << 6, 1, 0, 1]);
        assert!(sent(&mut endpoint).is_empty());
    }
    for short in 0..4 {
        nothing(&mut endpoint, at(0), peer(1), &[0x40, 1, 0][..short.min(3)]);
        assert!(sent(&mut endpoint).is_empty());
    }
    assert!(endpoint.is_idle());
}

// proves: ROB-07
#[test]
fn a_request_of_thousands_of_options_is_bounded() {
    let mut endpoint = endpoint();
    let mut message = vec![0x40, 1, 0, 1, 0xb0];
    message.extend([0; 60_000]);
    let options = match endpoint.receive(at(0), peer(1), &message) {
        Some(Received::Request(request)) => request.options.all(OptionNumber::URI_PATH).count(),
        other => panic!("{other:?}"),
    };
    assert_eq!(options, 60_001);
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
    // Repeated though they must not be.
    let mut message = vec![0x40, 1, 0, 2, 0xd0, 4];
    message.extend([0; 60_000]);
    nothing(&mut endpoint, at(900_000), peer(1), &message);
    assert_eq!(only(&mut endpoint).code, Code::BAD_OPTION);
}

// proves: ROB-11
#[test]
fn floods_of_what_belongs_to_nothing_get_no_answer_and_leave_nothing() {
    let mut endpoint = endpoint();
    for id in 0..20_000_u16 {
        nothing(&mut endpoint, at(0), peer(id % 100), &empty(Rst, id));
        nothing(&mut endpoint, at(0), peer(id % 100), &empty(Ack, id));
        nothing(&mut endpoint, at(0), peer(id % 100), &empty(Non, id));
        let response = datagram(Ack, Code::CONTENT, id, &id.to_be_bytes());
        nothing(&mut endpoint, at(0), peer(id % 100), &response.bytes());
        let reset = [0x70, 0x45, 0, 1];
        nothing(&mut endpoint, at(0), peer(id % 100), &reset);
    }
    assert!(sent(&mut endpoint).is_empty());
    assert!(endpoint.is_idle());
    assert_eq!(endpoint.counters().unmatched, 60_000);
    assert_eq!(endpoint.counters().malformed, 20_000);
    // Unknown tokens: a non-confirmable response that is no notification is not answered, even when rejected.
    for id in 0..2_000_u16 {
        let response = datagram(Non, Code::CONTENT, id, &id.to_be_bytes()).bytes();
        let Some(Received::Unmatched(unmatched)) = endpoint.receive(at(0), peer(1), &response) else {
            panic!();
        };
        let handle = unmatched.handle;
        endpoint.reject(handle);
    }
    assert!(sent(&mut endpoint).is_empty());
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
}

// proves: ROB-11
#[test]
fn two_endpoints_never_keep_each_other_busy() {
    let mut messages = Vec::new();
    for kind in [Con, Non, Ack, Rst] {
        for code in [
            Code::EMPTY,
            Code::GET,
            Code::CONTENT,
            Code::new(0, 9),
            Code::new(5, 31),
        ] {
            messages.push(datagram(kind, code, 1, if code == Code::EMPTY { b"" } else { b"tok" }).bytes());
        }
        messages.push([datagram(kind, Code::GET, 1, b"").bytes(), vec![0xff]].concat());
    }
    for message in messages {
        let mut ends = [
            Endpoint::new(EndpointConfig::default(), 1),
            Endpoint::new(EndpointConfig::default(), 2),
        ];
        let mut flying = vec![message.clone()];
        let mut turns = 0;
        while !flying.is_empty() {
            turns += 1;
            assert!(turns < 5, "{message:02x?}");
            let end = &mut ends[turns % 2];
            for message in std::mem::take(&mut flying) {
                if let Some(Received::Unmatched(unmatched)) = end.receive(at(0), peer(1), &message) {
                    let handle = unmatched.handle;
                    end.reject(handle);
                }
                while let Some(transmit) = end.poll_transmit() {
                    flying.push(transmit.datagram.to_vec());
                }
            }
        }
    }
}

// proves: ROB-21
#[test]
fn a_flood_of_peers_leaves_no_more_than_the_budgets_and_then_nothing() {
    let config = EndpointConfig {
        max_recent: 1_000,
        ..EndpointConfig::default()
    };
    let mut endpoint = Endpoint::new(config, SEED);
    let mut refused = 0;
    for number in 0..50_000_u32 {
        let request = datagram(Con, Code::POST, number as u16, b"t").path("rd").bytes();
        if endpoint
            .receive(at(0), peer((number % 65_000) as u16), &request)
            .is_none()
        {
            refused += 1;
        }
        while endpoint.poll_transmit().is_some() {}
    }
    assert_eq!(refused, 50_000 - 64);
    run_out(&mut endpoint);
    assert!(endpoint.is_idle());
    assert_eq!(endpoint.poll_timeout(), None);
}
