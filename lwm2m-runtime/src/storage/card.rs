use std::{
    fs::File,
    io::{self, Read as _},
    path::PathBuf,
    string::ToString as _,
    vec::Vec,
};

use crate::configuration::{CardContents, CardFile, Smartcard};

/// The files of a smartcard in a directory, as a program that reads cards has left them there: the file of EF DIR is
/// `3F00/2F00`, that of EF ODF `A000000063504B43532D3135/5031`. A file without the right to read it is one that wants a
/// PIN.
#[derive(Clone, Debug)]
pub struct CardDirectory {
    root: PathBuf,
}

impl CardDirectory {
    /// The directory with that of the master file, `3F00`, and those of applications.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

impl Smartcard for CardDirectory {
    type Error = io::Error;

    fn read(&mut self, file: &CardFile, limit: usize) -> io::Result<CardContents> {
        // Hexadecimal digits and slashes: no name leads out of the directory.
        let path = self.root.join(file.to_string());
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound => return Ok(CardContents::Absent),
                io::ErrorKind::PermissionDenied => return Ok(CardContents::Protected),
                _ => return Err(error),
            },
        };
        let mut bytes = Vec::new();
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        file.take(most).read_to_end(&mut bytes)?;
        Ok(CardContents::Bytes(bytes))
    }
}
