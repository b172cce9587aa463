use super::{Code, Limits, character, report::Report};

/// The bytes of a file as text, without its byte order mark; and where the text starts.
///
/// `None` if they are no text that could be read: too many, or in another encoding.
pub(super) fn decode<'a>(bytes: &'a [u8], limits: &Limits, report: &mut Report) -> Option<(&'a str, usize)> {
    if bytes.len() > limits.file_bytes {
        let message = format!(
            "the file has {} bytes; at most {} are read",
            bytes.len(),
            limits.file_bytes
        );
        report.error(Code::TooLarge, 0..0, message);
        return None;
    }
    if let Some(name) = wide_encoding(bytes) {
        report.error(Code::Encoding, 0..0, format!("the file is {name}"));
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let start = error.valid_up_to();
            let end = error.error_len().map_or(bytes.len(), |length| start + length);
            report.error(Code::NotUtf8, start..end, "these bytes are not UTF-8");
            return None;
        }
    };
    forbid_characters(text, report);
    Some(match text.strip_prefix('\u{FEFF}') {
        Some(rest) => (rest, text.len() - rest.len()),
        None => (text, 0),
    })
}

/// The encodings with several bytes a character show themselves in the first bytes (XML 1.0, appendix F).
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x00, 0x00, 0xFE, 0xFF, ..] | [0xFF, 0xFE, 0x00, 0x00, ..] => Some("UTF-32"),
        [0x00, 0x00, 0x00, b'<', ..] | [b'<', 0x00, 0x00, 0x00, ..] => Some("UTF-32"),
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => Some("UTF-16"),
        [0x00, b'<', ..] | [b'<', 0x00, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// Reports every character that may stand nowhere in a file.
fn forbid_characters(text: &str, report: &mut Report) {
    // The common bytes are passed over without decoding them.
    let suspects = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| (*byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || *byte == 0xEF);
    for (offset, _) in suspects {
        let Some(c) = text.get(offset..).and_then(|rest| rest.chars().next()) else {
            continue;
        };
        if !character::is_allowed(c) {
            let message = format!("the character U+{:04X} is not allowed in XML", u32::from(c));
            report.error(Code::Character, offset..offset + c.len_utf8(), message);
        }
    }
}
