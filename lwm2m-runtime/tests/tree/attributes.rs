use lwm2m_runtime::{
    link::{AttributeChanges, NotificationAttributes},
    model::Version,
    operation::{Request, Status},
};

use crate::support::{Bench, path};

fn attach(bench: &mut Bench, at: &str, query: &str) -> Status {
    let changes = AttributeChanges::parse(query.split('&')).unwrap();
    let request = Request::WriteAttributes {
        path: path(at),
        changes,
    };
    bench.perform(&request).status
}

// proves: ATTR-02 ATTR-18
#[test]
fn conditions_are_for_values_of_their_type() {
    let mut bench = Bench::new(Version::V1_2);
    for (at, query, status) in [
        ("/3/0/9", "gt=50&lt=10", Status::Changed),
        ("/3/0/7", "gt=4000", Status::Changed),
        ("/3/0/7/1", "st=100", Status::Changed),
        ("/42769/0/9", "st=0.5", Status::Changed),
        ("/1/0/6", "edge=1", Status::Changed),
        ("/1/0/6", "gt=1", Status::BadRequest),
        ("/3/0/0", "gt=1", Status::BadRequest),
        ("/3/0/9", "edge=1", Status::BadRequest),
        ("/3/0", "gt=1", Status::BadRequest),
        ("/3", "st=1", Status::BadRequest),
    ] {
        assert_eq!(attach(&mut bench, at, query), status, "{at} {query}");
    }
    assert_eq!(bench.attached.iter().count(), 5);
}

// proves: ATTR-22 ATTR-53 DM-69
#[test]
fn attributes_are_for_what_can_be_read() {
    let mut bench = Bench::new(Version::V1_2);
    for (at, status) in [
        ("/9", Status::NotFound),
        ("/3/1", Status::NotFound),
        ("/3/0/10", Status::NotFound),
        ("/3/0/7/5", Status::NotFound),
        ("/3/0/4", Status::MethodNotAllowed),
        ("/5/0/0", Status::MethodNotAllowed),
        ("/3/0/9/0", Status::MethodNotAllowed),
        ("/0", Status::Unauthorized),
        ("/0/0/0", Status::Unauthorized),
        ("/23", Status::Unauthorized),
    ] {
        assert_eq!(attach(&mut bench, at, "pmin=1"), status, "{at}");
    }
    assert_eq!(bench.attached.iter().count(), 0);
    bench.version = Version::V1_0;
    assert_eq!(attach(&mut bench, "/3/0/7/0", "pmin=1"), Status::MethodNotAllowed);
    assert_eq!(attach(&mut bench, "/3/0/7", "epmin=1"), Status::BadRequest);
}

#[test]
fn attributes_are_bounded() {
    let mut bench = Bench::new(Version::V1_2);
    bench.attached = lwm2m_runtime::reporting::AttachedAttributes::new(1);
    assert_eq!(attach(&mut bench, "/3/0/9", "pmin=1"), Status::Changed);
    assert_eq!(attach(&mut bench, "/3/0/9", "pmax=1"), Status::Changed);
    assert_eq!(attach(&mut bench, "/3/0", "pmin=1"), Status::InternalServerError);
}

#[test]
fn attributes_of_an_observation_are_checked_like_attached_ones() {
    let mut bench = Bench::new(Version::V1_2);
    for (at, attributes, status) in [
        (
            "/3/0/9",
            NotificationAttributes {
                gt: Some(1.0),
                ..Default::default()
            },
            Status::Content,
        ),
        (
            "/3/0/0",
            NotificationAttributes {
                gt: Some(1.0),
                ..Default::default()
            },
            Status::BadRequest,
        ),
    ] {
        let request = Request::Observe {
            path: path(at),
            accept: None,
            attributes,
        };
        assert_eq!(bench.perform(&request).status, status, "{at}");
        // They are the observation's alone.
        assert_eq!(bench.attached.iter().count(), 0);
    }
}

// proves: ATTR-03
#[test]
fn evaluation_periods_are_for_every_level_since_1_1() {
    for (version, status) in [
        (Version::V1_0, Status::BadRequest),
        (Version::V1_1, Status::Changed),
        (Version::V1_2, Status::Changed),
    ] {
        let mut bench = Bench::new(version);
        for at in ["/3", "/3/0", "/3/0/7"] {
            assert_eq!(
                attach(&mut bench, at, "epmin=5&epmax=60"),
                status,
                "{at} {version}"
            );
        }
        if version >= Version::V1_1 {
            assert_eq!(
                attach(&mut bench, "/3/0/7/1", "epmin=5&epmax=60"),
                Status::Changed
            );
            let attached = bench.attached.at(path("/3/0/7/1"));
            assert_eq!((attached.epmin, attached.epmax), (Some(5), Some(60)));
        }
        assert_eq!(
            attach(&mut bench, "/3/0/9", "epmin=5&epmax=5"),
            Status::BadRequest
        );
    }
}

// proves: ATTR-04
#[test]
fn edge_con_and_hqmax_came_with_1_2() {
    for (version, status) in [
        (Version::V1_0, Status::BadRequest),
        (Version::V1_1, Status::BadRequest),
        (Version::V1_2, Status::Changed),
    ] {
        let mut bench = Bench::new(version);
        for at in ["/3", "/3/0", "/3/0/7"] {
            for query in ["con=0", "con=1", "hqmax=10"] {
                assert_eq!(attach(&mut bench, at, query), status, "{at} {query} {version}");
            }
        }
        for query in ["edge=0", "edge=1"] {
            assert_eq!(attach(&mut bench, "/1/0/6", query), status, "{query} {version}");
        }
    }
    let mut bench = Bench::new(Version::V1_2);
    for query in ["con=1&hqmax=3", "con=0"] {
        assert_eq!(attach(&mut bench, "/3/0/7/1", query), Status::Changed);
    }
    let attached = bench.attached.at(path("/3/0/7/1"));
    assert_eq!((attached.con, attached.hqmax), (Some(false), Some(3)));
}

// proves: ATTR-23
#[test]
fn limits_are_any_decimal_numbers() {
    let mut bench = Bench::new(Version::V1_2);
    for (query, gt) in [
        ("gt=-12", -12.0),
        ("gt=1.25", 1.25),
        ("gt=-2.5e2", -250.0),
        ("gt=1E-2", 0.01),
    ] {
        assert_eq!(attach(&mut bench, "/6/0/0", query), Status::Changed, "{query}");
        assert_eq!(bench.attached.at(path("/6/0/0")).gt, Some(gt));
    }
}

// proves: ATTR-50
#[test]
fn attributes_below_an_object_need_the_right_to_read() {
    use lwm2m_runtime::objects::{Lwm2mAccessControl, Lwm2mServer};
    let mut bench = Bench::new(Version::V1_2);
    let second = Lwm2mServer {
        short_server_id: 2,
        ..Lwm2mServer::default()
    };
    bench.tree.insert(1, second).unwrap();
    let rule = Lwm2mAccessControl {
        object_id: 3,
        object_instance_id: 0,
        acl: Some([(1, 15), (2, 2)].into()),
        access_control_owner: 1,
    };
    bench.tree.insert(0, rule).unwrap();
    for (server, status) in [(1, Status::Changed), (2, Status::Unauthorized)] {
        bench.server = server;
        assert_eq!(attach(&mut bench, "/3", "pmin=1"), Status::Changed);
        for at in ["/3/0", "/3/0/9", "/3/0/7/1"] {
            assert_eq!(attach(&mut bench, at, "pmin=1"), status, "{server} {at}");
        }
    }
}
