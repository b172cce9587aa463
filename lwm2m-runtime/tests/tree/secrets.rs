//! Objects with secrets, and names below an alternate path.

use lwm2m_runtime::{
    encoding::{ContentFormat, FormatSet, Negotiation},
    link::{AttributeChanges, NotificationAttributes},
    model::{Path, Value, Version},
    objects::Lwm2mSecurity,
    operation::{ExecuteInput, Payload, Request, Status, WriteMode},
    tree::Asker,
};

use crate::support::{Bench, path};

const SECRET: &str = "0123456789abcdef-secret";

fn bench() -> Bench {
    let mut bench = Bench::new(Version::V1_2);
    let security = Lwm2mSecurity {
        lwm2m_server_uri: Some(SECRET.into()),
        public_key_or_identity: Some(SECRET.as_bytes().to_vec()),
        secret_key: Some(SECRET.as_bytes().to_vec()),
        ..Lwm2mSecurity::default()
    };
    bench.tree.insert(0, security).unwrap();
    bench.changes();
    bench
}

fn holds_secret(bytes: &[u8]) -> bool {
    bytes
        .windows(SECRET.len())
        .any(|window| window == SECRET.as_bytes())
}

// proves: DM-69
#[test]
fn every_operation_on_a_secret_is_4_01() {
    let mut bench = bench();
    let before = bench.snapshot();
    let payload = Payload::new(ContentFormat::TLV, b"");
    let text = Payload::new(ContentFormat::TEXT, b"evil");
    let accept = None;
    let attributes = NotificationAttributes::default();
    let changes = AttributeChanges::parse(["pmin=1"]).unwrap();
    let mut requests = vec![Request::Create { object: 0, payload }];
    for path in ["/0", "/0/0", "/0/0/5", "/0/7"].map(path) {
        requests.extend([
            Request::Read { path, accept },
            Request::Discover { path, depth: None },
            Request::WriteAttributes { path, changes },
            Request::Observe {
                path,
                accept,
                attributes,
            },
            Request::CancelObservation {
                path,
                accept,
                attributes,
            },
            Request::Write {
                path,
                mode: WriteMode::Replace,
                payload: text,
            },
            Request::Write {
                path,
                mode: WriteMode::Partial,
                payload,
            },
            Request::Execute {
                path,
                input: ExecuteInput::None,
            },
            Request::Delete { path },
        ]);
    }
    for request in &requests {
        assert_eq!(bench.perform(request).status, Status::Unauthorized, "{request:?}");
    }
    // Also for one that does not exist.
    for at in ["/0/0/0", "/0/7/0", "/0/0/99", "/21/0/0"] {
        let json = format!(r#"[{{"n":"{at}","vs":"evil"}}]"#);
        assert_eq!(
            bench.patch(ContentFormat::SENML_JSON, json.as_bytes()),
            Status::Unauthorized,
            "{at}"
        );
    }
    assert_eq!(bench.snapshot(), before);
    assert!(bench.program.refreshed.is_empty() && bench.program.asked.is_empty());
}

// proves: ROB-50
#[test]
fn secrets_leave_by_no_way() {
    let mut bench = bench();
    assert!(
        bench
            .snapshot()
            .iter()
            .any(|(_, value)| *value == Value::Opaque(SECRET.into()))
    );
    for (paths, status) in [
        (&["/"][..], Status::Content),
        (&["/0/0", "/3/0"], Status::Content),
        (&["/0"], Status::Unauthorized),
        (&["/0/0/5", "/0/0/0"], Status::Unauthorized),
    ] {
        let answer = bench.fetch(paths);
        assert_eq!(answer.status, status);
        assert!(!holds_secret(&answer.payload), "{paths:?}");
    }
    // What Send and stored notifications are made of.
    let formats = Negotiation::with_server(Version::V1_2, FormatSet::ALL);
    let asker = Asker::new(1, &formats);
    for path in [
        Path::ROOT,
        Path::object(0),
        Path::instance(0, 0),
        Path::resource(0, 0, 5),
    ] {
        let all = format!("{:?}", bench.tree.records(asker, &[path]).collect::<Vec<_>>());
        assert!(!all.contains(SECRET), "{path}");
        let mut out = Vec::new();
        let read = bench.tree.read(asker, path, None, &mut out);
        assert!(read.is_err() && out.is_empty());
    }
    assert!(!format!("{:?}", bench.tree).contains(SECRET));
}

// proves: VER-14
#[test]
fn names_may_begin_with_the_alternate_path() {
    let mut bench = bench();
    bench.alternate_path = "lwm2m";
    let json = br#"[{"n":"/lwm2m/3/0/0"},{"n":"/3/0/1"},{"n":"/other/3/0/2"}]"#;
    let request = Request::ReadComposite {
        paths: Payload::new(ContentFormat::SENML_JSON, json),
        accept: Some(ContentFormat::SENML_JSON),
    };
    assert_eq!(
        bench.perform(&request).text(),
        r#"[{"bn":"/lwm2m/","n":"3/0/0","vs":"ACME"},{"n":"3/0/1","vs":"M-1"}]"#
    );
    for json in [
        r#"[{"n":"/lwm2m/42769/0/1","vs":"with"}]"#,
        r#"[{"n":"/42769/0/1","vs":"without"}]"#,
    ] {
        assert_eq!(bench.put_json("/42769/0/1", json), Status::Changed);
        assert_eq!(
            bench.patch(ContentFormat::SENML_JSON, json.as_bytes()),
            Status::Changed
        );
    }
    assert_eq!(bench.value("/42769/0/1"), Some(Value::String("without".into())));
    let other = r#"[{"n":"/other/42769/0/1","vs":"other"}]"#;
    assert_eq!(bench.put_json("/42769/0/1", other), Status::BadRequest);
    assert_eq!(
        bench.patch(ContentFormat::SENML_JSON, other.as_bytes()),
        Status::NotFound
    );
    let create = r#"[{"n":"/lwm2m/16/5/0/0","vs":"five"}]"#;
    assert_eq!(bench.create(16, create).status, Status::Created);
    assert_eq!(
        bench.read_as("/16/5", ContentFormat::TLV).paths("/16/5"),
        ["/16/5/0/0"]
    );
    let other = r#"[{"n":"/other/16/6/0/0","vs":"six"}]"#;
    assert_eq!(bench.create(16, other).status, Status::BadRequest);
}

#[test]
fn names_have_no_alternate_path_before_1_2_and_without_one() {
    let mut bench = bench();
    bench.alternate_path = "lwm2m";
    bench.version = Version::V1_1;
    assert_eq!(
        bench.read_as("/3/0/0", ContentFormat::SENML_JSON).text(),
        r#"[{"bn":"/3/0/0","vs":"ACME"}]"#
    );
    bench.alternate_path = "";
    let with = r#"[{"n":"/lwm2m/42769/0/1","vs":"with"}]"#;
    assert_eq!(bench.put_json("/42769/0/1", with), Status::BadRequest);
}
