//! One file over HTTP: redirects, limits, time-outs, and another attempt where one may help.

use std::error::Error as _;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};

use super::index_error::quoted;
use super::options::{Limits, Patience};

/// Why a file could not be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadError {
    /// The address.
    pub url: String,
    /// How often it was asked for.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub reason: DownloadProblem,
}

/// Why one attempt to download a file failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DownloadProblem {
    /// The server answered with this status.
    Status(u16),
    /// No connection, or it broke, or the server stopped before the end of the file.
    Connection(String),
    /// Nothing came for too long.
    TimedOut,
    /// The file has more bytes than allowed.
    FileTooLarge {
        /// The limit.
        limit: u64,
    },
    /// All files together have more bytes than allowed.
    TotalTooLarge {
        /// The limit.
        limit: u64,
    },
    /// Too many redirects.
    TooManyRedirects {
        /// The limit.
        limit: usize,
    },
    /// A redirect to a place that is not followed: not HTTP, or from HTTPS to HTTP.
    Redirect {
        /// The place.
        to: String,
    },
}

impl DownloadProblem {
    /// Whether another attempt may help.
    fn is_transient(&self) -> bool {
        match self {
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
            Self::Connection(_) | Self::TimedOut => true,
            Self::FileTooLarge { .. }
            | Self::TotalTooLarge { .. }
            | Self::TooManyRedirects { .. }
            | Self::Redirect { .. } => false,
        }
    }
}

/// Downloads the files of one tree.
pub(super) struct Downloader {
    client: Client,
    root: Url,
    patience: Patience,
    limits: Limits,
    received: AtomicU64,
}

/// A file, and how often it had to be asked for again.
pub(super) struct Download {
    pub(super) bytes: Vec<u8>,
    pub(super) retries: u32,
}

/// One failed attempt.
struct Failure {
    problem: DownloadProblem,
    retry_after: Option<Duration>,
}

impl From<DownloadProblem> for Failure {
    fn from(problem: DownloadProblem) -> Self {
        Self {
            problem,
            retry_after: None,
        }
    }
}

impl Downloader {
    /// `root` ends in a slash.
    pub(super) fn new(
        root: Url,
        patience: Patience,
        limits: Limits,
        proxy: bool,
    ) -> Result<Self, DownloadError> {
        let builder = Client::builder()
            .user_agent(concat!("lwm2m-codegen/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(patience.connect)
            .read_timeout(patience.read)
            // Redirects are followed here, where a refused one can be named.
            .redirect(reqwest::redirect::Policy::none());
        let builder = if proxy { builder } else { builder.no_proxy() };
        match builder.build() {
            Ok(client) => Ok(Self {
                client,
                root,
                patience,
                limits,
                received: AtomicU64::new(0),
            }),
            Err(error) => {
                let reason = DownloadProblem::Connection(causes(&error));
                Err(DownloadError {
                    url: root.to_string(),
                    attempts: 0,
                    reason,
                })
            }
        }
    }

    /// The root of the tree, without a password that it may have.
    pub(super) fn root(&self) -> String {
        let mut root = self.root.clone();
        // Only addresses without a host refuse this, and those have no password.
        let _ = root.set_password(None);
        root.to_string()
    }

    /// The address of a file.
    pub(super) fn url(&self, path: &str) -> String {
        self.root() + path
    }

    /// Downloads the file at `path` below the root.
    pub(super) async fn file(&self, path: &str) -> Result<Download, DownloadError> {
        let failed = |attempts, reason| DownloadError {
            url: self.url(path),
            attempts,
            reason,
        };
        let url = match self.root.join(path) {
            Ok(url) => url,
            Err(error) => return Err(failed(0, DownloadProblem::Connection(error.to_string()))),
        };
        let mut attempt = 1;
        let mut pause = self.patience.backoff;
        loop {
            let failure = match self.attempt(url.clone()).await {
                Ok(bytes) => {
                    return Ok(Download {
                        bytes,
                        retries: attempt - 1,
                    });
                }
                Err(failure) => failure,
            };
            if attempt >= self.patience.attempts || !failure.problem.is_transient() {
                return Err(failed(attempt, failure.problem));
            }
            let asked = failure.retry_after.unwrap_or_default();
            tokio::time::sleep(pause.max(asked).min(self.patience.backoff_limit)).await;
            pause = pause.saturating_mul(2);
            attempt += 1;
        }
    }

    async fn attempt(&self, mut url: Url) -> Result<Vec<u8>, Failure> {
        let mut redirects = 0;
        let mut response = loop {
            let response = self
                .client
                .get(url.clone())
                .send()
                .await
                .map_err(transport_problem)?;
            if !is_redirect(response.status()) {
                break response;
            }
            if redirects == self.limits.redirects {
                return Err(DownloadProblem::TooManyRedirects { limit: redirects }.into());
            }
            redirects += 1;
            url = redirect_target(&url, response.headers())?;
        };
        if response.status() != StatusCode::OK {
            return Err(Failure {
                problem: DownloadProblem::Status(response.status().as_u16()),
                retry_after: retry_after(response.headers()),
            });
        }
        let mut bytes = Vec::new();
        // Counted as it comes, so that neither a false length nor a compressed bomb gets further than the limit.
        while let Some(chunk) = response.chunk().await.map_err(transport_problem)? {
            let length = chunk.len() as u64;
            if bytes.len() as u64 + length > self.limits.file {
                return Err(DownloadProblem::FileTooLarge {
                    limit: self.limits.file,
                }
                .into());
            }
            if self.received.fetch_add(length, Ordering::Relaxed) + length > self.limits.total {
                return Err(DownloadProblem::TotalTooLarge {
                    limit: self.limits.total,
                }
                .into());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn redirect_target(from: &Url, headers: &HeaderMap) -> Result<Url, DownloadProblem> {
    let location = headers
        .get(LOCATION)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let location = location.unwrap_or_default();
    match from.join(&location) {
        Ok(to) if to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http") => Ok(to),
        _ => Err(DownloadProblem::Redirect { to: location }),
    }
}

/// The seconds that a server asks for; dates are not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

fn transport_problem(error: reqwest::Error) -> DownloadProblem {
    if error.is_timeout() {
        DownloadProblem::TimedOut
    } else {
        DownloadProblem::Connection(causes(&error.without_url()))
    }
}

/// The innermost causes say what happened; the outer ones say "error sending request".
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.reason)?;
        if self.attempts > 1 {
            write!(f, " (tried {} times)", self.attempts)?;
        }
        Ok(())
    }
}

impl std::error::Error for DownloadError {}

impl fmt::Display for DownloadProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(404) => write!(f, "the server does not have it (404)"),
            Self::Status(status) => match StatusCode::from_u16(*status)
                .ok()
                .and_then(|s| s.canonical_reason())
            {
                Some(reason) => write!(f, "the server answered {status} {reason}"),
                None => write!(f, "the server answered {status}"),
            },
            Self::Connection(cause) => write!(f, "the connection failed: {cause}"),
            Self::TimedOut => write!(f, "the server stayed silent for too long"),
            Self::FileTooLarge { limit } => write!(f, "more than {limit} bytes, the limit of a file"),
            Self::TotalTooLarge { limit } => {
                write!(f, "more than {limit} bytes in all files, the limit of a fetch")
            }
            Self::TooManyRedirects { limit } => write!(f, "more than {limit} redirects"),
            Self::Redirect { to } => {
                write!(
                    f,
                    "redirected to {}; only HTTP and HTTPS are followed, never from HTTPS to HTTP",
                    quoted(to)
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(from: &str, location: &str) -> Result<String, DownloadProblem> {
        let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
        redirect_target(&Url::parse(from).unwrap(), &headers).map(|url| url.to_string())
    }

    #[test]
    fn redirects_never_leave_tls() {
        assert_eq!(target("http://a/b/c", "https://d/e").unwrap(), "https://d/e");
        assert_eq!(target("https://a/b/c", "../d").unwrap(), "https://a/d");
        assert_eq!(target("https://a/b/c", "//d/e").unwrap(), "https://d/e");
        for to in ["http://a/b", "file:///etc/passwd", "HTTP://a/", "javascript:1"] {
            assert_eq!(
                target("https://a/b/c", to),
                Err(DownloadProblem::Redirect { to: to.to_owned() })
            );
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_nothing_else() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(DownloadProblem::Status(status).is_transient(), "{status}");
        }
        for status in [201, 304, 400, 401, 403, 404, 410, 501] {
            assert!(!DownloadProblem::Status(status).is_transient(), "{status}");
        }
    }
}
