use lwm2m_runtime::{
    model::{Path, ValueRef},
    objects::{
        Device, FirmwareUpdate,
        o5_v1_2::{State, UpdateResult},
    },
    operation::Status,
    tree::{Application, Block, Execute, Executed, Tree, Write},
};

pub(super) const PACKAGE: Path = Path::resource(5, 0, 0);
const PACKAGE_URI: Path = Path::resource(5, 0, 1);
const UPDATE: Path = Path::resource(5, 0, 2);
const CANCEL: Path = Path::resource(5, 0, 10);

/// What an image begins with.
const MAGIC: &[u8] = b"IMG1";
/// Room for an image.
const FLASH: usize = 8_000;

/// The update program of a device: an image begins with [`MAGIC`], goes on with the sum of its body, and then the body.
#[derive(Debug, Default)]
pub(super) struct Updater {
    /// What has come so far.
    pub(super) image: Vec<u8>,
    /// Whether memory runs out while blocks come.
    pub(super) out_of_memory: bool,
    /// Whether the image cannot be installed.
    pub(super) broken: bool,
    /// The URI that is being fetched.
    pub(super) fetching: Option<String>,
}

pub(super) fn image(body: &[u8]) -> Vec<u8> {
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
    pub(super) fn fetched(&mut self, tree: &mut Tree, image: Result<Vec<u8>, UpdateResult>) {
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
    pub(super) fn installed(&mut self, tree: &mut Tree) {
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

    fn stream_abandoned(&mut self, tree: &mut Tree, _: Path) {
        if state(tree) == State::DOWNLOADING {
            self.fail(tree, UpdateResult::CONNECTION_LOST);
        }
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
