//! Datagrams by hand, and an endpoint to throw them at.

use std::net::{Ipv4Addr, SocketAddr};

use lwm2m_runtime::{
    coap::{
        Code, Endpoint, EndpointConfig, Event, ExchangeId, Message, MessageBuilder, MessageType,
        OptionBuffer, OptionNumber, Options, Peer, Received, Request, Responder, Response, Token,
    },
    time::Instant,
};

pub(crate) use MessageType::{
    Acknowledgement as Ack, Confirmable as Con, NonConfirmable as Non, Reset as Rst,
};

pub(crate) const SEED: u128 = 0x1357_9bdf_0246_8ace;

pub(crate) fn peer(number: u16) -> Peer {
    Peer::new(SocketAddr::from((Ipv4Addr::LOCALHOST, number)))
}

pub(crate) const fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

pub(crate) fn endpoint() -> Endpoint {
    Endpoint::new(EndpointConfig::default(), SEED)
}

/// What a datagram says, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) peer: Peer,
    pub(crate) kind: MessageType,
    pub(crate) code: Code,
    pub(crate) id: u16,
    pub(crate) token: Vec<u8>,
    pub(crate) options: Vec<(OptionNumber, Vec<u8>)>,
    pub(crate) payload: Vec<u8>,
    pub(crate) length: usize,
}

impl Sent {
    pub(crate) fn option(&self, number: OptionNumber) -> Option<&[u8]> {
        let mut all = self.options.iter().filter(|option| option.0 == number);
        all.next().map(|option| option.1.as_slice())
    }

    pub(crate) fn uint(&self, number: OptionNumber) -> Option<u32> {
        self.option(number).and_then(lwm2m_runtime::coap::uint)
    }
}

pub(crate) fn read(peer: Peer, datagram: &[u8]) -> Sent {
    let message = Message::parse_extended(datagram, 65_804).expect("an endpoint sends messages");
    Sent {
        peer,
        kind: message.message_type,
        code: message.code,
        id: message.id,
        token: message.token.to_vec(),
        options: message
            .options
            .map(|option| (option.number, option.value.to_vec()))
            .collect(),
        payload: message.payload.to_vec(),
        length: datagram.len(),
    }
}

/// Everything that waits to be sent.
pub(crate) fn sent(endpoint: &mut Endpoint) -> Vec<Sent> {
    let mut all = Vec::new();
    while let Some(transmit) = endpoint.poll_transmit() {
        all.push(read(transmit.peer, transmit.datagram));
    }
    all
}

/// The one datagram that waits to be sent.
pub(crate) fn only(endpoint: &mut Endpoint) -> Sent {
    let mut all = sent(endpoint);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

pub(crate) fn events(endpoint: &mut Endpoint) -> Vec<Event> {
    std::iter::from_fn(|| endpoint.poll_event()).collect()
}

/// A datagram to the endpoint.
pub(crate) struct Datagram {
    kind: MessageType,
    code: Code,
    id: u16,
    token: Token,
    options: OptionBuffer,
    payload: Vec<u8>,
}

pub(crate) fn datagram(kind: MessageType, code: Code, id: u16, token: &[u8]) -> Datagram {
    Datagram {
        kind,
        code,
        id,
        token: Token::new(token).unwrap(),
        options: OptionBuffer::new(),
        payload: Vec::new(),
    }
}

pub(crate) fn empty(kind: MessageType, id: u16) -> Vec<u8> {
    datagram(kind, Code::EMPTY, id, &[]).bytes()
}

/// The answer to a message that an endpoint sent.
pub(crate) fn answer(to: &Sent, code: Code) -> Datagram {
    datagram(Ack, code, to.id, &to.token)
}

impl Datagram {
    pub(crate) fn path(mut self, path: &str) -> Self {
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            self.options.push(OptionNumber::URI_PATH, segment.as_bytes());
        }
        self
    }

    pub(crate) fn uint(mut self, number: OptionNumber, value: u32) -> Self {
        self.options.push_uint(number, value);
        self
    }

    pub(crate) fn option(mut self, number: OptionNumber, value: &[u8]) -> Self {
        self.options.push(number, value);
        self
    }

    pub(crate) fn payload(mut self, payload: &[u8]) -> Self {
        self.payload = payload.to_vec();
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut builder = MessageBuilder::new(&mut bytes, self.kind, self.code, self.id, self.token);
        for option in self.options.options() {
            builder = builder.option(option.number, option.value);
        }
        builder.payload(&self.payload);
        bytes
    }
}

pub(crate) fn block(number: u32, more: bool, exponent: u8) -> u32 {
    number << 4 | u32::from(more) << 3 | u32::from(exponent)
}

pub(crate) fn path(path: &str) -> OptionBuffer {
    let mut options = OptionBuffer::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        options.push(OptionNumber::URI_PATH, segment.as_bytes());
    }
    options
}

pub(crate) fn get(options: Options<'_>) -> Request<'_> {
    Request {
        code: Code::GET,
        confirmable: true,
        options,
        payload: &[],
    }
}

/// Sends GET /a to a peer; returns the exchange and its datagram.
pub(crate) fn ask(endpoint: &mut Endpoint, now: Instant, peer: Peer) -> (ExchangeId, Sent) {
    let exchange = endpoint.request(now, peer, get(path("a").options())).unwrap();
    (exchange, only(endpoint))
}

/// The request that a datagram brings; anything else fails the test.
pub(crate) fn asked(
    endpoint: &mut Endpoint,
    now: Instant,
    peer: Peer,
    datagram: &[u8],
) -> (Responder, Vec<u8>) {
    match endpoint.receive(now, peer, datagram) {
        Some(Received::Request(request)) => (request.responder, request.payload.to_vec()),
        other => panic!("no request: {other:?}"),
    }
}

/// The response that a datagram brings; anything else fails the test.
pub(crate) fn answered(
    endpoint: &mut Endpoint,
    now: Instant,
    peer: Peer,
    datagram: &[u8],
) -> (ExchangeId, Code, Vec<u8>) {
    match endpoint.receive(now, peer, datagram) {
        Some(Received::Response(response)) => (response.exchange, response.code, response.payload.to_vec()),
        other => panic!("no response: {other:?}"),
    }
}

/// A datagram that brings nothing to the role.
pub(crate) fn nothing(endpoint: &mut Endpoint, now: Instant, peer: Peer, datagram: &[u8]) {
    let received = endpoint.receive(now, peer, datagram);
    assert!(received.is_none(), "{received:?}");
}

pub(crate) fn respond(endpoint: &mut Endpoint, now: Instant, responder: Responder, payload: &[u8]) {
    let response = Response::new(Code::CONTENT).with_payload(payload);
    endpoint.respond(now, responder, response).unwrap();
}

/// Lets time pass until nothing is left to wait for; returns what was sent, with its time.
pub(crate) fn run_out(endpoint: &mut Endpoint) -> Vec<(Instant, Sent)> {
    let mut all = Vec::new();
    for _ in 0..100_000 {
        let Some(next) = endpoint.poll_timeout() else {
            return all;
        };
        endpoint.handle_timeout(next);
        all.extend(sent(endpoint).into_iter().map(|sent| (next, sent)));
    }
    panic!("time never ends");
}
