//! What an exchange costs: nanoseconds of one core, without a socket.
//!
//! `cargo bench -p lwm2m-runtime --bench coap`; an argument such as `serve` chooses rows. The machine may be busy: every
//! figure is the shortest of many short batches, each too short to be interrupted often.
//!
//! Peers take turns, so that no cache knows them. Behind the endpoint nothing is done: payloads are not read.

#![expect(clippy::print_stdout, reason = "a table is what a benchmark is for")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that fails stops")]

use std::{
    hint::black_box,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant as Clock},
};

use lwm2m_runtime::{
    coap::{
        Code, Endpoint, EndpointConfig, Message, MessageBuilder, MessageType, OptionBuffer, OptionNumber,
        Peer, Received, Request, Response, Token,
    },
    time::{Instant, Timers},
};

const BATCH: u32 = 500;

fn peer(number: u32) -> Peer {
    Peer::new(SocketAddr::from((
        Ipv4Addr::from(0x0a00_0000 | number >> 4),
        5000 + (number & 15) as u16,
    )))
}

/// Prints the shortest time of one of a batch's steps.
fn row(name: &str, chosen: &[String], mut batch: impl FnMut() -> Duration) {
    if !chosen.is_empty() && !chosen.iter().any(|part| name.contains(part.as_str())) {
        return;
    }
    let end = Clock::now() + Duration::from_secs(2);
    let mut best = Duration::MAX;
    while Clock::now() < end {
        best = best.min(batch());
    }
    println!("{name:<48} {:>8.1} ns", best.as_nanos() as f64 / f64::from(BATCH));
}

/// The clock of the endpoints: 20 microseconds a step, as at 50,000 steps a second.
struct Pace {
    steps: u64,
}

impl Pace {
    fn next(&mut self) -> Instant {
        self.steps += 1;
        Instant::from_millis(self.steps / 50)
    }
}

fn path() -> OptionBuffer {
    let mut options = OptionBuffer::new();
    for segment in [&b"3303"[..], b"0", b"5700"] {
        options.push(OptionNumber::URI_PATH, segment);
    }
    options.push_uint(OptionNumber::ACCEPT, 112);
    options
}

fn drain(endpoint: &mut Endpoint) {
    while let Some(transmit) = endpoint.poll_transmit() {
        black_box(transmit.datagram);
    }
}

/// Time passes as often as datagrams come.
fn tick(endpoint: &mut Endpoint, now: Instant) {
    if endpoint.poll_timeout().is_some_and(|next| next <= now) {
        endpoint.handle_timeout(now);
    }
}

/// Requests of this side and their piggybacked responses.
fn ask(peers: u32) -> impl FnMut() -> Duration {
    let mut endpoint = Endpoint::new(EndpointConfig::server(), 1);
    let options = path();
    let mut pace = Pace { steps: 0 };
    let mut next = 0;
    let mut datagrams: Vec<Vec<u8>> = Vec::new();
    move || {
        let mut spent = Duration::ZERO;
        let first = next;
        datagrams.clear();
        let begin = Clock::now();
        for _ in 0..BATCH {
            let now = pace.next();
            let request = Request {
                code: Code::GET,
                confirmable: true,
                options: options.options(),
                payload: &[],
            };
            endpoint.request(now, peer(next), request).unwrap();
            next = (next + 1) % peers;
            tick(&mut endpoint, now);
        }
        spent += begin.elapsed();
        while let Some(transmit) = endpoint.poll_transmit() {
            let request = Message::parse(transmit.datagram).unwrap();
            let mut datagram = Vec::with_capacity(64);
            let token = Token::new(request.token).unwrap();
            MessageBuilder::new(
                &mut datagram,
                MessageType::Acknowledgement,
                Code::CONTENT,
                request.id,
                token,
            )
            .uint(OptionNumber::CONTENT_FORMAT, 112)
            .payload(b"\x81\xa2\x00\x6c/3303/0/5700\x02\xfb\x40\x35\x00\x00");
            datagrams.push(datagram);
        }
        let begin = Clock::now();
        for (index, datagram) in (0..).zip(&datagrams) {
            let now = pace.next();
            match endpoint.receive(now, peer((first + index) % peers), datagram) {
                Some(Received::Response(response)) => drop(black_box(response.payload)),
                other => panic!("{other:?}"),
            }
            tick(&mut endpoint, now);
        }
        spent + begin.elapsed()
    }
}

/// Requests of peers and their piggybacked responses.
fn serve(peers: u32) -> impl FnMut() -> Duration {
    let mut endpoint = Endpoint::new(EndpointConfig::server(), 1);
    let mut pace = Pace { steps: 0 };
    let mut id = 0_u32;
    let mut datagrams: Vec<Vec<u8>> = Vec::new();
    let mut options = OptionBuffer::new();
    options.push_uint(OptionNumber::CONTENT_FORMAT, 112);
    move || {
        datagrams.clear();
        for _ in 0..BATCH {
            id += 1;
            let mut datagram = Vec::with_capacity(64);
            let token = Token::from_u64(u64::from(id));
            let mut builder = MessageBuilder::new(
                &mut datagram,
                MessageType::Confirmable,
                Code::GET,
                (id / peers) as u16,
                token,
            );
            for option in path().options() {
                builder = builder.option(option.number, option.value);
            }
            builder.finish();
            datagrams.push(datagram);
        }
        let begin = Clock::now();
        for (index, datagram) in (id..).zip(&datagrams) {
            let now = pace.next();
            let responder = match endpoint.receive(now, peer(index % peers), datagram) {
                Some(Received::Request(request)) => request.responder,
                other => panic!("{other:?}"),
            };
            let response = Response {
                code: Code::CONTENT,
                options: options.options(),
                payload: b"\x81\xa2\x00\x6c/3303/0/5700\x02\xfb\x40\x35\x00\x00",
            };
            endpoint.respond(now, responder, response).unwrap();
            tick(&mut endpoint, now);
            drain(&mut endpoint);
        }
        begin.elapsed()
    }
}

/// A timer scheduled and expired among many.
fn timers(waiting: u64) -> impl FnMut() -> Duration {
    let mut timers = Timers::new();
    let mut now = 0;
    for key in 0..waiting {
        timers.schedule(Instant::from_millis(10_000_000 + key * 7), 0);
    }
    move || {
        let begin = Clock::now();
        for key in 0..BATCH {
            timers.schedule(Instant::from_millis(now + 2_000 + u64::from(key % 1_000)), key);
        }
        now += 3_000;
        let popped = std::iter::from_fn(|| timers.pop_expired(Instant::from_millis(now))).count();
        let spent = begin.elapsed();
        black_box(popped);
        // The waiting ones stay ahead.
        if now > 9_000_000 {
            now = 0;
            timers = Timers::new();
            for key in 0..waiting {
                timers.schedule(Instant::from_millis(10_000_000 + key * 7), 0);
            }
        }
        spent
    }
}

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for peers in [1_000, 100_000] {
        row(
            &format!("ask: request and response, {peers} peers"),
            &chosen,
            ask(peers),
        );
        row(
            &format!("serve: request and response, {peers} peers"),
            &chosen,
            serve(peers),
        );
    }
    for waiting in [0, 100_000] {
        row(
            &format!("timer: schedule and expire, {waiting} waiting"),
            &chosen,
            timers(waiting),
        );
    }
}
