//! The envelope of a short message that wakes a client.

use lwm2m_runtime::operation::{read_sms_push, write_sms_push};

const COAP: [u8; 14] = [
    0x44, 0x02, 0xb6, 0x0b, 0x21, 0x61, 0xfb, 0x63, 0xb1, 0x31, 0x01, 0x30, 0x01, 0x38,
];

/// User data from its parts: the header with its elements, and the push with its headers.
fn push(elements: &[&[u8]], headers: &[u8]) -> Vec<u8> {
    let header = elements.concat();
    let mut data = vec![u8::try_from(header.len()).unwrap()];
    data.extend(header);
    data.extend([1, 6, u8::try_from(headers.len()).unwrap()]);
    data.extend(headers);
    data.extend(COAP);
    data
}

const PORTS: &[u8] = &[5, 4, 0x0b, 0x84, 0xc0, 0x02];

#[test]
fn an_envelope_is_that_of_the_specification() {
    let data = write_sms_push(&COAP);
    assert_eq!(data, push(&[PORTS], &[0xc4, 0xaf, 0x9a]));
    assert_eq!(read_sms_push(&data), Some(&COAP[..]));
    assert_eq!(read_sms_push(&write_sms_push(&[])), Some(&[][..]));
}

#[test]
fn an_envelope_may_have_more_in_it() {
    let concatenated: &[u8] = &[0, 3, 7, 1, 1];
    for (elements, headers) in [
        // Another port to answer to, and an element before that of the ports.
        (vec![&[5, 4, 0x0b, 0x84, 0, 0][..]], &[0xc4, 0xaf, 0x9a][..]),
        (vec![concatenated, PORTS], &[0xc4, 0xaf, 0x9a]),
        // Content types of all forms: with a length, a long one, and as text; and a header before.
        (vec![PORTS], &[2, 0x03, 0xc4, 0xaf, 0x9a]),
        (vec![PORTS], &[31, 2, 0x03, 0xc4, 0xaf, 0x9a]),
        (vec![PORTS], b"application/x\0\xaf\x9a"),
        (vec![PORTS], &[0xc4, 0x8d, 0x90, 0xaf, 0x9a]),
    ] {
        let data = push(&elements, headers);
        assert_eq!(read_sms_push(&data), Some(&COAP[..]), "{data:02x?}");
    }
}

#[test]
fn what_is_for_somebody_else_or_cut_off_is_none() {
    for (elements, headers) in [
        // Another port; ports of 8 bits; none.
        (vec![&[5, 4, 0x16, 0x33, 0xc0, 0x02][..]], &[0xc4, 0xaf, 0x9a][..]),
        (vec![&[4, 2, 0x84, 0x84][..]], &[0xc4, 0xaf, 0x9a]),
        (vec![], &[0xc4, 0xaf, 0x9a]),
        // Another application, or none.
        (vec![PORTS], &[0xc4, 0xaf, 0x82]),
        (vec![PORTS], &[0xc4]),
        (vec![PORTS], &[]),
        // A length, and a text, beyond the headers.
        (vec![PORTS], &[9, 0xaf, 0x9a]),
        (vec![PORTS], b"application\xaf\x9a"),
    ] {
        let data = push(&elements, headers);
        assert_eq!(read_sms_push(&data), None, "{data:02x?}");
    }
    let data = write_sms_push(&COAP);
    let envelope = data.len() - COAP.len();
    for end in 0..envelope {
        assert_eq!(read_sms_push(&data[..end]), None, "{end}");
    }
    // No push, but something else of WAP.
    let mut other = data.clone();
    other[8] = 4;
    assert_eq!(read_sms_push(&other), None);
}
