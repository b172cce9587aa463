use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{Value, ValueRef, Version},
    operation::{Depth, Request, Status},
    reporting::AttachedAttributes,
};

use crate::support::path;

use super::{attach, bench, full_device, integer};

#[test]
fn int_201_information_of_the_device_as_text() {
    let mut bench = bench();
    for (at, text) in [
        ("/3/0/0", "Open Mobile Alliance"),
        ("/3/0/1", "Lightweight M2M Client"),
        ("/3/0/2", "345000123"),
    ] {
        let answer = bench.read_as(at, ContentFormat::TEXT);
        assert_eq!((answer.format, answer.text()), (Some(ContentFormat::TEXT), text));
    }
}

#[test]
fn int_203_204_the_device_in_tlv_and_json() {
    for (version, format) in [
        (Version::V1_2, ContentFormat::TLV),
        (Version::V1_0, ContentFormat::TLV),
        (Version::V1_0, ContentFormat::JSON),
    ] {
        let mut bench = bench();
        bench.version = version;
        let answer = bench.read_as("/3/0", format);
        assert_eq!(answer.format, Some(format));
        assert_eq!(
            answer.paths("/3/0"),
            ["/3/0/0", "/3/0/1", "/3/0/2", "/3/0/3", "/3/0/11/0", "/3/0/16"]
        );
    }
}

#[test]
fn int_211_212_single_values_in_cbor() {
    let mut bench = bench();
    for (at, cbor) in [
        ("/1/0/0", &[0x01][..]),
        ("/1/0/6", &[0xf4]),
        ("/1/0/7", &[0x61, b'U']),
    ] {
        let answer = bench.read_as(at, ContentFormat::CBOR);
        assert_eq!(
            (answer.format, &answer.payload[..]),
            (Some(ContentFormat::CBOR), cbor)
        );
    }
    assert_eq!(
        bench.put_as("/1/0/2", ContentFormat::CBOR, &[0x18, 0x65]),
        Status::Changed
    );
    assert_eq!(
        bench.put_as("/1/0/6", ContentFormat::CBOR, &[0xf5]),
        Status::Changed
    );
    assert_eq!(bench.value("/1/0/2"), integer(101));
    assert_eq!(bench.value("/1/0/6"), Some(Value::Boolean(true)));
}

#[test]
fn int_222_223_224_objects_and_instances_with_all_that_is_readable() {
    let mut bench = bench();
    let server = [
        "/1/0/0", "/1/0/1", "/1/0/2", "/1/0/3", "/1/0/5", "/1/0/6", "/1/0/7",
    ];
    assert_eq!(bench.read("/1").paths("/1"), server);
    assert_eq!(bench.read("/1/0").paths("/1/0"), server);
    assert_eq!(bench.read("/3").paths("/3"), bench.read("/3/0").paths("/3/0"));
}

#[test]
fn int_225_one_resource_instance() {
    let mut bench = bench();
    bench.tree.set(path("/3/0/11/1"), ValueRef::Integer(3)).unwrap();
    assert_eq!(bench.read("/3/0/11/1").text(), "3");
    let answer = bench.read_as("/3/0/11/1", ContentFormat::SENML_CBOR);
    assert_eq!(answer.paths("/3/0/11/1"), ["/3/0/11/1"]);
}

#[test]
fn int_229_280_a_composite_read_gives_what_was_asked_for() {
    let mut bench = bench();
    let answer = bench.fetch(&["/3/0/16", "/3/0/11/0", "/1/0"]);
    assert_eq!(
        answer.paths("/"),
        [
            "/1/0/0",
            "/1/0/1",
            "/1/0/2",
            "/1/0/3",
            "/1/0/5",
            "/1/0/6",
            "/1/0/7",
            "/3/0/11/0",
            "/3/0/16"
        ]
    );
}

#[test]
fn int_231_232_reads_at_four_levels_in_senml() {
    let mut bench = bench();
    for format in [ContentFormat::SENML_JSON, ContentFormat::SENML_CBOR] {
        for at in ["/3", "/3/0", "/3/0/11", "/3/0/11/0"] {
            let answer = bench.read_as(at, format);
            assert_eq!((answer.status, answer.format), (Status::Content, Some(format)));
            assert!(answer.paths(at).contains(&"/3/0/11/0".to_owned()));
        }
    }
}

#[test]
fn int_235_a_composite_read_of_the_root_has_no_secrets() {
    let mut bench = bench();
    let paths = bench.fetch(&["/"]).paths("/");
    assert!(paths.contains(&"/1/0/0".to_owned()) && paths.contains(&"/3/0/0".to_owned()));
    for secret in ["/0/", "/21/", "/23/"] {
        assert!(!paths.iter().any(|path| path.starts_with(secret)), "{secret}");
    }
}

#[test]
fn int_236_a_composite_read_leaves_out_what_does_not_exist() {
    let mut bench = bench();
    let answer = bench.fetch(&["/1/0/1", "/1/0/99", "/3/0/0", "/3/1/0"]);
    assert_eq!(answer.paths("/"), ["/1/0/1", "/3/0/0"]);
}

#[test]
fn int_237_the_client_picks_the_format() {
    let mut bench = bench();
    let answer = bench.read("/1");
    assert!(answer.format.is_some());
    assert_eq!(answer.records("/1").len(), 7);
}

#[test]
fn int_260_discover_shows_what_is_attached_and_inherited() {
    let mut bench = bench();
    full_device(&mut bench);
    assert!(!bench.discover("/3").text().contains("pmin"));
    assert_eq!(attach(&mut bench, "/3", "pmin=10&pmax=200"), Status::Changed);
    assert!(
        bench
            .discover("/3/0")
            .text()
            .starts_with("</3/0>;pmin=10;pmax=200,")
    );
    assert_eq!(attach(&mut bench, "/3/0/7", "lt=1&gt=6&st=1"), Status::Changed);
    let links = bench.discover("/3/0/7").text().to_owned();
    assert!(
        links.starts_with("</3/0/7>;dim=2;pmin=10;pmax=200;gt=6;lt=1;st=1"),
        "{links}"
    );
}

#[test]
fn int_261_attributes_at_three_levels() {
    let mut bench = bench();
    assert_eq!(attach(&mut bench, "/3", "pmin=10&pmax=60"), Status::Changed);
    assert_eq!(attach(&mut bench, "/3/0", "pmax=320"), Status::Changed);
    assert_eq!(attach(&mut bench, "/3/0/11/0", "epmin=15"), Status::Changed);
    assert_eq!(
        bench.discover("/3/0/11").text(),
        "</3/0/11>;dim=1;pmin=10;pmax=320,</3/0/11/0>;epmin=15"
    );
}

// proves: DM-42
#[test]
fn int_264_266_discover_with_a_depth() {
    let mut bench = bench();
    attach(&mut bench, "/3/0/11/0", "pmax=7");
    let mut discover = |depth| {
        let request = Request::Discover {
            path: path("/3"),
            depth: Depth::new(depth),
        };
        bench.perform(&request).text().to_owned()
    };
    // The server's default periods are not attached to anything.
    assert_eq!(discover(1), "</3>,</3/0>");
    assert!(discover(3).contains("</3/0/11>;dim=1,</3/0/11/0>;pmax=7,"));
}

#[test]
fn int_281_executable_resources_are_left_out() {
    let mut bench = bench();
    assert_eq!(
        bench.fetch(&["/1/0/1", "/1/0/7", "/1/0/8"]).paths("/"),
        ["/1/0/1", "/1/0/7"]
    );
}

#[test]
fn int_951_each_server_sees_its_own_attributes() {
    let mut bench = bench();
    assert_eq!(attach(&mut bench, "/3/0", "pmin=1&pmax=10"), Status::Changed);
    let mut other = AttachedAttributes::new(16);
    std::mem::swap(&mut bench.attached, &mut other);
    bench.server = 2;
    assert_eq!(attach(&mut bench, "/3/0", "pmin=2&pmax=20"), Status::Changed);
    assert!(
        bench
            .discover("/3/0")
            .text()
            .starts_with("</3/0>;pmin=2;pmax=20,")
    );
    std::mem::swap(&mut bench.attached, &mut other);
    bench.server = 1;
    assert!(
        bench
            .discover("/3/0")
            .text()
            .starts_with("</3/0>;pmin=1;pmax=10,")
    );
}
