//! The directory that a fetch fills: what it holds, and how it changes without ever being half a tree.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Staging directories begin so. A fetch that was killed while it wrote leaves one behind.
const STAGING: &str = ".fetching-";
/// No fetch writes for so long.
const STALE: Duration = Duration::from_secs(3600);

/// A directory laid out like upstream's repository.
pub(super) struct Tree {
    root: PathBuf,
}

impl Tree {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// The bytes of a file; `None` where there is none.
    pub(super) fn read(&self, file: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(file);
        match fs::metadata(&path) {
            Ok(data) if data.len() > limit => Err(io::Error::other(format!("larger than {limit} bytes"))),
            Ok(_) => fs::read(&path).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the directory exists and has something in it.
    pub(super) fn is_occupied(&self) -> io::Result<bool> {
        match fs::read_dir(&self.root) {
            Ok(entries) => {
                for entry in entries {
                    if !entry?.file_name().to_string_lossy().starts_with(STAGING) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Puts the written files in place of the old ones, in their order, then deletes the removed ones.
    ///
    /// Every file is complete on the disk before the first one is put in place, and each takes its place in one step. The caller
    /// puts the index last: whoever reads the tree, also after a crash, finds every file that the index names.
    pub(super) fn install(
        &self,
        written: &[(&str, &[u8])],
        removed: &[&str],
    ) -> Result<(), (PathBuf, io::Error)> {
        let named = |path: &Path| {
            let path = path.to_owned();
            move |error| (path, error)
        };
        fs::create_dir_all(&self.root).map_err(named(&self.root))?;
        self.remove_stale();
        let staging = Staging::create(&self.root)?;
        for (number, (_, bytes)) in written.iter().enumerate() {
            let path = staging.path(number);
            write_synced(&path, bytes).map_err(named(&path))?;
        }
        // So that what can fail has failed before the first file takes its place.
        for (file, _) in written {
            if let Some(parent) = self.path(file).parent() {
                fs::create_dir_all(parent).map_err(named(parent))?;
            }
        }
        for (number, (file, _)) in written.iter().enumerate() {
            let target = self.path(file);
            fs::rename(staging.path(number), &target).map_err(named(&target))?;
        }
        for file in removed {
            let target = self.path(file);
            match fs::remove_file(&target) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err((target, error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Where a file is. The index parser lets only names of the registry through.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// Deletes what killed fetches left. What cannot be deleted does no harm.
    fn remove_stale(&self) {
        let Ok(entries) = fs::read_dir(&self.root) else {
            return;
        };
        for entry in entries.flatten() {
            let modified = entry.metadata().and_then(|data| data.modified());
            let age = modified
                .ok()
                .and_then(|time| SystemTime::now().duration_since(time).ok());
            if entry.file_name().to_string_lossy().starts_with(STAGING) && age.is_some_and(|age| age > STALE)
            {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// A directory in the tree, thus on its file system, that is gone when it is dropped.
struct Staging {
    directory: PathBuf,
}

impl Staging {
    fn create(root: &Path) -> Result<Self, (PathBuf, io::Error)> {
        let mut number = 0;
        loop {
            let directory = root.join(format!("{STAGING}{}-{number}", std::process::id()));
            match fs::create_dir(&directory) {
                Ok(()) => return Ok(Self { directory }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
                Err(error) => return Err((directory, error)),
            }
        }
    }

    fn path(&self, number: usize) -> PathBuf {
        self.directory.join(number.to_string())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
