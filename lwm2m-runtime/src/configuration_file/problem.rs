use core::{fmt, ops::Range};
use std::{
    borrow::ToOwned,
    format, io,
    path::{Path, PathBuf},
    string::String,
    vec::Vec,
};

/// Something in a file that is wrong, or looks so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// The character of the line, from 1.
    pub column: u32,
    /// What it is, and what to do about it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// What a file says, and what is doubtful about it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Checked<T> {
    /// What it says.
    pub value: T,
    /// What can be used as it is and should perhaps be different.
    pub warnings: Vec<Problem>,
}

/// Why a file is of no use.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigurationFileError {
    /// It cannot be read.
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is longer than [`MAX_BYTES`](super::ConfigurationFile::MAX_BYTES).
    TooLong {
        /// Which.
        path: PathBuf,
    },
    /// It is no configuration.
    Invalid {
        /// Which, if it is a file.
        path: Option<PathBuf>,
        /// Everything that is wrong with it, up to a limit, in the order of the file.
        problems: Vec<Problem>,
    },
}

impl ConfigurationFileError {
    /// What is wrong with the text; nothing where there is none.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Invalid { problems, .. } => problems,
            _ => &[],
        }
    }
}

impl fmt::Display for ConfigurationFileError {
    /// A line for each problem.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::TooLong { path } => write!(
                f,
                "{} is longer than {} bytes, which no configuration is",
                path.display(),
                super::ConfigurationFile::MAX_BYTES
            ),
            Self::Invalid { path, problems } => {
                for (index, problem) in problems.iter().enumerate() {
                    if index > 0 {
                        f.write_str("\n")?;
                    }
                    if let Some(path) = path {
                        write!(f, "{}:", path.display())?;
                    }
                    problem.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

impl core::error::Error for ConfigurationFileError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Read { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// What is known while a text is read, and what was found out about it.
pub(super) struct Context<'t> {
    pub(super) text: &'t str,
    /// What paths in the text are relative to.
    pub(super) directory: &'t Path,
    errors: Vec<(usize, String)>,
    warnings: Vec<(usize, String)>,
    /// Where the first secret is that stands in the text itself.
    pub(super) secret: Option<usize>,
}

/// Problems that are told. Who has more begins with these.
const PROBLEMS: usize = 100;

impl<'t> Context<'t> {
    pub(super) const fn new(text: &'t str, directory: &'t Path) -> Self {
        Self {
            text,
            directory,
            errors: Vec::new(),
            warnings: Vec::new(),
            secret: None,
        }
    }

    pub(super) fn error(&mut self, at: &Range<usize>, message: impl Into<String>) {
        note(&mut self.errors, at, message.into());
    }

    pub(super) fn warn(&mut self, at: &Range<usize>, message: impl Into<String>) {
        note(&mut self.warnings, at, message.into());
    }

    /// Whether no further error is told: none has to be put into words.
    pub(super) fn is_full(&self) -> bool {
        self.errors.len() >= PROBLEMS
    }

    /// How many there are.
    pub(super) fn errors(&self) -> usize {
        self.errors.len()
    }

    /// A value, unless something is wrong.
    pub(super) fn finish<T>(
        self,
        value: T,
        path: Option<&Path>,
    ) -> Result<Checked<T>, ConfigurationFileError> {
        match self.errors.is_empty() {
            true => Ok(Checked {
                value,
                warnings: problems(self.text, self.warnings),
            }),
            false => Err(ConfigurationFileError::Invalid {
                path: path.map(ToOwned::to_owned),
                problems: problems(self.text, self.errors),
            }),
        }
    }
}

fn note(notes: &mut Vec<(usize, String)>, at: &Range<usize>, message: String) {
    // What plans have from the defaults is looked at for each of them.
    let known = notes
        .iter()
        .any(|(start, known)| *start == at.start && *known == message);
    if !known && notes.len() < PROBLEMS {
        notes.push((at.start, message));
    }
}

/// Notes in the order of the text, with their lines.
fn problems(text: &str, mut notes: Vec<(usize, String)>) -> Vec<Problem> {
    notes.sort_by_key(|(start, _)| *start);
    let problems = notes.into_iter().map(|(start, message)| {
        let before = text.get(..start).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or(before);
        let count = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
        Problem {
            line: count(before.matches('\n').count()),
            column: count(line.chars().count()),
            message,
        }
    });
    problems.collect()
}

/// A text of the file as it is quoted: in backticks, without line ends, and not the whole of a long one.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push_str("..");
    }
    format!("`{shown}`")
}
