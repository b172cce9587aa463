//! What servers ask of clients is told apart or refused, over CoAP.

use lwm2m_runtime::{
    coap::{Code, OptionNumber},
    encoding::ContentFormat,
    model::{Path, Version},
    operation::{CoapSession, Depth, ExecuteInput, InvalidRequest, Operation, Request, Status},
};

use crate::wire::Wire;

pub(crate) const VERSIONS: [Version; 3] = [Version::V1_0, Version::V1_1, Version::V1_2];
pub(crate) const MULTIPLE: Path = Path::resource(3, 0, 7);

/// How a request is told apart: the name of its operation, or the status that refuses it. `/3/0/7` is a multiple
/// resource.
pub(crate) fn told(wire: &Wire, version: Version) -> Result<Operation, Status> {
    let session = CoapSession::new(version);
    wire.with(|message| {
        session
            .read_request(message.code, message.options, message.payload, |path| {
                path == MULTIPLE
            })
            .map(|request| request.operation())
    })
}

pub(crate) fn get(uri: &str) -> Wire {
    Wire::new(Code::GET).uri(uri)
}

pub(crate) fn put(uri: &str) -> Wire {
    Wire::new(Code::PUT).uri(uri)
}

pub(crate) fn post(uri: &str) -> Wire {
    Wire::new(Code::POST).uri(uri)
}

pub(crate) fn tlv(wire: Wire) -> Wire {
    wire.format(ContentFormat::TLV).payload(&[0xc1, 0, 1])
}

pub(crate) fn parse(path: &str) -> Path {
    path.parse().unwrap()
}

#[test]
fn every_operation_has_its_levels_and_versions() {
    let (none, v1_0, v1_1, v1_2) = (
        None,
        Some(Version::V1_0),
        Some(Version::V1_1),
        Some(Version::V1_2),
    );
    let composite = [v1_1, none, none, none, none];
    let readable = [none, v1_0, v1_0, v1_0, v1_1];
    let table = [
        (Operation::Read, readable),
        (Operation::ReadComposite, composite),
        (Operation::Discover, [none, v1_0, v1_0, v1_0, none]),
        (Operation::WriteReplace, [none, none, v1_0, v1_0, v1_1]),
        (Operation::WritePartial, [none, none, v1_0, v1_2, none]),
        (Operation::WriteComposite, composite),
        (Operation::WriteAttributes, readable),
        (Operation::Execute, [none, none, none, v1_0, none]),
        (Operation::Create, [none, v1_0, none, none, none]),
        (Operation::Delete, [none, none, v1_0, none, v1_2]),
        (Operation::Observe, readable),
        (Operation::ObserveComposite, composite),
        (Operation::CancelObservation, readable),
        (Operation::CancelObservationComposite, composite),
        (Operation::BootstrapDiscover, [v1_0, v1_0, none, none, none]),
        (Operation::BootstrapRead, [none, v1_1, v1_1, none, none]),
        (Operation::BootstrapWrite, [none, v1_0, v1_0, v1_0, none]),
        (Operation::BootstrapDelete, [v1_0, v1_0, v1_0, none, none]),
        (Operation::BootstrapFinish, [v1_0, none, none, none, none]),
    ];
    assert_eq!(table.map(|(operation, _)| operation), Operation::ALL);
    for (operation, levels) in table {
        for (depth, since) in levels.into_iter().enumerate() {
            assert_eq!(operation.since(depth), since, "{operation} at {depth}");
        }
        assert_eq!(operation.since(5), None);
    }
    assert!(Operation::BootstrapRead.allowed(Path::object(2), Version::V1_1));
    assert!(!Operation::BootstrapRead.allowed(Path::object(3), Version::V1_1));
}

// proves: DM-28
#[test]
fn get_and_put_are_told_apart_by_their_options() {
    for version in VERSIONS {
        assert_eq!(told(&get("/3/0"), version), Ok(Operation::Read));
        assert_eq!(
            told(&get("/3/0").accept(ContentFormat::TLV), version),
            Ok(Operation::Read)
        );
        assert_eq!(
            told(&get("/3/0").accept(ContentFormat::LINK), version),
            Ok(Operation::Discover)
        );
        assert_eq!(told(&get("/3/0").observe(0), version), Ok(Operation::Observe));
        assert_eq!(
            told(&get("/3/0").observe(1), version),
            Ok(Operation::CancelObservation)
        );
        assert_eq!(
            told(&get("/3/0").observe(2), version),
            Ok(Operation::Read),
            "2 means nothing"
        );
        assert_eq!(told(&tlv(put("/3/0")), version), Ok(Operation::WriteReplace));
        assert_eq!(
            told(&put("/3/0/1").format(ContentFormat::TEXT), version),
            Ok(Operation::WriteReplace),
            "an empty text is a value"
        );
        assert_eq!(told(&put("/3/0?pmin=1"), version), Ok(Operation::WriteAttributes));
    }
}

// proves: DM-27
#[test]
fn post_is_told_apart_by_its_target() {
    for version in VERSIONS {
        assert_eq!(told(&tlv(post("/3")), version), Ok(Operation::Create));
        assert_eq!(told(&tlv(post("/3/0")), version), Ok(Operation::WritePartial));
        assert_eq!(told(&post("/3/0/4"), version), Ok(Operation::Execute));
        assert_eq!(
            told(&tlv(post("/3/0/4")), version),
            Ok(Operation::Execute),
            "a single resource"
        );
        assert_eq!(
            told(&post("/3/0/7"), version),
            Ok(Operation::Execute),
            "without a format"
        );
        let text = post("/3/0/7").format(ContentFormat::TEXT).payload(b"0");
        assert_eq!(
            told(&text, version),
            Ok(Operation::Execute),
            "with a format of one value"
        );
        let partial = match version {
            Version::V1_2 => Operation::WritePartial,
            _ => Operation::Execute,
        };
        for format in [
            ContentFormat::TLV,
            ContentFormat::SENML_JSON,
            ContentFormat::SENML_CBOR,
            ContentFormat::LWM2M_CBOR,
        ] {
            assert_eq!(
                told(&post("/3/0/7").format(format).payload(b"."), version),
                Ok(partial)
            );
        }
    }
}

// proves: DM-26
#[test]
fn what_does_not_exist_at_a_level_is_4_05_and_a_missing_format_4_00() {
    let refused = Err(Status::MethodNotAllowed);
    for version in VERSIONS {
        assert_eq!(told(&tlv(put("/3")), version), refused, "object-level Write");
        for wire in [
            get("/"),
            get("/3/0/7/0").accept(ContentFormat::LINK),
            tlv(put("/")),
            tlv(post("/")),
            post("/3/0/7/0"),
            Wire::new(Code::DELETE).uri("/"),
            Wire::new(Code::DELETE).uri("/3"),
            Wire::new(Code::DELETE).uri("/3/0/7"),
            tlv(Wire::new(Code::PATCH)),
            tlv(Wire::new(Code::FETCH).uri("/3")),
            tlv(Wire::new(Code::IPATCH).uri("/3/0")),
            tlv(Wire::new(Code::new(0, 30)).uri("/3/0")),
        ] {
            assert_eq!(told(&wire, version), refused, "{:02x?}", wire.datagram());
        }
        assert_eq!(told(&post("/3"), version), Err(Status::BadRequest), "Create");
        assert_eq!(
            told(&post("/3/0").payload(b"1"), version),
            Err(Status::BadRequest)
        );
        assert_eq!(
            told(&put("/3/0/1").payload(b"1"), version),
            Err(Status::BadRequest),
            "Write"
        );
    }
    // Resource instances, and their deletion, came later.
    let instance = [
        get("/3/0/7/0"),
        get("/3/0/7/0").observe(0),
        tlv(put("/3/0/7/0")),
        put("/3/0/7/0?pmin=1"),
    ];
    for wire in instance {
        assert_eq!(told(&wire, Version::V1_0), refused);
        assert!(told(&wire, Version::V1_1).is_ok());
    }
    let delete = Wire::new(Code::DELETE).uri("/3/0/7/0");
    assert_eq!(told(&delete, Version::V1_1), refused);
    assert_eq!(told(&delete, Version::V1_2), Ok(Operation::Delete));
}

#[test]
fn composite_operations_need_a_format_and_no_path() {
    for code in [Code::FETCH, Code::IPATCH] {
        let wire = Wire::new(code).payload(b"[]");
        assert_eq!(
            told(&wire, Version::V1_0),
            Err(Status::MethodNotAllowed),
            "not before 1.1"
        );
        assert_eq!(told(&wire, Version::V1_1), Err(Status::UnsupportedContentFormat));
        assert!(told(&wire.clone().format(ContentFormat::SENML_JSON), Version::V1_1).is_ok());
        let session = CoapSession::new(Version::V1_2).with_alternate_path("/a/b/");
        for uri in ["/", "/a/b"] {
            let wire = wire.clone().uri(uri).format(ContentFormat::SENML_JSON);
            let read = wire.with(|message| {
                let read = session.read_request(message.code, message.options, message.payload, |_| false);
                read.map(|_| ())
            });
            assert_eq!(read, Ok(()), "{uri}");
        }
    }
    let paths = Wire::new(Code::FETCH)
        .format(ContentFormat::SENML_JSON)
        .payload(b"[]");
    assert_eq!(told(&paths, Version::V1_1), Ok(Operation::ReadComposite));
    assert_eq!(
        told(&paths.clone().observe(0), Version::V1_1),
        Ok(Operation::ObserveComposite)
    );
    assert_eq!(
        told(&paths.observe(1), Version::V1_1),
        Ok(Operation::CancelObservationComposite)
    );
}

// proves: DM-88
#[test]
fn identifiers_are_decimal_without_sign_or_leading_zero() {
    for (uri, status) in [
        ("/03/0", Status::BadRequest),
        ("/3/00", Status::BadRequest),
        ("/65535/0", Status::BadRequest),
        ("/3/65536", Status::BadRequest),
        ("/3/99999999999999999999", Status::BadRequest),
        ("/3/0/1/2/3", Status::BadRequest),
        ("/+3/0", Status::NotFound),
        ("/-3", Status::NotFound),
        ("/3/0/", Status::NotFound),
        ("/3/ 0", Status::NotFound),
        ("/3/\u{663}", Status::NotFound),
        ("/device", Status::NotFound),
    ] {
        assert_eq!(told(&get(uri), Version::V1_2), Err(status), "{uri}");
    }
    assert_eq!(
        told(&get("/65534/65534/65534/65534"), Version::V1_2),
        Ok(Operation::Read)
    );
    assert!("/03".parse::<Path>().is_err() && "/65535".parse::<Path>().is_err());
    assert_eq!(
        CoapSession::new(Version::V1_2)
            .request(&Request::Delete {
                path: Path::instance(3, u16::MAX)
            })
            .err(),
        Some(InvalidRequest::Identifier {
            path: Path::instance(3, u16::MAX)
        })
    );
}

// proves: DM-69
#[test]
fn objects_with_secrets_are_answered_4_01_whatever_is_asked() {
    let requests = |object: &str| {
        [
            get(object),
            get(&format!("{object}/0")).accept(ContentFormat::LINK),
            get(&format!("{object}/0/5")).observe(0),
            tlv(put(&format!("{object}/0/5"))),
            put(&format!("{object}/0?pmin=1")),
            tlv(post(object)),
            tlv(post(&format!("{object}/0"))),
            post(&format!("{object}/0/5")),
            Wire::new(Code::DELETE).uri(&format!("{object}/0")),
        ]
    };
    for (object, versions) in [
        ("/0", &VERSIONS[..]),
        ("/21", &VERSIONS[1..]),
        ("/23", &VERSIONS[2..]),
    ] {
        for version in VERSIONS {
            for wire in requests(object) {
                let told = told(&wire, version);
                assert_eq!(
                    told == Err(Status::Unauthorized),
                    versions.contains(&version),
                    "{object} {version}"
                );
            }
        }
    }
}

#[test]
fn unknown_critical_options_are_4_02_and_unknown_elective_ones_are_passed_over() {
    let wire = get("/3/0");
    for (option, value) in [
        (OptionNumber(65_001), &b""[..]),
        (OptionNumber::IF_MATCH, b"a"),
        (OptionNumber::IF_NONE_MATCH, b""),
        (OptionNumber::OSCORE, b""),
        (OptionNumber::PROXY_URI, b"coap://a"),
        (OptionNumber::ACCEPT, b"abc"),
    ] {
        let told = told(&wire.clone().option(option, value), Version::V1_2);
        assert_eq!(told, Err(Status::BadOption), "{option:?}");
    }
    let twice = wire
        .clone()
        .accept(ContentFormat::TLV)
        .accept(ContentFormat::LINK);
    assert_eq!(told(&twice, Version::V1_2), Err(Status::BadOption));
    for (option, value) in [
        (OptionNumber(65_002), &b""[..]),
        (OptionNumber::URI_HOST, b"device"),
        (OptionNumber::URI_PORT, &[22, 51]),
        (OptionNumber::ETAG, b"a"),
        (OptionNumber::HOP_LIMIT, b"1"),
        (OptionNumber::NO_RESPONSE, b""),
        (OptionNumber::ECHO, b"a"),
        (OptionNumber::REQUEST_TAG, b"a"),
        (OptionNumber::BLOCK2, b"\x06"),
        (OptionNumber::OBSERVE, b"\0\0\0\0"),
        (OptionNumber::CONTENT_FORMAT, b"abc"),
    ] {
        let told = told(&wire.clone().option(option, value), Version::V1_2);
        assert_eq!(told, Ok(Operation::Read), "{option:?}");
    }
}

#[test]
fn queries_that_an_operation_does_not_have_are_4_00() {
    for wire in [
        get("/3/0?pmin=1"),
        get("/3/0?a"),
        tlv(put("/3/0?pmin=1")),
        tlv(post("/3/0?a=b")),
        tlv(post("/3?a=b")),
        Wire::new(Code::DELETE).uri("/3/0?now"),
        get("/3/0?pmin=1").accept(ContentFormat::LINK),
        get("/3/0?\u{ff}").observe(0),
        post("/3/0/4?0=U&1=U"),
        post("/3/0/4?0=U").payload(b"0"),
    ] {
        assert_eq!(
            told(&wire, Version::V1_2),
            Err(Status::BadRequest),
            "{:02x?}",
            wire.datagram()
        );
    }
    let bytes = get("/3/0")
        .accept(ContentFormat::LINK)
        .option(OptionNumber::URI_QUERY, &[0xff]);
    assert_eq!(told(&bytes, Version::V1_2), Err(Status::BadRequest), "not UTF-8");
}

fn depth(uri: &str, version: Version) -> Result<Option<Depth>, Status> {
    get(uri).accept(ContentFormat::LINK).with(|message| {
        let session = CoapSession::new(version);
        match session.read_request(message.code, message.options, message.payload, |_| false)? {
            Request::Discover { depth, .. } => Ok(depth),
            other => panic!("{other:?}"),
        }
    })
}

#[test]
fn the_depth_of_a_discover_is_0_to_3_and_unknown_before_1_2() {
    for levels in 0..=3_u8 {
        let uri = format!("/3?depth={levels}");
        assert_eq!(depth(&uri, Version::V1_2), Ok(Depth::new(levels)));
        assert_eq!(depth(&uri, Version::V1_1), Ok(None), "passed over");
    }
    for query in [
        "depth=4",
        "depth",
        "depth=",
        "depth=01",
        "depth=-1",
        "depth=1&depth=1",
        "Depth=1",
    ] {
        assert_eq!(
            depth(&format!("/3?{query}"), Version::V1_2),
            Err(Status::BadRequest),
            "{query}"
        );
    }
    assert_eq!(depth("/3?depth=9", Version::V1_1), Ok(None));
    assert_eq!(Depth::new(4), None);
}

// proves: DM-93
#[test]
fn what_an_execute_is_told_is_read_when_it_is_known_to_be_one() {
    let input = |wire: Wire| {
        wire.with(|message| {
            let session = CoapSession::new(Version::V1_1);
            match session.read_request(message.code, message.options, message.payload, |_| false) {
                Ok(Request::Execute { input, .. }) => match input {
                    ExecuteInput::Query(query) => Ok(format!("?{query}")),
                    input => input.arguments().map(|arguments| arguments.as_str().to_owned()),
                },
                other => panic!("{other:?}"),
            }
        })
    };
    let target = || post("/1/0/8");
    assert_eq!(input(target()), Ok(String::new()));
    assert_eq!(input(target().format(ContentFormat::TEXT)), Ok(String::new()));
    assert_eq!(
        input(target().payload(b"0='U'")),
        Ok("0='U'".to_owned()),
        "text if nothing else is said"
    );
    assert_eq!(
        input(target().format(ContentFormat::TEXT).payload(b"5")),
        Ok("5".to_owned())
    );
    assert_eq!(
        input(target().format(ContentFormat(1541)).payload(b"5")),
        Ok("5".to_owned())
    );
    assert_eq!(input(target().payload(b"x")), Err(Status::BadRequest));
    assert_eq!(
        input(target().format(ContentFormat::SENML_JSON).payload(b"[]")),
        Err(Status::UnsupportedContentFormat)
    );
    assert_eq!(
        input(post("/1/0/8?0=U")),
        Ok("?0=U".to_owned()),
        "one printed example"
    );
}
