//! A client's tree under a bootstrap server.

use lwm2m_runtime::{
    access_control::Rights,
    configuration::{
        AccessRule, BootstrapConfiguration, Inconsistency, Oscore, RuleTarget, ServerAccount, Values,
    },
    encoding::{ContentFormat, EncodeOptions, Format, FormatSet, Negotiation, encode},
    model::{
        ObjectDefinition, Objlnk, Operations, Path, ResourceDefinition, ResourceType, Value, ValueRef,
        Version,
    },
    object::{DynamicInstance, Instance},
    objects::{Device, Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    operation::{BootstrapRequest, Payload, Status, TreeView},
    tree::{BootstrapJournal, ChangeKind, Tree, TreeConfig},
};
use proptest::prelude::*;

use crate::support::{account, path};

static OSCORE: ObjectDefinition = ObjectDefinition::new(21, "OSCORE", "urn:oma:lwm2m:oma:21:2.0")
    .with_version(Version::new(2, 0))
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Master Secret", Some(ResourceType::Opaque), Operations::None),
        ResourceDefinition::new(1, "Sender ID", Some(ResourceType::Opaque), Operations::None),
        ResourceDefinition::new(2, "Recipient ID", Some(ResourceType::Opaque), Operations::None),
    ]);
static THING: ObjectDefinition = ObjectDefinition::new(42769, "Thing", "urn:oma:lwm2m:x:42769")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Text", Some(ResourceType::String), Operations::R),
        ResourceDefinition::new(1, "Levels", Some(ResourceType::Integer), Operations::RW).with_multiple(),
        ResourceDefinition::new(2, "Go", None, Operations::E),
    ]);

struct Bench {
    tree: Tree,
    journal: BootstrapJournal,
    version: Version,
    out: Vec<u8>,
}

impl Bench {
    /// A factory-fresh client: the account at the bootstrap server in `/0/1` with OSCORE, and itself.
    fn new() -> Self {
        let mut tree = Tree::new(TreeConfig::default());
        let bootstrap_server = Lwm2mSecurity {
            lwm2m_server_uri: Some("coap://bootstrap.example.com".into()),
            bootstrap_server: Some(true),
            security_mode: Some(lwm2m_runtime::objects::o0_v1_2::SecurityMode::NO_SEC),
            oscore_security_mode: Some(Objlnk::new(21, 0)),
            ..Lwm2mSecurity::default()
        };
        tree.insert(1, bootstrap_server).unwrap();
        tree.add_type::<Lwm2mServer>().unwrap();
        tree.add_type::<Lwm2mAccessControl>().unwrap();
        let device = Device {
            manufacturer: Some("ACME".into()),
            ..Device::default()
        };
        tree.insert(0, device).unwrap();
        tree.insert_dynamic(0, DynamicInstance::new(&OSCORE)).unwrap();
        tree.add_object(&THING).unwrap();
        while tree.poll_change().is_some() {}
        Self {
            tree,
            journal: BootstrapJournal::new(),
            version: Version::V1_2,
            out: Vec::new(),
        }
    }

    fn formats(&self) -> Negotiation {
        Negotiation::with_server(self.version, FormatSet::ALL)
    }

    fn perform(&mut self, request: &BootstrapRequest<'_>) -> Status {
        self.out.clear();
        let formats = self.formats();
        let outcome = self
            .tree
            .bootstrap(&mut self.journal, &formats, request, &mut self.out);
        assert!(outcome.status == Status::Content || self.out.is_empty());
        outcome.status
    }

    fn write_as(&mut self, at: &str, format: ContentFormat, bytes: &[u8]) -> Status {
        let payload = Payload::new(format, bytes);
        self.perform(&BootstrapRequest::Write {
            path: path(at),
            payload,
        })
    }

    fn write(&mut self, at: &str, json: &str) -> Status {
        self.write_as(at, ContentFormat::SENML_JSON, json.as_bytes())
    }

    /// Writes what there is for an object or instance.
    fn write_values(&mut self, at: Path, values: &Values, format: Format) -> Status {
        let mut bytes = Vec::new();
        encode(
            format,
            at,
            values.records(at),
            &EncodeOptions::default(),
            &mut bytes,
        )
        .unwrap();
        self.write_as(&at.to_string(), format.content_format(), &bytes)
    }

    fn configure(&mut self, configuration: &BootstrapConfiguration) {
        let mut configuration = configuration.clone();
        for (id, account) in (0_u16..).zip(&mut configuration.servers) {
            account.security_instance = account.security_instance.or(Some(id * 2));
        }
        let values = configuration.number(None).unwrap();
        for object in values.paths(Path::ROOT, 1) {
            assert_eq!(self.write_values(object, &values, Format::Tlv), Status::Changed);
        }
    }

    fn delete(&mut self, at: &str) -> Status {
        self.perform(&BootstrapRequest::Delete { path: path(at) })
    }

    fn finish(&mut self) -> Status {
        self.perform(&BootstrapRequest::Finish)
    }

    fn discover(&mut self, at: &str) -> Result<String, Status> {
        match self.perform(&BootstrapRequest::Discover { path: path(at) }) {
            Status::Content => Ok(String::from_utf8(self.out.clone()).unwrap()),
            status => Err(status),
        }
    }

    fn instances(&self) -> String {
        let objects = self.tree.objects();
        let all = objects.flat_map(|(object, _)| {
            let instances = self.tree.instances(object);
            instances.map(move |id| Path::instance(object, id).to_string())
        });
        all.collect::<Vec<_>>().join(" ")
    }

    fn pack(&mut self, values: &Values, format: Format) -> Result<(), Status> {
        let mut bytes = Vec::new();
        let options = EncodeOptions::default();
        encode(
            format,
            Path::ROOT,
            values.records(Path::ROOT),
            &options,
            &mut bytes,
        )
        .unwrap();
        let pack = Payload::new(format.content_format(), &bytes);
        let formats = self.formats();
        self.tree.bootstrap_pack(&mut self.journal, &formats, pack)
    }
}

/// Everything that a tree holds.
fn snapshot(tree: &Tree) -> Vec<(Path, Option<Value>)> {
    let mut all = Vec::new();
    for (object, _) in tree.objects() {
        for id in tree.instances(object) {
            all.push((Path::instance(object, id), None));
            for (resource, instance, value) in tree.instance(object, id).unwrap().values() {
                let at = Path::resource(object, id, resource);
                let at = instance.map_or(at, |id| at.child(id).unwrap());
                all.push((at, Some(value.to_value())));
            }
        }
    }
    all
}

fn two_servers() -> BootstrapConfiguration {
    let mut configuration = BootstrapConfiguration::new([account(101), account(102)]);
    configuration.servers[1].oscore = Some(Oscore::new(*b"secret", *b"s", *b"r"));
    configuration.rules = vec![
        AccessRule::new(RuleTarget::Server(101), 101, [(101, Rights::FULL)]),
        AccessRule::new(RuleTarget::Server(102), 102, [(102, Rights::FULL)]),
        AccessRule::new(
            RuleTarget::Instance(3, 0),
            101,
            [(101, Rights::FULL), (102, Rights::READ)],
        ),
        AccessRule::new(RuleTarget::Instance(42769, 7), 102, []),
        AccessRule::creators(42769, &[101, 102]),
    ];
    configuration
        .values
        .set(path("/42769/7/0"), Value::String("of 102".into()));
    configuration
}

// proves: BOOT-28 BOOT-29 BOOT-33 BOOT-54
#[test]
fn a_client_is_configured_in_every_format() {
    let formats = [
        Format::Tlv,
        Format::SenmlJson,
        Format::SenmlCbor,
        Format::Lwm2mCbor,
    ];
    for format in formats {
        for depth in 1..=2 {
            let mut bench = Bench::new();
            assert_eq!(bench.finish(), Status::NotAcceptable);
            let mut account = account(1);
            account.security_instance = Some(0);
            account.server.registration_priority_order = Some(5);
            let values = BootstrapConfiguration::new([account]).number(None).unwrap();
            for at in values.paths(Path::ROOT, depth) {
                assert_eq!(
                    bench.write_values(at, &values, format),
                    Status::Changed,
                    "{format:?}"
                );
            }
            assert_eq!(bench.finish(), Status::Changed);
            assert_eq!(bench.instances(), "/0/0 /0/1 /1/0 /3/0 /21/0");
            // What no server can write.
            assert_eq!(bench.tree.value(path("/1/0/13")), Some(ValueRef::Unsigned(5)));
            // Once more, on what is there.
            for at in values.paths(Path::ROOT, depth) {
                assert_eq!(bench.write_values(at, &values, format), Status::Changed);
            }
            assert_eq!(bench.finish(), Status::Changed);
        }
    }
}

// proves: BOOT-19 BOOT-20 BOOT-26
#[test]
fn a_client_shows_what_it_has() {
    let mut bench = Bench::new();
    bench.configure(&BootstrapConfiguration::new([account(101)]));
    assert_eq!(
        bench.discover("/").unwrap(),
        "</>;lwm2m=1.2,</0/0>;ssid=101;uri=\"coap://server.example.com\",</0/1>,</1/0>;ssid=101,</2>,</3/0>,\
         </21/0>,</42769>"
    );
    assert_eq!(bench.discover("/1").unwrap(), "</>;lwm2m=1.2,</1/0>;ssid=101");
    assert_eq!(bench.discover("/5"), Err(Status::NotFound));
    assert_eq!(bench.discover("/1/0"), Err(Status::BadRequest));
    let mut read = |at: &str, accept: u16| {
        let accept = Some(ContentFormat(accept));
        bench.perform(&BootstrapRequest::Read {
            path: path(at),
            accept,
        })
    };
    for (at, expected) in [
        ("/1", Status::Content),
        ("/1/0", Status::Content),
        ("/2", Status::Content),
        ("/1/7", Status::NotFound),
        ("/2/0", Status::NotFound),
        ("/0", Status::MethodNotAllowed),
        ("/3/0", Status::MethodNotAllowed),
        ("/1/0/1", Status::MethodNotAllowed),
    ] {
        assert_eq!(read(at, 110), expected, "{at}");
    }
    for (format, expected) in [
        (11_542, Status::Content),
        (112, Status::Content),
        (0, Status::NotAcceptable),
    ] {
        assert_eq!(read("/1/0", format), expected, "{format}");
    }
    bench.version = Version::V1_0;
    let accept = Some(ContentFormat::TLV);
    let early = BootstrapRequest::Read {
        path: path("/1"),
        accept,
    };
    assert_eq!(bench.perform(&early), Status::MethodNotAllowed);
}

// proves: BOOT-30 BOOT-31 BOOT-32
#[test]
fn resources_are_written_one_by_one_and_unknown_ones_passed_over() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.write_as("/42769/3/0", ContentFormat::TEXT, b"one"),
        Status::Changed
    );
    assert_eq!(
        bench.tree.value(path("/42769/3/0")),
        Some(ValueRef::String("one"))
    );
    assert_eq!(bench.tree.resources(42769, 3).collect::<Vec<_>>(), [0]);
    let cbor = [0x63, b't', b'w', b'o'];
    assert_eq!(
        bench.write_as("/42769/3/0", ContentFormat::CBOR, &cbor),
        Status::Changed
    );
    assert_eq!(
        bench.tree.value(path("/42769/3/0")),
        Some(ValueRef::String("two"))
    );
    assert_eq!(
        bench.write_as("/42769/3/99", ContentFormat::TEXT, b"one"),
        Status::Changed
    );
    let unknown = r#"[{"bn":"/42769/3/","n":"0","vs":"three"},{"n":"99","v":1}]"#;
    assert_eq!(bench.write("/42769/3", unknown), Status::Changed);
    assert_eq!(
        bench.tree.value(path("/42769/3/0")),
        Some(ValueRef::String("three"))
    );
    // A multiple resource is written as a whole.
    for levels in [
        r#"[{"bn":"/42769/3/1/","n":"0","v":1},{"n":"7","v":2}]"#,
        r#"[{"n":"/42769/3/1/4","v":9}]"#,
    ] {
        assert_eq!(bench.write("/42769/3/1", levels), Status::Changed);
    }
    let levels = bench.tree.resource_instances(42769, 3, 1).unwrap();
    assert_eq!(levels.collect::<Vec<_>>(), [4]);
}

#[test]
fn an_empty_value_means_none_where_a_resource_cannot_be_empty() {
    let mut bench = Bench::new();
    let key = path("/0/1/8");
    let with_key = r#"[{"bn":"/0/1/","n":"0","vs":"coap://server.example.com"},{"n":"8","vd":"MDEyMzQ1Njc4OWFiY2RlZg"}]"#;
    assert_eq!(bench.write("/0/1", with_key), Status::Changed);
    assert!(bench.tree.value(key).is_some());
    // 16, 32 or 48 bytes: not 3, and nothing for none.
    let short = r#"[{"bn":"/0/1/","n":"8","vd":"MDEy"}]"#;
    assert_eq!(bench.write("/0/1", short), Status::BadRequest);
    assert!(bench.tree.value(key).is_some());
    let empty = r#"[{"bn":"/0/1/","n":"7","vd":""},{"n":"8","vd":""},{"n":"9","vs":""},{"n":"10","v":101}]"#;
    assert_eq!(bench.write("/0/1", empty), Status::Changed);
    assert_eq!(bench.tree.value(path("/0/1/7")), None);
    assert_eq!(bench.tree.value(key), None);
    // Where it can be empty it is.
    assert_eq!(bench.tree.value(path("/0/1/9")), Some(ValueRef::String("")));
    assert_eq!(bench.tree.value(path("/0/1/10")), Some(ValueRef::Integer(101)));
}

#[test]
fn what_was_deleted_and_is_rolled_back_has_never_been_away() {
    let mut bench = Bench::new();
    bench.configure(&two_servers());
    bench.journal = BootstrapJournal::new();
    let changes = |bench: &mut Bench| -> Vec<(Path, ChangeKind)> {
        std::iter::from_fn(|| bench.tree.poll_change())
            .map(|change| (change.path, change.kind))
            .collect()
    };
    changes(&mut bench);
    assert_eq!(bench.delete("/1"), Status::Deleted);
    assert_eq!(
        bench.write("/1/9", r#"[{"bn":"/1/9/","n":"0","v":9}]"#),
        Status::Changed
    );
    std::mem::take(&mut bench.journal).roll_back(&mut bench.tree);
    let changed = changes(&mut bench);
    let values = |id| (Path::instance(1, id), ChangeKind::Value);
    assert_eq!(changed, [values(0), values(1)]);
    // Who has looked meanwhile has seen it go.
    assert_eq!(bench.delete("/1/0"), Status::Deleted);
    let gone = (Path::instance(1, 0), ChangeKind::Deleted);
    assert_eq!(changes(&mut bench)[0], gone);
    std::mem::take(&mut bench.journal).roll_back(&mut bench.tree);
    let come = (Path::instance(1, 0), ChangeKind::Created);
    assert_eq!(changes(&mut bench)[0], come);
}

// proves: BOOT-29
#[test]
fn what_cannot_be_written_changes_nothing() {
    let mut bench = Bench::new();
    bench.configure(&BootstrapConfiguration::new([account(1)]));
    let before = snapshot(&bench.tree);
    let refused: [(&str, &str, Status); 7] = [
        (
            "/42769/0",
            r#"[{"bn":"/42769/0/","n":"0","vs":"x"},{"n":"1/0","vs":"y"}]"#,
            Status::BadRequest,
        ),
        (
            "/42769/0",
            r#"[{"bn":"/42769/0/","n":"0","vs":"x"},{"n":"2","v":1}]"#,
            Status::BadRequest,
        ),
        ("/42769/0", "nonsense", Status::BadRequest),
        ("/3/1", r#"[{"n":"/3/1/0","vs":"x"}]"#, Status::BadRequest),
        ("/99", r#"[{"n":"/99/0/0","vs":"x"}]"#, Status::BadRequest),
        (
            "/1/0",
            r#"[{"n":"/1/0/1","v":5},{"n":"/1/0/0","v":0}]"#,
            Status::BadRequest,
        ),
        ("/1/0", r#"[{"n":"/1/1/1","v":5}]"#, Status::BadRequest),
    ];
    for (at, json, expected) in refused {
        assert_eq!(bench.write(at, json), expected, "{at} {json}");
    }
    for (at, format, expected) in [
        ("/1/0", ContentFormat::TEXT, Status::UnsupportedContentFormat),
        ("/1", ContentFormat::CBOR, Status::UnsupportedContentFormat),
        ("/1/0", ContentFormat(9_999), Status::UnsupportedContentFormat),
        ("/", ContentFormat::SENML_JSON, Status::BadRequest),
        ("/42769/0/1/0", ContentFormat::SENML_JSON, Status::BadRequest),
    ] {
        assert_eq!(bench.write_as(at, format, b"x"), expected, "{at}");
    }
    assert_eq!(snapshot(&bench.tree), before);
}

// proves: BOOT-35 BOOT-36 BOOT-37 BOOT-39 BOOT-40
#[test]
fn a_delete_leaves_the_account_at_the_bootstrap_server_and_the_device() {
    let all = "/0/0 /0/1 /0/2 /1/0 /1/1 /2/0 /2/1 /2/2 /2/3 /2/4 /3/0 /21/0 /21/2 /42769/7";
    for (at, status, left) in [
        ("/", Status::Deleted, "/0/1 /3/0 /21/0"),
        ("/3", Status::Deleted, all),
        ("/42769", Status::Deleted, &all[..all.len() - 9]),
        ("/42769/7", Status::Deleted, &all[..all.len() - 9]),
        ("/3/0", Status::BadRequest, all),
        ("/0/1", Status::BadRequest, all),
        ("/21/0", Status::BadRequest, all),
        ("/42769/0", Status::BadRequest, all),
        ("/99", Status::BadRequest, all),
        ("/42769/7/0", Status::BadRequest, all),
    ] {
        let mut bench = Bench::new();
        bench.configure(&two_servers());
        assert_eq!(bench.instances(), all);
        assert_eq!(bench.delete(at), status, "{at}");
        assert_eq!(bench.instances().trim(), left.trim(), "{at}");
    }
    let mut bench = Bench::new();
    bench.configure(&two_servers());
    assert_eq!(bench.delete("/0"), Status::Deleted);
    let left = bench.instances();
    assert!(
        left.starts_with("/0/1 /2/") && left.ends_with("/3/0 /21/0"),
        "{left}"
    );
}

// proves: BOOT-38
#[test]
fn what_the_account_has_links_to_stays_since_the_version_that_brought_it() {
    static COSE: ObjectDefinition = ObjectDefinition::new(23, "COSE", "urn:oma:lwm2m:oma:23").with_multiple();
    static MQTT: ObjectDefinition = ObjectDefinition::new(24, "MQTT", "urn:oma:lwm2m:oma:24").with_multiple();
    for (version, left) in [
        (Version::V1_2, "/0/1 /3/0 /21/0 /23/1 /24/1"),
        (Version::V1_1, "/0/1 /3/0 /21/0"),
        (Version::V1_0, "/0/1 /3/0"),
    ] {
        let mut bench = Bench::new();
        bench.version = version;
        for definition in [&COSE, &MQTT] {
            for id in 0..2 {
                bench
                    .tree
                    .insert_dynamic(id, DynamicInstance::new(definition))
                    .unwrap();
            }
        }
        bench.tree.update(1, |security: &mut Lwm2mSecurity| {
            security.mqtt_server = Some(Objlnk::new(24, 1));
            security.lwm2m_cose_security = Some([(0, Objlnk::new(23, 1))].into());
        });
        assert_eq!(bench.delete("/"), Status::Deleted);
        assert_eq!(bench.instances(), left);
    }
}

// proves: ACL-23 ACL-24
#[test]
fn with_a_servers_credentials_goes_what_only_that_server_could_use() {
    let mut bench = Bench::new();
    bench.configure(&two_servers());
    assert_eq!(bench.delete("/0/2"), Status::Deleted);
    // Its account, its OSCORE context, its thing, and their rules.
    assert_eq!(bench.instances(), "/0/0 /0/1 /1/0 /2/0 /2/2 /2/4 /3/0 /21/0");
    let rule = |bench: &Bench, id| bench.tree.get::<Lwm2mAccessControl>(id).unwrap().clone();
    assert_eq!(rule(&bench, 2).acl, Some([(101, 15)].into()));
    assert_eq!(rule(&bench, 4).acl, Some([(101, 16)].into()));
    // The other one: the device remains, with nobody but the bootstrap server to give it away.
    assert_eq!(bench.delete("/0/0"), Status::Deleted);
    assert_eq!(bench.instances(), "/0/1 /2/2 /2/4 /3/0 /21/0");
    assert_eq!(rule(&bench, 2).access_control_owner, 65_535);

    let mut bench = Bench::new();
    bench.configure(&two_servers());
    assert_eq!(bench.delete("/0/0"), Status::Deleted);
    assert_eq!(rule(&bench, 2).access_control_owner, 102);
}

// proves: BOOT-54 BOOT-55 BOOT-57 BOOT-58 BOOT-59 BOOT-85
#[test]
fn a_client_does_not_finish_without_a_consistent_configuration() {
    // What the interoperability tests write.
    let mut bench = Bench::new();
    assert_eq!(
        bench.write_as("/1/0/5", ContentFormat::TEXT, b"86400"),
        Status::Changed
    );
    assert_eq!(bench.finish(), Status::NotAcceptable);
    let resource = path("/1/0/0");
    assert_eq!(
        bench.journal.check(&bench.tree),
        Err(Inconsistency::Missing { resource })
    );
    // Corrected, in the same session.
    bench.configure(&BootstrapConfiguration::new([account(1)]));
    assert_eq!(bench.finish(), Status::Changed);
    // An entry for everybody.
    let everybody =
        r#"[{"bn":"/2/0/","n":"0","v":3},{"n":"1","v":0},{"n":"2/0","v":31},{"n":"3","v":65535}]"#;
    assert_eq!(bench.write("/2/0", everybody), Status::Changed);
    assert_eq!(bench.finish(), Status::Changed);

    let refused = |change: &dyn Fn(&mut Bench)| {
        let mut bench = Bench::new();
        bench.configure(&two_servers());
        assert_eq!(bench.finish(), Status::Changed);
        change(&mut bench);
        assert_eq!(bench.finish(), Status::NotAcceptable);
        bench.journal.check(&bench.tree).unwrap_err()
    };
    let several = refused(&|bench| {
        assert_eq!(
            bench.write_as("/0/2/1", ContentFormat::TEXT, b"1"),
            Status::Changed
        );
    });
    assert!(matches!(several, Inconsistency::SeveralBootstrapServers { .. }));
    let link = refused(&|bench| {
        assert_eq!(
            bench.write_as("/0/2/17", ContentFormat::TEXT, b"21:9"),
            Status::Changed
        );
    });
    assert!(matches!(link, Inconsistency::Link { .. }));
    let key = refused(&|bench| {
        assert_eq!(
            bench.write_as("/0/2/2", ContentFormat::TEXT, b"0"),
            Status::Changed
        );
    });
    assert!(matches!(key, Inconsistency::Credentials { .. }));

    let mut bench = Bench::new();
    bench.tree.remove_object(2);
    bench.configure(&BootstrapConfiguration::new([account(1)]));
    assert_eq!(bench.finish(), Status::Changed);
    assert_eq!(bench.write("/2/0", everybody), Status::Changed);
    assert_eq!(bench.finish(), Status::NotAcceptable);
    assert_eq!(
        bench.journal.check(&bench.tree),
        Err(Inconsistency::AccessControl)
    );
}

// proves: BOOT-15
#[test]
fn a_pack_replaces_the_objects_in_it() {
    for format in [Format::SenmlJson, Format::SenmlCbor, Format::Lwm2mCbor] {
        let mut bench = Bench::new();
        bench.configure(&two_servers());
        let mut account = account(7);
        account.security_instance = Some(0);
        let values = BootstrapConfiguration::new([account]).number(None).unwrap();
        assert_eq!(bench.pack(&values, format), Ok(()));
        // Objects 2, 21 and 42769 are not in it; rules for accounts that are gone are gone.
        assert_eq!(
            bench.instances(),
            "/0/0 /0/1 /1/0 /2/2 /2/3 /2/4 /3/0 /21/0 /21/2 /42769/7"
        );
        for id in [2, 3, 4] {
            let rule = bench.tree.get::<Lwm2mAccessControl>(id).unwrap();
            assert_eq!(rule.access_control_owner, 65_535, "who is gone owns nothing");
            assert!(rule.acl.as_ref().is_none_or(|acl| acl.is_empty()), "{id}");
        }
        assert_eq!(bench.tree.value(path("/0/0/10")), Some(ValueRef::Integer(7)));
        assert_eq!(bench.tree.value(path("/0/1/1")), Some(ValueRef::Boolean(true)));
    }
}

#[test]
fn a_pack_without_an_account_at_a_server_is_none() {
    let account = BootstrapConfiguration::new([account(7)]).number(None).unwrap();
    let only = |object: u16| {
        let mut values = Values::new();
        for (path, value) in account.below(Path::object(object)) {
            values.set(path, value.to_value());
        }
        values
    };
    for values in [Values::new(), only(0), only(1)] {
        for format in [Format::SenmlJson, Format::SenmlCbor, Format::Lwm2mCbor] {
            let mut bench = Bench::new();
            // What the client has is consistent without it.
            bench.configure(&two_servers());
            assert_eq!(bench.finish(), Status::Changed);
            assert_eq!(bench.pack(&values, format), Err(Status::NotAcceptable));
        }
    }
    // Nor is a payload without a byte.
    let mut bench = Bench::new();
    bench.configure(&two_servers());
    let formats = bench.formats();
    for format in [
        ContentFormat::SENML_JSON,
        ContentFormat(112),
        ContentFormat(11_544),
    ] {
        let pack = Payload::new(format, b"");
        let taken = bench.tree.bootstrap_pack(&mut bench.journal, &formats, pack);
        assert!(taken.is_err(), "{format}");
    }
}

// proves: BOOT-16
#[test]
fn a_pack_that_fails_is_undone() {
    let mut bench = Bench::new();
    bench.configure(&two_servers());
    bench.journal = BootstrapJournal::new();
    let before = snapshot(&bench.tree);
    let mut incomplete = Values::new();
    incomplete.set(path("/1/0/1"), Value::Integer(60));
    let mut unknown = incomplete.clone();
    unknown.set(path("/99/0/0"), Value::Integer(1));
    for (values, expected) in [(incomplete, Status::NotAcceptable), (unknown, Status::BadRequest)] {
        assert_eq!(bench.pack(&values, Format::SenmlCbor), Err(expected));
        assert_ne!(snapshot(&bench.tree), before);
        std::mem::take(&mut bench.journal).roll_back(&mut bench.tree);
        assert_eq!(snapshot(&bench.tree), before);
    }
    let formats = bench.formats();
    for (format, bytes) in [
        (ContentFormat::SENML_JSON, &b"nonsense"[..]),
        (ContentFormat::TLV, b""),
    ] {
        let pack = Payload::new(format, bytes);
        assert!(
            bench
                .tree
                .bootstrap_pack(&mut bench.journal, &formats, pack)
                .is_err()
        );
        assert_eq!(snapshot(&bench.tree), before);
    }
}

#[test]
fn a_tree_is_bounded_for_bootstrap_servers_too() {
    let mut bench = Bench::new();
    let mut config = TreeConfig::default();
    config.max_instances = 4;
    config.max_resource_instances = 2;
    config.max_written_bytes = 500;
    let mut tree = Tree::new(config);
    tree.add_object(&THING).unwrap();
    bench.tree = tree;
    let three = r#"[{"bn":"/42769/0/1/","n":"0","v":1},{"n":"1","v":1},{"n":"2","v":1}]"#;
    assert_eq!(bench.write("/42769/0/1", three), Status::BadRequest);
    for id in 0..4 {
        let text = format!("/42769/{id}/0");
        assert_eq!(bench.write_as(&text, ContentFormat::TEXT, b"x"), Status::Changed);
    }
    assert_eq!(
        bench.write_as("/42769/9/0", ContentFormat::TEXT, b"x"),
        Status::InternalServerError
    );
    // No more than fits is put together.
    let many: Vec<String> = (0..5)
        .map(|id| format!(r#"{{"n":"/42769/{id}/0","vs":"x"}}"#))
        .collect();
    let many = format!(r#"[{},{{"n":"/42769/0/1/0","vs":"wrong"}}]"#, many.join(","));
    assert_eq!(bench.write("/42769", &many), Status::InternalServerError);
    let long = "x".repeat(500);
    assert_eq!(
        bench.write_as("/42769/0/0", ContentFormat::TEXT, long.as_bytes()),
        Status::RequestEntityTooLarge
    );
    // What is deleted makes room.
    assert_eq!(bench.delete("/42769/3"), Status::Deleted);
    assert_eq!(
        bench.write_as("/42769/9/0", ContentFormat::TEXT, b"x"),
        Status::Changed
    );
}

#[derive(Clone, Debug)]
enum Deed {
    Account(u16, u16),
    Thing(u16, u8),
    Levels(u16, Vec<(u16, i64)>),
    Delete(&'static str),
    Pack(u16),
}

fn deed() -> impl Strategy<Value = Deed> {
    let targets = [
        "/", "/0", "/0/0", "/0/2", "/1", "/1/0", "/2", "/2/2", "/3", "/42769", "/42769/7", "/42769/1",
    ];
    prop_oneof![
        (0_u16..4, 101_u16..104).prop_map(|(at, id)| Deed::Account(at, id)),
        (0_u16..9, any::<u8>()).prop_map(|(at, text)| Deed::Thing(at, text)),
        (
            0_u16..9,
            proptest::collection::vec((0_u16..5, any::<i64>()), 0..4)
        )
            .prop_map(|(at, levels)| Deed::Levels(at, levels)),
        proptest::sample::select(targets.to_vec()).prop_map(Deed::Delete),
        (101_u16..104).prop_map(Deed::Pack),
    ]
}

impl Bench {
    fn one(id: u16, at: u16) -> Values {
        let one = ServerAccount {
            security_instance: Some(at),
            server_instance: Some(at),
            ..account(id)
        };
        BootstrapConfiguration::new([one]).number(None).unwrap()
    }

    fn do_it(&mut self, deed: &Deed) {
        match deed {
            Deed::Account(at, id) => {
                let values = Self::one(*id, *at);
                for object in values.paths(Path::ROOT, 1) {
                    self.write_values(object, &values, Format::Tlv);
                }
            }
            Deed::Thing(at, text) => {
                let text = text.to_string();
                self.write_as(&format!("/42769/{at}/0"), ContentFormat::TEXT, text.as_bytes());
            }
            Deed::Levels(at, levels) => {
                let mut values = Values::new();
                for (id, level) in levels {
                    values.set(
                        Path::resource_instance(42769, *at, 1, *id),
                        Value::Integer(*level),
                    );
                }
                self.write_values(Path::resource(42769, *at, 1), &values, Format::Tlv);
            }
            Deed::Delete(at) => {
                self.delete(at);
            }
            Deed::Pack(id) => {
                let _ = self.pack(&Self::one(*id, 4), Format::SenmlCbor);
            }
        }
    }
}

/// What outlives a restart.
fn saved(tree: &Tree) -> Vec<u8> {
    let mut saved = Vec::new();
    tree.save(&mut saved);
    saved
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever a session does: undone, the tree is what it was; and the account at the bootstrap server is always there.
    #[test]
    fn a_session_can_be_undone(deeds in proptest::collection::vec(deed(), 0..12)) {
        let mut bench = Bench::new();
        bench.configure(&two_servers());
        let device = bench.tree.instance(3, 0).unwrap().values().count();
        bench.journal = BootstrapJournal::new();
        let before = snapshot(&bench.tree);
        let kept = saved(&bench.tree);
        for deed in &deeds {
            bench.do_it(deed);
            prop_assert_eq!(bench.tree.value(path("/3/0/0")), Some(ValueRef::String("ACME")));
            prop_assert!(bench.tree.instance(21, 0).is_some() || bench.tree.value(path("/0/1/1")) != Some(ValueRef::Boolean(true)));
        }
        bench.journal.roll_back(&mut bench.tree);
        prop_assert_eq!(snapshot(&bench.tree), before);
        prop_assert_eq!(saved(&bench.tree), kept, "what outlives a restart");
        let after: &dyn Instance = bench.tree.instance(3, 0).unwrap();
        prop_assert_eq!(after.values().count(), device);
    }
}

#[test]
fn what_is_undone_takes_no_room() {
    let mut bench = Bench::new();
    let mut config = TreeConfig::default();
    config.max_written_bytes = 1_000;
    bench.tree = {
        let mut tree = Tree::new(config);
        tree.add_type::<Lwm2mServer>().unwrap();
        tree.insert(
            0,
            Lwm2mServer {
                short_server_id: 1,
                binding: "U".into(),
                ..Lwm2mServer::default()
            },
        )
        .unwrap();
        tree.insert_dynamic(0, thing("a")).unwrap();
        tree
    };
    let text = "x".repeat(800);
    let json = format!(r#"[{{"bn":"/42769/0/0","vs":"{text}"}}]"#);
    assert_eq!(bench.write("/42769/0", &json), Status::Changed);
    std::mem::take(&mut bench.journal).roll_back(&mut bench.tree);
    // Another instance may have as much.
    let json = json.replace("/42769/0", "/42769/1");
    assert_eq!(bench.write("/42769/1", &json), Status::Changed);
}

fn thing(text: &str) -> DynamicInstance {
    let mut thing = DynamicInstance::new(&THING);
    let instance: &mut dyn Instance = &mut thing;
    instance.write(0, None, ValueRef::String(text)).unwrap();
    thing
}
