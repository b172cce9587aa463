//! Values: the texts of elements, checked and kept.

use std::ops::Range;

use super::{
    super::{
        Code, lint,
        schema::{self, Content, Rule},
        text::{Text, excerpt, folded},
    },
    Frame, Reader,
};
use crate::model::Object;

impl<'a> Reader<'a, '_> {
    /// Checks the text of an element and keeps it for its parent.
    pub(super) fn keep_text(&mut self, rule: &Rule, frame: Frame<'a>) {
        let mut text = frame.text;
        if let Some(name) = frame.substitute {
            if !schema::is_substitute(rule.content, &name, &text.value) {
                let message = format!("`{}` cannot be of the type `{}`", rule.name, excerpt(&name));
                self.violation(Code::SchemaInstance, frame.tag.clone(), message, Some("ignored"));
            }
        }
        match rule.content {
            Content::Elements(_) | Content::Text => {}
            Content::Number => match self.number(&text.value, &text.span) {
                Some(number) => text.value = number.to_string().into(),
                None => return,
            },
            Content::OneOf(values) => match self.one_of(rule, values, &text) {
                Some(value) => text.value = value.into(),
                None => return,
            },
        }
        let values = match (&mut self.item, &mut self.object) {
            (Some(item), _) => &mut item.values,
            (None, Some(object)) => &mut object.values,
            (None, None) => return,
        };
        values.put(rule.field, text);
    }

    pub(super) fn number(&mut self, text: &str, span: &Range<usize>) -> Option<u16> {
        let strict = schema::unsigned_short(text);
        if strict.is_some() {
            return strict;
        }
        let trimmed = text.trim();
        let number = schema::unsigned_short(trimmed.strip_prefix('+').unwrap_or(trimmed));
        let repair = number.map(|number| format!("read as {number}"));
        let message = format!("`{}` is not a number from 0 to 65535", excerpt(text));
        self.violation(Code::NotANumber, span.clone(), message, repair.as_deref());
        number
    }

    fn one_of(&mut self, rule: &Rule, values: &[&'static str], text: &Text<'a>) -> Option<&'static str> {
        let exact = values.iter().find(|value| **value == text.value);
        if let Some(value) = exact {
            return Some(value);
        }
        let folded = folded(&text.value);
        let meant = values
            .iter()
            .find(|value| value.eq_ignore_ascii_case(&folded))
            .copied();
        let repair = meant.map(|value| format!("read as `{value}`"));
        let message = format!("`{}` is not a value of `{}`", excerpt(&text.value), rule.name);
        let names: Vec<_> = values
            .iter()
            .map(|value| if value.is_empty() { "nothing" } else { value })
            .collect();
        let help = format!("write one of {}", names.join(", "));
        let span = text.span.clone();
        self.violation_with_help(Code::UnknownValue, span, message, repair.as_deref(), help.into());
        meant
    }

    pub(super) fn keep_object(&mut self) {
        self.item = None;
        let Some(draft) = self.object.take() else {
            return;
        };
        lint::object(&draft, self.report);
        let resources = lint::resources(&draft, self.report);
        let Some(mut object) = draft.object() else {
            return;
        };
        object.resources = resources;
        let is_known = |other: &Object| other.id == object.id && other.version == object.version;
        if self.objects.iter().any(is_known) {
            let message = format!("object {} version {} is defined above", object.id, object.version);
            self.report
                .warning(Code::DuplicateObject, draft.tag.clone(), message);
        }
        self.objects.push(object);
    }
}
