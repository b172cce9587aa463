//! The Firmware Update object (interoperability tests 751 to 780): what the engines carry, and a device's program that keeps
//! its rules.

use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::{Path, ValueRef, Version},
    objects::{
        Device, FirmwareUpdate,
        o5_v1_2::{State, UpdateResult},
    },
    operation::Status,
    server::ServerConfig,
    tree::{Application, Block, Execute, Executed, Tree, Write},
};
use lwm2m_tests::pair::{Pair, path};

use crate::{
    fixtures::{VERSIONS, client, full_tree},
    raw::Raw,
};

const PACKAGE: Path = Path::resource(5, 0, 0);
const PACKAGE_URI: Path = Path::resource(5, 0, 1);
const UPDATE: Path = Path::resource(5, 0, 2);
const CANCEL: Path = Path::resource(5, 0, 10);

/// What an image begins with.
const MAGIC: &[u8] = b"IMG1";
/// Room for an image.
const FLASH: usize = 8_000;

/// The update program of a device: an image begins with [`MAGIC`], goes on with the sum of its body, and then the body.
#[derive(Debug, Default)]
struct Updater {
    /// What has come so far.
    image: Vec<u8>,
    /// Whether memory runs out while blocks come.
    out_of_memory: bool,
    /// Whether the image cannot be installed.
    broken: bool,
    /// The URI that is being fetched.
    fetching: Option<String>,
}

fn image(body: &[u8]) -> Vec<u8> {
    let mut image = MAGIC.to_vec();
    image.push(body.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte)));
    image.extend(body);
    image
}

fn enter(tree: &mut Tree, state: State, result: UpdateResult) {
    tree.update(0, |firmware: &mut FirmwareUpdate| {
        firmware.state = state;
        firmware.update_result = result;
    });
}

fn state(tree: &Tree) -> State {
    tree.get::<FirmwareUpdate>(0).unwrap().state
}

impl Updater {
    /// The image is complete.
    fn check(&self) -> Result<(), UpdateResult> {
        let body = self
            .image
            .strip_prefix(MAGIC)
            .ok_or(UpdateResult::UNSUPPORTED_PACKAGE_TYPE)?;
        let (sum, body) = body.split_first().ok_or(UpdateResult::INTEGRITY_CHECK_FAILURE)?;
        let found = body.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
        (found == *sum)
            .then_some(())
            .ok_or(UpdateResult::INTEGRITY_CHECK_FAILURE)
    }

    fn fail(&mut self, tree: &mut Tree, result: UpdateResult) {
        self.image.clear();
        enter(tree, State::IDLE, result);
    }

    /// What was fetched from the URI, or why it was not.
    fn fetched(&mut self, tree: &mut Tree, image: Result<Vec<u8>, UpdateResult>) {
        self.fetching = None;
        match image {
            Ok(image) => {
                self.image = image;
                match self.check() {
                    Ok(()) => enter(tree, State::DOWNLOADED, UpdateResult::INITIAL_VALUE),
                    Err(result) => self.fail(tree, result),
                }
            }
            Err(result) => self.fail(tree, result),
        }
    }

    /// The device has installed the image, or tried to.
    fn installed(&mut self, tree: &mut Tree) {
        if self.broken {
            enter(tree, State::DOWNLOADED, UpdateResult::UPDATE_FAILED);
            return;
        }
        self.image.clear();
        enter(tree, State::IDLE, UpdateResult::SUCCESS);
        tree.update(0, |device: &mut Device| {
            device.firmware_version = Some("2.0".into())
        });
    }
}

impl Application for Updater {
    fn accepts_stream(&mut self, _: &Tree, resource: Path) -> bool {
        resource == PACKAGE
    }

    fn write_block(&mut self, tree: &mut Tree, block: &Block<'_>) -> Result<(), Status> {
        let reset = block.offset == 0 && block.last && matches!(block.bytes, [] | [0]);
        match state(tree) {
            State::UPDATING => return Err(Status::MethodNotAllowed),
            _ if reset => {
                self.image.clear();
                enter(tree, State::IDLE, UpdateResult::INITIAL_VALUE);
                return Ok(());
            }
            State::DOWNLOADED => return Err(Status::MethodNotAllowed),
            _ => {}
        }
        if block.offset == 0 {
            self.image.clear();
            enter(tree, State::DOWNLOADING, UpdateResult::INITIAL_VALUE);
        }
        if self.out_of_memory && block.offset > 0 {
            self.fail(tree, UpdateResult::OUT_OF_RAM);
            return Err(Status::InternalServerError);
        }
        if self.image.len() + block.bytes.len() > FLASH {
            self.fail(tree, UpdateResult::NOT_ENOUGH_FLASH);
            return Err(Status::RequestEntityTooLarge);
        }
        self.image.extend(block.bytes);
        if block.last {
            match self.check() {
                Ok(()) => enter(tree, State::DOWNLOADED, UpdateResult::INITIAL_VALUE),
                Err(result) => {
                    self.fail(tree, result);
                    return Err(Status::InternalServerError);
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, tree: &Tree, write: &Write<'_>) -> Result<(), Status> {
        if write.path != PACKAGE_URI {
            return Ok(());
        }
        let empty = write.value == Some(ValueRef::String(""));
        match state(tree) {
            State::IDLE => Ok(()),
            State::UPDATING => Err(Status::MethodNotAllowed),
            _ if empty => Ok(()),
            _ => Err(Status::MethodNotAllowed),
        }
    }

    fn changed(&mut self, tree: &mut Tree, change: &lwm2m_runtime::tree::Change) {
        if change.path != PACKAGE_URI {
            return;
        }
        let uri = tree.get::<FirmwareUpdate>(0).unwrap().package_uri.clone();
        match uri.split_once("://") {
            None if uri.is_empty() => {
                self.fetching = None;
                self.image.clear();
                enter(tree, State::IDLE, UpdateResult::INITIAL_VALUE);
            }
            None => enter(tree, State::IDLE, UpdateResult::INVALID_URI),
            Some(("coap", _)) => {
                self.fetching = Some(uri);
                enter(tree, State::DOWNLOADING, UpdateResult::INITIAL_VALUE);
            }
            Some(_) => enter(tree, State::IDLE, UpdateResult::UNSUPPORTED_PROTOCOL),
        }
    }

    fn execute(&mut self, tree: &mut Tree, execute: &Execute<'_>) -> Executed {
        match (execute.path, state(tree)) {
            (UPDATE, State::DOWNLOADED) => {
                enter(tree, State::UPDATING, UpdateResult::INITIAL_VALUE);
                Executed::OK
            }
            (CANCEL, State::DOWNLOADING | State::DOWNLOADED) => {
                self.fail(tree, UpdateResult::FIRMWARE_UPDATE_CANCELLED);
                Executed::OK
            }
            _ => Executed::Done(Status::MethodNotAllowed),
        }
    }
}

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
