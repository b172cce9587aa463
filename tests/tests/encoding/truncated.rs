//! Payloads that end too early.

use lwm2m_runtime::{
    encoding::{Content, Format, Purpose, Record},
    model::Path,
};
use proptest::prelude::*;

use super::{
    any_object, cases,
    payload::{STRUCTURED, is_finite, is_same, is_textual, read, write},
    strategy::{object_records, options, records},
};

/// Where to cut a payload: everywhere, or at 200 places of a long one.
fn cuts(payload: &[u8]) -> impl Iterator<Item = usize> + use<> {
    (0..payload.len()).step_by(1 + payload.len() / 200)
}

/// Cuts a payload: an error, or a shorter payload that says nothing else.
fn check_cuts(format: Format, target: Path, records: &[Record], payload: &[u8]) -> Result<(), TestCaseError> {
    for cut in cuts(payload) {
        let Ok(found) = read(format, target, Purpose::Values, &payload[..cut]) else {
            continue;
        };
        match format {
            // No payload at all is an empty one.
            Format::SenmlJson | Format::SenmlCbor => {
                prop_assert!(cut == 0 && found.is_empty(), "{format:?} cut at {cut}");
            }
            // Entries follow each other; the one that a container is in does not become shorter.
            Format::Tlv => {
                let is_empty_target = cut == 0
                    && found
                        .iter()
                        .all(|record| record.content == Content::Container && record.path == target);
                let same =
                    found.iter().zip(records).all(|(a, b)| is_same(a, b)) && found.len() <= records.len();
                prop_assert!(is_empty_target || same, "{format:?} cut at {cut}: {found:?}");
            }
            _ => prop_assert!(false, "{format:?} cut at {cut}: {found:?}"),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(24))]

    // proves: ROB-37
    #[test]
    fn every_prefix_of_a_payload_is_an_error_or_a_shorter_payload(
        (object, records, options) in any_object().prop_flat_map(|definition| {
            (Just(definition.id()), object_records(definition), options())
        }),
    ) {
        for format in STRUCTURED {
            if is_textual(format) && !is_finite(&records) {
                continue;
            }
            let target = Path::object(object);
            let payload = write(format, target, &records, &options).unwrap();
            check_cuts(format, target, &records, &payload)?;
        }
    }

    // proves: ROB-37
    #[test]
    fn every_prefix_of_a_value_is_an_error_or_a_shorter_value(
        ((_, records), options) in any_object().prop_flat_map(|definition| (records(definition), options())),
    ) {
        for record in records.iter().filter(|record| record.content != Content::Container) {
            let one = std::slice::from_ref(record);
            for format in [Format::Text, Format::Cbor, Format::Opaque].into_iter().chain(STRUCTURED) {
                let Ok(payload) = write(format, record.path, one, &options) else { continue };
                match format {
                    Format::Text | Format::Opaque => {
                        for cut in cuts(&payload) {
                            if let Ok(found) = read(format, record.path, Purpose::Values, &payload[..cut]) {
                                prop_assert_eq!(found.len(), 1);
                                prop_assert_eq!(found[0].path, record.path);
                            }
                        }
                    }
                    _ => check_cuts(format, record.path, one, &payload)?,
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(24))]

    // proves: ROB-37
    #[test]
    fn every_prefix_of_a_patch_or_a_list_of_paths_is_an_error(
        (_, records) in any_object().prop_flat_map(records),
        removed in any::<prop::sample::Index>(),
        options in options(),
    ) {
        prop_assume!(!records.is_empty() && is_finite(&records));
        let mut patch = records.clone();
        patch[removed.index(records.len())].content = Content::Null;
        let paths: Vec<_> =
            records.iter().map(|record| Record { content: Content::Path, ..record.clone() }).collect();
        for format in [Format::SenmlEtchJson, Format::SenmlEtchCbor] {
            for (purpose, records) in [(Purpose::Patch, &patch), (Purpose::Paths, &paths)] {
                let payload = write(format, Path::ROOT, records, &options).unwrap();
                for cut in cuts(&payload) {
                    let found = read(format, Path::ROOT, purpose, &payload[..cut]);
                    let is_empty = cut == 0 && purpose == Purpose::Patch && found == Ok(Vec::new());
                    prop_assert!(found.is_err() || is_empty, "{format:?} cut at {cut}: {found:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(256))]

    // proves: ROB-36
    #[test]
    fn changed_bytes_never_panic(
        (object, records, options) in any_object().prop_flat_map(|definition| {
            (Just(definition.id()), object_records(definition), options())
        }),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let target = Path::object(object);
        for format in STRUCTURED {
            let Ok(mut payload) = write(format, target, &records, &options) else { continue };
            for (index, byte) in &changes {
                if !payload.is_empty() {
                    let index = index.index(payload.len());
                    payload[index] = *byte;
                }
            }
            for purpose in [Purpose::Values, Purpose::Create, Purpose::Patch, Purpose::Paths] {
                for target in [target, Path::ROOT] {
                    // Whatever was read can be written again, or is refused.
                    if let Ok(records) = read(format, target, purpose, &payload) {
                        let _ = write(format, target, &records, &options);
                    }
                }
            }
        }
    }
}
