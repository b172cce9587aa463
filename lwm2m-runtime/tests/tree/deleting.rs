use lwm2m_runtime::{
    model::{Path, Value, Version},
    operation::{Request, Status},
};

use crate::support::{Bench, path};

// proves: DM-65
#[test]
fn an_instance_is_deleted() {
    for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
        let mut bench = Bench::new(version);
        assert_eq!(bench.delete("/16/1"), Status::Deleted);
        assert_eq!(bench.changes(), ["/16/1 Deleted Some(1)"]);
        assert_eq!(bench.program.changed, ["/16/1 Deleted false"]);
        assert_eq!(bench.read("/16/1").status, Status::NotFound);
        for (at, status) in [
            ("/16/1", Status::NotFound),
            ("/9/0", Status::NotFound),
            ("/16", Status::MethodNotAllowed),
            ("/16/0/0", Status::MethodNotAllowed),
            ("/0/0", Status::Unauthorized),
            (
                "/21/0",
                if version == Version::V1_0 {
                    Status::NotFound
                } else {
                    Status::Unauthorized
                },
            ),
        ] {
            assert_eq!(bench.delete(at), status, "{at}");
        }
        let root = Request::Delete { path: Path::ROOT };
        assert_eq!(bench.perform(&root).status, Status::MethodNotAllowed);
    }
}

// proves: DM-66
#[test]
fn a_resource_instance_is_deleted_since_1_2() {
    let mut bench = Bench::new(Version::V1_2);
    assert_eq!(bench.delete("/16/0/0/1"), Status::Deleted);
    assert_eq!(bench.value("/16/0/0/1"), None);
    assert_eq!(bench.value("/16/0/0/0"), Some(Value::String("device".into())));
    assert_eq!(bench.changes(), ["/16/0/0 Value Some(1)"]);
    assert_eq!(bench.program.asked, [(path("/16/0/0/1"), None)]);
    for (at, status) in [
        ("/16/0/0/1", Status::NotFound),
        // The last of a mandatory resource, a read-only resource, a single one.
        ("/16/0/0/0", Status::Unauthorized),
        ("/3/0/7/0", Status::MethodNotAllowed),
        ("/42769/0/1/0", Status::MethodNotAllowed),
    ] {
        assert_eq!(bench.delete(at), status, "{at}");
    }
    for version in [Version::V1_0, Version::V1_1] {
        assert_eq!(Bench::new(version).delete("/16/0/0/1"), Status::MethodNotAllowed);
    }
}

// proves: DM-68 OBJ-1-02 OBJ-3-08
#[test]
fn the_device_and_the_servers_are_never_deleted() {
    let mut bench = Bench::new(Version::V1_2);
    let before = bench.snapshot();
    assert_eq!(bench.delete("/3/0"), Status::MethodNotAllowed);
    assert_eq!(bench.delete("/1/0"), Status::MethodNotAllowed);
    assert_eq!(bench.snapshot(), before);
}

// proves: OBJ-3-01
#[test]
fn the_device_has_its_mandatory_resources_from_the_start() {
    let mut bench = Bench::new(Version::V1_2);
    bench.tree.remove(3, 0);
    bench
        .tree
        .insert(0, lwm2m_runtime::objects::Device::default())
        .unwrap();
    assert_eq!(
        bench.discover("/3").text(),
        "</3>,</3/0>,</3/0/4>,</3/0/11>;dim=0,</3/0/16>"
    );
    assert!(
        bench
            .tree
            .insert(1, lwm2m_runtime::objects::Device::default())
            .is_err()
    );
    assert_eq!(bench.delete("/3/0"), Status::MethodNotAllowed);
}

// proves: DM-92
#[test]
fn the_application_can_refuse() {
    let mut bench = Bench::new(Version::V1_2);
    let before = bench.snapshot();
    bench.program.refuse = Some((path("/16/1"), Status::Unauthorized));
    assert_eq!(bench.delete("/16/1"), Status::Unauthorized);
    bench.program.refuse = Some((path("/16/0/0/1"), Status::MethodNotAllowed));
    assert_eq!(bench.delete("/16/0/0/1"), Status::MethodNotAllowed);
    assert_eq!(bench.snapshot(), before);
    assert!(bench.changes().is_empty());
}

// proves: ROB-62
#[test]
fn what_is_gone_answers_every_operation() {
    let mut bench = Bench::new(Version::V1_2);
    assert_eq!(bench.delete("/42769/0"), Status::Deleted);
    assert_eq!(bench.put("/42769/0/0", "1"), Status::NotFound);
    assert_eq!(bench.post_json("/42769/0", "[]"), Status::NotFound);
    assert_eq!(bench.execute("/42769/0/8", "").status, Status::NotFound);
    assert_eq!(bench.discover("/42769/0").status, Status::NotFound);
    assert_eq!(bench.read("/42769/0").status, Status::NotFound);
    let observe = Request::Observe {
        path: path("/42769/0/1"),
        accept: None,
        attributes: Default::default(),
    };
    assert_eq!(bench.perform(&observe).status, Status::NotFound);
    assert_eq!(bench.read("/42769").status, Status::Content);
}
