//! Payloads over several objects, patches and lists of paths.

use lwm2m_runtime::{
    encoding::{Content, EncodeError, EncodeOptions, Format, Purpose, Record},
    model::Path,
};
use proptest::prelude::*;

use super::{
    any_object, cases,
    payload::{COMPOSITE, check_same, read, round_trip, sorted, write},
    strategy::{id, object_records, options},
};

/// Values of up to three objects.
fn several_objects() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::btree_map(0..1000_u16, any_object().prop_flat_map(object_records), 0..4).prop_map(
        |objects| {
            let mut records: Vec<_> = objects.into_values().flatten().collect();
            records.retain(|record| record.content != Content::Container);
            records.sort_by_key(|record| record.path);
            records.dedup_by_key(|record| record.path);
            records
        },
    )
}

pub(crate) fn any_path() -> impl Strategy<Value = Path> {
    prop::collection::vec(id(), 0..=4).prop_map(|ids| Path::from_ids(&ids).unwrap())
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn several_objects_survive_every_composite_format(records in several_objects(), options in options()) {
        for format in COMPOSITE {
            round_trip(format, Path::ROOT, Purpose::Values, &records, &options)?;
        }
        let unsupported = EncodeError::Unsupported { path: Path::ROOT, format: Format::Tlv };
        prop_assert_eq!(write(Format::Tlv, Path::ROOT, &records, &options), Err(unsupported));
    }

    #[test]
    fn patches_remove_what_is_null(
        records in several_objects(),
        removals in prop::collection::vec(any::<bool>(), 8),
        options in options(),
    ) {
        let mut records = records;
        for (record, removed) in records.iter_mut().zip(removals.iter().cycle()) {
            if *removed {
                record.content = Content::Null;
            }
        }
        let formats = [Format::SenmlEtchJson, Format::SenmlEtchCbor, Format::Lwm2mCbor];
        for format in formats {
            round_trip(format, Path::ROOT, Purpose::Patch, &records, &options)?;
        }
        // Plain SenML has no word for it.
        if records.iter().any(|record| record.content == Content::Null) {
            for format in [Format::SenmlJson, Format::SenmlCbor, Format::Json] {
                prop_assert!(write(format, Path::ROOT, &records, &options).is_err());
            }
        }
    }

    // proves: ENC-SENML-17
    #[test]
    fn lists_of_paths_survive(paths in prop::collection::vec(any_path(), 1..8), options in options()) {
        let mut paths = paths;
        let mut seen = std::collections::BTreeSet::new();
        paths.retain(|path| seen.insert(*path));
        let records: Vec<_> = paths.iter().map(|path| Record {
            prefix: String::new(),
            path: *path,
            content: Content::Path,
            time: None,
        }).collect();
        for format in [Format::SenmlJson, Format::SenmlCbor, Format::SenmlEtchJson, Format::SenmlEtchCbor] {
            let payload = round_trip(format, Path::ROOT, Purpose::Paths, &records, &options)?.unwrap();
            // In the order in which they were asked for.
            if !options.canonical {
                let found = read(format, Path::ROOT, Purpose::Paths, &payload).unwrap();
                check_same(&found, &records, "order")?;
            }
            prop_assert!(read(format, Path::ROOT, Purpose::Patch, &payload).is_err());
        }
        for format in [Format::Tlv, Format::Json, Format::Lwm2mCbor, Format::Text] {
            prop_assert!(write(format, Path::ROOT, &records, &options).is_err());
        }
    }

    #[test]
    fn values_are_refused_in_a_list_of_paths(records in several_objects()) {
        prop_assume!(!records.is_empty() && super::payload::is_finite(&records));
        for format in [Format::SenmlJson, Format::SenmlCbor] {
            let payload = write(format, Path::ROOT, &records, &EncodeOptions::default()).unwrap();
            prop_assert!(read(format, Path::ROOT, Purpose::Paths, &payload).is_err());
            prop_assert_eq!(sorted(&records).len(), records.len());
        }
    }
}
