//! A fault at every message between a device that sleeps and its server: every request ends once, and nothing is done
//! twice.

use std::{collections::BTreeMap, time::Duration};

use lwm2m_runtime::{
    client::{ClientConfig, State},
    encoding::ContentFormat,
    model::{ValueRef, Version},
    operation::{Payload, Request, Status, WriteMode},
    random::Random,
    server::{self, Failure, RequestError, RequestId, ServerConfig},
    tree::Tree,
};
use lwm2m_tests::{
    link::Faults,
    pair::{Mishap, Pair, Program, client_address, path, stranger_address, values},
};

use super::execute;
use crate::fixtures::{ENDPOINT, VERSIONS, client, device_full, portfolio, server_minimum, tree};

/// What happens at a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It is lost, or comes twice, or late.
    Message(Mishap),
    /// The device begins anew.
    Device,
    /// The server begins anew, and knows nothing.
    Server,
    /// Nothing arrives for five minutes.
    Outage,
    /// The device has another address, and knows it: it registers again.
    Moved,
    /// The device has another address, and does not know it: a NAT.
    Readdressed,
}

/// What the server's program has asked, by the device's account of what it has done.
#[derive(Default)]
struct Asked {
    /// Executes by their number.
    executes: Vec<RequestId>,
    /// Creates by the instance that they make.
    creates: Vec<(u16, RequestId)>,
    /// What can be asked twice.
    others: Vec<RequestId>,
}

impl Asked {
    fn all(&self) -> impl Iterator<Item = RequestId> {
        let creates = self.creates.iter().map(|(_, id)| *id);
        self.executes
            .iter()
            .copied()
            .chain(creates)
            .chain(self.others.iter().copied())
    }
}

struct World {
    pair: Pair<Program>,
    config: ClientConfig,
    asked: Asked,
    /// Since when the present server is there.
    since: usize,
    numbers: usize,
    context: String,
}

fn first_tree(version: Version) -> Tree {
    let mut account = server_minimum(0);
    account.lifetime = 240;
    if version < Version::V1_1 {
        account.binding = "UQ".into();
    }
    let mut tree = tree(account, device_full());
    tree.insert_dynamic(0, portfolio()).unwrap();
    tree
}

fn queues() -> ServerConfig {
    ServerConfig {
        queue_timeout: Duration::from_secs(3_600),
        ..ServerConfig::default()
    }
}

impl World {
    fn new(version: Version, context: String) -> Self {
        let config = ClientConfig {
            queue_mode: true,
            retry_jitter_percent: 0,
            ..client(version)
        };
        let mut pair = Pair::new(queues(), config.clone(), first_tree(version), Program::default());
        pair.clients[0].deaf_asleep = true;
        Self {
            pair,
            config,
            asked: Asked::default(),
            since: 0,
            numbers: 0,
            context,
        }
    }

    /// Something of every kind, if the device is registered.
    fn ask(&mut self) {
        let Some(registration) = self.pair.server().find(ENDPOINT) else {
            return;
        };
        let number = self.numbers;
        self.numbers += 1;
        self.asked.executes.push(execute(&mut self.pair, number));
        let instance = 10 + number as u16;
        let at = format!("/16/{instance}/0/0");
        let payload = values(ContentFormat::TLV, "/16", &[(&*at, ValueRef::String("new"))]);
        let text = format!("+0{}:00", number % 10);
        let requests = [
            Request::Write {
                path: path("/3/0/14"),
                mode: WriteMode::Replace,
                payload: Payload::new(ContentFormat::TEXT, text.as_bytes()),
            },
            Request::Create {
                object: 16,
                payload: Payload::new(ContentFormat::TLV, &payload),
            },
            Request::Read {
                path: path("/3/0/14"),
                accept: None,
            },
        ];
        for request in &requests {
            let now = self.pair.now;
            match self.pair.servers[0].engine.request(now, registration, request) {
                Ok(id) if matches!(request, Request::Create { .. }) => {
                    self.asked.creates.push((instance, id))
                }
                Ok(id) => self.asked.others.push(id),
                Err(RequestError::QueueFull) => {}
                Err(error) => panic!("{error} {}", self.context),
            }
        }
    }

    fn run(&mut self, seconds: u64, until: Option<usize>) {
        let end = self.pair.now + Duration::from_secs(seconds);
        while self.pair.step(end) {
            if until.is_some_and(|number| self.pair.wire.mark() > number) {
                return;
            }
        }
    }

    /// The device registers, sleeps, is asked, wakes by itself, is asked again while it listens, and sleeps again.
    fn story(&mut self, until: Option<usize>) -> bool {
        let reached = |world: &Self| until.is_some_and(|number| world.pair.wire.mark() > number);
        let now = self.pair.now;
        self.pair.clients[0].engine.start(now);
        for seconds in [100, 60, 30, 100, 100] {
            self.run(seconds, until);
            if reached(self) {
                return true;
            }
            self.ask();
            if reached(self) {
                return true;
            }
        }
        self.run(300, until);
        reached(self)
    }

    fn suffer(&mut self, fault: Fault) {
        match fault {
            Fault::Message(_) => {}
            Fault::Device => {
                let version = self.config.versions[0];
                let mut tree = first_tree(version);
                // What servers have created is kept.
                let before = self.pair.client().tree();
                for id in lwm2m_runtime::operation::TreeView::instances(before, 16) {
                    if id != 0 {
                        tree.insert_dynamic(id, portfolio()).unwrap();
                    }
                }
                self.pair.restart_client(0, self.config.clone(), tree);
            }
            Fault::Server => {
                // Whoever asked it has nobody to tell the end.
                self.asked = Asked::default();
                self.since = self.pair.servers[0].events.len();
                self.pair.restart_server(0, queues());
            }
            Fault::Outage => {
                self.pair.cut(0, 0, true);
                self.run(300, None);
                self.pair.cut(0, 0, false);
            }
            Fault::Moved => {
                let now = self.pair.now;
                self.pair.link.readdress(client_address(0), stranger_address(5));
                self.pair.clients[0].engine.moved(now);
            }
            Fault::Readdressed => self.pair.link.readdress(client_address(0), stranger_address(5)),
        }
    }

    fn check(&mut self, tally: &mut Tally) {
        let context = format!("{}\n{}", self.context, self.pair.log());
        assert_eq!(self.pair.client().state(1), Some(State::Registered), "{context}");
        let registration = self.pair.registration();
        assert_eq!(self.pair.server().open_requests(registration), 0, "{context}");
        let mut ends: BTreeMap<String, Vec<Result<Status, Failure>>> = BTreeMap::new();
        for (_, event) in &self.pair.servers[0].events[self.since..] {
            let (id, end) = match event {
                server::Event::Response { request, answer, .. } => (request, Ok(answer.status)),
                server::Event::Failed { request, failure, .. } => (request, Err(*failure)),
                _ => continue,
            };
            ends.entry(format!("{id:?}")).or_default().push(end);
        }
        let end = |id: RequestId| {
            let ends = ends.get(&format!("{id:?}")).cloned().unwrap_or_default();
            assert_eq!(ends.len(), 1, "{id:?} {ends:?} {context}");
            ends[0]
        };
        for id in self.asked.all() {
            match end(id) {
                Ok(status) => {
                    assert!(
                        status.is_success() || status == Status::BadRequest,
                        "{status} {context}"
                    );
                    tally.answered += 1;
                }
                Err(_) => tally.failed += 1,
            }
        }
        assert_eq!(ends.len(), self.asked.all().count(), "{context}");
        // What was acknowledged is done, and nothing is done twice, whatever was told.
        let executed = |number: usize| {
            let wanted = format!("0='{number}'");
            let executed = self.pair.clients[0].application.executed.iter();
            executed.filter(|(_, arguments, _)| *arguments == wanted).count()
        };
        let first = self.numbers - self.asked.executes.len();
        for number in 0..self.numbers {
            assert!(executed(number) <= 1, "{number} twice {context}");
        }
        for (number, id) in self.asked.executes.iter().enumerate() {
            if end(*id) == Ok(Status::Changed) {
                assert_eq!(executed(first + number), 1, "{context}");
            }
        }
        for (instance, id) in &self.asked.creates {
            let there = lwm2m_runtime::operation::TreeView::instances(self.pair.client().tree(), 16);
            let there = there.into_iter().any(|id| id == *instance);
            match end(*id) {
                Ok(Status::Created) => assert!(there, "{context}"),
                // It would have been made twice.
                Ok(status) => panic!("{status} {context}"),
                Err(_) => {}
            }
        }
        tally.runs += 1;
    }
}

#[derive(Debug, Default)]
struct Tally {
    runs: u32,
    answered: u32,
    failed: u32,
}

// proves: QM-05 QM-07 QM-13
#[test]
fn whatever_happens_at_any_message_every_request_ends_once_and_nothing_is_done_twice() {
    let mut tally = Tally::default();
    for version in VERSIONS {
        let mut smooth = World::new(version, format!("{version} without a fault"));
        smooth.story(None);
        let messages = smooth.pair.wire.mark();
        smooth.run(1_000, None);
        let mut all = Tally::default();
        smooth.check(&mut all);
        assert_eq!(all.failed, 0, "{version}");
        assert!(messages > 40, "{messages}");
        let late = Mishap::Late(Duration::from_secs(20));
        for fault in [
            Fault::Message(Mishap::Lost),
            Fault::Message(Mishap::Twice),
            Fault::Message(late),
            Fault::Device,
            Fault::Server,
            Fault::Outage,
            Fault::Moved,
            Fault::Readdressed,
        ] {
            for number in 0..messages {
                let context = format!("{version} {fault:?} at message {number}");
                let mut world = World::new(version, context);
                if let Fault::Message(mishap) = fault {
                    world.pair.mishaps.insert(number, mishap);
                }
                world.story(Some(number));
                world.suffer(fault);
                // What is asked later is asked as if nothing had happened.
                world.run(400, None);
                world.ask();
                world.run(4_000, None);
                world.check(&mut tally);
            }
        }
    }
    println!("{tally:?}");
    assert!(tally.runs > 1_000 && tally.failed < tally.answered, "{tally:?}");
}

/// Several faults in a run, as a seed decides, over a network that loses, repeats and delays.
fn storm(version: Version, seed: u64, tally: &mut Tally) {
    let mut random = Random::new(seed.into());
    let mut world = World::new(version, format!("{version} seed {seed}"));
    let faults = Faults::any(&mut random);
    // What is later than any repetition would be done again by a device that has begun anew.
    world.pair.link.faults = Faults { late: 0, ..faults };
    let now = world.pair.now;
    world.pair.clients[0].engine.start(now);
    for _ in 0..=random.up_to(7) {
        world.ask();
        let number = world.pair.wire.mark() + random.up_to(40) as usize;
        world.run(1 + random.up_to(300), Some(number));
        world.suffer(match random.up_to(4) {
            0 => Fault::Device,
            1 => Fault::Server,
            2 => Fault::Outage,
            3 => Fault::Moved,
            _ => Fault::Readdressed,
        });
    }
    world.pair.link.faults = Faults::NONE;
    // Whoever has given up tries again after a day.
    world.run(90_000, None);
    world.ask();
    world.run(4_000, None);
    world.check(tally);
}

// proves: QM-05 QM-07 QM-13
#[test]
fn whatever_happens_together_every_request_ends_once_and_nothing_is_done_twice() {
    let mut tally = Tally::default();
    for seed in 0..50 {
        storm(VERSIONS[seed as usize % VERSIONS.len()], seed, &mut tally);
    }
    println!("{tally:?}");
    assert!(tally.answered > 0 && tally.failed > 0, "{tally:?}");
}
