//! What bootstrap servers ask of clients, over CoAP.

use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::{Path, Version},
    operation::{BootstrapRequest, CoapSession, InvalidRequest, Operation, Payload, Status},
};

use crate::{
    request::{VERSIONS, get, parse, post, put, tlv},
    wire::{Wire, both},
};

#[test]
fn bootstrap_requests_are_told_apart() {
    let read = |wire: Wire, version| {
        wire.with(|message| {
            let session = CoapSession::new(version).with_alternate_path("ignored");
            let read = session.read_bootstrap_request(message.code, message.options, message.payload);
            read.map(|request| (request.operation(), request.path()))
        })
    };
    let finish = Ok((Operation::BootstrapFinish, Path::ROOT));
    let bad = Err(Status::BadRequest);
    let delete = |uri: &str| Wire::new(Code::DELETE).uri(uri);
    for version in VERSIONS {
        assert_eq!(read(post("/bs"), version), finish);
        for wire in [post("/bs/1"), post("/3"), post("/"), post("/bs?a"), post("/bs/")] {
            assert_eq!(read(wire, version), bad);
        }
        for uri in ["/", "/3"] {
            let discover = read(get(uri).accept(ContentFormat::LINK), version);
            assert_eq!(discover, Ok((Operation::BootstrapDiscover, parse(uri))));
        }
        assert_eq!(read(get("/3/0").accept(ContentFormat::LINK), version), bad);
        for uri in ["/0", "/0/1", "/0/1/5"] {
            assert_eq!(
                read(tlv(put(uri)), version),
                Ok((Operation::BootstrapWrite, parse(uri)))
            );
            assert_eq!(read(put(uri).payload(b"x"), version), bad, "no format");
        }
        for uri in ["/", "/0/1/5/0"] {
            assert_eq!(read(tlv(put(uri)), version), bad);
        }
        for uri in ["/", "/0", "/0/1"] {
            assert_eq!(
                read(delete(uri), version),
                Ok((Operation::BootstrapDelete, parse(uri)))
            );
        }
        assert_eq!(read(delete("/0/1/5"), version), bad);
        assert_eq!(
            read(tlv(Wire::new(Code::FETCH)), version),
            Err(Status::MethodNotAllowed)
        );
        for uri in ["/1", "/1/0", "/2", "/2/3"] {
            let expected = match version >= Version::V1_1 {
                true => Ok((Operation::BootstrapRead, parse(uri))),
                false => Err(Status::MethodNotAllowed),
            };
            assert_eq!(read(get(uri), version), expected);
        }
        for uri in ["/", "/0", "/0/1", "/3", "/1/0/1"] {
            assert_eq!(read(get(uri), version), Err(Status::MethodNotAllowed), "{uri}");
        }
    }
}

#[test]
fn bootstrap_requests_written_are_themselves_again() {
    let payload = Payload::new(ContentFormat::TLV, b"abc");
    let requests = [
        BootstrapRequest::Discover { path: Path::ROOT },
        BootstrapRequest::Discover { path: parse("/3") },
        BootstrapRequest::Read {
            path: parse("/1/0"),
            accept: Some(ContentFormat::SENML_CBOR),
        },
        BootstrapRequest::Write {
            path: parse("/0/1"),
            payload,
        },
        BootstrapRequest::Delete { path: Path::ROOT },
        BootstrapRequest::Finish,
    ];
    let session = CoapSession::new(Version::V1_1).with_alternate_path("ignored");
    for request in requests {
        let form = session.bootstrap_request(&request).unwrap();
        both(&form, |code, options, payload| {
            assert_eq!(
                session.read_bootstrap_request(code, options, payload),
                Ok(request)
            );
        });
    }
    let old = CoapSession::new(Version::V1_0);
    assert_eq!(
        old.bootstrap_request(&requests[2]).err(),
        Some(InvalidRequest::Since {
            what: "Bootstrap-Read",
            since: Version::V1_1
        })
    );
}
