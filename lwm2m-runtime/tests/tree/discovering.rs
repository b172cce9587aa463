use lwm2m_runtime::{
    link::AttributeChanges,
    model::Version,
    operation::{Depth, Request, Status},
};

use crate::support::{Bench, path};

fn attach(bench: &mut Bench, at: &str, queries: &[&str]) -> Status {
    let changes = AttributeChanges::parse(queries.iter().copied()).unwrap();
    let request = Request::WriteAttributes {
        path: path(at),
        changes,
    };
    bench.perform(&request).status
}

fn discover(bench: &mut Bench, at: &str, depth: u8) -> String {
    let request = Request::Discover {
        path: path(at),
        depth: Depth::new(depth),
    };
    bench.perform(&request).text().to_owned()
}

// proves: DM-32 DM-33 DM-43
#[test]
fn what_there_is_is_listed() {
    let mut bench = Bench::new(Version::V1_2);
    assert_eq!(
        bench.discover("/16").text(),
        "</16>,</16/0>,</16/0/0>;dim=2,</16/1>,</16/1/0>;dim=1"
    );
    assert_eq!(
        bench.discover("/16/0/0").text(),
        "</16/0/0>;dim=2,</16/0/0/0>,</16/0/0/1>"
    );
    // The mandatory executable resource and those that hold a value; a resource that servers can only write is there
    // whether or not it does.
    assert_eq!(
        bench.discover("/42769/0").text(),
        "</42769/0>,</42769/0/1>,</42769/0/8>,</42769/0/9>,</42769/0/11>;dim=1"
    );
    assert!(
        bench
            .discover("/5/0")
            .text()
            .starts_with("</5/0>,</5/0/0>,</5/0/1>,</5/0/2>,</5/0/3>")
    );
    bench.tree.enable(42769, 7).unwrap();
    assert!(bench.discover("/42769/0").text().contains("</42769/0/7>"));
    bench.delete("/16/0");
    bench.delete("/16/1");
    assert_eq!(bench.discover("/16").text(), "</16>");
    bench.version = Version::V1_1;
    assert_eq!(bench.discover("/42769/0/11").text(), "</42769/0/11>;dim=1");
}

// proves: DM-34
#[test]
fn the_depth_is_as_asked_for() {
    let mut bench = Bench::new(Version::V1_2);
    assert_eq!(discover(&mut bench, "/16", 0), "</16>");
    assert_eq!(discover(&mut bench, "/16", 1), "</16>,</16/0>,</16/1>");
    assert_eq!(
        discover(&mut bench, "/16/1", 3),
        "</16/1>,</16/1/0>;dim=1,</16/1/0/0>"
    );
}

// proves: DM-39
#[test]
fn versions_are_named_where_they_are_not_implied() {
    let mut bench = Bench::new(Version::V1_2);
    assert!(bench.discover("/3").text().starts_with("</3>,"));
    bench.version = Version::V1_1;
    assert!(bench.discover("/3").text().starts_with("</3>;ver=1.2,"));
    assert!(bench.discover("/3/0").text().contains("</3/0/7>;dim=2"));
}

// proves: DM-44
#[test]
fn what_is_not_there_is_not_discovered() {
    let mut bench = Bench::new(Version::V1_2);
    for (at, status) in [
        ("/9", Status::NotFound),
        ("/3/1", Status::NotFound),
        ("/3/0/99", Status::NotFound),
        ("/3/0/10", Status::NotFound),
        ("/3/0/7/0", Status::MethodNotAllowed),
        ("/0", Status::Unauthorized),
        ("/0/0", Status::Unauthorized),
        ("/21", Status::Unauthorized),
    ] {
        assert_eq!(bench.discover(at).status, status, "{at}");
    }
}

// proves: DM-37 DM-38 DM-82 ATTR-01 ATTR-07
#[test]
fn links_show_the_attributes_of_the_asking_server() {
    let mut bench = Bench::new(Version::V1_2);
    assert_eq!(
        attach(&mut bench, "/3", &["pmin=10", "pmax=200"]),
        Status::Changed
    );
    assert_eq!(attach(&mut bench, "/3/0", &["epmin=1"]), Status::Changed);
    assert_eq!(
        attach(&mut bench, "/3/0/9", &["lt=1", "gt=6", "st=1"]),
        Status::Changed
    );
    assert_eq!(attach(&mut bench, "/3/0/7/1", &["pmax=7"]), Status::Changed);
    assert_eq!(
        bench.discover("/3/0/9").text(),
        "</3/0/9>;pmin=10;pmax=200;gt=6;lt=1;st=1;epmin=1"
    );
    let links = bench.discover("/3").text().to_owned();
    assert!(
        links.starts_with("</3>;pmin=10;pmax=200,</3/0>;epmin=1,</3/0/0>,"),
        "{links}"
    );
    assert!(links.contains("</3/0/9>;gt=6;lt=1;st=1,"), "{links}");
    assert!(discover(&mut bench, "/3/0/7", 1).ends_with("</3/0/7/1>;pmax=7"));
    let mut other = Bench::new(Version::V1_2);
    other.server = 2;
    assert!(!other.discover("/3").text().contains("pmin"));
}

// proves: ATTR-08
#[test]
fn an_attribute_without_value_is_unset() {
    let mut bench = Bench::new(Version::V1_2);
    attach(&mut bench, "/3/0", &["pmin=10"]);
    attach(&mut bench, "/3/0/9", &["pmin=20", "pmax=30"]);
    assert_eq!(bench.discover("/3/0/9").text(), "</3/0/9>;pmin=20;pmax=30");
    assert_eq!(attach(&mut bench, "/3/0/9", &["pmin"]), Status::Changed);
    assert_eq!(bench.discover("/3/0/9").text(), "</3/0/9>;pmin=10;pmax=30");
}
