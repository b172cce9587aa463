//! What of a tree outlives a restart, also into another version of the program.

use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{
        ObjectDefinition, Objlnk, Operations, Path, ResourceDefinition, ResourceType, Time, Value, ValueRef,
        Version,
    },
    object::{DynamicInstance, Instance},
    objects::{Device, Lwm2mServer},
    operation::{Status, TreeView},
    tree::{SnapshotError, Tree, TreeConfig},
};
use proptest::prelude::*;

use super::support::{Bench, path, portfolio, thing, tree};

fn saved(tree: &Tree) -> Vec<u8> {
    let mut saved = Vec::new();
    tree.save(&mut saved);
    saved
}

/// A tree that begins anew with what was kept, all of which fits.
fn restarted(before: &Tree) -> Bench {
    let mut bench = Bench::new(Version::V1_1);
    let restored = bench.tree.restore(&saved(before)).unwrap();
    assert_eq!(restored.lost, []);
    bench
}

#[test]
fn what_servers_have_done_is_kept_and_what_the_program_has_is_not() {
    let mut bench = Bench::new(Version::V1_1);
    assert_eq!(bench.put("/42769/0/0", "7"), Status::Changed);
    assert_eq!(bench.put("/3/0/14", "+02:00"), Status::Changed);
    assert_eq!(
        bench
            .create(16, "[{\"bn\":\"/16/5/0/\",\"n\":\"0\",\"vs\":\"new\"}]")
            .status,
        Status::Created
    );
    assert_eq!(bench.delete("/16/1"), Status::Deleted);
    bench.tree.set(path("/3/0/9"), ValueRef::Integer(12)).unwrap();

    let mut again = tree();
    // The firmware is another one since.
    again
        .update(0, |device: &mut Device| {
            device.firmware_version = Some("2.0".into())
        })
        .unwrap();
    assert_eq!(again.restore(&saved(&bench.tree)).unwrap().lost, []);
    let value = |at: &str| again.value(path(at)).map(ValueRef::to_value);
    assert_eq!(value("/42769/0/0"), Some(Value::Integer(7)));
    assert_eq!(value("/3/0/14"), Some(Value::String("+02:00".into())));
    assert_eq!(value("/16/5/0/0"), Some(Value::String("new".into())));
    assert_eq!(value("/3/0/3"), Some(Value::String("2.0".into())));
    assert_eq!(value("/3/0/9"), Some(Value::Integer(90)), "as the program begins");
    assert_eq!(TreeView::instances(&again, 16).collect::<Vec<_>>(), [0, 5]);
    // And so on, over any number of restarts.
    assert_eq!(saved(&again), saved(&bench.tree));
}

#[test]
fn what_servers_have_removed_stays_away() {
    let mut bench = Bench::new(Version::V1_1);
    bench.tree.set(path("/42769/0/0"), ValueRef::Integer(3)).unwrap();
    let factory = |bench: &mut Bench| bench.tree.set(path("/42769/0/0"), ValueRef::Integer(3)).unwrap();
    let replaced = "[{\"bn\":\"/42769/0/\",\"n\":\"1\",\"vs\":\"one\"},{\"n\":\"11/3\",\"vs\":\"third\"}]";
    assert_eq!(bench.put_json("/42769/0", replaced), Status::Changed);
    assert_eq!(bench.value("/42769/0/0"), None);
    let mut again = Bench::new(Version::V1_1);
    factory(&mut again);
    assert_eq!(again.tree.restore(&saved(&bench.tree)).unwrap().lost, []);
    assert_eq!(again.value("/42769/0/0"), None);
    assert_eq!(again.value("/42769/0/11/0"), None);
    assert_eq!(again.value("/42769/0/11/3"), Some(Value::String("third".into())));

    // An instance of the program's own, and one of a server in its place.
    assert_eq!(bench.delete("/16/1"), Status::Deleted);
    let create = "[{\"bn\":\"/16/1/0/\",\"n\":\"0\",\"vs\":\"new\"}]";
    assert_eq!(bench.create(16, create).status, Status::Created);
    let mut again = restarted(&bench.tree);
    assert_eq!(again.value("/16/1/0/0"), Some(Value::String("new".into())));
    assert_eq!(again.delete("/16/1"), Status::Deleted);
    let again = restarted(&again.tree);
    assert_eq!(again.value("/16/1/0/0"), None);
    // The program insists.
    let mut insists = restarted(&again.tree);
    insists.tree.insert_dynamic(1, portfolio(&["other"])).unwrap();
    assert_eq!(
        restarted(&insists.tree).value("/16/1/0/0"),
        Some(Value::String("other".into()))
    );
}

#[test]
fn the_revision_tells_what_is_worth_keeping() {
    let mut bench = Bench::new(Version::V1_1);
    let mut last = bench.tree.kept_revision();
    let mut moved = |bench: &Bench| {
        let before = std::mem::replace(&mut last, bench.tree.kept_revision());
        last != before
    };
    bench.tree.set(path("/3/0/9"), ValueRef::Integer(12)).unwrap();
    bench.tree.insert_dynamic(9, thing("own")).unwrap();
    bench.tree.remove(42769, 9);
    assert!(!moved(&bench), "the program's own");
    assert_eq!(bench.read("/3/0").status, Status::Content);
    assert_eq!(bench.put("/42769/0/0", "700"), Status::BadRequest);
    assert!(!moved(&bench), "nothing has changed");
    assert_eq!(bench.put("/42769/0/0", "7"), Status::Changed);
    assert!(moved(&bench));
    assert_eq!(bench.put("/42769/0/0", "7"), Status::Changed);
    assert!(!moved(&bench), "it was so already");
    assert_eq!(bench.delete("/16/1"), Status::Deleted);
    assert!(moved(&bench));
    bench
        .tree
        .update(0, |server: &mut Lwm2mServer| server.lifetime = 60)
        .unwrap();
    assert!(moved(&bench), "an account");
    assert!(!bench.tree.keep(4711) && bench.tree.keep(3));
    bench.tree.set(path("/3/0/9"), ValueRef::Integer(13)).unwrap();
    assert!(moved(&bench), "what the program wants kept");
    assert_eq!(restarted(&bench.tree).value("/3/0/9"), Some(Value::Integer(13)));
}

#[test]
fn values_of_every_type_come_back_exactly() {
    let mut bench = Bench::new(Version::V1_1);
    let values = [
        (0, None, ValueRef::Integer(100)),
        (1, None, ValueRef::String("Zürich")),
        (2, None, ValueRef::Objlnk(Objlnk::new(3, 0))),
        (3, None, ValueRef::Corelnk("</3/0>")),
        (4, Some(65_534), ValueRef::Integer(i64::MIN)),
        (4, Some(0), ValueRef::Integer(i64::MAX)),
        (5, None, ValueRef::Opaque(&[0, 255, 1])),
        (6, None, ValueRef::Integer(-1)),
        (9, None, ValueRef::Float(f64::NEG_INFINITY)),
        (10, None, ValueRef::Boolean(true)),
        (12, None, ValueRef::Unsigned(u64::MAX)),
        (13, None, ValueRef::Time(Time(-1))),
    ];
    let mut instance = thing("x");
    let fields: &mut dyn Instance = &mut instance;
    for (resource, id, value) in values {
        fields.write(resource, id, value).unwrap();
    }
    // There, but empty.
    fields.field_mut(11).unwrap().reset();
    bench.tree.insert_dynamic(0, instance).unwrap();
    assert!(bench.tree.keep(42769));
    let again = restarted(&bench.tree);
    for (resource, id, value) in values {
        let at = Path::resource(42769, 0, resource);
        let at = id.map_or(at, |id| at.child(id).unwrap());
        assert_eq!(again.tree.value(at), Some(value), "{at}");
    }
    let names = again.tree.instance(42769, 0).unwrap().field(11).unwrap();
    assert!(names.is_present() && names.is_empty());
}

/// The thing of another version of the program: a number that is a Float now, a text that is a number, levels that are one,
/// and no link.
static OTHER_THING: ObjectDefinition = ObjectDefinition::new(42769, "Thing", "urn:oma:lwm2m:x:42769")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Number", Some(ResourceType::Float), Operations::RW),
        ResourceDefinition::new(1, "Text", Some(ResourceType::Integer), Operations::RW),
        ResourceDefinition::new(4, "Levels", Some(ResourceType::Integer), Operations::RW),
        ResourceDefinition::new(10, "Flag", Some(ResourceType::Boolean), Operations::RW),
        ResourceDefinition::new(20, "New", Some(ResourceType::String), Operations::RW),
    ]);

// proves: ROB-70
#[test]
fn another_version_of_the_program_takes_what_fits_and_reports_the_rest() {
    let mut bench = Bench::new(Version::V1_1);
    let created = "[{\"bn\":\"/42769/4/\",\"n\":\"1\",\"vs\":\"four\"},{\"n\":\"0\",\"v\":4},{\"n\":\"11/0\",\"vs\":\"x\"}]";
    assert_eq!(bench.create(42769, created).status, Status::Created);
    for (at, text) in [
        ("/42769/0/0", "7"),
        ("/42769/0/1", "seven"),
        ("/42769/0/2", "3:0"),
        ("/42769/0/10", "1"),
        ("/3/0/14", "+02:00"),
        ("/1/0/1", "600"),
    ] {
        assert_eq!(bench.put(at, text), Status::Changed, "{at}");
    }
    assert_eq!(
        bench.put_json("/42769/0/4", "[{\"bn\":\"/42769/0/4/\",\"n\":\"2\",\"v\":5}]"),
        Status::Changed
    );
    assert_eq!(bench.put("/6/0/0", "1"), Status::MethodNotAllowed);
    let create = "[{\"bn\":\"/16/3/0/\",\"n\":\"0\",\"vs\":\"new\"}]";
    assert_eq!(bench.create(16, create).status, Status::Created);

    // Without the Portfolio object, without an instance of the Device, and with another thing.
    let mut other = Tree::new(TreeConfig::default());
    other.insert(0, Lwm2mServer::default()).unwrap();
    other.add_type::<Device>().unwrap();
    other
        .insert_dynamic(0, DynamicInstance::new(&OTHER_THING))
        .unwrap();
    let restored = other.restore(&saved(&bench.tree)).unwrap();
    let lost: Vec<String> = restored.lost.iter().map(ToString::to_string).collect();
    assert_eq!(
        lost,
        [
            "/0",
            "/3/0",
            "/16",
            "/42769/0/1",
            "/42769/0/2",
            "/42769/0/4",
            "/42769/4/1",
            "/42769/4/9",
            "/42769/4/11"
        ]
    );
    let value = |at: &str| other.value(path(at)).map(ValueRef::to_value);
    assert_eq!(value("/1/0/1"), Some(Value::Integer(600)));
    assert_eq!(value("/42769/0/0"), Some(Value::Float(7.0)));
    assert_eq!(value("/42769/0/10"), Some(Value::Boolean(true)));
    assert_eq!(value("/42769/4/0"), Some(Value::Float(4.0)));
}

#[test]
fn limits_hold_over_a_restart() {
    let mut bench = Bench::new(Version::V1_1);
    let create = |id: u16| format!("[{{\"bn\":\"/16/{id}/0/\",\"n\":\"0\",\"vs\":\"new\"}}]");
    for id in 10..20 {
        assert_eq!(bench.create(16, &create(id)).status, Status::Created);
    }
    let mut config = TreeConfig::default();
    config.max_instances = 3;
    let mut small = Tree::new(config);
    small.insert_dynamic(0, portfolio(&["own"])).unwrap();
    let restored = small.restore(&saved(&bench.tree)).unwrap();
    assert!(restored.lost.contains(&path("/16/19")));
    assert_eq!(TreeView::instances(&small, 16).collect::<Vec<_>>(), [0, 10, 11]);

    // What was written before counts against the limit of what may be written.
    let mut narrow = Bench::new(Version::V1_1);
    let mut config = TreeConfig::default();
    config.max_written_bytes = 360;
    narrow.tree = Tree::new(config);
    narrow.tree.insert_dynamic(0, portfolio(&["own"])).unwrap();
    let restored = narrow.tree.restore(&saved(&bench.tree)).unwrap();
    assert!(!restored.lost.contains(&path("/16/19")));
    let status = narrow
        .create_as(16, ContentFormat::SENML_JSON, create(30).as_bytes())
        .status;
    assert_eq!(status, Status::RequestEntityTooLarge);
}

/// A snapshot with something of everything in it.
fn snapshot() -> Vec<u8> {
    let mut bench = Bench::new(Version::V1_1);
    assert_eq!(bench.put("/42769/0/0", "7"), Status::Changed);
    assert_eq!(bench.delete("/16/1"), Status::Deleted);
    assert!(bench.tree.keep(42769));
    saved(&bench.tree)
}

proptest! {
    // proves: ROB-70
    #[test]
    fn no_bytes_do_harm(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        end in any::<prop::sample::Index>(),
        tail in prop::collection::vec(any::<u8>(), 0..16),
    ) {
        let mut bytes = snapshot();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(end.index(bytes.len() + 1));
        bytes.extend(tail);
        let mut device = tree();
        let before = saved(&device);
        match device.restore(&bytes) {
            // Whatever was taken can be saved and comes back.
            Ok(_) => {
                let once = saved(&device);
                let mut again = tree();
                prop_assert!(again.restore(&once).is_ok());
            }
            Err(error) => {
                prop_assert_eq!(error, SnapshotError::Malformed);
                prop_assert_eq!(saved(&device), before);
            }
        }
    }
}
