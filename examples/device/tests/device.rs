//! The program as a server sees it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

use std::{
    collections::HashSet,
    fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use lwm2m_runtime::{
    access_control::Rights,
    bootstrap::{Plan, Plans},
    coap::EndpointConfig,
    configuration::{AccessRule, BootstrapConfiguration, Credentials, RuleTarget, ServerAccount},
    encoding::Record,
    model::{Path, Value, Version},
    net::{BootstrapServer, DeviceError, Server, ServerEvent},
    objects::{Device, FirmwareUpdate, Lwm2mServer, o5_v1_2::State},
    operation::{Status, WriteMode},
    server::{EndReason, ServerConfig},
};
use serde_json::Value as Json;

/// The program, and the lines that it prints.
struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(server: &Server, arguments: &[&str]) -> Self {
        let uri = format!("coap://{}", server.local_address());
        Self::with(&[&["--server", &uri], arguments].concat())
    }

    fn with(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_device"))
            .arg("--json")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn say(&mut self, command: &str) {
        writeln!(self.input, "{command}").unwrap();
    }

    /// The next line of an event; others before it are passed over.
    #[track_caller]
    fn expect(&mut self, event: &str) -> Json {
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "it ended before {event}"
            );
            let line: Json = serde_json::from_str(&line).unwrap();
            if line["event"] == event {
                return line;
            }
        }
    }

    fn quit(mut self) {
        self.say("quit");
        self.expect("deregistered");
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; another one has ended the program.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn server() -> Server {
    // Packages larger than the device takes have to get to it.
    let coap = EndpointConfig {
        max_body: 4 << 20,
        max_body_bytes_per_peer: 8 << 20,
        ..EndpointConfig::server()
    };
    let config = ServerConfig {
        coap,
        ..ServerConfig::default()
    };
    Server::builder()
        .config(config)
        .bind("127.0.0.1:0".parse().unwrap())
        .start()
        .await
        .unwrap()
}

const STILL: [&str; 2] = ["--period", "3600"];

#[tokio::test(flavor = "multi_thread")]
async fn a_device_registers_is_read_and_says_goodbye() {
    let server = server().await;
    let mut events = server.events().await;
    let arguments = [
        &STILL[..],
        &["--endpoint", "one", "--lifetime", "77", "--object", "3311:4"],
    ]
    .concat();
    let mut program = Program::start(&server, &arguments);
    program.expect("registered");

    let device = server.wait_for("one").await.unwrap();
    let registration = device.registration().await.unwrap();
    assert_eq!((registration.lifetime, registration.version), (77, Version::V1_2));
    for path in ["/3/0", "/5/0", "/6/0", "/7/0", "/3303/0", "/3311/4"] {
        assert!(registration.paths().contains(&path.parse().unwrap()), "{path}");
    }
    let object: Device = device.read(0).await.unwrap();
    assert_eq!(object.manufacturer.as_deref(), Some("Example Ltd"));
    // A mandatory resource of an object that the program was not compiled with.
    let light = device.read_path(Path::resource(3311, 4, 5850)).await.unwrap();
    assert_eq!(
        light,
        [Record::new(Path::resource(3311, 4, 5850), Value::Boolean(false))]
    );

    program.quit();
    while let Some(event) = events.next().await {
        if let ServerEvent::Ended { reason, .. } = event {
            assert_eq!(reason, EndReason::Deregistered);
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_device_measures_is_notified() {
    let server = server().await;
    let mut program = Program::start(&server, &[&STILL[..], &["--endpoint", "one"]].concat());
    let device = server.wait_for("one").await.unwrap();
    let value = Path::resource(3303, 0, 5700);
    let mut values = device.observe_path(value).start().await.unwrap();
    let seen = |records: Vec<Record>| records.into_iter().next().unwrap().content.value().unwrap();
    assert_eq!(
        seen(values.next().await.unwrap().unwrap().value),
        Value::Float(21.5)
    );
    program.say("set /3303/0/5700 30.25");
    assert_eq!(
        seen(values.next().await.unwrap().unwrap().value),
        Value::Float(30.25)
    );
    let most = device.read_path(Path::resource(3303, 0, 5602)).await.unwrap();
    assert_eq!(seen(most), Value::Float(30.25), "the greatest value follows");
    program.say("set /3303/0/5700 warm");
    assert!(program.expect("error").to_string().contains("warm"));
    program.say("set /4711/0/1 2");
    assert!(program.expect("error").to_string().contains("does not have"));
    program.quit();
}

async fn firmware(device: &lwm2m_runtime::net::Device) -> (State, i64) {
    let object: FirmwareUpdate = device.read(0).await.unwrap();
    (object.state, object.update_result.0)
}

async fn push(device: &lwm2m_runtime::net::Device, package: Vec<u8>) -> Result<(), DeviceError> {
    let path = Path::resource(5, 0, 0);
    let record = Record::new(path, Value::Opaque(package));
    device.write_path(path, WriteMode::Replace, vec![record]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn firmware_is_pushed_in_blocks_and_installed() {
    let server = server().await;
    let mut program = Program::start(&server, &[&STILL[..], &["--endpoint", "one"]].concat());
    let device = server.wait_for("one").await.unwrap();
    let update = FirmwareUpdate::UPDATE.at(0);

    let early = device.execute(update, ()).await.unwrap_err();
    assert_eq!(early.status(), Some(Status::MethodNotAllowed));
    assert_eq!(firmware(&device).await, (State::IDLE, 0));

    let mut package = b"2.1.0\n".to_vec();
    package.resize(100_000, 0x55);
    push(&device, package).await.unwrap();
    assert_eq!(firmware(&device).await, (State::DOWNLOADED, 0));
    device.execute(update, ()).await.unwrap();
    assert_eq!(firmware(&device).await, (State::UPDATING, 0));
    program.expect("installed");
    program.expect("registered");
    assert_eq!(firmware(&device).await, (State::IDLE, 1));
    let version = device.get(Device::FIRMWARE_VERSION.at(0)).await.unwrap();
    assert_eq!(version, "2.1.0");

    // One byte of zero takes everything back.
    push(&device, vec![0]).await.unwrap();
    assert_eq!(firmware(&device).await, (State::IDLE, 0));
    push(&device, b"corrupt".to_vec()).await.unwrap();
    assert_eq!(firmware(&device).await, (State::IDLE, 5));
    push(&device, b"unsupported".to_vec()).await.unwrap();
    assert_eq!(firmware(&device).await, (State::IDLE, 6));
    let refused = push(&device, vec![1; (1 << 20) + 1]).await.unwrap_err();
    assert_eq!(refused.status(), Some(Status::RequestEntityTooLarge));
    assert_eq!(firmware(&device).await, (State::IDLE, 2));

    push(&device, b"fails to install".to_vec()).await.unwrap();
    device.execute(update, ()).await.unwrap();
    let mut states = device.observe(FirmwareUpdate::STATE.at(0)).start().await.unwrap();
    while states.next().await.unwrap().unwrap() != State::DOWNLOADED {}
    assert_eq!(firmware(&device).await, (State::DOWNLOADED, 8));
    device.execute(FirmwareUpdate::CANCEL.at(0), ()).await.unwrap();
    assert_eq!(firmware(&device).await, (State::IDLE, 10));

    for (uri, result) in [("coap://x/y", 9), ("no uri", 7), ("", 0)] {
        device.set(FirmwareUpdate::PACKAGE_URI.at(0), uri).await.unwrap();
        assert_eq!(firmware(&device).await, (State::IDLE, result), "{uri:?}");
    }
    program.quit();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_and_formats_can_be_chosen() {
    let server = server().await;
    let arguments = ["--endpoint", "old", "--lwm2m", "1.0", "--formats", "tlv,text"];
    let program = Program::start(&server, &[&STILL[..], &arguments].concat());
    let device = server.wait_for("old").await.unwrap();
    assert_eq!(device.registration().await.unwrap().version, Version::V1_0);
    let object: Device = device.read(0).await.unwrap();
    assert_eq!(object.model_number.as_deref(), Some("Weather station"));
    program.quit();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_registers_through_one_socket() {
    let server = server().await;
    let mut events = server.events().await;
    let mut program = Program::start(&server, &["--count", "300", "--endpoint", "f", "--duration", "3"]);
    let mut addresses = HashSet::new();
    while addresses.len() < 300 {
        if let ServerEvent::Registered { registration, .. } = events.next().await.unwrap() {
            assert!(
                addresses.insert(registration.address.ip()),
                "each has an address of its own"
            );
        }
    }
    let last = server.device("f-299");
    assert_eq!(last.get(Device::SERIAL_NUMBER.at(0)).await.unwrap(), "WS-000299");
    let summary = program.expect("summary");
    assert_eq!(
        (&summary["registered"], &summary["failures"]),
        (&300.into(), &0.into())
    );
    assert!(program.child.wait().unwrap().success());
    assert!(server.registrations().await.unwrap().is_empty());
}

/// A bootstrap server that gives each device of some accounts at servers, and rules.
async fn bootstrap_server(servers: &[(u16, &Server)], rules: Vec<AccessRule>) -> BootstrapServer {
    let accounts: Vec<_> = servers
        .iter()
        .map(|(id, server)| {
            let uri = format!("coap://{}", server.local_address());
            ServerAccount::new(*id, uri, Credentials::NoSec)
        })
        .collect();
    let mut configuration = BootstrapConfiguration::new(accounts);
    configuration.rules = rules;
    let mut plans = Plans::new();
    plans.insert_pattern("station-*", Plan::new(configuration));
    let builder = BootstrapServer::builder(plans).bind("127.0.0.1:0".parse().unwrap());
    builder.start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bootstrap_server_has_the_accounts_and_the_rights() {
    let (one, two) = (server().await, server().await);
    let all = Rights::FULL;
    let rules = vec![
        AccessRule::new(RuleTarget::Instance(3, 0), 7, [(7, all), (9, Rights::READ)]),
        AccessRule::new(RuleTarget::Server(7), 7, [(7, all)]),
    ];
    let bootstrap = bootstrap_server(&[(7, &one), (9, &two)], rules).await;
    let uri = format!("coap://{}", bootstrap.local_address());
    for how in [
        &[][..],
        &["--no-pack"],
        &["--no-pack", "--bootstrap-format", "senml-cbor"],
    ] {
        let arguments = [&STILL[..], &["--bootstrap", &uri, "--endpoint", "station-1"], how].concat();
        let mut program = Program::with(&arguments);
        program.expect("bootstrapping");
        program.expect("bootstrapped");
        let (first, second) = (program.expect("registered"), program.expect("registered"));
        let mut servers = [first["server"].as_u64(), second["server"].as_u64()];
        servers.sort_unstable();
        assert_eq!(servers, [Some(7), Some(9)], "{how:?}");

        let path = Device::TIMEZONE.at(0);
        one.wait_for("station-1")
            .await
            .unwrap()
            .set(path, "Europe/Berlin")
            .await
            .unwrap();
        let other = two.wait_for("station-1").await.unwrap();
        assert_eq!(other.get(path).await.unwrap(), "Europe/Berlin");
        let refused = other.set(path, "Etc/UTC").await.unwrap_err();
        assert_eq!(refused.status(), Some(Status::Unauthorized), "{how:?}");

        program.say("accounts");
        let accounts: Vec<_> = (0..3).map(|_| program.expect("account")).collect();
        assert_eq!(accounts[0]["bootstrap"], true);
        assert_eq!(accounts[1]["server"], 7);
        program.say("rights");
        let rule = program.expect("rule");
        assert_eq!(
            (&rule["path"], &rule["rights"]["9"]),
            (&"/3/0".into(), &"R".into())
        );

        // Triggered by a server, and by the person in front of it.
        one.device("station-1")
            .execute(Lwm2mServer::BOOTSTRAP_REQUEST_TRIGGER.at(0), ())
            .await
            .unwrap();
        program.expect("bootstrapped");
        program.expect("registered");
        program.expect("registered");
        program.say("bootstrap");
        program.expect("bootstrapped");
        program.expect("registered");
        program.quit();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_nobody_knows_ends_cleanly() {
    let bootstrap = bootstrap_server(&[], Vec::new()).await;
    let uri = format!("coap://{}", bootstrap.local_address());
    let mut program = Program::with(&["--bootstrap", &uri, "--endpoint", "stranger"]);
    assert_eq!(
        program.expect("bootstrap-failed")["failure"],
        "Refused(BadRequest)"
    );
    program.say("quit");
    assert!(program.child.wait().unwrap().success());

    // Nobody answers there, and the device stops in the middle.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let uri = format!("coap://{}", silent.local_addr().unwrap());
    let mut program = Program::with(&["--bootstrap", &uri]);
    program.expect("bootstrapping");
    program.say("quit");
    assert_eq!(program.expect("bootstrap-failed")["failure"], "Stopped");
    assert!(program.child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_is_bootstrapped_through_one_socket() {
    let server = server().await;
    let bootstrap = bootstrap_server(&[(1, &server)], Vec::new()).await;
    let uri = format!("coap://{}", bootstrap.local_address());
    let mut events = server.events().await;
    let fleet = [
        "--bootstrap",
        &uri,
        "--count",
        "50",
        "--endpoint",
        "station",
        "--duration",
        "3",
    ];
    let mut program = Program::with(&fleet);
    let mut names = HashSet::new();
    while names.len() < 50 {
        if let ServerEvent::Registered { registration, .. } = events.next().await.unwrap() {
            names.insert(registration.endpoint.to_string());
        }
    }
    assert_eq!(program.expect("summary")["registered"], 50);
    assert!(program.child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_servers_has_its_own_number() {
    let (one, two) = (server().await, server().await);
    let uri = |id: &str, server: &Server| format!("{id}coap://{}", server.local_address());
    let (first, second) = (uri("20=", &one), uri("", &two));
    let arguments = [
        &STILL[..],
        &["--endpoint", "one", "--server", &first, "--server", &second],
    ]
    .concat();
    let mut program = Program::with(&arguments);
    program.expect("registered");
    program.expect("registered");
    for (server, id) in [(&one, 20), (&two, 1)] {
        let device = server.wait_for("one").await.unwrap();
        let accounts = device.read_all::<Lwm2mServer>().await.unwrap();
        assert!(accounts.iter().any(|(_, account)| account.short_server_id == id));
    }
    program.say("deregister 20");
    assert_eq!(program.expect("deregistered")["server"], 20);
    program.say("update 20");
    program.say("update 3");
    assert!(program.expect("error").to_string().contains("20"));
    program.say("register 20");
    assert_eq!(program.expect("registered")["server"], 20);
    program.say("send /3303/0/5700");
    program.expect("sent");
    program.expect("sent");

    let device = one.device("one");
    device.set(Lwm2mServer::DISABLE_TIMEOUT.at(0), 1).await.unwrap();
    device.execute(Lwm2mServer::DISABLE.at(0), ()).await.unwrap();
    assert_eq!(program.expect("deregistered")["disabled"], true);
    program.expect("registered");
    program.quit();
}

/// A directory that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lwm2m-device-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_counts_after_a_restart() {
    let directory = Directory::new("store");
    let store = directory.file("station");
    let server = server().await;
    let bootstrap = bootstrap_server(&[(7, &server)], Vec::new()).await;
    let uri = format!("coap://{}", bootstrap.local_address());
    let arguments = ["--bootstrap", &uri, "--endpoint", "station-1", "--store", &store];
    let mut program = Program::with(&[&STILL[..], &arguments].concat());
    program.expect("bootstrapped");
    program.expect("registered");
    let device = server.wait_for("station-1").await.unwrap();
    device.set(Device::TIMEZONE.at(0), "Europe/Berlin").await.unwrap();
    device.set(Lwm2mServer::LIFETIME.at(0), 77).await.unwrap();
    // As if the power had failed.
    program.child.kill().unwrap();
    program.child.wait().unwrap();

    bootstrap.stop().await;
    let mut events = server.events().await;
    let mut program = Program::with(&[&STILL[..], &arguments].concat());
    program.expect("restored");
    assert_eq!(
        program.expect("registered")["server"],
        7,
        "nobody is asked for a configuration"
    );
    loop {
        if let ServerEvent::Registered { registration, .. } = events.next().await.unwrap() {
            assert_eq!(registration.lifetime, 77);
            break;
        }
    }
    let timezone = server
        .device("station-1")
        .get(Device::TIMEZONE.at(0))
        .await
        .unwrap();
    assert_eq!(timezone, "Europe/Berlin");
    // As it came from the factory, it asks a bootstrap server that is not there any more.
    server
        .device("station-1")
        .execute(Device::FACTORY_RESET.at(0), ())
        .await
        .unwrap();
    program.expect("reset");
    program.expect("deregistered");
    program.expect("bootstrapping");
    program.say("get /3/0/15");
    assert_eq!(program.expect("value")["value"], "Etc/UTC");
    assert!(!fs::exists(format!("{store}.a")).unwrap());
    program.say("quit");
    program.expect("bootstrap-failed");
    assert!(program.child.wait().unwrap().success());

    // What is kept may be damaged, and may be given up.
    for end in [".a", ".b"] {
        fs::write(format!("{store}{end}"), "no store").unwrap();
    }
    let plain = ["--server", "coap://127.0.0.1:9", "--store", &store];
    let output = Command::new(env!("CARGO_BIN_EXE_device"))
        .args(plain)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("--anew"), "{text}");
    let mut program = Program::start(&server, &["--store", &store, "--anew"]);
    assert_eq!(program.expect("registered")["server"], 1);
    program.quit();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_count_is_told() {
    let directory = Directory::new("told");
    let store = directory.file("station");
    let server = server().await;
    let mut program = Program::start(&server, &["--store", &store, "--endpoint", "station-1"]);
    program.expect("registered");
    let device = server.wait_for("station-1").await.unwrap();
    device.set(Lwm2mServer::LIFETIME.at(0), 77).await.unwrap();
    program.quit();

    // The server that was kept counts, and not the other one.
    let mut program = Program::with(&["--server", "coap://127.0.0.1:9", "--store", &store]);
    program.expect("restored");
    assert!(
        program
            .expect("warning")
            .to_string()
            .contains("coap://127.0.0.1:9")
    );
    program.expect("registered");
    program.quit();

    let nowhere = directory.file("nowhere");
    let mut program = Program::start(&server, &["--smartcard", &nowhere]);
    assert!(program.expect("error").to_string().contains("no smartcard"));
    program.expect("registered");
    program.quit();

    let output = Command::new(env!("CARGO_BIN_EXE_device"))
        .args(["--store", &format!("{nowhere}/station")])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && text.contains("no directory"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_come_from_a_file() {
    let directory = Directory::new("accounts");
    let (one, two) = (server().await, server().await);
    let text = |extra: &str| {
        format!(
            "[[server]]\nshort-server-id = 1\nuri = \"coap://{}\"\nlifetime = 77\n{extra}
             [[server]]\nshort-server-id = 2\nuri = \"coap://{}\"\n
             [[access]]\nobject = 3\ninstance = 0\nowner = 1\nrights = {{ 2 = \"R\" }}
             [values]\n\"/3/0/15\" = \"Europe/Berlin\"\n",
            one.local_address(),
            two.local_address(),
        )
    };
    let file = directory.file("accounts.toml");
    fs::write(&file, text("")).unwrap();
    let arguments = ["--accounts", &file, "--endpoint", "one"];
    let mut program = Program::with(&[&STILL[..], &arguments].concat());
    program.expect("registered");
    program.expect("registered");
    let device = one.wait_for("one").await.unwrap();
    assert_eq!(device.registration().await.unwrap().lifetime, 77);
    let other = two.wait_for("one").await.unwrap();
    assert_eq!(other.get(Device::TIMEZONE.at(0)).await.unwrap(), "Europe/Berlin");
    let refused = other.execute(Device::REBOOT.at(0), ()).await.unwrap_err();
    assert_eq!(refused.status(), Some(Status::Unauthorized));
    program.quit();

    fs::write(&file, text("lifetme = 3\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_device"))
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("accounts.toml:5:1") && text.contains("`lifetime`"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smartcard_comes_before_other_accounts() {
    let directory = Directory::new("card");
    let (of_card, other) = (server().await, server().await);
    let account = |server: &Server| {
        let uri = format!("coap://{}", server.local_address());
        let configuration = BootstrapConfiguration::new([ServerAccount::new(5, uri, Credentials::NoSec)]);
        let mut file = Vec::new();
        let values = configuration.number(None).unwrap();
        values.write_smartcard_file(|_| None, &mut file).unwrap();
        file
    };
    let card = directory.file("card");
    fs::write(&card, account(&of_card)).unwrap();
    let mut program = Program::start(&other, &["--smartcard", &card]);
    assert_eq!(program.expect("registered")["server"], 5);

    // Another card, and the next message to a server goes to its server.
    fs::write(&card, account(&other)).unwrap();
    program.say("update 5");
    program.expect("registered");
    assert_eq!(other.registrations().await.unwrap().len(), 1);
    program.quit();

    // A damaged one is none.
    fs::write(&card, "no card").unwrap();
    let mut program = Program::start(&other, &["--smartcard", &card]);
    assert!(program.expect("error").to_string().contains("card"));
    assert_eq!(program.expect("registered")["server"], 1);
    program.quit();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_sleeps_wakes_for_what_it_has_to_say() {
    let server = server().await;
    let arguments = [
        &STILL[..],
        &["--endpoint", "one", "--queue-mode", "--awake", "0.2"],
    ]
    .concat();
    let mut program = Program::start(&server, &arguments);
    program.expect("asleep");
    let registration = server.device("one").registration().await.unwrap();
    assert!(registration.queue_mode);
    program.say("send /3303/0/5700");
    program.expect("awake");
    program.expect("sent");
    program.expect("asleep");
    program.quit();
}

#[test]
fn wrong_arguments_say_what_is_right() {
    for (arguments, advice) in [
        (["--server", "mqtt://x"], "coap://"),
        (["--object", "3:0"], "already"),
        (["--object", "65000:0"], "registry"),
        (["--lwm2m", "3.0"], "1.0, 1.1 and 1.2"),
        (["--formats", "morse"], "senml-cbor"),
        (["--period", "0"], "above 0"),
        (["--server", "0=coap://x"], "2=coap://host"),
        (["--bootstrap-format", "text"], "senml-cbor"),
        (["--hold-off", "3"], "--bootstrap"),
        (["--awake", "3"], "--queue-mode"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_device"))
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(advice), "{text}");
    }
}
