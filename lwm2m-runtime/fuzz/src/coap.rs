use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use lwm2m_runtime::{
    coap::{
        BlockSize, Code, Endpoint, EndpointConfig, Frame, FrameBuilder, Message, MessageBuilder, MessageType,
        Notification, OptionBuffer, OptionNumber, Options, Peer, Received, Request, RequestKey, Responder,
        Response, Token, peek_id,
    },
    time::Instant,
};

use crate::script::Script;

/// Reads the input as a datagram and as frames; what is read is written, and reads the same.
pub fn message(input: &[u8]) {
    let _ = peek_id(input);
    if let Ok(message) = Message::parse(input) {
        let token = Token::new(message.token).expect("at most 8 bytes");
        let mut written = Vec::new();
        let mut builder = MessageBuilder::new(
            &mut written,
            message.message_type,
            message.code,
            message.id,
            token,
        );
        for option in message.options {
            builder = builder.option(option.number, option.value);
        }
        builder.payload(message.payload);
        let again = Message::parse(&written).expect("what is written is a message");
        assert!(again.options.eq(message.options));
        assert_eq!(
            (again.payload, again.id, again.token),
            (message.payload, message.id, message.token)
        );
        assert!(OptionBuffer::from(message.options).options().eq(message.options));
    }
    let _ = Message::parse_extended(input, 65_804);
    let mut rest = input;
    while let Ok(Some((frame, length))) = Frame::parse(rest, 4096, 8) {
        assert!(length > 0);
        let mut written = Vec::new();
        let token = Token::new(frame.token).expect("at most 8 bytes");
        let mut builder = FrameBuilder::new(&mut written, frame.code, token);
        for option in frame.options {
            builder = builder.option(option.number, option.value);
        }
        builder.payload(frame.payload);
        let (again, _) = Frame::parse(&written, 8192, 8)
            .expect("a frame")
            .expect("all of it");
        assert!(again.options.eq(frame.options));
        rest = &rest[length..];
    }
}

fn peer(number: u8) -> Peer {
    Peer {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 1 + u16::from(number % 3))),
        session: u64::from(number / 128),
    }
}

/// Budgets that an input can use up.
fn config(byte: u8) -> EndpointConfig {
    let mut config = EndpointConfig {
        block_size: BlockSize::from_exponent(byte % 4).expect("below 8"),
        max_outgoing: 6,
        max_outgoing_per_peer: 4,
        max_incoming: 6,
        max_incoming_per_peer: 4,
        max_body: 600,
        max_body_bytes: 1_000,
        max_body_bytes_per_peer: 800,
        max_partial_bodies: 3,
        max_partial_bodies_per_peer: 2,
        max_served_bodies: 3,
        max_recent: 12,
        max_recent_bytes: 400,
        max_sent_notifications: 3,
        max_echoes: 2,
        max_token: if byte & 0x80 == 0 { 8 } else { 300 },
        ..EndpointConfig::default()
    };
    config.transmission.nstart = 1 + u16::from(byte >> 4 & 1);
    config
}

/// A session of an endpoint: datagrams of peers, commands of the role, and time, as the input says. At the end time
/// runs out, and nothing is left.
pub fn endpoint(input: &[u8]) {
    let mut script = Script::new(input);
    let mut endpoint = Endpoint::new(config(script.byte()), 7);
    let mut now = Instant::from_millis(0);
    let mut sent = VecDeque::<(Peer, Vec<u8>)>::new();
    let mut open = VecDeque::<Responder>::new();
    let mut exchanges = VecDeque::new();
    let mut observer: Option<(Peer, Vec<u8>, RequestKey)> = None;
    let mut options = OptionBuffer::new();
    while !script.is_empty() {
        let choice = script.byte();
        match choice % 8 {
            0 => {
                let from = peer(script.byte());
                let datagram = script.bytes(1280).to_vec();
                receive(
                    &mut endpoint,
                    now,
                    from,
                    &datagram,
                    choice,
                    &mut open,
                    &mut observer,
                );
            }
            // An answer to what was sent, with the right token and identifier.
            1 | 2 => {
                let position = usize::from(script.byte()) % sent.len().max(1);
                let Some((to, message)) = sent.get(position) else {
                    continue;
                };
                let to = *to;
                let Ok(message) = Message::parse_extended(message, 65_804) else {
                    panic!("an endpoint sends messages");
                };
                let kind = match script.byte() % 4 {
                    0 => MessageType::Confirmable,
                    1 => MessageType::NonConfirmable,
                    2 => MessageType::Reset,
                    _ => MessageType::Acknowledgement,
                };
                let code = Code(script.byte());
                let mut datagram = Vec::new();
                let token = match code {
                    Code::EMPTY => Token::EMPTY,
                    _ => Token::new(message.token).unwrap_or_default(),
                };
                MessageBuilder::new(&mut datagram, kind, code, message.id, token).finish();
                // Options and payload as they come.
                datagram.extend_from_slice(script.bytes(1280));
                receive(
                    &mut endpoint,
                    now,
                    to,
                    &datagram,
                    choice,
                    &mut open,
                    &mut observer,
                );
            }
            3 => {
                let step = u64::from(script.byte()).pow(2) * 4;
                let until = now + Duration::from_millis(step);
                while let Some(next) = endpoint.poll_timeout().filter(|next| *next <= until) {
                    now = now.max(next);
                    endpoint.handle_timeout(now);
                    keep(&mut endpoint, &mut sent);
                }
                now = until;
            }
            4 => {
                let flags = script.byte();
                options.clear();
                options.push(OptionNumber::URI_PATH, &[flags & 3]);
                if flags & 4 != 0 {
                    options.push_uint(OptionNumber::OBSERVE, 0);
                }
                let request = Request {
                    code: Code(1 + flags % 7),
                    confirmable: flags & 0x80 == 0,
                    options: options.options(),
                    payload: script.bytes(1280),
                };
                exchanges.extend(endpoint.request(now, peer(script.byte()), request));
            }
            5 => {
                if let Some(responder) = open.pop_front() {
                    let code = Code(0x40 | script.byte() & 0x7f);
                    let response = Response::new(code).with_payload(script.bytes(1280));
                    let _ = match choice & 0x30 {
                        0 => endpoint.challenge(now, responder),
                        0x10 => endpoint.respond_unvalidated(now, responder, response),
                        _ => endpoint.respond(now, responder, response),
                    };
                }
            }
            6 => {
                if let Some((to, token, key)) = &observer {
                    let notification = Notification {
                        token,
                        key: *key,
                        confirmable: choice & 0x10 == 0,
                        observe: Some(1),
                        code: Code::CONTENT,
                        options: Options::default(),
                        payload: script.bytes(1280),
                    };
                    let _ = endpoint.notify(now, *to, notification);
                }
            }
            _ => match choice >> 4 & 3 {
                0 => endpoint.close(now, peer(script.byte())),
                1 => drop(endpoint.ping(now, peer(script.byte()))),
                2 => {
                    if let Some(exchange) = exchanges.pop_front() {
                        endpoint.cancel(now, exchange);
                    }
                }
                // The role forgets to respond.
                _ => drop(open.pop_front()),
            },
        }
        keep(&mut endpoint, &mut sent);
    }
    let mut steps = 0;
    while let Some(next) = endpoint.poll_timeout() {
        now = now.max(next);
        endpoint.handle_timeout(now);
        keep(&mut endpoint, &mut sent);
        steps += 1;
        assert!(steps < 10_000, "time runs out");
    }
    assert!(endpoint.is_idle(), "{endpoint:?}");
}

fn receive(
    endpoint: &mut Endpoint,
    now: Instant,
    from: Peer,
    datagram: &[u8],
    choice: u8,
    open: &mut VecDeque<Responder>,
    observer: &mut Option<(Peer, Vec<u8>, RequestKey)>,
) {
    match endpoint.receive_streaming(now, from, datagram, |_| choice & 0x40 != 0) {
        None => {}
        Some(Received::Request(request)) => {
            if request.observe() == Some(0) {
                *observer = Some((from, request.token.to_vec(), request.key));
            }
            open.push_back(request.responder);
        }
        Some(Received::Response(response)) => drop(response.options.count()),
        Some(Received::Unmatched(unmatched)) => {
            let handle = unmatched.handle;
            match choice & 0x30 {
                0 => endpoint.accept(handle),
                0x10 => endpoint.reject(handle),
                0x20 => {}
                _ => {
                    let request = Request {
                        code: Code::GET,
                        confirmable: true,
                        options: Options::default(),
                        payload: &[],
                    };
                    let _ = endpoint.complete(now, handle, request);
                }
            }
        }
    }
}

/// Takes what is sent, and keeps the last of it to be answered.
fn keep(endpoint: &mut Endpoint, sent: &mut VecDeque<(Peer, Vec<u8>)>) {
    while let Some(transmit) = endpoint.poll_transmit() {
        assert!(
            Message::parse_extended(transmit.datagram, 65_804).is_ok(),
            "an endpoint sends messages"
        );
        sent.push_back((transmit.peer, transmit.datagram.to_vec()));
        if sent.len() > 8 {
            sent.pop_front();
        }
    }
    while endpoint.poll_event().is_some() {}
}
