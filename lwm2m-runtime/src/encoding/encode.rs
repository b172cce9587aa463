use alloc::{collections::BTreeSet, vec::Vec};

use super::{
    BaseName, Content, EncodeError, Format, RecordRef, Sink, lwm2m_cbor, lwm2m_json, opaque, plain_cbor,
    senml_cbor, senml_json, text, tlv,
};
use crate::model::{Path, ValueRef};

/// What an encoder is free to choose. The default is what peers read best and what is shortest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeOptions {
    /// How wide a Float is in TLV and CBOR formats.
    pub float_width: FloatWidth,
    /// What names have in common, in SenML and in the JSON of LwM2M 1.0.
    pub base_name: BaseName,
    /// Which keys LwM2M CBOR puts into one.
    pub cbor_grouping: CborGrouping,
    /// Whether the maps of LwM2M CBOR are of indefinite length. They are a byte longer than definite ones, unless
    /// those have more than 23 entries.
    pub indefinite_maps: bool,
    /// Whether equal content always becomes equal bytes: records sorted, the shortest floats, definite lengths, and
    /// the keys of CBOR maps in bytewise order (RFC 8949, section 4.2.1). Options that contradict are overridden.
    pub canonical: bool,
}

/// How LwM2M CBOR divides paths into keys. All ways mean the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CborGrouping {
    /// The identifiers of the target in one key, as in `{[3, 0]: {0: .., 6: {0: ..}}}` for `/3/0`; those of an
    /// object instance for `/`.
    #[default]
    Target,
    /// Every identifier is a key: `{3: {0: {0: ..}}}`.
    Nested,
    /// One map, whose keys are whole paths: `{[3, 0, 0]: ..}`.
    Flat,
}

/// How wide a Float is on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FloatWidth {
    /// The shortest that is exact: 4 or 8 bytes, in CBOR also 2.
    #[default]
    Shortest,
    /// 4 bytes where that is exact, else 8, also in CBOR: for peers that do not know half floats.
    Single,
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
    let result = match options.canonical {
        false => encode_in_order(format, target, records, options, out),
        true => {
            let mut sorted: Vec<_> = records.collect();
            sorted.sort_by(|a, b| {
                let time = |record: &RecordRef<'_>| record.time.unwrap_or(0.0);
                order(a).cmp(&order(b)).then(time(a).total_cmp(&time(b)))
            });
            let options = EncodeOptions {
                float_width: FloatWidth::Shortest,
                indefinite_maps: false,
                ..*options
            };
            encode_in_order(format, target, sorted.iter().copied(), &options, out)
        }
    };
    if result.is_err() {
        out.truncate(start);
    }
    result
}

/// Writes records in the order in which they come. Each format has a function by itself, which is not to be a part of
/// one with a frame for all of them.
fn encode_in_order<'r>(
    format: Format,
    target: Path,
    records: impl Iterator<Item = RecordRef<'r>> + Clone,
    options: &EncodeOptions,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    match format {
        Format::Text => text::encode(target, records, out),
        Format::Opaque => opaque::encode(target, records, out),
        Format::Cbor => plain_cbor::encode(target, records, options, out),
        Format::Tlv => tlv::encode(target, records, options, out),
        Format::SenmlCbor | Format::SenmlEtchCbor => {
            senml_cbor::encode(format, target, records, options, out)
        }
        Format::Lwm2mCbor => lwm2m_cbor::encode(target, records, options, out),
        Format::SenmlJson | Format::SenmlEtchJson => {
            senml_json::encode(format, target, records, options, out)
        }
        Format::Json => lwm2m_json::encode(target, records, options, out),
    }
}

/// The order in which everything that belongs together stands together. Keys of CBOR maps are in bytewise order then.
pub(crate) fn order<'r>(record: &RecordRef<'r>) -> (usize, &'r str, Path) {
    (record.prefix.len(), record.prefix, record.path)
}

/// The one value of a payload without paths, which is the target's.
pub(crate) fn single_value<'r>(
    format: Format,
    target: Path,
    mut records: impl Iterator<Item = RecordRef<'r>>,
) -> Result<ValueRef<'r>, EncodeError> {
    let unsupported = EncodeError::Unsupported { path: target, format };
    match (records.next(), records.next()) {
        (Some(record), None) if record.path != target => match record.path.starts_with(target) {
            true => Err(unsupported),
            false => Err(EncodeError::OutsideTarget { path: record.path }),
        },
        (
            Some(RecordRef {
                prefix: "",
                content: Content::Value(value),
                time: None,
                ..
            }),
            None,
        ) if target.depth() >= 3 => Ok(value),
        _ => Err(unsupported),
    }
}

/// Calls `write` with each record until it fails.
///
/// From the inside of the iterator (`for_each`, not `next`): then a record is made where it is used, and what an
/// iterator remembers between two records stays in registers.
pub(crate) fn write_each<'r>(
    records: impl Iterator<Item = RecordRef<'r>>,
    mut write: impl FnMut(&RecordRef<'r>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let mut result = Ok(());
    records.for_each(|record| {
        if result.is_ok() {
            if let Err(error) = write(&record) {
                result = Err(error);
            }
        }
    });
    result
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
            let group = path.up_to(depth);
            if !seen.insert(group) {
                return Err(EncodeError::Order { path });
            }
            open.push(group);
        }
    }
    Ok(())
}

/// Sees to it that no path occurs twice at one time.
#[derive(Default)]
pub(crate) struct Uniqueness {
    last: Option<Path>,
    compared: bool,
}

impl Uniqueness {
    /// Called for each record in turn. While paths ascend that is all; once they do not, all records are compared.
    #[inline]
    pub(crate) fn check<'r>(
        &mut self,
        record: &RecordRef<'r>,
        all: &(impl Iterator<Item = RecordRef<'r>> + Clone),
    ) -> Result<(), EncodeError> {
        let ascends = self.last.is_none_or(|last| last < record.path);
        self.last = Some(record.path);
        if ascends && record.prefix.is_empty() || self.compared {
            return Ok(());
        }
        self.compared = true;
        let mut keys: Vec<_> = all
            .clone()
            .map(|record| (record.prefix, record.path, record.time.unwrap_or(0.0) + 0.0))
            .collect();
        keys.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        let twice = keys.windows(2).find_map(|pair| match pair {
            [a, b] if (a.0, a.1) == (b.0, b.1) && a.2.total_cmp(&b.2).is_eq() => Some(b.1),
            _ => None,
        });
        twice.map_or(Ok(()), |path| Err(EncodeError::Order { path }))
    }
}
