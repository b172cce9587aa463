//! How a command ends that does not end well.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// The answer is no.
const NO: u8 = 1;
/// There is no answer.
const NOT_DONE: u8 = 2;

/// Why a command stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// It did its work, the answer is no, and the output says why.
    No,
    /// It did its work, the answer is no, and this is why.
    NoBecause(String),
    /// It could not do its work.
    NotDone(String),
    /// Nobody reads the output any more, as in `| head`.
    Unread,
}

impl Stop {
    /// It could not do its work.
    pub(super) fn not_done(reason: impl fmt::Display) -> Self {
        Self::NotDone(reason.to_string())
    }

    /// The sentence for people, and the status for scripts.
    pub(super) fn report(self) -> (Option<String>, ExitCode) {
        match self {
            Self::No => (None, NO.into()),
            Self::NoBecause(reason) => (Some(reason), NO.into()),
            Self::NotDone(reason) => (Some(reason), NOT_DONE.into()),
            Self::Unread => (None, ExitCode::SUCCESS),
        }
    }
}

/// For writing to standard output; errors of files are told with their names instead.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::NotDone(format!("the output cannot be written: {error}")),
        }
    }
}
