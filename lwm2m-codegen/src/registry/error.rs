use std::{fmt, path::PathBuf};

use crate::model::Version;

/// Why a registry gives no object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// No object has that identifier or name.
    Unknown {
        /// What was asked for.
        asked: String,
        /// Objects with a similar name, such as `3303 Temperature`.
        similar: Vec<String>,
        /// How many definition files cannot be read, and so may have it.
        unreadable: usize,
    },
    /// The object has no such version.
    UnknownVersion {
        /// The object, such as `3303 Temperature`.
        object: String,
        /// The version that was asked for.
        asked: Version,
        /// The versions there are.
        versions: Vec<Version>,
    },
    /// Several objects have that name.
    Ambiguous {
        /// The name.
        asked: String,
        /// The objects, such as `6 Location`.
        objects: Vec<String>,
    },
    /// The file system refuses.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What it says.
        reason: String,
    },
    /// The directory has no definition file.
    Empty {
        /// The directory.
        directory: PathBuf,
    },
    /// A symbolic link leads out of the directory.
    Outside {
        /// The link.
        path: PathBuf,
    },
    /// The file is larger than a definition file may be.
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file is not a definition file.
    Definition {
        /// The file.
        file: String,
        /// The errors in it: place, source line and help, several lines each.
        errors: Vec<String>,
    },
    /// Two files side by side define the same version of an object differently.
    Duplicate {
        /// The object.
        id: u16,
        /// The version.
        version: Version,
        /// The files.
        files: [PathBuf; 2],
    },
    /// A file is named after another object or version than it defines.
    Misnamed {
        /// The file.
        file: String,
        /// What it defines, such as `3 version 1.1`.
        defines: String,
        /// The name that fits.
        rename: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown {
                asked,
                similar,
                unreadable,
            } => {
                write!(f, "no object {asked:?}")?;
                match similar.as_slice() {
                    [] => f.write_str(
                        "; name it by its identifier, its name, or either with a version (3303@1.1)",
                    )?,
                    [one] => write!(f, "; did you mean {one}?")?,
                    several => write!(f, "; did you mean one of {}?", several.join(", "))?,
                }
                match unreadable {
                    0 => Ok(()),
                    1 => f.write_str(
                        " (one definition file cannot be read and may have it; check the directory)",
                    ),
                    n => write!(
                        f,
                        " ({n} definition files cannot be read and may have it; check the directory)"
                    ),
                }
            }
            Self::UnknownVersion {
                object,
                asked,
                versions,
            } => {
                let versions: Vec<String> = versions.iter().map(Version::to_string).collect();
                write!(
                    f,
                    "object {object} has no version {asked}; there is {}",
                    versions.join(", ")
                )
            }
            Self::Ambiguous { asked, objects } => write!(
                f,
                "{asked:?} is the name of several objects: {}; name it by its identifier",
                objects.join(", ")
            ),
            Self::Io { path, reason } => write!(f, "{}: {reason}", path.display()),
            Self::Empty { directory } => write!(
                f,
                "{} has no object definition (N.xml, version_history/N-X_Y.xml or other .xml files)",
                directory.display()
            ),
            Self::Outside { path } => write!(
                f,
                "{} is a link to a file outside the registry's directory; put a copy in its place",
                path.display()
            ),
            Self::TooLarge { path, limit } => write!(
                f,
                "{} is larger than {limit} bytes, which no object definition needs; move it elsewhere",
                path.display()
            ),
            Self::Definition { file, errors } => {
                write!(f, "{file} is no object definition that could be read")?;
                errors.iter().try_for_each(|error| write!(f, "\n{error}"))
            }
            Self::Duplicate {
                id,
                version,
                files: [first, second],
            } => write!(
                f,
                "{} and {} define object {id} version {version} differently; remove one of them",
                first.display(),
                second.display()
            ),
            Self::Misnamed {
                file,
                defines,
                rename,
            } => write!(
                f,
                "{file} defines object {defines}; rename it to {rename} or correct its content"
            ),
        }
    }
}

impl std::error::Error for Error {}
