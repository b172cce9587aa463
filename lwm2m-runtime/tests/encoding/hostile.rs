//! Payloads made to break a reader. Every one is refused, and fast.

use lwm2m_runtime::{
    encoding::{DecodeErrorKind as Kind, Format, Limits, Purpose},
    model::Path,
};
use proptest::prelude::*;

use super::support::{INSTANCE, at, bytes, cbor, decoder, read, refused};

const ALL: [Format; 10] = [
    Format::Text,
    Format::Opaque,
    Format::Cbor,
    Format::SenmlJson,
    Format::SenmlCbor,
    Format::SenmlEtchJson,
    Format::SenmlEtchCbor,
    Format::Tlv,
    Format::Json,
    Format::Lwm2mCbor,
];

// proves: ROB-25 ROB-26 ROB-27
#[test]
fn lengths_that_are_only_declared() {
    for hex in ["d8 01 ffffff", "c8 00 ff", "08 00 ff c1 01", "e8 00 01", "c0"] {
        assert_eq!(
            refused(Format::Tlv, Path::object(1000), hex),
            Kind::Truncated,
            "{hex}"
        );
    }
    for hex in [
        "9bffffffffffffffff",
        "9affffffff a0",
        "98ff a0",
        "81 bbffffffffffffffff",
        "81 ba7fffffff",
        "81 a1 00 7bffffffffffffffff",
        "81 a1 00 7affffffff 61",
        "81 a1 08 5bffffffffffffffff",
        "81 a1 02 c4 9b7fffffffffffffff",
        "9f",
        "81 bf",
        "81 a1 00 7f",
    ] {
        assert_eq!(
            refused(Format::SenmlCbor, INSTANCE, hex),
            Kind::Truncated,
            "{hex}"
        );
    }
    for hex in [
        "bbffffffffffffffff",
        "ba7fffffff 00",
        "a1 9b7fffffffffffffff",
        "a1 83 1903e8 00 00 7bffffffffffffffff",
    ] {
        assert_eq!(
            refused(Format::Lwm2mCbor, INSTANCE, hex),
            Kind::Truncated,
            "{hex}"
        );
    }
    for hex in ["7bffffffffffffffff", "5affffffff 00", "7f", "5f 41", "5f"] {
        assert_eq!(refused(Format::Cbor, at(0), hex), Kind::Truncated, "{hex}");
    }
}

// proves: ROB-26 ROB-27 ROB-36
#[test]
fn nesting_without_end() {
    let nested = |unit: &[u8]| unit.repeat((1 << 19) / unit.len());
    for (format, unit) in [
        (Format::Tlv, "80 01"),
        (Format::Tlv, "08 00 ff"),
        (Format::SenmlCbor, "81"),
        (Format::SenmlCbor, "9f"),
        (Format::SenmlCbor, "a1"),
        (Format::SenmlCbor, "c1"),
        (Format::Lwm2mCbor, "a1 00"),
        (Format::Lwm2mCbor, "bf 00"),
        (Format::Lwm2mCbor, "bf"),
        (Format::Lwm2mCbor, "9f"),
        (Format::Lwm2mCbor, "a1 81"),
        (Format::Cbor, "81"),
        (Format::Cbor, "c1"),
        (Format::Cbor, "7f"),
        (Format::Cbor, "c4"),
        (Format::SenmlJson, "5b"),
        (Format::Json, "7b226522 3a"),
    ] {
        let payload = nested(&bytes(unit));
        for target in [Path::object(1000), at(0)] {
            assert!(
                read(decoder(format, target), &payload).is_err(),
                "{format:?} {unit}"
            );
        }
    }
    // In what is passed over, too.
    for unit in ["81", "9f", "a1", "c1"] {
        let mut payload = bytes(&cbor("81 a3 00 {/1000/0/1} 02 01 {x}"));
        payload.extend(nested(&bytes(unit)));
        assert!(
            read(decoder(Format::SenmlCbor, INSTANCE), &payload).is_err(),
            "{unit}"
        );
    }
}

// proves: ROB-25
#[test]
fn limits_hold() {
    let limits = Limits {
        payload: 64,
        records: 2,
        value: 4,
    };
    let kind = |format, target, hex: &str| {
        let found = read(decoder(format, target).with_limits(limits), &bytes(hex));
        found.map(|records| records.len()).map_err(|error| error.kind)
    };
    for (format, target, two, three) in [
        (
            Format::Tlv,
            INSTANCE,
            "c1 01 01 c1 02 02",
            "c1 01 01 c1 02 02 c1 03 03",
        ),
        (
            Format::SenmlCbor,
            Path::ROOT,
            &*cbor("82 a2 00 {/1000/0/1} 02 01 a2 00 {/1000/0/2} 02 01"),
            &*cbor("83 a2 00 {/1000/0/1} 02 01 a2 00 {/1000/0/2} 02 01 a2 00 {/1000/0/3} 02 01"),
        ),
        (
            Format::Lwm2mCbor,
            INSTANCE,
            "a1 82 1903e8 00 a2 01 01 02 02",
            "a1 82 1903e8 00 a3 01 01 02 02 03 03",
        ),
    ] {
        assert_eq!(kind(format, target, two), Ok(2), "{format:?}");
        assert!(
            matches!(kind(format, target, three), Err(Kind::Limit | Kind::Type { .. })),
            "{format:?}"
        );
        assert_eq!(
            kind(format, target, &"00".repeat(65)),
            Err(Kind::Limit),
            "{format:?}"
        );
    }
    for (format, target, hex) in [
        (Format::Tlv, INSTANCE, "c5 00 6162636465"),
        (Format::Cbor, at(0), "65 6162636465"),
        (Format::Cbor, at(0), "7f 63 616263 62 6465 ff"),
        (
            Format::SenmlCbor,
            INSTANCE,
            &*cbor("81 a2 00 {/1000/0/5} 08 456162636465"),
        ),
        (Format::Lwm2mCbor, INSTANCE, "a1 83 1903e8 00 00 65 6162636465"),
        (Format::Text, at(0), "6162636465"),
        (Format::Opaque, at(5), "6162636465"),
    ] {
        assert_eq!(kind(format, target, hex), Err(Kind::Limit), "{format:?} {hex}");
    }
}

// proves: ROB-29
#[test]
fn ten_thousand_records_out_of_order_are_compared_in_good_time() {
    let entry = |id: u16| format!("83 1903e8 19{id:04x} 01 05");
    let body: String = (0..10_000).rev().map(entry).collect();
    let payload = bytes(&format!("b92710 {body}"));
    assert_eq!(
        read(decoder(Format::Lwm2mCbor, Path::ROOT), &payload)
            .unwrap()
            .len(),
        10_000
    );
    let twice = bytes(&format!("b92711 {body} {}", entry(9_999)));
    let error = read(decoder(Format::Lwm2mCbor, Path::ROOT), &twice).unwrap_err();
    assert_eq!(error.kind, Kind::Duplicate);
}

fn any_payload() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        any::<u8>(),
        // What makes a difference in TLV and CBOR.
        prop::sample::select(bytes(
            "00 01 03 05 08 18 19 1a 1b 20 21 22 40 41 5f 60 61 7f 80 81 82 83 9f a0 a1 a2 bf c0 c1 c4 f4 f6 f9 fa fb ff 2f 30 31"
        )),
    ];
    prop::collection::vec(byte, 0..64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    // proves: ROB-36
    #[test]
    fn no_bytes_at_all_make_a_reader_panic(payload in any_payload()) {
        for format in ALL {
            for purpose in [Purpose::Values, Purpose::Create, Purpose::Paths, Purpose::Patch] {
                for target in [Path::ROOT, Path::object(1000), INSTANCE, at(1), at(10)] {
                    let decoder = decoder(format, target).with_purpose(purpose).with_prefixes();
                    if let Err(error) = read(decoder, &payload) {
                        prop_assert!(error.offset <= payload.len());
                    }
                }
            }
        }
    }

    // proves: ROB-36
    #[test]
    fn nor_do_bytes_in_a_record(payload in any_payload()) {
        for head in ["81", "81 a2", "81 a2 00 {/1000/0/1}", "a1 82 1903e8 00", "a1 1903e8 a1 00 a2", "08 00"] {
            let mut whole = bytes(&cbor(head));
            whole.extend(&payload);
            for format in [Format::SenmlCbor, Format::Lwm2mCbor, Format::Tlv] {
                for target in [Path::object(1000), INSTANCE] {
                    if let Err(error) = read(decoder(format, target), &whole) {
                        prop_assert!(error.offset <= whole.len());
                    }
                }
            }
        }
    }
}
