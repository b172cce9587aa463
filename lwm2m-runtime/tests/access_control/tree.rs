//! Servers that ask a client's tree.

use lwm2m_runtime::{
    encoding::{ContentFormat, Decoder, EncodeOptions, Format, FormatSet, Negotiation, RecordRef, encode},
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, ValueRef, Version},
    object::DynamicInstance,
    objects::{ConnectivityMonitoring, Device, Lwm2mAccessControl, Lwm2mServer},
    operation::{ExecuteInput, Payload, Request, Status, TreeView, WriteMode},
    reporting::AttachedAttributes,
    tree::{Application, Asker, Execute, Executed, Tree, TreeConfig},
};

use crate::support::rule;

static PORTFOLIO: ObjectDefinition = ObjectDefinition::new(16, "Portfolio", "urn:oma:lwm2m:oma:16")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Identity", Some(ResourceType::String), Operations::RW)
            .with_multiple()
            .with_mandatory(),
    ]);

/// Executes whatever it is asked to.
struct Obedient;

impl Application for Obedient {
    fn execute(&mut self, _: &mut Tree, _: &Execute<'_>) -> Executed {
        Executed::OK
    }
}

struct Bench {
    tree: Tree,
    payload: Vec<u8>,
}

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

impl Bench {
    /// The servers 101 and 102, and the rules of LwM2M Core 1.2, section 8.2; with the Portfolio in place of object 4,
    /// which has one instance at most.
    fn new(rules: &[Lwm2mAccessControl]) -> Self {
        let mut tree = Tree::new(TreeConfig::default());
        for (id, short_server_id) in [(0, 101), (1, 102)] {
            let server = Lwm2mServer {
                short_server_id,
                lifetime: 86_400,
                binding: "U".into(),
                ..Lwm2mServer::default()
            };
            tree.insert(id, server).unwrap();
        }
        let device = Device {
            manufacturer: Some("ACME".into()),
            utc_offset: Some("+00:00".into()),
            ..Device::default()
        };
        tree.insert(0, device).unwrap();
        tree.add_type::<ConnectivityMonitoring>().unwrap();
        tree.add_object(&PORTFOLIO).unwrap();
        for (id, rule) in (0..).zip(rules) {
            tree.insert(id, rule.clone()).unwrap();
        }
        Self {
            tree,
            payload: Vec::new(),
        }
    }

    fn perform(&mut self, server: u16, request: &Request<'_>) -> Status {
        let formats = Negotiation::with_server(Version::V1_2, FormatSet::ALL);
        let asker = Asker::new(server, &formats);
        let mut attached = AttachedAttributes::new(4);
        self.payload.clear();
        self.tree
            .perform(asker, &mut attached, request, &mut Obedient, &mut self.payload)
            .status
    }

    fn read(&mut self, server: u16, at: &str) -> Result<Vec<Path>, Status> {
        let accept = Some(ContentFormat::SENML_JSON);
        let path = path(at);
        let status = self.perform(server, &Request::Read { path, accept });
        self.paths(status, path)
    }

    fn fetch(&mut self, server: u16, list: &[&str]) -> Result<Vec<Path>, Status> {
        let records = list.iter().map(|at| RecordRef::path(path(at)));
        let mut bytes = Vec::new();
        let options = EncodeOptions::default();
        encode(Format::SenmlJson, Path::ROOT, records, &options, &mut bytes).unwrap();
        let paths = Payload::new(ContentFormat::SENML_JSON, &bytes);
        let accept = Some(ContentFormat::SENML_JSON);
        let status = self.perform(server, &Request::ReadComposite { paths, accept });
        let found = self.paths(status, Path::ROOT);
        let attributes = Default::default();
        let observed = self.perform(
            server,
            &Request::ObserveComposite {
                paths,
                accept,
                attributes,
            },
        );
        assert_eq!(observed, status, "an observation begins like a read");
        found
    }

    fn paths(&self, status: Status, target: Path) -> Result<Vec<Path>, Status> {
        match status {
            Status::Content => {
                let reader = Decoder::new(Format::SenmlJson, target)
                    .read(&self.payload)
                    .unwrap();
                Ok(reader
                    .collect()
                    .unwrap()
                    .iter()
                    .map(|record| record.path)
                    .collect())
            }
            status => Err(status),
        }
    }

    fn write(&mut self, server: u16, at: &str, json: &str) -> Status {
        self.perform(
            server,
            &Request::Write {
                path: path(at),
                mode: WriteMode::Replace,
                payload: Payload::new(ContentFormat::SENML_JSON, json.as_bytes()),
            },
        )
    }

    fn patch(&mut self, server: u16, json: &str) -> Status {
        let payload = Payload::new(ContentFormat::SENML_JSON, json.as_bytes());
        self.perform(server, &Request::WriteComposite { payload })
    }

    fn create(&mut self, server: u16, object: u16, json: &str) -> Status {
        let payload = Payload::new(ContentFormat::SENML_JSON, json.as_bytes());
        self.perform(server, &Request::Create { object, payload })
    }

    fn delete(&mut self, server: u16, at: &str) -> Status {
        self.perform(server, &Request::Delete { path: path(at) })
    }

    fn reboot(&mut self, server: u16) -> Status {
        let input = ExecuteInput::None;
        let path = path("/3/0/4");
        self.perform(server, &Request::Execute { path, input })
    }

    fn rules(&self) -> Vec<(u16, Lwm2mAccessControl)> {
        let ids = self.tree.instances(2);
        ids.map(|id| (id, self.tree.get::<Lwm2mAccessControl>(id).unwrap().clone()))
            .collect()
    }
}

fn example() -> Bench {
    Bench::new(&[
        rule(1, 0, 101, &[(101, 15)]),
        rule(3, 0, 101, &[(101, 15), (102, 1)]),
        rule(16, 65_535, 65_535, &[(101, 16)]),
    ])
}

const PORTFOLIO_0: &str = r#"[{"bn":"/16/0/0/","n":"0","vs":"one"}]"#;

// proves: ACL-10 ACL-12 ACL-14 ACL-15 ACL-25
#[test]
fn the_two_servers_of_the_example_get_its_answers() {
    let mut bench = example();
    assert_eq!(bench.read(102, "/1/0"), Err(Status::Unauthorized));
    assert_eq!(bench.read(102, "/1"), Ok(vec![]));
    assert_eq!(bench.read(102, "/3/0/0"), Ok(vec![path("/3/0/0")]));
    assert_eq!(bench.reboot(102), Status::Unauthorized);
    assert_eq!(bench.reboot(101), Status::Changed);
    assert_eq!(bench.create(102, 16, PORTFOLIO_0), Status::Unauthorized);
    assert_eq!(bench.create(101, 16, PORTFOLIO_0), Status::Created);
    let acl = r#"[{"bn":"/2/1/2/","n":"102","v":15}]"#;
    assert_eq!(bench.write(102, "/2/1/2", acl), Status::Unauthorized);
    let both = r#"[{"n":"/3/0/14","vs":"+02:00"},{"n":"/1/0/1","v":60}]"#;
    assert_eq!(bench.patch(101, both), Status::Changed);
    assert_eq!(bench.tree.get::<Lwm2mServer>(0).unwrap().lifetime, 60);
    assert_eq!(bench.fetch(102, &["/1/0/1", "/3/0/0"]), Ok(vec![path("/3/0/0")]));
}

// proves: ACL-13 ACL-15
#[test]
fn a_composite_read_is_refused_only_where_nothing_is_left() {
    let mut bench = example();
    for refused in [
        &["/1/0/1"][..],
        &["/1/0/0", "/1/0/1"],
        &["/1"],
        &["/1/0", "/16/7"],
    ] {
        assert_eq!(
            bench.fetch(102, refused),
            Err(Status::Unauthorized),
            "{refused:?}"
        );
    }
    // What does not exist is no matter of rights.
    assert_eq!(bench.fetch(102, &["/16/7", "/3/0/15"]), Ok(vec![]));
    assert!(
        !bench
            .fetch(102, &["/"])
            .unwrap()
            .iter()
            .any(|at| at.starts_with(path("/1")))
    );
    assert_eq!(bench.read(102, "/1"), Ok(vec![]));
}

// proves: ACL-16
#[test]
fn a_composite_write_is_refused_as_a_whole() {
    let mut bench = example();
    let both = r#"[{"n":"/3/0/14","vs":"+02:00"},{"n":"/1/1/1","v":60}]"#;
    assert_eq!(bench.patch(101, both), Status::Unauthorized);
    assert_eq!(
        bench.tree.value(path("/3/0/14")),
        Some(ValueRef::String("+00:00"))
    );
}

// proves: ACL-18
#[test]
fn who_creates_an_instance_owns_it() {
    let mut bench = example();
    assert_eq!(bench.create(101, 16, PORTFOLIO_0), Status::Created);
    assert_eq!(bench.rules().last(), Some(&(3, rule(16, 0, 101, &[(101, 15)]))));
    assert_eq!(bench.read(101, "/16/0").map(|paths| paths.len()), Ok(1));
    assert_eq!(bench.read(102, "/16/0"), Err(Status::Unauthorized));
    // A refused Create leaves nothing.
    assert_eq!(bench.create(101, 16, PORTFOLIO_0), Status::BadRequest);
    assert_eq!(bench.rules().len(), 4);
}

#[test]
fn there_is_room_for_an_instance_and_its_rule_or_for_none() {
    let mut bench = example();
    let config = TreeConfig::default();
    for id in 100.. {
        let instances: usize = bench
            .tree
            .objects()
            .map(|(id, _)| bench.tree.instances(id).count())
            .sum();
        if instances + 1 == config.max_instances {
            break;
        }
        bench
            .tree
            .insert_dynamic(id, DynamicInstance::new(&PORTFOLIO))
            .unwrap();
    }
    assert_eq!(bench.create(101, 16, PORTFOLIO_0), Status::InternalServerError);
    assert!(bench.tree.instance(16, 0).is_none());
    assert_eq!(bench.rules().len(), 3);
}

// proves: ACL-21 ACL-29
#[test]
fn a_rule_goes_with_its_instance() {
    // By the owner; and by a server with the right, which is not the owner.
    for server in [101, 102] {
        let mut bench = example();
        assert_eq!(bench.create(101, 16, PORTFOLIO_0), Status::Created);
        bench.tree.update(3, |rule: &mut Lwm2mAccessControl| {
            rule.acl = Some([(102, 8)].into())
        });
        assert_eq!(bench.delete(server, "/16/0"), Status::Deleted);
        assert_eq!(bench.rules().len(), 3);
    }
}

// proves: ACL-17 ACL-19 ACL-20 ACL-22
#[test]
fn only_the_owner_changes_a_rule_and_may_give_it_away() {
    let mut bench = example();
    // A new entry, which has effect at once.
    assert_eq!(
        bench.write(101, "/2/0/2/102", r#"[{"n":"/2/0/2/102","v":1}]"#),
        Status::Changed
    );
    assert_eq!(bench.read(102, "/1/0/1").map(|paths| paths.len()), Ok(1));
    // Who may create is nobody's to change.
    for server in [101, 102] {
        let create = r#"[{"n":"/2/2/2/102","v":16}]"#;
        assert_eq!(bench.write(server, "/2/2/2/102", create), Status::Unauthorized);
        assert_eq!(bench.delete(server, "/2/1"), Status::Unauthorized);
        assert_eq!(bench.create(server, 2, "[]"), Status::Unauthorized);
        assert!(!bench.read(server, "/2").unwrap().is_empty());
    }
    let owner = r#"[{"n":"/2/1/3","v":102}]"#;
    assert_eq!(bench.write(102, "/2/1/3", owner), Status::Unauthorized);
    assert_eq!(bench.write(101, "/2/1/3", owner), Status::Changed);
    assert_eq!(bench.write(101, "/2/1/3", owner), Status::Unauthorized);
    assert_eq!(
        bench.write(102, "/2/1/2/101", r#"[{"n":"/2/1/2/101","v":0}]"#),
        Status::Changed
    );
    assert_eq!(bench.reboot(101), Status::Unauthorized);
}

// proves: ACL-27
#[test]
fn values_out_of_range_are_refused() {
    let mut bench = example();
    let entry = |value: i64| format!(r#"[{{"n":"/2/0/2/102","v":{value}}}]"#);
    for refused in [-1, 32, 255] {
        assert_eq!(
            bench.write(101, "/2/0/2/102", &entry(refused)),
            Status::BadRequest,
            "{refused}"
        );
    }
    assert_eq!(bench.write(101, "/2/0/2/102", &entry(31)), Status::Changed);
    for (at, value) in [
        ("/2/0/0", 0),
        ("/2/0/0", 65_535),
        ("/2/0/1", -1),
        ("/2/0/1", 65_536),
    ] {
        assert!(
            bench.tree.set(path(at), ValueRef::Integer(value)).is_err(),
            "{at} = {value}"
        );
    }
    for (at, value) in [
        ("/2/0/0", 1),
        ("/2/0/0", 65_534),
        ("/2/0/1", 0),
        ("/2/0/1", 65_535),
    ] {
        assert!(
            bench.tree.set(path(at), ValueRef::Integer(value)).is_ok(),
            "{at} = {value}"
        );
    }
}

// proves: ACL-01 ACL-02
#[test]
fn one_server_alone_has_all_rights() {
    let mut bench = example();
    bench.tree.remove(1, 0);
    assert_eq!(bench.reboot(102), Status::Changed);
    assert_eq!(bench.create(102, 16, PORTFOLIO_0), Status::Created);
    assert_eq!(bench.delete(102, "/16/0"), Status::Deleted);
}
