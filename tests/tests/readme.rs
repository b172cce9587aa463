//! The terminals of the README show what the programs do.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where its set-up fails"
)]

use std::fs;

use lwm2m_tests::terminal::{Session, Terminal, build, sessions};

const README: &str = include_str!("../../README.md");
const PLANS: &str = include_str!("../../examples/bootstrap-server/bootstrap.toml");

/// The port that a server says it listens on.
fn port(server: &mut Terminal) -> String {
    let listening = server.print().unwrap();
    let (_, port) = listening.split_once("127.0.0.1:").unwrap();
    port.split_once(';').unwrap().0.to_owned()
}

/// A server on a port of its own, and a device for it, as a section shows them.
fn server_and_device(heading: &str) -> (Terminal, Terminal) {
    let programs = build(&["server", "device"]).unwrap();
    let terminals: Vec<Session> = sessions(README, heading);
    let [server, device] = terminals.as_slice() else {
        panic!("{heading}: {terminals:?}");
    };
    let mut first = Terminal::start(server, &programs["server"], &["--bind", "127.0.0.1:0"], &[]).unwrap();
    let uri = format!("coap://localhost:{}", port(&mut first));
    let further = ["--server", &uri];
    let second = Terminal::start(device, &programs["device"], &further, &["update"]).unwrap();
    (first, second)
}

#[test]
fn two_terminals_are_as_they_are_shown() {
    let (mut server, mut device) = server_and_device("Two terminals");
    server.play(Some("* ended")).unwrap();
    device.play(Some("^C")).unwrap();
    device.play(None).unwrap();
    assert!(device.ended_well().unwrap());
    server.play(None).unwrap();
    assert!(!server.ended_well().unwrap(), "one command was refused");
}

#[test]
fn three_terminals_are_as_they_are_shown() {
    let programs = build(&["bootstrap-server", "server", "device"]).unwrap();
    let terminals = sessions(README, "Three terminals");
    // The fourth one shows a wrong file, and that example's own tests hold it.
    let [bootstrap, server, device, _] = terminals.as_slice() else {
        panic!("{terminals:?}");
    };
    let here = ["--bind", "127.0.0.1:0"];
    let mut server = Terminal::start(server, &programs["server"], &here, &[]).unwrap();
    let server_port = port(&mut server);

    let directory = tempfile::tempdir().unwrap();
    let plans = directory.path().join("bootstrap.toml");
    let text = PLANS.replace("localhost:5683", &format!("127.0.0.1:{server_port}"));
    fs::write(&plans, text).unwrap();
    let bootstrap = bootstrap.with_argument("--config", plans.to_str().unwrap());
    let mut bootstrap = Terminal::start(&bootstrap, &programs["bootstrap-server"], &here, &[]).unwrap();
    let uri = format!("coap://localhost:{}", port(&mut bootstrap));
    let device = device.with_argument("--bootstrap", &uri);
    let mut device = Terminal::start(&device, &programs["device"], &[], &[]).unwrap();

    bootstrap.play(None).unwrap();
    server.play(Some("* ended")).unwrap();
    device.play(None).unwrap();
    server.play(None).unwrap();
    for mut terminal in [device, server, bootstrap] {
        assert!(terminal.ended_well().unwrap());
        assert!(terminal.more().is_empty(), "{:?}", terminal.more());
    }
}

#[test]
fn a_device_sleeps_as_it_is_shown() {
    let (mut server, mut device) = server_and_device("A device that sleeps");
    server.play(Some("> ")).unwrap();
    device.play(Some("update")).unwrap();
    server.play(Some("* updated")).unwrap();
    device.play(Some("^C")).unwrap();
    server.play(Some("* ended")).unwrap();
    device.play(None).unwrap();
    assert!(device.ended_well().unwrap());
    server.play(None).unwrap();
    assert!(server.ended_well().unwrap());
}
