use std::{
    collections::{HashMap, HashSet, VecDeque},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use lwm2m_runtime::{
    coap::{Code, EndpointConfig, Message, MessageBuilder, MessageType, OptionNumber, Peer, Token},
    encoding::ContentFormat,
    link::NotificationAttributes,
    model::{Path, Version},
    operation::{ExecuteInput, Payload, Request, WriteMode},
    server::{
        AddressChange, DuplicateEndpoint, Event, ObservationId, RegistrationId, RequestId, Server,
        ServerConfig,
    },
    time::Instant,
};

use crate::script::Script;

/// One of some choices.
fn pick<T: Copy>(script: &mut Script<'_>, choices: &[T]) -> T {
    choices[usize::from(script.byte()) % choices.len()]
}

fn peer(script: &mut Script<'_>) -> Peer {
    let number = script.byte();
    Peer {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 1 + u16::from(number % 4))),
        session: u64::from(number / 0xc0),
    }
}

/// Limits that an input can use up.
fn config(byte: u8) -> ServerConfig {
    ServerConfig {
        coap: EndpointConfig {
            max_outgoing: 8,
            max_outgoing_per_peer: 3,
            max_incoming: 6,
            max_incoming_per_peer: 4,
            max_body: 3_000,
            max_body_bytes: 4_000,
            max_body_bytes_per_peer: 3_000,
            max_partial_bodies: 3,
            max_recent: 12,
            max_recent_bytes: 400,
            ..EndpointConfig::default()
        },
        max_registrations: 3,
        max_endpoint_name: 10,
        max_objects: 6,
        max_requests_per_device: 4,
        max_requests: 7,
        max_observations_per_device: 3,
        max_observations: 5,
        max_lifetime: Some(100_000),
        min_lifetime: u32::from(byte & 1) * 10,
        validate_registrations: byte & 2 != 0,
        duplicate_endpoint: match byte >> 2 & 3 {
            0 | 1 => DuplicateEndpoint::Replace,
            2 => DuplicateEndpoint::Validated,
            _ => DuplicateEndpoint::Refuse,
        },
        address_change: match byte >> 4 & 3 {
            0 | 1 => AddressChange::Trusted,
            2 => AddressChange::Validated,
            _ => AddressChange::Refused,
        },
        versions: if byte & 0x80 == 0 {
            &[Version::V1_0, Version::V1_1, Version::V1_2]
        } else {
            &[Version::V1_1]
        },
        ..ServerConfig::default()
    }
}

const LISTS: [&str; 6] = [
    "</1/0>,</3/0>",
    "</>;ct=\"110 112\",</1/0>,</3/0>,</5>,</3303/0>",
    "</a>;rt=\"oma.lwm2m\",</a/1/0>,</a/3/0>",
    "</0/0>,</21/0>",
    "</1>,</2>,</3>,</4>,</5>,</6>,</7>",
    "<",
];
const PATHS: [Path; 5] = [
    Path::object(3),
    Path::instance(3, 0),
    Path::resource(3, 0, 9),
    Path::resource_instance(3, 0, 11, 0),
    Path::instance(0, 0),
];

/// A server under way, and an account of what it owes the application.
struct Session {
    server: Server,
    now: Instant,
    message: u16,
    /// What was sent last, to be answered.
    sent: VecDeque<(Peer, Vec<u8>)>,
    locations: VecDeque<String>,
    echo: Vec<u8>,
    registered: HashSet<RegistrationId>,
    ever: HashSet<RegistrationId>,
    requests: HashMap<RequestId, RegistrationId>,
    observations: HashMap<ObservationId, RegistrationId>,
}

/// A server's life: datagrams of devices, commands of the application, and time, as the input says. Each request and
/// each observation has one end, each registration, too; and when time runs out nothing is left.
pub fn engine(input: &[u8]) {
    let mut script = Script::new(input);
    let mut session = Session {
        server: Server::new(config(script.byte()), 7),
        now: Instant::from_millis(5),
        message: 0,
        sent: VecDeque::new(),
        locations: VecDeque::new(),
        echo: Vec::new(),
        registered: HashSet::new(),
        ever: HashSet::new(),
        requests: HashMap::new(),
        observations: HashMap::new(),
    };
    while !script.is_empty() {
        session.step(&mut script);
        session.settle();
    }
    let mut steps = 0;
    while let Some(next) = session.server.poll_timeout() {
        session.now = session.now.max(next);
        session.server.handle_timeout(session.now);
        session.settle();
        steps += 1;
        assert!(steps < 20_000, "time runs out");
    }
    assert!(session.server.is_empty() && session.registered.is_empty());
    assert!(session.requests.is_empty(), "every request has its end");
    assert!(session.observations.is_empty(), "every observation has its end");
}

impl Session {
    fn step(&mut self, script: &mut Script<'_>) {
        let choice = script.byte();
        match choice % 12 {
            0 => {
                let from = peer(script);
                let datagram = script.bytes(1280);
                self.server.handle_input(self.now, from, datagram);
            }
            1 | 2 => self.register(script),
            3 => self.update(script),
            4 => {
                let format = pick(script, &[110, 112, 11542, 0]);
                let payload: &[u8] = pick(
                    script,
                    &[
                        br#"[{"n":"/3/0/9","v":1}]"#,
                        br#"[{"n":"/a/3/0/9","v":1},{"n":"/1/0/1","v":2,"t":-5}]"#,
                        br#"[{"n":"/9/0/9","v":1}]"#,
                    ],
                );
                let payload = if choice & 0x80 == 0 {
                    payload
                } else {
                    script.bytes(200)
                };
                let from = peer(script);
                self.put(from, Code::POST, |message| {
                    message
                        .option(OptionNumber::URI_PATH, b"dp")
                        .uint(OptionNumber::CONTENT_FORMAT, format)
                        .payload(payload);
                });
            }
            5..=7 => self.answer(script),
            8 => self.ask(script),
            9 => self.observe(script),
            10 => {
                let step = u64::from(script.byte()).pow(2) * (1 + u64::from(choice / 64) * 20);
                let until = self.now + Duration::from_millis(step);
                while let Some(next) = self.server.poll_timeout().filter(|next| *next <= until) {
                    self.now = self.now.max(next);
                    self.server.handle_timeout(self.now);
                    self.settle();
                }
                self.now = until;
            }
            _ => self.command(script, choice),
        }
    }

    fn put(&mut self, from: Peer, code: Code, write: impl FnOnce(MessageBuilder<'_>)) {
        let mut datagram = Vec::new();
        self.message = self.message.wrapping_add(1);
        let token = Token::new(&self.message.to_be_bytes()).unwrap_or_default();
        let kind = MessageType::Confirmable;
        write(MessageBuilder::new(
            &mut datagram,
            kind,
            code,
            self.message,
            token,
        ));
        self.server.handle_input(self.now, from, &datagram);
    }

    fn register(&mut self, script: &mut Script<'_>) {
        let endpoint = pick(
            script,
            &["ep=a", "ep=b", "ep=c", "ep=d", "ep=too-long-a-name", "x=1"],
        );
        let lifetime = format!("lt={}", u32::from(script.byte()).pow(2));
        let version = pick(script, &["lwm2m=1.1", "lwm2m=1.0", "lwm2m=1.2", "lwm2m=2.0"]);
        let list = pick(script, &LISTS);
        let from = peer(script);
        let echo = self.echo(script);
        self.put(from, Code::POST, |message| {
            let message = message
                .option(OptionNumber::URI_PATH, b"rd")
                .option(OptionNumber::URI_QUERY, endpoint.as_bytes())
                .option(OptionNumber::URI_QUERY, lifetime.as_bytes())
                .option(OptionNumber::URI_QUERY, version.as_bytes());
            let message = if echo.is_empty() {
                message
            } else {
                message.option(OptionNumber::ECHO, &echo)
            };
            message.payload(list.as_bytes());
        });
    }

    fn update(&mut self, script: &mut Script<'_>) {
        let position = usize::from(script.byte());
        let Some(location) = self
            .locations
            .get(position % self.locations.len().max(1))
            .cloned()
        else {
            return;
        };
        let code = pick(script, &[Code::POST, Code::POST, Code::POST, Code::DELETE]);
        let query = pick(
            script,
            &["", "lt=50", "lt=5000", "b=UT", "Q", "ep=a", "lt=0", "pid=oma:x"],
        );
        let list = pick(script, &["", "", LISTS[0], LISTS[1], LISTS[2]]);
        let from = peer(script);
        let echo = self.echo(script);
        self.put(from, code, |message| {
            let mut message = message
                .option(OptionNumber::URI_PATH, b"rd")
                .option(OptionNumber::URI_PATH, location.as_bytes());
            if !query.is_empty() && code == Code::POST {
                message = message.option(OptionNumber::URI_QUERY, query.as_bytes());
            }
            if !echo.is_empty() {
                message = message.option(OptionNumber::ECHO, &echo);
            }
            message.payload(list.as_bytes());
        });
    }

    fn echo(&self, script: &mut Script<'_>) -> Vec<u8> {
        match script.byte() & 1 {
            0 => Vec::new(),
            _ => self.echo.clone(),
        }
    }

    /// An answer to something that was sent, right or wrong; also a notification.
    fn answer(&mut self, script: &mut Script<'_>) {
        let position = usize::from(script.byte());
        let Some((peer, datagram)) = self.sent.get(position % self.sent.len().max(1)) else {
            return;
        };
        let (peer, datagram) = (*peer, datagram.clone());
        let Ok(message) = Message::parse(&datagram) else {
            panic!("a server sends messages");
        };
        let kind = pick(
            script,
            &[
                MessageType::Acknowledgement,
                MessageType::Acknowledgement,
                MessageType::Confirmable,
                MessageType::NonConfirmable,
                MessageType::Reset,
            ],
        );
        let code = pick(
            script,
            &[
                Code::CONTENT,
                Code::CHANGED,
                Code::CREATED,
                Code::NOT_FOUND,
                Code::EMPTY,
                Code::CONTINUE,
                Code::UNAUTHORIZED,
            ],
        );
        let code = if kind == MessageType::Reset {
            Code::EMPTY
        } else {
            code
        };
        let flags = script.byte();
        let token = if code == Code::EMPTY { &[] } else { message.token };
        let id = match kind {
            MessageType::Acknowledgement | MessageType::Reset => message.id,
            _ => 30_000 + u16::from(script.byte()),
        };
        let mut answer = Vec::new();
        let token = Token::new(token).unwrap_or_default();
        let mut builder = MessageBuilder::new(&mut answer, kind, code, id, token);
        if code != Code::EMPTY {
            if flags & 1 != 0 {
                builder = builder.uint(OptionNumber::OBSERVE, u32::from(script.byte()));
            }
            if flags & 2 != 0 {
                builder = builder.uint(OptionNumber::CONTENT_FORMAT, pick(script, &[0, 110, 11542]));
            }
            if flags & 4 != 0 {
                builder = builder.uint(OptionNumber::BLOCK2, u32::from(script.byte()));
            }
            if flags & 8 != 0 {
                builder = builder.uint(OptionNumber::BLOCK1, u32::from(script.byte()));
            }
            let payload: &[u8] = match flags >> 4 & 3 {
                0 => b"",
                1 => &[b'a'; 16],
                2 => &[b'a'; 64],
                _ => script.bytes(1024),
            };
            builder.payload(payload);
        } else {
            builder.finish();
        }
        self.server.handle_input(self.now, peer, &answer);
    }

    fn some(&self, script: &mut Script<'_>) -> Option<RegistrationId> {
        let mut all: Vec<_> = self.ever.iter().copied().collect();
        all.sort();
        let position = usize::from(script.byte());
        all.get(position % all.len().max(1)).copied()
    }

    fn ask(&mut self, script: &mut Script<'_>) {
        let Some(id) = self.some(script) else { return };
        let path = pick(script, &PATHS);
        let value = Payload::new(ContentFormat::TEXT, script.bytes(1280));
        let list = Payload::new(ContentFormat::SENML_JSON, br#"[{"n":"/3/0/9"}]"#);
        let request = match script.byte() % 8 {
            0 | 1 => Request::Read { path, accept: None },
            2 => Request::Write {
                path,
                mode: WriteMode::Replace,
                payload: value,
            },
            3 => Request::Execute {
                path,
                input: ExecuteInput::None,
            },
            4 => Request::Create {
                object: 5,
                payload: value,
            },
            5 => Request::Delete { path },
            6 => Request::ReadComposite {
                paths: list,
                accept: None,
            },
            _ => Request::Discover { path, depth: None },
        };
        if let Ok(request) = self.server.request(self.now, id, &request) {
            assert!(self.registered.contains(&id));
            assert!(
                self.requests.insert(request, id).is_none(),
                "numbers do not come back"
            );
        }
    }

    fn observe(&mut self, script: &mut Script<'_>) {
        let Some(id) = self.some(script) else { return };
        let choice = script.byte();
        let attributes = NotificationAttributes {
            pmin: (choice & 0x80 != 0).then_some(10),
            ..Default::default()
        };
        let request = match choice % 4 {
            0..=2 => Request::Observe {
                path: pick(script, &PATHS),
                accept: None,
                attributes,
            },
            _ => Request::ObserveComposite {
                paths: Payload::new(ContentFormat::SENML_JSON, script.bytes(1280)),
                accept: None,
                attributes,
            },
        };
        let observation = match choice & 0x40 {
            0 => self.server.observe(self.now, id, &request),
            _ => self.server.observe_or_attach(self.now, id, &request),
        };
        if let Ok(observation) = observation {
            assert!(self.observations.insert(observation, id).is_none());
        }
    }

    fn command(&mut self, script: &mut Script<'_>, choice: u8) {
        let position = usize::from(script.byte());
        match choice >> 4 & 3 {
            0 => {
                let mut all: Vec<_> = self.requests.keys().copied().collect();
                all.sort();
                if let Some(request) = all.get(position % all.len().max(1)) {
                    assert!(self.server.cancel(self.now, *request), "it has not ended");
                    self.requests.remove(request);
                }
            }
            1 | 2 => {
                let mut all: Vec<_> = self.observations.keys().copied().collect();
                all.sort();
                if let Some(observation) = all.get(position % all.len().max(1)) {
                    assert!(self.server.cancel_observation(self.now, *observation));
                }
            }
            _ if choice & 0x80 == 0 => self.server.close(self.now, peer(script)),
            _ => {
                if let Some(id) = self.some(script) {
                    let removed = self.server.remove(self.now, id);
                    assert_eq!(removed, self.registered.contains(&id));
                }
            }
        }
    }

    /// Takes what the server has to say, and holds it to account.
    fn settle(&mut self) {
        while let Some(transmit) = self.server.poll_transmit() {
            let message = Message::parse(transmit.datagram).expect("a server sends messages");
            if let Some(echo) = message.options.first(OptionNumber::ECHO) {
                self.echo = echo.to_vec();
            }
            if let Some(location) = message.options.all(OptionNumber::LOCATION_PATH).nth(1) {
                self.locations
                    .push_back(String::from_utf8(location.to_vec()).expect("text"));
                if self.locations.len() > 6 {
                    self.locations.pop_front();
                }
            }
            self.sent.push_back((transmit.peer, transmit.datagram.to_vec()));
            if self.sent.len() > 8 {
                self.sent.pop_front();
            }
        }
        while let Some(event) = self.server.poll_event() {
            self.note(event);
        }
        self.check();
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Registered {
                registration,
                replaced,
            } => {
                assert!(self.ever.insert(registration), "numbers do not come back");
                self.registered.insert(registration);
                if let Some(replaced) = replaced {
                    assert!(self.registered.remove(&replaced));
                    assert!(self.requests.values().all(|id| *id != replaced));
                    for id in self.observations.values_mut().filter(|id| **id == replaced) {
                        *id = registration;
                    }
                }
            }
            Event::Ended { registration, .. } => {
                assert!(self.registered.remove(&registration));
                assert!(self.requests.values().all(|id| *id != registration));
                assert!(self.observations.values().all(|id| *id != registration));
            }
            Event::Response {
                request,
                registration,
                ..
            }
            | Event::Failed {
                request,
                registration,
                ..
            } => assert_eq!(self.requests.remove(&request), Some(registration)),
            Event::ObservationStarted {
                observation,
                registration,
                ..
            }
            | Event::Notification {
                observation,
                registration,
                ..
            } => assert_eq!(self.observations.get(&observation), Some(&registration)),
            Event::ObservationEnded {
                observation,
                registration,
                ..
            } => assert_eq!(self.observations.remove(&observation), Some(registration)),
            Event::Updated { registration, .. } | Event::Send { registration, .. } => {
                assert!(self.registered.contains(&registration));
            }
            _ => {}
        }
    }

    fn check(&self) {
        let config = self.server.config();
        assert!(self.server.len() <= config.max_registrations);
        assert_eq!(self.server.len(), self.registered.len());
        for registration in self.server.registrations() {
            let id = registration.id();
            assert!(self.registered.contains(&id));
            assert_eq!(self.server.find(registration.endpoint()), Some(id));
            assert_eq!(self.server.find_peer(registration.peer()), Some(id));
            let observations = self.server.observations(id).count();
            assert!(observations <= usize::from(config.max_observations_per_device));
            let limit = usize::from(config.max_requests_per_device) + observations;
            assert!(self.server.open_requests(id) <= limit);
            let own = self.observations.values().filter(|owner| **owner == id).count();
            assert_eq!(observations, own);
        }
    }
}
