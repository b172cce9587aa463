//! What a Register says: formats, objects, binding, profiles and the rest (LwM2M Core 1.2, section 6.2.1).

use lwm2m_runtime::{
    client::{ClientConfig, State},
    coap::{Code, OptionNumber},
    encoding::{ContentFormat, Format, FormatSet},
    model::Version,
};

use crate::support::{Bench, SERVER, answer, config, put, server, tree, tree_of};

#[test]
fn a_client_that_lacks_a_format_says_what_it_has() {
    use Format::{Json, SenmlCbor, SenmlJson, Text, Tlv};
    for (version, formats, expected) in [
        (Version::V1_2, vec![SenmlJson, Text], "</>;ct=110,"),
        (Version::V1_2, vec![Tlv, SenmlCbor, Text], "</>;ct=\"112 11542\","),
        (
            Version::V1_1,
            vec![Tlv, SenmlJson, Format::Lwm2mCbor],
            "</>;ct=\"110 11542\",",
        ),
        // What every client has needs no words.
        (Version::V1_2, vec![Text, Format::Opaque], ""),
        (Version::V1_0, vec![Tlv, SenmlJson], ""),
        (Version::V1_0, vec![Tlv, Json], "</>;ct=11543,"),
    ] {
        let config = ClientConfig {
            versions: vec![version],
            formats: FormatSet::of(&formats),
            ..config()
        };
        let mut bench = Bench::new(config, tree());
        bench.client.start(bench.now);
        bench.connect(SERVER);
        let register = bench.only();
        let links = register.text();
        let (before, _) = links.split_once("</1").unwrap();
        assert_eq!(before, expected, "{version} {formats:?}");
    }
    // Nor does a client that has all.
    for version in [Version::V1_1, Version::V1_2] {
        let config = ClientConfig {
            versions: vec![version],
            ..config()
        };
        let mut bench = Bench::new(config, tree());
        bench.client.start(bench.now);
        bench.connect(SERVER);
        assert!(bench.only().text().starts_with("</1"));
    }
}

// proves: REG-20 REG-23
#[test]
fn formats_and_an_alternate_path_are_announced() {
    let config = ClientConfig {
        announced_formats: vec![ContentFormat(110), ContentFormat(60)],
        alternate_path: "/lwm2m/".into(),
        ..config()
    };
    let mut bench = Bench::new(config, tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let links = "</lwm2m>;rt=\"oma.lwm2m\";ct=\"110 60\",</lwm2m/1/0>,</lwm2m/3/0>,</lwm2m/42769/0>";
    assert_eq!(bench.only().text(), links);
}

// proves: REG-17 VER-06
#[test]
fn objects_without_instances_are_listed_too() {
    let mut bench = Bench::registered();
    bench.client.change(bench.now, |tree| tree.remove(42769, 0));
    let update = bench.only();
    assert_eq!(update.text(), "</1/0>,</3/0>,</42769>");
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    bench
        .client
        .change(bench.now, |tree| {
            tree.add_type::<lwm2m_runtime::objects::FirmwareUpdate>()
        })
        .unwrap();
    assert_eq!(bench.only().text(), "</1/0>,</3/0>,</5>;ver=1.2,</42769>");
}

// proves: REG-21 REG-72 VER-05
#[test]
fn a_client_of_1_0_says_whether_it_has_json_and_other_versions_of_objects() {
    let config = ClientConfig {
        versions: vec![Version::V1_0],
        ..config()
    };
    let mut bench = Bench::new(config, tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let register = bench.only();
    assert_eq!(
        register.queries(),
        ["ep=urn:dev:os:32473-7", "lt=86400", "lwm2m=1.0"]
    );
    let links = "</>;ct=11543,</1>;ver=1.2,</1/0>,</3>;ver=1.2,</3/0>,</42769/0>";
    assert_eq!(register.text(), links);
}

// proves: REG-96
#[test]
fn a_binding_of_1_0_is_that_of_the_server_object() {
    let config = ClientConfig {
        versions: vec![Version::V1_0],
        ..config()
    };
    let mut account = server(SERVER);
    account.binding = "UQ".into();
    let mut bench = Bench::new(config, tree_of(&[account]));
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let register = bench.only();
    assert_eq!(register.queries()[3], "b=UQ");
    let created = answer(&register, Code::CREATED)
        .option(OptionNumber::LOCATION_PATH, b"rd")
        .option(OptionNumber::LOCATION_PATH, b"x");
    bench.input(SERVER, &created);
    bench.ask(SERVER, &put("1/0/7", "U"));
    let sent = bench.sent();
    assert_eq!(sent[0].code, Code::CHANGED);
    assert_eq!(sent[1].queries(), ["b=U"]);
}

// proves: REG-78
#[test]
fn a_binding_is_what_both_have() {
    for (device, listed, sent) in [
        ("U", "U", None),
        ("UT", "U", None),
        ("UT", "TS", Some("b=UT")),
        ("UTS", "TS", Some("b=UTS")),
        ("nonsense", "also", None),
    ] {
        let mut account = server(SERVER);
        account.binding = listed.into();
        let mut tree = tree_of(&[account]);
        tree.update(0, |it: &mut lwm2m_runtime::objects::Device| {
            it.supported_binding_and_modes = device.into();
        });
        let mut bench = Bench::new(config(), tree);
        bench.client.start(bench.now);
        bench.connect(SERVER);
        assert_eq!(
            bench.only().queries().get(3).map(String::as_str),
            sent,
            "{device} {listed}"
        );
    }
}

// proves: OBJ-1-07
#[test]
fn a_server_may_list_its_versions() {
    let mut account = server(SERVER);
    account.supported_server_versions = Some(
        [(0, "1.1.1".to_owned()), (1, "1.0".to_owned())]
            .into_iter()
            .collect(),
    );
    let mut bench = Bench::new(config(), tree_of(&[account]));
    bench.client.start(bench.now);
    bench.connect(SERVER);
    assert_eq!(bench.only().queries()[2], "lwm2m=1.1");
}

// proves: REG-83 REG-87 REG-84
#[test]
fn int_110_a_profile_stands_for_the_list_where_it_is_known() {
    let config = ClientConfig {
        profile_ids: vec!["1:0123456789abcdef".into(), "oma:meter".into(), "nonsense".into()],
        ..config()
    };
    let mut bench = Bench::new(config, tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    let register = bench.only();
    let pids: Vec<_> = register.queries().into_iter().skip(3).collect();
    assert_eq!(pids, ["pid=1:0123456789abcdef", "pid=oma:meter"]);
    assert!(register.payload.is_empty() && register.format().is_none());
    // The server does not know it: it gets the list, now and later.
    bench.input(SERVER, &answer(&register, Code::CONFLICT));
    let register = bench.only();
    assert_eq!(register.queries().len(), 3);
    assert_eq!(register.text(), "</1/0>,</3/0>,</42769/0>");
    bench.input(SERVER, &answer(&register, Code::CONFLICT));
    assert_eq!(bench.client.state(SERVER), Some(State::Retrying));
    bench.silent();
}

#[test]
fn a_change_after_a_profile_sends_the_whole_list() {
    let config = ClientConfig {
        profile_ids: vec!["oma:meter".into()],
        ..config()
    };
    let mut bench = Bench::registered_with(config, tree());
    bench.client.change(bench.now, |tree| tree.remove(42769, 0));
    let update = bench.only();
    assert_eq!(update.text(), "</1/0>,</3/0>,</42769>");
    assert!(update.queries().is_empty());
}

// proves: REG-82
#[test]
fn a_number_for_short_messages_is_told() {
    let config = ClientConfig {
        sms: Some("491721234567".into()),
        ..config()
    };
    let mut bench = Bench::new(config, tree());
    bench.client.start(bench.now);
    bench.connect(SERVER);
    assert_eq!(bench.only().queries()[3], "sms=491721234567");
}
