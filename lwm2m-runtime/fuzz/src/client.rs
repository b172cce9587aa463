use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use lwm2m_runtime::{
    client::{Client, ClientConfig, Event, SendContent, Ticket},
    coap::{Code, Message, MessageBuilder, MessageType, OptionBuffer, OptionNumber, Peer, Token},
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, ValueRef},
    object::{DynamicInstance, Instance},
    objects::{Device, Lwm2mSecurity, Lwm2mServer},
    operation::{Status, write_sms_push},
    time::Instant,
    tree::{Application, Block, Execute, Executed, Tree, TreeConfig},
};

use crate::script::Script;

static PROBE: ObjectDefinition = ObjectDefinition::new(42769, "", "urn:oma:lwm2m:x:42769")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "", Some(ResourceType::Float), Operations::R),
        ResourceDefinition::new(1, "", Some(ResourceType::Boolean), Operations::RW),
        ResourceDefinition::new(2, "", Some(ResourceType::Integer), Operations::RW).with_multiple(),
        ResourceDefinition::new(3, "", Some(ResourceType::Opaque), Operations::W),
        ResourceDefinition::new(4, "", None, Operations::E).with_mandatory(),
        ResourceDefinition::new(5, "", Some(ResourceType::String), Operations::RW),
    ]);

const SERVERS: [u16; 2] = [101, 102];

/// Paths that there are, and some that there are not.
const PATHS: [&str; 21] = [
    "",
    "1",
    "1/0",
    "1/0/1",
    "1/0/4",
    "1/0/8",
    "1/1/9",
    "3",
    "3/0/9",
    "42769",
    "42769/0",
    "42769/0/0",
    "42769/0/1",
    "42769/0/2",
    "42769/0/2/7",
    "42769/0/3",
    "42769/0/4",
    "42769/0/5",
    "42769/1",
    "0/0/5",
    "9/9",
];

const QUERIES: [&str; 8] = [
    "", "pmin=1", "pmax=2", "gt=5", "con=1", "epmax=3", "hqmax=2", "pmin",
];

const FORMATS: [u32; 8] = [0, 42, 60, 110, 112, 320, 11542, 11544];

fn server(id: u16) -> Lwm2mServer {
    Lwm2mServer {
        short_server_id: id.into(),
        lifetime: 100,
        disable_timeout: Some(50),
        notification_storing_when_disabled_or_offline: true,
        binding: "U".into(),
        registration_priority_order: (id == 102).then_some(1),
        mute_send: Some(false),
        trigger: Some(true),
        ..Lwm2mServer::default()
    }
}

fn probe() -> DynamicInstance {
    let mut probe = DynamicInstance::new(&PROBE);
    let instance: &mut dyn Instance = &mut probe;
    instance.write(0, None, ValueRef::Float(20.0)).expect("a value");
    instance.write(2, Some(7), ValueRef::Integer(2)).expect("a value");
    instance
        .write(5, None, ValueRef::String("north"))
        .expect("a value");
    probe
}

fn tree() -> Tree {
    let mut config = TreeConfig::default();
    config.max_instances = 12;
    let mut tree = Tree::new(config);
    for (instance, id) in (0..).zip(SERVERS) {
        let security = Lwm2mSecurity {
            lwm2m_server_uri: Some(format!("coap://localhost:{id}")),
            bootstrap_server: Some(false),
            short_server_id: Some(id.into()),
            lwm2m_server_sms_number: (id == 102).then(|| "+49172".into()),
            ..Lwm2mSecurity::default()
        };
        tree.insert(instance, security).expect("room");
        tree.insert(instance, server(id)).expect("room");
    }
    let device = Device {
        battery_level: Some(80),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    tree.insert(0, device).expect("room");
    tree.insert_dynamic(0, probe()).expect("room");
    tree
}

/// A device whose answers depend on how often it was asked.
#[derive(Default)]
struct Program(u32);

impl Application for Program {
    fn refresh(&mut self, tree: &mut Tree, _: Path) {
        self.0 += 1;
        if self.0 % 3 == 0 {
            let _ = tree.set(Path::resource(42769, 0, 0), ValueRef::Float(self.0.into()));
        }
    }

    fn execute(&mut self, _: &mut Tree, _: &Execute<'_>) -> Executed {
        self.0 += 1;
        match self.0 % 2 {
            0 => Executed::Later,
            _ => Executed::OK,
        }
    }

    fn accepts_stream(&mut self, _: &Tree, _: Path) -> bool {
        true
    }

    fn write_block(&mut self, _: &mut Tree, _: &Block<'_>) -> Result<(), Status> {
        self.0 += 1;
        match self.0 % 5 {
            0 => Err(Status::InternalServerError),
            _ => Ok(()),
        }
    }
}

/// A device in the middle of something.
struct Bench {
    client: Client,
    program: Program,
    now: Instant,
    sent: VecDeque<(Peer, Vec<u8>)>,
    tickets: VecDeque<Ticket>,
    stopped: bool,
}

fn peer(choice: u8) -> Peer {
    Peer::new(SocketAddr::from((
        Ipv4Addr::LOCALHOST,
        SERVERS[usize::from(choice) % 2],
    )))
}

/// A life of a client's engine: datagrams, changes of the device, connections that come and go, and time, as the input
/// says. At the end it is stopped, and nothing is left.
pub fn engine(input: &[u8]) {
    let mut script = Script::new(input);
    let config = ClientConfig {
        max_observations: 4,
        max_observations_per_server: 3,
        max_attached_paths: 3,
        max_stored: 4,
        max_stored_bytes: 600,
        max_sends: 2,
        max_deferred: 2,
        ..ClientConfig::new("fuzz")
    };
    let mut bench = Bench {
        client: Client::new(config, tree(), 7),
        program: Program::default(),
        now: Instant::from_millis(0),
        sent: VecDeque::new(),
        tickets: VecDeque::new(),
        stopped: false,
    };
    bench.client.start(bench.now);
    bench.keep();
    while !script.is_empty() {
        bench.act(&mut script);
        bench.keep();
        assert!(bench.client.observations() <= 4);
    }
    bench.stopped = false;
    bench.client.stop(bench.now);
    bench.keep();
    let mut steps = 0;
    while let Some(next) = bench.client.poll_timeout() {
        bench.now = bench.now.max(next);
        bench.client.handle_timeout(bench.now, &mut bench.program);
        bench.keep();
        steps += 1;
        assert!(steps < 10_000, "time runs out: {:?}", bench.client);
    }
    assert!(bench.stopped, "{:?}", bench.client);
    assert!(bench.client.is_quiet(), "{:?}", bench.client);
    assert_eq!(bench.client.observations(), 0);
}

impl Bench {
    fn act(&mut self, script: &mut Script<'_>) {
        let (now, choice) = (self.now, script.byte());
        let server = SERVERS[usize::from(choice >> 7)];
        match choice % 10 {
            0 => {
                let datagram = script.bytes(1280);
                self.input(peer(choice >> 7), datagram);
            }
            1..=3 => {
                let datagram = request(script);
                self.input(peer(choice >> 7), &datagram);
            }
            4 | 5 => self.answer(script),
            6 => {
                let until = now + Duration::from_millis(u64::from(script.byte()).pow(2) * 4);
                let mut steps = 0;
                while let Some(next) = self.client.poll_timeout().filter(|next| *next <= until) {
                    self.now = self.now.max(next);
                    self.client.handle_timeout(self.now, &mut self.program);
                    self.keep();
                    steps += 1;
                    assert!(steps < 10_000, "time passes: {:?}", self.client);
                }
                self.now = until;
            }
            7 => {
                let value = script.byte();
                self.client.change(now, |tree| change(tree, value));
            }
            8 => match choice / 10 % 4 {
                0 => self.client.disconnected(now, server),
                1 => self.client.moved(now),
                _ => self.client.connected(now, server, peer(choice >> 7)),
            },
            _ => match choice / 10 % 8 {
                0 => self.client.update(now, server),
                1 => self.client.register(now, server),
                2 => self.client.deregister(now, server),
                3 => self.client.stop(now),
                4 => self.client.start(now),
                6 => {
                    let message = match script.byte() % 3 {
                        0 => script.bytes(140).to_vec(),
                        1 => write_sms_push(script.bytes(127)),
                        _ => write_sms_push(&request(script)),
                    };
                    let from = ["+49172", "49172", ""][usize::from(script.byte() % 3)];
                    self.client
                        .handle_sms_trigger(now, from, &message, &mut self.program);
                }
                5 => {
                    if let Some(ticket) = self.tickets.pop_front() {
                        self.client.complete(now, ticket, Status::Changed);
                    }
                }
                _ => {
                    let paths = [Path::ROOT, Path::resource(42769, 0, 0)];
                    let _ = self.client.send(now, None, SendContent::Paths(&paths));
                }
            },
        }
    }

    fn input(&mut self, from: Peer, datagram: &[u8]) {
        self.client
            .handle_input(self.now, from, datagram, &mut self.program);
    }

    /// An answer to what was sent, with the right token and identifier.
    fn answer(&mut self, script: &mut Script<'_>) {
        let position = usize::from(script.byte()) % self.sent.len().max(1);
        let Some((to, message)) = self.sent.get(position).cloned() else {
            return;
        };
        let message = Message::parse(&message).expect("a client sends messages");
        let kinds = [
            MessageType::Acknowledgement,
            MessageType::Confirmable,
            MessageType::NonConfirmable,
            MessageType::Reset,
        ];
        let code = match script.byte() {
            0..=80 => Code::CREATED,
            81..=120 => Code::CHANGED,
            121..=160 => Code::DELETED,
            other => Code(other),
        };
        let kind = kinds[usize::from(script.byte() % 4)];
        let code = if kind == MessageType::Reset {
            Code::EMPTY
        } else {
            code
        };
        let token = match code {
            Code::EMPTY => Token::EMPTY,
            _ => Token::new(message.token).unwrap_or_default(),
        };
        let mut datagram = Vec::new();
        let builder = MessageBuilder::new(&mut datagram, kind, code, message.id, token);
        match code {
            Code::CREATED => builder
                .option(OptionNumber::LOCATION_PATH, b"rd")
                .option(OptionNumber::LOCATION_PATH, b"x")
                .finish(),
            _ => builder.finish(),
        };
        self.input(to, &datagram);
    }

    /// Takes what is sent, and keeps the last of it to be answered. What the engine asks of the shell is mostly done.
    fn keep(&mut self) {
        loop {
            while let Some(transmit) = self.client.poll_transmit() {
                assert!(
                    Message::parse(transmit.datagram).is_ok(),
                    "a client sends messages"
                );
                self.sent.push_back((transmit.peer, transmit.datagram.to_vec()));
                if self.sent.len() > 8 {
                    self.sent.pop_front();
                }
            }
            let Some(event) = self.client.poll_event() else {
                return;
            };
            match event {
                Event::Connect { server, .. } if self.now.as_millis() % 4 != 3 => {
                    let peer = peer(u8::from(server == SERVERS[1]));
                    self.client.connected(self.now, server, peer);
                }
                Event::Connect { server, .. } => self.client.disconnected(self.now, server),
                Event::Deferred { ticket, .. } => self.tickets.push_back(ticket),
                Event::Stopped => self.stopped = true,
                _ => {}
            }
        }
    }
}

/// A request that is well-formed as CoAP, and mostly means something.
fn request(script: &mut Script<'_>) -> Vec<u8> {
    let (shape, id) = (script.byte(), script.byte());
    let code = Code(1 + shape % 7);
    let path = PATHS[usize::from(script.byte()) % PATHS.len()];
    let extra = script.byte();
    let mut options = OptionBuffer::new();
    let composite = matches!(code, Code::FETCH | Code::IPATCH);
    if extra & 1 != 0 && matches!(code, Code::GET | Code::FETCH) {
        options.push_uint(OptionNumber::OBSERVE, u32::from(extra >> 1 & 1));
    }
    if !composite {
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            options.push(OptionNumber::URI_PATH, segment.as_bytes());
        }
    }
    let payload = match extra & 4 {
        0 => &[],
        _ => script.bytes(600),
    };
    let composite_payload = format!("[{{\"n\":\"/{path}\"}},{{\"n\":\"/3/0/9\"}}]");
    let (format, payload) = match composite && extra & 8 == 0 {
        true => (110, composite_payload.as_bytes()),
        false => (FORMATS[usize::from(extra >> 4) % 8], payload),
    };
    if !payload.is_empty() || composite {
        options.push_uint(OptionNumber::CONTENT_FORMAT, format);
    }
    let query = QUERIES[usize::from(extra >> 4) % 8];
    if !query.is_empty() && extra & 2 != 0 {
        options.push(OptionNumber::URI_QUERY, query.as_bytes());
    }
    if shape & 0x40 != 0 {
        options.push_uint(OptionNumber::ACCEPT, FORMATS[usize::from(id) % 8]);
    }
    if extra & 0xc0 == 0xc0 && !payload.is_empty() {
        options.push_uint(OptionNumber::BLOCK1, u32::from(script.byte()));
    }
    let kind = match shape & 0x80 {
        0 => MessageType::Confirmable,
        _ => MessageType::NonConfirmable,
    };
    let mut datagram = Vec::new();
    let token = Token::new(&[id % 8]).expect("a byte");
    let mut builder = MessageBuilder::new(&mut datagram, kind, code, id.into(), token);
    for option in options.options() {
        builder = builder.option(option.number, option.value);
    }
    builder.payload(payload);
    datagram
}

/// Something happens to the device.
fn change(tree: &mut Tree, value: u8) {
    let instance = u16::from(value >> 7);
    let _ = match value % 8 {
        0 => tree.insert_dynamic(u16::from(value >> 6), probe()),
        1 => {
            tree.remove(42769, u16::from(value >> 6));
            Ok(())
        }
        2 => tree.set(Path::resource(3, 0, 9), ValueRef::Integer((value % 100).into())),
        3 => tree.set(Path::resource(1, 0, 1), ValueRef::Integer(value.into())),
        4 => {
            tree.remove(1, instance);
            Ok(())
        }
        5 => tree.insert(instance, server(SERVERS[usize::from(instance)])),
        _ => tree.set(Path::resource(42769, 0, 0), ValueRef::Float(value.into())),
    };
}
