//! The file of a smartcard that configures a client: EF LwM2M_Bootstrap (LwM2M 1.0, appendix G.3).
//!
//! | bytes | what |
//! |---|---|
//! | 2 | how many objects there are |
//! | 2 | how many bytes follow |
//! | for each object: 2 | its identifier |
//! | 1 or 2 | its version: 00, or major and minor |
//! | 2 | how many bytes follow |
//! | | its instances in TLV |
//!
//! Numbers have their highest byte first. What follows the end in the file is padding.

use alloc::vec::Vec;
use core::fmt;

use crate::{
    configuration::Values,
    encoding::{DecodeError, Decoder, Definitions, EncodeError, EncodeOptions, Format, encode},
    model::{Path, Version},
    operation::TreeView,
};

/// The longest file.
const MAX: usize = 32 * 1024;

/// What a smartcard configures a client with.
///
/// ```
/// use lwm2m_runtime::{
///     configuration::SmartcardFile,
///     model::{Path, ValueRef},
///     object::Object,
///     objects::Device,
/// };
///
/// // One object, 3, of the version of the enabler, with resource 14 of instance 0; then padding.
/// let file = b"\x00\x01\x00\x10\x00\x03\x00\x00\x0b\x08\x00\x08\xc6\x0e+02:00\xff\xff";
/// let file = SmartcardFile::read(file)?;
/// let values = file.values(&Device::DEFINITION)?;
/// assert_eq!(values.get(Path::resource(3, 0, 14)), Some(ValueRef::String("+02:00")));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmartcardFile<'a> {
    objects: Vec<SmartcardObject<'a>>,
}

/// An object of a smartcard.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SmartcardObject<'a> {
    /// Its identifier.
    pub object: u16,
    /// Its version; `None` for that of the enabler, and 1.0 where that has none.
    pub version: Option<Version>,
    /// Its instances in TLV.
    pub instances: &'a [u8],
}

impl<'a> SmartcardFile<'a> {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`SmartcardError`]: a card that is blank or damaged configures nothing.
    pub fn read(file: &'a [u8]) -> Result<Self, SmartcardError> {
        let mut head = Rest {
            bytes: file,
            offset: 0,
        };
        let count = head.number()?;
        let length = head.number()?;
        if usize::from(length) + 4 > MAX {
            return Err(SmartcardError::TooLong);
        }
        let mut rest = head.take(length)?;
        let mut objects: Vec<SmartcardObject<'_>> = Vec::new();
        for _ in 0..count {
            let offset = rest.offset;
            let object = rest.number()?;
            if object == u16::MAX || objects.iter().any(|other| other.object == object) {
                return Err(SmartcardError::Object { object, offset });
            }
            let version = match rest.byte()? {
                0 => None,
                major => Some(Version::new(major, rest.byte()?)),
            };
            let length = rest.number()?;
            objects.push(SmartcardObject {
                object,
                version,
                instances: rest.take(length)?.bytes,
            });
        }
        match rest.bytes {
            [] => Ok(Self { objects }),
            _ => Err(SmartcardError::Length { offset: rest.offset }),
        }
    }

    /// The objects in the order of the file.
    #[must_use]
    pub fn objects(&self) -> &[SmartcardObject<'a>] {
        &self.objects
    }

    /// The values of all instances.
    ///
    /// # Errors
    ///
    /// What is wrong with the TLV of an object; its offset counts from where those of the object begin.
    pub fn values(&self, definitions: &dyn Definitions) -> Result<Values, DecodeError> {
        let mut values = Values::new();
        for object in &self.objects {
            let decoder =
                Decoder::new(Format::Tlv, Path::object(object.object)).with_definitions(definitions);
            let mut reader = decoder.read(object.instances)?;
            while let Some(record) = reader.next()? {
                if let Some(value) = record.content.value() {
                    values.set(record.path, value.to_value());
                }
            }
        }
        Ok(values)
    }
}

impl Values {
    /// Appends a file for a smartcard; `version` says which objects have another version than the one of the enabler.
    ///
    /// # Errors
    ///
    /// [`SmartcardError::TooLong`], or [`SmartcardError::Encode`]. Nothing is appended then.
    pub fn write_smartcard_file(
        &self,
        version: impl Fn(u16) -> Option<Version>,
        out: &mut Vec<u8>,
    ) -> Result<(), SmartcardError> {
        let mut body = Vec::new();
        let mut count = 0_u16;
        for (object, _) in self.objects() {
            count += 1;
            body.extend_from_slice(&object.to_be_bytes());
            match version(object) {
                Some(version) => body.extend_from_slice(&[version.major(), version.minor()]),
                None => body.push(0),
            }
            let path = Path::object(object);
            let mut instances = Vec::new();
            encode(
                Format::Tlv,
                path,
                self.records(path),
                &EncodeOptions::default(),
                &mut instances,
            )
            .map_err(SmartcardError::Encode)?;
            let length = u16::try_from(instances.len()).map_err(|_| SmartcardError::TooLong)?;
            body.extend_from_slice(&length.to_be_bytes());
            body.append(&mut instances);
        }
        let length = u16::try_from(body.len()).map_err(|_| SmartcardError::TooLong)?;
        if body.len() + 4 > MAX {
            return Err(SmartcardError::TooLong);
        }
        out.extend_from_slice(&count.to_be_bytes());
        out.extend_from_slice(&length.to_be_bytes());
        out.append(&mut body);
        Ok(())
    }
}

impl fmt::Debug for SmartcardObject<'_> {
    /// Without the instances: there are keys in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartcardObject")
            .field("object", &self.object)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What is left of a file, and where in it that begins.
struct Rest<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Rest<'a> {
    fn take(&mut self, length: u16) -> Result<Self, SmartcardError> {
        let offset = self.offset;
        let length = usize::from(length);
        let (bytes, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or(SmartcardError::Truncated { offset })?;
        self.bytes = rest;
        self.offset += length;
        Ok(Self { bytes, offset })
    }

    fn byte(&mut self) -> Result<u8, SmartcardError> {
        let offset = self.offset;
        let taken = self.take(1)?;
        taken
            .bytes
            .first()
            .copied()
            .ok_or(SmartcardError::Truncated { offset })
    }

    fn number(&mut self) -> Result<u16, SmartcardError> {
        Ok(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }
}

/// Why a smartcard's file cannot be read or written.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SmartcardError {
    /// The file, or the part of it that the file says, ends before what is in it.
    Truncated {
        /// Where the thing begins that does not fit.
        offset: usize,
    },
    /// The objects do not fill the length that the file says.
    Length {
        /// Where they end.
        offset: usize,
    },
    /// The file is longer than 32 KiB.
    TooLong,
    /// An object is there twice, or is 65535, which is none.
    Object {
        /// Which.
        object: u16,
        /// Where.
        offset: usize,
    },
    /// A value does not exist in TLV.
    Encode(EncodeError),
}

impl fmt::Display for SmartcardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { offset } => {
                write!(
                    f,
                    "byte {offset}: the file ends too early: the card is blank or damaged"
                )
            }
            Self::Length { offset } => {
                write!(
                    f,
                    "byte {offset}: the objects do not fill the file: the card is damaged"
                )
            }
            Self::TooLong => f.write_str("a card holds at most 32 KiB; leave something out"),
            Self::Object { object, offset } => {
                write!(f, "byte {offset}: object {object} is no object, or there twice")
            }
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SmartcardError {}
