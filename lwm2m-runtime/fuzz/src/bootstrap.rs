use std::{
    collections::{HashSet, VecDeque},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use lwm2m_runtime::{
    access_control::Rights,
    bootstrap::{BootstrapServer, BootstrapServerConfig, Event, Plan, Plans, SessionId, Step, WriteLevel},
    coap::{Code, EndpointConfig, Message, MessageBuilder, MessageType, OptionNumber, Peer, Token},
    configuration::{
        AccessRule, BootstrapConfiguration, CardFile, Credentials, MemoryCard, RuleTarget, ServerAccount,
        SmartcardFile, read_bootstrap_data,
    },
    encoding::{ContentFormat, FormatSet, Negotiation},
    model::{Path, Value, Version},
    objects::{Device, Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    operation::{BootstrapRequest, Payload, TreeView},
    time::Instant,
    tree::{BootstrapJournal, Tree, TreeConfig},
};

use crate::script::Script;

pub(crate) fn pick<T: Copy>(script: &mut Script<'_>, choices: &[T]) -> T {
    choices[usize::from(script.byte()) % choices.len()]
}

fn plan(byte: u8) -> Plan {
    let mut certificate = ServerAccount::new(
        2,
        "coaps://two",
        Credentials::RawPublicKey {
            public_key: vec![1; 600],
            private_key: vec![2; 300],
            server_public_key: vec![3; 600],
        },
    );
    if byte & 1 != 0 {
        certificate.security_instance = Some(3);
    }
    let one = ServerAccount::new(1, "coap://one", Credentials::NoSec);
    let mut configuration = BootstrapConfiguration::new([one, certificate]);
    if byte & 2 != 0 {
        configuration.rules = vec![AccessRule::new(RuleTarget::Server(1), 1, [(1, Rights::FULL)])];
    }
    let mut plan = Plan::new(configuration);
    if byte & 4 != 0 {
        plan.write_level = WriteLevel::Object;
    }
    plan.tolerant = byte & 8 != 0;
    if byte & 16 != 0 {
        plan.steps = vec![
            Step::Write(Path::object(0)),
            Step::Delete(Path::ROOT),
            Step::Read(Path::object(1)),
            Step::Write(Path::ROOT),
        ];
    }
    plan
}

struct Life {
    server: BootstrapServer,
    now: Instant,
    message: u16,
    sent: VecDeque<(Peer, Vec<u8>)>,
    open: HashSet<SessionId>,
    ever: HashSet<SessionId>,
}

/// A bootstrap server's life: datagrams of clients and time, as the input says. Each session has one end, and when time runs
/// out nothing is left.
pub fn engine(input: &[u8]) {
    let mut script = Script::new(input);
    let byte = script.byte();
    let config = BootstrapServerConfig {
        coap: EndpointConfig {
            max_outgoing: 6,
            max_incoming: 4,
            max_body: 3_000,
            max_body_bytes: 5_000,
            max_recent: 12,
            ..EndpointConfig::default()
        },
        max_sessions: 3,
        max_links: 20,
        max_endpoint_name: 10,
        validate_requests: byte & 0x20 != 0,
        validate_packs: byte & 0x40 != 0,
        ..BootstrapServerConfig::default()
    };
    let mut plans = Plans::new();
    plans.insert_pattern("a*", plan(byte));
    plans.insert("b", plan(!byte));
    let mut life = Life {
        server: BootstrapServer::new(config, plans, 7),
        now: Instant::from_millis(5),
        message: 0,
        sent: VecDeque::new(),
        open: HashSet::new(),
        ever: HashSet::new(),
    };
    while !script.is_empty() {
        life.step(&mut script);
        life.settle();
    }
    let mut steps = 0;
    while let Some(next) = life.server.poll_timeout() {
        life.now = life.now.max(next);
        life.server.handle_timeout(life.now);
        life.settle();
        steps += 1;
        assert!(steps < 20_000, "time runs out");
    }
    assert!(
        life.server.is_empty() && life.open.is_empty(),
        "every session has its end"
    );
}

impl Life {
    fn step(&mut self, script: &mut Script<'_>) {
        let choice = script.byte();
        let peer = Peer {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 1 + u16::from(choice >> 6))),
            session: u64::from(choice >> 5 & 1),
        };
        match choice % 8 {
            0 => {
                let datagram = script.bytes(1280);
                self.server.handle_input(self.now, peer, datagram);
            }
            1 | 2 => self.request(script, peer),
            3 => {
                let step = u64::from(script.byte()).pow(2) * 5;
                let until = self.now + Duration::from_millis(step);
                while let Some(next) = self.server.poll_timeout().filter(|next| *next <= until) {
                    self.now = self.now.max(next);
                    self.server.handle_timeout(self.now);
                    self.settle();
                }
                self.now = until;
            }
            4 if choice & 8 != 0 => self.server.close(self.now, peer),
            4 => {
                let id = self.server.sessions().next().map(|session| session.id());
                if let Some(id) = id {
                    assert!(self.server.end(self.now, id));
                }
            }
            _ => self.answer(script),
        }
    }

    fn request(&mut self, script: &mut Script<'_>, peer: Peer) {
        let endpoint = pick(script, &["ep=a", "ep=a2", "ep=a3", "ep=a4", "ep=b", "ep=c", "x"]);
        let query = pick(
            script,
            &["", "pct=110", "pct=112", "pct=60", "acc=</0/0>", "acc=</0/1>;x"],
        );
        let pack = script.byte() & 1 != 0;
        self.message = self.message.wrapping_add(1);
        let token = Token::new(&self.message.to_be_bytes()).unwrap_or_default();
        let mut datagram = Vec::new();
        let (code, segment) = match pack {
            true => (Code::GET, &b"bspack"[..]),
            false => (Code::POST, &b"bs"[..]),
        };
        let mut message =
            MessageBuilder::new(&mut datagram, MessageType::Confirmable, code, self.message, token)
                .option(OptionNumber::URI_PATH, segment)
                .option(OptionNumber::URI_QUERY, endpoint.as_bytes());
        if !query.is_empty() {
            message = message.option(OptionNumber::URI_QUERY, query.as_bytes());
        }
        if pack {
            message = message.uint(OptionNumber::ACCEPT, 112);
        }
        message.payload(&[]);
        self.server.handle_input(self.now, peer, &datagram);
    }

    /// An answer to something that was sent, right or wrong.
    fn answer(&mut self, script: &mut Script<'_>) {
        let position = usize::from(script.byte());
        let Some((peer, datagram)) = self.sent.get(position % self.sent.len().max(1)).cloned() else {
            return;
        };
        let Ok(message) = Message::parse(&datagram) else {
            panic!("a bootstrap server sends messages");
        };
        let kinds = [
            MessageType::Acknowledgement,
            MessageType::Acknowledgement,
            MessageType::Confirmable,
            MessageType::Reset,
        ];
        let kind = pick(script, &kinds);
        let codes = [
            Code::CHANGED,
            Code::CONTENT,
            Code::DELETED,
            Code::CHANGED,
            Code::BAD_REQUEST,
            Code::NOT_ACCEPTABLE,
            Code::UNSUPPORTED_CONTENT_FORMAT,
            Code::EMPTY,
            Code::CONTINUE,
        ];
        let code = match kind {
            MessageType::Reset => Code::EMPTY,
            _ => pick(script, &codes),
        };
        let token = if code == Code::EMPTY { &[] } else { message.token };
        let token = Token::new(token).unwrap_or_default();
        let mut answer = Vec::new();
        let builder = MessageBuilder::new(&mut answer, kind, code, message.id, token);
        if code == Code::EMPTY {
            builder.payload(&[]);
        } else {
            let links: &[u8] = pick(
                script,
                &[
                    b"</>;lwm2m=1.2,</0/0>,</0/1>;ssid=1,</1/0>;ssid=1,</0/5>;ssid=9",
                    b"lwm2m=\"1.0\",</0/3>",
                    b"</>;lwm2m=1.1,</0/0>;ssid=1,</0/1>;ssid=1,</2/0>,</21/0>;ssid=2",
                    b"",
                ],
            );
            let links = if links.is_empty() {
                script.bytes(200)
            } else {
                links
            };
            let block = script.byte();
            let mut builder = builder.uint(OptionNumber::CONTENT_FORMAT, 40);
            if block & 3 == 1 {
                builder = builder.uint(OptionNumber::BLOCK1, u32::from(block >> 2));
            }
            builder.payload(links);
        }
        self.server.handle_input(self.now, peer, &answer);
    }

    fn settle(&mut self) {
        while let Some(transmit) = self.server.poll_transmit() {
            let (peer, datagram) = (transmit.peer, transmit.datagram.to_vec());
            assert!(Message::parse(&datagram).is_ok());
            self.sent.push_front((peer, datagram));
        }
        self.sent.truncate(8);
        while let Some(event) = self.server.poll_event() {
            match event {
                Event::Started { session, .. } => {
                    assert!(self.ever.insert(session), "a number is never given out twice");
                    self.open.insert(session);
                }
                Event::Finished { session, .. } | Event::Failed { session, .. } => {
                    assert!(self.open.remove(&session), "a session ends once");
                }
                Event::Answered { session, .. }
                | Event::Discovered { session, .. }
                | Event::Read { session, .. }
                | Event::Skipped { session, .. }
                | Event::Retried { session, .. } => assert!(self.open.contains(&session)),
                _ => {}
            }
        }
        assert_eq!(self.open.len(), self.server.len());
        assert!(self.server.len() <= 3);
    }
}

pub(crate) fn snapshot(tree: &Tree) -> Vec<(Path, Option<Value>)> {
    let mut all = Vec::new();
    for (object, _) in tree.objects() {
        for id in tree.instances(object) {
            all.push((Path::instance(object, id), None));
            let Some(instance) = tree.instance(object, id) else {
                panic!("it is listed");
            };
            for (resource, instance, value) in instance.values() {
                let at = Path::resource(object, id, resource);
                let at = instance.and_then(|id| at.child(id)).unwrap_or(at);
                all.push((at, Some(value.to_value())));
            }
        }
    }
    all
}

/// A session with a client's tree, as the input says: undone, the tree is what it was. And a smartcard with the input for
/// each of its files.
pub fn tree(input: &[u8]) {
    if let Ok(file) = SmartcardFile::read(input) {
        let _ = file.values(&());
    }
    let mut card = MemoryCard::issue("", &[0; 4]);
    let files: Vec<CardFile> = card.files().map(|(file, _)| file.clone()).collect();
    for file in files {
        if let Some(old) = card.remove(&file) {
            card.insert(file.clone(), input.to_vec());
            let _ = read_bootstrap_data(&mut card);
            card.insert(file, old);
        }
    }
    let mut script = Script::new(input);
    let config = TreeConfig::default();
    let mut tree = Tree::new(config);
    let security = Lwm2mSecurity {
        bootstrap_server: Some(true),
        ..Lwm2mSecurity::default()
    };
    let one = ServerAccount::new(1, "coap://one", Credentials::NoSec);
    let ready = tree.insert(0, security).is_ok()
        && tree.insert(1, one.security).is_ok()
        && tree.insert(0, one.server).is_ok()
        && tree.insert(0, Device::default()).is_ok()
        && tree.insert(0, Lwm2mAccessControl::default()).is_ok()
        && tree.add_type::<Lwm2mServer>().is_ok();
    assert!(ready);
    let before = snapshot(&tree);
    let mut journal = BootstrapJournal::new();
    let mut out = Vec::new();
    while !script.is_empty() {
        let choice = script.byte();
        let versions = [Version::V1_0, Version::V1_1, Version::V1_2];
        let formats = Negotiation::with_server(versions[usize::from(choice >> 6) % 3], FormatSet::ALL);
        let paths = [
            Path::ROOT,
            Path::object(0),
            Path::object(1),
            Path::object(2),
            Path::instance(0, 1),
            Path::instance(1, 0),
            Path::instance(2, 0),
            Path::instance(1, 5),
            Path::resource(1, 0, 7),
            Path::resource(2, 0, 2),
            Path::resource(0, 0, 1),
            Path::instance(3, 0),
        ];
        let path = pick(&mut script, &paths);
        let format = ContentFormat(pick(&mut script, &[11_542, 110, 112, 11_544, 11_543, 0, 60, 42]));
        let request = match choice % 6 {
            0 => BootstrapRequest::Discover { path },
            1 => BootstrapRequest::Read {
                path,
                accept: Some(format),
            },
            2 => BootstrapRequest::Delete { path },
            3 => BootstrapRequest::Finish,
            4 => BootstrapRequest::Write {
                path,
                payload: Payload::new(format, script.bytes(400)),
            },
            _ => {
                let pack = Payload::new(format, script.bytes(400));
                let _ = tree.bootstrap_pack(&mut journal, &formats, pack);
                continue;
            }
        };
        out.clear();
        tree.bootstrap(&mut journal, &formats, &request, &mut out);
    }
    journal.roll_back(&mut tree);
    assert_eq!(snapshot(&tree), before);
}
