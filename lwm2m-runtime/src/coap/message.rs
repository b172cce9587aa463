use alloc::vec::Vec;
use core::fmt;

use super::{Code, CodeClass, OptionNumber, Options, Token, options::with_uint, token::TokenField};

/// How a message of a datagram transport wants to be received (RFC 7252, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// Wants an acknowledgement, and is repeated until one comes.
    Confirmable,
    /// Wants none.
    NonConfirmable,
    /// Acknowledges a confirmable message, perhaps with its response.
    Acknowledgement,
    /// Says that a message had no use.
    Reset,
}

impl MessageType {
    const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Confirmable,
            1 => Self::NonConfirmable,
            2 => Self::Acknowledgement,
            _ => Self::Reset,
        }
    }

    pub(super) const fn bits(self) -> u8 {
        match self {
            Self::Confirmable => 0,
            Self::NonConfirmable => 1,
            Self::Acknowledgement => 2,
            Self::Reset => 3,
        }
    }
}

/// A message of a datagram transport (RFC 7252, section 3), borrowed from the datagram.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// How it wants to be received.
    pub message_type: MessageType,
    /// Method or response code.
    pub code: Code,
    /// Ties an acknowledgement or a reset to its message, and shows duplicates.
    pub id: u16,
    /// Ties a response to its request: 0 to 8 bytes, or more where both sides extend tokens (RFC 8974).
    pub token: &'a [u8],
    /// The options, in ascending order.
    pub options: Options<'a>,
    /// The payload; empty where there is none.
    pub payload: &'a [u8],
}

/// Why a datagram is not a message (RFC 7252, section 3; the reaction is in section 4.2 and 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageError {
    /// It is shorter than a header.
    TooShort,
    /// The version is not 1: to be ignored in silence.
    Version,
    /// The token's length is reserved or longer than allowed, or the token ends after the datagram.
    Token,
    /// The code is reserved, or a signal, which datagram transports do not have.
    Code,
    /// An empty message has a token, options or a payload.
    NotEmpty,
    /// An option is malformed or ends after the datagram, or a payload marker has no payload.
    Options,
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "the datagram is shorter than a CoAP header",
            Self::Version => "the CoAP version is not 1",
            Self::Token => "the token is malformed",
            Self::Code => "the code is reserved",
            Self::NotEmpty => "an empty message is not empty",
            Self::Options => "the options are malformed",
        })
    }
}

impl core::error::Error for MessageError {}

/// Type and identifier of a datagram that may be malformed behind its header: what a reset needs.
#[must_use]
pub fn peek_id(datagram: &[u8]) -> Option<(MessageType, u16)> {
    match datagram {
        [first, _, high, low, ..] if first >> 6 == 1 => Some((
            MessageType::from_bits(first >> 4),
            u16::from_be_bytes([*high, *low]),
        )),
        _ => None,
    }
}

impl<'a> Message<'a> {
    /// Reads a datagram with a token of up to 8 bytes.
    ///
    /// # Errors
    ///
    /// [`MessageError`]; whether it is answered by a reset is the exchange layer's question.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, MessageError> {
        Self::parse_extended(datagram, 8)
    }

    /// Reads a datagram with a token of up to `max_token` bytes (RFC 8974), at most 65,804.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_extended(datagram: &'a [u8], max_token: usize) -> Result<Self, MessageError> {
        let [first, code, high, low, rest @ ..] = datagram else {
            return Err(MessageError::TooShort);
        };
        if first >> 6 != 1 {
            return Err(MessageError::Version);
        }
        let code = Code(*code);
        let TokenField::Whole { token, rest } = TokenField::parse(first & 15, rest) else {
            return Err(MessageError::Token);
        };
        if token.len() > max_token {
            return Err(MessageError::Token);
        }
        match code.class() {
            CodeClass::Reserved | CodeClass::Signal => return Err(MessageError::Code),
            CodeClass::Empty if !token.is_empty() || !rest.is_empty() => return Err(MessageError::NotEmpty),
            _ => {}
        }
        let (options, payload) = Options::parse(rest).ok_or(MessageError::Options)?;
        let message_type = MessageType::from_bits(first >> 4);
        Ok(Self {
            message_type,
            code,
            id: u16::from_be_bytes([*high, *low]),
            token,
            options,
            payload,
        })
    }
}

/// Writes a message at the end of a buffer.
///
/// ```
/// use lwm2m_runtime::coap::{Code, Message, MessageBuilder, MessageType, OptionNumber, Token};
///
/// let mut datagram = Vec::new();
/// MessageBuilder::new(&mut datagram, MessageType::Confirmable, Code::GET, 7, Token::from_u64(1))
///     .option(OptionNumber::URI_PATH, b"3")
///     .option(OptionNumber::URI_PATH, b"0")
///     .uint(OptionNumber::ACCEPT, 112)
///     .finish();
/// let message = Message::parse(&datagram)?;
/// assert_eq!(message.options.all(OptionNumber::URI_PATH).count(), 2);
/// # Ok::<(), lwm2m_runtime::coap::MessageError>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct MessageBuilder<'b> {
    out: &'b mut Vec<u8>,
    options: OptionWriter,
}

impl<'b> MessageBuilder<'b> {
    /// Begins a message with its header and token.
    pub fn new(out: &'b mut Vec<u8>, message_type: MessageType, code: Code, id: u16, token: Token) -> Self {
        let [high, low] = id.to_be_bytes();
        let token = token.as_bytes();
        out.extend_from_slice(&[
            0x40 | message_type.bits() << 4 | token.len() as u8,
            code.0,
            high,
            low,
        ]);
        out.extend_from_slice(token);
        let options = OptionWriter::new(out.len());
        Self { out, options }
    }

    /// An empty message: an acknowledgement without response, a reset, or a ping.
    pub fn empty(out: &mut Vec<u8>, message_type: MessageType, id: u16) {
        MessageBuilder::new(out, message_type, Code::EMPTY, id, Token::EMPTY).finish();
    }

    /// Adds an option. In ascending order of numbers this only appends; otherwise the later ones are moved.
    pub fn option(mut self, number: OptionNumber, value: &[u8]) -> Self {
        self.options.write(self.out, number, value);
        self
    }

    /// Adds an option that is a number, in as few bytes as it needs.
    pub fn uint(self, number: OptionNumber, value: u32) -> Self {
        with_uint(value, |bytes| self.option(number, bytes))
    }

    /// Ends the message without a payload.
    pub fn finish(self) {}

    /// Ends the message with a payload; an empty one is none.
    pub fn payload(self, payload: &[u8]) {
        if !payload.is_empty() {
            self.out.push(0xff);
            self.out.extend_from_slice(payload);
        }
    }
}

/// Writes options behind each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct OptionWriter {
    start: usize,
    last: u16,
}

impl OptionWriter {
    /// For options that begin at `start` of the buffer.
    pub(super) const fn new(start: usize) -> Self {
        Self { start, last: 0 }
    }

    pub(super) fn write(&mut self, out: &mut Vec<u8>, number: OptionNumber, value: &[u8]) {
        if number.0 >= self.last {
            append(out, number.0 - self.last, value);
            self.last = number.0;
            return;
        }
        // Out of order: write the options anew with this one before the first of a higher number.
        let written = out.split_off(self.start);
        let Some((options, _)) = Options::parse(&written) else {
            return;
        };
        let mut rest = Self::new(self.start);
        let mut pending = Some(value);
        for option in options {
            if option.number > number {
                if let Some(value) = pending.take() {
                    rest.write(out, number, value);
                }
            }
            rest.write(out, option.number, option.value);
        }
        self.last = rest.last;
    }
}

/// One option: delta, length, value. Values are at most 65,804 bytes, far above what any option may have.
fn append(out: &mut Vec<u8>, delta: u16, value: &[u8]) {
    let value = value.get(..usize::from(u16::MAX)).unwrap_or(value);
    let first = out.len();
    out.push(0);
    let delta = extend(out, delta);
    let length = extend(out, value.len() as u16);
    if let Some(byte) = out.get_mut(first) {
        *byte = delta << 4 | length;
    }
    out.extend_from_slice(value);
}

/// The nibble of a delta or length; what does not fit into it is appended.
fn extend(out: &mut Vec<u8>, number: u16) -> u8 {
    match number {
        0..=12 => number as u8,
        13..=268 => {
            out.push((number - 13) as u8);
            13
        }
        _ => {
            out.extend_from_slice(&(number - 269).to_be_bytes());
            14
        }
    }
}
