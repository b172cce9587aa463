//! The console as a script sees it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use lwm2m_runtime::{
    net::{Client, ServerAccount},
    objects::{Device, Location, o3_v1_2::ErrorCode},
};
use serde_json::{Value, json};

/// The server, and the lines that it prints.
struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    port: u64,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["--json", "--bind", "127.0.0.1:0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut server = Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            port: 0,
        };
        server.port = server.event("listening")["port"].as_u64().unwrap();
        server
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        assert!(
            self.output.read_line(&mut line).unwrap() > 0,
            "the server has ended"
        );
        serde_json::from_str(&line).unwrap()
    }

    /// The next event of a name; other lines before it are passed over.
    fn event(&mut self, name: &str) -> Value {
        loop {
            let line = self.line();
            if line["event"] == name {
                return line;
            }
        }
    }

    /// What a command comes to; events before it are passed over.
    fn answer(&mut self, command: &str) -> Value {
        writeln!(self.input.as_ref().unwrap(), "{command}").unwrap();
        loop {
            let line = self.line();
            if line["command"] == command {
                return line;
            }
        }
    }

    #[track_caller]
    fn done(&mut self, command: &str) -> Value {
        let answer = self.answer(command);
        assert_eq!(answer["ok"], true, "{answer}");
        answer
    }

    #[track_caller]
    fn refused(&mut self, command: &str) -> String {
        let answer = self.answer(command);
        assert_eq!(answer["ok"], false, "{answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    /// Ends the input; whether all went well.
    fn end(mut self) -> bool {
        self.input = None;
        self.child.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; another one has ended the server.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn device(server: &Server) -> Client {
    Client::builder("dev")
        .server(ServerAccount::new(format!("coap://127.0.0.1:{}", server.port)).lifetime(300))
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
        .start()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_do_what_they_say() {
    let mut server = Server::start();
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
    let mut server = Server::start();
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
