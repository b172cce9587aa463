//! A link that comes and goes, and loses what it likes: what falls due meanwhile arrives all the same, with its time.

use std::collections::BTreeMap;

use lwm2m_runtime::{
    client::{ClientConfig, State},
    coap::Code,
    encoding::{Content, Decoder, Format, Reader},
    model::Value,
};

use crate::support::{
    Ack, Bench, Chance, Con, SERVER, Sent, VALUE, answer, config, empty, observe, server, tree_of,
};

/// A device with its server by hand, and what the server has learned.
struct Story {
    bench: Bench,
    chance: Chance,
    /// How many datagrams were lost one after the other.
    lost: u32,
    /// Values by the time, in seconds, at which the server believes that they were so.
    learned: BTreeMap<u64, f64>,
}

impl Story {
    fn new(seed: u64) -> Self {
        let config = ClientConfig {
            confirmable_notifications: true,
            ..config()
        };
        let mut bench = Bench::registered_with(config, tree_of(&[server(SERVER)]));
        bench.exchange(&observe("42769/0/0").accept(112).token(b"obs"));
        Self {
            bench,
            chance: Chance::new(seed),
            lost: 0,
            learned: BTreeMap::new(),
        }
    }

    fn second(&self) -> u64 {
        self.bench.now.as_millis() / 1000
    }

    /// The server takes a datagram, unless it is lost; notifications only are.
    fn take(&mut self, sent: &Sent) {
        if sent.path() == "rd/5a3f" {
            return self.bench.input(SERVER, &answer(sent, Code::CHANGED));
        }
        assert_eq!(
            (sent.kind, sent.code, sent.token.as_slice()),
            (Con, Code::CONTENT, &b"obs"[..])
        );
        // Three in a row at most: five would be the end of the observation.
        if self.lost < 3 && self.chance.next(3) == 0 {
            self.lost += 1;
            return;
        }
        self.lost = 0;
        let records = Decoder::new(Format::SenmlCbor, VALUE)
            .read(&sent.payload)
            .and_then(Reader::collect)
            .unwrap();
        for record in records {
            let value = match record.content {
                Content::Value(Value::Float(value)) => value,
                Content::Value(Value::Integer(value)) => value as f64,
                Content::Value(Value::Unsigned(value)) => value as f64,
                other => panic!("{other:?}"),
            };
            // Without a time it is the present one. A repeated message is as old as its first sending.
            if let Some(age) = record.time {
                let at = (self.second() as f64 + age).round() as u64;
                self.learned.entry(at).or_insert(value);
            }
        }
        self.bench.input(SERVER, &empty(Ack, sent));
    }

    /// A second passes.
    fn pass(&mut self) {
        for (_, sent) in self.bench.pass(1) {
            if self.bench.client.state(SERVER).is_some_and(State::is_registered) {
                self.take(&sent);
            }
        }
        for sent in self.bench.sent() {
            self.take(&sent);
        }
        self.bench.events();
    }
}

// proves: REP-31 REP-32
#[test]
fn what_falls_due_while_offline_arrives_with_its_time() {
    let mut total = 0;
    for seed in 0..300 {
        let mut story = Story::new(seed);
        let mut expected = BTreeMap::new();
        let mut value = 0.0;
        for _ in 0..80 {
            let online = story.bench.client.state(SERVER) != Some(State::Connecting);
            match story.chance.next(6) {
                0 if online => story.bench.client.disconnected(story.bench.now, SERVER),
                1 if !online => story.bench.connect(SERVER),
                2..=4 => {
                    value += 1.0;
                    story.bench.set_value(value);
                    story.bench.work().iter().for_each(|sent| story.take(sent));
                    if !online {
                        expected.insert(story.second(), value);
                    }
                }
                _ => {}
            }
            story.pass();
        }
        if story.bench.client.state(SERVER) == Some(State::Connecting) {
            story.bench.connect(SERVER);
        }
        for _ in 0..300 {
            story.pass();
        }
        // The time of a repeated message lies as far back as that was first sent: all values are there, in their order.
        let learned: Vec<f64> = story.learned.values().copied().collect();
        let mut rest = learned.iter();
        for value in expected.values() {
            assert!(
                rest.any(|other| other == value),
                "{seed}: {value} of {expected:?} in {learned:?}"
            );
        }
        assert_eq!(story.bench.client.observations(), 1);
        total += expected.len();
    }
    assert!(total > 3000, "{total}");
}
