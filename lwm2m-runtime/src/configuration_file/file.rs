use core::fmt;
use std::{
    format, io,
    path::{Path, PathBuf},
    string::String,
};

use toml::de::DeTable;

use super::{
    Checked, ConfigurationFileError,
    advice::Keys,
    bytes,
    plans::{configuration, consistent, plans},
    problem::Context,
    table::Table,
};
use crate::{bootstrap::Plans, configuration::BootstrapConfiguration};

/// A file of accounts or plans, in TOML.
#[derive(Clone)]
pub struct ConfigurationFile {
    text: String,
    path: Option<PathBuf>,
    directory: PathBuf,
    readable_by_others: bool,
}

impl ConfigurationFile {
    /// The longest file in bytes: 16 MiB.
    pub const MAX_BYTES: u64 = 16 << 20;

    /// Reads a file. Paths of keys and certificates in it are relative to its directory.
    ///
    /// # Errors
    ///
    /// [`ConfigurationFileError::Read`], [`ConfigurationFileError::TooLong`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ConfigurationFileError> {
        let path = path.as_ref();
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::FileTooLarge => ConfigurationFileError::TooLong { path: path.into() },
            _ => ConfigurationFileError::Read {
                path: path.into(),
                error,
            },
        };
        let (content, readable_by_others) = bytes::read(path, Self::MAX_BYTES).map_err(failed)?;
        let text = String::from_utf8(content);
        let text = text.map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        Ok(Self {
            directory: path.parent().map(Path::to_path_buf).unwrap_or_default(),
            path: Some(path.into()),
            text,
            readable_by_others,
        })
    }

    /// Takes a text. Paths of keys and certificates in it are relative to the directory that the program runs in.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            path: None,
            directory: PathBuf::new(),
            readable_by_others: false,
        }
    }

    /// Has paths of keys and certificates relative to another directory.
    #[must_use]
    pub fn in_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// What a device has from its factory: accounts at servers or at a bootstrap server, rules of access, values.
    ///
    /// # Errors
    ///
    /// [`ConfigurationFileError::Invalid`] with everything that is wrong.
    pub fn accounts(&self) -> Result<Checked<BootstrapConfiguration>, ConfigurationFileError> {
        self.read(|context, root| {
            let mut table = Table::new("a file of accounts", 0..0, root);
            let found = configuration(context, &mut table, &mut Keys::default(), false);
            table.finish(context);
            if context.errors() == 0 {
                consistent(context, &(0..0), &found);
            }
            found
        })
    }

    /// The plans of a bootstrap server.
    ///
    /// # Errors
    ///
    /// [`ConfigurationFileError::Invalid`] with everything that is wrong.
    pub fn plans(&self) -> Result<Checked<Plans>, ConfigurationFileError> {
        self.read(plans)
    }

    fn read<T>(
        &self,
        read: impl FnOnce(&mut Context<'_>, &DeTable<'_>) -> T,
    ) -> Result<Checked<T>, ConfigurationFileError>
    where
        T: Default,
    {
        let mut context = Context::new(&self.text, &self.directory);
        let value = match DeTable::parse(&self.text) {
            Ok(root) => read(&mut context, root.get_ref()),
            Err(error) => {
                let at = error.span().unwrap_or_default();
                context.error(&at, format!("this is no TOML: {}", error.message().trim_end()));
                T::default()
            }
        };
        if let (Some(at), true, Some(path)) = (context.secret, self.readable_by_others, &self.path) {
            let message = format!(
                "others may read the keys in this file; `chmod o= {}`",
                path.display()
            );
            context.warn(&(at..at), message);
        }
        context.finish(value, self.path.as_deref())
    }
}

impl fmt::Debug for ConfigurationFile {
    /// Where it is, and not what it says: some of that is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigurationFile")
            .field("path", &self.path)
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}
