//! What a device has beside its program: what it keeps over restarts, and its smartcard.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use lwm2m_runtime::{
    client::Client,
    configuration::{SmartcardFile, read_bootstrap_data},
    storage::{CardDirectory, ClientKeeper, Files},
    time::Instant,
    tree::SmartcardRefusal,
};

use crate::arguments::Memory;

/// Keeps accounts, and what servers have brought, in two files.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    keeper: ClientKeeper<Files>,
    /// Whether it was told that nothing can be kept.
    told: bool,
}

/// A store, and what is to be told of what was in it.
pub(crate) type Opened = (Store, Option<String>);

impl Store {
    /// Puts into a client that is not started what was kept.
    pub(crate) fn open(
        memory: &Memory,
        number: Option<u32>,
        client: &mut Client,
    ) -> Result<Option<Opened>, String> {
        let Some(mut path) = memory.store.clone() else {
            return Ok(None);
        };
        if let Some(number) = number {
            path.as_mut_os_string().push(format!("-{number}"));
        }
        if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            if !directory.is_dir() {
                return Err(format!(
                    "{} is no directory; make it, or name another place by --store",
                    directory.display()
                ));
            }
        }
        let slots = Files::new(&path);
        if memory.anew {
            let keeper = ClientKeeper::anew(slots, client);
            return Ok(Some((Self::new(path, keeper), None)));
        }
        let (keeper, restored) = ClientKeeper::open(slots, client)
            .map_err(|error| format!("{}: {error}, as --anew does", path.display()))?;
        let told = restored.map(|restored| {
            let lost: String = restored.lost.iter().map(|path| format!(" {path}")).collect();
            match lost.is_empty() {
                true => format!("goes on with what {} has", path.display()),
                false => format!("goes on with what {} has, but for{lost}", path.display()),
            }
        });
        Ok(Some((Self::new(path, keeper), told)))
    }

    const fn new(path: PathBuf, keeper: ClientKeeper<Files>) -> Self {
        Self {
            path,
            keeper,
            told: false,
        }
    }

    /// Forgets everything that was kept.
    pub(crate) fn forget(self) -> Result<(), String> {
        for end in [".a", ".b"] {
            let mut path = self.path.clone();
            path.as_mut_os_string().push(end);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(format!("{} cannot be removed: {error}", path.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Keeps what has changed. What cannot be kept is told once.
    pub(crate) fn keep(&mut self, client: &Client) -> Option<String> {
        match self.keeper.keep(client) {
            Ok(_) => {
                self.told = false;
                None
            }
            Err(error) => {
                let first = !std::mem::replace(&mut self.told, true);
                first.then(|| {
                    format!(
                        "{}: what has changed is not kept: {error}; it is tried again, and what was kept is still there",
                        self.path.display()
                    )
                })
            }
        }
    }
}

/// Reads the smartcard, and gives the client what it has. Whether that is anything.
pub(crate) fn insert_card(client: &mut Client, now: Instant, path: &Path) -> Result<bool, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let (bytes, unreadable) = match read_card(path) {
        Ok(bytes) => (bytes, None),
        Err(error) => (None, Some(error)),
    };
    let (file, damaged) = match bytes.as_deref().map(SmartcardFile::read) {
        None => (None, None),
        Some(Ok(file)) => (Some(file), None),
        Some(Err(error)) => (None, Some(wrong(&error))),
    };
    let taken = match client.smartcard(now, file.as_ref()) {
        // The engine asks again when the session has ended.
        Ok(()) | Err(SmartcardRefusal::Busy) => Ok(file.is_some()),
        Err(error) => Err(wrong(&error)),
    };
    unreadable.or(damaged).map_or(taken, Err)
}

/// The file that configures a client, of a card in a directory or by itself; `None` without a card.
fn read_card(path: &Path) -> Result<Option<Vec<u8>>, String> {
    if path.is_dir() {
        let data = read_bootstrap_data(&mut CardDirectory::new(path));
        return match data {
            Ok(data) => Ok(data.map(|data| data.bytes().to_vec())),
            Err(error) => Err(format!("{}: {error}", path.display())),
        };
    }
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}
