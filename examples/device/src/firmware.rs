//! Firmware Update (object 5): a package pushed block by block, and its simulated installation.
//!
//! 1. Idle: the first block of `/5/0/0` begins a download.
//! 2. Downloading: the last block ends it. A package that is damaged or of an unknown type goes back to Idle with the
//!    result.
//! 3. Downloaded: an Execute of `/5/0/2` installs the package.
//! 4. Updating: after a while the device has the new version and restarts, Idle with the result Success; or it keeps the
//!    old one, Downloaded with the result Update failed.

use std::time::Duration;

use lwm2m_runtime::{
    model::{Path, Time},
    objects::{
        FirmwareUpdate,
        o5_v1_2::{FirmwareUpdateDeliveryMethod, State, UpdateResult},
    },
    operation::Status,
    tree::{Block, Tree},
};

/// Where packages are written.
pub(crate) const PACKAGE: Path = Path::resource(5, 0, 0);

/// How long an installation takes.
pub(crate) const INSTALLATION: Duration = Duration::from_secs(2);

/// The largest package that is taken.
const MAX_PACKAGE: u64 = 1 << 20;

/// Of a package only this much is kept: a real device would write it to flash.
const KEPT: usize = 64;

/// What is known of the package that was written last.
#[derive(Debug, Default)]
pub(crate) struct Firmware {
    beginning: Vec<u8>,
    length: u64,
    checksum: u32,
}

impl Firmware {
    /// The object of a device that has been updated never.
    pub(crate) fn object() -> FirmwareUpdate {
        FirmwareUpdate {
            package_uri: String::new(),
            state: State::IDLE,
            update_result: UpdateResult::INITIAL_VALUE,
            firmware_update_delivery_method: FirmwareUpdateDeliveryMethod::PUSH_ONLY,
            ..FirmwareUpdate::default()
        }
    }

    /// No more of a package comes.
    pub(crate) fn abandoned(&mut self, tree: &mut Tree, now: Time) {
        if state(tree) == State::DOWNLOADING {
            *self = Self::default();
            enter(tree, State::IDLE, UpdateResult::CONNECTION_LOST, now);
        }
    }

    /// Takes a part of a package.
    pub(crate) fn block(&mut self, tree: &mut Tree, block: &Block<'_>, now: Time) -> Result<(), Status> {
        if state(tree) == State::UPDATING {
            return Err(Status::MethodNotAllowed);
        }
        // A package of one zero byte is none: it takes back what came before.
        if block.offset == 0 && block.last && block.bytes == [0] {
            *self = Self::default();
            enter(tree, State::IDLE, UpdateResult::INITIAL_VALUE, now);
            return Ok(());
        }
        if block.offset == 0 {
            *self = Self::default();
            enter(tree, State::DOWNLOADING, UpdateResult::INITIAL_VALUE, now);
        }
        self.length = block.offset + block.bytes.len() as u64;
        if self.length > MAX_PACKAGE {
            enter(tree, State::IDLE, UpdateResult::NOT_ENOUGH_FLASH, now);
            return Err(Status::RequestEntityTooLarge);
        }
        let room = KEPT.saturating_sub(self.beginning.len());
        self.beginning.extend(block.bytes.iter().take(room));
        // FNV-1a: enough to tell packages apart.
        let seed = if block.offset == 0 {
            0x811c_9dc5
        } else {
            self.checksum
        };
        let fold = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        self.checksum = block.bytes.iter().fold(seed, fold);
        if block.last {
            match self.beginning.as_slice() {
                [b'c', b'o', b'r', b'r', b'u', b'p', b't', ..] => {
                    enter(tree, State::IDLE, UpdateResult::INTEGRITY_CHECK_FAILURE, now);
                }
                beginning if beginning.starts_with(b"unsupported") => {
                    enter(tree, State::IDLE, UpdateResult::UNSUPPORTED_PACKAGE_TYPE, now);
                }
                _ => enter(tree, State::DOWNLOADED, UpdateResult::INITIAL_VALUE, now),
            }
        }
        Ok(())
    }

    /// A server has written the Package URI: an empty one takes everything back, and no other one is fetched.
    pub(crate) fn uri(&mut self, tree: &mut Tree, now: Time) {
        let uri = tree
            .get::<FirmwareUpdate>(0)
            .map(|object| object.package_uri.clone());
        match uri.unwrap_or_default().split_once("://") {
            None if tree
                .get::<FirmwareUpdate>(0)
                .is_some_and(|object| object.package_uri.is_empty()) =>
            {
                *self = Self::default();
                enter(tree, State::IDLE, UpdateResult::INITIAL_VALUE, now);
            }
            None => enter(tree, State::IDLE, UpdateResult::INVALID_URI, now),
            Some(_) => enter(tree, State::IDLE, UpdateResult::UNSUPPORTED_PROTOCOL, now),
        }
    }

    /// Begins to install the package: 4.05 while there is none.
    pub(crate) fn update(&self, tree: &mut Tree, now: Time) -> Status {
        if state(tree) != State::DOWNLOADED {
            return Status::MethodNotAllowed;
        }
        enter(tree, State::UPDATING, UpdateResult::INITIAL_VALUE, now);
        Status::Changed
    }

    /// Throws away what was downloaded.
    pub(crate) fn cancel(&mut self, tree: &mut Tree, now: Time) -> Status {
        match state(tree) {
            State::DOWNLOADING | State::DOWNLOADED => {
                *self = Self::default();
                enter(tree, State::IDLE, UpdateResult::FIRMWARE_UPDATE_CANCELLED, now);
                Status::Changed
            }
            _ => Status::MethodNotAllowed,
        }
    }

    /// The installation is over. The new version, unless it failed.
    pub(crate) fn installed(&mut self, tree: &mut Tree, now: Time) -> Option<String> {
        if self.beginning.starts_with(b"fails") {
            enter(tree, State::DOWNLOADED, UpdateResult::UPDATE_FAILED, now);
            return None;
        }
        let version = self.version();
        *self = Self::default();
        enter(tree, State::IDLE, UpdateResult::SUCCESS, now);
        Some(version)
    }

    /// What the package says that it is: its first line if that is short and printable, and else its checksum.
    fn version(&self) -> String {
        let line = self
            .beginning
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let printable = !line.is_empty() && line.len() < KEPT && line.iter().all(u8::is_ascii_graphic);
        match printable {
            true => String::from_utf8_lossy(line).into_owned(),
            false => format!("{:08x}-{}", self.checksum, self.length),
        }
    }
}

fn state(tree: &Tree) -> State {
    tree.get::<FirmwareUpdate>(0)
        .map_or(State::IDLE, |object| object.state)
}

fn enter(tree: &mut Tree, state: State, result: UpdateResult, now: Time) {
    tree.update::<FirmwareUpdate, _>(0, |object| {
        if object.state != state {
            object.last_state_change_time = Some(now);
        }
        object.state = state;
        object.update_result = result;
    });
}
