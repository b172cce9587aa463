//! Plans, their order, and what they have from the defaults.

use lwm2m_runtime::{
    bootstrap::{Plan, Step, WriteLevel},
    configuration::{BootstrapConfiguration, Credentials, RuleTarget, ServerAccount},
    encoding::Format,
    model::{Path, ValueRef},
};

use super::plans;

#[test]
fn a_short_plan_is_what_the_program_makes_of_the_same() {
    let read = plans(
        "[[plan]]\npattern = \"*\"\n[[plan.server]]\nshort-server-id = 1\nuri = \"coap://a.example.com\"\n",
    );
    let account = ServerAccount::new(1, "coap://a.example.com", Credentials::NoSec);
    let made = Plan::new(BootstrapConfiguration::new([account]));
    assert_eq!(read.find("anybody"), Some(&made));
}

#[test]
fn everything_of_a_plan_can_be_said() {
    let read = plans(
        r#"
        [[plan]]
        endpoint = "sensor-7"
        steps = ["discover /", "read /1", "delete /0", "prune", "write /0", "write /"]
        write-level = "object"
        format = "senml-json"
        pack = false
        tolerant = true
        [[plan.server]]
        short-server-id = 1
        uri = "coap://a.example.com"
        "#,
    );
    let plan = read.find("sensor-7").unwrap();
    let steps = [
        Step::Discover(Path::ROOT),
        Step::Read(Path::object(1)),
        Step::Delete(Path::object(0)),
        Step::Prune,
        Step::Write(Path::object(0)),
        Step::Write(Path::ROOT),
    ];
    assert_eq!(plan.steps, steps);
    assert_eq!(plan.write_level, WriteLevel::Object);
    assert_eq!(plan.format, Some(Format::SenmlJson));
    assert!(!plan.pack && plan.tolerant);
}

#[test]
fn endpoints_come_before_patterns_and_patterns_in_their_order() {
    let plan = |whom: &str, id: u16| {
        format!("[[plan]]\n{whom}\n[[plan.server]]\nshort-server-id = {id}\nuri = \"coap://a.example.com\"\n")
    };
    let text = plan("pattern = \"sensor-7*\"", 1)
        + &plan("pattern = \"sensor-??\"", 2)
        + &plan("pattern = \"sensor-*\"", 3)
        + &plan("endpoint = \"sensor-70\"", 4);
    let read = plans(&text);
    let server = |endpoint: &str| {
        let plan = read.find(endpoint)?;
        Some(plan.configuration.servers[0].server.short_server_id)
    };
    assert_eq!(server("sensor-70"), Some(4));
    assert_eq!(server("sensor-71"), Some(1));
    assert_eq!(server("sensor-81"), Some(2));
    assert_eq!(server("sensor-8"), Some(3));
    assert_eq!(server("meter-1"), None);
    let patterns: Vec<_> = read.patterns().map(|(pattern, _)| pattern).collect();
    assert_eq!(patterns, ["sensor-7*", "sensor-??", "sensor-*"]);
}

#[test]
fn what_a_plan_does_not_say_it_has_from_the_defaults() {
    let read = plans(
        r#"
        [defaults]
        tolerant = true
        format = "tlv"
        [defaults.bootstrap-server]
        uri = "coap://bootstrap.example.com"
        client-hold-off-time = 10
        [[defaults.server]]
        short-server-id = 1
        uri = "coap://one.example.com"
        lifetime = 300
        binding = "UQ"
        [[defaults.server]]
        short-server-id = 3
        uri = "coap://three.example.com"
        [[defaults.access]]
        object = 3
        instance = 0
        owner = 1
        [[defaults.access]]
        object = 4
        instance = 0
        owner = 1
        [defaults.values]
        "/3/0/15" = "Europe/Berlin"
        "/3/0/14" = "+01:00"

        [[plan]]
        endpoint = "plain"

        [[plan]]
        endpoint = "other"
        format = "senml-cbor"
        [plan.bootstrap-server]
        client-hold-off-time = 20
        [[plan.server]]
        short-server-id = 2
        uri = "coap://two.example.com"
        [[plan.server]]
        short-server-id = 1
        lifetime = 60
        [[plan.access]]
        object = 3
        instance = 0
        owner = 2
        [plan.values]
        "/3/0/15" = "Europe/Paris"
        "#,
    );
    let plain = read.find("plain").unwrap();
    let other = read.find("other").unwrap();
    assert!(plain.tolerant && other.tolerant);
    assert_eq!(
        (plain.format, other.format),
        (Some(Format::Tlv), Some(Format::SenmlCbor))
    );

    let ids = |plan: &Plan| {
        let servers = plan.configuration.servers.iter();
        servers
            .map(|account| account.server.short_server_id)
            .collect::<Vec<_>>()
    };
    assert_eq!((ids(plain), ids(other)), (vec![1, 3], vec![1, 2, 3]));
    let one = &other.configuration.servers[0];
    assert_eq!(
        one.security.lwm2m_server_uri.as_deref(),
        Some("coap://one.example.com")
    );
    assert_eq!((one.server.lifetime, one.server.binding.as_str()), (60, "UQ"));

    let account = other.configuration.bootstrap_server.as_ref().unwrap();
    assert_eq!(account.security.client_hold_off_time, Some(20));
    assert_eq!(
        account.security.lwm2m_server_uri.as_deref(),
        Some("coap://bootstrap.example.com")
    );

    let rules = |plan: &Plan| {
        let rules = plan.configuration.rules.iter();
        rules.map(|rule| (rule.target, rule.owner)).collect::<Vec<_>>()
    };
    let (device, connectivity) = (RuleTarget::Instance(3, 0), RuleTarget::Instance(4, 0));
    assert_eq!(rules(plain), [(device, 1), (connectivity, 1)]);
    assert_eq!(rules(other), [(device, 2), (connectivity, 1)]);

    let value = |plan: &Plan, id| {
        let value = plan.configuration.values.get(Path::resource(3, 0, id));
        match value {
            Some(ValueRef::String(text)) => text.to_owned(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        (value(plain, 15), value(other, 15)),
        ("Europe/Berlin".into(), "Europe/Paris".into())
    );
    assert_eq!(value(other, 14), "+01:00");
}
