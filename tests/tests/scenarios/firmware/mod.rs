//! The Firmware Update object (interoperability tests 751 to 780): what the engines carry, and a device's program that keeps
//! its rules.

mod updater;

use std::time::Duration;

use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::Version,
    objects::o5_v1_2::UpdateResult,
    operation::{Payload, Request, Status, WriteMode},
    server::ServerConfig,
    tree::Tree,
};
use lwm2m_tests::pair::{Pair, path};

use updater::{PACKAGE, Updater, image};

use crate::{
    fixtures::{VERSIONS, client, full_tree},
    raw::Raw,
};

/// A device with that program, registered.
fn device(version: Version) -> Pair<Updater> {
    let mut tree = full_tree();
    tree.enable(5, 10).unwrap();
    let mut pair = Pair::new(ServerConfig::default(), client(version), tree, Updater::default());
    pair.start();
    pair
}

/// State and Result, as the server reads them.
fn progress(pair: &mut Pair<Updater>) -> (String, String) {
    (pair.text("/5/0/3"), pair.text("/5/0/5"))
}

fn assert_progress(pair: &mut Pair<Updater>, state: &str, result: &str) {
    let found = progress(pair);
    assert_eq!(
        found,
        (state.to_owned(), result.to_owned()),
        "State and Result\n{}",
        pair.log()
    );
}

/// Pushes an image.
fn push(pair: &mut Pair<Updater>, image: &[u8]) -> Status {
    pair.put("/5/0/0", ContentFormat::OPAQUE, image)
}

/// Has the device's own work done.
fn work(pair: &mut Pair<Updater>, work: impl FnOnce(&mut Updater, &mut Tree)) {
    let now = pair.now;
    let host = &mut pair.clients[0];
    let application = &mut host.application;
    host.engine.change(now, |tree| work(application, tree));
    pair.settle();
}

fn body() -> Vec<u8> {
    (0..5_000_u32).map(|number| (number * 7) as u8).collect()
}

#[test]
fn int_751_says_how_images_can_be_delivered() {
    for version in VERSIONS {
        let mut pair = device(version);
        let values = pair.get("/5/0");
        let value = |at| values[&path(at)].clone();
        use lwm2m_runtime::model::Value;
        assert_eq!(value("/5/0/9"), Value::Integer(2));
        assert_eq!(
            (value("/5/0/3"), value("/5/0/5")),
            (Value::Integer(0), Value::Integer(0))
        );
        assert!(!values.contains_key(&PACKAGE), "it is only written");
    }
}

// proves: DM-31 BLK-14 OBJ-5-06 OBJ-5-07
#[test]
fn int_755_pushes_an_image_and_takes_it_back() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(push(&mut pair, &[0]), Status::Changed);
        assert_progress(&mut pair, "0", "0");
        let mark = pair.wire.mark();
        assert_eq!(push(&mut pair, &image(&body())), Status::Changed);
        let blocks = pair.wire.requests(mark, Code::PUT, "/5/0/0");
        assert_eq!(blocks.len(), 5, "{version}");
        let answers: Vec<_> = pair
            .wire
            .since(mark)
            .iter()
            .filter(|sent| sent.from == lwm2m_tests::pair::client_address(0))
            .map(|sent| sent.code().unwrap())
            .collect();
        assert_eq!(&answers[..4], [Code::CONTINUE; 4]);
        assert_eq!(answers[4], Code::CHANGED);
        assert_eq!(pair.application().image, image(&body()));
        // The image is the program's; the tree does not hold it.
        assert!(pair.client().tree().value(PACKAGE).is_none());
        assert_progress(&mut pair, "2", "0");
        // Neither another one nor a URI in its place.
        assert_eq!(push(&mut pair, &image(b"another")), Status::MethodNotAllowed);
        let uri = pair.put_text("/5/0/1", "coap://files.example/image");
        assert_eq!(uri, Status::MethodNotAllowed);
        assert_progress(&mut pair, "2", "0");
        assert_eq!(push(&mut pair, &[0]), Status::Changed);
        assert_progress(&mut pair, "0", "0");
        assert!(pair.application().image.is_empty());
    }
}

// proves: OBJ-5-03
#[test]
fn an_image_is_pushed_by_post_as_well() {
    for version in VERSIONS {
        let mut pair = device(version);
        let image = image(b"small");
        let answer = Raw::new(Code::POST, "/5/0/0").payload(42, &image);
        assert_eq!(answer.code(&mut pair), Code::CHANGED, "{version}");
        assert_progress(&mut pair, "2", "0");
    }
}

// proves: OBJ-5-04 OBJ-5-06
#[test]
fn int_756_gives_a_uri_and_takes_it_back() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(pair.put_text("/5/0/1", ""), Status::Changed);
        assert_progress(&mut pair, "0", "0");
        assert_eq!(
            pair.put_text("/5/0/1", "coap://files.example/image"),
            Status::Changed
        );
        assert_progress(&mut pair, "1", "0");
        let uri = pair.application().fetching.clone();
        assert_eq!(uri.as_deref(), Some("coap://files.example/image"));
        work(&mut pair, |updater, tree| {
            updater.fetched(tree, Ok(image(&body())))
        });
        assert_progress(&mut pair, "2", "0");
        assert_eq!(pair.put_text("/5/0/1", ""), Status::Changed);
        assert_progress(&mut pair, "0", "0");
    }
}

#[test]
fn int_760_sees_the_state_change_after_a_push() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(pair.attributes("/5/0", "pmin=2&pmax=10"), Status::Changed);
        let (observation, _) = pair.watch("/5/0", "");
        assert_eq!(push(&mut pair, &image(&body())), Status::Changed);
        pair.run_secs(30);
        let told = pair.notifications(observation);
        assert!(told.len() >= 3, "{}", pair.log());
        let (_, last) = told.last().unwrap();
        let values = pair.decode("/5/0", last);
        assert_eq!(values[&path("/5/0/3")], lwm2m_runtime::model::Value::Integer(2));
    }
}

// proves: OBJ-5-02 OBJ-5-08 OBJ-5-09 OBJ-5-12 OBJ-5-13
#[test]
fn int_770_an_update_from_push_to_reboot() {
    for version in VERSIONS {
        let mut pair = device(version);
        let (observation, _) = pair.watch("/5/0/3", "");
        assert_eq!(pair.text("/3/0/3"), "1.0");
        assert_eq!(push(&mut pair, &image(&body())), Status::Changed);
        assert_progress(&mut pair, "2", "0");
        assert_eq!(pair.execute("/5/0/2", ""), Status::Changed);
        assert_progress(&mut pair, "3", "0");
        // Nothing is taken while it installs.
        assert_eq!(push(&mut pair, &[0]), Status::MethodNotAllowed);
        assert_eq!(pair.put_text("/5/0/1", ""), Status::MethodNotAllowed);
        work(&mut pair, Updater::installed);
        assert_progress(&mut pair, "0", "1");
        assert_eq!(pair.text("/3/0/3"), "2.0");
        let states: Vec<_> = pair
            .notifications(observation)
            .iter()
            .map(|(_, answer)| pair.decode("/5/0/3", answer)[&path("/5/0/3")].clone())
            .collect();
        let expected = [1, 2, 3, 0].map(lwm2m_runtime::model::Value::Integer);
        assert_eq!(states, expected, "{version}");
    }
}

#[test]
fn int_771_an_update_from_a_uri() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(
            pair.put_text("/5/0/1", "coap://files.example/image"),
            Status::Changed
        );
        work(&mut pair, |updater, tree| {
            updater.fetched(tree, Ok(image(&body())))
        });
        assert_eq!(pair.execute("/5/0/2", ""), Status::Changed);
        work(&mut pair, Updater::installed);
        assert_progress(&mut pair, "0", "1");
        assert_eq!(pair.text("/3/0/3"), "2.0");
    }
}

#[test]
fn int_772_there_is_nothing_to_install_yet() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(pair.execute("/5/0/2", ""), Status::MethodNotAllowed);
        assert_progress(&mut pair, "0", "0");
        assert_eq!(
            pair.put_text("/5/0/1", "coap://files.example/image"),
            Status::Changed
        );
        assert_eq!(pair.execute("/5/0/2", ""), Status::MethodNotAllowed);
        assert_progress(&mut pair, "1", "0");
        assert_eq!(push(&mut pair, b""), Status::Changed);
    }
}

// proves: OBJ-5-11
#[test]
fn int_773_an_image_that_is_too_large() {
    for version in VERSIONS {
        let mut pair = device(version);
        let mark = pair.wire.mark();
        let status = push(&mut pair, &image(&vec![7; 20_000]));
        assert_eq!(status, Status::RequestEntityTooLarge);
        let blocks = pair.wire.requests(mark, Code::PUT, "/5/0/0");
        assert!(blocks.len() < 20, "it is refused before all of it has come");
        assert_progress(&mut pair, "0", "2");
    }
}

// proves: OBJ-5-11
#[test]
fn int_774_memory_runs_out() {
    for version in VERSIONS {
        let mut pair = device(version);
        pair.application().out_of_memory = true;
        assert_eq!(push(&mut pair, &image(&body())), Status::InternalServerError);
        assert_progress(&mut pair, "0", "3");
    }
}

// proves: OBJ-5-11
#[test]
fn int_775_the_link_is_lost_while_it_fetches() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(
            pair.put_text("/5/0/1", "coap://files.example/image"),
            Status::Changed
        );
        work(&mut pair, |updater, tree| {
            updater.fetched(tree, Err(UpdateResult::CONNECTION_LOST));
        });
        assert_progress(&mut pair, "0", "4");
    }
}

#[test]
fn the_link_is_lost_while_an_image_is_pushed() {
    let mut pair = device(Version::V1_2);
    let image = image(&body());
    let push = Request::Write {
        path: PACKAGE,
        mode: WriteMode::Replace,
        payload: Payload::new(ContentFormat::OPAQUE, &image),
    };
    let (now, registration) = (pair.now, pair.registration());
    pair.servers[0].engine.request(now, registration, &push).unwrap();
    pair.until(Duration::from_secs(10), "the second block", |pair| {
        pair.wire.requests(0, Code::PUT, "/5/0/0").len() == 2
    });
    pair.link.faults.loss = 100;
    pair.run_secs(300);
    pair.link.faults.loss = 0;
    pair.settle();
    assert_progress(&mut pair, "0", "4");
    assert!(pair.application().image.is_empty());
    // It can be pushed again.
    assert_eq!(self::push(&mut pair, &image), Status::Changed);
    assert_progress(&mut pair, "2", "0");
}

// proves: OBJ-5-11
#[test]
fn int_776_a_corrupt_image() {
    for version in VERSIONS {
        let mut pair = device(version);
        let mut corrupt = image(&body());
        corrupt[2_000] ^= 1;
        assert_eq!(push(&mut pair, &corrupt), Status::InternalServerError);
        assert_progress(&mut pair, "0", "5");
    }
}

// proves: OBJ-5-11
#[test]
fn int_777_something_that_is_no_image() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(push(&mut pair, b"#!/bin/sh"), Status::InternalServerError);
        assert_progress(&mut pair, "0", "6");
    }
}

// proves: OBJ-5-05
#[test]
fn int_778_a_uri_that_is_none() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(pair.put_text("/5/0/1", "nowhere"), Status::Changed);
        assert_progress(&mut pair, "0", "7");
    }
}

// proves: OBJ-5-10
#[test]
fn int_779_an_image_that_cannot_be_installed() {
    for version in VERSIONS {
        let mut pair = device(version);
        pair.application().broken = true;
        assert_eq!(push(&mut pair, &image(&body())), Status::Changed);
        assert_eq!(pair.execute("/5/0/2", ""), Status::Changed);
        assert_progress(&mut pair, "3", "0");
        work(&mut pair, Updater::installed);
        assert_progress(&mut pair, "2", "8");
        assert_eq!(pair.text("/3/0/3"), "1.0");
    }
}

// proves: OBJ-5-05
#[test]
fn int_780_a_uri_of_an_unknown_scheme() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(
            pair.put_text("/5/0/1", "gopher://files.example/image"),
            Status::Changed
        );
        assert_progress(&mut pair, "0", "9");
    }
}

// proves: OBJ-5-14
#[test]
fn an_update_is_cancelled_before_it_installs() {
    let mut pair = device(Version::V1_2);
    assert_eq!(pair.execute("/5/0/10", ""), Status::MethodNotAllowed);
    assert_eq!(push(&mut pair, &image(&body())), Status::Changed);
    assert_eq!(pair.execute("/5/0/10", ""), Status::Changed);
    assert_progress(&mut pair, "0", "10");
}

// proves: OBJ-5-20
#[test]
fn new_firmware_announces_what_it_has() {
    for version in VERSIONS {
        let mut pair = device(version);
        assert_eq!(push(&mut pair, &image(&body())), Status::Changed);
        assert_eq!(pair.execute("/5/0/2", ""), Status::Changed);
        let mark = pair.wire.mark();
        work(&mut pair, |updater, tree| {
            updater.installed(tree);
            assert!(tree.remove_object(16));
        });
        let id = pair.registration();
        let objects = pair.server().registration(id).unwrap().objects();
        assert!(objects.get(16).is_none() && objects.contains(5, 0));
        let updates = pair.wire.requests_of(mark, lwm2m_tests::pair::client_address(0));
        assert_eq!(updates.len(), 1, "{}", pair.log());
        assert!(!updates[0].text().contains("</16"), "{}", updates[0].text());
    }
}
