use lwm2m_runtime::{
    model::{ObjectDefinition, Value, ValueRef, Version},
    object::{Instance, WriteError},
    objects::{Device, Location, Lwm2mServer},
    operation::TreeView,
    reporting::Sample,
    tree::{ChangeKind, Tree, TreeConfig, TreeError},
};

use crate::support::{Bench, path, portfolio, thing};

fn bench() -> Bench {
    Bench::new(Version::V1_1)
}

#[test]
fn what_an_update_changes_is_what_is_another_value() {
    let mut bench = bench();
    let returned = bench.tree.update(0, |device: &mut Device| {
        device.battery_level = Some(10);
        device.manufacturer = Some("ACME".into());
        device.memory_free = Some(5);
        device.firmware_version = None;
        device.power_source_voltage = Some([(0, 3800), (2, 1)].into());
        "returned"
    });
    assert_eq!(returned, Some("returned"));
    assert_eq!(
        bench.changes(),
        [
            "/3/0/3 Value None",
            "/3/0/7 Value None",
            "/3/0/9 Value None",
            "/3/0/10 Value None",
        ]
    );
    assert_eq!(bench.tree.update(1, |_: &mut Device| ()), None);
}

#[test]
fn a_path_changes_once_until_somebody_looks() {
    let mut bench = bench();
    for level in 0..100 {
        bench.tree.set(path("/3/0/9"), ValueRef::Integer(level)).unwrap();
    }
    assert_eq!(bench.changes(), ["/3/0/9 Value None"]);
    assert_eq!(bench.tree.set(path("/3/0/9"), ValueRef::Integer(99)), Ok(()));
    assert!(bench.changes().is_empty());
}

#[test]
fn instances_that_came_and_went_between_two_looks_were_never_there() {
    let mut bench = bench();
    bench.tree.insert_dynamic(5, portfolio(&["five"])).unwrap();
    bench
        .tree
        .set(path("/16/5/0/0"), ValueRef::String("other"))
        .unwrap();
    assert_eq!(bench.changes(), ["/16/5 Created None"]);
    bench.tree.insert_dynamic(6, portfolio(&["six"])).unwrap();
    assert!(bench.tree.remove(16, 6));
    assert!(bench.changes().is_empty());
    bench
        .tree
        .set(path("/16/5/0/0"), ValueRef::String("third"))
        .unwrap();
    bench.tree.remove(16, 5);
    bench.tree.insert_dynamic(5, portfolio(&["five"])).unwrap();
    assert_eq!(bench.changes(), ["/16/5 Deleted None", "/16/5 Created None"]);
    bench.tree.remove(16, 5);
    bench.tree.insert_dynamic(5, portfolio(&["five"])).unwrap();
    bench.tree.remove(16, 5);
    assert_eq!(bench.changes(), ["/16/5 Deleted None"]);
    assert!(!bench.tree.remove(16, 5));
}

#[test]
fn an_instance_in_place_of_another_is_a_change_of_values() {
    let mut bench = bench();
    bench
        .tree
        .insert_dynamic(1, portfolio(&["other", "more"]))
        .unwrap();
    assert_eq!(bench.changes(), ["/16/1/0 Value None"]);
}

#[test]
fn changes_beyond_the_limit_are_put_together() {
    let mut config = TreeConfig::default();
    config.max_changes = 4;
    let mut bench = bench();
    bench.tree = Tree::new(config);
    for id in 0..2 {
        bench.tree.insert_dynamic(id, thing("one")).unwrap();
    }
    assert_eq!(
        bench.changes(),
        [
            "/42769 Created None",
            "/42769/0 Created None",
            "/42769/1 Created None"
        ]
    );
    for resource in [0, 2, 4, 10, 12, 13] {
        let value = match resource {
            2 => ValueRef::Objlnk(Default::default()),
            10 => ValueRef::Boolean(true),
            _ => ValueRef::Integer(1),
        };
        let at = format!("/42769/0/{resource}");
        let at = if resource == 4 { format!("{at}/0") } else { at };
        bench.tree.set(path(&at), value).unwrap();
    }
    bench.tree.remove(42769, 1);
    assert_eq!(bench.changes(), ["/42769/0 Value None", "/42769/1 Deleted None"]);
    for id in 10..20 {
        bench.tree.insert_dynamic(id, thing("one")).unwrap();
    }
    bench.tree.remove(42769, 0);
    assert_eq!(bench.changes(), ["/ Value None"]);
}

#[test]
fn a_tree_refuses_what_cannot_be() {
    static OTHER: ObjectDefinition =
        ObjectDefinition::new(3, "Device", "urn:oma:lwm2m:oma:3:9.9").with_version(Version::new(9, 9));
    let mut tree = crate::support::tree();
    assert_eq!(
        tree.add_object(&OTHER),
        Err(TreeError::Version {
            object: 3,
            present: Version::V1_2
        })
    );
    assert_eq!(
        tree.insert(1, Device::default()),
        Err(TreeError::Single { object: 3 })
    );
    assert_eq!(
        tree.insert(u16::MAX, Lwm2mServer::default()),
        Err(TreeError::Identifier)
    );
    assert!(matches!(
        tree.set(path("/3/0/9"), ValueRef::Integer(101)),
        Err(TreeError::Write {
            error: WriteError::Constraint(_),
            ..
        })
    ));
    assert!(matches!(
        tree.set(path("/3/0/9"), ValueRef::String("full")),
        Err(TreeError::Write { .. })
    ));
    for at in ["/", "/3", "/3/0", "/3/1/0", "/9/0/0"] {
        let error = TreeError::NotFound { path: path(at) };
        assert_eq!(tree.set(path(at), ValueRef::Integer(1)), Err(error));
        assert!(!tree.remove_value(path(at)));
    }
    assert_eq!(tree.poll_change(), None);
    let mut config = TreeConfig::default();
    config.max_instances = 1;
    let mut tree = Tree::new(config);
    tree.insert(0, Device::default()).unwrap();
    assert_eq!(tree.insert(0, Lwm2mServer::default()), Err(TreeError::Full));
    assert_eq!(tree.insert(0, Device::default()), Ok(()));
}

#[test]
fn the_device_sets_what_no_server_may() {
    let mut bench = bench();
    bench.tree.set(path("/3/0/0"), ValueRef::String("Other")).unwrap();
    bench.tree.set(path("/42769/0/6"), ValueRef::Integer(5)).unwrap();
    bench.tree.set(path("/3/0/11/3"), ValueRef::Integer(7)).unwrap();
    assert_eq!(bench.value("/42769/0/6"), Some(Value::Integer(5)));
    assert!(bench.tree.remove_value(path("/3/0/11/3")));
    assert!(!bench.tree.remove_value(path("/3/0/11/3")));
    assert!(bench.tree.remove_value(path("/3/0/0")));
    // A typed resource that always exists.
    assert!(!bench.tree.remove_value(path("/3/0/16")));
    let device: &Device = bench.tree.get(0).unwrap();
    assert_eq!(device.manufacturer, None);
}

#[test]
fn an_object_can_come_and_go() {
    let mut tree = Tree::new(TreeConfig::default());
    tree.add_type::<Location>().unwrap();
    tree.add_object(&crate::support::PORTFOLIO).unwrap();
    let objects: Vec<_> = tree.objects().map(|(id, _)| id).collect();
    assert_eq!(objects, [6, 16]);
    assert_eq!(tree.instances(6).count(), 0);
    tree.insert(0, Location::default()).unwrap();
    assert!(tree.remove_object(6));
    assert!(!tree.remove_object(6));
    let change = tree.poll_change().unwrap();
    assert_eq!((change.path, change.kind), (path("/16"), ChangeKind::Created));
    assert_eq!(tree.poll_change(), None);
    tree.insert_dynamic(0, portfolio(&["one"])).unwrap();
    while tree.poll_change().is_some() {}
    tree.remove_object(16);
    let gone: Vec<_> = std::iter::from_fn(|| tree.poll_change()).collect();
    let gone: Vec<_> = gone
        .iter()
        .map(|change| format!("{} {:?}", change.path, change.kind))
        .collect();
    assert_eq!(gone, ["/16 Deleted", "/16/0 Deleted"]);
    assert!(tree.get::<Location>(0).is_none());
    assert_eq!(format!("{tree:?}"), "{}");
}

#[test]
fn an_object_has_one_definition() {
    static OTHER: ObjectDefinition =
        ObjectDefinition::new(16, "Portfolio", "urn:oma:lwm2m:oma:16").with_multiple();
    let mut tree = Tree::new(TreeConfig::default());
    tree.add_object(&OTHER).unwrap();
    tree.insert_dynamic(0, portfolio(&["one"])).unwrap();
    assert_eq!(tree.definition(16), Some(&crate::support::PORTFOLIO));
    assert_eq!(tree.add_object(&OTHER), Err(TreeError::Definition { object: 16 }));
    tree.remove(16, 0);
    tree.add_object(&OTHER).unwrap();
    assert_eq!(tree.definition(16), Some(&OTHER));
}

#[test]
fn samples_are_of_what_servers_can_read() {
    let mut bench = bench();
    let sample = |bench: &Bench, at: &str| bench.tree.sample(path(at));
    assert_eq!(sample(&bench, "/3/0/9"), Sample::Integer(90));
    assert_eq!(sample(&bench, "/6/0/0"), Sample::Float(43.5723));
    assert_eq!(sample(&bench, "/3/0/7/1"), Sample::Integer(5000));
    assert_eq!(sample(&bench, "/1/0/6"), Sample::Boolean(false));
    bench.tree.set(path("/42769/0/6"), ValueRef::Integer(5)).unwrap();
    bench
        .tree
        .set(path("/5/0/0"), ValueRef::Opaque(b"package"))
        .unwrap();
    for at in [
        "/3/0/10",
        "/3/0/4",
        "/3/0/7/9",
        "/3/1",
        "/9",
        "/42769/0/6",
        "/5/0/0",
        "/3/0/9/0",
    ] {
        assert_eq!(sample(&bench, at), Sample::Absent, "{at}");
    }
}

#[test]
fn a_revision_changes_with_what_it_stands_for_and_with_nothing_else() {
    let mut bench = bench();
    let watched = [
        "/3/0/0",
        "/3/0/7",
        "/3/0",
        "/3",
        "/16/0/0/0",
        "/16/0/0/1",
        "/16/0",
        "/16",
        "/5/0",
    ];
    let samples = |bench: &Bench| watched.map(|at| bench.tree.sample(path(at)));
    let mut before = samples(&bench);
    assert!(before.iter().all(|sample| matches!(sample, Sample::Revision(_))));
    let mut changed = |bench: &Bench| {
        let after = samples(bench);
        let changed: Vec<_> = watched
            .into_iter()
            .zip(before.iter().zip(&after))
            .filter(|(_, (before, after))| before != after)
            .map(|(at, _)| at)
            .collect();
        before = after;
        changed
    };
    bench.tree.set(path("/3/0/0"), ValueRef::String("Other")).unwrap();
    assert_eq!(changed(&bench), ["/3/0/0", "/3/0", "/3"]);
    bench.tree.set(path("/3/0/7/1"), ValueRef::Integer(1)).unwrap();
    assert_eq!(changed(&bench), ["/3/0/7", "/3/0", "/3"]);
    bench
        .tree
        .set(path("/16/0/0/1"), ValueRef::String("new"))
        .unwrap();
    assert_eq!(changed(&bench), ["/16/0/0/1", "/16/0", "/16"]);
    // No server sees it.
    bench
        .tree
        .set(path("/5/0/0"), ValueRef::Opaque(b"package"))
        .unwrap();
    assert_eq!(changed(&bench), [""; 0]);
    bench.tree.remove(16, 1);
    assert_eq!(changed(&bench), ["/16"]);
    bench.tree.remove(16, 0);
    bench.tree.insert_dynamic(0, portfolio(&["new", "new"])).unwrap();
    assert!(changed(&bench).contains(&"/16/0"));
}

#[test]
fn the_tree_knows_which_resources_are_multiple() {
    let tree = crate::support::tree();
    assert!(tree.is_multiple(path("/3/0/7")) && tree.is_multiple(path("/3/0/6")));
    for at in ["/", "/3", "/3/0", "/3/0/9", "/3/0/7/0", "/9/0/0"] {
        assert!(!tree.is_multiple(path(at)), "{at}");
    }
    assert_eq!(tree.instance(16, 0).map(Instance::definition).unwrap().id(), 16);
}
