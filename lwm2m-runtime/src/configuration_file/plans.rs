//! Plans of a bootstrap server: `[defaults]` and `[[plan]]`.

use core::ops::Range;
use std::{format, string::String, vec::Vec};

use toml::de::{DeTable, DeValue};

use super::{
    access, account,
    advice::{self, Keys},
    problem::{Context, quoted},
    table::{Entry, Table},
    values,
};
use crate::{
    bootstrap::{Plan, Plans, Step, WriteLevel},
    configuration::{BootstrapConfiguration, Inconsistency, check},
    encoding::Format,
    model::Path,
};

const FORMATS: [(&str, Format); 5] = [
    ("tlv", Format::Tlv),
    ("json", Format::Json),
    ("senml-json", Format::SenmlJson),
    ("senml-cbor", Format::SenmlCbor),
    ("lwm2m-cbor", Format::Lwm2mCbor),
];

const WRITE_LEVELS: [(&str, WriteLevel); 2] =
    [("instance", WriteLevel::Instance), ("object", WriteLevel::Object)];

/// Whom a plan is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Endpoint,
    Pattern,
}

pub(super) fn plans(context: &mut Context<'_>, root: &DeTable<'_>) -> Plans {
    let mut table = Table::new("a file of plans", 0..0, root);
    let defaults = table.take("defaults");
    let all = table.take("plan");
    table.finish(context);
    let defaults = defaults.and_then(|entry| match entry.value {
        DeValue::Table(table) => Some(table),
        _ => {
            entry.mismatch(context, "a table");
            None
        }
    });
    for key in ["endpoint", "pattern"] {
        if let Some((name, _)) = defaults.and_then(|defaults| defaults.get_key_value(key)) {
            let message = format!("defaults are for every plan; `{key}` belongs into a `[[plan]]`");
            context.error(&name.span(), message);
        }
    }
    let mut plans = Plans::new();
    let mut keys = Keys::default();
    let mut everybody: Option<Range<usize>> = None;
    let all = all.map(|entry| entry.tables(context)).unwrap_or_default();
    if all.is_empty() {
        context.warn(&(0..0), "there is no `[[plan]]`: nobody is bootstrapped");
    }
    for (at, table) in all {
        let table = Table::new("a plan", at.clone(), table).with_defaults(defaults);
        let Some((who, name, plan)) = plan(context, table, &mut keys) else {
            continue;
        };
        let replaced = match who {
            For::Endpoint => plans.insert(name.clone(), plan),
            For::Pattern => {
                if everybody.is_some() {
                    context.warn(
                        &at,
                        "an earlier plan for the pattern `*` leaves nothing to this one",
                    );
                }
                if name.chars().all(|character| character == '*') && !name.is_empty() {
                    everybody.get_or_insert(at.clone());
                }
                plans.insert_pattern(name.clone(), plan)
            }
        };
        if replaced.is_some() {
            context.error(&at, format!("there is a plan for {} already", quoted(&name)));
        }
    }
    plans
}

fn plan(context: &mut Context<'_>, mut table: Table<'_>, keys: &mut Keys) -> Option<(For, String, Plan)> {
    let whom = [(For::Endpoint, "endpoint"), (For::Pattern, "pattern")];
    let whom = whom.map(|(who, key)| table.take(key).map(|entry| (who, entry)));
    let mut whom = whom.into_iter().flatten();
    let whom = match (whom.next(), whom.next()) {
        (Some((who, entry)), None) => name(context, &entry).map(|name| (who, name)),
        _ => {
            context.error(
                &table.at,
                "a plan needs `endpoint` with a name, or `pattern` with `*` and `?`",
            );
            None
        }
    };
    let pattern = whom.as_ref().is_some_and(|(who, _)| *who == For::Pattern);
    let at = table.at.clone();
    let errors = context.errors();
    let configuration = configuration(context, &mut table, keys, pattern);
    let mut plan = Plan::new(configuration);
    if let Some(entry) = table.take("steps") {
        plan.steps = steps(context, &entry);
    }
    if let Some(entry) = table.take("format") {
        plan.format = entry.word(context, &FORMATS);
    }
    if let Some(entry) = table.take("write-level") {
        plan.write_level = entry.word(context, &WRITE_LEVELS).unwrap_or_default();
    }
    if let Some(entry) = table.take("pack") {
        plan.pack = entry.boolean(context).unwrap_or_default();
    }
    if let Some(entry) = table.take("tolerant") {
        plan.tolerant = entry.boolean(context).unwrap_or_default();
    }
    table.finish(context);
    if context.errors() == errors {
        consistent(context, &at, &plan.configuration);
    }
    let (who, name) = whom?;
    Some((who, name, plan))
}

/// The name of an endpoint, or a pattern of names.
fn name(context: &mut Context<'_>, entry: &Entry<'_>) -> Option<String> {
    let name = entry.string(context)?;
    let usable = (1..=252).contains(&name.len()) && !name.chars().any(char::is_control);
    if !usable {
        let key = quoted(&entry.key);
        context.error(
            &entry.at,
            format!("{key} has 1 to 252 bytes, and no control characters"),
        );
    }
    usable.then(|| name.into())
}

/// What both a plan and a file of accounts have: accounts, rules, values.
pub(super) fn configuration(
    context: &mut Context<'_>,
    table: &mut Table<'_>,
    keys: &mut Keys,
    pattern: bool,
) -> BootstrapConfiguration {
    let layers = table.all("server");
    let servers = account::servers(context, &layers);
    let mut layers = table.all("bootstrap-server").into_iter();
    let bootstrap_server = layers.next().and_then(|entry| {
        let defaults = layers.next().and_then(|entry| entry.value.as_table());
        account::bootstrap_server(context, &entry, defaults)
    });
    let layers = table.all("access");
    let rules = access::rules(context, &layers, &servers);
    let layers = table.all("values");
    let values = values::values(context, &layers);
    advice::accounts(context, &servers);
    keys.add(context, &servers, bootstrap_server.as_ref(), pattern);
    BootstrapConfiguration {
        servers: servers.into_iter().map(|(account, _)| account).collect(),
        bootstrap_server: bootstrap_server.map(|(account, _)| account),
        rules,
        values,
    }
}

/// What a client would say to it, as far as that does not depend on the client.
pub(super) fn consistent(
    context: &mut Context<'_>,
    at: &Range<usize>,
    configuration: &BootstrapConfiguration,
) {
    let values = match configuration.number(None) {
        Ok(values) => values,
        Err(error) => return context.error(at, format!("{error}")),
    };
    match check(&values, true) {
        // A client may have one already.
        Ok(()) | Err(Inconsistency::NoServerAccount) => {}
        Err(error) => context.error(at, format!("{error}")),
    }
    if configuration.servers.is_empty() && configuration.bootstrap_server.is_none() {
        context.warn(
            at,
            "there is no account here: neither `server` nor `bootstrap-server`",
        );
    }
}

fn steps(context: &mut Context<'_>, entry: &Entry<'_>) -> Vec<Step> {
    let DeValue::Array(array) = entry.value else {
        entry.mismatch(
            context,
            "an array, such as [\"discover /\", \"prune\", \"write /\"]",
        );
        return Vec::new();
    };
    let mut steps = Vec::new();
    for item in array.iter() {
        let text = match item.get_ref() {
            DeValue::String(text) => text.as_ref(),
            _ => "",
        };
        match step(text) {
            Some(step) => steps.push(step),
            None => context.error(
                &item.span(),
                format!(
                    "{} is no step: there are `prune`, `discover` and `delete` with the path of the root or an object, \
                     `read` with that of object 1 or 2, and `write` with any, such as \"write /\"",
                    quoted(text)
                ),
            ),
        }
    }
    steps
}

fn step(text: &str) -> Option<Step> {
    let mut words = text.split_whitespace();
    let (name, path, None) = (words.next()?, words.next(), words.next()) else {
        return None;
    };
    let path = path.map(str::parse::<Path>).transpose().ok()?;
    Some(match (name, path) {
        ("prune", None) => Step::Prune,
        ("discover", Some(path)) if path.depth() < 2 => Step::Discover(path),
        ("read", Some(path)) if matches!(path.object_id(), Some(1 | 2)) && path.depth() < 3 => {
            Step::Read(path)
        }
        ("delete", Some(path)) if path.depth() < 3 => Step::Delete(path),
        ("write", Some(path)) if path.depth() < 4 => Step::Write(path),
        _ => return None,
    })
}
