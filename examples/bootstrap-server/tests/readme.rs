//! The README shows this example with its neighbours `server` and `device`: what the three of them print.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops where its set-up fails, and says so where it cannot run"
)]

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

const README: &str = include_str!("../../../README.md");
const PLANS: &str = include_str!("../bootstrap.toml");

/// A program, and all that it has printed.
struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    printed: String,
}

impl Program {
    fn start(program: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            printed: String::new(),
        }
    }

    /// Reads up to a line that says something.
    fn until(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "no {text:?} in:\n{}",
                self.printed
            );
            self.printed += &line;
            if line.contains(text) {
                return line;
            }
        }
    }

    fn say(&mut self, command: &str) {
        writeln!(self.input.as_ref().unwrap(), "{command}").unwrap();
    }

    /// The port that it listens on.
    fn port(&mut self) -> String {
        let line = self.until("listening on");
        let (_, rest) = line.split_once("127.0.0.1:").unwrap();
        rest.chars().take_while(char::is_ascii_digit).collect()
    }

    /// Everything that it has printed, once its input is over or it was interrupted.
    fn end(mut self) -> String {
        self.input = None;
        self.output.read_to_string(&mut self.printed).unwrap();
        assert!(self.child.wait().unwrap().success());
        core::mem::take(&mut self.printed)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; another one has ended the program.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the README shows behind a command: without what is typed, and with no ports.
fn shown(command: &str) -> String {
    let tour = README
        .split("\n## ")
        .find(|part| part.starts_with("Three terminals"));
    let opening = format!("```console\n$ {command}\n");
    let (_, rest) = tour.unwrap().split_once(&opening).unwrap();
    let lines = rest.split("```").next().unwrap().lines();
    let printed = lines.filter(|line| !line.starts_with("> "));
    portless(
        &printed
            .map(|line| line.trim_start_matches("^C").to_owned() + "\n")
            .collect::<String>(),
    )
}

/// The same with `HOST` for every address and port of this host.
fn portless(text: &str) -> String {
    let mut text = text.to_owned();
    for host in ["127.0.0.1:", "[::]:", "localhost:"] {
        let parts: Vec<&str> = text.split(host).collect();
        let first = parts.first().copied().unwrap_or_default().to_owned();
        let rest = parts.iter().skip(1);
        text = rest.fold(first, |all, part| {
            all + "HOST" + part.trim_start_matches(|digit: char| digit.is_ascii_digit())
        });
    }
    text
}

/// A program of a neighbour, which is there when the whole workspace is tested.
fn neighbour(name: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_BIN_EXE_bootstrap-server"));
    let path = own
        .with_file_name(name)
        .with_extension(env::consts::EXE_EXTENSION);
    let there = path.exists();
    if !there {
        eprintln!(
            "skipped: there is no {}; `cargo build -p {name}` makes it",
            path.display()
        );
    }
    there.then_some(path)
}

#[cfg(unix)]
#[test]
fn the_three_programs_print_what_the_readme_shows() {
    let (Some(server), Some(device)) = (neighbour("server"), neighbour("device")) else {
        return;
    };
    let mut server = Program::start(&server, &["--bind", "127.0.0.1:0"]);
    let port = server.port();
    let plans = env::temp_dir().join(format!("lwm2m-{}-readme.toml", std::process::id()));
    fs::write(
        &plans,
        PLANS.replace("localhost:5683", &format!("127.0.0.1:{port}")),
    )
    .unwrap();
    let arguments = ["--config", plans.to_str().unwrap(), "--bind", "127.0.0.1:0"];
    let own = Path::new(env!("CARGO_BIN_EXE_bootstrap-server"));
    let mut bootstrap_server = Program::start(own, &arguments);
    let uri = format!("coap://127.0.0.1:{}", bootstrap_server.port());
    let _ = fs::remove_file(&plans);

    let mut device = Program::start(
        &device,
        &["--bootstrap", &uri, "--endpoint", "station-1", "--no-pack"],
    );
    bootstrap_server.until("is configured");
    server.until("registered station-1");
    server.say("read station-1 /3/0/15");
    server.until("/3/0/15");
    device.until("registered with server");
    let id = device.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let device = device.end();
    server.until("ended station-1");

    let printed = [
        (
            "cargo run -q -p bootstrap-server -- --config examples/bootstrap-server/bootstrap.toml",
            bootstrap_server.end(),
        ),
        ("cargo run -q -p server", server.end()),
        (
            "cargo run -q -p device -- --bootstrap coap://localhost:5783 --endpoint station-1 --no-pack",
            device,
        ),
    ];
    for (command, printed) in printed {
        println!("$ {command}\n{printed}");
        assert_eq!(portless(&printed), shown(command), "{command}");
    }
}

#[test]
fn a_wrong_file_is_told_as_the_readme_shows() {
    let command =
        "cargo run -q -p bootstrap-server -- --config examples/bootstrap-server/tests/wrong.toml --check";
    let output = Command::new(env!("CARGO_BIN_EXE_bootstrap-server"))
        .args(command.split_whitespace().skip(6))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), shown(command));
}
