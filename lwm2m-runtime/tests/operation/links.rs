//! The lists of links in Discover, Register and Update.

use std::collections::BTreeMap;

use lwm2m_runtime::{
    encoding::ContentFormat,
    link::{AttributeChanges, LinkWriter, Links, NotificationAttributes, ObjectLink},
    model::{Path, Version},
    operation::{
        Depth, Discovery, ObjectList, Status, TreeView, implied_version, implied_versions, must_name_version,
    },
};
use proptest::prelude::*;

const VERSIONS: [Version; 3] = [Version::V1_0, Version::V1_1, Version::V1_2];

/// Resources of an instance; a multiple one has its instances.
type Resources = BTreeMap<u16, Option<Vec<u16>>>;

#[derive(Clone, Debug, Default)]
struct Tree(BTreeMap<u16, (Version, BTreeMap<u16, Resources>)>);

impl Tree {
    fn object(mut self, id: u16, version: (u8, u8), instances: &[u16]) -> Self {
        let resources = Resources::from([(0, None), (7, Some(vec![0, 1]))]);
        let instances = instances.iter().map(|id| (*id, resources.clone())).collect();
        self.0.insert(id, (Version::new(version.0, version.1), instances));
        self
    }
}

impl TreeView for Tree {
    fn objects(&self) -> impl Iterator<Item = (u16, Version)> {
        self.0.iter().map(|(id, (version, _))| (*id, *version))
    }

    fn instances(&self, object: u16) -> impl Iterator<Item = u16> {
        self.0[&object].1.keys().copied()
    }

    fn resources(&self, object: u16, instance: u16) -> impl Iterator<Item = u16> {
        self.0[&object].1[&instance].keys().copied()
    }

    fn resource_instances(
        &self,
        object: u16,
        instance: u16,
        resource: u16,
    ) -> Option<impl Iterator<Item = u16>> {
        let instances = self.0[&object].1[&instance][&resource].as_ref();
        instances.map(|instances| instances.iter().copied())
    }
}

fn device() -> Tree {
    Tree::default()
        .object(0, (1, 2), &[0, 1])
        .object(1, (1, 2), &[0])
        .object(3, (1, 2), &[0])
        .object(16, (1, 0), &[])
        .object(3303, (1, 1), &[0, 5])
}

fn discover(
    version: Version,
    path: &str,
    depth: Option<u8>,
    attached: &[(&str, &str)],
) -> Result<String, Status> {
    let attached = |path: Path| {
        let own = attached.iter().find(|(at, _)| at.parse() == Ok(path));
        own.map_or(NotificationAttributes::default(), |(_, query)| {
            *AttributeChanges::parse(query.split('&')).unwrap().attributes()
        })
    };
    let discovery = Discovery {
        version,
        path: path.parse().unwrap(),
        depth: depth.and_then(Depth::new),
    };
    let mut text = String::new();
    let mut links = LinkWriter::new(&mut text);
    discovery
        .for_each_link(&device(), attached, |link| link.write(&mut links).unwrap())
        .map(|()| text)
}

// proves: DM-33 DM-43
#[test]
fn a_discover_shows_its_default_levels() {
    for version in VERSIONS {
        let discover = |path| discover(version, path, None, &[]).unwrap();
        assert_eq!(
            discover("/3303"),
            "</3303>;ver=1.1,</3303/0>,</3303/0/0>,</3303/0/7>;dim=2,\
             </3303/5>,</3303/5/0>,</3303/5/7>;dim=2"
        );
        assert_eq!(discover("/3/0"), "</3/0>,</3/0/0>,</3/0/7>;dim=2");
        assert_eq!(discover("/3/0/0"), "</3/0/0>");
        assert_eq!(discover("/16"), "</16>");
    }
    assert_eq!(
        discover(Version::V1_1, "/3/0/7", None, &[]).unwrap(),
        "</3/0/7>;dim=2"
    );
    assert_eq!(
        discover(Version::V1_2, "/3/0/7", None, &[]).unwrap(),
        "</3/0/7>;dim=2,</3/0/7/0>,</3/0/7/1>"
    );
}

// proves: DM-34 DM-35
#[test]
fn a_depth_counts_levels_below_the_target() {
    let discover = |path, depth| discover(Version::V1_2, path, Some(depth), &[]).unwrap();
    assert_eq!(discover("/3", 0), "</3>");
    assert_eq!(discover("/3", 1), "</3>,</3/0>");
    assert_eq!(discover("/3", 2), "</3>,</3/0>,</3/0/0>,</3/0/7>;dim=2");
    assert_eq!(
        discover("/3", 3),
        "</3>,</3/0>,</3/0/0>,</3/0/7>;dim=2,</3/0/7/0>,</3/0/7/1>"
    );
    assert_eq!(discover("/3/0", 0), "</3/0>");
    assert_eq!(discover("/3/0", 1), "</3/0>,</3/0/0>,</3/0/7>;dim=2");
    for depth in [2, 3] {
        assert_eq!(
            discover("/3/0", depth),
            "</3/0>,</3/0/0>,</3/0/7>;dim=2,</3/0/7/0>,</3/0/7/1>"
        );
    }
    assert_eq!(discover("/3/0/7", 0), "</3/0/7>;dim=2");
    for depth in 1..=3 {
        assert_eq!(discover("/3/0/7", depth), "</3/0/7>;dim=2,</3/0/7/0>,</3/0/7/1>");
    }
}

// proves: DM-37 DM-38 DM-42
#[test]
fn links_show_their_own_attributes_and_the_target_what_it_inherits() {
    let attached = [
        ("/3", "pmin=10&pmax=60"),
        ("/3/0", "pmin=20&epmin=1"),
        ("/3/0/7", "lt=1&gt=50"),
        ("/3/0/7/1", "hqmax=3"),
    ];
    let discover = |path| discover(Version::V1_2, path, Some(3), &attached).unwrap();
    assert_eq!(
        discover("/3"),
        "</3>;pmin=10;pmax=60,</3/0>;pmin=20;epmin=1,</3/0/0>,</3/0/7>;dim=2;gt=50;lt=1,</3/0/7/0>,</3/0/7/1>;hqmax=3"
    );
    assert_eq!(
        discover("/3/0/7"),
        "</3/0/7>;dim=2;pmin=20;pmax=60;gt=50;lt=1;epmin=1,</3/0/7/0>,</3/0/7/1>;hqmax=3"
    );
    assert_eq!(discover("/3/0/0"), "</3/0/0>;pmin=20;pmax=60;epmin=1");
}

#[test]
fn a_target_that_is_not_there_has_no_links() {
    let discover = |path| discover(Version::V1_2, path, None, &[]);
    for path in ["/4", "/3/1", "/16/0", "/3/0/1", "/3/1/0", "/4/0/0"] {
        assert_eq!(discover(path), Err(Status::NotFound), "{path}");
    }
    for path in ["/", "/3/0/7/0"] {
        assert_eq!(discover(path), Err(Status::MethodNotAllowed), "{path}");
    }
    for path in ["/0", "/0/0", "/0/0/0"] {
        assert_eq!(discover(path), Err(Status::Unauthorized), "{path}");
    }
}

fn list(list: ObjectList<'_>, tree: &Tree) -> String {
    let mut text = String::new();
    let mut links = LinkWriter::new(&mut text);
    list.for_each_link(tree, |link| link.write(&mut links).unwrap());
    text
}

// proves: REG-17
#[test]
fn an_object_list_has_instances_and_empty_objects_and_none_with_secrets() {
    let tree = device().object(21, (2, 0), &[0]).object(23, (1, 0), &[]);
    let of = |version| list(ObjectList::new(version), &tree);
    assert_eq!(
        of(Version::V1_2),
        "</1/0>,</3/0>,</16>,</3303>;ver=1.1,</3303/0>,</3303/5>"
    );
    let v1_1 = of(Version::V1_1);
    assert!(
        !v1_1.contains("</0") && !v1_1.contains("</21") && v1_1.contains("</23>"),
        "{v1_1}"
    );
}

// proves: REG-20 REG-21 REG-23
#[test]
fn the_root_link_says_where_the_objects_are_and_what_formats_there_are() {
    let tree = Tree::default().object(1, (1, 1), &[0]).object(3303, (1, 0), &[]);
    let of = |alternate_path, formats: &[_]| {
        let version = Version::V1_1;
        list(
            ObjectList {
                version,
                alternate_path,
                formats,
            },
            &tree,
        )
    };
    let (json, cbor) = (ContentFormat::SENML_JSON, ContentFormat::CBOR);
    assert_eq!(of("", &[json]), "</>;ct=110,</1/0>,</3303>");
    assert_eq!(of("", &[json, cbor]), "</>;ct=\"110 60\",</1/0>,</3303>");
    assert_eq!(
        of("/lwm2m/", &[json, cbor]),
        "</lwm2m>;rt=\"oma.lwm2m\";ct=\"110 60\",</lwm2m/1/0>,</lwm2m/3303>"
    );
    assert_eq!(of("a/b", &[]), "</a/b>;rt=\"oma.lwm2m\",</a/b/1/0>,</a/b/3303>");
    let old = ObjectList {
        formats: &[ContentFormat::JSON],
        ..ObjectList::new(Version::V1_0)
    };
    assert_eq!(
        list(old, &Tree::default().object(3, (1, 0), &[0])),
        "</>;ct=11543,</3/0>"
    );
}

// proves: VER-05 VER-06 DM-39
#[test]
fn versions_stand_on_object_links_where_the_peer_would_assume_another() {
    let tree = |device, servers: &[u16]| {
        Tree::default()
            .object(1, (1, 1), servers)
            .object(3, device, &[0])
            .object(4, (1, 2), &[0])
    };
    let of = |tree: &Tree, version| list(ObjectList::new(version), tree);
    assert_eq!(
        of(&tree((1, 1), &[0]), Version::V1_1),
        "</1/0>,</3/0>,</4/0>",
        "the enabler's own"
    );
    assert_eq!(
        of(&tree((1, 0), &[0, 1]), Version::V1_2),
        "</1>;ver=1.1,</1/0>,</1/1>,</3>;ver=1.0,</3/0>,</4>;ver=1.2,</4/0>"
    );
    assert_eq!(
        of(&tree((1, 2), &[]), Version::V1_1),
        "</1>,</3>;ver=1.2,</3/0>,</4/0>"
    );
    assert_eq!(
        of(&Tree::default().object(3303, (1, 1), &[]), Version::V1_0),
        "</3303>;ver=1.1"
    );
    for version in VERSIONS {
        let discovered = discover(version, "/3303", Some(0), &[]).unwrap();
        assert!(discovered.starts_with("</3303>;ver=1.1"), "{discovered}");
        let discovered = discover(version, "/3", Some(0), &[]).unwrap();
        assert_eq!(
            discovered.starts_with("</3>;ver=1.2"),
            version < Version::V1_2,
            "{discovered}"
        );
    }
}

// proves: VER-07
#[test]
fn an_absent_version_is_the_enablers_for_core_objects_and_1_0_for_others() {
    let version = |major, minor| Version::new(major, minor);
    let table = [
        (0, [version(1, 0), version(1, 1), version(1, 2)]),
        (1, [version(1, 0), version(1, 1), version(1, 2)]),
        (2, [version(1, 0), version(1, 0), version(1, 1)]),
        (3, [version(1, 0), version(1, 1), version(1, 2)]),
        (4, [version(1, 0), version(1, 2), version(1, 3)]),
        (5, [version(1, 0), version(1, 0), version(1, 1)]),
        (6, [version(1, 0); 3]),
        (7, [version(1, 0); 3]),
        (21, [version(1, 0), version(1, 0), version(2, 0)]),
        (23, [version(1, 0); 3]),
        (3303, [version(1, 0); 3]),
    ];
    for (object, versions) in table {
        for (enabler, expected) in VERSIONS.into_iter().zip(versions) {
            assert_eq!(
                implied_version(object, enabler),
                expected,
                "{object} in {enabler}"
            );
            let readings = implied_versions(object, enabler);
            let contradictory = matches!((object, enabler.minor()), (5, 1 | 2) | (2 | 21, 1));
            assert_eq!(
                readings.len(),
                if contradictory { 2 } else { 1 },
                "{object} in {enabler}"
            );
            for reading in readings {
                assert_eq!(must_name_version(object, *reading, enabler), contradictory);
            }
            assert!(must_name_version(object, version(9, 9), enabler));
        }
    }
    assert_eq!(implied_versions(5, Version::V1_2), [version(1, 1), version(1, 2)]);
    assert_eq!(
        implied_version(3, version(2, 0)),
        version(1, 2),
        "as far as is known"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_instance_is_listed_once_and_can_be_read_again(
        objects in prop::collection::btree_map(
            0_u16..u16::MAX,
            (1_u8..3, 0_u8..3, prop::collection::btree_set(0_u16..u16::MAX, 0..4)),
            0..10
        ),
        minor in 0_u8..=2,
        alternate_path in prop::sample::select(vec!["", "lwm2m", "a/b"]),
    ) {
        let version = Version::new(1, minor);
        let mut tree = Tree::default();
        for (id, (major, minor, instances)) in &objects {
            tree = tree.object(*id, (*major, *minor), &instances.iter().copied().collect::<Vec<_>>());
        }
        let text = list(ObjectList { version, alternate_path, formats: &[] }, &tree);
        let mut read = BTreeMap::<u16, (Option<Version>, Vec<u16>)>::new();
        for link in Links::new(&text) {
            let link = ObjectLink::read(link.unwrap()).unwrap();
            prop_assert_eq!(link.prefix, alternate_path);
            let Some(object) = link.path.object_id() else { continue };
            let (ver, instances) = read.entry(object).or_default();
            *ver = link.attributes.ver.or(*ver);
            instances.extend(link.path.instance_id());
        }
        for (id, (major, minor, instances)) in objects {
            let Some((ver, listed)) = read.remove(&id) else {
                prop_assert!([0, 21, 23].contains(&id));
                continue;
            };
            prop_assert_eq!(ver.unwrap_or(implied_version(id, version)), Version::new(major, minor));
            prop_assert_eq!(listed, instances.into_iter().collect::<Vec<_>>());
        }
        prop_assert!(read.is_empty());
    }
}
