use lwm2m_runtime::{
    access_control::Rights,
    bootstrap::{Plan, Step, WriteLevel},
    client::ClientConfig,
    configuration::{AccessRule, Credentials, RuleTarget},
    model::{Path, Value, Version},
    objects::{Lwm2mSecurity, Lwm2mServer},
    tree::Tree,
};
use lwm2m_tests::pair::{path, server_uri};

use super::super::{configured, factory, plan, rights::everybody, stepwise, unasked::listening};
use crate::fixtures::VERSIONS;

/// A scenario of section 11.2.
pub(super) struct Case {
    /// Its number, and what is special.
    pub(super) name: &'static str,
    /// The versions that have it.
    pub(super) versions: &'static [Version],
    /// What the device has at first.
    pub(super) begin: fn() -> Tree,
    pub(super) plan: fn() -> Plan,
    pub(super) trigger: Trigger,
    /// Whether the client asks for a pack.
    pub(super) pack: bool,
    /// Whether the client accepts the configuration of the plan.
    pub(super) accepted: bool,
    /// Whether the client has to refuse a configuration without values.
    pub(super) refusable: bool,
}

/// Who begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    /// The client, when it is started.
    Itself,
    /// The device's program, once the client is registered.
    Program,
    /// A server, by `/1/0/9`.
    Server,
    /// The bootstrap server.
    BootstrapServer,
}

impl Case {
    pub(super) fn config(&self, version: Version) -> ClientConfig {
        ClientConfig {
            bootstrap_pack: self.pack,
            ..match self.trigger {
                Trigger::BootstrapServer => listening(),
                _ => stepwise(version),
            }
        }
    }
}

/// Every scenario that two engines without security can play.
pub(super) fn cases() -> Vec<Case> {
    let usual = Case {
        name: "int-0",
        versions: &VERSIONS,
        begin: factory,
        plan: object_by_object,
        trigger: Trigger::Itself,
        pack: false,
        accepted: true,
        refusable: true,
    };
    let registered = || Case {
        begin: with_one_server,
        plan: another_server,
        trigger: Trigger::Program,
        ..usual
    };
    vec![
        Case {
            name: "int-1, but for the security session itself",
            plan: with_a_key,
            ..usual
        },
        Case {
            name: "int-4",
            plan: everything_anew,
            ..registered()
        },
        Case {
            name: "int-5",
            versions: &[Version::V1_1, Version::V1_2],
            trigger: Trigger::Server,
            ..registered()
        },
        Case {
            name: "int-6, no server of the factory's works",
            begin: with_dead_servers,
            plan: another_server,
            ..usual
        },
        Case {
            name: "int-6, the bootstrap server begins with a new device",
            versions: &[Version::V1_0],
            begin: with_patience,
            trigger: Trigger::BootstrapServer,
            ..usual
        },
        Case {
            name: "int-6, the bootstrap server begins with a registered device",
            versions: &[Version::V1_0],
            trigger: Trigger::BootstrapServer,
            ..registered()
        },
        Case {
            name: "int-7",
            begin: with_a_dead_server,
            plan: another_server,
            ..usual
        },
        Case {
            name: "int-8",
            plan: with_a_rule,
            ..usual
        },
        Case {
            name: "int-8, a second server",
            plan: two_servers,
            refusable: false,
            ..registered()
        },
        Case {
            name: "int-9",
            plan: incomplete,
            accepted: false,
            refusable: false,
            ..usual
        },
        Case {
            name: "int-9, of a registered device",
            plan: incomplete_and_all_gone,
            accepted: false,
            refusable: false,
            ..registered()
        },
        Case {
            name: "int-12",
            versions: &[Version::V1_2],
            plan: one_server,
            pack: true,
            ..usual
        },
        Case {
            name: "int-12, of a registered device",
            versions: &[Version::V1_2],
            pack: true,
            ..registered()
        },
        Case {
            name: "int-12, so long that the client has to prove its address",
            versions: &[Version::V1_2],
            plan: two_servers,
            pack: true,
            ..usual
        },
        usual,
    ]
}

// What a device has at first.

/// The lifetime of every registration: short enough for a server that has begun anew to be noticed.
const LIFETIME: i64 = 3_600;

fn with_one_server() -> Tree {
    let mut tree = configured();
    tree.update(0, |server: &mut Lwm2mServer| server.lifetime = LIFETIME);
    tree
}

fn with_patience() -> Tree {
    let mut tree = factory();
    tree.update(1, |account: &mut Lwm2mSecurity| {
        account.client_hold_off_time = Some(600);
    });
    tree
}

fn with_a_dead_server() -> Tree {
    let mut tree = with_one_server();
    tree.update(0, |account: &mut Lwm2mSecurity| {
        account.lwm2m_server_uri = Some(server_uri(77));
    });
    tree.update(0, |server: &mut Lwm2mServer| {
        server.communication_retry_count = Some(1);
    });
    tree
}

fn with_dead_servers() -> Tree {
    let mut tree = with_a_dead_server();
    let another = tree.get::<Lwm2mSecurity>(0).unwrap().clone();
    let server = tree.get::<Lwm2mServer>(0).unwrap().clone();
    let another = Lwm2mSecurity {
        lwm2m_server_uri: Some(server_uri(78)),
        short_server_id: Some(9),
        ..another
    };
    tree.insert(2, another).unwrap();
    tree.insert(
        1,
        Lwm2mServer {
            short_server_id: 9,
            ..server
        },
    )
    .unwrap();
    tree
}

// What the bootstrap server does.

fn of_servers(servers: &[usize]) -> Plan {
    let mut plan = plan(servers);
    for account in &mut plan.configuration.servers {
        account.server.lifetime = LIFETIME;
    }
    plan
}

fn one_server() -> Plan {
    of_servers(&[0])
}

fn another_server() -> Plan {
    of_servers(&[1])
}

fn object_by_object() -> Plan {
    let mut plan = one_server();
    // Nothing is known of the device at first: the instances are those of the test.
    plan.configuration.servers[0].security_instance = Some(0);
    plan.configuration.servers[0].server_instance = Some(0);
    plan.write_level = WriteLevel::Object;
    plan.steps = vec![
        Step::Write(path("/0")),
        Step::Write(path("/1")),
        Step::Discover(Path::ROOT),
    ];
    plan
}

fn with_a_key() -> Plan {
    let mut plan = object_by_object();
    let key = Credentials::PreSharedKey {
        identity: b"a device".to_vec(),
        key: vec![0x5a; 16],
    };
    key.apply(&mut plan.configuration.servers[0].security);
    plan
}

fn everything_anew() -> Plan {
    let mut plan = another_server();
    plan.steps = vec![
        Step::Discover(Path::ROOT),
        Step::Discover(path("/1")),
        Step::Delete(path("/0")),
        Step::Delete(path("/1")),
        Step::Discover(Path::ROOT),
        Step::Discover(path("/1")),
        Step::Write(Path::ROOT),
    ];
    plan
}

fn with_a_rule() -> Plan {
    let mut plan = object_by_object();
    plan.configuration.rules = vec![everybody()];
    plan.steps = vec![
        // Who has LwM2M 1.0 cannot be read, which is known after this.
        Step::Discover(Path::ROOT),
        Step::Write(path("/0")),
        Step::Write(path("/1")),
        Step::Write(path("/2")),
        Step::Read(path("/1")),
        Step::Read(path("/2")),
    ];
    plan
}

fn two_servers() -> Plan {
    let mut plan = of_servers(&[0, 1]);
    plan.configuration.rules = vec![
        AccessRule::new(RuleTarget::Server(1), 1, [(1, Rights::FULL)]),
        AccessRule::new(RuleTarget::Server(2), 2, [(2, Rights::FULL)]),
        everybody(),
    ];
    let steps = Plan::new(plan.configuration.clone()).steps;
    plan.steps = steps;
    plan
}

fn incomplete() -> Plan {
    let mut plan = of_servers(&[]);
    let values = &mut plan.configuration.values;
    values.set(path("/1/0/5"), Value::Integer(86_400));
    plan.steps = vec![Step::Write(Path::ROOT)];
    plan
}

fn incomplete_and_all_gone() -> Plan {
    let mut plan = incomplete();
    plan.steps.insert(0, Step::Delete(Path::ROOT));
    plan
}
