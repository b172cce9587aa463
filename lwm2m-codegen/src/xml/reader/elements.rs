//! Elements: where they may stand, what they carry, and what is missing when they end.

use std::{borrow::Cow, ops::Range};

use super::{
    super::{
        Code, character,
        draft::{Item, ObjectDraft, Values},
        namespace,
        schema::{self, Absence, Content, Field, Rule},
        tag::{self, Attribute, Tag},
        text::{Text, excerpt},
        token::Token,
    },
    Frame, Reader,
};

impl<'a> Reader<'a, '_> {
    pub(super) fn start_tag(&mut self, token: &Token<'a>) {
        let depth = self.stack.len() + 1;
        if depth > self.limits.depth {
            let message = format!("elements are nested more than {} deep", self.limits.depth);
            self.report.fatal(Code::TooDeep, token.span(), message);
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
        self.report.fatal(Code::NotDefinition, span, message);
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
                    self.report.fatal(Code::TooManyResources, token.span(), message);
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

    pub(super) fn end_tag(&mut self, token: &Token<'a>) {
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
    pub(super) fn missing_end(&mut self) {
        if let Some(frame) = self.stack.last() {
            let message = format!("`<{}>` is never closed", excerpt(frame.name));
            self.report.error(Code::MissingEnd, frame.tag.clone(), message);
        }
        self.close(true);
    }

    /// Takes the innermost element from the stack and keeps what it said.
    pub(super) fn close(&mut self, is_damaged: bool) {
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

/// The prefix that `xmlns:prefix` declares; the empty one of `xmlns`.
fn declared_prefix(attribute: &str) -> Option<&str> {
    match attribute {
        "xmlns" => Some(""),
        _ => attribute
            .strip_prefix("xmlns:")
            .filter(|prefix| character::is_name(prefix)),
    }
}

/// The help for an unknown element: the name that was most likely meant.
fn suggestion(name: &str, children: &[Rule]) -> Cow<'static, str> {
    match children
        .iter()
        .find(|child| child.name.eq_ignore_ascii_case(name))
    {
        Some(child) => format!("did you mean `{}`?", child.name).into(),
        None => Code::UnknownElement.help().into(),
    }
}
