use core::ops::Range;
use std::{
    borrow::{Cow, ToOwned},
    format,
    string::String,
    vec::Vec,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::problem::{Context, quoted};

/// A table of the file, or several of which the first that has a key says what it is. Every key has to be asked for: what
/// was not is no key of such a table.
pub(super) struct Table<'t> {
    layers: Vec<&'t DeTable<'t>>,
    /// What it is, as messages name it.
    pub(super) what: &'static str,
    /// Where it begins.
    pub(super) at: Range<usize>,
    known: Vec<String>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry<'t> {
    pub(super) key: String,
    /// Where the key is.
    pub(super) at: Range<usize>,
    pub(super) value: &'t DeValue<'t>,
}

impl<'t> Entry<'t> {
    /// An entry of a table as it was read.
    pub(super) fn of(name: &Spanned<Cow<'_, str>>, value: &'t Spanned<DeValue<'t>>) -> Self {
        Self {
            key: name.get_ref().as_ref().into(),
            at: name.span(),
            value: value.get_ref(),
        }
    }
}

impl<'t> Table<'t> {
    pub(super) fn new(what: &'static str, at: Range<usize>, table: &'t DeTable<'t>) -> Self {
        Self {
            layers: Vec::from([table]),
            what,
            at,
            known: Vec::new(),
        }
    }

    /// A table that is the value of a key.
    pub(super) fn of(what: &'static str, context: &mut Context<'_>, entry: &Entry<'t>) -> Option<Self> {
        match entry.value {
            DeValue::Table(table) => Some(Self::new(what, entry.at.clone(), table)),
            _ => {
                entry.mismatch(context, "a table");
                None
            }
        }
    }

    /// The same with what it does not say itself.
    pub(super) fn with_defaults(mut self, defaults: Option<&'t DeTable<'t>>) -> Self {
        self.layers.extend(defaults);
        self
    }

    /// What a key says, if it is there.
    pub(super) fn take(&mut self, key: &str) -> Option<Entry<'t>> {
        let found = self.all(key).into_iter().next();
        self.know(key);
        found
    }

    /// What a key says in each layer, this table first.
    pub(super) fn all(&mut self, key: &str) -> Vec<Entry<'t>> {
        self.know(key);
        let layers = self.layers.iter();
        layers
            .filter_map(|table| {
                let (found, value) = table.get_key_value(key)?;
                Some(Entry {
                    key: key.to_owned(),
                    at: found.span(),
                    value: value.get_ref(),
                })
            })
            .collect()
    }

    /// What a key says that has to be there.
    pub(super) fn require(&mut self, context: &mut Context<'_>, key: &str) -> Option<Entry<'t>> {
        let found = self.take(key);
        if found.is_none() {
            context.error(&self.at, format!("{} needs `{key}`", self.what));
        }
        found
    }

    fn know(&mut self, key: &str) {
        if !self.known.iter().any(|known| known == key) {
            self.known.push(key.to_owned());
        }
    }

    /// Tells of keys that nobody has asked for.
    pub(super) fn finish(mut self, context: &mut Context<'_>) {
        self.known.sort_unstable();
        for table in &self.layers {
            for key in table.keys() {
                let name: &str = key.get_ref();
                if self
                    .known
                    .binary_search_by(|known| known.as_str().cmp(name))
                    .is_ok()
                {
                    continue;
                }
                if context.is_full() {
                    return;
                }
                let advice = match nearest(name, &self.known) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!("it has: {}", self.known.join(", ")),
                };
                let message = format!("{} is no key of {}; {advice}", quoted(name), self.what);
                context.error(&key.span(), message);
            }
        }
    }
}

impl<'t> Entry<'t> {
    /// Tells that the value is of another type.
    pub(super) fn mismatch(&self, context: &mut Context<'_>, expected: &str) {
        let found = match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        let key = quoted(&self.key);
        context.error(&self.at, format!("{key} has to be {expected}, and is {found}"));
    }

    pub(super) fn string(&self, context: &mut Context<'_>) -> Option<&'t str> {
        match self.value {
            DeValue::String(text) => Some(text),
            _ => {
                self.mismatch(context, "a string");
                None
            }
        }
    }

    pub(super) fn boolean(&self, context: &mut Context<'_>) -> Option<bool> {
        match self.value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                self.mismatch(context, "`true` or `false`");
                None
            }
        }
    }

    /// An integer of a range.
    pub(super) fn integer(&self, context: &mut Context<'_>, range: Range<u16>) -> Option<u16> {
        let number = match self.value {
            DeValue::Integer(number) => u16::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let last = range.end.saturating_sub(1);
            let key = quoted(&self.key);
            context.error(
                &self.at,
                format!("{key} has to be a number of {} to {last}", range.start),
            );
        }
        number
    }

    /// One of several words.
    pub(super) fn word<T: Copy>(&self, context: &mut Context<'_>, words: &[(&str, T)]) -> Option<T> {
        let text = self.string(context)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let all: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            context.error(
                &self.at,
                format!(
                    "{} is {}, and has to be {}",
                    quoted(&self.key),
                    quoted(text),
                    all.join(", ")
                ),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// The tables of an array, with where each begins.
    pub(super) fn tables(&self, context: &mut Context<'_>) -> Vec<(Range<usize>, &'t DeTable<'t>)> {
        let DeValue::Array(array) = self.value else {
            let expected = format!("an array of tables, each below `[[..{}]]`", self.key);
            self.mismatch(context, &expected);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push((item.span(), table)),
                _ => self.mismatch(context, "an array of tables"),
            }
        }
        tables
    }
}

/// The known key that a wrong one looks like.
fn nearest<'k>(wrong: &str, known: &'k [String]) -> Option<&'k String> {
    let wrong: Vec<char> = wrong.chars().take(64).collect();
    let distances = known.iter().map(|key| (distance(&wrong, key), key));
    let (distance, key) = distances.min_by_key(|(distance, _)| *distance)?;
    let shortest = key.chars().count().min(wrong.len());
    (distance * 3 <= shortest).then_some(key)
}

/// How many characters are to be changed, added and taken away (Levenshtein).
fn distance(wrong: &[char], known: &str) -> usize {
    let mut row: Vec<usize> = (0..=wrong.len()).collect();
    for (line, expected) in (1..).zip(known.chars()) {
        let mut before = line;
        let mut diagonal = line - 1;
        if let Some(first) = row.first_mut() {
            *first = line;
        }
        for (cell, found) in row.iter_mut().skip(1).zip(wrong) {
            let changed = diagonal + usize::from(*found != expected);
            diagonal = *cell;
            *cell = changed.min(before + 1).min(diagonal + 1);
            before = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}
