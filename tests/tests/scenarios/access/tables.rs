//! The examples of the specifications, answer by answer: the two servers of LwM2M Core 1.2, section 8, and the example
//! client of LwM2M 1.0, appendix F.

use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{Value, ValueRef, Version},
    objects::{ConnectivityMonitoring, FirmwareUpdate},
    operation::{Payload, Request, Status},
    tree::Executed,
};
use lwm2m_tests::pair::{path, values};

use super::{by, network, rule, rules, tree_of};
use crate::fixtures::{VERSIONS, connectivity};

// proves: ACL-06 ACL-10 ACL-12 ACL-14 ACL-15 ACL-16 ACL-18 ACL-19 ACL-25
#[test]
fn the_two_servers_of_the_example_get_its_answers() {
    for version in VERSIONS {
        let mut tree = tree_of(
            2,
            &[
                rule(1, 0, 101, &[(101, 15)]),
                rule(3, 0, 101, &[(101, 15), (102, 1)]),
                rule(4, 65_535, 65_535, &[(101, 16)]),
            ],
        );
        tree.add_type::<ConnectivityMonitoring>().unwrap();
        let mut pair = network(version, tree);
        let pair = &mut pair;

        assert_eq!(by(pair, 102).read("/1/0"), Err(Status::Unauthorized), "{version}");
        assert_eq!(by(pair, 102).read("/1"), Ok([].into()), "without /1/0");
        let manufacturer = by(pair, 102).read("/3/0/0").unwrap();
        assert_eq!(manufacturer.keys().copied().collect::<Vec<_>>(), [path("/3/0/0")]);
        assert_eq!(by(pair, 102).execute("/3/0/4"), Status::Unauthorized);
        assert!(pair.application().executed.is_empty());

        let (tlv, none) = (ContentFormat::TLV, &[][..]);
        assert_eq!(by(pair, 102).create(4, tlv, none), Status::Unauthorized);
        assert_eq!(rules(pair).len(), 3);
        assert_eq!(by(pair, 101).create(4, tlv, none), Status::Created, "{version}");
        assert_eq!(rules(pair).last(), Some(&(3, rule(4, 0, 101, &[(101, 15)]))));

        assert_eq!(by(pair, 102).grant(1, 102, 15), Status::Unauthorized);
        if version >= Version::V1_1 {
            // int-951 has the entry itself.
            assert_eq!(by(pair, 102).put("/2/1/2/102", "15"), Status::Unauthorized);
            let both = values(
                ContentFormat::SENML_CBOR,
                "/",
                &[
                    ("/1/0/1", ValueRef::Integer(600)),
                    ("/3/0/14", ValueRef::String("+02:00")),
                ],
            );
            let write = Request::WriteComposite {
                payload: Payload::new(ContentFormat::SENML_CBOR, &both),
            };
            assert_eq!(by(pair, 102).ask(&write).status, Status::Unauthorized);
            assert_ne!(
                by(pair, 101).read("/1/0/1").unwrap()[&path("/1/0/1")],
                Value::Integer(600)
            );
            assert_eq!(by(pair, 101).ask(&write).status, Status::Changed);
            assert_eq!(
                by(pair, 101).read("/1/0/1").unwrap()[&path("/1/0/1")],
                Value::Integer(600)
            );
            let read = by(pair, 102).fetch(&["/1/0/1", "/3/0/0"]).unwrap();
            assert_eq!(read.keys().copied().collect::<Vec<_>>(), [path("/3/0/0")]);
            assert_eq!(by(pair, 102).fetch(&["/1/0/1"]), Err(Status::Unauthorized));
        }
        // What the table leaves out: the owner may all of it.
        assert_eq!(by(pair, 101).execute("/3/0/4"), Status::Changed);
        assert_eq!(by(pair, 101).grant(1, 102, 5), Status::Changed);
        assert_eq!(by(pair, 102).execute("/3/0/4"), Status::Changed);
    }
}

// proves: ACL-06 ACL-07 ACL-08 ACL-10 ACL-14 ACL-19
#[test]
fn the_servers_of_the_example_client_get_its_answers() {
    for version in VERSIONS {
        let mut tree = tree_of(
            2,
            &[
                rule(1, 0, 101, &[(101, 15)]),
                rule(1, 1, 102, &[(102, 15)]),
                rule(3, 0, 101, &[(101, 15), (102, 1)]),
                rule(4, 0, 101, &[(101, 1), (0, 1)]),
                rule(5, 65_535, 65_535, &[(101, 16)]),
            ],
        );
        tree.insert(0, connectivity()).unwrap();
        tree.add_type::<FirmwareUpdate>().unwrap();
        let mut pair = network(version, tree);
        let pair = &mut pair;

        assert_eq!(by(pair, 102).put("/3/0/14", "+01:00"), Status::Unauthorized);
        assert!(by(pair, 102).read("/3/0/0").is_ok());
        // By entry 0, which is for everybody else.
        assert!(by(pair, 102).read("/4/0").is_ok(), "{version}");
        assert_eq!(by(pair, 102).read("/1/0"), Err(Status::Unauthorized));
        let tlv = ContentFormat::TLV;
        let package = values(
            tlv,
            "/5",
            &[
                ("/5/0/0", ValueRef::Opaque(b"\0")),
                ("/5/0/1", ValueRef::String("")),
            ],
        );
        assert_eq!(by(pair, 102).create(5, tlv, &package), Status::Unauthorized);
        assert_eq!(
            by(pair, 101).create(5, tlv, &package),
            Status::Created,
            "{version}"
        );
        // The owner has its own entry, and that says R.
        let nothing = values(tlv, "/4/0", &[("/4/0/2", ValueRef::Integer(-1))]);
        let write = Request::Write {
            path: path("/4/0"),
            mode: lwm2m_runtime::operation::WriteMode::Partial,
            payload: Payload::new(tlv, &nothing),
        };
        assert_eq!(by(pair, 101).ask(&write).status, Status::Unauthorized);
        // The rule is the owner's all the same.
        for (server, answer) in [(101, Status::Changed), (102, Status::Unauthorized)] {
            assert_eq!(by(pair, server).grant(2, 102, 1), answer, "{version}");
        }
        let whole = values(
            tlv,
            "/2/2",
            &[
                ("/2/2/2/101", ValueRef::Integer(15)),
                ("/2/2/2/102", ValueRef::Integer(5)),
                ("/2/2/3", ValueRef::Integer(101)),
            ],
        );
        let replace = Request::Write {
            path: path("/2/2"),
            mode: lwm2m_runtime::operation::WriteMode::Replace,
            payload: Payload::new(tlv, &whole),
        };
        assert_eq!(by(pair, 102).ask(&replace).status, Status::Unauthorized);
        assert_eq!(by(pair, 101).ask(&replace).status, Status::Changed);
        assert_eq!(rules(pair)[2], (2, rule(3, 0, 101, &[(101, 15), (102, 5)])));
        pair.application().execute.insert(path("/3/0/4"), Executed::OK);
        assert_eq!(by(pair, 102).execute("/3/0/4"), Status::Changed);
        // Everybody may read the rules, and nobody makes or deletes one.
        for server in [101, 102] {
            assert_eq!(
                by(pair, server).read("/2").map(|values| values.is_empty()),
                Ok(false)
            );
            assert_eq!(by(pair, server).delete("/2/0"), Status::Unauthorized);
            assert_eq!(by(pair, server).create(2, tlv, &[]), Status::Unauthorized);
        }
    }
}
