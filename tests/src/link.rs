//! A network in simulated time: datagrams between addresses that are lost, repeated, delayed and overtaken, as a seed
//! decides, and hosts whose address changes.
//!
//! ```
//! use lwm2m_runtime::time::Instant;
//! use lwm2m_tests::link::{Faults, Link};
//!
//! let (device, server) = ("[::1]:1".parse()?, "[::1]:2".parse()?);
//! let mut link = Link::new(7, Faults::NONE);
//! link.send(Instant::from_millis(0), device, server, b"hello");
//! let arrival = link.next_arrival().ok_or("nothing flies")?;
//! let datagram = link.receive(arrival).ok_or("nothing arrives")?;
//! assert_eq!((datagram.from, datagram.to, &datagram.bytes[..]), (device, server, &b"hello"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    time::Duration,
};

use lwm2m_runtime::{random::Random, time::Instant};

/// What a network does to datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// How many of 100 are lost.
    pub loss: u64,
    /// How many of 100 arrive twice.
    pub duplication: u64,
    /// The least time that a datagram travels.
    pub delay: Duration,
    /// What is added to it, by chance: datagrams overtake each other.
    pub jitter: Duration,
    /// How many of 100 are held back on top of that, by up to [`late_by`](Self::late_by).
    pub late: u64,
    /// The longest time that a datagram is held back.
    pub late_by: Duration,
}

impl Faults {
    /// Nothing arrives.
    pub const CUT: Self = Self {
        loss: 100,
        ..Self::NONE
    };

    /// None at all: each datagram arrives once, in order, after 10 ms.
    pub const NONE: Self = Self {
        loss: 0,
        duplication: 0,
        delay: Duration::from_millis(10),
        jitter: Duration::ZERO,
        late: 0,
        late_by: Duration::ZERO,
    };

    /// All of them, as the generator decides: up to half of the datagrams lost or repeated, and some nearly as late as
    /// `MAX_LATENCY` of CoAP, 100 s. Within it, CoAP acts on no message twice.
    #[must_use]
    pub fn any(random: &mut Random) -> Self {
        Self {
            loss: random.up_to(40),
            duplication: random.up_to(50),
            delay: Duration::from_millis(random.up_to(500)),
            jitter: Duration::from_millis(random.up_to(3_000)),
            late: random.up_to(5),
            late_by: Duration::from_millis(random.up_to(96_000)),
        }
    }

    /// The same, but some datagrams are as late as `EXCHANGE_LIFETIME`, 247 s: CoAP promises little then.
    #[must_use]
    pub fn beyond_latency(random: &mut Random) -> Self {
        Self {
            late_by: Duration::from_secs(247),
            ..Self::any(random)
        }
    }
}

/// A datagram that arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// The source address that the receiver sees.
    pub from: SocketAddr,
    /// The receiver.
    pub to: SocketAddr,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A network between any number of hosts, each with an address of its own that it keeps, and one that others see.
#[derive(Debug)]
pub struct Link {
    /// What it does from now on.
    pub faults: Faults,
    /// What it does instead between two hosts, by their own addresses, the lower one first.
    between: BTreeMap<(SocketAddr, SocketAddr), Faults>,
    random: Random,
    /// By time, and in the order of sending.
    flying: BTreeMap<(Instant, u64), Datagram>,
    sent: u64,
    seen_as: HashMap<SocketAddr, SocketAddr>,
    reaches: HashMap<SocketAddr, SocketAddr>,
}

impl Link {
    /// A network. The same seed does the same to the same datagrams.
    #[must_use]
    pub fn new(seed: u128, faults: Faults) -> Self {
        Self {
            faults,
            between: BTreeMap::new(),
            random: Random::new(seed),
            flying: BTreeMap::new(),
            sent: 0,
            seen_as: HashMap::new(),
            reaches: HashMap::new(),
        }
    }

    /// Does something else to what goes between two hosts from now on, in both directions; `None` for the same as to all.
    pub fn set_between(&mut self, one: SocketAddr, other: SocketAddr, faults: Option<Faults>) {
        let key = (one.min(other), one.max(other));
        match faults {
            Some(faults) => self.between.insert(key, faults),
            None => self.between.remove(&key),
        };
    }

    /// Gives a host another address for the others to see, as a NAT does. What is sent to the one before is lost.
    pub fn readdress(&mut self, host: SocketAddr, address: SocketAddr) {
        let before = self.seen_as.insert(host, address).unwrap_or(host);
        self.reaches.remove(&before);
        self.reaches.insert(address, host);
    }

    /// Puts a datagram of a host on its way.
    pub fn send(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let host = self.reaches.get(&to).copied().unwrap_or(to);
        let key = (from.min(host), from.max(host));
        let faults = self.between.get(&key).copied().unwrap_or(self.faults);
        let copies = 1 + u64::from(self.chance(faults.duplication));
        for _ in 0..copies {
            if self.chance(faults.loss) {
                continue;
            }
            let mut travel = faults.delay + self.up_to(faults.jitter);
            if self.chance(faults.late) {
                travel += self.up_to(faults.late_by);
            }
            self.sent += 1;
            let datagram = Datagram {
                from: self.seen_as.get(&from).copied().unwrap_or(from),
                to,
                bytes: bytes.to_vec(),
            };
            self.flying.insert((now + travel, self.sent), datagram);
        }
    }

    /// When the next datagram arrives.
    #[must_use]
    pub fn next_arrival(&self) -> Option<Instant> {
        self.flying.keys().next().map(|(arrival, _)| *arrival)
    }

    /// The datagrams on their way, to be looked at or changed.
    pub fn flying(&mut self) -> impl Iterator<Item = &mut Datagram> {
        self.flying.values_mut()
    }

    /// The next datagram that has arrived.
    pub fn receive(&mut self, now: Instant) -> Option<Datagram> {
        while self.next_arrival()? <= now {
            let (_, mut datagram) = self.flying.pop_first()?;
            match self.reaches.get(&datagram.to) {
                Some(host) => datagram.to = *host,
                // The host is seen under another address now.
                None if self.seen_as.contains_key(&datagram.to) => continue,
                None => {}
            }
            return Some(datagram);
        }
        None
    }

    fn chance(&mut self, of_100: u64) -> bool {
        self.random.up_to(99) < of_100
    }

    fn up_to(&mut self, most: Duration) -> Duration {
        Duration::from_millis(self.random.up_to(most.as_millis() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn a_host_with_another_address_is_reached_there_only() {
        let mut link = Link::new(1, Faults::NONE);
        let now = Instant::from_millis(0);
        let later = Instant::from_millis(100);
        link.readdress(address(1), address(9));
        link.send(now, address(1), address(2), b"a");
        link.send(now, address(2), address(9), b"b");
        link.send(now, address(2), address(1), b"lost");
        let arrived: Vec<_> = std::iter::from_fn(|| link.receive(later)).collect();
        let ends: Vec<_> = arrived
            .iter()
            .map(|datagram| (datagram.from.port(), datagram.to.port()))
            .collect();
        assert_eq!(ends, [(9, 2), (2, 1)]);
    }

    #[test]
    fn two_hosts_may_have_faults_of_their_own() {
        let mut link = Link::new(1, Faults::NONE);
        let now = Instant::from_millis(0);
        link.readdress(address(1), address(9));
        link.set_between(address(2), address(1), Some(Faults::CUT));
        let mut arrive = |cut: bool| {
            for (from, to) in [(1, 2), (2, 9), (1, 3), (3, 9)] {
                link.send(now, address(from), address(to), b"");
            }
            let mut arrived = 0;
            while link.receive(Instant::from_millis(100)).is_some() {
                arrived += 1;
            }
            if cut {
                link.set_between(address(1), address(2), None);
            }
            arrived
        };
        assert_eq!([arrive(true), arrive(false)], [2, 4]);
    }

    #[test]
    fn faults_happen_about_as_often_as_they_should() {
        let faults = Faults {
            loss: 25,
            duplication: 50,
            jitter: Duration::from_secs(1),
            ..Faults::NONE
        };
        let mut link = Link::new(1, faults);
        for number in 0..10_000_u32 {
            link.send(
                Instant::from_millis(0),
                address(1),
                address(2),
                &number.to_be_bytes(),
            );
        }
        let arrived: Vec<_> = std::iter::from_fn(|| link.receive(Instant::from_millis(2_000))).collect();
        assert!((10_800..11_700).contains(&arrived.len()), "{}", arrived.len());
        assert!(!arrived.is_sorted_by_key(|datagram| datagram.bytes.clone()));
    }
}
