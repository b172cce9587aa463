use std::collections::BTreeMap;

use lwm2m_runtime::{
    coap::Code,
    encoding::{ContentFormat, Format},
    model::{Path, Value, Version},
    operation::{InvalidRequest, Request, Status},
    server::RequestError,
};
use lwm2m_tests::pair::{Pair, Program, Trouble, format, path, text};

use crate::{
    fixtures::{VERSIONS, device_full, full_tree, registered, registered_with, server_extended, tree},
    raw::Raw,
};

/// The formats of several values in a version.
fn formats(version: Version) -> &'static [ContentFormat] {
    const TLV: ContentFormat = ContentFormat::TLV;
    match version {
        Version::V1_0 => &[TLV, ContentFormat::JSON],
        Version::V1_1 => &[TLV, ContentFormat::SENML_JSON, ContentFormat::SENML_CBOR],
        _ => &[
            TLV,
            ContentFormat::SENML_JSON,
            ContentFormat::SENML_CBOR,
            ContentFormat::LWM2M_CBOR,
        ],
    }
}

/// The resources of which there are values.
fn resources(values: &BTreeMap<Path, Value>) -> Vec<u16> {
    let mut resources: Vec<_> = values.keys().filter_map(|path| path.resource_id()).collect();
    resources.dedup();
    resources
}

/// Reads in a format, and checks that it is the answer's.
fn read_as(pair: &mut Pair<Program>, at: &str, accept: ContentFormat) -> BTreeMap<Path, Value> {
    let answer = pair.read(at, Some(accept));
    assert_eq!(answer.status, Status::Content, "{at} {accept}\n{}", pair.log());
    assert_eq!(format(&answer), accept.format(), "{at}");
    pair.decode(at, &answer)
}

// proves: DM-01 DM-03
#[test]
fn int_201_reads_texts() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let mark = pair.wire.mark();
        assert_eq!(pair.text("/3/0/0"), "Open Mobile Alliance");
        assert_eq!(pair.text("/3/0/1"), "Lightweight M2M Client");
        assert_eq!(pair.text("/3/0/2"), "345000123");
        let request = pair.wire.requests(mark, Code::GET, "/3/0/0")[0];
        assert_eq!(request.accept(), Some(0));
        let response = pair.wire.response_to(request).unwrap();
        assert_eq!(response.code(), Some(Code::CONTENT));
        assert_eq!(response.text(), "Open Mobile Alliance");
        // 0, written as nothing or as 0.
        assert!(matches!(response.content_format(), None | Some(0)));
    }
}

#[test]
fn int_202_reads_bytes() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let answer = pair.read("/6/0/4", Some(ContentFormat::OPAQUE));
        assert_eq!(
            answer.payload,
            Some((ContentFormat::OPAQUE, vec![0x00, 0x2d, 0x00, 0x05]))
        );
    }
}

// proves: DM-91
#[test]
fn int_203_reads_an_instance_as_tlv() {
    for version in VERSIONS {
        let mut pair = registered_with(
            version,
            crate::fixtures::tree(server_extended(), crate::fixtures::device_minimum()),
        );
        let values = read_as(&mut pair, "/3/0", ContentFormat::TLV);
        assert_eq!(resources(&values), [0, 1, 2, 11, 16]);
        assert_eq!(values[&path("/3/0/2")], Value::String("345000123".into()));
        assert_eq!(values[&path("/3/0/11/0")], Value::Integer(0));
        assert_eq!(values[&path("/3/0/16")], Value::String("U".into()));
        // The same values by any other format.
        for accept in formats(version) {
            assert_eq!(read_as(&mut pair, "/3/0", *accept), values, "{version} {accept}");
        }
        for (at, value) in &values {
            // Resource instances are there to be read since 1.1.
            if version > Version::V1_0 || at.depth() == 3 {
                let single = read_as(&mut pair, &at.to_string(), ContentFormat::TLV);
                let expected = BTreeMap::from([(*at, value.clone())]);
                assert_eq!(single, expected);
                let text = read_as(&mut pair, &at.to_string(), ContentFormat::TEXT);
                assert_eq!(text, expected);
                if version > Version::V1_0 {
                    let cbor = read_as(&mut pair, &at.to_string(), ContentFormat::CBOR);
                    assert_eq!(cbor, expected);
                }
            }
        }
    }
}

#[test]
fn int_204_reads_an_instance_as_json() {
    let mut pair = registered_with(Version::V1_0, full_tree());
    let mut expected = vec![0, 1, 2, 3, 6, 7, 8, 9, 10, 11];
    expected.extend(13..=22);
    assert_eq!(
        resources(&read_as(&mut pair, "/3/0", ContentFormat::JSON)),
        expected
    );
    // Later clients must not send it.
    let mut pair = registered(Version::V1_1);
    let answer = pair.read("/3/0", Some(ContentFormat::JSON));
    assert_eq!(answer.status, Status::NotAcceptable);
}

#[test]
fn int_211_reads_single_values_as_cbor() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = registered(version);
        let expected = [
            ("/1/0/0", Value::Integer(1)),
            ("/1/0/6", Value::Boolean(false)),
            ("/1/0/7", Value::String("U".into())),
        ];
        for (at, value) in expected {
            let values = read_as(&mut pair, at, ContentFormat::CBOR);
            assert_eq!(values, BTreeMap::from([(path(at), value)]));
        }
    }
}

// proves: DM-69 DM-70 OBJ-0-02
#[test]
fn int_221_the_security_object_is_out_of_reach() {
    for version in VERSIONS {
        let mut pair = registered(version);
        // The server's engine does not even ask.
        let refused = pair.try_ask(
            0,
            0,
            &Request::Read {
                path: path("/0"),
                accept: None,
            },
        );
        let invalid = Trouble::NotTaken(RequestError::Invalid(InvalidRequest::Protected { object: 0 }));
        assert_eq!(refused, Err(invalid));
        let asked = [
            Raw::new(Code::GET, "/0"),
            Raw::new(Code::GET, "/0/0"),
            Raw::new(Code::GET, "/0/0/0").accept(0),
            Raw::new(Code::GET, "/0/0/5").accept(42),
            Raw::new(Code::GET, "/0").accept(40),
            Raw::new(Code::GET, "/0/0").observe(0),
            Raw::new(Code::PUT, "/0/0/0").payload(0, b"coap://mallory.example"),
            Raw::new(Code::PUT, "/0").query(&["pmin=30", "pmax=45"]),
            Raw::new(Code::PUT, "/0/0").query(&["pmin=30", "pmax=45"]),
            Raw::new(Code::POST, "/0").payload(11542, &[0xc8, 0x00, 0x01, b'x']),
            Raw::new(Code::POST, "/0/0/9"),
            Raw::new(Code::DELETE, "/0/0"),
        ];
        let others = [(21, Version::V1_1), (23, Version::V1_2)];
        let others = others.iter().filter(|(_, since)| *since <= version);
        let others: Vec<_> = others
            .flat_map(|(object, _)| ["", "/0", "/0/0"].map(|below| format!("/{object}{below}")))
            .collect();
        let others = others.iter().flat_map(|at| {
            [
                Raw::new(Code::GET, at),
                Raw::new(Code::GET, at).accept(40),
                Raw::new(Code::PUT, at).query(&["pmin=1"]),
            ]
        });
        for request in asked.into_iter().chain(others) {
            let answer = request.ask(&mut pair);
            assert_eq!(answer.code(), Some(Code::UNAUTHORIZED), "{version} {request:?}");
            assert!(answer.payload().is_empty(), "{answer}");
        }
        assert!(pair.application().executed.is_empty() && pair.application().written.is_empty());
    }
}

// proves: DM-05
#[test]
fn int_222_reads_the_server_object() {
    for version in VERSIONS {
        let mut pair = registered_with(version, tree(server_extended(), device_full()));
        for at in ["/1", "/1/0"] {
            // 4, 8 and 9 are there to be executed, not to be read.
            assert_eq!(resources(&pair.get(at)), [0, 1, 2, 3, 5, 6, 7], "{version} {at}");
        }
    }
}

// proves: OBJ-3-01
#[test]
fn int_223_reads_the_device_object() {
    for version in VERSIONS {
        let mut pair = registered(version);
        for at in ["/3", "/3/0"] {
            assert_eq!(
                resources(&pair.get(at)),
                [0, 1, 2, 6, 7, 8, 9, 11, 16],
                "{version} {at}"
            );
        }
    }
}

#[test]
fn int_224_reads_what_the_server_object_says_of_registration() {
    let mut pair = registered(Version::V1_1);
    let values = pair.get("/1/0");
    assert_eq!(values[&path("/1/0/0")], Value::Integer(1));
    assert_eq!(values[&path("/1/0/1")], Value::Integer(86_400));
    assert_eq!(values[&path("/1/0/7")], Value::String("U".into()));
}

// proves: DM-02 DM-08
#[test]
fn int_225_reads_a_resource_instance_alone() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = registered(version);
        let values = pair.get("/3/0/7/1");
        assert_eq!(values, BTreeMap::from([(path("/3/0/7/1"), Value::Integer(5000))]));
        let absent = pair.read("/3/0/7/2", None);
        assert_eq!(absent.status, Status::NotFound);
        let broken = pair.read("/3/0/0/0", None);
        assert_eq!(broken.status, Status::MethodNotAllowed, "{version}");
    }
    // Not in 1.0.
    let mut pair = registered(Version::V1_0);
    let refused = pair.try_ask(
        0,
        0,
        &Request::Read {
            path: path("/3/0/7/1"),
            accept: None,
        },
    );
    assert!(matches!(refused, Err(Trouble::NotTaken(_))), "{refused:?}");
}

#[test]
fn int_231_reads_senml_json_at_every_level() {
    every_level(ContentFormat::SENML_JSON);
}

#[test]
fn int_232_reads_senml_cbor_at_every_level() {
    every_level(ContentFormat::SENML_CBOR);
}

fn every_level(accept: ContentFormat) {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = registered(version);
        let whole = read_as(&mut pair, "/3", accept);
        assert_eq!(read_as(&mut pair, "/3/0", accept), whole);
        for at in ["/3/0/7", "/3/0/7/1", "/3/0/0"] {
            let mut expected = whole.clone();
            expected.retain(|found, _| found.starts_with(path(at)));
            assert!(!expected.is_empty());
            assert_eq!(read_as(&mut pair, at, accept), expected, "{version} {at}");
        }
    }
}

// proves: DM-04
#[test]
fn int_237_the_device_chooses_a_format_and_the_server_reads_it() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let mark = pair.wire.mark();
        let answer = pair.read("/1", None);
        let request = pair.wire.requests(mark, Code::GET, "/1")[0];
        assert_eq!(request.accept(), None);
        let response = pair.wire.response_to(request).unwrap();
        let chosen = answer.payload.as_ref().unwrap().0;
        assert_eq!(response.content_format(), Some(chosen.0.into()));
        assert!(formats(version).contains(&chosen), "{version} {chosen}");
        let values = pair.decode("/1", &answer);
        assert_eq!(values[&path("/1/0/1")], Value::Integer(86_400));

        // A format that nobody has.
        let unknown = pair.read("/1", Some(ContentFormat(60_000)));
        assert_eq!(unknown.status, Status::NotAcceptable);
        // One that cannot carry the answer.
        let single = pair.read("/1", Some(ContentFormat::TEXT));
        assert_eq!(single.status, Status::NotAcceptable);
    }
}

// proves: DM-06 DM-07 DM-44
#[test]
fn what_is_not_there_or_not_readable_is_told_apart() {
    for version in VERSIONS {
        let mut tree = full_tree();
        tree.add_object(lwm2m_runtime::catalogue::latest(11).unwrap())
            .unwrap();
        let mut pair = registered_with(version, tree);
        let empty = pair.read("/11", None);
        assert_eq!(empty.status, Status::Content);
        assert!(pair.decode("/11", &empty).is_empty(), "{version} {empty:?}");
        for (at, status) in [
            ("/3/0/4", Status::MethodNotAllowed),
            ("/5/0/0", Status::MethodNotAllowed),
            ("/3/1", Status::NotFound),
            ("/3/0/99", Status::NotFound),
            ("/9", Status::NotFound),
            ("/9/0/1", Status::NotFound),
        ] {
            assert_eq!(pair.read(at, None).status, status, "{version} {at}");
        }
        assert_eq!(
            Raw::new(Code::GET, "/3/1").accept(40).code(&mut pair),
            Code::NOT_FOUND
        );
        assert_eq!(
            Raw::new(Code::GET, "/3/0")
                .accept(40)
                .query(&["depth=9"])
                .code(&mut pair),
            if version < Version::V1_2 {
                Code::CONTENT
            } else {
                Code::BAD_REQUEST
            }
        );
    }
}

#[test]
fn int_551_reads_every_resource_of_the_server_object_by_itself() {
    for version in VERSIONS {
        let mut pair = registered_with(version, tree(server_extended(), device_full()));
        for resource in [0, 1, 2, 3, 5, 6, 7] {
            let at = format!("/1/0/{resource}");
            let values = pair.get(&at);
            assert_eq!(values.len(), 1, "{at}");
        }
        for resource in [4, 8] {
            let answer = pair.read(&format!("/1/0/{resource}"), None);
            assert_eq!(answer.status, Status::MethodNotAllowed);
        }
    }
}

#[test]
fn int_652_reads_the_whole_device() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let values = pair.get("/3/0");
        assert_eq!(values[&path("/3/0/3")], Value::String("1.0".into()));
        assert_eq!(
            values[&path("/3/0/22/0")],
            Value::Objlnk(lwm2m_runtime::model::Objlnk::new(3, 0))
        );
        assert!(matches!(values[&path("/3/0/13")], Value::Time(_)));
    }
}

#[test]
fn int_701_reads_the_network() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let values = pair.get("/4/0");
        assert_eq!(resources(&values), [0, 1, 2, 3, 4]);
        assert_eq!(values[&path("/4/0/2")], Value::Integer(-92));
        assert_eq!(pair.text("/4/0/2"), "-92");
    }
}

#[test]
fn int_801_reads_the_place() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        for accept in formats(version) {
            let values = read_as(&mut pair, "/6/0", *accept);
            assert_eq!(values[&path("/6/0/0")], Value::Float(43.5723), "{accept}");
            assert_eq!(
                values[&path("/6/0/4")],
                Value::Opaque(vec![0x00, 0x2d, 0x00, 0x05])
            );
        }
    }
}

#[test]
fn a_text_is_the_same_by_any_single_format() {
    let mut pair = registered(Version::V1_2);
    assert_eq!(pair.text("/3/0/16"), "U");
    assert_eq!(
        format(&pair.read("/3/0/16", Some(ContentFormat::CBOR))),
        Some(Format::Cbor)
    );
    assert_eq!(text(&pair.read("/3/0/16", Some(ContentFormat::CBOR))), "aU");
}
