use lwm2m_runtime::{
    client::{self, SendContent, SendError},
    coap::Code,
    encoding::Record,
    model::{Path, Value, ValueRef, Version},
    operation::Status,
    server::Event,
};
use lwm2m_tests::pair::{Pair, Program, client_address, path};

use crate::fixtures::{full_tree, registered, registered_with};

const SINCE_1_1: [Version; 2] = [Version::V1_1, Version::V1_2];

/// What the server was sent.
fn sends(pair: &Pair<Program>) -> Vec<std::collections::BTreeMap<Path, Value>> {
    let events = pair.servers[0].events.iter();
    events
        .filter_map(|(_, event)| match event {
            Event::Send { format, payload, .. } => Some(pair.decode_payload(0, "/", *format, payload)),
            _ => None,
        })
        .collect()
}

// proves: REP-24 REP-26
#[test]
fn int_306_sends_what_the_server_knows_of() {
    for version in SINCE_1_1 {
        let mut pair = registered_with(version, full_tree());
        assert_eq!(pair.put_text("/1/0/23", "0"), Status::Changed);
        let mark = pair.wire.mark();
        let now = pair.now;
        // What is executable or written only is left out, and so is what holds secrets.
        let paths = [path("/3/0"), path("/5/0"), path("/6/0/0"), path("/0/0")];
        pair.clients[0]
            .engine
            .send(now, Some(1), SendContent::Paths(&paths))
            .unwrap();
        pair.settle();
        let sent = pair.wire.requests(mark, Code::POST, "/dp");
        assert_eq!(sent.len(), 1);
        let formats: &[u32] = if version == Version::V1_1 {
            &[110, 112]
        } else {
            &[110, 112, 11544]
        };
        assert!(formats.contains(&sent[0].content_format().unwrap()));
        let answer = pair.wire.response_to(sent[0]).unwrap();
        assert_eq!(answer.code(), Some(Code::CHANGED));
        let values = &sends(&pair)[0];
        assert_eq!(values[&path("/6/0/0")], Value::Float(43.5723));
        assert_eq!(values[&path("/3/0/9")], Value::Integer(0));
        assert!(!values.contains_key(&path("/5/0/0")));
        assert!(values.keys().all(|at| at.object_id() != Some(0)), "{values:?}");
        let told = pair.clients[0].events.iter();
        let told = told.filter(|(_, event)| matches!(event, client::Event::Sent { server: 1, .. }));
        assert_eq!(told.count(), 1);
    }
    // There is no Send in 1.0.
    let mut pair = registered(Version::V1_0);
    let now = pair.now;
    let refused = pair.clients[0]
        .engine
        .send(now, Some(1), SendContent::Paths(&[path("/3/0/9")]));
    assert!(refused.is_err());
    pair.settle();
    assert!(pair.wire.requests(0, Code::POST, "/dp").is_empty());
}

// proves: REP-27 REP-28
#[test]
fn int_307_a_muted_device_is_silent() {
    for version in SINCE_1_1 {
        let mut pair = registered(version);
        let send = |pair: &mut Pair<Program>| {
            let now = pair.now;
            let sent = pair.clients[0]
                .engine
                .send(now, Some(1), SendContent::Paths(&[path("/3/0/9")]));
            pair.settle();
            sent.map(|_| ())
        };
        assert_eq!(send(&mut pair), Err(SendError::Muted), "absent means muted");
        assert_eq!(pair.put_text("/1/0/23", "1"), Status::Changed);
        assert_eq!(send(&mut pair), Err(SendError::Muted));
        assert!(pair.wire.requests(0, Code::POST, "/dp").is_empty());
        assert_eq!(pair.put_text("/1/0/23", "0"), Status::Changed);
        assert_eq!(send(&mut pair), Ok(()));
        let sent = pair.wire.requests(0, Code::POST, "/dp");
        assert_eq!(sent.len(), 1);
        assert_eq!(
            pair.wire.response_to(sent[0]).unwrap().code(),
            Some(Code::CHANGED)
        );
        assert_eq!(sends(&pair).len(), 1);
    }
}

// proves: REP-30
#[test]
fn int_311_sends_values_over_time() {
    for version in SINCE_1_1 {
        let mut pair = registered(version);
        assert_eq!(pair.put_text("/1/0/23", "0"), Status::Changed);
        let at = path("/3/0/9");
        let records: Vec<_> = [
            (1_700_000_000.0, 50),
            (1_700_000_060.0, 49),
            (1_700_000_120.0, 47),
        ]
        .into_iter()
        .map(|(time, level)| Record {
            time: Some(time),
            ..Record::new(at, Value::Integer(level))
        })
        .collect();
        let now = pair.now;
        pair.clients[0]
            .engine
            .send(now, None, SendContent::Records(&records))
            .unwrap();
        pair.settle();
        let (format, payload) = pair.servers[0]
            .events
            .iter()
            .find_map(|(_, event)| match event {
                Event::Send { format, payload, .. } => Some((*format, payload.clone())),
                _ => None,
            })
            .unwrap();
        let id = pair.registration();
        let definitions = pair.server().definitions(id).unwrap();
        let decoder = lwm2m_runtime::encoding::Decoder::new(format.format().unwrap(), Path::ROOT)
            .with_definitions(&definitions);
        let mut reader = decoder.read(&payload).unwrap();
        let mut seen = Vec::new();
        while let Some(record) = reader.next().unwrap() {
            seen.push((record.time, record.content.value().map(ValueRef::to_value)));
        }
        let expected: Vec<_> = [
            (1_700_000_000.0, 50),
            (1_700_000_060.0, 49),
            (1_700_000_120.0, 47),
        ]
        .into_iter()
        .map(|(time, level)| (Some(time), Some(Value::Integer(level))))
        .collect();
        assert_eq!(seen, expected, "{version} {format}");
    }
}

// proves: REP-25
#[test]
fn a_send_of_an_instance_that_is_not_registered_is_refused() {
    use crate::raw::Raw;
    for version in SINCE_1_1 {
        let mut pair = registered(version);
        let server = lwm2m_tests::pair::server_address(0);
        for (payload, format, code) in [
            (&br#"[{"n":"/3/0/9","v":1}]"#[..], 110, Code::CHANGED),
            (br#"[{"n":"/3/1/9","v":1}]"#, 110, Code::NOT_FOUND),
            (br#"[{"n":"/4711/0/9","v":1}]"#, 110, Code::NOT_FOUND),
            (br#"[{"n":"/3/0/9""#, 110, Code::BAD_REQUEST),
            (b"1", 0, Code::UNSUPPORTED_CONTENT_FORMAT),
        ] {
            let answer = Raw::new(Code::POST, "/dp").payload(format, payload).send(
                &mut pair,
                client_address(0),
                server,
            );
            assert_eq!(answer.unwrap().code(), Some(code), "{version} {format}");
        }
        assert_eq!(sends(&pair).len(), 1);
    }
}
