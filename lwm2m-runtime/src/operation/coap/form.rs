use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::CoapSession;
use crate::{
    coap::{
        self, Code, FrameBuilder, MessageBuilder, MessageType, OptionBuffer, OptionNumber, Token, with_uint,
    },
    link::NotificationAttributes,
    model::{Path, Version},
    operation::{
        BootstrapRequest, Depth, ExecuteInput, InvalidRequest, Request, Response, Uplink, UplinkResponse,
        WriteMode,
    },
};

/// An operation or its answer as CoAP carries it: a code, options, a payload. What else a message needs is the
/// exchange's.
#[derive(Clone, Copy, Debug)]
pub struct CoapForm<'r> {
    code: Code,
    payload: &'r [u8],
    content: Content<'r>,
}

#[derive(Clone, Copy, Debug)]
enum Content<'r> {
    Request(CoapSession<'r>, &'r Request<'r>),
    Bootstrap(&'r BootstrapRequest<'r>),
    Uplink(Version, &'r Uplink<'r>),
    Response(&'r Response<'r>, Option<u32>),
    UplinkResponse(&'r UplinkResponse<'r>),
}

impl<'r> CoapForm<'r> {
    pub(super) fn request(
        session: CoapSession<'r>,
        request: &'r Request<'r>,
    ) -> Result<Self, InvalidRequest> {
        let code = match request {
            Request::Read { .. }
            | Request::Discover { .. }
            | Request::Observe { .. }
            | Request::CancelObservation { .. } => Code::GET,
            Request::ReadComposite { .. }
            | Request::ObserveComposite { .. }
            | Request::CancelObservationComposite { .. } => Code::FETCH,
            Request::Write {
                mode: WriteMode::Replace,
                ..
            }
            | Request::WriteAttributes { .. } => Code::PUT,
            Request::Write {
                mode: WriteMode::Partial,
                ..
            }
            | Request::Execute { .. }
            | Request::Create { .. } => Code::POST,
            Request::WriteComposite { .. } => Code::IPATCH,
            Request::Delete { .. } => Code::DELETE,
        };
        Self {
            code,
            payload: request.payload().map(|payload| payload.bytes).unwrap_or_default(),
            content: Content::Request(session, request),
        }
        .checked()
    }

    pub(super) fn bootstrap(request: &'r BootstrapRequest<'r>) -> Self {
        Self {
            code: match request {
                BootstrapRequest::Discover { .. } | BootstrapRequest::Read { .. } => Code::GET,
                BootstrapRequest::Write { .. } => Code::PUT,
                BootstrapRequest::Delete { .. } => Code::DELETE,
                BootstrapRequest::Finish => Code::POST,
            },
            payload: request.payload().map(|payload| payload.bytes).unwrap_or_default(),
            content: Content::Bootstrap(request),
        }
    }

    pub(super) fn uplink(version: Version, uplink: &'r Uplink<'r>) -> Result<Self, InvalidRequest> {
        let since = |what, since| match since <= version {
            true => Ok(()),
            false => Err(InvalidRequest::Since { what, since }),
        };
        let code = match uplink {
            Uplink::Deregister { .. } => Code::DELETE,
            Uplink::BootstrapPackRequest { .. } => {
                since("Bootstrap-Pack-Request", Version::V1_2)?;
                Code::GET
            }
            Uplink::Send { .. } => {
                since("Send", Version::V1_1)?;
                Code::POST
            }
            Uplink::BootstrapRequest {
                preferred_format: Some(_),
                ..
            } => {
                since("the parameter pct", Version::V1_1)?;
                Code::POST
            }
            _ => Code::POST,
        };
        Self {
            code,
            payload: uplink.payload().map(|payload| payload.bytes).unwrap_or_default(),
            content: Content::Uplink(version, uplink),
        }
        .checked()
    }

    pub(super) fn response(response: &'r Response<'r>, observe: Option<u32>) -> Self {
        Self {
            code: response.status.code(),
            payload: response.payload.map(|payload| payload.bytes).unwrap_or_default(),
            content: Content::Response(response, observe),
        }
    }

    pub(super) fn uplink_response(response: &'r UplinkResponse<'r>) -> Self {
        Self {
            code: response.status.code(),
            payload: response.payload.map(|payload| payload.bytes).unwrap_or_default(),
            content: Content::UplinkResponse(response),
        }
    }

    /// Refuses text that does not fit into an option.
    fn checked(self) -> Result<Self, InvalidRequest> {
        let mut ignore = |_, _: &[u8]| {};
        let mut writer = OptionWriter::new(&mut ignore);
        self.content.write(&mut writer);
        match writer.too_long {
            Some(what) => Err(InvalidRequest::TooLong { what }),
            None => Ok(self),
        }
    }

    /// The method or response code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The payload; empty where there is none.
    #[must_use]
    pub const fn payload(&self) -> &'r [u8] {
        self.payload
    }

    /// Hands out the options in ascending order of their numbers.
    pub fn for_each_option(&self, mut option: impl FnMut(OptionNumber, &[u8])) {
        self.content.write(&mut OptionWriter::new(&mut option));
    }

    /// Puts the options into a buffer, in place of those that are there: with [`code`](Self::code) and
    /// [`payload`](Self::payload) they are what an exchange sends.
    pub fn fill(&self, options: &mut OptionBuffer) {
        options.clear();
        self.for_each_option(|number, value| {
            options.push(number, value);
        });
    }

    /// As a request for [`Endpoint::request`](crate::coap::Endpoint::request), with its options in a buffer.
    pub fn to_request<'o>(&self, confirmable: bool, options: &'o mut OptionBuffer) -> coap::Request<'o>
    where
        'r: 'o,
    {
        self.fill(options);
        coap::Request {
            code: self.code,
            confirmable,
            options: options.options(),
            payload: self.payload,
        }
    }

    /// As a response for [`Endpoint::respond`](crate::coap::Endpoint::respond), with its options in a buffer.
    pub fn to_response<'o>(&self, options: &'o mut OptionBuffer) -> coap::Response<'o>
    where
        'r: 'o,
    {
        self.fill(options);
        coap::Response {
            code: self.code,
            options: options.options(),
            payload: self.payload,
        }
    }

    /// Writes the whole message of a datagram transport at the end of a buffer.
    pub fn write_message(&self, out: &mut Vec<u8>, message_type: MessageType, id: u16, token: Token) {
        let mut message = Some(MessageBuilder::new(out, message_type, self.code, id, token));
        self.for_each_option(|number, value| {
            message = message.take().map(|message| message.option(number, value));
        });
        if let Some(message) = message {
            message.payload(self.payload);
        }
    }

    /// Writes the whole frame of a reliable transport at the end of a buffer.
    pub fn write_frame(&self, out: &mut Vec<u8>, token: Token) {
        let mut frame = Some(FrameBuilder::new(out, self.code, token));
        self.for_each_option(|number, value| {
            frame = frame.take().map(|frame| frame.option(number, value));
        });
        if let Some(frame) = frame {
            frame.payload(self.payload);
        }
    }
}

impl Content<'_> {
    fn write(&self, options: &mut OptionWriter<'_>) {
        match self {
            Self::Request(session, request) => write_request(*session, request, options),
            Self::Bootstrap(request) => {
                match request {
                    BootstrapRequest::Finish => options.segment(format_args!("bs")),
                    _ => options.path(OptionNumber::URI_PATH, request.path()),
                }
                options.format(request.payload().map(|payload| payload.format));
                options.number(OptionNumber::ACCEPT, request.accept().map(|format| format.0));
            }
            Self::Uplink(version, uplink) => write_uplink(*version, uplink, options),
            Self::Response(response, observe) => {
                if let Some(number) = observe {
                    options.uint(OptionNumber::OBSERVE, number & 0xff_ffff);
                }
                if let Some(path) = response.created {
                    options.path(OptionNumber::LOCATION_PATH, path);
                }
                options.format(response.payload.map(|payload| payload.format));
            }
            Self::UplinkResponse(response) => {
                for segment in response
                    .location
                    .into_iter()
                    .flat_map(|location| location.segments())
                {
                    options.put(OptionNumber::LOCATION_PATH, segment.as_bytes());
                }
                options.format(response.payload.map(|payload| payload.format));
            }
        }
    }
}

fn write_request(session: CoapSession<'_>, request: &Request<'_>, options: &mut OptionWriter<'_>) {
    let none = NotificationAttributes::default();
    let (observe, attributes) = match request {
        Request::Observe { attributes, .. } | Request::ObserveComposite { attributes, .. } => {
            (Some(0_u16), attributes)
        }
        Request::CancelObservation { attributes, .. }
        | Request::CancelObservationComposite { attributes, .. } => (Some(1), attributes),
        _ => (None, &none),
    };
    options.number(OptionNumber::OBSERVE, observe);
    // Composite operations have no Uri-Path: names in their bodies carry the alternate path.
    if request.path() != Path::ROOT {
        for segment in session.prefix() {
            options.what = "the alternate path";
            options.segment(format_args!("{segment}"));
        }
    }
    options.path(OptionNumber::URI_PATH, request.path());
    options.format(request.payload().map(|payload| payload.format));
    options.what = "an attribute";
    match request {
        Request::WriteAttributes { changes, .. } => changes.for_each_parameter(|query| options.query(query)),
        Request::Discover { depth, .. } => {
            if let Some(levels) = depth.map(Depth::levels) {
                options.query(format_args!("depth={levels}"));
            }
        }
        Request::Execute {
            input: ExecuteInput::Query(query),
            ..
        } => options.query(format_args!("{query}")),
        _ => attributes.for_each_parameter(|query| options.query(query)),
    }
    options.number(OptionNumber::ACCEPT, request.accept().map(|format| format.0));
}

fn write_uplink(version: Version, uplink: &Uplink<'_>, options: &mut OptionWriter<'_>) {
    let format = uplink.payload().map(|payload| payload.format);
    options.what = "a parameter";
    match uplink {
        Uplink::Register { parameters, .. } => {
            options.segment(format_args!("rd"));
            options.format(format);
            parameters.for_each_query(|query| options.query(query));
        }
        Uplink::Update {
            location, parameters, ..
        } => {
            location
                .segments()
                .for_each(|segment| options.segment(format_args!("{segment}")));
            options.format(format);
            parameters.for_each_query(version, |query| options.query(query));
        }
        Uplink::Deregister { location } => {
            location
                .segments()
                .for_each(|segment| options.segment(format_args!("{segment}")));
        }
        Uplink::Send { .. } => {
            options.segment(format_args!("dp"));
            options.format(format);
        }
        Uplink::BootstrapRequest {
            endpoint,
            preferred_format,
        } => {
            options.segment(format_args!("bs"));
            if let Some(endpoint) = endpoint {
                options.query(format_args!("ep={endpoint}"));
            }
            if let Some(format) = preferred_format {
                options.query(format_args!("pct={format}"));
            }
        }
        Uplink::BootstrapPackRequest {
            endpoint,
            accept,
            account,
        } => {
            options.segment(format_args!("bspack"));
            if let Some(endpoint) = endpoint {
                options.query(format_args!("ep={endpoint}"));
            }
            if let Some(account) = account {
                options.query(format_args!("acc={account}"));
            }
            options.number(OptionNumber::ACCEPT, accept.map(|format| format.0));
        }
    }
}

/// Puts texts and numbers into options, without allocating.
struct OptionWriter<'o> {
    option: &'o mut dyn FnMut(OptionNumber, &[u8]),
    // What is written now, and the first of it that was too long.
    what: &'static str,
    too_long: Option<&'static str>,
}

impl<'o> OptionWriter<'o> {
    fn new(option: &'o mut dyn FnMut(OptionNumber, &[u8])) -> Self {
        Self {
            option,
            what: "",
            too_long: None,
        }
    }

    fn put(&mut self, number: OptionNumber, value: &[u8]) {
        (self.option)(number, value);
    }

    fn uint(&mut self, number: OptionNumber, value: u32) {
        with_uint(value, |bytes| self.put(number, bytes));
    }

    fn number(&mut self, number: OptionNumber, value: Option<u16>) {
        if let Some(value) = value {
            self.uint(number, value.into());
        }
    }

    fn format(&mut self, format: Option<crate::encoding::ContentFormat>) {
        self.number(OptionNumber::CONTENT_FORMAT, format.map(|format| format.0));
    }

    fn path(&mut self, number: OptionNumber, path: Path) {
        for id in path.ids().iter() {
            self.text(number, format_args!("{id}"));
        }
    }

    fn segment(&mut self, text: fmt::Arguments<'_>) {
        self.text(OptionNumber::URI_PATH, text);
    }

    fn query(&mut self, text: fmt::Arguments<'_>) {
        self.text(OptionNumber::URI_QUERY, text);
    }

    fn text(&mut self, number: OptionNumber, text: fmt::Arguments<'_>) {
        if let Some(text) = text.as_str() {
            return match text.len() <= 255 {
                true => self.put(number, text.as_bytes()),
                false => self.too_long = self.too_long.or(Some(self.what)),
            };
        }
        let mut buffer = OptionText {
            bytes: [0; 255],
            len: 0,
        };
        match buffer.write_fmt(text) {
            Ok(()) => self.put(number, buffer.bytes.get(..buffer.len).unwrap_or_default()),
            Err(fmt::Error) => self.too_long = self.too_long.or(Some(self.what)),
        }
    }
}

/// The longest text that an option holds.
struct OptionText {
    bytes: [u8; 255],
    len: usize,
}

impl Write for OptionText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
