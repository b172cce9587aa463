use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use lwm2m_runtime::{
    client::{BOOTSTRAP_SERVER, BootstrapState, Client, ClientConfig, Event},
    coap::{Code, Message, MessageBuilder, MessageType, OptionNumber, Peer, Token},
    configuration::{BootstrapConfiguration, Credentials, ServerAccount, Values},
    encoding::{EncodeOptions, Format, encode},
    model::{Path, Value, ValueRef, Version},
    objects::{Device, Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    operation::TreeView,
    time::Instant,
    tree::{Application, Tree, TreeConfig},
};

use crate::{
    bootstrap::{pick, snapshot},
    script::Script,
};

struct Program;

impl Application for Program {}

/// A client between a bootstrap server and a server.
struct Bench {
    client: Client,
    now: Instant,
    sent: VecDeque<(Peer, Vec<u8>)>,
    /// What the device has while no session is on.
    settled: Vec<(Path, Option<Value>)>,
    stopped: bool,
}

fn peer(server: u16) -> Peer {
    Peer::new(SocketAddr::from((Ipv4Addr::LOCALHOST, server)))
}

fn account(server: u16) -> ServerAccount {
    ServerAccount::new(server, format!("coap://localhost:{server}"), Credentials::NoSec)
}

fn tree() -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    let bootstrap_server = Lwm2mSecurity {
        lwm2m_server_uri: Some("coap://localhost:9".into()),
        bootstrap_server: Some(true),
        security_mode: account(1).security.security_mode,
        bootstrap_server_account_timeout: Some(700),
        client_hold_off_time: Some(2),
        ..Lwm2mSecurity::default()
    };
    let one = account(1);
    let ready = tree.insert(0, bootstrap_server).is_ok()
        && tree.insert(1, one.security).is_ok()
        && tree.insert(0, one.server).is_ok()
        && tree.insert(0, Device::default()).is_ok()
        && tree.add_type::<Lwm2mAccessControl>().is_ok()
        && tree.add_type::<Lwm2mServer>().is_ok();
    assert!(ready);
    tree
}

/// A life of a client that is bootstrapped, as the input says: what it has between two sessions is what the last one that
/// was finished has left.
pub fn engine(input: &[u8]) {
    let mut script = Script::new(input);
    let choice = script.byte();
    let version = pick(&mut script, &[Version::V1_0, Version::V1_1, Version::V1_2]);
    let config = ClientConfig {
        versions: vec![version],
        bootstrap_pack: choice & 1 != 0,
        server_initiated_bootstrap: choice & 2 != 0,
        ..ClientConfig::new("fuzz")
    };
    let client = Client::new(config, tree(), 7);
    let mut bench = Bench {
        settled: snapshot(client.tree()),
        client,
        now: Instant::from_millis(0),
        sent: VecDeque::new(),
        stopped: false,
    };
    bench.client.start(bench.now);
    bench.keep();
    while !script.is_empty() {
        bench.act(&mut script);
        bench.keep();
    }
    bench.stopped = false;
    bench.client.stop(bench.now);
    bench.keep();
    let mut steps = 0;
    while let Some(next) = bench.client.poll_timeout() {
        bench.at(next);
        steps += 1;
        assert!(steps < 10_000, "time runs out: {:?}", bench.client);
    }
    assert!(bench.stopped, "{:?}", bench.client);
    assert!(bench.client.is_quiet(), "{:?}", bench.client);
}

impl Bench {
    fn at(&mut self, time: Instant) {
        self.now = self.now.max(time);
        self.client.handle_timeout(self.now, &mut Program);
        self.keep();
    }

    fn act(&mut self, script: &mut Script<'_>) {
        let (now, choice) = (self.now, script.byte());
        match choice % 12 {
            0..=4 => {
                let datagram = request(script);
                self.input(peer(9), &datagram);
            }
            5 | 6 => self.answer(script),
            7 => {
                let until = now + Duration::from_millis(u64::from(script.byte()).pow(2) * 8);
                let mut steps = 0;
                while let Some(next) = self.client.poll_timeout().filter(|next| *next <= until) {
                    self.at(next);
                    steps += 1;
                    assert!(steps < 10_000, "time passes: {:?}", self.client);
                }
                self.now = until;
            }
            8 => {
                self.client.bootstrap(now);
            }
            9 => match choice / 12 % 4 {
                0 => self.client.disconnected(now, BOOTSTRAP_SERVER),
                1 => self.client.disconnected(now, 1),
                2 => self.client.moved(now),
                _ => self.client.connected(now, BOOTSTRAP_SERVER, peer(9)),
            },
            10 => {
                let from = pick(script, &[9, 1, 2, 77]);
                let datagram = script.bytes(200);
                self.input(peer(from), datagram);
            }
            _ => {
                // A Read of the first server.
                let read = [0x41, 0x01, 0x12, script.byte(), 0x01, 0xb1, b'3', 0x01, b'0'];
                self.input(peer(1), &read);
            }
        }
    }

    fn input(&mut self, from: Peer, datagram: &[u8]) {
        self.client.handle_input(self.now, from, datagram, &mut Program);
    }

    /// An answer to what was sent, with the right token and identifier.
    fn answer(&mut self, script: &mut Script<'_>) {
        let position = usize::from(script.byte()) % self.sent.len().max(1);
        let Some((to, message)) = self.sent.get(position).cloned() else {
            return;
        };
        let message = Message::parse(&message).expect("a client sends messages");
        let codes = [
            Code::CHANGED,
            Code::CONTENT,
            Code::CREATED,
            Code::CHANGED,
            Code::BAD_REQUEST,
            Code::NOT_IMPLEMENTED,
            Code::EMPTY,
        ];
        let code = pick(script, &codes);
        let mut datagram = Vec::new();
        let token = match code {
            Code::EMPTY => Token::EMPTY,
            _ => Token::new(message.token).unwrap_or_default(),
        };
        let kind = MessageType::Acknowledgement;
        let builder = MessageBuilder::new(&mut datagram, kind, code, message.id, token);
        match code {
            Code::CREATED => builder
                .option(OptionNumber::LOCATION_PATH, b"rd")
                .option(OptionNumber::LOCATION_PATH, b"x")
                .finish(),
            Code::CONTENT => {
                let format = pick(script, &[Format::SenmlCbor, Format::SenmlJson, Format::Lwm2mCbor]);
                let body = body(script, Path::ROOT, format);
                let number = u32::from(format.content_format().0);
                builder.uint(OptionNumber::CONTENT_FORMAT, number).payload(&body);
            }
            _ => builder.finish(),
        }
        self.input(to, &datagram);
    }

    /// Takes what is sent and told, and holds what the device has against what it should have.
    fn keep(&mut self) {
        let mut changed = false;
        loop {
            while let Some(transmit) = self.client.poll_transmit() {
                assert!(
                    Message::parse(transmit.datagram).is_ok(),
                    "a client sends messages"
                );
                self.sent.push_front((transmit.peer, transmit.datagram.to_vec()));
                self.sent.truncate(6);
            }
            let Some(event) = self.client.poll_event() else {
                break;
            };
            match event {
                Event::Connect { server, .. } if self.now.as_millis() % 5 != 3 => {
                    let host = if server == BOOTSTRAP_SERVER { 9 } else { server };
                    self.client.connected(self.now, server, peer(host));
                }
                Event::Connect { server, .. } => self.client.disconnected(self.now, server),
                Event::BootstrapFinished => {
                    changed = true;
                    assert!(self.client.servers().next().is_some(), "there is a server");
                }
                Event::BootstrapAccountRemoved => changed = true,
                Event::Stopped => self.stopped = true,
                _ => {}
            }
        }
        if self.client.bootstrap_state() == BootstrapState::Session {
            return;
        }
        let now = snapshot(self.client.tree());
        if !changed {
            assert_eq!(now, self.settled, "nothing was finished");
        }
        self.settled = now;
        let tree = self.client.tree();
        let is_bootstrap = |id: &u16| tree.value(Path::resource(0, *id, 1)) == Some(ValueRef::Boolean(true));
        assert!(tree.instances(0).filter(is_bootstrap).count() <= 1);
    }
}

/// What a bootstrap server asks, mostly well.
fn request(script: &mut Script<'_>) -> Vec<u8> {
    let paths = [
        "", "0", "1", "2", "0/0", "0/1", "1/0", "1/3", "2/0", "1/0/1", "0/0/1", "3/0", "bs",
    ];
    let (shape, id) = (script.byte(), script.byte());
    let code = [Code::PUT, Code::PUT, Code::POST, Code::DELETE, Code::GET][usize::from(shape) % 5];
    let text = match code {
        Code::POST => "bs",
        _ => pick(script, &paths),
    };
    let mut datagram = Vec::new();
    let token = Token::new(&[id % 8]).expect("a byte");
    let message = u16::from_be_bytes([0x40, id]);
    let mut builder = MessageBuilder::new(&mut datagram, MessageType::Confirmable, code, message, token);
    for segment in text.split('/').filter(|segment| !segment.is_empty()) {
        builder = builder.option(OptionNumber::URI_PATH, segment.as_bytes());
    }
    match code {
        Code::PUT => {
            let format = pick(
                script,
                &[
                    Format::Tlv,
                    Format::SenmlJson,
                    Format::SenmlCbor,
                    Format::Lwm2mCbor,
                ],
            );
            let path = format!("/{text}").parse().unwrap_or(Path::ROOT);
            let body = body(script, path, format);
            let number = u32::from(format.content_format().0);
            builder.uint(OptionNumber::CONTENT_FORMAT, number).payload(&body);
        }
        Code::GET => builder.uint(OptionNumber::ACCEPT, 40).finish(),
        _ => builder.finish(),
    }
    datagram
}

/// Something to write: a configuration, or whatever the input has.
fn body(script: &mut Script<'_>, path: Path, format: Format) -> Vec<u8> {
    let choice = script.byte();
    if choice & 7 == 7 {
        return script.bytes(300).to_vec();
    }
    let mut configuration = BootstrapConfiguration::new([account(u16::from(choice & 3) + 1)]);
    configuration.servers[0].security_instance = Some(u16::from(choice >> 3 & 1));
    configuration.servers[0].server_instance = Some(u16::from(choice >> 4 & 3));
    let mut values = configuration.number(None).unwrap_or_else(|_| Values::new());
    // Perhaps a second account at a bootstrap server, a rule, or a half account.
    match choice >> 6 {
        1 => {
            values.set(Path::resource(0, 1, 1), Value::Boolean(true));
        }
        2 => {
            values.set(Path::resource(2, 0, 3), Value::Integer(1));
        }
        3 => values.remove(Path::object(1)),
        _ => {}
    }
    let mut bytes = Vec::new();
    let _ = encode(
        format,
        path,
        values.records(path),
        &EncodeOptions::default(),
        &mut bytes,
    );
    bytes
}
