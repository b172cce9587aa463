//! What a device measures and does: the program's side of its objects.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lwm2m_runtime::{
    model::{Path, Time, ValueRef},
    objects::{ConnectivityStatistics, Device, FirmwareUpdate, Location, o3_v1_2::BatteryStatus},
    operation::Status,
    tree::{Application, Block, Change, Execute, Executed, Tree},
};

use crate::{
    firmware::{Firmware, INSTALLATION, PACKAGE},
    objects::{Temperature, no_error},
};

/// The temperature that the weather returns to, in degrees Celsius.
pub(crate) const NORMAL: f64 = 21.5;

/// What a device does some time after a server asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Later {
    /// It starts again, and registers.
    Reboot,
    /// It begins anew, as it came from the factory.
    Reset,
    /// The firmware's installation is over.
    Installed,
}

/// A resource that was executed, for the log.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    pub(crate) path: Path,
    pub(crate) arguments: String,
}

/// The part of a device that is not in its objects.
#[derive(Debug)]
pub(crate) struct Station {
    random: u64,
    /// How far the device's clock is ahead, in seconds: a server may set it.
    clock: i64,
    ticks: u64,
    firmware: Firmware,
    traffic: Traffic,
    later: Option<(Later, Duration)>,
    ran: Vec<Ran>,
}

/// The bytes counted for object 7.
#[derive(Debug, Default)]
struct Traffic {
    counting: bool,
    sent: u64,
    received: u64,
    messages: u64,
    largest: u64,
}

impl Station {
    /// A device whose weather is its own.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: seed | 1,
            clock: 0,
            ticks: 0,
            firmware: Firmware::default(),
            traffic: Traffic {
                counting: true,
                ..Traffic::default()
            },
            later: None,
            ran: Vec::new(),
        }
    }

    /// Time goes on by one period.
    pub(crate) fn tick(&mut self, tree: &mut Tree) {
        self.ticks += 1;
        let now = self.now();
        // A walk that is drawn back to the normal temperature.
        let step = self.uniform();
        tree.update::<Temperature, _>(0, |sensor| {
            let value = sensor.sensor_value + (NORMAL - sensor.sensor_value) * 0.05 + step * 0.6;
            measured(sensor, (value * 100.0).round() / 100.0, now);
        });
        let (north, east) = (self.uniform(), self.uniform());
        tree.update::<Location, _>(0, |location| {
            location.latitude += north * 1e-5;
            location.longitude += east * 1e-5;
            location.timestamp = now;
        });
        // A battery of 30 ticks a percent, changed when it is nearly empty.
        if self.ticks % 30 == 0 {
            tree.update::<Device, _>(0, |device| {
                let level = device.battery_level.unwrap_or(100) - 1;
                device.battery_level = Some(if level < 5 { 100 } else { level });
                device.battery_status = Some(match level < 20 {
                    true => BatteryStatus::LOW_BATTERY,
                    false => BatteryStatus::NORMAL,
                });
            });
        }
        self.refresh(tree, Path::ROOT);
    }

    /// A datagram came or went.
    pub(crate) fn carried(&mut self, bytes: usize, sent: bool) {
        if self.traffic.counting {
            let bytes = bytes as u64;
            match sent {
                true => self.traffic.sent += bytes,
                false => self.traffic.received += bytes,
            }
            self.traffic.messages += 1;
            self.traffic.largest = self.traffic.largest.max(bytes);
        }
    }

    /// What is to be done, and after what time.
    pub(crate) fn take_later(&mut self) -> Option<(Later, Duration)> {
        self.later.take()
    }

    /// What servers have executed since this was asked last.
    pub(crate) fn take_ran(&mut self) -> Vec<Ran> {
        std::mem::take(&mut self.ran)
    }

    /// The installation of the firmware is over. Whether the device restarts with it.
    pub(crate) fn installed(&mut self, tree: &mut Tree) -> bool {
        let now = self.now();
        let Some(version) = self.firmware.installed(tree, now) else {
            return false;
        };
        tree.update::<Device, _>(0, |device| device.firmware_version = Some(version));
        true
    }

    /// The device's clock.
    fn now(&self) -> Time {
        Time(unix_time().0 + self.clock)
    }

    /// A number between -1 and 1.
    fn uniform(&mut self) -> f64 {
        // xorshift64: nothing depends on how random it is.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

impl Application for Station {
    fn refresh(&mut self, tree: &mut Tree, path: Path) {
        let covers = |object| path.object_id().is_none_or(|id| id == object);
        if covers(3) {
            let now = self.now();
            tree.update::<Device, _>(0, |device| device.current_time = Some(now));
        }
        if covers(7) {
            let traffic = &self.traffic;
            tree.update::<ConnectivityStatistics, _>(0, |statistics| {
                // The object counts kilobytes, and bytes of messages.
                statistics.tx_data = Some((traffic.sent / 1000) as i64);
                statistics.rx_data = Some((traffic.received / 1000) as i64);
                statistics.max_message_size = Some(traffic.largest as i64);
                let total = traffic.sent + traffic.received;
                statistics.average_message_size =
                    Some(total.checked_div(traffic.messages).unwrap_or(0) as i64);
            });
        }
    }

    fn execute(&mut self, tree: &mut Tree, execute: &Execute<'_>) -> Executed {
        let path = execute.path;
        let now = self.now();
        self.ran.push(Ran {
            path,
            arguments: execute.arguments.as_str().to_owned(),
        });
        let status = match (path.object_id(), path.resource_id()) {
            (Some(3), Some(4)) => {
                self.later = Some((Later::Reboot, Duration::from_secs(1)));
                Status::Changed
            }
            (Some(3), Some(5)) => {
                self.later = Some((Later::Reset, Duration::from_secs(1)));
                Status::Changed
            }
            (Some(3), Some(12)) => {
                tree.update::<Device, _>(0, |device| device.error_code = no_error());
                Status::Changed
            }
            (Some(5), Some(2)) => {
                let status = self.firmware.update(tree, now);
                if status == Status::Changed {
                    self.later = Some((Later::Installed, INSTALLATION));
                }
                status
            }
            (Some(5), Some(10)) => self.firmware.cancel(tree, now),
            (Some(7), Some(6)) => {
                self.traffic = Traffic {
                    counting: true,
                    ..Traffic::default()
                };
                Status::Changed
            }
            (Some(7), Some(7)) => {
                self.traffic.counting = false;
                Status::Changed
            }
            (Some(3303), Some(5605)) => {
                tree.update::<Temperature, _>(0, |sensor| {
                    sensor.min_measured_value = Some(sensor.sensor_value);
                    sensor.max_measured_value = Some(sensor.sensor_value);
                });
                Status::Changed
            }
            // Objects of --object do nothing but say that they did.
            _ => Status::Changed,
        };
        Executed::Done(status)
    }

    fn changed(&mut self, tree: &mut Tree, change: &Change) {
        let path = change.path;
        if path.starts_with(Path::resource(3, 0, 13)) {
            if let Some(ValueRef::Time(time)) = tree.value(path) {
                self.clock = time.0 - unix_time().0;
            }
        }
        if path.starts_with(Path::resource(5, 0, 1)) {
            let now = self.now();
            self.firmware.uri(tree, now);
        }
        // A package that came as a value, not block by block.
        if path.starts_with(PACKAGE) {
            let package = tree.update::<FirmwareUpdate, _>(0, |object| object.package.take());
            if let Some(package) = package.flatten() {
                let now = self.now();
                let block = Block::new(PACKAGE, 0, &package, true, change.by.unwrap_or_default());
                // It is written already: the result tells what is wrong with it.
                let _ = self.firmware.block(tree, &block, now);
            }
        }
    }

    fn accepts_stream(&mut self, _: &Tree, resource: Path) -> bool {
        resource == PACKAGE
    }

    fn write_block(&mut self, tree: &mut Tree, block: &Block<'_>) -> Result<(), Status> {
        let now = self.now();
        self.firmware.block(tree, block, now)
    }

    fn stream_abandoned(&mut self, tree: &mut Tree, _: Path) {
        let now = self.now();
        self.firmware.abandoned(tree, now);
    }
}

/// The sensor has a new value.
pub(crate) fn measured(sensor: &mut Temperature, value: f64, now: Time) {
    sensor.sensor_value = value;
    sensor.timestamp = Some(now);
    sensor.min_measured_value = sensor.min_measured_value.map(|least| least.min(value));
    sensor.max_measured_value = sensor.max_measured_value.map(|most| most.max(value));
}

/// The system's clock.
pub(crate) fn unix_time() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
