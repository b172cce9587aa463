//! Instants and timers over their public API.

use std::{collections::BTreeMap, time::Duration};

use lwm2m_runtime::{
    random::Random,
    time::{Instant, Timers},
};

const fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

/// A number of any order of magnitude.
fn up_to_power(random: &mut Random, bits: u64) -> u64 {
    let bits = random.up_to(bits);
    random.up_to(1 << bits)
}

fn expired(timers: &mut Timers<u64>, now: Instant) -> Vec<u64> {
    std::iter::from_fn(|| timers.pop_expired(now)).collect()
}

// proves: ROB-58
#[test]
fn arithmetic_saturates_and_deadlines_are_never_early() {
    assert_eq!(at(1) + Duration::MAX, Instant::NEVER);
    assert_eq!(
        at(1) + Duration::from_secs(u64::from(u32::MAX)),
        at(4_294_967_295_001)
    );
    assert_eq!(at(1) - Duration::MAX, at(0));
    assert_eq!(at(1) - at(2), Duration::ZERO);
    assert_eq!(at(1) + Duration::from_micros(1), at(2));
}

#[test]
fn timers_expire_in_order_and_not_before_their_time() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let mut timers = Timers::new();
        let mut model = BTreeMap::<u64, Vec<u64>>::new();
        let mut now = up_to_power(&mut random, 40);
        assert_eq!(timers.pop_expired(at(now)), None);
        for key in 0..600 {
            let deadline = (now + up_to_power(&mut random, 44)).saturating_sub(random.up_to(3));
            timers.schedule(at(deadline), key);
            model.entry(deadline).or_default().push(key);
            if random.up_to(2) > 0 {
                continue;
            }
            let next = timers.next_deadline().unwrap();
            let first = *model.keys().next().unwrap();
            assert!(next <= at(first.max(now)), "{next:?} is later than {first}");
            now = match random.up_to(3) {
                0 => now.max(first),
                1 => now.max(next.as_millis()),
                _ => now + up_to_power(&mut random, 40),
            };
            check(&mut timers, &mut model, now);
        }
        let last = *model.keys().next_back().unwrap_or(&now);
        check(&mut timers, &mut model, now.max(last));
        assert!(timers.is_empty());
        assert_eq!(timers.next_deadline(), None);
    }
}

fn check(timers: &mut Timers<u64>, model: &mut BTreeMap<u64, Vec<u64>>, now: u64) {
    let later = model.split_off(&(now + 1));
    let mut expected: Vec<u64> = std::mem::replace(model, later).into_values().flatten().collect();
    let mut found = expired(timers, at(now));
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn the_next_deadline_is_exact_for_a_few_timers_and_makes_progress_for_many() {
    let mut timers = Timers::new();
    for deadline in [86_400_000, 3_000_000_000, 90_000_000_000, 5, 70] {
        timers.schedule(at(deadline), deadline);
    }
    let mut seen = Vec::new();
    while let Some(next) = timers.next_deadline() {
        let keys = expired(&mut timers, next);
        assert!(keys.iter().all(|key| at(*key) == next));
        seen.extend(keys);
    }
    assert_eq!(seen, [5, 70, 86_400_000, 3_000_000_000, 90_000_000_000]);

    let start = at(1_000_000);
    assert_eq!(timers.pop_expired(start), None);
    let deadline = start + Duration::from_secs(86_400);
    (0..100_000).for_each(|key| timers.schedule(deadline, key));
    let mut steps = 0;
    let mut count = 0;
    while let Some(next) = timers.next_deadline() {
        assert!(next <= deadline);
        count += expired(&mut timers, next).len();
        steps += 1;
    }
    assert_eq!(count, 100_000);
    assert!(steps <= 7, "{steps} wake-ups for one deadline");
}

#[test]
fn a_timer_for_a_time_that_has_passed_is_due_at_once() {
    let mut timers = Timers::new();
    assert_eq!(timers.pop_expired(at(1_000)), None);
    timers.schedule(at(10), 1);
    timers.schedule(at(1_000), 2);
    timers.schedule(Instant::NEVER, 3);
    assert_eq!(timers.len(), 2);
    assert!(timers.next_deadline().unwrap() <= at(1_000));
    assert_eq!(expired(&mut timers, at(1_000)).len(), 2);
    assert_eq!(timers.next_deadline(), None);
}
