//! The fetch itself.
//!
//! 1. read what the directory has: its index, and the fingerprint of each file
//! 2. download the index; pick the objects
//! 3. download their files, several at a time
//! 4. check each against the index, the schema and the lock
//! 5. write what is new or different; delete what is gone

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::address::root;
use super::difference::{Before, Fetched, changes, merge};
use super::download::{DownloadError, DownloadProblem, Downloader};
use super::error::{Error, Refusal};
use super::index::{INDEX_FILE, Index, IndexItem};
use super::lock::{Fingerprint, Lock};
use super::options::Options;
use super::report::{Repaired, Report, Unlocked};
use super::select::pick;
use super::tree::Tree;
use super::verify::verify;

/// After so many files that cannot be had, the rest is not asked for.
const ENOUGH_FAILURES: usize = 10;

/// Brings a copy of the registry up to date.
#[derive(Debug)]
pub struct Fetcher {
    options: Options,
    lock: Lock,
}

/// How far a fetch is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// The index was read.
    Index {
        /// How many files come.
        files: usize,
    },
    /// A file is there.
    File {
        /// The file.
        file: &'a str,
        /// Its bytes.
        bytes: u64,
        /// How many files are there, this one included.
        done: usize,
    },
    /// All files are there and accepted; they are about to be written.
    Writing {
        /// How many are new or different.
        files: usize,
    },
}

impl Fetcher {
    /// Prepares a fetch; nothing is read yet.
    ///
    /// # Errors
    ///
    /// [`Error::Lock`] if the embedded lock is unreadable.
    pub fn new(options: Options) -> Result<Self, Error> {
        Ok(Self {
            options,
            lock: Lock::embedded().map_err(Error::Lock)?,
        })
    }

    /// Compares with another lock than that of the embedded registry.
    #[must_use]
    pub fn with_lock(mut self, lock: Lock) -> Self {
        self.lock = lock;
        self
    }

    /// Fetches, and tells `progress` how far it is. Blocks the calling thread, which may be one of an async runtime.
    ///
    /// # Errors
    ///
    /// An [`Error`]; the directory is then as it was.
    pub fn run(&self, progress: impl FnMut(Progress<'_>) + Send) -> Result<Report, Error> {
        let tree = Tree::new(&self.options.into);
        if self.options.offline {
            return self.inspect(&tree);
        }
        let root = root(&self.options, &self.lock)?;
        let before = self.before(&tree)?;
        let options = &self.options;
        let downloader = Downloader::new(
            root,
            options.patience.clone(),
            options.limits.clone(),
            options.proxy_from_environment,
        )
        .map_err(|error| Error::Setup(error.reason.to_string()))?;
        block_on(
            options.patience.total,
            self.fetch(&tree, before, Arc::new(downloader), progress),
        )?
    }

    /// What the directory has.
    fn before(&self, tree: &Tree) -> Result<Before, Error> {
        let mut before = Before {
            index: Index::default(),
            fingerprints: HashMap::new(),
        };
        let Some(index) = self.local_index(tree)? else {
            let occupied = tree
                .is_occupied()
                .map_err(|reason| self.unreadable(tree, "", reason))?;
            return if occupied {
                Err(Error::NotARegistry {
                    directory: self.options.into.clone(),
                })
            } else {
                Ok(before)
            };
        };
        before.index = index;
        for item in &before.index.items {
            if let Some(bytes) = self.local_file(tree, &item.file)? {
                before
                    .fingerprints
                    .insert(item.file.clone(), Fingerprint::of(&bytes));
            }
        }
        Ok(before)
    }

    async fn fetch(
        &self,
        tree: &Tree,
        before: Before,
        downloader: Arc<Downloader>,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Result<Report, Error> {
        let index_file = downloader
            .file(INDEX_FILE)
            .await
            .map_err(|error| Error::Download(vec![error]))?;
        let index = Index::parse(&index_file.bytes).map_err(|reason| Error::Index {
            place: downloader.url(INDEX_FILE),
            reason,
        })?;
        let picked = pick(&index, &self.options.objects)?;
        progress(Progress::Index { files: picked.len() });

        let mut report = self.report(Some(downloader.root()));
        report.retries += index_file.retries;
        let fetched = self
            .download(picked, &downloader, &mut report, &mut progress)
            .await?;

        let whole = self.options.objects.is_empty();
        let index_bytes = if whole {
            self.compare_with_lock(INDEX_FILE, Fingerprint::of(&index_file.bytes), &mut report);
            index_file.bytes
        } else {
            Index::write(&merge(&before.index, &fetched)).into_bytes()
        };
        if self.options.locked && !report.unlocked.is_empty() {
            return Err(Error::Locked {
                commit: self.lock.commit.clone(),
                files: report.unlocked,
            });
        }
        self.install(tree, &before, &fetched, &index_bytes, &mut progress)?;
        let asked: BTreeSet<u16> = fetched.iter().map(|file| file.item.id).collect();
        report.changes = changes(&before, &fetched, whole);
        report.unchanged = asked.len()
            - report
                .changes
                .iter()
                .filter(|change| asked.contains(&change.id))
                .count();
        Ok(report)
    }

    /// Downloads and checks the files, at most so many at a time. Their order is that of the index again in the end.
    async fn download(
        &self,
        picked: Vec<IndexItem>,
        downloader: &Arc<Downloader>,
        report: &mut Report,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<Vec<Fetched>, Error> {
        let mut waiting = picked.into_iter().enumerate();
        let mut tasks = JoinSet::new();
        let mut fetched = BTreeMap::new();
        let mut failures = Vec::new();
        let mut refusals = Vec::new();
        while failures.len() < ENOUGH_FAILURES {
            while tasks.len() < self.options.limits.connections.max(1) {
                let Some((number, item)) = waiting.next() else {
                    break;
                };
                let downloader = Arc::clone(downloader);
                tasks.spawn(async move { (number, downloader.file(&item.file).await, item) });
            }
            let Some(task) = tasks.join_next().await else {
                break;
            };
            let (number, download, item) = match task {
                Ok(task) => task,
                Err(error) => {
                    let reason = DownloadProblem::Connection(error.to_string());
                    failures.push(DownloadError {
                        url: downloader.root(),
                        attempts: 1,
                        reason,
                    });
                    continue;
                }
            };
            match download {
                Err(failure) => failures.push(failure),
                Ok(download) => {
                    report.retries += download.retries;
                    report.bytes += download.bytes.len() as u64;
                    let done = report.files + 1;
                    report.files = done;
                    progress(Progress::File {
                        file: &item.file,
                        bytes: download.bytes.len() as u64,
                        done,
                    });
                    match self.accept(&item, &download.bytes, report) {
                        Ok(fingerprint) => {
                            fetched.insert(
                                number,
                                Fetched {
                                    item,
                                    bytes: download.bytes,
                                    fingerprint,
                                },
                            );
                        }
                        Err(refusal) => refusals.push(refusal),
                    }
                }
            }
        }
        report.repaired.sort_by(|a, b| a.file.cmp(&b.file));
        report.unlocked.sort_by(|a, b| a.file.cmp(&b.file));
        if !failures.is_empty() {
            failures.sort_by(|a, b| a.url.cmp(&b.url));
            return Err(Error::Download(failures));
        }
        if !refusals.is_empty() {
            refusals.sort_by(|a, b| a.file.cmp(&b.file));
            return Err(Error::Refused(refusals));
        }
        Ok(fetched.into_values().collect())
    }

    /// Checks a file against the index, the schema and the lock.
    fn accept(&self, item: &IndexItem, bytes: &[u8], report: &mut Report) -> Result<Fingerprint, Refusal> {
        let repairs = verify(item, bytes)?;
        if let Some(first) = repairs.first() {
            report.repaired.push(Repaired {
                file: item.file.clone(),
                problems: repairs.len(),
                first: first.clone(),
            });
        }
        let fingerprint = Fingerprint::of(bytes);
        self.compare_with_lock(&item.file, fingerprint, report);
        Ok(fingerprint)
    }

    fn compare_with_lock(&self, file: &str, found: Fingerprint, report: &mut Report) {
        let locked = self.lock.fingerprint(file);
        if locked != Some(found) {
            report.unlocked.push(Unlocked {
                file: file.to_owned(),
                locked,
                found,
            });
        }
    }

    fn install(
        &self,
        tree: &Tree,
        before: &Before,
        fetched: &[Fetched],
        index: &[u8],
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let mut written: Vec<(&str, &[u8])> = fetched
            .iter()
            .filter(|file| before.fingerprints.get(&file.item.file) != Some(&file.fingerprint))
            .map(|file| (file.item.file.as_str(), file.bytes.as_slice()))
            .collect();
        let indexed = Index::parse(index).map_err(|reason| Error::Index {
            place: tree.path(INDEX_FILE).display().to_string(),
            reason,
        })?;
        let kept: BTreeSet<&str> = indexed.items.iter().map(|item| item.file.as_str()).collect();
        let removed: Vec<&str> = before
            .index
            .items
            .iter()
            .map(|item| item.file.as_str())
            .filter(|file| !kept.contains(file))
            .collect();
        if self.local_file(tree, INDEX_FILE)?.as_deref() != Some(index) {
            written.push((INDEX_FILE, index));
        }
        progress(Progress::Writing { files: written.len() });
        if written.is_empty() && removed.is_empty() {
            return Ok(());
        }
        tree.install(&written, &removed)
            .map_err(|(path, reason)| Error::Write { path, reason })
    }

    /// What a fetch does offline: looks at what is there.
    fn inspect(&self, tree: &Tree) -> Result<Report, Error> {
        let Some(index) = self.local_index(tree)? else {
            return Err(Error::NothingFetched {
                directory: self.options.into.clone(),
            });
        };
        let picked = pick(&index, &self.options.objects)?;
        let mut report = self.report(None);
        let mut refusals = Vec::new();
        let mut objects = BTreeSet::new();
        for item in &picked {
            let Some(bytes) = self.local_file(tree, &item.file)? else {
                report.missing.push(item.file.clone());
                continue;
            };
            report.files += 1;
            report.bytes += bytes.len() as u64;
            objects.insert(item.id);
            if let Err(refusal) = self.accept(item, &bytes, &mut report) {
                refusals.push(refusal);
            }
        }
        report.unchanged = objects.len();
        if !refusals.is_empty() {
            return Err(Error::Refused(refusals));
        }
        if self.options.locked && !report.unlocked.is_empty() {
            return Err(Error::Locked {
                commit: self.lock.commit.clone(),
                files: report.unlocked,
            });
        }
        Ok(report)
    }

    fn report(&self, source: Option<String>) -> Report {
        Report {
            source,
            directory: self.options.into.clone(),
            files: 0,
            bytes: 0,
            retries: 0,
            changes: Vec::new(),
            unchanged: 0,
            repaired: Vec::new(),
            unlocked: Vec::new(),
            missing: Vec::new(),
            lock_commit: self.lock.commit.clone(),
        }
    }

    fn local_index(&self, tree: &Tree) -> Result<Option<Index>, Error> {
        let Some(bytes) = self.local_file(tree, INDEX_FILE)? else {
            return Ok(None);
        };
        let place = || tree.path(INDEX_FILE).display().to_string();
        Index::parse(&bytes).map(Some).map_err(|reason| Error::Index {
            place: place(),
            reason,
        })
    }

    fn local_file(&self, tree: &Tree, file: &str) -> Result<Option<Vec<u8>>, Error> {
        tree.read(file, self.options.limits.file)
            .map_err(|reason| self.unreadable(tree, file, reason))
    }

    fn unreadable(&self, tree: &Tree, file: &str, reason: std::io::Error) -> Error {
        let path = if file.is_empty() {
            PathBuf::from(&self.options.into)
        } else {
            tree.path(file)
        };
        Error::Read { path, reason }
    }
}

/// Runs the fetch on a thread of its own, because a runtime must not be started on a thread that already runs one.
fn block_on<T: Send>(
    limit: Duration,
    fetch: impl Future<Output = Result<T, Error>> + Send,
) -> Result<Result<T, Error>, Error> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| Error::Setup(error.to_string()))?;
            let outcome = runtime.block_on(async { tokio::time::timeout(limit, fetch).await });
            outcome.map_err(|_| Error::TimedOut { limit })
        });
        thread
            .join()
            .unwrap_or_else(|_| Err(Error::Setup("the fetching thread stopped".to_owned())))
    })
}
