use lwm2m_runtime::{
    link::Links,
    model::Version,
    operation::{Depth, Request, Status},
    server::ServerConfig,
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, path, text},
};

use crate::fixtures::{
    VERSIONS, client, device_battery, full_tree, registered, registered_with, security, server_minimum, tree,
    usual_tree,
};

/// The targets of a list of links.
fn targets(links: &str) -> Vec<String> {
    Links::new(links)
        .map(|link| link.unwrap().target.to_owned())
        .collect()
}

/// The parameters of a link, in any order.
fn parameters(links: &str, target: &str) -> Vec<String> {
    let link = links
        .split(',')
        .find(|link| link.starts_with(&format!("<{target}>")))
        .unwrap_or_else(|| panic!("{target} in {links}"));
    let mut parameters: Vec<_> = link.split(';').skip(1).map(str::to_owned).collect();
    parameters.sort_unstable();
    parameters
}

// proves: DM-32 DM-37 DM-38 DM-39
#[test]
fn int_260_inherited_attributes_show_on_the_target() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let links = pair.discover("/3");
        let found = targets(&links);
        for present in ["/3", "/3/0", "/3/0/0", "/3/0/4", "/3/0/7", "/3/0/16"] {
            assert!(found.iter().any(|target| target == present), "{version} {links}");
        }
        assert!(
            parameters(&links, "/3/0/7").contains(&"dim=2".to_owned()),
            "{links}"
        );

        assert_eq!(pair.attributes("/3", "pmin=10&pmax=200"), Status::Changed);
        let links = pair.discover("/3/0");
        assert_eq!(parameters(&links, "/3/0"), ["pmax=200", "pmin=10"], "{links}");
        assert_eq!(parameters(&links, "/3/0/0"), [""; 0], "{links}");

        assert_eq!(pair.attributes("/3/0/7", "lt=1&gt=6&st=1"), Status::Changed);
        let links = pair.discover("/3/0/7");
        let shown = parameters(&links, "/3/0/7");
        assert_eq!(
            shown,
            ["dim=2", "gt=6", "lt=1", "pmax=200", "pmin=10", "st=1"],
            "{links}"
        );
        // Above, only its own.
        let links = pair.discover("/3/0");
        assert_eq!(
            parameters(&links, "/3/0/7"),
            ["dim=2", "gt=6", "lt=1", "st=1"],
            "{links}"
        );
    }
}

// proves: DM-33 DM-98
#[test]
fn int_261_a_resource_inherits_from_object_and_instance() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = registered(version);
        for (at, query) in [
            ("/3", "pmin=10&pmax=60"),
            ("/3/0", "pmax=320"),
            ("/3/0/11/0", "epmin=5&epmax=60"),
        ] {
            assert_eq!(pair.attributes(at, query), Status::Changed, "{at}");
        }
        let links = pair.discover("/3/0/11");
        assert_eq!(
            parameters(&links, "/3/0/11"),
            ["dim=1", "pmax=320", "pmin=10"],
            "{links}"
        );
        if version >= Version::V1_2 || links.contains("/3/0/11/0") {
            assert_eq!(
                parameters(&links, "/3/0/11/0"),
                ["epmax=60", "epmin=5"],
                "{links}"
            );
        }
    }
}

// proves: DM-34 DM-36 DM-42
#[test]
fn int_264_a_discover_of_depth_1() {
    let mut server = server_minimum(0);
    server.default_minimum_period = Some(1);
    server.default_maximum_period = Some(10);
    let mut pair = registered_with(Version::V1_2, tree(server, device_battery()));
    let links = pair.discover_by(0, "/3", Some(1));
    assert_eq!(targets(&links), ["/3", "/3/0"], "{links}");
    assert!(
        !links.contains("pmin") && !links.contains("pmax"),
        "defaults are not attached: {links}"
    );
    assert_eq!(targets(&pair.discover_by(0, "/3", Some(0))), ["/3"]);
    assert_eq!(targets(&pair.discover_by(0, "/3/0", Some(0))), ["/3/0"]);
}

// proves: DM-35
#[test]
fn int_266_a_discover_of_depth_3() {
    let mut pair = registered(Version::V1_2);
    assert_eq!(pair.attributes("/3/0/7/1", "pmin=7&gt=50"), Status::Changed);
    for (at, depth) in [("/3", 3), ("/3/0", 3), ("/3/0", 2)] {
        let links = pair.discover_by(0, at, Some(depth));
        assert_eq!(parameters(&links, "/3/0/7/1"), ["gt=50", "pmin=7"], "{links}");
        assert_eq!(parameters(&links, "/3/0/7/0"), [""; 0], "{links}");
    }
    let links = pair.discover("/3");
    assert!(!links.contains("/3/0/7/"), "{links}");
    let asked = Request::Discover {
        path: path("/3"),
        depth: Depth::new(3),
    };
    let mut older = registered(Version::V1_1);
    assert!(older.try_ask(0, 0, &asked).is_err(), "only 1.2 has a depth");
}

// proves: DM-43
#[test]
fn int_1635_an_object_without_instances_is_a_link_alone() {
    for version in VERSIONS {
        let mut tree = full_tree();
        tree.insert_dynamic(1, crate::fixtures::portfolio()).unwrap();
        let mut pair = registered_with(version, tree);
        for at in ["/16/0", "/16/1"] {
            assert_eq!(pair.delete(at), Status::Deleted);
        }
        assert_eq!(pair.discover("/16"), "</16>");
        assert_eq!(pair.delete("/16/1"), Status::NotFound);
        pair.settle();
        let id = pair.registration();
        let listed = pair.server().registration(id).unwrap().objects().get(16);
        assert_eq!(listed.map(|object| object.instances.len()), Some(0));
    }
}

#[test]
fn int_1201_the_version_of_an_object_is_on_its_link() {
    for version in VERSIONS {
        let mut tree = usual_tree();
        let cellular = lwm2m_runtime::catalogue::latest(10).unwrap();
        tree.insert_dynamic(0, crate::fixtures::dynamic(10, &[])).unwrap();
        let mut pair = registered_with(version, tree);
        let expected = format!("ver={}", cellular.version());
        assert_eq!(cellular.version(), Version::V1_1);
        let links = pair.discover("/10");
        assert_eq!(parameters(&links, "/10"), [expected], "{links}");
        let id = pair.registration();
        let objects = pair.server().registration(id).unwrap().objects();
        assert_eq!(objects.get(10).unwrap().version, Version::V1_1);
    }
}

// proves: ATTR-07
#[test]
fn int_951_attributes_belong_to_the_server_that_wrote_them() {
    for version in VERSIONS {
        let mut tree = usual_tree();
        tree.insert(1, security(1)).unwrap();
        tree.insert(1, server_minimum(1)).unwrap();
        let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
        pair.add_server(ServerConfig::default());
        pair.add_server(ServerConfig::default());
        pair.add_client(client(version), tree, Program::default());
        pair.start();
        assert_eq!(pair.attributes_by(0, "/3/0", "pmin=1&pmax=10"), Status::Changed);
        assert_eq!(pair.attributes_by(1, "/3/0", "pmin=2&pmax=20"), Status::Changed);
        let links = pair.discover_by(0, "/3/0", None);
        assert_eq!(parameters(&links, "/3/0"), ["pmax=10", "pmin=1"]);
        let links = pair.discover_by(1, "/3/0", None);
        assert_eq!(parameters(&links, "/3/0"), ["pmax=20", "pmin=2"]);
        // Unset by one, still there for the other.
        assert_eq!(pair.attributes_by(0, "/3/0", "pmin&pmax"), Status::Changed);
        let links = pair.discover_by(0, "/3/0", None);
        assert_eq!(parameters(&links, "/3/0"), [""; 0]);
        let links = pair.discover_by(1, "/3/0", None);
        assert_eq!(parameters(&links, "/3/0"), ["pmax=20", "pmin=2"]);
    }
}

// proves: DM-82 DM-102 ATTR-09 ATTR-53
#[test]
fn attributes_are_refused_where_they_do_not_belong() {
    use lwm2m_runtime::coap::Code;

    use crate::raw::Raw;
    for version in VERSIONS {
        let mut pair = registered_with(version, full_tree());
        for at in ["/3", "/3/0", "/3/0/7", "/3/0/7/0"] {
            if version > Version::V1_0 || path(at).depth() < 4 {
                assert_eq!(pair.attributes(at, "pmax=99"), Status::Changed, "{version} {at}");
                assert_eq!(pair.attributes(at, "pmax"), Status::Changed, "{version} {at}");
            }
        }
        assert_eq!(pair.attributes("/3/0/9", "pmin=1"), Status::Changed);
        assert_eq!(pair.attributes("/3/0/0", "gt=5"), Status::BadRequest);
        for (at, query, code) in [
            ("/3/1", "pmin=1", Code::NOT_FOUND),
            ("/9", "pmin=1", Code::NOT_FOUND),
            ("/0/0", "pmin=1", Code::UNAUTHORIZED),
            ("/3/0/4", "pmin=1", Code::METHOD_NOT_ALLOWED),
            ("/5/0/0", "pmin=1", Code::METHOD_NOT_ALLOWED),
            ("/3/0/9", "lt=5&gt=5", Code::BAD_REQUEST),
            ("/3/0/9", "lt=5&st=5&gt=15", Code::BAD_REQUEST),
            ("/3/0/0", "gt=5", Code::BAD_REQUEST),
            ("/3/0", "gt=5", Code::BAD_REQUEST),
            ("/3/0/9", "pmin=soon", Code::BAD_REQUEST),
            ("/3/0/9", "dim=3", Code::BAD_REQUEST),
            ("/3/0/9", "whatever=3", Code::BAD_REQUEST),
            ("/3/0/9", "pmin=9&gt=NaN", Code::BAD_REQUEST),
        ] {
            let query: Vec<_> = query.split('&').collect();
            let request = Raw::new(Code::PUT, at).query(&query);
            assert_eq!(request.code(&mut pair), code, "{version} {at} {query:?}");
        }
        let links = text(&pair.ask(&Request::Discover {
            path: path("/3/0/9"),
            depth: None,
        }));
        assert_eq!(parameters(&links, "/3/0/9"), ["pmin=1"], "nothing has changed");
    }
}
