//! The links that answer a Bootstrap-Discover, written and read.

use lwm2m_runtime::{
    configuration::PresentInstances,
    link::LinkWriter,
    model::{ObjectDefinition, Objlnk, Path, Version},
    object::DynamicInstance,
    objects::{Device, Lwm2mSecurity, Lwm2mServer},
    operation::{BootstrapDiscovery, Discovery, ObjectList, Status},
    tree::{Tree, TreeConfig},
};

static OSCORE: ObjectDefinition = ObjectDefinition::new(21, "OSCORE", "urn:oma:lwm2m:oma:21:2.0")
    .with_version(Version::new(2, 0))
    .with_multiple();
static COSE: ObjectDefinition = ObjectDefinition::new(23, "COSE", "urn:oma:lwm2m:oma:23").with_multiple();
static MQTT: ObjectDefinition = ObjectDefinition::new(24, "MQTT", "urn:oma:lwm2m:oma:24").with_multiple();
static METER: ObjectDefinition = ObjectDefinition::new(3331, "Meter", "urn:oma:lwm2m:ext:3331:1.1")
    .with_version(Version::new(1, 1))
    .with_multiple();
static FIRMWARE: ObjectDefinition =
    ObjectDefinition::new(16, "Portfolio", "urn:oma:lwm2m:oma:16").with_multiple();

/// The client of LwM2M Core 1.2, section 6.1.7.3: a server's account in /0/0, the bootstrap server's in /0/1.
fn client() -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    let server = Lwm2mSecurity {
        lwm2m_server_uri: Some("coaps://server_1.example.com".into()),
        bootstrap_server: Some(false),
        short_server_id: Some(101),
        ..Lwm2mSecurity::default()
    };
    let bootstrap_server = Lwm2mSecurity {
        lwm2m_server_uri: Some("coaps://bootstrap.example.com".into()),
        bootstrap_server: Some(true),
        // Some have one here; it means nothing.
        short_server_id: Some(7),
        ..Lwm2mSecurity::default()
    };
    tree.insert(0, server).unwrap();
    tree.insert(1, bootstrap_server).unwrap();
    let server = Lwm2mServer {
        short_server_id: 101,
        ..Lwm2mServer::default()
    };
    tree.insert(0, server).unwrap();
    tree.insert(0, Device::default()).unwrap();
    tree.add_object(&FIRMWARE).unwrap();
    tree
}

fn discover(tree: &Tree, version: Version, path: Path) -> Result<String, Status> {
    let mut text = String::new();
    BootstrapDiscovery { version, path }
        .write(tree, &mut text)
        .map(|()| text)
}

// proves: BOOT-20 BOOT-21
#[test]
fn the_answer_is_that_of_the_specification() {
    let found = discover(&client(), Version::V1_2, Path::ROOT).unwrap();
    assert_eq!(
        found,
        "</>;lwm2m=1.2,</0/0>;ssid=101;uri=\"coaps://server_1.example.com\",</0/1>,</1/0>;ssid=101,</3/0>,</16>"
    );
}

// proves: BOOT-23
#[test]
fn a_client_of_the_first_version_begins_with_the_bare_version() {
    let mut tree = client();
    for object in [0, 1, 3] {
        tree.remove_object(object);
    }
    let found = discover(&tree, Version::V1_0, Path::ROOT).unwrap();
    assert_eq!(found, "lwm2m=\"1.0\",</16>");
    // No URI there, and versions that the peer would not guess.
    let found = discover(&client(), Version::V1_0, Path::object(0)).unwrap();
    assert_eq!(found, "lwm2m=\"1.0\",</0>;ver=1.2,</0/0>;ssid=101,</0/1>");
}

// proves: BOOT-20
#[test]
fn an_object_alone_may_be_asked_for() {
    let tree = client();
    let discover = |path: &str| discover(&tree, Version::V1_2, path.parse().unwrap());
    assert_eq!(discover("/1"), Ok("</>;lwm2m=1.2,</1/0>;ssid=101".into()));
    assert_eq!(discover("/16"), Ok("</>;lwm2m=1.2,</16>".into()));
    assert_eq!(discover("/5"), Err(Status::NotFound));
    assert_eq!(discover("/1/0"), Err(Status::BadRequest));
}

// proves: BOOT-21 BOOT-22
#[test]
fn what_an_account_is_linked_with_carries_its_number() {
    let mut tree = client();
    for definition in [&OSCORE, &COSE, &MQTT] {
        for id in 0..2 {
            tree.insert_dynamic(id, DynamicInstance::new(definition)).unwrap();
        }
    }
    for (security, linked) in [(0, 1), (1, 0)] {
        tree.update(security, |security: &mut Lwm2mSecurity| {
            security.oscore_security_mode = Some(Objlnk::new(21, linked));
            security.mqtt_server = Some(Objlnk::new(24, linked));
            security.lwm2m_cose_security = Some([(3, Objlnk::new(23, linked))].into());
        });
    }
    let found = discover(&tree, Version::V1_2, Path::ROOT).unwrap();
    assert!(
        found.ends_with("</16>,</21/0>,</21/1>;ssid=101,</23/0>,</23/1>;ssid=101,</24/0>,</24/1>;ssid=101"),
        "{found}"
    );
    // The parameter came with the objects that it is for.
    let found = discover(&tree, Version::V1_1, Path::ROOT).unwrap();
    assert!(
        found.ends_with("</21>;ver=2.0,</21/0>,</21/1>;ssid=101,</23/0>,</23/1>,</24/0>,</24/1>"),
        "{found}"
    );
}

// proves: VER-08
#[test]
fn a_version_is_named_alike_in_every_list_of_links() {
    let mut tree = client();
    tree.insert_dynamic(2, DynamicInstance::new(&METER)).unwrap();
    let named = "</3331>;ver=1.1";
    for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
        let bootstrap = discover(&tree, version, Path::ROOT).unwrap();
        let mut discovered = String::new();
        let mut links = LinkWriter::new(&mut discovered);
        let discovery = Discovery {
            version,
            path: Path::object(3331),
            depth: None,
        };
        discovery
            .for_each_link(
                &tree,
                |_| Default::default(),
                |link| link.write(&mut links).unwrap(),
            )
            .unwrap();
        // Of a Register and of an Update.
        let mut listed = String::new();
        let mut links = LinkWriter::new(&mut listed);
        ObjectList::new(version).for_each_link(&tree, |link| link.write(&mut links).unwrap());
        for list in [&bootstrap, &discovered, &listed] {
            let count = list.split(',').filter(|link| *link == named).count();
            assert_eq!(count, 1, "{list}");
            assert_eq!(list.matches("</16>;ver").count(), 0, "{list}");
        }
    }
}

// proves: BOOT-24 BOOT-25
#[test]
fn answers_of_all_versions_and_manners_are_read_alike() {
    let answers = [
        "</>;lwm2m=1.0,</0/0>;ssid=101;uri=\"coaps://server_1.example.com\",</0/1>,</1/0>;ssid=101,</3/0>,</5>",
        "lwm2m=\"1.0\",</0/0>;ssid=101,</0/1>,</1/0>;ssid=101,</3/0>,</5>",
        "lwm2m=1.0, </0/0>;ssid=\"101\", </0/1/>, </1>;ver=\"1.1\", </1/0>;ssid=101, </3/0>, </5>",
        "</>;lwm2m=\"1.0\";rt=\"x\",</0/0>;ssid=101;foo,</0/1>,</1/0/>;ssid=101,</3/0>,</5>,</other>",
    ];
    let mut expected = PresentInstances::new(Version::V1_0);
    for (path, server) in [
        ("/0/0", Some(101)),
        ("/0/1", None),
        ("/1/0", Some(101)),
        ("/3/0", None),
    ] {
        expected.insert(path.parse().unwrap(), server);
    }
    for answer in answers {
        let present = PresentInstances::read(answer.as_bytes(), 100).unwrap();
        assert_eq!(present.version(), Version::V1_0, "{answer}");
        assert!(
            present.instances().eq(expected.instances()),
            "{answer}: {present:?}"
        );
        assert!(present.has_object(5) && !present.has_object(6));
        assert_eq!(present.bootstrap_server(), Some(1));
        assert_eq!(present.of_server(0, 101), Some(0));
        assert_eq!(present.of_server(1, 101), Some(0));
        assert_eq!(present.of_server(1, 102), None);
    }
    assert!(PresentInstances::read(b"</0/0>,", 100).is_err());
    assert!(PresentInstances::read(b"</0/0>,</0/1>,</0/2>", 2).is_err());
}

#[test]
fn what_is_written_is_read() {
    for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
        let text = discover(&client(), version, Path::ROOT).unwrap();
        let present = PresentInstances::read(text.as_bytes(), 100).unwrap();
        assert_eq!(present.version(), version);
        assert_eq!(present.bootstrap_server(), Some(1));
        assert_eq!(present.of_server(0, 101), Some(0));
        assert!(present.has_object(16));
    }
}

#[test]
fn a_delete_leaves_the_bootstrap_server_and_the_device() {
    let links = "</>;lwm2m=1.1,</0/0>,</0/1>;ssid=1,</1/0>;ssid=1,</3/0>,</16/0>,</21/0>,</21/1>;ssid=1";
    let left = |path: &str| {
        let mut present = PresentInstances::read(links.as_bytes(), 100).unwrap();
        present.delete(path.parse().unwrap());
        let paths = present.instances().map(|(path, _)| path.to_string());
        paths.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(left("/"), "/0/0 /3/0 /21/0");
    assert_eq!(left("/0"), "/0/0 /1/0 /3/0 /16/0 /21/0 /21/1");
    assert_eq!(left("/0/0"), "/0/0 /0/1 /1/0 /3/0 /16/0 /21/0 /21/1");
    assert_eq!(left("/16/0"), "/0/0 /0/1 /1/0 /3/0 /21/0 /21/1");
    assert_eq!(left("/3"), "/0/0 /0/1 /1/0 /3/0 /16/0 /21/0 /21/1");
}
