//! Messages by hand, and forms as messages.

use lwm2m_runtime::{
    coap::{Code, Frame, Message, MessageBuilder, MessageType, OptionBuffer, OptionNumber, Token},
    encoding::ContentFormat,
    operation::CoapForm,
};

/// A request or response that is put together option by option, independent of the code under test.
#[derive(Clone)]
pub(crate) struct Wire {
    code: Code,
    options: Vec<(OptionNumber, Vec<u8>)>,
    payload: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            options: Vec::new(),
            payload: Vec::new(),
        }
    }

    pub(crate) fn option(mut self, number: OptionNumber, value: &[u8]) -> Self {
        self.options.push((number, value.to_vec()));
        self
    }

    /// `/3/0?pmin=1&pmax=2`.
    pub(crate) fn uri(mut self, uri: &str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        for segment in path.split('/').skip(1).filter(|_| path != "/") {
            self = self.option(OptionNumber::URI_PATH, segment.as_bytes());
        }
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            self = self.option(OptionNumber::URI_QUERY, parameter.as_bytes());
        }
        self
    }

    fn uint(self, number: OptionNumber, value: u16) -> Self {
        let bytes = value.to_be_bytes();
        let skip = value.leading_zeros() as usize / 8;
        self.option(number, &bytes[skip..])
    }

    pub(crate) fn accept(self, format: ContentFormat) -> Self {
        self.uint(OptionNumber::ACCEPT, format.0)
    }

    pub(crate) fn format(self, format: ContentFormat) -> Self {
        self.uint(OptionNumber::CONTENT_FORMAT, format.0)
    }

    pub(crate) fn observe(self, value: u16) -> Self {
        self.uint(OptionNumber::OBSERVE, value)
    }

    pub(crate) fn payload(mut self, payload: &[u8]) -> Self {
        self.payload = payload.to_vec();
        self
    }

    pub(crate) fn datagram(&self) -> Vec<u8> {
        let mut datagram = Vec::new();
        let mut message = MessageBuilder::new(
            &mut datagram,
            MessageType::Confirmable,
            self.code,
            1,
            Token::from_u64(9),
        );
        for (number, value) in &self.options {
            message = message.option(*number, value);
        }
        message.payload(&self.payload);
        datagram
    }

    /// Reads it as a message.
    pub(crate) fn with<T>(&self, read: impl FnOnce(Message<'_>) -> T) -> T {
        read(Message::parse(&self.datagram()).expect("it was just written"))
    }
}

/// What a form is as text: `0.02 /rd?lt=1 observe=0 format=40 accept=112 location=/rd/1 "payload"`.
pub(crate) fn describe(form: &CoapForm<'_>) -> String {
    let mut text = form.code().to_string();
    let (mut path, mut query, mut location, mut rest) =
        (String::new(), String::new(), String::new(), String::new());
    let number = |value: &[u8]| lwm2m_runtime::coap::uint(value).unwrap_or_default();
    let mut last = OptionNumber(0);
    form.for_each_option(|option, value| {
        assert!(option >= last, "options come in order");
        last = option;
        let string = String::from_utf8_lossy(value);
        match option {
            OptionNumber::URI_PATH => path += &format!("/{string}"),
            OptionNumber::URI_QUERY => {
                query += if query.is_empty() { "?" } else { "&" };
                query += &string;
            }
            OptionNumber::LOCATION_PATH => location += &format!("/{string}"),
            OptionNumber::OBSERVE => rest += &format!(" observe={}", number(value)),
            OptionNumber::CONTENT_FORMAT => rest += &format!(" format={}", number(value)),
            OptionNumber::ACCEPT => rest += &format!(" accept={}", number(value)),
            other => panic!("option {other:?} is not expected"),
        }
    });
    if form.code().is_request() {
        text += if path.is_empty() { " /" } else { " " };
        text += &path;
    }
    text += &query;
    text += &rest;
    if !location.is_empty() {
        text += &format!(" location={location}");
    }
    if !form.payload().is_empty() {
        text += &format!(" {:?}", String::from_utf8_lossy(form.payload()));
    }
    text
}

/// The form as a datagram and as a frame, both read again.
pub(crate) fn both<T>(
    form: &CoapForm<'_>,
    mut read: impl FnMut(Code, lwm2m_runtime::coap::Options<'_>, &[u8]) -> T,
) -> [T; 2] {
    let mut datagram = Vec::new();
    form.write_message(&mut datagram, MessageType::NonConfirmable, 3, Token::from_u64(4));
    let message = Message::parse(&datagram).expect("a form is a message");
    let mut bytes = Vec::new();
    form.write_frame(&mut bytes, Token::from_u64(4));
    let (frame, length) = Frame::parse(&bytes, usize::MAX, 8)
        .expect("a form is a frame")
        .expect("the frame is whole");
    assert_eq!(length, bytes.len());
    let mut buffer = OptionBuffer::new();
    buffer.push(OptionNumber::URI_PATH, b"of the last message");
    form.fill(&mut buffer);
    assert!(buffer.options().eq(message.options), "the same for an exchange");
    assert_eq!(message.payload, form.payload());
    [
        read(message.code, message.options, message.payload),
        read(frame.code, frame.options, frame.payload),
    ]
}
