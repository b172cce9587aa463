//! Why a fetch failed. Whatever the reason, the directory holds what it held before.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::download::DownloadError;
use super::index::INDEX_FILE;
use super::index_error::{IndexError, quoted};
use super::lock::LockError;
use super::report::Unlocked;

/// Why a fetch failed. Whatever the reason, the directory holds what it held before, except after [`Error::Write`], where
/// single files may already be new.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The address of the tree is not one of HTTP.
    Source {
        /// The address.
        url: String,
    },
    /// The revision has characters that no revision has.
    Revision {
        /// The revision.
        revision: String,
    },
    /// The client could not be set up.
    Setup(String),
    /// What was asked for is neither an id nor a name, with or without `@` and a version.
    NotAnObject {
        /// What was asked for.
        wanted: String,
    },
    /// The index does not have the object, or not this version of it.
    UnknownObject {
        /// What was asked for.
        wanted: String,
        /// What may have been meant.
        suggestions: Vec<String>,
    },
    /// An index is not one, or a dangerous one.
    Index {
        /// Its address or path.
        place: String,
        /// Why it was refused.
        reason: IndexError,
    },
    /// Files could not be downloaded.
    Download(Vec<DownloadError>),
    /// The whole fetch took too long.
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// Files are not the object definitions that the index promises.
    Refused(Vec<Refusal>),
    /// Files are not as the lock has them.
    Locked {
        /// The revision that the lock describes.
        commit: String,
        /// The files.
        files: Vec<Unlocked>,
    },
    /// The directory has files, but is not a registry.
    NotARegistry {
        /// The directory.
        directory: PathBuf,
    },
    /// Offline, and the directory has no registry.
    NothingFetched {
        /// The directory.
        directory: PathBuf,
    },
    /// A file of the directory could not be read.
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// A file of the directory could not be written.
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The embedded lock is unreadable.
    Lock(LockError),
}

/// A file that is not the object definition that the index promises.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The file.
    pub file: String,
    /// Why, one problem a line.
    pub reason: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source { url } => write!(
                f,
                "{} is not an address to fetch from: give one that begins with http:// or https://",
                quoted(url)
            ),
            Self::Revision { revision } => {
                write!(
                    f,
                    "{} is not a revision: give a commit, a branch or a tag",
                    quoted(revision)
                )
            }
            Self::Setup(reason) => write!(f, "the HTTP client could not be set up: {reason}"),
            Self::NotAnObject { wanted } => {
                write!(
                    f,
                    "{} is not an object: give an id or a name, like 3303, 3303@1.1 or Temperature",
                    quoted(wanted)
                )
            }
            Self::UnknownObject { wanted, suggestions } => {
                write!(f, "the index has no object {}", quoted(wanted))?;
                match suggestions.as_slice() {
                    [] => Ok(()),
                    [one] => write!(f, "; did you mean {one}?"),
                    [first @ .., last] => write!(f, "; did you mean {} or {last}?", first.join(", ")),
                }
            }
            Self::Index { place, reason } => write!(f, "{place}: {reason}"),
            Self::Download(failures) => many(f, "downloaded", failures),
            Self::TimedOut { limit } => write!(f, "the fetch took longer than {} s", limit.as_secs_f32()),
            Self::Refused(refusals) => many(f, "accepted", refusals),
            Self::Locked { commit, files } => {
                let commit = commit.get(..7).unwrap_or(commit);
                writeln!(
                    f,
                    "{} not as the lock (upstream {commit}) has them:",
                    count(files.len(), "file is", "files are")
                )?;
                list(f, files)
            }
            Self::NotARegistry { directory } => write!(
                f,
                "{} has files but no {INDEX_FILE}, so it is not a fetched registry: give a new or an empty directory",
                directory.display()
            ),
            Self::NothingFetched { directory } => write!(
                f,
                "{} has no {INDEX_FILE}: fetch once without being offline, or give the directory of an earlier fetch",
                directory.display()
            ),
            Self::Read { path, reason } => write!(f, "{} cannot be read: {reason}", path.display()),
            Self::Write { path, reason } => write!(f, "{} cannot be written: {reason}", path.display()),
            Self::Lock(reason) => reason.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Index { reason, .. } => Some(reason),
            Self::Read { reason, .. } | Self::Write { reason, .. } => Some(reason),
            Self::Lock(reason) => Some(reason),
            _ => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.reason)
    }
}

impl fmt::Display for Unlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.locked {
            Some(locked) => write!(f, "{}: SHA-256 {}, the lock has {locked}", self.file, self.found),
            None => write!(f, "{}: not in the lock", self.file),
        }
    }
}

fn many<T: fmt::Display>(f: &mut fmt::Formatter<'_>, done: &str, problems: &[T]) -> fmt::Result {
    match problems {
        [one] => one.fmt(f),
        _ => {
            writeln!(f, "{} files could not be {done}:", problems.len())?;
            list(f, problems)
        }
    }
}

/// At most ten; more help nobody.
fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    const SHOWN: usize = 10;
    for (number, item) in items.iter().take(SHOWN).enumerate() {
        let end = if number == 0 { "" } else { "\n" };
        write!(f, "{end}  {item}")?;
    }
    match items.len().checked_sub(SHOWN) {
        Some(rest) if rest > 0 => write!(f, "\n  and {rest} more"),
        _ => Ok(()),
    }
}

fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
