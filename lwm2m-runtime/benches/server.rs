//! What a server costs, without a socket: operations a second of one core, and bytes a device.
//!
//! `cargo bench -p lwm2m-runtime --bench server`; arguments are numbers of devices in place of 1,000, 10,000 and 100,000.
//! The machine may be busy: beside the mean stands the best of many batches of 500, each too short to be interrupted
//! often.
//!
//! Devices take turns, so that no cache knows them, and answer at once. What they send is put together before the clock
//! starts: the figures are the server's alone. Time runs at 50,000 steps a second, so that its memory of recent messages
//! is as full as it would be. One number of devices alone shows resident bytes, too.

#![expect(clippy::print_stdout, reason = "a table is what a benchmark is for")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that fails stops"
)]

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant as Clock},
};

use allocation_counter::measure;
use lwm2m_runtime::{
    coap::{Code, Message, MessageBuilder, MessageType, OptionNumber, Peer, Token},
    encoding::ContentFormat,
    model::Path,
    operation::Request,
    server::{Event, RegistrationId, Server, ServerConfig},
    time::Instant,
};

const BATCH: usize = 500;
/// What a device of some size lists.
const OBJECTS: &[u8] =
    b"</>;ct=112,</1/0>,</3/0>,</4/0>,</5/0>,</6/0>,</7/0>,</3303/0>,</3303/1>,</3304/0>,</3313/0>";
const READ: Request<'static> = Request::Read {
    path: Path::resource(3, 0, 9),
    accept: Some(ContentFormat::TEXT),
};

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let numbers = match numbers.is_empty() {
        true => vec![1_000, 10_000, 100_000],
        false => numbers,
    };
    println!(
        "{:>8} devices {:>30} {:>12} {:>12}",
        "", "", "mean a s", "best a s"
    );
    // Memory that a smaller fleet gave back would be taken again.
    let alone = numbers.len() == 1;
    for devices in numbers {
        run(devices, alone);
    }
}

fn run(devices: usize, alone: bool) {
    let resident = resident();
    let mut fleet = Fleet::new();
    let mut registered = Figures::default();
    let fresh = measure(|| registered = fleet.register(devices)).bytes_current;
    let busy = self::resident().saturating_sub(resident);
    registered.print(devices, "registrations");
    let later = measure(|| {
        fleet.update().print(devices, "updates");
        fleet.read().print(devices, "reads");
        fleet.rest();
    });
    let bytes = |name, bytes: i64| println!("{devices:>8} {name:>38} {:>12}", bytes / devices as i64);
    bytes("bytes a device, just registered", fresh);
    bytes("bytes a device, at rest", fresh + later.bytes_current);
    if alone {
        bytes("resident bytes a device", busy as i64);
    }
    assert_eq!(fleet.server.len(), devices);
}

/// How long batches took.
#[derive(Default)]
struct Figures {
    batches: u32,
    total: Duration,
    best: Option<Duration>,
}

impl Figures {
    fn add(&mut self, batch: Duration) {
        self.batches += 1;
        self.total += batch;
        self.best = Some(self.best.map_or(batch, |best| best.min(batch)));
    }

    fn print(&self, devices: usize, name: &str) {
        let rate = |time: Duration, batches: u32| (BATCH as u32 * batches) as f64 / time.as_secs_f64();
        println!(
            "{devices:>8} {name:>38} {:>12.0} {:>12.0}",
            rate(self.total, self.batches),
            rate(self.best.unwrap_or(Duration::MAX), 1)
        );
    }
}

/// A server and its devices.
struct Fleet {
    server: Server,
    devices: Vec<(RegistrationId, String)>,
    steps: u64,
    message: u16,
}

impl Fleet {
    fn new() -> Self {
        Self {
            server: Server::new(ServerConfig::default(), 0x5eed),
            devices: Vec::new(),
            steps: 0,
            message: 0,
        }
    }

    fn now(&mut self) -> Instant {
        self.steps += 1;
        Instant::from_millis(self.steps / 50)
    }

    fn message(&mut self, write: impl FnOnce(MessageBuilder<'_>)) -> Vec<u8> {
        let mut datagram = Vec::new();
        self.message = self.message.wrapping_add(1);
        let token = Token::new(&self.message.to_be_bytes()).unwrap();
        write(MessageBuilder::new(
            &mut datagram,
            MessageType::Confirmable,
            Code::POST,
            self.message,
            token,
        ));
        datagram
    }

    /// One datagram goes in, and what comes of it is taken out.
    fn input(&mut self, from: Peer, datagram: &[u8]) {
        let now = self.now();
        self.server.handle_input(now, from, datagram);
        while self.server.poll_transmit().is_some() {}
    }

    fn register(&mut self, devices: usize) -> Figures {
        let mut figures = Figures::default();
        let mut ids = Vec::with_capacity(devices);
        for batch in (0..devices).step_by(BATCH) {
            let datagrams: Vec<_> = (batch..batch + BATCH)
                .map(|number| {
                    let endpoint = format!("ep=urn:imei:{number:015}");
                    let datagram = self.message(|message| {
                        message
                            .option(OptionNumber::URI_PATH, b"rd")
                            .uint(OptionNumber::CONTENT_FORMAT, 40)
                            .option(OptionNumber::URI_QUERY, endpoint.as_bytes())
                            .option(OptionNumber::URI_QUERY, b"lt=86400")
                            .option(OptionNumber::URI_QUERY, b"lwm2m=1.1")
                            .payload(OBJECTS);
                    });
                    (peer(number), datagram)
                })
                .collect();
            let clock = Clock::now();
            for (from, datagram) in &datagrams {
                let now = self.now();
                self.server.handle_input(now, *from, datagram);
                let sent = self.server.poll_transmit().unwrap();
                let answer = Message::parse(sent.datagram).unwrap();
                let location = answer.options.all(OptionNumber::LOCATION_PATH).last().unwrap();
                let location = String::from_utf8(location.to_vec()).unwrap();
                let Some(Event::Registered { registration, .. }) = self.server.poll_event() else {
                    continue;
                };
                ids.push((registration, location));
            }
            figures.add(clock.elapsed());
        }
        // They belong to the devices and not to the server.
        self.devices = ids;
        figures
    }

    /// The devices in turns, until there are enough of them.
    fn turns(&self) -> impl Iterator<Item = Vec<usize>> + use<> {
        let devices = self.devices.len();
        let batches = (100_000 / BATCH).max(devices / BATCH);
        (0..batches).map(move |batch| (0..BATCH).map(|n| (batch * BATCH + n) % devices).collect())
    }

    fn update(&mut self) -> Figures {
        let mut figures = Figures::default();
        for batch in self.turns() {
            let datagrams: Vec<_> = batch
                .into_iter()
                .map(|number| {
                    let location = self.devices[number].1.clone();
                    let datagram = self.message(|message| {
                        message
                            .option(OptionNumber::URI_PATH, b"rd")
                            .option(OptionNumber::URI_PATH, location.as_bytes())
                            .finish();
                    });
                    (peer(number), datagram)
                })
                .collect();
            let clock = Clock::now();
            for (from, datagram) in &datagrams {
                self.input(*from, datagram);
                self.server.poll_event().unwrap();
            }
            figures.add(clock.elapsed());
        }
        figures
    }

    fn read(&mut self) -> Figures {
        let mut figures = Figures::default();
        for batch in self.turns() {
            let mut asked = Vec::with_capacity(BATCH);
            let clock = Clock::now();
            for number in batch {
                let now = self.now();
                self.server.request(now, self.devices[number].0, &READ).unwrap();
                let sent = self.server.poll_transmit().unwrap();
                let mut datagram = [0; 12];
                // Header and token, which the answer repeats.
                datagram.copy_from_slice(&sent.datagram[..12]);
                asked.push((sent.peer, datagram));
            }
            let asking = clock.elapsed();
            let answers: Vec<_> = asked
                .iter()
                .map(|(peer, head)| {
                    let mut datagram = Vec::new();
                    MessageBuilder::new(
                        &mut datagram,
                        MessageType::Acknowledgement,
                        Code::CONTENT,
                        u16::from_be_bytes([head[2], head[3]]),
                        Token::new(&head[4..]).unwrap(),
                    )
                    .uint(OptionNumber::CONTENT_FORMAT, 0)
                    .payload(b"55");
                    (*peer, datagram)
                })
                .collect();
            let clock = Clock::now();
            for (from, datagram) in &answers {
                self.input(*from, datagram);
                let Some(Event::Response { answer, .. }) = self.server.poll_event() else {
                    continue;
                };
                assert_eq!(answer.payload.unwrap().1, b"55");
            }
            figures.add(asking + clock.elapsed());
        }
        figures
    }

    /// Five minutes without a message.
    fn rest(&mut self) {
        let end = Instant::from_millis(self.steps / 50 + 300_000);
        while self.server.poll_timeout().is_some_and(|at| at <= end) {
            let at = self.server.poll_timeout().unwrap();
            self.server.handle_timeout(at);
        }
        self.steps = end.as_millis() * 50;
    }
}

fn peer(number: usize) -> Peer {
    Peer::new(SocketAddr::from((
        Ipv4Addr::from(0x0a00_0000 | (number >> 4) as u32),
        5000 + (number & 15) as u16,
    )))
}

/// Bytes of this process in memory; 0 where the system does not say.
fn resident() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}
