//! From tokens to objects.
//!
//! One pass with a stack of open elements and no recursion. A token is first judged as XML, then against the rule of the
//! element it stands in. What is wrong is reported where it stands, and reading goes on with what was most likely meant:
//! a file shows all its problems at once.

use std::ops::Range;

use super::{
    Code, Limits, Mode, Severity, character, declaration,
    draft::{Item, ObjectDraft, Values},
    lint,
    namespace::{self, Namespaces},
    report::Report,
    schema::{self, Absence, Content, Field, Rule},
    tag::{self, Attribute, Tag},
    text::{Text, excerpt, folded},
    token::{Kind, Token, Tokens, Unclosed},
};
use crate::model::Object;

pub(super) struct Reader<'a, 'r> {
    mode: Mode,
    limits: &'r Limits,
    report: &'r mut Report,
    /// Where the text starts in the file.
    start: usize,
    is_ascii: bool,
    /// The open elements, the root first.
    stack: Vec<Frame<'a>>,
    namespaces: Namespaces<'a>,
    has_root: bool,
    /// Whether it makes no sense to read on.
    is_stopped: bool,
    object: Option<ObjectDraft<'a>>,
    item: Option<Item<'a>>,
    resources: usize,
    objects: Vec<Object>,
}

/// An open element.
struct Frame<'a> {
    name: &'a str,
    /// `None` inside what is skipped.
    rule: Option<&'static Rule>,
    /// The start tag.
    tag: Range<usize>,
    /// One bit for each child that was there, in the order of the rule.
    found: u16,
    /// The last child in the order of the rule that was there.
    furthest: usize,
    is_misordered: bool,
    /// Whether a missing child may be put down to an earlier error.
    is_damaged: bool,
    in_namespace: bool,
    /// The type that `xsi:type` wants instead of the declared one.
    substitute: Option<String>,
    text: Text<'a>,
}

impl<'a, 'r> Reader<'a, 'r> {
    pub(super) fn new(start: usize, mode: Mode, limits: &'r Limits, report: &'r mut Report) -> Self {
        Self {
            mode,
            limits,
            report,
            start,
            is_ascii: false,
            stack: Vec::new(),
            namespaces: Namespaces::default(),
            has_root: false,
            is_stopped: false,
            object: None,
            item: None,
            resources: 0,
            objects: Vec::new(),
        }
    }

    /// Reads the text of a file, which starts behind the byte order mark.
    pub(super) fn read(mut self, text: &'a str) -> Vec<Object> {
        self.is_ascii = text.is_ascii();
        let mut tokens = Tokens::new(text, self.start);
        while !self.is_stopped {
            match tokens.next() {
                Ok(Some(token)) => self.token(&token),
                Ok(None) => {
                    self.end_of_file(self.start + text.len());
                    break;
                }
                Err(unclosed) => {
                    self.unclosed(&unclosed, self.start + text.len());
                    break;
                }
            }
        }
        self.objects
    }

    fn token(&mut self, token: &Token<'a>) {
        match token.kind {
            Kind::Start => self.start_tag(token),
            Kind::Empty => {
                self.start_tag(token);
                self.close(false);
            }
            Kind::End => self.end_tag(token),
            Kind::Text => self.text(token),
            Kind::Reference => self.reference(token),
            Kind::Cdata => self.cdata(token),
            Kind::Comment => self.comment(token),
            Kind::Instruction => self.instruction(token),
            Kind::Declaration if token.start == self.start => {
                declaration::check(token, self.is_ascii, self.report)
            }
            Kind::Declaration => {
                let message = "the XML declaration is not at the very start of the file";
                self.report.error(Code::Declaration, token.span(), message);
            }
            Kind::Doctype => {
                let span = token.start..token.start + "<!DOCTYPE".len();
                self.report.error(Code::Doctype, span, "a DOCTYPE is not allowed");
            }
        }
    }

    /// Something against the schema: an error in strict mode, and where it cannot be repaired.
    fn violation(&mut self, code: Code, span: Range<usize>, message: String, repair: Option<&str>) {
        self.violation_with_help(code, span, message, repair, code.help().into());
    }

    fn violation_with_help(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: String,
        repair: Option<&str>,
        help: std::borrow::Cow<'static, str>,
    ) {
        match (self.mode, repair) {
            (Mode::Lenient, Some(repair)) => {
                let message = format!("{message}: {repair}");
                self.report.add(code, Severity::Repaired, span, message, help);
            }
            _ => self.report.add(code, Severity::Error, span, message, help),
        }
    }
}

/// Elements.
impl<'a> Reader<'a, '_> {
    fn start_tag(&mut self, token: &Token<'a>) {
        let depth = self.stack.len() + 1;
        if depth > self.limits.depth {
            let message = format!("elements are nested more than {} deep", self.limits.depth);
            self.report.error(Code::TooDeep, token.span(), message);
            self.is_stopped = true;
            return;
        }
        let tag = Tag::read(token, self.limits, self.report);
        self.declare_namespaces(&tag, depth);
        let name_span = token.start + 1..token.start + 1 + tag.name.len();
        let in_namespace = self.is_in_namespace(tag.name, &name_span);
        let (_, local) = namespace::split(tag.name);
        let rule = self.place(local, &name_span);
        if self.is_stopped {
            return;
        }
        self.stack.push(Frame {
            name: tag.name,
            rule,
            tag: token.span(),
            found: 0,
            furthest: 0,
            is_misordered: false,
            is_damaged: false,
            in_namespace,
            substitute: None,
            text: Text::at(token.span().end),
        });
        if let Some(rule) = rule {
            self.open(rule, &tag, token);
        }
    }

    fn declare_namespaces(&mut self, tag: &Tag<'a>, depth: usize) {
        for attribute in &tag.attributes {
            let Some(prefix) = declared_prefix(attribute.name) else {
                continue;
            };
            if self.namespaces.len() >= self.limits.attributes {
                let message = format!("more than {} namespaces", self.limits.attributes);
                self.report
                    .error(Code::TooManyAttributes, attribute.name_span.clone(), message);
            } else if !self.namespaces.declare(depth, prefix, attribute.value.clone()) {
                let message = format!("`{}` declares nothing", excerpt(attribute.name));
                self.report
                    .warning(Code::VoidNamespace, attribute.name_span.clone(), message);
            }
        }
    }

    fn is_in_namespace(&mut self, name: &str, span: &Range<usize>) -> bool {
        let (prefix, _) = namespace::split(name);
        let Some(uri) = self.namespaces.of(prefix) else {
            if !prefix.is_empty() {
                let message = format!("the prefix `{}` is not declared", excerpt(prefix));
                self.report.error(Code::UnboundPrefix, span.clone(), message);
            }
            return false;
        };
        let uri = excerpt(uri);
        if !self.stack.last().is_some_and(|parent| parent.in_namespace) {
            let message = format!("`{}` is in the namespace `{uri}`", excerpt(name));
            self.violation(
                Code::Namespace,
                span.clone(),
                message,
                Some("read as if it were in none"),
            );
        }
        true
    }

    /// The rule for a new element, by its place; `None` if it is to be skipped.
    fn place(&mut self, name: &'a str, span: &Range<usize>) -> Option<&'static Rule> {
        let Some(parent) = self.stack.last_mut() else {
            return self.place_root(name, span);
        };
        let parent_rule = parent.rule?;
        let Content::Elements(children) = parent_rule.content else {
            let message = format!(
                "`{}` stands inside the text of `{}`",
                excerpt(name),
                parent_rule.name
            );
            self.report.error(Code::StrayElement, span.clone(), message);
            return None;
        };
        let Some(index) = children.iter().position(|child| child.name == name) else {
            let message = format!("`{}` has no element `{}`", parent_rule.name, excerpt(name));
            let help = suggestion(name, children);
            self.violation_with_help(Code::UnknownElement, span.clone(), message, Some("skipped"), help);
            return None;
        };
        let rule = children.get(index)?;
        let is_repeated = parent.found & (1 << index) != 0 && !rule.field.is_repeatable();
        let is_late = index < parent.furthest && !parent.is_misordered;
        parent.found |= 1 << index;
        let furthest = parent.furthest;
        parent.furthest = furthest.max(index);
        if is_repeated {
            let message = format!("`{}` has a second `{name}`", parent_rule.name);
            self.report.error(Code::RepeatedElement, span.clone(), message);
            return None;
        }
        if is_late {
            parent.is_misordered = true;
            let before = children.get(furthest).map_or("", |child| child.name);
            let message = format!("`{name}` comes after `{before}`");
            let order: Vec<_> = children.iter().map(|child| child.name).collect();
            let help = format!("the order is {}", order.join(", "));
            let repair = Some("read in any order");
            self.violation_with_help(Code::Order, span.clone(), message, repair, help.into());
        }
        // An object of the registry's list of reusable resources has nothing but resources.
        if rule.field == Field::Resources && self.is_common_resources() {
            self.not_a_definition(span.clone(), "this file lists reusable resources (Common.xml)");
        }
        Some(rule)
    }

    fn place_root(&mut self, name: &str, span: &Range<usize>) -> Option<&'static Rule> {
        if self.has_root {
            let message = format!("`{}` is a second root element", excerpt(name));
            self.report.error(Code::OutsideRoot, span.clone(), message);
            return None;
        }
        self.has_root = true;
        match name {
            "LWM2M" => return Some(&schema::LWM2M),
            "DDFList" => self.not_a_definition(span.clone(), "this file is the registry's index (DDF.xml)"),
            "schema" => self.not_a_definition(span.clone(), "this file is an XML schema"),
            _ => {
                let message = format!("the root element is `{}`, not `LWM2M`", excerpt(name));
                self.not_a_definition(span.clone(), message);
            }
        }
        None
    }

    fn not_a_definition(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.report.error(Code::NotDefinition, span, message);
        self.is_stopped = true;
    }

    fn is_common_resources(&self) -> bool {
        self.object
            .as_ref()
            .is_some_and(|object| object.is_common && object.values.get(Field::Name).is_none())
    }

    /// Reads the attributes of an element that has its place, and makes room for what it holds.
    fn open(&mut self, rule: &'static Rule, tag: &Tag<'a>, token: &Token<'a>) {
        match rule.field {
            Field::Object => {
                self.object = Some(ObjectDraft {
                    tag: token.span(),
                    is_common: false,
                    values: Values::default(),
                    items: Vec::new(),
                });
            }
            Field::Item => {
                self.resources += 1;
                if self.resources > self.limits.resources {
                    let message = format!("more than {} resources", self.limits.resources);
                    self.report.error(Code::TooManyResources, token.span(), message);
                    self.is_stopped = true;
                    return;
                }
                self.item = Some(Item {
                    tag: token.span(),
                    id: None,
                    values: Values::default(),
                });
            }
            _ => {}
        }
        for attribute in &tag.attributes {
            if rule.attribute == Some(attribute.name) {
                self.own_attribute(rule, attribute);
            } else if declared_prefix(attribute.name).is_none() {
                self.foreign_attribute(rule, attribute);
            }
        }
        let expected = rule.attribute.filter(|_| tag.is_whole);
        if let Some(name) = expected.filter(|name| tag.attributes.iter().all(|found| found.name != *name)) {
            let message = format!("`{}` has no attribute `{name}`", rule.name);
            let repair = (rule.field == Field::Object).then_some("read as MODefinition");
            self.violation(Code::MissingAttribute, token.span(), message, repair);
        }
    }

    fn own_attribute(&mut self, rule: &Rule, attribute: &Attribute<'a>) {
        if rule.field == Field::Item {
            let span = attribute.value_span.clone();
            let id = self.number(&attribute.value, &span);
            if let (Some(item), Some(id)) = (&mut self.item, id) {
                item.id = Some((id, span));
            }
        } else if attribute.value == "CommonResources" {
            if let Some(object) = &mut self.object {
                object.is_common = true;
            }
        } else if attribute.value != "MODefinition" {
            let message = format!("the ObjectType is `{}`", excerpt(&attribute.value));
            self.report
                .warning(Code::ObjectType, attribute.value_span.clone(), message);
        }
    }

    fn foreign_attribute(&mut self, rule: &Rule, attribute: &Attribute<'a>) {
        let (prefix, local) = namespace::split(attribute.name);
        let uri = self.namespaces.of(prefix);
        if !prefix.is_empty() && uri.is_none() {
            let message = format!("the prefix `{}` is not declared", excerpt(prefix));
            self.report
                .error(Code::UnboundPrefix, attribute.name_span.clone(), message);
            return;
        }
        let is_schema_instance = !prefix.is_empty() && uri == Some(namespace::SCHEMA_INSTANCE);
        match local {
            "schemaLocation" | "noNamespaceSchemaLocation" if is_schema_instance => {}
            "type" if is_schema_instance && self.substitutes(rule, attribute) => {}
            "nil" | "type" if is_schema_instance => {
                let message = format!("`{}` does not fit `{}`", attribute.name, rule.name);
                let span = attribute.name_span.clone();
                self.violation(Code::SchemaInstance, span, message, Some("ignored"));
            }
            _ => {
                let message = format!("`{}` has no attribute `{}`", rule.name, excerpt(attribute.name));
                let span = attribute.name_span.clone();
                self.violation(Code::UnknownAttribute, span, message, Some("ignored"));
            }
        }
    }

    /// Notes the type that `xsi:type` wants for a text; `false` if it cannot be meant.
    fn substitutes(&mut self, rule: &Rule, attribute: &Attribute<'a>) -> bool {
        let (prefix, local) = namespace::split(&attribute.value);
        let is_text = !matches!(rule.content, Content::Elements(_));
        let is_type = is_text && !prefix.is_empty() && self.namespaces.of(prefix) == Some(namespace::SCHEMA);
        if let (true, Some(frame)) = (is_type, self.stack.last_mut()) {
            frame.substitute = Some(local.to_owned());
        }
        is_type
    }

    fn end_tag(&mut self, token: &Token<'a>) {
        let name = tag::end_name(token, self.report);
        let Some(top) = self.stack.last() else {
            let message = format!("`{}` ends nothing", excerpt(token.raw));
            return self.report.error(Code::UnmatchedEnd, token.span(), message);
        };
        if top.name == name {
            return self.close(false);
        }
        if self.stack.iter().any(|frame| frame.name == name) {
            while self.stack.last().is_some_and(|frame| frame.name != name) {
                self.missing_end();
            }
            return self.close(false);
        }
        let message = format!("`{}` does not end `<{}>`", excerpt(token.raw), excerpt(top.name));
        // A text ends here nevertheless: its end tag was misspelt.
        let is_leaf = top
            .rule
            .is_some_and(|rule| !matches!(rule.content, Content::Elements(_)));
        self.report.error(Code::UnmatchedEnd, token.span(), message);
        if is_leaf {
            self.close(false);
        }
    }

    /// Closes the innermost element without its end tag.
    fn missing_end(&mut self) {
        if let Some(frame) = self.stack.last() {
            let message = format!("`<{}>` is never closed", excerpt(frame.name));
            self.report.error(Code::MissingEnd, frame.tag.clone(), message);
        }
        self.close(true);
    }

    /// Takes the innermost element from the stack and keeps what it said.
    fn close(&mut self, is_damaged: bool) {
        if self.is_stopped {
            return;
        }
        let depth = self.stack.len();
        let Some(frame) = self.stack.pop() else {
            return;
        };
        self.namespaces.leave(depth);
        let Some(rule) = frame.rule else {
            return;
        };
        if let Content::Elements(children) = rule.content {
            if !is_damaged && !frame.is_damaged {
                self.missing_children(rule, children, &frame);
            }
        } else {
            self.keep_text(rule, frame);
        }
        match rule.field {
            Field::Item => {
                if let (Some(object), Some(item)) = (&mut self.object, self.item.take()) {
                    object.items.push(item);
                }
            }
            Field::Object => self.keep_object(),
            _ => {}
        }
        if let (true, Some(parent)) = (is_damaged, self.stack.last_mut()) {
            parent.is_damaged = true;
        }
    }

    fn missing_children(&mut self, rule: &Rule, children: &[Rule], frame: &Frame<'a>) {
        for (index, child) in children.iter().enumerate() {
            if frame.found & (1 << index) != 0 || child.absence == Absence::Allowed {
                continue;
            }
            let code = match child.field {
                Field::Object => Code::NoObject,
                Field::Item => Code::NoResources,
                _ => Code::MissingElement,
            };
            let message = format!("`{}` has no `{}`", rule.name, child.name);
            let repair = (child.absence == Absence::Empty).then_some("read as empty");
            let help = match (code, index.checked_sub(1).and_then(|before| children.get(before))) {
                (Code::MissingElement, Some(before)) => {
                    format!("add `<{}></{}>` behind `{}`", child.name, child.name, before.name).into()
                }
                (Code::MissingElement, None) => format!("add `<{}>` as the first element", child.name).into(),
                _ => code.help().into(),
            };
            self.violation_with_help(code, frame.tag.clone(), message, repair, help);
        }
    }
}

/// Values.
impl<'a> Reader<'a, '_> {
    /// Checks the text of an element and keeps it for its parent.
    fn keep_text(&mut self, rule: &Rule, frame: Frame<'a>) {
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

    fn number(&mut self, text: &str, span: &Range<usize>) -> Option<u16> {
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

    fn keep_object(&mut self) {
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

/// Characters, and what is no content.
impl<'a> Reader<'a, '_> {
    fn text(&mut self, token: &Token<'a>) {
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

    fn cdata(&mut self, token: &Token<'a>) {
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

    fn reference(&mut self, token: &Token<'a>) {
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

    fn comment(&mut self, token: &Token<'a>) {
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

    fn instruction(&mut self, token: &Token<'a>) {
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

    fn unclosed(&mut self, unclosed: &Unclosed, end: usize) {
        let message = format!("this {} is never closed", unclosed.what);
        let help = format!("close it with `{}`", unclosed.end);
        let span = unclosed.start..end.min(unclosed.start + 1);
        self.report
            .add(Code::Unclosed, Severity::Error, span, message, help);
    }

    fn end_of_file(&mut self, end: usize) {
        while !self.stack.is_empty() {
            self.missing_end();
        }
        if !self.has_root {
            self.report
                .error(Code::NoRoot, end..end, "the file ends without a root element");
        }
    }
}

/// The prefix that `xmlns:prefix` declares; the empty one of `xmlns`.
fn declared_prefix(attribute: &str) -> Option<&str> {
    match attribute {
        "xmlns" => Some(""),
        _ => attribute
            .strip_prefix("xmlns:")
            .filter(|prefix| !prefix.is_empty()),
    }
}

/// The help for an unknown element: the name that was most likely meant.
fn suggestion(name: &str, children: &[Rule]) -> std::borrow::Cow<'static, str> {
    match children
        .iter()
        .find(|child| child.name.eq_ignore_ascii_case(name))
    {
        Some(child) => format!("did you mean `{}`?", child.name).into(),
        None => Code::UnknownElement.help().into(),
    }
}
