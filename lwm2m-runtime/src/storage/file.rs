use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    vec::Vec,
};

use super::{Slot, Slots};

/// Two files beside each other, which only their owner can read: there are keys in them. Of each at most 64 MiB are read.
#[derive(Debug)]
pub struct Files {
    a: PathBuf,
    b: PathBuf,
}

/// What is read of a file, in bytes: more than a tree holds by default.
const MOST: u64 = 64 << 20;

impl Files {
    /// Files whose names are that of `path` and `.a` or `.b`. Their directory has to exist.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        let with = |end: &str| {
            let mut name = OsString::from(path.as_ref());
            name.push(end);
            PathBuf::from(name)
        };
        Self {
            a: with(".a"),
            b: with(".b"),
        }
    }

    fn path(&self, slot: Slot) -> &Path {
        match slot {
            Slot::A => &self.a,
            Slot::B => &self.b,
        }
    }
}

impl Slots for Files {
    type Error = io::Error;

    fn read(&mut self, slot: Slot) -> io::Result<Vec<u8>> {
        let file = match File::open(self.path(slot)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            opened => opened?,
        };
        let mut bytes = Vec::new();
        // What is longer is not whole, and so is damaged.
        file.take(MOST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(slot);
        let mut file = create(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // The name of a new file has to stay, too.
        #[cfg(unix)]
        if let Some(directory) = path.parent() {
            let directory = match directory.as_os_str().is_empty() {
                true => Path::new("."),
                false => directory,
            };
            File::open(directory)?.sync_all()?;
        }
        Ok(())
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    // Of a file that was there before, the mode above says nothing.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}
