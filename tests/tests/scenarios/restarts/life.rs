use lwm2m_runtime::{
    bootstrap::Plan,
    client::{BootstrapState, Client, ClientConfig, State},
    configuration::{AccessRule, RuleTarget},
    encoding::ContentFormat,
    link::AttributeChanges,
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, ValueRef, Version},
    object::{DynamicInstance, Instance},
    operation::{Payload, Request, WriteMode},
    storage::ClientKeeper,
    tree::Tree,
};
use lwm2m_tests::pair::{Pair, Program, path, values};

use super::medium::{Dead, Medium};
use crate::bootstrap::{self, Configuration, configuration};

/// Something that servers can make.
static NOTE: ObjectDefinition = ObjectDefinition::new(42_770, "Note", "urn:oma:lwm2m:x:42770")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Text", Some(ResourceType::String), Operations::RW).with_mandatory(),
    ]);

/// The program: an account at the bootstrap server, and two notes.
pub(super) fn factory() -> Tree {
    let mut tree = bootstrap::factory();
    for (id, text) in [(0, "first"), (1, "second")] {
        let mut note = DynamicInstance::new(&NOTE);
        let values: &mut dyn Instance = &mut note;
        values.write(0, None, ValueRef::String(text)).unwrap();
        tree.insert_dynamic(id, note).unwrap();
    }
    tree
}

pub(super) fn config() -> ClientConfig {
    bootstrap::stepwise(Version::V1_1)
}

/// Two servers, of which the first owns everything.
fn first_plan() -> Plan {
    let mut plan = bootstrap::plan(&[0, 1]);
    plan.configuration.rules = vec![
        AccessRule::new(RuleTarget::Server(1), 1, []),
        AccessRule::new(RuleTarget::Server(2), 2, []),
        AccessRule::new(RuleTarget::Instance(3, 0), 1, []),
        AccessRule::new(RuleTarget::Instance(42_770, 0), 1, []),
        AccessRule::new(RuleTarget::Instance(42_770, 1), 1, []),
        AccessRule::creators(42_770, &[1]),
    ];
    plan
}

/// The second one alone.
fn second_plan() -> Plan {
    bootstrap::plan(&[1])
}

/// A device's life up to its crash: it is bootstrapped, obeys a server, and is bootstrapped again.
pub(super) struct Life {
    pub(super) pair: Pair<Program>,
    pub(super) medium: Medium,
    keeper: ClientKeeper<Medium>,
    /// What there was at each moment at which it was kept.
    pub(super) versions: Vec<Configuration>,
}

impl Life {
    pub(super) fn new() -> Self {
        let mut pair = bootstrap::network(config(), factory(), first_plan());
        let medium = Medium::default();
        let (keeper, restored) = ClientKeeper::open(medium.clone(), &mut pair.clients[0].engine).unwrap();
        assert_eq!(restored, None);
        Self {
            pair,
            medium,
            keeper,
            versions: Vec::new(),
        }
    }

    /// Up to the crash, or to the end.
    pub(super) fn live(&mut self) -> Result<(), Dead> {
        self.pair.start();
        self.go_on(30)?;
        for number in 0..REQUESTS {
            self.ask(number);
            self.go_on(10)?;
        }
        self.pair.set_bootstrap(
            lwm2m_runtime::bootstrap::BootstrapServerConfig::default(),
            bootstrap::plans(second_plan()),
        );
        let now = self.pair.now;
        assert!(self.pair.clients[0].engine.bootstrap(now));
        self.go_on(60)
    }

    /// Lets time pass, and keeps what changes.
    fn go_on(&mut self, seconds: u64) -> Result<(), Dead> {
        let end = self.pair.now + std::time::Duration::from_secs(seconds);
        loop {
            let more = self.pair.step(end);
            if self.keeper.keep(self.pair.client())? {
                self.versions.push(configuration(self.pair.client().tree()));
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Has the first server ask for something.
    fn ask(&mut self, number: usize) {
        let text = ContentFormat::TEXT;
        let write = |at: &str, value: &'static str| Request::Write {
            path: path(at),
            mode: WriteMode::Replace,
            payload: Payload::new(text, value.as_bytes()),
        };
        let note = |id: u16| {
            let at = format!("/42770/{id}/0");
            values(
                ContentFormat::TLV,
                "/42770",
                &[(&at, ValueRef::String("of a server"))],
            )
        };
        let (third, fourth) = (note(3), note(4));
        let create = |bytes| Request::Create {
            object: 42_770,
            payload: Payload::new(ContentFormat::TLV, bytes),
        };
        let request = match number {
            0 => write("/1/0/1", "600"),
            1 => write("/42770/0/0", "written over"),
            2 => create(&third),
            3 => create(&fourth),
            4 => Request::Delete {
                path: path("/42770/1"),
            },
            5 => Request::Delete {
                path: path("/42770/3"),
            },
            6 => write("/3/0/14", "+02:00"),
            _ => Request::WriteAttributes {
                path: path("/42770/0"),
                changes: AttributeChanges::parse(["pmin=10"]).unwrap(),
            },
        };
        let registration = self.pair.registration();
        let now = self.pair.now;
        self.pair.servers[0]
            .engine
            .request(now, registration, &request)
            .unwrap();
    }

    /// The device has power again.
    pub(super) fn restart(&mut self) {
        let medium = Medium::new(self.medium.pages());
        let keeper = &mut self.keeper;
        self.pair.restart_client_with(0, config(), factory(), |client| {
            let (opened, restored) = ClientKeeper::open(medium, client).unwrap();
            assert!(restored.is_none_or(|restored| restored.lost.is_empty()));
            *keeper = opened;
        });
    }

    /// What must hold in the end: the device is registered wherever it has an account, and has one.
    pub(super) fn check_end(&mut self, context: &str) {
        self.go_on(300).unwrap();
        let pair = &self.pair;
        let client = pair.client();
        assert_eq!(
            client.bootstrap_state(),
            BootstrapState::Idle,
            "{context}\n{}",
            pair.log()
        );
        assert!(client.servers().next().is_some(), "{context}\n{}", pair.log());
        for server in client.servers() {
            let host = &pair.servers[usize::from(server) - 1];
            let known = host.engine.find(&pair.clients[0].endpoint).is_some();
            assert_eq!(
                (client.state(server), known),
                (Some(State::Registered), true),
                "{context}\n{}",
                pair.log()
            );
        }
    }
}

/// How many requests the first server has.
const REQUESTS: usize = 8;

/// A client that finds something, and is not started.
pub(super) fn found(medium: Medium) -> Client {
    let mut client = Client::new(config(), factory(), 1);
    let (_, restored) = ClientKeeper::open(medium, &mut client).unwrap();
    assert!(restored.is_none_or(|restored| restored.lost.is_empty()));
    client
}

/// The servers that a configuration has accounts at, each with both of its halves.
pub(super) fn servers(configuration: &Configuration) -> Vec<i64> {
    let ids = |object: u16, resource: u16| {
        let all = configuration.iter();
        let ids = all.filter_map(move |(path, value)| match (path.ids().as_ref(), value) {
            (&[o, _, r], Some(lwm2m_runtime::model::Value::Integer(id))) if (o, r) == (object, resource) => {
                Some(*id)
            }
            _ => None,
        });
        ids.collect::<Vec<_>>()
    };
    let (mut securities, mut servers) = (ids(0, 10), ids(1, 0));
    securities.sort_unstable();
    servers.sort_unstable();
    assert_eq!(securities, servers, "half an account");
    servers
}

/// The rules of a configuration.
pub(super) fn rules(configuration: &Configuration) -> usize {
    let instance = |path: &&Path| path.depth() == 2 && path.object_id() == Some(2);
    configuration.keys().filter(instance).count()
}
