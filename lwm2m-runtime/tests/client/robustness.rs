//! Whatever comes, and whenever: nothing panics, nothing piles up.

use lwm2m_runtime::{client::Client, coap::Code, model::Path, model::ValueRef};

use crate::support::{Bench, Chance, SERVER, config, get, observe, peer, post, put, request, tree};

#[test]
fn datagrams_of_chance_do_no_harm() {
    let mut chance = Chance::new(1);
    let mut bench = Bench::registered();
    let shapes = [
        get("3/0").bytes(),
        observe("42769/0/0").token(b"obs").bytes(),
        put("42769/0/5", "south").bytes(),
        post("1/0/8").bytes(),
        request(Code::FETCH, "").body(110, b"[{\"n\":\"/3\"}]").bytes(),
        request(Code::PUT, "42769?pmin=1").bytes(),
    ];
    for _ in 0..20_000 {
        let index = usize::try_from(chance.next(shapes.len() as u64)).unwrap();
        let mut datagram = shapes[index].clone();
        for _ in 0..=chance.next(3) {
            let at = usize::try_from(chance.next(datagram.len() as u64)).unwrap();
            datagram[at] = chance.next(256) as u8;
        }
        let length = usize::try_from(chance.next(datagram.len() as u64 + 1)).unwrap();
        if chance.next(2) == 0 {
            datagram.truncate(length);
        }
        bench.bytes(SERVER, &datagram);
        bench.sent();
        bench.events();
        if chance.next(50) == 0 {
            bench.pass(chance.next(100));
        }
    }
    assert!(bench.client.observations() <= 64);
}

// proves: ROB-07
#[test]
fn a_request_of_thousands_of_parameters_is_answered() {
    let mut bench = Bench::registered();
    let mut query = String::from("42769/0?");
    for _ in 0..5000 {
        query.push_str("pmin=1&");
    }
    assert_eq!(bench.code(&request(Code::PUT, &query)), Code::BAD_REQUEST);
}

// proves: ROB-64
#[test]
fn senseless_attributes_change_nothing() {
    let mut bench = Bench::registered();
    bench.exchange(&observe("42769/0/0").accept(0).token(b"obs"));
    for path in [
        "42769/0/0?gt=NaN",
        "42769/0/0?gt=inf",
        "42769/0/0?st=-1",
        "42769/0/0?pmin=-1",
        "42769/0/0?pmin=99999999999",
    ] {
        assert_eq!(bench.code(&request(Code::PUT, path)), Code::BAD_REQUEST, "{path}");
    }
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/0?pmin=60&pmax=20")),
        Code::CHANGED
    );
    bench.set_value(1.0);
    assert_eq!(bench.pass(100).len(), 1);
}

// proves: ROB-62
#[test]
fn a_request_for_what_was_just_deleted_has_a_defined_end() {
    let mut bench = Bench::registered();
    bench.client.change(bench.now, |tree| tree.remove(42769, 0));
    bench.sent();
    for gone in [
        observe("42769/0/0"),
        put("42769/0/5", "x"),
        post("42769/0/4"),
        get("42769/0"),
    ] {
        assert_eq!(bench.code(&gone), Code::NOT_FOUND);
    }
    assert_eq!(bench.client.observations(), 0);
}

// proves: ROB-59
#[test]
fn the_time_of_the_device_changes_no_timer() {
    let mut bench = Bench::registered();
    let first = bench.client.poll_timeout();
    for time in [0, 4_000_000_000, -5] {
        bench.set(
            Path::resource(3, 0, 13),
            ValueRef::Time(lwm2m_runtime::model::Time(time)),
        );
        bench.silent();
        assert_eq!(bench.client.poll_timeout(), first);
    }
}

// proves: ROB-50
#[test]
fn secrets_never_leave() {
    let mut bench = Bench::registered();
    bench.client.change(bench.now, |tree| {
        tree.update(0, |security: &mut lwm2m_runtime::objects::Lwm2mSecurity| {
            security.secret_key = Some(b"TOPSECRET".to_vec());
        })
    });
    let list = |names: &str| request(Code::FETCH, "").body(110, names.as_bytes()).accept(110);
    for ask in [
        get("0"),
        get("0/0"),
        get("0/0/5"),
        get("0").accept(40),
        observe("0/0/5"),
        list("[{\"n\":\"/\"}]"),
        list("[{\"n\":\"/0/0/5\"}]"),
        list("[{\"n\":\"/0\"}]"),
        request(Code::PUT, "0?pmin=1"),
    ] {
        let answer = bench.exchange(&ask);
        let leaked = answer
            .payload
            .windows(9)
            .any(|part| part == b"TOPSECRET" || part == b"127.0.0.1");
        assert!(!leaked);
    }
}

#[test]
fn calls_at_any_time_do_no_harm() {
    let mut chance = Chance::new(7);
    for seed in 0..200_u64 {
        let mut bench = Bench::new(config(), tree());
        bench.client = Client::new(config(), tree(), seed.into());
        for _ in 0..60 {
            match chance.next(11) {
                0 => bench.client.start(bench.now),
                1 => bench.client.connected(bench.now, SERVER, peer(SERVER)),
                2 => bench.client.disconnected(bench.now, SERVER),
                3 => bench.client.stop(bench.now),
                4 => bench.client.moved(bench.now),
                5 => bench.client.deregister(bench.now, SERVER),
                6 => bench.client.register(bench.now, SERVER),
                7 => bench.client.update(bench.now, SERVER),
                8 => bench.client.change(bench.now, |tree| {
                    tree.remove(1, 0);
                }),
                9 => bench.client.change(bench.now, |tree| {
                    let _ = tree.insert(0, crate::support::server(SERVER));
                }),
                _ => {
                    bench.pass(chance.next(500));
                }
            }
            for sent in bench.sent() {
                let code = [Code::CREATED, Code::CHANGED, Code::DELETED, Code::NOT_FOUND];
                let code = code[usize::try_from(chance.next(4)).unwrap()];
                if chance.next(4) > 0 {
                    let answer = crate::support::answer(&sent, code)
                        .option(lwm2m_runtime::coap::OptionNumber::LOCATION_PATH, b"rd")
                        .option(lwm2m_runtime::coap::OptionNumber::LOCATION_PATH, b"x");
                    bench.input(SERVER, &answer);
                }
            }
            bench.events();
        }
        // Whatever it was, it can be stopped, and leaves nothing open.
        bench.client.stop(bench.now);
        bench.pass(400);
        bench.events();
        assert!(bench.client.is_quiet(), "{seed}");
    }
}
