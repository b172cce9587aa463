//! A server, and devices that are bytes.

use std::net::{Ipv4Addr, SocketAddr};

use lwm2m_runtime::{
    coap::{Code, Message, MessageBuilder, MessageType, OptionNumber, Peer, Token, uint},
    server::{Event, RegistrationId, Server, ServerConfig},
    time::Instant,
};

pub(crate) use MessageType::{
    Acknowledgement as Ack, Confirmable as Con, NonConfirmable as Non, Reset as Rst,
};

pub(crate) const SEED: u128 = 0x5eed_0f5e_17e2_0000_1111_2222_3333_4444;

/// The queries of a client that says no more than it must.
pub(crate) const LWM2M_1_1: [&str; 3] = ["ep=one", "lt=300", "lwm2m=1.1"];
pub(crate) const LIST: &str = "</1/0>,</3/0>,</5>,</3303/0>,</3303/1>";

pub(crate) fn peer(number: u16) -> Peer {
    Peer::new(SocketAddr::from((Ipv4Addr::LOCALHOST, number)))
}

pub(crate) fn session(number: u16, session: u64) -> Peer {
    Peer {
        session,
        ..peer(number)
    }
}

/// What the server sends, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) peer: Peer,
    pub(crate) kind: MessageType,
    pub(crate) code: Code,
    pub(crate) id: u16,
    pub(crate) token: Vec<u8>,
    pub(crate) options: Vec<(OptionNumber, Vec<u8>)>,
    pub(crate) payload: Vec<u8>,
}

impl Sent {
    pub(crate) fn read(peer: Peer, datagram: &[u8]) -> Self {
        let message = Message::parse(datagram).expect("a server sends messages");
        Self {
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
        }
    }

    pub(crate) fn texts(&self, number: OptionNumber) -> Vec<String> {
        let values = self.options.iter().filter(|option| option.0 == number);
        values
            .map(|option| String::from_utf8(option.1.clone()).unwrap())
            .collect()
    }

    /// `/3/0`.
    pub(crate) fn path(&self) -> String {
        let segments = self.texts(OptionNumber::URI_PATH);
        segments.iter().map(|segment| format!("/{segment}")).collect()
    }

    pub(crate) fn uint(&self, number: OptionNumber) -> Option<u32> {
        let mut values = self.options.iter().filter(|option| option.0 == number);
        values.next().and_then(|option| uint(&option.1))
    }
}

/// A message of a device.
#[derive(Clone)]
pub(crate) struct Written<'a> {
    pub(crate) kind: MessageType,
    pub(crate) code: Code,
    pub(crate) id: u16,
    pub(crate) token: Vec<u8>,
    pub(crate) options: Vec<(OptionNumber, Vec<u8>)>,
    pub(crate) payload: &'a [u8],
}

impl<'a> Written<'a> {
    pub(crate) fn new(kind: MessageType, code: Code, id: u16) -> Self {
        Self {
            kind,
            code,
            id,
            token: id.to_be_bytes().to_vec(),
            options: Vec::new(),
            payload: &[],
        }
    }

    pub(crate) fn token(mut self, token: &[u8]) -> Self {
        self.token = token.to_vec();
        self
    }

    pub(crate) fn option(mut self, number: OptionNumber, value: &[u8]) -> Self {
        self.options.push((number, value.to_vec()));
        self
    }

    pub(crate) fn uint(self, number: OptionNumber, value: u32) -> Self {
        let bytes = value.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        self.option(number, &bytes[zeros..])
    }

    /// `rd/abc`.
    pub(crate) fn path(mut self, path: &str) -> Self {
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            self = self.option(OptionNumber::URI_PATH, segment.as_bytes());
        }
        self
    }

    pub(crate) fn queries(mut self, queries: &[&str]) -> Self {
        for query in queries {
            self = self.option(OptionNumber::URI_QUERY, query.as_bytes());
        }
        self
    }

    pub(crate) fn payload(mut self, payload: &'a [u8]) -> Self {
        self.payload = payload;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let token = Token::new(&self.token).unwrap();
        let mut options = self.options.clone();
        options.sort_by_key(|option| option.0);
        let message = MessageBuilder::new(&mut out, self.kind, self.code, self.id, token);
        options
            .iter()
            .fold(message, |message, (number, value)| message.option(*number, value))
            .payload(self.payload);
        out
    }
}

/// A server and its time.
pub(crate) struct Rig {
    pub(crate) server: Server,
    pub(crate) now: Instant,
    id: u16,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::with(ServerConfig::default())
    }

    pub(crate) fn with(config: ServerConfig) -> Self {
        Self::of(Server::new(config, SEED))
    }

    pub(crate) fn of(server: Server) -> Self {
        Self {
            server,
            now: Instant::from_millis(1_000),
            id: 0,
        }
    }

    pub(crate) fn id(&mut self) -> u16 {
        self.id += 1;
        self.id
    }

    /// Everything that waits to be sent.
    pub(crate) fn sent(&mut self) -> Vec<Sent> {
        let mut all = Vec::new();
        while let Some(transmit) = self.server.poll_transmit() {
            all.push(Sent::read(transmit.peer, transmit.datagram));
        }
        all
    }

    /// The one message that waits to be sent.
    pub(crate) fn one(&mut self) -> Sent {
        let mut all = self.sent();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    pub(crate) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.server.poll_event()).collect()
    }

    /// The one event that has happened.
    pub(crate) fn event(&mut self) -> Event {
        let mut all = self.events();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    pub(crate) fn put(&mut self, from: Peer, message: &Written<'_>) {
        self.server.handle_input(self.now, from, &message.bytes());
    }

    /// A request of a device, and its answer, which is all that is sent.
    pub(crate) fn ask(&mut self, from: Peer, message: &Written<'_>) -> Sent {
        self.put(from, message);
        let answer = self.one();
        assert_eq!(
            (answer.peer, answer.kind, answer.id, &answer.token),
            (from, Ack, message.id, &message.token)
        );
        answer
    }

    pub(crate) fn post(&mut self, path: &str) -> Written<'static> {
        Written::new(Con, Code::POST, self.id()).path(path)
    }

    /// The answer to a Register.
    pub(crate) fn try_register(&mut self, from: Peer, queries: &[&str], links: &str) -> Sent {
        let register = self.post("rd").queries(queries);
        let register = match links.is_empty() {
            true => register,
            false => register.uint(OptionNumber::CONTENT_FORMAT, 40),
        };
        let message = Written {
            payload: links.as_bytes(),
            ..register
        };
        self.ask(from, &message)
    }

    /// Registers, and returns the location.
    pub(crate) fn register_as(
        &mut self,
        from: Peer,
        queries: &[&str],
        links: &str,
    ) -> (RegistrationId, String) {
        let answer = self.try_register(from, queries, links);
        assert_eq!(answer.code, Code::CREATED);
        let location = answer.texts(OptionNumber::LOCATION_PATH).join("/");
        let registered = self.events().into_iter().find_map(|event| match event {
            Event::Registered { registration, .. } => Some(registration),
            _ => None,
        });
        (registered.unwrap(), location)
    }

    /// Registers a client of LwM2M 1.1 called `one`.
    pub(crate) fn register(&mut self, from: Peer) -> (RegistrationId, String) {
        self.register_as(from, &LWM2M_1_1, LIST)
    }

    pub(crate) fn update(&mut self, from: Peer, location: &str, queries: &[&str]) -> Code {
        let update = self.post(location).queries(queries);
        self.ask(from, &update).code
    }

    pub(crate) fn deregister(&mut self, from: Peer, location: &str) -> Code {
        let message = Written::new(Con, Code::DELETE, self.id()).path(location);
        self.ask(from, &message).code
    }

    /// Lets time pass, with everything that is due on the way.
    pub(crate) fn wait(&mut self, millis: u64) {
        let end = Instant::from_millis(self.now.as_millis() + millis);
        while let Some(at) = self.server.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.server.handle_timeout(self.now);
        }
        self.now = end;
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.wait(seconds * 1_000);
    }

    /// A piggybacked answer of a device.
    pub(crate) fn answer(&mut self, asked: &Sent, code: Code, format: Option<u32>, payload: &[u8]) {
        let mut answer = Written::new(Ack, code, asked.id).token(&asked.token);
        if let Some(format) = format {
            answer = answer.uint(OptionNumber::CONTENT_FORMAT, format);
        }
        let answer = Written { payload, ..answer };
        self.put(asked.peer, &answer);
    }
}
