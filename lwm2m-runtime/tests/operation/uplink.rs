//! What clients ask of servers, over CoAP.

use lwm2m_runtime::{
    coap::{Code, OptionNumber},
    encoding::ContentFormat,
    model::Version,
    operation::{
        Binding, CoapSession, InvalidRequest, Location, Payload, ProfileId, RegisterParameters, Status,
        Transport, UpdateParameters, Uplink, UplinkPeer, UplinkResponse, read_uplink, read_uplink_response,
    },
};
use proptest::prelude::*;

use crate::wire::{Wire, both, describe};

/// A server of LwM2M 1.0 to 1.2 with one registration of each version.
struct Server;

impl UplinkPeer for Server {
    fn supports(&self, version: Version) -> bool {
        version <= Version::V1_2
    }

    fn version_at(&self, location: Location<'_>) -> Option<Version> {
        match location.registration()? {
            "v10" => Some(Version::V1_0),
            "v11" => Some(Version::V1_1),
            "v12" => Some(Version::V1_2),
            _ => None,
        }
    }
}

fn post(uri: &str) -> Wire {
    Wire::new(Code::POST).uri(uri)
}

fn list(wire: Wire) -> Wire {
    wire.format(ContentFormat::LINK).payload(b"</1/0>,</3/0>")
}

/// What the server makes of it, as text.
fn read(wire: &Wire) -> Result<String, Status> {
    wire.with(|message| {
        read_uplink(&Server, message.code, message.options, message.payload)
            .map(|uplink| format!("{uplink:?}"))
    })
}

fn refused(wire: Wire) -> Option<Status> {
    read(&wire).err()
}

#[test]
fn a_register_with_missing_malformed_or_unknown_parameters_is_4_00() {
    assert_eq!(refused(list(post("/rd?ep=node&lt=60&lwm2m=1.1&b=U&Q"))), None);
    for query in [
        "lt=60&lwm2m=1.0",
        "ep=node&lt=60",
        "ep=node&lwm2m=1.1",
        "ep=node&lt=60&lwm2m=one",
        "ep=node&lt=-1&lwm2m=1.1",
        "ep=node&lt=60&lwm2m=1.1&b=X",
        "ep=node&lt=60&lwm2m=1.0&Q",
        "ep=node&lt=60&lwm2m=1.1&foo=bar",
        "ep=&lt=60&lwm2m=1.1",
        "ep=node&ep=node&lt=60&lwm2m=1.1",
    ] {
        assert_eq!(
            refused(list(post(&format!("/rd?{query}")))),
            Some(Status::BadRequest),
            "{query}"
        );
    }
    let node = "/rd?ep=node&lt=60&lwm2m=1.1";
    assert_eq!(
        refused(post(node)),
        Some(Status::BadRequest),
        "no object list before 1.2"
    );
    assert_eq!(
        refused(post(node).format(ContentFormat::TEXT).payload(b"</3/0>")),
        Some(Status::BadRequest)
    );
    assert_eq!(
        refused(post(node).payload(&[0xff])),
        Some(Status::BadRequest),
        "not UTF-8"
    );
    assert_eq!(
        refused(post(node).payload(b"</3/0>")),
        None,
        "the format need not be said"
    );
    let bytes = list(post(node)).option(OptionNumber::URI_QUERY, &[0xff]);
    assert_eq!(refused(bytes), Some(Status::BadRequest));
}

#[test]
fn parameters_that_became_conditional_may_be_absent_since() {
    assert_eq!(
        refused(list(post("/rd?ep=node&lwm2m=1.0"))),
        None,
        "lifetime of a 1.0-era client"
    );
    assert_eq!(
        refused(list(post("/rd?lt=60&lwm2m=1.1"))),
        None,
        "named by its security"
    );
    assert_eq!(refused(post("/rd?ep=node&lt=60&lwm2m=1.2&pid=6:1234abcd")), None);
}

// proves: REG-07 VER-02
#[test]
fn a_version_that_is_not_served_is_4_12_whatever_else_the_client_says() {
    for version in ["1.3", "2.0", "9.9"] {
        for query in ["", "&new=parameter", "&b=Z"] {
            let wire = list(post(&format!("/rd?ep=node&lt=60&lwm2m={version}{query}")));
            assert_eq!(
                refused(wire),
                Some(Status::PreconditionFailed),
                "{version}{query}"
            );
        }
    }
}

// proves: REG-33 REG-34
#[test]
fn an_update_is_read_by_the_version_of_its_registration() {
    for location in ["v10", "v11", "v12"] {
        let uri = format!("/rd/{location}");
        assert_eq!(refused(post(&uri)), None);
        assert_eq!(refused(list(post(&format!("{uri}?lt=60")))), None);
        for query in ["ep=node", "lwm2m=1.1", "foo", "lt=x"] {
            assert_eq!(
                refused(post(&format!("{uri}?{query}"))),
                Some(Status::BadRequest),
                "{query}"
            );
        }
    }
    assert_eq!(refused(post("/rd/v10?Q")), Some(Status::BadRequest), "not in 1.0");
    assert_eq!(refused(post("/rd/v11?Q")), None);
    assert_eq!(refused(post("/rd/v12?pid=6:1234abcd")), None);
    assert_eq!(refused(post("/rd/v10?b=UQ")), None);
    assert_eq!(refused(post("/rd/v11?b=UQ")), Some(Status::BadRequest));
}

#[test]
fn locations_that_are_none_are_4_04() {
    for uri in [
        "/rd/x",
        "/rd/v11/more",
        "/rd/",
        "/rd//v11",
        "/x/v11",
        "/",
        "/rdx",
        "/.well-known/core",
    ] {
        assert_eq!(refused(post(uri)), Some(Status::NotFound), "{uri}");
        let delete = Wire::new(Code::DELETE).uri(uri);
        assert_eq!(refused(delete), Some(Status::NotFound), "{uri}");
    }
    let slash = post("/rd").option(OptionNumber::URI_PATH, b"a/v11");
    assert_eq!(refused(slash), Some(Status::NotFound));
    let bytes = post("/rd").option(OptionNumber::URI_PATH, &[0xff]);
    assert_eq!(refused(bytes), Some(Status::NotFound));
    for code in [Code::GET, Code::PUT, Code::FETCH, Code::PATCH] {
        for uri in ["/rd", "/rd/v11", "/dp", "/bs"] {
            let status = refused(Wire::new(code).uri(uri));
            assert_eq!(status, Some(Status::MethodNotAllowed), "{code} {uri}");
        }
    }
    assert_eq!(
        refused(Wire::new(Code::DELETE).uri("/rd")),
        Some(Status::MethodNotAllowed)
    );
    assert_eq!(
        refused(Wire::new(Code::DELETE).uri("/rd/v11?a")),
        Some(Status::BadRequest)
    );
}

#[test]
fn bootstrap_requests_and_send_are_told_apart() {
    for (wire, expected) in [
        (
            post("/bs?ep=node&pct=112"),
            r#"BootstrapRequest { endpoint: Some("node"), preferred_format: Some(ContentFormat(112)) }"#,
        ),
        (
            post("/bs"),
            "BootstrapRequest { endpoint: None, preferred_format: None }",
        ),
        (
            Wire::new(Code::GET)
                .uri("/bspack?ep=node34141&acc=</0/2>,</21/0>")
                .accept(ContentFormat::SENML_CBOR),
            "",
        ),
    ] {
        let read = read(&wire).unwrap();
        assert!(expected.is_empty() || read == expected, "{read}");
    }
    for query in [
        "pct=x",
        "pct=",
        "pct=65536",
        "pct=+1",
        "ep",
        "ep=",
        "foo=1",
        "ep=a&ep=b",
        "acc=</0/1>",
    ] {
        assert_eq!(
            refused(post(&format!("/bs?{query}"))),
            Some(Status::BadRequest),
            "{query}"
        );
    }
    let send = post("/dp").payload(b"[]");
    assert_eq!(refused(send.clone()), Some(Status::BadRequest), "no format");
    assert_eq!(refused(send.clone().format(ContentFormat::SENML_JSON)), None);
    assert_eq!(refused(send.uri("?a=b")), Some(Status::BadRequest));
    assert_eq!(
        refused(post("/bs").option(OptionNumber::IF_MATCH, b"")),
        Some(Status::BadOption)
    );
}

#[test]
fn requests_are_written_as_the_specification_prints_them() {
    let text = |version, uplink: Uplink<'_>| describe(&CoapSession::new(version).uplink(&uplink).unwrap());
    let mut parameters = RegisterParameters::new("node", 86_400, Version::V1_1);
    parameters.queue = true;
    parameters.binding = Binding::new(&[Transport::Udp, Transport::Tcp]).unwrap();
    let links = Some("</1/0>");
    assert_eq!(
        text(Version::V1_1, Uplink::Register { parameters, links }),
        "0.02 /rd?ep=node&lt=86400&lwm2m=1.1&b=UT&Q format=40 \"</1/0>\""
    );
    let location = Location::parse("/rd/5a3f").unwrap();
    let parameters = UpdateParameters {
        lifetime: Some(600_000),
        ..Default::default()
    };
    assert_eq!(
        text(
            Version::V1_1,
            Uplink::Update {
                location,
                parameters,
                links: None
            }
        ),
        "0.02 /rd/5a3f?lt=600000"
    );
    assert_eq!(
        text(Version::V1_0, Uplink::Deregister { location }),
        "0.04 /rd/5a3f"
    );
    let payload = Payload::new(ContentFormat::SENML_JSON, b"[]");
    assert_eq!(
        text(Version::V1_1, Uplink::Send { payload }),
        "0.02 /dp format=110 \"[]\""
    );
    assert_eq!(
        text(
            Version::V1_2,
            Uplink::BootstrapPackRequest {
                endpoint: Some("node34141"),
                accept: Some(ContentFormat::SENML_CBOR),
                account: None
            }
        ),
        "0.01 /bspack?ep=node34141 accept=112"
    );
}

#[test]
fn what_the_session_does_not_have_is_not_sent() {
    let payload = Payload::new(ContentFormat::SENML_JSON, b"[]");
    let pack = Uplink::BootstrapPackRequest {
        endpoint: None,
        accept: None,
        account: None,
    };
    let pct = Uplink::BootstrapRequest {
        endpoint: Some("node"),
        preferred_format: Some(ContentFormat::TLV),
    };
    for (uplink, since) in [
        (Uplink::Send { payload }, Version::V1_1),
        (pct, Version::V1_1),
        (pack, Version::V1_2),
    ] {
        for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
            let form = CoapSession::new(version).uplink(&uplink);
            assert_eq!(form.is_ok(), version >= since, "{uplink:?} {version}");
        }
    }
    let long = "n".repeat(253);
    let parameters = RegisterParameters::new(&long, 60, Version::V1_1);
    let register = Uplink::Register {
        parameters,
        links: Some("</3/0>"),
    };
    assert_eq!(
        CoapSession::new(Version::V1_1).uplink(&register).err(),
        Some(InvalidRequest::TooLong { what: "a parameter" })
    );
}

#[test]
fn locations_are_segments() {
    for (text, segments) in [
        ("rd/5a3f", &["rd", "5a3f"][..]),
        ("/rd/5a3f", &["rd", "5a3f"]),
        ("/a/b c/d", &["a", "b c", "d"]),
    ] {
        let location = Location::parse(text).unwrap();
        assert_eq!(location.segments().collect::<Vec<_>>(), segments);
        assert_eq!(location.to_string(), format!("/{}", segments.join("/")));
    }
    assert_eq!(Location::parse("rd/5a3f").unwrap().registration(), Some("5a3f"));
    assert_eq!(Location::parse("rd/5a3f/1").unwrap().registration(), None);
    assert_eq!(Location::parse("dr/5a3f").unwrap().registration(), None);
    let long = "x".repeat(256);
    for text in ["", "/", "a//b", "a/", "//", &long] {
        assert_eq!(Location::parse(text), None, "{text:?}");
    }
}

#[test]
fn answers_written_are_themselves_again() {
    let location = Location::parse("rd/5a3f").unwrap();
    let session = CoapSession::new(Version::V1_2);
    for response in [
        UplinkResponse::registered(location),
        UplinkResponse::new(Status::Changed),
        UplinkResponse::new(Status::Conflict),
        UplinkResponse::content(Payload::new(ContentFormat::SENML_CBOR, b"\x80")),
    ] {
        both(&session.uplink_response(&response), |code, options, payload| {
            assert_eq!(read_uplink_response(code, options, payload), Some(response));
        });
    }
    assert_eq!(
        describe(&session.uplink_response(&UplinkResponse::registered(location))),
        "2.01 location=/rd/5a3f"
    );
    let strange = Wire::new(Code::CREATED).option(OptionNumber::LOCATION_PATH, b"");
    strange.with(|message| {
        let read = read_uplink_response(message.code, message.options, message.payload);
        assert_eq!(
            read,
            Some(UplinkResponse::new(Status::Created)),
            "no location to go to"
        );
    });
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z:]{1,20}", "[^\\x00]{1,20}", "=&?/%.{0,8}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_is_itself_again(
        endpoint in name(), sms in prop::option::of(name()), links in prop::option::of(name()),
        lifetime in any::<u32>(), version in 0_u8..=2, letters in 1_u8..64, queue in any::<bool>(),
        pid in any::<bool>(), bytes in prop::collection::vec(any::<u8>(), 0..20), format in any::<u16>(),
        which in 0..6,
    ) {
        let version = Version::new(1, version);
        let location_text = format!("rd/v1{}", version.minor());
        let location = Location::parse(&location_text).unwrap();
        let transports: Vec<_> = "UTSNMH"
            .chars()
            .enumerate()
            .filter(|(bit, _)| letters & 1 << bit != 0)
            .filter_map(|(_, letter)| Transport::from_letter(letter))
            .filter(|transport| transport.since() <= version)
            .collect();
        let mut binding = Binding::new(&transports).unwrap_or_default();
        let mut queue = queue;
        if version == Version::V1_0 {
            queue &= binding.contains(Transport::Udp) || binding.contains(Transport::Sms);
            binding = binding.with_queue(queue);
        }
        let profile_ids = match pid && version == Version::V1_2 {
            true => vec![ProfileId::parse("6:1234abcd").unwrap(), ProfileId::parse("oma:a-1").unwrap()],
            false => Vec::new(),
        };
        let links = links.as_deref();
        let payload = Payload::new(ContentFormat(format), &bytes);
        let uplink = match which {
            0 => {
                let mut parameters = RegisterParameters::new(&endpoint, lifetime, version);
                parameters.binding = binding;
                parameters.queue = queue;
                parameters.sms = sms.as_deref();
                parameters.profile_ids = profile_ids;
                let links = links.or((version < Version::V1_2).then_some("</3/0>"));
                Uplink::Register { parameters, links }
            }
            1 => {
                let parameters = UpdateParameters {
                    lifetime: pid.then_some(lifetime),
                    binding: Some(binding),
                    queue,
                    sms: sms.as_deref(),
                    profile_ids,
                };
                Uplink::Update { location, parameters, links }
            }
            2 => Uplink::Deregister { location },
            3 => Uplink::Send { payload },
            4 => Uplink::BootstrapRequest {
                endpoint: sms.as_deref(),
                preferred_format: pid.then_some(ContentFormat(format)),
            },
            _ => Uplink::BootstrapPackRequest {
                endpoint: sms.as_deref(),
                accept: pid.then_some(ContentFormat(format)),
                account: links,
            },
        };
        if let Ok(form) = CoapSession::new(version).uplink(&uplink) {
            for read in both(&form, |code, options, payload| {
                match read_uplink(&Server, code, options, payload) {
                    Ok(read) if read == uplink => Ok(()),
                    other => Err(format!("{other:?}")),
                }
            }) {
                prop_assert_eq!(read, Ok(()));
            }
        }
    }

    #[test]
    fn any_message_is_read_or_refused(
        code in 1_u8..=7,
        options in prop::collection::vec((prop::sample::select(vec![6_u16, 8, 11, 11, 12, 15, 15, 17]), prop_oneof![
            prop::sample::select(vec!["rd", "bs", "dp", "bspack", "v11", "ep=a", "lt=1", "lwm2m=1.1", "pct=1", "("])
                .prop_map(|text| text.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..20)
        ]), 0..8),
        payload in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut wire = Wire::new(Code(code)).payload(&payload);
        for (number, value) in options {
            wire = wire.option(OptionNumber(number), &value);
        }
        wire.with(|message| {
            let _ = read_uplink(&Server, message.code, message.options, message.payload);
            let _ = read_uplink_response(Code::CREATED, message.options, message.payload);
        });
    }
}
