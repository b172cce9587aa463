use alloc::{collections::BTreeSet, vec::Vec};

use super::{BaseName, Content, EncodeError, Format, RecordRef, Sink, lwm2m_json, senml_json, tlv};
use crate::{
    model::{Operations, Path, ResourceDefinition},
    object::{Field, Instance},
};

/// What an encoder is free to choose. The default is what peers read best and what is shortest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeOptions {
    /// How wide a Float is in TLV and CBOR formats.
    pub float_width: FloatWidth,
    /// What names have in common, in SenML and in the JSON of LwM2M 1.0.
    pub base_name: BaseName,
}

/// How wide a Float is on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FloatWidth {
    /// 4 bytes where that is exact, else 8.
    #[default]
    Shortest,
    /// Always 8 bytes.
    Double,
}

/// Writes records as a payload for `target`: the path of the request, or [`Path::ROOT`] for a composite one and for
/// Send. Values of one instance, and of one multiple resource, follow each other.
///
/// An instance number of 65535 below an object stands for one that the receiver is to choose (Create).
///
/// # Errors
///
/// [`EncodeError`]; nothing is left in `out` then.
pub fn encode<'r, R>(
    format: Format,
    target: Path,
    records: R,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError>
where
    R: IntoIterator<Item = RecordRef<'r>>,
    R::IntoIter: Clone,
{
    let start = out.len();
    let records = records.into_iter();
    let result = match format {
        Format::Tlv => tlv::encode(target, records, options, out),
        Format::SenmlJson | Format::SenmlEtchJson => {
            senml_json::encode(format, target, records, options, out)
        }
        Format::Json => lwm2m_json::encode(target, records, options, out),
        _ => Err(EncodeError::Unsupported { path: target, format }),
    };
    if result.is_err() {
        out.truncate(start);
    }
    result
}

/// Every value of an instance as records below `base`, the instance's path, without a tree in between.
pub fn instance_records<'a>(base: Path, instance: &'a dyn Instance) -> InstanceRecords<'a> {
    InstanceRecords {
        base,
        instance,
        resources: instance.definition().resources(),
        keep: |_| true,
        current: None,
    }
}

/// Records of an instance; see [`instance_records`].
#[derive(Clone)]
pub struct InstanceRecords<'a> {
    base: Path,
    instance: &'a dyn Instance,
    resources: &'static [ResourceDefinition],
    keep: fn(Operations) -> bool,
    current: Option<Cursor<'a>>,
}

impl InstanceRecords<'_> {
    /// Only the resources with certain operations: [`Operations::readable`] for the answer of a Read,
    /// [`Operations::writable`] for a Write.
    #[must_use]
    pub fn only(mut self, keep: fn(Operations) -> bool) -> Self {
        self.keep = keep;
        self
    }
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    path: Path,
    field: &'a dyn Field,
    index: usize,
    len: usize,
}

impl<'a> Iterator for InstanceRecords<'a> {
    type Item = RecordRef<'a>;

    #[inline]
    fn next(&mut self) -> Option<RecordRef<'a>> {
        loop {
            if let Some(cursor) = &mut self.current {
                if cursor.index < cursor.len {
                    let (id, value) = cursor.field.entry(cursor.index)?;
                    cursor.index += 1;
                    let path = match id {
                        Some(id) => cursor.path.child(id)?,
                        None => cursor.path,
                    };
                    return Some(RecordRef::new(path, value));
                }
                self.current = None;
            }
            let (first, rest) = self.resources.split_first()?;
            self.resources = rest;
            let Some(field) = self.instance.field(first.id()) else {
                continue;
            };
            let path = self.base.child(first.id())?;
            let len = field.len();
            if len > 0 {
                self.current = Some(Cursor {
                    path,
                    field,
                    index: 0,
                    len,
                });
            } else if field.is_present() && field.is_multiple() {
                return Some(RecordRef {
                    prefix: "",
                    path,
                    content: Content::Container,
                    time: None,
                });
            }
        }
    }
}

/// Refuses a path that occurs twice for the same time. For records out of order only.
pub(crate) fn check_unique<'r>(records: impl Iterator<Item = RecordRef<'r>>) -> Result<(), EncodeError> {
    let mut seen = BTreeSet::new();
    for record in records {
        let time = record.time.map(f64::to_bits);
        if !seen.insert((record.prefix, record.path, time)) {
            return Err(EncodeError::Order { path: record.path });
        }
    }
    Ok(())
}

/// The time of all records, if there are several and they have one.
pub(crate) fn common_time<'r>(mut records: impl Iterator<Item = RecordRef<'r>>) -> Option<f64> {
    let time = records.next()?.time?;
    let mut several = false;
    for record in records {
        if record.time != Some(time) {
            return None;
        }
        several = true;
    }
    several.then_some(time)
}

/// Refuses paths that occur twice, and groups (an instance, a multiple resource) that are begun a second time. For
/// records out of order only: in ascending order neither can happen.
pub(crate) fn check_grouping<'r>(records: impl Iterator<Item = RecordRef<'r>>) -> Result<(), EncodeError> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<Path> = Vec::new();
    for record in records {
        let path = record.path;
        while open
            .last()
            .is_some_and(|group| !path.starts_with(*group) || *group == path)
        {
            if open.pop() == Some(path) {
                return Err(EncodeError::Order { path });
            }
        }
        for depth in open.last().map_or(2, |group| group.depth() + 1)..=path.depth() {
            let group = path.ids().get(..depth).and_then(Path::from_ids).unwrap_or(path);
            if !seen.insert(group) {
                return Err(EncodeError::Order { path });
            }
            open.push(group);
        }
    }
    Ok(())
}
