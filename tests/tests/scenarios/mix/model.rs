use std::{collections::BTreeMap, time::Duration};

use lwm2m_runtime::{
    model::{Path, Value},
    time::Instant,
    tree::Tree,
};

/// How long a datagram may still arrive after its request has ended, with room: `EXCHANGE_LIFETIME` and more.
const LATE: Duration = Duration::from_secs(350);

/// What a device must hold, as far as a server can know.
#[derive(Debug, Default)]
pub(super) struct Model {
    cells: BTreeMap<Path, Cell>,
    /// Whether datagrams are later than CoAP remembers: then a device may act on a copy of what it has done.
    pub(super) late: bool,
}

#[derive(Debug)]
struct Cell {
    /// The value that was there at the last look, or was acknowledged since.
    confirmed: Value,
    /// Values of requests that are on their way, or have ended in a way that says nothing.
    maybe: Vec<(Option<Instant>, Value)>,
    /// Values of requests that have ended well: a device that starts anew may act on a late copy.
    done: Vec<(Instant, Value)>,
}

impl Model {
    pub(super) fn new(tree: &Tree, paths: &[Path], late: bool) -> Self {
        let mut model = Self {
            late,
            ..Self::default()
        };
        for path in paths {
            let cell = Cell {
                confirmed: tree.value(*path).unwrap().to_value(),
                maybe: Vec::new(),
                done: Vec::new(),
            };
            model.cells.insert(*path, cell);
        }
        model
    }

    /// A write is on its way.
    pub(super) fn asked(&mut self, path: Path, value: &Value) {
        self.cell(path).maybe.push((None, value.clone()));
    }

    /// It was answered with 2.04.
    pub(super) fn acknowledged(&mut self, now: Instant, path: Path, value: &Value) {
        let late = self.late;
        let cell = self.cell(path);
        cell.take(value);
        cell.confirmed = value.clone();
        if late {
            cell.maybe.push((Some(now), value.clone()));
        }
        cell.done.push((now, value.clone()));
    }

    /// It was refused.
    pub(super) fn refused(&mut self, path: Path, value: &Value) {
        self.cell(path).take(value);
    }

    /// Nobody knows whether it was done, or still will be.
    pub(super) fn failed(&mut self, now: Instant, path: Path, value: &Value) {
        let cell = self.cell(path);
        cell.take(value);
        cell.maybe.push((Some(now), value.clone()));
    }

    /// The device has forgotten what it has acted on.
    pub(super) fn restarted(&mut self) {
        for cell in self.cells.values_mut() {
            let again = cell.done.iter().map(|(at, value)| (Some(*at), value.clone()));
            cell.maybe.extend(again);
        }
    }

    /// Whether the device may hold a value now. If so, it holds it until something else is written.
    pub(super) fn holds(&mut self, now: Instant, path: Path, value: &Value) -> bool {
        let allowed = self.allows(now, path, value);
        let cell = self.cell(path);
        if allowed && cell.confirmed != *value {
            cell.confirmed = value.clone();
        }
        allowed
    }

    /// Whether a value may be there now.
    pub(super) fn allows(&mut self, now: Instant, path: Path, value: &Value) -> bool {
        let cell = self.cell(path);
        cell.maybe
            .retain(|(ended, _)| ended.is_none_or(|ended| ended + LATE > now));
        cell.done.retain(|(ended, _)| *ended + LATE > now);
        cell.confirmed == *value || cell.maybe.iter().any(|(_, maybe)| maybe == value)
    }

    pub(super) fn paths(&self) -> Vec<Path> {
        self.cells.keys().copied().collect()
    }

    fn cell(&mut self, path: Path) -> &mut Cell {
        self.cells.get_mut(&path).unwrap()
    }
}

impl Cell {
    fn take(&mut self, value: &Value) {
        let found = self
            .maybe
            .iter()
            .position(|(ended, maybe)| ended.is_none() && maybe == value);
        if let Some(found) = found {
            self.maybe.remove(found);
        }
    }
}
