//! What every payload fuzz target does, whatever the format; and what the target of links does.
//!
//! The first byte of an input says what the payload is read as: its two lowest bits the purpose, the next three the
//! target, the last three how it is written again. The rest is the payload.

pub mod bootstrap;
pub mod client;
pub mod client_bootstrap;
pub mod coap;
mod configuration_file;
mod link;
pub mod operation;
mod script;
pub mod server;
mod snapshot;
pub mod tree;

use lwm2m_runtime::{
    encoding::{
        BaseName, CborGrouping, Content, Decoder, EncodeOptions, FloatWidth, Format, Limits, Purpose, Reader,
        Record, SliceSink, encode,
    },
    model::{
        Constraint, ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, Value, ValueRef,
    },
    object::{DynamicInstance, Instance, Instances},
};

pub use configuration_file::configuration_file;
pub use link::links;
pub use snapshot::snapshot;

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
    let Some((selector, payload)) = input.split_first() else {
        return;
    };
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
    let options = options(selector >> 5);
    let limits = Limits {
        records: 1000,
        ..Limits::default()
    };
    let definitions = &OBJECT;
    let decoder = Decoder::new(format, target)
        .with_purpose(purpose)
        .with_limits(limits);
    let typed = decoder.with_definitions(&definitions);
    for decoder in [typed, typed.with_prefixes(), decoder.with_prefixes()] {
        let Ok(records) = decoder.read(payload).and_then(Reader::collect) else {
            continue;
        };
        again(format, target, decoder, records, &options);
    }
    if let Ok(records) = typed.read(payload).and_then(Reader::collect) {
        store(&records);
    }
    let _ = typed.read_value::<i64>(payload);
    let _ = typed.read_value::<String>(payload);
    let _ = typed.read_value::<Instances<f64>>(payload);
    let _ = decoder.read_value::<Option<Vec<u8>>>(payload);
}

/// Each choice that an encoder has is made by one number at least.
fn options(selector: u8) -> EncodeOptions {
    let mut options = EncodeOptions::default();
    options.base_name = [BaseName::Target, BaseName::Instance, BaseName::Omitted][usize::from(selector) % 3];
    options.float_width =
        [FloatWidth::Shortest, FloatWidth::Double, FloatWidth::Single][usize::from(selector) % 3];
    options.cbor_grouping =
        [CborGrouping::Target, CborGrouping::Nested, CborGrouping::Flat][usize::from(selector) % 3];
    options.indefinite_maps = selector & 1 != 0;
    options.canonical = selector & 4 != 0;
    options
}

fn again(
    format: Format,
    target: Path,
    decoder: Decoder<'_>,
    mut records: Vec<Record>,
    options: &EncodeOptions,
) {
    let mut written = Vec::new();
    if encode(
        format,
        target,
        records.iter().map(Record::as_ref),
        options,
        &mut written,
    )
    .is_err()
    {
        assert!(written.is_empty(), "an error leaves nothing behind");
        return;
    }
    for size in [
        0,
        written.len() / 2,
        written.len().saturating_sub(1),
        written.len(),
    ] {
        let mut buffer = vec![0; size];
        let mut sink = SliceSink::new(&mut buffer);
        let result = encode(
            format,
            target,
            records.iter().map(Record::as_ref),
            options,
            &mut sink,
        );
        assert_eq!(result.is_ok(), size >= written.len());
        let expected: &[u8] = if result.is_ok() { &written } else { &[] };
        assert_eq!(sink.written(), expected);
    }
    let mut read = match decoder.read(&written).and_then(Reader::collect) {
        Ok(read) => read,
        Err(error) => panic!("{error}\n{records:?}\n{written:02x?}"),
    };
    // Maps of CBOR have no order, and canonical output has its own.
    if format == Format::Lwm2mCbor || options.canonical {
        sort(&mut records);
        sort(&mut read);
    }
    let same = records.len() == read.len() && records.iter().zip(&read).all(|(a, b)| is_same(a, b));
    assert!(same, "{records:?}\n{read:?}\n{written:02x?}");
}

fn sort(records: &mut [Record]) {
    records.sort_by(|a, b| {
        let time = |record: &Record| record.time.unwrap_or_default();
        (&a.prefix, a.path)
            .cmp(&(&b.prefix, b.path))
            .then(time(a).total_cmp(&time(b)))
    });
}

/// Equal, where NaN is equal to itself. What has no definition has the type that the format shows, and that may be
/// another one after writing: a Float that is integral, a tagged Time. It is the same number all the same.
fn is_same(a: &Record, b: &Record) -> bool {
    let same_content = match (&a.content, &b.content) {
        (Content::Value(x), Content::Value(y)) => match (x.as_ref().cast(y.resource_type()), y) {
            (Some(ValueRef::Float(x)), Value::Float(y)) => {
                x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan()
            }
            (x, y) => x == Some(y.as_ref()),
        },
        (x, y) => x == y,
    };
    same_content && (&a.prefix, a.path, a.time) == (&b.prefix, b.path, b.time)
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
