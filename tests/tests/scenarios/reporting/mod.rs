//! Information reporting (interoperability tests 301 to 313, 560, 710 to 910, 1203, 1204, 1900 and others).

mod composite;
mod objects;
mod observe;
mod offline;
mod send;

use lwm2m_runtime::{
    coap::Code,
    model::{Path, ValueRef},
    time::Instant,
};
use lwm2m_tests::pair::{Pair, Program, client_address};

/// When the device has sent notifications after a mark on the wire, in seconds after an instant.
fn sent_at(pair: &Pair<Program>, mark: usize, start: Instant) -> Vec<f64> {
    let notifications = pair.wire.notifications(mark, client_address(0));
    let seconds = |at: Instant| (at.as_millis() - start.as_millis()) as f64 / 1000.0;
    notifications.iter().map(|sent| seconds(sent.at)).collect()
}

/// When the device answered the first Observe of a path.
fn observed_at(pair: &Pair<Program>, path: &str) -> Instant {
    let observe = pair.wire.requests(0, Code::GET, path);
    let observe = observe.iter().find(|sent| sent.observe() == Some(0)).unwrap();
    pair.wire.response_to(observe).unwrap().at
}

/// Gives a resource of the device another value.
fn set(pair: &mut Pair<Program>, path: Path, value: ValueRef<'_>) {
    pair.change(|tree| tree.set(path, value)).unwrap();
}

/// Checks that each time is the one before plus a period, to a tenth of a second.
fn assert_periods(times: &[f64], period: std::ops::RangeInclusive<f64>) {
    let mut last = 0.0;
    for time in times {
        let since = time - last;
        assert!(
            (period.start() - 0.1..=period.end() + 0.1).contains(&since),
            "{since} s after the one before in {times:?}"
        );
        last = *time;
    }
}
