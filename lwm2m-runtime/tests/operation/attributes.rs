//! Notification attributes in requests, over CoAP.

use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    link::{Attribute, AttributeChanges, NotificationAttributes},
    model::{ResourceType, Version},
    operation::{CoapSession, Operation, Request, Status},
};

use crate::{
    request::{VERSIONS, get, parse, put, told},
    wire::Wire,
};

fn changes(query: &str, path: &str, version: Version) -> Result<AttributeChanges, Status> {
    put(&format!("{path}?{query}")).with(|message| {
        let session = CoapSession::new(version);
        match session.read_request(message.code, message.options, message.payload, |_| false)? {
            Request::WriteAttributes { changes, .. } => Ok(changes),
            other => panic!("{other:?}"),
        }
    })
}

// proves: DM-82
#[test]
fn write_attributes_sets_and_unsets_at_every_level() {
    for version in VERSIONS {
        for path in ["/3", "/3/0", "/3/0/9", "/3/0/7/0"] {
            let changes = changes("pmin=1&pmax", path, version);
            if path == "/3/0/7/0" && version == Version::V1_0 {
                assert_eq!(changes, Err(Status::MethodNotAllowed));
                continue;
            }
            let changes = changes.unwrap();
            assert_eq!(changes.attributes().pmin, Some(1));
            assert!(changes.unsets(Attribute::Pmax) && !changes.unsets(Attribute::Pmin));
            let mut attached = NotificationAttributes {
                pmax: Some(9),
                gt: Some(1.0),
                ..Default::default()
            };
            changes.apply(&mut attached);
            assert_eq!(
                (attached.pmin, attached.pmax, attached.gt),
                (Some(1), None, Some(1.0))
            );
        }
    }
}

// proves: ATTR-10 ATTR-11 ATTR-12 ATTR-15 ATTR-20 ATTR-21
#[test]
fn attributes_that_cannot_be_are_4_00() {
    let refused = [
        "dim=1",
        "ssid=101",
        "uri=a",
        "ver=1.0",
        "lwm2m=1.0",
        "ct=40",
        "unknown=1",
        "Pmin=1",
        "pmin=1&foo",
        "",
        "lt=10&gt=10",
        "lt=11&gt=10",
        "lt=5&st=5&gt=15",
        "epmin=5&epmax=5",
        "epmin=6&epmax=5",
        "pmin=1&pmin=2",
        "pmin=1&pmin",
        "st=1&stp=2",
        "pmin=",
        "pmin=-1",
        "pmin=1.5",
        "pmin=4294967296",
        "gt=",
        "gt=inf",
        "gt=nan",
        "gt=0x1",
        "st=-1",
    ];
    for query in refused {
        assert_eq!(
            changes(query, "/3/0/9", Version::V1_2),
            Err(Status::BadRequest),
            "{query}"
        );
    }
    for query in [
        "lt=5&st=4.9&gt=15",
        "pmin=20&pmax=10",
        "pmin=0&pmax=0",
        "gt=-1.5e1",
        "lt=-3",
        "gt=15",
        "lt=20",
    ] {
        assert!(changes(query, "/3/0/9", Version::V1_2).is_ok(), "{query}");
    }
}

// proves: ATTR-14 ATTR-19 ATTR-25
#[test]
fn attributes_are_read_by_the_version_of_the_session() {
    for query in ["edge=2", "con=2", "edge=true", "con=", "st=0"] {
        assert_eq!(
            changes(query, "/3/0/9", Version::V1_2),
            Err(Status::BadRequest),
            "{query}"
        );
    }
    assert_eq!(
        changes("gt=45&stp=10", "/3/0/9", Version::V1_0)
            .unwrap()
            .attributes()
            .st,
        Some(10.0)
    );
    assert!(changes("st=0", "/3/0/9", Version::V1_1).is_ok());
    for (query, since) in [
        ("epmin=1", Version::V1_1),
        ("epmax", Version::V1_1),
        ("edge=1", Version::V1_2),
        ("con=1", Version::V1_2),
        ("hqmax=3", Version::V1_2),
    ] {
        for version in VERSIONS {
            assert_eq!(
                changes(query, "/3/0/9", version).is_ok(),
                version >= since,
                "{query} {version}"
            );
        }
    }
}

// proves: ATTR-18
#[test]
fn conditions_on_a_value_need_a_resource_of_a_fitting_type() {
    for query in ["gt=1", "lt=1", "st=1", "edge=1", "gt"] {
        for path in ["/3", "/3/0"] {
            assert_eq!(
                changes(query, path, Version::V1_2),
                Err(Status::BadRequest),
                "{query} {path}"
            );
        }
        assert!(changes(query, "/3/0/9", Version::V1_2).is_ok());
        assert!(changes(query, "/3/0/7/0", Version::V1_2).is_ok());
    }
    let gt = *changes("gt=1", "/3/0/9", Version::V1_2).unwrap().attributes();
    let edge = *changes("edge=1", "/3/0/9", Version::V1_2).unwrap().attributes();
    for (resource_type, numeric, boolean) in [
        (ResourceType::Integer, true, false),
        (ResourceType::Unsigned, true, false),
        (ResourceType::Float, true, false),
        (ResourceType::Boolean, false, true),
        (ResourceType::String, false, false),
        (ResourceType::Opaque, false, false),
    ] {
        assert_eq!(
            gt.check_type(Some(resource_type)).is_ok(),
            numeric,
            "{resource_type:?}"
        );
        assert_eq!(
            edge.check_type(Some(resource_type)).is_ok(),
            boolean,
            "{resource_type:?}"
        );
        assert_eq!(
            NotificationAttributes {
                pmin: Some(1),
                con: Some(true),
                ..Default::default()
            }
            .check_type(Some(resource_type)),
            Ok(())
        );
    }
}

#[test]
fn an_observe_has_attributes_from_1_2_on_and_a_composite_one_only_periods_and_con() {
    let observe = get("/3/0/9?pmin=5&pmax=15&gt=1").observe(0);
    for version in [Version::V1_0, Version::V1_1] {
        assert_eq!(told(&observe, version), Err(Status::BadRequest));
    }
    observe.with(|message| {
        let session = CoapSession::new(Version::V1_2);
        let read = session.read_request(message.code, message.options, message.payload, |_| false);
        assert_eq!(
            read,
            Ok(Request::Observe {
                path: parse("/3/0/9"),
                accept: None,
                attributes: NotificationAttributes {
                    pmin: Some(5),
                    pmax: Some(15),
                    gt: Some(1.0),
                    ..Default::default()
                }
            })
        );
    });
    assert_eq!(
        told(&get("/3/0/9?pmin").observe(0), Version::V1_2),
        Err(Status::BadRequest),
        "no unset"
    );
    let composite = |query: &str| {
        let wire = Wire::new(Code::FETCH).uri(query).observe(0);
        told(
            &wire.format(ContentFormat::SENML_ETCH_JSON).payload(b"[]"),
            Version::V1_2,
        )
    };
    for query in ["gt=1", "lt=1", "st=1", "edge=1", "hqmax=1", "foo=1", "depth=1"] {
        assert_eq!(
            composite(&format!("/?{query}")),
            Err(Status::BadRequest),
            "{query}"
        );
    }
    assert_eq!(
        composite("/?pmin=1&pmax=2&epmin=1&epmax=2&con=1"),
        Ok(Operation::ObserveComposite)
    );
}
