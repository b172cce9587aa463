//! Values with a time, also several of one path.

use lwm2m_runtime::{
    encoding::{Content, DecodeErrorKind, EncodeError, EncodeOptions, Format, Purpose, Record},
    model::Path,
};
use proptest::prelude::*;

use super::{
    any_object, cases,
    payload::{check_same, is_finite, read, round_trip, write},
    strategy::{options, records},
};

/// Seconds: Unix time with and without a fraction, relative to now, and far from both.
fn seconds() -> impl Strategy<Value = f64> {
    prop_oneof![
        (268_435_456_i64..5_000_000_000).prop_map(|seconds| seconds as f64),
        (268_435_456_f64..5e9),
        (-86_400_f64..0.0),
        prop::sample::select(vec![0.0, 1.0, -1.0, 0.1, 268_435_455.9, 1_699_877_805.766]),
    ]
}

/// Values at several times each, in the order in which a client would send them.
pub(crate) fn histories() -> impl Strategy<Value = Vec<Record>> {
    any_object().prop_flat_map(|definition| {
        (records(definition), prop::collection::vec(seconds(), 1..4)).prop_map(|((_, records), mut times)| {
            times.sort_by(f64::total_cmp);
            times.dedup();
            let values = records
                .into_iter()
                .filter(|record| record.content != Content::Container);
            values
                .flat_map(|record| {
                    times.iter().map(move |time| Record {
                        time: Some(*time),
                        ..record.clone()
                    })
                })
                .collect()
        })
    })
}

#[test]
fn a_value_without_a_time_is_of_now() {
    for payload in [
        r#"[{"n":"/3/0/9","v":1},{"n":"/3/0/9","v":2,"t":0}]"#,
        r#"[{"n":"/3/0/9","v":1,"t":-0.0},{"n":"/3/0/9","v":2}]"#,
        r#"[{"n":"/3/0/9","v":1,"bt":5},{"n":"/3/0/9","v":2,"t":1},{"n":"/3/0/9","v":3,"bt":6}]"#,
    ] {
        let error = read(Format::SenmlJson, Path::ROOT, Purpose::Values, payload.as_bytes()).unwrap_err();
        assert_eq!(error.kind, DecodeErrorKind::Duplicate, "{payload}");
    }
}

proptest! {
    #![proptest_config(cases(48))]

    // proves: ENC-SENML-13
    #[test]
    fn histories_survive_in_their_order(records in histories(), options in options()) {
        for format in [Format::SenmlJson, Format::SenmlCbor] {
            let payload = round_trip(format, Path::ROOT, Purpose::Values, &records, &options)?;
            if let (Some(payload), false) = (payload, options.canonical) {
                let found = read(format, Path::ROOT, Purpose::Values, &payload).unwrap();
                check_same(&found, &records, "order")?;
            }
        }
    }

    #[test]
    fn formats_without_times_refuse_them(records in histories()) {
        prop_assume!(!records.is_empty());
        let target = Path::from_ids(&records[0].path.ids()[..2]).unwrap();
        for format in [Format::Tlv, Format::Lwm2mCbor] {
            prop_assert!(write(format, target, &records, &EncodeOptions::default()).is_err());
        }
    }

    // The base time of LwM2M 1.0 is everybody's, and says for all of them what they are relative to.
    #[test]
    fn the_json_of_lwm2m_1_0_keeps_times_of_one_kind(records in histories(), options in options()) {
        prop_assume!(is_finite(&records));
        let is_unix = |record: &Record| record.time.is_some_and(|time| time >= 268_435_456.0);
        let mixed = records.iter().any(is_unix) && !records.iter().all(is_unix);
        if mixed {
            let result = write(Format::Json, Path::ROOT, &records, &options);
            prop_assert!(matches!(result, Err(EncodeError::Unsupported { .. })), "{result:?}");
        } else {
            round_trip(Format::Json, Path::ROOT, Purpose::Values, &records, &options)?;
        }
    }
}
