//! What a fetch found and did.

use std::path::PathBuf;

use super::lock::Fingerprint;
use crate::model::Version;

/// What a fetch found and did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The root of the tree that was fetched; `None` when offline.
    pub source: Option<String>,
    /// The directory that has the tree.
    pub directory: PathBuf,
    /// How many object files were asked for.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// How many requests had to be made again.
    pub retries: u32,
    /// What is different from before, by object id. Empty when offline.
    pub changes: Vec<Change>,
    /// How many of the objects asked for are as before.
    pub unchanged: usize,
    /// Files that break the schema in a way that the reader repairs.
    pub repaired: Vec<Repaired>,
    /// Files that are not as the lock has them.
    pub unlocked: Vec<Unlocked>,
    /// Files that the index names and the directory does not have. Only when offline.
    pub missing: Vec<String>,
    /// The revision that the lock describes.
    pub lock_commit: String,
}

/// How one object is different from before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The object's identifier.
    pub id: u16,
    /// The object's name.
    pub name: String,
    /// The versions before, oldest first.
    pub before: Vec<Version>,
    /// The versions now, oldest first.
    pub after: Vec<Version>,
    /// The versions whose definition is another one than before.
    pub edited: Vec<Version>,
}

/// How an object is different from before, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The object was not there.
    New,
    /// The newest version is another one.
    Updated {
        /// The newest version before.
        from: Version,
        /// The newest version now.
        to: Version,
    },
    /// The newest version is the same; definitions changed, or older versions came or went.
    Changed,
    /// The object is gone.
    Removed,
}

impl Change {
    /// The change in a word.
    pub fn kind(&self) -> ChangeKind {
        match (self.before.last(), self.after.last()) {
            (None, _) => ChangeKind::New,
            (_, None) => ChangeKind::Removed,
            (Some(from), Some(to)) if from != to => ChangeKind::Updated { from: *from, to: *to },
            _ => ChangeKind::Changed,
        }
    }
}

/// A file that breaks the schema in a way that the reader repairs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repaired {
    /// The file.
    pub file: String,
    /// How many problems were repaired.
    pub problems: usize,
    /// The first of them.
    pub first: String,
}

/// A file that is not as the lock has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unlocked {
    /// The file.
    pub file: String,
    /// The fingerprint in the lock; `None` if the lock does not have the file.
    pub locked: Option<Fingerprint>,
    /// The file's fingerprint.
    pub found: Fingerprint,
}
