//! A device, its servers by hand, and a clock.

use std::net::{Ipv4Addr, SocketAddr};

use lwm2m_runtime::{
    client::{Client, ClientConfig, Event},
    coap::{Code, Message, MessageBuilder, MessageType, OptionBuffer, OptionNumber, Peer, Token, uint},
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, ValueRef},
    object::DynamicInstance,
    objects::{Device, Lwm2mSecurity, Lwm2mServer},
    operation::Status,
    time::Instant,
    tree::{Application, Block, Execute, Executed, Tree, TreeConfig},
};

pub(crate) use MessageType::{
    Acknowledgement as Ack, Confirmable as Con, NonConfirmable as Non, Reset as Rst,
};

/// An object with something of everything.
pub(crate) static PROBE: ObjectDefinition = ObjectDefinition::new(42769, "Probe", "urn:oma:lwm2m:x:42769")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Value", Some(ResourceType::Float), Operations::R),
        ResourceDefinition::new(1, "Switch", Some(ResourceType::Boolean), Operations::RW),
        ResourceDefinition::new(2, "Levels", Some(ResourceType::Integer), Operations::RW).with_multiple(),
        ResourceDefinition::new(3, "Image", Some(ResourceType::Opaque), Operations::W),
        ResourceDefinition::new(4, "Reset", None, Operations::E).with_mandatory(),
        ResourceDefinition::new(5, "Name", Some(ResourceType::String), Operations::RW),
    ]);

pub(crate) const VALUE: Path = Path::resource(42769, 0, 0);
pub(crate) const SWITCH: Path = Path::resource(42769, 0, 1);

pub(crate) const SERVER: u16 = 101;

pub(crate) fn peer(server: u16) -> Peer {
    Peer::new(SocketAddr::from((Ipv4Addr::LOCALHOST, server)))
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
}

impl Sent {
    fn read(peer: Peer, datagram: &[u8]) -> Self {
        let message = Message::parse(datagram).unwrap();
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

    fn texts(&self, number: OptionNumber) -> Vec<String> {
        let options = self.options.iter().filter(|option| option.0 == number);
        options
            .map(|option| String::from_utf8(option.1.clone()).unwrap())
            .collect()
    }

    pub(crate) fn path(&self) -> String {
        self.texts(OptionNumber::URI_PATH).join("/")
    }

    pub(crate) fn queries(&self) -> Vec<String> {
        self.texts(OptionNumber::URI_QUERY)
    }

    pub(crate) fn uint(&self, number: OptionNumber) -> Option<u32> {
        let mut options = self.options.iter().filter(|option| option.0 == number);
        uint(&options.next()?.1)
    }

    pub(crate) fn observe(&self) -> Option<u32> {
        self.uint(OptionNumber::OBSERVE)
    }

    pub(crate) fn format(&self) -> Option<u32> {
        self.uint(OptionNumber::CONTENT_FORMAT)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.payload).unwrap()
    }
}

/// A datagram to the device.
#[derive(Clone)]
pub(crate) struct Datagram {
    pub(crate) kind: MessageType,
    pub(crate) code: Code,
    pub(crate) id: u16,
    pub(crate) token: Vec<u8>,
    options: Vec<(OptionNumber, Vec<u8>)>,
    payload: Vec<u8>,
}

pub(crate) fn request(code: Code, path: &str) -> Datagram {
    let mut request = Datagram {
        kind: Con,
        code,
        id: 0,
        token: Vec::new(),
        options: Vec::new(),
        payload: Vec::new(),
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        request = request.option(OptionNumber::URI_PATH, segment.as_bytes());
    }
    for query in query.split('&').filter(|query| !query.is_empty()) {
        request = request.option(OptionNumber::URI_QUERY, query.as_bytes());
    }
    request
}

pub(crate) fn get(path: &str) -> Datagram {
    request(Code::GET, path)
}

pub(crate) fn observe(path: &str) -> Datagram {
    get(path).uint(OptionNumber::OBSERVE, 0)
}

pub(crate) fn put(path: &str, text: &str) -> Datagram {
    request(Code::PUT, path).body(0, text.as_bytes())
}

pub(crate) fn post(path: &str) -> Datagram {
    request(Code::POST, path)
}

impl Datagram {
    pub(crate) fn option(mut self, number: OptionNumber, value: &[u8]) -> Self {
        self.options.push((number, value.to_vec()));
        self
    }

    pub(crate) fn uint(self, number: OptionNumber, value: u32) -> Self {
        let mut buffer = OptionBuffer::new();
        buffer.push_uint(number, value);
        let value = buffer.options().next().unwrap().value.to_vec();
        self.option(number, &value)
    }

    pub(crate) fn accept(self, format: u32) -> Self {
        self.uint(OptionNumber::ACCEPT, format)
    }

    pub(crate) fn body(self, format: u32, payload: &[u8]) -> Self {
        let mut with = self.uint(OptionNumber::CONTENT_FORMAT, format);
        with.payload = payload.to_vec();
        with
    }

    pub(crate) fn token(mut self, token: &[u8]) -> Self {
        self.token = token.to_vec();
        self
    }

    pub(crate) fn kind(mut self, kind: MessageType) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut options = self.options.clone();
        options.sort_by_key(|option| option.0);
        let mut bytes = Vec::new();
        let token = Token::new(&self.token).unwrap();
        let mut builder = MessageBuilder::new(&mut bytes, self.kind, self.code, self.id, token);
        for (number, value) in &options {
            builder = builder.option(*number, value);
        }
        builder.payload(&self.payload);
        bytes
    }
}

/// The device's own program.
#[derive(Default)]
pub(crate) struct Program {
    /// Resets go on, and are answered later.
    pub(crate) slow: bool,
    pub(crate) resets: u32,
    /// What was streamed to the image.
    pub(crate) image: Vec<u8>,
    pub(crate) images: u32,
    /// Of what no more came.
    pub(crate) abandoned: Vec<Path>,
    /// How often values were asked to be brought up to date, and to what.
    pub(crate) refreshed: Vec<Path>,
    pub(crate) value_on_refresh: Option<f64>,
}

impl Application for Program {
    fn refresh(&mut self, tree: &mut Tree, path: Path) {
        self.refreshed.push(path);
        if let Some(value) = self.value_on_refresh {
            tree.set(VALUE, ValueRef::Float(value)).unwrap();
        }
    }

    fn execute(&mut self, _: &mut Tree, execute: &Execute<'_>) -> Executed {
        if execute.path.resource_id() != Some(4) {
            return Executed::Done(Status::MethodNotAllowed);
        }
        self.resets += 1;
        match self.slow {
            true => Executed::Later,
            false => Executed::OK,
        }
    }

    fn accepts_stream(&mut self, _: &Tree, resource: Path) -> bool {
        resource.resource_id() == Some(3)
    }

    fn write_block(&mut self, _: &mut Tree, block: &Block<'_>) -> Result<(), Status> {
        if block.offset == 0 {
            self.image.clear();
        }
        assert_eq!(block.offset, self.image.len() as u64);
        self.image.extend_from_slice(block.bytes);
        self.images += u32::from(block.last);
        Ok(())
    }

    fn stream_abandoned(&mut self, _: &mut Tree, resource: Path) {
        self.abandoned.push(resource);
    }
}

/// A device at a point in time.
pub(crate) struct Bench {
    pub(crate) client: Client,
    pub(crate) program: Program,
    pub(crate) now: Instant,
    next_id: u16,
}

pub(crate) fn server(id: u16) -> Lwm2mServer {
    Lwm2mServer {
        short_server_id: id.into(),
        lifetime: 86_400,
        notification_storing_when_disabled_or_offline: true,
        binding: "U".into(),
        ..Lwm2mServer::default()
    }
}

pub(crate) fn security(id: u16) -> Lwm2mSecurity {
    Lwm2mSecurity {
        lwm2m_server_uri: Some(format!("coap://127.0.0.1:{id}")),
        bootstrap_server: Some(false),
        security_mode: Some(lwm2m_runtime::objects::o0_v1_2::SecurityMode(3)),
        short_server_id: Some(id.into()),
        ..Lwm2mSecurity::default()
    }
}

pub(crate) fn probe() -> DynamicInstance {
    use lwm2m_runtime::object::Instance;
    let mut probe = DynamicInstance::new(&PROBE);
    let instance: &mut dyn Instance = &mut probe;
    instance.write(0, None, ValueRef::Float(20.0)).unwrap();
    instance.write(1, None, ValueRef::Boolean(false)).unwrap();
    instance.write(2, Some(0), ValueRef::Integer(1)).unwrap();
    instance.write(2, Some(7), ValueRef::Integer(2)).unwrap();
    instance.write(5, None, ValueRef::String("north")).unwrap();
    probe
}

/// One server, a Device, a probe.
pub(crate) fn tree() -> Tree {
    tree_of(&[server(SERVER)])
}

pub(crate) fn tree_of(servers: &[Lwm2mServer]) -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    for (instance, server) in (0_u16..).zip(servers) {
        let id = u16::try_from(server.short_server_id).unwrap();
        tree.insert(instance, security(id)).unwrap();
        tree.insert(instance, server.clone()).unwrap();
    }
    let device = Device {
        manufacturer: Some("ACME".into()),
        battery_level: Some(80),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    tree.insert(0, device).unwrap();
    tree.insert_dynamic(0, probe()).unwrap();
    tree
}

pub(crate) fn config() -> ClientConfig {
    ClientConfig {
        retry_jitter_percent: 0,
        ..ClientConfig::new("urn:dev:os:32473-7")
    }
}

impl Bench {
    pub(crate) fn new(config: ClientConfig, tree: Tree) -> Self {
        Self {
            client: Client::new(config, tree, 0x5eed),
            program: Program::default(),
            now: Instant::from_millis(1_000_000),
            next_id: 0,
        }
    }

    /// A device that is registered with its server.
    pub(crate) fn registered() -> Self {
        Self::registered_with(config(), tree())
    }

    pub(crate) fn registered_with(config: ClientConfig, tree: Tree) -> Self {
        let mut bench = Self::new(config, tree);
        bench.client.start(bench.now);
        bench.connect(SERVER);
        bench.accept_register(SERVER);
        bench.events();
        bench
    }

    pub(crate) fn connect(&mut self, server: u16) {
        self.client.connected(self.now, server, peer(server));
    }

    /// Answers the Register that is on its way.
    pub(crate) fn accept_register(&mut self, server: u16) {
        let register = self.only();
        assert_eq!((register.path().as_str(), register.code), ("rd", Code::POST));
        let answer = answer(&register, Code::CREATED)
            .option(OptionNumber::LOCATION_PATH, b"rd")
            .option(OptionNumber::LOCATION_PATH, b"5a3f");
        self.input(server, &answer);
    }

    pub(crate) fn input(&mut self, server: u16, datagram: &Datagram) {
        self.bytes(server, &datagram.bytes());
    }

    pub(crate) fn bytes(&mut self, server: u16, datagram: &[u8]) {
        self.client
            .handle_input(self.now, peer(server), datagram, &mut self.program);
    }

    /// Everything that waits to be sent.
    pub(crate) fn sent(&mut self) -> Vec<Sent> {
        let mut all = Vec::new();
        while let Some(transmit) = self.client.poll_transmit() {
            all.push(Sent::read(transmit.peer, transmit.datagram));
        }
        all
    }

    pub(crate) fn only(&mut self) -> Sent {
        let mut all = self.sent();
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }

    pub(crate) fn silent(&mut self) {
        let all = self.sent();
        assert!(all.is_empty(), "{all:#?}");
    }

    pub(crate) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.client.poll_event()).collect()
    }

    /// Asks as a server, with a fresh message identifier; a token where there is none.
    pub(crate) fn ask(&mut self, server: u16, request: &Datagram) {
        let mut request = request.clone();
        self.next_id += 1;
        request.id = self.next_id;
        if request.token.is_empty() {
            request.token = self.next_id.to_be_bytes().to_vec();
        }
        self.input(server, &request);
    }

    /// Asks as the server, and takes the answer.
    pub(crate) fn exchange(&mut self, request: &Datagram) -> Sent {
        self.ask(SERVER, request);
        self.only()
    }

    /// The code of the answer.
    pub(crate) fn code(&mut self, request: &Datagram) -> Code {
        self.exchange(request).code
    }

    /// Lets time pass to a number of seconds from now, and returns what is sent meanwhile, with its time.
    pub(crate) fn pass(&mut self, seconds: u64) -> Vec<(u64, Sent)> {
        let start = self.now;
        let end = Instant::from_millis(start.as_millis() + seconds * 1000);
        let mut all = Vec::new();
        for _ in 0..100_000 {
            let next = self.client.poll_timeout().filter(|next| *next <= end);
            self.now = next.map_or(end, |next| next.max(self.now));
            self.client.handle_timeout(self.now, &mut self.program);
            let second = (self.now - start).as_secs();
            all.extend(self.sent().into_iter().map(|sent| (second, sent)));
            if next.is_none() {
                return all;
            }
        }
        panic!("time does not pass");
    }

    /// The device does what is due now.
    pub(crate) fn work(&mut self) -> Vec<Sent> {
        self.client.handle_timeout(self.now, &mut self.program);
        self.sent()
    }

    pub(crate) fn set(&mut self, path: Path, value: ValueRef<'_>) {
        self.client
            .change(self.now, |tree| tree.set(path, value))
            .unwrap();
    }

    pub(crate) fn set_value(&mut self, value: f64) {
        self.set(VALUE, ValueRef::Float(value));
    }
}

/// The answer to a message that the device sent.
pub(crate) fn answer(to: &Sent, code: Code) -> Datagram {
    Datagram {
        kind: Ack,
        code,
        id: to.id,
        token: to.token.clone(),
        options: Vec::new(),
        payload: Vec::new(),
    }
}

pub(crate) fn empty(kind: MessageType, to: &Sent) -> Datagram {
    Datagram {
        kind,
        code: Code::EMPTY,
        id: to.id,
        token: Vec::new(),
        options: Vec::new(),
        payload: Vec::new(),
    }
}

/// Numbers without a pattern.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// What was notified when.
pub(crate) fn notified(sent: &[(u64, Sent)]) -> Vec<(u64, &str)> {
    sent.iter().map(|(second, sent)| (*second, sent.text())).collect()
}

/// Begins to observe the value as text, with a token.
pub(crate) fn begin(bench: &mut Bench, path: &str) -> Sent {
    let first = bench.exchange(&observe(path).accept(0).token(b"obs"));
    assert_eq!(first.code, Code::CONTENT, "{path}");
    assert!(first.observe().is_some());
    first
}
