use alloc::vec::Vec;
use core::fmt;

/// A card as far as a client has to do with it: its files can be read.
///
/// How, is outside of this crate: over a card reader, or a modem by `AT+CSIM`. What has to be done there for
/// [`read`](Self::read): MANAGE CHANNEL for a logical channel of its own, SELECT of the application by its identifier
/// (where the card does not know that, of the directory), SELECT of the file by its path, READ BINARY, or READ RECORD of
/// each record one after the other. A PIN, if the card wants one, is verified there as well.
///
/// So is the secure channel between device and card that LwM2M recommends (Core 1.2, appendix H: SCP03 of GlobalPlatform,
/// INITIALIZE UPDATE and EXTERNAL AUTHENTICATE): it wraps those commands, and whoever sends them has its keys. What is
/// read here has gone through it already.
///
/// [`MemoryCard`](super::MemoryCard) is a card in memory, and [`CardDirectory`](crate::storage::CardDirectory) one in a
/// directory of files.
pub trait Smartcard {
    /// Why a card cannot be asked: it is not there, or does not answer.
    type Error;

    /// Reads a file from its beginning. Of one that is longer than `limit` not more is needed than shows that.
    ///
    /// # Errors
    ///
    /// Where the card does not answer. That there is no such file is an answer: [`CardContents::Absent`].
    fn read(&mut self, file: &CardFile, limit: usize) -> Result<CardContents, Self::Error>;
}

/// What a card answers when a file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardContents {
    /// The bytes of the file; those of a file of records one after the other.
    Bytes(Vec<u8>),
    /// There is no such file, or no such application.
    Absent,
    /// The card wants a PIN first.
    Protected,
}

/// An application of a card, as EF DIR has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CardApplication {
    /// Its identifier: 5 to 16 bytes.
    pub identifier: Vec<u8>,
    /// The directory that it is in, below the master file; empty where EF DIR does not say.
    pub directory: Vec<u16>,
}

impl CardApplication {
    /// The identifier of the application of PKCS #15: `A0 00 00 00 63` and "PKCS-15".
    pub const PKCS15: [u8; 12] = *b"\xa0\x00\x00\x00\x63PKCS-15";
}

/// Names a file of a card.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CardFile {
    /// The application that it belongs to; `None` below the master file.
    pub application: Option<CardApplication>,
    /// The identifiers of directories and of the file.
    pub path: Vec<u16>,
}

impl CardFile {
    /// EF DIR: the list of applications.
    #[must_use]
    pub fn dir() -> Self {
        Self {
            application: None,
            path: Vec::from([0x2f00]),
        }
    }

    /// EF ODF of the application of PKCS #15: the list of lists of objects.
    #[must_use]
    pub fn odf(application: CardApplication) -> Self {
        Self {
            application: Some(application),
            path: Vec::from([0x5031]),
        }
    }
}

impl fmt::Display for CardFile {
    /// The application's identifier or `3F00`, and the path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.application {
            Some(application) => {
                for byte in &application.identifier {
                    write!(f, "{byte:02X}")?;
                }
            }
            None => f.write_str("3F00")?,
        }
        for id in &self.path {
            write!(f, "/{id:04X}")?;
        }
        Ok(())
    }
}
