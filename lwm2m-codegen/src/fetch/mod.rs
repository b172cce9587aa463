//! Brings a copy of the registry up to date from upstream, or from any server that has the same tree.
//!
//! ```no_run
//! use lwm2m_codegen::fetch::{Fetcher, Options};
//!
//! let fetcher = Fetcher::new(Options { objects: vec!["Temperature".to_owned()], ..Options::default() })?;
//! let report = fetcher.run(|_| {})?;
//! println!("{} objects changed", report.changes.len());
//! # Ok::<(), lwm2m_codegen::fetch::Error>(())
//! ```
//!
//! A fetch reads the index `DDF.xml`, downloads the object files that it names into memory, checks every one, and only then writes
//! those that are new or different. Whatever fails before that, and a killed process, leave the directory as it was. While it
//! writes, every file takes its place in one step and the index comes last, so that a reader always finds a whole tree.

mod address;
mod difference;
mod download;
mod error;
mod fetcher;
mod index;
mod index_error;
mod lock;
mod options;
mod report;
mod select;
mod tree;
mod verify;

pub use download::{DownloadError, DownloadProblem};
pub use error::{Error, Refusal};
pub use fetcher::{Fetcher, Progress};
pub use index::{INDEX_FILE, Index, IndexItem};
pub use index_error::{IndexError, IndexProblem};
pub use lock::{Fingerprint, Lock, LockError};
pub use options::{DEFAULT_DIRECTORY, Limits, Options, Patience, UPSTREAM, UPSTREAM_REVISION};
pub use report::{Change, ChangeKind, Repaired, Report, Unlocked};
