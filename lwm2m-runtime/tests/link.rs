//! CoRE links: what is read, what is refused, what is written.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it finds a mistake"
)]

use std::{fs, path::PathBuf};

use coap_lite::link_format::LinkFormatParser;
use lwm2m_runtime::{
    link::{
        AttributeError, LinkAttributes, LinkError, LinkErrorKind, LinkWriter, Links, NotificationAttributes,
        ObjectLink,
    },
    model::{Path, Version},
};
use proptest::prelude::*;

fn read(text: &str) -> Result<Vec<ObjectLink<'_>>, String> {
    Links::new(text)
        .map(|link| {
            let link = link.map_err(|error| error.to_string())?;
            ObjectLink::read(link).map_err(|error| error.to_string())
        })
        .collect()
}

fn kind(text: &str) -> Option<LinkErrorKind> {
    Links::new(text).find_map(|link| link.err().map(|error| error.kind))
}

fn write(links: &[ObjectLink<'_>]) -> String {
    let mut text = String::new();
    let mut writer = LinkWriter::new(&mut text);
    for link in links {
        link.write(&mut writer).unwrap();
    }
    text
}

/// The vectors beside the repository.
fn vectors() -> Vec<serde_json::Value> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/protocol/vectors/link_format.json");
    match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).unwrap(),
        Err(_) => {
            println!("skipped: {} is not there", path.display());
            Vec::new()
        }
    }
}

#[test]
fn vectors_of_other_implementations() {
    for vector in vectors() {
        let id = vector["id"].as_str().unwrap();
        let text = vector["text"].as_str().unwrap();
        let links: Result<Vec<_>, _> = Links::new(text).collect();
        let Some(expected) = vector["decoded"].as_array() else {
            links.unwrap_err();
            continue;
        };
        let links = links.unwrap();
        assert_eq!(links.len(), expected.len(), "{id}");
        for (link, expected) in links.iter().zip(expected) {
            assert_eq!(link.target, expected["uri"], "{id}");
            let parameters: Vec<_> = link
                .parameters
                .into_iter()
                .map(|parameter| serde_json::json!([parameter.name, parameter.value().unwrap()]))
                .collect();
            assert_eq!(serde_json::Value::from(parameters), expected["params"], "{id}");
        }
        let typed: Vec<_> = links
            .iter()
            .map(|link| ObjectLink::read(*link).unwrap())
            .collect();
        let by_coap_lite = read_by_coap_lite(text);
        assert!(
            by_coap_lite
                .iter()
                .map(|(target, _)| *target)
                .eq(links.iter().map(|link| link.target))
        );
        if vector["direction"] == "both" {
            assert_eq!(write(&typed), text, "{id}");
        }
        assert_eq!(read(&write(&typed)), Ok(typed), "{id}");
    }
}

// proves: ENC-LINK-01
#[test]
fn links_have_targets_and_parameters() {
    let text = r#"</a>;flag;token=a/b:c;quoted="x, y; <z> \"w\" \\",<coap://[::1]/b>"#;
    let links: Vec<_> = Links::new(text).collect::<Result<_, _>>().unwrap();
    assert_eq!(links.len(), 2);
    assert_eq!((links[0].target, links[1].target), ("/a", "coap://[::1]/b"));
    let parameters: Vec<_> = links[0]
        .parameters
        .into_iter()
        .map(|parameter| (parameter.name, parameter.value()))
        .collect();
    assert_eq!(
        parameters,
        [
            ("flag", None),
            ("token", Some("a/b:c".into())),
            ("quoted", Some(r#"x, y; <z> "w" \"#.into())),
        ]
    );
    assert!(links[1].parameters.is_empty());
    assert_eq!(links[0].parameters.find("token"), parameters_named(text, "token"));
    let again: Vec<_> = links.iter().map(ToString::to_string).collect();
    assert_eq!(again.join(","), text);
}

fn parameters_named<'a>(text: &'a str, name: &str) -> Option<lwm2m_runtime::link::Parameter<'a>> {
    let first = Links::new(text).next().unwrap().unwrap();
    first
        .parameters
        .into_iter()
        .find(|parameter| parameter.name == name)
}

// proves: ENC-LINK-01 ROB-34
#[test]
fn what_is_unbalanced_or_not_separated_is_refused() {
    for (text, expected) in [
        ("</1/0></2/0>", LinkErrorKind::Separator),
        ("</1>;ver=1.0</1/0>", LinkErrorKind::Separator),
        ("</1/0>;a;b\"", LinkErrorKind::Separator),
        ("</1/0> ,</2/0>", LinkErrorKind::Separator),
        ("</1/0>x", LinkErrorKind::Separator),
        ("</1/0>,", LinkErrorKind::MissingTarget),
        ("</1/0>, ", LinkErrorKind::MissingTarget),
        ("</1/0>,,</2/0>", LinkErrorKind::MissingTarget),
        (",</1/0>", LinkErrorKind::MissingTarget),
        ("/1/0", LinkErrorKind::MissingTarget),
        ("</1/0", LinkErrorKind::Target),
        ("<", LinkErrorKind::Target),
        ("<</1/0>", LinkErrorKind::Target),
        ("</1 /0>", LinkErrorKind::Target),
        ("</1\u{7f}>", LinkErrorKind::Target),
        ("</1/0>;", LinkErrorKind::ParameterName),
        ("</1/0>;=1", LinkErrorKind::ParameterName),
        ("</1/0>; a=1", LinkErrorKind::ParameterName),
        ("</1/0>;é=1", LinkErrorKind::ParameterName),
        ("</1/0>;a=", LinkErrorKind::ParameterValue),
        ("</1/0>;a=,</2>", LinkErrorKind::ParameterValue),
        ("</1/0>;a=é", LinkErrorKind::ParameterValue),
        ("</1/0>;a=\"", LinkErrorKind::Quote),
        ("</1/0>;a=\"x\\\"", LinkErrorKind::Quote),
        ("</1/0>;a=\"x\\", LinkErrorKind::Quote),
        ("</1/0>;a=\"\n\"", LinkErrorKind::Quote),
    ] {
        assert_eq!(kind(text), Some(expected), "{text}");
    }
    assert_eq!(Links::new("").count(), 0);
    let error = Links::from_bytes(b"</1>,</\xff>").map(|_| ()).unwrap_err();
    assert_eq!((error.kind, error.offset), (LinkErrorKind::Utf8, 7));
}

// proves: ROB-34
#[test]
fn links_are_read_one_by_one_up_to_a_limit() {
    let text = vec!["</3/0>;a;b;c"; 100_000].join(",");
    let found: Result<Vec<_>, LinkError> = Links::new(&text).collect();
    assert_eq!(found.map_err(|error| error.kind), Err(LinkErrorKind::TooMany));
    let mut few = Links::new("</1>,</2>,</3>").with_limit(2);
    assert_eq!(few.by_ref().filter(Result::is_ok).count(), 2);
    assert!(few.next().is_none(), "an error ends the reading");
    assert_eq!(
        Links::new("</1>,</2>")
            .with_limit(2)
            .filter(Result::is_ok)
            .count(),
        2
    );
    let quoted = format!("</1>;a=\"{}\"", "\\x".repeat(1 << 18));
    let link = Links::new(&quoted).next().unwrap().unwrap();
    assert_eq!(link.parameters.find("a").unwrap().value().unwrap().len(), 1 << 18);
}

// proves: ENC-LINK-03
#[test]
fn blanks_after_commas_one_slash_at_the_end_and_unknown_parameters_are_tolerated() {
    let links = read("</>;foo=\"b,a;r\";ct=110;bar, </0/1/>,\t</3303/0>;if=x;ver=1.1").unwrap();
    let paths: Vec<_> = links.iter().map(|link| link.path).collect();
    assert_eq!(paths, [Path::ROOT, Path::instance(0, 1), Path::instance(3303, 0)]);
    assert_eq!(links[0].attributes.ct, [110]);
    assert_eq!(links[2].attributes.ver, Some(Version::V1_1));
    assert!(read("</0/1//>").is_err());
}

// proves: ENC-LINK-02
#[test]
fn quotes_make_no_difference_on_input_and_are_exact_on_output() {
    let plain =
        "</>;rt=oma.lwm2m;ct=110;lwm2m=1.1,</3>;ver=1.1,</0/0>;ssid=101;uri=coap://a,</3/0/6>;dim=2;pmin=10";
    let quoted = concat!(
        "</>;rt=\"oma.lwm2m\";ct=\"110\";lwm2m=\"1.1\",</3>;ver=\"1.1\",",
        "</0/0>;ssid=\"101\";uri=\"coap://a\",</3/0/6>;dim=\"2\";pmin=\"10\""
    );
    let exact = concat!(
        "</>;rt=\"oma.lwm2m\";ct=110;lwm2m=1.1,</3>;ver=1.1,",
        "</0/0>;ssid=101;uri=\"coap://a\",</3/0/6>;dim=2;pmin=10"
    );
    assert_eq!(read(plain), read(quoted));
    assert_eq!(write(&read(plain).unwrap()), exact);
    let several = "</>;ct=\"110 112 60\"";
    assert_eq!(read(several).unwrap()[0].attributes.ct, [110, 112, 60]);
    assert_eq!(write(&read(several).unwrap()), several);
}

// proves: ENC-LINK-04
#[test]
fn known_parameters_have_types() {
    let text = concat!(
        "</3/0/7>;dim=2;ver=1.2;pmin=10;pmax=60;gt=50;lt=-42.25;st=0.5;",
        "epmin=1;epmax=20;edge=1;con=0;hqmax=3"
    );
    let links = read(text).unwrap();
    let expected = LinkAttributes {
        dim: Some(2),
        ver: Some(Version::V1_2),
        notification: NotificationAttributes {
            pmin: Some(10),
            pmax: Some(60),
            gt: Some(50.0),
            lt: Some(-42.25),
            st: Some(0.5),
            epmin: Some(1),
            epmax: Some(20),
            edge: Some(true),
            con: Some(false),
            hqmax: Some(3),
        },
        ..LinkAttributes::default()
    };
    assert_eq!(links[0].attributes, expected);
    assert_eq!(write(&links), text);
    for (parameter, name) in [
        ("dim=-1", "dim"),
        ("dim=65536", "dim"),
        ("ver=1", "ver"),
        ("pmin=1.5", "pmin"),
        ("pmin=+1", "pmin"),
        ("pmin", "pmin"),
        ("pmin=\"\"", "pmin"),
        ("pmax=4294967296", "pmax"),
        ("gt=NaN", "gt"),
        ("gt=inf", "gt"),
        ("gt=1e999", "gt"),
        ("gt=+1", "gt"),
        ("gt=.5", "gt"),
        ("lt=0x10", "lt"),
        ("lt=--1", "lt"),
        ("st=-1", "st"),
        ("edge=2", "edge"),
        ("con=true", "con"),
        ("ct=\"110 x\"", "ct"),
        ("ct=\"\"", "ct"),
        ("ct=65536", "ct"),
        ("lwm2m=x", "lwm2m"),
        // As one test of the interoperability events prints it.
        ("pmax=320&epmin=1", "pmax"),
    ] {
        let text = format!("</3/0/7>;{parameter}");
        let link = Links::new(&text).next().unwrap().unwrap();
        assert_eq!(
            ObjectLink::read(link),
            Err(AttributeError::Value { name }),
            "{parameter}"
        );
    }
    let link = Links::new("</3>;pmin=1;pmin=2").next().unwrap().unwrap();
    assert_eq!(
        ObjectLink::read(link),
        Err(AttributeError::Duplicate { name: "pmin" })
    );
}

// proves: ENC-LINK-07
#[test]
fn dim_and_ssid_have_their_ranges() {
    for dim in [0, 255, 65_535] {
        let text = format!("</3/0/6>;dim={dim}");
        assert_eq!(read(&text).unwrap()[0].attributes.dim, Some(dim));
        assert_eq!(write(&read(&text).unwrap()), text);
    }
    for ssid in [1, 65_534] {
        let text = format!("</1/0>;ssid={ssid}");
        assert_eq!(read(&text).unwrap()[0].attributes.ssid, Some(ssid));
    }
    for ssid in ["0", "65535", "-1", "1.0"] {
        assert!(read(&format!("</1/0>;ssid={ssid}")).is_err());
    }
}

// proves: ENC-LINK-05
#[test]
fn an_ampersand_does_not_separate_parameters() {
    assert!(read("</3/0/11/0>;pmax=100&epmin=1&epmax=20").is_err());
}

// proves: BOOT-24 BOOT-25
#[test]
fn a_bootstrap_discover_may_begin_with_a_bare_version() {
    for text in [
        "lwm2m=1.0,</0/0>;ssid=101,</0/1>",
        "lwm2m=\"1.0\",</0/0>;ssid=101,</0/1>",
        "lwm2m=\"1.0\", </0/0/>;ssid=\"101\", </0/1>",
    ] {
        let (version, links) = Links::from_bootstrap_discover(text.as_bytes()).unwrap();
        assert_eq!(version, Some(Version::V1_0));
        let links: Vec<_> = links
            .map(|link| ObjectLink::read(link.unwrap()).unwrap())
            .collect();
        assert_eq!(
            (links[0].path, links[0].attributes.ssid),
            (Path::instance(0, 0), Some(101))
        );
        assert_eq!(links.len(), 2);
    }
    let (version, links) = Links::from_bootstrap_discover(b"lwm2m=1.0").unwrap();
    assert_eq!((version, links.count()), (Some(Version::V1_0), 0));
    let (version, mut links) = Links::from_bootstrap_discover(b"</>;lwm2m=1.1,</0/0>").unwrap();
    assert_eq!(version, None);
    let root = ObjectLink::read(links.next().unwrap().unwrap()).unwrap();
    assert_eq!(root.attributes.lwm2m, Some(Version::V1_1));
    for text in ["lwm2m=", "lwm2m=x,</0>", "lwm2m=\"1.0,</0>", "lwm2m"] {
        let result = Links::from_bootstrap_discover(text.as_bytes())
            .and_then(|(_, links)| links.collect::<Result<Vec<_>, _>>());
        assert!(result.is_err(), "{text}");
    }
    let (_, mut links) = Links::from_bootstrap_discover(b"lwm2m=1.0,").unwrap();
    assert_eq!(
        links.next().unwrap().unwrap_err().kind,
        LinkErrorKind::MissingTarget
    );
}

#[test]
fn the_bare_version_is_written_in_quotes() {
    let mut text = String::new();
    let mut links = LinkWriter::new(&mut text);
    links.bare_version(Version::V1_0).unwrap();
    let mut link = ObjectLink::new(Path::instance(0, 0));
    link.attributes.ssid = Some(101);
    link.write(&mut links).unwrap();
    assert_eq!(text, "lwm2m=\"1.0\",</0/0>;ssid=101");
}

// proves: ENC-LINK-06
#[test]
fn a_corelnk_value_is_a_list_of_links() {
    let value = "</3/0>;ver=1.1,</3306/0>";
    assert_eq!(write(&read(value).unwrap()), value);
    assert!(read("</3/0>;ver=1.1,").is_err());
}

#[test]
fn an_alternate_path_is_taken_as_it_is() {
    let links = read("</lwm2m>;rt=\"core.x oma.lwm2m\",</lwm2m/1/0>,</a/../%2e/3/0/1>").unwrap();
    assert!(links[0].is_alternate_path());
    assert!(!links[1].is_alternate_path());
    assert_eq!((links[0].prefix, links[0].path), ("lwm2m", Path::ROOT));
    assert_eq!((links[1].prefix, links[1].path), ("lwm2m", Path::instance(1, 0)));
    assert_eq!(
        (links[2].prefix, links[2].path),
        ("a/../%2e", Path::resource(3, 0, 1))
    );
    for target in [
        "1/0",
        "",
        "//",
        "/a//1",
        "/3/0/1/2/3",
        "/3/x",
        "/03",
        "/65535",
        "/3/65536",
        "/1/2/lwm2m",
        "coap://x/1",
    ] {
        let text = format!("<{target}>");
        let link = Links::new(&text).next().unwrap().unwrap();
        assert_eq!(ObjectLink::read(link), Err(AttributeError::Target), "{target}");
    }
}

#[test]
fn notification_attributes_are_checked_together() {
    let with = |pairs: &[(&str, &str)]| {
        let mut attributes = NotificationAttributes::default();
        for (name, value) in pairs {
            assert!(attributes.set(name, Some(value)).unwrap());
        }
        attributes.validate()
    };
    assert_eq!(
        with(&[("lt", "10"), ("gt", "10")]),
        Err(AttributeError::Thresholds)
    );
    assert_eq!(
        with(&[("lt", "5"), ("st", "5"), ("gt", "15")]),
        Err(AttributeError::Step)
    );
    assert_eq!(with(&[("lt", "5"), ("stp", "4.9"), ("gt", "15")]), Ok(()));
    assert_eq!(
        with(&[("epmin", "5"), ("epmax", "5")]),
        Err(AttributeError::EvaluationPeriods)
    );
    assert_eq!(with(&[("pmin", "60"), ("pmax", "20"), ("lt", "-1e2")]), Ok(()));
    let mut attributes = NotificationAttributes::default();
    attributes.set("pmin", Some("5")).unwrap();
    assert!(!attributes.is_empty());
    attributes.set("pmin", None).unwrap();
    assert!(attributes.is_empty());
    assert_eq!(attributes.set("depth", Some("1")), Ok(false));
}

#[test]
fn values_that_want_it_are_escaped() {
    let mut link = ObjectLink::new(Path::instance(0, 0));
    link.attributes.uri = Some("a\"b\\c".into());
    let text = link.to_string();
    assert_eq!(text, r#"</0/0>;uri="a\"b\\c""#);
    assert_eq!(read(&text), Ok(vec![link]));
}

// proves: ROB-36 ROB-37
#[test]
fn a_prefix_of_a_list_is_an_error_or_a_shorter_list() {
    let text = "</>;ct=\"110 112\",</3/0>;ver=1.1;uri=\"a\\\"b\", </5>";
    let whole: Vec<_> = Links::new(text).collect::<Result<_, _>>().unwrap();
    for end in 0..text.len() {
        if let Ok(links) = Links::new(&text[..end]).collect::<Result<Vec<_>, _>>() {
            assert!(links.len() <= whole.len(), "{}", &text[..end]);
            for (link, whole) in links.iter().zip(&whole) {
                assert!(whole.to_string().starts_with(&link.to_string()));
            }
        }
    }
}

/// What another implementation makes of a list: targets with names and values.
fn read_by_coap_lite(text: &str) -> Vec<(&str, Vec<(&str, String)>)> {
    LinkFormatParser::new(text)
        .map(|link| {
            let (target, parameters) = link.unwrap();
            (
                target,
                parameters
                    .map(|(name, value)| (name, value.to_string()))
                    .collect(),
            )
        })
        .collect()
}

proptest! {
    #[test]
    fn an_independent_reader_finds_the_same(
        links in prop::collection::vec(
            ("[a-z0-9/._%-]{0,12}", prop::collection::vec(("[a-z0-9*-]{1,6}", "[ -~é]{1,12}"), 0..4)),
            0..6,
        ),
    ) {
        let mut text = String::new();
        let mut writer = LinkWriter::new(&mut text);
        for (target, parameters) in &links {
            writer.link(format_args!("/{target}")).unwrap();
            for (name, value) in parameters {
                writer.quoted(name, value).unwrap();
            }
        }
        let found: Vec<_> = Links::new(&text).map(|link| {
            let link = link.unwrap();
            let parameters = link.parameters.into_iter();
            let parameters = parameters.map(|parameter| (parameter.name, parameter.value().unwrap().into_owned()));
            (link.target, parameters.collect::<Vec<_>>())
        }).collect();
        prop_assert_eq!(&found, &read_by_coap_lite(&text));
        let expected: Vec<_> = links.iter().map(|(target, parameters)| {
            let parameters = parameters.iter().map(|(name, value)| (name.as_str(), value.clone()));
            (format!("/{target}"), parameters.collect::<Vec<_>>())
        }).collect();
        let found: Vec<_> = found.into_iter().map(|(target, parameters)| (target.to_owned(), parameters)).collect();
        prop_assert_eq!(found, expected);
    }

    // proves: ROB-36
    #[test]
    fn anything_is_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(links) = Links::from_bytes(&bytes) {
            for link in links.flatten() {
                let _ = ObjectLink::read(link);
            }
        }
        let _ = Links::from_bootstrap_discover(&bytes);
    }

    #[test]
    fn what_looks_like_links_reads_back_as_written(text in "(<[/a1]{0,3}>|;|,|[ab]=|\"|\\\\| |x|1\\.1|ver=){0,12}") {
        if let Ok(links) = Links::new(&text).collect::<Result<Vec<_>, _>>() {
            let again: Vec<_> = links.iter().map(ToString::to_string).collect();
            let again = again.join(",");
            let read: Result<Vec<_>, _> = Links::new(&again).collect();
            prop_assert_eq!(read, Ok(links));
        }
    }
}
