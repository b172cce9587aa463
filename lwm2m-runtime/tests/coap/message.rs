//! CoAP messages, frames, options and blocks: bytes and their meaning, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use lwm2m_runtime::coap::{
    BlockOption, BlockSize, Code, CodeClass, Frame, FrameBuilder, FrameError, Message, MessageBuilder,
    MessageError, MessageType, OptionNumber, Options, Token, peek_id, uint,
};
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn listed(options: Options<'_>) -> Vec<(u16, Vec<u8>)> {
    options
        .map(|option| (option.number.0, option.value.to_vec()))
        .collect()
}

#[test]
fn a_request_is_read_to_its_parts() {
    // The registration update trigger as it arrives in a short message: POST /1/0/8.
    let datagram = hex("44 02 b60b 2161fb63 b1 31 01 30 01 38");
    let message = Message::parse(&datagram).unwrap();
    assert_eq!(message.message_type, MessageType::Confirmable);
    assert_eq!((message.code, message.id), (Code::POST, 0xb60b));
    assert_eq!(message.token, hex("2161fb63"));
    let path: Vec<_> = message.options.all(OptionNumber::URI_PATH).collect();
    assert_eq!(path, [b"1", b"0", b"8"]);
    assert!(message.payload.is_empty());

    let mut written = Vec::new();
    let token = Token::new(&hex("2161fb63")).unwrap();
    let mut builder = MessageBuilder::new(&mut written, MessageType::Confirmable, Code::POST, 0xb60b, token);
    for segment in path {
        builder = builder.option(OptionNumber::URI_PATH, segment);
    }
    builder.finish();
    assert_eq!(written, datagram);
}

#[test]
fn options_given_out_of_order_are_sorted() {
    let mut datagram = Vec::new();
    MessageBuilder::new(
        &mut datagram,
        MessageType::NonConfirmable,
        Code::GET,
        1,
        Token::EMPTY,
    )
    .uint(OptionNumber::SIZE1, 70_000)
    .option(OptionNumber::URI_PATH, b"a")
    .uint(OptionNumber::OBSERVE, 0)
    .option(OptionNumber::REQUEST_TAG, b"tag")
    .option(OptionNumber::URI_PATH, b"b")
    .payload(b"body");
    let message = Message::parse(&datagram).unwrap();
    let expected = [
        (6, vec![]),
        (11, b"a".to_vec()),
        (11, b"b".to_vec()),
        (60, vec![1, 0x11, 0x70]),
        (292, b"tag".to_vec()),
    ];
    assert_eq!(listed(message.options), expected);
    assert_eq!(message.payload, b"body");
}

#[test]
fn reserved_token_lengths_are_refused_unless_tokens_are_extended() {
    for length in 9..=12_u8 {
        let mut datagram = vec![0x40 | length, 1, 0, 1];
        datagram.extend(std::iter::repeat_n(7, length.into()));
        assert_eq!(Message::parse(&datagram).unwrap_err(), MessageError::Token);
        assert_eq!(
            Message::parse_extended(&datagram, 12).unwrap().token.len(),
            length.into()
        );
    }
    let extended = [vec![0x4d, 1, 0, 1, 2], vec![7; 15]].concat();
    assert_eq!(Message::parse(&extended).unwrap_err(), MessageError::Token);
    assert_eq!(Message::parse_extended(&extended, 64).unwrap().token, [7; 15]);
    let longer = [vec![0x4e, 1, 0, 1, 0, 1], vec![7; 270]].concat();
    assert_eq!(
        Message::parse_extended(&longer, 269).unwrap_err(),
        MessageError::Token
    );
    assert_eq!(Message::parse_extended(&longer, 270).unwrap().token.len(), 270);
    assert_eq!(
        Message::parse_extended(&[0x4f, 1, 0, 1], 65_804).unwrap_err(),
        MessageError::Token
    );
    // What a reset needs is there all the same.
    assert_eq!(peek_id(&extended), Some((MessageType::Confirmable, 1)));
}

// proves: ROB-02 ROB-03 ROB-04 ROB-05
#[test]
fn malformed_options_are_refused() {
    let cases = [
        ("f0", "delta nibble 15 that is no payload marker"),
        ("0f", "length nibble 15"),
        ("d0", "extended delta past the end"),
        ("e000", "extended delta past the end"),
        ("0d", "extended length past the end"),
        ("0e00", "extended length past the end"),
        ("b231", "value past the end"),
        ("bd00", "long value past the end"),
        ("e0feff 10", "numbers that add up to more than 65535"),
        ("e0ffff", "an extended delta above 65535"),
        ("b0 ff", "payload marker without payload"),
        ("ff", "payload marker without payload"),
    ];
    for (options, why) in cases {
        let datagram = [hex("40010001"), hex(options)].concat();
        assert_eq!(
            Message::parse(&datagram).unwrap_err(),
            MessageError::Options,
            "{why}"
        );
        let frame = [
            vec![((options.replace(' ', "").len() / 2) as u8) << 4, 1],
            hex(options),
        ]
        .concat();
        assert_eq!(
            Frame::parse(&frame, 1152, 8).unwrap_err(),
            FrameError::Options,
            "{why}"
        );
    }
    // The highest number that exists: 269 + 65266.
    let highest = hex("40010001 e0fef2");
    assert_eq!(
        listed(Message::parse(&highest).unwrap().options),
        [(65_535, vec![])]
    );
}

#[test]
fn empty_messages_are_empty_and_reserved_codes_and_versions_are_refused() {
    assert_eq!(
        Message::parse(&hex("41000001 07")).unwrap_err(),
        MessageError::NotEmpty
    );
    assert_eq!(
        Message::parse(&hex("40000001 b131")).unwrap_err(),
        MessageError::NotEmpty
    );
    assert_eq!(
        Message::parse(&hex("40000001 ff00")).unwrap_err(),
        MessageError::NotEmpty
    );
    assert_eq!(Message::parse(&hex("40000001")).unwrap().code, Code::EMPTY);
    for code in ["20", "21", "60", "c0", "e1"] {
        let datagram = hex(&format!("40{code}0001"));
        assert_eq!(Message::parse(&datagram).unwrap_err(), MessageError::Code);
    }
    for version in ["00", "80", "c0"] {
        let datagram = hex(&format!("{version}010001"));
        assert_eq!(Message::parse(&datagram).unwrap_err(), MessageError::Version);
        assert_eq!(peek_id(&datagram), None);
    }
    for length in 0..4 {
        assert_eq!(
            Message::parse(&[0x40, 1, 0][..length.min(3)]).unwrap_err(),
            MessageError::TooShort
        );
    }
}

#[test]
fn critical_options_that_cannot_be_honoured_are_named() {
    let known = [
        OptionNumber::URI_PATH,
        OptionNumber::ACCEPT,
        OptionNumber::IF_NONE_MATCH,
    ];
    let refused = |pairs: &[(u16, &[u8])]| {
        let mut datagram = Vec::new();
        let mut builder = MessageBuilder::new(
            &mut datagram,
            MessageType::Confirmable,
            Code::GET,
            1,
            Token::EMPTY,
        );
        for (number, value) in pairs {
            builder = builder.option(OptionNumber(*number), value);
        }
        builder.finish();
        Message::parse(&datagram)
            .unwrap()
            .options
            .refused(&known)
            .map(|number| number.0)
    };
    assert_eq!(refused(&[(11, b"3"), (11, b"0"), (17, b"\x70")]), None);
    assert_eq!(
        refused(&[(11, b"3"), (35, b"coap://x")]),
        Some(35),
        "known to CoAP, not to the receiver"
    );
    assert_eq!(refused(&[(9999, b"")]), Some(9999), "unknown and critical");
    assert_eq!(refused(&[(9998, b"")]), None, "unknown and elective");
    assert_eq!(refused(&[(17, b"\x70"), (17, b"\x70")]), Some(17), "repeated");
    assert_eq!(refused(&[(17, b"123")]), Some(17), "too long");
    assert_eq!(refused(&[(5, b"x")]), Some(5), "not empty");
}

#[test]
fn numbers_are_read_with_leading_zeros_and_written_without() {
    assert_eq!(uint(&[]), Some(0));
    assert_eq!(uint(&[0, 0, 1]), Some(1));
    assert_eq!(uint(&[0xff; 4]), Some(u32::MAX));
    assert_eq!(uint(&[0; 5]), None);
    for (number, length) in [(0, 0), (1, 1), (255, 1), (256, 2), (65_536, 3), (u32::MAX, 4)] {
        let mut datagram = Vec::new();
        MessageBuilder::new(
            &mut datagram,
            MessageType::Confirmable,
            Code::GET,
            1,
            Token::EMPTY,
        )
        .uint(OptionNumber::MAX_AGE, number)
        .finish();
        let message = Message::parse(&datagram).unwrap();
        let value = message.options.first(OptionNumber::MAX_AGE).unwrap();
        assert_eq!((uint(value), value.len()), (Some(number), length));
    }
}

#[test]
fn block_options_have_number_more_and_size() {
    let cases = [
        ("", 0, false, 0, 16, 0),
        ("21", 2, false, 1, 32, 64),
        ("3b", 3, true, 3, 128, 384),
        ("08", 0, true, 0, 16, 0),
        ("0e", 0, true, 6, 1024, 0),
        ("16", 1, false, 6, 1024, 1024),
        ("fffff6", 1_048_575, false, 6, 1024, 1_073_740_800),
        ("0f", 0, true, 7, 1024, 0),
    ];
    for (bytes, number, more, exponent, size, offset) in cases {
        let block = BlockOption::parse(&hex(bytes)).unwrap();
        assert_eq!(
            (block.number, block.more, block.size.exponent()),
            (number, more, exponent)
        );
        assert_eq!((block.size.bytes(), block.offset()), (size, offset));
        assert_eq!(block.to_u32(), uint(&hex(bytes)).unwrap());
    }
    assert_eq!(BlockOption::parse(&[0; 4]), None);
    assert_eq!(BlockSize::at_most(1024), BlockSize::MAX);
    assert_eq!(BlockSize::at_most(1023).bytes(), 512);
    assert_eq!(BlockSize::at_most(0), BlockSize::MIN);
}

/// Bytes of a frame, then what they say: code, token, options, payload.
type FrameCase = (
    &'static str,
    Code,
    &'static str,
    &'static [(u16, &'static str)],
    &'static str,
);

#[test]
fn frames_are_read_and_written() {
    let cases: [FrameCase; 6] = [
        ("01437f", Code::VALID, "7f", &[], ""),
        ("01e242", Code::PING, "42", &[], ""),
        ("40e1 22 2000 20", Code::CSM, "", &[(2, "2000"), (4, "")], ""),
        ("20e1 61 20", Code::CSM, "", &[(6, "20")], ""),
        (
            "d004e5 21 09 ff 756e6b6e6f776e206f7074696f6e",
            Code::ABORT,
            "",
            &[(2, "09")],
            "756e6b6e6f776e206f7074696f6e",
        ),
        ("0000", Code::EMPTY, "", &[], ""),
    ];
    for (bytes, code, token, options, payload) in cases {
        let bytes = hex(bytes);
        let (frame, used) = Frame::parse(&bytes, 1152, 8).unwrap().unwrap();
        assert_eq!(used, bytes.len());
        assert_eq!(
            (frame.code, frame.token, frame.payload),
            (code, &*hex(token), &*hex(payload))
        );
        let expected: Vec<_> = options
            .iter()
            .map(|(number, value)| (*number, hex(value)))
            .collect();
        assert_eq!(listed(frame.options), expected);
        for end in 0..bytes.len() {
            assert!(
                Frame::parse(&bytes[..end], 1152, 8).unwrap().is_none(),
                "cut at {end}"
            );
        }
        let mut written = Vec::new();
        let mut builder = FrameBuilder::new(&mut written, code, Token::new(&hex(token)).unwrap());
        for (number, value) in &expected {
            builder = builder.option(OptionNumber(*number), value);
        }
        builder.payload(&hex(payload));
        assert_eq!(written, bytes);
    }
    assert_eq!(Code::RELEASE.class(), CodeClass::Signal);
}

#[test]
fn frame_lengths_change_form_where_the_specification_says() {
    for (body, header) in [
        (0, 2),
        (12, 2),
        (13, 3),
        (268, 3),
        (269, 4),
        (65_804, 4),
        (65_805, 6),
        (70_000, 6),
    ] {
        let mut frame = vec![0xaa];
        let payload = vec![b'a'; usize::saturating_sub(body, 1)];
        FrameBuilder::new(&mut frame, Code::CONTENT, Token::EMPTY).payload(&payload);
        assert_eq!(
            frame.len(),
            1 + header + body,
            "behind what the buffer held before"
        );
        let (read, used) = Frame::parse(&frame[1..], 1 << 20, 8).unwrap().unwrap();
        assert_eq!((read.payload, used), (&*payload, header + body));
    }
}

#[test]
fn frames_above_the_own_limit_are_refused_by_their_header_alone() {
    // Length form 15 with 4 GiB declared, and not one byte of them.
    assert_eq!(
        Frame::parse(&hex("f0 ffffffff"), 1152, 8).unwrap_err(),
        FrameError::TooLarge
    );
    assert_eq!(
        Frame::parse(&hex("e0 0400"), 1152, 8).unwrap_err(),
        FrameError::TooLarge
    );
    // The token counts too: RFC 8323 limits the message, not its body.
    let body = [hex("d803 45 0102030405060708"), vec![0; 16]].concat();
    assert!(Frame::parse(&body, body.len(), 8).is_ok());
    assert_eq!(
        Frame::parse(&body, body.len() - 1, 8).unwrap_err(),
        FrameError::TooLarge
    );
    assert_eq!(
        Frame::parse(&hex("0f43"), 1152, 8).unwrap_err(),
        FrameError::Token
    );
    assert_eq!(
        Frame::parse(&hex("0943000000000000000000"), 1152, 8).unwrap_err(),
        FrameError::Token
    );
}

// proves: COAP-01
proptest! {
    #[test]
    fn what_is_written_is_read(
        message_type in 0_u8..4,
        code in 1_u8..=7,
        id: u16,
        token in proptest::collection::vec(any::<u8>(), 0..=8),
        options in proptest::collection::vec((any::<u16>(), proptest::collection::vec(any::<u8>(), 0..300)), 0..20),
        payload in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let message_type = [
            MessageType::Confirmable,
            MessageType::NonConfirmable,
            MessageType::Acknowledgement,
            MessageType::Reset,
        ][usize::from(message_type)];
        let mut datagram = Vec::new();
        let mut builder =
            MessageBuilder::new(&mut datagram, message_type, Code(code), id, Token::new(&token).unwrap());
        for (number, value) in &options {
            builder = builder.option(OptionNumber(*number), value);
        }
        builder.payload(&payload);
        let message = Message::parse(&datagram).unwrap();
        let mut sorted = options;
        sorted.sort_by_key(|(number, _)| *number);
        prop_assert_eq!(listed(message.options), sorted);
        prop_assert_eq!((message.message_type, message.code.0, message.id), (message_type, code, id));
        prop_assert_eq!((message.token, message.payload), (&*token, &*payload));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(message) = Message::parse_extended(&bytes, 65_804) {
            let _ = message.options.refused(&[]);
            prop_assert!(message.options.count() <= bytes.len());
        }
        let _ = Frame::parse(&bytes, 1 << 16, 65_804);
        let _ = peek_id(&bytes);
    }
}
