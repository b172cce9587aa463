//! What a registration costs, and that nothing grows without end.

use allocation_counter::measure;
use lwm2m_runtime::coap::{Code, OptionNumber, Peer};

use crate::support::{Con, Rig, Written};

/// What devices of some size list.
const OBJECTS: &str =
    "</>;ct=112,</1/0>,</3/0>,</4/0>,</5/0>,</6/0>,</7/0>,</3303/0>,</3303/1>,</3304/0>,</3313/0>";

fn peer(number: u32) -> Peer {
    let address = std::net::Ipv4Addr::from(0x0a00_0000 | number >> 8);
    Peer::new(std::net::SocketAddr::from((
        address,
        10_000 + (number & 0xff) as u16,
    )))
}

fn register(rig: &mut Rig, number: u32) -> String {
    let endpoint = format!("ep=urn:imei:{number:015}");
    let register = Written::new(Con, Code::POST, number as u16)
        .path("rd")
        .queries(&[&endpoint, "lt=86400", "lwm2m=1.1", "b=U"])
        .uint(OptionNumber::CONTENT_FORMAT, 40)
        .payload(OBJECTS.as_bytes())
        .bytes();
    rig.server.handle_input(rig.now, peer(number), &register);
    let answer = rig.one();
    assert_eq!(answer.code, Code::CREATED);
    rig.server.poll_event();
    answer.texts(OptionNumber::LOCATION_PATH).join("/")
}

#[test]
fn a_registered_device_costs_less_than_a_kibibyte() {
    let devices = 10_000;
    let mut rig = Rig::new();
    let fresh = measure(|| (0..devices).for_each(|number| drop(register(&mut rig, number))));
    assert_eq!(rig.server.len(), devices as usize);
    // With what the exchange of messages remembers of the last 247 seconds.
    let fresh = fresh.bytes_current / i64::from(devices);
    assert!(fresh < 1_024, "{fresh} bytes a device");
    let forgotten = measure(|| rig.seconds(300)).bytes_current / i64::from(devices);
    let resident = fresh + forgotten;
    assert!(resident < 512, "{resident} bytes a device after a while");
}

#[test]
fn memory_comes_back() {
    let mut rig = Rig::new();
    let all = measure(|| {
        for _ in 0..3 {
            let locations: Vec<_> = (0..2_000).map(|number| register(&mut rig, number)).collect();
            for (number, location) in (0..).zip(&locations) {
                let message = Written::new(Con, Code::DELETE, 60_000).path(location);
                assert_eq!(rig.ask(peer(number), &message).code, Code::DELETED);
                rig.events();
            }
            rig.seconds(300);
        }
        assert!(rig.server.is_empty());
        rig.seconds(200_000);
    });
    assert!(all.bytes_current < 40_000, "{} bytes are left", all.bytes_current);
}

#[test]
fn lifetimes_that_shrink_again_and_again_fill_nothing() {
    let mut rig = Rig::new();
    let location = register(&mut rig, 1);
    rig.seconds(300);
    let update = |rig: &mut Rig, lifetime: u32| {
        rig.wait(1_000);
        let message = rig.post(&location).queries(&[&format!("lt={lifetime}")]);
        assert_eq!(rig.ask(peer(1), &message).code, Code::CHANGED);
        rig.events();
    };
    (0..1_000).for_each(|round| update(&mut rig, 4_000_000 - 10 * round));
    let more = measure(|| (1_000..20_000).for_each(|round| update(&mut rig, 4_000_000 - 10 * round)));
    assert!(more.bytes_current < 50_000, "{} bytes", more.bytes_current);
    assert_eq!(rig.server.len(), 1);
}

#[test]
fn an_update_and_a_read_reuse_their_memory() {
    let mut rig = Rig::new();
    let location = register(&mut rig, 1);
    let id = rig.server.find_peer(peer(1)).unwrap();
    let read = crate::requests::READ;
    let round = |rig: &mut Rig, number: u16| {
        let update = Written::new(Con, Code::POST, number).path(&location).bytes();
        let request = measure(|| rig.server.handle_input(rig.now, peer(1), &update));
        while rig.server.poll_transmit().is_some() {}
        rig.server.poll_event();
        let mut asked = None;
        let ask = measure(|| asked = rig.server.request(rig.now, id, &read).ok());
        let sent = rig.one();
        rig.server.poll_event();
        let answer = Written::new(crate::support::Ack, Code::CONTENT, sent.id)
            .token(&sent.token)
            .uint(OptionNumber::CONTENT_FORMAT, 11_542)
            .payload(&[0xc1, 9, 55]);
        let answer = answer.bytes();
        let answered = measure(|| rig.server.handle_input(rig.now, peer(1), &answer));
        rig.server.poll_event();
        (request.count_total, ask.count_total, answered.count_total)
    };
    for number in 0..600 {
        round(&mut rig, number);
    }
    let counts: Vec<_> = (600..700).map(|number| round(&mut rig, number)).collect();
    let sum = |part: fn(&(u64, u64, u64)) -> u64| counts.iter().map(part).sum::<u64>();
    // Tables and queues still grow now and then.
    assert!(sum(|count| count.0) <= 5, "an Update");
    assert!(sum(|count| count.1) <= 5, "a Read");
    assert!(
        sum(|count| count.2) <= 105,
        "its answer, whose payload is the application's"
    );
}
