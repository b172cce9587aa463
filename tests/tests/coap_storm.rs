//! Two CoAP endpoints over a network that loses, repeats, delays and reorders, in simulated time: whatever happens,
//! every exchange ends, no body is corrupted, nothing is acted on twice, and nothing is left behind.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it finds a mistake"
)]

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::SocketAddr,
    time::Duration,
};

use lwm2m_runtime::{
    coap::{
        BlockSize, BodyId, Code, Endpoint, EndpointConfig, Event, ExchangeId, Notification, OptionBuffer,
        OptionNumber, Peer, Received, Request, RequestKey, Responder, Response,
    },
    random::Random,
    time::Instant,
};
use lwm2m_tests::link::{Faults, Link};

/// One side: an endpoint, and a role that asks and answers.
struct Host {
    address: SocketAddr,
    endpoint: Endpoint,
    random: Random,
    open: HashMap<ExchangeId, Open>,
    answered: usize,
    /// Bodies acted on, by their number, so that none is acted on twice.
    acted: HashSet<u32>,
    once: bool,
    /// Responses that the role will give later.
    later: BTreeMap<(Instant, u32), (Responder, Vec<u8>)>,
    streams: HashMap<BodyId, Vec<u8>>,
    /// The peers that observe this side.
    observers: Vec<(SocketAddr, Vec<u8>, RequestKey)>,
    notified: usize,
    number: u32,
}

/// An exchange that has not ended.
enum Open {
    /// A request with a body, and how long a body it asked for.
    Request { sent: Vec<u8>, wanted: usize },
    /// The rest of a notification.
    Rest,
}

/// A body of a length that can be checked: it begins with its number, and the rest follows from it.
fn body(number: u32, length: usize) -> Vec<u8> {
    let mut random = Random::new(u128::from(number));
    let mut bytes = number.to_be_bytes().to_vec();
    while bytes.len() < length.max(4) {
        bytes.extend(random.next_u64().to_be_bytes());
    }
    bytes.truncate(length.max(4));
    bytes
}

fn check(bytes: &[u8]) -> u32 {
    let number = u32::from_be_bytes(bytes.get(..4).unwrap().try_into().unwrap());
    assert_eq!(bytes, body(number, bytes.len()), "a body arrived as it was sent");
    number
}

impl Host {
    fn new(port: u16, random: &mut Random) -> Self {
        let config = EndpointConfig {
            block_size: BlockSize::from_exponent(random.up_to(6) as u8).unwrap(),
            // All messages of the lifetime: with fewer some would be acted on again.
            max_recent: 65_536,
            max_recent_bytes: 16 << 20,
            ..EndpointConfig::default()
        };
        Self {
            address: SocketAddr::from(([10, 0, 0, 1], port)),
            endpoint: Endpoint::new(config, random.seed()),
            random: Random::new(random.seed()),
            open: HashMap::new(),
            answered: 0,
            acted: HashSet::new(),
            once: true,
            later: BTreeMap::new(),
            streams: HashMap::new(),
            observers: Vec::new(),
            notified: 0,
            number: u32::from(port) << 24,
        }
    }

    fn length(&mut self) -> usize {
        let most = if self.random.up_to(3) == 0 { 6_000 } else { 60 };
        self.random.up_to(most) as usize
    }

    /// Asks the other side for something.
    fn ask(&mut self, now: Instant, to: SocketAddr) {
        self.number += 1;
        let (sent, wanted) = (self.length(), self.length());
        let sent = body(self.number, sent);
        let mut options = OptionBuffer::new();
        let kind = self.random.up_to(9);
        options.push(OptionNumber::URI_PATH, if kind == 0 { b"stream" } else { b"x" });
        options.push(OptionNumber::URI_QUERY, wanted.to_string().as_bytes());
        let observe = kind == 1;
        let code = if observe {
            options.push_uint(OptionNumber::OBSERVE, 0);
            Code::GET
        } else {
            Code::POST
        };
        let sent = if observe { Vec::new() } else { sent };
        let request = Request {
            code,
            confirmable: self.random.up_to(5) > 0,
            options: options.options(),
            payload: &sent,
        };
        // Full is full.
        if let Ok(exchange) = self.endpoint.request(now, Peer::new(to), request) {
            self.open.insert(exchange, Open::Request { sent, wanted });
        }
    }

    fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        let stream = |message: &lwm2m_runtime::coap::Message<'_>| {
            message.options.first(OptionNumber::URI_PATH) == Some(b"stream")
        };
        let peer = Peer::new(from);
        match self.endpoint.receive_streaming(now, peer, datagram, stream) {
            None => {}
            Some(Received::Request(request)) => {
                let wanted = request.options.first(OptionNumber::URI_QUERY).unwrap();
                let wanted: usize = std::str::from_utf8(wanted).unwrap().parse().unwrap();
                let mut code = Code::CONTENT;
                let mut whole = request.payload.to_vec();
                let mut observer = None;
                if let Some(part) = request.part {
                    let so_far = self.streams.entry(part.body).or_default();
                    assert_eq!(so_far.len() as u64, part.offset, "parts come in order");
                    so_far.extend_from_slice(request.payload);
                    if part.last {
                        whole = self.streams.remove(&part.body).unwrap();
                    } else {
                        code = Code::CONTINUE;
                    }
                }
                if request.observe() == Some(0) {
                    observer = Some((from, request.token.to_vec(), request.key));
                }
                let responder = request.responder;
                let number = if observer.is_some() || code == Code::CONTINUE {
                    self.number += 1;
                    self.number
                } else if whole.is_empty() {
                    // A further block of an observed body, asked for anew.
                    self.number += 1;
                    self.number
                } else {
                    let number = check(&whole);
                    assert!(
                        self.acted.insert(number) || !self.once,
                        "{number} is acted on once"
                    );
                    number
                };
                let reply = if code == Code::CONTINUE {
                    Vec::new()
                } else {
                    body(number, wanted)
                };
                if code == Code::CONTENT && self.random.up_to(3) == 0 {
                    let at = now + Duration::from_millis(self.random.up_to(20_000));
                    self.number += 1;
                    self.later.insert((at, self.number), (responder, reply));
                } else {
                    self.respond(now, responder, code, &reply, observer.is_some());
                }
                self.observers.extend(observer);
            }
            Some(Received::Response(response)) => {
                let open = self.open.remove(&response.exchange).expect_end();
                if response.code == Code::CONTENT {
                    check(response.payload);
                }
                match open {
                    Open::Rest => self.notified += 1,
                    Open::Request { sent, wanted } => {
                        if response.code == Code::CONTENT && !sent.is_empty() {
                            assert_eq!(response.payload.len(), wanted.max(4));
                        }
                        self.answered += usize::from(response.code == Code::CONTENT);
                    }
                }
            }
            Some(Received::Unmatched(unmatched)) => {
                let notification = unmatched.observe().is_some();
                let more = unmatched.more;
                if notification && !more {
                    check(unmatched.payload);
                }
                let handle = unmatched.handle;
                if !notification {
                    self.endpoint.reject(handle);
                } else if more {
                    let mut options = OptionBuffer::new();
                    options
                        .push(OptionNumber::URI_PATH, b"x")
                        .push(OptionNumber::URI_QUERY, b"4");
                    let request = Request {
                        code: Code::GET,
                        confirmable: true,
                        options: options.options(),
                        payload: &[],
                    };
                    if let Ok(exchange) = self.endpoint.complete(now, handle, request) {
                        self.open.insert(exchange, Open::Rest);
                    }
                } else {
                    self.notified += 1;
                    self.endpoint.accept(handle);
                }
            }
        }
    }

    fn respond(&mut self, now: Instant, responder: Responder, code: Code, reply: &[u8], observed: bool) {
        let mut options = OptionBuffer::new();
        if observed {
            options.push_uint(OptionNumber::OBSERVE, 1);
        }
        let response = Response {
            code,
            options: options.options(),
            payload: reply,
        };
        // It may be gone where the network took longer than any exchange lives.
        let _ = self.endpoint.respond(now, responder, response);
    }

    fn notify(&mut self, now: Instant) {
        self.number += 1;
        let number = self.number;
        let length = self.length();
        let confirmable = self.random.up_to(1) == 0;
        if let Some((peer, token, key)) = self.observers.last() {
            let notification = Notification {
                token,
                key: *key,
                confirmable,
                observe: Some(number),
                code: Code::CONTENT,
                options: Default::default(),
                payload: &body(number, length),
            };
            let _ = self.endpoint.notify(now, Peer::new(*peer), notification);
        }
    }

    fn next(&mut self) -> Option<Instant> {
        let later = self.later.keys().next().map(|(at, _)| *at);
        self.endpoint.poll_timeout().into_iter().chain(later).min()
    }

    fn work(&mut self, now: Instant, link: &mut Link) {
        self.endpoint.handle_timeout(now);
        while self.later.keys().next().is_some_and(|(at, _)| *at <= now) {
            let (_, (responder, reply)) = self.later.pop_first().unwrap();
            self.respond(now, responder, Code::CONTENT, &reply, false);
        }
        self.flush(now, link);
    }

    fn flush(&mut self, now: Instant, link: &mut Link) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            link.send(now, self.address, transmit.peer.address, transmit.datagram);
        }
        while let Some(event) = self.endpoint.poll_event() {
            match event {
                Event::Failed { exchange, .. } => {
                    self.open.remove(&exchange).expect_end();
                }
                Event::Unobserved { token, .. } => self.observers.retain(|(_, of, _)| of != token.as_bytes()),
                Event::BodyAbandoned { body, .. } => drop(self.streams.remove(&body)),
                _ => {}
            }
        }
    }
}

/// An end of something that is open, once.
trait ExpectEnd<T> {
    fn expect_end(self) -> T;
}

impl<T> ExpectEnd<T> for Option<T> {
    fn expect_end(self) -> T {
        match self {
            Some(open) => open,
            None => panic!("an exchange ends once"),
        }
    }
}

/// What a storm came to.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    asked: usize,
    answered: usize,
    notified: usize,
}

/// What CoAP promises in the circumstances.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// No request is acted on twice.
    Once,
    /// Datagrams come later than it can remember.
    Late,
    /// A request that is repeated from another address is another request.
    Moving,
}

fn storm(seed: u64, faults: impl FnOnce(&mut Random) -> Faults, promise: Promise) -> Outcome {
    let mut random = Random::new(u128::from(seed));
    let faults = faults(&mut random);
    let mut link = Link::new(random.seed(), faults);
    let mut hosts = [Host::new(1, &mut random), Host::new(2, &mut random)];
    let moves = promise == Promise::Moving;
    for host in &mut hosts {
        host.once = promise == Promise::Once;
    }
    let asked_until = Instant::from_millis(20_000 + random.up_to(200_000));
    let mut next_ask = Instant::from_millis(random.up_to(10_000));
    let mut asked = 0;
    for _ in 0..1_000_000 {
        let timers = hosts.iter_mut().filter_map(Host::next).min();
        let asking = (next_ask < asked_until).then_some(next_ask);
        let Some(now) = timers.into_iter().chain(link.next_arrival()).chain(asking).min() else {
            for host in &mut hosts {
                host.endpoint.poll_transmit();
                assert!(host.open.is_empty(), "seed {seed}: every exchange ends");
                assert!(
                    host.endpoint.is_idle(),
                    "seed {seed}: nothing is left: {:?}",
                    host.endpoint
                );
                assert!(host.streams.is_empty(), "seed {seed}: every streamed body ends");
            }
            return Outcome {
                asked,
                answered: hosts.iter().map(|host| host.answered).sum(),
                notified: hosts.iter().map(|host| host.notified).sum(),
            };
        };
        if asking == Some(now) {
            next_ask = now + Duration::from_millis(random.up_to(5_000));
            let [a, b] = &mut hosts;
            let (host, other) = if random.up_to(1) == 0 { (a, b) } else { (b, a) };
            if random.up_to(4) == 0 {
                host.notify(now);
            } else {
                let before = host.open.len();
                host.ask(now, other.address);
                asked += host.open.len() - before;
            }
            if moves && random.up_to(20) == 0 {
                let port = 100 + random.up_to(50_000) as u16;
                link.readdress(host.address, SocketAddr::from(([10, 0, 0, 2], port)));
            }
            host.flush(now, &mut link);
        }
        while let Some(datagram) = link.receive(now) {
            for host in &mut hosts {
                if host.address == datagram.to {
                    host.receive(now, datagram.from, &datagram.bytes);
                    host.flush(now, &mut link);
                }
            }
        }
        for host in &mut hosts {
            host.work(now, &mut link);
        }
    }
    panic!("seed {seed}: the storm never ends");
}

// proves: BLK-01 BLK-02 BLK-05 BLK-10 BLK-11
#[test]
fn without_faults_everything_is_answered() {
    for seed in 0..100 {
        let outcome = storm(seed, |_| Faults::NONE, Promise::Once);
        assert_eq!(outcome.answered, outcome.asked, "seed {seed}");
    }
}

// proves: BLK-13 ROB-21 ROB-22 ROB-25
#[test]
fn whatever_the_network_does_every_exchange_ends_and_nothing_is_left() {
    let mut total = Outcome::default();
    for seed in 0..1_000 {
        let outcome = storm(seed, Faults::any, Promise::Once);
        total.asked += outcome.asked;
        total.answered += outcome.answered;
        total.notified += outcome.notified;
    }
    assert!(
        total.answered * 2 > total.asked,
        "most is answered in the end: {total:?}"
    );
    assert!(total.notified > 500, "{total:?}");
}

#[test]
fn when_datagrams_are_later_than_coap_remembers_every_exchange_still_ends() {
    for seed in 0..300 {
        storm(seed, Faults::beyond_latency, Promise::Late);
    }
}

#[test]
fn when_addresses_change_every_exchange_ends_and_nothing_is_left() {
    for seed in 0..300 {
        storm(seed, Faults::any, Promise::Moving);
    }
}
