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
    client::{Event, SendContent},
    coap::Peer,
    encoding::{Decoder, Format},
    model::{Path, ValueRef},
    net::{Batch, Socket},
    operation::Transport,
    time::{Instant, Timers},
    tree::Application,
};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::sleep_until,
};

use crate::{
    commands::Command,
    objects::{SERVER, Temperature},
    report::{Report, count},
    unit::{Stage, Unit},
    values::{Later, measured, unix_time},
};

/// What all runners have in common.
pub(crate) struct Common {
    pub(crate) server: SocketAddr,
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
        let Common {
            server,
            report,
            window,
            ..
        } = &*self.common;
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
            match &event {
                Event::Connect {
                    server: account,
                    transport,
                    ..
                } => match transport {
                    Transport::Udp => unit.client.connected(now, *account, Peer::new(*server)),
                    _ => unit.client.disconnected(now, *account),
                },
                Event::RegistrationFailed { .. } => count(&report.counts.failures),
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
            report.event(&unit.endpoint, &event);
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
        let result = command.and_then(|command| match command {
            Command::Set(path, text) => set(unit, now, path, &text),
            Command::Get(path) => {
                let station = &mut unit.station;
                unit.client.change(now, |tree| station.refresh(tree, path));
                match unit.client.tree().value(path) {
                    Some(value) => {
                        self.common.report.value(&unit.endpoint, path, value);
                        Ok(())
                    }
                    None => Err(format!("{path} has no value")),
                }
            }
            Command::Send(paths) => unit
                .client
                .send(now, Some(SERVER), SendContent::Paths(&paths))
                .map(drop)
                .map_err(|error| error.to_string()),
            Command::Update => {
                unit.client.update(now, SERVER);
                Ok(())
            }
            Command::Register => {
                unit.client.register(now, SERVER);
                Ok(())
            }
            Command::Deregister => {
                unit.client.deregister(now, SERVER);
                Ok(())
            }
            Command::Quit => {
                self.stopping = true;
                Ok(())
            }
        });
        if let Err(text) = result {
            self.common.report.note(&unit.endpoint, "error", &text);
        }
        self.settle(0, now);
    }
}

/// The device itself sets a value.
fn set(unit: &mut Unit, now: Instant, path: Path, text: &str) -> Result<(), String> {
    let definition = path
        .object_id()
        .and_then(|object| unit.client.tree().definition(object));
    let definition = definition.ok_or_else(|| format!("the device does not have {path}"))?;
    let value = Decoder::new(Format::Text, path)
        .with_definitions(&definition)
        .read(text.as_bytes())
        .and_then(|mut reader| {
            Ok(reader
                .next()?
                .and_then(|record| record.to_record().content.value()))
        })
        .map_err(|error| format!("{text:?} is no value of {path}: {error}"))?
        .ok_or_else(|| format!("{path} has no value to set"))?;
    unit.client.change(now, |tree| {
        // Its least and greatest value follow.
        if let (true, ValueRef::Float(value)) = (path == Path::resource(3303, 0, 5700), value.as_ref()) {
            tree.update::<Temperature, _>(0, |sensor| measured(sensor, value, unix_time()));
            return Ok(());
        }
        tree.set(path, value.as_ref()).map_err(|error| error.to_string())
    })
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
