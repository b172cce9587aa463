use std::{borrow::Cow, fmt, ops::Range};

use super::Code;

/// One problem of a file, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// What it is about.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The bytes of the file that are in trouble.
    pub span: Range<usize>,
    /// The line where they start, from 1.
    pub line: usize,
    /// The column where they start, in characters, from 1.
    pub column: usize,
    /// The line where they end.
    pub end_line: usize,
    /// The column behind their last character.
    pub end_column: usize,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it.
    pub help: Cow<'static, str>,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Against the schema, but read as it was meant; only in lenient mode.
    Repaired,
    /// Valid, but most likely not what the author wanted.
    Warning,
    /// The file is not valid, or cannot be read.
    Error,
}

impl Severity {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
