use lwm2m_runtime::{
    encoding::{ContentFormat, Format, FormatSet},
    model::{Path, Value, ValueRef, Version},
    object::DynamicInstance,
    operation::{Request, Status},
};

use crate::support::{Bench, PORTFOLIO, path};

const VERSIONS: [Version; 3] = [Version::V1_0, Version::V1_1, Version::V1_2];

// proves: DM-01
#[test]
fn every_level_can_be_read_in_every_version() {
    for version in VERSIONS {
        let mut bench = Bench::new(version);
        assert_eq!(
            bench.read_as("/6", ContentFormat::TLV).paths("/6"),
            ["/6/0/0", "/6/0/1", "/6/0/5"]
        );
        assert_eq!(
            bench.read_as("/6/0", ContentFormat::TLV).paths("/6/0"),
            ["/6/0/0", "/6/0/1", "/6/0/5"]
        );
        let latitude = bench.read_as("/6/0/0", ContentFormat::TEXT);
        assert_eq!(
            (latitude.format, latitude.text()),
            (Some(ContentFormat::TEXT), "43.5723")
        );
        let voltages = bench.read_as("/3/0/7", ContentFormat::TLV);
        assert_eq!(voltages.paths("/3/0/7"), ["/3/0/7/0", "/3/0/7/1"]);
    }
}

// proves: DM-02
#[test]
fn a_resource_instance_is_read_alone() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut bench = Bench::new(version);
        let answer = bench.read_as("/3/0/7/1", ContentFormat::TEXT);
        assert_eq!((answer.status, answer.text()), (Status::Content, "5000"));
        let answer = bench.read_as("/3/0/7/1", ContentFormat::SENML_JSON);
        assert_eq!(answer.text(), r#"[{"bn":"/3/0/7/1","v":5000}]"#);
    }
    assert_eq!(
        Bench::new(Version::V1_0).read("/3/0/7/1").status,
        Status::MethodNotAllowed
    );
}

// proves: DM-04
#[test]
fn the_format_is_what_was_asked_for_or_the_clients_own_choice() {
    let mut bench = Bench::new(Version::V1_1);
    assert_eq!(bench.read("/3/0").format, Some(ContentFormat::SENML_CBOR));
    assert_eq!(bench.read("/3/0/0").format, Some(ContentFormat::TEXT));
    assert_eq!(
        bench.read_as("/3/0", ContentFormat(9999)).status,
        Status::NotAcceptable
    );
    assert_eq!(
        bench.read_as("/3/0", ContentFormat::TEXT).status,
        Status::NotAcceptable
    );
    assert_eq!(
        bench.read_as("/3/0/7", ContentFormat::TEXT).status,
        Status::NotAcceptable
    );
    assert_eq!(
        bench.read_as("/3/0", ContentFormat::LWM2M_CBOR).status,
        Status::NotAcceptable
    );
    bench.formats = FormatSet::of(&[Format::Tlv]);
    assert_eq!(bench.read("/3/0").format, Some(ContentFormat::TLV));
    assert_eq!(bench.read("/3/0/0").format, Some(ContentFormat::TLV));
    assert_eq!(
        bench.read_as("/3/0", ContentFormat::SENML_JSON).status,
        Status::NotAcceptable
    );
    assert_eq!(
        Bench::new(Version::V1_0).read("/3/0").format,
        Some(ContentFormat::TLV)
    );
}

// proves: DM-05
#[test]
fn what_servers_cannot_read_is_left_out() {
    let mut bench = Bench::new(Version::V1_1);
    for (at, value) in [
        ("/42769/0/5", ValueRef::Opaque(b"key")),
        ("/42769/0/6", ValueRef::Integer(7)),
    ] {
        bench.tree.set(path(at), value).unwrap();
    }
    let expected = ["/42769/0/1", "/42769/0/9", "/42769/0/11/0"];
    for at in ["/42769", "/42769/0"] {
        for format in [
            ContentFormat::TLV,
            ContentFormat::SENML_JSON,
            ContentFormat::SENML_CBOR,
        ] {
            assert_eq!(bench.read_as(at, format).paths(at), expected);
        }
    }
}

// proves: DM-06
#[test]
fn an_object_without_instances_is_read_as_nothing() {
    let mut bench = Bench::new(Version::V1_2);
    assert!(bench.tree.remove(16, 0) && bench.tree.remove(16, 1));
    for (format, payload) in [
        (ContentFormat::TLV, &b""[..]),
        (ContentFormat::SENML_JSON, b"[]"),
        (ContentFormat::SENML_CBOR, &[0x80]),
        (ContentFormat::LWM2M_CBOR, &[0xa0]),
    ] {
        let answer = bench.read_as("/16", format);
        assert_eq!((answer.status, answer.format), (Status::Content, Some(format)));
        assert_eq!(answer.payload, payload, "{format}");
    }
}

#[test]
fn an_instance_without_values_is_in_the_answer_where_the_format_can_say_so() {
    let mut bench = Bench::new(Version::V1_1);
    bench.tree.remove(16, 1);
    bench.tree.remove(16, 0);
    let empty = DynamicInstance::new(&PORTFOLIO);
    bench.tree.insert_dynamic(0, empty).unwrap();
    let empty_instance = [0x00, 0x00];
    assert_eq!(bench.read_as("/16", ContentFormat::TLV).payload, empty_instance);
    assert_eq!(bench.read_as("/16", ContentFormat::SENML_JSON).text(), "[]");
}

// proves: DM-07 DM-08
#[test]
fn what_cannot_be_read_is_told_apart() {
    let mut bench = Bench::new(Version::V1_2);
    for (at, status) in [
        // Write-only, without rights, executable.
        ("/5/0/0", Status::MethodNotAllowed),
        ("/42769/0/8", Status::MethodNotAllowed),
        ("/3/0/4", Status::MethodNotAllowed),
        // There is no such object, instance, resource; an optional one that is not there.
        ("/9", Status::NotFound),
        ("/3/1", Status::NotFound),
        ("/3/0/99", Status::NotFound),
        ("/3/0/10", Status::NotFound),
        ("/3/0/7/2", Status::NotFound),
        ("/42769/0/5", Status::NotFound),
        ("/42769/0/7", Status::NotFound),
        // An instance of a resource that has none.
        ("/3/0/9/0", Status::MethodNotAllowed),
        ("/3/0/4/0", Status::MethodNotAllowed),
        ("/3/0/10/0", Status::MethodNotAllowed),
        // Secrets.
        ("/0", Status::Unauthorized),
        ("/0/0/10", Status::Unauthorized),
        ("/21/0", Status::Unauthorized),
        ("/23/7/3", Status::Unauthorized),
    ] {
        assert_eq!(bench.read(at).status, status, "{at}");
    }
    bench.tree.set(path("/42769/0/6"), ValueRef::Integer(1)).unwrap();
    assert_eq!(bench.read("/42769/0/6").status, Status::MethodNotAllowed);
    let root = Request::Read {
        path: Path::ROOT,
        accept: None,
    };
    assert_eq!(bench.perform(&root).status, Status::MethodNotAllowed);
}

#[test]
fn objects_with_secrets_are_those_of_the_version() {
    for (version, oscore, cose) in [
        (Version::V1_0, Status::NotFound, Status::NotFound),
        (Version::V1_1, Status::Unauthorized, Status::NotFound),
        (Version::V1_2, Status::Unauthorized, Status::Unauthorized),
    ] {
        let mut bench = Bench::new(version);
        assert_eq!(bench.read("/0/0/0").status, Status::Unauthorized);
        assert_eq!(bench.read("/21").status, oscore);
        assert_eq!(bench.read("/23").status, cose);
    }
}

#[test]
fn the_application_brings_values_up_to_date_before_they_are_read() {
    let mut bench = Bench::new(Version::V1_1);
    assert_eq!(bench.read("/3/0/9").text(), "89");
    let records = bench.read("/3/0").records("/3/0");
    let battery = records.iter().find(|record| record.path == path("/3/0/9"));
    assert_eq!(battery.unwrap().content.clone().value(), Some(Value::Integer(88)));
    assert_eq!(bench.read("/3/0/0").text(), "ACME");
    assert_eq!(
        bench.program.refreshed,
        [path("/3/0/9"), path("/3/0"), path("/3/0/0")]
    );
    // Nothing of an object with secrets is looked at for a server.
    bench.read("/0/0");
    assert_eq!(bench.program.refreshed.len(), 3);
}

#[test]
fn an_observation_and_its_end_are_read_like_a_read() {
    let mut bench = Bench::new(Version::V1_2);
    let attributes = Default::default();
    for request in [
        Request::Observe {
            path: path("/6/0/0"),
            accept: Some(ContentFormat::TEXT),
            attributes,
        },
        Request::CancelObservation {
            path: path("/6/0/0"),
            accept: Some(ContentFormat::TEXT),
            attributes,
        },
    ] {
        assert_eq!(bench.perform(&request).text(), "43.5723");
    }
}

// proves: REP-39
#[test]
fn what_cannot_be_read_cannot_be_observed() {
    let mut bench = Bench::new(Version::V1_2);
    for (at, status) in [
        ("/3/0/4", Status::MethodNotAllowed),
        ("/5/0/0", Status::MethodNotAllowed),
        ("/3/0/10", Status::NotFound),
        ("/0/0/0", Status::Unauthorized),
    ] {
        let answer = bench.perform(&Request::Observe {
            path: path(at),
            accept: None,
            attributes: Default::default(),
        });
        assert_eq!(answer.status, status, "{at}");
    }
}

#[test]
fn a_number_that_the_format_does_not_have_is_an_error() {
    let mut bench = Bench::new(Version::V1_1);
    bench
        .tree
        .set(path("/42769/0/9"), ValueRef::Float(f64::NAN))
        .unwrap();
    assert_eq!(
        bench.read_as("/42769/0/9", ContentFormat::SENML_JSON).status,
        Status::InternalServerError
    );
    assert_eq!(
        bench.read_as("/42769/0/9", ContentFormat::SENML_CBOR).status,
        Status::Content
    );
}
