use std::time::Duration;

use lwm2m_runtime::{
    bootstrap::{self, BootstrapServerConfig},
    client::{BootstrapState, State},
    model::{Path, Value, ValueRef, Version},
    operation::{Arguments, ExecuteInput, Operation, Request, TreeView},
    server::ServerConfig,
    time::Instant,
    tree::Tree,
};
use lwm2m_tests::pair::{Pair, Program, path};

use super::{
    super::{Configuration, configuration, network, plans, unasked},
    cases::{Case, Trigger},
    device::Storage,
    fault::{DAY, Fault, empty_writes},
};

/// A scenario without a fault.
pub(super) struct Reference {
    old: Configuration,
    new: Configuration,
    /// How many messages there are.
    pub(super) messages: usize,
}

impl Reference {
    pub(super) fn of(case: &Case, version: Version) -> Self {
        let old = essence(&(case.begin)());
        let mut run = Run::new(case, version);
        run.begin();
        run.pair.run_secs(200);
        let messages = run.pair.wire.mark() - run.first;
        let context = format!("{} of LwM2M {version}\n{}", case.name, run.pair.log());
        assert!((4..60).contains(&messages), "{context}");
        // A session that was refused is over by then.
        run.pair.run_secs(60);
        let new = essence(run.pair.client().tree());
        match case.accepted {
            true => assert_ne!(old, new, "{context}"),
            false => assert_eq!(old, new, "{context}"),
        }
        Self { old, new, messages }
    }
}

/// Everything that a device has. A key without a byte is none: clients of LwM2M 1.2 need not be given one, but a bootstrap
/// server that does not know the version does so.
fn essence(tree: &Tree) -> Configuration {
    let mut all = configuration(tree);
    all.retain(|path, value| {
        let empty = matches!(value, Some(Value::Opaque(bytes)) if bytes.is_empty());
        !(empty && path.object_id() == Some(0))
    });
    all
}

/// A scenario as it goes.
pub(super) struct Run<'c> {
    case: &'c Case,
    version: Version,
    pub(super) pair: Pair<Program>,
    storage: Storage,
    /// The first message that belongs to it.
    first: usize,
    /// Packs without values.
    emptied_packs: usize,
}

/// The scenario with faults at messages, and what must hold meanwhile and after them.
pub(super) fn suffer(case: &Case, version: Version, reference: &Reference, faults: &[(Fault, usize)]) {
    let mut run = Run::new(case, version);
    let context = format!(
        "{} of LwM2M {version}, faults and messages: {faults:?}",
        case.name
    );
    let mut strikes: Vec<(Fault, usize)> = Vec::new();
    let mut refuses = 0;
    for (fault, number) in faults {
        let number = run.first + number;
        match fault {
            Fault::Message(mishap) => {
                run.pair.mishaps.insert(number, *mishap);
            }
            Fault::Refused(times) => refuses = usize::from(*times),
            _ => strikes.push((*fault, number)),
        }
    }
    run.begin();
    let mut over: Option<Instant> = None;
    let aftermath = faults.iter().map(|(fault, _)| fault.aftermath()).max();
    let aftermath = aftermath.unwrap_or_default();
    let mut end = run.pair.now + aftermath;
    while run.pair.step(end) {
        if run.refusals() < refuses {
            run.emptied_packs += empty_writes(&mut run);
        }
        let sent = run.pair.wire.mark();
        let (now, later): (Vec<_>, Vec<_>) = strikes.into_iter().partition(|(_, number)| sent > *number);
        strikes = later;
        if !now
            .iter()
            .any(|(fault, _)| matches!(fault, Fault::DeviceWhileKeeping(_)))
        {
            run.storage.keep(run.pair.client());
        }
        for (fault, _) in now {
            over = over.max(run.strike(fault));
            end = run.pair.now + aftermath;
        }
        if over.take_if(|end| run.pair.now >= *end).is_some() {
            run.recover();
        }
        run.check(reference, &context);
    }
    // The bootstrap server tries it twice again, the client after that.
    assert!(run.refusals() >= refuses, "{context}\n{}", run.pair.log());
    run.come_to_rest(&context);
    run.check_end(reference, &context);
    let done = essence(run.pair.client().tree()) == reference.new;
    let forgotten =
        faults.iter().any(|(fault, _)| fault.may_be_forgotten()) || case.trigger == Trigger::BootstrapServer;
    assert!(done || forgotten, "{context}\n{}", run.pair.log());
    if !done {
        // Whoever wanted it wants it again.
        let now = run.pair.now;
        assert!(run.pair.clients[0].engine.bootstrap(now), "{context}");
        run.pair.run_secs(1_000);
        run.come_to_rest(&context);
        run.check_end(reference, &context);
        assert_eq!(
            essence(run.pair.client().tree()),
            reference.new,
            "{context}\n{}",
            run.pair.log()
        );
    }
}

impl<'c> Run<'c> {
    /// Everything up to where the scenario begins.
    fn new(case: &'c Case, version: Version) -> Self {
        let mut pair = network(case.config(version), (case.begin)(), (case.plan)());
        let storage = Storage::new(&mut pair.clients[0].engine);
        if case.trigger != Trigger::Itself {
            pair.start();
        }
        Self {
            case,
            version,
            first: pair.wire.mark(),
            storage,
            pair,
            emptied_packs: 0,
        }
    }

    fn begin(&mut self) {
        let pair = &mut self.pair;
        let now = pair.now;
        match self.case.trigger {
            Trigger::Itself => pair.clients[0].engine.start(now),
            Trigger::Program => assert!(pair.clients[0].engine.bootstrap(now)),
            Trigger::Server => {
                let registration = pair.registration();
                let trigger = Request::Execute {
                    path: path("/1/0/9"),
                    input: ExecuteInput::new(Arguments::default()),
                };
                pair.servers[0]
                    .engine
                    .request(now, registration, &trigger)
                    .unwrap();
            }
            Trigger::BootstrapServer => unasked::begin(pair),
        }
    }

    /// The fault happens. Returns until when it lasts.
    fn strike(&mut self, fault: Fault) -> Option<Instant> {
        let pair = &mut self.pair;
        match fault {
            Fault::Message(_) | Fault::Refused(_) => None,
            Fault::Outage => {
                pair.link.faults.loss = 100;
                Some(pair.now + Duration::from_secs(300))
            }
            Fault::Device | Fault::DeviceWhileKeeping(_) => {
                if let Fault::DeviceWhileKeeping(bytes) = fault {
                    self.storage.keep_some(pair.client(), bytes);
                }
                let config = self.case.config(self.version);
                let storage = &mut self.storage;
                pair.restart_client_with(0, config, (self.case.begin)(), |client| storage.restore(client));
                None
            }
            Fault::BootstrapServer => {
                self.restart_bootstrap_server();
                None
            }
            Fault::Servers => {
                for index in 0..pair.servers.len() {
                    pair.restart_server(index, ServerConfig::default());
                }
                None
            }
            Fault::DayWithout => {
                pair.bootstrap = None;
                Some(pair.now + DAY)
            }
        }
    }

    fn recover(&mut self) {
        self.pair.link.faults.loss = 0;
        if self.pair.bootstrap.is_none() {
            self.restart_bootstrap_server();
        }
    }

    fn restart_bootstrap_server(&mut self) {
        let plans = plans((self.case.plan)());
        self.pair.set_bootstrap(BootstrapServerConfig::default(), plans);
    }

    /// How often the client has refused its configuration, or must have done so.
    fn refusals(&self) -> usize {
        let Some(host) = &self.pair.bootstrap else {
            return 0;
        };
        let refused = |event: &bootstrap::Event| matches!(event, bootstrap::Event::Answered { operation: Operation::BootstrapFinish, status, .. } if !status.is_success());
        let finishes = host.events.iter().filter(|(_, event)| refused(event));
        finishes.count() + self.emptied_packs
    }

    /// What must hold at any time.
    fn check(&self, reference: &Reference, context: &str) {
        let client = self.pair.client();
        if client.bootstrap_state() == BootstrapState::Session {
            return;
        }
        let tree = client.tree();
        let now = essence(tree);
        assert!(
            now == reference.old || now == reference.new,
            "a mix: {context}\n{now:?}\n{}",
            self.pair.log()
        );
        let bootstrap_servers = tree
            .instances(0)
            .filter(|id| tree.value(Path::resource(0, *id, 1)) == Some(ValueRef::Boolean(true)));
        assert_eq!(bootstrap_servers.count(), 1, "{context}");
    }

    /// Lets everything that is open end.
    fn come_to_rest(&mut self, context: &str) {
        let what = format!("rest: {context}");
        self.pair.until(Duration::from_secs(2_000), &what, |pair| {
            let bootstrap = pair.bootstrap.as_ref().unwrap();
            pair.client().is_quiet()
                && bootstrap.engine.is_quiet()
                && pair.servers.iter().all(|server| server.engine.is_quiet())
        });
    }

    /// What must hold in the end.
    fn check_end(&self, reference: &Reference, context: &str) {
        self.check(reference, context);
        let pair = &self.pair;
        let client = pair.client();
        if client.bootstrap_state() != BootstrapState::Idle {
            return;
        }
        assert!(client.servers().next().is_some(), "{context}\n{}", pair.log());
        for server in client.servers() {
            let known = pair
                .servers
                .get(usize::from(server) - 1)
                .is_some_and(|host| host.engine.find(&pair.clients[0].endpoint).is_some());
            assert_eq!(
                (client.state(server), known),
                (Some(State::Registered), true),
                "{context}\n{}",
                pair.log()
            );
        }
    }
}
