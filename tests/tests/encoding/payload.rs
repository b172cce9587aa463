//! Writing, reading and comparing, as all tests do it.

use lwm2m_runtime::{
    catalogue,
    encoding::{
        Content, DecodeError, Decoder, EncodeError, EncodeOptions, Format, Purpose, Reader, Record, encode,
    },
    model::{Path, Value},
};
use proptest::prelude::*;

/// The formats that carry any number of values with their paths.
pub(crate) const STRUCTURED: [Format; 5] = [
    Format::Tlv,
    Format::SenmlJson,
    Format::SenmlCbor,
    Format::Json,
    Format::Lwm2mCbor,
];

/// Those of them that reach beyond one object.
pub(crate) const COMPOSITE: [Format; 4] = [
    Format::SenmlJson,
    Format::SenmlCbor,
    Format::Json,
    Format::Lwm2mCbor,
];

pub(crate) fn container(path: Path) -> Record {
    Record {
        prefix: String::new(),
        path,
        content: Content::Container,
        time: None,
    }
}

pub(crate) fn write(
    format: Format,
    target: Path,
    records: &[Record],
    options: &EncodeOptions,
) -> Result<Vec<u8>, EncodeError> {
    let mut payload = Vec::new();
    encode(
        format,
        target,
        records.iter().map(Record::as_ref),
        options,
        &mut payload,
    )?;
    Ok(payload)
}

/// A decoder that knows the whole registry.
pub(crate) fn decoder(format: Format, target: Path, purpose: Purpose) -> Decoder<'static> {
    Decoder::new(format, target)
        .with_purpose(purpose)
        .with_definitions(&catalogue::LATEST)
}

pub(crate) fn read(
    format: Format,
    target: Path,
    purpose: Purpose,
    payload: &[u8],
) -> Result<Vec<Record>, DecodeError> {
    decoder(format, target, purpose)
        .read(payload)
        .and_then(Reader::collect)
}

/// Whether JSON and text have all these numbers.
pub(crate) fn is_finite(records: &[Record]) -> bool {
    records
        .iter()
        .all(|record| !matches!(record.content, Content::Value(Value::Float(number)) if !number.is_finite()))
}

pub(crate) fn is_textual(format: Format) -> bool {
    matches!(
        format,
        Format::Text | Format::SenmlJson | Format::SenmlEtchJson | Format::Json
    )
}

/// What a format can say of these records: only TLV knows things without values.
pub(crate) fn expected(format: Format, target: Path, records: &[Record]) -> Vec<Record> {
    match format {
        Format::Tlv if records.is_empty() && target.depth() > 1 => vec![container(target)],
        Format::Tlv => records.to_vec(),
        _ => records
            .iter()
            .filter(|record| record.content != Content::Container)
            .cloned()
            .collect(),
    }
}

/// Equal to the bit, where one NaN is as good as another.
pub(crate) fn is_same(a: &Record, b: &Record) -> bool {
    let same_content = match (&a.content, &b.content) {
        (Content::Value(Value::Float(x)), Content::Value(Value::Float(y))) => {
            x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan()
        }
        (x, y) => x == y,
    };
    same_content && (&a.prefix, a.path, a.time) == (&b.prefix, b.path, b.time)
}

pub(crate) fn check_same(found: &[Record], expected: &[Record], context: &str) -> Result<(), TestCaseError> {
    for (found, expected) in found.iter().zip(expected) {
        prop_assert!(
            is_same(found, expected),
            "{context}: {found:?} is not {expected:?}"
        );
    }
    prop_assert_eq!(found.len(), expected.len(), "{}", context);
    Ok(())
}

/// The records in the order of their paths.
pub(crate) fn sorted(records: &[Record]) -> Vec<Record> {
    let mut records = records.to_vec();
    records.sort_by(|a, b| {
        let time = |record: &Record| record.time.unwrap_or_default();
        (&a.prefix, a.path)
            .cmp(&(&b.prefix, b.path))
            .then(time(a).total_cmp(&time(b)))
    });
    records
}

/// Writes records and reads them again: they are the same, or a number does not exist in the format. What was written
/// is returned.
pub(crate) fn round_trip(
    format: Format,
    target: Path,
    purpose: Purpose,
    records: &[Record],
    options: &EncodeOptions,
) -> Result<Option<Vec<u8>>, TestCaseError> {
    let payload = match write(format, target, records, options) {
        Ok(payload) => payload,
        Err(EncodeError::Number { .. }) if is_textual(format) && !is_finite(records) => return Ok(None),
        Err(error) => return Err(TestCaseError::fail(format!("{format:?} {options:?}: {error}"))),
    };
    prop_assert!(!is_textual(format) || is_finite(records));
    let context = format!("{format:?} {target} {options:?} {}", hex(&payload));
    match read(format, target, purpose, &payload) {
        Ok(found) => check_same(
            &sorted(&found),
            &sorted(&expected(format, target, records)),
            &context,
        )?,
        Err(error) => return Err(TestCaseError::fail(format!("{context}: {error}"))),
    }
    Ok(Some(payload))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
