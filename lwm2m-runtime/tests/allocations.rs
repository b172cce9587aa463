//! Reading TLV and the CBOR formats into borrowed records allocates nothing, and memory is never taken for a length
//! that is only declared.

use allocation_counter::measure;
use lwm2m_runtime::{
    encoding::{Decoder, EncodeOptions, Format, Purpose, RecordRef, SliceSink, encode},
    model::{
        ObjectDefinition, Objlnk, Operations, Path, ResourceDefinition, ResourceType as T, Time,
        ValueRef as V,
    },
};

const fn resource(id: u16, resource_type: T) -> ResourceDefinition {
    ResourceDefinition::new(id, "Resource", Some(resource_type), Operations::RW)
}

static TYPES: ObjectDefinition = ObjectDefinition::new(1000, "Types", "urn:oma:lwm2m:x:1000")
    .with_multiple()
    .with_resources(&[
        resource(0, T::String),
        resource(1, T::Integer),
        resource(3, T::Float),
        resource(4, T::Boolean),
        resource(5, T::Opaque),
        resource(6, T::Time),
        resource(7, T::Objlnk),
        resource(10, T::Integer).with_multiple(),
    ]);
static DEFINITIONS: [&ObjectDefinition; 1] = [&TYPES];

fn records() -> Vec<RecordRef<'static>> {
    let mut records = Vec::new();
    for instance in 0..50 {
        let at = |resource| Path::resource(1000, instance, resource);
        records.extend([
            RecordRef::new(at(0), V::String("a text of some length")),
            RecordRef::new(at(1), V::Integer(-70_000)),
            RecordRef::new(at(3), V::Float(21.5)),
            RecordRef::new(at(4), V::Boolean(true)),
            RecordRef::new(at(5), V::Opaque(&[7; 300])),
            RecordRef::new(at(6), V::Time(Time(1_700_000_000))),
            RecordRef::new(at(7), V::Objlnk(Objlnk::NULL)),
        ]);
        for id in [0, 1, 300] {
            let path = Path::resource_instance(1000, instance, 10, id);
            records.push(RecordRef::new(path, V::Integer(5)));
        }
    }
    records
}

/// How often memory is taken while a payload is read to its end, and how much.
fn taken(decoder: Decoder<'_>, payload: &[u8]) -> (u64, u64) {
    let taken = measure(|| {
        let Ok(mut reader) = decoder.read(payload) else {
            return;
        };
        while let Ok(Some(record)) = reader.next() {
            std::hint::black_box(&record);
        }
    });
    (taken.count_total, taken.bytes_max)
}

#[test]
fn reading_regular_payloads_takes_no_memory() {
    let records = records();
    for format in [Format::Tlv, Format::SenmlCbor, Format::Lwm2mCbor] {
        let target = Path::object(1000);
        let mut payload = Vec::new();
        encode(
            format,
            target,
            records.iter().copied(),
            &EncodeOptions::default(),
            &mut payload,
        )
        .unwrap();
        let decoder = Decoder::new(format, target).with_definitions(&DEFINITIONS);
        assert_eq!(
            decoder.read(&payload).unwrap().collect().unwrap().len(),
            records.len()
        );
        assert_eq!(taken(decoder, &payload), (0, 0), "{format:?}");
    }
    let paths: Vec<_> = records
        .iter()
        .map(|record| RecordRef::path(record.path))
        .collect();
    let mut payload = Vec::new();
    encode(
        Format::SenmlEtchCbor,
        Path::ROOT,
        paths.iter().copied(),
        &EncodeOptions::default(),
        &mut payload,
    )
    .unwrap();
    let decoder = Decoder::new(Format::SenmlEtchCbor, Path::ROOT).with_purpose(Purpose::Paths);
    assert_eq!(taken(decoder, &payload), (0, 0));
    for record in &records[..10] {
        let mut payload = Vec::new();
        encode(
            Format::Cbor,
            record.path,
            [*record],
            &EncodeOptions::default(),
            &mut payload,
        )
        .unwrap();
        let decoder = Decoder::new(Format::Cbor, record.path).with_definitions(&DEFINITIONS);
        assert_eq!(taken(decoder, &payload), (0, 0), "{}", record.path);
    }
}

#[test]
fn writing_into_a_buffer_takes_no_memory() {
    let records = records();
    let mut buffer = vec![0; 1 << 16];
    for format in [Format::Tlv, Format::SenmlCbor, Format::Lwm2mCbor] {
        let taken = measure(|| {
            let mut sink = SliceSink::new(&mut buffer);
            let options = EncodeOptions::default();
            encode(
                format,
                Path::object(1000),
                records.iter().copied(),
                &options,
                &mut sink,
            )
            .unwrap();
        });
        assert_eq!(taken.count_total, 0, "{format:?}");
    }
}

// proves: ROB-25
#[test]
fn declared_lengths_take_no_memory() {
    let target = Path::object(1000);
    let huge: [(Format, &[u8]); 8] = [
        (Format::Tlv, &[0xd8, 0, 0xff, 0xff, 0xff, 1]),
        (Format::SenmlCbor, &[0x9a, 0xff, 0xff, 0xff, 0xff]),
        (
            Format::SenmlCbor,
            &[0x81, 0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
        (
            Format::SenmlCbor,
            &[0x81, 0xa1, 8, 0x5a, 0xff, 0xff, 0xff, 0xff, 1],
        ),
        (
            Format::SenmlCbor,
            &[0x81, 0xa1, 0, 0x7f, 0x7a, 0xff, 0xff, 0xff, 0xff, 1],
        ),
        (
            Format::Lwm2mCbor,
            &[0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
        (
            Format::Lwm2mCbor,
            &[0xa1, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
        (
            Format::Lwm2mCbor,
            &[0xa1, 0x83, 0x19, 3, 0xe8, 0, 5, 0x5b, 0x7f, 0, 0, 0, 0, 0, 0, 0],
        ),
    ];
    for (format, payload) in huge {
        let decoder = Decoder::new(format, target).with_definitions(&DEFINITIONS);
        assert!(decoder.read(payload).and_then(|reader| reader.collect()).is_err());
        assert_eq!(taken(decoder, payload), (0, 0), "{format:?} {payload:02x?}");
    }
    // Pieces are joined as they come.
    let mut pieces = vec![0xa1, 0x83, 0x19, 3, 0xe8, 0, 5, 0x5f];
    pieces.extend([0x42, 1, 2].repeat(1000));
    pieces.push(0xff);
    let decoder = Decoder::new(Format::Lwm2mCbor, target).with_definitions(&DEFINITIONS);
    let (_, most) = taken(decoder, &pieces);
    assert!(most <= 2 * 4096, "{most}");
}
