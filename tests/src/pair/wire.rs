use std::{fmt, net::SocketAddr, time::Duration};

use lwm2m_runtime::{
    coap::{Code, Message, MessageType, OptionNumber, Options},
    time::Instant,
};

/// Every datagram that was sent, in order, whether or not it arrived.
#[derive(Debug, Default)]
pub struct Wire {
    sent: Vec<Sent>,
    /// Whether to forget them at once: long runs have many.
    pub forget: bool,
}

/// A datagram as its sender put it on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When.
    pub at: Instant,
    /// By whom: the host's own address, whatever others see.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
}

/// What happens to one datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It does not arrive.
    Lost,
    /// It arrives twice.
    Twice,
    /// It is held back for so long, and others overtake it.
    Late(Duration),
}

impl Wire {
    pub(super) fn push(&mut self, at: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        if !self.forget {
            let bytes = bytes.to_vec();
            self.sent.push(Sent { at, from, to, bytes });
        }
    }

    /// How many there are: a mark for [`since`](Self::since).
    #[must_use]
    pub fn mark(&self) -> usize {
        self.sent.len()
    }

    /// Those after a mark.
    #[must_use]
    pub fn since(&self, mark: usize) -> &[Sent] {
        self.sent.get(mark..).unwrap_or_default()
    }

    /// Requests with a method and a path after a mark.
    #[must_use]
    pub fn requests(&self, mark: usize, code: Code, path: &str) -> Vec<&Sent> {
        let requests = self.since(mark).iter();
        requests
            .filter(|sent| sent.code() == Some(code) && sent.path() == path)
            .collect()
    }

    /// Requests of a host after a mark.
    #[must_use]
    pub fn requests_of(&self, mark: usize, host: SocketAddr) -> Vec<&Sent> {
        let sent = self.since(mark).iter();
        sent.filter(|sent| sent.from == host && sent.code().is_some_and(Code::is_request))
            .collect()
    }

    /// Notifications of a host after a mark: responses with an Observe option.
    #[must_use]
    pub fn notifications(&self, mark: usize, host: SocketAddr) -> Vec<&Sent> {
        let sent = self.since(mark).iter();
        sent.filter(|sent| sent.from == host && sent.observe().is_some())
            .filter(|sent| sent.code().is_some_and(Code::is_response))
            .collect()
    }

    /// The response to a request: the first message back with its token after it.
    #[must_use]
    pub fn response_to(&self, request: &Sent) -> Option<&Sent> {
        let token = request.message()?.token;
        self.sent.iter().find(|sent| {
            sent.at >= request.at
                && (sent.from, sent.to) == (request.to, request.from)
                && sent
                    .message()
                    .is_some_and(|message| message.code.is_response() && message.token == token)
        })
    }
}

impl Sent {
    /// The message in it; `None` where it is none.
    #[must_use]
    pub fn message(&self) -> Option<Message<'_>> {
        Message::parse(&self.bytes).ok()
    }

    /// The message's code.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.message().map(|message| message.code)
    }

    /// Whether an acknowledgement is asked for.
    #[must_use]
    pub fn confirmable(&self) -> bool {
        self.message()
            .is_some_and(|message| message.message_type == MessageType::Confirmable)
    }

    fn options(&self) -> Options<'_> {
        self.message().map(|message| message.options).unwrap_or_default()
    }

    fn number(&self, option: OptionNumber) -> Option<u32> {
        self.options()
            .find(|found| found.number == option)
            .and_then(|found| found.uint())
    }

    fn texts(&self, option: OptionNumber) -> Vec<String> {
        let values = self.options().all(option);
        values
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    /// The path of a request, such as `/rd`; `/` without one.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{}", self.texts(OptionNumber::URI_PATH).join("/"))
    }

    /// The path in a response to a Register or Create, such as `/rd/abc`; `/` without one.
    #[must_use]
    pub fn location(&self) -> String {
        format!("/{}", self.texts(OptionNumber::LOCATION_PATH).join("/"))
    }

    /// The parameters of a request, in order.
    #[must_use]
    pub fn query(&self) -> Vec<String> {
        self.texts(OptionNumber::URI_QUERY)
    }

    /// The value of one parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let query = self.query().into_iter();
        query
            .filter_map(|text| {
                text.split_once('=')
                    .filter(|(key, _)| *key == name)
                    .map(|(_, value)| value.to_owned())
            })
            .next()
    }

    /// The Observe option.
    #[must_use]
    pub fn observe(&self) -> Option<u32> {
        self.number(OptionNumber::OBSERVE)
    }

    /// The Content-Format option.
    #[must_use]
    pub fn content_format(&self) -> Option<u32> {
        self.number(OptionNumber::CONTENT_FORMAT)
    }

    /// The Accept option.
    #[must_use]
    pub fn accept(&self) -> Option<u32> {
        self.number(OptionNumber::ACCEPT)
    }

    /// The payload.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.message().map(|message| message.payload).unwrap_or_default()
    }

    /// The payload as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.payload()).into_owned()
    }
}

/// One line, such as `12.340 s 2→1 CON 0.02 /rd?ep=a [40] 17 bytes`, for messages of failed tests.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.at.as_millis();
        write!(
            f,
            "{}.{:03} s {}→{} ",
            millis / 1000,
            millis % 1000,
            self.from,
            self.to
        )?;
        let Some(message) = self.message() else {
            return write!(f, "{} bytes that are no message", self.bytes.len());
        };
        write!(
            f,
            "{:?} {:?} {:?}",
            message.message_type, message.code, message.id
        )?;
        if message.code.is_request() {
            write!(f, " {}", self.path())?;
            let query = self.query();
            if !query.is_empty() {
                write!(f, "?{}", query.join("&"))?;
            }
        }
        if let Some(observe) = self.observe() {
            write!(f, " Observe {observe}")?;
        }
        if let Some(format) = self.content_format() {
            write!(f, " [{format}]")?;
        }
        write!(f, " {} bytes", message.payload.len())
    }
}
