use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{
    CardContents, CardFile, DirectoryFault, Smartcard, SmartcardError, SmartcardFile,
    ber::At,
    directory::{DataObject, Place, data_object_files, data_objects, pkcs15_applications},
};

/// The longest of the files that lead to EF LwM2M_Bootstrap.
const DIRECTORY: usize = 4 * 1024;
/// The longest EF LwM2M_Bootstrap.
const BOOTSTRAP: usize = 32 * 1024;

/// What a card has to configure a client with.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SmartcardData {
    /// Where it is on the card.
    pub file: CardFile,
    /// What the issuer calls it.
    pub label: Option<String>,
    /// Whether a PIN was needed.
    pub private: bool,
    /// Whether the user of the card may change it.
    pub modifiable: bool,
    bytes: Vec<u8>,
}

impl SmartcardData {
    /// What the file says.
    ///
    /// # Errors
    ///
    /// None for what [`read_bootstrap_data`] has returned.
    pub fn contents(&self) -> Result<SmartcardFile<'_>, SmartcardError> {
        SmartcardFile::read(&self.bytes)
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for SmartcardData {
    /// Without the file: there are keys in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartcardData")
            .field("file", &self.file)
            .field("label", &self.label)
            .field("private", &self.private)
            .finish_non_exhaustive()
    }
}

/// Finds out what a card has to configure a client with: from EF DIR over EF ODF and EF DODF-bootstrap to EF
/// LwM2M_Bootstrap (LwM2M 1.0, appendix G.3). `None` for a card that is not meant for LwM2M.
///
/// Of several entries the first one counts. Files that lead there are at most 4 KiB long and have at most 32 entries; the
/// file itself is at most 32 KiB long.
///
/// ```
/// use lwm2m_runtime::configuration::{MemoryCard, read_bootstrap_data};
///
/// // Without objects: configures nothing, but can be read.
/// let mut card = MemoryCard::issue("LwM2M", &[0, 0, 0, 0]);
/// let data = read_bootstrap_data(&mut card)?.ok_or("a card for LwM2M")?;
/// assert_eq!(data.label.as_deref(), Some("LwM2M"));
/// assert!(data.contents()?.objects().is_empty());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`CardError`]: which file, and what is wrong with it.
pub fn read_bootstrap_data<C: Smartcard>(card: &mut C) -> Result<Option<SmartcardData>, CardError<C::Error>> {
    let dir = CardFile::dir();
    let Some(list) = read(card, &dir, DIRECTORY)? else {
        return Ok(None);
    };
    for application in at(&dir, pkcs15_applications(&list))? {
        let odf = CardFile::odf(application.clone());
        let Some(list) = read(card, &odf, DIRECTORY)? else {
            continue;
        };
        for place in at(&odf, data_object_files(&list, &application))? {
            let list = part(card, &place, DIRECTORY)?;
            for object in at(&place.file, data_objects(&list, &application))? {
                if object.configures {
                    return bootstrap_data(card, object);
                }
            }
        }
    }
    Ok(None)
}

fn bootstrap_data<C: Smartcard>(
    card: &mut C,
    object: DataObject,
) -> Result<Option<SmartcardData>, CardError<C::Error>> {
    let DataObject {
        label,
        private,
        modifiable,
        place: Some(place),
        ..
    } = object
    else {
        return Ok(None);
    };
    let data = SmartcardData {
        bytes: part(card, &place, BOOTSTRAP)?,
        file: place.file,
        label,
        private,
        modifiable,
    };
    if let Err(error) = data.contents() {
        let file = data.file;
        return Err(CardError::Bootstrap { file, error });
    }
    Ok(Some(data))
}

/// What is at a place that another file has named.
fn part<C: Smartcard>(card: &mut C, place: &Place, limit: usize) -> Result<Vec<u8>, CardError<C::Error>> {
    let absent = || CardError::Absent {
        file: place.file.clone(),
    };
    let mut bytes = read(card, &place.file, limit)?.ok_or_else(absent)?;
    if let Some((start, length)) = place.part {
        let part = start.checked_add(length).and_then(|end| bytes.get(start..end));
        let part = part.ok_or_else(|| CardError::Directory {
            file: place.file.clone(),
            offset: bytes.len(),
            fault: DirectoryFault::Truncated,
        })?;
        bytes = part.to_vec();
    }
    Ok(bytes)
}

/// A whole file; `None` where there is none.
fn read<C: Smartcard>(
    card: &mut C,
    file: &CardFile,
    limit: usize,
) -> Result<Option<Vec<u8>>, CardError<C::Error>> {
    let file = || file.clone();
    match card.read(&file(), limit) {
        Err(error) => Err(CardError::Card { file: file(), error }),
        Ok(CardContents::Absent) => Ok(None),
        Ok(CardContents::Protected) => Err(CardError::Protected { file: file() }),
        Ok(CardContents::Bytes(bytes)) if bytes.len() > limit => {
            Err(CardError::TooLong { file: file(), limit })
        }
        Ok(CardContents::Bytes(bytes)) => Ok(Some(bytes)),
    }
}

fn at<T, E>(file: &CardFile, result: At<T>) -> Result<T, CardError<E>> {
    result.map_err(|(offset, fault)| CardError::Directory {
        file: file.clone(),
        offset,
        fault,
    })
}

/// Why a card cannot be read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CardError<E> {
    /// The card does not answer.
    Card {
        /// What was to be read.
        file: CardFile,
        /// Why.
        error: E,
    },
    /// A file that another one names is not there.
    Absent {
        /// Which.
        file: CardFile,
    },
    /// The card wants a PIN first.
    Protected {
        /// What was to be read.
        file: CardFile,
    },
    /// A file is longer than such files are.
    TooLong {
        /// Which.
        file: CardFile,
        /// How many bytes it may have.
        limit: usize,
    },
    /// A file that leads to EF LwM2M_Bootstrap is damaged.
    Directory {
        /// Which.
        file: CardFile,
        /// At which byte.
        offset: usize,
        /// What is wrong.
        fault: DirectoryFault,
    },
    /// EF LwM2M_Bootstrap is damaged.
    Bootstrap {
        /// Where it is.
        file: CardFile,
        /// What is wrong.
        error: SmartcardError,
    },
}

impl<E: fmt::Display> fmt::Display for CardError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card { file, error } => write!(f, "{file}: the card does not answer: {error}"),
            Self::Absent { file } => write!(f, "{file} is named by another file and missing on the card"),
            Self::Protected { file } => write!(f, "{file}: verify the card's PIN first, then read it again"),
            Self::TooLong { file, limit } => write!(f, "{file} is longer than {limit} bytes"),
            Self::Directory { file, offset, fault } => write!(f, "{file}, byte {offset}: {fault}"),
            Self::Bootstrap { file, error } => write!(f, "{file}, {error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for CardError<E> {}
