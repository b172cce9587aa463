//! One server that asks without end: the others are served as if it were not there.

use std::time::Duration;

use lwm2m_runtime::{
    coap::Code,
    model::{Path, ValueRef, Version},
    operation::{ExecuteInput, Request, Status},
    server,
    tree::Executed,
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, client_address, path, server_address},
};

use super::{accounts, exact, registered};
use crate::raw::Raw;

const LEVEL: Path = Path::resource(3, 0, 9);

/// What the first server sends, by number.
type Flood = fn(u32) -> Vec<u8>;

fn read(number: u32) -> Vec<u8> {
    Raw::new(Code::GET, "/3/0/9").datagram(number as u16, &number.to_be_bytes())
}

fn observe(number: u32) -> Vec<u8> {
    Raw::new(Code::GET, "/3/0/9")
        .observe(0)
        .datagram(number as u16, &number.to_be_bytes())
}

fn execute(number: u32) -> Vec<u8> {
    Raw::new(Code::POST, "/3/0/5").datagram(number as u16, &number.to_be_bytes())
}

fn write(number: u32) -> Vec<u8> {
    Raw::new(Code::PUT, "/3/0/14")
        .payload(0, b"+01:00")
        .datagram(number as u16, &number.to_be_bytes())
}

fn attributes(number: u32) -> Vec<u8> {
    let pmin = format!("pmin={}", number % 100);
    Raw::new(Code::PUT, "/3/0/9")
        .query(&[&pmin])
        .datagram(number as u16, &number.to_be_bytes())
}

fn nonsense(number: u32) -> Vec<u8> {
    let mut datagram = number.to_be_bytes().repeat(9);
    datagram[0] = 0x40 | (number as u8 & 0x3f);
    datagram
}

/// The device is asked 50 times a second by the first server, and once in a while by the second one.
#[test]
fn what_one_server_asks_without_end_is_nothing_to_the_other() {
    let floods: [(&str, Flood); 6] = [
        ("reads", read),
        ("observes", observe),
        ("executes", execute),
        ("writes", write),
        ("attributes", attributes),
        ("nonsense", nonsense),
    ];
    for (name, flood) in floods {
        let mut pair = registered(exact(Version::V1_2), &accounts(2, |_, _| {}));
        // What the first one executes takes its time.
        pair.application().execute.insert(path("/3/0/5"), Executed::Later);
        let (observation, _) = pair.watch_by(1, "/3/0/9", "");
        let mut number = 0;
        let mut answered = 0;
        for level in 1..=40 {
            pair.change(|tree| tree.set(LEVEL, ValueRef::Integer(level)))
                .unwrap();
            let ask = Request::Execute {
                path: path("/3/0/12"),
                input: ExecuteInput::None,
            };
            let (now, registration) = (pair.now, pair.registration_of(1, 0));
            let id = pair.servers[1].engine.request(now, registration, &ask).unwrap();
            let seen = pair.servers[1].events.len();
            for _ in 0..50 {
                number += 1;
                pair.send(server_address(0), client_address(0), &flood(number));
                pair.run_for(Duration::from_millis(20));
            }
            answered += pair.servers[1].events[seen..]
                .iter()
                .filter(|(_, event)| {
                    matches!(event, server::Event::Response { request, answer, .. }
                        if *request == id && answer.status == Status::Changed)
                })
                .count();
        }
        assert_eq!(answered, 40, "{name}: each within a second");
        assert_eq!(pair.notifications_at(1, observation).len(), 40, "{name}");
        let executed = pair.application().executed.iter();
        let by_second = executed.filter(|(_, _, server)| *server == 2).count();
        assert_eq!(by_second, 40, "{name}: each once");
        // It still has all that it may have: an observation, and an answer that takes its time.
        let (_, _) = pair.watch_by(1, "/3/0", "");
        let later = Request::Execute {
            path: path("/3/0/5"),
            input: ExecuteInput::None,
        };
        let (now, registration) = (pair.now, pair.registration_of(1, 0));
        let id = pair.servers[1].engine.request(now, registration, &later).unwrap();
        pair.run_secs(1);
        let ticket = pair.clients[0]
            .events
            .iter()
            .rev()
            .find_map(|(_, event)| match event {
                lwm2m_runtime::client::Event::Deferred {
                    ticket, server: 2, ..
                } => Some(*ticket),
                _ => None,
            });
        let now = pair.now;
        let ticket = ticket.unwrap_or_else(|| panic!("{name}: no room for the second server"));
        assert!(pair.clients[0].engine.complete(now, ticket, Status::Changed));
        pair.run_secs(5);
        assert!(
            pair.servers[1].events.iter().any(|(_, event)| matches!(
                event,
                server::Event::Response { request, answer, .. } if *request == id && answer.status == Status::Changed
            )),
            "{name}\n{}",
            pair.log()
        );
    }
}

/// Answers to the second server are lost, so that it asks again: what it asked was not forgotten over the first one's
/// questions, and is done once.
#[test]
fn what_one_server_asks_again_is_known_however_much_the_other_asks() {
    let mut pair: Pair<Program> = registered(exact(Version::V1_2), &accounts(2, |_, _| {}));
    let lossy = Faults {
        loss: 40,
        ..Faults::NONE
    };
    pair.link
        .set_between(server_address(1), client_address(0), Some(lossy));
    let mut number = 0;
    let mut asked = 0;
    for _ in 0..20 {
        let ask = Request::Execute {
            path: path("/3/0/12"),
            input: ExecuteInput::None,
        };
        let (now, registration) = (pair.now, pair.registration_of(1, 0));
        pair.servers[1].engine.request(now, registration, &ask).unwrap();
        asked += 1;
        while pair.servers[1].engine.open_requests(registration) > 0 {
            number += 1;
            pair.send(server_address(0), client_address(0), &read(number));
            pair.run_for(Duration::from_millis(20));
        }
    }
    let executed = pair.application().executed.len();
    assert!(
        executed <= asked && executed * 2 > asked,
        "{executed} of {asked}, and none of them twice"
    );
}
