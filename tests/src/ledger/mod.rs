//! The ledger: which of the protocol's requirements (`requirements.csv`) a test proves.
//!
//! A test names the rows that it proves in a comment directly above its attributes:
//!
//! ```text
//! // proves: ENC-TLV-01 ENC-TLV-02
//! #[test]
//! fn resource_instances_nest_in_a_multiple_resource() { .. }
//! ```
//!
//! A row that no test names is open. An identifier that is no row, and a mark that stands above no test, are errors:
//! a ledger that can be wrong silently is worth nothing.

mod mark;
mod report;
mod requirement;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

pub use mark::Mark;
pub use report::{json, open_json, open_rows, table};
pub use requirement::{Level, Requirement};

use crate::workspace;

/// Requirements and the marks of the tests that prove them.
#[derive(Debug)]
pub struct Ledger {
    requirements: Vec<Requirement>,
    proven: BTreeSet<String>,
}

/// How many rows are proven and how many are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// Rows that a test names.
    pub proven: usize,
    /// Rows that no test names.
    pub open: usize,
}

impl Count {
    fn add(&mut self, proven: bool) {
        *if proven { &mut self.proven } else { &mut self.open } += 1;
    }
}

impl Ledger {
    /// Reads the rows of `root/tests/requirements.csv` and the marks of every Rust source under `root`.
    ///
    /// # Errors
    ///
    /// Every problem of the rows and marks at once.
    pub fn read(root: &Path) -> Result<Self, Vec<Problem>> {
        let rows = root.join("tests/requirements.csv");
        let text = fs::read_to_string(&rows).map_err(|error| vec![Problem::unreadable(&rows, &error)])?;
        let requirements = Requirement::parse_all(&text)
            .map_err(|(line, what)| vec![Problem::at(Path::new("tests/requirements.csv"), line, what)])?;
        let mut marks = Vec::new();
        let mut problems = Vec::new();
        let files = workspace::rust_files(root).map_err(|error| vec![Problem::unreadable(root, &error)])?;
        for file in files {
            let name = file.strip_prefix(root).unwrap_or(&file).to_path_buf();
            // A fuzz target searches; it does not prove.
            if name.iter().any(|directory| directory == "fuzz") {
                continue;
            }
            match fs::read_to_string(&file) {
                Ok(source) => mark::scan(&name, &source, &mut marks, &mut problems),
                Err(error) => problems.push(Problem::unreadable(&name, &error)),
            }
        }
        Self::new(requirements, marks, problems)
    }

    fn new(
        requirements: Vec<Requirement>,
        marks: Vec<Mark>,
        mut problems: Vec<Problem>,
    ) -> Result<Self, Vec<Problem>> {
        let known: BTreeSet<&str> = requirements.iter().map(|row| row.id.as_str()).collect();
        let mut proven = BTreeSet::new();
        for mark in marks {
            if known.contains(mark.id.as_str()) {
                proven.insert(mark.id);
            } else {
                let what = format!(
                    "`{}` is no row of tests/requirements.csv; correct the mark",
                    mark.id
                );
                problems.push(Problem::at(&mark.file, mark.line, what));
            }
        }
        if problems.is_empty() {
            Ok(Self { requirements, proven })
        } else {
            Err(problems)
        }
    }

    /// Whether a test names the row.
    #[must_use]
    pub fn is_proven(&self, requirement: &Requirement) -> bool {
        self.proven.contains(&requirement.id)
    }

    /// Every row in the order of the file.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// The open rows of a prefix, or of a group of them: `ENC-TLV`, `ENC`. `None` where there is no such prefix.
    #[must_use]
    pub fn open(&self, prefix: &str) -> Option<Vec<&Requirement>> {
        let rows = || {
            let group = format!("{prefix}-");
            self.requirements
                .iter()
                .filter(move |row| row.id.starts_with(&group))
        };
        rows().next()?;
        Some(rows().filter(|row| !self.is_proven(row)).collect())
    }

    /// Proven and open rows by prefix, those that `which` chooses.
    #[must_use]
    pub fn counts(&self, which: impl Fn(&Requirement) -> bool) -> BTreeMap<&str, Count> {
        let mut counts = BTreeMap::<_, Count>::new();
        for row in &self.requirements {
            let count = counts.entry(row.prefix()).or_default();
            if which(row) {
                count.add(self.is_proven(row));
            }
        }
        counts
    }
}

/// A mistake in the rows or in a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    file: PathBuf,
    line: usize,
    what: String,
}

impl Problem {
    fn at(file: &Path, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.to_path_buf(),
            line,
            what: what.into(),
        }
    }

    fn unreadable(file: &Path, error: &io::Error) -> Self {
        Self::at(file, 1, format!("cannot be read: {error}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}
