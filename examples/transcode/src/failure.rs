//! What can go wrong, and where in the payload.

use std::{fmt, io};

use lwm2m_runtime::{
    encoding::{DecodeError, EncodeError},
    link::LinkError,
};

use crate::arguments::Form;

#[derive(Debug)]
pub(crate) enum Failure {
    Input(io::Error),
    Hex {
        character: char,
        offset: usize,
    },
    HexLength {
        digits: usize,
    },
    Base64(base64::DecodeError),
    Json(serde_json::Error),
    Record {
        index: usize,
        reason: String,
    },
    LinksOnlyAsJson,
    /// What is wrong with a payload, and the part of it around the byte.
    Payload {
        message: String,
        excerpt: String,
    },
    Encode(EncodeError),
}

impl Failure {
    pub(crate) fn decode(error: DecodeError, payload: &[u8], form: Form) -> Self {
        let excerpt = if form.is_text() {
            text_excerpt(payload, error.offset)
        } else {
            dump(payload, error.offset)
        };
        Self::Payload {
            message: error.to_string(),
            excerpt,
        }
    }

    pub(crate) fn links(error: LinkError, payload: &[u8]) -> Self {
        Self::Payload {
            message: error.to_string(),
            excerpt: text_excerpt(payload, error.offset),
        }
    }
}

impl From<EncodeError> for Failure {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => write!(f, "standard input: {error}"),
            Self::Hex { character, offset } => {
                write!(
                    f,
                    "standard input: character {offset}, {character:?}, is not a hexadecimal digit"
                )
            }
            Self::HexLength { digits } => {
                write!(
                    f,
                    "standard input: {digits} hexadecimal digits; a byte is two of them"
                )
            }
            Self::Base64(error) => write!(f, "standard input is not base64: {error}"),
            Self::Json(error) => write!(f, "standard input is not json-records: {error}"),
            Self::Record { index, reason } => write!(f, "record {}: {reason}", index + 1),
            Self::LinksOnlyAsJson => f.write_str("links can be read and shown as json-records, nothing else"),
            Self::Payload { message, excerpt } => write!(f, "{message}\n{excerpt}"),
            Self::Encode(error) => write!(f, "cannot be written: {error}"),
        }
    }
}

/// The 16 bytes of a hexadecimal dump in which a byte stands, with a mark below it.
fn dump(payload: &[u8], offset: usize) -> String {
    let start = offset - offset % 16;
    let line = payload
        .get(start..payload.len().min(start + 16))
        .unwrap_or_default();
    let bytes: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "  {start:08x}  {}\n  {:8}  {:indent$}^^",
        bytes.join(" "),
        "",
        "",
        indent = (offset - start) * 3
    )
}

/// The text around a byte, with a mark below it.
fn text_excerpt(payload: &[u8], offset: usize) -> String {
    let offset = offset.min(payload.len());
    let line_start = payload
        .iter()
        .take(offset)
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let start = line_start.max(offset.saturating_sub(40));
    let rest = payload.get(start..).unwrap_or_default();
    let line: Vec<u8> = rest
        .iter()
        .copied()
        .take_while(|byte| *byte != b'\n')
        .take(80)
        .collect();
    let before = String::from_utf8_lossy(rest.get(..offset - start).unwrap_or_default())
        .chars()
        .count();
    let shown: String = String::from_utf8_lossy(&line)
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    format!("  {shown}\n  {:before$}^", "")
}
