//! An observation over simulated time.

use lwm2m_runtime::{
    link::{AttributeChanges, NotificationAttributes},
    model::Path,
    reporting::{CONFIRMABLE_REFRESH, Conditions, Decision, Observation, Observed, Sample},
    time::Instant,
};

pub(crate) const PATH: Path = Path::resource(3303, 0, 5700);

pub(crate) fn second(second: u64) -> Instant {
    Instant::from_millis(second * 1000)
}

/// `pmin=10&gt=3`.
pub(crate) fn attributes(query: &str) -> NotificationAttributes {
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    *AttributeChanges::parse(parameters).unwrap().attributes()
}

/// What a notification is, in the order in which they are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Notification {
    pub(crate) second: u64,
    pub(crate) value: Sample,
    pub(crate) confirmable: bool,
}

/// What is sent until a second, where values change at seconds. The client wakes up when the observation says so, and
/// at no other time.
pub(crate) fn notifications(
    attributes: &NotificationAttributes,
    observed: Observed,
    initial: Sample,
    changes: &[(u64, Sample)],
    until: u64,
) -> Vec<Notification> {
    let mut observation = Observation::new(second(0), Some(CONFIRMABLE_REFRESH));
    observation.watch(PATH, Conditions::new(attributes, observed), initial);
    let mut changes = changes.iter().copied().peekable();
    let mut sent = Vec::new();
    let (mut now, mut value) = (second(0), initial);
    loop {
        while let Some((_, new)) = changes.next_if(|(at, _)| second(*at) <= now) {
            value = new;
            observation.sample(PATH, new);
        }
        let wake = match observation.poll(now) {
            Decision::Now => {
                let confirmable = observation.is_confirmable(now);
                sent.push(Notification {
                    second: now.as_millis() / 1000,
                    value,
                    confirmable,
                });
                observation.notified(now, confirmable);
                assert_ne!(observation.poll(now), Decision::Now, "once is enough");
                continue;
            }
            Decision::At(at) => {
                assert!(at > now, "it has been asked just now");
                at
            }
            Decision::Never => Instant::NEVER,
        };
        now = match changes.peek() {
            Some((at, _)) => wake.min(second(*at)),
            None => wake,
        };
        if now > second(until) {
            return sent;
        }
    }
}

/// Seconds and numbers only.
pub(crate) fn sent(query: &str, initial: f64, changes: &[(u64, f64)], until: u64) -> Vec<(u64, f64)> {
    let changes: Vec<_> = changes
        .iter()
        .map(|(at, value)| (*at, Sample::Float(*value)))
        .collect();
    let initial = Sample::Float(initial);
    notifications(&attributes(query), Observed::Number, initial, &changes, until)
        .into_iter()
        .map(|notification| match notification.value {
            Sample::Float(value) => (notification.second, value),
            other => unreachable!("{other:?}"),
        })
        .collect()
}

/// Whether a change from a reported value to another is worth a notification.
pub(crate) fn worth(query: &str, observed: Observed, reported: Sample, value: Sample) -> bool {
    !notifications(&attributes(query), observed, reported, &[(1, value)], 1).is_empty()
}
