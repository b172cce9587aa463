//! Round trips of instances and objects, and what the formats make of the same content.

use lwm2m_runtime::{
    encoding::{Content, EncodeError, EncodeOptions, Purpose, Record, SliceSink, encode, instance_records},
    model::{Operations, Path},
};
use proptest::prelude::*;

use super::{
    any_object, cases, for_each_object,
    payload::{STRUCTURED, check_same, expected, is_finite, is_textual, read, round_trip, write},
    strategy::{id, instance, object_records, options, records},
};

// proves: ENC-FMT-10 ENC-FMT-12 ENC-FMT-13
#[test]
fn instances_of_every_object_survive_every_format() {
    for_each_object(
        |definition| (records(definition), options()),
        |((path, records), options)| {
            STRUCTURED.into_iter().try_for_each(|format| {
                round_trip(format, path, Purpose::Values, &records, &options).map(|_| ())
            })
        },
    );
}

// proves: ENC-FMT-10
#[test]
fn what_the_formats_say_of_one_instance_is_equal() {
    for_each_object(records, |(path, records)| {
        let options = EncodeOptions::default();
        let carried: Vec<_> = STRUCTURED
            .into_iter()
            .filter(|format| !is_textual(*format) || is_finite(&records))
            .collect();
        for from in &carried {
            let payload = write(*from, path, &records, &options).unwrap();
            let found = read(*from, path, Purpose::Values, &payload).unwrap();
            for to in &carried {
                // From one format to another is the same as straight to the other.
                let direct = write(*to, path, &expected(*from, path, &records), &options).unwrap();
                let transcoded = write(*to, path, &found, &options).unwrap();
                prop_assert_eq!(direct, transcoded, "{:?} to {:?}", from, to);
            }
            let values = |records: &[Record]| -> Vec<Record> {
                records
                    .iter()
                    .filter(|record| record.content != Content::Container)
                    .cloned()
                    .collect()
            };
            check_same(&values(&found), &values(&records), &format!("{from:?}"))?;
        }
        Ok(())
    });
}

proptest! {
    #![proptest_config(cases(48))]

    // proves: ENC-TLV-05
    #[test]
    fn objects_with_several_instances_survive_every_format(
        (object, records, options) in any_object().prop_flat_map(|definition| {
            (Just(definition.id()), object_records(definition), options())
        }),
    ) {
        for format in STRUCTURED {
            round_trip(format, Path::object(object), Purpose::Values, &records, &options)?;
        }
    }

    #[test]
    fn an_instance_is_the_same_bytes_with_records_and_without(
        (path, instance, options, writable) in any_object().prop_flat_map(|definition| {
            let path = id().prop_map(|id| Path::instance(definition.id(), id));
            (path, instance(definition), options(), any::<bool>())
        }),
    ) {
        let records = || match writable {
            true => instance_records(path, &instance).only(Operations::writable),
            false => instance_records(path, &instance),
        };
        let one_by_one: Vec<_> = records().collect();
        let mut from_inside = Vec::new();
        records().for_each(|record| from_inside.push(record));
        // As text, because NaN is not equal to itself.
        prop_assert_eq!(format!("{one_by_one:?}"), format!("{from_inside:?}"));
        for format in STRUCTURED {
            let mut expected = vec![7];
            let mut found = vec![7];
            let written = encode(format, path, one_by_one.iter().copied(), &options, &mut expected);
            prop_assert_eq!(records().encode(format, &options, &mut found), written, "{:?}", format);
            prop_assert_eq!(&found, &expected, "{:?}", format);
            if written.is_err() {
                continue;
            }
            let mut buffer = vec![0; expected.len() - 1];
            let mut sink = SliceSink::new(&mut buffer);
            prop_assert_eq!(records().encode(format, &options, &mut sink), Ok(()));
            prop_assert_eq!(sink.written(), &expected[1..]);
            let Some(too_short) = buffer.len().checked_sub(1) else { continue };
            let mut sink = SliceSink::new(&mut buffer[..too_short]);
            prop_assert_eq!(records().encode(format, &options, &mut sink), Err(EncodeError::Full));
            prop_assert!(sink.written().is_empty());
        }
    }

    // proves: ENC-TLV-09
    #[test]
    fn an_instance_without_a_number_is_created_in_every_format(
        (object, instance, options) in any_object().prop_flat_map(|definition| {
            (Just(definition.id()), instance(definition), options())
        }),
    ) {
        let path = Path::instance(object, u16::MAX);
        let records: Vec<_> =
            lwm2m_runtime::encoding::instance_records(path, &instance).map(|record| record.to_record()).collect();
        for format in STRUCTURED {
            round_trip(format, Path::object(object), Purpose::Create, &records, &options)?;
        }
    }
}
