//! What servers send, and what they do not.

use lwm2m_runtime::{
    encoding::ContentFormat,
    link::{Attribute, AttributeChanges, AttributeError, NotificationAttributes},
    model::{Path, Version},
    operation::{
        Arguments, CoapSession, Depth, ExecuteInput, InvalidRequest, Operation, Payload, Request, Status,
        WriteMode,
    },
};

use crate::{
    request::{MULTIPLE, VERSIONS, get, parse},
    wire::{both, describe},
};

// proves: DM-70
#[test]
fn a_server_does_not_ask_for_objects_with_secrets() {
    for object in [0, 21, 23] {
        let session = CoapSession::new(Version::V1_2);
        let path = Path::instance(object, 0);
        let changes = NotificationAttributes {
            pmin: Some(1),
            ..Default::default()
        };
        for request in [
            Request::Read { path, accept: None },
            Request::Discover { path, depth: None },
            Request::WriteAttributes {
                path,
                changes: changes.into(),
            },
            Request::Delete { path },
        ] {
            assert_eq!(
                session.request(&request).err(),
                Some(InvalidRequest::Protected { object })
            );
        }
    }
}

// proves: REG-24
#[test]
fn the_alternate_path_stands_before_every_path_and_only_there() {
    let session = CoapSession::new(Version::V1_2).with_alternate_path("/lwm2m");
    let (path, payload) = (parse("/3/0/7"), Payload::new(ContentFormat::TLV, b"x"));
    let attributes = NotificationAttributes {
        pmin: Some(1),
        ..Default::default()
    };
    for request in [
        Request::Read { path, accept: None },
        Request::Discover { path, depth: None },
        Request::Write {
            path,
            mode: WriteMode::Replace,
            payload,
        },
        Request::WriteAttributes {
            path,
            changes: attributes.into(),
        },
        Request::Execute {
            path,
            input: ExecuteInput::None,
        },
        Request::Create { object: 3, payload },
        Request::Delete { path: parse("/3/0") },
        Request::Observe {
            path,
            accept: None,
            attributes,
        },
        Request::CancelObservation {
            path,
            accept: None,
            attributes,
        },
    ] {
        let form = session.request(&request).unwrap();
        let text = describe(&form);
        assert!(text.contains(&format!(" /lwm2m{}", request.path())), "{text}");
        let read = both(&form, |code, options, payload| {
            assert_eq!(
                CoapSession::new(Version::V1_2).read_request(code, options, payload, |_| false),
                Err(Status::NotFound),
                "nothing is below the root"
            );
            session
                .read_request(code, options, payload, |_| false)
                .map(|read| read.path())
        });
        assert_eq!(read, [Ok(request.path()); 2]);
    }
    let wire = get("/3/0/7");
    wire.with(|message| {
        let read = session.read_request(message.code, message.options, message.payload, |_| false);
        assert_eq!(read, Err(Status::NotFound));
    });
}

// proves: ATTR-06 ATTR-52 DM-67
#[test]
fn a_server_sends_nothing_that_the_session_does_not_have() {
    let since = |request: &Request<'_>| {
        VERSIONS
            .into_iter()
            .find(|version| CoapSession::new(*version).request(request).is_ok())
    };
    let path = parse("/3/0/9");
    let query = |query: &str| AttributeChanges::parse(query.split('&')).unwrap();
    let write = |changes, path| Request::WriteAttributes { path, changes };
    let observe = |changes: AttributeChanges| Request::Observe {
        path,
        accept: None,
        attributes: *changes.attributes(),
    };
    for (request, version) in [
        (write(query("pmin=1&gt=5&st"), path), Version::V1_0),
        (write(query("epmin=1"), path), Version::V1_1),
        (write(query("epmax"), path), Version::V1_1),
        (write(query("edge=1"), path), Version::V1_2),
        (write(query("con"), path), Version::V1_2),
        (write(query("hqmax=1"), path), Version::V1_2),
        (write(query("pmin=1"), parse("/3/0/7/0")), Version::V1_1),
        (observe(AttributeChanges::default()), Version::V1_0),
        (observe(query("pmin=1")), Version::V1_2),
        (Request::Discover { path, depth: None }, Version::V1_0),
        (
            Request::Discover {
                path,
                depth: Depth::new(1),
            },
            Version::V1_2,
        ),
        (Request::Delete { path: parse("/3/0") }, Version::V1_0),
        (
            Request::Delete {
                path: parse("/3/0/7/0"),
            },
            Version::V1_2,
        ),
        (
            Request::Read {
                path: parse("/3/0/7/0"),
                accept: None,
            },
            Version::V1_1,
        ),
        (
            Request::ReadComposite {
                paths: Payload::new(ContentFormat::SENML_JSON, b"[]"),
                accept: None,
            },
            Version::V1_1,
        ),
        (
            Request::Write {
                path: MULTIPLE,
                mode: WriteMode::Partial,
                payload: Payload::new(ContentFormat::TLV, b""),
            },
            Version::V1_2,
        ),
    ] {
        assert_eq!(since(&request), Some(version), "{request:?}");
    }
    let session = CoapSession::new(Version::V1_2);
    for (changes, error) in [
        (query("lt=10&gt=10"), AttributeError::Thresholds),
        (query("lt=5&st=5&gt=15"), AttributeError::Step),
        (query("epmin=5&epmax=5"), AttributeError::EvaluationPeriods),
    ] {
        assert_eq!(
            session.request(&write(changes, path)).err(),
            Some(InvalidRequest::Attributes(error))
        );
        assert_eq!(
            session.request(&observe(changes)).err(),
            Some(InvalidRequest::Attributes(error))
        );
    }
    assert_eq!(
        session.request(&write(AttributeChanges::default(), path)).err(),
        Some(InvalidRequest::NoAttributes)
    );
}

#[test]
fn what_would_become_another_operation_is_not_sent() {
    let session = CoapSession::new(Version::V1_2);
    let refused = |request: Request<'_>| session.request(&request).err();
    let text = Payload::new(ContentFormat::TEXT, b"1");
    let target = |operation, path| Some(InvalidRequest::Target { operation, path });
    assert_eq!(
        refused(Request::Read {
            path: parse("/3"),
            accept: Some(ContentFormat::LINK)
        }),
        Some(InvalidRequest::Format {
            format: ContentFormat::LINK
        })
    );
    assert_eq!(
        refused(Request::Write {
            path: MULTIPLE,
            mode: WriteMode::Partial,
            payload: text
        }),
        Some(InvalidRequest::Format {
            format: ContentFormat::TEXT
        })
    );
    assert_eq!(
        refused(Request::Execute {
            path: parse("/3/0"),
            input: ExecuteInput::None
        }),
        target(Operation::Execute, parse("/3/0"))
    );
    assert_eq!(
        refused(Request::Write {
            path: parse("/3"),
            mode: WriteMode::Replace,
            payload: text
        }),
        target(Operation::WriteReplace, parse("/3"))
    );
    let huge = NotificationAttributes {
        gt: Some(1e300),
        ..Default::default()
    };
    assert_eq!(
        refused(Request::WriteAttributes {
            path: MULTIPLE,
            changes: huge.into()
        }),
        Some(InvalidRequest::TooLong { what: "an attribute" }),
        "numbers have no exponent on the wire"
    );
    let long = "x".repeat(256);
    assert_eq!(
        CoapSession::new(Version::V1_2)
            .with_alternate_path(&long)
            .request(&Request::Read {
                path: MULTIPLE,
                accept: None
            })
            .err(),
        Some(InvalidRequest::TooLong {
            what: "the alternate path"
        })
    );
}

#[test]
fn requests_are_written_as_the_specification_prints_them() {
    let session = CoapSession::new(Version::V1_2);
    let path = parse("/3/0/9");
    let arguments = Arguments::parse(b"2='10.3'").unwrap();
    let text = |request: Request<'_>| describe(&session.request(&request).unwrap());
    let changes = AttributeChanges::parse(["pmin=10", "gt=-0.5"])
        .unwrap()
        .unset(Attribute::Pmax);
    let attributes = NotificationAttributes {
        pmin: Some(5),
        con: Some(true),
        ..Default::default()
    };
    let body = Payload::new(ContentFormat::SENML_ETCH_JSON, b"[]");
    let accept = Some(ContentFormat::SENML_CBOR);
    assert_eq!(text(Request::Read { path, accept: None }), "0.01 /3/0/9");
    assert_eq!(text(Request::Read { path, accept }), "0.01 /3/0/9 accept=112");
    assert_eq!(
        text(Request::Discover {
            path,
            depth: Depth::new(0)
        }),
        "0.01 /3/0/9?depth=0 accept=40"
    );
    assert_eq!(
        text(Request::WriteAttributes { path, changes }),
        "0.03 /3/0/9?pmin=10&gt=-0.5&pmax"
    );
    assert_eq!(
        text(Request::Execute {
            path,
            input: ExecuteInput::new(arguments)
        }),
        "0.02 /3/0/9 format=0 \"2='10.3'\""
    );
    assert_eq!(
        text(Request::Execute {
            path,
            input: ExecuteInput::new(Arguments::NONE)
        }),
        "0.02 /3/0/9"
    );
    assert_eq!(
        text(Request::Create {
            object: 5,
            payload: body
        }),
        "0.02 /5 format=320 \"[]\""
    );
    assert_eq!(text(Request::Delete { path: parse("/5/1") }), "0.04 /5/1");
    assert_eq!(
        text(Request::Observe {
            path,
            accept,
            attributes
        }),
        "0.01 /3/0/9?pmin=5&con=1 observe=0 accept=112"
    );
    assert_eq!(
        text(Request::CancelObservation {
            path,
            accept,
            attributes
        }),
        "0.01 /3/0/9?pmin=5&con=1 observe=1 accept=112",
        "as the Observe (RFC 7641, section 3.6)"
    );
    assert_eq!(
        text(Request::ReadComposite { paths: body, accept }),
        "0.05 / format=320 accept=112 \"[]\""
    );
    assert_eq!(
        text(Request::WriteComposite { payload: body }),
        "0.07 / format=320 \"[]\""
    );
    assert_eq!(
        text(Request::ObserveComposite {
            paths: body,
            accept,
            attributes
        }),
        "0.05 /?pmin=5&con=1 observe=0 format=320 accept=112 \"[]\""
    );
}
