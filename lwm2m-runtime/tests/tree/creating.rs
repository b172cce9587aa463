use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{Value, Version},
    operation::Status,
};

use crate::support::{Bench, path};

fn bench() -> Bench {
    Bench::new(Version::V1_2)
}

const COMPLETE: &str = r#"[{"bn":"/42769/5/","n":"1","vs":"five"},{"n":"11/0","vs":"a name"}]"#;

// proves: DM-54
#[test]
fn a_create_with_an_identifier_makes_that_instance() {
    let mut bench = bench();
    let answer = bench.create(42769, COMPLETE);
    assert_eq!((answer.status, answer.created), (Status::Created, None));
    assert_eq!(bench.value("/42769/5/1"), Some(Value::String("five".into())));
    assert_eq!(bench.changes(), ["/42769/5 Created Some(1)"]);
    assert_eq!(bench.program.changed, ["/42769/5 Created true"]);
    assert_eq!(bench.read("/42769/5/1").text(), "five");
}

// proves: DM-54 DM-55 DM-61 DM-62
#[test]
fn a_create_without_an_identifier_gets_a_free_one() {
    let mut bench = bench();
    // Resources without an instance around them.
    let tlv = [0x86, 0, 0x44, 0, b'n', b'a', b'm', b'e'];
    let answer = bench.create_as(16, ContentFormat::TLV, &tlv);
    assert_eq!(
        (answer.status, answer.created),
        (Status::Created, Some(path("/16/2")))
    );
    bench.tree.remove(16, 0);
    // {16: {65535: {0: {0: "name"}}}}
    let cbor = [
        0xa1, 0x10, 0xa1, 0x19, 0xff, 0xff, 0xa1, 0x00, 0xa1, 0x00, 0x64, b'n', b'a', b'm', b'e',
    ];
    let answer = bench.create_as(16, ContentFormat::LWM2M_CBOR, &cbor);
    assert_eq!(
        (answer.status, answer.created),
        (Status::Created, Some(path("/16/0")))
    );
    let answer = bench.create(16, r#"[{"n":"/16/65535/0/0","vs":"name"}]"#);
    assert_eq!(
        (answer.status, answer.created),
        (Status::Created, Some(path("/16/3")))
    );
    assert_eq!(bench.value("/16/3/0/0"), Some(Value::String("name".into())));
}

#[test]
fn a_single_instance_object_gets_instance_0() {
    let mut bench = bench();
    bench.tree.remove(6, 0);
    let json = r#"[{"n":"/6/1/0","v":1.5}]"#;
    assert_eq!(bench.create(6, json).status, Status::BadRequest);
    let answer = bench.create_as(6, ContentFormat::TLV, b"");
    assert_eq!(
        (answer.status, answer.created),
        (Status::Created, Some(path("/6/0")))
    );
    bench.tree.remove(6, 0);
    let answer = bench.create(6, r#"[{"n":"/6/0/0","v":1.5}]"#);
    assert_eq!((answer.status, answer.created), (Status::Created, None));
    // A server cannot write the latitude: the device's own default stands.
    assert_eq!(bench.value("/6/0/0"), Some(Value::Float(0.0)));
    bench.tree.remove(6, 0);
    let both = r#"[{"n":"/6/0/0","v":1.5},{"n":"/6/65535/1","v":1.5}]"#;
    assert_eq!(bench.create(6, both).status, Status::BadRequest);
}

// proves: DM-56 DM-58
#[test]
fn an_identifier_in_use_creates_nothing() {
    let mut bench = bench();
    let before = bench.snapshot();
    let one = r#"[{"n":"/16/1/0/0","vs":"name"}]"#;
    let several = r#"[{"n":"/16/4/0/0","vs":"name"},{"n":"/16/1/0/0","vs":"name"}]"#;
    assert_eq!(bench.create(16, one).status, Status::BadRequest);
    assert_eq!(bench.create(16, several).status, Status::BadRequest);
    assert_eq!(bench.snapshot(), before);
    assert!(bench.changes().is_empty());
    let free = r#"[{"n":"/16/4/0/0","vs":"four"},{"n":"/16/9/0/0","vs":"nine"}]"#;
    let answer = bench.create(16, free);
    assert_eq!((answer.status, answer.created), (Status::Created, None));
    assert_eq!(
        bench.changes(),
        ["/16/4 Created Some(1)", "/16/9 Created Some(1)"]
    );
}

// proves: DM-57 DM-20
#[test]
fn a_create_needs_what_is_mandatory_and_passes_over_what_servers_cannot_write() {
    let mut bench = bench();
    let before = bench.snapshot();
    let without_names = r#"[{"n":"/42769/5/1","vs":"five"}]"#;
    assert_eq!(bench.create(42769, without_names).status, Status::BadRequest);
    assert_eq!(
        bench.create_as(42769, ContentFormat::TLV, b"").status,
        Status::BadRequest
    );
    assert_eq!(bench.snapshot(), before);
    let more = r#"[{"bn":"/42769/5/","n":"1","vs":"five"},{"n":"11/0","vs":"a name"},
        {"n":"9","v":99.5},{"n":"6","v":1},{"n":"999","vs":"?"},{"n":"0","v":50}]"#;
    assert_eq!(bench.create(42769, more).status, Status::Created);
    assert_eq!(bench.value("/42769/5/0"), Some(Value::Integer(50)));
    assert_eq!(bench.value("/42769/5/6"), None);
    // It is mandatory and read-only: there, and not as the server says.
    assert_eq!(bench.value("/42769/5/9"), Some(Value::Float(0.0)));
}

#[test]
fn the_application_gives_values_and_defaults() {
    let mut bench = bench();
    bench.program.defaults = vec![
        (9, None, Value::Float(36.6)),
        (11, Some(0), Value::String("default".into())),
        (0, None, Value::Integer(1)),
    ];
    let answer = bench.create(
        42769,
        r#"[{"bn":"/42769/5/","n":"1","vs":"five"},{"n":"0","v":2}]"#,
    );
    assert_eq!(answer.status, Status::Created);
    assert_eq!(bench.value("/42769/5/9"), Some(Value::Float(36.6)));
    assert_eq!(
        bench.value("/42769/5/11/0"),
        Some(Value::String("default".into()))
    );
    assert_eq!(bench.value("/42769/5/0"), Some(Value::Integer(2)));
}

// proves: DM-58 DM-92
#[test]
fn a_create_that_is_refused_leaves_nothing() {
    let mut bench = bench();
    let before = bench.snapshot();
    for (refused, status) in [
        ("/42769/5", Status::Unauthorized),
        ("/42769/5/1", Status::MethodNotAllowed),
        ("/42769/5/11/0", Status::ServiceUnavailable),
    ] {
        bench.program.refuse = Some((path(refused), status));
        assert_eq!(bench.create(42769, COMPLETE).status, status, "{refused}");
    }
    bench.program.refuse = None;
    for json in [
        r#"[{"bn":"/42769/5/","n":"1","vs":"five"},{"n":"11/0","vs":"a name"},{"n":"0","v":101}]"#,
        r#"[{"bn":"/42769/5/","n":"1","vs":"five"},{"n":"11/0","vs":"a name"},{"n":"2","vlo":"9:0"}]"#,
        r#"[{"bn":"/42769/5/","n":"1","v":5},{"n":"11/0","vs":"a name"}]"#,
        r#"[{"bn":"/42769/5/","n":"1","vs":"five"},{"n":"11/0","vs":"a name"},{"n":"1/0","vs":"x"}]"#,
        r#"[{"bn":"/16/5/","n":"0/0","vs":"five"}]"#,
        r#"[{"#,
    ] {
        assert_eq!(bench.create(42769, json).status, Status::BadRequest, "{json}");
    }
    assert_eq!(bench.snapshot(), before);
    assert!(bench.changes().is_empty() && bench.program.changed.is_empty());
}

// proves: DM-59 OBJ-1-02 OBJ-3-08
#[test]
fn some_objects_cannot_have_another_instance() {
    let mut bench = bench();
    for (object, status) in [
        (3, Status::MethodNotAllowed),
        (6, Status::MethodNotAllowed),
        (1, Status::MethodNotAllowed),
        (0, Status::Unauthorized),
        (9, Status::NotFound),
    ] {
        assert_eq!(
            bench.create_as(object, ContentFormat::TLV, b"").status,
            status,
            "{object}"
        );
    }
    bench.tree.remove(3, 0);
    assert_eq!(
        bench.create_as(3, ContentFormat::TLV, b"").status,
        Status::MethodNotAllowed
    );
    let access = lwm2m_runtime::objects::Lwm2mAccessControl::default();
    bench.tree.insert(0, access).unwrap();
    assert_eq!(
        bench.create_as(2, ContentFormat::TLV, b"").status,
        Status::Unauthorized
    );
    assert_eq!(bench.delete("/2/0"), Status::Unauthorized);
}

// proves: DM-60
#[test]
fn formats_of_a_create_are_told_apart() {
    let mut bench = bench();
    for format in [
        ContentFormat::TEXT,
        ContentFormat::CBOR,
        ContentFormat(9999),
        ContentFormat::SENML_ETCH_JSON,
    ] {
        let answer = bench.create_as(16, format, b"");
        assert_eq!(answer.status, Status::UnsupportedContentFormat, "{format}");
    }
}

#[test]
fn what_servers_create_is_of_the_type_that_was_added() {
    use lwm2m_runtime::objects::Location;
    let mut bench = bench();
    bench.tree.remove(6, 0);
    assert_eq!(
        bench.create_as(6, ContentFormat::TLV, b"").status,
        Status::Created
    );
    assert_eq!(bench.tree.get(0), Some(&Location::default()));
}
