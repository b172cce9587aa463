use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::{Path, ValueRef, Version},
    operation::Status,
    tree::Executed,
};
use lwm2m_tests::pair::{path, values};

use crate::{
    fixtures::{VERSIONS, firmware, full_tree, registered, registered_with, usual_tree},
    raw::Raw,
};

const IDENTITIES: [(&str, ValueRef<'_>); 2] = [
    ("/16/1/0/0", ValueRef::String("first")),
    ("/16/1/0/1", ValueRef::String("second")),
];

/// The format of a Create in a version.
fn format(version: Version) -> ContentFormat {
    match version {
        Version::V1_0 => ContentFormat::TLV,
        Version::V1_1 => ContentFormat::SENML_JSON,
        _ => ContentFormat::LWM2M_CBOR,
    }
}

// proves: DM-54 DM-55 DM-100
#[test]
fn int_1630_creates_an_instance() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let mark = pair.wire.mark();
        for format in [ContentFormat::TLV, format(version)] {
            let bytes = values(format, "/16", &IDENTITIES);
            let answer = pair.create(16, format, &bytes);
            assert_eq!(answer.status, Status::Created, "{version} {format}");
            assert_eq!(answer.created, None, "the server chose the identifier");
            let links = pair.discover("/16/1");
            assert!(links.contains("</16/1/0>;dim=2"), "{links}");
            assert_eq!(pair.delete("/16/1"), Status::Deleted);
        }
        let request = pair.wire.requests(mark, Code::POST, "/16")[0];
        assert_eq!(
            pair.wire.response_to(request).unwrap().code(),
            Some(Code::CREATED)
        );

        // Without an identifier the device chooses one and says which.
        let mut bare = vec![0x87, 0x00, 0x45, 0x00];
        bare.extend(b"alone");
        let answer = pair.create(16, ContentFormat::TLV, &bare);
        assert_eq!(answer.status, Status::Created, "{}", pair.log());
        assert_eq!(answer.created, Some(Path::instance(16, 1)));
        assert_eq!(
            pair.client().tree().value(path("/16/1/0/0")),
            Some(ValueRef::String("alone"))
        );
    }
}

// proves: DM-56 DM-57 DM-58 DM-60
#[test]
fn a_create_that_cannot_be_leaves_nothing_behind() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let format = format(version);
        // One that is there already, beside one that is not.
        let taken = values(
            format,
            "/16",
            &[
                ("/16/0/0/0", ValueRef::String("again")),
                ("/16/1/0/0", ValueRef::String("new")),
            ],
        );
        assert_eq!(pair.create(16, format, &taken).status, Status::BadRequest);
        // What servers cannot write is passed over.
        let read_only = values(
            format,
            "/16",
            &[
                ("/16/2/0/0", ValueRef::String("x")),
                ("/16/2/3", ValueRef::Integer(2)),
            ],
        );
        assert_eq!(pair.create(16, format, &read_only).status, Status::Created);
        assert!(pair.client().tree().value(path("/16/2/3")).is_none());
        // Without what is mandatory.
        let incomplete = values(format, "/16", &[("/16/1/3", ValueRef::Integer(1))]);
        assert_eq!(pair.create(16, format, &incomplete).status, Status::BadRequest);
        let unsupported = pair.create(16, ContentFormat(60_000), b"x").status;
        assert_eq!(unsupported, Status::UnsupportedContentFormat);
        let without = Raw {
            payload: &taken,
            ..Raw::new(Code::POST, "/16")
        };
        assert_eq!(without.code(&mut pair), Code::BAD_REQUEST);
        assert!(pair.client().tree().instance(16, 1).is_none());
        assert_eq!(
            pair.client().tree().value(path("/16/0/0/0")),
            Some(ValueRef::String("Host Device ID #1"))
        );
    }
}

// proves: DM-59 OBJ-3-08
#[test]
fn int_680_a_second_device_cannot_be_created() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let format = format(version);
        for at in ["/3/0/14", "/3/1/14"] {
            let bytes = values(format, "/3", &[(at, ValueRef::String("+01:00"))]);
            assert_eq!(
                pair.create(3, format, &bytes).status,
                Status::MethodNotAllowed,
                "{at}"
            );
        }
    }
}

// proves: DM-68
#[test]
fn int_685_the_device_cannot_be_deleted() {
    for version in VERSIONS {
        let mut pair = registered(version);
        assert_eq!(pair.delete("/3/0"), Status::MethodNotAllowed);
        assert_eq!(pair.text("/3/0/0"), "Open Mobile Alliance");
    }
}

// proves: DM-65 DM-66 DM-67
#[test]
fn only_instances_are_deleted() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        for at in ["/16", "/16/0/0", "/3/0/14"] {
            assert_eq!(
                Raw::new(Code::DELETE, at).code(&mut pair),
                Code::METHOD_NOT_ALLOWED,
                "{at}"
            );
        }
        assert_eq!(Raw::new(Code::DELETE, "/16/9").code(&mut pair), Code::NOT_FOUND);
        if version == Version::V1_2 {
            assert_eq!(pair.delete("/16/0/0/3"), Status::Deleted);
            assert!(pair.client().tree().value(path("/16/0/0/3")).is_none());
            assert!(pair.client().tree().value(path("/16/0/0/2")).is_some());
        } else {
            let request = lwm2m_runtime::operation::Request::Delete {
                path: path("/16/0/0/3"),
            };
            assert!(pair.try_ask(0, 0, &request).is_err(), "{version}");
        }
    }
}

// proves: OBJ-1-02
#[test]
fn int_565_servers_create_no_server_accounts() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let format = format(version);
        let bytes = values(
            format,
            "/1",
            &[
                ("/1/5/0", ValueRef::Integer(5)),
                ("/1/5/1", ValueRef::Integer(60)),
                ("/1/5/6", ValueRef::Boolean(true)),
                ("/1/5/7", ValueRef::String("U")),
            ],
        );
        let status = pair.create(1, format, &bytes).status;
        assert!(
            matches!(status, Status::Unauthorized | Status::MethodNotAllowed),
            "{version} {status:?}"
        );
        assert!(pair.client().tree().instance(1, 5).is_none());
    }
}

#[test]
fn int_566_servers_delete_no_server_accounts() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let status = pair.delete("/1/0");
        assert!(
            matches!(status, Status::Unauthorized | Status::MethodNotAllowed),
            "{version} {status:?}"
        );
        assert!(pair.client().tree().instance(1, 0).is_some());
    }
}

#[test]
fn int_270_creates_an_instance_with_an_identifier() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        let format = format(version);
        let bytes = values(format, "/16", &[("/16/4711/0/0", ValueRef::String("far"))]);
        assert_eq!(pair.create(16, format, &bytes).status, Status::Created);
        assert!(pair.client().tree().instance(16, 4711).is_some());
    }
}

#[test]
fn int_290_deletes_an_instance() {
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        assert_eq!(pair.delete("/16/0"), Status::Deleted);
        assert!(pair.client().tree().instance(16, 0).is_none());
        pair.settle();
        let id = pair.registration();
        assert!(!pair.server().registration(id).unwrap().objects().contains(16, 0));
    }
}

// proves: DM-45 DM-46 DM-99
#[test]
fn executes_reach_the_program_with_their_arguments() {
    for version in VERSIONS {
        let mut tree = usual_tree();
        tree.insert(0, firmware()).unwrap();
        let mut pair = registered_with(version, tree);
        assert_eq!(pair.execute("/3/0/4", ""), Status::Changed);
        assert_eq!(pair.execute("/3/0/5", "0='all',3"), Status::Changed);
        let executed = pair.application().executed.clone();
        assert_eq!(
            executed,
            [
                (path("/3/0/4"), String::new(), 1),
                (path("/3/0/5"), "0='all',3".into(), 1)
            ]
        );
        // A program that cannot do it now.
        pair.application()
            .execute
            .insert(path("/3/0/4"), Executed::Done(Status::BadRequest));
        assert_eq!(pair.execute("/3/0/4", ""), Status::BadRequest);
        for at in ["/3/0/0", "/3/0/7/0"] {
            assert_eq!(
                Raw::new(Code::POST, at).code(&mut pair),
                Code::METHOD_NOT_ALLOWED,
                "{at}"
            );
        }
    }
}

// proves: DM-47 DM-48 DM-93 ROB-55
#[test]
fn arguments_that_are_none_never_reach_the_program() {
    let mut pair = registered(Version::V1_2);
    for arguments in [
        &b"a"[..],
        b"0='",
        b"0=x",
        b"0,0",
        b"10",
        b"0='\"'",
        b"0='a'b",
        b"\xff",
        b",",
    ] {
        let request = Raw::new(Code::POST, "/3/0/4").payload(0, arguments);
        assert_eq!(request.code(&mut pair), Code::BAD_REQUEST, "{arguments:02x?}");
    }
    let senml = Raw::new(Code::POST, "/3/0/4").payload(110, br#"[{"n":"0"}]"#);
    assert_eq!(senml.code(&mut pair), Code::UNSUPPORTED_CONTENT_FORMAT);
    assert!(pair.application().executed.is_empty());
}

#[test]
fn an_execute_that_takes_long_is_answered_later() {
    use std::time::Duration;

    use lwm2m_runtime::client::Event;
    for version in VERSIONS {
        let mut pair = registered(version);
        pair.application().execute.insert(path("/3/0/5"), Executed::Later);
        let id = pair.registration();
        let now = pair.now;
        let request = lwm2m_runtime::operation::Request::Execute {
            path: path("/3/0/5"),
            input: lwm2m_runtime::operation::ExecuteInput::None,
        };
        let asked = pair.servers[0].engine.request(now, id, &request).unwrap();
        pair.run_for(Duration::from_secs(30));
        let ticket = pair.clients[0].events.iter().find_map(|(_, event)| match event {
            Event::Deferred { ticket, .. } => Some(*ticket),
            _ => None,
        });
        let now = pair.now;
        assert!(
            pair.clients[0]
                .engine
                .complete(now, ticket.unwrap(), Status::Changed)
        );
        pair.settle();
        let answered = pair.servers[0].events.iter().any(|(_, event)| {
            matches!(event, lwm2m_runtime::server::Event::Response { request, answer, .. }
                if *request == asked && answer.status == Status::Changed)
        });
        assert!(answered, "{}", pair.log());
    }
}
