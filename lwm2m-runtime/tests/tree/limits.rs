use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{ValueRef, Version},
    operation::Status,
    tree::{Executed, Tree},
};

use crate::support::{Bench, path, portfolio, thing};

fn bench() -> Bench {
    Bench::new(Version::V1_2)
}

// proves: DM-25
#[test]
fn a_server_cannot_bring_a_resource_beyond_the_limit() {
    let mut bench = bench();
    let limit = bench.tree.config().max_resource_instances;
    let records: Vec<_> = (0..limit)
        .map(|id| format!(r#"{{"n":"/42769/0/4/{id}","v":1}}"#))
        .collect();
    assert_eq!(
        bench.put_json("/42769/0/4", &format!("[{}]", records.join(","))),
        Status::Changed
    );
    assert_eq!(bench.put("/42769/0/4/0", "2"), Status::Changed);
    assert_eq!(bench.put("/42769/0/4/65534", "2"), Status::Unauthorized);
    let more = format!(r#"[{},{{"n":"/42769/0/4/9999","v":1}}]"#, records.join(","));
    assert_eq!(bench.put_json("/42769/0/4", &more), Status::Unauthorized);
    assert_eq!(bench.value("/42769/0/4/9999"), None);
}

#[test]
fn what_servers_write_is_bounded_altogether() {
    let mut bench = bench();
    let mut config = *bench.tree.config();
    config.max_written_bytes = 1000;
    bench.tree = Tree::new(config);
    bench.tree.insert_dynamic(0, thing("one")).unwrap();
    bench.tree.insert_dynamic(1, thing("two")).unwrap();
    // The same value again and again takes no more.
    for _ in 0..10 {
        assert_eq!(bench.put("/42769/0/1", &"x".repeat(500)), Status::Changed);
    }
    assert_eq!(
        bench.put("/42769/1/1", &"x".repeat(500)),
        Status::RequestEntityTooLarge
    );
    let patch = format!(
        r#"[{{"n":"/42769/0/11/0","vs":"{}"}},{{"n":"/42769/1/1","vs":"two"}}]"#,
        "x".repeat(500)
    );
    assert_eq!(
        bench.patch(ContentFormat::SENML_JSON, patch.as_bytes()),
        Status::RequestEntityTooLarge
    );
    let another = format!(
        r#"[{{"bn":"/42769/7/","n":"1","vs":"{}"}},{{"n":"11/0","vs":"name"}}]"#,
        "x".repeat(500)
    );
    assert_eq!(
        bench.create(42769, &another).status,
        Status::RequestEntityTooLarge
    );
    // The device itself may hold more. A server can still make it less.
    bench
        .tree
        .set(path("/42769/0/11/0"), ValueRef::String(&"x".repeat(2000)))
        .unwrap();
    assert_eq!(
        bench.put("/42769/0/1", &"x".repeat(501)),
        Status::RequestEntityTooLarge
    );
    assert_eq!(bench.put("/42769/0/1", "x"), Status::Changed);
    assert_eq!(bench.delete("/42769/0"), Status::Deleted);
    assert_eq!(bench.put("/42769/1/1", &"x".repeat(500)), Status::Changed);
}

#[test]
fn what_is_larger_than_the_limits_is_4_13() {
    let mut bench = bench();
    let mut config = *bench.tree.config();
    (
        config.max_value_bytes,
        config.max_records,
        config.max_payload_bytes,
    ) = (8, 2, 100);
    bench.tree = Tree::new(config);
    bench.tree.insert_dynamic(0, thing("one")).unwrap();
    assert_eq!(bench.put("/42769/0/1", "12345678"), Status::Changed);
    assert_eq!(
        bench.put("/42769/0/1", "123456789"),
        Status::RequestEntityTooLarge
    );
    assert_eq!(
        bench.put("/42769/0/1", &"x".repeat(101)),
        Status::RequestEntityTooLarge
    );
    let three = r#"[{"bn":"/42769/0/4/","n":"1","v":1},{"n":"2","v":1},{"n":"3","v":1}]"#;
    assert_eq!(bench.put_json("/42769/0/4", three), Status::RequestEntityTooLarge);
}

#[test]
fn instances_are_bounded() {
    let mut bench = bench();
    let mut config = *bench.tree.config();
    config.max_instances = 2;
    let mut tree = Tree::new(config);
    tree.insert_dynamic(0, portfolio(&["one"])).unwrap();
    bench.tree = tree;
    let two = r#"[{"n":"/16/4/0/0","vs":"four"},{"n":"/16/9/0/0","vs":"nine"}]"#;
    assert_eq!(bench.create(16, two).status, Status::InternalServerError);
    let one = r#"[{"n":"/16/4/0/0","vs":"four"}]"#;
    assert_eq!(bench.create(16, one).status, Status::Created);
    let another = r#"[{"n":"/16/9/0/0","vs":"nine"}]"#;
    assert_eq!(bench.create(16, another).status, Status::InternalServerError);
}

#[test]
fn an_answer_beyond_the_limit_is_an_error() {
    let mut bench = Bench::new(Version::V1_1);
    let mut config = *bench.tree.config();
    config.max_answer_bytes = 64;
    let mut tree = Tree::new(config);
    tree.insert_dynamic(0, thing(&"x".repeat(64))).unwrap();
    bench.tree = tree;
    assert_eq!(bench.read("/42769/0").status, Status::InternalServerError);
    assert_eq!(bench.read("/42769/0/1").text().len(), 64);
    assert_eq!(bench.fetch(&["/42769"]).status, Status::InternalServerError);
    assert_eq!(bench.discover("/42769").status, Status::InternalServerError);
}

// proves: DM-83
#[test]
fn what_no_status_of_the_server_fits_is_the_clients_own_mistake() {
    let mut bench = bench();
    bench
        .tree
        .set(path("/42769/0/9"), ValueRef::Float(f64::NAN))
        .unwrap();
    let number = bench.read_as("/42769/0/9", ContentFormat::SENML_JSON);
    assert_eq!(number.status, Status::InternalServerError);
    bench.program.answer = Some(Executed::Done(Status::NotImplemented));
    assert_eq!(bench.execute("/3/0/4", "").status, Status::NotImplemented);
}
