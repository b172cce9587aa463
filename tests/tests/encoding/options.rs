//! What an encoder is free to choose, and where it writes.

use lwm2m_runtime::{
    encoding::{
        BaseName, CborGrouping, EncodeError, EncodeOptions, FloatWidth, Format, Purpose, Record, SliceSink,
        encode,
    },
    model::Path,
};
use proptest::prelude::*;

use super::{
    any_object, cases,
    payload::{COMPOSITE, STRUCTURED, is_finite, is_textual, round_trip, write},
    strategy::{object_records, options, records},
};

/// Every choice there is.
fn all_options() -> Vec<EncodeOptions> {
    let mut all = Vec::new();
    for float_width in [FloatWidth::Shortest, FloatWidth::Single, FloatWidth::Double] {
        for base_name in [BaseName::Target, BaseName::Instance, BaseName::Omitted] {
            for cbor_grouping in [CborGrouping::Target, CborGrouping::Nested, CborGrouping::Flat] {
                for (indefinite_maps, canonical) in
                    [(false, false), (true, false), (false, true), (true, true)]
                {
                    let mut options = EncodeOptions::default();
                    options.float_width = float_width;
                    options.base_name = base_name;
                    options.cbor_grouping = cbor_grouping;
                    options.indefinite_maps = indefinite_maps;
                    options.canonical = canonical;
                    all.push(options);
                }
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn every_choice_means_the_same((path, records) in any_object().prop_flat_map(records)) {
        let all = all_options();
        assert_eq!(all.len(), 108);
        for options in all {
            for format in STRUCTURED {
                round_trip(format, path, Purpose::Values, &records, &options)?;
            }
            for format in COMPOSITE {
                round_trip(format, Path::ROOT, Purpose::Values, &records, &options)?;
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn a_buffer_takes_a_payload_or_nothing(
        (object, records, options) in any_object().prop_flat_map(|definition| {
            (Just(definition.id()), object_records(definition), options())
        }),
    ) {
        let target = Path::object(object);
        for format in STRUCTURED {
            if is_textual(format) && !is_finite(&records) {
                continue;
            }
            let payload = write(format, target, &records, &options).unwrap();
            check_sizes(format, target, &records, &options, &payload)?;
        }
    }
}

/// Writes into buffers of every size up to the payload's; of long ones only at both ends and a few between.
fn check_sizes(
    format: Format,
    target: Path,
    records: &[Record],
    options: &EncodeOptions,
    payload: &[u8],
) -> Result<(), TestCaseError> {
    let step = 1 + payload.len() / 100;
    for size in (0..payload.len())
        .step_by(step)
        .chain(payload.len().saturating_sub(8)..=payload.len() + 1)
    {
        let mut buffer = vec![0xee; size];
        let mut sink = SliceSink::new(&mut buffer);
        let result = encode(
            format,
            target,
            records.iter().map(Record::as_ref),
            options,
            &mut sink,
        );
        if size < payload.len() {
            prop_assert_eq!(
                result,
                Err(EncodeError::Full),
                "{:?} in {} of {}",
                format,
                size,
                payload.len()
            );
            prop_assert!(sink.written().is_empty());
        } else {
            prop_assert_eq!(result, Ok(()), "{:?} in {} of {}", format, size, payload.len());
            prop_assert_eq!(sink.written(), payload);
        }
    }
    Ok(())
}
