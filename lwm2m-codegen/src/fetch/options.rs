//! What to fetch, from where, and how much patience to have.

use std::path::PathBuf;
use std::time::Duration;

/// Upstream's tree; a revision and the name of a file follow.
pub const UPSTREAM: &str = "https://raw.githubusercontent.com/OpenMobileAlliance/lwm2m-registry/";
/// The revision of [`UPSTREAM`] that upstream publishes.
pub const UPSTREAM_REVISION: &str = "prod";
/// Where a fetch goes that is not told.
pub const DEFAULT_DIRECTORY: &str = "lwm2m-registry";

/// What to fetch, from where and to where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The objects: `3303`, `3303@1.1`, `Temperature`. All of the index where there is none.
    pub objects: Vec<String>,
    /// The root of the tree; [`UPSTREAM`] where there is none.
    pub from: Option<String>,
    /// A commit, branch or tag, which follows the root. Where there is none, [`UPSTREAM_REVISION`] follows upstream's root, or
    /// the lock's commit if [`locked`](Self::locked), and nothing follows another root.
    pub revision: Option<String>,
    /// The directory that receives the tree. It is laid out like upstream's, so that it serves as `--registry`.
    pub into: PathBuf,
    /// Whether a file that differs from the lock is an error.
    pub locked: bool,
    /// Whether to look only at what the directory has.
    pub offline: bool,
    /// How long to wait.
    pub patience: Patience,
    /// How much to take.
    pub limits: Limits,
    /// Whether `HTTP_PROXY` and its kin are respected.
    pub proxy_from_environment: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            objects: Vec::new(),
            from: None,
            revision: None,
            into: PathBuf::from(DEFAULT_DIRECTORY),
            locked: false,
            offline: false,
            patience: Patience::default(),
            limits: Limits::default(),
            proxy_from_environment: true,
        }
    }
}

/// How long to wait, and how often to try again.
#[derive(Clone, Debug)]
pub struct Patience {
    /// For a connection, TLS included. Default: 10 s.
    pub connect: Duration,
    /// For the next bytes. Default: 20 s.
    pub read: Duration,
    /// For the whole fetch. Default: 10 min.
    pub total: Duration,
    /// How often one request is made. Default: 4.
    pub attempts: u32,
    /// Before the second attempt; doubles with each further one. Default: 500 ms.
    pub backoff: Duration,
    /// No wait between two attempts is longer, also where the server asks for more. Default: 30 s.
    pub backoff_limit: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(20),
            total: Duration::from_secs(600),
            attempts: 4,
            backoff: Duration::from_millis(500),
            backoff_limit: Duration::from_secs(30),
        }
    }
}

/// How much to take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The bytes of one file, uncompressed. Default: 4 MiB. (Upstream's largest is 252 kB.)
    pub file: u64,
    /// The bytes of all files, uncompressed; they are held in memory until all are there. Default: 128 MiB.
    pub total: u64,
    /// The redirects of one request. Default: 5.
    pub redirects: usize,
    /// The requests at one time. Default: 16.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file: 4 << 20,
            total: 128 << 20,
            redirects: 5,
            connections: 16,
        }
    }
}
