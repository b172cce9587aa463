//! A bootstrap server, clients by hand, and a clock.

use std::{
    collections::{BTreeMap, VecDeque},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use lwm2m_runtime::{
    bootstrap::{BootstrapServer, BootstrapServerConfig, Event, Failure, Plan, Plans},
    coap::{self, Endpoint, EndpointConfig, OptionBuffer, Peer, Received},
    configuration::{BootstrapConfiguration, Credentials, ServerAccount, Values, check},
    encoding::{ContentFormat, Decoder, Definitions, EncodeOptions, Format, FormatSet, encode},
    model::{ObjectDefinition, Path, Value, ValueRef, Version},
    object::Object,
    objects::{Device, Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    operation::{
        BootstrapDiscovery, CoapSession, Operation, Payload, Response, Status, TreeView, Uplink,
        read_uplink_response,
    },
    time::Instant,
};

pub(crate) fn path(text: &str) -> Path {
    text.parse().unwrap()
}

pub(crate) fn account(short_server_id: u16) -> ServerAccount {
    ServerAccount::new(short_server_id, "coap://server.example.com", Credentials::NoSec)
}

pub(crate) fn configuration() -> BootstrapConfiguration {
    BootstrapConfiguration::new([account(1)])
}

/// A bootstrap server that knows the endpoints that begin with `device`.
pub(crate) fn server(plan: Plan) -> BootstrapServer {
    with_config(plan, BootstrapServerConfig::default())
}

pub(crate) fn with_config(plan: Plan, config: BootstrapServerConfig) -> BootstrapServer {
    let mut plans = Plans::new();
    plans.insert_pattern("device*", plan);
    BootstrapServer::new(config, plans, 0x5eed)
}

/// The address of a client, by its port.
pub(crate) fn client(port: u16) -> Peer {
    Peer::new(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
}

fn server_address() -> Peer {
    client(5683)
}

/// The definitions that a client has.
struct Core;

impl Definitions for Core {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        match id {
            0 => Some(Lwm2mSecurity::DEFINITION),
            1 => Some(Lwm2mServer::DEFINITION),
            2 => Some(Lwm2mAccessControl::DEFINITION),
            3 => Some(Device::DEFINITION),
            _ => None,
        }
    }
}

/// A format and a payload.
pub(crate) type Body = (ContentFormat, Vec<u8>);

/// A client by hand: what it holds are values by their paths.
pub(crate) struct Client {
    pub(crate) endpoint: Endpoint,
    pub(crate) version: Version,
    /// The version that it says it has, if that is less.
    pub(crate) says: Version,
    pub(crate) values: Values,
    pub(crate) formats: FormatSet,
    /// What it answers next to an operation, whatever it is asked.
    pub(crate) refuse: VecDeque<(Operation, Status)>,
    /// What it was asked, and in which format.
    pub(crate) asked: Vec<String>,
    /// The payloads that it was written.
    pub(crate) written: Vec<(Format, Vec<u8>)>,
    /// What its own requests were answered.
    pub(crate) answers: Vec<(Status, Option<Body>)>,
    /// After so many requests it is not heard of any more.
    pub(crate) dies_after: Option<usize>,
}

impl Client {
    /// A client with its account at the bootstrap server in an instance of object 0.
    pub(crate) fn new(bootstrap_server: u16) -> Self {
        let mut values = Values::new();
        for (resource, value) in [
            (0, Value::String("coap://bootstrap.example.com".into())),
            (1, Value::Boolean(true)),
            (2, Value::Integer(3)),
        ] {
            values.set(Path::resource(0, bootstrap_server, resource), value);
        }
        values.set(path("/3/0/0"), Value::String("ACME".into()));
        Self {
            endpoint: Endpoint::new(EndpointConfig::default(), 7),
            version: Version::V1_2,
            says: Version::V1_2,
            values,
            formats: FormatSet::ALL,
            refuse: VecDeque::new(),
            asked: Vec::new(),
            written: Vec::new(),
            answers: Vec::new(),
            dies_after: None,
        }
    }

    pub(crate) fn ask(&mut self, now: Instant, uplink: &Uplink<'_>) {
        let session = CoapSession::new(Version::V1_2);
        let form = session.uplink(uplink).unwrap();
        let mut options = OptionBuffer::new();
        form.fill(&mut options);
        let request = coap::Request {
            code: form.code(),
            confirmable: true,
            options: options.options(),
            payload: form.payload(),
        };
        self.endpoint.request(now, server_address(), request).unwrap();
    }

    fn dead(&self) -> bool {
        self.dies_after.is_some_and(|after| self.asked.len() >= after)
    }

    fn receive(&mut self, now: Instant, datagram: &[u8]) {
        if self.dead() {
            return;
        }
        let received = self.endpoint.receive(now, server_address(), datagram);
        let (responder, request) = match received {
            None => return,
            Some(Received::Response(response)) => {
                let answer = read_uplink_response(response.code, response.options, response.payload).unwrap();
                let payload = answer.payload;
                let payload = payload.map(|payload| (payload.format, payload.bytes.to_vec()));
                self.answers.push((answer.status, payload));
                return;
            }
            Some(Received::Request(request)) => (request.responder, {
                let session = CoapSession::new(self.version);
                let read = session
                    .read_bootstrap_request(request.code, request.options, request.payload)
                    .unwrap();
                let payload = read.payload();
                let payload = payload.map(|payload| (payload.format, payload.bytes.to_vec()));
                (read.operation(), read.path(), read.accept(), payload)
            }),
            Some(other) => panic!("{other:?}"),
        };
        let (operation, at, accept, payload) = request;
        let format = payload.as_ref().map(|(format, _)| format.0.to_string());
        let name = operation.name().trim_start_matches("Bootstrap-");
        self.asked.push(
            format!("{name} {at} {}", format.unwrap_or_default())
                .trim()
                .to_owned(),
        );
        if self.dead() {
            return;
        }
        let refused = self.refuse.iter().position(|(refused, _)| *refused == operation);
        let (status, answer) = match refused.and_then(|index| self.refuse.remove(index)) {
            Some((_, status)) => (status, None),
            None => {
                let payload = payload.as_ref();
                let payload = payload.map(|(format, bytes)| Payload::new(*format, bytes));
                self.obey(operation, at, accept, payload)
            }
        };
        let answer = answer.as_ref();
        let response = Response {
            status,
            payload: answer.map(|(format, bytes)| Payload::new(*format, bytes)),
            created: None,
        };
        let form = CoapSession::new(self.version).response(&response, None);
        let mut options = OptionBuffer::new();
        form.fill(&mut options);
        let response = coap::Response {
            code: form.code(),
            options: options.options(),
            payload: form.payload(),
        };
        self.endpoint.respond(now, responder, response).unwrap();
    }

    fn obey(
        &mut self,
        operation: Operation,
        at: Path,
        accept: Option<ContentFormat>,
        payload: Option<Payload<'_>>,
    ) -> (Status, Option<Body>) {
        match operation {
            Operation::BootstrapDiscover => {
                let mut text = String::new();
                let version = self.version.min(self.says);
                match (BootstrapDiscovery { version, path: at }).write(&self.values, &mut text) {
                    Ok(()) => (Status::Content, Some((ContentFormat::LINK, text.into_bytes()))),
                    Err(status) => (status, None),
                }
            }
            Operation::BootstrapRead => {
                let format = accept.and_then(ContentFormat::format).unwrap();
                let mut bytes = Vec::new();
                encode(
                    format,
                    at,
                    self.values.records(at),
                    &EncodeOptions::default(),
                    &mut bytes,
                )
                .unwrap();
                (Status::Content, Some((format.content_format(), bytes)))
            }
            Operation::BootstrapWrite => (self.write(at, payload.unwrap()), None),
            Operation::BootstrapDelete => (self.delete(at), None),
            _ => match check(&self.values, true) {
                Ok(()) => (Status::Changed, None),
                Err(_) => (Status::NotAcceptable, None),
            },
        }
    }

    pub(crate) fn write(&mut self, at: Path, payload: Payload<'_>) -> Status {
        let Some(format) = payload
            .format
            .format()
            .filter(|format| self.formats.contains(*format))
        else {
            return Status::UnsupportedContentFormat;
        };
        self.written.push((format, payload.bytes.to_vec()));
        let reader = Decoder::new(format, at)
            .with_definitions(&Core)
            .read(payload.bytes)
            .unwrap();
        for record in reader.collect().unwrap() {
            assert_eq!(record.prefix, "", "no alternate path here");
            assert!(record.path.starts_with(at), "{}", record.path);
            if let Some(value) = record.content.value() {
                self.values.set(record.path, value);
            }
        }
        Status::Changed
    }

    /// As a client does: the account at the bootstrap server and the device stay; with an account's credentials all of it
    /// goes.
    fn delete(&mut self, at: Path) -> Status {
        let gone: Vec<Path> = self
            .values
            .paths(at, 2)
            .into_iter()
            .filter(|instance| *instance != path("/3/0") && !self.is_bootstrap_server(*instance))
            .collect();
        if gone.is_empty() && at.depth() == 2 {
            return Status::BadRequest;
        }
        for instance in gone {
            if let (Some(0), Some(id)) = (instance.object_id(), instance.instance_id()) {
                let short = self.values.get(Path::resource(0, id, 10)).map(ValueRef::to_value);
                for server in self.values.instances(1).collect::<Vec<_>>() {
                    let other = self
                        .values
                        .get(Path::resource(1, server, 0))
                        .map(ValueRef::to_value);
                    if other == short {
                        self.values.remove(Path::instance(1, server));
                    }
                }
            }
            self.values.remove(instance);
        }
        Status::Deleted
    }

    fn is_bootstrap_server(&self, instance: Path) -> bool {
        instance.object_id() == Some(0)
            && instance.child(1).and_then(|path| self.values.get(path)) == Some(ValueRef::Boolean(true))
    }

    /// Everything but its own account at the bootstrap server and itself.
    pub(crate) fn configured(&self) -> Values {
        let mut values = self.values.clone();
        for instance in values.paths(Path::ROOT, 2) {
            if instance == path("/3/0") || self.is_bootstrap_server(instance) {
                values.remove(instance);
            }
        }
        values
    }
}

/// Whether a datagram arrives: told who sends it and how many were sent before.
type Arrives = Box<dyn FnMut(&str, usize) -> bool>;

pub(crate) struct Bench {
    pub(crate) now: Instant,
    pub(crate) server: BootstrapServer,
    pub(crate) clients: BTreeMap<u16, Client>,
    pub(crate) events: Vec<Event>,
    pub(crate) arrives: Arrives,
    sent: usize,
}

impl Bench {
    pub(crate) fn new(server: BootstrapServer) -> Self {
        Self {
            now: Instant::from_millis(1_000),
            server,
            clients: BTreeMap::new(),
            events: Vec::new(),
            arrives: Box::new(|_, _| true),
            sent: 0,
        }
    }

    /// With a client at port 1, whose account at the bootstrap server is in `/0/1`.
    pub(crate) fn with_client(server: BootstrapServer) -> Self {
        let mut bench = Self::new(server);
        bench.clients.insert(1, Client::new(1));
        bench
    }

    pub(crate) fn client(&mut self) -> &mut Client {
        self.clients.get_mut(&1).unwrap()
    }

    pub(crate) fn ask(&mut self, port: u16, uplink: &Uplink<'_>) {
        let now = self.now;
        self.clients.get_mut(&port).unwrap().ask(now, uplink);
    }

    /// The client at port 1 asks to be bootstrapped.
    pub(crate) fn request(&mut self) {
        self.ask(
            1,
            &Uplink::BootstrapRequest {
                endpoint: Some("device-1"),
                preferred_format: None,
            },
        );
    }

    /// Carries datagrams until nothing moves.
    pub(crate) fn settle(&mut self) {
        loop {
            let mut datagrams = Vec::new();
            while let Some(transmit) = self.server.poll_transmit() {
                let to = transmit.peer.address.port();
                datagrams.push((Some(to), transmit.datagram.to_vec()));
            }
            for (port, client) in &mut self.clients {
                while let Some(transmit) = client.endpoint.poll_transmit() {
                    datagrams.push((None, transmit.datagram.to_vec()));
                    assert_eq!(transmit.peer, server_address());
                    let last = datagrams.len() - 1;
                    datagrams[last].0 = Some(*port | FROM_CLIENT);
                }
                while client.endpoint.poll_event().is_some() {}
            }
            if datagrams.is_empty() {
                break;
            }
            for (port, datagram) in datagrams {
                let port = port.unwrap();
                let sender = if port & FROM_CLIENT == 0 {
                    "server"
                } else {
                    "client"
                };
                let arrives = (self.arrives)(sender, self.sent);
                self.sent += 1;
                if !arrives {
                    continue;
                }
                match port & FROM_CLIENT {
                    0 => {
                        if let Some(client) = self.clients.get_mut(&port) {
                            client.receive(self.now, &datagram);
                        }
                    }
                    _ => {
                        let port = port & !FROM_CLIENT;
                        if !self.clients[&port].dead() {
                            self.server.handle_input(self.now, client(port), &datagram);
                        }
                    }
                }
            }
        }
        self.events
            .extend(std::iter::from_fn(|| self.server.poll_event()));
    }

    /// Lets time pass, from one deadline to the next.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.settle();
            let server = self.server.poll_timeout();
            let clients = self
                .clients
                .values_mut()
                .map(|client| client.endpoint.poll_timeout());
            let next = clients.chain([server]).flatten().min();
            match next.filter(|next| *next <= end) {
                Some(next) => self.now = self.now.max(next),
                None => break,
            }
            self.server.handle_timeout(self.now);
            for client in self.clients.values_mut() {
                client.endpoint.handle_timeout(self.now);
            }
        }
        self.now = end;
    }

    /// What the client at port 1 was asked since the last look.
    pub(crate) fn asked(&mut self) -> Vec<String> {
        std::mem::take(&mut self.client().asked)
    }

    pub(crate) fn finished(&self) -> usize {
        let finished = |event: &&Event| matches!(event, Event::Finished { .. });
        self.events.iter().filter(finished).count()
    }

    pub(crate) fn failures(&self) -> Vec<Failure> {
        let failure = |event: &Event| match event {
            Event::Failed { failure, .. } => Some(failure.clone()),
            _ => None,
        };
        self.events.iter().filter_map(failure).collect()
    }

    pub(crate) fn refusals(&self) -> Vec<Status> {
        let status = |event: &Event| match event {
            Event::Refused { status, .. } => Some(*status),
            _ => None,
        };
        self.events.iter().filter_map(status).collect()
    }
}

/// The bit of a port that says whose datagram it is.
const FROM_CLIENT: u16 = 1 << 15;
