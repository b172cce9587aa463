//! From tokens to objects.
//!
//! One pass with a stack of open elements and no recursion. A token is first judged as XML, then against the rule of the
//! element it stands in. What is wrong is reported where it stands, and reading goes on with what was most likely meant:
//! a file shows all its problems at once.

mod characters;
mod elements;
mod values;

use std::{borrow::Cow, ops::Range};

use super::{
    Code, Limits, Mode, Severity, declaration,
    draft::{Item, ObjectDraft},
    namespace::Namespaces,
    report::Report,
    schema::Rule,
    text::Text,
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
        help: Cow<'static, str>,
    ) {
        match (self.mode, repair) {
            (Mode::Lenient, Some(repair)) => {
                let message = format!("{message}: {repair}");
                self.report.add(code, Severity::Repaired, span, message, help);
            }
            _ => self.report.add(code, Severity::Error, span, message, help),
        }
    }

    fn unclosed(&mut self, unclosed: &Unclosed, end: usize) {
        let message = format!("this {} is never closed with `{}`", unclosed.what, unclosed.end);
        let span = unclosed.start..end.min(unclosed.start + 1);
        self.report.fatal(Code::Unclosed, span, message);
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
