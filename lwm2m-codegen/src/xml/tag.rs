use std::{borrow::Cow, ops::Range};

use super::{
    Code, Limits, character,
    report::Report,
    text::{attribute_value, excerpt},
    token::{Kind, Token},
};

/// A start tag taken apart.
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: Vec<Attribute<'a>>,
    /// Whether all of it could be read. If not, nothing can be said to be missing.
    pub(super) is_whole: bool,
}

/// `name="value"`.
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) name_span: Range<usize>,
    pub(super) value: Cow<'a, str>,
    pub(super) value_span: Range<usize>,
}

impl<'a> Tag<'a> {
    /// Reads a start tag or an empty-element tag.
    pub(super) fn read(token: &Token<'a>, limits: &Limits, report: &mut Report) -> Self {
        let ending = if token.kind == Kind::Empty { "/>" } else { ">" };
        let inner = token.raw.strip_prefix('<').unwrap_or_default();
        let inner = inner.strip_suffix(ending).unwrap_or_default();
        let mut scanner = Scanner {
            rest: inner,
            offset: token.start + 1,
        };
        let name = scanner.take_until(character::is_blank);
        let mut tag = Tag {
            name,
            attributes: Vec::new(),
            is_whole: true,
        };
        if !character::is_name(name) {
            let message = format!("`{}` is not the name of an element", excerpt(name));
            report.error(
                Code::TagSyntax,
                token.start..token.start + 1 + name.len(),
                message,
            );
            tag.is_whole = false;
            if name.is_empty() {
                scanner.skip_blanks();
                tag.name = scanner.take_until(character::is_blank);
            }
        }
        tag.read_attributes(scanner, limits, report);
        tag
    }

    fn read_attributes(&mut self, mut scanner: Scanner<'a>, limits: &Limits, report: &mut Report) {
        loop {
            let blanks = scanner.skip_blanks();
            if scanner.rest.is_empty() {
                return;
            }
            let start = scanner.offset;
            let fault = if !blanks {
                Err("a blank is missing in front of this attribute")
            } else {
                scanner.attribute(report)
            };
            match fault {
                Ok(attribute)
                    if self
                        .attributes
                        .iter()
                        .any(|earlier| earlier.name == attribute.name) =>
                {
                    let message = format!("`{}` is given twice", excerpt(attribute.name));
                    report.error(Code::DuplicateAttribute, attribute.name_span, message);
                }
                Ok(_) if self.attributes.len() >= limits.attributes => {
                    let message = format!("more than {} attributes", limits.attributes);
                    report.error(Code::TooManyAttributes, start..scanner.offset, message);
                    self.is_whole = false;
                    return;
                }
                Ok(attribute) => {
                    if attribute.value.len() > limits.text_bytes {
                        let message = format!("this value is longer than {} bytes", limits.text_bytes);
                        report.error(Code::TextTooLong, attribute.name_span.clone(), message);
                    }
                    self.attributes.push(attribute);
                }
                Err(message) => {
                    report.error(
                        Code::AttributeSyntax,
                        start..scanner.offset.max(start + 1),
                        message,
                    );
                    self.is_whole = false;
                    return;
                }
            }
        }
    }
}

/// The name in an end tag; blanks may follow it, nothing else.
pub(super) fn end_name<'a>(token: &Token<'a>, report: &mut Report) -> &'a str {
    let inner = token.raw.strip_prefix("</").unwrap_or_default();
    let inner = inner.strip_suffix('>').unwrap_or_default();
    let name = inner.trim_end_matches(character::is_blank);
    if !character::is_name(name) {
        let message = format!("`{}` is not an end tag", excerpt(token.raw));
        report.error(Code::TagSyntax, token.span(), message);
    }
    name.split(character::is_blank)
        .find(|word| !word.is_empty())
        .unwrap_or_default()
}

/// Walks over the inside of a tag.
struct Scanner<'a> {
    rest: &'a str,
    offset: usize,
}

impl<'a> Scanner<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.offset += taken.len();
        taken
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(stop).unwrap_or(self.rest.len());
        self.take(length)
    }

    fn skip_blanks(&mut self) -> bool {
        !self.take_until(|c| !character::is_blank(c)).is_empty()
    }

    fn attribute(&mut self, report: &mut Report) -> Result<Attribute<'a>, &'static str> {
        let name_start = self.offset;
        let name = self.take_until(|c| c == '=' || character::is_blank(c));
        let name_span = name_start..self.offset;
        if !character::is_name(name) {
            return Err("this is not the name of an attribute");
        }
        self.skip_blanks();
        if self.take(1) != "=" {
            return Err("this attribute has no `=`");
        }
        self.skip_blanks();
        let quote = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => return Err("the value of this attribute is not in quotes"),
        };
        self.take(1);
        let value_start = self.offset;
        let raw = self.take_until(|c| c == quote);
        let value_span = value_start..self.offset;
        if self.take(1).is_empty() {
            return Err("the value of this attribute has no closing quote");
        }
        if raw.contains('<') {
            return Err("the value of this attribute contains `<`");
        }
        Ok(Attribute {
            name,
            name_span,
            value: attribute_value(raw, value_start, report),
            value_span,
        })
    }
}
