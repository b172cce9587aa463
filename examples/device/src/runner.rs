//! A socket and the devices behind it, in one loop: the only place with I/O.

use std::{
    collections::VecDeque,
    future::poll_fn,
    io,
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time,
};

use lwm2m_runtime::{
    client::Event,
    coap::Peer,
    net::{Batch, Socket},
    operation::Transport,
    time::{Instant, Timers},
};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::sleep_until,
};

use crate::{
    blueprint::Blueprint,
    commands::Command,
    doing,
    lookup::{Found, Lookups, connect, look_up},
    report::{Report, count},
    unit::{Stage, Unit},
    values::{Later, unix_time},
};

/// What all runners have in common.
pub(crate) struct Common {
    pub(crate) blueprint: Blueprint,
    pub(crate) lookups: Lookups,
    pub(crate) report: Report,
    /// How many more devices may register, or de-register, at a time.
    pub(crate) window: Semaphore,
    pub(crate) period: time::Duration,
    pub(crate) start: time::Instant,
}

/// Some devices and their socket.
pub(crate) struct Runner {
    common: Rc<Common>,
    socket: Socket,
    units: Vec<Unit>,
    timers: Timers<(u32, Alarm)>,
    /// Datagrams that the system had no room for.
    backlog: VecDeque<(Option<IpAddr>, SocketAddr, Vec<u8>)>,
    /// How many devices have begun to register, and to de-register.
    started: usize,
    stopped: usize,
    stopping: bool,
    commands: Option<mpsc::Receiver<Result<Command, String>>>,
    /// Addresses that were looked up.
    found: mpsc::UnboundedReceiver<Found>,
    finder: mpsc::UnboundedSender<Found>,
}

#[derive(Clone, Copy, Debug)]
enum Alarm {
    Engine,
    Tick,
    Later(Later),
}

/// Datagrams that wait for room; more of them are lost, and CoAP repeats what matters.
const BACKLOG: usize = 4096;

/// How long to wait for a place in the window before looking again.
const LOOK_AGAIN: time::Duration = time::Duration::from_millis(50);

impl Runner {
    pub(crate) fn new(
        common: Rc<Common>,
        socket: Socket,
        units: Vec<Unit>,
        commands: Option<mpsc::Receiver<Result<Command, String>>>,
    ) -> Self {
        let (finder, found) = mpsc::unbounded_channel();
        Self {
            common,
            socket,
            units,
            timers: Timers::new(),
            backlog: VecDeque::new(),
            started: 0,
            stopped: 0,
            stopping: false,
            commands,
            found,
            finder,
        }
    }

    /// Runs until every device has stopped after `stop` said so.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut batch = Batch::new(self.units.len().min(Batch::MAX));
        loop {
            self.begin_some();
            self.receive(&mut batch);
            self.expire();
            self.flush();
            if self.stopping && self.units.iter().all(|unit| unit.stage == Stage::Stopped) {
                return;
            }
            let deadline = self.deadline();
            let socket = &self.socket;
            tokio::select! {
                _ = poll_fn(|context| socket.poll_receivable(context)) => {}
                _ = poll_fn(|context| socket.poll_sendable(context)), if !self.backlog.is_empty() => {}
                () = sleep_until(deadline.into()) => {}
                command = next(&mut self.commands) => match command {
                    Some(command) => self.command(command),
                    None => self.commands = None,
                },
                Some(found) = self.found.recv() => self.found(found),
                _ = stop.wait_for(|stop| *stop), if !self.stopping => self.stopping = true,
            }
        }
    }

    fn now(&self) -> Instant {
        let millis = self.common.start.elapsed().as_millis();
        Instant::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }

    /// When there is something to do besides datagrams.
    fn deadline(&mut self) -> time::Instant {
        let waits = match self.stopping {
            false => self.started < self.units.len(),
            true => self.stopped < self.units.len(),
        };
        let soon = time::Instant::now()
            + if waits {
                LOOK_AGAIN
            } else {
                time::Duration::from_secs(3600)
            };
        let timer = self.timers.next_deadline().and_then(|at| {
            self.common
                .start
                .checked_add(time::Duration::from_millis(at.as_millis()))
        });
        timer.map_or(soon, |timer| timer.min(soon))
    }

    /// Lets as many devices begin, or end, as the window has places.
    fn begin_some(&mut self) {
        let now = self.now();
        while !self.stopping && self.started < self.units.len() {
            let Ok(place) = self.common.window.try_acquire() else {
                return;
            };
            place.forget();
            let index = self.started;
            self.started += 1;
            let Some(unit) = self.units.get_mut(index) else {
                return;
            };
            unit.stage = Stage::Starting;
            set_time(unit, now);
            unit.client.start(now);
            // Their values change at different times.
            let spread = self.common.period.mul_f64(index as f64 / self.units.len() as f64);
            let first = now + self.common.period + spread;
            self.timers.schedule(first, (index as u32, Alarm::Tick));
            self.settle(index, now);
        }
        while self.stopping && self.stopped < self.units.len() {
            let Ok(place) = self.common.window.try_acquire() else {
                return;
            };
            place.forget();
            let index = self.stopped;
            self.stopped += 1;
            let Some(unit) = self.units.get_mut(index) else {
                return;
            };
            if unit.stage == Stage::Starting {
                self.common.window.add_permits(1);
            }
            unit.stage = Stage::Stopping;
            unit.client.stop(now);
            self.settle(index, now);
        }
    }

    /// Hands to the engines what has arrived.
    fn receive(&mut self, batch: &mut Batch) {
        // Not for ever: timers and commands have their turn.
        for _ in 0..16 {
            match self.socket.receive(batch) {
                Ok(0) => return,
                Ok(_) => {}
                // What the system says about a datagram that went before.
                Err(_) => continue,
            }
            let now = self.now();
            for received in batch.iter() {
                // Neither an answer nor an action: many may have it (RFC 7252, section 8.2).
                if received
                    .local
                    .is_some_and(|local| local.to_canonical().is_multicast())
                {
                    continue;
                }
                let Some(index) = self.addressee(received.local) else {
                    continue;
                };
                let Some(unit) = self.units.get_mut(index) else {
                    continue;
                };
                count(&self.common.report.counts.datagrams_in);
                if is_request(received.bytes) {
                    count(&self.common.report.counts.requests);
                }
                unit.station.carried(received.bytes.len(), false);
                let from = Peer::new(received.from);
                unit.client
                    .handle_input(now, from, received.bytes, &mut unit.station);
                self.settle(index, now);
            }
        }
    }

    /// Whose datagram it is, by the address that it came to.
    fn addressee(&self, local: Option<IpAddr>) -> Option<usize> {
        let first = match self.units.first()?.address {
            None => return Some(0),
            Some(IpAddr::V4(first)) => first,
            Some(IpAddr::V6(_)) => return None,
        };
        match local {
            Some(IpAddr::V4(local)) => usize::try_from(local.to_bits().checked_sub(first.to_bits())?).ok(),
            _ => None,
        }
    }

    /// Does what is due.
    fn expire(&mut self) {
        let now = self.now();
        while let Some((number, alarm)) = self.timers.pop_expired(now) {
            let index = number as usize;
            let Some(unit) = self.units.get_mut(index) else {
                continue;
            };
            match alarm {
                Alarm::Engine => {
                    // A timer of an earlier state of the engine has nothing to do.
                    if unit.client.poll_timeout().is_some_and(|at| at <= now) {
                        unit.client.handle_timeout(now, &mut unit.station);
                    }
                }
                Alarm::Tick if unit.stage == Stage::Stopped => continue,
                Alarm::Tick => {
                    let station = &mut unit.station;
                    unit.client.change(now, |tree| station.tick(tree));
                    self.timers
                        .schedule(now + self.common.period, (number, Alarm::Tick));
                }
                Alarm::Later(_) if matches!(unit.stage, Stage::Stopping | Stage::Stopped) => {}
                Alarm::Later(Later::Installed) => {
                    let station = &mut unit.station;
                    if unit.client.change(now, |tree| station.installed(tree)) {
                        self.common.report.note(
                            &unit.endpoint,
                            "installed",
                            "restarts with the new firmware",
                        );
                        unit.client.moved(now);
                    }
                }
                Alarm::Later(Later::Reset) => {
                    self.common.report.note(
                        &unit.endpoint,
                        "reset",
                        "begins anew, as it came from the factory",
                    );
                    unit.resetting = true;
                    unit.client.stop(now);
                }
                Alarm::Later(Later::Reboot) => {
                    self.common
                        .report
                        .note(&unit.endpoint, "rebooted", "has restarted");
                    unit.client.moved(now);
                }
            }
            self.settle(index, now);
        }
    }

    /// Sends, tells and schedules what a call of a device's engine has led to.
    fn settle(&mut self, index: usize, now: Instant) {
        let Some(unit) = self.units.get_mut(index) else {
            return;
        };
        let common = self.common.clone();
        let Common { report, window, .. } = &*common;
        // Before anybody is told that it is done.
        unit.keep(report);
        loop {
            while let Some(transmit) = unit.client.poll_transmit() {
                count(&report.counts.datagrams_out);
                unit.station.carried(transmit.datagram.len(), true);
                let to = transmit.peer.address;
                let sent = match self.backlog.is_empty() {
                    true => self.socket.send(to, unit.address, transmit.datagram),
                    false => Ok(false),
                };
                match sent {
                    Ok(false) if self.backlog.len() < BACKLOG => {
                        self.backlog
                            .push_back((unit.address, to, transmit.datagram.into()));
                    }
                    Ok(true) => {}
                    Ok(false) | Err(_) => count(&report.counts.dropped),
                }
            }
            let Some(event) = unit.client.poll_event() else {
                break;
            };
            let was_registered = unit.registered;
            let stopping = unit.stage == Stage::Stopping;
            report.event(&unit.endpoint, &unit.client, &event);
            match &event {
                Event::Connect {
                    server,
                    transport: Transport::Udp,
                    uri,
                } => {
                    set_time(unit, now);
                    match common.lookups.known(uri) {
                        Some(addresses) => connect(unit, now, &self.socket, *server, &addresses),
                        None => look_up(common.clone(), self.finder.clone(), index, *server, uri.clone()),
                    }
                }
                Event::Stopped if unit.resetting && !stopping => {
                    begin_anew(unit, now, &common);
                    continue;
                }
                Event::CheckSmartcard { .. } => unit.check_card(now, report),
                // This program has datagrams only.
                Event::Connect { server, .. } => unit.client.disconnected(now, *server),
                Event::RegistrationFailed { .. } | Event::BootstrapFailed { .. } => {
                    count(&report.counts.failures);
                }
                Event::Updated { .. } => count(&report.counts.updates),
                _ => {}
            }
            let first = unit.note(&event);
            if first || stopping && unit.stage == Stage::Stopped {
                window.add_permits(1);
            }
            let registered = &report.counts.registered;
            match (was_registered, unit.registered) {
                (false, true) => registered.set(registered.get() + 1),
                (true, false) => registered.set(registered.get() - 1),
                _ => {}
            }
        }
        for ran in unit.station.take_ran() {
            report.ran(&unit.endpoint, &ran);
        }
        let number = index as u32;
        if let Some((later, after)) = unit.station.take_later() {
            self.timers.schedule(now + after, (number, Alarm::Later(later)));
        }
        if let Some(at) = unit.client.poll_timeout() {
            self.timers.schedule(at, (number, Alarm::Engine));
        }
    }

    /// The addresses of a server were looked up.
    fn found(&mut self, found: Found) {
        let now = self.now();
        let Found {
            index,
            server,
            addresses,
        } = found;
        let Some(unit) = self.units.get_mut(index) else {
            return;
        };
        let addresses = addresses.unwrap_or_else(|text| {
            self.common.report.note(&unit.endpoint, "error", &text);
            Vec::new()
        });
        connect(unit, now, &self.socket, server, &addresses);
        self.settle(index, now);
    }

    /// Sends what waits for room.
    fn flush(&mut self) {
        while let Some((from, to, datagram)) = self.backlog.front() {
            if let Ok(false) = self.socket.send(*to, *from, datagram) {
                return;
            }
            self.backlog.pop_front();
        }
    }

    /// Does what the person or script in front of the device wants.
    fn command(&mut self, command: Result<Command, String>) {
        let now = self.now();
        let Some(unit) = self.units.first_mut() else {
            return;
        };
        if command == Ok(Command::Quit) {
            self.stopping = true;
        }
        let report = &self.common.report;
        let result = command.and_then(|command| doing::perform(unit, now, report, command));
        if let Err(text) = result {
            self.common.report.note(&unit.endpoint, "error", &text);
        }
        self.settle(0, now);
    }
}

/// The engine learns what time it is.
fn set_time(unit: &mut Unit, now: Instant) {
    if let Ok(seconds) = u64::try_from(unix_time().0) {
        unit.client.set_unix_time(now, seconds);
    }
}

/// The device has de-registered, and begins as it came from the factory.
fn begin_anew(unit: &mut Unit, now: Instant, common: &Common) {
    match unit.reset(&common.blueprint, &common.report) {
        Ok(()) => {
            set_time(unit, now);
            unit.client.start(now);
        }
        Err(error) => {
            common.report.note(&unit.endpoint, "error", &error);
            unit.stage = Stage::Stopped;
        }
    }
}

/// The next command; waits for ever where there are none.
async fn next(
    commands: &mut Option<mpsc::Receiver<Result<Command, String>>>,
) -> Option<Result<Command, String>> {
    match commands {
        Some(commands) => commands.recv().await,
        None => std::future::pending().await,
    }
}

/// Whether a datagram is a request: what a server asks, or asks again.
fn is_request(datagram: &[u8]) -> bool {
    datagram.get(1).is_some_and(|code| (1..32).contains(code))
}

/// A socket for a device of its own, or for all of them.
pub(crate) fn bind(address: SocketAddr) -> io::Result<Socket> {
    let config = lwm2m_runtime::net::SocketConfig {
        receive_buffer: Some(4 << 20),
        send_buffer: Some(4 << 20),
        ..Default::default()
    };
    Socket::bind(address, &config)
}
