//! What two servers may do, and how none of them gets more.

use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::{ValueRef, Version},
    operation::{Payload, Request, Status, WriteMode},
    server::ServerConfig,
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, client_address, path, server_address, values},
};

use super::rule;
use crate::{
    fixtures::{VERSIONS, client, full_tree, security, server_minimum},
    raw::Raw,
};

/// Two servers, of which each owns its own account; Device is the second one's; of Portfolio the first may create.
fn two_servers(version: Version) -> Pair<Program> {
    let mut tree = full_tree();
    tree.insert(1, security(1)).unwrap();
    tree.insert(1, server_minimum(1)).unwrap();
    let rules = [
        rule(1, 0, 1, &[(1, 15)]),
        rule(1, 1, 2, &[(2, 15)]),
        rule(3, 0, u16::MAX, &[(2, 15), (0, 1)]),
        rule(16, 0, 2, &[(2, 15), (1, 1)]),
        rule(16, u16::MAX, u16::MAX, &[(1, 16)]),
    ];
    for (instance, rule) in (0..).zip(rules) {
        tree.insert(instance, rule).unwrap();
    }
    let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
    pair.add_server(ServerConfig::default());
    pair.add_server(ServerConfig::default());
    pair.add_client(client(version), tree, Program::default());
    pair.start();
    pair
}

fn write_by(pair: &mut Pair<Program>, server: usize, at: &str, text: &str) -> Status {
    let request = Request::Write {
        path: path(at),
        mode: WriteMode::Replace,
        payload: Payload::new(ContentFormat::TEXT, text.as_bytes()),
    };
    pair.ask_by(server, &request).status
}

#[test]
fn each_server_does_what_it_has_the_right_to() {
    for version in VERSIONS {
        let mut pair = two_servers(version);
        let read = |pair: &mut Pair<Program>, server, at| {
            let request = Request::Read {
                path: path(at),
                accept: None,
            };
            pair.ask_by(server, &request).status
        };
        for (server, at, status) in [
            (0, "/1/0", Status::Content),
            (0, "/1/1", Status::Unauthorized),
            (1, "/1/1", Status::Content),
            (1, "/1/0", Status::Unauthorized),
            (0, "/3/0", Status::Content),
            (1, "/3/0", Status::Content),
            (0, "/1", Status::Content),
        ] {
            assert_eq!(
                read(&mut pair, server, at),
                status,
                "{version} server {server} {at}"
            );
        }
        assert_eq!(write_by(&mut pair, 0, "/3/0/14", "+05:00"), Status::Unauthorized);
        assert_eq!(write_by(&mut pair, 1, "/3/0/14", "+05:00"), Status::Changed);
        assert_eq!(write_by(&mut pair, 0, "/1/0/2", "3"), Status::Changed);
        // Of an object, what may be read.
        assert!(pair.get("/1").keys().all(|at| at.instance_id() == Some(0)));
    }
}

// proves: ROB-53
#[test]
fn no_server_gives_itself_rights() {
    for version in VERSIONS {
        let mut pair = two_servers(version);
        // What belongs to others, and what belongs to none.
        for at in ["/2/1/3", "/2/2/3", "/2/3/3", "/2/4/3"] {
            assert_eq!(
                write_by(&mut pair, 0, at, "1"),
                Status::Unauthorized,
                "{version} {at}"
            );
        }
        for rule in [1, 2, 3, 4] {
            let at = format!("/2/{rule}");
            let acl = format!("{at}/2/1");
            let bytes = values(ContentFormat::TLV, &at, &[(&*acl, ValueRef::Integer(31))]);
            let request = Request::Write {
                path: path(&at),
                mode: WriteMode::Partial,
                payload: Payload::new(ContentFormat::TLV, &bytes),
            };
            let status = pair.ask(&request).status;
            assert_eq!(status, Status::Unauthorized, "{version} {at}");
        }
        // Rules do not come and go by servers.
        let new = [
            ("/2/9/0", ValueRef::Integer(3)),
            ("/2/9/1", ValueRef::Integer(0)),
            ("/2/9/3", ValueRef::Integer(1)),
        ];
        let bytes = values(ContentFormat::TLV, "/2", &new);
        let created = Raw::new(Code::POST, "/2").payload(11542, &bytes).code(&mut pair);
        assert_eq!(created, Code::UNAUTHORIZED);
        for at in ["/2/0", "/2/2"] {
            assert_eq!(Raw::new(Code::DELETE, at).code(&mut pair), Code::UNAUTHORIZED);
        }
        // Nor by a detour: to delete what another one owns, and create it anew as one's own.
        assert_eq!(pair.delete("/16/0"), Status::Unauthorized);
        let bytes = values(
            ContentFormat::TLV,
            "/16",
            &[("/16/0/0/0", ValueRef::String("mine"))],
        );
        assert_ne!(
            pair.create(16, ContentFormat::TLV, &bytes).status,
            Status::Created
        );
        // What it creates is its own, and nobody else's.
        let bytes = values(
            ContentFormat::TLV,
            "/16",
            &[("/16/5/0/0", ValueRef::String("mine"))],
        );
        assert_eq!(
            pair.create(16, ContentFormat::TLV, &bytes).status,
            Status::Created
        );
        assert_eq!(write_by(&mut pair, 0, "/3/0/14", "+09:00"), Status::Unauthorized);
        let others = Raw::new(Code::GET, "/16/5").send(&mut pair, server_address(1), client_address(0));
        assert_eq!(others.unwrap().code(), Some(Code::UNAUTHORIZED));
        let own = Raw::new(Code::GET, "/16/5").send(&mut pair, server_address(0), client_address(0));
        assert_eq!(own.unwrap().code(), Some(Code::CONTENT));
    }
}
