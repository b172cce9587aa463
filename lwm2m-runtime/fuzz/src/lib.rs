//! What every payload fuzz target does, whatever the format.
//!
//! The first byte of an input says what the payload is read as: its two lowest bits the purpose, the next three the
//! target. The rest is the payload.

use lwm2m_runtime::{
    encoding::{Decoder, EncodeOptions, Format, Limits, Purpose, Record, SliceSink, encode},
    model::{Constraint, ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType},
    object::{DynamicInstance, Instance, Instances},
};

const fn resource(id: u16, resource_type: ResourceType) -> ResourceDefinition {
    ResourceDefinition::new(id, "", Some(resource_type), Operations::RW)
}

/// One resource of each type, once single and once multiple, and an executable one. Its number is that of Device, so
/// that the seeds are of use.
static OBJECT: ObjectDefinition = ObjectDefinition::new(3, "", "urn:oma:lwm2m:oma:3").with_resources(&[
    resource(0, ResourceType::String),
    resource(1, ResourceType::Integer),
    resource(2, ResourceType::Unsigned),
    resource(3, ResourceType::Float).with_range("", Constraint::Float(&[(0.0, 1.0)])),
    ResourceDefinition::new(4, "", None, Operations::E),
    resource(5, ResourceType::Boolean),
    resource(6, ResourceType::Opaque),
    resource(7, ResourceType::Time),
    resource(8, ResourceType::Objlnk),
    resource(9, ResourceType::Corelnk),
    resource(10, ResourceType::String).with_multiple(),
    resource(11, ResourceType::Integer).with_multiple(),
    resource(12, ResourceType::Unsigned).with_multiple(),
    resource(13, ResourceType::Float).with_multiple(),
    resource(15, ResourceType::Boolean).with_multiple(),
    resource(16, ResourceType::Opaque).with_multiple(),
    resource(17, ResourceType::Time).with_multiple(),
    resource(18, ResourceType::Objlnk).with_multiple(),
    resource(19, ResourceType::Corelnk).with_multiple(),
]);

/// Reads a payload in every way there is, and holds what was read against itself: written again and read again it is
/// the same, the same is written into a small buffer or refused, and an instance takes it or says why not.
///
/// # Panics
///
/// When one of these does not hold: that is the finding.
pub fn payload(format: Format, input: &[u8]) {
    let Some((selector, payload)) = input.split_first() else { return };
    let purpose = match selector & 3 {
        0 => Purpose::Values,
        1 => Purpose::Create,
        2 => Purpose::Paths,
        _ => Purpose::Patch,
    };
    let target = match selector >> 2 & 7 {
        0 => Path::ROOT,
        1 => Path::object(3),
        2 => Path::instance(3, 0),
        3 => Path::resource(3, 0, 3),
        4 => Path::resource(3, 0, 11),
        5 => Path::resource_instance(3, 0, 11, 0),
        6 => Path::resource(3, 0, 6),
        _ => Path::object(65534),
    };
    let limits = Limits { records: 1000, ..Limits::default() };
    let definitions = &OBJECT;
    let typed = Decoder::new(format, target).with_purpose(purpose).with_limits(limits).with_definitions(&definitions);
    let untyped = Decoder::new(format, target).with_purpose(purpose).with_limits(limits).with_prefixes();
    for decoder in [typed, untyped, typed.with_prefixes()] {
        let Ok(records) = decoder.read(payload).and_then(|reader| reader.collect()) else { continue };
        again(format, target, decoder, &records);
        store(&records);
    }
    let _ = typed.read_value::<i64>(payload);
    let _ = typed.read_value::<String>(payload);
    let _ = typed.read_value::<Instances<f64>>(payload);
    let _ = untyped.read_value::<Option<Vec<u8>>>(payload);
}

fn again(format: Format, target: Path, decoder: Decoder<'_>, records: &[Record]) {
    let options = EncodeOptions::default();
    let mut written = Vec::new();
    if encode(format, target, records.iter().map(Record::as_ref), &options, &mut written).is_err() {
        assert!(written.is_empty(), "an error leaves nothing behind");
        return;
    }
    let read = decoder.read(&written).and_then(|reader| reader.collect());
    let read = read.unwrap_or_else(|error| panic!("{error}\n{records:?}\n{written:02x?}"));
    // Debug, because NaN is not equal to itself.
    assert_eq!(format!("{records:?}"), format!("{read:?}"), "{written:02x?}");
    for size in [0, written.len() / 2, written.len().saturating_sub(1), written.len()] {
        let mut buffer = vec![0; size];
        let mut sink = SliceSink::new(&mut buffer);
        let result = encode(format, target, records.iter().map(Record::as_ref), &options, &mut sink);
        assert_eq!(result.is_ok(), size >= written.len());
        let expected: &[u8] = if result.is_ok() { &written } else { &[] };
        assert_eq!(sink.written(), expected);
    }
}

fn store(records: &[Record]) {
    let mut instance = DynamicInstance::new(&OBJECT);
    let instance: &mut dyn Instance = &mut instance;
    for record in records {
        let value = record.as_ref().content.value();
        if let (Some(resource), Some(value)) = (record.path.resource_id(), value) {
            let _ = instance.write(resource, record.path.resource_instance_id(), value);
        }
    }
    let _ = instance.check();
    let _ = instance.values().count();
}
