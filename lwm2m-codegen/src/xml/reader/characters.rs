//! Characters, and the markup that carries no content.

use super::{
    super::{
        Code, character,
        schema::{Content, Rule},
        text::{Text, excerpt},
        token::Token,
    },
    Frame, Reader,
};

impl<'a> Reader<'a, '_> {
    pub(super) fn text(&mut self, token: &Token<'a>) {
        let is_blank = token.raw.chars().all(character::is_blank);
        if is_blank {
            return self.characters(token, token.raw, token.start, true);
        }
        for (position, _) in token.raw.match_indices("]]>") {
            let start = token.start + position;
            self.report.error(
                Code::CdataEnd,
                start..start + 3,
                "`]]>` ends no CDATA section here",
            );
        }
        for (position, _) in token.raw.match_indices('&') {
            let start = token.start + position;
            self.report.error(
                Code::Ampersand,
                start..start + 1,
                "this `&` does not start a reference",
            );
        }
        self.characters(token, token.raw, token.start, false);
    }

    pub(super) fn cdata(&mut self, token: &Token<'a>) {
        const START: &str = "<![CDATA[";
        let inner = token.raw.strip_prefix(START).unwrap_or_default();
        let inner = inner.strip_suffix("]]>").unwrap_or_default();
        // Validators refuse a CDATA section between elements even if it is blank.
        self.characters(token, inner, token.start + START.len(), false);
    }

    fn characters(&mut self, token: &Token<'a>, characters: &'a str, start: usize, is_blank: bool) {
        match self.stack.last_mut() {
            None if is_blank => {}
            None => self.outside_root(token),
            Some(Frame { rule: None, .. }) => {}
            Some(Frame {
                rule: Some(rule),
                text,
                ..
            }) => {
                if !matches!(rule.content, Content::Elements(_)) {
                    text.push_raw(characters, start, self.limits.text_bytes, self.report);
                } else if !is_blank {
                    let rule = *rule;
                    self.stray_text(token, rule);
                }
            }
        }
    }

    pub(super) fn reference(&mut self, token: &Token<'a>) {
        match self.stack.last_mut() {
            None => self.outside_root(token),
            Some(Frame { rule: None, .. }) => {
                Text::default().push_reference(token.raw, token.start, self.limits.text_bytes, self.report);
            }
            Some(Frame {
                rule: Some(rule),
                text,
                ..
            }) => {
                if !matches!(rule.content, Content::Elements(_)) {
                    text.push_reference(token.raw, token.start, self.limits.text_bytes, self.report);
                    return;
                }
                let rule = *rule;
                let mut text = Text::at(token.start);
                text.push_reference(token.raw, token.start, self.limits.text_bytes, self.report);
                if !text.value.chars().all(character::is_blank) {
                    self.stray_text(token, rule);
                }
            }
        }
    }

    fn stray_text(&mut self, token: &Token<'a>, rule: &Rule) {
        let message = format!("`{}` holds elements only, no text", rule.name);
        let lead = token.raw.len() - token.raw.trim_start().len();
        let span = token.start + lead..token.start + token.raw.trim_end().len().max(lead);
        self.violation(Code::StrayText, span, message, Some("ignored"));
    }

    fn outside_root(&mut self, token: &Token<'a>) {
        let message = if self.has_root {
            "something follows the root element"
        } else {
            "something precedes the root element"
        };
        let lead = token.raw.len() - token.raw.trim_start().len();
        let span = token.start + lead..token.start + token.raw.trim_end().len().max(lead);
        self.report.error(Code::OutsideRoot, span, message);
    }

    pub(super) fn comment(&mut self, token: &Token<'a>) {
        let inner = token
            .raw
            .strip_prefix("<!--")
            .and_then(|rest| rest.strip_suffix("-->"));
        let Some(inner) = inner else {
            return self
                .report
                .error(Code::Unclosed, token.span(), "this comment has no end of its own");
        };
        // The hyphen that ends `<!-- a --->` pairs with those of the end.
        let position = inner
            .find("--")
            .or(inner.ends_with('-').then(|| inner.len().saturating_sub(1)));
        if let Some(position) = position {
            let start = token.start + "<!--".len() + position;
            self.report
                .error(Code::Comment, start..start + 2, "a comment must not contain `--`");
        }
    }

    pub(super) fn instruction(&mut self, token: &Token<'a>) {
        let inner = token.raw.strip_prefix("<?").unwrap_or_default();
        let inner = inner.strip_suffix("?>").unwrap_or_default();
        let target = inner.split(character::is_blank).next().unwrap_or_default();
        if !character::is_name(target) || target.eq_ignore_ascii_case("xml") {
            let message = format!(
                "`{}` is not the target of a processing instruction",
                excerpt(target)
            );
            self.report.error(Code::Instruction, token.span(), message);
        }
    }
}
