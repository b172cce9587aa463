//! One object with a resource of each type, and payloads as hexadecimal text.

use std::str;

use lwm2m_runtime::{
    encoding::{
        Content, DecodeError, DecodeErrorKind, Decoder, EncodeError, EncodeOptions, Format, Purpose, Record,
        RecordRef, encode,
    },
    model::{
        ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, ResourceType as T, ValueRef,
    },
};

const fn resource(id: u16, resource_type: ResourceType) -> ResourceDefinition {
    ResourceDefinition::new(id, "Resource", Some(resource_type), Operations::RW)
}

pub(crate) static TYPES: ObjectDefinition = ObjectDefinition::new(1000, "Types", "urn:oma:lwm2m:x:1000")
    .with_multiple()
    .with_resources(&[
        resource(0, T::String),
        resource(1, T::Integer),
        resource(2, T::Unsigned),
        resource(3, T::Float),
        resource(4, T::Boolean),
        resource(5, T::Opaque),
        resource(6, T::Time),
        resource(7, T::Objlnk),
        resource(8, T::Corelnk),
        ResourceDefinition::new(9, "Executable", None, Operations::E),
        resource(10, T::Integer).with_multiple(),
        ResourceDefinition::new(11, "Read", Some(T::Integer), Operations::R),
        ResourceDefinition::new(12, "Written", Some(T::Integer), Operations::W),
    ]);

static DEFINITIONS: [&ObjectDefinition; 1] = [&TYPES];

/// `/1000/0`.
pub(crate) const INSTANCE: Path = Path::instance(1000, 0);

/// `/1000/0/resource`.
pub(crate) const fn at(resource: u16) -> Path {
    Path::resource(1000, 0, resource)
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    assert_eq!(digits.len() % 2, 0, "{hex}");
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

pub(crate) fn decoder(format: Format, target: Path) -> Decoder<'static> {
    Decoder::new(format, target).with_definitions(&DEFINITIONS)
}

pub(crate) fn read(decoder: Decoder<'_>, payload: &[u8]) -> Result<Vec<Record>, DecodeError> {
    decoder.read(payload)?.collect()
}

pub(crate) fn decode(format: Format, target: Path, hex: &str) -> Result<Vec<Record>, DecodeError> {
    read(decoder(format, target), &bytes(hex))
}

pub(crate) fn decode_for(
    purpose: Purpose,
    format: Format,
    target: Path,
    hex: &str,
) -> Result<Vec<Record>, DecodeError> {
    read(decoder(format, target).with_purpose(purpose), &bytes(hex))
}

/// The kind of error that a payload is refused with.
#[track_caller]
pub(crate) fn refused(format: Format, target: Path, hex: &str) -> DecodeErrorKind {
    match decode(format, target, hex) {
        Err(error) => {
            assert!(error.offset <= bytes(hex).len(), "{error}");
            assert!(!error.to_string().is_empty());
            error.kind
        }
        Ok(records) => panic!("{hex} is read as {records:?}"),
    }
}

pub(crate) fn written<'r>(
    format: Format,
    target: Path,
    records: impl IntoIterator<Item = RecordRef<'r>, IntoIter: Clone>,
    options: &EncodeOptions,
) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    encode(format, target, records, options, &mut out).map(|()| out)
}

/// A payload means exactly these records, is written from them, and is refused at every cut that is no payload itself.
#[track_caller]
pub(crate) fn both_ways(format: Format, target: Path, hex: &str, records: &[(Path, ValueRef<'_>)]) {
    means(format, target, hex, records);
    let refs = records.iter().map(|(path, value)| RecordRef::new(*path, *value));
    let out = written(format, target, refs, &EncodeOptions::default()).unwrap();
    assert_eq!(out, bytes(hex), "{hex} is written as {out:02x?}");
}

#[track_caller]
pub(crate) fn means(format: Format, target: Path, hex: &str, records: &[(Path, ValueRef<'_>)]) {
    let expected: Vec<Record> = records
        .iter()
        .map(|(path, value)| Record::new(*path, value.to_value()))
        .collect();
    assert_eq!(decode(format, target, hex), Ok(expected.clone()), "{hex}");
    let payload = bytes(hex);
    for cut in 1..payload.len() {
        match read(decoder(format, target), &payload[..cut]) {
            Err(error) => assert!(error.offset <= cut, "{error} of {cut} bytes"),
            // Text ends anywhere, TLV at the end of an entry; what was read so far is right then.
            Ok(records) => match format {
                Format::Text | Format::Opaque => {}
                Format::Tlv => assert!(expected.starts_with(&records) || records.iter().all(is_container)),
                _ => panic!("{cut} bytes of {hex} are read as {records:?}"),
            },
        }
    }
}

fn is_container(record: &Record) -> bool {
    record.content == Content::Container
}

/// A text string in CBOR, as hexadecimal text.
pub(crate) fn text(text: &str) -> String {
    let length = u8::try_from(text.len()).unwrap();
    let head = match length {
        0..24 => format!("{:02x}", 0x60 + length),
        _ => format!("78{length:02x}"),
    };
    let content: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    head + &content
}

/// A CBOR payload in which `{name}` stands for that text.
pub(crate) fn cbor(payload: &str) -> String {
    let mut hex = String::new();
    for (index, piece) in payload.split(['{', '}']).enumerate() {
        hex += &if index % 2 == 0 {
            piece.to_owned()
        } else {
            text(piece)
        };
    }
    hex
}
