//! Which format a payload has between peers of the three versions.

use lwm2m_runtime::{
    encoding::{ContentFormat, Format, FormatSet, Negotiation, NegotiationError, PayloadKind},
    model::{ResourceType, Version},
};

const VERSIONS: [Version; 3] = [Version::V1_0, Version::V1_1, Version::V1_2];

const KINDS: [PayloadKind; 11] = [
    PayloadKind::Value(None),
    PayloadKind::Value(Some(ResourceType::Integer)),
    PayloadKind::Value(Some(ResourceType::Opaque)),
    PayloadKind::Values,
    PayloadKind::TimedValues,
    PayloadKind::CompositePaths,
    PayloadKind::CompositeValues,
    PayloadKind::CompositeWrite { removes: false },
    PayloadKind::CompositeWrite { removes: true },
    PayloadKind::Send,
    PayloadKind::BootstrapPack,
];

const NUMBERS: [u16; 10] = [0, 42, 60, 110, 112, 320, 322, 11542, 11543, 11544];

fn with_server(version: Version) -> Negotiation {
    Negotiation::with_server(version, FormatSet::ALL)
}

/// The numbers of the formats that may be sent.
fn sent(version: Version, payload: PayloadKind) -> Vec<u16> {
    let formats = NUMBERS
        .map(ContentFormat)
        .map(ContentFormat::format)
        .into_iter()
        .flatten();
    let sent = formats.filter(|format| with_server(version).may_send(*format, payload));
    sent.map(|format| format.content_format().0).collect()
}

// proves: ENC-FMT-09 ENC-LCBOR-08
#[test]
fn each_version_has_its_formats() {
    let integer = PayloadKind::Value(Some(ResourceType::Integer));
    let opaque = PayloadKind::Value(Some(ResourceType::Opaque));
    let write = PayloadKind::CompositeWrite { removes: false };
    let remove = PayloadKind::CompositeWrite { removes: true };
    for (payload, v1_0, v1_1, v1_2) in [
        (
            integer,
            &[0, 11542, 11543][..],
            &[0, 60, 110, 112, 11542][..],
            &[0, 60, 110, 112, 11542, 11544][..],
        ),
        (
            opaque,
            &[0, 42, 11542, 11543],
            &[0, 42, 60, 110, 112, 11542],
            &[0, 42, 60, 110, 112, 11542, 11544],
        ),
        (
            PayloadKind::Values,
            &[11542, 11543],
            &[110, 112, 11542],
            &[110, 112, 11542, 11544],
        ),
        (PayloadKind::TimedValues, &[11543], &[110, 112], &[110, 112]),
        (
            PayloadKind::CompositePaths,
            &[],
            &[110, 112],
            &[110, 112, 320, 322],
        ),
        (PayloadKind::CompositeValues, &[], &[110, 112], &[110, 112, 11544]),
        (write, &[], &[110, 112], &[110, 112, 320, 322, 11544]),
        (remove, &[], &[], &[320, 322]),
        (PayloadKind::Send, &[], &[110, 112], &[110, 112, 11544]),
        (PayloadKind::BootstrapPack, &[], &[], &[110, 112, 11544]),
    ] {
        assert_eq!(sent(Version::V1_0, payload), v1_0, "{payload:?} in 1.0");
        assert_eq!(sent(Version::V1_1, payload), v1_1, "{payload:?} in 1.1");
        assert_eq!(sent(Version::V1_2, payload), v1_2, "{payload:?} in 1.2");
    }
    // A version that is not out yet has what the last one has.
    assert_eq!(sent(Version::new(1, 3), PayloadKind::Send), [110, 112, 11544]);
}

// proves: ENC-FMT-01
#[test]
fn a_server_has_every_format_of_the_versions_it_serves() {
    for (version, numbers) in [
        (Version::V1_0, &[0, 42, 11542, 11543][..]),
        (Version::V1_1, &[0, 42, 60, 110, 112, 11542, 11543]),
        (Version::V1_2, &NUMBERS),
    ] {
        let expected = FormatSet::from_numbers(numbers.iter().copied());
        assert_eq!(FormatSet::mandatory_for_server(version), expected, "{version}");
        assert!(FormatSet::ALL.contains_all(expected));
    }
    assert_eq!(FormatSet::from_numbers(NUMBERS), FormatSet::ALL);
}

// proves: ENC-FMT-02
#[test]
fn a_client_of_1_0_has_tlv() {
    let mandatory = FormatSet::mandatory_for_client(Version::V1_0);
    assert_eq!(mandatory, FormatSet::of(&[Format::Tlv]));
    let server = Negotiation::with_client(Version::V1_0, FormatSet::ALL, FormatSet::NONE);
    for payload in [
        PayloadKind::Value(Some(ResourceType::String)),
        PayloadKind::Values,
    ] {
        assert_eq!(server.preferred(payload), Some(Format::Tlv));
    }
}

/// Every choice that a server has with any client since 1.1, whatever formats it lists.
// proves: DM-30
#[test]
fn a_server_writes_tlv_only_to_a_client_that_offers_nothing_else() {
    let writes = [
        PayloadKind::Value(None),
        PayloadKind::Value(Some(ResourceType::String)),
        PayloadKind::Value(Some(ResourceType::Integer)),
        PayloadKind::Value(Some(ResourceType::Opaque)),
        PayloadKind::Values,
        PayloadKind::CompositeWrite { removes: false },
    ];
    for version in [Version::V1_1, Version::V1_2] {
        for listed in 0..1_u32 << NUMBERS.len() {
            let numbers = (0..NUMBERS.len()).filter(|bit| listed >> bit & 1 == 1);
            let listed = FormatSet::from_numbers(numbers.map(|bit| NUMBERS[bit]));
            let server = Negotiation::with_client(version, FormatSet::ALL, listed);
            for payload in writes {
                let chosen = server.preferred(payload).expect("there is always one");
                assert_ne!(chosen, Format::Json, "{payload:?} {listed:?}");
                assert!(server.may_send(chosen, payload));
                // What else the client is known to have that can carry it.
                let offered = NUMBERS
                    .map(|number| ContentFormat(number).format().unwrap())
                    .into_iter()
                    .filter(|format| *format != Format::Tlv && server.peer().contains(*format))
                    .any(|format| server.may_send(format, payload));
                if chosen == Format::Tlv {
                    assert!(!offered && listed.contains(Format::Tlv), "{payload:?} {listed:?}");
                }
                if offered {
                    assert!(server.peer().contains(chosen), "{payload:?} {listed:?}");
                }
            }
        }
    }
}

// proves: ENC-FMT-03
#[test]
fn a_client_since_1_1_has_text_and_opaque_and_says_what_else() {
    for version in [Version::V1_1, Version::V1_2] {
        let mandatory = FormatSet::mandatory_for_client(version);
        assert_eq!(mandatory, FormatSet::of(&[Format::Text, Format::Opaque]));
        let with = |numbers: &[u16]| {
            let listed = FormatSet::from_numbers(numbers.iter().copied());
            Negotiation::with_client(version, FormatSet::ALL, listed)
        };
        let opaque = PayloadKind::Value(Some(ResourceType::Opaque));
        let integer = PayloadKind::Value(Some(ResourceType::Integer));
        assert_eq!(with(&[]).preferred(opaque), Some(Format::Opaque));
        assert_eq!(with(&[]).preferred(integer), Some(Format::Text));
        assert_eq!(
            with(&[110]).preferred(PayloadKind::Values),
            Some(Format::SenmlJson)
        );
        assert_eq!(
            with(&[112]).preferred(PayloadKind::Values),
            Some(Format::SenmlCbor)
        );
        assert_eq!(with(&[]).preferred(PayloadKind::Values), Some(Format::SenmlCbor));
        let mut learnt = with(&[]);
        learnt.learn(Format::SenmlJson);
        assert_eq!(learnt.preferred(PayloadKind::Send), Some(Format::SenmlJson));
    }
    let listed = FormatSet::from_numbers([40, 11544, 65000]);
    let v1_2 = Negotiation::with_client(Version::V1_2, FormatSet::ALL, listed);
    assert_eq!(v1_2.preferred(PayloadKind::Values), Some(Format::Lwm2mCbor));
}

// proves: ENC-FMT-04
#[test]
fn a_client_since_1_1_sends_no_json_of_1_0_and_tlv_only_if_asked() {
    for version in [Version::V1_1, Version::V1_2] {
        for payload in KINDS {
            assert!(!with_server(version).may_send(Format::Json, payload));
            let unasked = with_server(version).answer(None, payload);
            assert_ne!(unasked, Ok(Format::Tlv), "{payload:?}");
            assert_ne!(unasked, Ok(Format::Json), "{payload:?}");
        }
        let asked = with_server(version).answer(Some(ContentFormat::TLV), PayloadKind::Values);
        assert_eq!(asked, Ok(Format::Tlv));
        let asked = with_server(version).answer(Some(ContentFormat::JSON), PayloadKind::Values);
        let accept = Some(ContentFormat::JSON);
        assert_eq!(asked, Err(NegotiationError::NotAcceptable { accept }));
    }
}

// proves: ENC-FMT-05 ENC-FMT-16
#[test]
fn what_a_peer_sends_is_read_by_its_content_format() {
    for version in VERSIONS {
        let server = Negotiation::with_client(version, FormatSet::ALL, FormatSet::NONE);
        for (number, format) in [
            (ContentFormat::JSON, Format::Json),
            (ContentFormat::SENML_JSON, Format::SenmlJson),
            (ContentFormat::TLV, Format::Tlv),
            (ContentFormat::LWM2M_CBOR, Format::Lwm2mCbor),
        ] {
            assert_eq!(server.receive(Some(number), PayloadKind::Values), Ok(format));
        }
    }
}

// proves: ENC-FMT-06
#[test]
fn a_payload_without_content_format_is_refused() {
    for payload in KINDS {
        assert_eq!(
            with_server(Version::V1_1).receive(None, payload),
            Err(NegotiationError::Missing { payload })
        );
    }
}

// proves: ENC-FMT-07
#[test]
fn numbers_from_before_iana_are_read_and_never_sent() {
    let client = with_server(Version::V1_0);
    let value = PayloadKind::Value(Some(ResourceType::String));
    for (number, format) in [(1541, Format::Text), (1542, Format::Tlv), (1543, Format::Json)] {
        assert_eq!(client.receive(Some(ContentFormat(number)), value), Ok(format));
        assert_eq!(client.answer(Some(ContentFormat(number)), value), Ok(format));
        assert!(NUMBERS.contains(&format.content_format().0));
    }
}

// proves: ENC-FMT-08
#[test]
fn lwm2m_cbor_has_its_number() {
    assert_eq!(Format::Lwm2mCbor.content_format().0, 11544);
    assert_eq!(ContentFormat(11544).format(), Some(Format::Lwm2mCbor));
}

#[test]
fn what_a_format_cannot_carry_is_refused() {
    let client = with_server(Version::V1_2);
    let integer = PayloadKind::Value(Some(ResourceType::Integer));
    for (number, payload) in [
        (0, PayloadKind::Values),
        (42, integer),
        (42, PayloadKind::Values),
        (60, PayloadKind::Send),
        (320, PayloadKind::Values),
        (322, integer),
        (11542, PayloadKind::CompositeWrite { removes: false }),
        (11544, PayloadKind::CompositePaths),
        (11544, PayloadKind::TimedValues),
        (110, PayloadKind::CompositeWrite { removes: true }),
        (40, PayloadKind::Values),
        (65000, integer),
    ] {
        let content_format = ContentFormat(number);
        assert_eq!(
            client.receive(Some(content_format), payload),
            Err(NegotiationError::Unsupported { content_format }),
        );
        let accept = Some(content_format);
        assert_eq!(
            client.answer(accept, payload),
            Err(NegotiationError::NotAcceptable { accept })
        );
    }
}

#[test]
fn what_this_peer_has_not_is_neither_read_nor_sent() {
    let own = FormatSet::of(&[Format::Text, Format::Opaque, Format::SenmlCbor]);
    let client = Negotiation::with_server(Version::V1_1, own);
    assert_eq!(client.preferred(PayloadKind::Values), Some(Format::SenmlCbor));
    let accept = Some(ContentFormat::SENML_JSON);
    assert!(client.answer(accept, PayloadKind::Values).is_err());
    assert!(client.receive(accept, PayloadKind::Values).is_err());
    let none = Negotiation::with_server(Version::V1_1, FormatSet::NONE.with(Format::Text));
    assert_eq!(none.preferred(PayloadKind::Send), None);
    assert_eq!(
        none.answer(None, PayloadKind::Send),
        Err(NegotiationError::NotAcceptable { accept: None })
    );
    assert!(!FormatSet::ALL.without(Format::Json).contains(Format::Json));
    assert_eq!(format!("{own:?}"), "{Text, Opaque, SenmlCbor}");
}

/// Whoever sends by the rules is understood by whoever reads by them.
#[test]
fn what_may_be_sent_is_read() {
    for version in VERSIONS {
        for payload in KINDS {
            for number in sent(version, payload) {
                with_server(version)
                    .receive(Some(ContentFormat(number)), payload)
                    .expect("read");
            }
        }
    }
}
