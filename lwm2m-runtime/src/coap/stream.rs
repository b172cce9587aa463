use alloc::vec::Vec;
use core::fmt;

use super::{
    Code, OptionNumber, Options, Token, message::OptionWriter, options::with_uint, token::TokenField,
};

/// A message of a reliable transport (RFC 8323, section 3), borrowed from the receive buffer.
///
/// It has neither type nor identifier: the transport delivers once and in order.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Method, response code or signal.
    pub code: Code,
    /// Ties a response to its request.
    pub token: &'a [u8],
    /// The options, in ascending order.
    pub options: Options<'a>,
    /// The payload; empty where there is none.
    pub payload: &'a [u8],
}

/// Why bytes are not a frame. The connection is aborted (RFC 8323, section 5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// The declared length is above the own Max-Message-Size.
    TooLarge,
    /// The token's length is reserved, or longer than announced.
    Token,
    /// An option is malformed, or a payload marker has no payload.
    Options,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the frame is larger than the own Max-Message-Size",
            Self::Token => "the token is malformed",
            Self::Options => "the options are malformed",
        })
    }
}

impl core::error::Error for FrameError {}

impl<'a> Frame<'a> {
    /// Reads the first frame of a receive buffer and says how many bytes it took; `None` while it is incomplete.
    ///
    /// `max` is the own Max-Message-Size: a larger frame is refused as soon as its length is known. `max_token` is
    /// the longest token that was announced: 8 without an Extended-Token-Length.
    ///
    /// # Errors
    ///
    /// [`FrameError`]; nothing after it can be read.
    pub fn parse(
        buffer: &'a [u8],
        max: usize,
        max_token: usize,
    ) -> Result<Option<(Self, usize)>, FrameError> {
        let Some((first, rest)) = buffer.split_first() else {
            return Ok(None);
        };
        let (length, rest) = match (first >> 4, rest) {
            (nibble @ 0..=12, _) => (usize::from(nibble), rest),
            (13, [a, rest @ ..]) => (usize::from(*a) + 13, rest),
            (14, [a, b, rest @ ..]) => (usize::from(u16::from_be_bytes([*a, *b])) + 269, rest),
            (15, [a, b, c, d, rest @ ..]) => {
                let length = u64::from(u32::from_be_bytes([*a, *b, *c, *d])) + 65_805;
                (usize::try_from(length).map_err(|_| FrameError::TooLarge)?, rest)
            }
            _ => return Ok(None),
        };
        if length > max {
            return Err(FrameError::TooLarge);
        }
        let Some((code, rest)) = rest.split_first() else {
            return Ok(None);
        };
        let (token, rest) = match TokenField::parse(first & 15, rest) {
            TokenField::Whole { token, rest } => (token, rest),
            TokenField::Incomplete => return Ok(None),
            TokenField::Reserved => return Err(FrameError::Token),
        };
        if token.len() > max_token {
            return Err(FrameError::Token);
        }
        if buffer.len() - rest.len() + length > max {
            return Err(FrameError::TooLarge);
        }
        let Some((content, rest)) = rest.split_at_checked(length) else {
            return Ok(None);
        };
        let (options, payload) = Options::parse(content).ok_or(FrameError::Options)?;
        Ok(Some((
            Self {
                code: Code(*code),
                token,
                options,
                payload,
            },
            buffer.len() - rest.len(),
        )))
    }
}

/// Writes a frame at the end of a buffer.
#[derive(Debug)]
#[must_use]
pub struct FrameBuilder<'b> {
    out: &'b mut Vec<u8>,
    start: usize,
    token_len: u8,
    body: usize,
    options: OptionWriter,
}

impl<'b> FrameBuilder<'b> {
    /// Begins a frame.
    pub fn new(out: &'b mut Vec<u8>, code: Code, token: Token) -> Self {
        let start = out.len();
        let token = token.as_bytes();
        out.push(code.0);
        out.extend_from_slice(token);
        let body = out.len();
        Self {
            out,
            start,
            token_len: token.len() as u8,
            body,
            options: OptionWriter::new(body),
        }
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

    /// Ends the frame with a payload; an empty one is none.
    pub fn payload(self, payload: &[u8]) {
        if !payload.is_empty() {
            self.out.push(0xff);
            self.out.extend_from_slice(payload);
        }
        self.finish();
    }

    /// Ends the frame without a payload: puts its length in front.
    pub fn finish(self) {
        let length = self.out.len() - self.body;
        let [a, b, c, d] = (length as u32).to_be_bytes();
        let (nibble, extension): (u8, &[u8]) = match length {
            0..=12 => (d, &[]),
            13..=268 => (13, &[d.wrapping_sub(13)]),
            269..=65_804 => (14, &((length - 269) as u16).to_be_bytes()),
            _ => {
                let [a, b, c, d] = u32::from_be_bytes([a, b, c, d])
                    .wrapping_sub(65_805)
                    .to_be_bytes();
                (15, &[a, b, c, d])
            }
        };
        let head = core::iter::once(nibble << 4 | self.token_len).chain(extension.iter().copied());
        self.out.splice(self.start..self.start, head);
    }
}
