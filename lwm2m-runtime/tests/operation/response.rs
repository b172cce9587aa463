//! What clients answer, over CoAP.

use lwm2m_runtime::{
    coap::{Code, OptionNumber},
    encoding::ContentFormat,
    model::{Path, Version},
    operation::{CoapSession, Payload, Response, Status},
};

use crate::wire::{Wire, both, describe};

#[test]
fn responses_written_are_themselves_again() {
    let session = CoapSession::new(Version::V1_1);
    let responses = [
        Response::new(Status::Changed),
        Response::new(Status::NotFound),
        Response::content(Payload::new(ContentFormat::TLV, b"abc")),
        Response::content(Payload::new(ContentFormat::TLV, b"")),
        Response::created(Path::instance(5, 65_534)),
        Response::new(Status::Created),
    ];
    for response in responses {
        let form = session.response(&response, Some(0x0100_0007));
        let text = describe(&form);
        assert!(text.contains(" observe=7"), "24 bits: {text}");
        both(&form, |code, options, payload| {
            assert_eq!(session.read_response(code, options, payload), Some(response));
        });
    }
    assert_eq!(
        describe(&session.response(&responses[4], None)),
        "2.01 location=/5/65534"
    );
}

#[test]
fn responses_of_peers_are_read_as_far_as_they_make_sense() {
    let session = CoapSession::new(Version::V1_1).with_alternate_path("a");
    let created = |location: &str| {
        let mut wire = Wire::new(Code::CREATED);
        for segment in location.split('/').skip(1) {
            wire = wire.option(OptionNumber::LOCATION_PATH, segment.as_bytes());
        }
        wire.with(|message| {
            let response = session.read_response(message.code, message.options, message.payload);
            response.unwrap().created
        })
    };
    assert_eq!(created("/5/1"), Some(Path::instance(5, 1)));
    assert_eq!(
        created("/a/5/1"),
        Some(Path::instance(5, 1)),
        "some put the alternate path there"
    );
    for location in ["", "/5", "/5/1/2", "/rd/5", "/5/65535", "/a", "/b/5/1"] {
        assert_eq!(created(location), None, "{location}");
    }
    let read = |wire: Wire| {
        wire.with(|message| {
            let response = session.read_response(message.code, message.options, message.payload)?;
            let payload = response
                .payload
                .map(|payload| (payload.format, payload.bytes.to_vec()));
            Some((response.status, payload))
        })
    };
    let text = Some((ContentFormat::TEXT, b"7".to_vec()));
    assert_eq!(
        read(Wire::new(Code::CONTENT).payload(b"7")),
        Some((Status::Content, text))
    );
    assert_eq!(read(Wire::new(Code::CONTENT)), Some((Status::Content, None)));
    assert_eq!(
        read(Wire::new(Code::NOT_FOUND).payload(b"no such thing")),
        Some((Status::NotFound, None)),
        "for people"
    );
    assert_eq!(
        read(Wire::new(Code::new(4, 28))),
        Some((Status::ClientError, None))
    );
    assert_eq!(read(Wire::new(Code::GET)), None);
    assert_eq!(read(Wire::new(Code::VALID)), None);
}
