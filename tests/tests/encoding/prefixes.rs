//! Names with a gateway's prefix or an alternate path.

use lwm2m_runtime::{
    encoding::{EncodeError, EncodeOptions, Format, Purpose, Reader, Record},
    model::Path,
};
use proptest::prelude::*;

use super::{
    any_object, cases,
    payload::{check_same, decoder, expected, hex, is_finite, is_textual, sorted, write},
    strategy::{options, records},
};

/// Prefixes as gateways give them, and texts that are none.
fn prefix() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["", "d01", "d02", "lwm2m/a", "00ab", "a.b%20c", "123456789abc"])
            .prop_map(str::to_owned),
        2 => "[a-z0-9\"\\\\é/]{0,6}",
        1 => prop::sample::select(vec!["/", "//", "a//b", "/a", "a/", "3", "3/0", "65535", "65536", "007", "a/3", "3/a"])
            .prop_map(str::to_owned),
    ]
}

const FORMATS: [Format; 4] = [
    Format::SenmlJson,
    Format::SenmlCbor,
    Format::Json,
    Format::Lwm2mCbor,
];

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_prefix_survives_or_is_refused(
        (_, records) in any_object().prop_flat_map(records),
        prefixes in prop::collection::vec(prefix(), 1..4),
        options in options(),
    ) {
        let each = records.len().div_ceil(prefixes.len()).max(1);
        let records: Vec<_> = records
            .chunks(each)
            .zip(&prefixes)
            .flat_map(|(records, prefix)| {
                records.iter().map(|record| Record { prefix: prefix.clone(), ..record.clone() })
            })
            .collect();
        for format in FORMATS {
            if is_textual(format) && !is_finite(&records) {
                continue;
            }
            let Ok(payload) = write(format, Path::ROOT, &records, &options) else { continue };
            let found = decoder(format, Path::ROOT, Purpose::Values)
                .with_prefixes()
                .read(&payload)
                .and_then(Reader::collect);
            let context = format!("{format:?} {}", hex(&payload));
            match found {
                Ok(found) => {
                    let expected = expected(format, Path::ROOT, &records);
                    check_same(&sorted(&found), &sorted(&expected), &context)?;
                }
                Err(error) => prop_assert!(false, "{context}: {error}"),
            }
        }
    }

    #[test]
    fn gateway_prefixes_are_written(
        (path, records) in any_object().prop_flat_map(records),
        prefix in prop::sample::select(vec!["d01", "00ab", "gw\"1\\é"]),
    ) {
        prop_assume!(is_finite(&records));
        let records: Vec<_> =
            records.into_iter().map(|record| Record { prefix: prefix.to_owned(), ..record }).collect();
        let options = EncodeOptions::default();
        for format in FORMATS {
            prop_assert!(write(format, path, &records, &options).is_ok(), "{format:?}");
        }
        if !records.is_empty() {
            let unsupported = EncodeError::Unsupported { path: records[0].path, format: Format::Tlv };
            prop_assert_eq!(write(Format::Tlv, path, &records, &options), Err(unsupported));
        }
    }
}
