//! Canonical output depends on nothing but the content.

use lwm2m_runtime::{
    encoding::{EncodeOptions, Purpose, Record},
    model::{ObjectDefinition, Path},
};
use proptest::prelude::*;

use super::{
    any_object, cases,
    payload::{STRUCTURED, is_finite, is_textual, read, write},
    strategy::{object_records, options},
};

/// An object's records as they are, and in any order.
fn shuffled(definition: &'static ObjectDefinition) -> impl Strategy<Value = (u16, Vec<Record>, Vec<Record>)> {
    object_records(definition).prop_flat_map(move |records| {
        (
            Just(definition.id()),
            Just(records.clone()),
            Just(records).prop_shuffle(),
        )
    })
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn any_order_becomes_the_same_bytes(
        (object, records, shuffled) in any_object().prop_flat_map(shuffled),
        first in options(),
        second in options(),
    ) {
        let target = Path::object(object);
        let canonical = |options: EncodeOptions| {
            let mut canonical = EncodeOptions::default();
            canonical.base_name = first.base_name;
            canonical.cbor_grouping = first.cbor_grouping;
            canonical.float_width = options.float_width;
            canonical.indefinite_maps = options.indefinite_maps;
            canonical.canonical = true;
            canonical
        };
        for format in STRUCTURED {
            if is_textual(format) && !is_finite(&records) {
                continue;
            }
            let payload = write(format, target, &records, &canonical(first)).unwrap();
            let again = write(format, target, &shuffled, &canonical(second)).unwrap();
            prop_assert_eq!(&payload, &again, "{:?}", format);
            // What was read is written as it was.
            let found = read(format, target, Purpose::Values, &payload).unwrap();
            let again = write(format, target, &found, &canonical(second)).unwrap();
            prop_assert_eq!(&payload, &again, "{:?}", format);
        }
    }
}
