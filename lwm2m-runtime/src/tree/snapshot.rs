//! A tree as bytes, to be stored and read again by the same device.
//!
//! 1. The mark `LwM2M` and the version of this form, 1.
//! 2. How many objects are saved, and their identifiers: 16 bits each, as all numbers big-endian.
//! 3. Each instance: object, instance, how many bytes follow (32 bits), and its values as TLV.
//!
//! Whether bytes are whole is for who stores them to know.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use super::Tree;
use crate::{
    encoding::{Content, Decoder, EncodeError, EncodeOptions, Format, encode, instance_records},
    model::Path,
    object::Instance,
    operation::TreeView,
};

const MARK: &[u8] = b"LwM2M\x01";

/// Why bytes are not those of a tree. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// They are no snapshot, not one of this version, or not all of it.
    Malformed,
    /// The values of an instance do not fit its definition: the snapshot was made with another one.
    Values {
        /// Which instance.
        instance: Path,
    },
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("this is no snapshot of a tree; begin with the factory's values"),
            Self::Values { instance } => write!(
                f,
                "the snapshot of {instance} is of another definition; begin with the factory's values"
            ),
        }
    }
}

impl core::error::Error for SnapshotError {}

impl Tree {
    /// Appends the instances of some objects, secrets included: 0, 1 and 2 are what a bootstrap has configured.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] for a value that TLV cannot carry, and for more than 65,535 objects.
    pub fn save(&self, saves: impl Fn(u16) -> bool, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let objects: Vec<u16> = self.objects().map(|(id, _)| id).filter(|id| saves(*id)).collect();
        out.extend_from_slice(MARK);
        let count = u16::try_from(objects.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&count.to_be_bytes());
        for object in objects.iter().take(count.into()) {
            out.extend_from_slice(&object.to_be_bytes());
        }
        let mut values = Vec::new();
        for object in objects {
            for id in self.instances(object) {
                let Some(instance) = self.instance(object, id) else {
                    continue;
                };
                let path = Path::instance(object, id);
                values.clear();
                let records = instance_records(path, instance);
                encode(Format::Tlv, path, records, &EncodeOptions::default(), &mut values)?;
                out.extend_from_slice(&object.to_be_bytes());
                out.extend_from_slice(&id.to_be_bytes());
                // A value has less than 2^24 bytes in TLV, and a tree fewer than 2^8 such ones.
                let length = u32::try_from(values.len()).unwrap_or(u32::MAX);
                out.extend_from_slice(&length.to_be_bytes());
                out.extend_from_slice(&values);
            }
        }
        Ok(())
    }

    /// Puts back what was [saved](Self::save): of the saved objects, what is there goes, and what was saved comes. Objects
    /// that the tree does not have any more are passed over.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`].
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), SnapshotError> {
        let mut rest = snapshot.strip_prefix(MARK).ok_or(SnapshotError::Malformed)?;
        let mut objects = Vec::new();
        for _ in 0..number(&mut rest)? {
            objects.push(number(&mut rest)?);
        }
        let mut instances: Vec<(u16, u16, Box<dyn Instance>)> = Vec::new();
        while !rest.is_empty() {
            let (object, id) = (number(&mut rest)?, number(&mut rest)?);
            let length = usize::from(number(&mut rest)?) << 16 | usize::from(number(&mut rest)?);
            let (values, after) = rest.split_at_checked(length).ok_or(SnapshotError::Malformed)?;
            rest = after;
            if let Some(instance) = self.restored(Path::instance(object, id), values)? {
                instances.push((object, id, instance));
            }
        }
        for object in objects {
            for id in self.instances(object).collect::<Vec<_>>() {
                self.take(object, id, None);
            }
        }
        for (object, id, instance) in instances {
            if let Some(make) = self.make(object) {
                self.place(object, id, instance, make, None);
            }
        }
        Ok(())
    }

    /// An instance with saved values; `None` without its object.
    fn restored(&self, path: Path, values: &[u8]) -> Result<Option<Box<dyn Instance>>, SnapshotError> {
        let wrong = SnapshotError::Values { instance: path };
        let object = path.object_id().ok_or(SnapshotError::Malformed)?;
        let (Some(definition), Some(make)) = (self.definition(object), self.make(object)) else {
            return Ok(None);
        };
        let mut instance = make(definition);
        let decoder = Decoder::new(Format::Tlv, path).with_definitions(self);
        let mut reader = decoder.read(values).map_err(|_| wrong)?;
        while let Some(record) = reader.next().map_err(|_| wrong)? {
            let ids = record.path.ids();
            let (&[_, _, resource] | &[_, _, resource, _]) = &*ids else {
                continue;
            };
            // Of another version of the object.
            let Some(field) = instance.field_mut(resource) else {
                continue;
            };
            match record.content {
                Content::Value(value) => field
                    .set(record.path.resource_instance_id(), value)
                    .map_err(|_| wrong)?,
                Content::Container => field.reset(),
                _ => return Err(wrong),
            }
        }
        Ok(Some(instance))
    }
}

fn number(bytes: &mut &[u8]) -> Result<u16, SnapshotError> {
    let (number, rest) = bytes.split_first_chunk().ok_or(SnapshotError::Malformed)?;
    *bytes = rest;
    Ok(u16::from_be_bytes(*number))
}
