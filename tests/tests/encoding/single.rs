//! One value: a resource, a resource instance, a multiple resource.

use lwm2m_runtime::{
    encoding::{Content, EncodeError, EncodeOptions, Format, Purpose, Record},
    model::{Path, Value},
};
use proptest::prelude::*;

use super::{
    any_object, cases,
    payload::{STRUCTURED, read, round_trip, write},
    strategy::{options, records},
};

/// The records of each multiple resource, and of each single one.
fn resources(records: &[Record]) -> Vec<(Path, Vec<Record>)> {
    let mut resources: Vec<(Path, Vec<Record>)> = Vec::new();
    for record in records {
        let path = Path::from_ids(&record.path.ids()[..3]).unwrap();
        match resources.last_mut() {
            Some((last, records)) if *last == path => records.push(record.clone()),
            _ => resources.push((path, vec![record.clone()])),
        }
    }
    resources
}

proptest! {
    #![proptest_config(cases(48))]

    // proves: ENC-FMT-10
    #[test]
    fn every_value_survives_every_format_alone(
        ((_, records), options) in any_object().prop_flat_map(|definition| (records(definition), options())),
    ) {
        for record in &records {
            let Content::Value(value) = &record.content else { continue };
            let one = std::slice::from_ref(record);
            for format in [Format::Text, Format::Cbor].into_iter().chain(STRUCTURED) {
                round_trip(format, record.path, Purpose::Values, one, &options)?;
            }
            match value {
                Value::Opaque(_) => {
                    round_trip(Format::Opaque, record.path, Purpose::Values, one, &options)?;
                }
                _ => {
                    let unsupported = EncodeError::Unsupported { path: record.path, format: Format::Opaque };
                    prop_assert_eq!(write(Format::Opaque, record.path, one, &options), Err(unsupported));
                }
            }
        }
    }

    // proves: ENC-TLV-07
    #[test]
    fn every_resource_survives_as_the_target(
        ((_, records), options) in any_object().prop_flat_map(|definition| (records(definition), options())),
    ) {
        for (path, records) in resources(&records) {
            for format in STRUCTURED {
                round_trip(format, path, Purpose::Values, &records, &options)?;
            }
        }
    }

    // proves: ENC-CBOR-04
    #[test]
    fn formats_of_one_value_refuse_more(
        (path, records) in any_object().prop_flat_map(records),
    ) {
        let options = EncodeOptions::default();
        for format in [Format::Text, Format::Opaque, Format::Cbor] {
            for target in [path, Path::from_ids(&path.ids()[..1]).unwrap(), Path::ROOT] {
                prop_assert!(write(format, target, &records, &options).is_err());
                prop_assert!(read(format, target, Purpose::Values, b"0").is_err());
            }
            for (path, records) in resources(&records) {
                if records.iter().any(|record| record.path.depth() == 4) {
                    prop_assert!(write(format, path, &records, &options).is_err());
                    prop_assert!(read(format, path, Purpose::Values, b"0").is_err());
                }
            }
        }
    }
}
