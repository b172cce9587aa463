//! Lifetimes (LwM2M Core 1.2, section 6.2.2).

use std::time::Duration;

use lwm2m_runtime::{
    coap::Code,
    server::{EndReason, Event, ServerConfig},
    time::Instant,
};

use crate::support::{LIST, LWM2M_1_1, Rig, peer};

fn exact() -> Rig {
    Rig::with(ServerConfig {
        grace: Duration::ZERO,
        ..Default::default()
    })
}

// proves: REG-41
#[test]
fn without_an_update_a_registration_ends() {
    let mut rig = exact();
    let (id, location) = rig.register(peer(1));
    rig.wait(299_999);
    assert!(rig.events().is_empty());
    rig.wait(1);
    let ended = Event::Ended {
        registration: id,
        endpoint: "one".into(),
        reason: EndReason::Expired,
    };
    assert_eq!(rig.events(), [ended]);
    assert_eq!(rig.update(peer(1), &location, &[]), Code::NOT_FOUND);
}

// proves: REG-42
#[test]
fn a_grace_time_comes_on_top() {
    let mut rig = Rig::new();
    let (id, location) = rig.register(peer(1));
    rig.seconds(344);
    assert!(rig.server.registration(id).is_some());
    assert_eq!(
        rig.update(peer(1), &location, &[]),
        Code::CHANGED,
        "late, but in time"
    );
    rig.events();
    rig.seconds(345);
    assert!(rig.server.registration(id).is_none());
    let grace = ServerConfig::default().grace;
    assert!(grace <= ServerConfig::default().coap.transmission.exchange_lifetime());
}

// proves: REG-40
#[test]
fn a_lifetime_of_0_never_ends() {
    let mut rig = exact();
    let (id, location) = rig.register_as(peer(1), &["ep=one", "lt=0", "lwm2m=1.1"], LIST);
    assert_eq!(rig.server.registration(id).unwrap().expires_at(), Instant::NEVER);
    rig.seconds(100 * 365 * 86_400);
    assert!(rig.server.registration(id).is_some());
    assert_eq!(rig.update(peer(1), &location, &["lt=10"]), Code::CHANGED);
    rig.seconds(10);
    assert!(rig.server.registration(id).is_none());
}

#[test]
fn a_lifetime_that_changes_counts_from_its_update() {
    let mut rig = exact();
    let (id, location) = rig.register(peer(1));
    rig.seconds(100);
    assert_eq!(rig.update(peer(1), &location, &["lt=20"]), Code::CHANGED);
    rig.seconds(10);
    assert_eq!(rig.update(peer(1), &location, &["lt=1000"]), Code::CHANGED);
    rig.events();
    rig.seconds(999);
    assert!(rig.server.registration(id).is_some());
    rig.seconds(1);
    assert!(rig.server.registration(id).is_none());
}

// proves: ROB-58
#[test]
fn the_longest_lifetime_does_not_overflow() {
    let mut rig = Rig::new();
    rig.now = Instant::from_millis(u64::MAX - 10_000_000);
    let (id, _) = rig.register_as(peer(1), &["ep=one", "lt=4294967295", "lwm2m=1.1"], LIST);
    assert_eq!(rig.server.registration(id).unwrap().expires_at(), Instant::NEVER);
}

// proves: ROB-60
#[test]
fn lifetimes_have_bounds() {
    let mut rig = Rig::with(ServerConfig {
        grace: Duration::ZERO,
        min_lifetime: 30,
        max_lifetime: Some(1_000),
        ..Default::default()
    });
    let short = ["ep=one", "lt=29", "lwm2m=1.1"];
    assert_eq!(rig.try_register(peer(1), &short, LIST).code, Code::BAD_REQUEST);
    let (id, location) = rig.register(peer(1));
    assert_eq!(rig.update(peer(1), &location, &["lt=29"]), Code::BAD_REQUEST);
    for long in ["lt=0", "lt=100000"] {
        assert_eq!(rig.update(peer(1), &location, &[long]), Code::CHANGED);
        let registered = rig.server.registration(id).unwrap();
        assert_eq!(registered.expires_at() - rig.now, Duration::from_secs(1_000));
    }
}

// proves: ROB-59
#[test]
fn registrations_expire_by_the_time_that_is_given() {
    let mut rig = exact();
    let (id, _) = rig.register(peer(1));
    // A time-out that was called early, and again and again, changes nothing.
    for _ in 0..100 {
        rig.server.handle_timeout(rig.now);
    }
    assert!(rig.server.registration(id).is_some());
    // One call after a long sleep is enough.
    rig.now = Instant::from_millis(10_000_000);
    rig.server.handle_timeout(rig.now);
    assert!(rig.server.registration(id).is_none());
}

#[test]
fn thousands_expire_each_in_its_time() {
    let mut rig = exact();
    for number in 0..3_000_u16 {
        let (endpoint, lifetime) = (format!("ep=d{number}"), format!("lt={}", 10 + number % 100));
        rig.register_as(peer(number), &[&endpoint, &lifetime, "lwm2m=1.1"], LIST);
    }
    let start = rig.now;
    rig.seconds(9);
    for second in 10..110 {
        rig.seconds(1);
        let ended = rig.events();
        assert_eq!(ended.len(), 30, "second {second}");
    }
    assert!(rig.server.is_empty());
    assert_eq!(rig.now - start, Duration::from_secs(109));
}

#[test]
fn numbers_of_registrations_never_come_back() {
    let mut rig = exact();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..500 {
        let (id, location) = rig.register_as(peer(1), &LWM2M_1_1, LIST);
        assert!(seen.insert(id));
        rig.deregister(peer(1), &location);
        rig.events();
    }
}
