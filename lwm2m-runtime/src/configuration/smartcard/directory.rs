//! The files that lead to EF LwM2M_Bootstrap (PKCS #15 v1.1, sections 5.4.1, 5.5.1, 5.5.6 and 6.8; LwM2M 1.0, appendix
//! G.3).
//!
//! | file | what is read |
//! |---|---|
//! | EF DIR | `61` application template: `4F` identifier, `51` path |
//! | EF ODF | `A7` data objects: `30` path |
//! | EF DODF | `30` or `A1` data object: `30` common attributes, `30` class attributes, `A1` type attributes |
//! | path | `04` identifiers of files, `02` where in the file, `80` how many bytes |
//! | common attributes | `0C` label, `03` flags: private, modifiable |
//! | class attributes | `06` object identifier of the application |
//! | type attributes | `30`: a path, or `06` an object identifier and a path |

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{
    CardApplication, CardFile,
    ber::{At, Bytes, Element},
};

/// What is wrong with a file of a card's directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DirectoryFault {
    /// An element is longer than what it is in.
    Truncated,
    /// A tag or a length has a form that these files do not use.
    Form,
    /// A value is not what its tag says: a path with half an identifier, an application identifier that is too long, ..
    Value,
    /// Something is missing that has to be in the element.
    Missing,
    /// There are more entries than are looked at.
    TooMany,
}

impl fmt::Display for DirectoryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "an element is longer than what it is in",
            Self::Form => "a tag or length of a form that is not in use here",
            Self::Value => "a value that its tag does not allow",
            Self::Missing => "a mandatory part of this element is missing",
            Self::TooMany => "too many entries",
        })
    }
}

impl core::error::Error for DirectoryFault {}

/// How many entries of a file are looked at.
const ENTRIES: usize = 32;

/// The master file.
const MASTER: u16 = 0x3f00;
/// The directory of the present application.
const APPLICATION: u16 = 0x7fff;
/// The present directory.
const HERE: u16 = 0x3fff;

/// 2.23.43.9.1: joint-iso-itu-t, international organizations, WAP, OMA LwM2M, LwM2M bootstrap.
pub(super) const LWM2M_BOOTSTRAP: [u8; 4] = [0x67, 0x2b, 0x09, 0x01];
/// The same with tag and length once more, which the specification's example has led issuers to.
const LWM2M_BOOTSTRAP_TWICE: [u8; 6] = [0x06, 0x04, 0x67, 0x2b, 0x09, 0x01];

/// Where the bytes of an object are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: CardFile,
    /// A part of the file: from where, and how many bytes.
    pub(super) part: Option<(usize, usize)>,
}

/// A data object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DataObject {
    pub(super) label: Option<String>,
    /// Whether it can be read only after a PIN.
    pub(super) private: bool,
    pub(super) modifiable: bool,
    /// Whether it configures a client of LwM2M.
    pub(super) configures: bool,
    pub(super) place: Option<Place>,
}

/// Reads the entries of a file, those that are wanted.
fn entries<'a, T>(file: &'a [u8], read: impl Fn(Element<'a>) -> At<Option<T>>) -> At<Vec<T>> {
    let mut bytes = Bytes::new(file);
    let mut all = Vec::new();
    let mut count = 0;
    loop {
        let offset = bytes.offset;
        let Some(entry) = bytes.next_in_file()? else {
            return Ok(all);
        };
        count += 1;
        if count > ENTRIES {
            return Err((offset, DirectoryFault::TooMany));
        }
        all.extend(read(entry)?);
    }
}

/// EF DIR: the applications of PKCS #15.
pub(super) fn pkcs15_applications(file: &[u8]) -> At<Vec<CardApplication>> {
    entries(file, |template| {
        if template.tag != 0x61 {
            return Ok(None);
        }
        let mut identifier = None;
        let mut directory = Vec::new();
        let mut rest = template.value;
        while let Some(part) = rest.next()? {
            match part.tag {
                0x4f if part.value.bytes.len() > 16 => {
                    return Err((part.value.offset, DirectoryFault::Value));
                }
                0x4f => identifier = Some(part.value.bytes),
                0x51 => directory = ids(part)?,
                _ => {}
            }
        }
        // Some are without an identifier, and none of ours.
        Ok(identifier
            .filter(|identifier| *identifier == CardApplication::PKCS15)
            .map(|identifier| CardApplication {
                identifier: identifier.to_vec(),
                directory: match *directory {
                    [MASTER, ref below @ ..] => below.to_vec(),
                    _ => directory,
                },
            }))
    })
}

/// EF ODF: where data objects are described.
pub(super) fn data_object_files(file: &[u8], application: &CardApplication) -> At<Vec<Place>> {
    entries(file, |objects| {
        if objects.tag != 0xa7 {
            return Ok(None);
        }
        let mut rest = objects.value;
        match rest.next()? {
            Some(path) if path.tag == 0x30 => place(path, application).map(Some),
            // The objects themselves, or none that can be read.
            _ => Ok(None),
        }
    })
}

/// EF DODF: the data objects.
pub(super) fn data_objects(file: &[u8], application: &CardApplication) -> At<Vec<DataObject>> {
    entries(file, |entry| match entry.tag {
        0x30 | 0xa1 => data_object(entry, application).map(Some),
        _ => Ok(None),
    })
}

fn data_object(entry: Element<'_>, application: &CardApplication) -> At<DataObject> {
    let mut object = DataObject::default();
    let mut rest = entry.value;
    let mut attributes = 0;
    while let Some(part) = rest.next()? {
        match part.tag {
            0x30 if attributes == 0 => {
                attributes += 1;
                common_attributes(part, &mut object)?;
            }
            0x30 if attributes == 1 => {
                attributes += 1;
                let mut rest = part.value;
                while let Some(part) = rest.next()? {
                    object.configures |= is_ours(part);
                }
            }
            0xa1 => type_attributes(part, application, &mut object)?,
            _ => {}
        }
    }
    match object.configures && object.place.is_none() {
        true => Err((entry.value.offset, DirectoryFault::Missing)),
        false => Ok(object),
    }
}

fn common_attributes(part: Element<'_>, object: &mut DataObject) -> At<()> {
    let mut rest = part.value;
    while let Some(part) = rest.next()? {
        match (part.tag, part.value.bytes) {
            (0x0c, label) => object.label = Some(String::from_utf8_lossy(label).into_owned()),
            (0x03, [_, flags, ..]) => {
                object.private = flags & 0x80 != 0;
                object.modifiable = flags & 0x40 != 0;
            }
            _ => {}
        }
    }
    Ok(())
}

fn type_attributes(part: Element<'_>, application: &CardApplication, object: &mut DataObject) -> At<()> {
    let mut rest = part.value;
    let Some(value) = rest.next()?.filter(|value| value.tag == 0x30) else {
        return Ok(());
    };
    let mut rest = value.value;
    let path = match rest.next()? {
        Some(first) if first.tag == 0x06 => {
            object.configures |= is_ours(first);
            rest.next()?.filter(|path| path.tag == 0x30)
        }
        _ => Some(value),
    };
    if let Some(path) = path {
        object.place = Some(place(path, application)?);
    }
    Ok(())
}

fn is_ours(part: Element<'_>) -> bool {
    let oid = part.value.bytes;
    part.tag == 0x06 && (*oid == LWM2M_BOOTSTRAP || *oid == LWM2M_BOOTSTRAP_TWICE)
}

/// A path, which counts from the master file or from the application.
fn place(path: Element<'_>, application: &CardApplication) -> At<Place> {
    let mut file = None;
    let (mut index, mut length) = (None, None);
    let mut rest = path.value;
    while let Some(part) = rest.next()? {
        match part.tag {
            0x04 if file.is_none() => file = Some(ids(part)?),
            0x02 => index = Some(part.number()?),
            0x80 => length = Some(part.number()?),
            _ => {}
        }
    }
    let missing = (path.value.offset, DirectoryFault::Missing);
    let ids = file.ok_or(missing)?;
    let (application, path) = match *ids {
        [MASTER, ref below @ ..] => (None, below),
        [APPLICATION | HERE, ref below @ ..] => (Some(application), below),
        ref all => (Some(application), all),
    };
    if path.is_empty() {
        return Err(missing);
    }
    Ok(Place {
        file: CardFile {
            application: application.cloned(),
            path: path.to_vec(),
        },
        part: index.zip(length),
    })
}

/// The identifiers of a path, at most 8 as directories are not nested deeper on cards.
fn ids(part: Element<'_>) -> At<Vec<u16>> {
    let bytes = part.value.bytes;
    let ids = bytes.chunks_exact(2);
    if !ids.remainder().is_empty() || bytes.len() > 16 {
        return Err((part.value.offset, DirectoryFault::Value));
    }
    Ok(ids
        .map(|id| id.iter().fold(0, |id, byte| id << 8 | u16::from(*byte)))
        .collect())
}
