//! Reads and checks object definition files: the XML of the OMNA registry.
//!
//! [`read`] takes the bytes of one file and returns the objects in it and everything that is wrong with it.
//!
//! In [`Mode::Strict`] there is an [`Error`](Severity::Error) exactly when the schema of object definitions
//! (`schema/object-definition.xsd`) refuses the file. In [`Mode::Lenient`] a file whose meaning is plain is read although
//! it breaks the schema, and each repair is told. Both modes warn about what the schema cannot say.
//!
//! # Where strict reading is narrower than a validator
//!
//! * A DOCTYPE is always refused: definition files need none, and entities are how XML attacks its readers.
//! * Files are UTF-8. A declaration of another encoding is accepted while the file holds nothing but ASCII.
//! * An attribute given twice is refused, even if it is a namespace declaration without effect.
//! * A NUL is refused wherever it stands, and the [`Limits`] hold.
//!
//! Validators differ among themselves in a few places; strict reading follows libxml2 (`xmllint --schema`), the one that
//! authors use: numbers have neither blanks nor sign, a CDATA section between elements is refused even if it is blank,
//! and a namespace declaration without effect is no error.

mod character;
mod code;
mod declaration;
mod diagnostic;
mod draft;
mod limits;
mod lint;
mod namespace;
mod reader;
mod render;
mod report;
mod schema;
mod source;
mod tag;
mod text;
mod token;
mod units;
mod urn;

pub use code::Code;
pub use diagnostic::{Diagnostic, Severity};
pub use limits::Limits;
pub use render::{Style, json, render};

use crate::model::Object;

/// How a file that breaks the schema is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Whatever the schema refuses is an error.
    Strict,
    /// What can be repaired is repaired, and told.
    #[default]
    Lenient,
}

/// What a file says, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// The objects that could be read. They are whole only if there is no error.
    pub objects: Vec<Object>,
    /// The problems, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    /// Whether any problem is as bad as this.
    pub fn has(&self, severity: Severity) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == severity)
    }

    /// Makes errors of what the schema allows and no code can be generated from: two resources of one identifier, of which
    /// a reader keeps only the first.
    #[must_use]
    pub fn unambiguous(mut self) -> Self {
        for diagnostic in &mut self.diagnostics {
            if diagnostic.code == Code::DuplicateId {
                diagnostic.severity = Severity::Error;
            }
        }
        self
    }

    /// Whether the file is refused.
    pub fn has_errors(&self) -> bool {
        self.has(Severity::Error)
    }
}

/// Reads a file within the default [`Limits`].
pub fn read(bytes: &[u8], mode: Mode) -> Reading {
    read_within(bytes, mode, &Limits::default())
}

/// Reads a file within limits.
pub fn read_within(bytes: &[u8], mode: Mode, limits: &Limits) -> Reading {
    let mut report = report::Report::new(limits.diagnostics);
    let objects = match source::decode(bytes, limits, &mut report) {
        Some((text, start)) => reader::Reader::new(start, mode, limits, &mut report).read(text),
        None => Vec::new(),
    };
    Reading {
        objects,
        diagnostics: report.finish(bytes),
    }
}
