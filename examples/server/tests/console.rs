//! The console as a script sees it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

use std::{process::Command, time::Duration};

use lwm2m_runtime::{
    model::{ObjectDefinition, Operations, ResourceDefinition, ResourceType, ValueRef, Version},
    net::{Client, ClientBuilder, ServerAccount},
    object::{DynamicInstance, Instance},
    objects::{Device, Location, Lwm2mAccessControl, Lwm2mServer, o3_v1_2::ErrorCode},
};
use lwm2m_tests::program::Program;
use serde_json::json;

/// The server with further arguments.
fn server(arguments: &[&str]) -> Program {
    Program::start(Command::new(env!("CARGO_BIN_EXE_server")).args(arguments))
}

fn builder(server: &Program) -> ClientBuilder {
    Client::builder("dev")
        .server(ServerAccount::new(format!("coap://127.0.0.1:{}", server.port())).lifetime(300))
        .object(
            0,
            Device {
                manufacturer: Some("Test".into()),
                battery_level: Some(50),
                timezone: Some("Etc/UTC".into()),
                error_code: [(0, ErrorCode::NO_ERROR)].into(),
                supported_binding_and_modes: "U".into(),
                ..Device::default()
            },
        )
        .object(
            0,
            Location {
                latitude: 52.5,
                ..Location::default()
            },
        )
        .on_execute(Device::REBOOT, |_| ())
}

async fn device(server: &Program) -> Client {
    builder(server).start().await.unwrap()
}

/// A device that listens as long as the server thinks that it does, and sleeps already.
async fn sleeper(server: &mut Program) -> Client {
    let client = builder(server).config(|config| {
        config.queue_mode = true;
        config.awake_time = Some(Duration::from_millis(500));
    });
    let client = client.start().await.unwrap();
    server.done("wait registered dev within=30");
    while server.done("queue dev")["asleep"] == false {}
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_do_what_they_say() {
    let mut server = server(&[]);
    let client = device(&server).await;
    server.done("wait registered dev within=30");
    assert_eq!(server.done("clients")["clients"][0]["endpoint"], "dev");

    let answer = server.done("read dev /3/0/9");
    assert_eq!(answer["status"], "2.05");
    assert_eq!(
        answer["values"],
        json!([{"path": "/3/0/9", "value": 50, "type": "Integer", "name": "Battery Level", "units": "/100"}])
    );
    for format in ["tlv", "senml-json", "senml-cbor", "lwm2m-cbor"] {
        let answer = server.done(&format!("read dev /6/0 format={format}"));
        assert_eq!(
            answer["values"][0],
            json!({"path": "/6/0/0", "value": 52.5, "type": "Float", "name": "Latitude", "units": "lat"}),
            "{format}"
        );
    }
    server.done("write dev /3/0/15 \"Europe/Berlin\"");
    assert_eq!(
        server.done("read dev /3/0/15")["values"][0]["value"],
        "Europe/Berlin"
    );
    assert_eq!(
        client.get::<Device>(0).await.unwrap().timezone.as_deref(),
        Some("Europe/Berlin")
    );
    server.done("exec dev /3/0/4");
    let answer = server.done("read-composite dev /3/0/0 /6/0/0");
    assert_eq!(answer["values"][0]["value"], "Test");
    assert_eq!(answer["values"][1]["value"], 52.5);
    server.done("attrs dev /3/0/9 pmin=0 pmax=60");
    let links = server.done("discover dev /3/0/9");
    assert_eq!(
        links["links"],
        json!([{"path": "/3/0/9", "attributes": "pmin=0;pmax=60"}])
    );

    assert_eq!(server.done("observe dev /3/0/9")["values"][0]["value"], 50);
    client
        .update::<Device>(0, |device| device.battery_level = Some(49))
        .await
        .unwrap();
    assert_eq!(server.event("notification")["values"][0]["value"], 49);
    server.done("wait notification dev /3/0/9 within=30");
    assert_eq!(server.done("cancel dev /3/0/9")["cancelled"], 1);

    client.stop().await;
    server.done("wait ended dev within=30");
    assert!(server.end(), "every command went well");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_to_do_and_are_the_exit_status() {
    let mut server = server(&[]);
    assert!(server.refused("read dev /3/0").contains("nobody is"));
    let client = device(&server).await;
    server.done("wait registered dev within=30");
    assert!(server.refused("read other /3/0").contains("there is dev"));
    assert!(server.refused("raed dev /3/0").contains("`help` lists them"));
    assert_eq!(server.answer("write dev /3/0/0 x")["status"], "4.05");
    assert_eq!(server.answer("read dev /4711")["status"], "4.04");
    assert!(server.refused("write dev /3/0/13 noon").contains("noon"));
    assert!(server.refused("exec dev /3/0/4 nonsense").contains("0='a'"));
    assert!(server.refused("cancel dev").contains("`observe` begins"));
    assert!(server.refused("wait send dev within=0.01").contains("within="));
    client.stop().await;
    assert!(!server.end(), "not every command went well");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_that_sleeps_is_asked_waits_for_it() {
    let mut server = server(&["--awake", "0.5", "--queue-limit", "3"]);
    let client = sleeper(&mut server).await;
    assert_eq!(server.done("client dev")["asleep"], true);

    assert_eq!(server.done("read dev /3/0/9")["queued"], true);
    server.done("observe dev /3/0/15");
    server.done("exec dev /3/0/4");
    assert!(server.refused("read dev /3/0/13").contains("too many requests"));
    assert!(
        server.refused("write dev /3/0/13 noon").contains("noon"),
        "at once"
    );
    let queue = server.done("queue dev");
    let paths: Vec<_> = queue["queue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["path"])
        .collect();
    assert_eq!(paths, ["/3/0/9", "/3/0/15", "/3/0/4"]);
    assert_eq!(server.done("withdraw dev /3/0/4")["withdrawn"], 1);
    assert_eq!(server.done("queue dev")["queue"].as_array().unwrap().len(), 2);

    client.update_registration(1).await.unwrap();
    let read = server.event("delivered");
    assert_eq!(
        (&read["command"], &read["ok"]),
        (&json!("read dev /3/0/9"), &json!(true))
    );
    assert_eq!(read["values"][0]["value"], 50);
    let observed = server.event("delivered");
    assert_eq!(observed["values"][0]["value"], "Etc/UTC");
    server.done("wait delivered dev /3/0/15 within=30");
    client
        .update::<Device>(0, |device| device.timezone = Some("Europe/Berlin".into()))
        .await
        .unwrap();
    assert_eq!(
        server.event("notification")["values"][0]["value"],
        "Europe/Berlin"
    );
    assert!(server.refused("withdraw dev").contains("`queue`"));

    client.stop().await;
    server.done("wait ended dev within=30");
    assert!(!server.end(), "two commands were refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_too_long_expires() {
    let mut server = server(&["--awake", "0.5", "--queue-timeout", "0.2"]);
    let client = sleeper(&mut server).await;
    server.done("exec dev /3/0/4");
    let expired = server.event("expired");
    assert_eq!(
        (&expired["command"], &expired["ok"]),
        (&json!("exec dev /3/0/4"), &json!(false))
    );
    server.done("wait expired dev /3 within=30");
    assert!(
        server
            .refused("read dev /3/0/9 wait=yes")
            .contains("did not wake")
    );
    client.stop().await;
    server.done("wait ended dev within=30");
    assert!(!server.end(), "nobody was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_ends_before_the_answers_did_not_go_well() {
    let mut server = server(&["--awake", "0.5"]);
    let client = sleeper(&mut server).await;
    server.done("read dev /3/0/9");
    assert!(!server.end());
    drop(client);
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_shown_and_given() {
    let mut server = server(&[]);
    let rule = |object, instance, acl: &[(u16, i64)], owner| Lwm2mAccessControl {
        object_id: object,
        object_instance_id: instance,
        acl: Some(acl.iter().copied().collect()),
        access_control_owner: owner,
    };
    let client = builder(&server)
        .server(ServerAccount::new("coap://127.0.0.1:9"))
        .object(0, rule(3, 0, &[(1, 15)], 1))
        .object(1, rule(6, 0, &[(1, 1), (0, 1)], 2))
        .object(2, rule(1, 0, &[(1, 7)], 1))
        .start()
        .await
        .unwrap();
    server.done("wait registered dev within=30");
    let rights = server.done("rights dev");
    assert_eq!(
        rights["rules"][0],
        json!({"rule": 0, "target": "/3/0", "owner": 1, "rights": {"1": "RWED"}})
    );
    server.done("grant dev /3/0 2 RE");
    let acl = client.get::<Lwm2mAccessControl>(0).await.unwrap().acl.unwrap();
    assert_eq!(acl.get(2), Some(&5));
    assert_eq!(acl.get(1), Some(&15), "the others stay");
    assert!(
        server.refused("grant dev /6/0 1 RW").contains("4.01"),
        "another one owns it"
    );
    assert!(server.refused("grant dev /3303/0 1 R").contains("no rule"));
    assert!(server.refused("write dev /6/0/0 1").contains("4.01"));

    // The account of this server is the one that it may read.
    server.done("trigger dev U");
    server.done("wait updated dev within=30");
    assert!(
        server.refused("bootstrap dev").contains("4.0"),
        "there is no bootstrap server"
    );
    server.done("disable dev 600");
    server.done("wait ended dev within=30");
    assert_eq!(
        client.get::<Lwm2mServer>(0).await.unwrap().disable_timeout,
        Some(600)
    );
    assert!(!server.end());
}

/// Object 3303 of a version that the registry does not have, with a value.
fn temperature(version: Version) -> DynamicInstance {
    static RESOURCES: [ResourceDefinition; 1] = [ResourceDefinition::new(
        5700,
        "Sensor Value",
        Some(ResourceType::Float),
        Operations::R,
    )];
    let definition = ObjectDefinition::new(3303, "Temperature", "urn:oma:lwm2m:ext:3303")
        .with_version(version)
        .with_multiple()
        .with_resources(&RESOURCES);
    let mut instance = DynamicInstance::new(Box::leak(Box::new(definition)));
    let value = instance.field_mut(5700).unwrap();
    value.set(None, ValueRef::Float(21.0)).unwrap();
    instance
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_read_by_the_version_that_the_device_has() {
    for (version, name, kind) in [
        (Version::new(1, 1), json!("Sensor Value"), "Float"),
        (Version::new(1, 9), json!("Sensor Value"), "Float"),
        // Nothing is known of another major version: it is what it looks like.
        (Version::new(9, 0), json!(null), "String"),
    ] {
        let mut server = server(&[]);
        let client = builder(&server).dynamic_object(0, temperature(version));
        let client = client.start().await.unwrap();
        server.done("wait registered dev within=30");
        let registration = server.done("client dev");
        let objects = registration["objects"].as_array().unwrap();
        let object = objects.iter().find(|object| object["object"] == 3303).unwrap();
        assert_eq!(object["version"], version.to_string());
        assert_eq!(object["read_as"].is_null(), name.is_null());
        // A format without types.
        let value = &server.done("read dev /3303/0/5700 format=text")["values"][0];
        assert_eq!(
            (&value["name"], &value["type"]),
            (&name, &json!(kind)),
            "{version}"
        );
        client.stop().await;
        assert!(server.end());
    }
}
