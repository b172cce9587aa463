use std::{borrow::Cow, ops::Range};

use super::{
    Code,
    character::{self, Unresolved},
    report::Report,
};

/// The characters of an element or an attribute, put together from their pieces, and where they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Text<'a> {
    pub(super) value: Cow<'a, str>,
    pub(super) span: Range<usize>,
    too_long: bool,
}

impl<'a> Text<'a> {
    /// No characters yet; they would stand at `offset`.
    pub(super) fn at(offset: usize) -> Self {
        Self {
            value: Cow::Borrowed(""),
            span: offset..offset,
            too_long: false,
        }
    }

    /// Adds characters; line ends become line feeds, as XML 1.0 section 2.11 wants.
    pub(super) fn push_raw(&mut self, piece: &'a str, start: usize, limit: usize, report: &mut Report) {
        let end = start + piece.len();
        if piece.contains('\r') {
            let piece = piece.replace("\r\n", "\n").replace('\r', "\n");
            self.push(Cow::Owned(piece), start..end, limit, report);
        } else {
            self.push(Cow::Borrowed(piece), start..end, limit, report);
        }
    }

    /// Adds the character that a reference stands for.
    pub(super) fn push_reference(&mut self, raw: &str, start: usize, limit: usize, report: &mut Report) {
        let span = start..start + raw.len();
        if let Some(c) = resolve(raw, start, report) {
            self.push(Cow::Owned(c.to_string()), span, limit, report);
        }
    }

    fn push(&mut self, piece: Cow<'a, str>, span: Range<usize>, limit: usize, report: &mut Report) {
        if piece.is_empty() || self.too_long {
            return;
        }
        if self.value.len() + piece.len() > limit {
            self.too_long = true;
            let message = format!("this text is longer than {limit} bytes");
            report.error(Code::TextTooLong, self.span.start..self.span.start, message);
            return;
        }
        if self.value.is_empty() {
            self.span = span;
            self.value = piece;
        } else {
            self.span.end = span.end;
            self.value.to_mut().push_str(&piece);
        }
    }
}

/// The value of an attribute: references resolved, line ends and tabs made spaces (XML 1.0 section 3.3.3).
pub(super) fn attribute_value<'a>(raw: &'a str, start: usize, report: &mut Report) -> Cow<'a, str> {
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Cow::Borrowed(raw);
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(position) = rest.find(['&', '\t', '\n', '\r']) {
        let (plain, special) = rest.split_at(position);
        value.push_str(plain);
        let offset = start + raw.len() - special.len();
        let length = if special.starts_with('&') {
            let reference = reference_at_start(special);
            value.extend(resolve(reference, offset, report));
            reference.len()
        } else {
            value.push(' ');
            if special.starts_with("\r\n") { 2 } else { 1 }
        };
        rest = special.get(length..).unwrap_or_default();
    }
    value.push_str(rest);
    Cow::Owned(value)
}

/// `&name;` at the start of a text; `&` alone if there is no semicolon before something that ends any name.
fn reference_at_start(text: &str) -> &str {
    let after = text.strip_prefix('&').unwrap_or(text);
    let length = match after.find([';', '&', ' ', '\t', '\n', '\r']) {
        Some(end) if after.get(end..).is_some_and(|rest| rest.starts_with(';')) => end + 2,
        _ => 1,
    };
    text.get(..length).unwrap_or(text)
}

/// The character of a reference; an error in the report where there is none.
fn resolve(raw: &str, start: usize, report: &mut Report) -> Option<char> {
    let span = start..start + raw.len();
    match character::resolve(raw) {
        Ok(c) => return Some(c),
        Err(Unresolved::Unknown) => {
            report.error(
                Code::UnknownEntity,
                span,
                format!("XML does not define the entity `{}`", excerpt(raw)),
            );
        }
        Err(Unresolved::Character) => {
            let message = format!("`{}` stands for no character that XML allows", excerpt(raw));
            report.error(Code::CharacterReference, span, message);
        }
        Err(Unresolved::Malformed) => {
            report.error(
                Code::Ampersand,
                start..start + 1,
                "this `&` does not start a reference",
            );
        }
    }
    None
}

/// Trimmed, and every run of white space made one space. Unicode's white space, no-break spaces included.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// A text short enough for a message, on one line.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut excerpt: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}
