use std::collections::BTreeSet;

use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::{Path, Value, ValueRef, Version},
    operation::{Payload, Request, Status},
};
use lwm2m_tests::pair::{client_address, format, path, paths};

use crate::{
    fixtures::{full_tree, registered, registered_with},
    raw::Raw,
};

const SINCE_1_1: [Version; 2] = [Version::V1_1, Version::V1_2];

/// The formats of a list of paths in a version.
fn lists(version: Version) -> &'static [ContentFormat] {
    match version {
        Version::V1_1 => &[ContentFormat::SENML_JSON, ContentFormat::SENML_CBOR],
        _ => &[
            ContentFormat::SENML_ETCH_JSON,
            ContentFormat::SENML_ETCH_CBOR,
            ContentFormat::SENML_JSON,
            ContentFormat::SENML_CBOR,
        ],
    }
}

/// The formats of the answer in a version.
fn answers(version: Version) -> &'static [ContentFormat] {
    match version {
        Version::V1_1 => &[ContentFormat::SENML_JSON, ContentFormat::SENML_CBOR],
        _ => &[
            ContentFormat::SENML_JSON,
            ContentFormat::SENML_CBOR,
            ContentFormat::LWM2M_CBOR,
        ],
    }
}

// proves: DM-71 DM-75 DM-96
#[test]
fn int_229_reads_what_was_asked_for_and_nothing_else() {
    for version in SINCE_1_1 {
        let mut pair = registered(version);
        let listed = ["/3/0/16", "/3/0/11/0", "/1/0"];
        let mark = pair.wire.mark();
        for list in lists(version) {
            for accept in answers(version) {
                let answer = pair.fetch(*list, &listed, *accept);
                assert_eq!(
                    answer.status,
                    Status::Content,
                    "{version} {list} {accept}\n{}",
                    pair.log()
                );
                assert_eq!(format(&answer), accept.format());
                let values = pair.decode("/", &answer);
                let read: Vec<_> = values.keys().map(ToString::to_string).collect();
                let expected = ["/1/0/0", "/1/0/1", "/1/0/6", "/1/0/7", "/3/0/11/0", "/3/0/16"];
                assert_eq!(read, expected, "{version} {list} {accept}");
                assert_eq!(values[&path("/3/0/16")], Value::String("U".into()));
            }
        }
        let request = pair.wire.requests(mark, Code::FETCH, "/")[0];
        assert_eq!(request.content_format(), Some(lists(version)[0].0.into()));
        assert_eq!(request.accept(), Some(answers(version)[0].0.into()));
        assert_eq!(request.observe(), None);
    }
}

#[test]
fn int_280_reads_resources_of_several_objects() {
    for version in SINCE_1_1 {
        let mut pair = registered_with(version, full_tree());
        let answer = pair.fetch(
            lists(version)[0],
            &["/6/0/0", "/4/0/2", "/16/0"],
            ContentFormat::SENML_CBOR,
        );
        let values = pair.decode("/", &answer);
        assert_eq!(values[&path("/6/0/0")], Value::Float(43.5723));
        assert_eq!(values[&path("/4/0/2")], Value::Integer(-92));
        assert_eq!(values.len(), 6);
    }
}

// proves: DM-73
#[test]
fn int_235_the_root_is_everything_but_secrets() {
    for version in SINCE_1_1 {
        let mut tree = full_tree();
        for object in [21, 23] {
            tree.insert_dynamic(0, crate::fixtures::dynamic(object, &[]))
                .unwrap();
        }
        let mut pair = registered_with(version, tree);
        for accept in answers(version) {
            let answer = pair.fetch(lists(version)[0], &["/"], *accept);
            assert_eq!(answer.status, Status::Content, "{}", pair.log());
            let objects: BTreeSet<_> = pair
                .decode("/", &answer)
                .keys()
                .filter_map(Path::object_id)
                .collect();
            assert_eq!(objects, BTreeSet::from([1, 3, 4, 5, 6, 7, 16]), "{accept}");
        }
    }
}

// proves: DM-72
#[test]
fn int_236_what_does_not_exist_is_left_out() {
    for version in SINCE_1_1 {
        let mut pair = registered(version);
        let answer = pair.fetch(
            lists(version)[0],
            &["/3/0/99", "/3/0/0", "/9/0/1"],
            ContentFormat::SENML_CBOR,
        );
        assert_eq!(answer.status, Status::Content);
        let values = pair.decode("/", &answer);
        assert_eq!(values.keys().collect::<Vec<_>>(), [&path("/3/0/0")]);
    }
}

#[test]
fn int_281_what_is_executable_is_left_out() {
    for version in SINCE_1_1 {
        let mut pair = registered(version);
        let answer = pair.fetch(
            lists(version)[0],
            &["/1/0/1", "/1/0/7", "/1/0/8"],
            ContentFormat::SENML_JSON,
        );
        assert_eq!(answer.status, Status::Content);
        let values = pair.decode("/", &answer);
        assert_eq!(
            values.keys().collect::<Vec<_>>(),
            [&path("/1/0/1"), &path("/1/0/7")]
        );
    }
}

// proves: DM-77 DM-101
#[test]
fn int_230_writes_values_of_several_objects_at_once() {
    for version in SINCE_1_1 {
        for format in lists(version).iter().chain(answers(version)) {
            let mut pair = registered_with(version, full_tree());
            let mark = pair.wire.mark();
            let status = pair.patch(
                *format,
                &[
                    ("/1/0/1", ValueRef::Integer(77)),
                    ("/3/0/14", ValueRef::String("+05:00")),
                    ("/16/0/0/2", ValueRef::String("patched")),
                ],
            );
            assert_eq!(status, Status::Changed, "{version} {format}\n{}", pair.log());
            pair.settle();
            let updates = pair.wire.requests_of(mark, client_address(0));
            assert_eq!(updates.len(), 1, "{version} {format}");
            assert_eq!(updates[0].query(), ["lt=77"]);
            assert_eq!(pair.text("/3/0/14"), "+05:00");
            let tree = pair.client().tree();
            assert_eq!(tree.value(path("/16/0/0/2")), Some(ValueRef::String("patched")));
            assert_eq!(
                tree.value(path("/16/0/0/1")),
                Some(ValueRef::String("Host Device Model #1"))
            );
            let request = pair.wire.requests(mark, Code::IPATCH, "/");
            assert_eq!(request.len(), 1);
        }
    }
}

// proves: DM-78
#[test]
fn int_257_a_composite_write_is_done_as_a_whole_or_not_at_all() {
    for version in SINCE_1_1 {
        let mut pair = registered_with(version, full_tree());
        let format = ContentFormat::SENML_CBOR;
        let good = ("/3/0/14", ValueRef::String("+05:00"));
        for (bad, status) in [
            (("/3/0/0", ValueRef::String("mine")), Status::MethodNotAllowed),
            (("/9/0/1", ValueRef::String("x")), Status::NotFound),
            (("/0/0/0", ValueRef::String("coap://x")), Status::Unauthorized),
            (("/1/0/2", ValueRef::String("often")), Status::BadRequest),
        ] {
            for list in [[good, bad], [bad, good]] {
                assert_eq!(pair.patch(format, &list), status, "{version} {list:?}");
                assert_eq!(pair.text("/3/0/14"), "+02:00");
            }
        }
        let both = [good, ("/1/0/1", ValueRef::Integer(99))];
        assert_eq!(pair.patch(format, &both), Status::Changed);
        assert_eq!(
            (pair.text("/3/0/14"), pair.text("/1/0/1")),
            ("+05:00".into(), "99".into())
        );
    }
}

// proves: DM-79
#[test]
fn a_null_removes_a_resource_instance() {
    let mut pair = registered_with(Version::V1_2, full_tree());
    let json = br#"[{"n":"/16/0/0/3","v":null},{"n":"/16/0/0/2","vs":"kept"}]"#;
    let request = Request::WriteComposite {
        payload: Payload::new(ContentFormat::SENML_ETCH_JSON, json),
    };
    assert_eq!(pair.ask(&request).status, Status::Changed);
    let tree = pair.client().tree();
    assert_eq!(tree.value(path("/16/0/0/3")), None);
    assert_eq!(tree.value(path("/16/0/0/2")), Some(ValueRef::String("kept")));
    let plain = Raw::new(Code::IPATCH, "/").payload(110, br#"[{"n":"/16/0/0/2","v":null}]"#);
    assert_eq!(plain.code(&mut pair), Code::BAD_REQUEST);
    assert!(pair.client().tree().value(path("/16/0/0/2")).is_some());
}

// proves: DM-74
#[test]
fn formats_of_composite_requests_that_do_not_fit() {
    for version in SINCE_1_1 {
        let mut pair = registered(version);
        let list = paths(ContentFormat::SENML_JSON, &["/3/0/0"]);
        for (format, payload, accept, code) in [
            (Some(0), &list, 110, Code::UNSUPPORTED_CONTENT_FORMAT),
            (None, &list, 110, Code::UNSUPPORTED_CONTENT_FORMAT),
            (Some(110), &b"[{".to_vec(), 110, Code::BAD_REQUEST),
            (Some(110), &list, 11542, Code::NOT_ACCEPTABLE),
            (Some(110), &list, 110, Code::CONTENT),
        ] {
            let request = Raw {
                format,
                payload,
                ..Raw::new(Code::FETCH, "/").accept(accept)
            };
            assert_eq!(request.code(&mut pair), code, "{version} {format:?} {accept}");
        }
    }
    // There is nothing composite in 1.0.
    let mut pair = registered(Version::V1_0);
    let list = paths(ContentFormat::SENML_JSON, &["/3/0/0"]);
    let refused = pair.try_ask(
        0,
        0,
        &Request::ReadComposite {
            paths: Payload::new(ContentFormat::SENML_JSON, &list),
            accept: None,
        },
    );
    assert!(refused.is_err(), "{refused:?}");
}
