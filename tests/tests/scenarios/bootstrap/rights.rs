//! Bootstrap with rules of access: they come by it, and change only by it where they are for whole objects.

use lwm2m_runtime::{
    access_control::{BOOTSTRAP_OWNER, OBJECT_ITSELF, Rights},
    bootstrap::{Event, Plan, Step, WriteLevel},
    client::State,
    coap::Code,
    configuration::{AccessRule, RuleTarget},
    encoding::ContentFormat,
    model::{Path, ValueRef, Version},
    objects::Lwm2mAccessControl,
    operation::{Payload, Request, Status, TreeView, WriteMode},
    server,
};
use lwm2m_tests::pair::{Pair, Program, client_address, path, values};

use super::{configured, factory, network, plan, requests, stepwise};
use crate::fixtures::VERSIONS;

/// The rule of int-8: everybody may do everything with the device.
pub(super) fn everybody() -> AccessRule {
    AccessRule::new(
        RuleTarget::Instance(3, 0),
        BOOTSTRAP_OWNER,
        [(0, Rights::FULL | Rights::CREATE)],
    )
}

/// Two servers: each has its own account, the device is for the first one to change and for everybody to read, and the
/// first one may create instances of the firmware's object.
fn two_servers() -> Plan {
    let mut wanted = plan(&[0, 1]);
    wanted.configuration.rules = vec![
        AccessRule::new(RuleTarget::Server(1), 1, [(1, Rights::FULL)]),
        AccessRule::new(RuleTarget::Server(2), 2, [(2, Rights::FULL)]),
        AccessRule::new(
            RuleTarget::Instance(3, 0),
            1,
            [(1, Rights::FULL), (0, Rights::READ)],
        ),
        AccessRule::creators(6, &[1]),
    ];
    Plan::new(wanted.configuration)
}

// proves: BOOT-84
#[test]
fn int_8_rules_of_access_come_by_a_bootstrap() {
    for version in VERSIONS {
        let mut wanted = plan(&[0]);
        wanted.configuration.rules = vec![everybody()];
        wanted.write_level = WriteLevel::Object;
        wanted.steps = vec![
            // Who has LwM2M 1.0 cannot be read, which is known after this.
            Step::Discover(Path::ROOT),
            Step::Write(path("/0")),
            Step::Write(path("/1")),
            Step::Write(path("/2")),
            Step::Read(path("/1")),
            Step::Read(path("/2")),
        ];
        let mut pair = network(stepwise(version), factory(), wanted);
        pair.start();
        let mut expected = vec!["C POST /bs", "BS GET /", "BS PUT /0", "BS PUT /1", "BS PUT /2"];
        if version > Version::V1_0 {
            expected.extend(["BS GET /1", "BS GET /2"]);
        }
        expected.extend(["BS POST /bs", "C POST /rd"]);
        assert_eq!(requests(&pair, 0), expected, "{}", pair.log());
        for (_, event) in &pair.bootstrap.as_ref().unwrap().events {
            if let Event::Answered { path, status, .. } = event {
                assert!(status.is_success(), "{path}: {status:?}");
            }
        }
        // Rights of everybody, with a bit for Create, which means nothing on an instance.
        let rule = pair.client().tree().get::<Lwm2mAccessControl>(0).unwrap();
        let expected = Lwm2mAccessControl {
            object_id: 3,
            object_instance_id: 0,
            acl: Some([(0, 31)].into()),
            access_control_owner: BOOTSTRAP_OWNER.into(),
        };
        assert_eq!(rule, &expected);
        let reads = read(&pair);
        assert_eq!(reads.len(), if version > Version::V1_0 { 2 } else { 0 });
        if let [(servers, _), (rules, values)] = &reads[..] {
            assert_eq!((*servers, *rules), (path("/1"), path("/2")));
            assert!(!values.is_empty());
        }
        // With one server there is nothing to be refused.
        assert_eq!(pair.client().state(1), Some(State::Registered));
        assert_eq!(pair.put_text("/1/0/1", "90000"), Status::Changed);
        assert_eq!(pair.text("/3/0/0"), "Open Mobile Alliance");
    }
}

/// What the bootstrap server has read.
fn read(pair: &Pair<Program>) -> Vec<(Path, Vec<u8>)> {
    let events = pair.bootstrap.as_ref().unwrap().events.iter();
    events
        .filter_map(|(_, event)| match event {
            Event::Read { path, payload, .. } => Some((*path, payload.clone().unwrap().1)),
            _ => None,
        })
        .collect()
}

// proves: BOOT-84
#[test]
fn a_second_server_and_rules_for_objects_come_by_a_bootstrap_alone() {
    for version in VERSIONS {
        let mut pair = network(stepwise(version), configured(), two_servers());
        pair.start();
        // The only server has every right, but not the one to bring in another.
        let account = values(
            ContentFormat::TLV,
            "/1",
            &[
                ("/1/5/0", ValueRef::Integer(2)),
                ("/1/5/1", ValueRef::Integer(60)),
                ("/1/5/6", ValueRef::Boolean(false)),
                ("/1/5/7", ValueRef::String("U")),
            ],
        );
        assert!(!pair.create(1, ContentFormat::TLV, &account).status.is_success());
        assert!(!create_rule(&mut pair, 0).is_success());
        assert_eq!(pair.client().servers().collect::<Vec<_>>(), [1]);
        assert_eq!(pair.client().tree().instances(2).count(), 0);

        let now = pair.now;
        assert!(pair.clients[0].engine.bootstrap(now));
        pair.settle();
        for server in [1, 2] {
            assert_eq!(pair.client().state(server), Some(State::Registered));
        }
        // Now there are rights.
        assert_eq!(status(&mut pair, 1, &read_of("/3/0/0")), Status::Content);
        assert_eq!(status(&mut pair, 1, &read_of("/1/0/1")), Status::Unauthorized);
        assert_eq!(status(&mut pair, 0, &read_of("/1/0/1")), Status::Content);
        // Nobody makes a rule, and nobody changes or deletes one for an object.
        let of_object = rule_for(&pair, 6, OBJECT_ITSELF);
        let before = pair.client().tree().get::<Lwm2mAccessControl>(of_object).cloned();
        for server in [0, 1] {
            assert!(!create_rule(&mut pair, server).is_success());
            let at = Path::instance(2, of_object);
            assert!(!status(&mut pair, server, &Request::Delete { path: at }).is_success());
            for (resource, value) in [("2/2", "31"), ("3", "1")] {
                let target = path(&format!("/2/{of_object}/{resource}"));
                let target = target.up_to(3);
                let text = format!("{target}/2");
                let bytes = match resource {
                    "3" => value.as_bytes().to_vec(),
                    _ => values(
                        ContentFormat::TLV,
                        &target.to_string(),
                        &[(&text, ValueRef::Integer(31))],
                    ),
                };
                let format = if resource == "3" {
                    ContentFormat::TEXT
                } else {
                    ContentFormat::TLV
                };
                let write = Request::Write {
                    path: target,
                    mode: WriteMode::Replace,
                    payload: Payload::new(format, &bytes),
                };
                assert_eq!(
                    status(&mut pair, server, &write),
                    Status::Unauthorized,
                    "{target}"
                );
            }
        }
        let after = pair.client().tree().get::<Lwm2mAccessControl>(of_object).cloned();
        assert_eq!(after, before);
        // The rule of an instance is its owner's.
        let of_device = rule_for(&pair, 3, 0);
        let target = Path::resource(2, of_device, 2);
        let entries = values(
            ContentFormat::TLV,
            &target.to_string(),
            &[
                (&format!("{target}/1"), ValueRef::Integer(15)),
                (&format!("{target}/2"), ValueRef::Integer(3)),
            ],
        );
        let write = Request::Write {
            path: target,
            mode: WriteMode::Replace,
            payload: Payload::new(ContentFormat::TLV, &entries),
        };
        assert_eq!(status(&mut pair, 1, &write), Status::Unauthorized);
        assert_eq!(status(&mut pair, 0, &write), Status::Changed);
    }
}

/// A server's try to make a rule.
fn create_rule(pair: &mut Pair<Program>, server: usize) -> Status {
    let rule = values(
        ContentFormat::TLV,
        "/2",
        &[
            ("/2/40/0", ValueRef::Integer(6)),
            ("/2/40/1", ValueRef::Integer(65_535)),
            ("/2/40/2/2", ValueRef::Integer(16)),
            ("/2/40/3", ValueRef::Integer(65_535)),
        ],
    );
    let payload = Payload::new(ContentFormat::TLV, &rule);
    status(pair, server, &Request::Create { object: 2, payload })
}

fn read_of(at: &str) -> Request<'static> {
    let (path, accept) = (path(at), None);
    Request::Read { path, accept }
}

fn status(pair: &mut Pair<Program>, server: usize, request: &Request<'_>) -> Status {
    pair.ask_by(server, request).status
}

/// The instance of object 2 that is for an instance, or an object.
fn rule_for(pair: &Pair<Program>, object: i64, instance: u16) -> u16 {
    let tree = pair.client().tree();
    let mut rules = tree.instances(2);
    rules
        .find(|id| {
            let rule = tree.get::<Lwm2mAccessControl>(*id).unwrap();
            (rule.object_id, rule.object_instance_id) == (object, instance.into())
        })
        .unwrap()
}

// proves: ACL-28
#[test]
fn a_server_whose_account_is_deleted_forgets_the_client_by_itself() {
    let mut pair = network(stepwise(Version::V1_2), configured(), plan(&[1]));
    pair.start();
    let (old, _) = (pair.registration(), pair.put_text("/1/0/1", "300"));
    let (watched, _) = pair.watch("/3/0/0", "");
    pair.settle();
    let now = pair.now;
    assert!(pair.clients[0].engine.bootstrap(now));
    pair.settle();
    assert_eq!(pair.client().servers().collect::<Vec<_>>(), [2]);
    // It was not told, and still believes in the registration: what it asks is not answered.
    let farewells = pair.wire.requests_of(0, client_address(0));
    assert!(farewells.iter().all(|sent| sent.code() != Some(Code::DELETE)));
    assert_eq!(pair.registration(), old);
    assert!(pair.try_ask(0, 0, &read_of("/3/0/0")).is_err());
    let strangers = pair.client().counters().strangers;
    assert!(strangers > 0);
    // When the lifetime is over it forgets the client, and whatever was with it.
    pair.run_secs(400);
    let expired = |event: &server::Event| {
        matches!(
            event,
            server::Event::Ended {
                reason: server::EndReason::Expired,
                ..
            }
        )
    };
    let events = &pair.servers[0].events;
    assert!(events.iter().any(|(_, event)| expired(event)), "{events:?}");
    assert!(pair.servers[0].engine.find(crate::fixtures::ENDPOINT).is_none());
    assert!(pair.servers[0].engine.is_quiet());
    pair.change(|tree| tree.set(path("/3/0/0"), ValueRef::String("another")))
        .unwrap();
    pair.settle();
    assert!(pair.notifications(watched).is_empty());
    assert_eq!(pair.client().observations(), 0);
    assert_eq!(pair.client().state(2), Some(State::Registered));
}
