//! Why an index is refused.

use std::fmt;

use super::index::{MAX_DEPTH, MAX_FIELD, MAX_ITEMS, latest_file, version_file};
use crate::model::Version;

/// Why an index was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: IndexProblem,
}

/// What is wrong with an index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexProblem {
    /// It is not UTF-8.
    Encoding,
    /// It is not well-formed.
    Xml(String),
    /// It has a document type declaration, and so could define entities.
    Doctype,
    /// It uses an entity that XML does not define.
    Entity(String),
    /// It is another document.
    Root(String),
    /// Its elements are nested too deeply.
    Depth,
    /// It lists too many object versions.
    Items,
    /// A field is absurdly long.
    FieldLength(&'static str),
    /// An object id is not a number from 0 to 65535.
    Id(String),
    /// An object version is not `major.minor`.
    Version(String),
    /// A file name is not one that the registry gives to this object version.
    File {
        /// The name as written.
        file: String,
        /// The object's identifier.
        id: u16,
        /// The version of the object.
        version: Version,
    },
    /// An object version is listed twice.
    Duplicate {
        /// The object's identifier.
        id: u16,
        /// The version of the object.
        version: Version,
    },
    /// Two object versions share a file.
    SharedFile(String),
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for IndexError {}

impl fmt::Display for IndexProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => write!(f, "the text is not UTF-8"),
            Self::Xml(reason) => write!(f, "this is not well-formed XML: {}", quoted(reason)),
            Self::Doctype => write!(
                f,
                "document type declarations are refused, because they can define entities"
            ),
            Self::Entity(name) => write!(f, "the entity {} is not one that XML defines", quoted(name)),
            Self::Root(root) if root.is_empty() => write!(f, "the document is empty"),
            Self::Root(root) => write!(
                f,
                "this is not a registry index: <DDFList> expected, {} found",
                quoted(root)
            ),
            Self::Depth => write!(f, "elements are nested more than {MAX_DEPTH} deep"),
            Self::Items => write!(f, "more than {MAX_ITEMS} object versions"),
            Self::FieldLength(element) => {
                write!(f, "the text of <{element}> is longer than {MAX_FIELD} bytes")
            }
            Self::Id(id) => write!(f, "{} is not an object id (0 to 65535)", quoted(id)),
            Self::Version(version) => write!(f, "{} is not an object version like 1.0", quoted(version)),
            Self::File { file, id, version } => write!(
                f,
                "{} is not a file of object {id} version {version}; only {} and {} are",
                quoted(file),
                latest_file(*id),
                version_file(*id, *version),
            ),
            Self::Duplicate { id, version } => write!(f, "object {id} version {version} is listed twice"),
            Self::SharedFile(file) => write!(f, "{} is listed for two object versions", quoted(file)),
        }
    }
}

/// Foreign text, safe for a terminal and of bounded length.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 120;
    let short: String = text.chars().take(SHOWN).collect();
    let dots = if short.len() < text.len() { ".." } else { "" };
    format!("{short:?}{dots}")
}
