//! The list of objects in a Register (LwM2M Core 1.2, section 6.2.1).

use lwm2m_runtime::{
    coap::Code,
    encoding::{Format, FormatSet},
    link::ObjectLink,
    model::Version,
    operation::{ClientLinks, ClientLinksError, ObjectList, TreeView},
    server::ServerConfig,
};

use crate::support::{LWM2M_1_1, Rig, peer};

fn read(links: &str, version: Version) -> Result<ClientLinks<'_>, ClientLinksError> {
    ClientLinks::read([links], version, 1_000)
}

fn objects(links: &str, version: Version) -> Vec<(u16, String, Vec<u16>)> {
    let read = read(links, version).unwrap();
    read.objects
        .iter()
        .map(|object| (object.id, object.version.to_string(), object.instances.to_vec()))
        .collect()
}

// proves: REG-18
#[test]
fn objects_with_secrets_are_passed_over() {
    let links = "</0/0>,</0>,</1/0>,</21/0>,</23/0>";
    let ids = |version| {
        let objects = objects(links, version);
        objects.iter().map(|object| object.0).collect::<Vec<_>>()
    };
    assert_eq!(ids(Version::V1_0), [1, 21, 23]);
    assert_eq!(ids(Version::V1_1), [1, 23]);
    assert_eq!(ids(Version::V1_2), [1]);
}

// proves: REG-19
#[test]
fn what_is_unknown_is_no_error() {
    let links = concat!(
        "</42768/0>;ver=9.9;colour=red,</3>;ver=0.1;dim=many;if=\"x\",</3/0>,<http://example.org/4/0>,</a/5/0>,",
        "</6/0/1>,</65535/0>,</7/65535>,<>,</sensors>;rt=\"light\",</8>;ver=x,</9/0>;ver=\"1.1.1\",</10/0>;ver"
    );
    assert_eq!(
        objects(links, Version::V1_1),
        [
            (3, "0.1".into(), vec![0]),
            (8, "0.0".into(), vec![]),
            (9, "0.0".into(), vec![0]),
            (10, "0.0".into(), vec![0]),
            (42_768, "9.9".into(), vec![0]),
        ]
    );
    let mut rig = Rig::new();
    assert_eq!(rig.try_register(peer(1), &LWM2M_1_1, links).code, Code::CREATED);
}

// proves: VER-07 VER-11
#[test]
fn an_unnamed_version_is_that_of_the_enabler() {
    let links = "</1/0>,</3/0>,</4/0>,</5/0>,</6/0>,</3303/0>";
    let versions = |version| {
        let objects = objects(links, version);
        objects
            .into_iter()
            .map(|object| object.1)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(versions(Version::V1_0), "1.0 1.0 1.0 1.0 1.0 1.0");
    assert_eq!(versions(Version::V1_1), "1.1 1.1 1.2 1.0 1.0 1.0");
    assert_eq!(versions(Version::V1_2), "1.2 1.2 1.3 1.1 1.0 1.0");
}

#[test]
fn a_version_is_on_the_object_or_on_its_only_instance() {
    assert_eq!(
        objects(
            "</44/0>;ver=2.2,</45>;ver=\"1.3\",</45/1>,</45/0>,</46/0>;ver=1.1,</46>;ver=1.2",
            Version::V1_1
        ),
        [
            (44, "2.2".into(), vec![0]),
            (45, "1.3".into(), vec![0, 1]),
            (46, "1.2".into(), vec![0]),
        ]
    );
}

#[test]
fn the_alternate_path_has_the_objects_below_it() {
    for links in [
        "</lwm2m>;rt=\"oma.lwm2m\";ct=\"110 112\",</lwm2m/1/0>,</3/0>,</lwm2m/3/0>",
        "</lwm2m/1/0>,</lwm2m/3/0>,</other/9/9>,</lwm2m/>;ct=\"110 112\";rt=\"x oma.lwm2m\"",
    ] {
        let client = read(links, Version::V1_1).unwrap();
        assert_eq!(client.alternate_path, "lwm2m");
        assert_eq!(
            client.formats,
            FormatSet::of(&[Format::SenmlJson, Format::SenmlCbor])
        );
        let ids: Vec<u16> = client.objects.iter().map(|object| object.id).collect();
        assert_eq!(ids, [1, 3], "{links}");
    }
    let deep = read("</a/b%2f..>;rt=oma.lwm2m,</a/b%2f../3/0>", Version::V1_1).unwrap();
    assert_eq!(deep.alternate_path, "a/b%2f..", "plain bytes, never resolved");
    assert!(deep.objects.contains(3, 0));
}

// proves: ROB-40
#[test]
fn an_alternate_path_with_a_number_is_refused() {
    for links in [
        "</lwm2m/5>;rt=\"oma.lwm2m\",</lwm2m/5/3/0>",
        "</3>;rt=\"oma.lwm2m\"",
        "</a>;rt=\"oma.lwm2m\",</b>;rt=\"oma.lwm2m\"",
    ] {
        assert_eq!(
            read(links, Version::V1_1),
            Err(ClientLinksError::AlternatePath),
            "{links}"
        );
        let mut rig = Rig::new();
        assert_eq!(
            rig.try_register(peer(1), &LWM2M_1_1, links).code,
            Code::BAD_REQUEST
        );
    }
}

#[test]
fn formats_are_announced_on_the_root() {
    let formats = |links| read(links, Version::V1_1).unwrap().formats;
    assert_eq!(formats("</>;ct=110,</3/0>"), FormatSet::of(&[Format::SenmlJson]));
    assert_eq!(
        formats("</>;ct=\"110 60 9999 x\",</3/0>;ct=112"),
        FormatSet::of(&[Format::SenmlJson, Format::Cbor])
    );
    // REG-21: a client of 1.0.
    assert_eq!(
        formats("</>;rt=\"oma.lwm2m\";ct=11543,</3/0>"),
        FormatSet::of(&[Format::Json])
    );
}

// proves: ROB-34
#[test]
fn lists_that_are_none_or_too_long_are_refused() {
    let mut rig = Rig::with(ServerConfig {
        max_objects: 100,
        max_alternate_path: 20,
        ..Default::default()
    });
    for links in [
        "<",
        "</3/0",
        "</3/0>;",
        "</3/0>,",
        "</3/0></4/0>",
        "</3/0>;a=\"",
        "</3 /0>",
        "3/0",
        "<<<<<<<",
        "</alternate/path/that/is/long>;rt=oma.lwm2m",
    ] {
        assert_eq!(
            rig.try_register(peer(1), &LWM2M_1_1, links).code,
            Code::BAD_REQUEST,
            "{links}"
        );
    }
    let list = |count| {
        (0..count)
            .map(|n| format!("</9/{n}>"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let ninety: String = list(90);
    assert_eq!(rig.try_register(peer(1), &LWM2M_1_1, &ninety).code, Code::CREATED);
    let (full, over) = (list(100), list(101));
    assert!(ClientLinks::read([&*full], Version::V1_1, 100).is_ok());
    let over = ClientLinks::read([&*over], Version::V1_1, 100);
    assert_eq!(over, Err(ClientLinksError::TooMany));
}

#[test]
fn any_object_and_instance_is_found() {
    let mut random = lwm2m_runtime::random::Random::new(3);
    for count in [0, 1, 2, 3, 10, 300] {
        let mut listed = std::collections::BTreeSet::new();
        let mut links = Vec::new();
        for _ in 0..count {
            let (object, instance) = (1 + random.up_to(60) as u16 * 7, random.up_to(9) as u16);
            // Some of them twice.
            listed.insert((object, instance));
            links.push(format!("</{object}/{instance}>"));
        }
        let links = links.join(",");
        let table = read(&links, Version::V1_1).unwrap().objects;
        assert_eq!(table.is_empty(), count == 0);
        let read_back: Vec<_> = table
            .iter()
            .flat_map(|object| {
                object
                    .instances
                    .iter()
                    .map(move |instance| (object.id, *instance))
            })
            .collect();
        let expected: Vec<_> = listed
            .iter()
            .copied()
            .filter(|(object, _)| *object != 21)
            .collect();
        assert_eq!(read_back, expected);
        for object in 0..450 {
            let own = listed.iter().filter(|(id, _)| *id == object).count();
            assert_eq!(table.get(object).map_or(0, |object| object.instances.len()), own);
            for instance in 0..10 {
                assert_eq!(
                    table.contains(object, instance),
                    listed.contains(&(object, instance))
                );
            }
        }
    }
}

/// A tree with an object of two instances and one of none.
struct Tree;

impl TreeView for Tree {
    fn objects(&self) -> impl Iterator<Item = (u16, Version)> {
        [(1, Version::V1_1), (5, Version::V1_2), (3303, Version::V1_1)].into_iter()
    }

    fn instances(&self, object: u16) -> impl Iterator<Item = u16> {
        let instances: &[u16] = match object {
            1 => &[0],
            3303 => &[2, 9],
            _ => &[],
        };
        instances.iter().copied()
    }

    fn resources(&self, _: u16, _: u16) -> impl Iterator<Item = u16> {
        [].into_iter()
    }

    fn resource_instances(&self, _: u16, _: u16, _: u16) -> Option<impl Iterator<Item = u16>> {
        None::<std::vec::IntoIter<u16>>
    }
}

#[test]
fn what_a_client_lists_a_server_reads() {
    let mut text = String::new();
    let list = ObjectList {
        alternate_path: "lwm2m",
        formats: &[lwm2m_runtime::encoding::ContentFormat::SENML_CBOR],
        ..ObjectList::new(Version::V1_1)
    };
    list.for_each_link(&Tree, |link: &ObjectLink<'_>| {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&link.to_string());
    });
    let client = read(&text, Version::V1_1).unwrap();
    assert_eq!(client.alternate_path, "lwm2m");
    assert_eq!(client.formats, FormatSet::of(&[Format::SenmlCbor]));
    let objects: Vec<_> = client
        .objects
        .iter()
        .map(|object| (object.id, object.version, object.instances.to_vec()))
        .collect();
    assert_eq!(
        objects,
        [
            (1, Version::V1_1, vec![0]),
            (5, Version::V1_2, vec![]),
            (3303, Version::V1_1, vec![2, 9])
        ]
    );
    assert!(client.objects.contains(3303, 9) && !client.objects.contains(3303, 3));
}
