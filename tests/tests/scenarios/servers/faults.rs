//! A fault at every message between a device, its servers and the bootstrap server: afterwards every registration that is
//! wanted stands, and each server has its own attributes and observations, and nobody else's.

use std::{cell::Cell, time::Duration};

use lwm2m_runtime::{
    bootstrap::{BootstrapServerConfig, Plan, Plans},
    client::{ClientConfig, Event, State},
    configuration::{BootstrapConfiguration, Credentials, ServerAccount},
    link::AttributeChanges,
    model::{Path, Value, ValueRef, Version},
    objects::{Lwm2mSecurity, Lwm2mServer, o0_v1_2::SecurityMode},
    operation::{Request, Status},
    random::Random,
    server::{self, EndReason, Failure, ObservationId, RequestId, ServerConfig},
    tree::{Tree, TreeConfig},
};
use lwm2m_tests::{
    link::Faults,
    pair::{Mishap, Pair, Program, bootstrap_uri, server_uri},
};

use super::{accounts, exact, tree_of};
use crate::fixtures::{ENDPOINT, VERSIONS, device_battery};

const SERVERS: usize = 3;
const LIFETIME: i64 = 300;
const LEVEL: Path = Path::resource(3, 0, 9);

/// What happens at a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It is lost, or comes twice, or late.
    Message(Mishap),
    /// A server begins anew, and knows nothing.
    Server(usize),
    /// The device begins anew, with what it has stored.
    Device,
    /// The bootstrap server begins anew.
    BootstrapServer,
    /// Nothing arrives between the device and a server for five minutes.
    Outage(usize),
    /// Nothing arrives at all for five minutes.
    Blackout,
}

/// What a device begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begin {
    /// Accounts at all servers, of which two have an order.
    Configured,
    /// An account at the bootstrap server.
    Factory,
}

/// The accounts: the second one first, the first one after it, and the third one whenever.
fn wanted() -> Vec<Lwm2mServer> {
    accounts(SERVERS, |index, account| {
        account.lifetime = LIFETIME;
        account.registration_priority_order = [Some(2), Some(1), None][index];
        account.notification_storing_when_disabled_or_offline = index != 1;
        account.bootstrap_on_registration_failure = Some(false);
    })
}

fn first_tree(begin: Begin) -> Tree {
    if begin == Begin::Configured {
        return tree_of(&wanted());
    }
    let mut tree = Tree::new(TreeConfig::default());
    let account = Lwm2mSecurity {
        lwm2m_server_uri: Some(bootstrap_uri()),
        bootstrap_server: Some(true),
        security_mode: Some(SecurityMode::NO_SEC),
        ..Lwm2mSecurity::default()
    };
    tree.insert(0, account).unwrap();
    tree.add_type::<Lwm2mServer>().unwrap();
    tree.insert(0, device_battery()).unwrap();
    tree
}

fn plans() -> Plans {
    let servers: Vec<ServerAccount> = wanted()
        .into_iter()
        .enumerate()
        .map(|(index, server)| {
            let id = index as u16 + 1;
            let mut account = ServerAccount::new(id, server_uri(index), Credentials::NoSec);
            account.server = server;
            account
        })
        .collect();
    let mut plans = Plans::new();
    plans.insert(ENDPOINT, Plan::new(BootstrapConfiguration::new(servers)));
    plans
}

/// A server's own program: attaches its attributes and observes, whatever it takes.
#[derive(Debug, Default)]
struct Wish {
    seen: usize,
    attaching: Option<RequestId>,
    observation: Option<ObservationId>,
}

/// The attributes of a server.
fn periods(server: usize) -> String {
    format!("pmin={}&pmax={}", server + 1, (server + 1) * 100)
}

struct World {
    pair: Pair<Program>,
    wishes: [Wish; SERVERS],
    config: ClientConfig,
    begin: Begin,
    events: usize,
    stored: Option<Vec<(u16, Lwm2mSecurity)>>,
    context: String,
}

impl World {
    fn new(version: Version, begin: Begin, context: String) -> Self {
        let config = ClientConfig {
            bootstrap_pack: version == Version::V1_2,
            ..exact(version)
        };
        let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
        for _ in 0..SERVERS {
            pair.add_server(ServerConfig::default());
        }
        pair.set_bootstrap(BootstrapServerConfig::default(), plans());
        pair.add_client(config.clone(), first_tree(begin), Program::default());
        let now = pair.now;
        pair.clients[0].engine.start(now);
        Self {
            pair,
            wishes: Default::default(),
            config,
            begin,
            events: 0,
            stored: None,
            context,
        }
    }

    /// Lets time pass, or stops at a message by its number.
    fn run(&mut self, seconds: u64, until: Option<usize>) {
        let end = self.pair.now + Duration::from_secs(seconds);
        loop {
            let more = self.pair.step(end);
            self.wish();
            self.store();
            if !more || until.is_some_and(|number| self.pair.wire.mark() > number) {
                return;
            }
        }
    }

    /// What the servers' programs do.
    fn wish(&mut self) {
        for server in 0..SERVERS {
            while let Some((_, event)) = self.pair.servers[server].events.get(self.wishes[server].seen) {
                let event = event.clone();
                self.wishes[server].seen += 1;
                self.react(server, &event);
            }
        }
    }

    fn react(&mut self, server: usize, event: &server::Event) {
        let now = self.pair.now;
        let wish = &mut self.wishes[server];
        let engine = &mut self.pair.servers[server].engine;
        let failed = match event {
            server::Event::Registered { .. } => true,
            server::Event::Failed { request, failure, .. } => {
                Some(*request) == wish.attaching && !matches!(failure, Failure::Ended(EndReason::Replaced))
            }
            server::Event::Response { request, answer, .. } => {
                assert_eq!(answer.status, Status::Changed, "{}", self.context);
                if Some(*request) == wish.attaching {
                    wish.attaching = None;
                }
                false
            }
            server::Event::ObservationEnded { observation, .. } => {
                let mine = Some(*observation) == wish.observation;
                if mine {
                    wish.observation = None;
                }
                mine
            }
            _ => false,
        };
        let Some(registration) = engine.find(ENDPOINT).filter(|_| failed) else {
            return;
        };
        let changes = AttributeChanges::parse(periods(server).split('&')).unwrap();
        let attach = Request::WriteAttributes { path: LEVEL, changes };
        wish.attaching = Some(engine.request(now, registration, &attach).unwrap());
        if wish.observation.is_none() {
            let observe = Request::Observe {
                path: LEVEL,
                accept: None,
                attributes: Default::default(),
            };
            wish.observation = Some(engine.observe(now, registration, &observe).unwrap());
        }
    }

    /// What the device's program stores: the accounts, when it is told that it is configured.
    fn store(&mut self) {
        let events = &self.pair.clients[0].events;
        let finished = events[self.events..]
            .iter()
            .any(|(_, event)| *event == Event::BootstrapFinished);
        self.events = events.len();
        if finished {
            let tree = self.pair.client().tree();
            let instances = lwm2m_runtime::operation::TreeView::instances(tree, 0);
            self.stored = Some(
                instances
                    .map(|id| (id, tree.get::<Lwm2mSecurity>(id).unwrap().clone()))
                    .collect(),
            );
        }
    }

    fn suffer(&mut self, fault: Fault, begins: bool) {
        let pair = &mut self.pair;
        match fault {
            Fault::Message(_) => {}
            Fault::Server(server) => {
                pair.restart_server(server, ServerConfig::default());
                self.wishes[server] = Wish {
                    seen: pair.servers[server].events.len(),
                    ..Wish::default()
                };
            }
            Fault::Device => {
                let mut tree = first_tree(self.begin);
                if let Some(stored) = &self.stored {
                    tree = tree_of(&wanted());
                    tree.remove(0, 0);
                    for (id, account) in stored {
                        tree.insert(*id, account.clone()).unwrap();
                    }
                }
                pair.restart_client(0, self.config.clone(), tree);
            }
            Fault::BootstrapServer => pair.set_bootstrap(BootstrapServerConfig::default(), plans()),
            Fault::Outage(server) => pair.cut(server, 0, begins),
            Fault::Blackout => pair.link.faults.loss = if begins { 100 } else { 0 },
        }
    }

    /// Everything is as it is wanted.
    fn check(&mut self) {
        let context = self.context.clone();
        for server in 0..SERVERS {
            let id = server as u16 + 1;
            assert_eq!(
                self.pair.client().state(id),
                Some(State::Registered),
                "{context}\n{}",
                self.pair.log()
            );
            let registration = self.pair.registration_of(server, 0);
            assert_eq!(
                self.pair.servers[server].engine.open_requests(registration),
                0,
                "{context}"
            );
        }
        // Both sides mean the same registrations: Updates are enough.
        let mark = self.pair.wire.mark();
        for server in 1..=SERVERS as u16 {
            let now = self.pair.now;
            self.pair.clients[0].engine.update(now, server);
        }
        self.run(10, None);
        let sent = self.pair.wire.requests_of(mark, self.pair.clients[0].address);
        assert!(
            sent.len() == SERVERS && sent.iter().all(|sent| sent.path().starts_with("/rd/")),
            "{context}\n{}",
            self.pair.log()
        );
        assert_eq!(
            self.pair.client().observations(),
            SERVERS,
            "{context}\n{}",
            self.pair.log()
        );
        let seen = self.wishes.each_ref().map(|wish| wish.seen);
        self.pair
            .change(|tree| tree.set(LEVEL, ValueRef::Integer(88)))
            .unwrap();
        self.run(10, None);
        for (server, seen) in seen.into_iter().enumerate() {
            let events = &self.pair.servers[server].events[seen..];
            let told: Vec<Value> = events
                .iter()
                .filter_map(|(_, event)| match event {
                    server::Event::Notification {
                        answer, observation, ..
                    } => {
                        assert_eq!(Some(*observation), self.wishes[server].observation, "{context}");
                        Some(self.pair.decode_at(server, "/3/0/9", answer)[&LEVEL].clone())
                    }
                    _ => None,
                })
                .collect();
            assert_eq!(
                told,
                [Value::Integer(88)],
                "{context} {server}\n{}",
                self.pair.log()
            );
            let links = self.pair.discover_by(server, "/3/0/9", None);
            let mut own: Vec<&str> = links.trim_start_matches("</3/0/9>;").split(';').collect();
            own.sort_unstable_by(|one, other| other.cmp(one));
            assert_eq!(own.join("&"), periods(server), "{context}");
        }
    }
}

fn search(version: Version, begin: Begin, runs: &Cell<u32>) {
    // Until after the first Updates.
    let smooth = |context| {
        let mut world = World::new(version, begin, context);
        world.run(250, None);
        world
    };
    let mut world = smooth(format!("{version} {begin:?} without a fault"));
    let messages = world.pair.wire.mark();
    assert!(messages >= 24, "{messages}");
    world.check();
    let mut faults = vec![Fault::Device, Fault::Blackout];
    let late = Mishap::Late(Duration::from_secs(30));
    faults.extend([Mishap::Lost, Mishap::Twice, late].map(Fault::Message));
    faults.extend((0..SERVERS).flat_map(|server| [Fault::Server(server), Fault::Outage(server)]));
    if begin == Begin::Factory {
        faults.push(Fault::BootstrapServer);
    }
    for fault in faults {
        for number in 0..messages {
            let context = format!("{version} {begin:?} {fault:?} at message {number}");
            let mut world = World::new(version, begin, context);
            if let Fault::Message(mishap) = fault {
                world.pair.mishaps.insert(number, mishap);
            }
            world.run(1_000, Some(number));
            world.suffer(fault, true);
            if matches!(fault, Fault::Outage(_) | Fault::Blackout) {
                world.run(300, None);
                world.suffer(fault, false);
            }
            world.run(2_000, None);
            world.check();
            runs.set(runs.get() + 1);
        }
    }
}

// proves: REG-52 REG-59 REG-93
#[test]
fn whatever_happens_at_any_message_every_registration_stands_in_the_end() {
    let runs = Cell::new(0);
    for version in VERSIONS {
        for begin in [Begin::Configured, Begin::Factory] {
            search(version, begin, &runs);
        }
    }
    println!("{} runs", runs.get());
    assert!(runs.get() > 1_000, "{}", runs.get());
}

/// Several faults in a run, as a seed decides, over a network that loses, repeats, delays and reorders.
fn storm(version: Version, begin: Begin, seed: u64) {
    let mut random = Random::new(seed.into());
    let mut world = World::new(version, begin, format!("{version} {begin:?} seed {seed}"));
    world.pair.link.faults = Faults::any(&mut random);
    let mut away = None;
    for _ in 0..=random.up_to(5) {
        let number = world.pair.wire.mark() + random.up_to(40) as usize;
        world.run(1 + random.up_to(400), Some(number));
        if let Some(server) = away.take() {
            world.suffer(Fault::Outage(server), false);
        }
        let server = random.up_to(SERVERS as u64 - 1) as usize;
        let fault = match random.up_to(4) {
            0 => Fault::Device,
            1 => Fault::Server(server),
            2 => Fault::BootstrapServer,
            _ => Fault::Outage(server),
        };
        if let Fault::Outage(server) = fault {
            away = Some(server);
        }
        world.suffer(fault, true);
    }
    world.run(600, None);
    for server in 0..SERVERS {
        world.suffer(Fault::Outage(server), false);
    }
    world.pair.link.faults = Faults::NONE;
    // Whoever has given up tries again after a day.
    world.run(90_000, None);
    // Not in the middle of what comes every few minutes.
    world.run(2, None);
    world.check();
}

// proves: REG-52 REG-59 REG-93
#[test]
fn whatever_happens_together_every_registration_stands_in_the_end() {
    for seed in 0..12 {
        for begin in [Begin::Configured, Begin::Factory] {
            let version = VERSIONS[seed as usize % VERSIONS.len()];
            storm(version, begin, seed);
        }
    }
}
