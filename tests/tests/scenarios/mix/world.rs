use std::{collections::BTreeMap, time::Duration};

use lwm2m_runtime::{
    client::{self, State},
    model::{Path, Value, Version},
    operation::{Status, protected},
    random::Random,
    server::{self, Answer, ObservationId, RequestId},
    time::Instant,
    tree::Tree,
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, client_address},
};

use super::{limits::Limits, model::Model};
use crate::fixtures::{VERSIONS, device_full, portfolio, server_minimum, tree};

/// What is written, and checked.
pub(super) const TEXTS: [Path; 2] = [Path::resource(3, 0, 14), Path::resource(3, 0, 15)];
/// What is written so, and is a number.
pub(super) const NUMBER: Path = Path::resource(1, 0, 2);

/// What a mix came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) asked: usize,
    pub(super) answered: usize,
    pub(super) acknowledged: usize,
    pub(super) notified: usize,
    pub(super) restarts: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.acknowledged += other.acknowledged;
        self.notified += other.notified;
        self.restarts += other.restarts;
    }
}

/// A request that has not ended.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) client: usize,
    pub(super) writes: Vec<(Path, Value)>,
    pub(super) read: Option<Path>,
}

/// An observation that has not ended, with the last value that was told.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) client: usize,
    pub(super) path: Path,
    pub(super) last: Option<Answer>,
}

/// A server, one or two devices, and what must be true of them.
pub(super) struct World {
    pub(super) pair: Pair<Program>,
    pub(super) random: Random,
    pub(super) models: Vec<Model>,
    pub(super) versions: Vec<Version>,
    pub(super) open: BTreeMap<RequestId, Open>,
    pub(super) watched: BTreeMap<ObservationId, Watched>,
    pub(super) tally: Tally,
    pub(super) addresses: u64,
    /// Whether engines start anew now and then.
    pub(super) restarts: bool,
    pub(super) limits: Limits,
    /// What has happened beside datagrams, where one seed is replayed.
    trace: Vec<(Instant, String)>,
}

/// The whole story of a seed that is replayed and has failed.
impl Drop for World {
    #[expect(clippy::print_stderr, reason = "the story belongs to the failure")]
    fn drop(&mut self) {
        if std::thread::panicking() && !self.pair.wire.forget {
            let sent = self.pair.wire.since(0).iter();
            let mut story: Vec<_> = sent.map(|sent| (sent.at, sent.to_string())).collect();
            story.append(&mut self.trace);
            story.sort_by_key(|(at, _)| *at);
            for (at, what) in story {
                eprintln!("{:>9} ms {what}", at.as_millis());
            }
        }
    }
}

/// The longest that a datagram may travel for CoAP to keep its promises.
const MAX_LATENCY: Duration = Duration::from_secs(100);

/// What the network does, and now and then all that it could.
fn faults(random: &mut Random) -> Faults {
    match random.up_to(9) {
        0 => Faults::NONE,
        1 => Faults::beyond_latency(random),
        _ => Faults::any(random),
    }
}

fn first_tree(random: &mut Random) -> Tree {
    let mut server = server_minimum(0);
    server.lifetime = 60 + random.up_to(240) as i64;
    server.default_minimum_period = Some(0);
    server.notification_storing_when_disabled_or_offline = random.up_to(1) == 0;
    server.mute_send = Some(false);
    server.disable_timeout = Some(30);
    server.bootstrap_on_registration_failure = Some(false);
    let mut tree = tree(server, device_full());
    tree.insert_dynamic(0, portfolio()).unwrap();
    tree
}

/// What a device keeps over a restart: everything.
pub(super) fn kept(old: &Tree) -> Tree {
    let mut tree = first_tree(&mut Random::new(0));
    tree.insert(
        0,
        old.get::<lwm2m_runtime::objects::Lwm2mServer>(0).unwrap().clone(),
    )
    .unwrap();
    tree.insert(0, old.get::<lwm2m_runtime::objects::Device>(0).unwrap().clone())
        .unwrap();
    tree.remove(16, 0);
    for instance in 0..10 {
        if old.instance(16, instance).is_some() {
            tree.insert_dynamic(instance, portfolio()).unwrap();
        }
    }
    tree
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(u128::from(seed) << 32 | 0x006d_6978);
        let faults = faults(&mut random);
        let limits = Limits::any(&mut random);
        let late = faults.late_by > MAX_LATENCY || limits == Limits::Tight;
        let mut pair = Pair::empty(random.next_u64(), faults);
        pair.wire.forget = !std::env::var("LWM2M_MIX_SEED").is_ok_and(|text| text == seed.to_string());
        pair.add_server(limits.server(&mut random));
        let mut models = Vec::new();
        let mut versions = Vec::new();
        for client in 0..=random.up_to(1) as usize {
            let version = VERSIONS[random.up_to(2) as usize];
            let tree = first_tree(&mut random);
            models.push(Model::new(&tree, &[TEXTS[0], TEXTS[1], NUMBER], late));
            versions.push(version);
            let config = limits.client(&mut random, client, version);
            let mut program = Program::default();
            let later = lwm2m_runtime::tree::Executed::Later;
            program.execute.insert(super::act::DEFERRED, later);
            pair.add_client(config, tree, program);
            let now = pair.now;
            pair.clients[client].engine.start(now);
        }
        Self {
            pair,
            random,
            models,
            versions,
            open: BTreeMap::new(),
            watched: BTreeMap::new(),
            tally: Tally::default(),
            addresses: 0,
            trace: Vec::new(),
            restarts: true,
            limits,
        }
    }

    /// Those who have left come back, to another storm on the same engines.
    pub(super) fn come_back(&mut self) {
        let now = self.pair.now;
        self.pair.link.faults = faults(&mut self.random);
        let late = self.pair.link.faults.late_by > MAX_LATENCY || self.limits == Limits::Tight;
        for (host, model) in self.pair.clients.iter_mut().zip(&mut self.models) {
            host.engine.start(now);
            model.late = late;
        }
    }

    /// Operations and faults, for some minutes.
    pub(super) fn storm(&mut self) {
        let acts = 20 + self.random.up_to(60);
        for _ in 0..acts {
            self.act();
            let pause = match self.random.up_to(9) {
                0 => self.random.up_to(60_000),
                _ => self.random.up_to(3_000),
            };
            self.run(Duration::from_millis(pause));
        }
    }

    /// Lets time pass, and looks at what has happened after each moment.
    pub(super) fn run(&mut self, time: Duration) {
        let end = self.pair.now + time;
        loop {
            let more = self.pair.step(end);
            self.look();
            if !more {
                return;
            }
        }
    }

    /// Takes the engines' events, and holds them against what must be.
    fn look(&mut self) {
        for client in 0..self.pair.clients.len() {
            self.check_writes(client);
        }
        let events = std::mem::take(&mut self.pair.servers[0].events);
        for (at, event) in events {
            self.note(at, "server", &event);
            match event {
                server::Event::Response { request, answer, .. } => self.answered(at, request, &answer),
                server::Event::Failed { request, .. } => self.failed(at, request),
                server::Event::ObservationStarted {
                    observation, answer, ..
                }
                | server::Event::Notification {
                    observation, answer, ..
                } => {
                    self.tally.notified += 1;
                    if let Some(watched) = self.watched.get_mut(&observation) {
                        watched.last = Some(answer);
                    } else {
                        panic!("{observation:?} goes on after its end");
                    }
                }
                server::Event::ObservationEnded { observation, .. } => {
                    assert!(
                        self.watched.remove(&observation).is_some(),
                        "an observation ends once"
                    );
                }
                _ => {}
            }
        }
        self.pair.strays = Vec::new();
        for client in 0..self.pair.clients.len() {
            let program = &mut self.pair.clients[client].application;
            program.executed = Vec::new();
            program.written = Vec::new();
            let events = std::mem::take(&mut self.pair.clients[client].events);
            for (at, event) in events {
                self.note(at, "device", &event);
                if let client::Event::Deferred { ticket, .. } = event {
                    // Some are forgotten: those time out.
                    let engine = &mut self.pair.clients[client].engine;
                    if self.random.up_to(3) > 0 {
                        engine.complete(at, ticket, Status::Changed);
                    }
                }
            }
        }
    }

    /// Keeps what has happened, where one seed is replayed.
    pub(super) fn note(&mut self, at: Instant, who: &str, what: &dyn std::fmt::Debug) {
        if !self.pair.wire.forget {
            self.trace.push((at, format!("{who}: {what:?}")));
        }
    }

    fn answered(&mut self, at: Instant, request: RequestId, answer: &Answer) {
        let Some(open) = self.open.remove(&request) else {
            panic!("{request:?} ends once, and not after it was given up");
        };
        self.tally.answered += 1;
        for (path, value) in &open.writes {
            let model = &mut self.models[open.client];
            if answer.status == Status::Changed {
                self.tally.acknowledged += 1;
                model.acknowledged(at, *path, value);
            } else {
                model.refused(*path, value);
            }
        }
        if let (Some(path), Status::Content) = (open.read, answer.status) {
            if let Some((_, bytes)) = &answer.payload {
                let value = Value::String(String::from_utf8(bytes.clone()).unwrap());
                assert!(
                    self.models[open.client].allows(at, path, &value),
                    "{path} is read as what was not written: {value:?}\n{:?}",
                    self.models[open.client]
                );
            }
        }
        self.check_writes(open.client);
    }

    fn failed(&mut self, at: Instant, request: RequestId) {
        let Some(open) = self.open.remove(&request) else {
            panic!("{request:?} ends once, and not after it was given up");
        };
        self.given_up(at, &open);
    }

    /// A request has ended in a way that says nothing of what it did.
    pub(super) fn given_up(&mut self, at: Instant, open: &Open) {
        for (path, value) in &open.writes {
            self.models[open.client].failed(at, *path, value);
        }
    }

    fn check_writes(&mut self, client: usize) {
        let tree = self.pair.clients[client].engine.tree();
        let model = &mut self.models[client];
        for path in model.paths() {
            let value = tree.value(path).unwrap().to_value();
            assert!(
                model.holds(self.pair.now, path, &value),
                "{path} of device {client} holds {value:?}; a write that was acknowledged is lost: {model:?}"
            );
        }
    }

    /// The faults are over: both sides find together again.
    pub(super) fn calm(&mut self) {
        self.pair.link.faults = Faults::NONE;
        let now = self.pair.now;
        for host in &mut self.pair.clients {
            host.online = true;
            // Those that have left come back.
            host.engine.register(now, 1);
        }
        // Late datagrams, the longest time-out and the longest lifetime.
        self.run(Duration::from_secs(900));
        // An Update may be on its way.
        for _ in 0..10 {
            let hosts = &self.pair.clients;
            if hosts
                .iter()
                .any(|host| host.engine.state(1) == Some(State::Updating))
            {
                self.run(Duration::from_secs(1));
            }
        }
        assert!(self.open.is_empty(), "every request ends: {:?}", self.open);
        for client in 0..self.pair.clients.len() {
            self.check_writes(client);
            self.check_registration(client);
        }
        // What is observed is told.
        for client in 0..self.pair.clients.len() {
            let level = self.random.up_to(100) as i64;
            let now = self.pair.now;
            self.pair.clients[client].engine.change(now, |tree| {
                tree.set(super::act::LEVEL, lwm2m_runtime::model::ValueRef::Integer(level))
                    .unwrap();
            });
        }
        self.run(Duration::from_secs(120));
        self.check_observations();
    }

    fn check_registration(&mut self, client: usize) {
        let host = &self.pair.clients[client];
        assert_eq!(host.engine.state(1), Some(State::Registered), "device {client}");
        let server = &self.pair.servers[0].engine;
        let id = server.find(&host.endpoint);
        let registration = id.and_then(|id| server.registration(id));
        let Some(registration) = registration else {
            panic!("the server does not know device {client}");
        };
        let tree = host.engine.tree();
        let lifetime = tree
            .get::<lwm2m_runtime::objects::Lwm2mServer>(0)
            .unwrap()
            .lifetime;
        assert_eq!(i64::from(registration.lifetime()), lifetime);
        assert_eq!(registration.version(), self.versions[client]);
        use lwm2m_runtime::operation::TreeView;
        for (object, _) in tree.objects() {
            if protected(object, self.versions[client]) {
                continue;
            }
            let listed = registration.objects().get(object);
            let listed: Vec<_> = listed.map(|listed| listed.instances.to_vec()).unwrap_or_default();
            let present: Vec<_> = tree.instances(object).collect();
            assert_eq!(listed, present, "object {object} of device {client}");
        }
    }

    fn check_observations(&mut self) {
        for (id, watched) in &self.watched {
            let Some(answer) = &watched.last else {
                panic!("{id:?} of {} has neither begun nor ended", watched.path);
            };
            if watched.path == super::act::LEVEL {
                let tree = self.pair.clients[watched.client].engine.tree();
                let Some(lwm2m_runtime::model::ValueRef::Integer(level)) = tree.value(watched.path) else {
                    panic!("the level is a number");
                };
                let (format, bytes) = answer.payload.as_ref().unwrap();
                let seen = super::act::number(*format, watched.path, bytes);
                assert_eq!(seen, level, "{id:?} of device {} is told", watched.client);
            }
        }
    }

    /// Everybody leaves.
    pub(super) fn leave(&mut self) {
        let now = self.pair.now;
        for host in &mut self.pair.clients {
            host.engine.stop(now);
        }
        self.run(Duration::from_secs(1_000));
        assert!(self.watched.is_empty(), "{:?}", self.watched);
        let server = &self.pair.servers[0].engine;
        assert!(server.is_empty());
        assert!(server.is_quiet(), "{server:?}");
        for (client, host) in self.pair.clients.iter().enumerate() {
            assert_eq!(host.engine.state(1), Some(State::Idle));
            assert_eq!(host.engine.observations(), 0, "device {client}");
            assert!(host.engine.is_quiet(), "device {client}: {:?}", host.engine);
        }
    }

    /// An address that nobody has had.
    pub(super) fn new_address(&mut self) -> std::net::SocketAddr {
        self.addresses += 1;
        let mut address = client_address(1_000);
        address.set_port(self.addresses as u16 + 10_000);
        address
    }
}
