use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::{Path, Value, ValueRef, Version},
    operation::Status,
};
use lwm2m_tests::pair::{format, path, values};

use crate::fixtures::{VERSIONS, full_tree, registered, registered_with};

/// The formats of a version that hold several values, and those for one value.
fn formats(version: Version) -> (&'static [ContentFormat], &'static [ContentFormat]) {
    const TEXT: ContentFormat = ContentFormat::TEXT;
    const CBOR: ContentFormat = ContentFormat::CBOR;
    const TLV: ContentFormat = ContentFormat::TLV;
    const SENML_JSON: ContentFormat = ContentFormat::SENML_JSON;
    const SENML_CBOR: ContentFormat = ContentFormat::SENML_CBOR;
    match version {
        Version::V1_0 => (&[TLV, ContentFormat::JSON], &[TEXT]),
        Version::V1_1 => (&[TLV, SENML_JSON, SENML_CBOR], &[TEXT, CBOR]),
        _ => (
            &[TLV, SENML_JSON, SENML_CBOR, ContentFormat::LWM2M_CBOR],
            &[TEXT, CBOR],
        ),
    }
}

// proves: DM-89
#[test]
fn every_format_is_read_and_written_at_every_level() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let (multiple, single) = formats(version);
        for accept in multiple {
            for at in ["/16", "/16/0", "/16/0/0", "/16/0/0/2", "/3/0/14"] {
                if version == Version::V1_0 && path(at).depth() == 4 {
                    continue;
                }
                let mark = pair.wire.mark();
                let answer = pair.read(at, Some(*accept));
                assert_eq!(answer.status, Status::Content, "{version} {at} {accept}");
                assert_eq!(format(&answer), accept.format());
                assert!(!pair.decode(at, &answer).is_empty());
                let request = pair.wire.requests(mark, Code::GET, at)[0];
                assert_eq!(request.accept(), Some(accept.0.into()));
                let response = pair.wire.response_to(request).unwrap();
                assert_eq!(response.content_format(), Some(accept.0.into()));
            }
            let text = format!("by {accept}");
            for at in ["/16/0", "/16/0/0"] {
                let all = [
                    ("/16/0/0/0", ValueRef::String("first")),
                    ("/16/0/0/2", ValueRef::String(&text)),
                ];
                let bytes = values(*accept, at, &all);
                let mark = pair.wire.mark();
                assert_eq!(
                    pair.put(at, *accept, &bytes),
                    Status::Changed,
                    "{version} {at} {accept}"
                );
                let request = pair.wire.requests(mark, Code::PUT, at)[0];
                assert_eq!(request.content_format(), Some(accept.0.into()));
                let value = pair.client().tree().value(path("/16/0/0/2"));
                assert_eq!(value, Some(ValueRef::String(&text)));
            }
            if version > Version::V1_0 {
                let bytes = values(*accept, "/16/0/0/2", &[("/16/0/0/2", ValueRef::String("one"))]);
                let status = pair.put("/16/0/0/2", *accept, &bytes);
                assert_eq!(status, Status::Changed, "{version} {accept}");
                let tree = pair.client().tree();
                assert_eq!(tree.value(path("/16/0/0/2")), Some(ValueRef::String("one")));
                assert_eq!(tree.value(path("/16/0/0/0")), Some(ValueRef::String("first")));
            }
        }
        for one in single {
            let mut levels = vec!["/3/0/14"];
            levels.extend((version > Version::V1_0).then_some("/16/0/0/2"));
            for at in levels {
                let text = format!("one by {one}");
                let bytes = values(*one, at, &[(at, ValueRef::String(&text))]);
                assert_eq!(
                    pair.put(at, *one, &bytes),
                    Status::Changed,
                    "{version} {at} {one}"
                );
                let answer = pair.read(at, Some(*one));
                assert_eq!(format(&answer), one.format());
                assert_eq!(pair.decode(at, &answer)[&path(at)], Value::String(text));
            }
        }
    }
}

// proves: ATTR-05 ATTR-24
#[test]
fn every_attribute_of_a_version_can_be_sent() {
    let numbers = "gt=0.0000001&lt=-2500000000000000000000&st=0.5";
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let mut sent = vec![("/6/0/2", "pmin=10&pmax=60"), ("/6/0/2", numbers)];
        if version >= Version::V1_1 {
            sent.push(("/6/0/2", "epmin=5&epmax=50"));
        }
        if version >= Version::V1_2 {
            sent.push(("/6/0/2", "con=1&hqmax=3"));
            sent.push(("/1/0/6", "edge=1"));
        }
        for (at, query) in sent {
            let mark = pair.wire.mark();
            assert_eq!(pair.attributes(at, query), Status::Changed, "{version} {query}");
            let request = pair.wire.requests(mark, Code::PUT, at)[0];
            let mut expected: Vec<_> = query.split('&').collect();
            let mut found = request.query();
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected, "{version}");
            let links = pair.discover(at);
            for parameter in expected {
                assert!(
                    links.contains(&format!(";{parameter}")),
                    "{version} {parameter} in {links}"
                );
            }
        }
    }
    // In an Observe, too.
    let mut pair = registered(Version::V1_2);
    let query = "pmin=1&pmax=2&gt=3&lt=1&st=0.5&epmin=1&epmax=5&con=1&hqmax=4";
    let mark = pair.wire.mark();
    let (_, _) = pair.watch("/3/0/9", query);
    let mut found = pair.wire.requests(mark, Code::GET, "/3/0/9")[0].query();
    let mut expected: Vec<_> = query.split('&').collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    let mark = pair.wire.mark();
    let (_, _) = pair.watch("/1/0/6", "edge=0");
    assert_eq!(
        pair.wire.requests(mark, Code::GET, "/1/0/6")[0].query(),
        ["edge=0"]
    );
    assert!(pair.client().tree().value(Path::resource(1, 0, 6)).is_some());
}
