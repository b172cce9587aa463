//! `#[lwm2m(key = value, flag)]` and `#[lwm2m(execute RESET = 5, key = value)]`, read leniently, so that one mistake does
//! not hide the next.
//!
//! What an item may have several of is a declaration, with a keyword in front: clippy would take two lists with the same
//! key on one item for a mistake, and does not look into what is no plain list.

use proc_macro2::Span;
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, Ident, Lit, Token, UnOp,
    ext::IdentExt as _,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned as _,
};

use lwm2m_codegen::model::Version;

use crate::errors::Errors;

/// The entries of one or several attributes, taken out one by one.
#[derive(Default)]
pub(crate) struct Entries {
    entries: Vec<Entry>,
    /// Where to report what is missing.
    pub(crate) span: Option<Span>,
}

pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    Flag,
    Expression(Box<Expr>),
    List,
}

impl Entries {
    /// The entries of every `#[lwm2m(..)]` among `attributes`, and the declarations.
    pub(crate) fn of(attributes: &[Attribute], errors: &mut Errors) -> (Self, Vec<Declaration>) {
        let mut all = Self::default();
        let mut declarations = Vec::new();
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("lwm2m"))
        {
            all.span.get_or_insert(attribute.span());
            match attribute.parse_args::<Content>() {
                Ok(Content::Settings(entries)) => all.entries.extend(entries),
                Ok(Content::Declaration(declaration)) => declarations.push(*declaration),
                Err(error) => errors.add(error),
            }
        }
        (all, declarations)
    }

    /// Takes the entry of that key; reports a second one.
    fn take(&mut self, key: &str, errors: &mut Errors) -> Option<Entry> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        let entry = self.entries.remove(index);
        while let Some(again) = self.entries.iter().position(|entry| entry.key == key) {
            let again = self.entries.remove(again);
            errors.at(
                again.key.span(),
                format!("`{key}` is here twice; remove one of them"),
            );
        }
        Some(entry)
    }

    /// `key`, without a value.
    pub(crate) fn flag(&mut self, key: &str, errors: &mut Errors) -> Option<Span> {
        let entry = self.take(key, errors)?;
        if !matches!(entry.value, Value::Flag) {
            errors.at(
                entry.key.span(),
                format!("`{key}` takes no value; write `{key}` alone"),
            );
        }
        Some(entry.key.span())
    }

    /// `key = ".."`.
    pub(crate) fn text(&mut self, key: &str, errors: &mut Errors) -> Option<(String, Span)> {
        let entry = self.take(key, errors)?;
        let text = entry.as_text();
        if text.is_some() {
            return text;
        }
        errors.at(entry.span(), format!("`{key}` is a text; write `{key} = \"..\"`"));
        None
    }

    /// `enumeration`, `enumeration = "u64"`: whether it is there, and its text.
    pub(crate) fn flag_or_text(&mut self, key: &str, errors: &mut Errors) -> Option<(Option<String>, Span)> {
        let entry = self.take(key, errors)?;
        match (&entry.value, entry.as_text()) {
            (Value::Flag, _) => Some((None, entry.key.span())),
            (_, Some((text, span))) => Some((Some(text), span)),
            _ => Some((Some(String::new()), entry.span())),
        }
    }

    /// `id = 3`.
    pub(crate) fn id(&mut self, what: &str, errors: &mut Errors) -> Option<(u16, Span)> {
        let Some(entry) = self.take("id", errors) else {
            let span = self.span.unwrap_or_else(Span::call_site);
            errors.at(span, format!("{what} needs an identifier; add `id = ..`"));
            return None;
        };
        entry.identifier(errors)
    }

    /// `key = "1.1"`.
    pub(crate) fn version(&mut self, key: &str, errors: &mut Errors) -> Option<Version> {
        let (text, span) = self.text(key, errors)?;
        let version = Version::parse(&text);
        if version.is_none() {
            errors.at(
                span,
                format!("`{key}` is two numbers of 0 to 255; write `{key} = \"1.1\"`"),
            );
        }
        version
    }

    /// `name = ".."`, blanks folded.
    pub(crate) fn name(&mut self, errors: &mut Errors) -> Option<String> {
        let (text, span) = self.text("name", errors)?;
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            errors.at(span, "the name is empty; write one or remove `name`");
        }
        Some(name)
    }

    /// Reports what is left, with what it may have meant.
    pub(crate) fn finish(self, known: &[&str], place: &str, errors: &mut Errors) {
        for entry in self.entries {
            let key = entry.key.unraw().to_string();
            if matches!(key.as_str(), "execute" | "untyped") {
                errors.at(
                    entry.key.span(),
                    format!(
                        "a resource without a field is declared on the struct: `#[lwm2m({key} RESET = 5)]`"
                    ),
                );
                continue;
            }
            let help = match nearest(&key, known) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            errors.at(entry.key.span(), format!("no attribute `{key}` {place}; {help}"));
        }
    }
}

impl Entry {
    pub(crate) fn span(&self) -> Span {
        match &self.value {
            Value::Expression(expression) => expression.span(),
            Value::Flag | Value::List => self.key.span(),
        }
    }

    /// A text.
    pub(crate) fn as_text(&self) -> Option<(String, Span)> {
        match &self.value {
            Value::Expression(expression) => match expression.as_ref() {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text), ..
                }) => Some((text.value(), text.span())),
                _ => None,
            },
            Value::Flag | Value::List => None,
        }
    }

    /// An identifier, or an error.
    pub(crate) fn identifier(&self, errors: &mut Errors) -> Option<(u16, Span)> {
        let Some((id, span)) = self.integer() else {
            errors.at(
                self.span(),
                format!("an identifier is a number; write `{} = 5`", self.key),
            );
            return None;
        };
        match u16::try_from(id) {
            Ok(u16::MAX) => errors.at(span, "65535 is reserved for \"none\"; choose another identifier"),
            Ok(id) => return Some((id, span)),
            Err(_) => errors.at(span, "an identifier is a number of 0 to 65534"),
        }
        None
    }

    /// A whole number, negative too.
    pub(crate) fn integer(&self) -> Option<(i128, Span)> {
        let Value::Expression(expression) = &self.value else {
            return None;
        };
        let (literal, sign) = match expression.as_ref() {
            Expr::Unary(ExprUnary {
                op: UnOp::Neg(_),
                expr,
                ..
            }) => (expr.as_ref(), -1),
            literal => (literal, 1),
        };
        match literal {
            Expr::Lit(ExprLit {
                lit: Lit::Int(number),
                ..
            }) => {
                let number: i128 = number.base10_parse().ok()?;
                Some((sign * number, expression.span()))
            }
            _ => None,
        }
    }
}

/// What one attribute holds.
enum Content {
    Settings(Vec<Entry>),
    Declaration(Box<Declaration>),
}

/// `execute RESET = 5, key = value`.
pub(crate) struct Declaration {
    /// `execute`.
    pub(crate) keyword: Ident,
    /// `RESET = 5`.
    pub(crate) named: Entry,
    /// The rest.
    pub(crate) entries: Entries,
}

impl Parse for Content {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !(input.peek(Ident) && input.peek2(Ident)) {
            let entries = Punctuated::<Entry, Token![,]>::parse_terminated(input)?;
            return Ok(Self::Settings(entries.into_iter().collect()));
        }
        let keyword = input.parse()?;
        let mut entries = Punctuated::<Entry, Token![,]>::parse_terminated(input)?.into_iter();
        let Some(named) = entries.next() else {
            return Err(input.error("write a name and a number, such as `RESET = 5`"));
        };
        let entries = Entries {
            span: Some(named.key.span()),
            entries: entries.collect(),
        };
        Ok(Self::Declaration(Box::new(Declaration {
            keyword,
            named,
            entries,
        })))
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = Ident::parse_any(input)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Expression(Box::new(input.parse()?))
        } else if input.peek(syn::token::Paren) {
            // Nothing takes a list; what it is in is reported by its key.
            let content;
            syn::parenthesized!(content in input);
            content.parse::<proc_macro2::TokenStream>()?;
            Value::List
        } else {
            Value::Flag
        };
        Ok(Self { key, value })
    }
}

/// The comment on an item as text.
pub(crate) fn comment(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let meta = attribute.meta.require_name_value().ok()?;
        match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) if meta.path.is_ident("doc") => Some(text.value()),
            _ => None,
        }
    });
    lwm2m_codegen::emit::plain_text(&lines.collect::<Vec<_>>().join("\n"))
}

/// The known word that a misspelled one is close to.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let distances = known.iter().map(|known| (distance(word, known), *known));
    let (distance, nearest) = distances.min()?;
    let prefix = nearest.starts_with(word) && word.len() > 1;
    (distance <= 2.min(word.len() / 2) || prefix).then_some(nearest)
}

/// How many letters to insert, remove or replace.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(row.first_mut().into_iter().next().unwrap_or(&mut 0), i + 1);
        let mut left = i + 1;
        for (y, cell) in b.bytes().zip(row.iter_mut().skip(1)) {
            let here = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, here);
            left = here;
        }
    }
    row.last().copied().unwrap_or_default()
}
