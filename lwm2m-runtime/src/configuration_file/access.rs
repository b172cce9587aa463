//! Rules of access: `[[access]]`.

use core::ops::Range;
use std::{format, vec::Vec};

use toml::de::{DeTable, DeValue};

use super::{
    problem::{Context, quoted},
    table::{Entry, Table},
};
use crate::{
    access_control::{BOOTSTRAP_OWNER, Rights},
    configuration::{AccessRule, RuleTarget, ServerAccount},
};

/// Every rule of an array of tables, and those of the defaults that are for something else.
pub(super) fn rules(
    context: &mut Context<'_>,
    layers: &[Entry<'_>],
    servers: &[(ServerAccount, Range<usize>)],
) -> Vec<AccessRule> {
    let mut all: Vec<AccessRule> = Vec::new();
    for layer in layers {
        let above = all.len();
        for (at, table) in layer.tables(context) {
            let Some(rule) = rule(context, &at, table, servers) else {
                continue;
            };
            match all.iter().position(|other| other.target == rule.target) {
                None => all.push(rule),
                // The plan's own.
                Some(index) if index < above => {}
                Some(_) => context.error(
                    &at,
                    "there is a rule for the same already; put all rights into one",
                ),
            }
        }
    }
    all
}

fn rule(
    context: &mut Context<'_>,
    at: &Range<usize>,
    table: &DeTable<'_>,
    servers: &[(ServerAccount, Range<usize>)],
) -> Option<AccessRule> {
    let mut table = Table::new("a rule of access", at.clone(), table);
    let target = target(context, &mut table);
    let owner = table.take("owner");
    let owner_id = match &owner {
        Some(entry) => entry.integer(context, 1..u16::MAX),
        None => Some(BOOTSTRAP_OWNER),
    };
    let rights = table.take("rights");
    table.finish(context);
    let entries = match rights {
        Some(entry) => entries(context, &entry),
        None => Some(Vec::new()),
    };
    let (target, owner_id, entries) = (target?, owner_id?, entries?);
    let known = |id: u16| {
        servers
            .iter()
            .any(|(account, _)| account.server.short_server_id == i64::from(id))
    };
    if let Some(entry) = owner.filter(|_| !known(owner_id)) {
        context.warn(
            &entry.at,
            format!("the owner is server {owner_id}, which has no account here"),
        );
    }
    for (id, rights, at) in &entries {
        if *id != 0 && !known(*id) {
            context.warn(at, format!("server {id} has rights and no account here"));
        }
        let (meant, where_) = match target {
            RuleTarget::Object(_) => (Rights::CREATE, "for an object itself only `C`"),
            _ => (Rights::FULL, "for an instance only `R`, `W`, `E` and `D`"),
        };
        if !meant.contains(*rights) {
            context.warn(at, format!("{where_} means something"));
        }
    }
    if let RuleTarget::Server(id) = target {
        if !known(id) {
            context.error(
                at,
                format!("the rule is for server {id}, which has no account here"),
            );
        }
    }
    let entries = entries.into_iter().map(|(id, rights, _)| (id, rights));
    Some(AccessRule::new(target, owner_id, entries.collect::<Vec<_>>()))
}

fn target(context: &mut Context<'_>, table: &mut Table<'_>) -> Option<RuleTarget> {
    let object = table.take("object");
    let instance = table.take("instance");
    let server = table.take("server");
    let id = |context: &mut Context<'_>, entry: &Entry<'_>| entry.integer(context, 0..u16::MAX);
    match (object, instance, server) {
        (Some(object), None, None) => Some(RuleTarget::Object(id(context, &object)?)),
        (Some(object), Some(instance), None) => {
            let (object, instance) = (id(context, &object), id(context, &instance));
            Some(RuleTarget::Instance(object?, instance?))
        }
        (None, None, Some(server)) => Some(RuleTarget::Server(server.integer(context, 1..u16::MAX)?)),
        _ => {
            let message = "a rule of access needs `object` and `instance`, or `object` alone for who may create, or \
                           `server` with a Short Server ID for the instance of that server's account";
            context.error(&table.at, message);
            None
        }
    }
}

/// Rights by Short Server IDs, and where they are.
fn entries(context: &mut Context<'_>, entry: &Entry<'_>) -> Option<Vec<(u16, Rights, Range<usize>)>> {
    let DeValue::Table(table) = entry.value else {
        entry.mismatch(context, "a table, such as { 1 = \"RWE\", default = \"R\" }");
        return None;
    };
    let mut all = Vec::new();
    for (name, value) in table.iter() {
        let text: &str = name.get_ref();
        let item = Entry::of(name, value);
        let id = match text {
            "default" => Some(0),
            _ => text.parse().ok().filter(|id| *id != 0 && *id != u16::MAX),
        };
        if id.is_none() {
            let message = format!("{} is neither a Short Server ID nor `default`", quoted(text));
            context.error(&item.at, message);
        }
        let letters = item.string(context);
        let rights = letters.and_then(Rights::parse);
        if let (Some(letters), None) = (letters, rights) {
            let message = format!(
                "{} are no rights: use the letters `R`, `W`, `E`, `D` and `C`, or `-` for none",
                quoted(letters)
            );
            context.error(&item.at, message);
        }
        if let (Some(id), Some(rights)) = (id, rights) {
            all.push((id, rights, item.at));
        }
    }
    Some(all)
}
