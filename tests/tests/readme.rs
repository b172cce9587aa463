//! The terminals of the README show what the programs do.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where its set-up fails"
)]

use lwm2m_tests::terminal::{Session, Terminal, build, sessions};

const README: &str = include_str!("../../README.md");

/// A server on a port of its own, and a device for it, as a section shows them.
fn server_and_device(heading: &str) -> (Terminal, Terminal) {
    let programs = build(&["server", "device"]).unwrap();
    let terminals: Vec<Session> = sessions(README, heading);
    let [server, device] = terminals.as_slice() else {
        panic!("{heading}: {terminals:?}");
    };
    let mut first = Terminal::start(server, &programs["server"], &["--bind", "127.0.0.1:0"], &[]).unwrap();
    let listening = first.print().unwrap();
    let (_, port) = listening.split_once("127.0.0.1:").unwrap();
    let (port, _) = port.split_once(';').unwrap();
    let uri = format!("coap://localhost:{port}");
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
