//! Rules that come with a Create, go with a Delete, and change hands (LwM2M Core 1.2, section 8.1).

use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{Path, Value, ValueRef},
    operation::Status,
    server::Event,
};
use lwm2m_tests::pair::{Pair, Program, client_address, server_address, values};

use super::{by, id, network, rule, rules, tree_of};
use crate::fixtures::{VERSIONS, dynamic, portfolio};

/// Three servers; the first may create instances of Portfolio, and has one.
fn creating(version: lwm2m_runtime::model::Version) -> Pair<Program> {
    let mut tree = tree_of(
        3,
        &[
            rule(3, 0, 101, &[(0, 1)]),
            rule(16, u16::MAX, u16::MAX, &[(101, 16), (102, 16)]),
            rule(16, 0, 101, &[]),
        ],
    );
    tree.insert_dynamic(0, portfolio()).unwrap();
    network(version, tree)
}

fn identity(at: &str) -> Vec<u8> {
    let resource = format!("{at}/0/0");
    values(
        ContentFormat::TLV,
        "/16",
        &[(&*resource, ValueRef::String("one"))],
    )
}

/// What each server knows that the device has.
fn known(pair: &Pair<Program>, object: u16, instance: u16) -> [bool; 3] {
    [0, 1, 2].map(|server| {
        let id = pair.registration_of(server, 0);
        let registration = pair.servers[server].engine.registration(id).unwrap();
        registration.objects().contains(object, instance)
    })
}

// proves: ACL-18 ACL-21 ACL-22 ACL-19 ACL-26
#[test]
fn who_creates_owns_shares_hands_over_and_loses() {
    for version in VERSIONS {
        let mut pair = creating(version);
        let pair = &mut pair;
        let mark = pair.wire.mark();
        let status = by(pair, 102).create(16, ContentFormat::TLV, &identity("/16/7"));
        assert_eq!(status, Status::Created, "{version}");
        pair.settle();
        assert_eq!(rules(pair)[3], (3, rule(16, 7, 102, &[(102, 15)])));
        // Everybody learns that there is an instance and a rule, by one Update each.
        assert_eq!(known(pair, 16, 7), [true; 3], "{version}");
        assert_eq!(known(pair, 2, 3), [true; 3]);
        for server in 0..3 {
            let updates = pair.wire.requests_of(mark, client_address(0)).into_iter();
            let updates = updates.filter(|sent| sent.to == server_address(server));
            assert_eq!(updates.count(), 1, "{}", pair.log());
        }
        // Nobody else has a right, and the caller is told so.
        for other in [101, 103] {
            assert_eq!(by(pair, other).read("/16/7"), Err(Status::Unauthorized));
            assert_eq!(by(pair, other).grant(3, other, 15), Status::Unauthorized);
            assert_eq!(by(pair, other).delete("/16/7"), Status::Unauthorized);
        }
        let refused = pair.servers[0].events.iter().filter(|(_, event)| {
            matches!(event, Event::Response { answer, .. } if answer.status == Status::Unauthorized)
        });
        assert_eq!(refused.count(), 3);

        // Shared with one of them, which may read and no more.
        assert_eq!(by(pair, 102).grant(3, 103, 1), Status::Changed);
        assert!(by(pair, 103).read("/16/7").is_ok());
        assert_eq!(by(pair, 103).delete("/16/7"), Status::Unauthorized);
        assert_eq!(by(pair, 101).read("/16/7"), Err(Status::Unauthorized));
        // Its own entry stays what it is.
        assert!(by(pair, 102).read("/16/7").is_ok());

        // Handed over: the new owner says who may what, and the old one keeps its entry until then.
        assert_eq!(by(pair, 103).put("/2/3/3", "103"), Status::Unauthorized);
        assert_eq!(by(pair, 102).put("/2/3/3", "103"), Status::Changed);
        assert_eq!(by(pair, 102).grant(3, 101, 15), Status::Unauthorized);
        assert!(by(pair, 102).read("/16/7").is_ok());
        assert_eq!(by(pair, 103).grant(3, 102, 0), Status::Changed);
        assert_eq!(by(pair, 102).read("/16/7"), Err(Status::Unauthorized));
        // An owner may take away its own rights, and give them back to itself.
        assert_eq!(
            by(pair, 103).delete("/16/7"),
            Status::Unauthorized,
            "its entry says R"
        );
        assert_eq!(by(pair, 103).grant(3, 103, 15), Status::Changed);
        assert_eq!(by(pair, 103).delete("/16/7"), Status::Deleted);
        pair.settle();
        assert_eq!(rules(pair).len(), 3, "{version}");
        assert_eq!(known(pair, 16, 7), [false; 3]);
        assert_eq!(known(pair, 2, 3), [false; 3]);
        assert_eq!(known(pair, 16, 0), [true; 3]);
    }
}

// proves: ACL-29 ACL-21
#[test]
fn a_rule_goes_with_its_instance_whoever_deletes_it() {
    for version in VERSIONS {
        let mut pair = creating(version);
        let pair = &mut pair;
        assert_eq!(by(pair, 101).grant(2, 103, 8), Status::Changed);
        assert_eq!(
            by(pair, 103).read("/16/0"),
            Err(Status::Unauthorized),
            "D is not R"
        );
        assert_eq!(by(pair, 103).delete("/16/0"), Status::Deleted);
        assert_eq!(rules(pair).len(), 2, "{version}");
        // The device's own program, too: what it makes has no rule, and so belongs to nobody.
        pair.change(|tree| tree.insert_dynamic(3, dynamic(16, &[])))
            .unwrap();
        pair.settle();
        for server in 0..3 {
            assert_eq!(by(pair, id(server)).read("/16/3"), Err(Status::Unauthorized));
        }
    }
}

/// A Create that is refused, for whatever reason, leaves no rule behind; and one that is made anew where one was deleted
/// belongs to who made it.
#[test]
fn a_refused_create_leaves_nothing() {
    for version in VERSIONS {
        let mut pair = creating(version);
        let pair = &mut pair;
        let before = rules(pair);
        for (server, bytes, status) in [
            (103, identity("/16/7"), Status::Unauthorized),
            (101, identity("/16/0"), Status::BadRequest),
            (101, b"\xff\xff\xff".to_vec(), Status::BadRequest),
        ] {
            let answer = by(pair, server).create(16, ContentFormat::TLV, &bytes);
            assert_eq!(answer, status, "{version}");
        }
        pair.application().fixed.insert(16, Status::MethodNotAllowed);
        let refused = by(pair, 101).create(16, ContentFormat::TLV, &identity("/16/7"));
        assert_eq!(refused, Status::MethodNotAllowed);
        assert_eq!(by(pair, 101).delete("/16/0"), Status::MethodNotAllowed);
        pair.application().fixed.clear();
        assert_eq!(rules(pair), before);

        assert_eq!(by(pair, 101).delete("/16/0"), Status::Deleted);
        let anew = by(pair, 102).create(16, ContentFormat::TLV, &identity("/16/0"));
        assert_eq!(anew, Status::Created);
        assert_eq!(by(pair, 101).read("/16/0"), Err(Status::Unauthorized));
        assert!(by(pair, 102).read("/16/0").is_ok());
        let values = by(pair, 103).read("/2").unwrap();
        assert_eq!(
            values[&Path::resource(2, 2, 3)],
            Value::Integer(102),
            "read by all"
        );
        assert_eq!(rules(pair).len(), 3);
    }
}
