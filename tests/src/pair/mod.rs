//! Both engines on the simulated network: any number of servers and devices, each datagram on record, the same run for
//! the same seed.
//!
//! | file | what |
//! |---|---|
//! | `ask` | a server asks and observes, and waits for the answer |
//! | `host` | an engine at an address, with everything that it has told |
//! | `wire` | every datagram that was sent, and what tests ask of them |
//! | `program` | a device's own program that does as it was told |
//! | `words` | what a server asks, in the words of the scenarios |
//!
//! Tests command engines directly, then let time pass: [`Pair::run_for`], [`Pair::settle`], [`Pair::until`].

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where its own network is used wrongly"
)]

mod ask;
mod host;
mod program;
mod wire;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv6Addr, SocketAddr},
    time::Duration,
};

pub use ask::Trouble;
pub use host::{BootstrapHost, ClientHost, ServerHost};
use lwm2m_runtime::{
    bootstrap::{BootstrapServer, BootstrapServerConfig, Plans},
    client::{self, Client, ClientConfig},
    coap::Peer,
    operation::Transport,
    random::Random,
    server::{Server, ServerConfig},
    time::Instant,
    tree::{Application, Tree},
};
pub use program::Program;
pub use wire::{Mishap, Sent, Wire};
pub use words::{format, path, paths, text, values};

use crate::link::{Datagram, Faults, Link};

/// The port of every host.
const PORT: u16 = 5683;
/// More turns than any engine needs without time going by.
const TURNS: u32 = 10_000;

/// Servers and devices in a network.
///
/// The first of each are the pair that most tests are about; methods without an index mean them.
#[derive(Debug)]
pub struct Pair<A> {
    /// What time it is for all of them.
    pub now: Instant,
    /// The network.
    pub link: Link,
    /// What was sent over it.
    pub wire: Wire,
    /// The servers, in the order in which they were added.
    pub servers: Vec<ServerHost>,
    /// The bootstrap server, if there is one.
    pub bootstrap: Option<BootstrapHost>,
    /// The devices, in the order in which they were added.
    pub clients: Vec<ClientHost<A>>,
    /// What arrived where nobody is.
    pub strays: Vec<Datagram>,
    /// What happens to datagrams, by how many were sent before them.
    pub mishaps: BTreeMap<usize, Mishap>,
    random: Random,
    turns: u32,
}

/// The address of the server that is added as number `index`, from 0.
#[must_use]
pub fn server_address(index: usize) -> SocketAddr {
    address(1, index)
}

/// What the Security object says of that address.
#[must_use]
pub fn server_uri(index: usize) -> String {
    format!("coap://{}", server_address(index))
}

/// The address of the device that is added as number `index`, from 0.
#[must_use]
pub fn client_address(index: usize) -> SocketAddr {
    address(2, index)
}

/// An address where nobody is, for those who do not play by the rules.
#[must_use]
pub fn stranger_address(index: usize) -> SocketAddr {
    address(3, index)
}

/// The address of the bootstrap server.
#[must_use]
pub fn bootstrap_address() -> SocketAddr {
    address(4, 0)
}

/// What the Security object says of that address.
#[must_use]
pub fn bootstrap_uri() -> String {
    format!("coap://{}", bootstrap_address())
}

fn address(net: u16, index: usize) -> SocketAddr {
    let index = index as u32 + 1;
    let [high, low] = [(index >> 16) as u16, index as u16];
    SocketAddr::from((Ipv6Addr::new(0x2001, 0xdb8, net, 0, 0, 0, high, low), PORT))
}

impl<A: Application> Pair<A> {
    /// A network without hosts.
    #[must_use]
    pub fn empty(seed: u64, faults: Faults) -> Self {
        let mut random = Random::new(seed.into());
        Self {
            now: Instant::from_millis(0),
            link: Link::new(random.seed(), faults),
            wire: Wire::default(),
            servers: Vec::new(),
            bootstrap: None,
            clients: Vec::new(),
            strays: Vec::new(),
            mishaps: BTreeMap::new(),
            random,
            turns: 0,
        }
    }

    /// A server and a device in a network without faults. The device is not started.
    #[must_use]
    pub fn new(server: ServerConfig, client: ClientConfig, tree: Tree, application: A) -> Self {
        let mut pair = Self::empty(1, Faults::NONE);
        pair.add_server(server);
        pair.add_client(client, tree, application);
        pair
    }

    /// Adds a server, at [`server_address`].
    pub fn add_server(&mut self, config: ServerConfig) {
        let address = server_address(self.servers.len());
        self.servers.push(ServerHost {
            address,
            engine: Server::new(config, self.random.seed()),
            events: Vec::new(),
        });
    }

    /// Sets the bootstrap server, at [`bootstrap_address`], in place of one that was there: it knows nothing of sessions.
    pub fn set_bootstrap(&mut self, config: BootstrapServerConfig, plans: Plans) {
        let events = self.bootstrap.take().map(|host| host.events);
        self.bootstrap = Some(BootstrapHost {
            address: bootstrap_address(),
            engine: BootstrapServer::new(config, plans, self.random.seed()),
            events: events.unwrap_or_default(),
        });
    }

    /// Adds a device, at [`client_address`]. It is not started.
    pub fn add_client(&mut self, config: ClientConfig, tree: Tree, application: A) {
        let address = client_address(self.clients.len());
        self.clients.push(ClientHost {
            address,
            endpoint: config.endpoint_name.clone(),
            engine: Client::new(config, tree, self.random.seed()),
            application,
            events: Vec::new(),
            online: true,
            card: None,
            deaf_asleep: false,
            unreachable: BTreeSet::new(),
        });
    }

    /// Replaces a server's engine by a new one that knows nothing.
    pub fn restart_server(&mut self, index: usize, config: ServerConfig) {
        self.servers[index].engine = Server::new(config, self.random.seed());
    }

    /// Replaces a device's engine by a new one, and starts it.
    pub fn restart_client(&mut self, index: usize, config: ClientConfig, tree: Tree) {
        self.restart_client_with(index, config, tree, |_| {});
    }

    /// Replaces a device's engine by a new one, and starts it once something was done with it, such as putting back what
    /// the device has kept.
    pub fn restart_client_with(
        &mut self,
        index: usize,
        config: ClientConfig,
        tree: Tree,
        prepare: impl FnOnce(&mut Client),
    ) {
        let mut engine = Client::new(config, tree, self.random.seed());
        prepare(&mut engine);
        engine.start(self.now);
        self.clients[index].engine = engine;
    }

    /// Loses everything between a server and a device from now on, or nothing any more.
    pub fn cut(&mut self, server: usize, client: usize, cut: bool) {
        let ends = (self.servers[server].address, self.clients[client].address);
        self.link.set_between(ends.0, ends.1, cut.then_some(Faults::CUT));
    }

    /// The first server.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.servers[0].engine
    }

    /// The first device.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.clients[0].engine
    }

    /// The first device's program.
    pub fn application(&mut self) -> &mut A {
        &mut self.clients[0].application
    }

    /// Starts every device, and lets all of them register.
    pub fn start(&mut self) {
        for client in &mut self.clients {
            client.engine.start(self.now);
        }
        self.settle();
    }

    /// Changes the first device's instances.
    pub fn change<R>(&mut self, change: impl FnOnce(&mut Tree) -> R) -> R {
        self.clients[0].engine.change(self.now, change)
    }

    /// Puts a datagram on the wire in somebody's name.
    pub fn send(&mut self, from: SocketAddr, to: SocketAddr, datagram: &[u8]) {
        self.wire.push(self.now, from, to, datagram);
        self.link.send(self.now, from, to, datagram);
    }

    // Time.

    /// Lets time pass.
    pub fn run_for(&mut self, time: Duration) {
        let end = self.now + time;
        while self.step(end) {}
    }

    /// Lets time pass, in seconds.
    pub fn run_secs(&mut self, seconds: u64) {
        self.run_for(Duration::from_secs(seconds));
    }

    /// Lets time pass until nothing has been on its way for a second, at most for a minute.
    pub fn settle(&mut self) {
        let end = self.now + Duration::from_secs(60);
        let mut quiet = self.now + Duration::from_secs(1);
        while quiet < end {
            let before = self.wire.mark();
            if !self.step(quiet) && self.link.next_arrival().is_none() {
                return;
            }
            if self.wire.mark() != before || self.link.next_arrival().is_some() {
                quiet = self.now + Duration::from_secs(1);
            }
        }
    }

    /// Lets time pass until something is so.
    ///
    /// # Panics
    ///
    /// When it is not so within `limit`.
    pub fn until(&mut self, limit: Duration, what: &str, mut so: impl FnMut(&Self) -> bool) {
        let end = self.now + limit;
        loop {
            self.flush();
            if so(self) {
                return;
            }
            if !self.step(end) {
                assert!(so(self), "not within {limit:?}: {what}\n{}", self.log());
                return;
            }
        }
    }

    /// Goes to the next moment at which something happens, no later than `end`. `false` when `end` is reached.
    pub fn step(&mut self, end: Instant) -> bool {
        self.flush();
        let Some(next) = self.next().filter(|next| *next <= end) else {
            self.now = self.now.max(end);
            return false;
        };
        if next > self.now {
            self.now = next;
            self.turns = 0;
        }
        self.turns += 1;
        assert!(
            self.turns < TURNS,
            "an engine does not come to rest at {:?}\n{}",
            self.now,
            self.log()
        );
        while let Some(datagram) = self.link.receive(self.now) {
            self.deliver(datagram);
            self.flush();
        }
        for server in &mut self.servers {
            if server.engine.poll_timeout().is_some_and(|at| at <= self.now) {
                server.engine.handle_timeout(self.now);
            }
        }
        if let Some(host) = &mut self.bootstrap {
            if host.engine.poll_timeout().is_some_and(|at| at <= self.now) {
                host.engine.handle_timeout(self.now);
            }
        }
        for client in &mut self.clients {
            if client.engine.poll_timeout().is_some_and(|at| at <= self.now) {
                client.engine.handle_timeout(self.now, &mut client.application);
            }
        }
        self.flush();
        true
    }

    /// When something happens next.
    fn next(&mut self) -> Option<Instant> {
        let servers = self.servers.iter_mut().map(|host| host.engine.poll_timeout());
        let clients = self.clients.iter_mut().map(|host| host.engine.poll_timeout());
        let bootstrap = self
            .bootstrap
            .as_mut()
            .and_then(|host| host.engine.poll_timeout());
        let timers = servers.chain(clients).flatten().chain(bootstrap).min();
        timers.into_iter().chain(self.link.next_arrival()).min()
    }

    fn deliver(&mut self, datagram: Datagram) {
        let from = Peer::new(datagram.from);
        let now = self.now;
        if let Some(host) = self.servers.iter_mut().find(|host| host.address == datagram.to) {
            host.engine.handle_input(now, from, &datagram.bytes);
        } else if let Some(host) = self.bootstrap.as_mut().filter(|host| host.address == datagram.to) {
            host.engine.handle_input(now, from, &datagram.bytes);
        } else if let Some(host) = self.clients.iter_mut().find(|host| host.address == datagram.to) {
            if host.deaf_asleep && host.engine.is_asleep() {
                return;
            }
            host.engine
                .handle_input(now, from, &datagram.bytes, &mut host.application);
        } else {
            self.strays.push(datagram);
        }
    }

    /// Takes everything that the engines have to say.
    fn flush(&mut self) {
        let now = self.now;
        let (wire, link, mishaps) = (&mut self.wire, &mut self.link, &self.mishaps);
        let mut put = |from, to, datagram: &[u8]| {
            let mishap = mishaps.get(&wire.mark());
            wire.push(now, from, to, datagram);
            match mishap {
                Some(Mishap::Lost) => {}
                Some(Mishap::Late(by)) => link.send(now + *by, from, to, datagram),
                Some(Mishap::Twice) => {
                    link.send(now, from, to, datagram);
                    link.send(now, from, to, datagram);
                }
                None => link.send(now, from, to, datagram),
            }
        };
        for host in &mut self.servers {
            while let Some(transmit) = host.engine.poll_transmit() {
                put(host.address, transmit.peer.address, transmit.datagram);
            }
            while let Some(event) = host.engine.poll_event() {
                host.events.push((now, event));
            }
        }
        if let Some(host) = &mut self.bootstrap {
            while let Some(transmit) = host.engine.poll_transmit() {
                put(host.address, transmit.peer.address, transmit.datagram);
            }
            while let Some(event) = host.engine.poll_event() {
                host.events.push((now, event));
            }
        }
        for host in &mut self.clients {
            loop {
                while let Some(transmit) = host.engine.poll_transmit() {
                    put(host.address, transmit.peer.address, transmit.datagram);
                }
                let Some(event) = host.engine.poll_event() else {
                    break;
                };
                match &event {
                    client::Event::Connect {
                        server,
                        uri,
                        transport,
                    } => {
                        let reaches = host.online && *transport == Transport::Udp;
                        let address = resolve(uri).filter(|address| !host.unreachable.contains(address));
                        match address.filter(|_| reaches) {
                            Some(address) => host.engine.connected(now, *server, Peer::new(address)),
                            None => host.engine.disconnected(now, *server),
                        }
                    }
                    client::Event::CheckSmartcard { .. } => host.read_card(now),
                    _ => {}
                }
                host.events.push((now, event));
            }
        }
    }

    /// The last datagrams and events, for messages of failed tests.
    #[must_use]
    pub fn log(&self) -> String {
        let sent = self.wire.since(self.wire.mark().saturating_sub(40));
        let mut log = String::new();
        for sent in sent {
            log += &format!("{sent}\n");
        }
        for host in &self.servers {
            for (at, event) in host.events.iter().rev().take(10).rev() {
                log += &format!("{} ms server {}: {event:?}\n", at.as_millis(), host.address);
            }
        }
        for host in &self.clients {
            for (at, event) in host.events.iter().rev().take(10).rev() {
                log += &format!("{} ms client {}: {event:?}\n", at.as_millis(), host.address);
            }
        }
        log
    }
}

/// The address in a URI that has one.
fn resolve(uri: &str) -> Option<SocketAddr> {
    uri.strip_prefix("coap://")?.trim_end_matches('/').parse().ok()
}
