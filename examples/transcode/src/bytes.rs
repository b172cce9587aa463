//! Payloads on a command line: raw, in hexadecimal, in base64.

use base64::Engine as _;

use crate::{arguments::Form, failure::Failure};

/// How binary formats stand on standard input and output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Raw,
    Hex,
    Base64,
}

/// The payload that standard input holds.
pub(crate) fn input(bytes: Vec<u8>, form: Form, encoding: Encoding) -> Result<Vec<u8>, Failure> {
    if form.is_text() {
        // A shell's `echo` ends with a newline that is no part of the payload.
        let end = bytes
            .strip_suffix(b"\n")
            .map_or(bytes.len(), |rest| rest.strip_suffix(b"\r").unwrap_or(rest).len());
        return Ok(bytes.into_iter().take(end).collect());
    }
    match encoding {
        Encoding::Raw => Ok(bytes),
        Encoding::Hex => hex(&bytes),
        Encoding::Base64 => {
            let text: Vec<u8> = bytes
                .into_iter()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect();
            base64::engine::general_purpose::STANDARD
                .decode(text)
                .map_err(Failure::Base64)
        }
    }
}

/// What goes to standard output for a payload.
pub(crate) fn output(payload: Vec<u8>, form: Form, encoding: Encoding) -> Vec<u8> {
    match encoding {
        _ if form.is_text() => payload,
        Encoding::Raw => payload,
        Encoding::Hex => {
            let digits: String = payload.iter().map(|byte| format!("{byte:02x}")).collect();
            (digits + "\n").into_bytes()
        }
        Encoding::Base64 => (base64::engine::general_purpose::STANDARD.encode(payload) + "\n").into_bytes(),
    }
}

/// Reads hexadecimal digits; white space, colons and a leading 0x may stand between, as captures print them.
pub(crate) fn hex(text: &[u8]) -> Result<Vec<u8>, Failure> {
    let text = String::from_utf8_lossy(text).replace("0x", "");
    let mut digits = Vec::new();
    for (offset, character) in text.chars().enumerate() {
        match character.to_digit(16) {
            Some(digit) => digits.push(digit as u8),
            None if character.is_whitespace() || character == ':' => {}
            None => return Err(Failure::Hex { character, offset }),
        }
    }
    if digits.len() % 2 == 1 {
        return Err(Failure::HexLength { digits: digits.len() });
    }
    Ok(digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect())
}
