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
