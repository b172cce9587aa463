//! The program as its users see it.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use std::{
    env, fs,
    net::UdpSocket,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use lwm2m_runtime::{
    catalogue,
    net::{Client, ClientBuilder, Server},
    object::DynamicInstance,
    objects::{Device, Lwm2mServer, o3_v1_2::ErrorCode},
    operation::Status,
};
use lwm2m_tests::program::Program;
use serde_json::{Value as Json, json};

/// A file of plans that is gone after the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, content: &str) -> Self {
        let path = env::temp_dir().join(format!("lwm2m-{}-{name}.toml", std::process::id()));
        let file = Self(path);
        file.write(content);
        file
    }

    fn write(&self, content: &str) {
        fs::write(&self.0, content).unwrap();
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn start(file: &File) -> Program {
    Program::start(&mut command(&file.0))
}

fn command(file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bootstrap-server"));
    command.arg("--config").arg(file);
    command
}

/// Runs the program to its end.
fn output(command: &mut Command) -> (Output, String) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    (output, error)
}

/// A plan for a pattern and a server.
fn plan(pattern: &str, server: &Server) -> String {
    format!(
        "[[plan]]\npattern = \"{pattern}\"\n[[plan.server]]\nshort-server-id = 7\nuri = \"coap://{}\"\n",
        server.local_address()
    )
}

async fn server() -> Server {
    let builder = Server::builder().bind("127.0.0.1:0".parse().unwrap());
    builder.start().await.unwrap()
}

/// A device that has no account but that at the bootstrap server.
fn device(program: &Program, endpoint: &str) -> ClientBuilder {
    let device = Device {
        error_code: [(0, ErrorCode::NO_ERROR)].into(),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    };
    Client::builder(endpoint)
        .bootstrap_server(format!("coap://127.0.0.1:{}", program.port()).as_str())
        .object(0, device)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_told_from_beginning_to_end() {
    let server = server().await;
    let file = File::new("session", &plan("station-*", &server));
    let mut program = start(&file);
    let client = device(&program, "station-1").config(|config| config.bootstrap_pack = false);
    let client = client.start().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));

    let started = program.line();
    assert_eq!(
        (&started["event"], &started["endpoint"]),
        (&json!("started"), &json!("station-1"))
    );
    let mut answered = Vec::new();
    loop {
        let line = program.line();
        assert_eq!(line["endpoint"], "station-1", "{line}");
        match line["event"].as_str().unwrap() {
            "answered" => answered.push(format!(
                "{} {} {}",
                line["operation"].as_str().unwrap(),
                line["path"].as_str().unwrap(),
                line["status"].as_str().unwrap()
            )),
            "discovered" => {
                assert_eq!(line["version"], "1.2");
                assert_eq!(line["instances"][0], json!({"path": "/0/0", "server": null}));
            }
            "finished" => break,
            other => panic!("{other}"),
        }
    }
    let expected = [
        "Bootstrap-Discover / 2.05",
        "Bootstrap-Write /0/1 2.04",
        "Bootstrap-Write /1/0 2.04",
        "Bootstrap-Finish / 2.04",
    ];
    assert_eq!(answered, expected);
    assert_eq!(program.done("sessions")["sessions"], json!([]));

    let pack = device(&program, "station-2").start().await.unwrap();
    assert_eq!(pack.registered().await, Ok(7));
    assert_eq!(program.event("packed")["endpoint"], "station-2");
    assert!(program.end());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_read_again_and_a_wrong_one_changes_nothing() {
    let server = server().await;
    let file = File::new("reload", &plan("station-*", &server));
    let mut program = start(&file);
    let unknown = device(&program, "meter-1").start().await.unwrap();
    let refused = program.event("refused");
    assert_eq!(
        (&refused["endpoint"], &refused["status"], &refused["plan"]),
        (&json!("meter-1"), &json!("4.00"), &json!(false))
    );
    drop(unknown);

    file.write("[[plan]]\npatern = \"*\"\n");
    let error = program.refused("reload");
    let expected = format!(
        "{}:2:1: `patern` is no key of a plan; did you mean `pattern`?",
        file.0.display()
    );
    assert!(error.contains(&expected), "{error}");
    assert!(error.ends_with("the plans are what they were"), "{error}");
    assert_eq!(program.done("plans")["plans"][0]["pattern"], "station-*");

    file.write(&plan("meter-*", &server));
    assert_eq!(program.done("reload")["patterns"], 1);
    assert_eq!(program.done("plans")["plans"][0]["pattern"], "meter-*");
    let known = device(&program, "meter-1").start().await.unwrap();
    assert_eq!(known.registered().await, Ok(7));
    assert!(!program.end(), "not every command went well");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_has_the_file_read_again() {
    let server = server().await;
    let file = File::new("signal", &plan("station-*", &server));
    let mut program = start(&file);
    let hang_up = |program: &Program| {
        let id = program.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-HUP", &id])
                .status()
                .unwrap()
                .success()
        );
    };
    file.write(&(plan("station-*", &server) + &plan("meter-*", &server)));
    // Once it answers, it listens to signals.
    program.done("plans");
    hang_up(&program);
    assert_eq!(program.event("reloaded")["patterns"], 2);
    file.write("nonsense");
    hang_up(&program);
    let error = program.event("not-reloaded");
    assert!(error["error"].as_str().unwrap().contains("no TOML"), "{error}");
    assert_eq!(program.done("plans")["plans"].as_array().unwrap().len(), 2);
    assert!(program.end());
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_do_what_they_say() {
    let secret = "8a6ff26e07d5bc4a19e3d6f0b7c25e91";
    let file = File::new(
        "commands",
        &format!(
            "[[plan]]\nendpoint = \"station 7\"\n[[plan.server]]\nshort-server-id = 7\nuri = \"coaps://example.com\"\n\
             [plan.server.security]\nmode = \"pre-shared-key\"\nidentity = \"station\"\nkey = {{ hex = \"{secret}\" }}\n"
        ),
    );
    let mut program = start(&file);
    assert_eq!(
        program.done("plans")["plans"],
        json!([{"endpoint": "station 7", "servers": [{"short_server_id": 7, "uri": "coaps://example.com"}]}])
    );
    let plan = program.done("plan station 7");
    assert_eq!(plan["steps"], json!(["discover /", "prune", "write /"]));
    assert_eq!(plan["values"]["/1/0/1"], "86400");
    assert_eq!(plan["values"]["/0/1/5"], "(16 secret bytes)");
    assert!(!plan.to_string().contains(secret));

    // A device that takes what it is sent and says nothing.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    program.done(&format!("begin {address} station 7"));
    let sessions = program.done("sessions");
    assert_eq!(sessions["sessions"][0]["endpoint"], "station 7");
    assert_eq!(sessions["sessions"][0]["address"], address.to_string());
    assert_eq!(
        program.happens("end station 7", "failed")["reason"],
        "it was ended from here"
    );
    assert_eq!(program.done("sessions")["sessions"], json!([]));
    assert!(program.done("help")["help"].as_str().unwrap().contains("reload"));
    // Neither a comment nor an empty line is a command.
    program.say("# nothing\n");

    assert!(program.refused("plan other").contains("`plans` lists them"));
    assert!(
        program
            .refused("end station 7")
            .contains("`sessions` lists who is")
    );
    assert!(program.refused("begin here station-1").contains("192.0.2.7:5683"));
    assert!(
        program
            .refused("begin 127.0.0.1:9 other")
            .contains("no plan for the endpoint")
    );
    assert!(program.refused("plans all").contains("stands alone"));
    assert!(program.refused("plan").contains("name an endpoint"));
    assert!(program.refused("restart").contains("`help` lists them"));
}

#[test]
fn what_cannot_start_says_why() {
    let file = File::new("start", "[[plan]]\npattern = \"*\"\n");
    let (missing, error) = output(&mut command(Path::new("no-such-file.toml")));
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        error.starts_with("error: cannot read no-such-file.toml: "),
        "{error}"
    );

    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (in_use, error) = output(command(&file.0).args(["--bind", &address]));
    assert_eq!(in_use.status.code(), Some(1));
    assert!(
        error.contains("is in use; stop the program that has it"),
        "{error}"
    );

    let (wrong, error) = output(Command::new(env!("CARGO_BIN_EXE_bootstrap-server")).arg("--bind"));
    assert_eq!(wrong.status.code(), Some(2), "{error}");
}

#[test]
fn a_file_can_be_checked() {
    let file = File::new(
        "check",
        "[[plan]]\npattern = \"*\"\nformat = \"xml\"\n[plan.pack]\n",
    );
    let (wrong, error) = output(command(&file.0).arg("--check"));
    assert_eq!(wrong.status.code(), Some(1));
    assert!(error.contains(":3:1: `format` is `xml`"), "{error}");
    assert!(error.contains(":4:"), "{error}");

    file.write("[[plan]]\npattern = \"*\"\n");
    let (doubtful, _) = output(command(&file.0).args(["--check", "--json"]));
    assert!(doubtful.status.success());
    let lines: Vec<Json> = String::from_utf8(doubtful.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&lines[0]["event"], &lines[0]["line"]),
        (&json!("warning"), &json!(1))
    );
    assert_eq!(
        lines[1],
        json!({"event": "checked", "endpoints": 0, "patterns": 1})
    );
}

#[test]
fn the_file_that_comes_with_it_has_nothing_wrong_or_doubtful() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("bootstrap.toml");
    let (good, error) = output(command(&file).arg("--check"));
    assert!(good.status.success(), "{error}");
    let printed = String::from_utf8(good.stdout).unwrap();
    assert_eq!(printed, "* plans for 1 endpoint and 1 pattern\n");

    // Nor has what is a comment in it.
    let text = fs::read_to_string(&file).unwrap();
    let uncommented = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
        _ => line.to_owned(),
    };
    let all: Vec<String> = text.lines().map(uncommented).collect();
    let key = File::new(
        "shipped",
        &all.join("\n").replace(
            "{ file = \"keys/32473-7.key\" }",
            "{ hex = \"8a6ff26e07d5bc4a19e3d6f0b7c25e91\" }",
        ),
    );
    let (good, error) = output(command(&key.0).arg("--check"));
    assert!(good.status.success(), "{error}");
    assert!(
        String::from_utf8(good.stdout)
            .unwrap()
            .contains("plans for 2 endpoints and 1 pattern")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_get_the_rights_of_the_file() {
    let (first, second) = (server().await, server().await);
    let shipped = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("bootstrap.toml")).unwrap();
    let plans = shipped
        .replace("localhost:5683", &first.local_address().to_string())
        .replace("localhost:5693", &second.local_address().to_string());
    let file = File::new("rights", &plans);
    let program = start(&file);
    let thermometer = DynamicInstance::new(catalogue::latest(3303).unwrap());
    let device = device(&program, "shared-1").dynamic_object(0, thermometer);
    let _client = device.start().await.unwrap();

    let owner = first.wait_for("shared-1").await.unwrap();
    let reader = second.wait_for("shared-1").await.unwrap();
    owner
        .set(Device::TIMEZONE.at(0), "Europe/Paris".to_owned())
        .await
        .unwrap();
    let read = reader.get(Device::TIMEZONE.at(0)).await;
    assert_eq!(read, Ok("Europe/Paris".to_owned()));
    let refused = reader.set(Device::TIMEZONE.at(0), "Europe/Rome".to_owned()).await;
    assert_eq!(refused.unwrap_err().status(), Some(Status::Unauthorized));
    // Each has its own account, and not the other's.
    let (own, others) = (Lwm2mServer::LIFETIME.at(1), Lwm2mServer::LIFETIME.at(0));
    assert_eq!(reader.get(own).await, Ok(86_400));
    assert_eq!(
        reader.get(others).await.unwrap_err().status(),
        Some(Status::Unauthorized)
    );
    assert!(program.end());
}
